//! Applying what a cycle decided: all of it in one transaction, and as often as one likes.
//!
//! The plans leave no choice: what to open, change, resolve and clear is written there. What is left to the store is
//! to notice what has become true in the meantime and to leave that alone: an alert that stands already, an alert that
//! somebody resolved, a case that somebody took up.

use std::collections::{HashMap, HashSet};

use actions::ActionPlan;
use alerts::{AlertPlan, Resolution};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use vocab::{AsOf, CustomerId, Instant, Scope, Severity, Text};

use crate::alert::{AlertResolution, AlertState, in_state};
use crate::case::{self as desk, CaseOutcome, CaseState, Closing};
use crate::entity::{alerts as alert_table, cases as case_table, cycles};
use crate::history::Resource;
use crate::open::{Change, ROWS_PER_STATEMENT, Writing};
use crate::scope::{among, listed, owners_of};
use crate::words::severity_number;
use crate::{Error, Store};

mod fingerprint;
mod written;

use fingerprint::fingerprint;
use written::{insert, say_anew};

pub(crate) use written::rewrite;

/// Whom the history names when the cycle did it.
pub const CYCLE_ACTOR: &str = "liuke";

/// One cycle: what it looked at, when it ended and what it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CycleRecord {
    /// The moment whose facts it looked at; there is one record per moment.
    pub as_of: AsOf,
    /// When it began; dates what it opens and resolves.
    pub started_at: Instant,
    /// When it ended.
    pub finished_at: Instant,
    /// What it did, in a sentence.
    pub summary: Text,
    /// The plans as printed. Names customers: empty for readers who may not see all of them.
    pub plan: String,
}

/// What applying a cycle changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Whether any alert or case is another than before.
    pub changed: bool,
    /// Alerts opened.
    pub alerts_opened: u64,
    /// Open alerts whose rule, severity, sentence or case changed.
    pub alerts_changed: u64,
    /// Alerts resolved.
    pub alerts_resolved: u64,
    /// Cases opened.
    pub cases_opened: u64,
    /// Cases cleared.
    pub cases_cleared: u64,
    /// Cases that went back below the line.
    pub cases_lowered: u64,
    /// Alerts that were put off and came back.
    pub alerts_woken: u64,
}

impl Applied {
    fn rows(&self) -> u64 {
        let alerts = self.alerts_opened + self.alerts_changed + self.alerts_resolved;
        alerts + self.cases_opened + self.cases_cleared + self.cases_lowered + self.alerts_woken
    }
}

/// What is at risk with a customer whose severest alert is that severe, in hundredths.
pub type Worth<'a> = &'a (dyn Fn(&CustomerId, Severity) -> i64 + Sync);

/// At risk where nobody has said what is.
const NOT_WEIGHED: i64 = -1;
/// Alerts that are read, compared and written together.
const CHANGED_AT_ONCE: usize = 10 * ROWS_PER_STATEMENT;
/// From so many changed rows on, a database's old idea of its tables misleads it.
const MANY_ROWS: u64 = 1000;

impl Store {
    /// Makes the plans true and records the cycle: everything or nothing.
    ///
    /// Applying the same plans for the same moment again changes nothing, even if somebody has closed a case since.
    ///
    /// # Edges
    /// * An alert that stands already for this customer and cause is not opened again; one that was resolved since the
    ///   plan was made is neither changed nor resolved; a case that was accepted since is not cleared.
    /// * Other plans for a moment that has been applied before are applied; the record then tells the last change.
    pub async fn apply_cycle(
        &self,
        alert_plan: &AlertPlan,
        action_plan: &ActionPlan,
        cycle: &CycleRecord,
    ) -> Result<Applied, Error> {
        self.apply_cycle_weighed(alert_plan, action_plan, cycle, &|_, _| NOT_WEIGHED).await
    }

