//! 承诺账本: what somebody promised a customer by a day, and whether it was kept.
//!
//! A promise is made in a follow-up record ([`crate::NewFollowUp`]) and settled by a click, which can be taken back. The
//! record of facts is told of every click, in order, by whoever reads [`Store::promises_untold`].

use std::collections::{BTreeMap, HashMap};

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Cond, Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use vocab::{CustomerId, Instant, Scope};

use crate::entity::promises;
use crate::history::{Resource, last_before, parse};
use crate::open::{Change, Writing};
use crate::scope::{admitted_few, among, of_owner, owners_of};
use crate::words::words;
use crate::{Error, Store};

words! {
    /// What became of a promise.
    PromiseState {
        /// Not yet said.
        Open = "open",
        /// It was kept.
        Kept = "kept",
        /// It was not.
        Broken = "broken",
    }
}

/// Something promised to a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseRecord {
    /// Stable id.
    pub id: i64,
    /// Grows by one with every change; whoever changes it sends back the one they saw.
    pub version: i64,
    /// To whom.
    pub customer: CustomerId,
    /// Who owns the customer now.
    pub owner: Option<String>,
    /// What.
    pub words: String,
    /// By which day, in the firm's zone.
    pub due_on: String,
    /// The end of that day.
    pub due_at: Instant,
    /// When it was made.
    pub made_at: Instant,
    /// By whom.
    pub made_by: String,
    /// What became of it.
    pub state: PromiseState,
    /// When that was said.
    pub settled_at: Option<Instant>,
    /// By whom.
    pub settled_by: Option<String>,
    /// What was said with it.
    pub note: Option<String>,
}

impl PromiseRecord {
    /// Whether its day has passed and nobody has said what became of it.
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.state == PromiseState::Open && self.due_at <= now
    }
}

/// A promise of whose last change the record of facts does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UntoldPromise {
    /// The promise as it stands.
    pub promise: PromiseRecord,
    /// The message id of the fact that stands for it there, if one does.
    pub told_as: Option<String>,
}

/// What somebody says of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settling<'a> {
    /// What became of it; open takes back what was said before.
    pub state: PromiseState,
    /// A word with it.
    pub note: Option<&'a str>,
}

/// Which promises are asked for. The default is every one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromiseFilter {
    /// In one of these states; any when empty.
    pub states: Vec<PromiseState>,
    /// Only what is overdue at this moment.
    pub overdue_at: Option<Instant>,
    /// The customer's present owner; `-` for customers whom nobody owns.
    pub owner: Option<String>,
    /// One of these customers.
    pub customers: Option<Vec<CustomerId>>,
}

/// One page of promises, and the counts that belong to the filter on owner and customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromisePage {
    /// What is due first, first.
    pub rows: Vec<PromiseRecord>,
    /// How many match in all.
    pub total: u64,
    /// How many are in each state, whatever state is asked for.
    pub state_counts: BTreeMap<PromiseState, u64>,
    /// How many are overdue.
    pub overdue_count: u64,
}

