//! Survival against published figures (methods page R15–R25) and lifelines 0.30.3, statsmodels 0.15.0, scikit-survival
//! 0.28.0 where named.

use estimators::survival::{
    Concordance, Cox, CoxOptions, DiscreteHazard, Lifetime, Link, PersonPeriods, SurvivalCurve, Ties, TimeScale, Unfit,
    concordance_index, integrated_brier_score, log_rank, survival_of_hazards, uno_concordance,
};
use proptest::prelude::*;

use crate::tables::{column, data, near, numbers};

fn lives(durations: &[f64], ended: &[f64]) -> Vec<Lifetime> {
    durations.iter().zip(ended).map(|(&duration, &ended)| Lifetime { duration, ended: ended != 0.0 }).collect()
}

/// Remission of leukaemia under 6-MP and placebo: Freireich et al. (1963).
const UNDER_6MP: [(f64, bool); 21] = [
    (6.0, true),
    (6.0, true),
    (6.0, true),
    (6.0, false),
    (7.0, true),
    (9.0, false),
    (10.0, true),
    (10.0, false),
    (11.0, false),
    (13.0, true),
    (16.0, true),
    (17.0, false),
    (19.0, false),
    (20.0, false),
    (22.0, true),
    (23.0, true),
    (25.0, false),
    (32.0, false),
    (32.0, false),
    (34.0, false),
    (35.0, false),
];
const UNDER_PLACEBO: [f64; 21] =
    [1.0, 1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, 5.0, 8.0, 8.0, 8.0, 8.0, 11.0, 11.0, 12.0, 12.0, 15.0, 17.0, 22.0, 23.0];

fn treated() -> Vec<Lifetime> {
    UNDER_6MP.iter().map(|&(duration, ended)| Lifetime { duration, ended }).collect()
}

fn untreated() -> Vec<Lifetime> {
    UNDER_PLACEBO.iter().map(|&duration| Lifetime { duration, ended: true }).collect()
}

#[test]
fn the_curve_of_6mp_is_the_published_one() {
    let curve = SurvivalCurve::fit(&treated()).expect("lifetimes");
    let times = [6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0];
    let shares = [0.857143, 0.806723, 0.752941, 0.690196, 0.627451, 0.537815, 0.448179];
    let errors = [0.076360, 0.086935, 0.096350, 0.106815, 0.114054, 0.128234, 0.134591];
    for ((&time, share), error) in times.iter().zip(shares).zip(errors) {
        near(curve.survival_at(time), share, 5e-7);
        near(curve.standard_error_at(time).expect("an error"), error, 5e-7);
    }
    assert_eq!(curve.quantile(0.5), Some(23.0));
    assert_eq!(curve.quantile(0.9), None);
    let hazard = |time| curve.point_at(time).expect("a point").hazard;
    for (time, expected) in [(6.0, 0.142857), (7.0, 0.201681), (10.0, 0.268347), (23.0, 0.752114)] {
        near(hazard(time), expected, 5e-7);
    }
    // lifelines: confidence_interval_survival_function_.
    let (low, high) = curve.band_at(10.0, 0.95).expect("a band");
    near(low, 0.503200, 5e-7);
    near(high, 0.889362, 5e-7);
    assert_eq!((curve.survival_at(5.9), curve.band_at(5.9, 0.95)), (1.0, Some((1.0, 1.0))));
}

#[test]
fn a_curve_that_ends_at_nobody_has_no_band_there() {
    let curve = SurvivalCurve::fit(&untreated()).expect("lifetimes");
    assert_eq!(curve.survival_at(23.0), 0.0);
    assert_eq!((curve.band_at(23.0, 0.95), curve.standard_error_at(23.0)), (None, None));
    assert_eq!(curve.quantile(0.5), Some(8.0));
    let mean = UNDER_PLACEBO.iter().sum::<f64>() / 21.0;
    near(curve.mean_within(23.0), mean, 1e-12);
    near(curve.mean_within(1000.0), mean, 1e-12);
}

