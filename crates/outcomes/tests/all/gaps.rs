//! How long customers stay away: counted again by hand on public data, and by looking at every half day on random firms.

use facts::{Fact, FactFrame, StoredFact};
use outcomes::{Tried, away};
use proptest::prelude::*;
use vocab::{AsOf, Instant, Kind, MessageId};

use crate::told::{as_of, at, definition, frame_of};
use crate::two_roads::{HALF_DAY, draws, grid, is_activity, stored};

fn order(number: usize, customer: &str, on: Instant) -> StoredFact {
    let mut fact = Fact::new(customer.to_owned(), Kind::Order, "Order Completed", on);
    fact.message_id = MessageId::new(number.to_string());
    StoredFact { number: number as u64, recorded_at: fact.occurred_at, fact }
}

/// The CDNOW sample, or `None` with a word where it is not there.
fn cdnow() -> Option<FactFrame> {
    let root = std::env::var_os("LIUKE_DATA")
        .map_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").into(), std::path::PathBuf::from);
    let path = root.join("cdnow/CDNOW_sample.txt");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return None;
    };
    let rows = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|cells| cells.len() == 5);
    let facts: Vec<StoredFact> = rows
        .enumerate()
        .map(|(number, cells)| {
            let (year, month, day) = (&cells[2][..4], &cells[2][4..6], &cells[2][6..]);
            order(number, cells[1], at(&format!("{year}-{month}-{day}")))
        })
        .collect();
    Some(frame_of(&facts, as_of("1998-07-01")))
}

#[test]
fn the_gaps_of_cdnow_and_who_came_back_after_them() {
    let Some(frame) = cdnow() else { return };
    let found = away(&frame, &definition("[[gone_when]]\nno_order = { days = 90 }"), frame.end(), &|_| true);
    assert_eq!((found.gaps, found.customers, found.watch_days), (4_339, 2_357, 279));
    let days: Vec<f64> = found.quantiles.iter().map(|(_, days)| *days).collect();
    assert_eq!(days, [34.0, 90.5, 117.0, 196.0, 279.0, 407.0]);
    assert_eq!(found.bars.iter().map(|bar| bar.count).sum::<u64>(), 4_339);
    // Counted apart, from the dates alone: days, away at the end, absences of the last year, watched, returned.
    let counted = [
        (7, 2_330, 2_316, 4_214, 2_353),
        (30, 2_219, 1_705, 3_267, 1_471),
        (90, 2_058, 1_159, 2_332, 714),
        (180, 1_843, 2_321, 1_696, 306),
        (240, 1_716, 2_026, 436, 52),
        (365, 1_545, 1_632, 0, 0),
    ];
    for (days, gone_now, left, watched, returned) in counted {
        let tried = found.tried.iter().find(|one| one.days == days).unwrap();
        assert_eq!(*tried, Tried { days, gone_now, left, watched, returned });
    }
    assert_eq!(found.proposed, Ok(180), "the first of which at most one in five comes back: 22 % do after 150 days");
}

#[test]
fn too_few_absences_propose_nothing_and_say_how_many_there_are() {
    let day = |count: i64| at("2024-01-01").plus_days(count);
    // Twenty come twice and never again; one comes every five days, so that silence means something.
    let twice = (0..20).flat_map(|one| [0, 2].map(|on| (format!("C{one}"), on)));
    let often = (0..31).map(|turn| ("K".to_owned(), 5 * turn));
    let facts: Vec<StoredFact> =
        twice.chain(often).enumerate().map(|(number, (customer, on))| order(number, &customer, day(on))).collect();
    let frame = frame_of(&facts, as_of("2024-06-02"));
    let rule = definition("[[gone_when]]\nno_order = { days = 90 }");
    let found = away(&frame, &rule, frame.end(), &|_| true);
    let why = found.proposed.unwrap_err();
    assert!(why.en.contains("there are 20") && why.zh.contains("只有 20 次"), "{why:?}");
    let seven = found.tried[0];
    assert_eq!((seven.watched, seven.returned, seven.return_rate()), (20, 0, Some(0.0)));
    assert_eq!(found.tried.last().unwrap().return_rate(), None, "nobody was away for a year");
}

