//! A person's day: when the list of the morning is due, what stands in it, and when nobody is to be disturbed.

use std::cmp::Reverse;

use calendar::WorkCalendar;
use vocab::{Civil, Instant, Severity, Zone};

use crate::clock::{Clock, clock};
use crate::work::DueFor;

const MINUTE: i64 = 60_000_000;
/// So long before the first working hour of a day its list is due: 8:45 where work begins at 9:00.
const BEFORE_WORK: i64 = 15 * MINUTE;
/// So long after it a list that was missed is still sent; later the day itself has overtaken it.
const STILL_MORNING: i64 = 180 * MINUTE;
/// From the middle of one day to that of the next: safely within it whatever the clocks do at night.
const DAY_AND_A_HALF: i64 = 36 * 60 * MINUTE;

/// How the list of a morning stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Morning {
    /// Nobody works today.
    DayOff,
    /// Later today.
    NotYet,
    /// Now.
    Due,
    /// The morning is over: what was missed is skipped, and said.
    Over,
}

/// How does the list of this morning stand?
///
/// It is due from a quarter of an hour before the day's first working hour until three hours after it, half-open. A
/// weekend day that is worked (调休) has a morning, a holiday has none. The morning of a night shift is in the evening.
pub fn morning(calendar: &WorkCalendar, now: Instant) -> Morning {
    if !calendar.is_working_day(now) {
        return Morning::DayOff;
    }
    let begins = calendar.opens(now);
    if now < begins.plus_micros(-BEFORE_WORK) {
        Morning::NotYet
    } else if now < begins.plus_micros(STILL_MORNING) {
        Morning::Due
    } else {
        Morning::Over
    }
}

/// Until when is nobody to be disturbed who wants quiet in these minutes of the day, half-open? The moment itself
/// outside them.
///
/// # Edges
/// Quiet hours may cross midnight; none where both ends are the same.
pub fn quiet_until(at: Instant, quiet: Option<(u16, u16)>, zone: &Zone) -> Instant {
    let Some((from, to)) = quiet.filter(|(from, to)| from != to) else { return at };
    let reading = zone.civil(at);
    let minute = reading.hour as u16 * 60 + reading.minute as u16;
    let crosses = from > to;
    let is_quiet = if crosses { minute >= from || minute < to } else { (from..to).contains(&minute) };
    if !is_quiet {
        return at;
    }
    let day = if crosses && minute >= from { zone.midnight(at).plus_micros(DAY_AND_A_HALF) } else { at };
    let day = zone.civil(day);
    let end = Civil { hour: (to / 60) as i8, minute: (to % 60) as i8, ..Civil::midnight(day.year, day.month, day.day) };
    zone.instant(end).unwrap_or(at).max(at)
}

/// An open case on a desk, as far as the list of a morning ranks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnDesk {
    /// The case.
    pub case: i64,
    /// How bad.
    pub severity: Severity,
    /// Which clock runs next.
    pub what: DueFor,
    /// When it runs out.
    pub due: Instant,
}

/// What there is to do on a desk on one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayWork {
    /// Cases that are not closed.
    pub open: usize,
    /// Of these, with a clock that has run out.
    pub overdue: usize,
    /// Of these, with one that runs out today.
    pub due_today: usize,
    /// What stands in the list, first what is first to be done: overdue, longest first; then what is due today, the
    /// severest first.
    pub list: Vec<OnDesk>,
}

/// What is to be done today on a desk with these open cases?
pub fn day_work(mut on_desk: Vec<OnDesk>, now: Instant, zone: &Zone) -> DayWork {
    let stands = |one: &OnDesk| clock(one.due, now, zone);
    let count = |wanted: Clock| on_desk.iter().filter(|one| stands(one) == wanted).count();
    let (open, overdue, due_today) = (on_desk.len(), count(Clock::Overdue), count(Clock::DueToday));
    on_desk.retain(|one| stands(one) != Clock::OnTime);
    on_desk.sort_by_key(|one| {
        let is_today = stands(one) == Clock::DueToday;
        (is_today, is_today.then_some(Reverse(one.severity)), one.due, one.case)
    });
    DayWork { open, overdue, due_today, list: on_desk }
}
