//! What the planners are shown: which alerts stand, which cases are on a desk, whose customer is whose.

use actions::{Desk, OpenCase};
use alerts::{ClosedAlert, OpenAlert, OpenAlerts};
use sea_orm::sea_query::{Cond, Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeMap, HashMap};
use vocab::{CustomerId, Instant, Scope, Text};

use crate::alert::{AlertResolution, AlertState};
use crate::case::CaseState;
use crate::case_index::owners_written;
use crate::cycle::CYCLE_ACTOR;
use crate::entity::{alerts as alert_table, cases as case_table, customer_owner};
use crate::open::ROWS_PER_STATEMENT;
use crate::scope::{admitted, admitted_alerts, among, listed_text, owners_of};
use crate::words::severity_from;
use crate::{Error, Store};

impl Store {
    /// Which alerts stand now, and which did somebody close at `closed_from` or later? For planning the next cycle:
    /// a cause that somebody closed stays quiet for its cooldown; what cleared by itself has none.
    pub async fn open_alerts(&self, scope: &Scope, closed_from: Instant) -> Result<OpenAlerts, Error> {
        let read = self.read().await?;
        standing_alerts(&read, Cond::all().add_option(admitted_alerts(scope)), closed_from).await
    }

    /// The same of some customers.
    pub async fn open_alerts_of(
        &self,
        scope: &Scope,
        closed_from: Instant,
        customers: &[CustomerId],
    ) -> Result<OpenAlerts, Error> {
        let read = self.read().await?;
        let theirs = among(&read, (alert_table::Entity, alert_table::Column::CustomerId), customers);
        standing_alerts(&read, Cond::all().add_option(admitted_alerts(scope)).add(theirs), closed_from).await
    }

    /// Which cases are on a desk, and whose customer is whose? For planning the next cycle; the hours are the usual ones.
    pub async fn desk(&self, scope: &Scope) -> Result<Desk, Error> {
        let read = self.read().await?;
        let mine = Cond::all().add_option(admitted(scope, case_table::Column::CustomerId));
        let owners = all_owners(&read, scope).await?.into_iter();
        Ok(Desk {
            open_cases: open_cases(&read, mine).await?,
            owners: owners.map(|(id, owner)| (CustomerId::from(id), owner)).collect(),
            ..Desk::default()
        })
    }

    /// The same of some customers.
    pub async fn desk_of(&self, scope: &Scope, customers: &[CustomerId]) -> Result<Desk, Error> {
        let read = self.read().await?;
        let theirs = among(&read, (case_table::Entity, case_table::Column::CustomerId), customers);
        let mine = Cond::all().add_option(admitted(scope, case_table::Column::CustomerId)).add(theirs);
        let owners = owners_of(&read, customers.iter().map(CustomerId::as_str)).await?.into_iter();
        let admits = |owner: &String| scope.admits(Some(owner.as_str()));
        Ok(Desk {
            open_cases: open_cases(&read, mine).await?,
            owners: owners
                .filter(|(_, owner)| admits(owner))
                .map(|(id, owner)| (CustomerId::from(id), owner))
                .collect(),
            ..Desk::default()
        })
    }

    /// Whose customer is whose, of those this reader may see.
    pub async fn owners(&self, scope: &Scope) -> Result<BTreeMap<CustomerId, String>, Error> {
        let owners = all_owners(&self.reader, scope).await?;
        Ok(owners.into_iter().map(|(customer, owner)| (CustomerId::from(customer), owner)).collect())
    }

    /// Takes over what the facts say about owners; `None` is nobody. Customers who are not listed keep theirs.
    /// Returns how many changed.
    ///
    /// A projection of facts, so it has no history of its own: the facts are its history.
    pub async fn set_owners(&self, owners: &[(CustomerId, Option<String>)]) -> Result<u64, Error> {
        let transaction = self.begin_write().await?;
        let present: HashMap<String, String> = all_owners(&transaction, &Scope::All).await?.into_iter().collect();
        // The last word about a customer counts.
        let wanted: BTreeMap<&str, Option<&str>> =
            owners.iter().map(|(customer, owner)| (customer.as_str(), owner.as_deref())).collect();
        let mut given = Vec::new();
        let mut taken = Vec::new();
        for (customer, owner) in wanted {
            match (present.get(customer).map(String::as_str), owner) {
                (before, Some(owner)) if before != Some(owner) => given.push(customer_owner::ActiveModel {
                    customer_id: Set(customer.to_owned()),
                    owner: Set(owner.to_owned()),
                }),
                (Some(_), None) => taken.push(customer.to_owned()),
                _ => {}
            }
        }
        let changed = (given.len() + taken.len()) as u64;
        if changed == 0 {
            return Ok(0);
        }
        for rows in given.chunks(ROWS_PER_STATEMENT) {
            let over = OnConflict::column(customer_owner::Column::CustomerId)
                .update_column(customer_owner::Column::Owner)
                .to_owned();
            customer_owner::Entity::insert_many(rows.iter().cloned())
                .on_conflict(over)
                .exec_without_returning(&transaction)
                .await
                .map_err(Error::while_doing("writing owners"))?;
        }
        if !taken.is_empty() {
            let column = (customer_owner::Entity, customer_owner::Column::CustomerId);
            customer_owner::Entity::delete_many()
                .filter(listed_text(&transaction, column, &taken))
                .exec(&transaction)
                .await
                .map_err(Error::while_doing("taking owners away"))?;
        }
        show_on_alerts(&transaction, &given, taken).await?;
        owners_written(&transaction).await?;
        transaction.commit().await.map_err(Error::while_doing("writing owners"))?;
        Ok(changed)
    }
}