#[test]
fn two_groups_that_leave_differently_are_told_apart() {
    let test = log_rank(&[treated(), untreated()]).expect("two groups");
    near(test.statistic, 16.792941, 5e-7);
    near(test.p, 4.1688e-5, 5e-10);
    assert_eq!((test.degrees, test.observed.clone()), (1, vec![9.0, 21.0]));
    near(test.expected.iter().sum(), 30.0, 1e-12);
    let alike = log_rank(&[treated(), treated(), treated()]).expect("three groups");
    near(alike.statistic, 0.0, 1e-9);
    assert_eq!(log_rank(&[treated()]), Err(Unfit::Empty));
}

#[test]
fn the_effect_of_6mp_is_the_published_one_under_each_count_of_ties() {
    let (mut all, mut arm) = (treated(), vec![1.0; 21]);
    all.extend(untreated());
    arm.extend([0.0; 21]);
    for (ties, beta, error, log) in [
        (Ties::Breslow, -1.509191, 0.409564, -86.37962),
        (Ties::Efron, -1.572125, 0.412397, -85.00842),
        (Ties::Exact, -1.628244, 0.433131, -74.54310),
    ] {
        let cox = Cox::fit(&all, &arm, 1, CoxOptions { ties, penalty: 0.0 }).expect("a fit");
        near(cox.coefficients[0], beta, 5e-7);
        near(cox.standard_errors[0], error, 5e-7);
        near(cox.log_likelihood, log, 5e-6);
        assert!(cox.runaway.is_empty());
    }
}

const ROSSI: [&str; 7] = ["fin", "age", "race", "wexp", "mar", "paro", "prio"];

fn rossi() -> Option<(Vec<Lifetime>, Vec<f64>)> {
    let text = data("survival/rossi.csv")?;
    let all = lives(&numbers(&text, "week"), &numbers(&text, "arrest"));
    let columns: Vec<Vec<f64>> = ROSSI.iter().map(|name| numbers(&text, name)).collect();
    let rows = (0..all.len()).flat_map(|row| columns.iter().map(move |column| column[row])).collect();
    Some((all, rows))
}

#[test]
fn rearrest_is_driven_by_what_the_textbook_says() {
    let Some((all, rows)) = rossi() else { return };
    let cox = Cox::fit(&all, &rows, 7, CoxOptions::default()).expect("a fit");
    let published = [-0.379422, -0.057438, 0.313900, -0.149796, -0.433704, -0.084871, 0.091497];
    let errors = [0.19137948, 0.02199947, 0.30799278, 0.2122243, 0.38186806, 0.19575667, 0.02864855];
    for k in 0..7 {
        near(cox.coefficients[k], published[k], 5e-7);
        near(cox.standard_errors[k], errors[k], 5e-8);
    }
    near(cox.log_likelihood, -658.747659, 5e-7);
    near(cox.likelihood_ratio().0, 33.2659, 5e-5);
    near(cox.aic(), 1331.4953, 5e-5);
    near(cox.concordance(&all, &rows).expect("pairs"), 0.640329, 5e-7);
    near(cox.z_and_p(6).1, 0.00140425, 5e-9);
    // lifelines: baseline_cumulative_hazard_ and predict_survival_function of the first row.
    near(cox.baseline[0].1, 0.001958, 5e-7);
    near(cox.baseline.last().expect("leavers").1, 0.274373, 5e-7);
    near(cox.survival_at(&rows[..7], 11.0), 0.959411, 5e-7);
    near(cox.survival_at(&rows[..7], 52.0), 0.715699, 5e-7);
    assert_eq!(cox.survival_at(&rows[..7], 0.5), 1.0);

    let breslow = Cox::fit(&all, &rows, 7, CoxOptions { ties: Ties::Breslow, penalty: 0.0 }).expect("a fit");
    let published = [-0.379022, -0.057246, 0.314130, -0.151115, -0.432783, -0.084983, 0.091112];
    for (got, expected) in breslow.coefficients.iter().zip(published) {
        near(*got, expected, 5e-7);
    }
    near(breslow.log_likelihood, -659.120606, 5e-7);
}

