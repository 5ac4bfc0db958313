//! Logistic regression with a penalty: the risk as a sum of what each column says.
//!
//! Columns become smooth curves, steps or levels ([`Design`]); their weights are found along a path of penalties
//! ([`fit_path`]), ridge by Newton's method (over very many columns by conjugate gradients), with a share of lasso by coordinate
//! descent on the same quadratic. Where somebody has set weights already, they are drawn towards those and never below zero ([`fit_toward`]).
//!
//! Not here: the choice of the penalty by folds (the caller's).
//!
//! # Source
//! Friedman, Hastie & Tibshirani (2010), *Journal of Statistical Software* 33(1), for the path and the descent.

mod design;
mod solve;
mod wide;

pub use design::{Column, Design};
pub(crate) use solve::newton;

use std::cmp::Ordering;

use crate::calibrate::logistic;
use crate::flat;
use solve::Quadratic;

/// Rows of numbers, one after the other, all of the same width.
#[derive(Clone, Debug)]
pub struct Matrix {
    width: usize,
    values: Vec<f64>,
}

impl Matrix {
    /// A matrix of whole rows. Panics if the values are no multiple of the width.
    pub fn new(width: usize, values: Vec<f64>) -> Matrix {
        assert!(width > 0 && values.len().is_multiple_of(width), "whole rows");
        Matrix { width, values }
    }

    /// How many numbers a row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..(row + 1) * self.width]
    }
}

/// Weights of the columns of a design.
#[derive(Clone, Debug, PartialEq)]
pub struct Logistic {
    /// Log odds of a row of zeros.
    pub intercept: f64,
    /// One for each column.
    pub weights: Vec<f64>,
}

flat!(Logistic { intercept, weights });

impl Logistic {
    /// The log odds of a row.
    pub fn margin(&self, row: &[f64]) -> f64 {
        self.intercept + self.weights.iter().zip(row).map(|(weight, value)| weight * value).sum::<f64>()
    }
}

/// Weights for each penalty, from the strongest down, each begun where the last ended.
///
/// Minimises `mean(log loss) + strength · Σ_j scale_j · (lasso · |w_j| + (1 − lasso)/2 · w_j²)` over `rows`; the intercept
/// is free. `positives` has an entry for each row of the matrix, `scales` one for each column.
///
/// # Edges
/// * A column that is constant among the rows keeps weight 0 as long as it has a penalty.
/// * One class only: weights 0 and an intercept of the log odds with half a row added to each side.
/// * Panics if slices do not fit, there is no row, or a penalty is not positive.
pub fn fit_path(
    matrix: &Matrix,
    positives: &[bool],
    rows: &[u32],
    scales: &[f64],
    lasso: f64,
    strengths: &[f64],
) -> Vec<Logistic> {
    assert_eq!(scales.len(), matrix.width, "a scale for each column");
    assert!(!rows.is_empty() && strengths.iter().all(|strength| *strength > 0.0), "rows, and penalties above 0");
    let ups = rows.iter().filter(|&&row| positives[row as usize]).count() as f64;
    let downs = rows.len() as f64 - ups;
    let mut model = Logistic { intercept: ((ups + 0.5) / (downs + 0.5)).ln(), weights: vec![0.0; matrix.width] };
    let mut path = Vec::with_capacity(strengths.len());
    for strength in strengths {
        if ups > 0.0 && downs > 0.0 {
            descend(matrix, positives, rows, &Penalty::Elastic { scales, lasso, strength: *strength }, &mut model);
        }
        path.push(model.clone());
    }
    path
}

/// Weights of zero or more, drawn towards given ones, for each penalty, each begun where the last ended.
///
/// Minimises `mean(log loss) + strength/2 · Σ_j (w_j − toward_j)²` over `rows` with every `w_j ≥ 0`; the intercept is free.
/// The stronger the penalty, the nearer the weights are to those given; without limit they are those given.
///
/// # Why
/// Weights that people set are worth something where outcomes are few. With the columns turned so that more is worse, a
/// weight below zero would say the reverse of what was declared.
///
/// # Edges
/// * A column that is constant among the rows keeps the weight given.
/// * One class only: the weights given, and an intercept of the log odds with half a row added to each side.
/// * Panics if slices do not fit, there is no row, a penalty is not positive, or a weight given is below zero.
///
/// # Source
/// Projected Newton: Bertsekas (1982), *SIAM Journal on Control and Optimization* 20(2), 221–246, by coordinate descent on
/// the quadratic as in [`fit_path`].
///
/// # Example
/// ```
/// use estimators::linear::{Matrix, fit_toward};
/// let matrix = Matrix::new(1, vec![0.0, 1.0, 2.0, 3.0]);
/// let left = [true, false, true, false];
/// // More of it went with staying: no penalty is weak enough for a weight below zero.
/// let path = fit_toward(&matrix, &left, &[0, 1, 2, 3], &[0.7], &[1e6, 1e-6]);
/// assert!((path[0].weights[0] - 0.7).abs() < 1e-3 && path[1].weights[0] == 0.0);
/// ```
pub fn fit_toward(
    matrix: &Matrix,
    positives: &[bool],
    rows: &[u32],
    toward: &[f64],
    strengths: &[f64],
) -> Vec<Logistic> {
    assert_eq!(toward.len(), matrix.width, "a weight for each column");
    assert!(toward.iter().all(|weight| *weight >= 0.0), "weights of zero or more");
    assert!(!rows.is_empty() && strengths.iter().all(|strength| *strength > 0.0), "rows, and penalties above 0");
    let ups = rows.iter().filter(|&&row| positives[row as usize]).count() as f64;
    let downs = rows.len() as f64 - ups;
    let mut model = Logistic { intercept: ((ups + 0.5) / (downs + 0.5)).ln(), weights: toward.to_vec() };
    let fit = |strength: &f64| {
        if ups > 0.0 && downs > 0.0 {
            descend(matrix, positives, rows, &Penalty::Toward { weights: toward, strength: *strength }, &mut model);
        }
        model.clone()
    };
    strengths.iter().map(fit).collect()
}

