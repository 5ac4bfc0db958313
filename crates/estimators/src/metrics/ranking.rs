//! Whether those who left stood at the top of the list.

use std::collections::BTreeMap;

use super::{ascending, check, ties};

/// How often somebody who left had a higher score than somebody who stayed.
///
/// `AUC = (pairs in order + ½ · tied pairs) / pairs`, over all pairs of one who left and one who stayed; 0 to 1, 0.5 is
/// guessing. Computed from mid-ranks in `O(n log n)`.
///
/// # Edges
/// * Nobody left, or nobody stayed: `None`.
/// * Panics if the slices differ in length or a score is NaN.
///
/// # Source
/// Hanley & McNeil (1982), *Radiology* 143(1), 29–36.
///
/// # Example
/// ```
/// use estimators::metrics::auc;
/// assert_eq!(auc(&[0.9, 0.8, 0.7, 0.7], &[true, false, true, false]), Some(0.625));
/// assert_eq!(auc(&[0.9, 0.8], &[true, true]), None);
/// ```
pub fn auc(scores: &[f64], positives: &[bool]) -> Option<f64> {
    check(scores, positives);
    let order = ascending(scores);
    let (mut below, mut pairs) = (0.0, 0.0);
    for run in ties(scores, &order) {
        let up = order[run.clone()].iter().filter(|&&at| positives[at]).count() as f64;
        let down = run.len() as f64 - up;
        pairs += up * (below + 0.5 * down);
        below += down;
    }
    let ups = positives.len() as f64 - below;
    (ups > 0.0 && below > 0.0).then(|| pairs / (ups * below))
}

/// An AUC and how far off it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AucInterval {
    /// The AUC.
    pub auc: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end of the 95 % interval, not below 0.
    pub low: f64,
    /// Upper end of the 95 % interval, not above 1.
    pub high: f64,
}

impl AucInterval {
    const Z_95: f64 = 1.959_963_984_540_054;

    fn of(auc: f64, variance: f64) -> AucInterval {
        let standard_error = variance.max(0.0).sqrt();
        let reach = Self::Z_95 * standard_error;
        AucInterval { auc, standard_error, low: (auc - reach).max(0.0), high: (auc + reach).min(1.0) }
    }

    /// Whether guessing cannot be told from this: the interval holds 0.5.
    pub fn covers_guessing(&self) -> bool {
        self.low <= 0.5 && self.high >= 0.5
    }
}

/// The AUC with its 95 % interval by DeLong's method.
///
/// Each customer has a placement: the share of the other side that it stands above (for one who left) or that stands
/// above it (for one who stayed). `Var = S₁₀/m + S₀₁/n` of the two sets of placements.
///
/// # Edges
/// * Fewer than two who left, or fewer than two who stayed: `None`.
/// * Customers are taken as independent; several rows of one customer are not: [`auc_interval_by_cluster`].
///
/// # Source
/// DeLong, DeLong & Clarke-Pearson (1988), *Biometrics* 44(3), 837–845; ranks as in Sun & Xu (2014).
pub fn auc_interval(scores: &[f64], positives: &[bool]) -> Option<AucInterval> {
    let placements = placements(scores, positives)?;
    let spread = |side: bool| {
        let values = || placements.iter().zip(positives).filter(move |(_, is)| **is == side).map(|(value, _)| *value);
        let count = values().count() as f64;
        let mean = values().sum::<f64>() / count;
        (count >= 2.0).then(|| values().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0) / count)
    };
    Some(AucInterval::of(auc(scores, positives)?, spread(true)? + spread(false)?))
}

/// The AUC with a 95 % interval that knows which rows are of one customer.
///
/// With `ψ` the influence of a row on the AUC (its placement less the AUC, over the size of its side) and `ψ_c` the sum
/// over the rows of a cluster: `Var = C/(C−1) · Σ ψ_c²`. `clusters` gives each row the number of its cluster.
///
/// # Why
/// A customer seen at twelve past moments is not twelve customers: taken as such, the interval is far too narrow.
///
/// # Edges
/// * One class only, or fewer than two clusters: `None`.
///
/// # Source
/// Obuchowski (1997), *Biometrics* 53(2), 567–578, written with influences.
pub fn auc_interval_by_cluster(scores: &[f64], positives: &[bool], clusters: &[usize]) -> Option<AucInterval> {
    let sums = influences(scores, positives, clusters)?;
    Some(AucInterval::of(auc(scores, positives)?, variance(sums.values().copied())?))
}

/// How much better one score ranks than another on the same rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AucDifference {
    /// AUC of the one less that of the other.
    pub difference: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl AucDifference {
    /// Whether neither can be called the better: the interval holds 0.
    pub fn covers_nothing(&self) -> bool {
        self.low <= 0.0 && self.high >= 0.0
    }
}

