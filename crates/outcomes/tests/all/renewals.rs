//! Contracts that came to their end, each looked at before it was due.

use outcomes::{Outcome, renewals};
use vocab::AsOf;

use crate::told::{as_of, date, frame, shipped};

/// A renews twice and leaves; B renews early; C's contract ends after the record does; D signed before anything was due.
const LINES: &str = "
    A | contract | Contract Signed  | 2025-01-01 | | | end_on=2025-01-31
    A | contract | Contract Renewed | 2025-01-31 | | | end_on=2025-02-28
    B | contract | Contract Signed  | 2025-01-05 | | | end_on=2025-02-10
    B | contract | Contract Renewed | 2025-01-20 | | | end_on=2025-12-31
    C | contract | Contract Signed  | 2025-01-20 | | | end_on=2025-03-05
    D | contract | Contract Signed  | 2025-03-01 | | | end_on=2025-06-30
    C | event    | Logged In        | 2025-04-01
";

fn told(lines: &str, churn: &str) -> Vec<String> {
    let frame = frame(lines, "2025-05-01");
    let week_before = |due: vocab::Instant| AsOf(due.plus_days(-7));
    let found = renewals(&frame, &shipped(churn), as_of("2025-05-01"), &week_before).unwrap();
    let row = |one: &outcomes::Renewal| {
        let became = match one.outcome {
            Outcome::Stayed => "renewed".to_owned(),
            Outcome::Left { at } => format!("left {}", date(at)),
            Outcome::Censored => "cut off".to_owned(),
        };
        format!("{} seen {} {became}", one.customer, date(one.looked_at.instant()))
    };
    found.due.iter().map(row).collect()
}

#[test]
fn every_contract_is_looked_at_once_before_it_is_due() {
    // B's first contract was no question any more a week before its end: it had been renewed. Its second, and D's, run.
    assert_eq!(
        told(LINES, "subscription_ended"),
        ["A seen 2025-01-25 renewed", "A seen 2025-02-22 left 2025-03-01", "C seen 2025-02-27 cut off"]
    );
}

#[test]
fn contracts_after_the_end_of_the_record_are_no_leavers() {
    // With thirty days of grace A's first end, too, is decided after the last contract on record. That it was renewed is
    // known, but counting only those who renewed of a time in which nobody could be seen to leave would flatter it.
    assert_eq!(
        told(LINES, "saas_contract"),
        ["A seen 2025-01-25 cut off", "A seen 2025-02-22 cut off", "C seen 2025-02-27 cut off"]
    );
    let frame = frame(LINES, "2025-05-01");
    let found = renewals(&frame, &shipped("subscription_ended"), as_of("2025-05-01"), &AsOf).unwrap();
    assert_eq!(date(found.told_until), "2025-03-02", "the midnight that ends the day of the last contract");
}

#[test]
fn a_definition_without_contracts_knows_no_renewals() {
    let frame = frame(LINES, "2025-05-01");
    assert_eq!(renewals(&frame, &shipped("no_order_90d"), as_of("2025-05-01"), &AsOf), None);
}
