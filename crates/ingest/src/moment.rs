//! Reads dates and times the way people, databases and spreadsheets write them.
//!
//! `3/8/2025` can be read two ways. Such a cell gives a [`Reading`] that is decided for its whole column (see
//! `profile`), never for a cell alone.

use vocab::{Civil, Instant, Zone};

use crate::clock::Clock;
use crate::kind::half_width;

/// Which of two numbers is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// `3/8/2025` is the 8th of March.
    MonthFirst,
    /// `3/8/2025` is the 3rd of August.
    DayFirst,
}

impl DateOrder {
    /// The word in mapping files.
    pub fn as_str(self) -> &'static str {
        match self {
            DateOrder::MonthFirst => "month_first",
            DateOrder::DayFirst => "day_first",
        }
    }
}

/// A cell that was understood as a moment, but for what only its column can say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reading {
    /// A wall-clock reading.
    Civil(Civil),
    /// A moment that needs no zone.
    Instant(Instant),
    /// `month` and `day` of the reading hold the first and the second number as written.
    Either(Civil),
}

impl Reading {
    /// The moment, with the order of its column and the zone of its file. `None` if there is no such day.
    pub(crate) fn instant(self, order: DateOrder, zone: &Zone) -> Option<Instant> {
        self.by(order, &|civil| zone.instant(civil))
    }

    /// The same by a clock: for very many cells.
    pub(crate) fn by_clock(self, order: DateOrder, clock: &Clock) -> Option<Instant> {
        self.by(order, &|civil| clock.instant(civil))
    }

    fn by(self, order: DateOrder, instant: &dyn Fn(Civil) -> Option<Instant>) -> Option<Instant> {
        match self {
            Reading::Instant(instant) => Some(instant),
            Reading::Civil(civil) => instant(civil),
            Reading::Either(civil) => instant(ordered(civil, order)),
        }
    }