/// The AUC of `one` less that of `other`, with a 95 % interval that knows which rows are of one customer.
///
/// With `ψ` the influences of [`auc_interval_by_cluster`]: `Var = C/(C−1) · Σ (ψ_c(one) − ψ_c(other))²`.
///
/// # Why
/// Two scores of the same customers err together: their two intervals may overlap widely while the one is plainly better.
///
/// # Edges
/// As [`auc_interval_by_cluster`]. Two scores that order all rows alike differ by 0, surely.
///
/// # Source
/// DeLong, DeLong & Clarke-Pearson (1988), *Biometrics* 44(3), 837–845, with the clusters of Obuchowski (1997).
pub fn auc_difference_by_cluster(
    one: &[f64],
    other: &[f64],
    positives: &[bool],
    clusters: &[usize],
) -> Option<AucDifference> {
    let (ones, others) = (influences(one, positives, clusters)?, influences(other, positives, clusters)?);
    let difference = auc(one, positives)? - auc(other, positives)?;
    let reach = AucInterval::Z_95 * variance(ones.iter().map(|(cluster, sum)| sum - others[cluster]))?.max(0.0).sqrt();
    Some(AucDifference { difference, low: difference - reach, high: difference + reach })
}

/// How much each cluster moves the AUC: its placements less the AUC, over the size of their side. `None` for one class.
fn influences(scores: &[f64], positives: &[bool], clusters: &[usize]) -> Option<BTreeMap<usize, f64>> {
    assert_eq!(scores.len(), clusters.len(), "a cluster for each row");
    let placements = placements(scores, positives)?;
    let auc = auc(scores, positives)?;
    let ups = positives.iter().filter(|is| **is).count() as f64;
    let downs = positives.len() as f64 - ups;
    let mut sums = BTreeMap::new();
    for ((placement, is), cluster) in placements.iter().zip(positives).zip(clusters) {
        *sums.entry(*cluster).or_default() += (placement - auc) / if *is { ups } else { downs };
    }
    Some(sums)
}

/// `C/(C−1) · Σ ψ_c²`; `None` with fewer than two clusters.
fn variance(sums: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    let count = sums.len() as f64;
    (count >= 2.0).then(|| count / (count - 1.0) * sums.map(|sum| sum * sum).sum::<f64>())
}

/// For one who left the share of those who stayed standing below; for one who stayed the share of those who left
/// standing above. Ties count half.
fn placements(scores: &[f64], positives: &[bool]) -> Option<Vec<f64>> {
    check(scores, positives);
    let order = ascending(scores);
    let ups = positives.iter().filter(|is| **is).count() as f64;
    let downs = positives.len() as f64 - ups;
    if ups == 0.0 || downs == 0.0 {
        return None;
    }
    let mut placements = vec![0.0; scores.len()];
    let (mut ups_below, mut downs_below) = (0.0, 0.0);
    for run in ties(scores, &order) {
        let up = order[run.clone()].iter().filter(|&&at| positives[at]).count() as f64;
        let down = run.len() as f64 - up;
        for &at in &order[run] {
            placements[at] = match positives[at] {
                true => (downs_below + 0.5 * down) / downs,
                false => (ups - ups_below - 0.5 * up) / ups,
            };
        }
        ups_below += up;
        downs_below += down;
    }
    Some(placements)
}

/// How pure the list is as one goes down it: precision averaged over those who left.
///
/// `AP = Σ (R_k − R_{k−1}) · P_k` over the distinct scores from the top, `R` recall and `P` precision of all that score
/// at least so much. Guessing gives the share that left.
///
/// # Edges
/// Nobody left: `None`. Equal scores stand or fall together.
pub fn average_precision(scores: &[f64], positives: &[bool]) -> Option<f64> {
    check(scores, positives);
    let mut order = ascending(scores);
    order.reverse();
    let ups = positives.iter().filter(|is| **is).count() as f64;
    let (mut found, mut sum) = (0.0, 0.0);
    for run in ties(scores, &order) {
        let up = order[run.clone()].iter().filter(|&&at| positives[at]).count() as f64;
        found += up;
        sum += up / ups * (found / run.end as f64);
    }
    (ups > 0.0).then_some(sum)
}

