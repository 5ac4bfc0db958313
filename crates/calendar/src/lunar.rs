//! The first day of the lunar year (春节), year by year.
//!
//! A table, not astronomy: the calendar is what the Purple Mountain Observatory publishes, and a table can be compared
//! with others. Not here: which days are off for it (`definitions/calendars`), lunar dates of other days.

use jiff::civil;

/// First year of the table.
const FIRST: i16 = 1901;

/// Days from 20 January to 春节, for every year from 1901 to 2099. Three public compilations agree on each of them.
#[rustfmt::skip]
const AFTER_20_JANUARY: [u8; 199] = [
    30, 19, 9, 27, 15, 5, 24, 13, 2, 21, 10, 29, 17, 6, 25, 14, 3, 22, 12, 31,
    19, 8, 27, 16, 4, 24, 13, 3, 21, 10, 28, 17, 6, 25, 15, 4, 22, 11, 30, 19,
    7, 26, 16, 5, 24, 13, 2, 21, 9, 28, 17, 7, 25, 14, 4, 23, 11, 29, 19, 8,
    26, 16, 5, 24, 13, 1, 20, 10, 28, 17, 7, 26, 14, 3, 22, 11, 29, 18, 8, 27,
    16, 5, 24, 13, 31, 20, 9, 28, 17, 7, 26, 15, 3, 21, 11, 30, 18, 8, 27, 16,
    4, 23, 12, 2, 20, 9, 29, 18, 6, 25, 14, 3, 21, 11, 30, 19, 8, 27, 16, 5,
    23, 12, 2, 21, 9, 28, 17, 6, 24, 14, 3, 22, 11, 30, 19, 8, 26, 15, 4, 23,
    12, 2, 21, 10, 28, 17, 6, 25, 13, 3, 22, 12, 30, 19, 8, 26, 15, 4, 23, 13,
    1, 20, 9, 28, 16, 6, 25, 14, 3, 22, 11, 30, 18, 7, 26, 16, 4, 23, 13, 2,
    20, 9, 28, 17, 6, 25, 14, 4, 21, 10, 29, 18, 7, 26, 16, 5, 23, 12, 1,
];

/// The civil day of 春节, the first day of the lunar year that begins in a solar year, as days since 1970-01-01.
///
/// # Edges
/// Before 1901 and after 2099: `None`.
///
/// # Example
/// ```
/// use vocab::Zone;
///
/// let zone = Zone::default();
/// let day = calendar::spring_festival(2026).unwrap();
/// assert_eq!(day, zone.day_number(zone.parse("2026-02-17").unwrap()));
/// assert_eq!(calendar::spring_festival(1900), None);
/// ```
pub fn spring_festival(year: i16) -> Option<i64> {
    let place = usize::try_from(i32::from(year) - i32::from(FIRST)).ok()?;
    let days = AFTER_20_JANUARY.get(place)?;
    let january = civil::Date::new(year, 1, 20).ok()?;
    let since = january.since(civil::date(1970, 1, 1)).ok()?;
    Some(i64::from(since.get_days()) + i64::from(*days))
}
