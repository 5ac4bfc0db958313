//! Moments, windows and the firm's zone. The only place (with `calendar`) that knows the time library.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// Before everything that can be written.
    pub const MIN: Instant = Instant(i64::MIN);
    /// After everything that can be written.
    pub const MAX: Instant = Instant(i64::MAX);

    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// `days` times 24 hours later (earlier if negative); saturates.
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(MICROS_PER_DAY)))
    }

    /// That many microseconds later (earlier if negative); saturates.
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Whole days of 24 hours from `earlier` to this moment, rounded down.
    pub const fn days_since(self, earlier: Instant) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(MICROS_PER_DAY)
    }

    /// Reads RFC 3339 with an offset or `Z`.
    pub fn parse_rfc3339(text: &str) -> Result<Self, ParseTimeError> {
        let timestamp: Timestamp = text.trim().parse().map_err(|_| ParseTimeError::new(text))?;
        Ok(Self(timestamp.as_microsecond()))
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC, fractional seconds only where there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The moment we pretend to stand at (截至时点). Windows end before it: what happened exactly at it is not yet seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AsOf(pub Instant);

impl AsOf {
    /// The moment.
    pub const fn instant(self) -> Instant {
        self.0
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// How far ahead a question looks, in days of 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Horizon {
    /// Days of 24 hours; positive.
    pub days: u32,
}

/// The stretch before a moment that a measure looks at, half-open: `[as_of − window, as_of)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// `n` times 24 hours, written `30d`.
    Days(u32),
    /// `n` civil days of the firm's zone, written `30cd`.
    CalendarDays(u32),
    /// `n` civil weeks, written `1w`.
    Weeks(u32),
    /// `n` civil months, written `1mo`; a day that the month lacks becomes its last.
    Months(u32),
}

impl Window {
    /// Where the window begins when it ends at `as_of`.
    pub fn start(self, as_of: AsOf, zone: &Zone) -> Instant {
        let end = as_of.instant();
        let span = match self {
            Window::Days(days) => return end.plus_days(-i64::from(days)),
            Window::CalendarDays(days) => jiff::Span::new().days(days),
            Window::Weeks(weeks) => jiff::Span::new().weeks(weeks),
            Window::Months(months) => jiff::Span::new().months(months),
        };
        let zoned = end.timestamp().to_zoned(zone.0.clone());
        zoned.checked_sub(span).map_or(Instant::MIN, |start| Instant(start.timestamp().as_microsecond()))
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Window::Days(n) => write!(f, "{n}d"),
            Window::CalendarDays(n) => write!(f, "{n}cd"),
            Window::Weeks(n) => write!(f, "{n}w"),
            Window::Months(n) => write!(f, "{n}mo"),
        }
    }
}

impl FromStr for Window {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let count: u32 = text[..digits].parse().map_err(|_| ParseTimeError::new(text))?;
        if count == 0 || count > 36_500 {
            return Err(ParseTimeError::new(text));
        }
        match &text[digits..] {
            "d" => Ok(Window::Days(count)),
            "cd" => Ok(Window::CalendarDays(count)),
            "w" => Ok(Window::Weeks(count)),
            "mo" => Ok(Window::Months(count)),
            _ => Err(ParseTimeError::new(text)),
        }
    }
}

/// A wall-clock reading without a zone. Fields are not checked until [`Zone::instant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Civil {
    /// Year, e.g. 2025.
    pub year: i16,
    /// Month, 1 to 12.
    pub month: i8,
    /// Day of the month, 1 to 31.
    pub day: i8,
    /// Hour, 0 to 23.
    pub hour: i8,
    /// Minute, 0 to 59.
    pub minute: i8,
    /// Second, 0 to 59.
    pub second: i8,
    /// Microsecond, 0 to 999,999.
    pub micro: i32,
}

impl Civil {
    /// Midnight of a date.
    pub const fn midnight(year: i16, month: i8, day: i8) -> Self {
        Self { year, month, day, hour: 0, minute: 0, second: 0, micro: 0 }
    }
}

