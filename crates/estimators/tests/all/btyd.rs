//! Purchases against published figures (methods page R1–R14, R26) and lifetimes 0.11.3, and against worlds whose
//! customers' rates are known because they were made.

use std::collections::BTreeSet;

use estimators::btyd::{
    BgBb, Draws, Fitted, Future, GammaGamma, Histories, History, Model, NotIdentified, Occasions, ShiftedBeta, Spend,
    Unfit, fit, outlook, value,
};

use crate::tables::{data, near, numbers};

/// CDNOW, as Fader and Hardie publish it: a tenth of a cohort that first bought in early 1997.
fn cdnow() -> Option<(Vec<History>, Vec<f64>)> {
    let text = data("cdnow/cdnow_customers_summary_with_transactions.csv")?;
    let columns = ["x", "t_x", "T"].map(|name| numbers(&text, name));
    let histories = (0..columns[0].len())
        .map(|row| History { frequency: columns[0][row] as u32, recency: columns[1][row], age: columns[2][row] })
        .collect();
    Some((histories, numbers(&text, "zbar")))
}

fn fitted(model: Model) -> Option<Fitted> {
    let (histories, _) = cdnow()?;
    Some(fit(model, &Histories::of(&histories).expect("histories")).expect("a fit"))
}

#[track_caller]
fn parameters_are(fitted: &Fitted, expected: &[f64], log_likelihood: f64) {
    for (got, expected) in fitted.parameters().iter().zip(expected) {
        near(*got, *expected, expected * 2e-5);
    }
    near(fitted.log_likelihood, log_likelihood, 1e-4);
    assert_eq!(fitted.not_identified, []);
    for estimate in &fitted.estimates {
        let (low, high) = estimate.interval.expect("an interval");
        assert!(low < estimate.value && estimate.value < high && estimate.standard_error.is_some());
    }
}

const SAMPLE: History = History { frequency: 2, recency: 30.43, age: 38.86 };

#[test]
fn bg_nbd_finds_the_published_shop() {
    let Some(fitted) = fitted(Model::BgNbd) else { return };
    parameters_are(&fitted, &[0.242593, 4.413532, 0.792886, 2.425753], -9582.4256);
    near(fitted.alive(&SAMPLE), 0.7266, 5e-5);
    near(Future::of(&fitted, &SAMPLE).purchases(39.0), 1.2259, 5e-5);
    let newcomer = Future::of(&fitted, &History::default());
    near(newcomer.purchases(39.0), 1.195016, 5e-6);
    near(newcomer.purchases(52.0), 1.444021, 5e-6);
    for (time, expected) in
        [(0.1429, 0.0078), (1.0, 0.0532), (3.0, 0.1506), (31.8571, 1.0405), (32.0, 1.0437), (78.0, 1.858)]
    {
        near(newcomer.purchases(time), expected, 5e-4 * f64::max(expected, 0.1));
    }
}

#[test]
fn the_likelihood_is_the_reference_one_anywhere() {
    let Some((histories, _)) = cdnow() else { return };
    let histories = Histories::of(&histories).expect("histories");
    near(Model::BgNbd.log_likelihood(&[1.0, 1.0, 1.0, 1.0], &histories), -13887.694644, 5e-7);
    near(Model::BgNbd.log_likelihood(&[0.5, 6.0, 1.2, 3.3], &histories), -9783.441082, 5e-7);
    assert_eq!(histories.customers(), 2357.0);
    assert_eq!(histories.repeats(), 2457.0);
}

#[test]
fn pareto_nbd_finds_the_published_shop() {
    let Some(fitted) = fitted(Model::ParetoNbd) else { return };
    parameters_are(&fitted, &[0.553276, 10.577613, 0.606213, 11.667907], -9594.9739);
    near(fitted.alive(&SAMPLE), 0.8691, 5e-5);
    near(Future::of(&fitted, &SAMPLE).purchases(39.0), 1.4551, 5e-5);
}

#[test]
fn the_sisters_of_bg_nbd_find_the_published_shop() {
    let Some(modified) = fitted(Model::MbgNbd) else { return };
    parameters_are(&modified, &[0.524838, 6.182992, 0.891356, 1.613999], -9582.1327);
    assert!(modified.alive(&History { frequency: 0, recency: 0.0, age: 38.0 }) < 0.9);
    let Some(never) = fitted(Model::Nbd) else { return };
    parameters_are(&never, &[0.384768, 12.072085], -9763.6602);
    near(modified.without_dropout, never.log_likelihood, 1e-6);
}

