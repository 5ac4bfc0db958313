//! What became of customers after a moment.

use outcomes::{Outcome, outcomes_within};
use vocab::Horizon;

use crate::told::{as_of, date, frame, shipped};

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
