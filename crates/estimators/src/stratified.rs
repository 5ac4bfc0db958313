//! Ranking within strata: who was asked about on one day is compared with the others of that day, and with nobody else.

use crate::metrics::AucInterval;

/// How often a positive stands above a negative of the same stratum, with its 95 % interval over clusters.
///
/// `AUC = Σ_s n₁ₛ · AUCₛ / Σ_s n₁ₛ` over the strata in which both sides occur, `n₁ₛ` the positives of a stratum. With `ψ` the
/// influence of a row (a positive's placement among the negatives of its stratum less the AUC, over all positives; a
/// negative's likewise, times its stratum's share of the positives over its negatives) and `ψ_c` their sum over the rows of
/// a cluster: `Var = C/(C−1) · Σ ψ_c²`.
///
/// # Why
/// Values that merely grow with the years, while more and more leave, rank well over all years together and say nothing on
/// any day. Ranks within the day, pooled, are not enough: where many values are equal they still tell one day from another.
///
/// # Edges
/// No stratum with both sides, or fewer than two clusters: `None`. Panics if the slices differ in length.
///
/// # Source
/// van Elteren (1960) for the stratified rank sum; Obuchowski (1997), *Biometrics* 53(2), 567–578, for clusters.
pub fn auc_within(scores: &[f64], positives: &[bool], strata: &[usize], clusters: &[usize]) -> Option<AucInterval> {
    let rows = scores.len();
    assert!(positives.len() == rows && strata.len() == rows && clusters.len() == rows, "one of each for every row");
    let mut order: Vec<usize> = (0..rows).collect();
    order.sort_by(|a, b| strata[*a].cmp(&strata[*b]).then(scores[*a].total_cmp(&scores[*b])));
    let mut placed: Vec<(usize, f64, f64)> = Vec::with_capacity(rows);
    let mut all = 0.0;
    for stratum in order.chunk_by(|a, b| strata[*a] == strata[*b]) {
        let ones = stratum.iter().filter(|row| positives[**row]).count() as f64;
        let zeros = stratum.len() as f64 - ones;
        if ones == 0.0 || zeros == 0.0 {
            continue;
        }
        all += ones;
        let (mut ones_below, mut zeros_below) = (0.0, 0.0);
        for equal in stratum.chunk_by(|a, b| scores[*a] == scores[*b]) {
            let own = equal.iter().filter(|row| positives[**row]).count() as f64;
            let other = equal.len() as f64 - own;
            for row in equal {
                // Placement among the other side of the stratum, and what it weighs.
                placed.push(match positives[*row] {
                    true => (*row, (zeros_below + 0.5 * other) / zeros, 1.0),
                    false => (*row, (ones - ones_below - 0.5 * own) / ones, ones / zeros),
                });
            }
            ones_below += own;
            zeros_below += other;
        }
    }
    if all == 0.0 {
        return None;
    }
    let auc = placed.iter().filter(|(row, ..)| positives[*row]).map(|(_, place, _)| place).sum::<f64>() / all;
    let mut sums: std::collections::BTreeMap<usize, f64> = std::collections::BTreeMap::new();
    for (row, place, weight) in &placed {
        *sums.entry(clusters[*row]).or_default() += weight * (place - auc) / all;
    }
    let count = sums.len() as f64;
    if count < 2.0 {
        return None;
    }
    let standard_error = (sums.values().map(|sum| sum * sum).sum::<f64>() * count / (count - 1.0)).sqrt();
    let reach = 1.959_963_984_540_054 * standard_error;
    Some(AucInterval { auc, standard_error, low: (auc - reach).max(0.0), high: (auc + reach).min(1.0) })
}
