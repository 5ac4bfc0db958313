//! Who works here and who stands above whom, read once for a question: whose desk is whose, who sees a customer, who heads
//! whom, who may be given cases.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use actions::Hand;
use store::{DeskLoad, StaffRecord, UnitRecord};
use vocab::Scope;

use crate::error::Error;
use crate::permission::{Permission, permissions, reach};
use crate::view::Assignee;
use crate::{App, Reach, Reader};

/// The people of the firm and its units.
pub(crate) struct Roster {
    staff: Vec<StaffRecord>,
    units: Vec<UnitRecord>,
}

/// The desk of a person: their owner key, else their name.
pub(crate) fn desk_of(person: &StaffRecord) -> &str {
    person.owner_key.as_deref().unwrap_or(&person.name)
}

/// The desk of a reader; none of a program.
pub(crate) fn desk_of_reader(reader: &Reader) -> Option<&str> {
    reader.staff.as_ref().map(|staff| staff.owner_key.as_deref().unwrap_or(&staff.name))
}

impl App {
    /// The people and units as they are now.
    pub(crate) async fn roster(&self) -> Result<Roster, Error> {
        Ok(Roster { staff: self.store().staff().await?, units: self.store().units().await? })
    }
}

impl Roster {
    /// Names by id.
    pub(crate) fn names(&self) -> HashMap<i64, &str> {
        self.staff.iter().map(|one| (one.id, one.name.as_str())).collect()
    }

    /// Everybody who is here and owns customers in the data: name and owner key.
    pub(crate) fn owners(&self) -> impl Iterator<Item = (&str, &str)> {
        let here = self.staff.iter().filter(|one| one.active);
        here.filter_map(|one| Some((one.name.as_str(), one.owner_key.as_deref()?)))
    }

    /// The person of an id who may be given work.
    pub(crate) fn worker(&self, id: i64) -> Option<&StaffRecord> {
        self.staff.iter().find(|one| one.id == id && works(one))
    }

    /// Everybody who may be given work.
    pub(crate) fn workers(&self) -> impl Iterator<Item = &StaffRecord> {
        self.staff.iter().filter(|one| works(one))
    }

    /// Everybody, whether they are here or have left.
    pub(crate) fn everybody(&self) -> &[StaffRecord] {
        &self.staff
    }

    /// Every unit, by name.
    pub(crate) fn units(&self) -> &[UnitRecord] {
        &self.units
    }

    /// Those whom somebody heads, themselves left out.
    pub(crate) fn team_of(&self, head: i64) -> impl Iterator<Item = &StaffRecord> {
        self.below(head).filter(move |one| one.id != head && one.active)
    }

    /// Whose desk it is: somebody who is here before somebody who has left.
    pub(crate) fn at_desk(&self, desk: &str) -> Option<&StaffRecord> {
        let theirs = || self.staff.iter().filter(move |one| desk_of(one) == desk);
        theirs().find(|one| one.active).or_else(|| theirs().next())
    }

    /// Whether a person sees a customer of this owner.
    pub(crate) fn sees(&self, person: &StaffRecord, owner: Option<&str>) -> bool {
        self.furthest(person).admits(owner)
    }

    /// As far as a person may look: what [`App::reader_of`] makes of them where they chose nothing.
    pub(crate) fn furthest(&self, person: &StaffRecord) -> Scope {
        let most = reach(person.role);
        if most == Reach::All {
            return Scope::All;
        }
        let mut owners: BTreeSet<String> = person.owner_key.iter().cloned().collect();
        if most == Reach::Team {
            owners.extend(self.below(person.id).filter_map(|one| one.owner_key.clone()));
        }
        Scope::Owners(owners)
    }

    /// Everybody of the units that somebody heads, and of those below.
    pub(crate) fn below(&self, head: i64) -> impl Iterator<Item = &StaffRecord> {
        let units = store::units_below(&self.units, head);
        self.staff.iter().filter(move |one| one.unit_id.is_some_and(|unit| units.contains(&unit)))
    }

