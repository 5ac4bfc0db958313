//! 离职交接: somebody leaves, and their customers and open cases go to named people, all at once or not at all.
//!
//! Owner is a fact. What is written here acts at once on lists and scope; the record of facts is told right after, by
//! whoever reads [`Store::owners_untold`], and exactly once, since each telling has its own message id. Until then, and
//! for moments before the telling, [`Store::owners_given`] says whose customer is whose.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::Serialize;
use vocab::{CustomerId, Instant, Scope};

use crate::case::CaseState;
use crate::case_moves::{Carrying, pass_on};
use crate::desk::show_on_alerts;
use crate::entity::{cases, customer_owner, hand_overs, owner_changes, owners_given};
use crate::history::Resource;
use crate::open::{Change, ROWS_PER_STATEMENT};
use crate::org::{keep_an_admin, leave_units};
use crate::people::{end_keys, remember_staff, staff_row};
use crate::scope::{admitted_few, listed, of_owner};
use crate::{Error, StaffRecord, Store};

/// What one person is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Owner key of whoever is given it.
    pub owner: String,
    /// How many customers.
    pub customers: u64,
    /// How many open cases.
    pub cases: u64,
}

/// What a hand-over would move, or has moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandOver {
    /// Customers of the person who leaves.
    pub customers: u64,
    /// Their open cases, and those on their desk.
    pub cases: u64,
    /// What each is given, in the order they were named.
    pub shares: Vec<Share>,
}

/// What gave a customer another owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GivenBy {
    /// A hand-over.
    HandOver(i64),
    /// A change of this one customer's owner: see [`crate::OwnerChange`].
    Change(i64),
}

/// A customer that was given another owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenOwner {
    /// By what.
    pub by: GivenBy,
    /// Who.
    pub customer: CustomerId,
    /// To whom; nobody for the pool.
    pub owner: Option<String>,
    /// When.
    pub at: Instant,
}

/// Which customer and which case goes to whom.
#[derive(Default)]
struct Moves {
    customers: Vec<(String, String)>,
    cases: Vec<(cases::Model, String)>,
}

impl Moves {
    fn told(&self, receivers: &[String]) -> HandOver {
        let mut shares: Vec<Share> =
            receivers.iter().map(|owner| Share { owner: owner.clone(), ..Share::default() }).collect();
        for share in &mut shares {
            share.customers = self.customers.iter().filter(|(_, owner)| *owner == share.owner).count() as u64;
            share.cases = self.cases.iter().filter(|(_, owner)| *owner == share.owner).count() as u64;
        }
        HandOver { customers: self.customers.len() as u64, cases: self.cases.len() as u64, shares }
    }
}

impl Store {
    /// What would go where if this person left now? Nothing is written.
    ///
    /// # Errors
    /// Not found.
    pub async fn hand_over_preview(&self, staff_id: i64, receivers: &[String]) -> Result<HandOver, Error> {
        let person = self.staff_by_id(staff_id).await?.ok_or_else(|| Error::not_found(format!("staff {staff_id}")))?;
        let read = self.read().await?;
        Ok(moves(&read, person.owner_key.as_deref(), receivers).await?.told(receivers))
    }

