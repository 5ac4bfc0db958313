//! Cases as rows: with the words of their type, whose desk they are on, which clock runs, and every step with how long the
//! case had been where it was.

use std::collections::{BTreeMap, HashMap};

use actions::{CaseType, WorkTimes};
use store::{AlertFilter, AlertRecord, AlertSlice, CaseOutcome, CaseRecord, CaseStep};
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::App;
use crate::error::Error;
use crate::moment::snapshot::Snapshot;
use crate::shown::written;
use crate::staff::roster::Roster;
use crate::view::{self, CaseRow, Words};
use crate::working::desk::deed_in_words;
use crate::working::work_times::stays_of;

/// What rows are made with.
pub(crate) struct Shown<'a> {
    pub snapshot: &'a Snapshot,
    /// The past moment shown, if it is one.
    pub as_of: Option<AsOf>,
    pub now: Instant,
}

impl App {
    /// These cases as rows. They were found within what the reader sees, and so is what hangs on them: asked again of each row,
    /// a head of a hundred owners would wait for it.
    pub(crate) async fn case_rows(
        &self,
        shown: &Shown<'_>,
        cases: &[CaseRecord],
        alerts: &[AlertRecord],
    ) -> Result<Vec<CaseRow>, Error> {
        let ids: Vec<i64> = cases.iter().map(|case| case.id).collect();
        let before = shown.as_of.map(AsOf::instant);
        let mut steps = self.store().case_steps(&Scope::All, &ids, before).await?;
        let comments = self.store().case_comment_counts(&Scope::All, &ids, before).await?;
        let at = before.unwrap_or(shown.now);
        let mut tasks: HashMap<i64, u64> = HashMap::new();
        for task in self.store().case_tasks(&Scope::All, &ids).await? {
            let is_open = task.created_at <= at && task.done_at.is_none_or(|done| done > at);
            *tasks.entry(task.case_id).or_default() += u64::from(is_open);
        }
        let roster = self.roster().await?;
        let times = self.times_of(&roster);
        let rows = cases.iter().map(|case| {
            let steps = steps.remove(&case.id).unwrap_or_default();
            let counts = (tasks.get(&case.id).copied().unwrap_or(0), comments.get(&case.id).copied().unwrap_or(0));
            self.case_row(shown, (&roster, &times), (case, steps.as_slice(), counts), alerts)
        });
        Ok(rows.collect())
    }

