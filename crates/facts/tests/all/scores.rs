//! Scores are kept as they were given.

use facts::ScoreRow;
use vocab::{CustomerId, Instant};

use crate::record::{at, open};

fn score(customer: &str, as_of: Instant, version: &str, health: Option<i32>) -> ScoreRow {
    ScoreRow {
        customer_id: CustomerId::new(customer),
        as_of,
        recorded_at: at(9),
        scorecard: "saas".into(),
        version: version.into(),
        health,
        band: health.map(|_| "high".into()),
        coverage: 8_000,
        contributions: r#"[{"indicator":"logins_30d","points":-1200}]"#.into(),
        value: health.map(|_| 12_500_000),
    }
}

#[test]
fn a_customers_scores_are_kept_once_and_found_again() {
    let dir = tempfile::tempdir().unwrap();
    let day = |n: i64| at(n * 86_400);
    let first = || (0..3_000).map(|n| score(&format!("c{n:04}"), day(40), "v1", Some(4_200))).collect::<Vec<_>>();
    {
        let facts = open(dir.path());
        let keep = |parts: Vec<Vec<ScoreRow>>| facts.append_scores(&mut parts.into_iter()).unwrap();
        let (half, rest) = (first().into_iter().take(1_000).collect(), first().into_iter().skip(1_000).collect());
        keep(vec![half, Vec::new(), rest]);
        keep(vec![first()]);
        keep(vec![vec![score("c0007", day(40), "v1", Some(1))]]);
        keep(vec![vec![score("c0007", day(40), "v2", None)]]);
        keep(vec![vec![score("c0007", day(47), "v1", Some(5_000))]]);
        keep(Vec::new());
    }
    let facts = open(dir.path());
    let of = facts.scores_of(&CustomerId::new("c0007")).unwrap();
    let healths: Vec<_> = of.iter().map(|row| (row.as_of, row.health)).collect();
    assert_eq!(healths.len(), 3);
    assert_eq!(healths[0], (day(47), Some(5_000)));
    assert!(of.contains(&score("c0007", day(40), "v1", Some(4_200))), "the first writing stays: {of:?}");
    let between = facts.scores_between(day(40), day(47)).unwrap();
    assert_eq!(between.len(), 3_001);
    assert!(between.iter().all(|row| row.contributions.is_empty()));
    assert!(facts.scores_of(&CustomerId::new("nobody")).unwrap().is_empty());
}
