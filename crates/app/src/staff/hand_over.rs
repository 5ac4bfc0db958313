//! 离职交接: shown with its counts, then done in one step.
//!
//! Not here: the transaction (`store::hand_over`), how owners reach lists and facts (`hands`).

use store::{HandOver, StaffRecord};
use vocab::Instant;

use crate::error::{Class, Error};
use crate::view::{HandOverRequest, HandOverShare, HandOverView};
use crate::{App, Reader};

impl App {
    /// What would go where if this person left now. Nothing is done.
    pub async fn hand_over_preview(
        &self,
        reader: &Reader,
        staff_id: i64,
        request: HandOverRequest,
    ) -> Result<HandOverView, Error> {
        reader.may_administer()?;
        let leaver = self.store().staff_by_id(staff_id).await?.ok_or_else(nobody)?;
        let (receivers, keys) = self.receivers(staff_id, &request.receivers).await?;
        let told = self.store().hand_over_preview(staff_id, &keys).await.map_err(refused)?;
        Ok(shown(leaver.name, &receivers, told))
    }

    /// Somebody leaves: sessions and tokens end, customers and open cases go to the people named, history stays. Clocks go on by
    /// the hours of the desk to which a case comes, as they do when a case is handed on.
    ///
    /// # Why it waits for a cycle
    /// A cycle that read its facts before the hand-over would write the owners of before.
    pub async fn hand_over(
        &self,
        reader: &Reader,
        staff_id: i64,
        request: HandOverRequest,
        now: Instant,
    ) -> Result<HandOverView, Error> {
        reader.may_administer()?;
        let (receivers, keys) = self.receivers(staff_id, &request.receivers).await?;
        let (actor, times) = (reader.actor(), self.work_times().await?);
        let carrying = self.carrying(&times, now);
        let handing = self.store().hand_over(staff_id, request.version, &keys, (&carrying, &actor), now);
        let (left, told) = self.changing_owners(async { handing.await.map_err(refused) }, now).await?;
        Ok(shown(left.name, &receivers, told))
    }

    /// Those who get the customers: in use, with an owner key, and not the one who leaves.
    async fn receivers(&self, leaver: i64, ids: &[i64]) -> Result<(Vec<StaffRecord>, Vec<String>), Error> {
        let mut receivers: Vec<StaffRecord> = Vec::new();
        for id in ids {
            let person = self.store().staff_by_id(*id).await?.ok_or_else(nobody)?;
            let fits = person.active && person.id != leaver && person.owner_key.is_some();
            if !fits {
                let name = &person.name;
                return Err(Error::bad(
                    "bad_receiver",
                    (&format!("{name} 不能接手客户"), &format!("{name} cannot take customers")),
                    (
                        "接手人须在职，并填写了“数据中的负责人”",
                        "whoever takes them must be in use and have an owner key",
                    ),
                ));
            }
            if !receivers.iter().any(|one| one.id == person.id) {
                receivers.push(person);
            }
        }
        let keys = receivers.iter().filter_map(|one| one.owner_key.clone()).collect();
        Ok((receivers, keys))
    }
}

fn nobody() -> Error {
    Error::not_found(("这位员工", "the person"))
}

fn refused(error: store::Error) -> Error {
    if error.is_refused() {
        return Error::new(
            Class::Conflict,
            "not_possible",
            (
                "还不能交接：有客户或跟进单却没有接手人，或这是最后一位管理员",
                "not yet: there are customers or cases and nobody to take them, or this is the last administrator",
            ),
            ("请选择接手人，或先指定另一位管理员", "name somebody, or make somebody else an administrator first"),
        );
    }
    error.into()
}

fn shown(name: String, receivers: &[StaffRecord], told: HandOver) -> HandOverView {
    let shares = receivers.iter().zip(&told.shares).map(|(person, share)| HandOverShare {
        staff_id: person.id,
        name: person.name.clone(),
        customer_count: share.customers,
        case_count: share.cases,
    });
    HandOverView { name, customer_count: told.customers, case_count: told.cases, shares: shares.collect() }
}
