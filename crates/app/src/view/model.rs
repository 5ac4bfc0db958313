//! Models of who will leave, as screens show them: which there are, what each is made of, how good it was.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ModelOutside, ModelSchedule, ScorecardTerm, Words};

/// What to learn.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct TrainingRequest {
    /// Churn definition; the firm's when absent.
    pub churn: Option<String>,
    /// The horizon that is reported: 30, 60, 90 or 180 days; 90 when absent.
    pub horizon_days: Option<u32>,
    /// The moment up to which history is known: `YYYY-MM-DD` or RFC 3339; the last midnight passed when absent.
    pub as_of: Option<String>,
    /// Where chance comes from; 1 when absent.
    pub seed: Option<u64>,
}

/// A step with a model, taken by a person.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ModelStep {
    /// The version of the row that was seen.
    pub version: i64,
    /// Why it is put in service, in at most 500 letters; kept with the model.
    pub note: Option<String>,
}

/// Every model, and the training that runs or ran last.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Models {
    /// The newest first.
    pub items: Vec<ModelRow>,
    /// The training of this server that runs, or ran last.
    pub run: Option<TrainingRun>,
    /// When models are trained without being asked.
    pub schedule: ModelSchedule,
}

/// A model in a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelRow {
    /// Its number among everything.
    pub id: i64,
    /// Its number among the models of its churn definition, from 1.
    pub number: i64,
    /// Grows with every change of its state; sent back with a step.
    pub version: i64,
    /// `challenger`, `champion` or `retired`.
    pub state: String,
    /// Digest of the model: the same data and seed, the same digest.
    pub content: String,
    /// Who trained it.
    pub trained_by: String,
    /// When.
    pub trained_at: String,
    /// When it was in service, and who put it there.
    pub terms: Vec<ScorecardTerm>,
    /// Why, as they said it last.
    pub note: Option<String>,
    /// What it is, in short.
    pub passport: ModelPassport,
}

/// A model in short: what it was learnt from, and how good it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelPassport {
    /// Churn definition.
    pub churn: String,
    /// What screens call it.
    pub churn_name: Words,
    /// The horizon that is reported, in days.
    pub horizon_days: u32,
    /// The horizons it answers, in days.
    pub horizons: Vec<u32>,
    /// The moment up to which history was known.
    pub as_of: String,
    /// Digest of everything that was learnt from.
    pub snapshot: String,
    /// How far the record of facts went.
    pub lake_version: u64,
    /// Version of the program.
    pub code_version: String,
    /// Where chance came from.
    pub seed: u64,
    /// Customers who left in the months judged by.
    pub leavers: u64,
    /// AUC in those months.
    pub auc: ModelMetric,
    /// Expected calibration error in those months.
    pub calibration_error: ModelMetric,
    /// How good it was in a sentence.
    pub sentence: Words,
    /// Where it came from, if somebody else made it.
    #[serde(default)]
    pub outside: Option<ModelOutside>,
}

/// A figure with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelMetric {
    /// The figure.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A model with its card.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelPage {
    /// In a line.
    pub row: ModelRow,
    /// Everything an auditor asks.
    pub card: ModelCard,
    /// The same as a document in Markdown.
    pub document: Words,
}

/// Everything an auditor asks of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelCard {
    /// Churn definition.
    pub churn: String,
    /// What screens call it.
    pub churn_name: Words,
    /// What leaving means by it.
    pub churn_sentence: Words,
    /// Days until a customer who stops counts as gone.
    pub label_delay_days: u32,
    /// Days that an outcome waits for facts that come in late.
    #[serde(default)]
    pub late_days: u32,
    /// The horizon that is reported, in days.
    pub horizon_days: u32,
    /// The moment up to which history was known.
    pub as_of: String,
    /// Digest of everything that was learnt from.
    pub snapshot: String,
    /// Digest of the model.
    pub content: String,
    /// Version of the program.
    pub code_version: String,
    /// Where chance came from.
    pub seed: u64,
    /// Whether history carried a model; absent for a model of somebody else.
    pub readiness: Option<ModelReadiness>,
    /// Where it came from, if somebody else made it.
    #[serde(default)]
    pub outside: Option<ModelOutside>,
    /// What became of everybody at each moment: within 30 days, of a model of somebody else within the reported horizon.
    pub moments: Vec<ModelMoment>,
    /// What was learnt from, the most telling first.
    pub columns: Vec<ModelColumn>,
    /// What was not, and why.
    pub set_aside: Vec<ModelSetAside>,
    /// What came of each horizon.
    pub horizons: Vec<ModelHorizon>,
    /// Horizons that history is too short for, in days.
    pub unlearnt_days: Vec<u32>,
    /// What the model cannot do.
    pub limits: Vec<Words>,
}

/// Whether history carries a model, and what is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelReadiness {
    /// `rules`, `scorecard`, `simple` or `full`: how much machinery history carries.
    pub stage: String,
    /// Whether everything is there for a model.
    pub is_ready: bool,
    /// Customers who left within the horizon of a look at them.
    pub leavers: u64,
    /// How many more are needed; 0 with enough.
    pub more_leavers: u64,
    /// Customers looked at.
    pub customers: u64,
    /// Past moments at which they were looked at.
    pub moments: u64,
    /// Days until a customer who stops counts as gone.
    pub label_delay_days: u32,
    /// What is missing.
    pub missing: Vec<ModelRefusal>,
    /// The same in a sentence.
    pub headline: Words,
}