/// Keeps the owner that alerts carry with them true: one statement per owner.
pub(crate) async fn show_on_alerts(
    connection: &impl ConnectionTrait,
    given: &[customer_owner::ActiveModel],
    taken: Vec<String>,
) -> Result<(), Error> {
    let mut customers_of: BTreeMap<Option<&str>, Vec<CustomerId>> = BTreeMap::new();
    for row in given {
        let customer = CustomerId::from(row.customer_id.as_ref().as_str());
        customers_of.entry(Some(row.owner.as_ref().as_str())).or_default().push(customer);
    }
    if !taken.is_empty() {
        customers_of.insert(None, taken.into_iter().map(CustomerId::from).collect());
    }
    for (owner, customers) in customers_of {
        alert_table::Entity::update_many()
            .col_expr(alert_table::Column::Owner, Expr::value(owner.map(str::to_owned)))
            .filter(among(connection, (alert_table::Entity, alert_table::Column::CustomerId), &customers))
            .exec(connection)
            .await
            .map_err(Error::while_doing("showing owners on alerts"))?;
    }
    Ok(())
}

async fn all_owners(connection: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<(String, String)>, Error> {
    customer_owner::Entity::find()
        .select_only()
        .column(customer_owner::Column::CustomerId)
        .column(customer_owner::Column::Owner)
        .filter(Cond::all().add_option(admitted(scope, customer_owner::Column::CustomerId)))
        .into_tuple()
        .all(connection)
        .await
        .map_err(Error::while_doing("reading owners"))
}

/// Alerts that stand, and those that somebody closed at `closed_from` or later, of the customers meant.
async fn standing_alerts(read: &impl ConnectionTrait, mine: Cond, closed_from: Instant) -> Result<OpenAlerts, Error> {
    let rows = alert_table::Entity::find()
        .filter(alert_table::Column::State.eq(AlertState::Open.as_str()))
        .filter(mine.clone())
        .order_by_asc(alert_table::Column::Id)
        .all(read)
        .await
        .map_err(Error::while_doing("reading open alerts"))?;
    let mut standing = OpenAlerts { open: Vec::with_capacity(rows.len()), recently_closed: Vec::new() };
    for row in rows {
        standing.open.push(OpenAlert {
            id: row.id,
            customer: CustomerId::from(row.customer_id),
            cause: row.cause,
            rule: row.rule,
            severity: severity_from(row.severity)?,
            sentence: Text::new(row.sentence_zh, row.sentence_en),
            opened_at: Instant::from_micros(row.opened_at),
        });
    }
    let closed: Vec<(String, String, i64)> = alert_table::Entity::find()
        .select_only()
        .column(alert_table::Column::CustomerId)
        .column(alert_table::Column::Cause)
        .column(alert_table::Column::ResolvedAt)
        .filter(
            alert_table::Column::Resolution
                .is_in([AlertResolution::Closed.as_str(), AlertResolution::FalseAlarm.as_str()]),
        )
        .filter(alert_table::Column::ResolvedAt.gte(closed_from.micros()))
        .filter(mine)
        .order_by_asc(alert_table::Column::Id)
        .into_tuple()
        .all(read)
        .await
        .map_err(Error::while_doing("reading closed alerts"))?;
    standing.recently_closed = closed
        .into_iter()
        .map(|(customer, cause, at)| ClosedAlert {
            customer: CustomerId::from(customer),
            cause,
            closed_at: Instant::from_micros(at),
        })
        .collect();
    Ok(standing)
}

/// Cases that are not closed, of the customers meant.
async fn open_cases(read: &impl ConnectionTrait, mine: Cond) -> Result<Vec<OpenCase>, Error> {
    let rows: Vec<(i64, String, String, String)> = case_table::Entity::find()
        .select_only()
        .column(case_table::Column::Id)
        .column(case_table::Column::CustomerId)
        .column(case_table::Column::State)
        .column(case_table::Column::OpenedBy)
        .filter(case_table::Column::State.ne(CaseState::Closed.as_str()))
        .filter(mine)
        .order_by_asc(case_table::Column::Id)
        .into_tuple()
        .all(read)
        .await
        .map_err(Error::while_doing("reading open cases"))?;
    let mut open_cases = Vec::with_capacity(rows.len());
    for (id, customer, state, opened_by) in rows {
        let is_taken_up = CaseState::read(&state)? == CaseState::Accepted;
        // What somebody opened waits for no alert and takes no place of theirs.
        let state = match is_taken_up || opened_by != CYCLE_ACTOR {
            true => actions::CaseState::Accepted,
            false => actions::CaseState::New,
        };
        open_cases.push(OpenCase { id, customer: CustomerId::from(customer), state });
    }
    Ok(open_cases)
}
