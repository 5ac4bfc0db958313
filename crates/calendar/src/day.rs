//! Civil days as numbers: days since 1970-01-01, as [`vocab::Zone::day_number`] counts them, whatever the zone.
//!
//! Not here: which day a moment falls on (`vocab::Zone`), which days are worked ([`crate::WorkCalendar`]).

use jiff::{Span, civil};

const EPOCH: civil::Date = civil::date(1970, 1, 1);

/// The number of a civil day.
///
/// # Edges
/// A date that there is none of (30 February, month 13): `None`.
///
/// # Example
/// ```
/// assert_eq!(calendar::day_of(1970, 1, 2), Some(1));
/// assert_eq!(calendar::day_of(2025, 2, 29), None);
/// ```
pub fn day_of(year: i16, month: i8, day: i8) -> Option<i64> {
    let date = civil::Date::new(year, month, day).ok()?;
    Some(i64::from(date.since(EPOCH).ok()?.get_days()))
}

/// Year, month and day of a numbered civil day.
///
/// # Edges
/// A number outside the years −9999 to 9999: `None`.
pub fn date_of(day: i64) -> Option<(i16, i8, i8)> {
    let span = Span::new().try_days(day).ok()?;
    let date = EPOCH.checked_add(span).ok()?;
    Some((date.year(), date.month(), date.day()))
}

/// A numbered civil day as people write it, `YYYY-MM-DD`.
///
/// # Edges
/// A number that is no day is written as the number.
///
/// # Example
/// ```
/// assert_eq!(calendar::written_day(20_089), "2025-01-01");
/// ```
pub fn written_day(day: i64) -> String {
    match date_of(day) {
        Some((year, month, day)) => format!("{year:04}-{month:02}-{day:02}"),
        None => day.to_string(),
    }
}

/// The numbered day of a date as people write it, `YYYY-MM-DD`; none for any other text.
pub fn day_written(text: &str) -> Option<i64> {
    let date: civil::Date = text.trim().parse().ok().filter(|_| text.trim().len() == 10)?;
    day_of(date.year(), date.month(), date.day())
}
