//! Alerts as the desk sees them: filtered, ordered, counted, always within the reader's scope.
//!
//! Which alerts there are is decided elsewhere and applied by [`Store::apply_cycle`]; nothing here changes one.

use std::collections::{BTreeMap, HashMap};

use sea_orm::sea_query::{Cond, Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use vocab::{CustomerId, Instant, Scope, Severity, Text};

use crate::case::CaseState;
use crate::case_index::Kept;
use crate::entity::{alerts, cases};
use crate::line::RuleCount;
use crate::scope::{admitted_alerts, alerts_of_owner, among, listed};
use crate::words::{severity_from, severity_number, words};
use crate::{Error, Store};

words! {
    /// Whether an alert still stands.
    AlertState {
        /// It stands.
        Open = "open",
        /// It does not stand any more.
        Resolved = "resolved",
    }
}

words! {
    /// Why an alert no longer stands.
    AlertResolution {
        /// What it warned of has passed.
        Cleared = "cleared",
        /// Somebody closed the case that worked on it.
        Closed = "closed",
        /// The customer has left.
        Gone = "gone",
        /// Somebody looked, and there was nothing to warn of.
        FalseAlarm = "false_alarm",
    }
}

words! {
    /// Where an open alert stands.
    Standing {
        /// On a desk: a case works on it.
        Desk = "desk",
        /// Work, but there is no room for it this week.
        Below = "below",
        /// Put off until a date.
        Snoozed = "snoozed",
        /// Only worth knowing.
        Notice = "notice",
    }
}

/// An alert put off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snooze {
    /// Until when.
    pub until: Instant,
    /// Since when.
    pub at: Instant,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// One alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRecord {
    /// Stable id; never given twice.
    pub id: i64,
    /// Grows by one with every change.
    pub version: i64,
    /// Whom it is about.
    pub customer_id: CustomerId,
    /// Who owns the customer now.
    pub owner: Option<String>,
    /// What it warns of: at most one open alert per customer and cause.
    pub cause: String,
    /// The rule that raised it last.
    pub rule: String,
    /// How urgent it is.
    pub severity: Severity,
    /// The reason in the customer's own figures.
    pub sentence: Text,
    /// Whether it still stands.
    pub state: AlertState,
    /// When it was opened.
    pub opened_at: Instant,
    /// The moment whose facts opened it.
    pub as_of: Instant,
    /// When it was resolved.
    pub resolved_at: Option<Instant>,
    /// Why it was resolved.
    pub resolution: Option<AlertResolution>,
    /// The case that works on it.
    pub case_id: Option<i64>,
    /// The state of that case.
    pub case_state: Option<CaseState>,
    /// When that case is due next.
    pub due_at: Option<Instant>,
    /// The version of that case.
    pub case_version: Option<i64>,
    /// Whose desk that case is on.
    pub assigned_to: Option<String>,
    /// Put off until when, by whom and why.
    pub snooze: Option<Snooze>,
    /// Why somebody called it false.
    pub false_reason: Option<String>,
}

impl AlertRecord {
    /// Where it stands; `None` once it is resolved.
    pub fn standing(&self) -> Option<Standing> {
        match self.state {
            AlertState::Resolved => None,
            AlertState::Open if self.snooze.is_some() => Some(Standing::Snoozed),
            AlertState::Open if self.case_id.is_some() => Some(Standing::Desk),
            AlertState::Open if self.severity >= Severity::Warning => Some(Standing::Below),
            AlertState::Open => Some(Standing::Notice),
        }
    }
}

/// Which alerts are asked for. The default is every open one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertFilter {
    /// Open or resolved; both when absent.
    pub state: Option<AlertState>,
    /// One of these; any when empty.
    pub severities: Vec<Severity>,
    /// One of these causes; any when empty.
    pub causes: Vec<String>,
    /// One of these rules; any when empty.
    pub rules: Vec<String>,
    /// The case is in one of these states, `None` meaning that there is no case; any when empty.
    pub case_states: Vec<Option<CaseState>>,
    /// The customer's present owner; `-` for customers whom nobody owns.
    pub owner: Option<String>,
    /// One of these customers.
    pub customers: Option<Vec<CustomerId>>,
    /// On one of these cases.
    pub cases: Option<Vec<i64>>,
    /// Standing there; any when absent.
    pub standing: Option<Standing>,
    /// Only the alert that speaks for all the open ones of its customer: a line of work each.
    pub leads: bool,
}