    /// [`Store::apply_cycle`] where alerts that are opened take their place in the order of the lists at once: `worth` says
    /// what is at risk with a customer whose severest alert is that severe, in hundredths, as in [`Store::set_worth`].
    pub async fn apply_cycle_weighed(
        &self,
        alert_plan: &AlertPlan,
        action_plan: &ActionPlan,
        cycle: &CycleRecord,
        worth: Worth<'_>,
    ) -> Result<Applied, Error> {
        let mut writing = self.write(cycle.finished_at).await?;
        let fingerprint = fingerprint(alert_plan, action_plan);
        let recorded = cycles::Entity::find()
            .filter(cycles::Column::AsOf.eq(cycle.as_of.0.micros()))
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing("reading the last cycle"))?;
        if recorded.as_ref().is_some_and(|recorded| recorded.fingerprint == fingerprint) {
            return Ok(Applied::default());
        }

        let applied = make_true(&mut writing, alert_plan, action_plan, cycle, worth).await?;
        if recorded.is_none() || applied.changed {
            record(&mut writing, recorded, cycle, fingerprint).await?;
            writing.commit().await?;
        }
        if applied.rows() >= MANY_ROWS {
            self.count_anew().await;
        }
        Ok(applied)
    }

    /// Makes plans about some customers true between two cycles, everything or nothing; what was looked at is not
    /// recorded as a cycle. Applying the same plans again changes nothing, as in [`Store::apply_cycle`].
    pub async fn apply_between_cycles(
        &self,
        alert_plan: &AlertPlan,
        action_plan: &ActionPlan,
        looked: &CycleRecord,
    ) -> Result<Applied, Error> {
        let mut writing = self.write(looked.finished_at).await?;
        let applied = make_true(&mut writing, alert_plan, action_plan, looked, &|_, _| NOT_WEIGHED).await?;
        if applied.changed {
            writing.commit().await?;
        }
        Ok(applied)
    }

    /// After many rows came at once: PostgreSQL learns what is in the tables now, not when its own round comes to it,
    /// so that the first reader in the morning does not wait. SQLite plans well without.
    async fn count_anew(&self) {
        if self.writer.get_database_backend() != DbBackend::Postgres {
            return;
        }
        if let Err(error) = self.writer.execute_unprepared("VACUUM (ANALYZE) alerts, cases, customer_owner").await {
            tracing::warn!(%error, "the database's statistics stay old for a while");
        }
    }

    /// The cycle that ended last.
    pub async fn last_cycle(&self, scope: &Scope) -> Result<Option<CycleRecord>, Error> {
        self.last_cycle_before(scope, Instant::MAX).await
    }

    /// The cycle that ended last before `t`.
    pub async fn last_cycle_before(&self, scope: &Scope, t: Instant) -> Result<Option<CycleRecord>, Error> {
        let row = cycles::Entity::find()
            .filter(cycles::Column::FinishedAt.lt(t.micros()))
            .order_by_desc(cycles::Column::FinishedAt)
            .order_by_desc(cycles::Column::Id)
            .one(&self.reader)
            .await
            .map_err(Error::while_doing("reading the last cycle"))?;
        Ok(row.map(|row| seen_by(scope, row)))
    }

    /// The cycle that looked at this moment.
    pub async fn cycle_at(&self, scope: &Scope, as_of: AsOf) -> Result<Option<CycleRecord>, Error> {
        let row = cycles::Entity::find()
            .filter(cycles::Column::AsOf.eq(as_of.0.micros()))
            .one(&self.reader)
            .await
            .map_err(Error::while_doing("reading a cycle"))?;
        Ok(row.map(|row| seen_by(scope, row)))
    }
}

fn seen_by(scope: &Scope, row: cycles::Model) -> CycleRecord {
    CycleRecord {
        as_of: AsOf(Instant::from_micros(row.as_of)),
        started_at: Instant::from_micros(row.started_at),
        finished_at: Instant::from_micros(row.finished_at),
        summary: Text::new(row.summary_zh, row.summary_en),
        plan: if *scope == Scope::All { row.plan } else { String::new() },
    }
}