    /// Desks of those whom somebody heads, and their own.
    pub(crate) fn team_desks(&self, head: &str, id: i64) -> Vec<String> {
        let mut desks: BTreeSet<String> = self.below(id).map(|one| desk_of(one).to_owned()).collect();
        desks.insert(head.to_owned());
        desks.into_iter().collect()
    }

    /// Ids of those whom somebody heads, and their own.
    pub(crate) fn team(&self, id: i64) -> BTreeSet<i64> {
        self.below(id).map(|one| one.id).chain([id]).collect()
    }

    /// The desk of the person of an id, whether or not they are still here.
    pub(crate) fn desk(&self, id: i64) -> Option<&str> {
        self.staff.iter().find(|one| one.id == id).map(desk_of)
    }

    /// Who may be given a case of a customer of this owner, by name.
    pub(crate) fn people_for(&self, owner: Option<&str>) -> Vec<Assignee> {
        let mut people: Vec<Assignee> = self
            .staff
            .iter()
            .filter(|one| works(one) && self.sees(one, owner))
            .map(|one| Assignee { id: one.id, name: one.name.clone() })
            .collect();
        people.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        people
    }

    /// Whether a reader heads whoever has this desk. An administrator heads everybody; whoever heads a unit heads a desk
    /// that is nobody's, or that of somebody without an account.
    pub(crate) fn heads(&self, reader: &Reader, desk: Option<&str>) -> bool {
        if reader.is_admin {
            return true;
        }
        let Some(id) = reader.staff.as_ref().map(|staff| staff.id) else { return false };
        match desk.and_then(|desk| self.at_desk(desk)) {
            Some(person) => person.id != id && self.below(id).any(|one| one.id == person.id),
            None => self.units.iter().any(|unit| unit.heads.contains(&id)),
        }
    }

    /// To whom a case on this desk is reported: of the heads of the person's unit, then of the units above, the first who
    /// works, sees the customer and is somebody else.
    pub(crate) fn head_above(&self, desk: &str, owner: Option<&str>) -> Option<&StaffRecord> {
        let person = self.at_desk(desk)?;
        let mut seen = BTreeSet::new();
        let mut at = person.unit_id;
        while let Some(unit) = at.and_then(|id| self.units.iter().find(|unit| unit.id == id)) {
            if !seen.insert(unit.id) {
                return None;
            }
            let others = unit.heads.iter().filter(|head| **head != person.id);
            let mut heads = others.filter_map(|head| self.worker(*head));
            if let Some(head) = heads.find(|head| self.sees(head, owner)) {
                return Some(head);
            }
            at = unit.parent_id;
        }
        None
    }

    /// Who may be given cases by rule, and how full their desks are.
    pub(crate) fn hands(&self, loads: &BTreeMap<String, DeskLoad>) -> Vec<Hand> {
        let hand = |one: &StaffRecord| {
            let load = loads.get(desk_of(one)).cloned().unwrap_or_default();
            Hand {
                desk: desk_of(one).to_owned(),
                role: one.role.as_str().to_owned(),
                teams: self.teams(one),
                scope: self.furthest(one),
                load: load.open,
                given_at: load.given_at,
            }
        };
        self.staff.iter().filter(|one| works(one)).map(hand).collect()
    }

    /// Desks of people who have left and that nobody else has.
    pub(crate) fn left(&self) -> BTreeSet<String> {
        let here: BTreeSet<&str> = self.staff.iter().filter(|one| one.active).map(desk_of).collect();
        let gone = self.staff.iter().filter(|one| !one.active).map(desk_of);
        gone.filter(|desk| !here.contains(desk)).map(str::to_owned).collect()
    }

    /// Names of a person's unit and of every unit above it.
    fn teams(&self, person: &StaffRecord) -> BTreeSet<String> {
        let mut teams = BTreeSet::new();
        let mut at = person.unit_id;
        while let Some(unit) = at.and_then(|id| self.units.iter().find(|unit| unit.id == id)) {
            if !teams.insert(unit.name.clone()) {
                break;
            }
            at = unit.parent_id;
        }
        teams
    }
}

/// Whether somebody may be given work.
pub(crate) fn works(person: &StaffRecord) -> bool {
    person.active && permissions(person.role).contains(&Permission::Work)
}
