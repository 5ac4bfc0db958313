//! The tree of the firm: units as deep as the firm likes, who heads them and who belongs to them.
//!
//! A head sees whatever belongs to the people of the head's units and of every unit below them. What that means for a
//! reader is decided by whoever makes the reader; here is only who stands where.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder,
};
use serde::Serialize;
use vocab::Instant;

use crate::entity::{sessions, staff, unit_heads, units};
use crate::history::Resource;
use crate::open::{Change, Writing};
use crate::people::{end_keys, normal, save_staff, staff_row};
use crate::{Error, Role, StaffRecord, Store};

/// A unit of the firm: a group, a region, a shop; a department, a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRecord {
    /// Stable id; never given twice.
    pub id: i64,
    /// Grows by one with every change.
    pub version: i64,
    /// Name shown.
    pub name: String,
    /// The unit above; none for one at the top.
    pub parent_id: Option<i64>,
    /// Ids of the people who head it.
    pub heads: BTreeSet<i64>,
    /// When it works, as JSON; none where it works as the unit above it does.
    pub work_hours: Option<String>,
}

/// What a unit is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUnit {
    /// Name shown.
    pub name: String,
    /// The unit above; none for one at the top.
    pub parent_id: Option<i64>,
    /// Ids of the people who head it.
    pub heads: BTreeSet<i64>,
    /// When it works, as JSON; none where it works as the unit above it does.
    pub work_hours: Option<String>,
}

/// What a person is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffChange {
    /// Name shown.
    pub name: String,
    /// Sign-in name; letter case and spaces around it do not matter.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// The owner key whose customers are theirs.
    pub owner_key: Option<String>,
    /// The unit they belong to.
    pub unit_id: Option<i64>,
    /// Whether the account is in use.
    pub active: bool,
}

/// Which units are a head's own or below one of them?
///
/// # Edges
/// Nobody's units are none. A circle, which no change lets arise, would be walked once.
pub fn units_below(units: &[UnitRecord], head: i64) -> BTreeSet<i64> {
    let mut below: BTreeSet<i64> = units.iter().filter(|unit| unit.heads.contains(&head)).map(|unit| unit.id).collect();
    let mut children: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for unit in units {
        if let Some(parent) = unit.parent_id {
            children.entry(parent).or_default().push(unit.id);
        }
    }
    let mut waiting: Vec<i64> = below.iter().copied().collect();
    while let Some(unit) = waiting.pop() {
        for child in children.get(&unit).into_iter().flatten() {
            if below.insert(*child) {
                waiting.push(*child);
            }
        }
    }
    below
}

impl Store {
    /// Every unit, by name.
    pub async fn units(&self) -> Result<Vec<UnitRecord>, Error> {
        let read = self.read().await?;
        all_units(&read).await
    }

    /// Makes a unit.
    ///
    /// # Errors
    /// Not found if there is no such unit above it, or no such person to head it.
    pub async fn add_unit(&self, new: &NewUnit, actor: &str, now: Instant) -> Result<UnitRecord, Error> {
        let mut writing = self.write(now).await?;
        check(&writing, None, new).await?;
        let row = units::ActiveModel {
            id: NotSet,
            version: Set(1),
            name: Set(new.name.clone()),
            parent_id: Set(new.parent_id),
            created_at: Set(now.micros()),
            work_hours: Set(new.work_hours.clone()),
        };
        let row = row.insert(&writing.transaction).await.map_err(Error::while_doing("making a unit"))?;
        put_heads(&writing, row.id, &new.heads).await?;
        remember_unit(&mut writing, &row, &new.heads, actor, "added")?;
        writing.commit().await?;
        Ok(UnitRecord::new(row, new.heads.clone()))
    }

    /// Renames a unit, moves it below another, gives it other heads or hours. `version` is the one the caller saw.
    ///
    /// # Errors
    /// Not found; a conflict if it has changed since; refused where it would come to stand below itself.
    pub async fn change_unit(
        &self,
        id: i64,
        version: i64,
        new: &NewUnit,
        actor: &str,
        now: Instant,
    ) -> Result<UnitRecord, Error> {
        let mut writing = self.write(now).await?;
        let before = unit_row(&writing, id).await?;
        if before.version != version {
            return Err(Error::conflict(format!("unit {id}"), Some(before.version)));
        }
        check(&writing, Some(id), new).await?;
        let mut changed = before.into_active_model();
        changed.version = Set(version + 1);
        changed.name = Set(new.name.clone());
        changed.parent_id = Set(new.parent_id);
        changed.work_hours = Set(new.work_hours.clone());
        let row = changed.update(&writing.transaction).await.map_err(Error::while_doing("changing a unit"))?;
        put_heads(&writing, id, &new.heads).await?;
        remember_unit(&mut writing, &row, &new.heads, actor, "changed")?;
        writing.commit().await?;
        Ok(UnitRecord::new(row, new.heads.clone()))
    }

