//! Weights drawn towards those that people set: at the optimum, never below zero, and against a reference.

use estimators::calibrate::logistic;
use estimators::chance::Chance;
use estimators::linear::{Logistic, Matrix, fit_toward};

const ROWS: usize = 300;
const GIVEN: [f64; 4] = [0.3, 0.3, 0.3, 0.0];

/// Four columns of which the second tells the reverse of what was declared.
fn world() -> (Matrix, Vec<bool>, Vec<u32>) {
    let mut chance = Chance::new(21);
    let (mut values, mut left) = (Vec::new(), Vec::new());
    for _ in 0..ROWS {
        let row: Vec<f64> = (0..4).map(|_| 4.0 * chance.uniform() - 2.0).collect();
        left.push(chance.uniform() < logistic(-1.0 + 1.2 * row[0] - 0.5 * row[1] + 0.1 * row[2] + 0.4 * row[3]));
        values.extend(row);
    }
    (Matrix::new(4, values), left, (0..ROWS as u32).collect())
}

fn objective(matrix: &Matrix, left: &[bool], model: &Logistic, strength: f64) -> f64 {
    let surprise = |row: usize| {
        let p = logistic(model.margin(matrix.row(row)));
        if left[row] { -p.ln() } else { -(1.0 - p).ln() }
    };
    let away: f64 = model.weights.iter().zip(GIVEN).map(|(weight, given)| (weight - given).powi(2)).sum();
    (0..ROWS).map(surprise).sum::<f64>() / ROWS as f64 + strength / 2.0 * away
}

/// The slowest way there: one coordinate after the other, a step that shrinks, no derivative.
fn searched(matrix: &Matrix, left: &[bool], strength: f64) -> Logistic {
    let mut model = Logistic { intercept: 0.0, weights: GIVEN.to_vec() };
    let mut step = 0.5;
    while step > 1e-7 {
        let mut is_moved = false;
        for place in 0..5 {
            for way in [step, -step] {
                let mut next = model.clone();
                match place {
                    0 => next.intercept += way,
                    _ => next.weights[place - 1] = (next.weights[place - 1] + way).max(0.0),
                }
                if objective(matrix, left, &next, strength) < objective(matrix, left, &model, strength) {
                    (model, is_moved) = (next, true);
                }
            }
        }
        if !is_moved {
            step /= 2.0;
        }
    }
    model
}

#[test]
fn the_weights_are_where_a_search_without_derivatives_ends() {
    let (matrix, left, rows) = world();
    let strengths = [10.0, 0.3, 0.003];
    let path = fit_toward(&matrix, &left, &rows, &GIVEN, &strengths);
    for (model, strength) in path.iter().zip(strengths) {
        let slow = searched(&matrix, &left, strength);
        for (weight, expected) in model.weights.iter().zip(&slow.weights) {
            assert!((weight - expected).abs() < 1e-4 && *weight >= 0.0, "{strength}: {model:?} {slow:?}");
        }
        assert!((model.intercept - slow.intercept).abs() < 1e-4, "{strength}: {model:?} {slow:?}");
    }
    assert_eq!(path[2].weights[1], 0.0, "what tells the reverse of what was declared ends at nothing: {path:?}");
    let away = |model: &Logistic| model.weights.iter().zip(GIVEN).map(|(a, b)| (a - b).abs()).sum::<f64>();
    assert!(away(&path[0]) < away(&path[1]) && away(&path[1]) < away(&path[2]), "{path:?}");
}

#[test]
fn one_outcome_and_a_constant_column_leave_the_weights_as_given() {
    let (matrix, _, rows) = world();
    let path = fit_toward(&matrix, &[true; ROWS], &rows, &GIVEN, &[0.1]);
    assert_eq!(path[0].weights, GIVEN);
    let values = (0..ROWS).flat_map(|row| [7.0, f64::from(u8::from(row % 3 == 0))]).collect();
    let left: Vec<bool> = (0..ROWS).map(|row| row % 3 == 0 || row % 7 == 0).collect();
    let path = fit_toward(&Matrix::new(2, values), &left, &rows, &[0.4, 0.4], &[0.01]);
    assert!((path[0].weights[0] - 0.4).abs() < 1e-6 && path[0].weights[1] > 1.0, "{path:?}");
}
