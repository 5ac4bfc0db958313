//! What a customer's value is measured by, and what another measure would change.

use serde::Serialize;
use utoipa::ToSchema;

use super::Words;

/// What value can be measured by here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ValuePage {
    /// The indicator in use; absent where none is chosen and the scorecard names none.
    pub in_use: Option<String>,
    /// The one that the scorecard names: in use while the firm chooses none.
    pub by_scorecard: Option<String>,
    /// The moment.
    pub as_of: String,
    /// Customers who have not left.
    pub customers: u64,
    /// Most widely known first; the one in use before the others.
    pub options: Vec<ValueOption>,
}

/// A measure of value, and what it makes of the customers of the moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ValueOption {
    /// The indicator.
    pub id: String,
    /// What it is called.
    pub name: Words,
    /// The question it answers.
    pub question: Words,
    /// Customers of whom it is known.
    pub known: u64,
    /// What they are worth together.
    pub sum: f64,
    /// The three tiers, the highest first; empty where the firm's template has none.
    pub tiers: Vec<ValueTier>,
    /// Customers whose tier would be a higher one than now.
    pub raised: u64,
    /// Customers whose tier would be a lower one.
    pub lowered: u64,
    /// Customers who would get a tier and have none now.
    pub gained: u64,
    /// Customers who would have no tier any more.
    pub lost: u64,
}

/// A tier as a measure of value cuts it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ValueTier {
    /// `high`, `middle`, `low`.
    pub tier: String,
    /// What it is called.
    pub name: Words,
    /// From which value on; absent for the lowest, and where nobody is worth anything.
    pub from: Option<f64>,
    /// Customers in it.
    pub count: u64,
}
