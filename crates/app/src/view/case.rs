//! Cases: their types, lists, and the work on one of them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AlertRow, Assignee, Count, ReviewDecision, Words};

/// What cases can be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseTypePage {
    /// The types, the one for alerts first.
    pub types: Vec<CaseType>,
    /// Why customers leave: what is chosen from on closing a case with an outcome that means `lost`.
    pub churn_reasons: Vec<Choice>,
    /// Every way in which a case of any type may end, said by a person; each once.
    pub outcomes: Vec<CaseEnding>,
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Choice {
    /// Stable word.
    pub id: String,
    /// Its name.
    pub name: Words,
}

/// How a case may end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseEnding {
    /// Stable word; it means the same in every type that has it.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// When it is to be chosen.
    pub about: Words,
    /// What it counts as: `kept`, `lost` (the reason is asked for), `mistaken`, `other`.
    pub means: String,
}

/// A case type.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseType {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// What it is for.
    pub about: Words,
    /// Its stages, in order; the first is `new`.
    pub stages: Vec<CaseStage>,
    /// Its moves, in order.
    pub moves: Vec<CaseMove>,
    /// How a case of it may end, in the order in which that is offered.
    pub outcomes: Vec<CaseEnding>,
    /// How long its clocks run; the first line is for all cases.
    pub limits: Vec<CaseLimit>,
    /// Whether cases that alerts open are of it.
    pub is_for_alerts: bool,
}

/// A stage of a case type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseStage {
    /// Stable id within the type.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// How far the work is there: `new`, `accepted`, `closed`.
    pub state: String,
}

/// A move that a case type allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseMove {
    /// Stable id within the type.
    pub id: String,
    /// `acknowledge`, `claim`, `assign`, `transfer`, `escalate`, `nudge`, `reply`, `act`, `advance`, `close`, `reopen`.
    pub does: String,
    /// Its name.
    pub name: Words,
    /// From which stages.
    pub from: Vec<String>,
    /// To which stage; it stays where it is when absent.
    pub to: Option<String>,
    /// What it asks for, in order.
    pub asks: Vec<CaseAsk>,
    /// Who may do it: `anyone`, `holder` (whoever has it on the desk, and those who head them), `head`.
    pub by: String,
}

/// Something that a move asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseAsk {
    /// `note`, `reason`, `person`, `outcome`, `churn_reason` (asked only where the outcome means `lost`).
    pub field: String,
    /// Whether the move cannot be made without.
    pub required: bool,
}

/// How long the clocks of a case type run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseLimit {
    /// Only cases of this severity.
    pub severity: Option<String>,
    /// Only customers of this tier of value: `high`, `middle`, `low`.
    pub tier: Option<String>,
    /// Working hours within which it is acknowledged.
    pub acknowledge_hours: u32,
    /// Working hours within which the customer has a first answer; absent where none is promised.
    pub reply_hours: Option<u32>,
    /// Hours on working days within which it is acted upon.
    pub act_hours: u32,
    /// Hours on working days after an act by which it is looked at again.
    pub review_hours: u32,
}

/// A page of cases, and the counts of the whole filter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseList {
    /// The rows, in the order asked for.
    pub rows: Vec<CaseRow>,
    /// How many match in all.
    pub total: u64,
    /// Hand this back to get the next page; absent on the last.
    pub next_cursor: Option<String>,
    /// How many in each state would match without the filters on states and stages. Of a past moment there are no counts.
    pub state_counts: Vec<Count>,
    /// How many in each stage, likewise.
    pub stage_counts: Vec<Count>,
    /// How many of each type would match without the filter on types.
    pub type_counts: Vec<Count>,
    /// How many that are not closed are whose: `mine`, `team`, `pool`, `mentioned`, `all`.
    pub who_counts: Vec<Count>,
    /// How many of those that match have a clock that has run out.
    pub overdue_count: u64,
}

