//! Clocks as they run: which of them a case still has to keep, when whoever has it is warned, and when it is too late.
//!
//! Only what was promised to the customer counts: acknowledging, the first answer, acting. Looking again later is a
//! promise to ourselves, and stands in the list of its morning.

use calendar::WorkCalendar;
use vocab::Instant;

use crate::case_type::CaseType;
use crate::clock::hours;
use crate::plan::CaseState;
use crate::work::{DueFor, Work};

/// A clock that nobody has met yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// What is to be done.
    pub what: DueFor,
    /// Since when it runs.
    pub since: Instant,
    /// When it runs out; at this very moment it is still kept.
    pub due: Instant,
}

impl Running {
    /// Whether it has run out.
    pub fn is_breached(&self, now: Instant) -> bool {
        self.due < now
    }

    /// When is whoever has the case warned? When only this share of the clock's working time is left:
    /// `since + (1 − left) · working(since, due)`, counted in working time.
    ///
    /// # Edges
    /// A clock without any working time warns nobody: `None`.
    pub fn warn_at(&self, calendar: &WorkCalendar, left_percent: u32) -> Option<Instant> {
        let whole = calendar.working_between(self.since, self.due);
        let until = whole * 100u32.saturating_sub(left_percent) / 100;
        (!whole.is_zero()).then(|| calendar.add_working(self.since, until).max(self.since))
    }
}

impl Work {
    /// Which clocks does this case still have to keep, in the order acknowledge, answer, act?
    ///
    /// # Edges
    /// * Closed work has none. Acting counts from the first, whether or not anybody took the case up.
    /// * After reopening the clock of acting runs since then.
    pub fn running(&self, opened_at: Instant) -> impl Iterator<Item = Running> {
        let is_open = self.state != CaseState::Closed;
        let acting_since = if self.reopened > 0 { self.stage_since } else { opened_at };
        let acknowledge = (self.state == CaseState::New).then_some((DueFor::Acknowledge, opened_at, self.accept_by));
        let reply = self.reply_by.filter(|_| self.replied_at.is_none());
        let reply = reply.map(|due| (DueFor::Reply, opened_at, due));
        let act = self.acted_at.is_none().then_some((DueFor::Act, acting_since, self.act_by));
        let clocks = [acknowledge, reply, act].into_iter().flatten().filter(move |_| is_open);
        clocks.map(|(what, since, due)| Running { what, since, due })
    }
}

/// Up to which moment can a clock run out of which somebody is to be warned now?
///
/// The longest clock of these types holds at most so much working time: its working hours, or for acting the days over
/// which it runs and two more. A share of it, from now on in working time, is the answer; never too early.
pub fn warn_horizon<'a>(
    types: impl IntoIterator<Item = &'a CaseType>,
    calendar: &WorkCalendar,
    now: Instant,
) -> Instant {
    let left = |one: &CaseType| {
        let longest = one.limits.iter().map(|limit| {
            let acting = calendar.working_day() * (limit.hours.act / 24 + 2);
            acting.max(hours(limit.hours.acknowledge)).max(hours(limit.hours.reply.unwrap_or(0)))
        });
        longest.max().unwrap_or_default() * one.warn_left_percent / 100
    };
    let longest = types.into_iter().map(left).max().unwrap_or_default();
    calendar.add_working(now, longest)
}
