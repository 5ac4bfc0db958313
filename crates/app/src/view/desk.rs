//! The life of alerts on the desk: put off, called false, done to many at once, ranked; and the alert budget.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Count, Figure, Words};

/// An alert put off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SnoozeRow {
    /// Until when.
    pub until: String,
    /// Since when.
    pub at: String,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Why a customer ranks where it does: `at_risk = value × worry`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AlertRank {
    /// Place among everything that the filter matches, from 1; absent where the list is in another order.
    pub place: Option<u64>,
    /// Expected value at risk; absent where the customer's own value is unknown.
    pub at_risk: Option<f64>,
    /// The value taken: the customer's own, else that of the middle customer.
    pub value: f64,
    /// Whether it is that of the middle customer.
    pub is_typical: bool,
    /// The share taken to be at risk, 0 to 1.
    pub worry: f64,
    /// What that is: `risk` (the probability of leaving within the horizon, by the model in service), `usual_risk` (its mean
    /// over all, of a customer whom the model is not asked about); without a model `health` (the part of health that is gone)
    /// or, where health is unknown, `severity`.
    pub by: String,
    /// The horizon of the probability, in days; absent without a model.
    pub horizon_days: Option<u32>,
    /// Health, where known.
    pub health: Option<f64>,
}

/// Another open alert of the same customer: part of the same line of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AlertPart {
    /// Stable id.
    pub id: i64,
    /// Grows by one with every change.
    pub version: i64,
    /// Rule that raised it.
    pub rule: String,
    /// Name of the rule.
    pub rule_name: Words,
    /// `info`, `warning`, `urgent`.
    pub severity: String,
    /// Reason in the customer's own figures.
    pub sentence: Words,
}

/// What putting an alert off sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct SnoozeAlert {
    /// The version seen.
    pub version: i64,
    /// Until the beginning of this day (`YYYY-MM-DD` in the firm's zone), at most a year ahead.
    pub until: String,
    /// Why, in 1 to 500 letters.
    pub reason: String,
}

/// What taking an alert up again sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct WakeAlert {
    /// The version seen.
    pub version: i64,
}

/// What calling an alert false sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct FalseAlert {
    /// The version seen.
    pub version: i64,
    /// Why there is nothing to warn of, in 1 to 500 letters.
    pub reason: String,
}

/// One thing done to many alerts.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct BulkRequest {
    /// `accept`, `assign`, `snooze`, `wake`, `close`, `false_alarm`.
    pub action: String,
    /// At most 500.
    pub alerts: Vec<BulkAlert>,
    /// Until which day, of `snooze`.
    pub until: Option<String>,
    /// Why, of `snooze` and `false_alarm`.
    pub reason: Option<String>,
    /// Outcome, of `close`: see `CaseRow`.
    pub outcome: Option<String>,
    /// A note, of `close`.
    pub note: Option<String>,
    /// Why the customers left, of `close` with outcome `churned`.
    pub churn_reason: Option<String>,
    /// Id of the person, of `assign`.
    pub to: Option<i64>,
}

/// One of the alerts.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct BulkAlert {
    /// Which.
    pub id: i64,
    /// The version seen.
    pub version: i64,
    /// The version of its case that was seen; `accept`, `assign` and `close` change the case.
    pub case_version: Option<i64>,
}

/// What came of each alert.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkResult {
    /// A row for each alert, in the order sent.
    pub rows: Vec<BulkRow>,
    /// How many were done.
    pub done_count: u64,
}

/// What came of one alert.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkRow {
    /// Which.
    pub id: i64,
    /// Whether it was done.
    pub done: bool,
    /// Why not: a stable word such as `version_conflict`.
    pub code: Option<String>,
    /// The same in words.
    pub detail: Option<Words>,
}

/// What the alerts page needs besides its rows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeskPage {
    /// Lines of work by where they stand: `desk`, `below`, `snoozed`, `notice`.
    pub standing_counts: Vec<Count>,
    /// Who may be given a case.
    pub assignees: Vec<Assignee>,
    /// What came of each rule's alerts in the last 90 days, among the customers seen.
    pub rules: Vec<RuleRecord>,
    /// How far this week's budget is used; absent without one.
    pub week: Option<BudgetWeek>,
}

/// Somebody who works cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Assignee {
    /// Stable id.
    pub id: i64,
    /// Name.
    pub name: String,
}

/// What came of a rule's alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleRecord {
    /// The rule.
    pub rule: String,
    /// Alerts that it opened.
    pub opened: u64,
    /// Those that somebody worked on.
    pub acted: u64,
    /// Those that were called false.
    pub false_alarms: u64,
}

/// A filter of a page that somebody saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SavedView {
    /// Which.
    pub id: i64,
    /// The page: `alerts`, `cases`.
    pub page: String,
    /// Its name.
    pub name: String,
    /// The filter as the page's address has it.
    pub query: String,
}