    /// The day as written, `YYYY-MM-DD`; of an instant, the day it falls on in the zone.
    pub(crate) fn date(self, order: DateOrder, zone: &Zone) -> Option<String> {
        let civil = match self {
            Reading::Instant(instant) => return Some(zone.date(instant)),
            Reading::Civil(civil) => civil,
            Reading::Either(civil) => ordered(civil, order),
        };
        let midnight = Civil::midnight(civil.year, civil.month, civil.day);
        Zone::utc().instant(midnight)?;
        Some(format!("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day))
    }

    /// Which order this cell speaks for: neither if both are possible or there is no question.
    pub(crate) fn vote(self) -> Option<DateOrder> {
        match self {
            Reading::Either(civil) if civil.month > 12 => Some(DateOrder::DayFirst),
            Reading::Either(civil) if civil.day > 12 => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// Whether the two orders give different days.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Reading::Either(civil) if civil.month <= 12 && civil.day <= 12 && civil.month != civil.day)
    }
}

fn ordered(civil: Civil, order: DateOrder) -> Civil {
    match order {
        DateOrder::MonthFirst => civil,
        DateOrder::DayFirst => Civil { month: civil.day, day: civil.month, ..civil },
    }
}

/// Reads a cell; `None` if it is no moment.
pub(crate) fn read(text: &str) -> Option<Reading> {
    if let Some(civil) = iso(text.as_bytes()) {
        return Some(Reading::Civil(civil));
    }
    if text.len() > 64 {
        return None;
    }
    let plain = unified(text);
    if let Some(reading) = number(&plain) {
        return Some(reading);
    }
    let mut cursor = Cursor { bytes: plain.as_bytes(), at: 0 };
    let (date, either) = date(&mut cursor)?;
    let (civil, offset) = time(&mut cursor, date)?;
    cursor.spaces();
    if cursor.at != cursor.bytes.len() {
        return None;
    }
    match (offset, either) {
        (None, true) => Some(Reading::Either(civil)),
        (None, false) => Some(Reading::Civil(civil)),
        (Some(_), true) => None,
        (Some(seconds), false) => {
            let utc = Zone::utc().instant(civil)?;
            Some(Reading::Instant(utc.plus_micros(-i64::from(seconds) * 1_000_000)))
        }
    }
}

/// The commonest shape, without detours: `2025-03-08`, `2025-03-08 10:30:00`.
fn iso(bytes: &[u8]) -> Option<Civil> {
    let two = |at: usize| -> Option<i8> {
        let (a, b) = (bytes[at].wrapping_sub(b'0'), bytes[at + 1].wrapping_sub(b'0'));
        (a < 10 && b < 10).then(|| (a * 10 + b) as i8)
    };
    if !matches!(bytes.len(), 10 | 19) || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let year = i16::from(two(0)?) * 100 + i16::from(two(2)?);
    let mut civil = Civil::midnight(year, two(5)?, two(8)?);
    if bytes.len() == 19 {
        if !matches!(bytes[10], b' ' | b'T') || bytes[13] != b':' || bytes[16] != b':' {
            return None;
        }
        (civil.hour, civil.minute, civil.second) = (two(11)?, two(14)?, two(17)?);
    }
    Some(civil)
}

/// Half width, Chinese marks turned into separators, words of the week left out.
fn unified(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().map(half_width).peekable();
    while let Some(c) = chars.next() {
        match c {
            '年' | '月' => plain.push('-'),
            '日' | '号' => plain.push(' '),
            '时' | '点' | '分' => {
                if chars.peek().is_some_and(char::is_ascii_digit) {
                    plain.push(':');
                } else if c != '分' {
                    plain.push_str(":00");
                }
            }
            '秒' => {}
            '上' | '下' if chars.peek() == Some(&'午') => {
                chars.next();
                plain.push_str(if c == '上' { " am " } else { " pm " });
            }
            '星' if chars.peek() == Some(&'期') => {
                chars.next();
                chars.next();
            }
            '周' => {
                chars.next();
            }
            c if c.is_whitespace() => plain.push(' '),
            c => plain.extend(c.to_lowercase()),
        }
    }
    let trimmed = plain.trim();
    if trimmed.len() == plain.len() { plain } else { trimmed.to_owned() }
}

/// Digits alone: 20250308, 20250308101500, a serial day of a spreadsheet, unix seconds, milliseconds, microseconds.
fn number(text: &str) -> Option<Reading> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty()
        || whole.len() > 16
        || fraction.len() > 20
        || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let value: i64 = whole.parse().ok()?;
    let zeros_only = fraction.bytes().all(|b| b == b'0');
    let part = |from: i64, size: i64| value / from % size;
    match whole.len() {
        8 if zeros_only => Some(Reading::Civil(civil_of(value, 0))),
        12 if zeros_only => Some(Reading::Civil(civil_of(part(10_000, i64::MAX), part(1, 10_000) * 100))),
        14 if zeros_only => Some(Reading::Civil(civil_of(part(1_000_000, i64::MAX), part(1, 1_000_000)))),
        5 => Some(Reading::Civil(serial(text.parse().ok()?))),
        10 => {
            let micros = format!("{fraction:0<6}").get(..6)?.parse::<i64>().ok()?;
            Some(Reading::Instant(Instant::from_micros(value * 1_000_000 + micros)))
        }
        13 => Some(Reading::Instant(Instant::from_micros(value * 1000))),
        16 => Some(Reading::Instant(Instant::from_micros(value))),
        _ => None,
    }
}

fn civil_of(date: i64, time: i64) -> Civil {
    Civil {
        year: (date / 10_000) as i16,
        month: (date / 100 % 100) as i8,
        day: (date % 100) as i8,
        hour: (time / 10_000) as i8,
        minute: (time / 100 % 100) as i8,
        second: (time % 100) as i8,
        micro: 0,
    }
}

/// The wall-clock reading of a spreadsheet's serial day (1900 system), to the millisecond.
pub(crate) fn serial(days: f64) -> Civil {
    const UNIX_EPOCH_AS_SERIAL: f64 = 25_569.0;
    let millis = ((days - UNIX_EPOCH_AS_SERIAL) * 86_400_000.0).round() as i64;
    Zone::utc().civil(Instant::from_micros(millis.saturating_mul(1000)))
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, wanted: &[u8]) -> Option<u8> {
        let byte = self.peek().filter(|byte| wanted.contains(byte))?;
        self.at += 1;
        Some(byte)
    }

    fn spaces(&mut self) {
        while self.take(b" ").is_some() {}
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.bytes[self.at..].starts_with(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }

    /// A number of one to `most` digits, and how many there were.
    fn digits(&mut self, most: usize) -> Option<(i64, usize)> {
        let start = self.at;
        let mut value = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            if self.at - start == most {
                return None;
            }
            value = value * 10 + i64::from(digit - b'0');
            self.at += 1;
        }
        (self.at > start).then_some((value, self.at - start))
    }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH_ENDS: [&str; 12] = ["uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember"];

fn month_name(cursor: &mut Cursor<'_>) -> Option<i8> {
    let position = MONTHS.iter().position(|name| cursor.word(name))?;
    let _ = cursor.word(MONTH_ENDS[position]) || cursor.word("t");
    cursor.take(b".");
    Some(position as i8 + 1)
}

/// The date, and whether its first two numbers may change places.
fn date(cursor: &mut Cursor<'_>) -> Option<(Civil, bool)> {
    if cursor.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
        return named_month_first(cursor).map(|civil| (civil, false));
    }
    let (first, width) = cursor.digits(8)?;
    if width == 8 {
        return Some((civil_of(first, 0), false));
    }
    let separator = cursor.take(b"-/. ")?;
    if cursor.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
        let month = month_name(cursor)?;
        cursor.take(b"-/. ,");
        cursor.spaces();
        let year = year(cursor)?;
        return Some((Civil::midnight(year, month, i8::try_from(first).ok()?), false));
    }
    let (second, second_width) = cursor.digits(2)?;
    let _ = second_width;
    if width == 4 {
        cursor.take(&[separator])?;
        let (day, _) = cursor.digits(2)?;
        return Some((Civil::midnight(first as i16, second as i8, day as i8), false));
    }
    if separator == b' ' || width > 2 {
        return None;
    }
    cursor.take(&[separator])?;
    let year = year(cursor)?;
    // With points the day always comes first; with a slash or a dash the column decides.
    match separator {
        b'.' => Some((Civil::midnight(year, second as i8, first as i8), false)),
        _ => Some((Civil::midnight(year, first as i8, second as i8), true)),
    }
}

