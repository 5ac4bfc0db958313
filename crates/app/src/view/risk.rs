//! What the model in service says of a customer, why, what would change it; and why customers leave, all together.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Count, Figure, SegmentName, Words};

/// The risk of a customer in a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RiskShort {
    /// Probability of leaving within the horizon, 0 to 1.
    pub risk: f64,
    /// The horizon that the model reports, in days.
    pub horizon_days: u32,
    /// Which model says so: `CHURN/NUMBER@DIGEST`.
    pub model: String,
    /// The strongest cause in the customer's own figures; absent where no cause raises the risk, and in lists of many.
    pub reason: Option<Words>,
}

/// What the model in service says of a customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerRisk {
    /// Id.
    pub customer: String,
    /// The moment shown.
    pub as_of: String,
    /// `told`, or why there is no risk: `no_model` (none is in service for the firm's churn definition), `too_early`
    /// (the model was learnt from later history), `gone`, `too_new`, `internal` (nobody like that was learnt from).
    pub state: String,
    /// The same in words, where there is no risk.
    pub because: Option<Words>,
    /// The model in service.
    pub model: Option<RiskModelName>,
    /// The probability of leaving within each horizon, the shortest first; never less for a longer one. Empty where
    /// there is none.
    pub horizons: Vec<RiskHorizon>,
    /// What that comes to: within how many days it is likely to leave, said only where one of the probabilities is a
    /// half or more.
    pub sentence: Option<Words>,
    /// The verdict in one sentence, where there is a risk: how likely it leaves beside the mean of all, and, where that is
    /// likelier than the mean, the strongest cause in the customer's own figures.
    pub verdict: Option<Words>,
    /// What it is worth in the time to come, where there is a risk and value is an amount of a year.
    pub worth: Option<WorthAhead>,
    /// Why, where there is a risk.
    pub explained: Option<RiskExplained>,
    /// The smallest changes that would bring it back, among what staff can change: of the risk, and of the health.
    pub ways_back: Vec<WayBack>,
    /// Reasons that people confirmed on closing its cases, the newest first.
    pub confirmed: Vec<ConfirmedReason>,
}

/// A model by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RiskModelName {
    /// Its number among everything.
    pub id: i64,
    /// `CHURN/NUMBER@DIGEST`.
    pub label: String,
    /// Its number among the models of its churn definition.
    pub number: i64,
    /// The churn definition.
    pub churn_name: Words,
    /// The horizon that is reported, in days.
    pub horizon_days: u32,
    /// How good it was in months that it had not seen, in a sentence: how far it is proven.
    pub sentence: Words,
}

/// The probability of leaving within a horizon.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RiskHorizon {
    /// In days.
    pub days: u32,
    /// 0 to 1.
    pub risk: f64,
    /// The mean of the customers asked about now.
    pub usual: f64,
}

/// What a customer brings in the time to come, as far as it is expected to stay, later months counting less.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WorthAhead {
    /// What its value is measured by.
    pub measure: Words,
    /// What it brings in a year as long as it stays.
    pub yearly: f64,
    /// Months looked ahead.
    pub months: u32,
    /// How much less a year later counts: 0.1 for a tenth.
    pub discount: f64,
    /// Each month's part times the probability of still being there then, discounted.
    pub value: f64,
    /// At least, as far as the model was off in the months it was judged by.
    pub low: f64,
    /// At most.
    pub high: f64,
    /// The same if it surely stayed.
    pub whole: f64,
}

/// The log odds of the reported horizon taken apart: `base + Σ reasons = margin`, within 1e-9.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RiskExplained {
    /// Log odds of a customer of whom nothing is known.
    pub base: f64,
    /// Log odds of this customer before calibration, which is one rising map.
    pub margin: f64,
    /// By branch of the reason tree: the causes that speak first, then the others, each by what it adds.
    pub reasons: Vec<RiskReason>,
    /// What these numbers are, in a sentence.
    pub means: Words,
}

/// What one branch of the reason tree adds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RiskReason {
    /// The branch.
    pub node: String,
    /// Its name.
    pub name: Words,
    /// What sort of leaving it makes: `voluntary`, `involuntary`, `silent`, `price`, `experience`; absent of what is no
    /// cause.
    pub sort: Option<String>,
    /// What it adds to the log odds; negative lowers the risk. The sum of its items.
    pub added: f64,
    /// By what factor it multiplies the odds of leaving.
    pub odds: f64,
    /// The indicators behind it, the largest first.
    pub items: Vec<RiskItem>,
}

/// What one indicator adds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RiskItem {
    /// The indicator.
    pub indicator: String,
    /// Its name.
    pub name: Words,
    /// What it adds to the log odds.
    pub added: f64,
    /// The customer's figure.
    pub figure: Figure,
    /// Its unit.
    pub unit: String,
    /// The middle figure of the customers asked about.
    pub usual: Option<f64>,
    /// In the customer's own figures.
    pub sentence: Words,
}

