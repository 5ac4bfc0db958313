//! What an indicator says beside the others: which of them says the same, and what is left of it when they are held fixed.

use estimators::adjusted::effects;

use super::looks::Looks;
use super::measured::ranks;
use super::{Design, Direction, Efficacy, Partial, Verdict};

/// Rows by which two indicators are compared, at most.
const COMPARED: usize = 20_000;
/// Nearer than this, one of two stands for both.
const SAME: f64 = 0.95;
/// Columns put together at most, and leavers that each of them needs.
const MOST: usize = 15;
const LEAVERS_EACH: usize = 10;
const LEAST_COVERAGE: f64 = 0.8;

/// Fills in the closest other indicator and the partial effect of each.
///
/// The strongest fifteen that are known of four rows in five, and not more than a tenth of the leavers, go into one
/// regression together, leaks and near-copies left out; amounts and counts as `ln(1 + x)`, the unknown at
/// their mean.
pub(super) fn put_together(found: &mut [Efficacy], looks: &Looks, columns: &[Vec<f64>]) {
    let measured: Vec<usize> = (0..found.len()).filter(|place| found[*place].figures.is_some()).collect();
    let stride = looks.rows.len().div_ceil(COMPARED).max(1);
    let ranked: Vec<Vec<f64>> = measured.iter().map(|place| centred(&columns[*place], stride)).collect();
    let likeness = |a: usize, b: usize| -> f64 { ranked[a].iter().zip(&ranked[b]).map(|(a, b)| a * b).sum() };
    for (at, place) in measured.iter().enumerate() {
        let others = (0..measured.len()).filter(|other| *other != at).map(|other| (other, likeness(at, other)));
        let closest = others.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        let closest = closest.map(|(other, rho)| (found[measured[other]].id.clone(), rho));
        if let Some(figures) = &mut found[*place].figures {
            figures.closest = closest;
        }
    }
    if found.iter().any(|one| one.verdict == Verdict::Signal) {
        beside_each_other(found, looks, columns, &measured, &likeness);
    }
}

fn beside_each_other(
    found: &mut [Efficacy],
    looks: &Looks,
    columns: &[Vec<f64>],
    measured: &[usize],
    likeness: &dyn Fn(usize, usize) -> f64,
) {
    let chance = |at: &usize| found[measured[*at]].figures.as_ref().map_or(1.0, |one| one.false_discovery_rate);
    let strength = |at: &usize| found[measured[*at]].figures.as_ref().map_or(0.0, |one| one.auc);
    let fits = |at: &usize| {
        let one = &found[measured[*at]];
        let direction = one.figures.as_ref().map(|figures| figures.direction);
        one.verdict != Verdict::Leak && one.coverage >= LEAST_COVERAGE && direction != Some(Direction::Unusual)
    };
    let mut order: Vec<usize> = (0..measured.len()).filter(fits).collect();
    order.sort_by(|a, b| chance(a).total_cmp(&chance(b)).then(strength(b).total_cmp(&strength(a))));
    let most = MOST.min(looks.losses() / LEAVERS_EACH);
    let mut taken: Vec<usize> = Vec::new();
    for at in order {
        if taken.len() < most && taken.iter().all(|other| likeness(at, *other).abs() < SAME) {
            taken.push(at);
        }
    }
    let together: Vec<Vec<f64>> = taken.iter().map(|at| tamed(&columns[measured[*at]], looks)).collect();
    let left: Vec<bool> = looks.rows.iter().map(|row| row.left_at.is_some()).collect();
    let clusters: Vec<usize> = looks.rows.iter().map(|row| row.customer).collect();
    if taken.len() < 2 {
        return;
    }
    let Some(found_effects) = effects(&together, &left, &clusters) else { return };
    for (at, effect) in taken.iter().zip(found_effects) {
        let mut beside: Vec<(String, f64)> = taken
            .iter()
            .filter(|other| *other != at)
            .map(|other| (found[measured[*other]].id.clone(), likeness(*at, *other)))
            .collect();
        beside.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        beside.truncate(3);
        if let Some(figures) = &mut found[measured[*at]].figures {
            let partial = Partial { coefficient: effect.coefficient, interval: effect.interval(), beside };
            figures.partial = Some(partial);
        }
    }
}

/// Ranks about zero, of length one; the unknown in the middle.
fn centred(column: &[f64], stride: usize) -> Vec<f64> {
    let some: Vec<f64> = column.iter().step_by(stride).copied().collect();
    let known: Vec<usize> = (0..some.len()).filter(|row| !some[*row].is_nan()).collect();
    let values: Vec<f64> = known.iter().map(|row| some[*row]).collect();
    let mut centred = vec![0.0; some.len()];
    for (row, rank) in known.iter().zip(ranks(&values)) {
        centred[*row] = rank - 0.5;
    }
    let length = centred.iter().map(|value| value * value).sum::<f64>().sqrt();
    if length > 0.0 {
        centred.iter_mut().for_each(|value| *value /= length);
    }
    centred
}

/// Values without long tails, and none unknown; of everybody at many moments, less the mean of the moment.
fn tamed(column: &[f64], looks: &Looks) -> Vec<f64> {
    let known = || column.iter().filter(|value| !value.is_nan());
    let amounts = known().all(|value| *value >= 0.0);
    let tame = |value: f64| if amounts { value.ln_1p() } else { value.asinh() };
    let count = known().count().max(1) as f64;
    let mean = known().map(|value| tame(*value)).sum::<f64>() / count;
    let mut tamed: Vec<f64> = column.iter().map(|value| if value.is_nan() { mean } else { tame(*value) }).collect();
    if matches!(looks.design, Design::Moments { .. }) {
        let mut begin = 0;
        for moment in looks.rows.chunk_by(|a, b| a.at == b.at) {
            let part = &mut tamed[begin..begin + moment.len()];
            let mean = part.iter().sum::<f64>() / part.len() as f64;
            part.iter_mut().for_each(|value| *value -= mean);
            begin += moment.len();
        }
    }
    tamed
}
