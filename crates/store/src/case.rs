//! Cases: the work on one customer, from the moment it lands on a desk until somebody says how it ended.
//!
//! Opened and cleared by [`Store::apply_cycle`]; accepted and closed by people, who send back the version they saw.

use std::collections::{BTreeMap, HashMap};

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Cond, Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use vocab::{CustomerId, Instant, Scope, Severity};

use crate::alert::{AlertResolution, AlertState};
use crate::entity::{alerts, cases};
use crate::history::Resource;
use crate::open::{Change, Writing};
use crate::scope::{admitted, among, listed, of_owner, owners_of};
use crate::words::{severity_from, words};
use crate::{Error, Store};

words! {
    /// How far the work has come.
    CaseState {
        /// On a desk, not yet taken up.
        New = "new",
        /// Somebody works on it.
        Accepted = "accepted",
        /// It has ended.
        Closed = "closed",
    }
}

words! {
    /// How the work ended.
    CaseOutcome {
        /// The customer stays.
        Retained = "retained",
        /// The customer has left.
        Churned = "churned",
        /// There was nothing to do.
        NoActionNeeded = "no_action_needed",
        /// There was nothing to warn of.
        FalseAlarm = "false_alarm",
        /// Its alerts cleared before anybody took it up; the cycle's own word, not a person's.
        Cleared = "cleared",
        /// Everything it worked on was put off until a date.
        PutOff = "put_off",
        /// There was no room for it: its alerts wait below the line. The cycle's own word too.
        BelowLine = "below_line",
    }
}

impl CaseOutcome {
    /// Whether a person says it of a case that has ended; the others say that the work was taken off the desk.
    pub fn is_said(self) -> bool {
        !matches!(self, CaseOutcome::Cleared | CaseOutcome::PutOff | CaseOutcome::BelowLine)
    }
}

/// The work on one customer. At most one case per customer is not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRecord {
    /// Stable id; never given twice.
    pub id: i64,
    /// Grows by one with every change; whoever changes the case sends back the one they saw.
    pub version: i64,
    /// Whom it is about.
    pub customer_id: CustomerId,
    /// Who owns the customer now.
    pub owner: Option<String>,
    /// Whose desk it was put on.
    pub assigned_to: Option<String>,
    /// How far it has come.
    pub state: CaseState,
    /// Severity of the severest alert when it was opened.
    pub severity: Severity,
    /// When it was opened.
    pub opened_at: Instant,
    /// The moment whose facts opened it.
    pub as_of: Instant,
    /// To be accepted by.
    pub accept_by: Instant,
    /// To be acted upon by.
    pub act_by: Instant,
    /// What is due next: `accept_by` while new, `act_by` while accepted.
    pub due_at: Option<Instant>,
    /// When it was accepted.
    pub accepted_at: Option<Instant>,
    /// By whom.
    pub accepted_by: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// By whom.
    pub closed_by: Option<String>,
    /// How it ended.
    pub outcome: Option<CaseOutcome>,
    /// What was written on closing.
    pub note: Option<String>,
}

/// One step in a case's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseStep {
    /// `opened`, `accepted`, `assigned`, `closed`, `cleared`, `put_off`, `below_line`.
    pub what: String,
    /// When.
    pub at: Instant,
    /// Who; `liuke` for the cycle.
    pub actor: String,
}

/// In which order cases are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaseOrder {
    /// Newest first.
    #[default]
    Newest,
    /// What is due first, first; closed cases, which are never due, last.
    Due,
}

/// Which cases are asked for. The default is every one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// In one of these states; any when empty.
    pub states: Vec<CaseState>,
    /// The customer's present owner; `-` for customers whom nobody owns.
    pub owner: Option<String>,
    /// One of these customers.
    pub customers: Option<Vec<CustomerId>>,
    /// Closed at this moment or later.
    pub closed_from: Option<Instant>,
}