/// The smallest change that would bring a customer back, by a scorer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WayBack {
    /// `risk` (down to the mean of the customers asked about) or `health` (up into the best band).
    pub of: String,
    /// `found`, `none` (nothing that staff can change is enough), `not_needed` (it stands there already), `no_lever`
    /// (nothing that is known and counted can be changed by staff).
    pub state: String,
    /// Where it stands: a probability, or points of health.
    pub now: f64,
    /// Where it should be.
    pub target: f64,
    /// Where the change would bring it; where none is enough, the best there is.
    pub reached: Option<f64>,
    /// What is changed; empty unless found.
    pub moves: Vec<WayBackMove>,
    /// The same in a sentence.
    pub sentence: Words,
}

/// One thing that is changed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WayBackMove {
    /// The indicator.
    pub indicator: String,
    /// Its name.
    pub name: Words,
    /// Its unit.
    pub unit: String,
    /// The figure now.
    pub from: f64,
    /// The figure it takes.
    pub to: f64,
    /// What to do.
    pub action: Words,
}

/// A reason that a person confirmed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ConfirmedReason {
    /// The case.
    pub case_id: i64,
    /// When it was closed.
    pub closed_at: String,
    /// Code of the reason.
    pub reason: String,
    /// Its name.
    pub name: Words,
    /// The branch that it means; absent where it means none.
    pub node: Option<String>,
    /// Which of the model's causes it was when the case was opened: 1 for the first; absent where the model named it
    /// not, or could not be asked.
    pub rank: Option<u32>,
}

/// Why customers left, and why they are predicted to leave.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonsPage {
    /// The moment shown.
    pub as_of: String,
    /// The quarter of those who left: `2025-Q2`.
    pub quarter: String,
    /// Quarters that can be chosen, the newest first.
    pub quarters: Vec<String>,
    /// The segment that is looked at; absent = everybody.
    pub segment: Option<String>,
    /// Segments that can be chosen.
    pub segments: Vec<SegmentName>,
    /// Why customers left in the quarter, as people confirmed it.
    pub confirmed: ConfirmedReasons,
    /// Why customers are predicted to leave, by the model in service.
    pub predicted: PredictedReasons,
    /// How often the two agree; absent without a model or a confirmed reason it could be asked about.
    pub agreement: Option<ReasonAgreement>,
}

/// One branch of the tree, or none of them, with how many customers.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReasonRow {
    /// The branch; `unsaid` where the customer did not say, `no_cause` where no cause raises the risk.
    pub node: String,
    /// Its name.
    pub name: Words,
    /// What sort of leaving it makes.
    pub sort: Option<String>,
    /// How many customers.
    pub count: u64,
    /// The same by tier of value: `high`, `middle`, `low`, `unknown`; they add up to the count.
    pub tiers: Vec<Count>,
    /// The largest of them by value.
    pub customers: Vec<ReasonCustomer>,
}

/// A customer behind a number.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReasonCustomer {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Value.
    pub value: Figure,
    /// The risk, where it is predicted.
    pub risk: Option<f64>,
}

/// Why customers left, as people confirmed it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConfirmedReasons {
    /// Customers who left in the quarter by the churn definition: `confirmed_left + unconfirmed`.
    pub left: u64,
    /// Of those, with a reason confirmed on closing a case in the quarter.
    pub confirmed_left: u64,
    /// Of those, without one.
    pub unconfirmed: u64,
    /// Closed as lost with a reason in the quarter, though not gone by the definition in it.
    pub confirmed_only: u64,
    /// Customers by branch; they add up to `confirmed_left + confirmed_only`.
    pub rows: Vec<ReasonRow>,
    /// The same in a sentence.
    pub sentence: Words,
}

/// Why customers are predicted to leave.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PredictedReasons {
    /// `told`, or why not: `no_model`, `too_early`.
    pub state: String,
    /// The same in words, where nothing is told.
    pub because: Option<Words>,
    /// The model in service.
    pub model: Option<String>,
    /// Customers whom the model was asked about.
    pub asked: u64,
    /// The tenth of all with the highest risk, as many of them as are seen here; the rows add up to it.
    pub count: u64,
    /// The lowest risk among that tenth.
    pub least_risk: Option<f64>,
    /// The horizon, in days.
    pub horizon_days: Option<u32>,
    /// Customers by their first cause.
    pub rows: Vec<ReasonRow>,
    /// The same in a sentence.
    pub sentence: Words,
}

/// How often the model's causes and the confirmed ones agree.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonAgreement {
    /// Closed cases of the last year with a confirmed reason that the model could be asked about.
    pub cases: u64,
    /// Of those, where the confirmed one was the model's first cause when the case was opened.
    pub first: u64,
    /// Where it was the first or the second.
    pub first_two: u64,
    /// By branch: how often it was confirmed, and how often of that the model had it first, and first or second.
    pub rows: Vec<AgreementRow>,
    /// The same in a sentence.
    pub sentence: Words,
}

/// Agreement on one branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgreementRow {
    /// The branch.
    pub node: String,
    /// Its name.
    pub name: Words,
    /// How often it was confirmed.
    pub confirmed: u64,
    /// Of that, first with the model.
    pub first: u64,
    /// Of that, first or second.
    pub first_two: u64,
    /// How often the model had it first where another was confirmed.
    pub instead: u64,
}
