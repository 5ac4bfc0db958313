//! What people do to single alerts, and the line that runs through them: put off and woken, called false, ranked by what
//! is at risk, counted by rule.
//!
//! Whoever changes an alert sends back the version that they saw. Whether a case stays on its desk when its alerts go to
//! sleep or turn out false is decided here, in the same transaction: a case without an open alert that is awake has
//! nothing to work on.

use std::collections::{BTreeMap, HashMap, HashSet};

use ::alerts::AlertPlan;
use actions::{ActionPlan, Snoozed, Waking};
use sea_orm::sea_query::{Cond, Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};
use vocab::{CustomerId, Instant, Scope, Severity};

use crate::alert::{AlertRecord, AlertResolution, AlertState, records};
use crate::case::{self, CaseOutcome, CaseState, Closing};
use crate::cycle::{CYCLE_ACTOR, Worth, rewrite, standing};
use crate::entity::{alerts, cases};
use crate::open::Writing;
use crate::scope::{admitted, admitted_alerts, among, listed, listed_text};
use crate::words::severity_from;
use crate::{Error, Store};

/// How an alert is put off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snoozing<'a> {
    /// Until when.
    pub until: Instant,
    /// Why.
    pub reason: &'a str,
    /// The customer's health in hundredths, where known: when it falls far below, the alert comes back.
    pub health: Option<i64>,
}

/// What came of a rule's alerts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule.
    pub rule: String,
    /// Alerts that it opened.
    pub opened: u64,
    /// Those whose case somebody accepted or closed.
    pub acted: u64,
    /// Those that somebody called false, alone or with their case.
    pub false_alarms: u64,
}

impl Store {
    /// Somebody puts an open alert off. It leaves its case; a case that has no other open alert that is work is taken off
    /// the desk as `put_off`.
    ///
    /// # Errors
    /// Not found outside the scope; a conflict if the alert has changed since or is resolved; refused for a moment that
    /// has passed.
    pub async fn snooze_alert(
        &self,
        scope: &Scope,
        id: i64,
        version: i64,
        snoozing: Snoozing<'_>,
        actor: &str,
        now: Instant,
    ) -> Result<AlertRecord, Error> {
        if snoozing.until <= now {
            return Err(Error::refused("an alert is put off until a later moment"));
        }
        let mut writing = self.write(now).await?;
        let before = seen(&writing, scope, id, version).await?;
        let after = alerts::Model {
            version: version + 1,
            snoozed_until: Some(snoozing.until.micros()),
            snoozed_at: Some(now.micros()),
            snoozed_by: Some(actor.to_owned()),
            snooze_reason: Some(snoozing.reason.to_owned()),
            snoozed_severity: Some(before.severity),
            snoozed_health: snoozing.health,
            case_id: None,
            case_state: None,
            ..before.clone()
        };
        rewrite(&mut writing, vec![after], actor, "snoozed").await?;
        rest(&mut writing, before.case_id, CaseOutcome::PutOff, Some(snoozing.reason), actor, now).await?;
        done(writing, id, &before.customer_id).await
    }