/// R11 and R13: purchases of the 39 weeks that the models did not see.
#[test]
fn the_later_weeks_are_foretold_as_well_as_published() {
    let (Some((histories, _)), Some(sample)) = (cdnow(), data("cdnow/CDNOW_sample.txt")) else { return };
    let later: BTreeSet<(usize, &str)> = sample
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace().skip(1);
            Some((words.next()?.parse().ok()?, words.next()?))
        })
        .filter(|(_, day)| *day > "19970930")
        .collect();
    let mut bought = vec![0.0; histories.len()];
    later.iter().for_each(|(customer, _)| bought[customer - 1] += 1.0);
    assert_eq!(bought.iter().sum::<f64>(), 1882.0);
    let correlation = |said: &[f64]| {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (x, y) = (mean(said), mean(&bought));
        let sum = |of: &dyn Fn(f64, f64) -> f64| said.iter().zip(&bought).map(|(s, b)| of(s - x, b - y)).sum::<f64>();
        sum(&|s, b| s * b) / (sum(&|s, _| s * s) * sum(&|_, b| b * b)).sqrt()
    };
    let right = |active: &dyn Fn(&History) -> bool| {
        let is_right = |(one, bought): &(&History, &f64)| active(one) == (**bought > 0.0);
        histories.iter().zip(&bought).filter(is_right).count() as f64 / histories.len() as f64
    };
    for (model, together, total) in
        [(Model::BgNbd, 0.6256, 1653.4), (Model::MbgNbd, 0.6272, 1576.7), (Model::ParetoNbd, 0.6302, 1665.5)]
    {
        let Some(fitted) = fitted(model) else { return };
        let said: Vec<f64> = histories.iter().map(|one| Future::of(&fitted, one).purchases(39.0)).collect();
        near(correlation(&said), together, 5e-4);
        near(said.iter().sum(), total, 0.5);
        if model == Model::ParetoNbd {
            near(right(&|one| fitted.alive(one) >= 0.5), 0.7743, 5e-4);
        }
    }
    // The best limit to the time without a purchase, chosen afterwards among half weeks.
    let best = (1..80).map(|half| f64::from(half) / 2.0).map(|weeks| right(&|one| one.age - one.recency <= weeks));
    near(best.fold(0.0, f64::max), 0.7824, 5e-5);
}

#[test]
fn the_unit_of_time_changes_times_only() {
    let Some((weeks, _)) = cdnow() else { return };
    let in_days = |history: &History| History { recency: history.recency * 7.0, age: history.age * 7.0, ..*history };
    let days: Vec<History> = weeks.iter().map(in_days).collect();
    let by_week = fit(Model::BgNbd, &Histories::of(&weeks).expect("histories")).expect("a fit");
    let by_day = fit(Model::BgNbd, &Histories::of(&days).expect("histories")).expect("a fit");
    let (week, day) = (by_week.parameters(), by_day.parameters());
    for (k, factor) in [1.0, 7.0, 1.0, 1.0].into_iter().enumerate() {
        near(day[k], week[k] * factor, 1e-6 * day[k]);
    }
    near(Future::of(&by_day, &in_days(&SAMPLE)).purchases(273.0), Future::of(&by_week, &SAMPLE).purchases(39.0), 1e-6);
    near(by_day.log_likelihood, by_week.log_likelihood - 2457.0 * 7f64.ln(), 1e-4);
}

#[test]
fn the_curvature_at_the_top_is_that_of_differences() {
    let Some((histories, _)) = cdnow() else { return };
    let histories = Histories::of(&histories).expect("histories");
    for model in [Model::BgNbd, Model::MbgNbd, Model::ParetoNbd, Model::Nbd] {
        let fitted = fit(model, &histories).expect("a fit");
        let top: Vec<f64> = fitted.parameters().iter().map(|value| value.ln()).collect();
        let local = estimators::optimise::differences(&top, |logs| {
            let parameters: Vec<f64> = logs.iter().map(|log| log.exp()).collect();
            model.log_likelihood(&parameters, &histories)
        });
        let size = top.len();
        let curvature: Vec<f64> = local.hessian.iter().map(|value| -value).collect();
        let inverse = estimators::symmetric::Cholesky::of(&curvature, size).expect("a top").inverse();
        for (k, estimate) in fitted.estimates.iter().enumerate() {
            let expected = estimate.value * inverse[k * size + k].sqrt();
            near(estimate.standard_error.expect("an error"), expected, 1e-3 * expected);
            near(local.gradient[k], 0.0, 1e-2);
        }
    }
}

