//! Whose customer changes hands one by one: by a table that came back, by taking one from the pool, by going back to it
//! (`pool_returns`).
//!
//! As with a hand-over, what is written here acts at once on lists and scope, and the record of facts is told right after
//! ([`Store::owners_untold`]): the owner is a fact. Many at once because somebody leaves: `hand_over`.

use std::collections::HashMap;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};
use vocab::{CustomerId, Instant, Scope};

use crate::case::CaseState;
use crate::case_moves::{Carrying, pass_on};
use crate::desk::show_on_alerts;
use crate::entity::{cases, customer_owner, owner_changes};
use crate::history::Resource;
use crate::open::{Change, Writing};
use crate::scope::{admitted_few, among, owners_of};
use crate::words::words;
use crate::{Error, Store};

words! {
    /// Why a customer changed hands.
    OwnerCause {
        /// By a table that came back.
        Sheet = "sheet",
        /// Because that was taken back.
        SheetUndone = "sheet_undone",
        /// Somebody took it from the pool.
        Claimed = "claimed",
        /// It went back to the pool, since nobody had been in touch for long.
        Returned = "returned",
    }
}

/// A change of one customer's owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerChange {
    /// Stable id.
    pub id: i64,
    /// Who.
    pub customer: CustomerId,
    /// Whose before; nobody's in the pool.
    pub was: Option<String>,
    /// Whose from then on.
    pub owner: Option<String>,
    /// Why.
    pub cause: OwnerCause,
    /// When.
    pub at: Instant,
    /// By whom.
    pub actor: String,
}

/// Somebody takes a customer from the pool.
#[derive(Clone, Copy, Debug)]
pub struct PoolClaim<'a> {
    /// Whom.
    pub customer: &'a CustomerId,
    /// Owner key of whoever takes it.
    pub owner: &'a str,
    /// Their name.
    pub actor: &'a str,
    /// How many they may take from that moment on.
    pub per_day: (u64, Instant),
    /// How many customers they may have in all.
    pub most: Option<u64>,
}

impl Store {
    /// Gives a customer whom nobody owns to whoever takes it.
    ///
    /// # Errors
    /// A conflict where somebody owns it by now; refused beyond the limits.
    pub async fn claim_customer(&self, claim: PoolClaim<'_>, now: Instant) -> Result<OwnerChange, Error> {
        let mut writing = self.write(now).await?;
        let customer = claim.customer.as_str();
        if !owners_of(&writing.transaction, [customer].into_iter()).await?.is_empty() {
            return Err(Error::conflict(format!("{customer} has an owner"), None));
        }
        let (most_today, since) = claim.per_day;
        let (taken, had) = taken_and_had(&writing.transaction, claim.owner, since).await?;
        if taken >= most_today || claim.most.is_some_and(|most| had >= most) {
            return Err(Error::refused("no more customers may be taken"));
        }
        let why = (OwnerCause::Claimed, claim.actor);
        let id = give(&mut writing, customer, (None, Some(claim.owner)), why, None, now).await?;
        writing.commit().await?;
        Ok(OwnerChange {
            id,
            customer: claim.customer.clone(),
            was: None,
            owner: Some(claim.owner.to_owned()),
            cause: OwnerCause::Claimed,
            at: now,
            actor: claim.actor.to_owned(),
        })
    }

    /// How many customers somebody has taken from the pool since a moment, and how many they have in all.
    pub async fn claims(&self, owner: &str, since: Instant) -> Result<(u64, u64), Error> {
        taken_and_had(&self.reader, owner, since).await
    }

    /// Every change of a customer's owner, in order.
    pub async fn owner_changes(&self, scope: &Scope, customer: &CustomerId) -> Result<Vec<OwnerChange>, Error> {
        let rows = owner_changes::Entity::find()
            .filter(owner_changes::Column::CustomerId.eq(customer.as_str()))
            .filter(Condition::all().add_option(admitted_few(scope, owner_changes::Column::CustomerId)))
            .order_by_asc(owner_changes::Column::Id)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading changes of an owner"))?;
        rows.into_iter().map(OwnerChange::new).collect()
    }

    /// The last change of each of these customers' owners, of those who had one.
    pub async fn last_owner_changes(
        &self,
        scope: &Scope,
        customers: &[CustomerId],
    ) -> Result<HashMap<CustomerId, OwnerChange>, Error> {
        let rows = owner_changes::Entity::find()
            .filter(among(&self.reader, (owner_changes::Entity, owner_changes::Column::CustomerId), customers))
            .filter(Condition::all().add_option(admitted_few(scope, owner_changes::Column::CustomerId)))
            .order_by_asc(owner_changes::Column::Id)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading changes of owners"))?;
        let changes = rows.into_iter().map(OwnerChange::new);
        changes.map(|change| change.map(|change| (change.customer.clone(), change))).collect()
    }
}

