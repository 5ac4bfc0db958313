//! A case that moves between teams that work at other hours, on a virtual clock.

use std::sync::LazyLock;

use actions::{CaseType, CaseVersion, Course, Desks, Tally, Verb, Work, WorkTimes, tally};
use calendar::{TeamHours, WorkCalendar};
use proptest::prelude::*;
use vocab::{Instant, Severity, Zone};

use crate::cases::{at, calendar, retention};

const NIGHT: i64 = 2;
const SHOP: i64 = 3;

fn hours_of(days: &[&str], spans: &[(&str, &str)], keeps_holidays: bool) -> WorkCalendar {
    calendar().for_team(&TeamHours::read(days, spans, keeps_holidays).unwrap())
}

/// `li` works with the house, `zhou` at night, `wu` in a shop that is open on every day.
fn times() -> &'static WorkTimes<'static> {
    static TIMES: LazyLock<WorkTimes<'static>> = LazyLock::new(|| {
        let week = ["mon", "tue", "wed", "thu", "fri"];
        let night = hours_of(&week, &[("22:00", "06:00")], true);
        let shop = hours_of(&["mon", "tue", "wed", "thu", "fri", "sat", "sun"], &[("10:00", "20:00")], false);
        let desks = [("zhou".to_owned(), NIGHT), ("wu".to_owned(), SHOP)];
        WorkTimes::of_house(calendar()).with_teams([(NIGHT, night), (SHOP, shop)].into(), desks.into())
    });
    &TIMES
}

/// A case as it lives: each move is made on the clock of the desk, and handed on by the rule.
struct Life {
    kind: CaseType,
    opened_at: Instant,
    work: Work,
    steps: Vec<(String, Instant, Option<String>)>,
}

impl Life {
    fn opened(desk: &str, now: Instant) -> Life {
        let kind = retention();
        let (due, _) = kind.deadlines(Severity::Warning, None, times().of(Some(desk)), now);
        let work = Work::new(Severity::Warning, None, Some(desk.to_owned()), due, now);
        Life { kind, opened_at: now, steps: vec![("opened".to_owned(), now, work.desk.clone())], work }
    }

    fn course(&self) -> Course {
        let steps = self.steps.iter().map(|(what, at, desk)| (what.as_str(), *at, desk.as_deref()));
        Course::of(self.opened_at, steps)
    }

    /// Whether the move could be made.
    fn moves(&mut self, id: &str, receiver: Option<&str>, now: Instant) -> bool {
        let (one, desk) = (self.kind.a_move(id).unwrap(), self.work.desk.as_deref());
        let desks = Desks { mover: Some("boss"), receiver };
        let Ok(after) = self.kind.step(one, &self.work, desks, times().of(desk), now) else { return false };
        let after = self.kind.carried_over(&self.work, after, &self.course(), times(), now);
        self.steps.push((one.does.done().to_owned(), now, after.desk.clone()));
        self.work = after;
        true
    }

    fn due(&self) -> [String; 2] {
        [self.work.accept_by, self.work.act_by].map(|at| Zone::default().date_time(at)[..16].to_owned())
    }
}

#[test]
fn a_desk_works_when_its_team_does() {
    let times = times();
    assert_eq!(
        [Some("li"), Some("zhou"), Some("wu"), None].map(|desk| times.team(desk)),
        [None, Some(2), Some(3), None]
    );
    let friday = at("2025-03-07 17:30");
    let due = |desk: &str| Life::opened(desk, friday).due();
    assert_eq!(due("li"), ["2025-03-10 10:30", "2025-03-10 17:30"], "over the weekend");
    assert_eq!(due("zhou"), ["2025-03-08 00:00", "2025-03-10 22:00"], "in the night, then Monday's");
    assert_eq!(due("wu"), ["2025-03-07 19:30", "2025-03-08 17:30"], "on Saturday");
}

#[test]
fn what_is_left_of_a_clock_goes_on_when_the_other_team_works() {
    let mut case = Life::opened("li", at("2025-03-05 16:00"));
    assert_eq!(case.due(), ["2025-03-05 18:00", "2025-03-06 16:00"]);
    assert!(case.moves("assign", Some("zhou"), at("2025-03-05 17:00")));
    // An hour of two is left, and 23 of 24: from 22:00 on.
    assert_eq!(case.due(), ["2025-03-05 23:00", "2025-03-06 22:00"]);
    assert!(case.moves("assign", Some("li"), at("2025-03-05 22:30")));
    // Half an hour of it is left: from nine on.
    assert_eq!(case.due(), ["2025-03-06 09:30", "2025-03-07 09:00"]);
    let before = case.due();
    assert!(case.moves("assign", Some("wang"), at("2025-03-05 22:40")));
    assert_eq!(case.due(), before, "a colleague of the same hours");
}

