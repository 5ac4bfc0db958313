//! 下次联系: the day on which somebody means to speak to a customer next.
//!
//! A follow-up record says it for the time after it; a plan says it without a record, since planning to call is no call. The
//! later of the two counts.

use std::collections::{BTreeMap, HashMap};

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use vocab::{CustomerId, Instant, Scope};

use crate::entity::{follow_ups, next_contacts};
use crate::history::Resource;
use crate::open::{Change, Writing};
use crate::scope::{admitted_few, among};
use crate::{Error, Store};

/// When somebody means to speak to a customer next, as the last word about it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextContact {
    /// Who.
    pub customer: CustomerId,
    /// The day in the firm's zone; none where the last word names none.
    pub next_on: Option<String>,
    /// When that was said.
    pub at: Instant,
    /// By whom.
    pub actor: String,
}

impl Store {
    /// The last word about each customer's next contact, by customer: of these customers, or of everybody. Of whom nothing
    /// was ever said there is none.
    pub async fn next_contacts(
        &self,
        scope: &Scope,
        customers: Option<&[CustomerId]>,
    ) -> Result<Vec<NextContact>, Error> {
        let read = self.read().await?;
        let planned = Condition::all().add_option(admitted_few(scope, next_contacts::Column::CustomerId)).add_option(
            customers.map(|some| among(&read, (next_contacts::Entity, next_contacts::Column::CustomerId), some)),
        );
        let recorded = Condition::all()
            .add_option(admitted_few(scope, follow_ups::Column::CustomerId))
            .add_option(customers.map(|some| among(&read, (follow_ups::Entity, follow_ups::Column::CustomerId), some)));
        Ok(last_words(&read, planned, recorded).await?.into_values().collect())
    }
}

/// The last word about each of these customers.
pub(crate) async fn last_of(
    writing: &Writing,
    customers: &[CustomerId],
) -> Result<HashMap<String, NextContact>, Error> {
    let connection = &writing.transaction;
    let planned = among(connection, (next_contacts::Entity, next_contacts::Column::CustomerId), customers);
    let recorded = among(connection, (follow_ups::Entity, follow_ups::Column::CustomerId), customers);
    let last = last_words(connection, Condition::all().add(planned), Condition::all().add(recorded)).await?;
    Ok(last.into_iter().collect())
}

async fn last_words(
    connection: &impl ConnectionTrait,
    planned: Condition,
    recorded: Condition,
) -> Result<BTreeMap<String, NextContact>, Error> {
    let doing = "reading next contacts";
    let newest = Query::select()
        .expr(Expr::col(follow_ups::Column::Id).max())
        .from(follow_ups::Entity)
        .group_by_col(follow_ups::Column::CustomerId)
        .take();
    let records = follow_ups::Entity::find()
        .filter(follow_ups::Column::Id.in_subquery(newest))
        .filter(recorded)
        .all(connection)
        .await
        .map_err(Error::while_doing(doing))?;
    let said = |row: follow_ups::Model| {
        let word = NextContact {
            customer: CustomerId::from(row.customer_id.as_str()),
            next_on: row.next_on,
            at: Instant::from_micros(row.recorded_at),
            actor: row.actor,
        };
        (row.customer_id, word)
    };
    let mut last: BTreeMap<String, NextContact> = records.into_iter().map(said).collect();
    let plans = next_contacts::Entity::find().filter(planned).all(connection).await;
    for row in plans.map_err(Error::while_doing(doing))? {
        let word = NextContact {
            customer: CustomerId::from(row.customer_id.as_str()),
            next_on: row.next_on,
            at: Instant::from_micros(row.at),
            actor: row.actor,
        };
        if last.get(&row.customer_id).is_none_or(|record| record.at <= word.at) {
            last.insert(row.customer_id, word);
        }
    }
    Ok(last)
}

/// Says when somebody means to speak to a customer next, in the transaction of what else is done. Returns the version.
pub(crate) async fn set(
    writing: &mut Writing,
    customer: &str,
    next_on: Option<&str>,
    actor: &str,
    now: Instant,
) -> Result<i64, Error> {
    let doing = "writing a next contact";
    let before = plan_of(writing, customer).await?;
    let version = before.as_ref().map_or(1, |before| before.version + 1);
    let row = next_contacts::ActiveModel {
        customer_id: Set(customer.to_owned()),
        version: Set(version),
        next_on: Set(next_on.map(str::to_owned)),
        at: Set(now.micros()),
        actor: Set(actor.to_owned()),
    };
    let row = match before {
        Some(_) => row.update(&writing.transaction).await,
        None => row.insert(&writing.transaction).await,
    }
    .map_err(Error::while_doing(doing))?;
    let noted = Change {
        resource: Resource::NextContact,
        id: customer.to_owned(),
        customer: Some(customer),
        version,
        actor,
        cause: "planned",
    };
    writing.remember(noted, &row)?;
    Ok(version)
}

/// The plan of a customer, whatever was recorded since.
pub(crate) async fn plan_of(writing: &Writing, customer: &str) -> Result<Option<next_contacts::Model>, Error> {
    let row = next_contacts::Entity::find_by_id(customer.to_owned()).one(&writing.transaction).await;
    row.map_err(Error::while_doing("reading a next contact"))
}
