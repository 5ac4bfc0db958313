//! The weekly review: a week in six numbers with the names behind them, its decisions, and the month by owner.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Assignee, Figure, Words};

/// A week as its review shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewPage {
    /// Monday of the week (`YYYY-MM-DD`).
    pub week_on: String,
    /// Sunday of the week.
    pub until_on: String,
    /// The Monday before.
    pub previous_on: String,
    /// The Monday after, if that week has begun.
    pub next_on: Option<String>,
    /// The moment at which the numbers stand: the end of the week, or now while it runs.
    pub at: String,
    /// Whether the week has ended.
    pub is_complete: bool,
    /// Whose customers: `mine`, `team`, `all`.
    pub reach: String,
    /// The six numbers, in the order in which they are read.
    pub numbers: Vec<ReviewNumber>,
    /// Of the alerts opened, those acted upon by the moment.
    pub opened_acted_count: u64,
    /// Of the customers lost, those that an alert was opened about in the half year before they left.
    pub lost_warned_count: Option<u64>,
    /// What the customers lost were worth, as far as it is known.
    pub lost_amount: Option<f64>,
    /// What came of each rule's alerts of the week, most alerts first.
    pub rules: Vec<RuleYield>,
    /// The customers lost in the week, most valuable first.
    pub lost: Vec<ReviewLost>,
    /// What later facts say of the leavers of the week; absent while nothing later is known, and of a past moment.
    pub later: Option<ReviewLater>,
    /// By which definition customers are lost.
    pub churn_name: Words,
    /// Why nobody can be said to have left yet, if so.
    pub not_yet: Option<Words>,
    /// What was decided in the review of the week before, and what is open from reviews before that.
    pub last_decisions: Vec<ReviewDecision>,
    /// What was decided in the review of this week.
    pub decisions: Vec<ReviewDecision>,
    /// To whom the reader may give a decision; nobody where they may not decide.
    pub people: Vec<Assignee>,
}

/// One of the numbers of a week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewNumber {
    /// `opened`, `acted`, `stayed`, `lost`, `late`, `false_alarm`.
    pub of: String,
    /// How many; absent where it cannot be said.
    pub count: Option<u64>,
    /// How many it was in the week before, as that week ended.
    pub before: Option<u64>,
}

/// What came of a rule's alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleYield {
    /// The rule.
    pub rule: String,
    /// Its name.
    pub name: Words,
    /// Alerts that it opened in the week.
    pub opened: u64,
    /// Of these, acted upon by the moment.
    pub acted: u64,
    /// Of these, called false by the moment.
    pub false_alarms: u64,
    /// Customers of these alerts that have left since, by what is known today; absent for a past moment.
    pub left_since: Option<u64>,
}

/// A customer lost in a week.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReviewLost {
    /// Customer id.
    pub customer_id: String,
    /// Name.
    pub customer_name: String,
    /// Owner key.
    pub owner: Option<String>,
    /// The moment from which it counts as gone.
    pub left_at: String,
    /// What it was worth at the end of the week.
    pub value: Figure,
    /// Whether an alert was opened about it in the half year before it left.
    pub was_warned: bool,
    /// Whether its post-mortem has worked out a change of the rules.
    pub has_proposal: bool,
}

/// What came out after the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewLater {
    /// Customers that left in the week by what is known today, and are not among its lost.
    pub left_too: Vec<ReviewCustomer>,
    /// Customers among its lost that did not leave in it by what is known today.
    pub did_not_leave: Vec<ReviewCustomer>,
}

/// A customer by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewCustomer {
    /// Customer id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// Something decided in the review of a week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewDecision {
    /// Stable id.
    pub id: i64,
    /// Grows by one with every change; send it back to change the decision.
    pub version: i64,
    /// Monday of the week that was reviewed.
    pub week_on: String,
    /// What is to be done.
    pub title: String,
    /// About whom it is, where it is about a customer.
    pub customer_id: Option<String>,
    /// Name of that customer, where the reader sees them.
    pub customer_name: Option<String>,
    /// Name of whoever does it.
    pub who: String,
    /// Their id.
    pub who_id: i64,
    /// By which day.
    pub due_on: String,
    /// `on_time`, `due_today`, `overdue`; absent where it is done.
    pub clock: Option<String>,
    /// When it was written down.
    pub created_at: String,
    /// By whom.
    pub created_by: String,
    /// When it was done.
    pub done_at: Option<String>,
    /// By whom.
    pub done_by: Option<String>,
    /// Whether it was done by its day; absent where it is not done.
    pub was_in_time: Option<bool>,
}