/// Which part of the list is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseSlice {
    /// In which order.
    pub order: CaseOrder,
    /// Leave out so many.
    pub offset: u64,
    /// At most so many; all when absent.
    pub limit: Option<u64>,
}

/// One page of cases, and the counts that belong to the whole filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CasePage {
    /// The cases of this page.
    pub rows: Vec<CaseRecord>,
    /// How many match in all.
    pub total: u64,
    /// How many of each state would match without the filter on states.
    pub state_counts: BTreeMap<CaseState, u64>,
}

impl Store {
    /// Which cases are there, and how many in each state? Rows and counts are of one moment.
    pub async fn cases(&self, scope: &Scope, filter: &CaseFilter, slice: CaseSlice) -> Result<CasePage, Error> {
        let read = self.read().await?;
        let around = around(&read, scope, filter);
        let cells: Vec<(String, i64)> = cases::Entity::find()
            .select_only()
            .column(cases::Column::State)
            .column_as(Expr::col((cases::Entity, cases::Column::Id)).count(), "how_many")
            .filter(around.clone())
            .group_by(cases::Column::State)
            .into_tuple()
            .all(&read)
            .await
            .map_err(Error::while_doing("counting cases"))?;
        let mut page = CasePage::default();
        for (state, how_many) in cells {
            let state = CaseState::read(&state)?;
            let how_many = u64::try_from(how_many).unwrap_or(0);
            page.state_counts.insert(state, how_many);
            if filter.states.is_empty() || filter.states.contains(&state) {
                page.total += how_many;
            }
        }

        let mut select = cases::Entity::find().filter(around);
        if !filter.states.is_empty() {
            select = select.filter(cases::Column::State.is_in(filter.states.iter().map(|state| state.as_str())));
        }
        select = match slice.order {
            CaseOrder::Newest => select.order_by_desc(cases::Column::OpenedAt).order_by_desc(cases::Column::Id),
            CaseOrder::Due => select
                .order_by_asc(cases::Column::DueAt.is_null())
                .order_by_asc(cases::Column::DueAt)
                .order_by_asc(cases::Column::Id),
        };
        if slice.limit.is_some() || slice.offset > 0 {
            select = select.limit(slice.limit.unwrap_or(i64::MAX as u64)).offset(slice.offset);
        }
        let rows = select.all(&read).await.map_err(Error::while_doing("reading cases"))?;
        page.rows = records(&read, rows).await?;
        Ok(page)
    }

    /// One case, if this reader may see it.
    pub async fn case(&self, scope: &Scope, id: i64) -> Result<Option<CaseRecord>, Error> {
        let read = self.read().await?;
        let row = visible(&read, scope, id).await?;
        Ok(records(&read, row.into_iter().collect()).await?.pop())
    }

    /// Somebody takes the case up. `version` is the one they saw.
    ///
    /// # Errors
    /// Not found outside the scope; a conflict if the case has changed since or is not new any more.
    pub async fn accept_case(
        &self,
        scope: &Scope,
        id: i64,
        version: i64,
        actor: &str,
        now: Instant,
    ) -> Result<CaseRecord, Error> {
        let mut writing = self.write(now).await?;
        let before = seen(&writing, scope, id, version).await?;
        if before.state != CaseState::New.as_str() {
            return Err(Error::conflict(format!("case {id} is {} already", before.state), Some(before.version)));
        }
        let act_by = before.act_by;
        let mut changed = before.into_active_model();
        changed.version = Set(version + 1);
        changed.state = Set(CaseState::Accepted.as_str().to_owned());
        changed.due_at = Set(Some(act_by));
        changed.accepted_at = Set(Some(now.micros()));
        changed.accepted_by = Set(Some(actor.to_owned()));
        let after = changed.update(&writing.transaction).await.map_err(Error::while_doing("accepting a case"))?;
        show_on_alerts(&writing, &[id], CaseState::Accepted).await?;
        remember(&mut writing, &after, actor, "accepted")?;
        finish(writing, vec![after]).await
    }

