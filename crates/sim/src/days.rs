//! Days of a world by number: day 0 is the first, days before it are negative. The only place here that knows dates.

use calendar::WorkCalendar;
use vocab::{Civil, Instant, Zone};

use crate::spec::WorldSpec;

/// Days before the first that contracts may have been signed on.
const BEFORE: i32 = 800;
/// Days after the last that contracts may end on and truths may ask about.
const AFTER: i32 = 800;

/// What sort of day it is for a firm's customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayKind {
    /// Worked, moved weekends (调休) included.
    Working,
    /// An ordinary day off.
    Weekend,
    /// A public holiday.
    Holiday,
}

/// Midnights, dates and sorts of day of one world.
#[derive(Clone, Debug)]
pub(crate) struct Days {
    midnights: Vec<Instant>,
    dates: Vec<Civil>,
    kinds: Vec<DayKind>,
    zone: Zone,
    first_number: i64,
}

impl Days {
    pub(crate) fn new(spec: &WorldSpec) -> Self {
        let calendar = WorkCalendar::standard(spec.zone.clone());
        let zone = spec.zone.clone();
        let last = zone.midnight(spec.end);
        let total = BEFORE + spec.days as i32 + AFTER;
        // Noon of a day is the same day in every zone, whatever its clocks do at night.
        let midnights: Vec<Instant> = (0..total)
            .map(|position| {
                let offset = i64::from(position - BEFORE) - i64::from(spec.days);
                zone.midnight(last.plus_days(offset).plus_micros(12 * 3_600_000_000))
            })
            .collect();
        let dates = midnights.iter().map(|midnight| zone.civil(*midnight)).collect();
        let kinds = midnights
            .iter()
            .map(|midnight| match (calendar.holiday(*midnight), calendar.is_working_day(*midnight)) {
                (Some(_), false) => DayKind::Holiday,
                (_, true) => DayKind::Working,
                (None, false) => DayKind::Weekend,
            })
            .collect();
        let first_number = zone.day_number(midnights[BEFORE as usize]);
        Self { midnights, dates, kinds, zone, first_number }
    }

    fn position(&self, day: i32) -> usize {
        ((day + BEFORE).max(0) as usize).min(self.midnights.len() - 1)
    }

    /// When a day begins.
    pub(crate) fn midnight(&self, day: i32) -> Instant {
        self.midnights[self.position(day)]
    }

    /// A time of a day, in hours after midnight.
    pub(crate) fn at(&self, day: i32, hour: f64) -> Instant {
        self.midnight(day).plus_micros((hour * 3.6e9) as i64)
    }

    /// What sort of day.
    pub(crate) fn kind(&self, day: i32) -> DayKind {
        self.kinds[self.position(day)]
    }

    /// Whether a civil month begins with the day.
    pub(crate) fn begins_month(&self, day: i32) -> bool {
        self.dates[self.position(day)].day == 1
    }

    /// Month and day of the month.
    pub(crate) fn month_and_day(&self, day: i32) -> (i8, i8) {
        let date = self.dates[self.position(day)];
        (date.month, date.day)
    }

    /// Days since the first day of the lunar year that begins in the day's solar year; negative before it.
    pub(crate) fn since_spring(&self, day: i32) -> Option<i32> {
        let festival = calendar::spring_festival(self.dates[self.position(day)].year)?;
        Some((self.first_number + i64::from(day) - festival) as i32)
    }

    /// `YYYY-MM-DD`.
    pub(crate) fn date(&self, day: i32) -> String {
        let date = self.dates[self.position(day)];
        format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
    }

    /// The day that many civil months later; a day that the month lacks becomes its last.
    pub(crate) fn months_after(&self, day: i32, months: i32) -> i32 {
        let date = self.dates[self.position(day)];
        let index = i32::from(date.year) * 12 + i32::from(date.month) - 1 + months;
        let (year, month) = (index.div_euclid(12) as i16, index.rem_euclid(12) as i8 + 1);
        let target = (0..4).find_map(|less| self.zone.instant(Civil::midnight(year, month, date.day - less)));
        target.map_or(day + months * 30, |at| (self.zone.day_number(at) - self.first_number) as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days() -> Days {
        Days::new(&WorldSpec { days: 365, ..WorldSpec::default() })
    }

    #[test]
    fn the_last_day_ends_where_the_world_does() {
        let days = days();
        assert_eq!(days.midnight(365), WorldSpec::default().end);
        assert_eq!(days.date(0), "2025-01-01");
        assert_eq!(days.date(-1), "2024-12-31");
    }

    #[test]
    fn spring_festival_is_a_holiday_and_the_sunday_before_is_worked() {
        let days = days();
        assert_eq!((days.date(28).as_str(), days.kind(28)), ("2025-01-29", DayKind::Holiday));
        assert_eq!((days.date(25).as_str(), days.kind(25)), ("2025-01-26", DayKind::Working));
        assert_eq!((days.date(45).as_str(), days.kind(45)), ("2025-02-15", DayKind::Weekend));
    }

    #[test]
    fn a_month_after_the_31st_is_the_last_day() {
        let days = days();
        assert_eq!(days.date(days.months_after(30, 1)), "2025-02-28");
        assert_eq!(days.date(days.months_after(0, -12)), "2024-01-01");
    }
}