/// What writing a decision down sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewReviewDecision {
    /// Any day of the week that was reviewed.
    pub week_on: String,
    /// What is to be done, in 1 to 200 letters.
    pub title: String,
    /// Id of the person.
    pub to: i64,
    /// By which day (`YYYY-MM-DD`), from today to a year ahead.
    pub due_on: String,
    /// About which customer it is, where it is about one.
    pub customer_id: Option<String>,
}

/// What changing a decision sends; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ReviewDecisionChange {
    /// The version seen.
    pub version: i64,
    /// Whether it is done.
    pub done: Option<bool>,
    /// What is to be done.
    pub title: Option<String>,
    /// Id of the person.
    pub to: Option<i64>,
    /// By which day.
    pub due_on: Option<String>,
}

/// A page of the names behind a number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewNames {
    /// The rows, the latest first.
    pub rows: Vec<ReviewName>,
    /// How many there are in all.
    pub total: u64,
    /// Hand this back to get the next page; absent on the last.
    pub next_cursor: Option<String>,
}

/// One of those whom a number counts.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReviewName {
    /// Customer id.
    pub customer_id: String,
    /// Name.
    pub customer_name: String,
    /// Owner key.
    pub owner: Option<String>,
    /// When it was opened, acted upon, closed, lost, late or called false.
    pub at: String,
    /// Who acted, closed or called it false; whose desk it was late on.
    pub by: Option<String>,
    /// The case, if there is one.
    pub case_id: Option<i64>,
    /// The rule that opened the alert, if it is about one.
    pub rule: Option<String>,
    /// What there is to say: the reason of the alert, the clock that ran out, the name of the rule called false.
    pub words: Words,
    /// Value at the moment of the numbers.
    pub value: Figure,
}

/// A month by owner.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewMonth {
    /// `YYYY-MM`.
    pub month: String,
    /// The month before.
    pub previous: String,
    /// The month after, if it has begun.
    pub next: Option<String>,
    /// The moment at which the numbers stand: the end of the month, or now while it runs.
    pub at: String,
    /// Whether the month has ended.
    pub is_complete: bool,
    /// Whose customers: `mine`, `team`, `all`.
    pub reach: String,
    /// A row for each owner, those with most value first; customers of nobody last.
    pub rows: Vec<ReviewOwner>,
    /// All of them together.
    pub total: ReviewOwner,
    /// By which definition customers are lost.
    pub churn_name: Words,
    /// Why nobody can be said to have left yet, if so.
    pub not_yet: Option<Words>,
}

/// The month of one owner, or of all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct ReviewOwner {
    /// Owner key; absent for customers of nobody, and for all together.
    pub owner: Option<String>,
    /// Customers that are there at the moment.
    pub customers: u64,
    /// What they are worth together, as far as it is known; absent where nothing is known.
    pub amount: Option<f64>,
    /// Alerts opened in the month.
    pub opened: u64,
    /// Clocks of acting that were decided in the month: met, or run out.
    pub act_due: u64,
    /// Of these, met in time: acted upon, or closed by a person.
    pub act_in_time: u64,
    /// Customers lost in the month; absent where it cannot be said.
    pub lost: Option<u64>,
    /// What they were worth together, as far as it is known.
    pub lost_amount: Option<f64>,
    /// Promises that fell due in the month.
    pub promises_due: u64,
    /// Of these, kept.
    pub promises_kept: u64,
    /// Decisions of theirs that fell due in the month.
    pub decisions_due: u64,
    /// Of these, done.
    pub decisions_done: u64,
}
