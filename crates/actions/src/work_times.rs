//! Whose working time is whose, and how a clock goes on when a case moves from one team to another.
//!
//! Not here: which teams there are and what hours they keep (`store`, `app`), the arithmetic of one calendar
//! (`calendar`).

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use calendar::WorkCalendar;
use vocab::Instant;

use crate::case_type::{CaseType, Verb};
use crate::clock::hours;
use crate::plan::CaseState;
use crate::work::Work;

/// The working time of the house, and of the teams that keep their own.
#[derive(Clone, Debug)]
pub struct WorkTimes<'a> {
    house: &'a WorkCalendar,
    teams: BTreeMap<i64, WorkCalendar>,
    of_desk: HashMap<String, i64>,
}

/// A case came onto a desk, or onto nobody's, and stayed there until the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// On whose; none where it was to be claimed.
    pub desk: Option<String>,
    /// From when.
    pub from: Instant,
}

/// The way of a case so far: since when its clocks run, and on whose desks it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    opened_at: Instant,
    acting_since: Instant,
    stays: Vec<Stay>,
}

impl Course {
    /// The course of a case that was opened then, from its steps in order: what was done ([`Verb::done`]), when, and on
    /// whose desk it was after it.
    ///
    /// # Edges
    /// Without steps it is on nobody's desk.
    pub fn of<'s>(opened_at: Instant, steps: impl IntoIterator<Item = (&'s str, Instant, Option<&'s str>)>) -> Course {
        let mut course = Course { opened_at, acting_since: opened_at, stays: Vec::new() };
        for (what, at, desk) in steps {
            if what == Verb::Reopen.done() {
                course.acting_since = at;
            }
            if course.stays.last().is_none_or(|last| last.desk.as_deref() != desk) {
                course.stays.push(Stay { desk: desk.map(str::to_owned), from: at });
            }
        }
        course
    }
}

impl<'a> WorkTimes<'a> {
    /// A firm all of which works when the house does.
    pub fn of_house(house: &'a WorkCalendar) -> Self {
        Self { house, teams: BTreeMap::new(), of_desk: HashMap::new() }
    }

    /// With teams that keep their own hours, and whose desk belongs to which of them. A desk of a team that is not there
    /// keeps the hours of the house.
    pub fn with_teams(self, teams: BTreeMap<i64, WorkCalendar>, of_desk: HashMap<String, i64>) -> Self {
        Self { teams, of_desk, ..self }
    }

    /// When is worked at a desk; on nobody's, when the house works.
    pub fn of(&self, desk: Option<&str>) -> &WorkCalendar {
        self.team(desk).and_then(|team| self.teams.get(&team)).unwrap_or(self.house)
    }

    /// To which team with hours of its own a desk belongs; none where the house's count.
    pub fn team(&self, desk: Option<&str>) -> Option<i64> {
        self.of_desk.get(desk?).copied().filter(|team| self.teams.contains_key(team))
    }

    /// Every calendar that is kept, the house's first.
    pub fn all(&self) -> impl Iterator<Item = (Option<i64>, &WorkCalendar)> {
        std::iter::once((None, self.house)).chain(self.teams.iter().map(|(team, one)| (Some(*team), one)))
    }

    /// How much working time passed on a case from one moment to another, each stay counted by the calendar of its desk.
    ///
    /// `stays` are in order; what was before the first is the first's.
    pub fn worked(&self, stays: &[Stay], since: Instant, until: Instant) -> Duration {
        self.counted(stays, (since, until), WorkCalendar::working_between)
    }

    fn counted(
        &self,
        stays: &[Stay],
        (since, until): (Instant, Instant),
        count: fn(&WorkCalendar, Instant, Instant) -> Duration,
    ) -> Duration {
        let team = |stay: &Stay| self.team(stay.desk.as_deref());
        // Desks of one team keep one clock, which goes on from one to the other.
        let runs: Vec<&[Stay]> = stays.chunk_by(|a, b| team(a) == team(b)).collect();
        let of = |(place, run): (usize, &&[Stay])| {
            let from = if place == 0 { since } else { run[0].from.max(since) };
            let to = runs.get(place + 1).map_or(until, |next| next[0].from.min(until));
            if to > from { count(self.of(run[0].desk.as_deref()), from, to) } else { Duration::ZERO }
        };
        runs.iter().enumerate().map(of).sum()
    }
}

impl CaseType {
    /// What becomes of the clocks of a case that a move has put on a desk with other working time.
    ///
    /// Of every clock that still runs as much is left as was promised less what has passed, each stay counted by the
    /// calendar of its desk; that much is given on the calendar of the new desk, from now on. A deadline moves back never:
    /// where the new calendar would have it sooner, it stays.
    ///
    /// # Why not what is left until the deadline
    /// A deadline that stayed where it was holds more working time of a team that works longer hours than was ever
    /// promised: handed to and fro, a case would gain time with each turn.
    ///
    /// # Edges
    /// * The same calendar on both desks: nothing changes.
    /// * A clock that has run out stays run out. Looking again is no promise to the customer, and stays.
    /// * `course` ends with the desk on which the case was until now.
    pub fn carried_over(
        &self,
        before: &Work,
        after: Work,
        course: &Course,
        times: &WorkTimes<'_>,
        now: Instant,
    ) -> Work {
        let (from, to) = (before.desk.as_deref(), after.desk.as_deref());
        if after.state == CaseState::Closed || times.team(from) == times.team(to) {
            return after;
        }
        let promised = self.hours(before.severity, before.tier.as_deref());
        let calendar = times.of(to);
        let later = |due: Instant, since: Instant, clock: &Measure, count: u32| {
            let left = hours(count).saturating_sub(times.counted(&course.stays, (since, now), clock.passed));
            if due <= now || left.is_zero() { due } else { due.max((clock.add)(calendar, now, left)) }
        };
        let accept_by = match after.state {
            CaseState::New => later(before.accept_by, course.opened_at, &WORKING, promised.acknowledge),
            _ => after.accept_by,
        };
        let reply_by = match (before.reply_by, before.replied_at, promised.reply) {
            (Some(due), None, Some(count)) => Some(later(due, course.opened_at, &WORKING, count)),
            _ => after.reply_by,
        };
        let act_by = match before.acted_at {
            None => later(before.act_by, course.acting_since, &ON_WORKING_DAYS, promised.act).max(accept_by),
            Some(_) => after.act_by,
        };
        Work { accept_by, reply_by, act_by, ..after }
    }
}

/// A way of counting the time of a clock.
struct Measure {
    passed: fn(&WorkCalendar, Instant, Instant) -> Duration,
    add: fn(&WorkCalendar, Instant, Duration) -> Instant,
}

/// Acknowledging and the first answer: working time.
const WORKING: Measure = Measure { passed: WorkCalendar::working_between, add: WorkCalendar::add_working };

/// Acting: day and night on working days.
const ON_WORKING_DAYS: Measure =
    Measure { passed: WorkCalendar::on_working_days_between, add: WorkCalendar::add_on_working_days };
