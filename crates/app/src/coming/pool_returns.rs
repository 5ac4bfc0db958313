//! 回公海: customers without a record for long go back to the pool, and their owners are warned before.
//!
//! Who is to be warned and what goes back is decided by [`actions::plan_returns`]; here is gathered since when nobody has
//! been in touch with whom, the owners are told, and the plan is carried out. Looked at once an hour; what is there
//! already is not done again.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use actions::{Held, ReturnLine, ReturnPlan, ReturnWarning, plan_returns, return_notice};
use calendar::written_day;
use outcomes::State;
use vocab::{AsOf, CustomerId, Instant, Kind, Notice, Scope};

use crate::error::Error;
use crate::shown::{offset, written};
use crate::staff::roster::{Roster, desk_of};
use crate::view::{ComingReturn, OwnershipRules, PoolReturns, ReturnedCustomer};
use crate::working::case_rows::customer_name;
use crate::{App, Reader, blocking};

const HOUR: i64 = 3_600_000_000;
/// How many are warned of, taken back or given back in one go; the rest follows with the next look.
const AT_ONCE: usize = 10_000;
/// For how many days what went back is shown, and how many of it at most.
const SHOWN_DAYS: i64 = 30;
const MOST_RETURNED: u64 = 50;

/// The hour in which this process looked last, and by which rules.
#[derive(Default)]
pub(crate) struct Looks(Mutex<Option<(i64, OwnershipRules)>>);

impl Looks {
    fn has(&self, look: &(i64, OwnershipRules)) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(look)
    }

    fn note(&self, look: (i64, OwnershipRules)) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(look);
    }
}

impl App {
    /// Warns owners of customers without a record, and gives those back to the pool whose day has come; how many went
    /// back. The timer calls it again and again.
    ///
    /// # Edges
    /// Nothing goes back while the pool is closed or the rule is off. Whoever has no account is never warned, and so
    /// keeps their customers. A customer of whom it is not known since when it is somebody's stays.
    pub async fn return_to_pool(&self, now: Instant) -> Result<u64, Error> {
        if self.firm().await?.is_none() {
            return Ok(0);
        }
        let rules = self.ownership_rules().await?;
        let look = (now.micros().div_euclid(HOUR), rules.clone());
        if self.pool_looks().has(&look) {
            return Ok(0);
        }
        let roster = self.roster().await?;
        let mut plan = self.planned_returns(&rules, &roster, now).await?;
        let is_whole = [plan.warn.len(), plan.withdraw.len(), plan.give_back.len()].iter().all(|many| *many <= AT_ONCE);
        plan.warn.truncate(AT_ONCE);
        plan.withdraw.truncate(AT_ONCE);
        plan.give_back.truncate(AT_ONCE);
        plan.give_back = self.still_quiet(plan.give_back).await?;
        if !plan.warn.is_empty() {
            self.put_notices(&self.return_notices(&plan.warn, &roster, now).await?, now).await?;
        }
        let applying = self.store().apply_pool_returns(&plan, now);
        let returned = match plan.give_back.is_empty() {
            true => applying.await?,
            false => self.changing_owners(applying, now).await?,
        };
        if !plan.is_empty() {
            tracing::info!(
                warned = plan.warn.len(),
                returned,
                withdrawn = plan.withdraw.len(),
                "the pool was looked at"
            );
        }
        if is_whole {
            self.pool_looks().note(look);
        }
        Ok(returned)
    }

    /// The plan for today.
    async fn planned_returns(
        &self,
        rules: &OwnershipRules,
        roster: &Roster,
        now: Instant,
    ) -> Result<ReturnPlan, Error> {
        let today = self.day(now);
        let warned = self.store().pool_warnings(&Scope::All).await?;
        let Some(rule) = rules.returning() else {
            return Ok(plan_returns([], &warned, None, today));
        };
        let snapshot = self.present_snapshot(now).await?;
        let (remembered, recorded) = (self.remembered(&snapshot).await?, self.recorded(&Scope::All, None).await?);
        let given = self.store().owners_given(&Scope::All, snapshot.as_of.instant()).await?;
        let given: HashMap<CustomerId, i64> = given.into_iter().map(|one| (one.customer, self.day(one.at))).collect();
        let desk = self.store().desk(&Scope::All).await?;
        let here = roster.everybody().iter().filter(|one| one.active);
        let here: HashSet<String> = here.map(|one| desk_of(one).to_owned()).collect();
        blocking(move || {
            let open_cases: HashSet<&CustomerId> = desk.open_cases.iter().map(|case| &case.customer).collect();
            let held = snapshot.customers().iter().enumerate().filter_map(|(place, customer)| {
                let owner = snapshot.cards[place].owner.as_deref()?;
                let known = &remembered[place];
                let touched = known.known.last_touch.max(recorded.last_touch(customer));
                let quiet_since = touched.max(known.owned_since).max(given.get(customer).copied())?;
                let has_left = matches!(snapshot.state(place), State::Gone { .. });
                (!has_left).then(|| Held {
                    customer,
                    owner,
                    quiet_since,
                    has_open_case: open_cases.contains(customer),
                    can_be_warned: here.contains(owner),
                })
            });
            Ok(plan_returns(held, &warned, Some(rule), today))
        })
        .await
    }