    /// Somebody leaves: the account closes, sessions and tokens end, customers and open cases go to the owners named,
    /// one after the other in turn. `version` is the one of the person that the caller saw; `carrying` says what becomes of
    /// the work on a case that comes to another desk.
    ///
    /// # Errors
    /// Not found; a conflict if the person has changed since or has left already; refused if there is something to give
    /// and nobody to give it to, or nobody would be left to administer.
    pub async fn hand_over(
        &self,
        staff_id: i64,
        version: i64,
        receivers: &[String],
        (carrying, actor): (Carrying<'_>, &str),
        now: Instant,
    ) -> Result<(StaffRecord, HandOver), Error> {
        let doing = "handing over";
        let mut writing = self.write(now).await?;
        let before = staff_row(&writing, staff_id).await?;
        if before.version != version || !before.active {
            return Err(Error::conflict(format!("staff {staff_id}"), Some(before.version)));
        }
        keep_an_admin(&writing, staff_id).await?;
        let moves = moves(&writing.transaction, before.owner_key.as_deref(), receivers).await?;
        let told = moves.told(receivers);
        let row = hand_overs::ActiveModel {
            id: NotSet,
            version: Set(1),
            staff_id: Set(staff_id),
            owner_key: Set(before.owner_key.clone()),
            receivers: Set(serde_json::to_string(&told.shares).map_err(|error| Error::unreadable(error.to_string()))?),
            customer_count: Set(told.customers as i64),
            case_count: Set(told.cases as i64),
            actor: Set(actor.to_owned()),
            at: Set(now.micros()),
        };
        let row = row.insert(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        let (resource, id) = (Resource::HandOver, row.id.to_string());
        writing.remember(Change { resource, id, customer: None, version: 1, actor, cause: "handed_over" }, &row)?;
        give_customers(&writing.transaction, row.id, &moves.customers, now).await?;
        for (case, owner) in moves.cases {
            pass_on(&mut writing, case, Some(&owner), (carrying, actor)).await?;
        }
        end_keys(&mut writing, staff_id, actor, now).await?;
        leave_units(&mut writing, staff_id, actor).await?;
        let mut changed = before.into_active_model();
        changed.version = Set(version + 1);
        changed.active = Set(false);
        let left = changed.update(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        remember_staff(&mut writing, &left, actor, "left")?;
        writing.commit().await?;
        Ok((StaffRecord::new(left)?, told))
    }

    /// Customers given another owner of which the record of facts knew nothing at a moment: told at it, later, or not yet.
    /// What was done last to a customer comes last.
    pub async fn owners_given(&self, scope: &Scope, since: Instant) -> Result<Vec<GivenOwner>, Error> {
        self.given(scope, Some(since)).await
    }

    /// Customers given another owner of which the record of facts has not been told.
    pub async fn owners_untold(&self, scope: &Scope) -> Result<Vec<GivenOwner>, Error> {
        self.given(scope, None).await
    }

    /// The record of facts has been told of these.
    pub async fn owners_told(&self, told: &BTreeSet<GivenBy>, now: Instant) -> Result<(), Error> {
        let doing = "noting that owners were told";
        let hand_overs = told.iter().filter_map(|by| if let GivenBy::HandOver(id) = by { Some(*id) } else { None });
        let changes: Vec<i64> =
            told.iter().filter_map(|by| if let GivenBy::Change(id) = by { Some(*id) } else { None }).collect();
        owners_given::Entity::update_many()
            .col_expr(owners_given::Column::ToldAt, Expr::value(now.micros()))
            .filter(owners_given::Column::ToldAt.is_null())
            .filter(owners_given::Column::HandOverId.is_in(hand_overs))
            .exec(&self.writer)
            .await
            .map_err(Error::while_doing(doing))?;
        owner_changes::Entity::update_many()
            .col_expr(owner_changes::Column::ToldAt, Expr::value(now.micros()))
            .filter(owner_changes::Column::ToldAt.is_null())
            .filter(listed(&self.writer, (owner_changes::Entity, owner_changes::Column::Id), &changes))
            .exec(&self.writer)
            .await
            .map_err(Error::while_doing(doing))?;
        Ok(())
    }

    /// What is not told, and with a moment also what was told at it or later.
    async fn given(&self, scope: &Scope, since: Option<Instant>) -> Result<Vec<GivenOwner>, Error> {
        use {owner_changes::Column as Changed, owners_given::Column as Given};
        let doing = "reading who was given another owner";
        let since = since.map(Instant::micros);
        let handed = Condition::any().add(Given::ToldAt.is_null()).add_option(since.map(|t| Given::ToldAt.gte(t)));
        let handed = Condition::all().add(handed).add_option(admitted_few(scope, Given::CustomerId));
        let rows = owners_given::Entity::find().filter(handed).order_by_asc(Given::CustomerId).all(&self.reader).await;
        let rows = rows.map_err(Error::while_doing(doing))?;
        let mut given: Vec<GivenOwner> = rows
            .into_iter()
            .map(|row| GivenOwner {
                by: GivenBy::HandOver(row.hand_over_id),
                customer: CustomerId::from(row.customer_id),
                owner: Some(row.owner),
                at: Instant::from_micros(row.at),
            })
            .collect();
        let changed = Condition::any().add(Changed::ToldAt.is_null()).add_option(since.map(|t| Changed::ToldAt.gte(t)));
        let changed = Condition::all().add(changed).add_option(admitted_few(scope, Changed::CustomerId));
        let rows = owner_changes::Entity::find().filter(changed).all(&self.reader).await;
        given.extend(rows.map_err(Error::while_doing(doing))?.into_iter().map(|row| GivenOwner {
            by: GivenBy::Change(row.id),
            customer: CustomerId::from(row.customer_id),
            owner: row.owner,
            at: Instant::from_micros(row.at),
        }));
        given.sort_by_key(|one| (one.at, one.by));
        Ok(given)
    }
}

/// Customers with an open case first, so that work is shared as evenly as customers are; then by id.
async fn moves(connection: &impl ConnectionTrait, key: Option<&str>, receivers: &[String]) -> Result<Moves, Error> {
    let doing = "looking what there is to hand over";
    let Some(key) = key else { return Ok(Moves::default()) };
    let mut customers: Vec<String> = customer_owner::Entity::find()
        .select_only()
        .column(customer_owner::Column::CustomerId)
        .filter(customer_owner::Column::Owner.eq(key))
        .into_tuple()
        .all(connection)
        .await
        .map_err(Error::while_doing(doing))?;
    let theirs = Condition::any().add(cases::Column::AssignedTo.eq(key)).add(of_owner(key, cases::Column::CustomerId));
    let open = cases::Entity::find()
        .filter(cases::Column::State.ne(CaseState::Closed.as_str()))
        .filter(theirs)
        .order_by_asc(cases::Column::Id)
        .all(connection)
        .await
        .map_err(Error::while_doing(doing))?;
    let worked: BTreeSet<&str> = open.iter().map(|case| case.customer_id.as_str()).collect();
    customers.sort_by(|a, b| (!worked.contains(a.as_str()), a).cmp(&(!worked.contains(b.as_str()), b)));
    if receivers.is_empty() {
        return match customers.is_empty() && open.is_empty() {
            true => Ok(Moves::default()),
            false => Err(Error::refused("there is something to hand over and nobody to hand it to")),
        };
    }
    let mut turn = receivers.iter().cycle();
    let mut next = || turn.next().cloned().unwrap_or_default();
    let customers: Vec<(String, String)> = customers.into_iter().map(|customer| (customer, next())).collect();
    let goes_to: BTreeMap<&str, &str> =
        customers.iter().map(|(customer, to)| (customer.as_str(), to.as_str())).collect();
    let mut given = Vec::with_capacity(open.len());
    for case in open {
        let to = goes_to.get(case.customer_id.as_str()).map(|to| (*to).to_owned());
        given.push((case, to.unwrap_or_else(&mut next)));
    }
    Ok(Moves { cases: given, customers })
}

async fn give_customers(
    connection: &impl ConnectionTrait,
    hand_over_id: i64,
    customers: &[(String, String)],
    now: Instant,
) -> Result<(), Error> {
    let doing = "giving customers to others";
    for part in customers.chunks(ROWS_PER_STATEMENT) {
        let owned = part.iter().map(|(customer, to)| customer_owner::ActiveModel {
            customer_id: Set(customer.clone()),
            owner: Set(to.clone()),
        });
        let over = OnConflict::column(customer_owner::Column::CustomerId)
            .update_column(customer_owner::Column::Owner)
            .to_owned();
        customer_owner::Entity::insert_many(owned)
            .on_conflict(over)
            .exec_without_returning(connection)
            .await
            .map_err(Error::while_doing(doing))?;
        let customers: Vec<String> = part.iter().map(|(customer, _)| customer.clone()).collect();
        show_on_alerts(connection, &customers).await?;
        let given = part.iter().map(|(customer, to)| owners_given::ActiveModel {
            hand_over_id: Set(hand_over_id),
            customer_id: Set(customer.clone()),
            owner: Set(to.clone()),
            at: Set(now.micros()),
            told_at: Set(None),
        });
        owners_given::Entity::insert_many(given)
            .exec_without_returning(connection)
            .await
            .map_err(Error::while_doing(doing))?;
    }
    Ok(())
}
