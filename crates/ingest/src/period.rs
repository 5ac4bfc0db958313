//! The stretch of days that a total is about: `2025-03`, `2025年第12周`, `2025Q1`, `2025-03-01至2025-03-31`.

use vocab::{Civil, Instant, Zone};

use crate::kind::{half_width, normalized};
use crate::moment::{self, DateOrder};

const DAY_MICROS: i64 = 86_400_000_000;

/// Days of a calendar, both ends belonging to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Period {
    /// Days since 1970-01-01.
    first: i64,
    last: i64,
}

/// What a column of dates means by a date: its header says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Span {
    /// What a date under a header stands for: a month under 月份, itself under 统计日期.
    pub(crate) fn of_header(header: &str) -> Span {
        let header = normalized(header);
        let says = |words: &[&str]| words.iter().any(|word| header.contains(word));
        if says(&["日期", "date", "day", "截"]) {
            Span::Day
        } else if says(&["月", "month", "账期"]) {
            Span::Month
        } else if says(&["周次", "week"]) || header == "周" || header == "统计周" {
            Span::Week
        } else if says(&["季", "quarter"]) {
            Span::Quarter
        } else if says(&["年", "year"]) {
            Span::Year
        } else {
            Span::Day
        }
    }
}

impl Period {
    /// From one day to another; `None` if it ends before it begins.
    pub(crate) fn between(first: i64, last: i64) -> Option<Period> {
        (first <= last).then_some(Period { first, last })
    }

    /// The last moment of the period.
    pub(crate) fn end(self, zone: &Zone) -> Option<Instant> {
        zone.instant(civil(self.last + 1)).map(|after| after.plus_micros(-1))
    }

    /// The month of which it is the first day; `None` if it is anything else.
    pub(crate) fn month_of_first_day(self) -> Option<Period> {
        let first = civil(self.first);
        (self.first == self.last && first.day == 1).then(|| month(first.year, first.month)).flatten()
    }

    /// Its first and last day as `YYYY-MM-DD`.
    pub(crate) fn days(self) -> (String, String) {
        (written(self.first), written(self.last))
    }

    /// How people write it: `2025-03` for a month, `2025` for a year, else its days.
    pub(crate) fn name(self) -> String {
        let (first, last) = (civil(self.first), civil(self.last));
        if month(first.year, first.month) == Some(self) {
            return format!("{:04}-{:02}", first.year, first.month);
        }
        if year(first.year) == Some(self) {
            return format!("{:04}", first.year);
        }
        let is_quarter = first.month % 3 == 1 && months(first.year, first.month, 3) == Some(self);
        if is_quarter && first.year == last.year {
            return format!("{:04}-Q{}", first.year, (first.month + 2) / 3);
        }
        match self.days() {
            (first, last) if first == last => first,
            (first, last) => format!("{first}/{last}"),
        }
    }

    /// Reads a cell; a plain date is what `span` says.
    pub(crate) fn read(cell: &str, span: Span, order: DateOrder, zone: &Zone) -> Option<Period> {
        if cell.len() > 80 {
            return None;
        }
        let text: String = cell.chars().map(half_width).filter(|c| !c.is_whitespace()).collect();
        let text = text.to_lowercase();
        if let Some(period) = range(&text, order, zone).or_else(|| named(&text)) {
            return Some(period);
        }
        let day = day_number(&moment::read(cell)?.date(order, zone)?)?;
        let date = civil(day);
        match span {
            Span::Day => Period::between(day, day),
            Span::Week => {
                // 1970-01-01 was a Thursday; weeks begin on Monday.
                let monday = day - (day + 3).rem_euclid(7);
                Period::between(monday, monday + 6)
            }
            Span::Month => month(date.year, date.month),
            Span::Quarter => months(date.year, (date.month - 1) / 3 * 3 + 1, 3),
            Span::Year => year(date.year),
        }
    }
}

/// Days since 1970-01-01 of a day written `YYYY-MM-DD`.
pub(crate) fn day_number(day: &str) -> Option<i64> {
    Some(Zone::utc().parse(day).ok()?.micros().div_euclid(DAY_MICROS))
}

fn civil(day: i64) -> Civil {
    Zone::utc().civil(Instant::from_micros(day.saturating_mul(DAY_MICROS)))
}

fn written(day: i64) -> String {
    Zone::utc().date(Instant::from_micros(day.saturating_mul(DAY_MICROS)))
}

fn day_of(year: i16, month: i8, day: i8) -> Option<i64> {
    Some(Zone::utc().instant(Civil::midnight(year, month, day))?.micros().div_euclid(DAY_MICROS))
}

fn months(year: i16, month: i8, count: i8) -> Option<Period> {
    let after = i16::from(month) - 1 + i16::from(count);
    let next = day_of(year.checked_add(after / 12)?, (after % 12) as i8 + 1, 1)?;
    Period::between(day_of(year, month, 1)?, next - 1)
}

fn month(year: i16, number: i8) -> Option<Period> {
    months(year, number, 1)
}

fn year(year: i16) -> Option<Period> {
    months(year, 1, 12)
}

