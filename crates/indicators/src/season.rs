//! The same season of last year (同比): by the solar calendar, and around 春节 by the lunar one.

use vocab::{AsOf, Instant, Window, Zone};

use crate::measure::{Reach, Stretch};

/// Days before and after the first day of the lunar year that count as the season of 春节: the fifteenth day before it
/// up to the Lantern Festival, its fifteenth day.
const SEASON: (i64, i64) = (-15, 15);
/// Windows longer than this hold the whole season in either year, and are compared by the solar calendar.
const LONGEST_DAYS: i64 = 92;
const DAY: i64 = 86_400_000_000;

/// The stretch of last year that is like the one of a reach that stands at `end`.
///
/// By the solar calendar it stands one civil year earlier (29 February becomes 28 February) and reaches back as far.
/// A trailing window of 92 days at most that touches the season of 春节, or would touch it last year, is moved by the
/// days between the two festivals instead, so that holiday is compared with holiday.
///
/// # Why
/// 春节 falls between 21 January and 20 February: a solar comparison puts a month of closed factories against a month
/// of work, in one direction this year and in the other the next.
pub(crate) fn last_year(reach: Reach, end: Instant, spring_festival: bool, zone: &Zone) -> Stretch {
    let now = reach.stretch(end, 0, zone);
    let solar = reach.stretch(Window::Months(12).start(AsOf(end), zone), 0, zone);
    let short = now.end.micros().saturating_sub(now.start.micros()) <= LONGEST_DAYS * DAY;
    if !spring_festival || !short || !matches!(reach, Reach::Trailing(_)) {
        return solar;
    }
    let days = match (festival_near(now, zone), festival_near(solar, zone)) {
        (Some(year), _) => days_between(year - 1, year),
        (None, Some(year)) => days_between(year, year + 1),
        (None, None) => None,
    };
    match days {
        Some(days) => reach.stretch(Window::CalendarDays(days).start(AsOf(end), zone), 0, zone),
        None => solar,
    }
}

/// The year whose 春节 season the stretch touches; the later one of two.
fn festival_near(stretch: Stretch, zone: &Zone) -> Option<i16> {
    let first = zone.day_number(stretch.start);
    let last = zone.day_number(stretch.end.plus_micros(-1));
    let year = zone.civil(stretch.end).year;
    [year, year - 1].into_iter().find(|year| {
        let touches = |festival| festival + SEASON.0 <= last && first < festival + SEASON.1;
        calendar::spring_festival(*year).is_some_and(touches)
    })
}

fn days_between(earlier: i16, later: i16) -> Option<u32> {
    let days = calendar::spring_festival(later)? - calendar::spring_festival(earlier)?;
    u32::try_from(days).ok()
}
