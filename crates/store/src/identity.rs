//! Who is who, as people decided it: conflicts and their ends, pairs kept apart. What a key leads to is in the facts.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use vocab::{CustomerId, Instant};

use crate::cycle::CYCLE_ACTOR;
use crate::entity::{identity_apart, identity_conflicts};
use crate::history::Resource;
use crate::open::{Change, Writing};
use crate::words::words;
use crate::{Error, Store};

words! {
    /// What became of a conflict.
    ConflictState {
        /// Nobody has decided yet.
        Open = "open",
        /// They are one customer.
        Merged = "merged",
        /// They are not.
        Apart = "apart",
        /// The facts no longer say that they share anything.
        Gone = "gone",
    }
}

/// Customers that share a key, found by a cycle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewConflict {
    /// The key they share.
    pub key: String,
    /// `same_key`, `perhaps_same`, `shared_by_many`.
    pub sort: String,
    /// Who, sorted; at most the first twenty.
    pub customers: Vec<CustomerId>,
    /// How many in all.
    pub count: u64,
}

/// A conflict as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConflictRecord {
    /// Stable id.
    pub id: i64,
    /// Version.
    pub version: i64,
    /// What was found.
    pub found: NewConflict,
    /// What became of it.
    pub state: ConflictState,
    /// When it was found.
    pub found_at: Instant,
    /// When it ended.
    pub decided_at: Option<Instant>,
    /// Who ended it; `liuke` where the facts did.
    pub decided_by: Option<String>,
    /// Why.
    pub note: Option<String>,
}

impl Store {
    /// Notes what a cycle found: new conflicts open, changed ones change, those that are no more are gone. What a person
    /// has kept apart is not asked again unless somebody else joined. Finding the same again changes nothing.
    pub async fn set_conflicts(&self, found: &[NewConflict], now: Instant) -> Result<(), Error> {
        let doing = "noting who may be who";
        let mut writing = self.write(now).await?;
        let rows = identity_conflicts::Entity::find()
            .order_by_asc(identity_conflicts::Column::Id)
            .all(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        let mut last: BTreeMap<String, identity_conflicts::Model> = BTreeMap::new();
        last.extend(rows.into_iter().map(|row| (row.key.clone(), row)));
        let mut keys = BTreeSet::new();
        for one in found {
            keys.insert(one.key.as_str());
            let customers = written(&one.customers);
            match last.get(&one.key) {
                Some(row) if row.state == "open" => {
                    let count = signed(one.count);
                    if row.customers != customers || row.sort != one.sort || row.customer_count != count {
                        let mut changed = row.clone().into_active_model();
                        (changed.customers, changed.sort) = (Set(customers), Set(one.sort.clone()));
                        changed.customer_count = Set(count);
                        keep(&mut writing, changed, CYCLE_ACTOR, "changed").await?;
                    }
                }
                Some(row) if row.state == "apart" && row.customers == customers => {}
                _ => add(&mut writing, one, customers, now).await?,
            }
        }
        for row in last.into_values().filter(|row| row.state == "open" && !keys.contains(row.key.as_str())) {
            let mut gone = row.into_active_model();
            gone.state = Set(ConflictState::Gone.as_str().to_owned());
            gone.decided_at = Set(Some(now.micros()));
            gone.decided_by = Set(Some(CYCLE_ACTOR.to_owned()));
            keep(&mut writing, gone, CYCLE_ACTOR, "gone").await?;
        }
        writing.commit().await
    }

    /// Conflicts, newest first; all of them, or those in one state. Show them to whoever may see all the customers of one.
    pub async fn conflicts(&self, state: Option<ConflictState>) -> Result<Vec<ConflictRecord>, Error> {
        let mut query = identity_conflicts::Entity::find().order_by_desc(identity_conflicts::Column::Id).limit(10_000);
        if let Some(state) = state {
            query = query.filter(identity_conflicts::Column::State.eq(state.as_str()));
        }
        let rows = query.all(&self.reader).await.map_err(Error::while_doing("reading conflicts"))?;
        rows.into_iter().map(ConflictRecord::new).collect()
    }

    /// One conflict.
    pub async fn conflict(&self, id: i64) -> Result<Option<ConflictRecord>, Error> {
        let row = identity_conflicts::Entity::find_by_id(id).one(&self.reader).await;
        row.map_err(Error::while_doing("reading a conflict"))?.map(ConflictRecord::new).transpose()
    }

    /// Ends a conflict by a person's word.
    ///
    /// # Errors
    /// Not found; a conflict of versions when somebody else ended or changed it first.
    pub async fn decide_conflict(
        &self,
        id: i64,
        version: i64,
        state: ConflictState,
        note: Option<&str>,
        actor: &str,
        now: Instant,
    ) -> Result<ConflictRecord, Error> {
        let mut writing = self.write(now).await?;
        let row = identity_conflicts::Entity::find_by_id(id)
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing("reading a conflict"))?
            .ok_or_else(|| Error::not_found(format!("conflict {id}")))?;
        if row.version != version || row.state != ConflictState::Open.as_str() {
            return Err(Error::conflict(format!("conflict {id}"), Some(row.version)));
        }
        let mut decided = row.into_active_model();
        decided.state = Set(state.as_str().to_owned());
        decided.decided_at = Set(Some(now.micros()));
        decided.decided_by = Set(Some(actor.to_owned()));
        decided.note = Set(note.map(str::to_owned));
        let row = keep(&mut writing, decided, actor, state.as_str()).await?;
        writing.commit().await?;
        ConflictRecord::new(row)
    }