fn named_month_first(cursor: &mut Cursor<'_>) -> Option<Civil> {
    let month = month_name(cursor)?;
    cursor.take(b"-/ ");
    cursor.spaces();
    let (day, _) = cursor.digits(2)?;
    let _ = cursor.word("st") || cursor.word("nd") || cursor.word("rd") || cursor.word("th");
    cursor.take(b",-/ ");
    cursor.spaces();
    Some(Civil::midnight(year(cursor)?, month, day as i8))
}

fn year(cursor: &mut Cursor<'_>) -> Option<i16> {
    match cursor.digits(4)? {
        (year, 4) => Some(year as i16),
        (year, 2) => Some(2000 + year as i16),
        _ => None,
    }
}

/// The time after a date, if there is one, and its offset from UTC in seconds.
fn time(cursor: &mut Cursor<'_>, date: Civil) -> Option<(Civil, Option<i32>)> {
    let mut civil = date;
    cursor.spaces();
    if cursor.take(b"t").is_none() {
        cursor.take(b",");
        cursor.take(b"-");
    }
    cursor.spaces();
    let mut half = half_of_day(cursor);
    if !cursor.peek().is_some_and(|byte| byte.is_ascii_digit()) {
        return Some((civil, offset(cursor)));
    }
    let (hour, width) = cursor.digits(6)?;
    match width {
        6 => {
            (civil.hour, civil.minute, civil.second) =
                ((hour / 10_000) as i8, (hour / 100 % 100) as i8, (hour % 100) as i8)
        }
        4 => (civil.hour, civil.minute) = ((hour / 100) as i8, (hour % 100) as i8),
        1 | 2 => {
            civil.hour = hour as i8;
            match cursor.take(b":") {
                Some(_) => civil.minute = cursor.digits(2)?.0 as i8,
                None if half.is_none() && !matches!(half_ahead(cursor), Some(true)) => return None,
                None => {}
            }
            if cursor.take(b":").is_some() {
                civil.second = cursor.digits(2)?.0 as i8;
            }
        }
        _ => return None,
    }
    if cursor.take(b".,").is_some() {
        let (fraction, width) = cursor.digits(9)?;
        civil.micro = (fraction * 1_000_000 / 10i64.pow(width as u32)) as i32;
    }
    cursor.spaces();
    if half.is_none() {
        half = half_of_day(cursor);
    }
    civil.hour = match half {
        Some(true) if civil.hour < 12 => civil.hour + 12,
        Some(false) if civil.hour == 12 => 0,
        _ => civil.hour,
    };
    Some((civil, offset(cursor)))
}

/// `Some(true)` after noon, `Some(false)` before it.
fn half_of_day(cursor: &mut Cursor<'_>) -> Option<bool> {
    cursor.spaces();
    let half = if cursor.word("am") || cursor.word("a.m.") {
        Some(false)
    } else if cursor.word("pm") || cursor.word("p.m.") {
        Some(true)
    } else {
        None
    };
    cursor.spaces();
    half
}

