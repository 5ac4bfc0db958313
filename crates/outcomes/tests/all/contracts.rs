//! What became of every contract, by the facts alone.

use std::collections::BTreeMap;

use facts::StoredFact;
use outcomes::{Became, Contract, Retained, contracts, contracts_due};
use vocab::Instant;

use crate::told::{as_of, date, facts, frame, shipped};

fn row(one: &Contract) -> String {
    let became = match one.became {
        Became::Open => "open".to_owned(),
        Became::Renewed { at, amount } => {
            format!("renewed {}{}", date(at), amount.map_or(String::new(), |amount| format!(" for {amount}")))
        }
        Became::Lost { at, cancelled } => {
            format!("lost {}{}", date(at), if cancelled { " by cancellation" } else { "" })
        }
    };
    let number = one.number.as_deref().map_or(String::new(), |number| format!("{number} "));
    format!("{} {number}to {} {became}", one.customer, one.end_on)
}

fn told(lines: &str, at: &str) -> Vec<String> {
    let frame = frame(lines, at);
    contracts(&frame, &shipped("saas_contract"), as_of(at)).terms.iter().map(row).collect()
}

/// Somebody else's signature, long after: the record of contracts goes on.
const LATER: &str = "Z | contract | Contract Signed | 2025-12-01 | | 1 | end_on=2026-11-30\n";

fn told_later(lines: &str) -> Vec<String> {
    let mut rows = told(&format!("{lines}\n{LATER}"), "2025-12-31");
    assert_eq!(rows.pop().unwrap(), "Z to 2026-11-30 open");
    rows
}

#[test]
fn a_contract_is_renewed_by_the_next_one_and_lost_without() {
    let lines = "
        A | contract | Contract Signed  | 2024-07-01 | | 1200 | end_on=2025-06-30
        A | contract | Contract Renewed | 2025-06-20 | | 1500 | end_on=2026-06-30
        B | contract | Contract Signed  | 2024-07-01 | | 900 | end_on=2025-06-30
        C | contract | Contract Signed  | 2024-07-01 | | 800 | end_on=2025-06-30
        C | contract | Contract Renewed | 2025-07-25 | | 600 | end_on=2026-06-30
        D | contract | Contract Signed  | 2024-07-01 | | 700 | end_on=2025-06-30
        D | contract | Contract Cancelled | 2025-05-05 | | | end_on=2025-05-05
    ";
    assert_eq!(
        told_later(lines),
        [
            "A to 2025-06-30 renewed 2025-06-20 for 1500",
            "A to 2026-06-30 open",
            "B to 2025-06-30 lost 2025-07-31",
            "C to 2025-06-30 renewed 2025-07-25 for 600",
            "C to 2026-06-30 open",
            "D to 2025-06-30 lost 2025-05-05 by cancellation",
        ]
    );
}

#[test]
fn what_is_signed_after_the_grace_renews_nothing() {
    let lines = "
        A | contract | Contract Signed | 2024-07-01 | | 1200 | end_on=2025-06-30
        A | contract | Contract Signed | 2025-09-01 | | 1200 | end_on=2026-08-31
    ";
    assert_eq!(told_later(lines), ["A to 2025-06-30 lost 2025-07-31", "A to 2026-08-31 open"]);
}

#[test]
fn where_the_record_ends_nothing_is_said() {
    let lines = "
        A | contract | Contract Signed | 2024-07-01 | | 1200 | end_on=2025-06-30
        B | contract | Contract Signed | 2025-07-10 | | 1 | end_on=2026-07-09
    ";
    // The last contract on record is of 10 July; A's grace ends on the 30th.
    assert_eq!(told(lines, "2025-10-01"), ["A to 2025-06-30 open", "B to 2026-07-09 open"]);
}

#[test]
fn a_cancellation_is_undone_by_a_later_signature() {
    let lines = "
        A | contract | Contract Signed    | 2024-07-01 | | 1200 | end_on=2025-06-30
        A | contract | Contract Cancelled | 2025-05-05
        A | contract | Contract Renewed   | 2025-06-10 | | 1000 | end_on=2026-06-30
        B | contract | Contract Signed    | 2024-07-01 | | 1200 | end_on=2025-12-30
        B | contract | Contract Cancelled | 2025-05-05
        B | contract | Contract Signed    | 2025-05-06 | | 1100 | end_on=2025-12-30
    ";
    let expected = [
        "A to 2025-06-30 renewed 2025-06-10 for 1000",
        "A to 2026-06-30 open",
        // The same last day again: a correction, and it stands.
        "B to 2025-12-30 open",
    ];
    assert_eq!(told_later(lines), expected);
}

