//! What the planners are shown: which alerts stand, which cases are on a desk, whose customer is whose.

use actions::{Desk, OpenCase};
use alerts::{ClosedAlert, OpenAlert, OpenAlerts};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};
use std::collections::BTreeMap;
use vocab::{CustomerId, Instant, Scope, Text};

use crate::alert::{AlertResolution, AlertState, in_state};
use crate::case::CaseState;
use crate::case_index::{OWNERS_WRITTEN, owners_written};
use crate::cycle::CYCLE_ACTOR;
use crate::entity::{alerts as alert_table, cases as case_table, customer_owner, history, settings};
use crate::history::Resource;
use crate::scope::{admitted, admitted_alerts, among, listed_text, owners_of};
use crate::words::severity_from;
use crate::{Error, Store};

impl Store {
    /// Which alerts stand now, and which did somebody close at `closed_from` or later? For planning the next cycle:
    /// a cause that somebody closed stays quiet for its cooldown; what cleared by itself has none.
    pub async fn open_alerts(&self, scope: &Scope, closed_from: Instant) -> Result<OpenAlerts, Error> {
        let read = self.read().await?;
        standing_alerts(&read, (Cond::all().add_option(admitted_alerts(scope)), false), closed_from).await
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
        let mine = Cond::all().add_option(admitted_alerts(scope)).add(theirs);
        standing_alerts(&read, (mine, true), closed_from).await
    }

    /// Which cases are on a desk, and whose customer is whose? The hours are the usual ones.
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