    /// Somebody says how it ended; its open alerts are resolved as `closed`, and their cooldown begins.
    ///
    /// # Errors
    /// Not found outside the scope; a conflict if the case has changed since or is closed already; refused for the
    /// outcome that no person says ([`CaseOutcome::is_said`]).
    pub async fn close_case(
        &self,
        scope: &Scope,
        id: i64,
        version: i64,
        actor: &str,
        closing: Closing<'_>,
        now: Instant,
    ) -> Result<CaseRecord, Error> {
        if !closing.outcome.is_said() {
            return Err(Error::refused("only the cycle clears a case; a person says how it ended"));
        }
        let mut writing = self.write(now).await?;
        let before = seen(&writing, scope, id, version).await?;
        if before.state == CaseState::Closed.as_str() {
            return Err(Error::conflict(format!("case {id} is closed already"), Some(before.version)));
        }
        let closed = close(&mut writing, vec![before], actor, closing, now).await?;
        let open = alerts::Entity::find()
            .filter(alerts::Column::CaseId.eq(id))
            .filter(alerts::Column::State.eq(AlertState::Open.as_str()))
            .all(&writing.transaction)
            .await
            .map_err(Error::while_doing("reading the alerts of a case"))?;
        crate::cycle::resolve(&mut writing, open, AlertResolution::Closed, actor, now).await?;
        let customers: Vec<String> = closed.iter().map(|case| case.customer_id.clone()).collect();
        crate::line::lead_anew(&writing, &customers).await?;
        finish(writing, closed).await
    }
}

/// How a case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing<'a> {
    /// How it ended.
    pub outcome: CaseOutcome,
    /// What there is to say about it.
    pub note: Option<&'a str>,
}

/// Closes cases, which are not closed, and shows so on their alerts.
pub(crate) async fn close(
    writing: &mut Writing,
    standing: Vec<cases::Model>,
    actor: &str,
    closing: Closing<'_>,
    now: Instant,
) -> Result<Vec<cases::Model>, Error> {
    let ids: Vec<i64> = standing.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(standing);
    }
    let note = closing.note.map(str::to_owned);
    cases::Entity::update_many()
        .col_expr(cases::Column::Version, Expr::col(cases::Column::Version).add(1))
        .col_expr(cases::Column::State, Expr::value(CaseState::Closed.as_str()))
        .col_expr(cases::Column::DueAt, Expr::value(Option::<i64>::None))
        .col_expr(cases::Column::ClosedAt, Expr::value(now.micros()))
        .col_expr(cases::Column::ClosedBy, Expr::value(actor))
        .col_expr(cases::Column::Outcome, Expr::value(closing.outcome.as_str()))
        .col_expr(cases::Column::Note, Expr::value(note.clone()))
        .filter(listed(&writing.transaction, (cases::Entity, cases::Column::Id), &ids))
        .exec(&writing.transaction)
        .await
        .map_err(Error::while_doing("closing cases"))?;
    show_on_alerts(writing, &ids, CaseState::Closed).await?;
    let what = if closing.outcome.is_said() { "closed" } else { closing.outcome.as_str() };
    let mut closed = Vec::with_capacity(standing.len());
    for row in standing {
        let after = cases::Model {
            version: row.version + 1,
            state: CaseState::Closed.as_str().to_owned(),
            due_at: None,
            closed_at: Some(now.micros()),
            closed_by: Some(actor.to_owned()),
            outcome: Some(closing.outcome.as_str().to_owned()),
            note: note.clone(),
            ..row
        };
        remember(writing, &after, actor, what)?;
        closed.push(after);
    }
    Ok(closed)
}

/// Keeps the projection of the case's state on its alerts true.
async fn show_on_alerts(writing: &Writing, cases: &[i64], state: CaseState) -> Result<(), Error> {
    alerts::Entity::update_many()
        .col_expr(alerts::Column::CaseState, Expr::value(state.as_str()))
        .filter(listed(&writing.transaction, (alerts::Entity, alerts::Column::CaseId), cases))
        .exec(&writing.transaction)
        .await
        .map_err(Error::while_doing("showing a case's state on its alerts"))?;
    Ok(())
}

