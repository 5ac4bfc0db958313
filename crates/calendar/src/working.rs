//! The working calendar and its arithmetic.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use vocab::{Civil, Finding, Instant, Text, Zone};

use crate::definition::{self, Definition};
use crate::hours::TeamHours;

pub(crate) const MICROS_PER_HOUR: i64 = 3_600_000_000;
pub(crate) const MICROS_PER_DAY: i64 = 24 * MICROS_PER_HOUR;
/// No deadline lies further ahead; a longer sum ends at [`Instant::MAX`].
const LONGEST_DAYS: i64 = 366 * 300;
/// Moments that a wall clock can show: beyond them nothing is computed.
const CLOCK: Range<i64> = -62_000_000_000 * 1_000_000..253_000_000_000 * 1_000_000;

const CHINA: &str = include_str!("../../../definitions/calendars/cn.toml");

/// A public holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// What it is called.
    pub name: Text,
    /// The festival itself, as a day number of [`Zone::day_number`]; days off around it may begin earlier.
    pub on_day: i64,
}

/// Which days are worked and from when to when.
///
/// A working day is a day of the working week that is not a public holiday, or a day that is worked in exchange for
/// one (调休). Working time is the working hours of the working days, half-open: at 18:00 the day is over. Where a shift
/// crosses midnight, a working day lasts from the shift's end in the morning to that of the day after.
///
/// # Example
/// ```
/// use std::time::Duration;
/// use vocab::Zone;
///
/// let zone = Zone::default();
/// let calendar = calendar::WorkCalendar::standard(zone.clone());
/// let friday = zone.parse("2025-03-07 17:00").unwrap();
/// let due = calendar.add_working(friday, Duration::from_secs(2 * 3600));
/// assert_eq!(zone.date_time(due), "2025-03-10 10:00:00");
/// ```
#[derive(Clone, Debug)]
pub struct WorkCalendar {
    zone: Zone,
    name: Text,
    years: (i16, i16),
    week: [bool; 7],
    hours: Vec<(i64, i64)>,
    /// Days that differ from their weekday: the holiday, and whether the day is worked.
    exceptions: BTreeMap<i64, (usize, bool)>,
    holidays: Vec<Holiday>,
    /// How long after midnight one working day gives way to the next: nought but where a shift crosses midnight.
    turn: i64,
}

impl WorkCalendar {
    /// Mainland China, Monday to Friday 9:00 to 18:00, public holidays and 调休 included.
    pub fn standard(zone: Zone) -> Self {
        match Self::parse("calendars/cn.toml", CHINA, zone) {
            Ok(calendar) => calendar,
            Err(findings) => unreachable!("the shipped calendar is read by every test: {findings:?}"),
        }
    }

    /// Reads a calendar definition; the faults name their line and column.
    pub fn parse(file: &str, text: &str, zone: Zone) -> Result<Self, Vec<Finding>> {
        let Definition { name, years, week, hours, holidays } = definition::read(file, text)?;
        let mut exceptions = BTreeMap::new();
        let mut kept = Vec::with_capacity(holidays.len());
        for (position, one) in holidays.into_iter().enumerate() {
            exceptions.extend((one.off.0..=one.off.1).map(|day| (day, (position, false))));
            exceptions.extend(one.work.into_iter().map(|day| (day, (position, true))));
            kept.push(one.holiday);
        }
        Ok(Self { zone, name, years, week, hours, exceptions, holidays: kept, turn: 0 })
    }

    /// The calendar of a team that keeps its own days and hours, with this one's holidays where it keeps those.
    ///
    /// # Edges
    /// Where it does not, every week is like the other, and there is nothing to doubt.
    pub fn for_team(&self, hours: &TeamHours) -> WorkCalendar {
        let last = hours.spans.last().map_or(0, |span| span.1);
        let mut team =
            Self { week: hours.week, hours: hours.spans.clone(), turn: (last - MICROS_PER_DAY).max(0), ..self.clone() };
        if !hours.keeps_holidays {
            team.exceptions.clear();
            team.holidays.clear();
            team.years = (i16::MIN, i16::MAX);
        }
        team
    }

