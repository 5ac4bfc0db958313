//! What each signal says when the others are held fixed.
//!
//! A logistic regression on standardised columns, made for telling apart what goes with what, not for prediction: a
//! ridge only as strong as a lone column needs, standard errors that know that rows of one unit belong together.
//!
//! Not here: models that foretell (`linear`, `boost`).

use crate::symmetric::Cholesky;

/// What one column says beside the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Change of the log odds per standard deviation of the column.
    pub coefficient: f64,
    /// Its standard error, rows of one cluster taken together.
    pub standard_error: f64,
}

impl Effect {
    /// The 95 % interval of the coefficient.
    pub fn interval(&self) -> (f64, f64) {
        let reach = 1.959_963_984_540_054 * self.standard_error;
        (self.coefficient - reach, self.coefficient + reach)
    }
}

/// Strength of the ridge: keeps columns that nearly repeat each other apart, and is nothing beside real data.
const RIDGE: f64 = 1e-2;
const STEPS: usize = 50;

/// The effect of every column with all the others held fixed, in the order of the columns.
///
/// Maximises `Σ ln p(y | a + Σ b_j z_j) − 0.005 Σ b_j²` with `z_j` the standardised columns, by Newton's steps; the
/// variance is `H⁻¹ (Σ_c s_c s_cᵀ) H⁻¹ · C/(C−1)` with `s_c` the sum of the scores of a cluster's rows.
///
/// # Edges
/// * One outcome only, no more than one cluster, or no convergence: `None`.
/// * A column without variation has the effect 0 and the standard error 0.
///
/// # Source
/// Huber (1967); Liang & Zeger (1986), *Biometrika* 73(1), 13–22.
pub fn effects(columns: &[Vec<f64>], outcomes: &[bool], clusters: &[usize]) -> Option<Vec<Effect>> {
    assert!(columns.iter().all(|column| column.len() == outcomes.len()), "a value for every row");
    assert_eq!(clusters.len(), outcomes.len(), "a cluster for every row");
    let positives = outcomes.iter().filter(|outcome| **outcome).count();
    if positives == 0 || positives == outcomes.len() {
        return None;
    }
    let standard: Vec<Vec<f64>> = columns.iter().map(|column| standardised(column)).collect();
    let size = columns.len() + 1;
    let row = |at: usize, into: &mut [f64]| {
        into[0] = 1.0;
        into[1..].iter_mut().zip(&standard).for_each(|(value, column)| *value = column[at]);
    };
    let mut beta = vec![0.0; size];
    let share = positives as f64 / outcomes.len() as f64;
    beta[0] = (share / (1.0 - share)).ln();
    let mut x = vec![0.0; size];
    let mut factor = None;
    for _ in 0..STEPS {
        let (mut gradient, mut hessian) = (vec![0.0; size], vec![0.0; size * size]);
        for (at, outcome) in outcomes.iter().enumerate() {
            row(at, &mut x);
            let p = chance(&beta, &x);
            let (miss, weight) = (f64::from(u8::from(*outcome)) - p, p * (1.0 - p));
            for i in 0..size {
                gradient[i] += miss * x[i];
                for j in 0..=i {
                    hessian[i * size + j] += weight * x[i] * x[j];
                }
            }
        }
        for i in 1..size {
            gradient[i] -= RIDGE * beta[i];
            hessian[i * size + i] += RIDGE;
        }
        let curvature = Cholesky::of(&hessian, size)?;
        let step = curvature.solve(&gradient);
        let length = step.iter().map(|part| part.abs()).fold(0.0, f64::max);
        // A step of more than five log odds overshoots.
        let damped = (5.0 / length).min(1.0);
        beta.iter_mut().zip(&step).for_each(|(value, part)| *value += damped * part);
        if length < 1e-9 {
            factor = Some(curvature);
            break;
        }
    }
    let curvature = factor?;
    let mut scores: std::collections::BTreeMap<usize, Vec<f64>> = std::collections::BTreeMap::new();
    for (at, outcome) in outcomes.iter().enumerate() {
        row(at, &mut x);
        let miss = f64::from(u8::from(*outcome)) - chance(&beta, &x);
        let sums = scores.entry(clusters[at]).or_insert_with(|| vec![0.0; size]);
        sums.iter_mut().zip(&x).for_each(|(sum, value)| *sum += miss * value);
    }
    let count = scores.len() as f64;
    if count < 2.0 {
        return None;
    }
    let mut variances = vec![0.0; size];
    for score in scores.values() {
        let influence = curvature.solve(score);
        variances.iter_mut().zip(&influence).for_each(|(sum, part)| *sum += part * part);
    }
    let effect = |at: usize| match standard[at - 1].iter().any(|value| *value != 0.0) {
        true => Effect { coefficient: beta[at], standard_error: (variances[at] * count / (count - 1.0)).sqrt() },
        false => Effect { coefficient: 0.0, standard_error: 0.0 },
    };
    Some((1..size).map(effect).collect())
}

fn chance(beta: &[f64], x: &[f64]) -> f64 {
    let sum: f64 = beta.iter().zip(x).map(|(beta, x)| beta * x).sum();
    1.0 / (1.0 + (-sum).exp())
}

fn standardised(column: &[f64]) -> Vec<f64> {
    let count = column.len() as f64;
    let mean = column.iter().sum::<f64>() / count;
    let deviation = (column.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    match deviation > 1e-12 * mean.abs().max(1e-300) {
        true => column.iter().map(|value| (value - mean) / deviation).collect(),
        false => vec![0.0; column.len()],
    }
}
