//! What became of the clocks, counted from the lives of cases.

use std::collections::BTreeMap;
use std::ops::Range;

use actions::{CaseState, CaseVersion, ClockTally, Tally, WorkTimes, tally};
use vocab::Instant;

use crate::cases::{at, calendar};

/// A case opened on Monday 19 January 2026 at nine: to be accepted by eleven, acted upon by Tuesday at nine.
fn opened(desk: Option<&str>) -> CaseVersion {
    CaseVersion {
        at: at("2026-01-19 09:00"),
        what: "opened".to_owned(),
        state: CaseState::New,
        desk: desk.map(str::to_owned),
        opened_at: at("2026-01-19 09:00"),
        accept_by: at("2026-01-19 11:00"),
        accepted_at: None,
        reply_by: None,
        replied_at: None,
        act_by: at("2026-01-20 09:00"),
        acted_at: None,
        passes: 0,
    }
}

/// The next step of a case.
fn step(before: &CaseVersion, when: &str, what: &str, change: impl Fn(&mut CaseVersion)) -> CaseVersion {
    let mut after = CaseVersion { at: at(when), what: what.to_owned(), ..before.clone() };
    change(&mut after);
    after
}

fn taken_up(before: &CaseVersion, when: &str) -> CaseVersion {
    step(before, when, "accepted", |one| (one.state, one.accepted_at) = (CaseState::Accepted, Some(at(when))))
}

fn acted(before: &CaseVersion, when: &str) -> CaseVersion {
    step(before, when, "acted", |one| (one.acted_at, one.passes) = (Some(at(when)), 0))
}

fn january() -> Range<Instant> {
    at("2026-01-01")..at("2026-02-01")
}

fn counted(life: &[CaseVersion], period: Range<Instant>) -> BTreeMap<Option<String>, Tally> {
    let mut desks = BTreeMap::new();
    tally(life, &WorkTimes::of_house(calendar()), period, &mut desks);
    desks
}

fn of(desks: &BTreeMap<Option<String>, Tally>, desk: &str) -> Tally {
    desks.get(&Some(desk.to_owned())).cloned().unwrap_or_default()
}

const KEPT: ClockTally = ClockTally { kept: 1, breached: 0 };
const BREACHED: ClockTally = ClockTally { kept: 0, breached: 1 };

#[test]
fn a_clock_is_kept_by_whoever_met_it() {
    let new = opened(Some("wang"));
    let taken = taken_up(&new, "2026-01-19 11:00");
    let done = acted(&taken, "2026-01-19 15:30");
    let desks = counted(&[new, taken, done], january());
    let wang = of(&desks, "wang");
    assert_eq!((wang.taken, wang.acknowledge, wang.act), (1, KEPT, KEPT), "at the very moment it is kept");
    assert_eq!(wang.median_seconds(), Some(6 * 3600 + 1800));
    assert_eq!(desks.len(), 1);
}

#[test]
fn what_runs_out_is_counted_where_the_case_was_then() {
    let new = opened(Some("wang"));
    let given = step(&new, "2026-01-19 16:00", "transferred", |one| (one.desk, one.passes) = (Some("li".into()), 1));
    let taken = taken_up(&given, "2026-01-20 10:00");
    let done = acted(&taken, "2026-01-20 11:00");
    let desks = counted(&[new, given, taken, done], january());
    let (wang, li) = (of(&desks, "wang"), of(&desks, "li"));
    assert_eq!((wang.taken, wang.acknowledge, wang.act, wang.passes), (1, BREACHED, ClockTally::default(), 1));
    assert_eq!((li.taken, li.acknowledge, li.act, li.passes), (1, ClockTally::default(), BREACHED, 0));
    assert_eq!((wang.median_seconds(), li.median_seconds()), (None, Some(11 * 3600)), "done late is done all the same");
}

#[test]
fn a_person_who_closes_meets_what_still_runs_and_the_cycle_breaks_nothing() {
    let new = opened(Some("wang"));
    let ended = |what: &str, when: &str| {
        let closed = step(&new, when, what, |one| one.state = CaseState::Closed);
        of(&counted(&[new.clone(), closed], january()), "wang")
    };
    let closed = ended("closed", "2026-01-19 10:00");
    assert_eq!((closed.acknowledge, closed.act, closed.median_seconds()), (KEPT, KEPT, Some(3600)));
    let cleared = ended("cleared", "2026-01-19 10:00");
    assert_eq!((cleared.acknowledge, cleared.act), (ClockTally::default(), ClockTally::default()));
    let late = ended("cleared", "2026-01-19 12:00");
    assert_eq!((late.acknowledge, late.act), (BREACHED, ClockTally::default()), "it had run out before");
}

#[test]
fn acting_runs_anew_when_a_case_is_opened_again() {
    let new = opened(Some("wang"));
    let taken = taken_up(&new, "2026-01-19 10:00");
    let closed = step(&taken, "2026-01-19 12:00", "closed", |one| one.state = CaseState::Closed);
    let again = step(&closed, "2026-01-22 09:00", "reopened", |one| {
        (one.state, one.act_by) = (CaseState::Accepted, at("2026-01-23 09:00"));
    });
    let late = acted(&again, "2026-01-23 10:00");
    let wang = of(&counted(&[new, taken, closed, again, late], january()), "wang");
    assert_eq!((wang.acknowledge, wang.act), (KEPT, ClockTally { kept: 1, breached: 1 }));
    assert_eq!(wang.acted_seconds, [3 * 3600, 10 * 3600], "each from when it was opened");
}

#[test]
fn a_clock_belongs_to_the_period_in_which_it_was_decided() {
    let new = opened(None);
    let life = [new.clone()];
    let nobody = |to: &str| {
        let desks = counted(&life, at("2026-01-19")..at(to));
        desks.get(&None).cloned().unwrap_or_default()
    };
    assert_eq!(nobody("2026-01-19 11:00"), Tally::default(), "still running: not counted");
    assert_eq!((nobody("2026-01-20").acknowledge, nobody("2026-01-20").act), (BREACHED, ClockTally::default()));
    assert_eq!(nobody("2026-01-21").act, BREACHED);
    assert!(counted(&life, at("2026-01-21")..at("2026-01-31")).is_empty(), "it was decided before");
    let claimed = step(&new, "2026-01-22 09:00", "claimed", |one| one.desk = Some("li".into()));
    let li = of(&counted(&[new, claimed], january()), "li");
    assert_eq!((li.taken, li.acknowledge), (1, ClockTally::default()), "nobody had it when it ran out");
}

#[test]
fn two_desks_together_are_the_sum_and_the_middle_of_both() {
    let one = Tally { taken: 2, acknowledge: KEPT, acted_seconds: vec![60, 600], passes: 1, ..Tally::default() };
    let mut sum = Tally { taken: 1, acknowledge: BREACHED, acted_seconds: vec![120], ..Tally::default() };
    sum.add(&one);
    assert_eq!((sum.taken, sum.passes, sum.median_seconds()), (3, 1, Some(120)));
    assert_eq!(sum.acknowledge, ClockTally { kept: 1, breached: 1 });
    assert_eq!(Tally::default().median_seconds(), None, "nothing done, no middle");
}
