//! What became of customers after a moment.

use facts::{FactBatch, Facts, Options, Want};
use outcomes::{ChurnDefinition, Lateness, Outcome, lateness, observe, outcomes_within};
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

/// B's order of June 1st came in five days late, on June 6th: until then B seemed to have left.
#[test]
fn a_label_waits_for_facts_that_come_in_late_and_a_look_back_cut_short_knows_no_more_than_was_known() {
    let lines = "
    A | order | Order Completed | 2025-01-10 | | 5
    B | order | Order Completed | 2025-03-01 | | 5
    B | order | Order Completed | 2025-05-29 | 2025-06-06 | 5
    B | order | Order Completed | 2025-08-01 | | 5
    C | order | Order Completed | 2025-03-20 | | 5
    C | order | Order Completed | 2025-05-30 20:00 | | 5
    D | order | Order Completed | 2024-06-01 | | 5
    ";
    let dir = tempfile::tempdir().unwrap();
    let folder = Facts::open(dir.path(), Options::default()).unwrap();
    let facts = facts(lines).into_iter().map(|stored| stored.fact).collect();
    folder.load(FactBatch { facts, ..FactBatch::default() }, at("2025-08-02")).unwrap();
    let (then, horizon) = (as_of("2025-04-01"), Horizon { days: 60 });
    let patient = ChurnDefinition { late_days: 10, ..shipped("no_order_90d") };
    let past = folder.as_of(then).frame(&Want::default()).unwrap();
    let told = |definition: &ChurnDefinition, until: &str| {
        let known = folder.after(then, horizon).unwrap().known_before(as_of(until));
        let seen = observe(&past, &known, definition).unwrap();
        ["A", "B"].map(|customer| seen.outcome(&customer.into()).unwrap())
    };
    let a_left = Outcome::Left { at: at("2025-04-10") };
    let hasty = shipped("no_order_90d");
    assert_eq!(
        told(&hasty, "2025-06-01"),
        [a_left, Outcome::Left { at: at("2025-05-30") }],
        "what came late was unknown"
    );
    assert_eq!(told(&patient, "2025-06-01"), [a_left, Outcome::Censored], "who waits claims nothing");
    assert_eq!(told(&patient, "2025-06-09"), [a_left, Outcome::Censored]);
    assert_eq!(told(&patient, "2025-06-10"), [a_left, Outcome::Stayed], "June 10th is ten days after the end");
    // One frame that reaches further tells the same.
    let whole = |until: &str| {
        let frame = folder.as_of(as_of(until)).frame(&Want::default()).unwrap();
        let seen = outcomes_within(&frame, &patient, then, horizon);
        ["A", "B"].map(|customer| seen.outcome(&customer.into()).unwrap())
    };
    assert_eq!(whole("2025-06-09")[1], Outcome::Censored);
    assert_eq!(whole("2025-06-10"), [a_left, Outcome::Stayed]);
}

#[test]
fn how_late_facts_come_in_is_counted_fact_by_fact() {
    let prompt: Vec<String> = (1..=18).map(|day| format!("A | order | O | 2025-03-{day:02} | | 5")).collect();
    let late = "B | order | O | 2025-03-01 | 2025-03-04 | 5\nB | order | O | 2025-03-02 | 2025-03-12 | 5";
    let old = "C | order | O | 2023-03-01 | 2023-06-01 | 5";
    let frame = frame(&format!("{}\n{late}\n{old}", prompt.join("\n")), "2025-04-01");
    let found = lateness(&frame, as_of("2025-04-01"));
    assert_eq!(
        found,
        Some(Lateness { facts: 20, most_days: 3.0, nearly_all_days: 10.0 }),
        "the 19th and the 20th of 20"
    );
    assert_eq!(lateness(&frame, as_of("2025-03-01")), None, "nothing of the year before was known");
}
