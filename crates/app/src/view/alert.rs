//! Alerts, cases and the page of the day.

use serde::Serialize;
use utoipa::ToSchema;

use super::{AlertPart, AlertRank, CustomerRow, Figure, SnoozeRow, Verdict, Words};

/// One alert.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertRow {
    /// Stable id.
    pub id: i64,
    /// Customer id.
    pub customer_id: String,
    /// Customer's name.
    pub customer_name: String,
    /// Owner key.
    pub owner: Option<String>,
    /// Rule that raised it.
    pub rule: String,
    /// Name of the rule.
    pub rule_name: Words,
    /// Cause: at most one open alert per customer and cause.
    pub cause: String,
    /// `info`, `warning`, `urgent`.
    pub severity: String,
    /// Reason in the customer's own figures.
    pub sentence: Words,
    /// `open`, `resolved`.
    pub state: String,
    /// Opened at.
    pub opened_at: String,
    /// Resolved at.
    pub resolved_at: Option<String>,
    /// Why resolved: `cleared`, `closed`, `gone`, `false_alarm`.
    pub resolution: Option<String>,
    /// Grows by one with every change; send it back to change the alert.
    pub version: i64,
    /// Where it stands while open: `desk` (a case works on it), `below` (no room this week), `snoozed`, `notice` (worth
    /// knowing only).
    pub standing: Option<String>,
    /// Put off until when, by whom and why.
    pub snooze: Option<SnoozeRow>,
    /// Why somebody called it false.
    pub false_reason: Option<String>,
    /// Why it ranks where it does.
    pub rank: AlertRank,
    /// The suggested next step.
    pub next_step: Words,
    /// In a list of lines: what the customer's open alerts say together, each figure once.
    pub reasons: Vec<Words>,
    /// In a list of lines: the customer's other open alerts.
    pub others: Vec<AlertPart>,
    /// The case that works on it.
    pub case_id: Option<i64>,
    /// State of that case.
    pub case_state: Option<String>,
    /// Version of that case.
    pub case_version: Option<i64>,
    /// Whose desk that case is on.
    pub assigned_to: Option<String>,
    /// When it is due, where a case is open.
    pub due_at: Option<String>,
    /// Present verdict on the customer.
    pub verdict: Option<Verdict>,
    /// Value of the customer.
    pub value: Figure,
}

/// The alerts page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertList {
    /// Rows.
    pub rows: Vec<AlertRow>,
    /// How many match.
    pub total: u64,
    /// Next page.
    pub next_cursor: Option<String>,
    /// Counts by severity of what matches without the severity filter.
    pub severity_counts: Vec<super::Count>,
    /// Counts by case state (`new`, `accepted`, `closed`, `none`) without that filter.
    pub case_state_counts: Vec<super::Count>,
    /// Owners to filter by.
    pub owners: Vec<String>,
    /// The moment shown.
    pub as_of: String,
}

/// One customer to look after today.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TodayRow {
    /// The customer.
    pub customer: CustomerRow,
    /// The open case.
    pub case_id: i64,
    /// Its state: `new` or `accepted`.
    pub case_state: String,
    /// Its version.
    pub case_version: i64,
    /// When it was opened.
    pub opened_at: String,
    /// What is due next.
    pub due_at: String,
    /// `on_time`, `due_today`, `overdue`.
    pub clock: String,
    /// Severest alert.
    pub severity: String,
    /// One sentence per open alert, severest first.
    pub sentences: Vec<Words>,
    /// The suggested next step.
    pub next_step: Words,
}

/// The page of the day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Today {
    /// The moment shown.
    pub as_of: String,
    /// Ranked rows: overdue first, then by band, value and time.
    pub rows: Vec<TodayRow>,
    /// How many customers in all.
    pub total: u64,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
    /// How many are due today or overdue.
    pub due_count: u64,
    /// How many are overdue.
    pub overdue_count: u64,
    /// Value of these customers together, in the firm's currency; what is unknown is left out.
    pub value_sum: f64,
    /// How many of them have no known value.
    pub value_unknown_count: u64,
    /// How many cases were closed since midnight.
    pub closed_today_count: u64,
    /// How many customers whom nobody owns need attention.
    pub unowned_count: u64,
    /// Up to two pieces of good news.
    pub good_news: Vec<GoodNews>,
    /// When the list was last computed.
    pub computed_at: Option<String>,
    /// Why there is no list, when none can be made yet.
    pub not_yet: Option<Words>,
    /// How far the score is proved on this firm's own history.
    pub proof: Proof,
}

/// How far a score is proved here.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Proof {
    /// `untested`: never backtested on this firm's data.
    pub stage: String,
    /// In a sentence.
    pub sentence: Words,
}

/// A customer that is doing better.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GoodNews {
    /// Customer id.
    pub customer_id: String,
    /// Its name.
    pub customer_name: String,
    /// What got better.
    pub sentence: Words,
}