#[test]
fn effects_that_change_with_time_are_found() {
    let Some((all, rows)) = rossi() else { return };
    let cox = Cox::fit(&all, &rows, 7, CoxOptions::default()).expect("a fit");
    // lifelines: proportional_hazard_test, in the order of the columns.
    for (scale, expected) in [
        (TimeScale::Rank, [0.015056, 11.453497, 1.426479, 7.314934, 0.709474, 0.134266, 0.018834]),
        (TimeScale::Identity, [0.056171, 12.061383, 1.486088, 6.934835, 0.754401, 0.122042, 0.010892]),
        (TimeScale::Log, [0.491365, 13.073811, 1.031124, 5.539754, 1.029274, 0.010496, 0.384019]),
    ] {
        let tests = cox.proportionality(&all, &rows, scale).expect("leavers");
        for (test, expected) in tests.iter().zip(expected) {
            near(test.statistic, expected, 5e-6);
        }
    }
    let tests = cox.proportionality(&all, &rows, TimeScale::Rank).expect("leavers");
    near(tests[1].p, 0.000714, 5e-7);
}

#[test]
fn week_by_week_gives_what_the_whole_gives() {
    let Some((all, rows)) = rossi() else { return };
    let periods = PersonPeriods::of_lifetimes(&all, &rows, 7);
    assert_eq!(periods.len(), 19_809);
    // statsmodels: GLM binomial with a dummy for each week in which somebody was arrested.
    let cloglog = DiscreteHazard::fit(&periods, Link::LogLog, 0.0).expect("a fit");
    near(cloglog.coefficients[0], -0.38017, 5e-6);
    near(cloglog.coefficients[6], 0.09177, 5e-6);
    let logit = DiscreteHazard::fit(&periods, Link::Logit, 0.0).expect("a fit");
    near(logit.coefficients[0], -0.38288, 5e-6);
    near(logit.coefficients[6], 0.09229, 5e-6);
    let cox = Cox::fit(&all, &rows, 7, CoxOptions::default()).expect("a fit");
    let path = cloglog.path(1, &vec![rows[..7].to_vec(); 52]);
    near(path.survival[51], cox.survival_at(&rows[..7], 52.0), 0.002);
    assert_eq!(cloglog.hazard(53, &rows[..7]), None);
    assert_eq!(cloglog.path(50, &vec![rows[..7].to_vec(); 9]).hazards.len(), 3);
}

#[test]
fn a_share_that_stays_is_a_product_of_those_that_do_not_leave() {
    for (got, expected) in survival_of_hazards(&[0.05, 0.08, 0.10]).into_iter().zip([0.95, 0.874, 0.7866]) {
        near(got, expected, 1e-12);
    }
}

#[test]
fn a_property_that_changes_in_time_counts_from_when_it_changes() {
    // Half complain after two quiet periods, and leave at 40 % per period from then on; 5 % otherwise.
    let mut rows = PersonPeriods { width: 1, ..PersonPeriods::default() };
    let mut seed = 7_u64;
    let mut chance = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 11) as f64 / (1_u64 << 53) as f64
    };
    for customer in 0..4000 {
        for period in 1..=8 {
            let complained = customer % 2 == 0 && period > 2;
            let left = chance() < if complained { 0.4 } else { 0.05 };
            rows.push(period, left, &[f64::from(u8::from(complained))]);
            if left {
                break;
            }
        }
    }
    let fit = DiscreteHazard::fit(&rows, Link::Logit, 0.0).expect("a fit");
    let truth = (0.4f64 / 0.6).ln() - (0.05f64 / 0.95).ln();
    near(fit.coefficients[0], truth, 3.0 * fit.standard_errors[0]);
    assert!(fit.standard_errors[0] < 0.1 && fit.z_and_p(0).1 < 1e-12);
    near(fit.hazard(5, &[1.0]).expect("a period"), 0.4, 0.04);
    near(fit.hazard(5, &[0.0]).expect("a period"), 0.05, 0.02);
}

