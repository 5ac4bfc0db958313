//! 回公海: owners who were warned, customers that went back for want of a record.
//!
//! What is to be done is decided by [`actions::plan_returns`]; here it is carried out, all of it or nothing, and whatever
//! has changed since it was planned is left alone. Each change of owner is told to the record of facts as any other
//! ([`Store::owners_untold`]).

use std::collections::{BTreeMap, HashMap};

use actions::{ReturnPlan, ReturnWarning};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use vocab::{CustomerId, Instant, Scope};

use crate::case::CaseState;
use crate::cycle::CYCLE_ACTOR;
use crate::entity::{cases, owner_changes, pool_warnings};
use crate::history::Resource;
use crate::open::Writing;
use crate::owners::{OwnerCause, OwnerChange, give};
use crate::scope::{admitted_few, owners_of};
use crate::{Error, Store};

/// What became of a warning: the customer went back; it does not hold any more; another took its place.
const RETURNED: &str = "returned";
const WITHDRAWN: &str = "withdrawn";
const REPLACED: &str = "replaced";

impl Store {
    /// The warnings that stand, by customer.
    pub async fn pool_warnings(&self, scope: &Scope) -> Result<BTreeMap<CustomerId, ReturnWarning>, Error> {
        let rows = standing(scope).all(&self.reader).await.map_err(Error::while_doing(READING))?;
        let warnings = rows.into_iter().map(pool_warnings::Model::warning);
        Ok(warnings.map(|one| (one.customer.clone(), one)).collect())
    }

    /// A page of the warnings that stand, what goes back first, first; and how many there are in all.
    pub async fn pool_warnings_page(
        &self,
        scope: &Scope,
        (offset, limit): (u64, u64),
    ) -> Result<(Vec<ReturnWarning>, u64), Error> {
        let read = self.read().await?;
        let total = standing(scope).count(&read).await.map_err(Error::while_doing(READING))?;
        let rows = standing(scope)
            .order_by_asc(pool_warnings::Column::ReturnsOn)
            .order_by_asc(pool_warnings::Column::CustomerId)
            .offset(offset)
            .limit(limit)
            .all(&read)
            .await
            .map_err(Error::while_doing(READING))?;
        Ok((rows.into_iter().map(pool_warnings::Model::warning).collect(), total))
    }

    /// Customers that went back for want of a record since a moment, the latest first; and how many in all.
    pub async fn pool_returns(
        &self,
        scope: &Scope,
        since: Instant,
        limit: u64,
    ) -> Result<(Vec<OwnerChange>, u64), Error> {
        let doing = "reading what went back to the pool";
        let read = self.read().await?;
        let returned = owner_changes::Entity::find()
            .filter(owner_changes::Column::Cause.eq(OwnerCause::Returned.as_str()))
            .filter(owner_changes::Column::At.gte(since.micros()))
            .filter(Condition::all().add_option(admitted_few(scope, owner_changes::Column::CustomerId)));
        let total = returned.clone().count(&read).await.map_err(Error::while_doing(doing))?;
        let latest = returned.order_by_desc(owner_changes::Column::Id).limit(limit).all(&read).await;
        let latest = latest.map_err(Error::while_doing(doing))?;
        let changes: Result<Vec<OwnerChange>, Error> = latest.into_iter().map(OwnerChange::new).collect();
        Ok((changes?, total))
    }

    /// Carries a plan out: warnings kept and taken back, customers given to nobody. How many went back.
    ///
    /// # Edges
    /// Whoever has another owner by now, an open case, or no such warning any more keeps their customer. The same plan
    /// again changes nothing.
    pub async fn apply_pool_returns(&self, plan: &ReturnPlan, now: Instant) -> Result<u64, Error> {
        if plan.is_empty() {
            return Ok(0);
        }
        let mut writing = self.write(now).await?;
        let customers = plan.warn.iter().map(|one| &one.customer);
        let customers = customers.chain(&plan.withdraw).chain(plan.give_back.iter().map(|one| &one.customer));
        let customers: Vec<&str> = customers.map(CustomerId::as_str).collect();
        let owners = owners_of(&writing.transaction, customers.iter().copied()).await?;
        for customer in &plan.withdraw {
            end(&mut writing, customer.as_str(), WITHDRAWN, CYCLE_ACTOR).await?;
        }
        for one in plan.warn.iter().filter(|one| is_still_theirs(&owners, one)) {
            warn(&mut writing, one, now).await?;
        }
        let mut returned = 0;
        for one in plan.give_back.iter().filter(|one| is_still_theirs(&owners, one)) {
            returned += u64::from(give_back(&mut writing, one, now).await?);
        }
        writing.commit().await?;
        Ok(returned)
    }
}

