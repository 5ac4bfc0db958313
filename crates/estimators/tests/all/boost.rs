//! Boosting: the same bytes whatever the threads, directions that hold, missing values and categories that are learnt;
//! and the regression beside it.

use estimators::boost::{Binned, BoostOptions, Direction, Input, Watch, boost};
use estimators::calibrate::logistic;
use estimators::chance::Chance;
use estimators::linear::{Column, Design, Matrix, fit_path};
use estimators::metrics::auc;

struct World {
    amount: Vec<f64>,
    age: Vec<f64>,
    plan: Vec<f64>,
    noise: Vec<f64>,
    truth: Vec<f64>,
    left: Vec<bool>,
}

/// Risk falls with the amount, is high where it is missing, and depends on the plan and age together.
fn world(rows: usize, seed: u64) -> World {
    let mut chance = Chance::new(seed);
    let mut world = World { amount: vec![], age: vec![], plan: vec![], noise: vec![], truth: vec![], left: vec![] };
    for _ in 0..rows {
        let amount = if chance.below(5) == 0 { f64::NAN } else { chance.uniform() * 100.0 };
        let (age, plan) = (20.0 + chance.below(60) as f64, chance.below(12) as f64);
        let by_amount = if amount.is_nan() { 1.5 } else { 1.0 - 0.03 * amount };
        let margin = by_amount + if (plan as usize).is_multiple_of(3) && age < 40.0 { 2.0 } else { -1.0 };
        world.amount.push(amount);
        world.age.push(age);
        world.plan.push(plan);
        world.noise.push(chance.uniform());
        world.truth.push(margin);
        world.left.push(chance.uniform() < logistic(margin));
    }
    world
}

fn binned(world: &World, direction: Direction, rows: &[u32]) -> Binned {
    let number = |values, direction| Input::Number { values, direction };
    let inputs = [
        number(&world.amount[..], direction),
        number(&world.age[..], Direction::Either),
        Input::Category { codes: &world.plan, levels: 12 },
        number(&world.noise[..], Direction::Either),
    ];
    Binned::new(&inputs, world.left.len(), rows, 64)
}

fn row(world: &World, at: usize) -> [f64; 4] {
    [world.amount[at], world.age[at], world.plan[at], world.noise[at]]
}

#[test]
fn an_ensemble_ranks_nearly_as_well_as_the_truth() {
    let world = world(12_000, 1);
    let (train, held): (Vec<u32>, Vec<u32>) = (0..12_000).partition(|row| row % 3 != 0);
    let options = BoostOptions { rounds: 200, ..BoostOptions::default() };
    let table = binned(&world, Direction::Falling, &train);
    let grown = boost(&table, &world.left, &train, &options, Some(Watch { rows: &held, patience: 50 }));
    let left: Vec<bool> = held.iter().map(|&row| world.left[row as usize]).collect();
    let truth: Vec<f64> = held.iter().map(|&row| world.truth[row as usize]).collect();
    let (ours, best) = (auc(&grown.watched, &left).expect("both"), auc(&truth, &left).expect("both"));
    assert!(ours > best - 0.012, "{ours} against {best}");
    for (place, &at) in held.iter().enumerate() {
        // What was walked in groups is what the flat trees say of the numbers.
        let margin = grown.forest.margin(&row(&world, at as usize));
        assert!((margin - grown.watched[place]).abs() < 1e-9, "row {at}");
    }
}

#[test]
fn threads_and_memory_change_no_byte_and_another_seed_does() {
    let world = world(120_000, 2);
    let rows: Vec<u32> = (0..120_000).collect();
    let table = binned(&world, Direction::Either, &rows);
    let grow = |threads, seed| {
        let options = BoostOptions { rounds: 5, feature_share: 1.0, threads, seed, ..BoostOptions::default() };
        format!("{:?}", boost(&table, &world.left, &rows, &options, None).forest)
    };
    let one = grow(1, 0);
    assert_eq!(one, grow(2, 0));
    assert_eq!(one, grow(3, 0));
    assert_ne!(one, grow(1, 1));
}

#[test]
fn a_direction_is_never_turned() {
    let mut world = world(3_000, 3);
    // Against the direction that is asked for.
    world.left = world.left.iter().map(|left| !left).collect();
    let rows: Vec<u32> = (0..3_000).collect();
    let table = binned(&world, Direction::Falling, &rows);
    let options = BoostOptions { rounds: 60, leaves: 16, ..BoostOptions::default() };
    let grown = boost(&table, &world.left, &rows, &options, None);
    for at in 0..200 {
        let mut row = row(&world, at);
        let margins: Vec<f64> = (0..50)
            .map(|step| {
                row[0] = f64::from(step) * 2.0;
                grown.forest.margin(&row)
            })
            .collect();
        assert!(margins.windows(2).all(|pair| pair[1] <= pair[0] + 1e-12), "customer {at}");
    }
}