    /// Somebody takes an alert up again before its date. It joins the open case of its customer; where there is none the
    /// next cycle opens one.
    ///
    /// # Errors
    /// Not found outside the scope; a conflict if the alert has changed since, is resolved or is not put off.
    pub async fn wake_alert(
        &self,
        scope: &Scope,
        id: i64,
        version: i64,
        actor: &str,
        now: Instant,
    ) -> Result<AlertRecord, Error> {
        let mut writing = self.write(now).await?;
        let before = seen(&writing, scope, id, version).await?;
        if before.snoozed_until.is_none() {
            return Err(Error::conflict(format!("alert {id} is not put off"), Some(before.version)));
        }
        let case = cases::Entity::find()
            .filter(cases::Column::CustomerId.eq(before.customer_id.as_str()))
            .filter(cases::Column::State.ne(CaseState::Closed.as_str()))
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing("reading the case of an alert"))?;
        let (case_id, case_state) = case.map(|case| (case.id, case.state)).unzip();
        let after = alerts::Model { case_id, case_state, ..awake(before.clone()) };
        rewrite(&mut writing, vec![after], actor, "woken:by_hand").await?;
        done(writing, id, &before.customer_id).await
    }

    /// 已核实无风险: somebody looked, and there is nothing to warn of. The alert is resolved as `false_alarm` and its cooldown
    /// begins; a case that has no other open alert ends as `false_alarm` with the reason as its note.
    ///
    /// # Errors
    /// Not found outside the scope; a conflict if the alert has changed since or is resolved.
    pub async fn call_alert_false(
        &self,
        scope: &Scope,
        id: i64,
        version: i64,
        reason: &str,
        actor: &str,
        now: Instant,
    ) -> Result<AlertRecord, Error> {
        let mut writing = self.write(now).await?;
        let before = seen(&writing, scope, id, version).await?;
        let row = alerts::Model { false_reason: Some(reason.to_owned()), ..before.clone() };
        crate::cycle::resolve(&mut writing, vec![row], AlertResolution::FalseAlarm, actor, now).await?;
        rest(&mut writing, before.case_id, CaseOutcome::FalseAlarm, Some(reason), actor, now).await?;
        done(writing, id, &before.customer_id).await
    }

    /// Which open alerts are put off? For planning the next cycle.
    pub async fn snoozed(&self, scope: &Scope) -> Result<Vec<Snoozed>, Error> {
        let rows = alerts::Entity::find()
            .filter(alerts::Column::State.eq(AlertState::Open.as_str()))
            .filter(alerts::Column::SnoozedUntil.is_not_null())
            .filter(Cond::all().add_option(admitted_alerts(scope)))
            .order_by_asc(alerts::Column::Id)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading what was put off"))?;
        let snoozed = rows.into_iter().map(|row| {
            Ok(Snoozed {
                id: row.id,
                until: Instant::from_micros(row.snoozed_until.unwrap_or(i64::MAX)),
                severity: severity_from(row.snoozed_severity.unwrap_or(row.severity))?,
                health: row.snoozed_health.map(|hundredths| hundredths as f64 / 100.0),
            })
        });
        snoozed.collect()
    }

    /// How many cases came on a desk from a moment on, by the severity that they were opened with? What a person put off
    /// or a lowered budget sent back below the line does not count, nor what a person opened; what cleared by itself does,
    /// since its place is gone.
    pub async fn cases_opened(&self, scope: &Scope, from: Instant) -> Result<BTreeMap<Severity, u64>, Error> {
        let off = [CaseOutcome::PutOff, CaseOutcome::BelowLine].map(CaseOutcome::as_str);
        let kept = Cond::any().add(cases::Column::Outcome.is_null()).add(cases::Column::Outcome.is_not_in(off));
        let cells: Vec<(i64, i64)> = cases::Entity::find()
            .select_only()
            .column(cases::Column::Severity)
            .column_as(Expr::col((cases::Entity, cases::Column::Id)).count(), "how_many")
            .filter(cases::Column::OpenedAt.gte(from.micros()))
            .filter(cases::Column::OpenedBy.eq(CYCLE_ACTOR))
            .filter(kept)
            .filter(Cond::all().add_option(admitted(scope, cases::Column::CustomerId)))
            .group_by(cases::Column::Severity)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("counting the cases of a week"))?;
        let count = |(severity, many): (i64, i64)| Ok((severity_from(severity)?, u64::try_from(many).unwrap_or(0)));
        cells.into_iter().map(count).collect()
    }

    /// Takes over what is at risk with every customer that has an open alert, or with those named, in hundredths, as
    /// `worth` says by customer and severest alert. Lists are ordered by it. Returns how many customers changed.
    ///
    /// A projection of the last cycle's scores: it has no history of its own.
    pub async fn set_worth(&self, of: Option<&[CustomerId]>, worth: Worth<'_>) -> Result<u64, Error> {
        let doing = "writing what is at risk";
        let transaction = self.begin_write().await?;
        let theirs = of.map(|of| among(&transaction, (alerts::Entity, alerts::Column::CustomerId), of));
        let rows: Vec<(i64, String, i64, i64)> = alerts::Entity::find()
            .select_only()
            .column(alerts::Column::Id)
            .column(alerts::Column::CustomerId)
            .column(alerts::Column::Severity)
            .column(alerts::Column::AtRisk)
            .filter(alerts::Column::State.eq(AlertState::Open.as_str()))
            .filter(Cond::all().add_option(theirs))
            .into_tuple()
            .all(&transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        let mut wanted: HashMap<&str, i64> = HashMap::new();
        for (_, customer, severity, _) in &rows {
            let severest = wanted.entry(customer).or_insert(*severity);
            *severest = std::cmp::max(*severest, *severity);
        }
        for (customer, cell) in &mut wanted {
            *cell = std::cmp::max(worth(&CustomerId::from(*customer), severity_from(*cell)?), 0);
        }
        let (mut customers, mut changed) = (HashSet::new(), Vec::new());
        for (id, customer, _, at_risk) in &rows {
            if let Some(wanted) = wanted.get(customer.as_str()).filter(|wanted| *wanted != at_risk) {
                customers.insert(customer);
                changed.push((*id, *wanted));
            }
        }
        if changed.is_empty() {
            return Ok(0);
        }
        let list = serde_json::Value::from(changed.into_iter().map(|cells| vec![cells.0, cells.1]).collect::<Vec<_>>());
        let (backend, sql) = match transaction.get_database_backend() {
            DbBackend::Postgres => (DbBackend::Postgres, WORTH_POSTGRES),
            backend => (backend, WORTH_SQLITE),
        };
        let statement = Statement::from_sql_and_values(backend, sql, [list.to_string().into()]);
        transaction.execute_raw(statement).await.map_err(Error::while_doing(doing))?;
        transaction.commit().await.map_err(Error::while_doing(doing))?;
        Ok(customers.len() as u64)
    }
}