    /// Says of a pair that they are not one customer, or takes that back.
    pub async fn set_apart(
        &self,
        one: &CustomerId,
        other: &CustomerId,
        stands: bool,
        actor: &str,
        now: Instant,
    ) -> Result<(), Error> {
        let doing = "keeping two customers apart";
        let (one, other) = if one <= other { (one, other) } else { (other, one) };
        let mut writing = self.write(now).await?;
        let known = identity_apart::Entity::find()
            .filter(identity_apart::Column::One.eq(one.as_str()))
            .filter(identity_apart::Column::Other.eq(other.as_str()))
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        if known.as_ref().map_or(!stands, |known| known.stands == stands) {
            return Ok(());
        }
        let row = identity_apart::ActiveModel {
            id: known.as_ref().map_or(NotSet, |known| Set(known.id)),
            version: Set(known.as_ref().map_or(1, |known| known.version + 1)),
            one: Set(one.as_str().to_owned()),
            other: Set(other.as_str().to_owned()),
            stands: Set(stands),
            at: Set(now.micros()),
            actor: Set(actor.to_owned()),
        };
        let row = match known {
            Some(_) => row.update(&writing.transaction).await,
            None => row.insert(&writing.transaction).await,
        };
        let row = row.map_err(Error::while_doing(doing))?;
        let cause = if stands { "kept_apart" } else { "no_longer_apart" };
        let change = Change {
            resource: Resource::IdentityApart,
            id: row.id.to_string(),
            customer: Some(&row.one),
            version: row.version,
            actor,
            cause,
        };
        writing.remember(change, &row)?;
        writing.commit().await
    }

    /// Every pair that a person has said are not one customer, each sorted.
    pub async fn apart(&self) -> Result<BTreeSet<(CustomerId, CustomerId)>, Error> {
        let rows = identity_apart::Entity::find()
            .filter(identity_apart::Column::Stands.eq(true))
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading who is kept apart"))?;
        Ok(rows.into_iter().map(|row| (CustomerId::from(row.one), CustomerId::from(row.other))).collect())
    }
}

async fn add(writing: &mut Writing, found: &NewConflict, customers: String, now: Instant) -> Result<(), Error> {
    let row = identity_conflicts::ActiveModel {
        id: NotSet,
        version: Set(1),
        key: Set(found.key.clone()),
        sort: Set(found.sort.clone()),
        customers: Set(customers),
        customer_count: Set(signed(found.count)),
        state: Set(ConflictState::Open.as_str().to_owned()),
        found_at: Set(now.micros()),
        decided_at: Set(None),
        decided_by: Set(None),
        note: Set(None),
    };
    let row = row.insert(&writing.transaction).await.map_err(Error::while_doing("noting a conflict"))?;
    remember(writing, &row, CYCLE_ACTOR, "found")
}

async fn keep(
    writing: &mut Writing,
    mut changed: identity_conflicts::ActiveModel,
    actor: &str,
    cause: &str,
) -> Result<identity_conflicts::Model, Error> {
    changed.version = Set(changed.version.take().unwrap_or(0) + 1);
    let row = changed.update(&writing.transaction).await.map_err(Error::while_doing("changing a conflict"))?;
    remember(writing, &row, actor, cause)?;
    Ok(row)
}

fn remember(writing: &mut Writing, row: &identity_conflicts::Model, actor: &str, cause: &str) -> Result<(), Error> {
    let (id, version) = (row.id.to_string(), row.version);
    writing.remember(Change { resource: Resource::IdentityConflict, id, customer: None, version, actor, cause }, row)
}

fn written(customers: &[CustomerId]) -> String {
    let names: Vec<&str> = customers.iter().map(CustomerId::as_str).collect();
    serde_json::to_string(&names).unwrap_or_else(|error| unreachable!("names are plain data: {error}"))
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl ConflictRecord {
    fn new(row: identity_conflicts::Model) -> Result<Self, Error> {
        let customers: Vec<String> = serde_json::from_str(&row.customers)
            .map_err(|error| Error::unreadable(format!("conflict {}: {error}", row.id)))?;
        Ok(Self {
            id: row.id,
            version: row.version,
            found: NewConflict {
                key: row.key,
                sort: row.sort,
                customers: customers.into_iter().map(CustomerId::from).collect(),
                count: u64::try_from(row.customer_count).unwrap_or(0),
            },
            state: ConflictState::read(&row.state)?,
            found_at: Instant::from_micros(row.found_at),
            decided_at: row.decided_at.map(Instant::from_micros),
            decided_by: row.decided_by,
            note: row.note,
        })
    }
}
