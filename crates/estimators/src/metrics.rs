//! How good a guess about leaving was, once it is known who left.
//!
//! Two questions that must not be mixed up: whether those at risk stand at the top ([`auc`], [`average_precision`],
//! [`lift_at`], [`Profit`]), and whether a risk of 30 % comes true 30 % of the time ([`log_loss`], [`brier`],
//! [`calibration_error`]). A third looks at inputs: how much a column tells ([`information_value`]) and whether it is
//! still the column it was ([`population_stability`]).
//!
//! Every measure is `None` where it cannot be computed (nobody left, nobody stayed, nobody at all): there is no neutral
//! 0.5. Slices are parallel: one entry for each customer.
//!
//! Not here: how probabilities are mended (`calibrate`), measures of lifetimes (`survival`).

mod points;
mod probability;
mod profit;
mod ranking;
mod share;
mod stability;

pub use points::Points;
pub use probability::{
    BrierParts, ReliabilityBin, brier, brier_parts, calibration_error, log_loss, net_benefit, reliability,
};
pub use profit::{Profit, Targeting};
pub use ranking::{
    AucDifference, AucInterval, auc, auc_difference_by_cluster, auc_interval, auc_interval_by_cluster,
    average_precision, lift_at,
};
pub use share::{Share, wilson};
pub use stability::{
    information_value, population_stability, population_stability_bound, population_stability_expected,
    weight_of_evidence,
};

/// Places in ascending order of the scores; equal scores keep the order they came in.
fn ascending(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&left, &right| scores[left].total_cmp(&scores[right]));
    order
}

/// Runs of equal scores in an order, as half-open ranges of places.
fn ties<'a>(scores: &'a [f64], order: &'a [usize]) -> impl Iterator<Item = std::ops::Range<usize>> + 'a {
    let mut start = 0;
    std::iter::from_fn(move || {
        let first = *order.get(start)?;
        let mut end = start + 1;
        while order.get(end).is_some_and(|&next| scores[next] == scores[first]) {
            end += 1;
        }
        let run = start..end;
        start = end;
        Some(run)
    })
}

/// Panics where the slices are no table, or a score is no number: both are mistakes of the caller.
fn check(scores: &[f64], positives: &[bool]) {
    assert_eq!(scores.len(), positives.len(), "a score and an outcome for each customer");
    assert!(scores.iter().all(|score| !score.is_nan()), "a score is a number");
}