#[test]
fn one_of_two_contracts_is_lost_and_a_new_number_renews_the_one_that_ends_first() {
    let lines = "
        A | contract | Contract Signed  | 2024-07-01 | | 1200 | end_on=2025-06-30 contract_id=K1
        A | contract | Contract Signed  | 2024-09-01 | | 300 | end_on=2025-08-31 contract_id=K2
        A | contract | Contract Signed  | 2025-06-15 | | 1300 | end_on=2026-06-30 contract_id=K3
        B | contract | Contract Signed  | 2024-07-01 | | 1200 | end_on=2025-06-30 contract_no=K4
        B | contract | Contract Signed  | 2024-10-01 | | 200 | end_on=2025-09-30 contract_no=K5
        B | contract | Contract Renewed | 2025-09-30 | | 200 | end_on=2026-09-30 contract_no=K5
    ";
    let expected = [
        "A K1 to 2025-06-30 renewed 2025-06-15 for 1300",
        "A K2 to 2025-08-31 lost 2025-10-01",
        "A K3 to 2026-06-30 open",
        // Signed nine months before K4's end: another contract, not its next term.
        "B K4 to 2025-06-30 lost 2025-07-31",
        "B K5 to 2025-09-30 renewed 2025-09-30 for 200",
        "B K5 to 2026-09-30 open",
    ];
    assert_eq!(told_later(lines), expected);
}

#[test]
fn a_named_contract_may_be_said_to_end_earlier() {
    let lines = "
        A | contract | Contract Signed | 2024-07-01 | | 1200 | end_on=2026-06-30 contract_id=K1
        A | contract | Contract Signed | 2025-02-01 | | 1000 | end_on=2025-06-30 contract_id=K1
    ";
    assert_eq!(told_later(lines), ["A K1 to 2025-06-30 lost 2025-07-31"]);
}

#[test]
fn nothing_is_known_before_it_could_be() {
    let lines = "
        A | contract | Contract Signed  | 2024-07-01 | | 1200 | end_on=2025-06-30
        A | contract | Contract Renewed | 2025-06-20 | 2025-07-05 | 1500 | end_on=2026-06-30
    ";
    assert_eq!(told(lines, "2025-07-01"), ["A to 2025-06-30 open"]);
    assert_eq!(told(lines, "2025-07-06").len(), 2);
}

#[test]
fn what_was_kept_and_what_it_grew_to() {
    let lines = format!(
        "
        A | contract | Contract Signed  | 2024-07-01 | | 1000 | end_on=2025-06-30
        A | contract | Contract Renewed | 2025-06-20 | | 1500 | end_on=2026-06-30
        B | contract | Contract Signed  | 2024-07-01 | | 500 | end_on=2025-06-30
        B | contract | Contract Renewed | 2025-06-20 | | 400 | end_on=2026-06-30
        C | contract | Contract Signed  | 2024-07-01 | | 500 | end_on=2025-06-30
        D | contract | Contract Signed  | 2024-07-01 | | | end_on=2025-06-30
        {LATER}"
    );
    let frame = frame(&lines, "2025-12-31");
    let found = contracts(&frame, &shipped("saas_contract"), as_of("2025-12-31"));
    let kept = Retained::of(found.terms.iter().filter(|one| one.end_on == "2025-06-30"));
    // D's worth is not known: it counts in neither share. (1000 + 400) ÷ 2000 and (1500 + 400) ÷ 2000.
    assert_eq!((kept.count, kept.gross(), kept.net()), (3, Some(0.7), Some(0.95)));
    assert_eq!(Retained::default().gross(), None, "nothing due is no share");
    // Two weeks after the last day losses are not known yet, and who renewed early alone would flatter.
    let early = contracts(&frame, &shipped("saas_contract"), as_of("2025-07-15"));
    assert_eq!(Retained::of(&early.terms).count, 0);
}

