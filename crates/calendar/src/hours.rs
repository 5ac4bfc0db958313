//! The working days and hours of a team that keeps other ones than the house: a shop that is open on Saturdays, a service
//! desk at night.
//!
//! Not here: the arithmetic ([`crate::WorkCalendar`]), whose hours they are (`actions`).

use vocab::{Finding, Place, Text};

use crate::definition::{WEEK, time_of_day};
use crate::working::{MICROS_PER_DAY, MICROS_PER_HOUR};

/// Which days of the week a team works, and from when to when.
///
/// A span whose end is not after its beginning ends on the day after: 22:00 to 06:00 is a night that belongs to the day on
/// which it begins. Only the last span of a day may do so, and it ends before the first of the next day begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamHours {
    pub(crate) week: [bool; 7],
    /// In microseconds after midnight of the day, in order; the last may end after 24:00.
    pub(crate) spans: Vec<(i64, i64)>,
    /// Whether public holidays are off and the days worked in exchange (调休) are worked.
    pub(crate) keeps_holidays: bool,
}

impl TeamHours {
    /// Reads days (`mon` … `sun`) and spans (`09:00`, `18:00`).
    ///
    /// # Errors
    /// Every fault, with the JSON path of its place: `unknown_weekday`, `no_working_day`, `bad_hours`, `no_hours`.
    pub fn read<S: AsRef<str>>(days: &[S], spans: &[(S, S)], keeps_holidays: bool) -> Result<TeamHours, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut week = [false; 7];
        for (place, word) in days.iter().enumerate() {
            match WEEK.iter().position(|day| *day == word.as_ref()) {
                Some(day) => week[day] = true,
                None => findings.push(unknown_day(word.as_ref()).at(path(&format!("days[{place}]")))),
            }
        }
        if days.is_empty() {
            let what = Text::new("一天都没有选", "no day is chosen");
            let hint = Text::new("至少选一个工作日", "choose at least one working day");
            findings.push(Finding::new("no_working_day", what, hint).at(path("days")));
        }
        let mut read: Vec<(i64, i64)> = Vec::new();
        for (place, (from, to)) in spans.iter().enumerate() {
            match span(from.as_ref(), to.as_ref()).filter(|span| fits(&read, *span)) {
                Some(span) => read.push(span),
                None => findings.push(bad_span(from.as_ref(), to.as_ref()).at(path(&format!("spans[{place}]")))),
            }
        }
        if spans.is_empty() {
            let what = Text::new("没有填工作时间", "no working hours are given");
            let hint = Text::new("例如 09:00–18:00", "09:00 to 18:00, for example");
            findings.push(Finding::new("no_hours", what, hint).at(path("spans")));
        }
        if findings.is_empty() { Ok(TeamHours { week, spans: read, keeps_holidays }) } else { Err(findings) }
    }

    /// The days of the week that are worked, Monday first: `mon` … `sun`.
    pub fn days(&self) -> impl Iterator<Item = &'static str> {
        WEEK.into_iter().zip(self.week).filter_map(|(day, works)| works.then_some(day))
    }

    /// From when to when, as read: `("22:00", "06:00")`.
    pub fn spans(&self) -> impl Iterator<Item = (String, String)> {
        let end = |to: i64| if to > MICROS_PER_DAY { to - MICROS_PER_DAY } else { to };
        self.spans.iter().map(move |(from, to)| (written(*from), written(end(*to))))
    }

    /// Whether public holidays are off and the days worked in exchange are worked.
    pub fn keeps_holidays(&self) -> bool {
        self.keeps_holidays
    }
}

/// A span of a day; one that ends no later than it begins ends on the day after.
fn span(from: &str, to: &str) -> Option<(i64, i64)> {
    let (from, to) = (time_of_day(from)?, time_of_day(to)?);
    let to = if to > from { to } else { to + MICROS_PER_DAY };
    (from < MICROS_PER_DAY && to - from <= MICROS_PER_DAY).then_some((from, to))
}

/// Whether a span comes after those before it and ends before the first of the next day begins.
fn fits(before: &[(i64, i64)], span: (i64, i64)) -> bool {
    let first = before.first().map_or(span.0, |first| first.0);
    before.last().is_none_or(|last| last.1 < span.0) && span.1 - MICROS_PER_DAY <= first
}

fn written(micros_of_day: i64) -> String {
    let minutes = micros_of_day / (MICROS_PER_HOUR / 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn path(path: &str) -> Place {
    Place { field: Some(path.to_owned()), ..Place::default() }
}

fn unknown_day(word: &str) -> Finding {
    Finding::new(
        "unknown_weekday",
        Text::new(format!("没有这一天：{word}"), format!("no such day of the week: {word}")),
        Text::new("可写 mon tue wed thu fri sat sun", "one of mon tue wed thu fri sat sun"),
    )
}

fn bad_span(from: &str, to: &str) -> Finding {
    Finding::new(
        "bad_hours",
        Text::new(format!("工作时间不成立：{from}–{to}"), format!("no such working hours: {from} to {to}")),
        Text::new(
            "写成 09:00–18:00，按先后排列，互不重叠；过夜的（22:00–06:00）写在最后",
            "write 09:00 to 18:00, in order, not overlapping; hours over midnight (22:00 to 06:00) come last",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(given: &[(&str, &str)]) -> Result<Vec<(String, String)>, Vec<&'static str>> {
        let read = TeamHours::read(&["mon"], given, true);
        read.map(|hours| hours.spans().collect()).map_err(|found| found.iter().map(|one| one.code).collect())
    }

    #[test]
    fn hours_are_said_as_they_were_read() {
        for given in [
            &[("09:00", "12:00"), ("13:30", "18:00")][..],
            &[("22:00", "06:00")],
            &[("08:00", "12:00"), ("20:00", "02:30")],
            &[("00:00", "24:00")],
            &[("09:00", "09:00")],
        ] {
            let said: Vec<(String, String)> = given.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            assert_eq!(spans(given), Ok(said), "{given:?}");
        }
        let hours = TeamHours::read(&["sun", "mon"], &[("09:00", "18:00")], false).unwrap();
        assert_eq!(hours.days().collect::<Vec<_>>(), ["mon", "sun"], "Monday first, whatever the order");
        assert!(!hours.keeps_holidays());
    }

    #[test]
    fn hours_that_cannot_be_are_named_with_their_place() {
        for given in [
            &[("09:00", "18:00"), ("17:00", "20:00")][..],
            &[("13:00", "18:00"), ("09:00", "12:00")],
            &[("08:00", "12:00"), ("22:00", "09:00")],
            &[("24:00", "06:00")],
            &[("9", "18")],
        ] {
            assert_eq!(spans(given), Err(vec!["bad_hours"]), "{given:?}");
        }
        let found = TeamHours::read::<&str>(&["monday"], &[], true).unwrap_err();
        let told: Vec<(&str, Option<&str>)> = found.iter().map(|one| (one.code, one.place.field.as_deref())).collect();
        assert_eq!(told, [("unknown_weekday", Some("days[0]")), ("no_hours", Some("spans"))]);
    }
}