#[test]
fn what_cannot_be_fitted_is_named() {
    let fit = |durations: &[f64], ended: &[f64], rows: &[f64], width| {
        Cox::fit(&lives(durations, ended), rows, width, CoxOptions::default()).map(|_| ())
    };
    let (two, some) = ([1.0, 2.0, 3.0], [1.0, 1.0, 0.0]);
    assert_eq!(fit(&[], &[], &[], 1), Err(Unfit::Empty));
    assert_eq!(fit(&[1.0, -2.0], &[1.0, 1.0], &[0.0, 1.0], 1), Err(Unfit::BadDuration { row: 1 }));
    assert_eq!(fit(&[1.0, f64::NAN], &[1.0, 1.0], &[0.0, 1.0], 1), Err(Unfit::BadDuration { row: 1 }));
    assert_eq!(fit(&two, &some, &[0.0, 1.0, f64::INFINITY], 1), Err(Unfit::BadCovariate { row: 2, column: 0 }));
    assert_eq!(fit(&two, &[0.0; 3], &[0.0, 1.0, 2.0], 1), Err(Unfit::NobodyLeft));
    assert_eq!(fit(&two, &some, &[5.0, 5.0, 5.0], 1), Err(Unfit::Constant { column: 0 }));
    let (durations, ended) = ([1.0, 2.0, 3.0, 4.0, 5.0], [1.0; 5]);
    let repeated = [1.0, 2.0, 3.0, 6.0, 2.0, 4.0, 5.0, 10.0, 1.5, 3.0];
    assert_eq!(fit(&durations, &ended, &repeated, 2), Err(Unfit::Dependent { column: 1 }));
    let with_penalty = CoxOptions { penalty: 0.1, ..CoxOptions::default() };
    let both = Cox::fit(&lives(&durations, &ended), &repeated, 2, with_penalty).expect("a fit");
    near(both.coefficients[0], 2.0 * both.coefficients[1], 1e-9);
}

#[test]
fn a_property_that_settles_everything_is_said_to_run_away() {
    // Everybody with the property leaves before anybody without it.
    let durations: Vec<f64> = (1..=20).map(f64::from).collect();
    let rows: Vec<f64> = (0..20).map(|at| f64::from(u8::from(at < 10))).collect();
    let cox = Cox::fit(&lives(&durations, &[1.0; 20]), &rows, 1, CoxOptions::default()).expect("a fit");
    assert_eq!(cox.runaway, [0]);
    let held = CoxOptions { penalty: 0.05, ..CoxOptions::default() };
    assert!(Cox::fit(&lives(&durations, &[1.0; 20]), &rows, 1, held).expect("a fit").runaway.is_empty());
}

#[test]
fn no_pair_to_compare_is_no_half() {
    assert_eq!(concordance_index(&lives(&[1.0, 1.0], &[1.0, 1.0]), &[0.3, 0.2]), None);
    assert_eq!(concordance_index(&lives(&[1.0, 1.0], &[1.0, 0.0]), &[0.3, 0.2]), Some(1.0));
    assert_eq!(concordance_index(&lives(&[1.0, 2.0], &[0.0, 1.0]), &[0.3, 0.2]), None);
    assert_eq!(concordance_index(&lives(&[1.0, 2.0], &[1.0, 0.0]), &[0.2, 0.2]), Some(0.5));
}

#[test]
fn weights_for_the_censored_agree_with_the_reference() {
    let Some((all, rows)) = rossi() else { return };
    let cox = Cox::fit(&all, &rows, 7, CoxOptions::default()).expect("a fit");
    let risks = cox.risks(&rows, all.len());
    // Everybody is censored at week 52 only: before it all weights are 1, and the pairs are those of Harrell's index.
    let before: Vec<Lifetime> =
        all.iter().map(|life| Lifetime { ended: life.ended && life.duration < 52.0, ..*life }).collect();
    let harrell = concordance_index(&before, &risks).expect("pairs");
    near(uno_concordance(&all, &all, &risks, 52.0).expect("pairs"), harrell, 1e-12);
    assert_eq!(uno_concordance(&all, &all, &risks, 60.0), None);
    // scikit-survival on 6-MP and placebo with the risk 1 for placebo.
    let (mut remission, mut placebo) = (treated(), vec![0.0; 21]);
    remission.extend(untreated());
    placebo.extend([1.0; 21]);
    near(uno_concordance(&remission, &remission, &placebo, 22.0).expect("pairs"), UNO_6MP, 5e-7);
    let times = [5.0, 10.0, 15.0, 20.0];
    let curve = SurvivalCurve::fit(&remission).expect("lifetimes");
    let predicted: Vec<f64> = remission.iter().flat_map(|_| times.map(|time| curve.survival_at(time))).collect();
    near(integrated_brier_score(&remission, &remission, &times, &predicted).expect("a score"), IBS_6MP, 5e-7);
}

