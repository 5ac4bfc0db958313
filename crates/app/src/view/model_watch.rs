//! Models after their training, as screens show them: what has become of one, two beside each other, trainings by the
//! schedule, models of somebody else.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ModelBin, ModelMetric, Words};

/// A model of somebody else: a table of what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelOutside {
    /// What whoever brought it calls it.
    pub name: String,
    /// Scores in the table.
    pub scores: u64,
    /// When it said something for the first time.
    pub first: String,
    /// And for the last.
    pub last: String,
    /// A score lasts so many days; older ones are not used.
    pub lasts_days: u32,
}

/// What has become of a model since it was judged, month by month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelDrift {
    /// The moment it is told of.
    pub as_of: String,
    /// The horizon, in days.
    pub horizon_days: u32,
    /// The months the model was judged by.
    pub before: ModelBefore,
    /// The months since, the oldest first.
    pub months: Vec<ModelMonth>,
    /// What is wrong with it now; empty where nothing is.
    pub signs: Vec<ModelSign>,
    /// A stability index from here on is watched.
    pub watch: f64,
    /// And from here on something has moved.
    pub moved: f64,
    /// Leavers are off when they are so many times too many or too few.
    pub off: f64,
}

/// The months that a model was judged by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelBefore {
    /// The first.
    pub first: String,
    /// The last.
    pub last: String,
    /// Customers.
    pub customers: u64,
    /// The share that left; absent where it cannot be told.
    pub leaving: Option<ModelMetric>,
}

/// One month of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelMonth {
    /// The moment.
    pub at: String,
    /// Its outcomes are told from here on.
    pub told_on: String,
    /// Customers asked about.
    pub customers: u64,
    /// Of whom the model says nothing.
    pub unsaid: u64,
    /// How far the probabilities have moved.
    pub score: Option<ModelShift>,
    /// How far each indicator has, the farthest first.
    pub inputs: Vec<ModelInput>,
    /// Whether it came true; absent until the outcomes are told.
    pub kept: Option<ModelKept>,
    /// The share that left; absent until the outcomes are told.
    pub leaving: Option<ModelLeaving>,
}

/// How far a distribution has moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelShift {
    /// The population stability index.
    pub psi: f64,
    /// What chance alone exceeds once in twenty times.
    pub chance: f64,
    /// `steady`, `watch` or `moved`.
    pub level: String,
}

/// How far an indicator has moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelInput {
    /// Its id.
    pub id: String,
    /// What screens call it.
    pub name: Words,
    /// How far.
    pub shift: ModelShift,
}

/// How many left beside how many should have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelKept {
    /// The sum of what was said.
    pub said: f64,
    /// How many left.
    pub left: u64,
    /// How many times as many, with its 95 % interval.
    pub ratio: ModelMetric,
    /// Whether that is off.
    pub is_off: bool,
}

/// The share that left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelLeaving {
    /// It, with its 95 % interval.
    pub share: ModelMetric,
    /// Whether it differs from that of the months judged by.
    pub is_off: bool,
}

/// What is wrong with a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelSign {
    /// `score_moved`, `off` or `leaving_moved`.
    pub code: String,
    /// The month that shows it.
    pub at: String,
    /// The same in a sentence.
    pub says: Words,
}

/// Two models beside each other.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelComparison {
    /// The model in service, or the one it was compared with.
    pub champion: ModelSide,
    /// The other.
    pub challenger: ModelSide,
    /// The horizon, in days.
    pub horizon_days: u32,
    /// The moment it is told of.
    pub as_of: String,
    /// Both on the same customers and moments; absent where there is none yet.
    pub told: Option<ModelRivals>,
    /// Why there is none.
    pub not_yet: Option<Words>,
    /// Who would change lists today; absent where one of the two says nothing of anybody.
    pub lists: Option<ModelLists>,
    /// What must be known beside it.
    pub notes: Vec<Words>,
}

/// Which model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelSide {
    /// Its number among everything.
    pub id: i64,
    /// Its number among the models of its churn definition.
    pub number: i64,
    /// Whether somebody else made it.
    pub is_outside: bool,
}

/// Both on the same customers and moments.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelRivals {
    /// The moments, in the order of time.
    pub moments: Vec<String>,
    /// Customers at moments.
    pub rows: u64,
    /// Customers.
    pub customers: u64,
    /// Rows that left.
    pub left: u64,
    /// Rows of which one of the two says nothing: left out.
    pub unsaid: u64,
    /// Figure by figure.
    pub contests: Vec<ModelContest>,
    /// What the champion said beside what came of it.
    pub champion_reliability: Vec<ModelBin>,
    /// What the challenger said beside what came of it.
    pub challenger_reliability: Vec<ModelBin>,
    /// The same in a sentence.
    pub says: Words,
}

/// One figure of both.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelContest {
    /// `auc`, `log_loss`, `brier`, `calibration_error` or `lift`.
    pub figure: String,
    /// The champion's.
    pub champion: ModelMetric,
    /// The challenger's.
    pub challenger: ModelMetric,
    /// The challenger's less the champion's, with the 95 % interval of the difference.
    pub gap: ModelMetric,
    /// Whether the challenger is better; absent where they cannot be told apart.
    pub is_better: Option<bool>,
}

/// Who would change lists.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelLists {
    /// Customers of whom both say something.
    pub customers: u64,
    /// How many stand in the top tenth.
    pub top: u64,
    /// How many the challenger would put there in the place of as many others.
    pub changed: u64,
    /// Some of them, the greatest difference first.
    pub movers: Vec<ModelMover>,
}

/// A customer whom one of two models puts into the top tenth and the other does not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelMover {
    /// Customer id.
    pub customer_id: String,
    /// What the customer is called.
    pub name: String,
    /// What the champion says.
    pub champion: f64,
    /// What the challenger says.
    pub challenger: f64,
    /// Whether the challenger puts it into the top tenth; else the champion does.
    pub enters: bool,
}

/// When models are trained without being asked.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ModelScheduleChange {
    /// `off`, `monthly` or `drift`.
    pub mode: String,
}

/// When models are trained without being asked, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ModelSchedule {
    /// `off`, `monthly` (as of the first of each month) or `drift` (when the model in service is not what it was).
    pub mode: String,
    /// The last trainings by the schedule, the newest first.
    pub trainings: Vec<ModelRetraining>,
}

/// A training by the schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ModelRetraining {
    /// Churn definition.
    pub churn: String,
    /// The moment up to which history was known.
    pub as_of: String,
    /// `monthly` or `drift`.
    pub cause: String,
    /// When it was begun.
    pub begun_at: String,
    /// `trained`, `same` (the model that was there already), `refused` (history does not carry one) or `failed`; absent while
    /// it runs.
    pub outcome: Option<String>,
    /// The model that came of it.
    pub model_id: Option<i64>,
    /// Why there is none.
    pub says: Option<Words>,
}
