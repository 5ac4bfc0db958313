//! Where a customer stands, and since when.

use outcomes::{ChurnDefinition, Lifetimes, State, states};

use crate::told::{as_of, date, definition, frame, shipped};

/// `current`, `too_new` or `gone <date>` of customer A.
fn stands(lines: &str, definition: &ChurnDefinition, when: &str) -> String {
    let frame = frame(lines, when);
    let states = states(&frame, definition, as_of(when));
    match states.state(&"A".into()) {
        None => "nobody".to_owned(),
        Some(State::Current) => "current".to_owned(),
        Some(State::TooNew) => "too_new".to_owned(),
        Some(State::Gone { at }) => format!("gone {}", date(at)),
    }
}

/// Somebody else who keeps the firm's facts flowing, so that A's silence means something.
const OTHERS: &str = "
    B | event | Logged In | 2025-01-01
    B | event | Logged In | 2025-04-01
    B | event | Logged In | 2025-07-01
";

#[test]
fn sixty_days_of_silence_are_not_yet_gone_and_a_moment_more_is() {
    let lines = &format!("A | event | Logged In | 2025-01-01\nA | event | Logged In | 2025-03-01 08:00{OTHERS}");
    let inactive = shipped("inactive_60d");
    assert_eq!(stands(lines, &inactive, "2025-04-30 08:00"), "current", "exactly 60 days: still inside [t − 60d, t)");
    assert_eq!(stands(lines, &inactive, "2025-04-30 08:01"), "gone 2025-04-30");
    assert_eq!(stands(lines, &inactive, "2025-01-01"), "nobody", "what happens at the moment is not yet seen");
    assert_eq!(stands(lines, &inactive, "2025-01-31"), "too_new", "30 days old to the moment");
    assert_eq!(stands(lines, &inactive, "2025-01-31 00:01"), "current");
}

#[test]
fn who_comes_back_is_current_again_and_not_new() {
    let lines = &format!("A | event | Logged In | 2025-01-01\nA | event | Logged In | 2025-06-01{OTHERS}");
    let inactive = shipped("inactive_60d");
    assert_eq!(stands(lines, &inactive, "2025-06-01"), "gone 2025-03-02");
    assert_eq!(stands(lines, &inactive, "2025-06-02"), "current");
    assert_eq!(stands(lines, &inactive, "2025-08-15"), "gone 2025-07-31", "and may leave again");
    let won_back = |when: &str| {
        let lifetimes = Lifetimes::of(&frame(lines, when), &inactive, as_of(when));
        let life = lifetimes.life(&"A".into()).unwrap().clone();
        life.won_back().map(|spell| (date(spell.gone_at), date(spell.back_at.unwrap())))
    };
    assert_eq!(won_back("2025-06-01"), None, "not before the fact that brings it back");
    assert_eq!(won_back("2025-06-02"), Some(("2025-03-02".to_owned(), "2025-06-01".to_owned())));
    assert_eq!(won_back("2025-08-15"), None, "who left again is not won back");
}

#[test]
fn our_own_doing_does_not_keep_a_customer() {
    let lines = &format!(
        "A | event | Logged In | 2025-01-01
        A | touch | Call Made | 2025-05-01
        A | trait | Traits Changed | 2025-05-02
        A | case | Case Opened | 2025-05-03
        A | snapshot | Monthly Usage | 2025-05-04
        A | contact_change | Contact Left | 2025-05-05
        A | payment | Payment Failed | 2025-05-06
        A | ticket | Ticket Closed | 2025-05-07{OTHERS}"
    );
    assert_eq!(stands(lines, &shipped("inactive_60d"), "2025-05-10"), "gone 2025-03-02");
}

#[test]
fn a_returned_order_is_no_order() {
    let lines = "
        A | order | Order Completed | 2025-01-01 | | 100
        A | order | Order Cancelled | 2025-03-20 | | -100
        B | order | Order Completed | 2025-05-01 | | 10
    ";
    assert_eq!(stands(lines, &shipped("no_order_90d"), "2025-05-02"), "gone 2025-04-01");
    assert_eq!(
        stands(lines, &shipped("inactive_90d"), "2025-05-02"),
        "current",
        "though it shows that somebody is there"
    );
}

#[test]
fn a_customer_who_never_did_anything_is_given_the_same_time() {
    let lines = &format!("A | trait | Traits Changed | 2025-02-01{OTHERS}");
    let inactive = shipped("inactive_60d");
    assert_eq!(stands(lines, &inactive, "2025-04-02"), "current");
    assert_eq!(stands(lines, &inactive, "2025-04-03"), "gone 2025-04-02");
    let before_anybody_was_watched = &format!("A | trait | Traits Changed | 2020-01-01{OTHERS}");
    assert_eq!(stands(before_anybody_was_watched, &inactive, "2025-03-02"), "current");
    assert_eq!(stands(before_anybody_was_watched, &inactive, "2025-03-03"), "gone 2025-03-02");
}