#[test]
fn one_class_grows_nothing() {
    let mut world = world(200, 4);
    world.left.fill(false);
    let rows: Vec<u32> = (0..200).collect();
    let grown = boost(&binned(&world, Direction::Either, &rows), &world.left, &rows, &BoostOptions::default(), None);
    assert!(grown.forest.trees().is_empty() && grown.forest.base() < -5.0);
}

#[test]
fn a_regression_meets_its_own_conditions() {
    let world = world(4_000, 5);
    let columns: Vec<(Column, &[f64])> = vec![
        (Column::Number, &world.amount[..]),
        (Column::Number, &world.age[..]),
        (Column::Category(12), &world.plan[..]),
    ];
    let rows: Vec<u32> = (0..4_000).collect();
    let design = Design::learn(&columns, &rows);
    let mut values = Vec::new();
    (0..4_000).for_each(|row| design.row(|column| columns[column].1[row], &mut values));
    let matrix = Matrix::new(design.width(), values);
    for lasso in [0.0, 0.7] {
        let strengths = [0.1, 0.01];
        let path = fit_path(&matrix, &world.left, &rows, design.scales(), lasso, &strengths);
        for (model, strength) in path.iter().zip(strengths) {
            let mut slopes = vec![0.0; design.width()];
            for &row in &rows {
                let values = matrix.row(row as usize);
                let residual = f64::from(u8::from(world.left[row as usize])) - logistic(model.margin(values));
                slopes.iter_mut().zip(values).for_each(|(slope, value)| *slope += residual * value / 4_000.0);
            }
            for ((slope, weight), scale) in slopes.iter().zip(&model.weights).zip(design.scales()) {
                let pull = slope - strength * (1.0 - lasso) * scale * weight;
                let edge = strength * lasso * scale;
                let rest =
                    if *weight == 0.0 { (pull.abs() - edge).max(0.0) } else { (pull - edge * weight.signum()).abs() };
                assert!(rest < 1e-4, "lasso {lasso}, strength {strength}: {rest}");
            }
        }
        let zeros =
            |model: &estimators::linear::Logistic| model.weights.iter().filter(|weight| **weight == 0.0).count();
        assert_eq!(zeros(&path[0]) > 0, lasso > 0.0, "only a lasso sets weights to nothing");
    }
}

#[test]
fn a_regression_over_very_many_columns_meets_its_own_conditions() {
    const COLUMNS: usize = 130;
    const ROWS: usize = 300;
    let mut chance = Chance::new(8);
    let columns: Vec<Vec<f64>> = (0..COLUMNS).map(|_| (0..ROWS).map(|_| chance.uniform() * 9.0).collect()).collect();
    let left: Vec<bool> =
        (0..ROWS).map(|row| chance.uniform() < logistic(columns[0][row] - columns[1][row] - 1.0)).collect();
    let told: Vec<(Column, &[f64])> = columns.iter().map(|column| (Column::Number, &column[..])).collect();
    let rows: Vec<u32> = (0..ROWS as u32).collect();
    let design = Design::learn(&told, &rows);
    // A line and a logarithm each: with curves they would be 780.
    assert_eq!(design.width(), 2 * COLUMNS);
    let mut values = Vec::new();
    for row in rows.iter().map(|row| *row as usize) {
        // Twice over, so that columns say the same, and more of them than rows.
        (0..2).for_each(|_| design.row(|column| columns[column][row], &mut values));
    }
    let width = 2 * design.width();
    let matrix = Matrix::new(width, values);
    let scales = vec![1.0; width];
    let strengths = [0.1, 0.001];
    for (model, strength) in fit_path(&matrix, &left, &rows, &scales, 0.0, &strengths).iter().zip(strengths) {
        let mut slopes = vec![0.0; width];
        for &row in &rows {
            let values = matrix.row(row as usize);
            let residual = f64::from(u8::from(left[row as usize])) - logistic(model.margin(values));
            slopes.iter_mut().zip(values).for_each(|(slope, value)| *slope += residual * value / ROWS as f64);
        }
        let furthest = slopes
            .iter()
            .zip(&model.weights)
            .map(|(slope, weight)| (slope - strength * weight).abs())
            .fold(0.0, f64::max);
        assert!(furthest < 1e-4, "strength {strength}: {furthest}");
        let (first, twin) = (model.weights[0], model.weights[design.width()]);
        assert!((first - twin).abs() < 1e-6 && first > 0.0, "columns that say the same share what they say");
    }
}