/// The firm's time zone: it reads naive times and cuts days, weeks and months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// By its IANA name, e.g. `Asia/Shanghai`, or `UTC`.
    pub fn named(name: &str) -> Result<Self, ParseTimeError> {
        TimeZone::get(name).map(Self).map_err(|_| ParseTimeError::new(name))
    }

    /// Coordinated Universal Time.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The instant of a wall-clock reading in this zone.
    ///
    /// # Edges
    /// A date that does not exist (31 April) is `None`. A reading skipped or repeated by a clock change takes the
    /// offset before the change.
    pub fn instant(&self, at: Civil) -> Option<Instant> {
        let time = civil::Time::new(at.hour, at.minute, at.second, at.micro.checked_mul(1000)?).ok()?;
        let reading = civil::Date::new(at.year, at.month, at.day).ok()?.to_datetime(time);
        let ambiguous = self.0.to_ambiguous_timestamp(reading);
        let offset = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
        };
        offset.to_timestamp(reading).ok().map(|timestamp| Instant(timestamp.as_microsecond()))
    }

    /// What the clock on the wall shows at an instant.
    pub fn civil(&self, at: Instant) -> Civil {
        let reading = self.0.to_datetime(at.timestamp());
        Civil {
            year: reading.year(),
            month: reading.month(),
            day: reading.day(),
            hour: reading.hour(),
            minute: reading.minute(),
            second: reading.second(),
            micro: reading.subsec_nanosecond() / 1000,
        }
    }

    /// The last midnight at or before an instant.
    pub fn midnight(&self, at: Instant) -> Instant {
        let reading = self.civil(at);
        self.instant(Civil::midnight(reading.year, reading.month, reading.day)).unwrap_or(at)
    }

    /// The midnight that begins the civil month `months` after the one that holds `at` (before it if negative).
    pub fn month_start(&self, at: Instant, months: i32) -> Instant {
        let reading = self.civil(at);
        let index = i32::from(reading.year) * 12 + i32::from(reading.month) - 1 + months;
        let first = Civil::midnight(index.div_euclid(12) as i16, index.rem_euclid(12) as i8 + 1, 1);
        self.instant(first).unwrap_or(at)
    }

    /// Reads a moment as people write it on the command line: `YYYY-MM-DD` (midnight here), `YYYY-MM-DD HH:MM[:SS]`
    /// (here), or RFC 3339.
    pub fn parse(&self, text: &str) -> Result<Instant, ParseTimeError> {
        let text = text.trim();
        if let Ok(instant) = Instant::parse_rfc3339(text) {
            return Ok(instant);
        }
        let midnight = text
            .parse::<civil::Date>()
            .ok()
            .filter(|_| text.len() == 10)
            .map(|date| date.to_datetime(civil::Time::midnight()));
        let reading = match midnight {
            Some(reading) => reading,
            None => text.parse::<civil::DateTime>().map_err(|_| ParseTimeError::new(text))?,
        };
        let at = Civil {
            year: reading.year(),
            month: reading.month(),
            day: reading.day(),
            hour: reading.hour(),
            minute: reading.minute(),
            second: reading.second(),
            micro: reading.subsec_nanosecond() / 1000,
        };
        self.instant(at).ok_or_else(|| ParseTimeError::new(text))
    }

    /// `YYYY-MM-DD` of an instant in this zone.
    pub fn date(&self, at: Instant) -> String {
        let reading = self.civil(at);
        format!("{:04}-{:02}-{:02}", reading.year, reading.month, reading.day)
    }

    /// `YYYY-MM-DD HH:MM:SS` of an instant in this zone.
    pub fn date_time(&self, at: Instant) -> String {
        let reading = self.civil(at);
        format!("{} {:02}:{:02}:{:02}", self.date(at), reading.hour, reading.minute, reading.second)
    }

    /// Number of the civil day an instant falls on: days since 1970-01-01 of this zone's own calendar.
    pub fn day_number(&self, at: Instant) -> i64 {
        let offset = SignedDuration::from_secs(i64::from(self.0.to_offset(at.timestamp()).seconds()));
        (at.0 + offset.as_micros() as i64).div_euclid(MICROS_PER_DAY)
    }
}

impl Default for Zone {
    /// Asia/Shanghai.
    fn default() -> Self {
        Self::named("Asia/Shanghai").unwrap_or(Self(TimeZone::fixed(jiff::tz::offset(8))))
    }
}

/// A text that is no moment, window or zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseTimeError {
    text: String,
}

impl ParseTimeError {
    fn new(text: &str) -> Self {
        Self { text: text.chars().take(80).collect() }
    }
}

impl fmt::Display for ParseTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a date, time, window or zone: {:?}", self.text)
    }
}

impl std::error::Error for ParseTimeError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn shanghai(text: &str) -> Instant {
        Zone::default().parse(text).unwrap()
    }

    #[test]
    fn a_date_is_midnight_in_the_firms_zone() {
        assert_eq!(shanghai("2025-06-01").to_string(), "2025-05-31T16:00:00Z");
        assert_eq!(shanghai("2025-06-01 08:30").to_string(), "2025-06-01T00:30:00Z");
        assert_eq!(shanghai("2025-06-01T00:00:00Z").to_string(), "2025-06-01T00:00:00Z");
        assert!(Zone::default().parse("2025-02-30").is_err());
        assert!(Zone::default().parse("yesterday").is_err());
    }

    #[test]
    fn thirty_days_are_thirty_times_24_hours() {
        let as_of = AsOf(shanghai("2025-03-31"));
        let start = |window: &str| window.parse::<Window>().unwrap().start(as_of, &Zone::default());
        assert_eq!(start("30d"), shanghai("2025-03-01"));
        assert_eq!(start("1mo"), shanghai("2025-02-28"));
        assert_eq!(start("1w"), shanghai("2025-03-24"));
    }

    #[test]
    fn a_calendar_day_may_have_23_hours() {
        let zone = Zone::named("Europe/Berlin").unwrap();
        let as_of = AsOf(zone.parse("2025-03-31").unwrap());
        let calendar = Window::CalendarDays(1).start(as_of, &zone);
        let hours = Window::Days(1).start(as_of, &zone);
        assert_eq!(calendar.micros() - hours.micros(), 3_600_000_000);
    }

    #[test]
    fn windows_are_written_as_they_are_read() {
        for text in ["30d", "30cd", "1w", "12mo"] {
            assert_eq!(text.parse::<Window>().unwrap().to_string(), text);
        }
        for text in ["", "d", "0d", "-3d", "3 d", "3y", "99999999999d"] {
            assert!(text.parse::<Window>().is_err(), "{text}");
        }
    }

    #[test]
    fn days_since_rounds_down() {
        let noon = shanghai("2025-03-10 12:00");
        assert_eq!(shanghai("2025-03-12").days_since(noon), 1);
        assert_eq!(noon.days_since(noon), 0);
        assert_eq!(noon.days_since(shanghai("2025-03-11")), -1);
    }

    #[test]
    fn month_starts_cross_the_year() {
        let zone = Zone::default();
        assert_eq!(zone.month_start(shanghai("2025-01-15"), -1), shanghai("2024-12-01"));
        assert_eq!(zone.month_start(shanghai("2025-12-15"), 1), shanghai("2026-01-01"));
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_zone() {
        let zone = Zone::default();
        let before = zone.day_number(shanghai("2025-03-10").plus_micros(-1));
        assert_eq!(zone.day_number(shanghai("2025-03-10")), before + 1);
    }
}