#[test]
fn an_evening_among_colleagues_counts_as_it_would_on_one_desk() {
    let friday = at("2025-03-07 15:00");
    let mut case = Life::opened("li", friday);
    assert!(case.moves("assign", Some("wang"), at("2025-03-07 20:00")));
    assert!(case.moves("assign", Some("zhou"), at("2025-03-10 10:00")));
    // Nine hours of Friday and ten of Monday have passed, so five are left, from 22:00 on.
    assert_eq!(case.due()[1], "2025-03-11 03:00");
}

#[test]
fn a_team_that_works_sooner_does_not_take_the_deadline_back() {
    let mut case = Life::opened("li", at("2025-03-07 17:00"));
    assert_eq!(case.due(), ["2025-03-10 10:00", "2025-03-10 17:00"]);
    for (minute, desk) in (1..60).zip(["wu", "li"].into_iter().cycle()) {
        assert!(case.moves("assign", Some(desk), at("2025-03-07 17:00").plus_micros(minute * 60_000_000)));
        assert_eq!(case.due(), ["2025-03-10 10:00", "2025-03-10 17:00"], "handed to and fro it gains nothing");
    }
}

#[test]
fn a_clock_that_has_run_out_or_was_met_stays() {
    let mut late = Life::opened("li", at("2025-03-05 09:00"));
    assert!(late.moves("assign", Some("zhou"), at("2025-03-05 15:00")));
    assert_eq!(late.due(), ["2025-03-05 11:00", "2025-03-06 22:00"], "acknowledging was missed at eleven");
    let mut met = Life::opened("li", at("2025-03-05 09:00"));
    assert!(met.moves("acknowledge", None, at("2025-03-05 10:00")));
    assert!(met.moves("assign", Some("zhou"), at("2025-03-05 10:30")));
    assert_eq!(met.due()[0], "2025-03-05 11:00", "it was acknowledged in time");
    assert_eq!(met.work.accepted_at, Some(at("2025-03-05 10:00")));
}

#[test]
fn the_time_until_something_was_done_is_each_teams_own() {
    let case = |when: &str, what: &str, desk: &str, acted: bool| CaseVersion {
        at: at(when),
        what: what.to_owned(),
        state: actions::CaseState::New,
        desk: Some(desk.to_owned()),
        opened_at: at("2025-03-05 17:00"),
        accept_by: at("2025-03-06 10:00"),
        accepted_at: None,
        reply_by: None,
        replied_at: None,
        act_by: at("2025-03-06 22:00"),
        acted_at: acted.then(|| at(when)),
        passes: 0,
    };
    let life = [
        case("2025-03-05 17:00", "opened", "li", false),
        case("2025-03-05 20:00", "assigned", "zhou", false),
        case("2025-03-05 23:30", "acted", "zhou", true),
    ];
    let mut desks = Default::default();
    tally(&life, times(), at("2025-03-01")..at("2025-04-01"), &mut desks);
    let zhou: &Tally = &desks[&Some("zhou".to_owned())];
    assert_eq!(zhou.acted_seconds, [2 * 3600 + 1800], "an hour of the house, an hour and a half of the night");
}

proptest! {
    /// Whatever is handed to whomever at whatever pace, no deadline moves back, and the clocks hold together no more time
    /// than was promised, each stay counted by the calendar of its desk.
    #[test]
    fn no_clock_runs_backwards_between_teams(
        first in 0usize..4,
        start in 0i64..3_000_000,
        steps in prop::collection::vec((0usize..40, 0usize..4, 0i64..200_000), 1..30),
    ) {
        let desks = ["li", "zhou", "wu", "wang"];
        let mut now = at("2025-01-20 10:00").plus_micros(start * 1_000_000);
        let mut case = Life::opened(desks[first], now);
        for (which, receiver, seconds) in steps {
            now = now.plus_micros(seconds * 1_000_000);
            let moves = &case.kind.moves;
            let id = moves[which % moves.len()].id.clone();
            let before = case.work.clone();
            if !case.moves(&id, Some(desks[receiver]), now) {
                continue;
            }
            let after = &case.work;
            prop_assert!(after.accept_by >= before.accept_by && after.act_by >= before.act_by, "{id} moved a clock back");
            let is_handed = times().team(before.desk.as_deref()) != times().team(after.desk.as_deref());
            let is_reopened = case.steps.last().is_some_and(|(what, ..)| *what == Verb::Reopen.done());
            if before.act_by <= now && !is_reopened {
                prop_assert_eq!(after.act_by.max(after.accept_by), before.act_by.max(after.accept_by), "run out stays run out");
            }
            if !is_handed && !is_reopened {
                prop_assert_eq!((after.accept_by, after.act_by), (before.accept_by, before.act_by));
            }
        }
    }
}