#[test]
fn a_contract_runs_to_the_end_of_its_last_day_and_then_thirty_more() {
    let lines = "A | contract | Contract Signed | 2024-04-01 | | | end_on=2025-03-31";
    let contract = shipped("saas_contract");
    assert_eq!(stands(lines, &contract, "2025-05-01"), "current");
    assert_eq!(stands(lines, &contract, "2025-05-01 00:00:01"), "gone 2025-05-01");
}

#[test]
fn a_renewal_known_later_was_not_known_before() {
    let lines = "
        A | contract | Contract Signed | 2024-04-01 | | | end_on=2025-03-31
        A | contract | Contract Renewed | 2025-03-20 | 2025-06-10 | | end_on=2026-03-31
    ";
    let contract = shipped("saas_contract");
    assert_eq!(stands(lines, &contract, "2025-06-01"), "gone 2025-05-01");
    assert_eq!(stands(lines, &contract, "2025-06-11"), "current", "and by then it had never left");
    let frame = frame(lines, "2025-06-11");
    let lives = outcomes::Lifetimes::of(&frame, &contract, as_of("2025-06-11"));
    assert_eq!(lives.life(&"A".into()).unwrap().absences, []);
}

#[test]
fn each_contract_has_its_own_end() {
    let lines = "
        A | contract | Contract Signed | 2024-01-01 | | | contract_id=1 end_on=2025-12-31
        A | contract | Contract Signed | 2024-02-01 | | | contract_id=2 end_on=2025-01-31
    ";
    let contract = shipped("saas_contract");
    assert_eq!(stands(lines, &contract, "2025-06-01"), "current");
    let cut_short =
        &format!("{lines}\nA | contract | Contract Changed | 2025-02-01 | | | contract_id=1 end_on=2025-03-31");
    assert_eq!(stands(cut_short, &contract, "2025-06-01"), "gone 2025-05-01");
}

#[test]
fn who_cancels_is_gone_at_once_until_signing_again() {
    let lines = "
        A | contract | Contract Signed | 2025-01-01 | | | end_on=2025-12-31
        A | contract | Contract Cancelled | 2025-03-10
        A | event | Logged In | 2025-03-12
    ";
    assert_eq!(stands(lines, &shipped("saas_contract"), "2025-04-01"), "gone 2025-03-10");
    assert_eq!(stands(lines, &shipped("cancelled"), "2025-04-01"), "gone 2025-03-10");
    let again = &format!("{lines}\nA | contract | Contract Signed | 2025-05-01 | | | end_on=2026-04-30");
    assert_eq!(stands(again, &shipped("saas_contract"), "2025-06-01"), "current");
    let ordered = &format!("{lines}\nA | order | Order Completed | 2025-05-01 | | 9");
    assert_eq!(stands(ordered, &shipped("cancelled"), "2025-06-01"), "current");
    assert_eq!(stands(ordered, &shipped("saas_contract"), "2025-06-01"), "gone 2025-03-10");
}

#[test]
fn the_earliest_of_several_rules_decides() {
    let either = definition(
        "[[gone_when]]\ninactivity = { days = 60, of = { kind = \"event\", name = \"Logged In\" } }\n[[gone_when]]\ncontract_end = { grace_days = 0 }",
    );
    let lines = &format!(
        "A | contract | Contract Signed | 2025-01-01 | | | end_on=2025-02-14\nA | event | Logged In | 2025-01-01{OTHERS}"
    );
    assert_eq!(stands(lines, &either, "2025-06-01"), "gone 2025-02-15");
    let renewed = &format!("{lines}\nA | contract | Contract Renewed | 2025-02-10 | | | end_on=2025-12-31");
    assert_eq!(stands(renewed, &either, "2025-06-01"), "gone 2025-03-02");
}

#[test]
fn the_last_sign_of_life_is_what_the_definition_counts() {
    let lines = "
        A | order | Order Completed | 2025-01-05 | | 10
        A | event | Page Viewed | 2025-02-01
        A | touch | Call Made | 2025-02-03
    ";
    let frame = frame(lines, "2025-03-01");
    let last = |id: &str| states(&frame, &shipped(id), as_of("2025-03-01")).last_seen(&"A".into()).map(date);
    assert_eq!(last("no_order_90d").as_deref(), Some("2025-01-05"));
    assert_eq!(last("inactive_90d").as_deref(), Some("2025-02-01"));
    assert_eq!(last("cancelled").as_deref(), Some("2025-02-01"));
}
