//! Customers: the list, the page of one, its timeline.

use serde::Serialize;
use utoipa::ToSchema;

use super::{AlertRow, CaseRow, CustomerTag, Figure, JudgementRow, Peers, RiskShort, SegmentName, Words};

/// The verdict on one customer: one band, with what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Verdict {
    /// `low`, `medium`, `high`, `critical`; absent when too little is known.
    pub band: Option<String>,
    /// Health in points, 0 to 100.
    pub health: Option<f64>,
    /// Share of the scorecard's weight that is known, 0 to 1.
    pub coverage: f64,
    /// How far it is to be believed: `firm`, or `thin` where it rests on little.
    pub firmness: String,
    /// Why there is no health, when there is none.
    pub unknown_because: Option<Words>,
}

/// Where a customer stands by the churn definition.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Standing {
    /// `current`, `too_new`, `gone`.
    pub state: String,
    /// When gone: the moment it counts as gone.
    pub gone_at: Option<String>,
    /// First fact known.
    pub first_seen_at: Option<String>,
    /// Last activity known, by the churn definition's own selector or else any fact of the customer's own doing.
    pub last_seen_at: Option<String>,
    /// That it had left and is there again, if so.
    pub won_back: Option<WonBack>,
}

/// A customer who had left and came back, as the facts say; by what doing is not told.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WonBack {
    /// The moment from which it counted as gone.
    pub gone_at: String,
    /// The moment from which it is there again.
    pub back_at: String,
}

/// One row of the customer list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerRow {
    /// The source's own id.
    pub id: String,
    /// Name, or the id where none is known.
    pub name: String,
    /// Owner key.
    pub owner: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// Change of health over the last 30 days, in points.
    pub health_change_30d: Option<f64>,
    /// Health over the last 180 days, oldest first, at most 27 weekly points; `null` where unknown.
    pub trend: Vec<Option<f64>>,
    /// Where it stands.
    pub standing: Standing,
    /// Value by the deployment's measure, in the firm's currency.
    pub value: Figure,
    /// The strongest reason.
    pub reason: Option<Words>,
    /// What the model in service says; absent without one, and of whoever is gone, too new or internal.
    pub risk: Option<RiskShort>,
    /// Open alerts.
    pub open_alert_count: u32,
    /// Contract end, where known.
    pub contract_end_on: Option<String>,
    /// Tier of value: `high`, `middle`, `low`; absent where the value is unknown.
    pub tier: Option<String>,
    /// Cell of recency, frequency and monetary value: `key_value`, …; absent where one of the three is unknown.
    pub rfm: Option<String>,
    /// Tags that people put on it, by name.
    pub tags: Vec<String>,
}

/// The customers page: a page of rows, with counts of the whole filter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerList {
    /// The rows.
    pub rows: Vec<CustomerRow>,
    /// How many the filter matches.
    pub total: u64,
    /// Next page.
    pub next_cursor: Option<String>,
    /// Among the matches, without regard to the band filter: how many in each band.
    pub band_counts: Vec<Count>,
    /// Among the matches, without regard to the tier filter: how many of each tier of value.
    pub tier_counts: Vec<Count>,
    /// Among all customers in scope: how many in each state; they add up to all, always.
    pub state_counts: Vec<Count>,
    /// Owners that can be filtered by.
    pub owners: Vec<String>,
    /// The moment shown.
    pub as_of: String,
}

/// How many of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Count {
    /// The word: a band (or `unknown`), a state, a kind.
    pub key: String,
    /// How many.
    pub count: u64,
}

/// Signed share of one indicator in the health.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ContributionRow {
    /// Indicator id.
    pub indicator: String,
    /// Name of the indicator.
    pub name: Words,
    /// Its dimension's id.
    pub dimension: String,
    /// Name of the dimension.
    pub dimension_name: Words,
    /// Points it adds (positive) or takes (negative); with the base they sum to the health exactly.
    pub points: f64,
    /// The indicator's figure.
    pub figure: Figure,
    /// How it was counted: `whole`, `faded` (old: with less weight), `stale` (too old: as the worst), `neutral` (no number: as
    /// for a typical customer), `poor` (no number: as the worst).
    pub counted: String,
    /// Unit of the figure.
    pub unit: String,
    /// In the customer's own figures.
    pub sentence: Words,
}

/// One indicator of the customer, with its own history.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorRow {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Words,
    /// The question it answers.
    pub question: Words,
    /// `behaviour`, `finance`, `satisfaction`, `relationship`, ….
    pub category: String,
    /// Unit.
    pub unit: String,
    /// `higher`, `lower`, `both`, `none`: which way is worse.
    pub worse: String,
    /// Window as written (`30d`), where it has one.
    pub window: Option<String>,
    /// Now.
    pub figure: Figure,
    /// Among whom the customer was put, where the number is a place among others.
    pub peers: Option<Peers>,
    /// Weekly history, oldest first.
    pub history: Vec<Point>,
}

