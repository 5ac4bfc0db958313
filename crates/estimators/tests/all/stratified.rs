//! Ranking within the day.

use estimators::metrics::auc_interval_by_cluster;
use estimators::stratified::auc_within;

#[test]
fn one_stratum_is_the_plain_ranking() {
    let scores = [0.9, 0.8, 0.7, 0.7, 0.3, 0.2, 0.6, 0.7];
    let left = [true, false, true, false, false, false, true, false];
    let clusters = [0, 1, 2, 3, 4, 5, 0, 1];
    let plain = auc_interval_by_cluster(&scores, &left, &clusters).unwrap();
    let within = auc_within(&scores, &left, &[7; 8], &clusters).unwrap();
    assert!((plain.auc - within.auc).abs() < 1e-12, "{plain:?} {within:?}");
    assert!((plain.standard_error - within.standard_error).abs() < 1e-12, "{plain:?} {within:?}");
}

#[test]
fn what_only_tells_one_day_from_another_says_nothing() {
    // On the second day everybody's value is higher, and more leave.
    let scores = [1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0];
    let left = [true, false, false, false, true, true, true, false];
    let days = [0, 0, 0, 0, 1, 1, 1, 1];
    let clusters: Vec<usize> = (0..8).collect();
    assert_eq!(auc_within(&scores, &left, &days, &clusters).unwrap().auc, 0.5);
    assert!(auc_interval_by_cluster(&scores, &left, &clusters).unwrap().auc > 0.7);
    assert_eq!(auc_within(&scores, &[true; 8], &days, &clusters), None);
}
