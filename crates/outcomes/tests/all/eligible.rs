//! Whom the question is put about, in which way customers left, and who is there but brings much less.

use outcomes::{ChurnDefinition, Eligible, Leaving, Lifetimes, State, eligibility, partly_gone, states};
use proptest::prelude::*;
use vocab::AsOf;

use crate::told::{as_of, at, definition, frame, frame_of};
use crate::two_roads::{HALF_DAY, draws, stored};

const INACTIVE: &str = "[[gone_when]]\ninactivity = { days = 30 }\n";

fn standing(lines: &str, definition: &ChurnDefinition, when: &str, customer: &str) -> Option<Eligible> {
    let frame = frame(lines, when);
    eligibility(&frame, definition, as_of(when)).standing(&customer.into())
}

#[test]
fn a_test_customer_is_internal_from_the_day_it_is_said_and_until_it_is_taken_back() {
    let lines = "
        T | event | Logged In | 2025-01-01
        T | trait | Traits Changed | 2025-01-20 | 2025-02-10 | | internal=是
        T | event | Logged In | 2025-02-15
        T | trait | Traits Changed | 2025-03-01 | | | internal=否
        B | event | Logged In | 2025-01-01
        B | event | Logged In | 2025-03-20
    ";
    let rule = definition(&format!("{INACTIVE}[internal]\ntrait = \"internal\"\nis = [\"是\", \"yes\"]\n"));
    assert_eq!(rule.properties(), ["internal"]);
    assert_eq!(standing(lines, &rule, "2025-02-05", "T"), Some(Eligible::Gone), "not yet known to be a test");
    assert_eq!(standing(lines, &rule, "2025-02-11", "T"), Some(Eligible::Internal), "even while it is away");
    assert_eq!(standing(lines, &rule, "2025-03-05", "T"), Some(Eligible::Yes), "it was taken back");
    assert_eq!(standing(lines, &rule, "2025-01-15", "B"), Some(Eligible::TooNew));
    assert_eq!(standing(lines, &rule, "2025-01-01", "B"), None, "not yet seen");
}

#[test]
fn each_leaver_left_in_the_way_of_the_rule_that_spoke_first() {
    let rules = "
        [[gone_when]]
        inactivity = { days = 30 }
        [[gone_when]]
        cancellation = { of = { kind = \"contract\", name = \"Contract Cancelled\" }, undone_by = { kind = \"order\" } }
        [[gone_when]]
        cancellation = { of = { kind = \"payment\", name = \"Payment Given Up\" }, undone_by = { kind = \"order\" } }
        leaving = \"involuntary\"
    ";
    let rule = definition(rules);
    assert_eq!(rule.ways, [Leaving::Silent, Leaving::Voluntary, Leaving::Involuntary]);
    let lines = "
        A | event | Logged In | 2025-01-01
        B | event | Logged In | 2025-01-01
        B | contract | Contract Cancelled | 2025-01-10
        C | event | Logged In | 2025-01-01
        C | payment | Payment Given Up | 2025-01-20
        D | event | Logged In | 2025-01-01
        D | event | Logged In | 2025-01-29
        D | event | Logged In | 2025-02-20
    ";
    let frame = frame(lines, "2025-02-21");
    let lives = Lifetimes::of(&frame, &rule, frame.end());
    let year = lives.left_by_way(&rule, at("2025-01-01"), at("2025-02-21"), &|_| true);
    assert_eq!(year, [(Leaving::Voluntary, 1), (Leaving::Involuntary, 1), (Leaving::Silent, 1)]);
    let early = lives.left_by_way(&rule, at("2025-01-01"), at("2025-01-15"), &|_| true);
    assert_eq!(early, [(Leaving::Voluntary, 1), (Leaving::Involuntary, 0), (Leaving::Silent, 0)]);
}

#[test]
fn half_the_revenue_gone_is_half_a_goodbye() {
    let rule = definition("[[gone_when]]\nno_order = { days = 90 }\n[partial]\ndays = 30\nshare = 0.5\n");
    let lines = "
        H | order | Order Completed | 2025-01-05 | | 100
        H | order | Order Completed | 2025-02-10 | | 100
        H | order | Order Completed | 2025-03-10 | | 80
        H | order | Order Returned | 2025-03-12 | | -30
        S | order | Order Completed | 2025-01-05 | | 100
        S | order | Order Completed | 2025-02-10 | | 100
        S | order | Order Completed | 2025-03-10 | | 51
        N | order | Order Completed | 2025-03-10 | | 10
    ";
    let frame = frame(lines, "2025-03-20");
    let eligible = eligibility(&frame, &rule, frame.end());
    let found = partly_gone(&frame, &rule, &eligible).unwrap().unwrap();
    let names: Vec<&str> = found.iter().map(|one| one.customer.as_str()).collect();
    assert_eq!(names, ["H"], "100 fell to 50; 100 to 51 is less than half; nothing before cannot fall");
    assert_eq!((found[0].before.to_f64(), found[0].after.to_f64()), (100.0, 50.0));
    let short = crate::told::frame("H | order | Order Completed | 2025-03-05 | | 100", "2025-03-20");
    let eligible = eligibility(&short, &rule, short.end());
    assert!(partly_gone(&short, &rule, &eligible).unwrap().unwrap_err().en.contains("less than 60 days"));
    let without = definition(INACTIVE);
    assert!(partly_gone(&short, &without, &eligible).is_none());
}

#[test]
fn a_slow_buyer_is_given_more_time_than_a_quick_one() {
    let rule = definition("[[gone_when]]\npurchase_gap = { times = 3, least_days = 10, most_days = 120 }\n");
    let lines = "
        Q | order | Order Completed | 2025-01-01 | | 1
        Q | order | Order Completed | 2025-01-03 | | 1
        Q | order | Order Completed | 2025-01-05 | | 1
        Q | order | Order Completed | 2025-01-05 09:00 | | 1
        Q | order | Order Completed | 2025-01-07 09:00 | | 1
        S | order | Order Completed | 2025-01-01 | | 1
        S | order | Order Completed | 2025-01-21 | | 1
        S | order | Order Completed | 2025-02-10 | | 1
        S | order | Order Completed | 2025-03-02 | | 1
        N | order | Order Completed | 2025-01-01 | | 1
        K | order | Order Completed | 2025-05-10 | | 1
    ";
    let gone = |customer: &str, when: &str| {
        let state = states(&frame(lines, when), &rule, as_of(when)).state(&customer.into());
        matches!(state, Some(State::Gone { .. }))
    };
    // Every two days: three times that is six, and ten is the least.
    assert!(!gone("Q", "2025-01-17 09:00") && gone("Q", "2025-01-17 09:01"));
    // Every twenty days: sixty are waited for.
    assert!(!gone("S", "2025-05-01") && gone("S", "2025-05-01 00:01"));
    // No rhythm of its own yet: the longest time.
    assert!(!gone("N", "2025-05-01") && gone("N", "2025-05-01 00:01"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whoever_is_seen_is_counted_once(draws in draws(), half in 0i64..320) {
        let when = AsOf(at("2025-01-20").plus_micros(half * HALF_DAY));
        let frame = frame_of(&stored(&draws), when);
        let rule = definition(INACTIVE);
        let found = eligibility(&frame, &rule, when);
        let counts = found.counts(&|_| true);
        prop_assert_eq!(counts.customers() as usize, states(&frame, &rule, when).customers().len());
        let by_state = states(&frame, &rule, when).counts();
        prop_assert_eq!((counts.eligible, counts.too_new, counts.gone, counts.internal),
            (by_state.current, by_state.too_new, by_state.gone, 0));
    }
}