fn half_ahead(cursor: &Cursor<'_>) -> Option<bool> {
    let mut ahead = Cursor { bytes: cursor.bytes, at: cursor.at };
    half_of_day(&mut ahead).map(|_| true)
}

/// Seconds east of UTC.
fn offset(cursor: &mut Cursor<'_>) -> Option<i32> {
    cursor.spaces();
    if cursor.word("z") || cursor.word("utc") || cursor.word("gmt") {
        return Some(0);
    }
    let start = cursor.at;
    let sign = match cursor.take(b"+-")? {
        b'-' => -1,
        _ => 1,
    };
    let parsed = cursor.digits(4).and_then(|(number, width)| match width {
        4 => Some((number / 100, number % 100)),
        1 | 2 if cursor.take(b":").is_some() => Some((number, cursor.digits(2)?.0)),
        1 | 2 => Some((number, 0)),
        _ => None,
    });
    match parsed {
        Some((hours, minutes)) if hours <= 18 && minutes < 60 => Some(sign * (hours * 3600 + minutes * 60) as i32),
        _ => {
            cursor.at = start;
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shanghai(text: &str) -> Option<String> {
        let zone = Zone::default();
        read(text)?.instant(DateOrder::MonthFirst, &zone).map(|instant| zone.date_time(instant))
    }

    #[test]
    fn a_day_is_read_in_every_common_format() {
        for text in [
            "2025-03-08",
            "2025/3/8",
            "2025.3.8",
            "20250308",
            "2025年3月8日",
            "２０２５年３月８日",
            "2025年3月8日 星期六",
            "3/8/2025",
            "8.3.2025",
            "8-Mar-2025",
            "8 March 2025",
            "Mar 8, 2025",
            "March 8th, 2025",
            "3/8/25",
            "45724",
            "45724.0",
            "2025-03-08T00:00:00",
            "2025-03-07T16:00:00Z",
            "2025-03-08 00:00:00+08:00",
            "2025-03-08 00:00:00 +0800",
            "1741363200",
            "1741363200000",
        ] {
            assert_eq!(shanghai(text).as_deref(), Some("2025-03-08 00:00:00"), "{text}");
        }
    }

    #[test]
    fn a_time_is_read_with_its_date() {
        for text in [
            "2025-03-08 14:30:15",
            "2025/3/8 14:30:15",
            "2025-03-08T14:30:15",
            "2025年3月8日 14时30分15秒",
            "2025年3月8日下午2点30分15秒",
            "2025-03-08 下午 2:30:15",
            "3/8/2025 2:30:15 PM",
            "20250308143015",
            "20250308 143015",
            "2025-03-08T06:30:15Z",
            "2025-03-08T06:30:15.000+00:00",
            "45724.60434027778",
        ] {
            assert_eq!(shanghai(text).as_deref(), Some("2025-03-08 14:30:15"), "{text}");
        }
        assert_eq!(shanghai("2025-03-08 14:30").as_deref(), Some("2025-03-08 14:30:00"));
        assert_eq!(shanghai("2025年3月8日 14时30分").as_deref(), Some("2025-03-08 14:30:00"));
        assert_eq!(shanghai("2025-03-08 12:05 AM").as_deref(), Some("2025-03-08 00:05:00"));
    }

    #[test]
    fn what_is_no_day_is_not_made_one() {
        for text in [
            "",
            "abc",
            "2025-13-01",
            "2025-02-30",
            "2025",
            "2025-03",
            "12",
            "8/3",
            "2025-03-08x",
            "2025-03-08 25:00",
            "99999999",
            "31/31/2025",
            "yesterday",
            "-",
            "2025-03-08 10",
        ] {
            assert_eq!(shanghai(text), None, "{text}");
        }
    }

    #[test]
    fn which_number_is_the_day_is_left_to_the_column() {
        assert_eq!(read("13/8/2025").and_then(Reading::vote), Some(DateOrder::DayFirst));
        assert_eq!(read("8/13/2025").and_then(Reading::vote), Some(DateOrder::MonthFirst));
        assert!(read("3/8/2025").is_some_and(Reading::is_open));
        assert!(read("8/8/2025").is_some_and(|reading| !reading.is_open()));
        let zone = Zone::default();
        assert_eq!(
            read("3/8/2025").and_then(|reading| reading.date(DateOrder::DayFirst, &zone)).as_deref(),
            Some("2025-08-03")
        );
    }
}