impl Default for AlertFilter {
    fn default() -> Self {
        Self {
            state: Some(AlertState::Open),
            severities: Vec::new(),
            causes: Vec::new(),
            rules: Vec::new(),
            case_states: Vec::new(),
            owner: None,
            customers: None,
            cases: None,
            standing: None,
            leads: false,
        }
    }
}

/// Where in the order of the list an alert stands: the next page begins after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlertPosition {
    /// Severity of the last alert seen.
    pub severity: Severity,
    /// When it was opened.
    pub opened_at: Instant,
    /// Its id.
    pub id: i64,
}

/// In which order alerts are listed; by id among equals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AlertOrder {
    /// Severest first, then newest.
    #[default]
    Severity,
    /// Most at risk first: [`Store::set_worth`].
    AtRisk,
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
}

/// Which part of the list is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlertSlice {
    /// In which order.
    pub order: AlertOrder,
    /// Begin after this alert, in the order of severity; at the top when absent.
    pub after: Option<AlertPosition>,
    /// Then leave out so many.
    pub offset: u64,
    /// At most so many; all when absent.
    pub limit: Option<u64>,
}

impl AlertSlice {
    /// The first `limit` alerts.
    pub fn first(limit: u64) -> Self {
        Self { limit: Some(limit), ..Self::default() }
    }
}

/// One page of alerts, severest first, then newest, then by id; and the counts that belong to the whole filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertPage {
    /// The alerts of this page.
    pub rows: Vec<AlertRecord>,
    /// How many match in all, whatever the slice.
    pub total: u64,
    /// How many of each severity would match without the filter on severity.
    pub severity_counts: BTreeMap<Severity, u64>,
    /// How many of each case state would match without the filter on case states; `None` is "no case".
    pub case_state_counts: BTreeMap<Option<CaseState>, u64>,
    /// Where the next page begins; absent on the last.
    pub next: Option<AlertPosition>,
}

impl Store {
    /// Which alerts are there, and how many of each sort? Rows and counts are of one moment.
    pub async fn alerts(&self, scope: &Scope, filter: &AlertFilter, slice: AlertSlice) -> Result<AlertPage, Error> {
        let read = self.read().await?;
        let mut page = count(&read, scope, filter).await?;

        let mut select = alerts::Entity::find().filter(matching(&read, scope, filter));
        select = match slice.order {
            AlertOrder::Severity => {
                select.order_by_desc(alerts::Column::Severity).order_by_desc(alerts::Column::OpenedAt)
            }
            AlertOrder::AtRisk => select.order_by_desc(alerts::Column::AtRisk),
            AlertOrder::Newest => select.order_by_desc(alerts::Column::OpenedAt),
            AlertOrder::Oldest => select.order_by_asc(alerts::Column::OpenedAt),
        };
        select = select.order_by_asc(alerts::Column::Id);
        if let Some(position) = slice.after {
            select = select.filter(after(position));
        }
        if let Some(limit) = slice.limit {
            // One more than asked for tells whether there is a next page.
            select = select.limit(limit.saturating_add(1));
        }
        if slice.offset > 0 {
            select = select.offset(slice.offset);
            if slice.limit.is_none() {
                select = select.limit(i64::MAX as u64);
            }
        }
        let mut rows = select.all(&read).await.map_err(Error::while_doing("reading alerts"))?;
        let wanted = slice.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        page.rows = records(&read, rows).await?;
        page.next = page.rows.last().filter(|_| more).map(AlertPosition::of);
        Ok(page)
    }

    /// Who has an open alert, each once?
    pub async fn alerted_customers(&self, scope: &Scope) -> Result<Vec<CustomerId>, Error> {
        let ask = |kept: &Kept| {
            let (alerts, owners) = kept.alerts(scope);
            alerts.alerted(&owners)
        };
        self.ask_alerts(ask).await
    }

    /// How many customers have open alerts, by where the one stands that speaks for all of theirs?
    pub async fn standing_counts(&self, scope: &Scope) -> Result<BTreeMap<Standing, u64>, Error> {
        let ask = |kept: &Kept| {
            let (alerts, owners) = kept.alerts(scope);
            alerts.standing_counts(&owners)
        };
        self.ask_alerts(ask).await
    }

    /// What came of each rule's alerts that were opened from a moment on; by rule.
    pub async fn rule_counts(&self, scope: &Scope, from: Instant) -> Result<Vec<RuleCount>, Error> {
        let ask = |kept: &Kept| {
            let (alerts, owners) = kept.alerts(scope);
            alerts.rule_counts(&owners, from, |case| kept.became(case))
        };
        self.ask_alerts(ask).await
    }