#[test]
fn the_mean_of_a_purchase_is_the_published_one() {
    let Some((histories, means)) = cdnow() else { return };
    let spends: Vec<Spend> = histories
        .iter()
        .zip(&means)
        .filter(|(history, _)| history.frequency > 0)
        .map(|(history, &mean)| Spend { purchases: history.frequency, mean })
        .collect();
    let fitted = GammaGamma::fit(&spends).expect("a fit");
    assert_eq!(fitted.customers, 946);
    for (got, expected) in fitted.parameters().into_iter().zip([6.248802, 3.744589, 15.447750]) {
        near(got, expected, expected * 5e-4);
    }
    near(fitted.log_likelihood, -4055.9232, 1e-3);
    near(fitted.population_mean().expect("finite"), 35.1710, 5e-3);
    near(fitted.correlation.expect("both differ"), 0.114, 5e-4);
    let [p, q, v] = fitted.parameters();
    let seen = Spend { purchases: 2, mean: 22.35 };
    near(fitted.expected(Some(seen)).expect("finite"), p * (v + 2.0 * 22.35) / (2.0 * p + q - 1.0), 1e-12);
}

#[test]
fn donations_by_year_give_the_published_probabilities() {
    let Some(text) = data("cdnow/donations.csv") else { return };
    let columns = ["frequency", "recency", "periods", "weights"].map(|name| numbers(&text, name));
    let rows: Vec<(Occasions, f64)> = (0..columns[0].len())
        .map(|row| {
            let [taken, last, all] = [0, 1, 2].map(|k| columns[k][row] as u32);
            (Occasions { taken, last, all }, columns[3][row])
        })
        .collect();
    let fitted = BgBb::fit(&rows).expect("a fit");
    for (estimate, expected) in fitted.estimates.iter().zip([1.204, 0.750, 0.657, 2.783]) {
        near(estimate.value, expected, 5e-4);
    }
    near(fitted.log_likelihood, -33225.581, 5e-4);
    // Fader, Hardie & Shang (2010), table 5: somebody who gave in all six years, and one who never did again.
    let always = Occasions { taken: 6, last: 6, all: 6 };
    let never = Occasions { taken: 0, last: 0, all: 6 };
    near(fitted.expected(&always, 5), 3.75, 0.01);
    near(fitted.expected(&never, 5), 0.07, 0.005);
    assert!(fitted.alive(&always) > 0.9 && fitted.alive(&never) < 0.2);
}

#[test]
fn cohorts_of_contracts_are_the_published_ones() {
    let cohorts = [
        ([1000.0, 869.0, 743.0, 653.0, 593.0, 551.0, 517.0, 491.0], 0.668088, 3.806095, -1611.158),
        ([1000.0, 631.0, 468.0, 382.0, 326.0, 289.0, 262.0, 241.0], 0.704077, 1.182043, -1680.265),
    ];
    for (left, a, b, log) in cohorts {
        let fitted = ShiftedBeta::fit(&left).expect("a cohort");
        near(fitted.estimates[0].value, a, 5e-6);
        near(fitted.estimates[1].value, b, 5e-6);
        near(fitted.log_likelihood, log, 5e-4);
        near(fitted.survival(7), left[7] / 1000.0, 0.01);
        assert!(fitted.retention(8) > fitted.retention(1));
    }
    assert!(matches!(ShiftedBeta::fit(&[100.0, 90.0, 95.0]), Err(Unfit::BadHistory { row: 2 })));
    assert!(matches!(ShiftedBeta::fit(&[100.0, 100.0, 100.0]), Err(Unfit::NotConverged)));
}

#[test]
fn a_contract_is_worth_what_the_sum_says() {
    let closed = value::contract(100.0, 0.95, 0.01).expect("finite");
    let shares: Vec<value::Ranged> = (1..2000)
        .map(|k| 0.95f64.powi(k))
        .map(|share| value::Ranged { value: share, low: share * 0.9, high: share * 1.05 })
        .collect();
    let summed = value::contract_within(100.0, 0.01, &shares);
    near(summed.value, closed.without_first, 1e-6);
    near(summed.low, 0.9 * closed.without_first, 1e-6);
    assert_eq!(value::contract(1.0, 1.2, 0.1), None);
}

/// Customers with their own rates Gamma(1, 8 weeks), watched 20 to 60 weeks, who drop out after a repeat purchase with the
/// probability `leaves`.
fn made(count: u32, leaves: f64) -> Vec<History> {
    let mut state = 42_u64;
    let mut uniform = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    (0..count)
        .map(|_| {
            let rate = -uniform().ln() / 8.0;
            let age = 20.0 + (uniform() * 41.0).floor();
            let (mut time, mut history) = (0.0, History { frequency: 0, recency: 0.0, age });
            loop {
                time += -uniform().ln() / rate;
                if time > age {
                    return history;
                }
                history = History { frequency: history.frequency + 1, recency: time, age };
                if uniform() < leaves {
                    return history;
                }
            }
        })
        .collect()
}

