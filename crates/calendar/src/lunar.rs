//! Lunar dates: the first day of the lunar year (春节) for two centuries, and any lunar date of the years in which people
//! are reminded of one.
//!
//! Tables, not astronomy: the calendar is what the Purple Mountain Observatory publishes, and a table can be compared
//! with others. Not here: which days are off for a festival (`definitions/calendars`), the lunar date of a given day.

use crate::day::day_of;

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
    Some(day_of(year, 1, 20)? + i64::from(*days))
}

/// First lunar year of [`MONTHS`].
const FIRST_OF_MONTHS: i16 = 2014;

/// The months of each lunar year in their order, 1 for 30 days and 0 for 29, and which month is followed by its leap
/// month (0 for none). The lengths of the years are those of [`AFTER_20_JANUARY`], and 端午, 中秋 fall where the announced
/// days off say (tests).
#[rustfmt::skip]
const MONTHS: [(u8, &str); 23] = [
    (9, "0101010110101"), // 2014
    (0, "010010111010"), // 2015
    (0, "101001011011"), // 2016
    (6, "0101001010111"), // 2017
    (0, "010100101011"), // 2018
    (0, "101010010011"), // 2019
    (4, "0111010010101"), // 2020
    (0, "011010101010"), // 2021
    (0, "101011010101"), // 2022
    (2, "0100110110101"), // 2023
    (0, "010010110110"), // 2024
    (6, "1010010101110"), // 2025
    (0, "101001001110"), // 2026
    (0, "110100100110"), // 2027
    (5, "1110100100110"), // 2028
    (0, "110101010011"), // 2029
    (0, "010110101010"), // 2030
    (3, "0110101101010"), // 2031
    (0, "100101101101"), // 2032
    (11, "0100101011101"), // 2033
    (0, "010010101101"), // 2034
    (0, "101001001101"), // 2035
    (6, "1101001001011"), // 2036
];

/// The civil day of a date of the lunar calendar, as days since 1970-01-01. `is_leap` asks for the leap month (闰月) that
/// follows the month of that number.
///
/// # Edges
/// `None` outside the lunar years 2014 to 2036, and for a date that the year does not have: the thirtieth of a month of
/// 29 days, a leap month in a year without it.
///
/// # Example
/// ```
/// // 中秋 2025: the fifteenth of the eighth month, after a leap sixth.
/// let day = calendar::lunar_day(2025, 8, 15, false).unwrap();
/// assert_eq!(calendar::written_day(day), "2025-10-06");
/// assert_eq!(calendar::lunar_day(2024, 6, 1, true), None);
/// ```
pub fn lunar_day(year: i16, month: u8, day: u8, is_leap: bool) -> Option<i64> {
    let place = usize::try_from(i32::from(year) - i32::from(FIRST_OF_MONTHS)).ok()?;
    let (leap, lengths) = MONTHS.get(place)?;
    if !(1..=12).contains(&month) || (is_leap && *leap != month) {
        return None;
    }
    let is_after_leap = *leap > 0 && (month > *leap || is_leap);
    let before = usize::from(month) - 1 + usize::from(is_after_leap);
    let length = |mark: u8| if mark == b'1' { 30 } else { 29 };
    let own = length(*lengths.as_bytes().get(before)?);
    if !(1..=own).contains(&i64::from(day)) {
        return None;
    }
    let passed: i64 = lengths.bytes().take(before).map(length).sum();
    Some(spring_festival(year)? + passed + i64::from(day) - 1)
}

/// The civil day on which a lunar date is kept in a lunar year: a leap month that the year does not have is kept in the
/// month of its number, a thirtieth that the month does not have on its last day.
///
/// # Edges
/// `None` outside the lunar years 2014 to 2036 and for what is no lunar date at all.
pub fn lunar_kept(year: i16, month: u8, day: u8, is_leap: bool) -> Option<i64> {
    let is_leap = is_leap && lunar_day(year, month, 1, true).is_some();
    let last = (day == 30).then_some(29);
    lunar_day(year, month, day, is_leap).or_else(|| lunar_day(year, month, last?, is_leap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lunar_year_is_as_long_as_from_one_spring_festival_to_the_next() {
        for (place, (leap, lengths)) in MONTHS.iter().enumerate() {
            let year = FIRST_OF_MONTHS + place as i16;
            assert_eq!(lengths.len(), if *leap > 0 { 13 } else { 12 }, "{year}");
            let days: i64 = lengths.bytes().map(|mark| if mark == b'1' { 30 } else { 29 }).sum();
            assert_eq!(spring_festival(year + 1).unwrap() - spring_festival(year).unwrap(), days, "{year}");
        }
    }

    #[test]
    fn a_leap_month_and_a_thirtieth_are_kept_where_the_year_has_none() {
        // 2025 has a leap sixth month of 29 days; 2024 has none, and its sixth has 29 days too.
        assert_eq!(lunar_kept(2025, 6, 8, true), lunar_day(2025, 6, 8, true));
        assert_eq!(lunar_kept(2024, 6, 8, true), lunar_day(2024, 6, 8, false));
        assert_eq!(lunar_kept(2025, 6, 30, true), lunar_day(2025, 6, 29, true), "the leap month, not the month before");
        assert_eq!(lunar_kept(2025, 6, 30, false), lunar_day(2025, 6, 30, false));
        assert_eq!(lunar_kept(2024, 12, 30, false), lunar_day(2024, 12, 29, false), "its last day");
        assert_eq!(lunar_day(2024, 6, 8, true), None);
        for (month, day) in [(0, 1), (13, 1), (1, 0), (1, 31)] {
            assert_eq!(lunar_kept(2025, month, day, false), None, "{month}-{day}");
        }
        assert_eq!((lunar_kept(2013, 1, 1, false), lunar_kept(2037, 1, 1, false)), (None, None));
    }
}
