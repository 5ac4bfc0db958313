//! What is really so in a world: written beside the facts, never read by the product.

use vocab::{CustomerId, Instant};

use crate::hidden::Cause;

/// A customer as the world knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerTruth {
    /// Who.
    pub customer_id: CustomerId,
    /// When it came; before the first day for those who were there from the start.
    pub joined_on: String,
    /// The mean its satisfaction is drawn back to; 0 is the firm's average, higher is happier.
    pub satisfaction_mean: f64,
    /// 0 to 1.
    pub price_sensitivity: f64,
    /// How well the product suits, standard normal.
    pub product_fit: f64,
    /// How much it is needed, standard normal.
    pub need: f64,
    /// How it responds to being contacted: positive can be kept, negative is better left in peace.
    pub response: f64,
    /// What it pays a year at the end of the history (or when it left).
    pub annual_amount: f64,
}

/// The true probability of leaving, standing at a midnight and knowing the hidden state.
#[derive(Clone, Debug, PartialEq)]
pub struct HazardTruth {
    /// Who.
    pub customer_id: CustomerId,
    /// The midnight that begins this date.
    pub at: Instant,
    /// `YYYY-MM-DD` of `at` in the firm's zone.
    pub date: String,
    /// Probability of leaving in `[at, at + 30 days)`.
    pub p_30d: f64,
    /// Probability of leaving in `[at, at + 90 days)`.
    pub p_90d: f64,
    /// The cause that carries most of `p_90d`.
    pub main_cause: Cause,
}

/// A customer who left.
#[derive(Clone, Debug, PartialEq)]
pub struct ChurnTruth {
    /// Who.
    pub customer_id: CustomerId,
    /// The moment after which it does nothing more.
    pub at: Instant,
    /// `YYYY-MM-DD` of `at` in the firm's zone.
    pub date: String,
    /// Why.
    pub cause: Cause,
}

/// What contacting a customer at a midnight would change: two futures that share all luck.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectTruth {
    /// Who.
    pub customer_id: CustomerId,
    /// `YYYY-MM-DD` of the midnight in the firm's zone.
    pub date: String,
    /// `contact`.
    pub treatment: &'static str,
    /// Probability of leaving within 90 days if nothing is done.
    pub p_90d_untreated: f64,
    /// Probability of leaving within 90 days if contacted now.
    pub p_90d_treated: f64,
    /// Whether it leaves within 90 days if nothing is done: what does happen.
    pub leaves_untreated: bool,
    /// Whether it would leave within 90 days if contacted now, with the same luck.
    pub leaves_treated: bool,
}

impl EffectTruth {
    /// How much less likely it leaves when contacted; negative for those who are better left in peace.
    pub fn effect(&self) -> f64 {
        self.p_90d_untreated - self.p_90d_treated
    }
}

/// Everything that is really so, up to the day the world has reached.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Truth {
    /// Every customer who has come.
    pub customers: Vec<CustomerTruth>,
    /// A row per customer and month start.
    pub hazard: Vec<HazardTruth>,
    /// Whoever left, in order of leaving.
    pub churn: Vec<ChurnTruth>,
    /// A row per customer and month start.
    pub effects: Vec<EffectTruth>,
}
