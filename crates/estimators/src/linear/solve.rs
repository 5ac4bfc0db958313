//! The arithmetic below a regression: small symmetric systems and coordinate descent.

use std::cmp::Ordering;

use super::Logistic;
use crate::symmetric::Cholesky;

/// The log loss of some rows near a point, to second order: curvature and slope in the weights, intercept first.
pub(super) struct Quadratic {
    width: usize,
    /// Upper triangle of the curvature, row after row, `width + 1` square.
    bends: Vec<f64>,
    slopes: Vec<f64>,
}

impl Quadratic {
    pub(super) fn new(width: usize) -> Self {
        let size = width + 1;
        Quadratic { width, bends: vec![0.0; size * size], slopes: vec![0.0; size] }
    }

    /// Adds a row with its curvature and its residual (outcome less probability).
    pub(super) fn add(&mut self, values: &[f64], bend: f64, residual: f64) {
        let size = self.width + 1;
        self.bends[0] += bend;
        self.slopes[0] += residual;
        for (place, value) in values.iter().enumerate() {
            // Levels are mostly 0.
            if *value == 0.0 {
                continue;
            }
            let weighted = bend * value;
            self.bends[place + 1] += weighted;
            self.slopes[place + 1] += residual * value;
            let line = &mut self.bends[(place + 1) * size + place + 1..(place + 2) * size];
            line.iter_mut().zip(&values[place..]).for_each(|(slot, other)| *slot += weighted * other);
        }
    }

    /// The way to the minimum of the quadratic and the penalty; `None` where the system cannot be solved.
    pub(super) fn step(
        mut self,
        model: &Logistic,
        scales: &[f64],
        lasso: f64,
        strength: f64,
        rows: f64,
    ) -> Option<Logistic> {
        let size = self.width + 1;
        self.share_among(rows);
        for (place, scale) in scales.iter().enumerate() {
            let ridge = strength * (1.0 - lasso) * scale;
            self.bends[(place + 1) * size + place + 1] += ridge;
            self.slopes[place + 1] -= ridge * model.weights[place];
        }
        let moves = match lasso > 0.0 {
            true => self.descend(model, scales, strength * lasso),
            false => Cholesky::of(&self.bends, size)?.solve(&self.slopes),
        };
        Some(Logistic { intercept: moves[0], weights: moves[1..].to_vec() })
    }

    /// The way to the minimum of the quadratic and `strength/2 · Σ (w − toward)²` among weights of zero or more.
    pub(super) fn step_toward(mut self, model: &Logistic, toward: &[f64], strength: f64, rows: f64) -> Logistic {
        let size = self.width + 1;
        self.share_among(rows);
        for (place, given) in toward.iter().enumerate() {
            self.bends[(place + 1) * size + place + 1] += strength;
            self.slopes[place + 1] -= strength * (model.weights[place] - given);
        }
        let bounded = |place: usize, next: f64| match place {
            0 => next,
            _ => next.max(-model.weights[place - 1]),
        };
        let moves = self.by_coordinates(|place, pull, bend| bounded(place, pull / bend));
        Logistic { intercept: moves[0], weights: moves[1..].to_vec() }
    }

    /// Sums over rows become means, and the lower triangle what the upper is.
    fn share_among(&mut self, rows: f64) {
        let size = self.width + 1;
        self.bends.iter_mut().for_each(|bend| *bend /= rows);
        self.slopes.iter_mut().for_each(|slope| *slope /= rows);
        for row in 0..size {
            for column in 0..row {
                self.bends[row * size + column] = self.bends[column * size + row];
            }
        }
    }

    /// Coordinate descent on `½ dᵀBd − sᵀd + Σ l1_j |w_j + d_j|`.
    fn descend(&self, model: &Logistic, scales: &[f64], l1: f64) -> Vec<f64> {
        self.by_coordinates(|place, pull, bend| {
            let (weight, edge) = match place {
                0 => (0.0, 0.0),
                _ => (model.weights[place - 1], l1 * scales[place - 1]),
            };
            let pull = pull + bend * weight;
            pull.signum() * (pull.abs() - edge).max(0.0) / bend - weight
        })
    }

    /// Moves one coordinate after the other until none moves the quadratic any more; `best` says where a coordinate goes
    /// that the rest pulls so strongly against its own curvature.
    fn by_coordinates(&self, best: impl Fn(usize, f64, f64) -> f64) -> Vec<f64> {
        let size = self.width + 1;
        let mut moves = vec![0.0; size];
        let mut left = self.slopes.clone();
        for _ in 0..1000 {
            let mut most = 0.0f64;
            for place in 0..size {
                let bend = self.bends[place * size + place];
                if bend <= 1e-12 {
                    continue;
                }
                let next = best(place, left[place] + bend * moves[place], bend);
                let change = next - moves[place];
                if change != 0.0 {
                    moves[place] = next;
                    let line = &self.bends[place * size..(place + 1) * size];
                    left.iter_mut().zip(line).for_each(|(left, bend)| *left -= bend * change);
                    most = most.max(bend * change * change);
                }
            }
            if most < 1e-12 {
                break;
            }
        }
        moves
    }
}

/// A small logistic regression on targets between 0 and 1, from a start, by Newton's method with halved steps.
///
/// `None` where it does not end at finite weights.
pub(crate) fn newton<const N: usize>(rows: &[[f64; N]], targets: &[f64], start: [f64; N]) -> Option<[f64; N]> {
    assert_eq!(rows.len(), targets.len(), "a target for each row");
    let dot = |row: &[f64; N], weights: &[f64; N]| row.iter().zip(weights).map(|(a, b)| a * b).sum::<f64>();
    let loss = |weights: &[f64; N]| {
        let surprise = |(row, target): (&[f64; N], &f64)| {
            let margin = dot(row, weights);
            margin.max(0.0) + (-margin.abs()).exp().ln_1p() - target * margin
        };
        rows.iter().zip(targets).map(surprise).sum::<f64>()
    };
    let mut weights = start;
    let mut before = loss(&weights);
    for _ in 0..100 {
        let (mut bends, mut slopes) = (vec![0.0; N * N], [0.0; N]);
        for (row, target) in rows.iter().zip(targets) {
            let p = 1.0 / (1.0 + (-dot(row, &weights)).exp());
            let bend = (p * (1.0 - p)).max(1e-9);
            for left in 0..N {
                slopes[left] += (target - p) * row[left];
                for right in 0..N {
                    bends[left * N + right] += bend * row[left] * row[right];
                }
            }
        }
        // Columns that say the same are told apart by a hair.
        (0..N).for_each(|place| bends[place * N + place] *= 1.0 + 1e-10);
        let step = Cholesky::of(&bends, N)?.solve(&slopes);
        let mut share = 1.0;
        let mut moved = weights;
        let mut now = f64::INFINITY;
        while share > 1e-6 {
            (0..N).for_each(|place| moved[place] = weights[place] + share * step[place]);
            now = loss(&moved);
            if now <= before {
                break;
            }
            share /= 2.0;
        }
        if matches!(now.partial_cmp(&before), None | Some(Ordering::Greater)) {
            break;
        }
        let length: f64 = (0..N).map(|place| (moved[place] - weights[place]).abs()).sum();
        (weights, before) = (moved, now);
        if length < 1e-12 {
            break;
        }
    }
    weights.iter().all(|weight| weight.is_finite()).then_some(weights)
}