#[test]
fn a_shop_that_nobody_leaves_is_said_to_show_no_dropout() {
    let histories = Histories::of(&made(3000, 0.0)).expect("histories");
    for model in [Model::BgNbd, Model::MbgNbd, Model::ParetoNbd] {
        let fitted = fit(model, &histories).expect("a fit");
        assert!(fitted.not_identified.contains(&NotIdentified::Dropout), "{fitted:?}");
        assert!(fitted.parameters().iter().all(|value| value.is_finite() && *value > 0.0));
        let regular = History { frequency: 12, recency: 38.0, age: 40.0 };
        let never = Future::of(&fit(Model::Nbd, &histories).expect("a fit"), &regular).purchases(26.0);
        near(Future::of(&fitted, &regular).purchases(26.0), never, 0.05 * never);
        near(fitted.alive(&regular), 1.0, 0.02);
    }
    let leaving = fit(Model::BgNbd, &Histories::of(&made(3000, 0.2)).expect("histories")).expect("a fit");
    assert!(!leaving.not_identified.contains(&NotIdentified::Dropout), "{leaving:?}");
    let [a, b] = [leaving.parameters()[2], leaving.parameters()[3]];
    near(a / (a + b), 0.2, 0.03);
}

#[test]
fn what_cannot_be_fitted_is_named() {
    let history = |frequency, recency, age| History { frequency, recency, age };
    assert_eq!(Histories::of(&[]), Err(Unfit::Empty));
    for wrong in [
        history(1, 5.0, 4.0),
        history(0, 1.0, 4.0),
        history(1, 0.0, 4.0),
        history(1, 1.0, f64::NAN),
        history(1, -1.0, 4.0),
    ] {
        assert_eq!(Histories::of(&[SAMPLE, wrong]), Err(Unfit::BadHistory { row: 1 }));
    }
    let once = Histories::of(&[history(0, 0.0, 10.0), history(0, 0.0, 20.0)]).expect("histories");
    assert!(matches!(fit(Model::BgNbd, &once), Err(Unfit::NobodyBoughtAgain)));
    let new = Histories::of(&[history(0, 0.0, 0.0)]).expect("histories");
    assert!(matches!(fit(Model::BgNbd, &new), Err(Unfit::NoTimePassed)));
    let spend = |mean| Spend { purchases: 1, mean };
    assert!(matches!(GammaGamma::fit(&[spend(1.0), spend(0.0)]), Err(Unfit::BadHistory { row: 1 })));
    assert!(matches!(GammaGamma::fit(&[spend(2.0); 9]), Err(Unfit::NotConverged)));
    let impossible = Occasions { taken: 3, last: 2, all: 6 };
    assert!(matches!(BgBb::fit(&[(impossible, 1.0)]), Err(Unfit::BadHistory { row: 0 })));
}

#[test]
fn discounting_at_nothing_changes_nothing_and_more_changes_more() {
    for model in [Model::BgNbd, Model::MbgNbd, Model::ParetoNbd, Model::Nbd] {
        let parameters = &[0.5, 8.0, 0.9, 2.5][..model.parameters().len()];
        let future = Future::at(model, parameters, &SAMPLE);
        near(future.discounted(52.0, 0.0), future.purchases(52.0), 1e-12);
        // Week by week, each at its middle.
        let weekly: f64 = (0..5200)
            .map(|step| f64::from(step) / 100.0)
            .map(|from| (future.purchases(from + 0.01) - future.purchases(from)) * (-0.02 * (from + 0.005)).exp())
            .sum();
        near(future.discounted(52.0, 0.02), weekly, 1e-7);
        assert_eq!(future.purchases(-1.0), 0.0);
    }
}

#[test]
fn expected_purchases_are_the_mean_of_drawn_futures() {
    let Some(fitted) = fitted(Model::BgNbd) else { return };
    let draws = Draws { horizon: 39.0, discount: 0.002, margin: 0.3, count: 4000, confidence: 0.9, seed: 5 };
    let regular = History { frequency: 20, recency: 38.0, age: 38.86 };
    let customers = [(SAMPLE, Some(Spend { purchases: 2, mean: 22.35 })), (regular, None)];
    let gamma = GammaGamma::fit(&[
        Spend { purchases: 2, mean: 20.0 },
        Spend { purchases: 3, mean: 30.0 },
        Spend { purchases: 1, mean: 55.0 },
        Spend { purchases: 4, mean: 32.0 },
        Spend { purchases: 2, mean: 24.0 },
    ])
    .expect("a fit");
    let ranges = outlook(&fitted, Some(&gamma), &customers, &draws);
    assert_eq!(ranges, outlook(&fitted, Some(&gamma), &customers, &draws));
    let expected = Future::of(&fitted, &regular).purchases(39.0);
    let (few, many) = ranges[1].purchases;
    assert!(few < expected && expected < many, "{few} {expected} {many}");
    let (least, most) = ranges[1].value.expect("a value");
    assert!(least < most && least >= 0.0);
    assert_eq!(ranges[0].purchases.0, 0.0, "27 % are gone: the fewest is none");
    assert_eq!(outlook(&fitted, None, &customers, &draws)[0].value, None);
}