/// Each pair finds its alert by its number: joined by anything else, SQLite goes through the whole list for every alert.
const WORTH_SQLITE: &str = "
UPDATE alerts SET at_risk = given.at_risk
FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS at_risk FROM json_each(?)) AS given
WHERE alerts.id = given.id";

const WORTH_POSTGRES: &str = "
UPDATE alerts SET at_risk = given.at_risk
FROM (SELECT (value ->> 0)::bigint AS id, (value ->> 1)::bigint AS at_risk FROM json_array_elements($1::json)) AS given
WHERE alerts.id = given.id";

/// Of the open alerts of each customer the one that speaks: awake before put off, severest, oldest. `{open}` and `{of}` are
/// the database's own words.
const LEAD: &str = "
UPDATE alerts SET lead = chosen.lead
FROM (
    SELECT id, CASE ROW_NUMBER() OVER (
        PARTITION BY customer_id
        ORDER BY CASE WHEN snoozed_until IS NULL THEN 0 ELSE 1 END, severity DESC, opened_at, id
    ) WHEN 1 THEN 1 ELSE 0 END AS lead
    FROM alerts
    WHERE {open} AND customer_id IN {of}
) AS chosen
WHERE alerts.id = chosen.id AND alerts.lead <> chosen.lead";

/// Chooses anew which alert speaks for each of these customers.
pub(crate) async fn lead_anew(writing: &Writing, customers: &[String]) -> Result<(), Error> {
    if customers.is_empty() {
        return Ok(());
    }
    let list = serde_json::Value::from(customers.to_vec()).to_string();
    // SQLite takes any state to be rare; the plus tells it to begin with the customers.
    let (backend, open, of) = match writing.transaction.get_database_backend() {
        DbBackend::Postgres => (DbBackend::Postgres, "state = 'open'", "(SELECT json_array_elements_text($1::json))"),
        backend => (backend, "+state = 'open'", "(SELECT value FROM json_each(?))"),
    };
    let sql = LEAD.replace("{open}", open).replace("{of}", of);
    let statement = Statement::from_sql_and_values(backend, sql, [list.into()]);
    writing.transaction.execute_raw(statement).await.map_err(Error::while_doing("choosing who speaks"))?;
    Ok(())
}

/// Brings alerts back that were put off; one that somebody woke or resolved since is left alone.
pub(crate) async fn wake_alerts(writing: &mut Writing, plan: &ActionPlan) -> Result<u64, Error> {
    let why_of: HashMap<i64, Waking> = plan.wake.iter().map(|alert| (alert.id, alert.why)).collect();
    let mut rows = standing(writing, &why_of.keys().copied().collect::<Vec<_>>()).await?;
    rows.retain(|row| row.snoozed_until.is_some());
    let count = rows.len() as u64;
    let woken: Vec<alerts::Model> = rows.into_iter().map(awake).collect();
    for why in [Waking::Due, Waking::Worse] {
        let of_this = |row: &&alerts::Model| why_of.get(&row.id) == Some(&why);
        let some: Vec<alerts::Model> = woken.iter().filter(of_this).cloned().collect();
        rewrite(writing, some, CYCLE_ACTOR, &format!("woken:{}", why.as_str())).await?;
    }
    Ok(count)
}

