//! Cases: the work on one customer, from the moment it lands on a desk until somebody says how it ended.
//!
//! Opened and cleared by [`Store::apply_cycle`]; moved by people ([`Store::move_case`]), who send back the version they saw.

use std::collections::HashMap;

use actions::Work;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter};
use vocab::{AsOf, CustomerId, Instant, Scope, Severity};

use crate::entity::{alerts, cases};
use crate::history::Resource;
use crate::open::Writing;
use crate::scope::{admitted_few, listed, owners_of};
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
    /// How the work ended, as it is counted; its case type may have a word of its own for it.
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
        self.means().is_some()
    }

    /// What it means for the customer; nothing of a case that was taken off the desk.
    pub fn means(self) -> Option<actions::Means> {
        match self {
            CaseOutcome::Retained => Some(actions::Means::Kept),
            CaseOutcome::Churned => Some(actions::Means::Lost),
            CaseOutcome::FalseAlarm => Some(actions::Means::Mistaken),
            CaseOutcome::NoActionNeeded => Some(actions::Means::Other),
            CaseOutcome::Cleared | CaseOutcome::PutOff | CaseOutcome::BelowLine => None,
        }
    }
}

impl From<actions::Means> for CaseOutcome {
    /// What an outcome of a case type is counted as.
    fn from(means: actions::Means) -> Self {
        match means {
            actions::Means::Kept => CaseOutcome::Retained,
            actions::Means::Lost => CaseOutcome::Churned,
            actions::Means::Mistaken => CaseOutcome::FalseAlarm,
            actions::Means::Other => CaseOutcome::NoActionNeeded,
        }
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
    /// What is due next: see [`Work::due`].
    pub due_at: Option<Instant>,
    /// When it was accepted.
    pub accepted_at: Option<Instant>,
    /// By whom.
    pub accepted_by: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// By whom.
    pub closed_by: Option<String>,
    /// How it ended, as it is counted.
    pub outcome: Option<CaseOutcome>,
    /// The outcome as its case type calls it; absent where that is the same word.
    pub ended_as: Option<String>,
    /// What was written on closing.
    pub note: Option<String>,
    /// Which case type it is of.
    pub case_type: String,
    /// Where it stands in its type.
    pub stage: String,
    /// Since when.
    pub stage_since: Instant,
    /// Who opened it; `liuke` for the cycle.
    pub opened_by: String,
    /// What it is about, where somebody opened it.
    pub about: Option<String>,
    /// The customer's tier of value when it was opened, where known.
    pub tier: Option<String>,
    /// The customer to be answered by, where an answer is promised.
    pub reply_by: Option<Instant>,
    /// When the customer had a first answer.
    pub replied_at: Option<Instant>,
    /// From whom.
    pub replied_by: Option<String>,
    /// When it was first acted upon since it was last opened.
    pub acted_at: Option<Instant>,
    /// By whom.
    pub acted_by: Option<String>,
    /// To be looked at again by, once acted upon.
    pub review_by: Option<Instant>,
    /// Why the customer left, confirmed by a person on closing.
    pub churn_reason: Option<String>,
    /// How often in a row it was handed on with nothing done in between.
    pub passes: u32,
    /// The longest such row.
    pub most_passes: u32,
    /// How often somebody urged.
    pub nudge_count: u32,
    /// When last.
    pub nudged_at: Option<Instant>,
    /// When it last went to a head.
    pub escalated_at: Option<Instant>,
    /// How often it was opened again.
    pub reopened_count: u32,
}

impl CaseRecord {
    /// How it ended, in the word of its case type.
    pub fn ended_in(&self) -> Option<&str> {
        ended_in(self.outcome, self.ended_as.as_deref())
    }

    /// The work on it, as far as moves change it.
    pub fn work(&self) -> Work {
        Work {
            stage: self.stage.clone(),
            state: self.state.into(),
            stage_since: self.stage_since,
            desk: self.assigned_to.clone(),
            severity: self.severity,
            tier: self.tier.clone(),
            accept_by: self.accept_by,
            reply_by: self.reply_by,
            act_by: self.act_by,
            review_by: self.review_by,
            accepted_at: self.accepted_at,
            replied_at: self.replied_at,
            acted_at: self.acted_at,
            passes: self.passes,
            most_passes: self.most_passes,
            nudges: self.nudge_count,
            nudged_at: self.nudged_at,
            escalated_at: self.escalated_at,
            reopened: self.reopened_count,
        }
    }
}

impl From<CaseState> for actions::CaseState {
    fn from(state: CaseState) -> Self {
        match state {
            CaseState::New => actions::CaseState::New,
            CaseState::Accepted => actions::CaseState::Accepted,
            CaseState::Closed => actions::CaseState::Closed,
        }
    }
}

/// One step in a case's life, with what it left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseStep {
    /// `opened`, `cleared`, `put_off`, `below_line`, `handed_over`, `task_done`, or what a move is called when it is done:
    /// [`actions::Verb::done`].
    pub what: String,
    /// When.
    pub at: Instant,
    /// Who; `liuke` for the cycle.
    pub actor: String,
    /// The stage it came to or stayed in.
    pub stage: String,
    /// Since when it was in that stage.
    pub stage_since: Instant,
    /// On whose desk it was then.
    pub assigned_to: Option<String>,
    /// What was said with it.
    pub said: Option<String>,
    /// How it ended, if it did, as it is counted.
    pub outcome: Option<CaseOutcome>,
    /// The outcome as its case type calls it; absent where that is the same word.
    pub ended_as: Option<String>,
}

