//! Staff and organisation: the tree with its heads and numbers, its people, and who is invited.
//!
//! Not here: who sees what because of it (`standing`), what happens when somebody leaves (`hand_over`).

use std::collections::{BTreeMap, HashMap};

use outcomes::State;
use store::{InvitationRecord, NewInvitation, StaffRecord, UnitRecord};
use vocab::{Band, Instant};

use crate::error::{Class, Error};
use crate::moment::snapshot::Snapshot;
use crate::permission::{permissions, reach};
use crate::shown::written;
use crate::staff::hours::{kept_hours, shown_hours};
use crate::staff::people::{check_name, check_password, filled, hash_of, hash_password, role_of, secret};
use crate::view::{self, InvitationMade, InvitationRow, OwnerCount, RoleRow, StaffRow, UnitRow};
use crate::{App, Reader};

/// How long a link is good.
const INVITATION_DAYS: i64 = 7;
const LONGEST_NAME: usize = 80;

/// Customers who have not left, and of these those at high or critical risk.
#[derive(Clone, Copy, Default)]
struct Counts {
    customers: u64,
    at_risk: u64,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.customers += other.customers;
        self.at_risk += other.at_risk;
    }
}

impl App {
    /// The firm as a tree, with its people and their numbers; for administrators.
    pub async fn organisation(&self, reader: &Reader, now: Instant) -> Result<view::Organisation, Error> {
        reader.may_administer()?;
        let (units, staff) = (self.store().units().await?, self.store().staff().await?);
        let snapshot = self.snapshot(None, now).await?;
        let counts = counts(&snapshot);
        let of = |owner: &Option<String>| owner.as_ref().and_then(|key| counts.get(key)).copied().unwrap_or_default();
        let mut in_unit: BTreeMap<i64, (u64, Counts)> = BTreeMap::new();
        for person in &staff {
            for unit in line_above(&units, person.unit_id) {
                let sum = in_unit.entry(unit).or_default();
                sum.0 += u64::from(person.active);
                sum.1.add(of(&person.owner_key));
            }
        }
        let strangers = counts
            .iter()
            .filter(|(owner, _)| !staff.iter().any(|one| one.active && one.owner_key.as_ref() == Some(*owner)))
            .map(|(owner, count)| OwnerCount { owner: owner.clone(), customer_count: count.customers });
        let mut strangers: Vec<OwnerCount> = strangers.filter(|one| one.customer_count > 0).collect();
        strangers.sort_by(|a, b| b.customer_count.cmp(&a.customer_count).then_with(|| a.owner.cmp(&b.owner)));
        Ok(view::Organisation {
            units: units
                .iter()
                .map(|unit| unit_row(unit, in_unit.get(&unit.id).copied().unwrap_or_default()))
                .collect(),
            staff: staff.iter().map(|person| staff_row(person, of(&person.owner_key))).collect(),
            invitations: self.store().invitations().await?.iter().map(|one| invitation_row(one, now)).collect(),
            roles: store::Role::ALL
                .iter()
                .map(|role| RoleRow {
                    id: role.as_str().to_owned(),
                    reach: reach(*role),
                    permissions: permissions(*role).to_vec(),
                })
                .collect(),
            strangers,
            house_hours: self.house_hours(),
        })
    }

    /// Makes a unit.
    pub async fn add_unit(
        &self,
        reader: &Reader,
        request: view::UnitRequest,
        now: Instant,
    ) -> Result<view::Organisation, Error> {
        reader.may_administer()?;
        self.store().add_unit(&new_unit(request)?, &reader.actor(), now).await.map_err(refused)?;
        self.organisation(reader, now).await
    }

    /// Renames a unit, moves it, gives it other heads or hours.
    pub async fn change_unit(
        &self,
        reader: &Reader,
        id: i64,
        request: view::UnitRequest,
        now: Instant,
    ) -> Result<view::Organisation, Error> {
        reader.may_administer()?;
        let version = request.version.unwrap_or_default();
        self.store().change_unit(id, version, &new_unit(request)?, &reader.actor(), now).await.map_err(refused)?;
        self.organisation(reader, now).await
    }

    /// Removes a unit that is empty.
    pub async fn remove_unit(&self, reader: &Reader, id: i64, now: Instant) -> Result<(), Error> {
        reader.may_administer()?;
        self.store().remove_unit(id, &reader.actor(), now).await.map_err(|error| match error.is_conflict() {
            true => Error::new(
                Class::Conflict,
                "unit_not_empty",
                ("这个部门下还有员工或下级部门", "somebody or a unit below still belongs to it"),
                ("请先把他们移到别的部门", "move them elsewhere first"),
            ),
            false => error.into(),
        })
    }