impl Store {
    /// Which promises are there? Rows and counts are of one moment; `now` says what is overdue.
    pub async fn promises(
        &self,
        scope: &Scope,
        filter: &PromiseFilter,
        (offset, limit): (u64, u64),
        now: Instant,
    ) -> Result<PromisePage, Error> {
        let doing = "reading promises";
        let read = self.read().await?;
        let around = around(&read, scope, filter);
        let overdue = |at: Instant| {
            let open = promises::Column::State.eq(PromiseState::Open.as_str());
            Cond::all().add(open).add(promises::Column::DueAt.lte(at.micros()))
        };
        let cells: Vec<(String, i64)> = promises::Entity::find()
            .select_only()
            .column(promises::Column::State)
            .column_as(Expr::col((promises::Entity, promises::Column::Id)).count(), "how_many")
            .filter(around.clone())
            .group_by(promises::Column::State)
            .into_tuple()
            .all(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        let late: Option<i64> = promises::Entity::find()
            .select_only()
            .column_as(Expr::col((promises::Entity, promises::Column::Id)).count(), "how_many")
            .filter(around.clone())
            .filter(overdue(now))
            .into_tuple()
            .one(&read)
            .await
            .map_err(Error::while_doing(doing))?;
        let overdue_count = u64::try_from(late.unwrap_or(0)).unwrap_or(0);
        let mut page = PromisePage { overdue_count, ..PromisePage::default() };
        for (state, how_many) in cells {
            let (state, how_many) = (PromiseState::read(&state)?, u64::try_from(how_many).unwrap_or(0));
            page.state_counts.insert(state, how_many);
            if filter.states.is_empty() || filter.states.contains(&state) {
                page.total += how_many;
            }
        }
        let mut select = promises::Entity::find()
            .filter(around)
            .order_by_asc(promises::Column::DueAt)
            .order_by_asc(promises::Column::Id)
            .limit(limit)
            .offset(offset);
        if !filter.states.is_empty() {
            select = select.filter(promises::Column::State.is_in(filter.states.iter().map(|state| state.as_str())));
        }
        if let Some(at) = filter.overdue_at {
            select = select.filter(overdue(at));
            page.total = page.overdue_count;
        }
        let rows = select.all(&read).await.map_err(Error::while_doing(doing))?;
        page.rows = records(&read, rows).await?;
        Ok(page)
    }

    /// The promises as they stood at a moment, what is due first, first.
    ///
    /// # Edges
    /// The reader's scope is today's, whatever the moment.
    pub async fn promises_then(&self, scope: &Scope, t: Instant) -> Result<Vec<PromiseRecord>, Error> {
        let read = self.read().await?;
        let rows = last_before(Resource::Promise, scope, t).all(&read).await;
        let rows = rows.map_err(Error::while_doing("folding the history of promises"))?;
        let mut rows: Vec<promises::Model> = rows.iter().map(parse).collect::<Result<_, _>>()?;
        rows.sort_by_key(|row| (row.due_at, row.id));
        records(&read, rows).await
    }

    /// Says what became of a promise, or takes that back ([`PromiseState::Open`]). `version` is the one they saw.
    ///
    /// # Errors
    /// Not found outside the scope; a conflict if it has changed since or is so already.
    pub async fn settle_promise(
        &self,
        scope: &Scope,
        id: i64,
        version: i64,
        Settling { state, note }: Settling<'_>,
        actor: &str,
        now: Instant,
    ) -> Result<PromiseRecord, Error> {
        let mut writing = self.write(now).await?;
        let mut select = promises::Entity::find_by_id(id);
        if let Some(only) = admitted_few(scope, promises::Column::CustomerId) {
            select = select.filter(only);
        }
        let row = select.one(&writing.transaction).await.map_err(Error::while_doing("reading a promise"))?;
        let row = row.ok_or_else(|| Error::not_found(format!("promise {id}")))?;
        if row.version != version || row.state == state.as_str() {
            return Err(Error::conflict(format!("promise {id}"), Some(row.version)));
        }
        let settled = state != PromiseState::Open;
        let at = Ord::max(now.micros(), row.made_at);
        let mut changed = row.into_active_model();
        changed.version = Set(version + 1);
        changed.state = Set(state.as_str().to_owned());
        changed.settled_at = Set(settled.then_some(at));
        changed.settled_by = Set(settled.then(|| actor.to_owned()));
        changed.note = Set(note.map(str::to_owned));
        let row = changed.update(&writing.transaction).await.map_err(Error::while_doing("settling a promise"))?;
        let cause = if settled { state.as_str() } else { "taken_back" };
        remember_promise(&mut writing, &row, actor, cause)?;
        let owners = owners_of(&writing.transaction, std::iter::once(row.customer_id.as_str())).await?;
        let record = PromiseRecord::new(row, &owners)?;
        writing.commit().await?;
        Ok(record)
    }

    /// Promises whose last change the record of facts does not know.
    pub async fn promises_untold(&self, scope: &Scope) -> Result<Vec<UntoldPromise>, Error> {
        let read = self.read().await?;
        let (version, told) = (promises::Column::Version, promises::Column::ToldVersion);
        let untold = Expr::col((promises::Entity, version)).gt(Expr::col((promises::Entity, told)));
        let mut select = promises::Entity::find().filter(untold).order_by_asc(promises::Column::Id);
        if let Some(only) = admitted_few(scope, promises::Column::CustomerId) {
            select = select.filter(only);
        }
        let rows = select.all(&read).await.map_err(Error::while_doing("reading what the facts do not know"))?;
        let told: Vec<Option<String>> = rows.iter().map(|row| row.told_as.clone()).collect();
        let records = records(&read, rows).await?;
        Ok(records.into_iter().zip(told).map(|(promise, told_as)| UntoldPromise { promise, told_as }).collect())
    }

    /// Notes that the record of facts was told of a promise as it stood in a version, and by which fact.
    pub async fn promise_told(&self, id: i64, version: i64, told_as: Option<&str>) -> Result<(), Error> {
        promises::Entity::update_many()
            .col_expr(promises::Column::ToldVersion, Expr::value(version))
            .col_expr(promises::Column::ToldAs, Expr::value(told_as.map(str::to_owned)))
            .filter(promises::Column::Id.eq(id))
            .filter(promises::Column::ToldVersion.lt(version))
            .exec(&self.writer)
            .await
            .map_err(Error::while_doing("noting that a promise was told"))?;
        Ok(())
    }
}

/// Everything about a filter but the state.
fn around(connection: &impl ConnectionTrait, scope: &Scope, filter: &PromiseFilter) -> Condition {
    let mut all = Cond::all();
    if let Some(owner) = &filter.owner {
        all = all.add(of_owner(owner, promises::Column::CustomerId));
    }
    if let Some(customers) = &filter.customers {
        all = all.add(among(connection, (promises::Entity, promises::Column::CustomerId), customers));
    }
    all.add_option(admitted_few(scope, promises::Column::CustomerId))
}

pub(crate) fn remember_promise(
    writing: &mut Writing,
    row: &promises::Model,
    actor: &str,
    cause: &str,
) -> Result<(), Error> {
    let (id, customer, version) = (row.id.to_string(), Some(row.customer_id.as_str()), row.version);
    writing.remember(Change { resource: Resource::Promise, id, customer, version, actor, cause }, row)
}

async fn records(connection: &impl ConnectionTrait, rows: Vec<promises::Model>) -> Result<Vec<PromiseRecord>, Error> {
    let owners = owners_of(connection, rows.iter().map(|row| row.customer_id.as_str())).await?;
    rows.into_iter().map(|row| PromiseRecord::new(row, &owners)).collect()
}

impl PromiseRecord {
    fn new(row: promises::Model, owners: &HashMap<String, String>) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            version: row.version,
            owner: owners.get(&row.customer_id).cloned(),
            customer: CustomerId::from(row.customer_id),
            words: row.words,
            due_on: row.due_on,
            due_at: Instant::from_micros(row.due_at),
            made_at: Instant::from_micros(row.made_at),
            made_by: row.made_by,
            state: PromiseState::read(&row.state)?,
            settled_at: row.settled_at.map(Instant::from_micros),
            settled_by: row.settled_by,
            note: row.note,
        })
    }
}
