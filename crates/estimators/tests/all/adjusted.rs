//! Effects beside each other, and the share of luck among many finds.

use estimators::adjusted::effects;
use estimators::multiple::{false_discovery_rates, two_sided};

/// Sixty rows of twenty units, three each.
fn rows() -> (Vec<Vec<f64>>, Vec<bool>, Vec<usize>) {
    let a: Vec<f64> = (0..60).map(|i| f64::from((i * 37) % 17) / 4.0).collect();
    let b: Vec<f64> = (0..60).zip(&a).map(|(i, a)| f64::from((i * 23) % 11) / 3.0 + a / 2.0).collect();
    let left = (0..60).map(|i| f64::from((i * 29) % 13) + 3.0 * a[i as usize] - 2.5 * b[i as usize] > 4.0).collect();
    (vec![a, b], left, (0..60).map(|i| i / 3).collect())
}

#[test]
fn effects_and_their_errors_are_those_of_the_reference() {
    // numpy 2: Newton on the same penalised likelihood, sandwich over the clusters times C/(C−1).
    let (columns, left, clusters) = rows();
    let found = effects(&columns, &left, &clusters).unwrap();
    let expected = [(1.195_576_68, 0.265_041_25), (-0.753_027_09, 0.322_772_51)];
    for (found, (coefficient, error)) in found.iter().zip(expected) {
        assert!((found.coefficient - coefficient).abs() < 1e-7, "{found:?}");
        assert!((found.standard_error - error).abs() < 1e-7, "{found:?}");
    }
}

#[test]
fn a_signal_that_only_follows_another_loses_its_say_beside_it() {
    let (mut columns, left, clusters) = rows();
    columns[1] = columns[0].iter().zip(&columns[1]).map(|(a, b)| 5.0 * a + 0.01 * b).collect();
    let alone = effects(&columns[1..], &left, &clusters).unwrap()[0];
    let beside = effects(&columns, &left, &clusters).unwrap()[1];
    assert!(alone.interval().0 > 0.0, "{alone:?}");
    assert!(beside.interval().0 < 0.0 && beside.coefficient < alone.coefficient, "{beside:?}");
}

#[test]
fn one_outcome_tells_nothing_and_a_constant_column_has_no_effect() {
    let (columns, _, clusters) = rows();
    assert_eq!(effects(&columns, &[true; 60], &clusters), None);
    let (mut columns, left, clusters) = rows();
    columns[0] = vec![7.0; 60];
    assert_eq!(effects(&columns, &left, &clusters).unwrap()[0].coefficient, 0.0);
}

#[test]
fn a_normal_score_has_the_probability_of_the_tables() {
    for (z, p) in [(0.0, 1.0), (0.5, 0.617_075_077), (1.96, 0.049_995_790), (-3.0, 0.002_699_796)] {
        assert!((two_sided(z) / p - 1.0).abs() < 1e-6, "{z}: {}", two_sided(z));
    }
    assert!((two_sided(6.0) / 1.973_175_29e-9 - 1.0).abs() < 1e-6);
}

#[test]
fn luck_among_many_is_not_told() {
    // A hundred p-values as chance gives them: none is left; with three real ones among them, these are.
    let mut p: Vec<f64> = (1..=100).map(|rank| (f64::from(rank) - 0.5) / 100.0).collect();
    assert!(false_discovery_rates(&p).iter().all(|q| *q > 0.05));
    p[50] = 1e-6;
    p[60] = 1e-5;
    p[70] = 1e-4;
    let found: Vec<usize> =
        false_discovery_rates(&p).iter().enumerate().filter(|(_, q)| **q <= 0.05).map(|(at, _)| at).collect();
    assert_eq!(found, [50, 60, 70]);
    assert!(false_discovery_rates(&[]).is_empty());
}
