//! Metrics against scikit-learn 1.x (the rows below), DeLong's definition pair by pair, EMP-PY and printed tables.

use std::collections::BTreeSet;

use estimators::metrics::{
    Points, Profit, auc, auc_interval, average_precision, brier, brier_parts, calibration_error, information_value,
    lift_at, log_loss, net_benefit, population_stability, population_stability_bound, population_stability_expected,
    weight_of_evidence,
};

use crate::tables::{column, data, numbers};

fn near(value: Option<f64>, expected: f64, within: f64) {
    let value = value.expect("a number");
    assert!((value - expected).abs() <= within, "{value} is not {expected}");
}

/// 500 rows that a script in any language can make again.
fn rows() -> (Vec<f64>, Vec<bool>) {
    let scores: Vec<f64> = (0u64..500).map(|i| ((i * 7919) % 1009 / 10) as f64 / 100.0).collect();
    let uniform = (0u64..500).map(|i| ((i * 104_729) % 1013) as f64 / 1013.0);
    let left = uniform.zip(&scores).map(|(u, score)| u < score * score).collect();
    (scores, left)
}

#[test]
fn ranking_measures_are_those_of_scikit_learn_and_delong() {
    let (scores, left) = rows();
    near(auc(&scores, &left), 0.890_898_925_041_483_4, 1e-12);
    near(average_precision(&scores, &left), 0.813_587_498_992_098_1, 1e-12);
    let interval = auc_interval(&scores, &left).expect("both classes");
    near(Some(interval.standard_error), 0.014_489_979_637_724_896, 1e-12);
    assert!(!interval.covers_guessing());
    let p: Vec<f64> = scores.iter().map(|score| score * 0.9 + 0.05).collect();
    near(log_loss(&p, &left), 0.487_555_147_555_054_5, 1e-12);
    near(brier(&p, &left), 0.161_040_76, 1e-12);
}

#[test]
fn a_random_score_with_twelve_values_has_no_lift() {
    // R33: sorting ties by outcome would show 1.26.
    let scores: Vec<f64> = (0u64..10_000).map(|i| (((i * 2_654_435_761) >> 7) % 12) as f64).collect();
    let left: Vec<bool> = (0u64..10_000).map(|i| ((i * 40_503) >> 3) % 100 < 20).collect();
    near(lift_at(&scores, &left, 0.1), 1.0, 0.08);
}

#[test]
fn expected_maximum_profit_is_that_of_emp_py() {
    let list = |scores: &[f64], left: &[u8]| (scores.to_vec(), left.iter().map(|left| *left == 1).collect::<Vec<_>>());
    let twenty = [
        0.9, 0.8, 0.7, 0.6, 0.55, 0.54, 0.53, 0.52, 0.51, 0.505, 0.4, 0.39, 0.38, 0.37, 0.36, 0.35, 0.34, 0.33, 0.3,
        0.1,
    ];
    let certain = [0.99999, 0.99999, 0.99993, 0.99986, 0.99964, 0.99955, 0.68139, 0.50961, 0.48880, 0.44951];
    let rows = [
        (list(&[0.34, 0.44, 0.67, 0.83], &[0, 0, 1, 0]), 11.25, 0.5, 11.250395612, 0.499580051),
        (list(&twenty[..10], &[1, 1, 0, 1, 1, 1, 0, 0, 1, 0]), 30.3, 0.9, 30.308388926, 0.893686109),
        (list(&certain, &[1, 1, 1, 1, 1, 1, 0, 0, 1, 0]), 37.0, 0.9, 37.008387990, 0.893687917),
        (
            list(&twenty, &[1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0]),
            23.05,
            0.95,
            23.059653177,
            0.942524628,
        ),
    ];
    for ((scores, left), maximum, share, expected, expected_share) in rows {
        let profit = Profit::default();
        let best = profit.maximum(&scores, &left).expect("both classes");
        near(Some(best.profit), maximum, 1e-9);
        near(Some(best.share), share, 1e-9);
        let mean = profit.expected_maximum(&scores, &left).expect("both classes");
        near(Some(mean.profit), expected, 1e-9);
        near(Some(mean.share), expected_share, 1e-9);
    }
}

#[test]
fn net_benefit_and_the_parts_of_brier_are_the_printed_ones() {
    let p = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05];
    let left = [1, 1, 0, 1, 0, 1, 0, 0, 0, 0].map(|left| left == 1);
    for (threshold, expected) in [(0.1, 0.344_444), (0.2, 0.3), (0.3, 0.271_429), (0.5, 0.1)] {
        near(net_benefit(&p, &left, threshold), expected, 5e-7);
    }
    let all = [1.0; 10];
    for (threshold, expected) in [(0.1, 0.333_333), (0.2, 0.25), (0.3, 0.142_857), (0.5, -0.2)] {
        near(net_benefit(&all, &left, threshold), expected, 5e-7);
    }
    // H7.
    let p = [0.1, 0.1, 0.1, 0.1, 0.3, 0.3, 0.3, 0.7, 0.7, 0.9];
    let left = [0, 0, 0, 1, 0, 1, 0, 1, 1, 1].map(|left| left == 1);
    near(brier(&p, &left), 0.17, 1e-12);
    let parts = brier_parts(&p, &left).expect("rows");
    near(Some(parts.reliability), 0.028_333_3, 5e-8);
    near(Some(parts.resolution), 0.108_333_3, 5e-8);
    near(Some(parts.uncertainty), 0.25, 1e-12);
    // Ten groups of one customer whose ties share their outcomes: the error over the distinct probabilities.
    near(calibration_error(&p, &left, 10), 0.14, 1e-12);
}

