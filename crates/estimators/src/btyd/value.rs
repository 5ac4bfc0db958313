//! What a customer is worth: the margin still to come, later margin counting less.
//!
//! One rule for contracts and for purchases: sum over the future of margin × probability of still being there × discount.
//! Not here: currencies, and which margin to use.

use super::Future;

/// The value of a contract that pays at the start of each period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ContractValue {
    /// Counting the payment that is due now.
    pub with_first: f64,
    /// Counting renewals only.
    pub without_first: f64,
}

/// What a contract is worth whose retention stays the same for ever: `m (1 + d) / (1 + d − r)` with the payment due now,
/// `m r / (1 + d − r)` without it.
///
/// # Edges
/// `None` if retention and discount would make the sum endless (1 + d ≤ r).
///
/// # Source
/// Gupta & Lehmann (2003), *J. Interactive Marketing* 17(1), 9–24.
///
/// # Example
/// ```
/// let value = estimators::btyd::value::contract(100.0, 0.95, 0.01).expect("finite");
/// assert!((value.with_first - 1683.3333).abs() < 1e-4 && (value.without_first - 1583.3333).abs() < 1e-4);
/// ```
pub fn contract(margin: f64, retention: f64, discount: f64) -> Option<ContractValue> {
    let below = 1.0 + discount - retention;
    (below > 0.0).then(|| ContractValue {
        with_first: margin * (1.0 + discount) / below,
        without_first: margin * retention / below,
    })
}

/// A value with the range its uncertainty leaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranged {
    /// Best estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What a contract is worth within the periods a survival curve covers: `Σ_k m S(k) / (1 + d)^k`, k from 1, for a customer
/// who is there now.
///
/// `shares` holds for each coming period the share that is still there to pay at its start, with its band.
///
/// # Edges
/// The range takes the whole lower or upper band at once: it is as wide as a band, not as a sum of independent errors.
pub fn contract_within(margin: f64, discount: f64, shares: &[Ranged]) -> Ranged {
    let (mut total, mut weight) = (Ranged { value: 0.0, low: 0.0, high: 0.0 }, 1.0);
    for share in shares {
        weight /= 1.0 + discount;
        total.value += margin * weight * share.value;
        total.low += margin * weight * share.low;
        total.high += margin * weight * share.high;
    }
    total
}

/// What coming purchases are worth: expected purchases within `time`, discounted continuously at `ln(1 + d)` per unit of
/// time, times the margin of one.
pub fn purchases_within(future: &Future, margin: f64, time: f64, discount: f64) -> f64 {
    margin * future.discounted(time, discount.ln_1p())
}
