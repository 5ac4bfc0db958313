//! Whether a risk of so many per cent comes true so often.

use super::{ascending, check, ties};

/// The surprise at what happened, per customer: `−mean(ln p)` of the probability given to what did happen, in nats.
///
/// # Edges
/// Nobody: `None`. Probabilities are kept between 10⁻¹⁵ and 1 − 10⁻¹⁵, so that one wrong certainty is no infinity.
///
/// # Example
/// ```
/// use estimators::metrics::log_loss;
/// let loss = log_loss(&[0.5, 0.5], &[true, false]).unwrap();
/// assert!((loss - 2f64.ln()).abs() < 1e-15);
/// ```
pub fn log_loss(probabilities: &[f64], positives: &[bool]) -> Option<f64> {
    check(probabilities, positives);
    let surprise = |(p, is): (&f64, &bool)| {
        let p = p.clamp(1e-15, 1.0 - 1e-15);
        -(if *is { p } else { 1.0 - p }).ln()
    };
    let sum: f64 = probabilities.iter().zip(positives).map(surprise).sum();
    (!positives.is_empty()).then(|| sum / positives.len() as f64)
}

/// The mean squared distance between probability and outcome: `mean((p − y)²)`, 0 to 1, low is good.
///
/// # Edges
/// Nobody: `None`.
pub fn brier(probabilities: &[f64], positives: &[bool]) -> Option<f64> {
    check(probabilities, positives);
    let sum: f64 = probabilities.iter().zip(positives).map(|(p, is)| (p - f64::from(u8::from(*is))).powi(2)).sum();
    (!positives.is_empty()).then(|| sum / positives.len() as f64)
}

/// What a Brier score is made of: `brier = reliability − resolution + uncertainty`, exactly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BrierParts {
    /// How far probabilities are from what came of them; 0 is good.
    pub reliability: f64,
    /// How far what came of them is from the mean; high is good.
    pub resolution: f64,
    /// `r (1 − r)` of the share `r` that left: nobody's doing.
    pub uncertainty: f64,
}

/// The parts of the Brier score over the distinct probabilities.
///
/// # Edges
/// Nobody: `None`.
///
/// # Source
/// Murphy (1973), *Journal of Applied Meteorology* 12(4), 595–600.
pub fn brier_parts(probabilities: &[f64], positives: &[bool]) -> Option<BrierParts> {
    check(probabilities, positives);
    let count = positives.len() as f64;
    let rate = positives.iter().filter(|is| **is).count() as f64 / count;
    let order = ascending(probabilities);
    let mut parts = BrierParts { reliability: 0.0, resolution: 0.0, uncertainty: rate * (1.0 - rate) };
    for run in ties(probabilities, &order) {
        let size = run.len() as f64;
        let p = probabilities[order[run.start]];
        let observed = order[run].iter().filter(|&&at| positives[at]).count() as f64 / size;
        parts.reliability += size / count * (observed - p).powi(2);
        parts.resolution += size / count * (observed - rate).powi(2);
    }
    (!positives.is_empty()).then_some(parts)
}

/// Customers of like probability, and what came of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReliabilityBin {
    /// How many customers.
    pub count: usize,
    /// Their mean probability.
    pub expected: f64,
    /// The share of them that left.
    pub observed: f64,
}

/// Customers in the order of their probability, cut into groups of equal size: what was said beside what came of it.
///
/// The first `n mod bins` groups have one customer more. Customers of equal probability on both sides of a border
/// share their outcomes evenly, so that no order of the rows changes the answer. Empty groups are left out.
///
/// # Edges
/// Nobody: no groups. Panics if `bins` is 0.
pub fn reliability(probabilities: &[f64], positives: &[bool], bins: usize) -> Vec<ReliabilityBin> {
    check(probabilities, positives);
    assert!(bins > 0, "at least one group");
    let order = ascending(probabilities);
    let mut observed = vec![0.0; order.len()];
    for run in ties(probabilities, &order) {
        let up = order[run.clone()].iter().filter(|&&at| positives[at]).count() as f64;
        observed[run.clone()].fill(up / run.len() as f64);
    }
    let (size, longer) = (order.len() / bins, order.len() % bins);
    let mut start = 0;
    let mut groups = Vec::with_capacity(bins);
    for bin in 0..bins {
        let end = start + size + usize::from(bin < longer);
        if end > start {
            let count = end - start;
            let expected = order[start..end].iter().map(|&at| probabilities[at]).sum::<f64>() / count as f64;
            let seen = observed[start..end].iter().sum::<f64>() / count as f64;
            groups.push(ReliabilityBin { count, expected, observed: seen });
        }
        start = end;
    }
    groups
}

/// Expected calibration error: how far, on average, what was said is from what came of it.
///
/// `ECE = Σ n_b/n · |observed_b − expected_b|` over groups of equal size, see [`reliability`].
///
/// # Edges
/// * Nobody: `None`.
/// * Never 0 by chance alone: a perfect model of 10,000 customers shows about 0.007 with ten groups.
pub fn calibration_error(probabilities: &[f64], positives: &[bool], bins: usize) -> Option<f64> {
    let groups = reliability(probabilities, positives, bins);
    let sum: f64 = groups.iter().map(|group| group.count as f64 * (group.observed - group.expected).abs()).sum();
    (!groups.is_empty()).then(|| sum / positives.len() as f64)
}

/// What acting on everybody at or above a probability is worth, in true leavers found per customer.
///
/// `NB(t) = TP/n − FP/n · t/(1 − t)`: a false alarm costs what the threshold says it costs.
///
/// # Edges
/// Nobody: `None`. Panics unless `0 < threshold < 1`.
///
/// # Source
/// Vickers & Elkin (2006), *Medical Decision Making* 26(6), 565–574.
pub fn net_benefit(probabilities: &[f64], positives: &[bool], threshold: f64) -> Option<f64> {
    check(probabilities, positives);
    assert!(threshold > 0.0 && threshold < 1.0, "a probability that is no certainty");
    let chosen = || probabilities.iter().zip(positives).filter(|(p, _)| **p >= threshold);
    let found = chosen().filter(|(_, is)| **is).count() as f64;
    let wrong = chosen().filter(|(_, is)| !**is).count() as f64;
    let count = positives.len() as f64;
    (!positives.is_empty()).then(|| found / count - wrong / count * threshold / (1.0 - threshold))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_order_of_the_rows_changes_the_calibration_error() {
        let p = [0.2, 0.2, 0.2, 0.2, 0.6, 0.6, 0.6];
        let left = [true, false, false, false, true, true, false];
        let mut turned: Vec<(f64, bool)> = p.iter().copied().zip(left).collect();
        turned.reverse();
        let (p2, left2): (Vec<f64>, Vec<bool>) = turned.into_iter().unzip();
        let (one, two) = (calibration_error(&p, &left, 3), calibration_error(&p2, &left2, 3));
        assert!((one.expect("rows") - two.expect("rows")).abs() < 1e-15);
    }

    #[test]
    fn a_wrong_certainty_is_dear_but_finite() {
        let loss = log_loss(&[0.0], &[true]).expect("a row");
        assert!((loss - 34.538_776_394_910_68).abs() < 1e-9, "{loss}");
        assert_eq!(log_loss(&[], &[]), None);
    }
}