impl CaseStep {
    /// How it ended, in the word of its case type.
    pub fn ended_in(&self) -> Option<&str> {
        ended_in(self.outcome, self.ended_as.as_deref())
    }

    pub(crate) fn new(entry: &crate::entity::history::Model) -> Result<CaseStep, Error> {
        let after: cases::Model = serde_json::from_str(&entry.after)
            .map_err(|error| Error::unreadable(format!("case {}: {error}", entry.resource_id)))?;
        Ok(CaseStep {
            what: entry.cause.clone(),
            at: Instant::from_micros(entry.at),
            actor: entry.actor.clone(),
            stage: stage_of(&after),
            stage_since: Instant::from_micros(since(&after)),
            assigned_to: after.assigned_to,
            said: after.said,
            outcome: after.outcome.as_deref().map(CaseOutcome::read).transpose()?,
            ended_as: after.ended_as,
        })
    }
}

/// The word that was said of how a case ended.
fn ended_in(outcome: Option<CaseOutcome>, ended_as: Option<&str>) -> Option<&str> {
    outcome.map(|outcome| ended_as.unwrap_or(outcome.as_str()))
}

impl Store {
    /// One case, if this reader may see it.
    pub async fn case(&self, scope: &Scope, id: i64) -> Result<Option<CaseRecord>, Error> {
        let read = self.read().await?;
        let row = visible(&read, scope, id).await?;
        Ok(records(&read, row.into_iter().collect()).await?.pop())
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

/// How a case ends, and where.
#[derive(Clone, Copy)]
pub(crate) struct Ending<'a> {
    pub(crate) closing: Closing<'a>,
    /// The stage it comes to.
    pub(crate) stage: &'a str,
    /// The outcome as the case type calls it, where that is another word.
    pub(crate) ended_as: Option<&'a str>,
    /// Why the customer left, where a person confirmed it.
    pub(crate) churn_reason: Option<&'a str>,
}

impl<'a> From<Closing<'a>> for Ending<'a> {
    /// Where every type can end, with no more said of the reason.
    fn from(closing: Closing<'a>) -> Self {
        Ending { closing, stage: actions::CLOSED_STAGE, ended_as: None, churn_reason: None }
    }
}

/// Closes cases, which are not closed, and shows so on their alerts.
pub(crate) async fn close(
    writing: &mut Writing,
    standing: Vec<cases::Model>,
    actor: &str,
    ending: impl Into<Ending<'_>>,
    now: Instant,
) -> Result<Vec<cases::Model>, Error> {
    let Ending { closing, stage, ended_as, churn_reason } = ending.into();
    let ids: Vec<i64> = standing.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(standing);
    }
    let (note, churn_reason) = (closing.note.map(str::to_owned), churn_reason.map(str::to_owned));
    let ended_as = ended_as.filter(|word| *word != closing.outcome.as_str()).map(str::to_owned);
    cases::Entity::update_many()
        .col_expr(cases::Column::Version, Expr::col(cases::Column::Version).add(1))
        .col_expr(cases::Column::State, Expr::value(CaseState::Closed.as_str()))
        .col_expr(cases::Column::DueAt, Expr::value(Option::<i64>::None))
        .col_expr(cases::Column::ClosedAt, Expr::value(now.micros()))
        .col_expr(cases::Column::ClosedBy, Expr::value(actor))
        .col_expr(cases::Column::Outcome, Expr::value(closing.outcome.as_str()))
        .col_expr(cases::Column::EndedAs, Expr::value(ended_as.clone()))
        .col_expr(cases::Column::Note, Expr::value(note.clone()))
        .col_expr(cases::Column::Said, Expr::value(note.clone()))
        .col_expr(cases::Column::ChurnReason, Expr::value(churn_reason.clone()))
        .col_expr(cases::Column::Stage, Expr::value(stage))
        .col_expr(cases::Column::StageSince, Expr::value(now.micros()))
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
            ended_as: ended_as.clone(),
            note: note.clone(),
            said: note.clone(),
            churn_reason: churn_reason.clone(),
            stage: stage.to_owned(),
            stage_since: now.micros(),
            ..row
        };
        remember(writing, &after, actor, what)?;
        closed.push(after);
    }
    Ok(closed)
}

/// Keeps the projection of the case's state on its alerts true.
pub(crate) async fn show_on_alerts(writing: &Writing, cases: &[i64], state: CaseState) -> Result<(), Error> {
    alerts::Entity::update_many()
        .col_expr(alerts::Column::CaseState, Expr::value(state.as_str()))
        .filter(listed(&writing.transaction, (alerts::Entity, alerts::Column::CaseId), cases))
        .exec(&writing.transaction)
        .await
        .map_err(Error::while_doing("showing a case's state on its alerts"))?;
    Ok(())
}