#[test]
fn where_everybody_comes_back_no_window_is_proposed() {
    // Forty customers who order every 150 days, for years.
    let day = |count: i64| at("2020-01-01").plus_days(count);
    let facts: Vec<StoredFact> = (0..40i64)
        .flat_map(|customer| (0..12i64).map(move |turn| (customer, customer + 150 * turn)))
        .enumerate()
        .map(|(number, (customer, on))| order(number, &format!("C{customer}"), day(on)))
        .collect();
    let frame = frame_of(&facts, AsOf(day(1_700)));
    let rule = definition("[[gone_when]]\nno_order = { days = 90 }");
    let found = away(&frame, &rule, frame.end(), &|_| true);
    let why = found.proposed.unwrap_err();
    assert!(why.en.contains("100 % come back"), "{why:?}");
    let only = away(&frame, &rule, frame.end(), &|customer| customer.as_str() == "C7");
    assert_eq!((only.customers, only.gaps), (1, 11), "only those who are let through are counted");
}

/// Looks at every half day, remembering nothing: an absence becomes longer than the window between two of them.
fn naive(signs: &[Vec<Instant>], days: u32, watch_days: u32, end: Instant) -> Tried {
    let away_at = |signs: &[Instant], s: Instant| {
        let last = signs.iter().filter(|sign| **sign < s).max();
        last.is_some_and(|last| last.plus_days(i64::from(days)) < s)
    };
    let mut sum = Tried { days, gone_now: 0, left: 0, watched: 0, returned: 0 };
    for signs in signs {
        // What happens at the very end is seen.
        let last = signs.iter().filter(|sign| **sign <= end).max();
        sum.gone_now += u64::from(last.is_some_and(|last| last.plus_days(i64::from(days)) < end));
        let moments: Vec<Instant> = grid(at("2025-01-20"), end).filter(|s| *s < end).chain([end]).collect();
        for pair in moments.windows(2).filter(|pair| !away_at(signs, pair[0]) && away_at(signs, pair[1])) {
            let gone_at = pair[1].plus_micros(-1);
            sum.left += 1;
            let watched_to = gone_at.plus_days(i64::from(watch_days));
            if watched_to <= end {
                sum.watched += 1;
                sum.returned += u64::from(signs.iter().any(|sign| *sign > gone_at && *sign <= watched_to));
            }
        }
    }
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_window_counts_what_a_look_at_every_half_day_counts(draws in draws(), half in 100i64..320) {
        let facts = stored(&draws);
        let when = AsOf(at("2025-01-20").plus_micros(half * HALF_DAY + 1));
        let rule = definition("[[gone_when]]\ninactivity = { days = 12 }\n");
        let found = away(&frame_of(&facts, when), &rule, when, &|_| true);
        let visible = |one: &&StoredFact| one.known_at() < when.instant() && one.fact.occurred_at < when.instant();
        let customers: Vec<String> = (0..4).map(|one| format!("C{one}")).collect();
        let signs: Vec<Vec<Instant>> = customers.iter().map(|customer| {
            let own = facts.iter().filter(visible)
                .filter(|one| one.fact.customer_id.as_ref().is_some_and(|id| id.as_str() == customer));
            let mut signs: Vec<Instant> =
                own.filter(|one| is_activity(&one.fact)).map(|one| one.fact.occurred_at).collect();
            signs.sort();
            signs.retain(|sign| *sign <= found.until);
            signs
        }).collect();
        prop_assert_eq!(found.customers as usize, signs.iter().filter(|own| !own.is_empty()).count());
        for tried in found.tried.iter().take(4) {
            prop_assert_eq!(*tried, naive(&signs, tried.days, found.watch_days, found.until));
        }
    }
}