/// A value at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Point {
    /// Date in the firm's zone.
    pub on: String,
    /// `null` where unknown.
    pub value: Option<f64>,
}

/// What changed in the health since a week ago.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HealthChange {
    /// Health a week ago.
    pub before: Option<f64>,
    /// Contributions that moved, largest first; they sum to the difference exactly.
    pub moved: Vec<ContributionRow>,
}

/// The page of one customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerPage {
    /// As in the list.
    pub row: CustomerRow,
    /// The moment shown.
    pub as_of: String,
    /// Health a customer starts from before contributions.
    pub base: f64,
    /// Health over time, weekly, oldest first.
    pub health_history: Vec<Point>,
    /// Where the bands change, e.g. `[["critical",0],["high",40],…]`.
    pub band_floors: Vec<BandFloor>,
    /// Contributions grouped by dimension, in the scorecard's order.
    pub contributions: Vec<ContributionRow>,
    /// The strongest reasons, at most three, worst first.
    pub reasons: Vec<Words>,
    /// Since last week.
    pub change: HealthChange,
    /// Every indicator.
    pub indicators: Vec<IndicatorRow>,
    /// Against its own rhythm, where there is history enough to tell.
    pub rhythm: Option<CustomerRhythm>,
    /// Traits: key, value, since when.
    pub traits: Vec<TraitRow>,
    /// Alerts, open first.
    pub alerts: Vec<AlertRow>,
    /// Cases, open first.
    pub cases: Vec<CaseRow>,
    /// Name of the scorecard.
    pub scorecard: Words,
    /// Hash of its version and of the indicators it reads.
    pub scorecard_version: String,
    /// What the other scorecards that are for this customer say.
    pub other_healths: Vec<OtherHealth>,
    /// What people said of this customer's health, newest first.
    pub judgements: Vec<JudgementRow>,
    /// How many facts there are by kind.
    pub fact_counts: Vec<Count>,
    /// Its tags, with who put them on and when.
    pub tags: Vec<CustomerTag>,
    /// The segments it belongs to, in the order of their definition.
    pub segments: Vec<SegmentName>,
}

/// What one more scorecard that is for a customer says of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OtherHealth {
    /// The scorecard's id.
    pub scorecard: String,
    /// What it is called.
    pub name: Words,
    /// Its verdict.
    pub verdict: Verdict,
}

/// A customer against its own rhythm, season and holidays that everybody shares taken out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerRhythm {
    /// Id of the indicator that says how rare its fall is.
    pub indicator: String,
    /// What that is called.
    pub name: Words,
    /// The moment up to which the weeks are told: that of the lists.
    pub as_of: String,
    /// Week by week, oldest first.
    pub weeks: Vec<RhythmWeek>,
    /// Whether it has left its rhythm, so that at most one unchanged customer in ten would seem so within a year.
    pub is_out: bool,
    /// The day on which the week of the change began, where it has left its rhythm.
    pub changed_on: Option<String>,
    /// What that comes to.
    pub sentence: Words,
}

/// A week of a customer's rhythm.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RhythmWeek {
    /// The day on which it began.
    pub on: String,
    /// What the customer did.
    pub count: f64,
    /// What was to be expected; `null` before there is a baseline.
    pub expected: Option<f64>,
    /// Below this lies one week in forty by luck.
    pub low: Option<f64>,
    /// Above this lies one week in forty by luck.
    pub high: Option<f64>,
}

/// Lower edge of a band.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct BandFloor {
    /// Band.
    pub band: String,
    /// Lowest health in it.
    pub from: f64,
}

/// One trait of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TraitRow {
    /// Key as it came.
    pub key: String,
    /// Present value.
    pub value: String,
    /// Since when it is known to be so.
    pub since: String,
}

/// One entry of the timeline.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// Stable within the customer.
    pub id: String,
    /// Kind of fact.
    pub kind: String,
    /// Name of what happened.
    pub name: String,
    /// When it happened.
    pub occurred_at: String,
    /// When we could have known.
    pub known_at: String,
    /// When we wrote it.
    pub recorded_at: String,
    /// Its value.
    pub value: Option<f64>,
    /// Currency, where it is not the firm's.
    pub currency: Option<String>,
    /// Words, as they came.
    pub text: Option<String>,
    /// Properties.
    pub properties: std::collections::BTreeMap<String, Option<String>>,
    /// Source.
    pub source: String,
    /// Equal facts of the same day folded into this entry, itself included.
    pub count: u32,
}
