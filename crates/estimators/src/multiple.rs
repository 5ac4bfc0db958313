//! Many questions asked of the same data: which answers are more than luck.
//!
//! Of a hundred signals without any meaning five stand out at 5 %. What is told here keeps the share of such among those
//! told small.

use crate::special::chi_squared_tail;

/// For each p-value the smallest share of false finds among all finds at which it would still be told
/// (Benjamini–Hochberg).
///
/// With the p-values in ascending order, `q_(i) = min_{j ≥ i} p_(j) · m / j`, at most 1. Telling everything with
/// `q ≤ 0.05` means that of what is told at most one in twenty is luck, on average.
///
/// # Edges
/// Of signals that resemble each other it is still true: they are positively dependent.
///
/// # Source
/// Benjamini & Hochberg (1995), *JRSS B* 57(1), 289–300; under dependence Benjamini & Yekutieli (2001).
///
/// # Example
/// ```
/// let q = estimators::multiple::false_discovery_rates(&[0.01, 0.04, 0.03, 0.5]);
/// assert!((q[0] - 0.04).abs() < 1e-12 && (q[1] - 0.16 / 3.0).abs() < 1e-12);
/// ```
pub fn false_discovery_rates(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut rates = vec![1.0; p_values.len()];
    let mut least = 1.0_f64;
    for (rank, place) in order.iter().enumerate().rev() {
        least = least.min(p_values[*place] * p_values.len() as f64 / (rank + 1) as f64);
        rates[*place] = least;
    }
    rates
}

/// The probability that chance alone makes a normal score at least so far from zero: `2 (1 − Φ(|z|))`.
pub fn two_sided(z: f64) -> f64 {
    chi_squared_tail(z * z, 1.0)
}