/// Chooses anew who speaks for each customer of whose alerts a cycle resolved or woke one, opened one beside others, or found
/// one more or less severe: these.
pub(crate) async fn lead_planned(
    writing: &Writing,
    alert_plan: &AlertPlan,
    action_plan: &ActionPlan,
    mut customers: HashSet<String>,
) -> Result<(), Error> {
    customers.extend(alert_plan.resolve.iter().map(|alert| alert.customer.as_str().to_owned()));
    customers.extend(action_plan.wake.iter().map(|alert| alert.customer.as_str().to_owned()));
    lead_anew(writing, &customers.into_iter().collect::<Vec<_>>()).await
}

/// An alert that is put off no more.
pub(crate) fn awake(row: alerts::Model) -> alerts::Model {
    alerts::Model {
        version: row.version + 1,
        snoozed_until: None,
        snoozed_at: None,
        snoozed_by: None,
        snooze_reason: None,
        snoozed_severity: None,
        snoozed_health: None,
        ..row
    }
}

/// The open alert as the caller saw it, or why not.
async fn seen(writing: &Writing, scope: &Scope, id: i64, version: i64) -> Result<alerts::Model, Error> {
    let row = alerts::Entity::find_by_id(id)
        .filter(Cond::all().add_option(admitted_alerts(scope)))
        .one(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading an alert"))?
        .ok_or_else(|| Error::not_found(format!("alert {id}")))?;
    if row.version != version {
        return Err(Error::conflict(format!("alert {id} was changed"), Some(row.version)));
    }
    if row.state != AlertState::Open.as_str() {
        return Err(Error::conflict(format!("alert {id} is resolved already"), Some(row.version)));
    }
    Ok(row)
}

/// Takes a case off its desk if it has nothing left to work on: no open alert at all where they were false, none that is
/// work of its own where they were put off. What stays open of it stands alone again.
async fn rest(
    writing: &mut Writing,
    case: Option<i64>,
    outcome: CaseOutcome,
    note: Option<&str>,
    actor: &str,
    now: Instant,
) -> Result<(), Error> {
    let Some(id) = case else { return Ok(()) };
    let doing = "reading what a case works on";
    let left = alerts::Entity::find()
        .filter(listed(&writing.transaction, (alerts::Entity, alerts::Column::CaseId), &[id]))
        .filter(alerts::Column::State.eq(AlertState::Open.as_str()))
        .all(&writing.transaction)
        .await
        .map_err(Error::while_doing(doing))?;
    let least = if outcome == CaseOutcome::PutOff { Severity::Warning } else { Severity::Info };
    let least = crate::words::severity_number(least);
    if left.iter().any(|row| row.severity >= least) {
        return Ok(());
    }
    let row = cases::Entity::find_by_id(id)
        .filter(cases::Column::State.ne(CaseState::Closed.as_str()))
        .one(&writing.transaction)
        .await
        .map_err(Error::while_doing(doing))?;
    // What somebody opened has something to work on besides alerts.
    if row.as_ref().is_some_and(|row| row.opened_by != CYCLE_ACTOR) {
        return Ok(());
    }
    case::close(writing, row.into_iter().collect(), actor, Closing { outcome, note }, now).await?;
    let alone = left
        .into_iter()
        .map(|row| alerts::Model { version: row.version + 1, case_id: None, case_state: None, ..row })
        .collect();
    rewrite(writing, alone, actor, "detached").await
}

/// Commits, and answers the alert as it is now.
async fn done(writing: Writing, id: i64, customer: &str) -> Result<AlertRecord, Error> {
    lead_anew(&writing, &[customer.to_owned()]).await?;
    let row = alerts::Entity::find()
        .filter(listed_text(&writing.transaction, (alerts::Entity, alerts::Column::CustomerId), &[customer.to_owned()]))
        .filter(alerts::Column::Id.eq(id))
        .all(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading an alert"))?;
    let record = records(&writing.transaction, row).await?.pop().ok_or_else(|| Error::not_found("such alert"))?;
    writing.commit().await?;
    Ok(record)
}