    /// The days and hours it is made of.
    pub fn hours(&self) -> TeamHours {
        TeamHours { week: self.week, spans: self.hours.clone(), keeps_holidays: !self.exceptions.is_empty() }
    }

    /// The zone whose wall clock it reads.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// What the calendar is called.
    pub fn name(&self) -> &Text {
        &self.name
    }

    /// Working time of one working day.
    pub fn working_day(&self) -> Duration {
        micros(self.hours.iter().map(|(from, to)| to - from).sum())
    }

    /// To which working day a moment belongs, as a number of [`Zone::day_number`]: the civil day, but a shift that ends in
    /// the morning belongs to the day on which it began.
    pub fn day_of(&self, at: Instant) -> i64 {
        let at = within_clock(at);
        let day = self.zone.day_number(at);
        if self.turn > 0 && at < self.moment(day, self.turn) { day - 1 } else { day }
    }

    /// When the first working hour of a moment's working day begins, or would begin if the day were worked.
    pub fn opens(&self, at: Instant) -> Instant {
        self.moment(self.day_of(at), self.hours.first().map_or(0, |span| span.0))
    }

    /// Whether the working day of this moment is worked.
    pub fn is_working_day(&self, at: Instant) -> bool {
        self.works(self.day_of(at))
    }

    /// Whether this moment lies in working time.
    pub fn is_working_time(&self, at: Instant) -> bool {
        self.next_working_start(at) == at
    }

    /// The holiday for which the working day of this moment is off.
    pub fn holiday(&self, at: Instant) -> Option<&Holiday> {
        let (position, worked) = self.exceptions.get(&self.day_of(at))?;
        (!worked).then(|| &self.holidays[*position])
    }

    /// Why the answer for this moment may be wrong: its year's public holidays are not in the calendar, so only
    /// weekends were left out.
    pub fn doubt(&self, at: Instant) -> Option<Text> {
        let year = self.zone.civil(at).year;
        let (first, last) = self.years;
        (year < first || year > last).then(|| {
            Text::new(
                format!("{}只有 {first}–{last} 年的节假日，{year} 年只扣除周末", self.name.zh),
                format!(
                    "{} has the public holidays of {first} to {last}; for {year} only weekends are left out",
                    self.name.en
                ),
            )
        })
    }

    /// This moment if it lies in working time, else the next moment that does.
    pub fn next_working_start(&self, at: Instant) -> Instant {
        self.spans_from(at).next().map_or(Instant::MAX, |span| span.start.max(at))
    }

    /// The earliest moment by which this much working time has passed since `from`.
    ///
    /// # Edges
    /// * Nothing to add: `from` itself, working time or not.
    /// * What exactly fills a day ends at its close, not at the next opening.
    /// * Beyond three centuries: [`Instant::MAX`].
    pub fn add_working(&self, from: Instant, working: Duration) -> Instant {
        let mut left = i64::try_from(working.as_micros()).unwrap_or(i64::MAX);
        if left == 0 {
            return from;
        }
        for span in self.spans_from(from) {
            let start = span.start.max(from);
            let length = span.end.micros() - start.micros();
            if length >= left {
                return start.plus_micros(left);
            }
            left -= length;
        }
        Instant::MAX
    }

    /// Working time that passes from one moment to another; zero if the second is not later.
    pub fn working_between(&self, from: Instant, to: Instant) -> Duration {
        let mut passed = 0;
        for span in self.spans_from(from) {
            if span.start >= to {
                break;
            }
            passed += span.end.min(to).micros() - span.start.max(from).micros();
        }
        micros(passed)
    }

