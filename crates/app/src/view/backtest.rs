//! Replays of the past as screens show them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Words;

/// What to replay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct BacktestRequest {
    /// `health`, `rules` (those in force), `rule:ID`, `scorecard:ID` (the version in use) or `draft:ID` (the one being
    /// written; the version in use is replayed after it over the same stretch).
    pub scorer: String,
    /// Churn definition; the firm's when absent.
    pub churn: Option<String>,
    /// The first moment: `YYYY-MM-DD` or RFC 3339; a year before the end when absent.
    pub from: Option<String>,
    /// The end; the last midnight passed when absent.
    pub to: Option<String>,
    /// Warnings a week; as many as the rules give when absent.
    pub budget: Option<u32>,
    /// A warning must come so many days before leaving; 14 when absent.
    pub lead_days: Option<u32>,
    /// And at most so many; 90 when absent.
    pub horizon_days: Option<u32>,
}

/// Every replay, the newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Backtests {
    /// In a line each.
    pub items: Vec<BacktestRun>,
}

/// A replay: how far it is, and what came of it in a line.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BacktestRun {
    /// Its number.
    pub id: u64,
    /// `running`, `done`, `failed` or `stopped`.
    pub state: String,
    /// Part done, 0 to 1, while it runs.
    pub progress: Option<f64>,
    /// Why it failed.
    pub failure: Option<Words>,
    /// What is replayed: `health`, `rules`, `rule:ID`, `scorecard:ID@CONTENT`.
    pub scorer: String,
    /// Churn definition.
    pub churn: String,
    /// When it was begun.
    pub started_at: String,
    /// What came of it.
    pub result: Option<BacktestSummary>,
}

/// What came of a replay, in short: the badge of a rule or scorecard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestSummary {
    /// The first moment.
    pub from: String,
    /// The end.
    pub to: String,
    /// Customers that left.
    pub leavers: u64,
    /// Leavers warned of in time.
    pub caught: u64,
    /// Warnings given.
    pub alerts: u64,
    /// Warnings for nothing.
    pub false_alarms: u64,
    /// Warnings of which it cannot be told yet.
    pub undecided: u64,
    /// Median days ahead of those caught.
    pub lead_days: Option<f64>,
    /// Whether leavers were too few for any share.
    pub is_few: bool,
    /// The answer in a sentence.
    pub headline: Words,
    /// Horizon of the replay; 0 in what an older release kept.
    #[serde(default)]
    pub horizon_days: u32,
    /// What became of those who stood in each band, worst first.
    #[serde(default)]
    pub bands: Vec<BacktestBand>,
}

/// What became of those who stood in a band: the record behind a health of today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestBand {
    /// Band.
    pub band: String,
    /// How often somebody stood in it, each looked at once per horizon.
    pub stood: u64,
    /// How many of them left within the horizon.
    pub left: u64,
    /// That share; absent with fewer than 20 leavers in all.
    pub share: Option<BacktestShare>,
}

/// A replay with everything that came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BacktestPage {
    /// How far it is.
    pub run: BacktestRun,
    /// The answer, once there.
    pub report: Option<BacktestReport>,
}

/// A share with its 95 % interval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestShare {
    /// 0 to 1.
    pub share: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The figures of one way to warn: `alerts = in_time + late + false_alarms + undecided`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestCounts {
    /// Warnings given.
    pub alerts: u64,
    /// Those whose customer left within the lead days and the horizon after.
    pub in_time: u64,
    /// Those whose customer left sooner.
    pub late: u64,
    /// Those whose customer did not leave within the horizon.
    pub false_alarms: u64,
    /// Those of which it cannot be told yet.
    pub undecided: u64,
    /// Customers that left.
    pub leavers: u64,
    /// Leavers warned of in time.
    pub caught: u64,
    /// The others.
    pub missed: u64,
    /// Share of the decided warnings that were not for nothing; absent with fewer than 20 leavers.
    pub precision: Option<BacktestShare>,
    /// Share of the leavers that were caught; absent with fewer than 20 leavers.
    pub recall: Option<BacktestShare>,
}

/// One week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestWeek {
    /// Its moment.
    pub at: String,
    /// Warnings given at it, leavers within seven days after.
    pub counts: BacktestCounts,
}

/// Another way to warn, with as many warnings in each week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestComparison {
    /// `present` (the rules in force), `everyone` (in turn), `recency` (silence alone), `single` (the best indicator).
    pub id: String,
    /// What it is.
    pub name: Words,
    /// The indicator, of `single`.
    pub indicator: Option<String>,
    /// Its figures.
    pub counts: BacktestCounts,
}

/// A part of the customers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestSegment {
    /// What it is cut by: `band`, `value`, `segment` (the firm's named ones), `owner`.
    pub by: String,
    /// Which part: a band, `high`, `middle`, `low`, the id of a segment, an owner; empty where unknown, and for whoever is in
    /// none of the segments.
    pub key: String,
    /// What a named segment is called.
    pub name: Option<Words>,
    /// Its figures. Whoever is in several segments counts in each.
    pub counts: BacktestCounts,
}

/// Days from the first warning in time to the leaving.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestLead {
    /// Half had at least so many.
    pub median: f64,
    /// A quarter had at most so many.
    pub low_quartile: f64,
    /// A quarter had at least so many.
    pub high_quartile: f64,
    /// Leavers by week of lead.
    pub histogram: Vec<BacktestLeadBin>,
}