/// Why there is no model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelRefusal {
    /// `not_yet`, `too_few_leavers`, `too_little_history`, `nothing_to_learn` or `no_usable_signal`.
    pub code: String,
    /// What is wrong.
    pub detail: Words,
    /// What to do.
    pub hint: Words,
}

/// What became of everybody at a moment: `customers = eligible + too_new + gone + internal`, `eligible = left + stayed +
/// untold`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelMoment {
    /// The moment.
    pub at: String,
    /// Asked about.
    pub eligible: u64,
    /// Too new to say.
    pub too_new: u64,
    /// Gone already.
    pub gone: u64,
    /// Our own, tests.
    pub internal: u64,
    /// Left within 30 days.
    pub left: u64,
    /// Stayed.
    pub stayed: u64,
    /// Cannot be told.
    pub untold: u64,
}

/// An indicator that was learnt from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelColumn {
    /// Its id.
    pub id: String,
    /// What screens call it.
    pub name: Words,
    /// How much it tells alone.
    pub information: f64,
    /// Share of the rows that have a number.
    pub coverage: f64,
}

/// An indicator that was not learnt from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelSetAside {
    /// Its id.
    pub id: String,
    /// What screens call it.
    pub name: Words,
    /// `leak`, `empty`, `constant`, `copy` or `weak`.
    pub code: String,
    /// Why.
    pub why: Words,
}

/// What came of a horizon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelHorizon {
    /// How far ahead, in days.
    pub days: u32,
    /// The months learnt from; absent for a model of somebody else.
    pub learnt: Option<ModelStretch>,
    /// The months that weighed and calibrated; absent where folds of customers did.
    pub weighed: Option<ModelStretch>,
    /// All months told before those judged by, on which everything was fitted once more as decided; absent for a model of
    /// somebody else, and for one that was not.
    #[serde(default)]
    pub told: Option<ModelStretch>,
    /// The months judged by.
    pub tested: ModelStretch,
    /// Share of the regression in the log odds; the rest is the trees'. Absent for a model of somebody else.
    pub linear_share: Option<f64>,
    /// How many trees; absent for a model of somebody else.
    pub trees: Option<u64>,
    /// Log loss on rows not learnt from, of the regression, of the trees, and of both; absent for a model of somebody else.
    pub losses: Option<[f64; 3]>,
    /// Rows judged.
    pub rows: u64,
    /// Customers among them.
    pub customers: u64,
    /// Rows that left.
    pub left: u64,
    /// AUC.
    pub auc: ModelMetric,
    /// AUC of those who left only after 30 days, in time to be warned of, against those who stayed; absent of 30 days
    /// themselves, of a model of somebody else, and of one learnt before there was such a figure.
    #[serde(default)]
    pub auc_in_time: Option<ModelMetric>,
    /// Average precision.
    pub average_precision: ModelMetric,
    /// Log loss.
    pub log_loss: ModelMetric,
    /// Log loss of saying everybody's share of everybody.
    pub base_log_loss: f64,
    /// Brier score.
    pub brier: ModelMetric,
    /// Expected calibration error, ten groups.
    pub calibration_error: ModelMetric,
    /// Lift in the top tenth.
    pub lift: ModelMetric,
    /// Expected maximum profit per customer looked at.
    pub profit: ModelMetric,
    /// What was said beside what came of it.
    pub reliability: Vec<ModelBin>,
    /// The same in a sentence.
    pub sentence: Words,
}

/// A stretch of months.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelStretch {
    /// The first moment.
    pub first: String,
    /// The last.
    pub last: String,
    /// Rows.
    pub rows: u64,
    /// Customers.
    pub customers: u64,
    /// Customers who left.
    pub leavers: u64,
}

/// Rows of like probability, and what came of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelBin {
    /// Rows.
    pub count: u64,
    /// Their mean probability.
    pub expected: f64,
    /// The share that left.
    pub observed: f64,
}

/// A training: how far it is, and what came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrainingRun {
    /// `running`, `done`, `refused` (history does not carry a model), `stopped` or `failed`.
    pub state: String,
    /// Part done, 0 to 1, while it runs.
    pub progress: Option<f64>,
    /// Churn definition.
    pub churn: String,
    /// The horizon that is reported, in days.
    pub horizon_days: u32,
    /// When it was begun.
    pub started_at: String,
    /// Whether history carries a model; once that is known.
    pub readiness: Option<ModelReadiness>,
    /// Why there is no model.
    pub refusal: Option<ModelRefusal>,
    /// The model that came of it.
    pub model_id: Option<i64>,
    /// Why it failed.
    pub failure: Option<Words>,
}

/// What came of a training on the command line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrainingReport {
    /// Whether history carries a model, and what is missing.
    pub readiness: ModelReadiness,
    /// Why there is no model.
    pub refusal: Option<ModelRefusal>,
    /// The model, a challenger.
    pub model: Option<ModelPage>,
}