/// Forty customers who sign again and again: some the next day, some within the grace, some long after.
fn many_terms() -> String {
    let mut lines = String::new();
    for customer in 0..40_u32 {
        let mut day = u64::from(customer * 7 % 360);
        for term in 0..6_u64 {
            let length = [30, 91, 365][(u64::from(customer) + term) as usize % 3];
            let from = as_of("2021-01-01").instant().plus_days(day as i64);
            let to = from.plus_days(length - 1);
            let (name, amount) = (if term == 0 { "Contract Signed" } else { "Contract Renewed" }, 100 + customer * 3);
            let amount = u64::from(amount) + term * 10 * u64::from(customer % 3);
            let line =
                format!("C{customer:02} | contract | {name} | {} | | {amount} | end_on={}\n", date(from), date(to));
            lines.push_str(&line);
            day += length as u64 + [0, 9, 60][(customer as usize * 5 + term as usize) % 3];
        }
    }
    lines.push_str(LATER);
    lines
}

#[test]
fn what_was_due_is_what_was_open_then_and_ended_within() {
    let mut lines = many_terms();
    // One is cancelled before its end, one is said to end another day once its month has begun.
    lines.push_str("D | contract | Contract Signed | 2023-01-10 | | 5 | contract_id=d end_on=2023-12-20\n");
    lines.push_str("D | contract | Contract Cancelled | 2023-11-10 | | | contract_id=d\n");
    lines.push_str("E | contract | Contract Signed | 2023-01-10 | | 5 | contract_id=e end_on=2023-12-20\n");
    lines.push_str("E | contract | Contract Signed | 2023-12-05 | | 5 | contract_id=e end_on=2023-06-20\n");
    let (frame, definition) = (frame(&lines, "2025-12-31"), shipped("saas_contract"));
    let days: Vec<String> = (0..48).map(|month| format!("{}-{:02}-01", 2021 + month / 12, month % 12 + 1)).collect();
    let spans: Vec<_> = days.windows(2).map(|two| (as_of(&two[0]), as_of(&two[1]).instant())).collect();
    let due = contracts_due(&frame, &definition, &spans);
    assert_eq!(due.len(), spans.len());
    for ((start, end), due) in spans.iter().zip(&due) {
        let mut known = contracts(&frame, &definition, *start).terms;
        known.retain(|one| one.became == Became::Open && one.ends_at > start.instant() && one.ends_at <= *end);
        assert_eq!(*due, known, "in the month from {start}");
    }
    assert!(due.iter().map(Vec::len).sum::<usize>() > 100, "there is something to find");
    let last = &due[days.iter().position(|day| day == "2023-12-01").unwrap()];
    assert!(last.iter().any(|one| one.customer.as_str() == "E"), "not corrected yet as the month began");
    assert!(last.iter().all(|one| one.customer.as_str() != "D"), "cancelled before");
}

/// The same asked row by row, of customers whose contracts have no number: who signed next, and when?
#[test]
fn another_road_to_what_became_of_contracts() {
    let lines = many_terms();
    let at = as_of("2025-12-31");
    let frame = frame(&lines, "2025-12-31");
    let found = contracts(&frame, &shipped("saas_contract"), at);
    let mut naive: BTreeMap<(String, String), String> = BTreeMap::new();
    let rows = facts(&lines);
    let name_of = |row: &StoredFact| row.fact.customer_id.as_ref().unwrap().to_string();
    let end_of = |row: &StoredFact| row.fact.properties["end_on"].clone().unwrap();
    let after = |day: &str, days: i64| -> Instant { as_of(day).instant().plus_days(days) };
    for one in &rows {
        let (customer, end_on) = (name_of(one), end_of(one));
        let next = rows
            .iter()
            .filter(|row| row.fact.customer_id == one.fact.customer_id && end_of(row) > end_on)
            .min_by_key(|row| row.fact.occurred_at);
        let in_time = next.filter(|row| row.fact.occurred_at <= after(&end_on, 31));
        let word = match in_time {
            Some(_) => "renewed",
            None if after(&end_on, 31) <= after("2025-12-01", 1) => "lost",
            None => "open",
        };
        naive.insert((customer, end_on), word.to_owned());
    }
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for one in &found.terms {
        let word = match one.became {
            Became::Open => "open",
            Became::Renewed { .. } => "renewed",
            Became::Lost { .. } => "lost",
        };
        *counts.entry(word).or_default() += 1;
        assert_eq!(naive[&(one.customer.to_string(), one.end_on.clone())], word, "{}", row(one));
    }
    assert_eq!(found.terms.len(), naive.len());
    assert!(counts["renewed"] > 50 && counts["lost"] > 50, "both roads are walked: {counts:?}");
}