    /// The moment by which this much time has passed on a clock that runs day and night on working days and stands
    /// still on all others. It starts in working time, and a result outside it becomes the next working start.
    ///
    /// # Why
    /// "Within 24 hours" promised on a Friday at 15:00 is Monday 15:00, and promised on a Sunday it is Tuesday 9:00.
    /// Counted in working hours it would be most of three days; counted by the wall clock it would fall on a Saturday.
    pub fn add_on_working_days(&self, from: Instant, hours: Duration) -> Instant {
        let mut at = self.next_working_start(from);
        let mut left = i64::try_from(hours.as_micros()).unwrap_or(i64::MAX);
        if at == Instant::MAX || !CLOCK.contains(&at.micros()) {
            return at;
        }
        let first = self.day_of(at);
        for day in (first..first + LONGEST_DAYS).filter(|day| self.works(*day)) {
            at = at.max(self.moment(day, self.turn));
            let length = self.moment(day + 1, self.turn).micros() - at.micros();
            if length > left {
                return self.next_working_start(at.plus_micros(left));
            }
            left -= length;
        }
        Instant::MAX
    }

    /// The time that passes from one moment to another on a clock that runs day and night on working days and stands still
    /// on all others: what [`WorkCalendar::add_on_working_days`] counts. Like it, it starts in working time; zero if the
    /// second moment is not later.
    pub fn on_working_days_between(&self, from: Instant, to: Instant) -> Duration {
        let from = self.next_working_start(from);
        if from >= to || !CLOCK.contains(&from.micros()) {
            return Duration::ZERO;
        }
        let (first, mut passed) = (self.day_of(from), 0);
        for day in (first..first + LONGEST_DAYS).filter(|day| self.works(*day)) {
            let start = self.moment(day, self.turn).max(from);
            if start >= to {
                break;
            }
            passed += self.moment(day + 1, self.turn).min(to).micros() - start.micros();
        }
        micros(passed)
    }

    /// Whether a civil day is worked, told by its number ([`Zone::day_number`]).
    pub fn works_on(&self, day: i64) -> bool {
        self.works(day)
    }

    fn works(&self, day: i64) -> bool {
        match self.exceptions.get(&day) {
            Some((_, worked)) => *worked,
            // 1970-01-01 was a Thursday.
            None => self.week[(day + 3).rem_euclid(7) as usize],
        }
    }

    /// Stretches of working time that end after `from`, in order.
    fn spans_from(&self, from: Instant) -> impl Iterator<Item = Range<Instant>> {
        let days = if CLOCK.contains(&from.micros()) {
            let first = self.day_of(from);
            first..first + LONGEST_DAYS
        } else {
            0..0
        };
        days.filter(move |day| self.works(*day))
            .flat_map(move |day| {
                self.hours.iter().map(move |(open, close)| self.moment(day, *open)..self.moment(day, *close))
            })
            .filter(move |span| span.end > from && span.start < span.end)
    }

    /// The moment at which the wall clock of a civil day shows a time of day; 24:00 is the next midnight.
    fn moment(&self, day: i64, micros_of_day: i64) -> Instant {
        let day = day + micros_of_day.div_euclid(MICROS_PER_DAY);
        let micros = micros_of_day.rem_euclid(MICROS_PER_DAY);
        let span = jiff::Span::new().try_days(day);
        let Ok(date) = span.and_then(|span| jiff::civil::date(1970, 1, 1).checked_add(span)) else {
            return Instant::MAX;
        };
        let seconds = micros / 1_000_000;
        let at = Civil {
            hour: (seconds / 3600) as i8,
            minute: (seconds / 60 % 60) as i8,
            second: (seconds % 60) as i8,
            micro: (micros % 1_000_000) as i32,
            ..Civil::midnight(date.year(), date.month(), date.day())
        };
        self.zone.instant(at).unwrap_or(Instant::MAX)
    }
}

fn within_clock(at: Instant) -> Instant {
    Instant::from_micros(at.micros().clamp(CLOCK.start, CLOCK.end))
}

fn micros(count: i64) -> Duration {
    Duration::from_micros(count.max(0) as u64)
}