    /// Removes a unit that is empty.
    ///
    /// # Errors
    /// Not found; a conflict while somebody belongs to it or a unit stands below it.
    pub async fn remove_unit(&self, id: i64, actor: &str, now: Instant) -> Result<(), Error> {
        let doing = "removing a unit";
        let mut writing = self.write(now).await?;
        let row = unit_row(&writing, id).await?;
        let members = staff::Entity::find().filter(staff::Column::UnitId.eq(id)).count(&writing.transaction).await;
        let below = units::Entity::find().filter(units::Column::ParentId.eq(id)).count(&writing.transaction).await;
        if members.map_err(Error::while_doing(doing))? + below.map_err(Error::while_doing(doing))? > 0 {
            return Err(Error::conflict(format!("unit {id} is not empty"), Some(row.version)));
        }
        put_heads(&writing, id, &BTreeSet::new()).await?;
        units::Entity::delete_by_id(id).exec(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        let gone = units::Model { version: row.version + 1, ..row };
        remember_unit(&mut writing, &gone, &BTreeSet::new(), actor, "removed")?;
        writing.commit().await
    }

    /// Changes what is known of a person. Closing the account ends their sessions and tokens at once.
    ///
    /// # Errors
    /// Not found; a conflict if the person has changed since or the sign-in name is taken; refused where nobody would be
    /// left to administer.
    pub async fn change_staff(
        &self,
        id: i64,
        version: i64,
        new: &StaffChange,
        actor: &str,
        now: Instant,
    ) -> Result<StaffRecord, Error> {
        let mut writing = self.write(now).await?;
        let before = staff_row(&writing, id).await?;
        if before.version != version {
            return Err(Error::conflict(format!("staff {id}"), Some(before.version)));
        }
        if !(new.active && new.role == Role::Admin) {
            keep_an_admin(&writing, id).await?;
        }
        if !new.active {
            end_keys(&mut writing, id, actor, now).await?;
        }
        let cause = match (before.active, new.active) {
            (true, false) => "deactivated",
            (false, true) => "activated",
            _ => "changed",
        };
        let mut changed = before.into_active_model();
        changed.name = Set(new.name.clone());
        changed.email = Set(normal(&new.email));
        changed.role = Set(new.role.as_str().to_owned());
        changed.owner_key = Set(new.owner_key.clone());
        changed.unit_id = Set(new.unit_id);
        changed.active = Set(new.active);
        save_staff(writing, version, changed, actor, cause).await
    }

    /// How far a session looks: the word it was told, none for as far as it may.
    pub async fn session_reach(&self, token_hash: &str) -> Result<Option<String>, Error> {
        let session = sessions::Entity::find_by_id(token_hash.to_owned())
            .one(&self.reader)
            .await
            .map_err(Error::while_doing("reading a session"))?;
        Ok(session.and_then(|session| session.reach))
    }

    /// Tells a session how far to look from now on.
    ///
    /// # Errors
    /// Not found.
    pub async fn set_session_reach(&self, token_hash: &str, reach: Option<&str>) -> Result<(), Error> {
        let doing = "telling a session how far to look";
        let session = sessions::Entity::find_by_id(token_hash.to_owned())
            .one(&self.writer)
            .await
            .map_err(Error::while_doing(doing))?
            .ok_or_else(|| Error::not_found("session"))?;
        let mut changed = session.into_active_model();
        changed.reach = Set(reach.map(str::to_owned));
        changed.update(&self.writer).await.map_err(Error::while_doing(doing))?;
        Ok(())
    }
}

/// Every unit with its heads.
pub(crate) async fn all_units(connection: &impl ConnectionTrait) -> Result<Vec<UnitRecord>, Error> {
    let doing = "reading units";
    let rows = units::Entity::find()
        .order_by_asc(units::Column::Name)
        .order_by_asc(units::Column::Id)
        .all(connection)
        .await
        .map_err(Error::while_doing(doing))?;
    let mut heads: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for head in unit_heads::Entity::find().all(connection).await.map_err(Error::while_doing(doing))? {
        heads.entry(head.unit_id).or_default().insert(head.staff_id);
    }
    Ok(rows.into_iter().map(|row| (heads.remove(&row.id).unwrap_or_default(), row)).map(of_row).collect())
}

fn of_row((heads, row): (BTreeSet<i64>, units::Model)) -> UnitRecord {
    UnitRecord::new(row, heads)
}

/// Takes a person off every unit they head: they have left.
pub(crate) async fn leave_units(writing: &mut Writing, staff_id: i64, actor: &str) -> Result<(), Error> {
    let doing = "taking a head off units";
    for unit in all_units(&writing.transaction).await? {
        if !unit.heads.contains(&staff_id) {
            continue;
        }
        let heads: BTreeSet<i64> = unit.heads.iter().copied().filter(|head| *head != staff_id).collect();
        put_heads(writing, unit.id, &heads).await?;
        let mut changed = unit_row(writing, unit.id).await?.into_active_model();
        changed.version = Set(unit.version + 1);
        let row = changed.update(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        remember_unit(writing, &row, &heads, actor, "head_left")?;
    }
    Ok(())
}

/// Refuses what would leave nobody in use who administers.
pub(crate) async fn keep_an_admin(writing: &Writing, without: i64) -> Result<(), Error> {
    let others = staff::Entity::find()
        .filter(staff::Column::Role.eq(Role::Admin.as_str()))
        .filter(staff::Column::Active.eq(true))
        .filter(staff::Column::Id.ne(without))
        .count(&writing.transaction)
        .await
        .map_err(Error::while_doing("counting administrators"))?;
    let goes = staff_row(writing, without).await?;
    let is_last = others == 0 && goes.active && goes.role == Role::Admin.as_str();
    if is_last { Err(Error::refused("nobody would be left to administer")) } else { Ok(()) }
}

async fn unit_row(writing: &Writing, id: i64) -> Result<units::Model, Error> {
    let row = units::Entity::find_by_id(id).one(&writing.transaction).await;
    row.map_err(Error::while_doing("reading a unit"))?.ok_or_else(|| Error::not_found(format!("unit {id}")))
}

/// What a unit is to be must be possible: its parent is there and not below it, its heads are there.
async fn check(writing: &Writing, id: Option<i64>, new: &NewUnit) -> Result<(), Error> {
    for head in &new.heads {
        staff_row(writing, *head).await?;
    }
    let mut above = new.parent_id;
    let all = all_units(&writing.transaction).await?;
    while let Some(one) = above {
        if Some(one) == id {
            return Err(Error::refused("a unit does not stand below itself"));
        }
        let unit = all.iter().find(|unit| unit.id == one).ok_or_else(|| Error::not_found(format!("unit {one}")))?;
        above = unit.parent_id;
    }
    Ok(())
}

async fn put_heads(writing: &Writing, unit: i64, heads: &BTreeSet<i64>) -> Result<(), Error> {
    let doing = "writing who heads a unit";
    unit_heads::Entity::delete_many()
        .filter(unit_heads::Column::UnitId.eq(unit))
        .exec(&writing.transaction)
        .await
        .map_err(Error::while_doing(doing))?;
    let rows: Vec<unit_heads::ActiveModel> =
        heads.iter().map(|head| unit_heads::ActiveModel { unit_id: Set(unit), staff_id: Set(*head) }).collect();
    if !rows.is_empty() {
        unit_heads::Entity::insert_many(rows)
            .exec_without_returning(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
    }
    Ok(())
}

fn remember_unit(
    writing: &mut Writing,
    row: &units::Model,
    heads: &BTreeSet<i64>,
    actor: &str,
    cause: &str,
) -> Result<(), Error> {
    #[derive(Serialize)]
    struct Kept<'a> {
        id: i64,
        name: &'a str,
        parent_id: Option<i64>,
        heads: &'a BTreeSet<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        work_hours: Option<&'a str>,
    }
    let work_hours = row.work_hours.as_deref();
    let kept = Kept { id: row.id, name: &row.name, parent_id: row.parent_id, heads, work_hours };
    let id = row.id.to_string();
    writing.remember(Change { resource: Resource::Unit, id, customer: None, version: row.version, actor, cause }, &kept)
}

impl UnitRecord {
    fn new(row: units::Model, heads: BTreeSet<i64>) -> Self {
        let units::Model { id, version, name, parent_id, work_hours, .. } = row;
        Self { id, version, name, parent_id, heads, work_hours }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: i64, parent: Option<i64>, heads: &[i64]) -> UnitRecord {
        let heads = heads.iter().copied().collect();
        UnitRecord { id, version: 1, name: format!("unit {id}"), parent_id: parent, heads, work_hours: None }
    }

    #[test]
    fn a_head_stands_above_every_level_below_and_beside_nobody() {
        let tree = [
            unit(1, None, &[7]),
            unit(2, Some(1), &[8]),
            unit(3, Some(1), &[]),
            unit(4, Some(2), &[9]),
            unit(5, None, &[9]),
        ];
        let below = |head: i64| units_below(&tree, head).into_iter().collect::<Vec<_>>();
        assert_eq!(below(7), [1, 2, 3, 4]);
        assert_eq!(below(8), [2, 4]);
        assert_eq!(below(9), [4, 5]);
        assert!(below(1).is_empty());
    }
}