    /// Which cases are on a desk? For planning the next cycle, which knows whose customers those are that it plans for.
    pub async fn open_cases(&self, scope: &Scope) -> Result<Vec<OpenCase>, Error> {
        let read = self.read().await?;
        open_cases(&read, Cond::all().add_option(admitted(scope, case_table::Column::CustomerId))).await
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
    /// A projection of facts, so it has no history of its own: the facts are its history. The database finds out what
    /// differs: a million owners of whom nothing is new neither come nor go.
    ///
    /// # Edges
    /// Of several words about one customer the last counts.
    pub async fn set_owners<C, O>(&self, owners: &[(C, Option<O>)]) -> Result<u64, Error>
    where
        C: AsRef<str> + Sync,
        O: AsRef<str> + Sync,
    {
        if owners.is_empty() {
            return Ok(0);
        }
        let word = digest(owners);
        let transaction = self.begin_write().await?;
        // By the same word as last time, and nobody changed hands in the house since: there is nothing to ask.
        let stamp = format!("{word} {}", last_change_of_hands(&transaction).await?);
        if owners_stamp(&transaction).await?.as_ref() == Some(&stamp) {
            return Ok(0);
        }
        let mut changed = 0;
        for part in owners.chunks(OWNERS_AT_ONCE) {
            let said: BTreeMap<&str, Option<&str>> =
                part.iter().map(|(customer, owner)| (customer.as_ref(), owner.as_ref().map(AsRef::as_ref))).collect();
            let said = serde_json::to_string(&said).map_err(|error| Error::unreadable(format!("owners: {error}")))?;
            changed += take_over(&transaction, said).await?;
        }
        owners_written(&transaction, stamp, changed > 0).await?;
        transaction.commit().await.map_err(Error::while_doing(WRITING_OWNERS))?;
        Ok(changed)
    }
}

/// Customers whose owners go to the database together: some hundred kilobytes of text.
const OWNERS_AT_ONCE: usize = 20_000;
const WRITING_OWNERS: &str = "writing owners";

/// What these owners say, in few letters.
fn digest<C: AsRef<str>, O: AsRef<str>>(owners: &[(C, Option<O>)]) -> String {
    let mut hasher = blake3::Hasher::new();
    for (customer, owner) in owners {
        let owner = owner.as_ref().map(AsRef::as_ref);
        for part in [customer.as_ref(), owner.unwrap_or_default()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.update(&[u8::from(owner.is_some())]);
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// By which word of the facts the projection of owners stands; see [`owners_written`].
async fn owners_stamp(connection: &impl ConnectionTrait) -> Result<Option<String>, Error> {
    settings::Entity::find_by_id(OWNERS_WRITTEN.to_owned())
        .select_only()
        .column(settings::Column::Value)
        .into_tuple()
        .one(connection)
        .await
        .map_err(Error::while_doing("reading by which word owners stand"))
}

/// The number of the last change of an owner that somebody made in the house; 0 before the first.
async fn last_change_of_hands(connection: &impl ConnectionTrait) -> Result<i64, Error> {
    let last: Option<Option<i64>> = history::Entity::find()
        .select_only()
        .column_as(history::Column::Id.max(), "number")
        .filter(history::Column::Resource.is_in([Resource::OwnerChange, Resource::HandOver].map(Resource::as_str)))
        .into_tuple()
        .one(connection)
        .await
        .map_err(Error::while_doing(WRITING_OWNERS))?;
    Ok(last.flatten().unwrap_or(0))
}

/// Takes over the owners of some customers, given as the JSON `{customer: owner or null}`; how many changed.
async fn take_over(connection: &impl ConnectionTrait, said: String) -> Result<u64, Error> {
    let backend = connection.get_database_backend();
    let (pairs, gathered) = match backend {
        DbBackend::Postgres => ("json_each_text($1::json)", "json_object_agg(given.key, given.value)::text"),
        _ => ("json_each(?)", "json_group_object(given.key, given.value)"),
    };
    let told = |sql: &str, text: String| {
        Statement::from_sql_and_values(
            backend,
            sql.replace("{pairs}", pairs).replace("{gathered}", gathered),
            [text.into()],
        )
    };
    let differing = told(OWNERS_DIFFERING, said);
    let row = connection.query_one_raw(differing).await.map_err(Error::while_doing(WRITING_OWNERS))?;
    let row = row.ok_or_else(|| Error::unreadable("a count without a row"))?;
    let count: i64 = row.try_get_by_index(0).map_err(Error::while_doing(WRITING_OWNERS))?;
    let differing: Option<String> = row.try_get_by_index(1).map_err(Error::while_doing(WRITING_OWNERS))?;
    let Some(differing) = differing.filter(|_| count > 0) else { return Ok(0) };
    for sql in [OWNERS_GIVEN, OWNERS_TAKEN, OWNERS_SHOWN] {
        let statement = told(sql, differing.clone());
        connection.execute_raw(statement).await.map_err(Error::while_doing(WRITING_OWNERS))?;
    }
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Which of the pairs say something else than is known, and how many.
const OWNERS_DIFFERING: &str = "
SELECT COUNT(*), {gathered}
FROM {pairs} AS given LEFT JOIN customer_owner AS known ON known.customer_id = given.key
WHERE known.owner IS DISTINCT FROM given.value";

const OWNERS_GIVEN: &str = "
INSERT INTO customer_owner (customer_id, owner)
SELECT given.key, given.value FROM {pairs} AS given WHERE given.value IS NOT NULL
ON CONFLICT (customer_id) DO UPDATE SET owner = excluded.owner";

const OWNERS_TAKEN: &str = "
DELETE FROM customer_owner
WHERE customer_id IN (SELECT given.key FROM {pairs} AS given WHERE given.value IS NULL)";

const OWNERS_SHOWN: &str = "
UPDATE alerts SET owner = (SELECT owner FROM customer_owner WHERE customer_owner.customer_id = alerts.customer_id)
WHERE customer_id IN (SELECT given.key FROM {pairs} AS given)";

/// Keeps the owner that alerts of these customers carry with them true, after the projection of owners was written.
pub(crate) async fn show_on_alerts(connection: &impl ConnectionTrait, customers: &[String]) -> Result<(), Error> {
    let owner = Query::select()
        .column(customer_owner::Column::Owner)
        .from(customer_owner::Entity)
        .and_where(
            Expr::col((customer_owner::Entity, customer_owner::Column::CustomerId))
                .equals((alert_table::Entity, alert_table::Column::CustomerId)),
        )
        .take();
    alert_table::Entity::update_many()
        .col_expr(alert_table::Column::Owner, Expr::SubQuery(None, Box::new(owner.into())))
        .filter(listed_text(connection, (alert_table::Entity, alert_table::Column::CustomerId), customers))
        .exec(connection)
        .await
        .map_err(Error::while_doing("showing owners on alerts"))?;
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

/// An open alert as it is read: number, customer, cause, rule, severity, both sentences, opened when.
type StandingAlert = (i64, String, String, String, i64, String, String, i64);

/// Alerts that stand, and those that somebody closed at `closed_from` or later, of the customers meant; whether those are
/// named one by one.
async fn standing_alerts(
    read: &impl ConnectionTrait,
    (mine, few_are_named): (Cond, bool),
    closed_from: Instant,
) -> Result<OpenAlerts, Error> {
    use alert_table::Column as C;
    let rows: Vec<StandingAlert> = alert_table::Entity::find()
        .select_only()
        .columns([C::Id, C::CustomerId, C::Cause, C::Rule, C::Severity, C::SentenceZh, C::SentenceEn, C::OpenedAt])
        .filter(in_state(read, AlertState::Open, few_are_named))
        .filter(mine.clone())
        .order_by_asc(C::Id)
        .into_tuple()
        .all(read)
        .await
        .map_err(Error::while_doing("reading open alerts"))?;
    let mut standing = OpenAlerts { open: Vec::with_capacity(rows.len()), recently_closed: Vec::new() };
    for (id, customer, cause, rule, severity, zh, en, opened_at) in rows {
        standing.open.push(OpenAlert {
            id,
            customer: CustomerId::from(customer),
            cause,
            rule,
            severity: severity_from(severity)?,
            sentence: Text::new(zh, en),
            opened_at: Instant::from_micros(opened_at),
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