/// A case of the usual type that was just opened, on nobody's desk and without a deadline yet.
pub(crate) fn blank(
    id: i64,
    customer: &CustomerId,
    opened_by: &str,
    (opened_at, as_of): (Instant, AsOf),
) -> cases::Model {
    cases::Model {
        id,
        version: 0,
        customer_id: customer.as_str().to_owned(),
        state: CaseState::New.as_str().to_owned(),
        severity: 0,
        opened_at: opened_at.micros(),
        as_of: as_of.0.micros(),
        accept_by: opened_at.micros(),
        act_by: opened_at.micros(),
        due_at: None,
        assigned_to: None,
        accepted_at: None,
        accepted_by: None,
        closed_at: None,
        closed_by: None,
        outcome: None,
        note: None,
        case_type: actions::USUAL_TYPE.to_owned(),
        stage: actions::FIRST_STAGE.to_owned(),
        stage_since: opened_at.micros(),
        opened_by: opened_by.to_owned(),
        about: None,
        tier: None,
        reply_by: None,
        replied_at: None,
        replied_by: None,
        acted_at: None,
        acted_by: None,
        review_by: None,
        churn_reason: None,
        said: None,
        passes: 0,
        most_passes: 0,
        nudge_count: 0,
        nudged_at: None,
        escalated_at: None,
        reopened_count: 0,
        ended_as: None,
    }
}

/// Notes a step of a case.
pub(crate) fn remember(writing: &mut Writing, after: &cases::Model, actor: &str, what: &str) -> Result<(), Error> {
    writing.remember_of(Resource::Case, (after.id, after.version, &after.customer_id), (actor, what), after)
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

pub(crate) async fn visible(
    connection: &impl ConnectionTrait,
    scope: &Scope,
    id: i64,
) -> Result<Option<cases::Model>, Error> {
    let mut select = cases::Entity::find_by_id(id);
    if let Some(only) = admitted_few(scope, cases::Column::CustomerId) {
        select = select.filter(only);
    }
    select.one(connection).await.map_err(Error::while_doing("reading a case"))
}

pub(crate) async fn records(
    connection: &impl ConnectionTrait,
    rows: Vec<cases::Model>,
) -> Result<Vec<CaseRecord>, Error> {
    let owners = owners_of(connection, rows.iter().map(|row| row.customer_id.as_str())).await?;
    rows.into_iter().map(|row| CaseRecord::new(row, &owners)).collect()
}

/// The stage that a row says; what was kept before there were stages says its state.
fn stage_of(row: &cases::Model) -> String {
    if row.stage.is_empty() { row.state.clone() } else { row.stage.clone() }
}

/// Since when a row is in its stage, in microseconds.
fn since(row: &cases::Model) -> i64 {
    if row.stage.is_empty() {
        return row.closed_at.or(row.accepted_at).unwrap_or(row.opened_at);
    }
    row.stage_since
}

fn counted(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

impl CaseRecord {
    pub(crate) fn new(row: cases::Model, owners: &HashMap<String, String>) -> Result<CaseRecord, Error> {
        Ok(CaseRecord {
            stage: stage_of(&row),
            stage_since: Instant::from_micros(since(&row)),
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
            ended_as: row.ended_as,
            note: row.note,
            case_type: row.case_type,
            opened_by: row.opened_by,
            about: row.about,
            tier: row.tier,
            reply_by: row.reply_by.map(Instant::from_micros),
            replied_at: row.replied_at.map(Instant::from_micros),
            replied_by: row.replied_by,
            acted_at: row.acted_at.map(Instant::from_micros),
            acted_by: row.acted_by,
            review_by: row.review_by.map(Instant::from_micros),
            churn_reason: row.churn_reason,
            passes: counted(row.passes),
            most_passes: counted(row.most_passes),
            nudge_count: counted(row.nudge_count),
            nudged_at: row.nudged_at.map(Instant::from_micros),
            escalated_at: row.escalated_at.map(Instant::from_micros),
            reopened_count: counted(row.reopened_count),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row as the history kept it before there were types and stages.
    const OLD: &str = r#"{"id":7,"version":2,"customer_id":"A","state":"accepted","severity":1,"opened_at":1,"as_of":1,
        "accept_by":2,"act_by":3,"due_at":3,"assigned_to":"wang","accepted_at":2,"accepted_by":"wang","closed_at":null,
        "closed_by":null,"outcome":null,"note":null}"#;

    #[test]
    fn what_was_kept_before_there_were_types_is_read() {
        let row: cases::Model = serde_json::from_str(OLD).unwrap();
        let record = CaseRecord::new(row, &HashMap::new()).unwrap();
        assert_eq!((record.case_type.as_str(), record.stage.as_str()), (actions::USUAL_TYPE, "accepted"));
        assert_eq!((record.opened_by.as_str(), record.stage_since), ("liuke", Instant::from_micros(2)));
        assert_eq!(record.work().due(), Some((actions::DueFor::Act, Instant::from_micros(3))));
    }
}
