//! How much a column tells, and whether it is still the column it was.

/// How strongly each group of a column speaks for staying: `ln((good_k/G) / (bad_k/B))`.
///
/// `good` and `bad` count those who stayed and those who left in each group. Where a group lacks one of them, half a
/// customer is added to both of its counts.
///
/// # Edges
/// Nobody good or nobody bad: `None`. Panics if the slices differ in length.
///
/// # Source
/// Siddiqi (2006), *Credit Risk Scorecards*, ch. 6.
///
/// # Example
/// ```
/// let woe = estimators::metrics::weight_of_evidence(&[100.0, 200.0], &[5.0, 20.0]).unwrap();
/// assert!(woe[0] > 0.0 && woe[1] < 0.0);
/// ```
pub fn weight_of_evidence(good: &[f64], bad: &[f64]) -> Option<Vec<f64>> {
    evidence(good, bad).map(|groups| groups.into_iter().map(|(weight, _)| weight).collect())
}

/// How much a column tells about leaving, all groups together: `Σ (good_k/G − bad_k/B) · WOE_k`.
///
/// Below 0.02 nothing, to 0.1 weak, to 0.3 medium, to 0.5 strong, above that too good to be true until shown otherwise.
///
/// # Edges
/// As [`weight_of_evidence`].
pub fn information_value(good: &[f64], bad: &[f64]) -> Option<f64> {
    evidence(good, bad).map(|groups| groups.into_iter().map(|(weight, share)| weight * share).sum())
}

/// Weight of evidence and difference of shares of each group.
fn evidence(good: &[f64], bad: &[f64]) -> Option<Vec<(f64, f64)>> {
    assert_eq!(good.len(), bad.len(), "two counts for each group");
    let (goods, bads): (f64, f64) = (good.iter().sum(), bad.iter().sum());
    let of = |(good, bad): (&f64, &f64)| {
        let add = if *good == 0.0 || *bad == 0.0 { 0.5 } else { 0.0 };
        let (good, bad) = ((good + add) / goods, (bad + add) / bads);
        ((good / bad).ln(), good - bad)
    };
    (goods > 0.0 && bads > 0.0).then(|| good.iter().zip(bad).map(of).collect())
}

/// How far a distribution has moved: `PSI = Σ (now_k − then_k) · ln(now_k / then_k)` over the shares of its groups.
///
/// Takes counts or shares; each side is divided by its sum. A group empty on one side counts as half a customer there
/// (counts) or as 10⁻⁶ (shares).
///
/// # Why not 0.1 and 0.25
/// Those borders are wrong for few customers: see [`population_stability_expected`] for what chance alone makes.
///
/// # Edges
/// One side without anybody: `None`. Panics if the slices differ in length.
pub fn population_stability(then: &[f64], now: &[f64]) -> Option<f64> {
    assert_eq!(then.len(), now.len(), "the same groups on both sides");
    let shares = |counts: &[f64]| {
        let sum: f64 = counts.iter().sum();
        let least = if sum > 1.5 { 0.5 } else { 1e-6 };
        (sum > 0.0).then(|| counts.iter().map(|count| count.max(least) / sum).collect::<Vec<f64>>())
    };
    let (then, now) = (shares(then)?, shares(now)?);
    Some(then.iter().zip(&now).map(|(then, now)| (now - then) * (now / then).ln()).sum())
}

/// The PSI that chance alone makes on average when nothing moved: `(groups − 1)(1/n + 1/m)`.
pub fn population_stability_expected(groups: usize, then: f64, now: f64) -> f64 {
    (groups as f64 - 1.0) * (1.0 / then + 1.0 / now)
}

/// The PSI that chance alone exceeds once in twenty times when nothing moved.
///
/// `χ²₀.₉₅(groups − 1) · (1/n + 1/m)`, the quantile by Wilson and Hilferty's cube.
///
/// # Edges
/// A single group cannot move: 0.
pub fn population_stability_bound(groups: usize, then: f64, now: f64) -> f64 {
    if groups < 2 {
        return 0.0;
    }
    let freedom = groups as f64 - 1.0;
    let part = 2.0 / (9.0 * freedom);
    let quantile = freedom * (1.0 - part + 1.644_853_626_951_472_7 * part.sqrt()).powi(3);
    quantile * (1.0 / then + 1.0 / now)
}
