//! Whether groups leave at different speeds.

use super::{Lifetime, Unfit, check};
use crate::special::chi_squared_tail;
use crate::symmetric::quadratic_form;

/// What the log-rank test found.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRank {
    /// χ² of the differences between observed and expected leavers.
    pub statistic: f64,
    /// Degrees of freedom: groups that could differ, less one.
    pub degrees: usize,
    /// How likely a statistic this large is if all groups leave alike.
    pub p: f64,
    /// Leavers of each group.
    pub observed: Vec<f64>,
    /// Leavers each group would have had if all left alike.
    pub expected: Vec<f64>,
}

/// Do these groups leave at the same speed?
///
/// At each time somebody leaves, the leavers are compared with what each group's share of those still seen would give:
/// `U_g = Σ (d_g − d n_g / n)`, with the hypergeometric covariance `d (n − d) / (n − 1) · (n_g / n) (δ_gh − n_h / n)`; the
/// statistic is `Uᵀ V⁺ U`, χ² with groups − 1 degrees of freedom.
///
/// # Edges
/// Fewer than two groups with somebody in them, or nobody leaving: an error. A group in which nobody was ever at risk
/// while others left does not count as a degree of freedom.
///
/// # Source
/// Mantel (1966), *Cancer Chemotherapy Reports* 50, 163–170; Peto & Peto (1972), *JRSS A* 135, 185–207.
pub fn log_rank(groups: &[Vec<Lifetime>]) -> Result<LogRank, Unfit> {
    let count = groups.len();
    let mut all: Vec<(Lifetime, usize)> = Vec::new();
    for (group, lifetimes) in groups.iter().enumerate() {
        check(lifetimes)?;
        all.extend(lifetimes.iter().map(|&life| (life, group)));
    }
    if count < 2 {
        return Err(Unfit::Empty);
    }
    if all.iter().all(|(life, _)| !life.ended) {
        return Err(Unfit::NobodyLeft);
    }
    all.sort_by(|a, b| a.0.duration.total_cmp(&b.0.duration));
    let mut at_risk: Vec<f64> = groups.iter().map(|group| group.len() as f64).collect();
    let (mut observed, mut expected) = (vec![0.0; count], vec![0.0; count]);
    let mut covariance = vec![0.0; count * count];
    for tied in all.chunk_by(|a, b| a.0.duration == b.0.duration) {
        let mut ended = vec![0.0; count];
        for (life, group) in tied {
            ended[*group] += f64::from(u8::from(life.ended));
        }
        let (d, n): (f64, f64) = (ended.iter().sum(), at_risk.iter().sum());
        if d > 0.0 {
            let variance = if n > 1.0 { d * (n - d) / (n - 1.0) } else { 0.0 };
            for g in 0..count {
                let share = at_risk[g] / n;
                observed[g] += ended[g];
                expected[g] += d * share;
                for h in 0..count {
                    let own = if g == h { 1.0 } else { 0.0 };
                    covariance[g * count + h] += variance * share * (own - at_risk[h] / n);
                }
            }
        }
        for (_, group) in tied {
            at_risk[*group] -= 1.0;
        }
    }
    let difference: Vec<f64> = observed.iter().zip(&expected).map(|(seen, due)| seen - due).collect();
    let (statistic, degrees) = quadratic_form(&covariance, count, &difference);
    Ok(LogRank { statistic, degrees, p: chi_squared_tail(statistic, degrees.max(1) as f64), observed, expected })
}