/// `2025-03-01~2025-03-31`, `…至…`, `…/…`, `… - …`.
fn range(text: &str, order: DateOrder, zone: &Zone) -> Option<Period> {
    let day = |text: &str| day_number(&moment::read(text)?.date(order, zone)?);
    for mark in ["~", "～", "至", "到", "--", "—", "–", "/", "-"] {
        for (at, _) in text.match_indices(mark) {
            let (left, right) = (&text[..at], &text[at + mark.len()..]);
            if left.len() < 6 || right.len() < 6 {
                continue;
            }
            if let (Some(first), Some(last)) = (day(left), day(right)) {
                return Period::between(first, last);
            }
        }
    }
    None
}

/// Periods that name themselves: years, halves, quarters, months, weeks.
fn named(text: &str) -> Option<Period> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 6 && text.len() == 6 {
        return month(text[..4].parse().ok()?, text[4..].parse().ok()?).filter(|_| &text[4..] != "00");
    }
    if digits != 4 {
        return None;
    }
    let number: i16 = text[..4].parse().ok().filter(|year| (1970..=2200).contains(year))?;
    let rest = text[4..].trim_start_matches(['年', '-', '/', '.', '_', ' ']);
    if rest.is_empty() {
        return year(number);
    }
    let trimmed = rest.trim_start_matches('第');
    let counted = |unit: &[&str]| unit.iter().find_map(|unit| trimmed.strip_suffix(unit)).and_then(small_number);
    if let Some(quarter) = rest.strip_prefix('q').and_then(small_number).or(counted(&["季度", "季"])) {
        return (1..=4).contains(&quarter).then(|| months(number, quarter * 3 - 2, 3)).flatten();
    }
    if let Some(half) = rest.strip_prefix('h').and_then(small_number) {
        return (1..=2).contains(&half).then(|| months(number, half * 6 - 5, 6)).flatten();
    }
    match rest {
        "上半年" => return months(number, 1, 6),
        "下半年" => return months(number, 7, 6),
        _ => {}
    }
    if let Some(week) = rest.strip_prefix('w').and_then(small_number).or(counted(&["周"])) {
        return iso_week(number, week);
    }
    let name = rest.strip_suffix("月份").or(rest.strip_suffix('月')).unwrap_or(rest);
    let number_of_month = small_number(name)?;
    (1..=12).contains(&number_of_month).then(|| month(number, number_of_month)).flatten()
}

/// `3`, `03`, `三`, `十二`.
fn small_number(text: &str) -> Option<i8> {
    const CHINESE: [&str; 12] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];
    match CHINESE.iter().position(|word| *word == text) {
        Some(position) => Some(position as i8 + 1),
        None if (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        None => None,
    }
}

/// Week 1 is the one that the 4th of January lies in.
fn iso_week(year: i16, week: i8) -> Option<Period> {
    let fourth = day_of(year, 1, 4)?;
    let first = fourth - (fourth + 3).rem_euclid(7);
    let monday = first + 7 * (i64::from(week) - 1);
    (1..=53).contains(&week).then(|| Period::between(monday, monday + 6)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str, header: &str) -> Option<String> {
        let zone = Zone::default();
        let period = Period::read(text, Span::of_header(header), DateOrder::MonthFirst, &zone)?;
        let (first, last) = period.days();
        Some(format!("{first} {last} {}", period.name()))
    }

    #[test]
    fn a_period_is_read_as_people_write_it() {
        let march = Some("2025-03-01 2025-03-31 2025-03".to_owned());
        for text in
            ["2025-03", "2025/3", "2025.03", "202503", "2025年3月", "2025年03月份", "２０２５年３月", "2025年三月"]
        {
            assert_eq!(days(text, "统计周期"), march, "{text}");
        }
        for text in ["2025-03-01至2025-03-31", "2025/3/1-2025/3/31", "2025-03-01 ~ 2025-03-31", "2025.3.1—2025.3.31"]
        {
            assert_eq!(days(text, "周期"), march, "{text}");
        }
        assert_eq!(days("2025-03-01", "月份"), march, "a spreadsheet keeps a month as its first day");
        assert_eq!(days("45717", "月份"), march);
        assert_eq!(days("2025-03-31", "统计日期").as_deref(), Some("2025-03-31 2025-03-31 2025-03-31"));
        let quarter = Some("2025-01-01 2025-03-31 2025-Q1".to_owned());
        for text in ["2025Q1", "2025-Q1", "2025年第一季度", "2025年1季度"] {
            assert_eq!(days(text, "季度"), quarter, "{text}");
        }
        let week = Some("2025-03-17 2025-03-23 2025-03-17/2025-03-23".to_owned());
        for text in ["2025-W12", "2025W12", "2025年第12周"] {
            assert_eq!(days(text, "周次"), week, "{text}");
        }
        assert_eq!(days("2025-03-20", "week"), week);
        assert_eq!(days("2025", "年度").as_deref(), Some("2025-01-01 2025-12-31 2025"));
        assert_eq!(days("2024年下半年", "周期").as_deref(), Some("2024-07-01 2024-12-31 2024-07-01/2024-12-31"));
    }

    #[test]
    fn what_is_no_period_is_not_made_one() {
        for text in ["", "甲", "2025-13", "2025Q5", "2025年第99周", "2025-03-31至2025-03-01", "31", "合计"] {
            assert_eq!(days(text, "周期"), None, "{text}");
        }
    }
}
