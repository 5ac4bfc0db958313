//! What history suggests, as screens show it: weights of a scorecard, and rules.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BacktestCounts, BacktestShare, ModelMetric, ModelReadiness, ModelRefusal, ModelStretch, Words};

/// Which weights to learn.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct WeightsRequest {
    /// The scorecard as it is written, saved or not: its weights are those that the suggestion starts from.
    pub definition: String,
    /// Churn definition; the firm's when absent.
    pub churn: Option<String>,
    /// How far ahead leaving counts: 30, 60, 90 or 180 days; 90 when absent.
    pub horizon_days: Option<u32>,
}

/// The learning of weights of this scorecard that runs, or ran last.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WeightsPage {
    /// Absent if there was none since the server started.
    pub run: Option<WeightsRun>,
}

/// Weights being learnt, or learnt.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WeightsRun {
    /// `running`, `done`, `refused`, `stopped` or `failed`.
    pub state: String,
    /// The part done, 0 to 1, while it runs.
    pub progress: Option<f64>,
    /// The scorecard.
    pub scorecard: String,
    /// Churn definition.
    pub churn: String,
    /// How far ahead leaving counts, in days.
    pub horizon_days: u32,
    /// When it was begun.
    pub started_at: String,
    /// Whether history carries it.
    pub readiness: Option<ModelReadiness>,
    /// Why there is no suggestion.
    pub refusal: Option<ModelRefusal>,
    /// Why it failed.
    pub failure: Option<Words>,
    /// The suggestion.
    pub answer: Option<SuggestedWeights>,
}

/// Weights suggested beside those there are.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SuggestedWeights {
    /// The months learnt from.
    pub learnt: ModelStretch,
    /// The later months that chose how far to trust the outcomes; absent where history is too short for months of their own.
    pub chosen: Option<ModelStretch>,
    /// The months judged by.
    pub tested: ModelStretch,
    /// The penalty on the distance from the weights as they are; absent where these did best.
    pub strength: Option<f64>,
    /// In the order of the scorecard.
    pub measures: Vec<SuggestedWeight>,
    /// How the weights as they are did.
    pub hand: CardFigures,
    /// How those suggested did.
    pub suggested: CardFigures,
    /// AUC of those suggested less that of those there are.
    pub difference: ModelMetric,
    /// `suggested`, `hand` or `neither`.
    pub better: String,
    /// The same in a sentence.
    pub sentence: Words,
}

/// A measure with both weights, as shares of the whole.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SuggestedWeight {
    /// Its id.
    pub id: String,
    /// What screens call it.
    pub name: Words,
    /// As it is.
    pub hand: f64,
    /// As it is suggested.
    pub suggested: f64,
    /// Why it was not learnt: `said_by_people` or `no_data`.
    pub unlearnt: Option<String>,
}

/// How a set of weights did in the months judged by, with everybody's lowest tenth of health warned of.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CardFigures {
    /// How often the one who left had the lower health.
    pub auc: ModelMetric,
    /// Customers warned of.
    pub warned: u64,
    /// Customers who left.
    pub leavers: u64,
    /// Leavers who were warned of.
    pub caught: u64,
    /// `caught / warned`.
    pub precision: BacktestShare,
    /// `caught / leavers`.
    pub recall: BacktestShare,
}

/// What to look for.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct DiscoveryRequest {
    /// Churn definition; the firm's when absent.
    pub churn: Option<String>,
    /// How far ahead leaving counts: 30, 60, 90 or 180 days; 90 when absent.
    pub horizon_days: Option<u32>,
}

/// The search for rules that runs, or ran last.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiscoveryPage {
    /// Absent if there was none since the server started.
    pub run: Option<DiscoveryRun>,
}

/// Rules being looked for, or found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiscoveryRun {
    /// `running`, `done`, `refused`, `stopped` or `failed`.
    pub state: String,
    /// The part done, 0 to 1, while it runs.
    pub progress: Option<f64>,
    /// Churn definition.
    pub churn: String,
    /// How far ahead leaving counts, in days.
    pub horizon_days: u32,
    /// When it was begun.
    pub started_at: String,
    /// Why nothing could be found.
    pub refusal: Option<ModelRefusal>,
    /// Why it failed.
    pub failure: Option<Words>,
    /// What was found.
    pub answer: Option<FoundRules>,
}

/// Rules found in history.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FoundRules {
    /// The months looked at.
    pub looked: ModelStretch,
    /// Rules that were put to the test.
    pub tested: u64,
    /// Of a hundred looks at anybody, how many left: the share in the half that confirms.
    pub base: f64,
    /// Indicators not asked because they seem to know the outcome.
    pub leaks: Vec<Words>,
    /// The surest first.
    pub rules: Vec<FoundRule>,
}

/// A rule found in history.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FoundRule {
    /// The id that a draft of it has.
    pub id: String,
    /// Its condition in words.
    pub sentence: Words,
    /// The rule with the fields of a rule file, ready to be handed in as a draft.
    #[schema(value_type = Object)]
    pub rule: serde_json::Value,
    /// The half it was found on.
    pub found: FoundTally,
    /// The half that confirms it.
    pub confirmed: FoundTally,
    /// Share of those covered who left, in the half that confirms.
    pub precision: BacktestShare,
    /// How many times the share of everybody.
    pub lift: f64,
    /// Share of the leaving that it covers.
    pub recall: f64,
    /// The least share of luck among the rules told at which it would be told.
    pub q: f64,
    /// What it would have seen of the last year as a rule; absent with too short a history.
    pub replay: Option<FoundReplay>,
}

/// Looks at customers that a rule covers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct FoundTally {
    /// Looks: a customer on the first of a month.
    pub rows: u64,
    /// Those followed by leaving within the horizon.
    pub left: u64,
    /// Customers.
    pub customers: u64,
    /// Customers who left.
    pub leavers: u64,
}

/// A replay of a rule that was found. It includes the customers it was found on and flatters it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FoundReplay {
    /// The first moment.
    pub from: String,
    /// The end.
    pub to: String,
    /// What came of it.
    pub counts: BacktestCounts,
    /// The same in a sentence.
    pub headline: Words,
}