    async fn ask_alerts<T>(&self, ask: impl FnOnce(&Kept) -> T) -> Result<T, Error> {
        let read = self.read().await?;
        Ok(self.ask_cases(&read, None, |kept, _| ask(kept)).await?.0)
    }

    /// One alert, if this reader may see it.
    pub async fn alert(&self, scope: &Scope, id: i64) -> Result<Option<AlertRecord>, Error> {
        let read = self.read().await?;
        let mut select = alerts::Entity::find_by_id(id);
        if let Some(only) = admitted_alerts(scope) {
            select = select.filter(only);
        }
        let row = select.one(&read).await.map_err(Error::while_doing("reading an alert"))?;
        Ok(records(&read, row.into_iter().collect()).await?.pop())
    }
}

impl AlertPosition {
    /// The position of this alert.
    pub fn of(alert: &AlertRecord) -> Self {
        Self { severity: alert.severity, opened_at: alert.opened_at, id: alert.id }
    }
}

/// Everything about a filter but severity and case state, which the counts look past.
fn around(connection: &impl ConnectionTrait, scope: &Scope, filter: &AlertFilter) -> Condition {
    let mut all = Cond::all();
    if let Some(state) = filter.state {
        let few_are_named = filter.customers.is_some() || filter.cases.is_some();
        all = all.add(in_state(connection, state, few_are_named));
    }
    if !filter.causes.is_empty() {
        all = all.add(alerts::Column::Cause.is_in(filter.causes.iter().map(String::as_str)));
    }
    if !filter.rules.is_empty() {
        all = all.add(alerts::Column::Rule.is_in(filter.rules.iter().map(String::as_str)));
    }
    if let Some(owner) = &filter.owner {
        all = all.add(alerts_of_owner(owner));
    }
    if let Some(customers) = &filter.customers {
        all = all.add(among(connection, (alerts::Entity, alerts::Column::CustomerId), customers));
    }
    if let Some(cases) = &filter.cases {
        all = all.add(listed(connection, (alerts::Entity, alerts::Column::CaseId), cases));
    }
    if let Some(standing) = filter.standing {
        all = all.add(stands(standing));
    }
    if filter.leads {
        all = all.add(alerts::Column::Lead.eq(1));
    }
    all.add_option(admitted_alerts(scope))
}

/// [`AlertRecord::standing`] of an open alert, in the database.
fn stands(standing: Standing) -> Condition {
    let awake = Cond::all().add(alerts::Column::SnoozedUntil.is_null());
    let work = severity_number(Severity::Warning);
    match standing {
        Standing::Snoozed => Cond::all().add(alerts::Column::SnoozedUntil.is_not_null()),
        Standing::Desk => awake.add(alerts::Column::CaseId.is_not_null()),
        Standing::Below => awake.add(alerts::Column::CaseId.is_null()).add(alerts::Column::Severity.gte(work)),
        Standing::Notice => awake.add(alerts::Column::CaseId.is_null()).add(alerts::Column::Severity.lt(work)),
    }
}

/// SQLite keeps no statistics and takes any state to be rare; where customers or cases are named, a plus before the
/// column tells it to begin with those.
pub(crate) fn in_state(connection: &impl ConnectionTrait, state: AlertState, few_are_named: bool) -> Expr {
    if few_are_named && connection.get_database_backend() == DbBackend::Sqlite {
        let column = Expr::col((alerts::Entity, alerts::Column::State));
        return Expr::cust_with_exprs("+? = ?", [column, Expr::val(state.as_str())]);
    }
    alerts::Column::State.eq(state.as_str())
}

fn matching(connection: &impl ConnectionTrait, scope: &Scope, filter: &AlertFilter) -> Condition {
    let mut all = around(connection, scope, filter);
    if !filter.severities.is_empty() {
        all = all.add(alerts::Column::Severity.is_in(filter.severities.iter().map(|one| severity_number(*one))));
    }
    if !filter.case_states.is_empty() {
        let mut any = Cond::any();
        for state in &filter.case_states {
            any = any.add(match state {
                Some(state) => alerts::Column::CaseState.eq(state.as_str()),
                None => alerts::Column::CaseState.is_null(),
            });
        }
        all = all.add(any);
    }
    all
}

fn after(position: AlertPosition) -> Condition {
    let severity = severity_number(position.severity);
    let opened_at = position.opened_at.micros();
    let later_in_day = Cond::any()
        .add(alerts::Column::OpenedAt.lt(opened_at))
        .add(Cond::all().add(alerts::Column::OpenedAt.eq(opened_at)).add(alerts::Column::Id.gt(position.id)));
    // The first line is implied by the second; it lets the index begin where the last page ended.
    Cond::all().add(alerts::Column::Severity.lte(severity)).add(
        Cond::any()
            .add(alerts::Column::Severity.lt(severity))
            .add(Cond::all().add(alerts::Column::Severity.eq(severity)).add(later_in_day)),
    )
}