async fn taken_and_had(connection: &impl ConnectionTrait, owner: &str, since: Instant) -> Result<(u64, u64), Error> {
    let doing = "counting the customers of somebody";
    let taken = owner_changes::Entity::find()
        .filter(owner_changes::Column::Cause.eq(OwnerCause::Claimed.as_str()))
        .filter(owner_changes::Column::Owner.eq(owner))
        .filter(owner_changes::Column::At.gte(since.micros()))
        .count(connection)
        .await
        .map_err(Error::while_doing(doing))?;
    let had = customer_owner::Entity::find()
        .filter(customer_owner::Column::Owner.eq(owner))
        .count(connection)
        .await
        .map_err(Error::while_doing(doing))?;
    Ok((taken, had))
}

/// Gives a customer another owner, or none, in the transaction of what else is done. Open cases on the desk of whoever had
/// the customer go with it, the work on them as `carrying` says; where nothing is said no case goes along. Returns the change's
/// id.
pub(crate) async fn give(
    writing: &mut Writing,
    customer: &str,
    (was, owner): (Option<&str>, Option<&str>),
    (cause, actor): (OwnerCause, &str),
    carrying: Option<Carrying<'_>>,
    now: Instant,
) -> Result<i64, Error> {
    let doing = "giving a customer another owner";
    let change = owner_changes::ActiveModel {
        id: NotSet,
        version: Set(1),
        customer_id: Set(customer.to_owned()),
        was: Set(was.map(str::to_owned)),
        owner: Set(owner.map(str::to_owned)),
        cause: Set(cause.as_str().to_owned()),
        at: Set(now.micros()),
        actor: Set(actor.to_owned()),
        told_at: Set(None),
    };
    let change = change.insert(&writing.transaction).await.map_err(Error::while_doing(doing))?;
    project(writing, customer, owner).await?;
    let noted = Change {
        resource: Resource::OwnerChange,
        id: change.id.to_string(),
        customer: Some(customer),
        version: 1,
        actor,
        cause: cause.as_str(),
    };
    writing.remember(noted, &change)?;
    if let Some((was, carrying)) = was.zip(carrying) {
        let theirs = cases::Entity::find()
            .filter(cases::Column::CustomerId.eq(customer))
            .filter(cases::Column::State.ne(CaseState::Closed.as_str()))
            .filter(cases::Column::AssignedTo.eq(was))
            .all(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        for case in theirs {
            pass_on(writing, case, owner, (carrying, actor)).await?;
        }
    }
    Ok(change.id)
}

/// Keeps the projection of owners true, and the owner that alerts carry.
async fn project(writing: &Writing, customer: &str, owner: Option<&str>) -> Result<(), Error> {
    let doing = "writing owners";
    let Some(owner) = owner else {
        let row = customer_owner::Entity::delete_by_id(customer.to_owned());
        row.exec(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        return show_on_alerts(&writing.transaction, &[customer.to_owned()]).await;
    };
    let row = customer_owner::ActiveModel { customer_id: Set(customer.to_owned()), owner: Set(owner.to_owned()) };
    let over =
        OnConflict::column(customer_owner::Column::CustomerId).update_column(customer_owner::Column::Owner).to_owned();
    customer_owner::Entity::insert(row)
        .on_conflict(over)
        .exec_without_returning(&writing.transaction)
        .await
        .map_err(Error::while_doing(doing))?;
    show_on_alerts(&writing.transaction, &[customer.to_owned()]).await
}

/// Whether this change is still the last word about its customer's owner.
pub(crate) async fn is_last(writing: &Writing, customer: &str, change: i64) -> Result<bool, Error> {
    let last = owner_changes::Entity::find()
        .filter(owner_changes::Column::CustomerId.eq(customer))
        .order_by_desc(owner_changes::Column::Id)
        .one(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading changes of owners"))?;
    Ok(last.is_some_and(|last| last.id == change))
}

impl OwnerChange {
    pub(crate) fn new(row: owner_changes::Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            customer: CustomerId::from(row.customer_id),
            was: row.was,
            owner: row.owner,
            cause: OwnerCause::read(&row.cause)?,
            at: Instant::from_micros(row.at),
            actor: row.actor,
        })
    }
}
