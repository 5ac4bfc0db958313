//! Deadlines of a case, and how a screen shows them.

use std::time::Duration;

use calendar::WorkCalendar;
use vocab::{Instant, Zone};

/// How a deadline stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clock {
    /// Due on a later day.
    OnTime,
    /// Due later today.
    DueToday,
    /// The deadline has passed.
    Overdue,
}

impl Clock {
    /// `on_time`, `due_today` or `overdue`.
    pub fn as_str(self) -> &'static str {
        match self {
            Clock::OnTime => "on_time",
            Clock::DueToday => "due_today",
            Clock::Overdue => "overdue",
        }
    }
}

/// How a deadline stands now, by the wall clock of the firm.
///
/// # Edges
/// At the deadline itself it is still kept.
pub fn clock(due_at: Instant, now: Instant, zone: &Zone) -> Clock {
    if due_at < now {
        Clock::Overdue
    } else if zone.day_number(due_at) == zone.day_number(now) {
        Clock::DueToday
    } else {
        Clock::OnTime
    }
}

/// By when a case opened now has to be accepted and acted upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// To be accepted by.
    pub accept_by: Instant,
    /// To be acted upon by; never before `accept_by`.
    pub act_by: Instant,
}

impl Deadlines {
    /// Deadlines of a case opened at `now`.
    ///
    /// Accepting counts working hours: two of them from Friday 17:00 end on Monday 10:00. Acting counts a clock that
    /// runs day and night on working days and stands still on others: 24 hours from Friday 15:00 end on Monday 15:00.
    /// Both start at the next working time if there is none now.
    ///
    /// # Why
    /// "Within 24 hours" is read by people as "by this time tomorrow, if tomorrow is worked". As 24 working hours it
    /// would be most of three days.
    pub fn of(calendar: &WorkCalendar, now: Instant, accept_hours: u32, act_hours: u32) -> Deadlines {
        let accept_by = calendar.add_working(now, hours(accept_hours));
        let act_by = calendar.add_on_working_days(now, hours(act_hours));
        Deadlines { accept_by, act_by: act_by.max(accept_by) }
    }
}

pub(crate) fn hours(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 3600)
}