    /// Changes what is known of a person.
    pub async fn change_staff(
        &self,
        reader: &Reader,
        id: i64,
        request: view::StaffRequest,
        now: Instant,
    ) -> Result<view::Organisation, Error> {
        reader.may_administer()?;
        check_name(&request.name, &request.email)?;
        self.known_unit(request.unit_id).await?;
        let change = store::StaffChange {
            name: request.name.trim().to_owned(),
            email: request.email,
            role: role_of(&request.role)?,
            owner_key: filled(request.owner_key),
            unit_id: request.unit_id,
            active: request.active,
        };
        self.store().change_staff(id, request.version, &change, &reader.actor(), now).await.map_err(refused)?;
        self.organisation(reader, now).await
    }

    /// Invites somebody: a link that is good for a week. Its secret is in this answer and nowhere else.
    pub async fn invite(
        &self,
        reader: &Reader,
        request: view::InvitationRequest,
        now: Instant,
    ) -> Result<InvitationMade, Error> {
        reader.may_administer()?;
        self.known_unit(request.unit_id).await?;
        let made = self.invite_all(reader, vec![request], now).await?;
        made.into_iter().next().ok_or_else(|| Error::internal("an invitation without an answer"))
    }

    /// Invites several at once, or nobody.
    pub(crate) async fn invite_all(
        &self,
        reader: &Reader,
        requests: Vec<view::InvitationRequest>,
        now: Instant,
    ) -> Result<Vec<InvitationMade>, Error> {
        let mut tokens = Vec::with_capacity(requests.len());
        let mut people = Vec::with_capacity(requests.len());
        for request in requests {
            check_name(&request.name, &request.email)?;
            let token = secret()?;
            people.push(NewInvitation {
                name: request.name.trim().to_owned(),
                email: request.email,
                role: role_of(&request.role)?,
                owner_key: filled(request.owner_key),
                unit_id: request.unit_id,
                token_hash: hash_of(&token),
                expires_at: now.plus_days(INVITATION_DAYS),
            });
            tokens.push(token);
        }
        let invited = self.store().invite(&people, &reader.actor(), now).await.map_err(taken)?;
        let made = invited.iter().zip(tokens);
        Ok(made.map(|(one, token)| InvitationMade { invitation: invitation_row(one, now), token }).collect())
    }

    /// Takes an invitation back.
    pub async fn withdraw_invitation(&self, reader: &Reader, id: i64, now: Instant) -> Result<(), Error> {
        reader.may_administer()?;
        Ok(self.store().withdraw_invitation(id, &reader.actor(), now).await?)
    }

    /// What somebody invited sees before they set a password.
    pub async fn look_at_invitation(
        &self,
        request: view::InvitationToken,
        now: Instant,
    ) -> Result<view::InvitationShown, Error> {
        let found = self.store().invitation(&hash_of(&request.token), now).await?.ok_or_else(bad_link)?;
        Ok(view::InvitationShown {
            firm: self.firm().await?.map(|firm| firm.name).unwrap_or_default(),
            name: found.name,
            email: found.email,
            role: found.role.as_str().to_owned(),
            expires_at: written(found.expires_at),
        })
    }

    /// Somebody invited sets a password and works here from now on: the session's secret, once, and what the screens
    /// need.
    pub async fn accept_invitation(
        &self,
        request: view::InvitationAccept,
        peer: &str,
        now: Instant,
    ) -> Result<(String, view::Session), Error> {
        let hash = hash_of(&request.token);
        // Hashing a password takes long: nobody without a good link makes us do it.
        self.store().invitation(&hash, now).await?.ok_or_else(bad_link)?;
        check_password(&request.password)?;
        let password = hash_password(request.password).await?;
        let staff = self
            .store()
            .accept_invitation(&hash, &password, now)
            .await
            .map_err(|error| if error.is_not_found() { bad_link() } else { taken(error) })?;
        let secret = self.open_session(&staff, now).await?;
        self.account_for_sign_in("signed_in", &staff.email, &staff.name, peer, now).await?;
        let reader = self.reader_of(&staff, None, true).await?;
        Ok((secret, self.session_view(&reader, now).await?))
    }