/// A filter to save.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewSavedView {
    /// The page: `alerts`, `cases`.
    pub page: String,
    /// Its name, in 1 to 40 letters; one of this name is replaced.
    pub name: String,
    /// The filter as the page's address has it, at most 1,000 letters.
    pub query: String,
}

/// How much work fits the hands that do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Budget {
    /// Who works alerts, 1 to 1,000.
    pub people: u32,
    /// New cases that each can take in a week, 1 to 1,000.
    pub cases_per_person: u32,
    /// Urgent alerts come on the desk besides.
    pub urgent_passes: bool,
}

/// How far the budget of a week is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BudgetWeek {
    /// The week's beginning.
    pub from: String,
    /// New cases that the week can take.
    pub per_week: u64,
    /// New cases that may have come on the desk by today: the week's are spread over its working days.
    pub allowance: u64,
    /// New cases that have come on the desk this week and stayed.
    pub opened: u64,
}

/// The budget, if one is set, and what it was before.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BudgetPage {
    /// What is set; absent: every alert that is work comes on the desk.
    pub budget: Option<Budget>,
    /// How far this week's is used.
    pub week: Option<BudgetWeek>,
    /// People who could work alerts: a place to start from.
    pub staff_count: u64,
    /// Every change, the latest first.
    pub changes: Vec<BudgetChange>,
}

/// A change of the budget.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BudgetChange {
    /// When.
    pub at: String,
    /// By whom.
    pub actor: String,
    /// What was set; absent: the budget was taken away.
    pub budget: Option<Budget>,
}

/// What setting the budget sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct PutBudget {
    /// What to set; absent: none.
    pub budget: Option<Budget>,
}

/// What a budget would do: to what is open now, and to the last half year.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BudgetPreview {
    /// The budget asked about.
    pub budget: Budget,
    /// New cases a week.
    pub per_week: u64,
    /// Customers with an open alert that is work and that nobody works on yet, most at risk first: at most 200.
    pub candidates: Vec<BudgetCandidate>,
    /// How many there are.
    pub candidate_count: u64,
    /// How many of them come on the desk.
    pub above_count: u64,
    /// How many of those pass, being urgent, besides what the week can take.
    pub passing_count: u64,
    /// The value at risk from which on one comes on the desk now; absent where nobody waits.
    pub threshold: Option<f64>,
    /// The ten just below the line.
    pub next: Vec<BudgetCandidate>,
    /// New cases that a week can take beyond those who wait.
    pub room_count: u64,
    /// Whom that room could serve: customers without an alert or a case, the lowest health first; as many as there is room for, at
    /// most ten.
    pub beyond: Vec<BudgetBeyond>,
    /// `running`, `done`, `too_short`, `failed`: how far the replay of the last 26 weeks is.
    pub state: String,
    /// What it gave.
    pub replay: Option<BudgetReplay>,
}

/// A customer on one side of the line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BudgetCandidate {
    /// Customer id.
    pub customer_id: String,
    /// Customer's name.
    pub customer_name: String,
    /// The severest alert.
    pub severity: String,
    /// Expected value at risk; what orders them.
    pub at_risk: f64,
    /// The customer's own value.
    pub value: Figure,
    /// Health, where known.
    pub health: Option<f64>,
    /// Whether it comes on the desk.
    pub is_above: bool,
    /// Whether it passes the line, being urgent.
    pub passes: bool,
}

/// A customer without an alert whom the hands have room for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BudgetBeyond {
    /// Customer id.
    pub customer_id: String,
    /// Customer's name.
    pub customer_name: String,
    /// Health.
    pub health: f64,
    /// What costs it most health.
    pub reason: Option<Words>,
}

/// The last 26 weeks with a budget.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BudgetReplay {
    /// The first week.
    pub from: String,
    /// The end.
    pub to: String,
    /// Week by week.
    pub weeks: Vec<ReplayedWeek>,
    /// New cases a week, mean, those that pass included.
    pub alerts_per_week: f64,
    /// Median of the weekly thresholds; absent where nobody ever waited.
    pub threshold: Option<f64>,
    /// Customers that left.
    pub leavers: u64,
    /// Leavers that had come on the desk in time.
    pub caught: u64,
    /// The same if everything came on the desk.
    pub caught_without: u64,
    /// Days ahead that count as in time.
    pub lead_days: u32,
    /// And at most so many.
    pub horizon_days: u32,
    /// Whether leavers are too few to speak of shares.
    pub is_few: bool,
}

/// One week of a replay.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReplayedWeek {
    /// Its moment.
    pub at: String,
    /// Customers that could have come on the desk.
    pub candidates: u64,
    /// Those that did: never more than the budget.
    pub taken: u64,
    /// Those that passed besides, being urgent.
    pub passing: u64,
    /// The value at risk from which on; absent where nobody waited.
    pub threshold: Option<f64>,
}