    fn case_row(
        &self,
        shown: &Shown<'_>,
        (roster, times): (&Roster, &WorkTimes<'_>),
        (case, steps, (open_task_count, comment_count)): (&CaseRecord, &[CaseStep], (u64, u64)),
        alerts: &[AlertRecord],
    ) -> CaseRow {
        let snapshot = shown.snapshot;
        let mut on_case: Vec<&AlertRecord> = alerts.iter().filter(|alert| alert.case_id == Some(case.id)).collect();
        on_case.sort_by_key(|alert| {
            (alert.state != store::AlertState::Open, std::cmp::Reverse(alert.severity), alert.opened_at, alert.id)
        });
        let case_type = self.definitions().cases.case_type(&case.case_type);
        let due = case.work().due();
        let at = shown.as_of.map_or(shown.now, AsOf::instant);
        let churn_reason = case.churn_reason.as_deref();
        let outcome_name = |word: &str| self.outcome_name(&case.case_type, word);
        CaseRow {
            id: case.id,
            customer_id: case.customer_id.to_string(),
            customer_name: customer_name(snapshot, &case.customer_id),
            owner: case.owner.clone(),
            state: case.state.as_str().to_owned(),
            type_id: case.case_type.clone(),
            type_name: case_type.map_or_else(|| said(&case.case_type), |one| Words::from(&one.name)),
            stage: case.stage.clone(),
            stage_name: stage_name(case_type, &case.stage),
            stage_since: written(case.stage_since),
            severity: case.severity.as_str().to_owned(),
            tier: case.tier.clone(),
            about: case.about.clone(),
            opened_at: written(case.opened_at),
            opened_by: case.opened_by.clone(),
            assigned_to: case.assigned_to.clone(),
            assigned_name: case.assigned_to.as_deref().map(|desk| name_at(roster, desk)),
            accept_by: written(case.accept_by),
            reply_by: case.reply_by.map(written),
            act_by: written(case.act_by),
            due_at: due.map(|(_, at)| written(at)),
            due_for: due.map(|(what, _)| what.as_str().to_owned()),
            clock: due.map(|(_, due)| actions::clock(due, at, self.zone()).as_str().to_owned()),
            accepted_at: case.accepted_at.map(written),
            accepted_by: case.accepted_by.clone(),
            replied_at: case.replied_at.map(written),
            replied_by: case.replied_by.clone(),
            acted_at: case.acted_at.map(written),
            acted_by: case.acted_by.clone(),
            closed_at: case.closed_at.map(written),
            closed_by: case.closed_by.clone(),
            outcome: case.ended_in().map(str::to_owned),
            outcome_name: case.ended_in().map(outcome_name),
            outcome_means: case.outcome.and_then(CaseOutcome::means).map(|means| means.as_str().to_owned()),
            note: case.note.clone(),
            churn_reason: case.churn_reason.clone(),
            churn_reason_name: churn_reason.map(|id| self.churn_reason_name(id)),
            passes: case.passes,
            most_passes: case.most_passes,
            nudge_count: case.nudge_count,
            nudged_at: case.nudged_at.map(written),
            escalated_at: case.escalated_at.map(written),
            reopened_count: case.reopened_count,
            open_task_count,
            comment_count,
            version: case.version,
            alerts: on_case.into_iter().map(|alert| self.alert_row(snapshot, alert)).collect(),
            steps: step_rows((case_type, &outcome_name), roster, steps, times),
        }
    }

    /// What a confirmed reason is called; its code where the firm no longer has it.
    pub(crate) fn churn_reason_name(&self, id: &str) -> Words {
        let known = self.definitions().churn_reasons.iter().find(|reason| reason.id == id);
        known.map_or_else(|| said(id), |reason| Words::from(&reason.name))
    }

    /// The outcomes in which a case of this type may end; every one where the firm no longer has the type.
    pub(crate) fn outcomes_of(&self, case_type: &str) -> Vec<actions::Outcome> {
        let book = &self.definitions().cases;
        book.case_type(case_type).map_or_else(|| book.outcomes(), |one| one.outcomes.clone())
    }

    /// What a case of a type is called that ended in this word; the word itself where the firm no longer has it.
    pub(crate) fn outcome_name(&self, case_type: &str, word: &str) -> Words {
        if let Some((zh, en)) = taken_off(word) {
            return Words::new(zh, en);
        }
        let book = &self.definitions().cases;
        let own = book.case_type(case_type).and_then(|one| one.outcome(word)).cloned();
        own.or_else(|| book.outcome(word)).map_or_else(|| said(word), |one| Words::from(&one.name))
    }

    /// Every alert, open or not, that one of these cases works on; now they are looked for by the cases, which the reader sees.
    pub(crate) async fn alerts_on(
        &self,
        scope: &Scope,
        cases: &[CaseRecord],
        as_of: Option<AsOf>,
    ) -> Result<Vec<AlertRecord>, Error> {
        let ids: Vec<i64> = cases.iter().map(|case| case.id).collect();
        match as_of {
            Some(as_of) => {
                let mut alerts = self.store().as_recorded(scope, as_of.instant()).await?.alerts;
                alerts.retain(|alert| alert.case_id.is_some_and(|case| ids.contains(&case)));
                Ok(alerts)
            }
            None => {
                let filter = AlertFilter { state: None, cases: Some(ids), ..AlertFilter::default() };
                Ok(self.store().alerts(&Scope::All, &filter, AlertSlice::default()).await?.rows)
            }
        }
    }
}

/// What a customer is called in a snapshot; its id where the snapshot does not have it.
pub(crate) fn customer_name(snapshot: &Snapshot, customer: &CustomerId) -> String {
    snapshot.position(customer).map_or_else(|| customer.to_string(), |at| snapshot.name(at).to_owned())
}

fn said(word: &str) -> Words {
    Words::new(word, word)
}

/// What a stage is called; its id where the type no longer has it.
fn stage_name(case_type: Option<&CaseType>, stage: &str) -> Words {
    let known = case_type.and_then(|one| one.stage(stage));
    known.map_or_else(|| said(stage), |stage| Words::from(&stage.name))
}

/// Whose desk it is; the desk itself where nobody has an account.
fn name_at(roster: &Roster, desk: &str) -> String {
    roster.at_desk(desk).map_or_else(|| desk.to_owned(), |person| person.name.clone())
}

/// How the cycle and putting off end a case, Chinese and English.
fn taken_off(word: &str) -> Option<(&'static str, &'static str)> {
    match word {
        "cleared" => Some(("自行恢复", "Cleared by itself")),
        "put_off" => Some(("稍后处理", "Put off")),
        "below_line" => Some(("移到线下", "Below the line")),
        _ => None,
    }
}

/// What an outcome is called.
type OutcomeName<'a> = &'a dyn Fn(&str) -> Words;

fn step_rows(
    (case_type, outcome_name): (Option<&CaseType>, OutcomeName<'_>),
    roster: &Roster,
    steps: &[CaseStep],
    times: &WorkTimes<'_>,
) -> Vec<view::CaseStep> {
    let mut since: Option<Instant> = None;
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    let mut rows = Vec::with_capacity(steps.len());
    let stays = stays_of(steps);
    for step in steps {
        let before = since.unwrap_or(step.at);
        since = Some(step.stage_since);
        let assigned_name = step.assigned_to.as_deref().map(|desk| {
            let name = names.entry(desk).or_insert_with(|| name_at(roster, desk));
            name.clone()
        });
        rows.push(view::CaseStep {
            what: step.what.clone(),
            move_name: deed_in_words(&step.what),
            at: written(step.at),
            actor: step.actor.clone(),
            stage: step.stage.clone(),
            stage_name: stage_name(case_type, &step.stage),
            stage_seconds: u64::try_from(step.at.micros().saturating_sub(before.micros())).unwrap_or(0) / 1_000_000,
            working_seconds: times.worked(&stays, before, step.at).as_secs(),
            assigned_to: step.assigned_to.clone(),
            assigned_name,
            note: step.said.clone(),
            outcome: step.ended_in().map(str::to_owned),
            outcome_name: step.ended_in().map(outcome_name),
        });
    }
    rows
}