    /// Of these customers those with whom nobody has been in touch by what the record of facts knows this very moment.
    async fn still_quiet(&self, back: Vec<ReturnWarning>) -> Result<Vec<ReturnWarning>, Error> {
        if back.is_empty() {
            return Ok(back);
        }
        let (view, zone) = (self.facts().as_of(AsOf(Instant::MAX)), self.zone().clone());
        blocking(move || {
            let mut quiet = Vec::with_capacity(back.len());
            for one in back {
                let facts = view.facts_of(&one.customer)?;
                let is_later = |at: Instant| zone.day_number(at) > one.quiet_since;
                if !facts.iter().any(|stored| stored.fact.kind == Kind::Touch && is_later(stored.fact.occurred_at)) {
                    quiet.push(one);
                }
            }
            Ok(quiet)
        })
        .await
    }

    /// What the owners are told: each of all their customers at once, from their next working hour on.
    async fn return_notices(
        &self,
        warnings: &[ReturnWarning],
        roster: &Roster,
        now: Instant,
    ) -> Result<Vec<Notice>, Error> {
        let (snapshot, nouns) = (self.present_snapshot(now).await?, self.nouns().await?);
        let (times, choices) = (self.times_of(roster), self.store().notice_choices().await?);
        let mut of: BTreeMap<i64, Vec<&ReturnWarning>> = BTreeMap::new();
        for one in warnings {
            if let Some(owner) = roster.at_desk(&one.owner) {
                of.entry(owner.id).or_default().push(one);
            }
        }
        let told = of.into_iter().filter_map(|(staff, theirs)| {
            let line = |one: &&ReturnWarning| ReturnLine {
                path: page_of(&one.customer),
                name: customer_name(&snapshot, &one.customer),
                quiet_since: one.quiet_since,
                returns_on: one.returns_on,
            };
            let lines: Vec<ReturnLine> = theirs.iter().map(line).collect();
            let key = format!("pool_return/{}/{staff}/{}", self.zone().date(now), theirs.first()?.customer);
            let at = actions::At { now, zone: self.zone() };
            let mut notice = return_notice(staff, &key, &lines, &nouns, at)?;
            let begins = times.of(roster.desk(staff)).next_working_start(now);
            let quiet = choices.get(&staff).cloned().unwrap_or_default().quiet;
            notice.not_before = actions::quiet_until(begins, quiet, self.zone());
            Some(notice)
        });
        Ok(told.collect())
    }

    /// Which of the reader's customers will go back to the pool and when, the first of them first; and what went back in
    /// the last thirty days, as far as the pool is open.
    ///
    /// # Errors
    /// `bad_cursor`.
    pub async fn pool_returns(
        &self,
        reader: &Reader,
        cursor: Option<&str>,
        limit: usize,
        now: Instant,
    ) -> Result<PoolReturns, Error> {
        let rules = self.ownership_rules().await?;
        let (from, limit) = (offset(cursor)?, limit.clamp(1, 500));
        let slice = (from as u64, limit as u64);
        let (coming, coming_total) = self.store().pool_warnings_page(&reader.scope, slice).await?;
        let since = self.zone().midnight(now.plus_days(-SHOWN_DAYS));
        let (returned, returned_total) = match rules.pool_open {
            // Whoever sees the pool sees what came into it.
            true => self.store().pool_returns(&Scope::All, since, MOST_RETURNED).await?,
            false => Default::default(),
        };
        let snapshot = self.present_snapshot(now).await?;
        let next = from + coming.len();
        let coming = coming.into_iter().map(|one| ComingReturn {
            name: customer_name(&snapshot, &one.customer),
            id: one.customer.to_string(),
            owner: one.owner,
            quiet_since: written_day(one.quiet_since),
            returns_on: written_day(one.returns_on),
        });
        let returned = returned.into_iter().map(|one| ReturnedCustomer {
            name: customer_name(&snapshot, &one.customer),
            is_in_pool: snapshot.position(&one.customer).is_some_and(|at| snapshot.cards[at].owner.is_none()),
            id: one.customer.to_string(),
            was: one.was,
            at: written(one.at),
        });
        Ok(PoolReturns {
            after_days: rules.returning().map(|rule| rule.after_days),
            warn_days: rules.return_warn_days,
            coming: coming.collect(),
            coming_total,
            next_cursor: (next < coming_total as usize).then(|| next.to_string()),
            returned: returned.collect(),
            returned_total,
        })
    }
}

/// The page of a customer: its id as a path holds it.
fn page_of(customer: &CustomerId) -> String {
    let mut path = "/customers/".to_owned();
    for byte in customer.as_str().bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => path.push(byte as char),
            _ => path.push_str(&format!("%{byte:02X}")),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_a_customer_holds_any_id() {
        assert_eq!(page_of(&"C-10001_a.b~".into()), "/customers/C-10001_a.b~");
        assert_eq!(page_of(&"M/03 é?".into()), "/customers/M%2F03%20%C3%A9%3F");
    }
}