/// The work on one customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseRow {
    /// Stable id.
    pub id: i64,
    /// Customer id.
    pub customer_id: String,
    /// Customer's name.
    pub customer_name: String,
    /// Owner key.
    pub owner: Option<String>,
    /// How far it is: `new`, `accepted`, `closed`.
    pub state: String,
    /// Its case type.
    pub type_id: String,
    /// Name of the type.
    pub type_name: Words,
    /// Where it stands in its type.
    pub stage: String,
    /// Name of the stage.
    pub stage_name: Words,
    /// Since when it is in the stage.
    pub stage_since: String,
    /// `info`, `warning`, `urgent`, as it was opened.
    pub severity: String,
    /// The customer's tier of value as it was opened, where the type asks.
    pub tier: Option<String>,
    /// What it is about, where somebody opened it.
    pub about: Option<String>,
    /// Opened at.
    pub opened_at: String,
    /// By whom; `liuke` for the cycle.
    pub opened_by: String,
    /// On whose desk; absent: to be claimed.
    pub assigned_to: Option<String>,
    /// Name of whoever that is.
    pub assigned_name: Option<String>,
    /// To be accepted by.
    pub accept_by: String,
    /// The customer to be answered by, where an answer is promised.
    pub reply_by: Option<String>,
    /// To be acted upon by.
    pub act_by: String,
    /// What is due next.
    pub due_at: Option<String>,
    /// Which clock that is: `acknowledge`, `reply`, `act`, `review`.
    pub due_for: Option<String>,
    /// `on_time`, `due_today`, `overdue`.
    pub clock: Option<String>,
    /// Accepted at.
    pub accepted_at: Option<String>,
    /// By whom.
    pub accepted_by: Option<String>,
    /// When the customer had a first answer.
    pub replied_at: Option<String>,
    /// From whom.
    pub replied_by: Option<String>,
    /// When it was first acted upon since it was last opened.
    pub acted_at: Option<String>,
    /// By whom.
    pub acted_by: Option<String>,
    /// Closed at.
    pub closed_at: Option<String>,
    /// By whom.
    pub closed_by: Option<String>,
    /// One of the outcomes of its type; of a case that was taken off the desk `cleared`, `put_off`, `below_line`.
    pub outcome: Option<String>,
    /// What that is called.
    pub outcome_name: Option<Words>,
    /// What it counts as: `kept`, `lost`, `mistaken`, `other`; absent of a case that was taken off the desk.
    pub outcome_means: Option<String>,
    /// Note written on closing.
    pub note: Option<String>,
    /// Why the customer left, confirmed on closing.
    pub churn_reason: Option<String>,
    /// Name of that reason.
    pub churn_reason_name: Option<Words>,
    /// How often in a row it was handed on with nothing done in between.
    pub passes: u32,
    /// The longest such row.
    pub most_passes: u32,
    /// How often somebody urged.
    pub nudge_count: u32,
    /// When last.
    pub nudged_at: Option<String>,
    /// When it last went to a head.
    pub escalated_at: Option<String>,
    /// How often it was opened again.
    pub reopened_count: u32,
    /// Tasks that are not done.
    pub open_task_count: u64,
    /// Remarks on it.
    pub comment_count: u64,
    /// Grows by one with every change; send it back to change the case.
    pub version: i64,
    /// Alerts it works on.
    pub alerts: Vec<AlertRow>,
    /// Every step, oldest first.
    pub steps: Vec<CaseStep>,
}

/// One step in a case's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseStep {
    /// `opened`, `accepted`, `claimed`, `assigned`, `transferred`, `escalated`, `nudged`, `replied`, `acted`, `advanced`,
    /// `closed`, `reopened`, `task_done`, `handed_over`, `cleared`, `put_off`, `below_line`.
    pub what: String,
    /// The same in words.
    pub move_name: Words,
    /// When.
    pub at: String,
    /// Who; `liuke` for the cycle.
    pub actor: String,
    /// The stage it came to or stayed in.
    pub stage: String,
    /// Name of that stage.
    pub stage_name: Words,
    /// How long it had been in the stage before, in seconds; 0 of the first step.
    pub stage_seconds: u64,
    /// The same in working time.
    pub working_seconds: u64,
    /// On whose desk it was then.
    pub assigned_to: Option<String>,
    /// Name of whoever that is.
    pub assigned_name: Option<String>,
    /// What was said with it.
    pub note: Option<String>,
    /// How it ended, if it did.
    pub outcome: Option<String>,
    /// What that is called.
    pub outcome_name: Option<Words>,
}

/// The work on one case, and what the reader may do about it now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseWork {
    /// The case.
    pub case: CaseRow,
    /// The moves that the reader may make now, in the type's order.
    pub moves: Vec<CaseMove>,
    /// Who may be given the case or a task of it: who works and sees the customer.
    pub people: Vec<Assignee>,
    /// Open ones by what is due first, then done ones.
    pub tasks: Vec<CaseTask>,
    /// What weekly reviews decided about the customer and is not done, of the reader and those whom they head.
    pub decisions: Vec<ReviewDecision>,
    /// Remarks, oldest first.
    pub comments: Vec<CaseComment>,
    /// Whether the reader may do anything.
    pub can_work: bool,
}

/// A task of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseTask {
    /// Stable id.
    pub id: i64,
    /// Grows by one with every change; send it back to change the task.
    pub version: i64,
    /// What is to be done.
    pub title: String,
    /// Name of whoever does it.
    pub who: Option<String>,
    /// Their id.
    pub who_id: Option<i64>,
    /// By when.
    pub due_at: Option<String>,
    /// `on_time`, `due_today`, `overdue`; absent where it is done or never due.
    pub clock: Option<String>,
    /// When it was written down.
    pub created_at: String,
    /// By whom.
    pub created_by: String,
    /// When it was done.
    pub done_at: Option<String>,
    /// By whom.
    pub done_by: Option<String>,
    /// The advice that it was filled from.
    pub advice: Option<TaskAdvice>,
}