    /// A unit that is named must be there.
    async fn known_unit(&self, unit: Option<i64>) -> Result<(), Error> {
        let Some(id) = unit else { return Ok(()) };
        let known = self.store().units().await?.iter().any(|unit| unit.id == id);
        if known { Ok(()) } else { Err(Error::not_found(("这个部门", "the unit"))) }
    }
}

/// A unit and all above it.
pub(crate) fn line_above(units: &[UnitRecord], unit: Option<i64>) -> Vec<i64> {
    let mut line = Vec::new();
    let mut at = unit;
    while let Some(id) = at.filter(|id| !line.contains(id)) {
        line.push(id);
        at = units.iter().find(|unit| unit.id == id).and_then(|unit| unit.parent_id);
    }
    line
}

fn counts(snapshot: &Snapshot) -> HashMap<String, Counts> {
    let mut counts: HashMap<String, Counts> = HashMap::new();
    for position in 0..snapshot.customers().len() {
        let Some(owner) = snapshot.roll.keeper(position) else { continue };
        if matches!(snapshot.state(position), State::Gone { .. }) {
            continue;
        }
        let at_risk = snapshot.band(position).is_some_and(|band| band >= Band::High);
        let one = Counts { customers: 1, at_risk: u64::from(at_risk) };
        match counts.get_mut(owner) {
            Some(sum) => sum.add(one),
            None => {
                counts.insert(owner.to_owned(), one);
            }
        }
    }
    counts
}

fn unit_row(unit: &UnitRecord, (staff, counts): (u64, Counts)) -> UnitRow {
    UnitRow {
        id: unit.id,
        version: unit.version,
        name: unit.name.clone(),
        parent_id: unit.parent_id,
        heads: unit.heads.iter().copied().collect(),
        work_hours: shown_hours(unit),
        staff_count: staff,
        customer_count: counts.customers,
        at_risk_count: counts.at_risk,
    }
}

fn staff_row(person: &StaffRecord, counts: Counts) -> StaffRow {
    StaffRow {
        id: person.id,
        version: person.version,
        name: person.name.clone(),
        email: person.email.clone(),
        role: person.role.as_str().to_owned(),
        owner_key: person.owner_key.clone(),
        unit_id: person.unit_id,
        active: person.active,
        customer_count: counts.customers,
        at_risk_count: counts.at_risk,
    }
}

fn invitation_row(one: &InvitationRecord, now: Instant) -> InvitationRow {
    InvitationRow {
        id: one.id,
        name: one.name.clone(),
        email: one.email.clone(),
        role: one.role.as_str().to_owned(),
        owner_key: one.owner_key.clone(),
        unit_id: one.unit_id,
        invited_by: one.invited_by.clone(),
        created_at: written(one.created_at),
        expires_at: written(one.expires_at),
        ended: one.expires_at <= now,
    }
}

fn new_unit(request: view::UnitRequest) -> Result<store::NewUnit, Error> {
    let name = request.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains('/') {
        return Err(Error::bad(
            "bad_name",
            ("部门名称须为 1 到 80 个字，不含“/”", "the name of a unit has 1 to 80 characters and no slash"),
            ("请改一个名称", "choose another name"),
        ));
    }
    let work_hours = request.work_hours.as_ref().map(kept_hours).transpose()?;
    Ok(store::NewUnit { name, parent_id: request.parent_id, heads: request.heads.into_iter().collect(), work_hours })
}

/// The store's refusals of a change of the tree or of a person.
pub(crate) fn refused(error: store::Error) -> Error {
    if error.is_refused() {
        return Error::new(
            Class::Conflict,
            "not_possible",
            (
                "不能这样改：部门不能放到自己下面，也必须留一位在用的管理员",
                "this cannot be: a unit does not stand below itself, and somebody in use must administer",
            ),
            ("请换一种改法", "change it another way"),
        );
    }
    error.into()
}

/// A sign-in name that somebody has already.
fn taken(error: store::Error) -> Error {
    if error.is_conflict() {
        return Error::new(
            Class::Conflict,
            "email_taken",
            ("这个登录名已有人使用", "the sign-in name is taken"),
            ("请换一个，或在员工列表里找到这个人", "choose another, or find the person in the list"),
        );
    }
    error.into()
}

fn bad_link() -> Error {
    Error::new(
        Class::NotFound,
        "bad_invitation",
        ("邀请链接无效、已用过或已过期", "the invitation is wrong, used or has ended"),
        ("请联系发出邀请的管理员重新发一个", "ask whoever invited you for a new one"),
    )
}