/// Leavers warned of so many days ahead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestLeadBin {
    /// From so many days, to six more.
    pub from_days: u32,
    /// How many.
    pub leavers: u64,
}

/// A customer that left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestLeaver {
    /// Id.
    pub customer: String,
    /// Name, or the id.
    pub name: String,
    /// When it counts as gone.
    pub left_at: String,
    /// Its last sign of life before.
    pub last_seen_at: Option<String>,
    /// Absent = caught; else `never`, `too_late`, `too_early`, `no_time`.
    pub missed: Option<String>,
    /// The first warning in time; of a missed one the nearest, if any.
    pub warned_at: Option<String>,
    /// Days from that warning to leaving.
    pub lead_days: Option<f64>,
    /// What spoke: a rule, `health_band`, `health`, `rules`, `table`.
    pub signal: Option<String>,
    /// The same in words.
    pub signal_name: Option<Words>,
    /// What it said.
    pub sentence: Option<Words>,
    /// What it was worth then, in the firm's currency.
    pub value: Option<f64>,
    /// Health then.
    pub health: Option<f64>,
    /// Band then.
    pub band: Option<String>,
    /// Owner then.
    pub owner: Option<String>,
}

/// A warning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestWarning {
    /// Id.
    pub customer: String,
    /// Name, or the id.
    pub name: String,
    /// When.
    pub at: String,
    /// What spoke.
    pub signal: String,
    /// The same in words.
    pub signal_name: Words,
    /// What it said.
    pub sentence: Words,
    /// `in_time`, `late`, `false`, `undecided`.
    pub fate: String,
    /// When the customer left, if it did.
    pub left_at: Option<String>,
    /// What it was worth.
    pub value: Option<f64>,
    /// Its health.
    pub health: Option<f64>,
    /// Its band.
    pub band: Option<String>,
    /// Its owner.
    pub owner: Option<String>,
}

/// What must be known beside the figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BacktestNote {
    /// Stable code: `too_few_leavers`, `not_yet`, `facts_end`, `first_week`, `untried`, `shortened`.
    pub code: String,
    /// What it says.
    pub text: Words,
}

/// What would have come of a scorer over a stretch of the past.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestReport {
    /// What was replayed.
    pub scorer: String,
    /// Churn definition, or `table`.
    pub churn: String,
    /// The first moment.
    pub from: String,
    /// The end.
    pub to: String,
    /// Up to when it can be told who left.
    pub told_until: String,
    /// Weekly moments.
    pub moments: u64,
    /// A warning must come so many days ahead.
    pub lead_days: u32,
    /// And at most so many.
    pub horizon_days: u32,
    /// Warnings a week, if they were given.
    pub budget: Option<u32>,
    /// Customers that alerts could speak of.
    pub customers: u64,
    /// Whether leavers are too few for any share.
    pub is_few: bool,
    /// The answer in a sentence.
    pub headline: Words,
    /// The comparison in a sentence.
    pub compared: Words,
    /// The figures.
    pub counts: BacktestCounts,
    /// Warnings a week, mean.
    pub alerts_per_week: f64,
    /// The same for each person who looks after customers.
    pub alerts_per_owner_week: Option<f64>,
    /// Lead of the caught.
    pub lead: Option<BacktestLead>,
    /// Week by week.
    pub weeks: Vec<BacktestWeek>,
    /// Other ways to warn.
    pub comparisons: Vec<BacktestComparison>,
    /// By band, value, named segment and owner.
    pub segments: Vec<BacktestSegment>,
    /// What became of those who stood in each band, worst first.
    #[serde(default)]
    pub bands: Vec<BacktestBand>,
    /// Who left.
    pub leavers: Vec<BacktestLeaver>,
    /// Every warning; the page of a replay gives the first thousand.
    pub warnings: Vec<BacktestWarning>,
    /// How many warnings there are in all.
    pub warning_count: u64,
    /// What must be known beside.
    pub notes: Vec<BacktestNote>,
}

/// What is proven of a scorecard or a rule on the firm's own past.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScorerProof {
    /// `never` (never backtested), `backtested`, `in_service`.
    pub state: String,
    /// What its last replay gave.
    pub backtest: Option<ProofBacktest>,
    /// What it has done since it is in service.
    pub service: Option<ProofService>,
}

/// The last replay of a scorer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProofBacktest {
    /// Number of the replay.
    pub id: u64,
    /// When it was made.
    pub at: String,
    /// What came of it.
    pub result: BacktestSummary,
}

/// The record of a rule in service, of the customers seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProofService {
    /// Alerts that it has opened.
    pub alerts: u64,
    /// Those still open.
    pub open: u64,
    /// Those that somebody called false, alone or with their case.
    #[serde(default)]
    pub false_alarms: u64,
}

/// What is proven of a rule or scorecard.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProofOf {
    /// `health` or `rule:ID`.
    pub scorer: String,
    /// What is proven.
    pub proof: ScorerProof,
}

/// What would have been seen of the firm's own last year.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Lookback {
    /// `none` (nobody has looked yet), `too_short`, `running`, `done`, `failed`, `stopped`.
    pub state: String,
    /// Why there is nothing to look back on.
    pub because: Option<Words>,
    /// The replay.
    pub page: Option<BacktestPage>,
}
