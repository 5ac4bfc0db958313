//! Who was there at many moments, and who left between them.

use facts::{FactBatch, Facts, Options, Want};
use outcomes::{Outcome, Standing, State, departures, observe, observe_horizons, presence, presence_by_list, states};
use proptest::prelude::*;
use vocab::{AsOf, Horizon, Instant};

use crate::told::{as_of, at, date, definition, facts, frame, frame_of, shipped};

/// Orders on days of 2025, some known late.
fn orders() -> impl Strategy<Value = String> {
    let one = (0..6u8, 0..300i64, prop_oneof![4 => Just(0i64), 1 => 1..120i64]);
    prop::collection::vec(one, 1..60).prop_map(|rows| {
        let begin = at("2025-01-01");
        let day = |days: i64| date(begin.plus_days(days));
        let line = |(customer, happened, late): (u8, i64, i64)| {
            format!("C{customer} | order | Order Completed | {} | {} | 5", day(happened), day(happened + late))
        };
        rows.into_iter().map(line).collect::<Vec<_>>().join("\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The many moments of a replay tell the same as each of them asked alone.
    #[test]
    fn at_each_of_many_moments_everybody_stands_where_they_stood_when_asked_then(lines in orders()) {
        let definition = definition("[[gone_when]]\nno_order = { days = 40 }\n");
        let frame = frame_of(&facts(&lines), as_of("2026-01-01"));
        let moments: Vec<AsOf> = (0..10).map(|step| AsOf(at("2025-02-01").plus_days(step * 30))).collect();
        let all = presence(&frame, &definition, &moments);
        for (place, moment) in moments.iter().enumerate() {
            let alone = states(&frame, &definition, *moment);
            for (position, customer) in all.customers().iter().enumerate() {
                let expected = match alone.state(customer) {
                    None => Standing::Unseen,
                    Some(State::TooNew) => Standing::TooNew,
                    Some(State::Current) => Standing::Current,
                    Some(State::Gone { .. }) => Standing::Gone,
                };
                prop_assert_eq!(all.standing(place, position), expected);
                prop_assert_eq!(all.last_seen(place, position), alone.last_seen(customer));
            }
        }
    }
}

#[test]
fn a_list_of_leavers_takes_the_place_of_a_definition() {
    let frame =
        frame("A | order | Order Completed | 2025-01-10\nB | order | Order Completed | 2025-03-20", "2025-07-01");
    let left = [("A".into(), at("2025-04-01"))];
    let moments = ["2025-01-05", "2025-02-01", "2025-04-01", "2025-04-02"].map(as_of);
    let all = presence_by_list(&frame, &left, 30, &moments);
    let of = |customer: usize| (0..4).map(|moment| all.standing(moment, customer)).collect::<Vec<_>>();
    assert_eq!(of(0), [Standing::Unseen, Standing::TooNew, Standing::Current, Standing::Gone]);
    assert_eq!(of(1), [Standing::Unseen, Standing::Unseen, Standing::TooNew, Standing::TooNew]);
    assert_eq!(all.last_seen(3, 0), Some(at("2025-01-10")));
}

fn left_between(lines: &str, from: &str, days: u32, now: Instant) -> (Vec<String>, String) {
    let dir = tempfile::tempdir().unwrap();
    let folder = Facts::open(dir.path(), Options::default()).unwrap();
    let told = facts(lines).into_iter().map(|stored| stored.fact).collect();
    folder.load(FactBatch { facts: told, ..FactBatch::default() }, now).unwrap();
    let hindsight = folder.after(as_of(from), Horizon { days }).unwrap();
    let found = departures(&hindsight, &shipped("no_order_90d"), hindsight.end().instant()).unwrap();
    let left = found.left.iter().map(|one| format!("{} {}", one.customer, date(one.at))).collect();
    (left, date(found.told_until))
}

#[test]
fn everybody_who_leaves_within_the_window_is_named_each_time() {
    let lines = "
        A | order | Order Completed | 2025-01-10
        B | order | Order Completed | 2025-01-15
        B | order | Order Completed | 2025-05-01
        C | order | Order Completed | 2024-06-01
        D | order | Order Completed | 2025-08-20
        E | order | Order Completed | 2025-11-01
    ";
    let (left, until) = left_between(lines, "2025-04-01", 200, at("2026-01-01"));
    assert_eq!(left, ["A 2025-04-10", "B 2025-04-15", "B 2025-07-30"], "C left before, B came back and left again");
    assert_eq!(until, "2025-10-18");
}

#[test]
fn silence_after_the_end_of_the_facts_is_no_leaving() {
    let lines = "A | order | Order Completed | 2025-01-10\nB | order | Order Completed | 2025-03-01";
    let (left, until) = left_between(lines, "2025-02-01", 300, at("2025-03-02"));
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(until, "2025-03-01");
}

/// A's renewal of the day before the window was written down two days into it: neither what was known when the window begins
/// nor what happened since tells of it.
#[test]
fn who_renewed_before_the_window_and_said_so_within_it_has_not_left() {
    let lines = "
        A | contract | Contract Signed | 2024-04-01 | | | end_on=2025-03-31
        A | contract | Contract Renewed | 2025-03-31 | 2025-04-03 | | end_on=2026-03-31
        B | contract | Contract Signed | 2024-04-01 | | | end_on=2025-03-31
        B | event | Logged In | 2025-07-30
    ";
    let dir = tempfile::tempdir().unwrap();
    let folder = Facts::open(dir.path(), Options::default()).unwrap();
    let told = facts(lines).into_iter().map(|stored| stored.fact).collect();
    folder.load(FactBatch { facts: told, ..FactBatch::default() }, at("2025-08-01")).unwrap();
    let (then, horizon, contract) = (as_of("2025-04-01"), Horizon { days: 90 }, shipped("saas_contract"));
    let hindsight = folder.after(then, horizon).unwrap();
    let found = departures(&hindsight, &contract, hindsight.end().instant()).unwrap();
    let left: Vec<String> = found.left.iter().map(|one| format!("{} {}", one.customer, date(one.at))).collect();
    assert_eq!(left, ["B 2025-05-01"]);
    let past = folder.as_of(then).frame(&Want::default()).unwrap();
    let seen = observe(&past, &hindsight, &contract).unwrap();
    assert_eq!(seen.outcome(&"A".into()), Some(Outcome::Stayed));
    assert_eq!(seen.outcome(&"B".into()), Some(Outcome::Left { at: at("2025-05-01") }));
    let many = observe_horizons(&past, &hindsight, &contract, &[then], &[horizon]).unwrap();
    assert_eq!(many, [[seen]]);
}