async fn record(
    writing: &mut Writing,
    recorded: Option<cycles::Model>,
    cycle: &CycleRecord,
    fingerprint: String,
) -> Result<(), Error> {
    let doing = "recording a cycle";
    let mut row = cycles::Model {
        id: 0,
        as_of: cycle.as_of.0.micros(),
        version: recorded.as_ref().map_or(1, |recorded| recorded.version + 1),
        started_at: cycle.started_at.micros(),
        finished_at: cycle.finished_at.micros(),
        summary_zh: cycle.summary.zh.clone(),
        summary_en: cycle.summary.en.clone(),
        plan: cycle.plan.clone(),
        fingerprint,
    };
    match recorded {
        Some(recorded) => {
            row.id = recorded.id;
            let all = row.clone().into_active_model().reset_all();
            cycles::Entity::update(all).exec(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        }
        None => {
            let mut new = row.clone().into_active_model();
            new.id = ActiveValue::NotSet;
            let inserted =
                cycles::Entity::insert(new).exec(&writing.transaction).await.map_err(Error::while_doing(doing))?;
            row.id = inserted.last_insert_id;
        }
    }
    let change = Change {
        resource: Resource::Cycle,
        id: row.id.to_string(),
        customer: None,
        version: row.version,
        actor: CYCLE_ACTOR,
        cause: "applied",
    };
    writing.remember(change, &row)
}

/// Everything that plans ask for and that is not true yet.
async fn make_true(
    writing: &mut Writing,
    alert_plan: &AlertPlan,
    action_plan: &ActionPlan,
    cycle: &CycleRecord,
    worth: Worth<'_>,
) -> Result<Applied, Error> {
    let alerts_resolved = resolve_planned(writing, alert_plan, cycle).await?;
    let (cases_cleared, detached) = clear_cases(writing, &action_plan.clear, CaseOutcome::Cleared, cycle).await?;
    let (cases_lowered, lowered) = clear_cases(writing, &action_plan.lower, CaseOutcome::BelowLine, cycle).await?;
    let alerts_woken = crate::line::wake_alerts(writing, action_plan).await?;
    let (changed, worse_or_better) = change_alerts(writing, alert_plan).await?;
    let cases_opened = open_cases(writing, action_plan, cycle).await?;
    let attached = attach_alerts(writing, action_plan).await?;
    let alerts_changed = detached + lowered + changed + attached;
    let mut applied = Applied {
        alerts_resolved,
        cases_cleared,
        cases_lowered,
        alerts_woken,
        alerts_changed,
        cases_opened,
        ..Applied::default()
    };
    let (alerts_opened, beside_others) = open_alerts(writing, alert_plan, cycle, worth).await?;
    applied.alerts_opened = alerts_opened;
    let customers = worse_or_better.into_iter().chain(beside_others).collect();
    crate::line::lead_planned(writing, alert_plan, action_plan, customers).await?;
    applied.changed = applied != Applied::default();
    Ok(applied)
}

async fn resolve_planned(writing: &mut Writing, plan: &AlertPlan, cycle: &CycleRecord) -> Result<u64, Error> {
    let why: HashMap<i64, Resolution> = plan.resolve.iter().map(|alert| (alert.id, alert.why)).collect();
    let ids: Vec<i64> = plan.resolve.iter().map(|alert| alert.id).collect();
    let standing = standing(writing, &ids).await?;
    let count = standing.len() as u64;
    let (gone, cleared) =
        standing.into_iter().partition(|row| why.get(&row.id).is_some_and(|why| matches!(why, Resolution::Gone)));
    resolve(writing, cleared, AlertResolution::Cleared, CYCLE_ACTOR, cycle.started_at).await?;
    resolve(writing, gone, AlertResolution::Gone, CYCLE_ACTOR, cycle.started_at).await?;
    Ok(count)
}

/// Resolves these alerts, which are open.
pub(crate) async fn resolve(
    writing: &mut Writing,
    standing: Vec<alert_table::Model>,
    why: AlertResolution,
    actor: &str,
    now: Instant,
) -> Result<(), Error> {
    let resolved = standing
        .into_iter()
        .map(|row| alert_table::Model {
            version: row.version + 1,
            state: AlertState::Resolved.as_str().to_owned(),
            resolved_at: Some(now.micros()),
            resolution: Some(why.as_str().to_owned()),
            ..row
        })
        .collect();
    rewrite(writing, resolved, actor, &format!("resolved:{why}")).await
}

/// Takes new cases off the desk; alerts too small for a case of their own, or below the line, stay open and stand alone
/// again. Returns how many cases and how many alerts.
async fn clear_cases(
    writing: &mut Writing,
    cases: &[i64],
    outcome: CaseOutcome,
    cycle: &CycleRecord,
) -> Result<(u64, u64), Error> {
    if cases.is_empty() {
        return Ok((0, 0));
    }
    let rows = case_table::Entity::find()
        .filter(case_table::Column::State.eq(CaseState::New.as_str()))
        .filter(listed(&writing.transaction, (case_table::Entity, case_table::Column::Id), cases))
        .order_by_asc(case_table::Column::Id)
        .all(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading the cases to clear"))?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let cleared = Closing { outcome, note: None };
    desk::close(writing, rows, CYCLE_ACTOR, cleared, cycle.started_at).await?;

    let left = alert_table::Entity::find()
        .filter(in_state(&writing.transaction, AlertState::Open, true))
        .filter(listed(&writing.transaction, (alert_table::Entity, alert_table::Column::CaseId), &ids))
        .order_by_asc(alert_table::Column::Id)
        .all(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading the alerts of cleared cases"))?;
    let alone: Vec<alert_table::Model> = left
        .into_iter()
        .map(|row| alert_table::Model { version: row.version + 1, case_id: None, case_state: None, ..row })
        .collect();
    let count = alone.len() as u64;
    rewrite(writing, alone, CYCLE_ACTOR, "detached").await?;
    Ok((ids.len() as u64, count))
}

/// Writes what alerts say now: how many changed, and the customers of those whose severity did.
async fn change_alerts(writing: &mut Writing, plan: &AlertPlan) -> Result<(u64, HashSet<String>), Error> {
    let (mut count, mut customers) = (0, HashSet::new());
    for planned in plan.change.chunks(CHANGED_AT_ONCE) {
        let ids: Vec<i64> = planned.iter().map(|alert| alert.id).collect();
        let mut standing: HashMap<i64, alert_table::Model> =
            standing(writing, &ids).await?.into_iter().map(|row| (row.id, row)).collect();
        let (mut said, mut ruled) = (Vec::new(), Vec::new());
        for planned in planned {
            let Some(before) = standing.remove(&planned.id) else { continue };
            let after = alert_table::Model {
                version: before.version + 1,
                rule: planned.rule.clone(),
                severity: severity_number(planned.severity),
                sentence_zh: planned.sentence.zh.clone(),
                sentence_en: planned.sentence.en.clone(),
                ..before.clone()
            };
            if after.severity != before.severity {
                customers.insert(after.customer_id.clone());
            }
            if (&after.rule, after.severity) != (&before.rule, before.severity) {
                ruled.push(after);
            } else if (&after.sentence_zh, &after.sentence_en) != (&before.sentence_zh, &before.sentence_en) {
                said.push(after);
            }
        }
        count += (said.len() + ruled.len()) as u64;
        say_anew(writing, said, CYCLE_ACTOR, "changed").await?;
        rewrite(writing, ruled, CYCLE_ACTOR, "changed").await?;
    }
    Ok((count, customers))
}

async fn open_cases(writing: &mut Writing, plan: &ActionPlan, cycle: &CycleRecord) -> Result<u64, Error> {
    let customers: Vec<CustomerId> = plan.open.iter().map(|case| case.customer.clone()).collect();
    let mut taken: HashSet<String> = cases_of(writing, &customers).await?.into_keys().collect();
    let mut id =
        last_id(writing, case_table::Entity::find().select_only().column_as(case_table::Column::Id.max(), "id"))
            .await?;
    let opened = (cycle.started_at, cycle.as_of);
    let rows = plan.open.iter().filter_map(|planned| {
        if !taken.insert(planned.customer.as_str().to_owned()) {
            return None;
        }
        id += 1;
        Some(case_table::Model {
            version: 1,
            case_type: planned.case_type.clone(),
            severity: severity_number(planned.severity),
            accept_by: planned.accept_by.micros(),
            act_by: planned.act_by.micros(),
            due_at: Some(planned.reply_by.map_or(planned.accept_by, |by| by.min(planned.accept_by)).micros()),
            assigned_to: planned.owner.clone(),
            tier: planned.tier.clone(),
            reply_by: planned.reply_by.map(Instant::micros),
            ..desk::blank(id, &planned.customer, CYCLE_ACTOR, opened)
        })
    });
    insert::<_, case_table::ActiveModel>(writing, rows).await
}

/// Puts alerts that stood alone, and those that come back, on the case of their customer.
async fn attach_alerts(writing: &mut Writing, plan: &ActionPlan) -> Result<u64, Error> {
    let woken = plan.wake.iter().map(|alert| &alert.customer);
    let customers: Vec<CustomerId> = plan.open.iter().map(|case| &case.customer).chain(woken).cloned().collect();
    let open = cases_of(writing, &customers).await?;
    let theirs = alert_table::Entity::find()
        .filter(in_state(&writing.transaction, AlertState::Open, true))
        .filter(among(&writing.transaction, (alert_table::Entity, alert_table::Column::CustomerId), &customers))
        .order_by_asc(alert_table::Column::Id)
        .all(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading alerts without a case"))?;
    // Picked out here: SQLite takes alerts without a case to be few, and would begin with all there ever were.
    let alone = theirs.into_iter().filter(|row| row.case_id.is_none() && row.snoozed_until.is_none());
    let attached: Vec<alert_table::Model> = alone
        .filter_map(|row| {
            let (case, state) = open.get(&row.customer_id)?;
            Some(alert_table::Model {
                version: row.version + 1,
                case_id: Some(*case),
                case_state: Some(state.clone()),
                ..row
            })
        })
        .collect();
    let count = attached.len() as u64;
    rewrite(writing, attached, CYCLE_ACTOR, "attached").await?;
    Ok(count)
}

/// Opens alerts: how many, and the customers of whom others stood already, so that it has to be chosen anew who speaks. Of whom
/// nothing stood the severest speaks, of equals the first: that is written at once.
async fn open_alerts(
    writing: &mut Writing,
    plan: &AlertPlan,
    cycle: &CycleRecord,
    worth: Worth<'_>,
) -> Result<(u64, HashSet<String>), Error> {
    let customers: Vec<CustomerId> = plan.open.iter().map(|alert| alert.customer.clone()).collect();
    let open_cases = cases_of(writing, &customers).await?;
    let owners = owners_of(&writing.transaction, customers.iter().map(CustomerId::as_str)).await?;
    let standing: Vec<(String, String)> = alert_table::Entity::find()
        .select_only()
        .column(alert_table::Column::CustomerId)
        .column(alert_table::Column::Cause)
        .filter(in_state(&writing.transaction, AlertState::Open, true))
        .filter(among(&writing.transaction, (alert_table::Entity, alert_table::Column::CustomerId), &customers))
        .into_tuple()
        .all(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading the alerts that stand"))?;
    let mut beside_others: HashSet<String> = standing.iter().map(|(customer, _)| customer.clone()).collect();
    let mut standing: HashSet<(String, String)> = standing.into_iter().collect();
    let mut leads: HashMap<&str, usize> = HashMap::new();
    for (place, planned) in plan.open.iter().enumerate() {
        let lead = leads.entry(planned.customer.as_str()).or_insert(place);
        if plan.open[*lead].severity < planned.severity {
            *lead = place;
        }
    }
    let mut id =
        last_id(writing, alert_table::Entity::find().select_only().column_as(alert_table::Column::Id.max(), "id"))
            .await?;
    let rows = plan.open.iter().enumerate().filter_map(|(place, planned)| {
        let customer = planned.customer.as_str().to_owned();
        if !standing.insert((customer.clone(), planned.cause.clone())) {
            beside_others.insert(customer);
            return None;
        }
        id += 1;
        let case = open_cases.get(&customer);
        let lead = leads.get(planned.customer.as_str()).copied().unwrap_or(place);
        let leads = lead == place && !beside_others.contains(&customer);
        Some(alert_table::Model {
            id,
            version: 1,
            customer_id: customer,
            cause: planned.cause.clone(),
            rule: planned.rule.clone(),
            severity: severity_number(planned.severity),
            sentence_zh: planned.sentence.zh.clone(),
            sentence_en: planned.sentence.en.clone(),
            state: AlertState::Open.as_str().to_owned(),
            opened_at: cycle.started_at.micros(),
            as_of: cycle.as_of.0.micros(),
            resolved_at: None,
            resolution: None,
            case_id: case.map(|(id, _)| *id),
            case_state: case.map(|(_, state)| state.clone()),
            snoozed_until: None,
            snoozed_at: None,
            snoozed_by: None,
            snooze_reason: None,
            snoozed_severity: None,
            snoozed_health: None,
            false_reason: None,
            owner: owners.get(planned.customer.as_str()).cloned(),
            at_risk: worth(&planned.customer, plan.open[lead].severity),
            lead: i64::from(leads),
        })
    });
    let count = insert::<_, alert_table::ActiveModel>(writing, rows).await?;
    Ok((count, beside_others))
}

/// The alerts of these ids that are open now, in the order of their ids.
pub(crate) async fn standing(writing: &Writing, ids: &[i64]) -> Result<Vec<alert_table::Model>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    alert_table::Entity::find()
        .filter(in_state(&writing.transaction, AlertState::Open, true))
        .filter(listed(&writing.transaction, (alert_table::Entity, alert_table::Column::Id), ids))
        .order_by_asc(alert_table::Column::Id)
        .all(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading the alerts that stand"))
}

/// The open case of each of these customers, with its state.
async fn cases_of(writing: &Writing, customers: &[CustomerId]) -> Result<HashMap<String, (i64, String)>, Error> {
    if customers.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, i64, String)> = case_table::Entity::find()
        .select_only()
        .column(case_table::Column::CustomerId)
        .column(case_table::Column::Id)
        .column(case_table::Column::State)
        .filter(case_table::Column::State.ne(CaseState::Closed.as_str()))
        .filter(among(&writing.transaction, (case_table::Entity, case_table::Column::CustomerId), customers))
        .into_tuple()
        .all(&writing.transaction)
        .await
        .map_err(Error::while_doing("reading open cases"))?;
    Ok(rows.into_iter().map(|(customer, id, state)| (customer, (id, state))).collect())
}

/// The highest id given so far; writers queue, so the next ones are ours.
pub(crate) async fn last_id<E: EntityTrait>(writing: &Writing, select: sea_orm::Select<E>) -> Result<i64, Error> {
    let last: Option<Option<i64>> =
        select.into_tuple().one(&writing.transaction).await.map_err(Error::while_doing("reading the last id"))?;
    Ok(last.flatten().unwrap_or(0))
}