const READING: &str = "reading who was warned";

fn standing(scope: &Scope) -> sea_orm::Select<pool_warnings::Entity> {
    pool_warnings::Entity::find()
        .filter(pool_warnings::Column::Ended.is_null())
        .filter(Condition::all().add_option(admitted_few(scope, pool_warnings::Column::CustomerId)))
}

fn is_still_theirs(owners: &HashMap<String, String>, one: &ReturnWarning) -> bool {
    owners.get(one.customer.as_str()).is_some_and(|owner| *owner == one.owner)
}

/// The warning of a customer that stands.
async fn of(connection: &impl ConnectionTrait, customer: &str) -> Result<Option<pool_warnings::Model>, Error> {
    let open = pool_warnings::Entity::find()
        .filter(pool_warnings::Column::CustomerId.eq(customer))
        .filter(pool_warnings::Column::Ended.is_null());
    open.one(connection).await.map_err(Error::while_doing(READING))
}

async fn warn(writing: &mut Writing, one: &ReturnWarning, now: Instant) -> Result<(), Error> {
    if let Some(row) = of(&writing.transaction, one.customer.as_str()).await? {
        if row.clone().warning() == *one {
            return Ok(());
        }
        end_row(writing, row, REPLACED, CYCLE_ACTOR).await?;
    }
    let row = pool_warnings::ActiveModel {
        id: NotSet,
        version: Set(1),
        customer_id: Set(one.customer.as_str().to_owned()),
        owner: Set(one.owner.clone()),
        quiet_since: Set(one.quiet_since),
        returns_on: Set(one.returns_on),
        warned_at: Set(now.micros()),
        ended: Set(None),
    };
    let row = row.insert(&writing.transaction).await.map_err(Error::while_doing("keeping a warning"))?;
    remember(writing, &row, CYCLE_ACTOR, "warned")
}

/// Whether it went back.
async fn give_back(writing: &mut Writing, one: &ReturnWarning, now: Instant) -> Result<bool, Error> {
    let customer = one.customer.as_str();
    let open_cases = cases::Entity::find()
        .filter(cases::Column::CustomerId.eq(customer))
        .filter(cases::Column::State.ne(CaseState::Closed.as_str()))
        .count(&writing.transaction)
        .await
        .map_err(Error::while_doing("looking for open cases"))?;
    let Some(row) = of(&writing.transaction, customer).await?.filter(|_| open_cases == 0) else { return Ok(false) };
    if row.clone().warning() != *one {
        return Ok(false);
    }
    end_row(writing, row, RETURNED, CYCLE_ACTOR).await?;
    let why = (OwnerCause::Returned, CYCLE_ACTOR);
    give(writing, customer, (Some(one.owner.as_str()), None), why, None, now).await?;
    Ok(true)
}

/// Somebody was in touch with a customer: a warning that it goes back does not hold any more.
pub(crate) async fn withdraw(writing: &mut Writing, customer: &str, actor: &str) -> Result<(), Error> {
    end(writing, customer, WITHDRAWN, actor).await
}

async fn end(writing: &mut Writing, customer: &str, end: &str, actor: &str) -> Result<(), Error> {
    match of(&writing.transaction, customer).await? {
        Some(row) => end_row(writing, row, end, actor).await,
        None => Ok(()),
    }
}

async fn end_row(writing: &mut Writing, row: pool_warnings::Model, end: &str, actor: &str) -> Result<(), Error> {
    let version = row.version + 1;
    let mut changed = row.into_active_model();
    changed.version = Set(version);
    changed.ended = Set(Some(end.to_owned()));
    let after = changed.update(&writing.transaction).await.map_err(Error::while_doing("ending a warning"))?;
    remember(writing, &after, actor, end)
}

fn remember(writing: &mut Writing, row: &pool_warnings::Model, actor: &str, cause: &str) -> Result<(), Error> {
    writing.remember_of(Resource::PoolWarning, (row.id, row.version, &row.customer_id), (actor, cause), row)
}

impl pool_warnings::Model {
    fn warning(self) -> ReturnWarning {
        ReturnWarning {
            customer: CustomerId::from(self.customer_id),
            owner: self.owner,
            quiet_since: self.quiet_since,
            returns_on: self.returns_on,
        }
    }
}