/// How many times as many leavers stand in the top `share` of the list as in a list in random order.
///
/// `lift = (leavers among the top share · n) / (share · leavers)`. The border may cut through customers of equal score:
/// they then count by the fraction of them that is inside, so that no order of ties flatters.
///
/// # Edges
/// Nobody left, nobody at all: `None`. Panics unless `0 < share ≤ 1`.
///
/// # Example
/// ```
/// use estimators::metrics::lift_at;
/// let scores = [0.9, 0.5, 0.5, 0.5, 0.1];
/// let left = [true, true, false, false, false];
/// assert_eq!(lift_at(&scores, &left, 0.4), Some((1.0 + 1.0 / 3.0) / (0.4 * 2.0)));
/// ```
pub fn lift_at(scores: &[f64], positives: &[bool], share: f64) -> Option<f64> {
    check(scores, positives);
    assert!(share > 0.0 && share <= 1.0, "a share of the list");
    let mut order = ascending(scores);
    order.reverse();
    let room = share * scores.len() as f64;
    let ups = positives.iter().filter(|is| **is).count() as f64;
    let mut found = 0.0;
    for run in ties(scores, &order) {
        let up = order[run.clone()].iter().filter(|&&at| positives[at]).count() as f64;
        let inside = (room - run.start as f64).clamp(0.0, run.len() as f64);
        found += up * inside / run.len() as f64;
    }
    (ups > 0.0).then(|| found / (share * ups))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f64; 10] = [0.1, 0.4, 0.35, 0.8, 0.4, 0.6, 0.7, 0.2, 0.9, 0.35];
    const LEFT: [bool; 10] = [false, false, true, true, false, true, false, false, true, false];

    #[test]
    fn counting_every_pair_gives_the_same() {
        let (mut pairs, mut sum) = (0.0, 0.0);
        for (left, score) in LEFT.iter().zip(SCORES).filter(|(left, _)| **left).map(|(left, score)| (*left, score)) {
            assert!(left);
            for (_, other) in LEFT.iter().zip(SCORES).filter(|(left, _)| !**left) {
                pairs += 1.0;
                sum += if score > other {
                    1.0
                } else if score == other {
                    0.5
                } else {
                    0.0
                };
            }
        }
        assert_eq!(auc(&SCORES, &LEFT), Some(sum / pairs));
    }

    #[test]
    fn a_cluster_for_each_row_is_nearly_the_plain_interval_and_twins_widen_it() {
        let scores: Vec<f64> = (0..400).map(|row| f64::from((row * 37) % 101)).collect();
        let left: Vec<bool> = (0..400).map(|row| (row * 53) % 97 < 30 || (row * 37) % 101 > 80).collect();
        let plain = auc_interval(&scores, &left).expect("both classes");
        let single = auc_interval_by_cluster(&scores, &left, &(0..400).collect::<Vec<_>>()).expect("both classes");
        assert!((plain.standard_error / single.standard_error - 1.0).abs() < 0.01, "{plain:?} {single:?}");
        let twice = |values: &[f64]| [values, values].concat();
        let both = [&left[..], &left[..]].concat();
        let clusters: Vec<usize> = (0..400).chain(0..400).collect();
        let twins = auc_interval_by_cluster(&twice(&scores), &both, &clusters).expect("both classes");
        assert!((twins.standard_error / single.standard_error - 1.0).abs() < 1e-9, "a copy of a row is no news");
    }

    #[test]
    fn the_difference_of_two_scores_is_surer_than_either_and_that_of_twins_is_nothing() {
        let left: Vec<bool> = (0..400).map(|row| (row * 53) % 97 < 30).collect();
        let noise = |row: usize| ((row * 37) % 101) as f64 / 101.0;
        let better: Vec<f64> = (0..400).map(|row| noise(row) + if left[row] { 0.5 } else { 0.0 }).collect();
        let worse: Vec<f64> = (0..400).map(|row| noise(row) + if left[row] { 0.4 } else { 0.0 }).collect();
        let rows: Vec<usize> = (0..400).collect();
        let found = auc_difference_by_cluster(&better, &worse, &left, &rows).expect("both classes");
        let (one, other) = (auc_interval(&better, &left), auc_interval(&worse, &left));
        let (one, other) = (one.expect("both classes"), other.expect("both classes"));
        assert!((found.difference - (one.auc - other.auc)).abs() < 1e-12 && found.low > 0.0, "{found:?}");
        assert!(one.low < other.high, "each alone says nothing of it: {one:?} {other:?}");
        // A second road: customers left out one at a time.
        let without = |gone: usize, scores: &[f64]| {
            let kept: Vec<f64> = (0..400).filter(|row| *row != gone).map(|row| scores[row]).collect();
            let left: Vec<bool> = (0..400).filter(|row| *row != gone).map(|row| left[row]).collect();
            auc(&kept, &left).expect("both classes")
        };
        let each: Vec<f64> = (0..400).map(|gone| without(gone, &better) - without(gone, &worse)).collect();
        let mean = each.iter().sum::<f64>() / 400.0;
        let jackknife = (399.0 / 400.0 * each.iter().map(|one| (one - mean).powi(2)).sum::<f64>()).sqrt();
        let error = (found.high - found.low) / 2.0 / AucInterval::Z_95;
        assert!((error / jackknife - 1.0).abs() < 0.02, "{error} {jackknife}");
        let same = auc_difference_by_cluster(&better, &better, &left, &rows).expect("both classes");
        assert_eq!((same.difference, same.low, same.high), (0.0, 0.0, 0.0));
        assert!(same.covers_nothing());
    }

    #[test]
    fn one_class_has_no_measure() {
        assert_eq!(auc(&[0.1, 0.2], &[false, false]), None);
        assert_eq!(auc_interval(&[0.1, 0.2, 0.3], &[true, false, false]), None);
        assert_eq!(average_precision(&[], &[]), None);
        assert_eq!(lift_at(&[0.5], &[false], 0.1), None);
    }

    #[test]
    fn a_score_with_few_values_flatters_nobody() {
        let scores = vec![1.0; 1000];
        let left: Vec<bool> = (0..1000).map(|row| row < 100).collect();
        assert_eq!(lift_at(&scores, &left, 0.1).map(|lift| (lift * 1e9).round()), Some(1e9));
        assert_eq!(auc(&scores, &left), Some(0.5));
    }
}
