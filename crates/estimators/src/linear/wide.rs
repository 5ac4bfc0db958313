//! Newton's step for a ridge over very many columns, by conjugate gradients: only the matrix itself is read, row by row,
//! and nothing of the size of its width squared is made.

use super::{Logistic, Matrix};
use crate::calibrate::logistic;

/// Columns from which this is quicker than solving the system whole.
pub(super) const WIDE: usize = 400;
/// Steps of the conjugate gradients at most, and the share of the first error that may be left: Newton's next step mends it.
const STEPS: usize = 200;
const LEFT: f64 = 1e-4;

/// The way to the minimum of the mean log loss to second order and `strength/2 · Σ scale · w²`.
///
/// # Source
/// Preconditioned by the diagonal: Lin, Weng & Keerthi (2008), *Journal of Machine Learning Research* 9, 627–650.
pub(super) fn step(
    matrix: &Matrix,
    positives: &[bool],
    rows: &[u32],
    model: &Logistic,
    scales: &[f64],
    strength: f64,
) -> Logistic {
    let width = matrix.width();
    let count = rows.len() as f64;
    let ridge: Vec<f64> = scales.iter().map(|scale| strength * scale).collect();
    // Intercept first, in all that follows.
    let mut left = vec![0.0; width + 1];
    let mut diagonal = vec![0.0; width + 1];
    let mut bends = Vec::with_capacity(rows.len());
    for &row in rows {
        let values = matrix.row(row as usize);
        let p = logistic(model.margin(values));
        let bend = (p * (1.0 - p)).max(1e-6) / count;
        let residual = (f64::from(u8::from(positives[row as usize])) - p) / count;
        bends.push(bend);
        left[0] += residual;
        diagonal[0] += bend;
        for (place, value) in values.iter().enumerate() {
            left[place + 1] += residual * value;
            diagonal[place + 1] += bend * value * value;
        }
    }
    for (place, ridge) in ridge.iter().enumerate() {
        left[place + 1] -= ridge * model.weights[place];
        diagonal[place + 1] += ridge;
    }
    let curved = |way: &[f64]| {
        let mut out = vec![0.0; width + 1];
        for (&row, bend) in rows.iter().zip(&bends) {
            let values = matrix.row(row as usize);
            let along = bend * (way[0] + values.iter().zip(&way[1..]).map(|(value, way)| value * way).sum::<f64>());
            out[0] += along;
            out[1..].iter_mut().zip(values).for_each(|(out, value)| *out += along * value);
        }
        let penalised = out[1..].iter_mut().zip(way[1..].iter().zip(&ridge));
        penalised.for_each(|(out, (way, ridge))| *out += ridge * way);
        out
    };
    let dot = |left: &[f64], right: &[f64]| left.iter().zip(right).map(|(a, b)| a * b).sum::<f64>();
    let eased = |left: &[f64]| -> Vec<f64> {
        left.iter().zip(&diagonal).map(|(left, bend)| if *bend > 0.0 { left / bend } else { 0.0 }).collect()
    };
    let mut moves = vec![0.0; width + 1];
    let mut way = eased(&left);
    let mut error = dot(&left, &way);
    let enough = LEFT * error;
    for _ in 0..STEPS {
        let pushed = curved(&way);
        let bend = dot(&way, &pushed);
        if error <= enough || bend <= 0.0 {
            break;
        }
        let far = error / bend;
        moves.iter_mut().zip(&way).for_each(|(moves, way)| *moves += far * way);
        left.iter_mut().zip(&pushed).for_each(|(left, pushed)| *left -= far * pushed);
        let next = eased(&left);
        let fallen = dot(&left, &next);
        way.iter_mut().zip(&next).for_each(|(way, next)| *way = next + fallen / error * *way);
        error = fallen;
    }
    Logistic { intercept: moves[0], weights: moves[1..].to_vec() }
}