#[test]
fn evidence_and_stability_are_the_printed_ones() {
    let (good, bad) = ([100.0, 200.0, 150.0, 50.0], [5.0, 20.0, 30.0, 25.0]);
    let woe = weight_of_evidence(&good, &bad).expect("both classes");
    for (weight, expected) in woe.into_iter().zip([1.163_151, 0.470_004, -0.223_144, -1.139_434]) {
        near(Some(weight), expected, 5e-7);
    }
    near(information_value(&good, &bad), 0.489_299_332_3, 5e-11);
    assert!(information_value(&[0.0, 10.0], &[5.0, 5.0]).is_some_and(f64::is_finite), "an empty cell is no infinity");
    let then = [0.05, 0.08, 0.09, 0.1, 0.1, 0.1, 0.11, 0.12, 0.12, 0.13];
    near(population_stability(&[0.1; 10], &then), 0.056_290_727_2, 5e-11);
    near(Some(population_stability_expected(10, 1000.0, 1000.0)), 0.018, 1e-12);
    near(Some(population_stability_bound(10, 1000.0, 1000.0)), 0.0338, 5e-5);
    assert_eq!(population_stability(&[0.0, 0.0], &[1.0, 2.0]), None);
}

#[test]
fn points_double_the_odds_by_twenty_from_six_hundred_at_fifty_to_one() {
    // H1.
    let scale = Points::new(600.0, 50.0, 20.0).expect("a scale");
    near(Some(scale.factor), 28.853_900_817_8, 5e-11);
    near(Some(scale.offset), 487.122_876_204_5, 5e-11);
    near(Some(scale.of(25_f64.ln())), 580.0, 1e-9);
    assert_eq!([0.0, -2.0, f64::NAN].map(|odds| Points::new(600.0, odds, 20.0)), [None; 3]);
}

/// H14: how much four columns of a telephone company tell. The reference added half a customer to every cell, which moves the
/// third digit, and its groups of the months end with another month than ours.
#[test]
fn what_contracts_and_months_tell_of_a_telephone_company_is_what_is_known() {
    let Some(text) = data("telco/Telco-Customer-Churn.csv") else { return };
    let left: Vec<bool> = column(&text, "Churn").iter().map(|word| word == "Yes").collect();
    let told = |groups: &[String]| {
        let names: BTreeSet<&String> = groups.iter().collect();
        let count = |name: &String, is: bool| {
            groups.iter().zip(&left).filter(|(group, left)| *group == name && **left == is).count() as f64
        };
        let [good, bad] = [false, true].map(|is| names.iter().map(|name| count(name, is)).collect::<Vec<f64>>());
        information_value(&good, &bad)
    };
    let fifth = |months: f64| [6.0, 20.0, 40.0, 60.0].iter().filter(|end| **end <= months).count().to_string();
    near(told(&numbers(&text, "tenure").into_iter().map(fifth).collect::<Vec<String>>()), 0.772, 0.005);
    for (name, known) in [("Contract", 1.234), ("OnlineSecurity", 0.717), ("TechSupport", 0.699)] {
        near(told(&column(&text, name)), known, 0.005);
    }
}

/// H8: probabilities Beta(1, 9) that all come true. Between simulations the mean may lie three Monte-Carlo errors off; the errors
/// are those of the printed means, which are of simulations too.
#[test]
fn a_model_that_is_right_has_the_calibration_error_of_chance_alone() {
    let mut chance = estimators::chance::Chance::new(8);
    for (rows, draws, printed) in [(500, 300, 0.0306), (2_000, 150, 0.0149), (10_000, 40, 0.0068), (50_000, 10, 0.0029)]
    {
        let errors: Vec<f64> = (0..draws)
            .map(|_| {
                let p: Vec<f64> = (0..rows).map(|_| 1.0 - chance.uniform().powf(1.0 / 9.0)).collect();
                let left: Vec<bool> = p.iter().map(|p| chance.uniform() < *p).collect();
                calibration_error(&p, &left, 10).unwrap()
            })
            .collect();
        let mean = errors.iter().sum::<f64>() / f64::from(draws);
        let variance = errors.iter().map(|error| (error - mean).powi(2)).sum::<f64>() / f64::from(draws - 1);
        let reach = 3.0 * (variance / f64::from(draws)).sqrt() + 0.000_1;
        assert!((mean - printed).abs() <= reach, "{rows} rows: {mean} of {printed} within {reach}");
    }
}