const UNO_6MP: f64 = 0.689_139_194;
const IBS_6MP: f64 = 0.228_206_705;

#[test]
fn contracts_end_as_lifelines_says_they_do() {
    let Some(text) = data("telco/Telco-Customer-Churn.csv") else { return };
    let left: Vec<f64> = column(&text, "Churn").iter().map(|word| f64::from(u8::from(word.trim() == "Yes"))).collect();
    let all = lives(&numbers(&text, "tenure"), &left);
    let curve = SurvivalCurve::fit(&all).expect("lifetimes");
    for (time, share) in
        [(1.0, 0.9460), (12.0, 0.843200), (24.0, 0.788736), (48.0, 0.708840), (60.0, 0.6644), (72.0, 0.592790)]
    {
        near(curve.survival_at(time), share, if share * 1e4 % 1.0 == 0.0 { 5e-5 } else { 5e-7 });
    }
    let contract = column(&text, "Contract");
    let groups: Vec<Vec<Lifetime>> = ["Month-to-month", "One year", "Two year"]
        .iter()
        .map(|name| all.iter().zip(&contract).filter(|(_, other)| other == name).map(|(life, _)| *life).collect())
        .collect();
    near(log_rank(&groups).expect("three groups").statistic, 2352.87, 5e-3);
    let monthly = SurvivalCurve::fit(&groups[0]).expect("lifetimes");
    near(monthly.survival_at(12.0), 0.7031, 5e-5);
    assert_eq!(monthly.quantile(0.5), Some(35.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pairs_counted_fast_are_the_pairs_counted_one_by_one(
        rows in prop::collection::vec((0u8..6, any::<bool>(), 0u8..4), 0..30),
    ) {
        let all: Vec<Lifetime> =
            rows.iter().map(|&(time, ended, _)| Lifetime { duration: f64::from(time), ended }).collect();
        let risks: Vec<f64> = rows.iter().map(|&(_, _, risk)| f64::from(risk)).collect();
        let mut slow = Concordance::default();
        for (a, first) in all.iter().enumerate().filter(|(_, life)| life.ended) {
            for (b, other) in all.iter().enumerate() {
                let outlives = other.duration > first.duration || (other.duration == first.duration && !other.ended);
                if a == b || !outlives {
                    continue;
                }
                match risks[a].total_cmp(&risks[b]) {
                    std::cmp::Ordering::Greater => slow.concordant += 1,
                    std::cmp::Ordering::Less => slow.discordant += 1,
                    std::cmp::Ordering::Equal => slow.tied += 1,
                }
            }
        }
        prop_assert_eq!(Concordance::of(&all, &risks), slow);
    }

    #[test]
    fn the_order_of_customers_changes_no_curve(
        rows in prop::collection::vec((0u8..9, any::<bool>()), 1..40), turn in 0usize..40,
    ) {
        let mut all: Vec<Lifetime> =
            rows.iter().map(|&(time, ended)| Lifetime { duration: f64::from(time), ended }).collect();
        let curve = SurvivalCurve::fit(&all).expect("lifetimes");
        let turn = turn % all.len();
        all.rotate_left(turn);
        prop_assert_eq!(&SurvivalCurve::fit(&all).expect("lifetimes"), &curve);
        for point in curve.points() {
            prop_assert!((0.0..=1.0).contains(&point.survival));
            if let Some((low, high)) = point.band(0.95) {
                prop_assert!(low <= point.survival && point.survival <= high);
            }
        }
    }
}