/// Counts by severity and case state in one pass; total and both lines of counts are sums over the same cells.
async fn count(connection: &impl ConnectionTrait, scope: &Scope, filter: &AlertFilter) -> Result<AlertPage, Error> {
    let cells: Vec<(i64, Option<String>, i64)> = alerts::Entity::find()
        .select_only()
        .column(alerts::Column::Severity)
        .column(alerts::Column::CaseState)
        .column_as(Expr::col((alerts::Entity, alerts::Column::Severity)).count(), "how_many")
        .filter(around(connection, scope, filter))
        .group_by(alerts::Column::Severity)
        .group_by(alerts::Column::CaseState)
        .into_tuple()
        .all(connection)
        .await
        .map_err(Error::while_doing("counting alerts"))?;
    let mut page = AlertPage::default();
    for (severity, case_state, how_many) in cells {
        let severity = severity_from(severity)?;
        let case_state = case_state.as_deref().map(CaseState::read).transpose()?;
        let how_many = u64::try_from(how_many).unwrap_or(0);
        let severity_fits = filter.severities.is_empty() || filter.severities.contains(&severity);
        let case_state_fits = filter.case_states.is_empty() || filter.case_states.contains(&case_state);
        if case_state_fits {
            *page.severity_counts.entry(severity).or_default() += how_many;
        }
        if severity_fits {
            *page.case_state_counts.entry(case_state).or_default() += how_many;
        }
        if severity_fits && case_state_fits {
            page.total += how_many;
        }
    }
    Ok(page)
}

pub(crate) async fn records(
    connection: &impl ConnectionTrait,
    rows: Vec<alerts::Model>,
) -> Result<Vec<AlertRecord>, Error> {
    let mut ids: Vec<i64> = rows.iter().filter_map(|row| row.case_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let due: Vec<(i64, Option<i64>, i64, Option<String>)> = cases::Entity::find()
        .select_only()
        .column(cases::Column::Id)
        .column(cases::Column::DueAt)
        .column(cases::Column::Version)
        .column(cases::Column::AssignedTo)
        .filter(listed(connection, (cases::Entity, cases::Column::Id), &ids))
        .into_tuple()
        .all(connection)
        .await
        .map_err(Error::while_doing("reading when cases are due"))?;
    let due = due.into_iter().map(|(id, due_at, version, assigned_to)| (id, OnCase { due_at, version, assigned_to }));
    let due: HashMap<i64, OnCase> = due.collect();
    rows.into_iter()
        .map(|row| {
            let case = row.case_id.and_then(|id| due.get(&id)).cloned();
            AlertRecord::new(row, case)
        })
        .collect()
}

/// What an alert tells of the case that works on it.
#[derive(Clone)]
pub(crate) struct OnCase {
    pub(crate) due_at: Option<i64>,
    pub(crate) version: i64,
    pub(crate) assigned_to: Option<String>,
}

impl AlertRecord {
    pub(crate) fn new(row: alerts::Model, case: Option<OnCase>) -> Result<AlertRecord, Error> {
        let snooze = row.snoozed_until.map(|until| Snooze {
            until: Instant::from_micros(until),
            at: Instant::from_micros(row.snoozed_at.unwrap_or(until)),
            by: row.snoozed_by.unwrap_or_default(),
            reason: row.snooze_reason.unwrap_or_default(),
        });
        Ok(AlertRecord {
            snooze,
            false_reason: row.false_reason,
            id: row.id,
            version: row.version,
            owner: row.owner,
            customer_id: CustomerId::from(row.customer_id),
            cause: row.cause,
            rule: row.rule,
            severity: severity_from(row.severity)?,
            sentence: Text::new(row.sentence_zh, row.sentence_en),
            state: AlertState::read(&row.state)?,
            opened_at: Instant::from_micros(row.opened_at),
            as_of: Instant::from_micros(row.as_of),
            resolved_at: row.resolved_at.map(Instant::from_micros),
            resolution: row.resolution.as_deref().map(AlertResolution::read).transpose()?,
            case_id: row.case_id,
            case_state: row.case_state.as_deref().map(CaseState::read).transpose()?,
            due_at: case.as_ref().and_then(|case| case.due_at).map(Instant::from_micros),
            case_version: case.as_ref().map(|case| case.version),
            assigned_to: case.and_then(|case| case.assigned_to),
        })
    }
}
