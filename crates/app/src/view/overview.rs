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
    /// Their value.
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
}
