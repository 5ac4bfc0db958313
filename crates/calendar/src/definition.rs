//! Reads a calendar from its definition file. Nothing is computed here.

use serde::Deserialize;
use toml::Spanned;
use toml::value::{Date, Datetime};
use vocab::{Finding, Place, Text};

use crate::working::{Holiday, MICROS_PER_DAY, MICROS_PER_HOUR};

pub(crate) const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// More than a century is a slip of the pen, and would cost memory.
const LONGEST_OFF_DAYS: i64 = 60;

/// What a calendar file says, checked.
pub(crate) struct Definition {
    pub(crate) name: Text,
    pub(crate) years: (i16, i16),
    pub(crate) week: [bool; 7],
    /// Spans of a working day in microseconds after midnight, in order, none touching the next.
    pub(crate) hours: Vec<(i64, i64)>,
    pub(crate) holidays: Vec<HolidayDays>,
}

/// A holiday with the days it changes, as day numbers.
pub(crate) struct HolidayDays {
    pub(crate) holiday: Holiday,
    pub(crate) off: (i64, i64),
    pub(crate) work: Vec<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Text,
    years: Spanned<[i16; 2]>,
    week: Vec<Spanned<String>>,
    hours: Vec<Spanned<[String; 2]>>,
    #[serde(default, rename = "holiday")]
    holidays: Vec<FileHoliday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileHoliday {
    name: Text,
    on: Spanned<Datetime>,
    off: Spanned<[Datetime; 2]>,
    #[serde(default)]
    work: Vec<Spanned<Datetime>>,
}

/// Reads and checks; every fault is found in one go, except after a fault of the TOML itself.
pub(crate) fn read(file: &str, text: &str) -> Result<Definition, Vec<Finding>> {
    let source = Source { file, text };
    let raw: File = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let hint =
            Text::new("请对照 definitions/calendars/cn.toml 的写法", "compare with definitions/calendars/cn.toml");
        vec![source.finding(
            start,
            "bad_calendar",
            Text::new(format!("无法读取：{}", error.message()), format!("cannot be read: {}", error.message())),
            hint,
        )]
    })?;
    let mut findings = Vec::new();
    let years = *raw.years.get_ref();
    if years[0] > years[1] || years[0] < 1900 || years[1] > 2200 {
        findings.push(source.finding(
            raw.years.span().start,
            "bad_years",
            Text::new("年份范围不成立", "no such range of years"),
            Text::new("写成 [第一年, 最后一年]", "write [first, last]"),
        ));
    }
    let week = week(&raw.week, &source, &mut findings);
    let hours = hours(&raw.hours, &source, &mut findings);
    let holidays = raw.holidays.into_iter().filter_map(|one| holiday(one, &source, &mut findings)).collect();
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(Definition { name: raw.name, years: (years[0], years[1]), week, hours, holidays })
}

struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl Source<'_> {
    fn finding(&self, offset: usize, code: &'static str, detail: Text, hint: Text) -> Finding {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() as u32 + 1;
        let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) as u32 + 1;
        let place =
            Place { file: Some(self.file.to_owned()), line: Some(line), column: Some(column), ..Place::default() };
        Finding::new(code, detail, hint).at(place)
    }
}

fn week(words: &[Spanned<String>], source: &Source<'_>, findings: &mut Vec<Finding>) -> [bool; 7] {
    let mut week = [false; 7];
    for word in words {
        match WEEK.iter().position(|day| day == word.get_ref()) {
            Some(day) => week[day] = true,
            None => findings.push(source.finding(
                word.span().start,
                "unknown_weekday",
                Text::new(
                    format!("没有这一天：{}", word.get_ref()),
                    format!("no such day of the week: {}", word.get_ref()),
                ),
                Text::new("可写 mon tue wed thu fri sat sun", "one of mon tue wed thu fri sat sun"),
            )),
        }
    }
    if words.is_empty() {
        findings.push(source.finding(
            0,
            "no_working_day",
            Text::new("week 里一天都没有", "week names no day"),
            Text::new("至少写一个工作日", "name at least one working day"),
        ));
    }
    week
}

fn hours(spans: &[Spanned<[String; 2]>], source: &Source<'_>, findings: &mut Vec<Finding>) -> Vec<(i64, i64)> {
    let mut hours: Vec<(i64, i64)> = Vec::new();
    for span in spans {
        let [from, to] = span.get_ref();
        let after = hours.last().map_or(-1, |last| last.1);
        match (time_of_day(from), time_of_day(to)) {
            (Some(from), Some(to)) if from < to && from > after => hours.push((from, to)),
            _ => findings.push(source.finding(
                span.span().start,
                "bad_hours",
                Text::new(format!("工作时间不成立：{from}–{to}"), format!("no such working hours: {from} to {to}")),
                Text::new(
                    "写成 [\"09:00\", \"18:00\"]，按先后排列，互不重叠",
                    "write [\"09:00\", \"18:00\"], in order, not overlapping",
                ),
            )),
        }
    }
    if spans.is_empty() {
        findings.push(source.finding(
            0,
            "no_hours",
            Text::new("hours 里没有工作时间", "hours is empty"),
            Text::new("写成 hours = [[\"09:00\", \"18:00\"]]", "write hours = [[\"09:00\", \"18:00\"]]"),
        ));
    }
    hours
}

pub(crate) fn time_of_day(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |part: &str| {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<i64>().ok()).flatten()
    };
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    let micros = hour * MICROS_PER_HOUR + minute * (MICROS_PER_HOUR / 60);
    (minute < 60 && micros <= MICROS_PER_DAY).then_some(micros)
}

fn holiday(raw: FileHoliday, source: &Source<'_>, findings: &mut Vec<Finding>) -> Option<HolidayDays> {
    let mut day = |offset: usize, value: Datetime| {
        let number = value.date.filter(|_| value.time.is_none()).and_then(day_number);
        if number.is_none() {
            findings.push(source.finding(
                offset,
                "bad_date",
                Text::new(format!("不是日期：{value}"), format!("not a date: {value}")),
                Text::new("写成 2025-10-01", "write 2025-10-01"),
            ));
        }
        number
    };
    let on = day(raw.on.span().start, *raw.on.get_ref());
    let [first, last] = *raw.off.get_ref();
    let off = (day(raw.off.span().start, first), day(raw.off.span().start, last));
    let work: Vec<i64> = raw.work.iter().filter_map(|one| day(one.span().start, *one.get_ref())).collect();
    let off = (off.0?, off.1?);
    if off.0 > off.1 || off.1 - off.0 > LONGEST_OFF_DAYS {
        findings.push(source.finding(
            raw.off.span().start,
            "bad_days_off",
            Text::new("放假起止不成立", "no such stretch of days off"),
            Text::new("写成 [第一天, 最后一天]，不超过 60 天", "write [first, last], at most 60 days"),
        ));
        return None;
    }
    Some(HolidayDays { holiday: Holiday { name: raw.name, on_day: on? }, off, work })
}

/// Days since 1970-01-01, as `vocab::Zone::day_number` counts them.
fn day_number(date: Date) -> Option<i64> {
    let date = jiff::civil::Date::new(date.year as i16, date.month as i8, date.day as i8).ok()?;
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.until(date).ok().map(|span| i64::from(span.get_days()))
}
