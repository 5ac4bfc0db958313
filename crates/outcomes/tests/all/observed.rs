//! What became of customers after a moment.

use facts::{FactBatch, Facts, Options, Want};
use outcomes::{Outcome, observe, outcomes_within};
use vocab::Horizon;

use crate::told::{as_of, at, date, facts, frame, shipped};

const LINES: &str = "
    A | order | Order Completed | 2025-01-10 | | 5
    B | order | Order Completed | 2025-01-15 | | 5
    B | order | Order Completed | 2025-04-01 | | 5
    C | order | Order Completed | 2024-06-01 | | 5
    B | order | Order Completed | 2025-06-01 | | 5
    B | order | Order Completed | 2025-07-01 | | 5
";

#[test]
fn who_leaves_within_the_horizon_is_told_from_who_stays() {
    let frame = frame(LINES, "2025-07-02");
    let seen = outcomes_within(&frame, &shipped("no_order_90d"), as_of("2025-04-01"), Horizon { days: 30 });
    let told: Vec<String> = seen
        .customers
        .iter()
        .zip(&seen.outcomes)
        .map(|(customer, outcome)| match outcome {
            Outcome::Stayed => format!("{customer} stayed"),
            Outcome::Left { at } => format!("{customer} left {}", date(*at)),
            Outcome::Censored => format!("{customer} censored"),
        })
        .collect();
    assert_eq!(told, ["A left 2025-04-10", "B stayed"], "C had left before");
}

#[test]
fn beyond_the_frame_nothing_is_claimed() {
    let frame = frame(LINES, "2025-04-05");
    let seen = outcomes_within(&frame, &shipped("no_order_90d"), as_of("2025-04-01"), Horizon { days: 30 });
    assert_eq!(seen.outcome(&"B".into()), Some(Outcome::Censored));
    assert_eq!(seen.outcome(&"C".into()), None);
}

/// The same question asked of a data folder, through its one window on the future.
#[test]
fn a_look_back_tells_the_same_as_a_frame_that_reaches_further() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Facts::open(dir.path(), Options::default()).unwrap();
    let facts = facts(LINES).into_iter().map(|stored| stored.fact).collect();
    folder.load(FactBatch { facts, ..FactBatch::default() }, at("2025-07-02")).unwrap();
    let (then, horizon) = (as_of("2025-04-01"), Horizon { days: 90 });
    let definition = shipped("no_order_90d");
    let past = folder.as_of(then).frame(&Want::default()).unwrap();
    let seen = observe(&past, &folder.after(then, horizon).unwrap(), &definition).unwrap();
    let whole = frame(LINES, "2025-07-02");
    assert_eq!(seen, outcomes_within(&whole, &definition, then, horizon));
    assert_eq!(seen.outcome(&"A".into()), Some(Outcome::Left { at: at("2025-04-10") }));
    assert_eq!(seen.outcome(&"B".into()), Some(Outcome::Stayed));
}
