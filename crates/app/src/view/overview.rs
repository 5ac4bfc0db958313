//! 流失概览: what leaving means here, how many left, who is in which band.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Count, Words};

/// One past month.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChurnMonth {
    /// `YYYY-MM`.
    pub month: String,
    /// Customers at its start.
    pub customers_at_start: u64,
    /// Of those, how many left in it.
    pub left_count: u64,
    /// `left ÷ at start`; absent when nobody was there or the month cannot be judged.
    pub rate: Option<f64>,
    /// Why it cannot be judged.
    pub unknown_because: Option<Words>,
    /// Whether the month has ended.
    pub complete: bool,
}

/// Somebody who left.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LeaverRow {
    /// Customer id.
    pub customer_id: String,
    /// Name.
    pub customer_name: String,
    /// Owner key.
    pub owner: Option<String>,
    /// When it counts as gone.
    pub gone_at: String,
    /// Last activity before.
    pub last_seen_at: Option<String>,
    /// Value before leaving.
    pub value: super::Figure,
}

/// Customers and amount in one band or at one owner.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Slice {
    /// Band or owner key; `unknown` or empty where there is none.
    pub key: String,
    /// Customers.
    pub count: u64,
    /// Their value together.
    pub value_sum: f64,
    /// Of those in band high or critical.
    pub at_risk_count: u64,
    /// Value at risk: with a model in service the sum of each value times the probability of leaving within its horizon (of
    /// whom it is not asked about, the mean); without one the value of those in band high or critical.
    pub at_risk_value: f64,
}

/// The churn overview.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChurnOverview {
    /// The moment shown.
    pub as_of: String,
    /// Active definition.
    pub churn: String,
    /// Its name.
    pub churn_name: Words,
    /// The definition in one sentence.
    pub sentence: Words,
    /// Months, oldest first.
    pub months: Vec<ChurnMonth>,
    /// `current`, `too_new`, `gone`: add up to all customers.
    pub state_counts: Vec<Count>,
    /// All customers.
    pub customer_count: u64,
    /// Present customers by band, worst first, then `unknown`.
    pub by_band: Vec<Slice>,
    /// Present customers by owner, most at risk first.
    pub by_owner: Vec<Slice>,
    /// Why the firm cannot be judged yet.
    pub not_yet: Option<Words>,
    /// Whether the definition leaves product lines one by one.
    pub by_product_line: bool,
    /// The horizon, in days, of the probability by which value is at risk; absent without a model in service.
    pub risk_horizon_days: Option<u32>,
}

/// One past month of a product line.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LineMonth {
    /// Customers in the line at its start, who left the line in it, and the rate.
    pub month: ChurnMonth,
    /// Of those who left the line, how many were still customers.
    pub stayed_count: u64,
}

/// A product line, and where everybody stands who was ever in it: `customers` = the four others together.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProductLineRow {
    /// As the facts name it.
    pub name: String,
    /// Customers who were ever in it.
    pub customers: u64,
    /// In it now.
    pub current: u64,
    /// In it, but too new there to say.
    pub too_new: u64,
    /// Left it, and is still a customer.
    pub left_line: u64,
    /// Left as a whole, and so this line too.
    pub left_altogether: u64,
    /// The last twelve months, oldest first; none before the line began.
    pub months: Vec<LineMonth>,
}

/// Who left which product line; leaving a line is not leaving.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProductLines {
    /// The properties that name a line; the first that a fact says counts.
    pub properties: Vec<String>,
    /// How lines are judged, in one sentence.
    pub says: Words,
    /// Lines, the largest first; at most 100.
    pub lines: Vec<ProductLineRow>,
    /// How many lines there are.
    pub line_count: u64,
    /// Of the facts that the rules listen to and that might name a line, the share that names none, 0 to 1; absent without
    /// any. They count for no line.
    pub unnamed_share: Option<f64>,
    /// Why there are no lines, if so.
    pub unknown_because: Option<Words>,
}

/// Somebody who left a product line.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LineLeaverRow {
    /// Who, and when the line was left.
    pub leaver: LeaverRow,
    /// Whether it was still a customer then.
    pub stayed: bool,
}
