//! Calibration against printed figures, and against a truth that is known because it was made.

use estimators::calibrate::{Beta, Isotonic, Platt, logistic};
use estimators::chance::Chance;
use estimators::metrics::calibration_error;

#[test]
fn pooled_steps_and_platts_line_are_the_printed_ones() {
    // H5.
    let scores: Vec<f64> = (0..10).map(f64::from).collect();
    let left = [0, 0, 1, 0, 1, 1, 0, 1, 1, 1].map(|left| left == 1);
    let steps = Isotonic::fit(&scores, &left).expect("rows");
    let third = 2.0 / 3.0;
    for (score, expected) in scores.iter().zip([0.0, 0.0, 0.5, 0.5, third, third, third, 1.0, 1.0, 1.0]) {
        assert!((steps.apply(*score) - expected).abs() < 1e-12, "{score}");
    }
    // H6; their A is our slope with the other sign, and so is B.
    let margins: Vec<f64> = (0..10).map(|k| -2.0 + 0.5 * f64::from(k)).collect();
    let left = [0, 0, 0, 1, 0, 1, 0, 1, 1, 1].map(|left| left == 1);
    let line = Platt::fit(&margins, &left).expect("both classes");
    assert!((line.slope - 0.769_146_93).abs() < 1e-8 && (line.shift + 0.192_286_74).abs() < 1e-8, "{line:?}");
}

#[test]
fn a_score_that_is_too_sure_is_brought_back_by_each_map() {
    let mut chance = Chance::new(3);
    let margins: Vec<f64> = (0..20_000).map(|_| 3.0 * (chance.uniform() + chance.uniform() - 1.0) - 1.0).collect();
    let left: Vec<bool> = margins.iter().map(|margin| chance.uniform() < logistic(*margin)).collect();
    let sure: Vec<f64> = margins.iter().map(|margin| 2.5 * margin + 1.0).collect();
    let raw: Vec<f64> = sure.iter().map(|margin| logistic(*margin)).collect();
    let error = |p: &[f64]| calibration_error(p, &left, 10).expect("rows");
    assert!(error(&raw) > 0.1);
    let line = Platt::fit(&sure, &left).expect("both classes");
    assert!((line.slope - 0.4).abs() < 0.02, "{line:?}");
    let beta = Beta::fit(&raw, &left).expect("both classes");
    let steps = Isotonic::fit(&raw, &left).expect("rows");
    assert!(error(&sure.iter().map(|margin| line.apply(*margin)).collect::<Vec<_>>()) < 0.01);
    assert!(error(&raw.iter().map(|p| beta.apply(*p)).collect::<Vec<_>>()) < 0.01);
    assert!(error(&raw.iter().map(|p| steps.apply(*p)).collect::<Vec<_>>()) < 0.01);
    assert_eq!(Platt::fit(&[1.0, 2.0], &[true, true]), None);
}

#[test]
fn a_score_worse_than_guessing_becomes_the_mean() {
    let margins: Vec<f64> = (0..200).map(f64::from).collect();
    let left: Vec<bool> = (0..200).map(|row| row < 50).collect();
    let line = Platt::fit(&margins, &left).expect("both classes");
    assert!((line.apply(0.0) - 0.25).abs() < 1e-12 && (line.apply(199.0) - 0.25).abs() < 1e-12);
}