/// Notes a step of a case.
pub(crate) fn remember(writing: &mut Writing, after: &cases::Model, actor: &str, what: &str) -> Result<(), Error> {
    let change = Change {
        resource: Resource::Case,
        id: after.id.to_string(),
        customer: Some(&after.customer_id),
        version: after.version,
        actor,
        cause: what,
    };
    writing.remember(change, after)
}

pub(crate) async fn finish(writing: Writing, mut after: Vec<cases::Model>) -> Result<CaseRecord, Error> {
    let after = after.pop().ok_or_else(|| Error::not_found("such case"))?;
    let owners = owners_of(&writing.transaction, [after.customer_id.as_str()].into_iter()).await?;
    let record = CaseRecord::new(after, &owners)?;
    writing.commit().await?;
    Ok(record)
}

/// The case as the caller saw it, or why not.
pub(crate) async fn seen(writing: &Writing, scope: &Scope, id: i64, version: i64) -> Result<cases::Model, Error> {
    let row = visible(&writing.transaction, scope, id).await?.ok_or_else(|| Error::not_found(format!("case {id}")))?;
    if row.version != version {
        return Err(Error::conflict(format!("case {id} was changed"), Some(row.version)));
    }
    Ok(row)
}

async fn visible(connection: &impl ConnectionTrait, scope: &Scope, id: i64) -> Result<Option<cases::Model>, Error> {
    let mut select = cases::Entity::find_by_id(id);
    if let Some(only) = admitted(scope, cases::Column::CustomerId) {
        select = select.filter(only);
    }
    select.one(connection).await.map_err(Error::while_doing("reading a case"))
}

/// Everything about a filter but the states, which the counts look past.
fn around(connection: &impl ConnectionTrait, scope: &Scope, filter: &CaseFilter) -> Condition {
    let mut all = Cond::all();
    if let Some(owner) = &filter.owner {
        all = all.add(of_owner(owner, cases::Column::CustomerId));
    }
    if let Some(customers) = &filter.customers {
        all = all.add(among(connection, (cases::Entity, cases::Column::CustomerId), customers));
    }
    if let Some(from) = filter.closed_from {
        all = all.add(cases::Column::ClosedAt.gte(from.micros()));
    }
    all.add_option(admitted(scope, cases::Column::CustomerId))
}

async fn records(connection: &impl ConnectionTrait, rows: Vec<cases::Model>) -> Result<Vec<CaseRecord>, Error> {
    let owners = owners_of(connection, rows.iter().map(|row| row.customer_id.as_str())).await?;
    rows.into_iter().map(|row| CaseRecord::new(row, &owners)).collect()
}

impl CaseRecord {
    pub(crate) fn new(row: cases::Model, owners: &HashMap<String, String>) -> Result<CaseRecord, Error> {
        Ok(CaseRecord {
            id: row.id,
            version: row.version,
            owner: owners.get(&row.customer_id).cloned(),
            customer_id: CustomerId::from(row.customer_id),
            assigned_to: row.assigned_to,
            state: CaseState::read(&row.state)?,
            severity: severity_from(row.severity)?,
            opened_at: Instant::from_micros(row.opened_at),
            as_of: Instant::from_micros(row.as_of),
            accept_by: Instant::from_micros(row.accept_by),
            act_by: Instant::from_micros(row.act_by),
            due_at: row.due_at.map(Instant::from_micros),
            accepted_at: row.accepted_at.map(Instant::from_micros),
            accepted_by: row.accepted_by,
            closed_at: row.closed_at.map(Instant::from_micros),
            closed_by: row.closed_by,
            outcome: row.outcome.as_deref().map(CaseOutcome::read).transpose()?,
            note: row.note,
        })
    }
}
