//! Judging survival predictions when some customers are still there: weights that make up for the censored.

use super::{Lifetime, SurvivalCurve, check};

/// The probability of not being censored before a time, by Kaplan–Meier with the roles of leaving and staying swapped.
///
/// Those who leave at a time are no longer at risk of being censored at it.
struct StillSeen {
    steps: Vec<(f64, f64)>,
}

impl StillSeen {
    fn of(lifetimes: &[Lifetime]) -> Option<Self> {
        check(lifetimes).ok()?;
        let curve = SurvivalCurve::fit(lifetimes).ok()?;
        let mut still = 1.0;
        let steps = curve
            .points()
            .iter()
            .map(|point| {
                let at_risk = point.at_risk - point.ended;
                if point.censored > 0 {
                    still *= 1.0 - point.censored as f64 / at_risk as f64;
                }
                (point.time, still)
            })
            .collect();
        Some(Self { steps })
    }

    fn at(&self, time: f64) -> f64 {
        let after = self.steps.partition_point(|&(at, _)| at <= time);
        after.checked_sub(1).map_or(1.0, |at| self.steps[at].1)
    }
}

/// How often the riskier customer leaves first, whatever the pattern of censoring.
///
/// As [`concordance_index`](super::concordance_index), but a pair counts `1 / Ĝ(t)²`, where t is when its first leaver
/// left and Ĝ(t) the share not censored by then, and only leavers before `until` count.
///
/// # Why
/// Harrell's index depends on how long customers happen to have been watched; this one does not, so that two firms or
/// two years can be compared.
///
/// # Edges
/// `train` is where the censoring is learnt from (may be the same lifetimes). `None` without a comparable pair, or if
/// everybody in `train` was censored before a leaver that counts. Panics if the slices differ in length.
///
/// # Source
/// Uno, Cai, Pencina, D'Agostino & Wei (2011), *Statistics in Medicine* 30(10), 1105–1117, in the form of
/// scikit-survival's `concordance_index_ipcw`.
pub fn uno_concordance(train: &[Lifetime], lifetimes: &[Lifetime], risks: &[f64], until: f64) -> Option<f64> {
    assert_eq!(lifetimes.len(), risks.len(), "a risk for each lifetime");
    let seen = StillSeen::of(train)?;
    let mut order: Vec<usize> = (0..risks.len()).collect();
    order.sort_by(|&a, &b| lifetimes[a].duration.total_cmp(&lifetimes[b].duration));
    let (mut right, mut all) = (0.0, 0.0);
    for &first in order.iter().filter(|&&row| lifetimes[row].ended && lifetimes[row].duration < until) {
        let time = lifetimes[first].duration;
        let still = seen.at(time);
        if still <= 0.0 {
            return None;
        }
        let begin = order.partition_point(|&row| lifetimes[row].duration < time);
        let (mut below, mut equal, mut comparable) = (0_u64, 0_u64, 0_u64);
        for &other in &order[begin..] {
            let outlives = lifetimes[other].duration > time || !lifetimes[other].ended;
            comparable += u64::from(outlives);
            below += u64::from(outlives && risks[other] < risks[first]);
            equal += u64::from(outlives && risks[other] == risks[first]);
        }
        let weight = 1.0 / (still * still);
        right += weight * (below as f64 + 0.5 * equal as f64);
        all += weight * comparable as f64;
    }
    (all > 0.0).then(|| right / all)
}

/// How far predicted shares of staying lie from what happened, on average over time; lower is better.
///
/// At each time `BS(t) = mean( Ŝ(t)² [left by t] / Ĝ(Tᵢ) + (1 − Ŝ(t))² [still there] / Ĝ(t) )`; the score is its
/// integral over `times` by trapezoids, divided by their span. `predicted` holds Ŝ row by row, one number per time.
///
/// # Edges
/// `None` with fewer than two times, or where everybody in `train` was censored before one of them.
///
/// # Source
/// Graf, Schmoor, Sauerbrei & Schumacher (1999), *Statistics in Medicine* 18, 2529–2545.
pub fn integrated_brier_score(
    train: &[Lifetime],
    lifetimes: &[Lifetime],
    times: &[f64],
    predicted: &[f64],
) -> Option<f64> {
    assert_eq!(predicted.len(), lifetimes.len() * times.len(), "a share per lifetime and time");
    let seen = StillSeen::of(train)?;
    let mut scores = Vec::with_capacity(times.len());
    for (column, &time) in times.iter().enumerate() {
        let mut sum = 0.0;
        for (life, shares) in lifetimes.iter().zip(predicted.chunks_exact(times.len())) {
            let stays = shares[column];
            let (miss, still) = if life.duration <= time && life.ended {
                (stays * stays, seen.at(life.duration))
            } else if life.duration > time {
                ((1.0 - stays) * (1.0 - stays), seen.at(time))
            } else {
                continue;
            };
            if still <= 0.0 {
                return None;
            }
            sum += miss / still;
        }
        scores.push(sum / lifetimes.len() as f64);
    }
    let span = times.last()? - times.first()?;
    if times.len() < 2 || span <= 0.0 {
        return None;
    }
    let area: f64 =
        times.windows(2).zip(scores.windows(2)).map(|(t, score)| (t[1] - t[0]) * (score[0] + score[1]) / 2.0).sum();
    Some(area / span)
}