/// Which entry of the library of advice a task was filled from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskAdvice {
    /// Id of the entry.
    pub id: String,
    /// Its name as it is now; the id where the library no longer has it.
    pub name: Words,
    /// How often the firm had written it then; 0 of the shipped one.
    pub version: i64,
}

/// What filling a task from advice sends.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct NewAdviceTask {
    /// Another reason than the one that speaks loudest: the id of an entry of the library.
    pub reason: Option<String>,
    /// In which language it is written down: `zh` (when absent), `en`.
    pub lang: Option<String>,
}

/// A task that advice filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdvisedTask {
    /// The case that it is of.
    pub case_id: i64,
    /// Whether that case was opened for it.
    pub opened: bool,
    /// Whether it is new; one of the same advice that still waited is the answer otherwise.
    pub made: bool,
    /// The task.
    pub task: CaseTask,
}

/// What waits for one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaitingWork {
    /// What is due first, first; at most 200.
    pub rows: Vec<WaitingRow>,
    /// How many there are in all.
    pub total: u64,
    /// How many are due today or overdue.
    pub due_count: u64,
    /// How many are overdue.
    pub overdue_count: u64,
}

/// A task of a case or a decision of a weekly review that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaitingRow {
    /// `task` or `decision`.
    pub kind: String,
    /// Id of the task or of the decision.
    pub id: i64,
    /// Send it back to say that it is done.
    pub version: i64,
    /// What is to be done.
    pub title: String,
    /// About whom it is.
    pub customer_id: Option<String>,
    /// Name of whoever that is.
    pub customer_name: Option<String>,
    /// The case of a task.
    pub case_id: Option<i64>,
    /// Monday of the week that was reviewed, of a decision.
    pub week_on: Option<String>,
    /// By when.
    pub due_at: Option<String>,
    /// `on_time`, `due_today`, `overdue`; absent where it is never due.
    pub clock: Option<String>,
    /// The advice that a task was filled from.
    pub advice: Option<TaskAdvice>,
}

/// A remark on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseComment {
    /// Stable id.
    pub id: i64,
    /// When.
    pub at: String,
    /// By whom.
    pub by: String,
    /// What was said.
    pub body: String,
    /// Whom it mentions.
    pub mentions: Vec<Assignee>,
}

/// What accepting a case sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct AcceptCase {
    /// The version seen.
    pub version: i64,
}

/// What closing a case sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CloseCase {
    /// The version seen.
    pub version: i64,
    /// One of the outcomes of the case's type.
    pub outcome: String,
    /// A note.
    pub note: Option<String>,
    /// Why the customer left: one of the firm's reasons; needed where the outcome means `lost`.
    pub churn_reason: Option<String>,
}

/// What moving a case sends.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct MoveCase {
    /// The version seen.
    pub version: i64,
    /// Id of the move.
    #[serde(rename = "move")]
    pub by: String,
    /// What there is to say, in at most 2,000 letters.
    pub note: Option<String>,
    /// Why, in 1 to 500 letters.
    pub reason: Option<String>,
    /// Id of the person who gets it.
    pub to: Option<i64>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Why the customer left.
    pub churn_reason: Option<String>,
}

/// What opening a case by hand sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewCase {
    /// Whom it is about.
    pub customer_id: String,
    /// Its type.
    pub type_id: String,
    /// What it is about, in 1 to 500 letters.
    pub about: String,
    /// `info`, `warning` (when absent), `urgent`.
    pub severity: Option<String>,
    /// Id of the person who gets it; the type's rule decides when absent.
    pub to: Option<i64>,
}

/// What writing a task down sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewCaseTask {
    /// What is to be done, in 1 to 200 letters.
    pub title: String,
    /// Id of the person.
    pub to: Option<i64>,
    /// By when: a day (`YYYY-MM-DD`, its end) or a moment.
    pub due: Option<String>,
}

/// What changing a task sends; what is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CaseTaskChange {
    /// The version of the task that was seen.
    pub version: i64,
    /// Whether it is done.
    pub done: Option<bool>,
    /// What is to be done.
    pub title: Option<String>,
    /// Id of the person.
    pub to: Option<i64>,
    /// By when.
    pub due: Option<String>,
}

/// What a remark sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewCaseComment {
    /// What is said, in 1 to 2,000 letters; `@` and the name of somebody who may be given the case mentions them.
    pub body: String,
}