/// What weights cost.
enum Penalty<'a> {
    /// `strength · Σ scale · (lasso · |w| + (1 − lasso)/2 · w²)`.
    Elastic { scales: &'a [f64], lasso: f64, strength: f64 },
    /// `strength/2 · Σ (w − given)²`, and nothing below zero.
    Toward { weights: &'a [f64], strength: f64 },
}

impl Penalty<'_> {
    fn cost(&self, model: &Logistic) -> f64 {
        match self {
            Penalty::Elastic { scales, lasso, strength } => {
                let cost = |(weight, scale): (&f64, &f64)| {
                    scale * (lasso * weight.abs() + (1.0 - lasso) / 2.0 * weight * weight)
                };
                strength * model.weights.iter().zip(*scales).map(cost).sum::<f64>()
            }
            Penalty::Toward { weights, strength } => {
                let away = |(weight, given): (&f64, &f64)| (weight - given).powi(2);
                strength / 2.0 * model.weights.iter().zip(*weights).map(away).sum::<f64>()
            }
        }
    }

    /// The way to the minimum of the loss to second order and this.
    fn step(&self, quadratic: Quadratic, model: &Logistic, rows: f64) -> Option<Logistic> {
        match self {
            Penalty::Elastic { scales, lasso, strength } => quadratic.step(model, scales, *lasso, *strength, rows),
            Penalty::Toward { weights, strength } => Some(quadratic.step_toward(model, weights, *strength, rows)),
        }
    }
}

/// The way to the minimum of the loss to second order and the penalty; `None` where the system cannot be solved.
fn newton_step(
    matrix: &Matrix,
    positives: &[bool],
    rows: &[u32],
    penalty: &Penalty<'_>,
    model: &Logistic,
) -> Option<Logistic> {
    if let Penalty::Elastic { scales, lasso, strength } = penalty
        && *lasso == 0.0
        && matrix.width >= wide::WIDE
    {
        return Some(wide::step(matrix, positives, rows, model, scales, *strength));
    }
    let mut quadratic = Quadratic::new(matrix.width);
    for &row in rows {
        let values = matrix.row(row as usize);
        let p = logistic(model.margin(values));
        quadratic.add(values, (p * (1.0 - p)).max(1e-6), f64::from(u8::from(positives[row as usize])) - p);
    }
    penalty.step(quadratic, model, rows.len() as f64)
}

/// Newton steps until they no longer move; a step that makes things worse is halved.
fn descend(matrix: &Matrix, positives: &[bool], rows: &[u32], penalty: &Penalty<'_>, model: &mut Logistic) {
    let objective = |model: &Logistic| {
        let surprise = |row: &u32| {
            let margin = model.margin(matrix.row(*row as usize));
            let signed = if positives[*row as usize] { -margin } else { margin };
            signed.max(0.0) + (-signed.abs()).exp().ln_1p()
        };
        let fit = rows.iter().map(surprise).sum::<f64>() / rows.len() as f64;
        fit + penalty.cost(model)
    };
    let mut before = objective(model);
    for _ in 0..25 {
        let Some(step) = newton_step(matrix, positives, rows, penalty, model) else { return };
        let mut share = 1.0;
        let mut next = model.clone();
        let mut now = f64::INFINITY;
        while share > 1e-3 {
            next.intercept = model.intercept + share * step.intercept;
            let moved = model.weights.iter().zip(&step.weights).map(|(weight, step)| weight + share * step);
            next.weights = moved.collect();
            now = objective(&next);
            if now <= before {
                break;
            }
            share /= 2.0;
        }
        if matches!(now.partial_cmp(&before), None | Some(Ordering::Greater)) {
            return;
        }
        *model = next;
        let fallen = before - now;
        before = now;
        if fallen < 1e-9 {
            return;
        }
    }
}
