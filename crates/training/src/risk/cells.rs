//! Cells of text as numbers, days or nothing.

use crate::lab::day_of;

/// Words that stand for no value.
const BLANKS: [&str; 20] = [
    "", "na", "n/a", "#n/a", "nan", "null", "nil", "-", "--", "—", "?", "missing", "unknown", "未知", "缺失", "空",
    "不详", "暂无", "\\n", ".",
];

/// Names of currencies that stand before a number.
const CURRENCIES: [&str; 8] = ["CNY", "RMB", "USD", "EUR", "GBP", "HKD", "US$", "HK$"];

/// Whether a cell says nothing.
pub(super) fn is_blank(cell: &str) -> bool {
    let cell = cell.trim();
    cell.len() <= 8 && BLANKS.contains(&cell.to_lowercase().as_str())
}

/// A cell as a number: plain, with thousands separators, a currency, a per cent sign, full-width digits, in brackets for
/// negative. `None` if it is none.
pub(super) fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    if let Ok(value) = cell.parse::<f64>() {
        let is_word = cell.bytes().any(|byte| byte.is_ascii_alphabetic() && byte != b'e' && byte != b'E');
        return (value.is_finite() && !is_word).then_some(value);
    }
    let mut plain = String::with_capacity(cell.len());
    for letter in cell.chars() {
        plain.push(match letter {
            '０'..='９' => char::from(b'0' + (letter as u32 - '０' as u32) as u8),
            '．' => '.',
            '，' => ',',
            '－' | '−' => '-',
            '％' => '%',
            '（' => '(',
            '）' => ')',
            letter if letter.is_whitespace() => continue,
            letter => letter,
        });
    }
    let (plain, sign) = match plain.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (inner.to_owned(), -1.0),
        None => (plain, 1.0),
    };
    let (priced, sign) = match plain.strip_prefix('-') {
        Some(rest) if without_currency(rest) != rest => (rest, -sign),
        _ => (plain.as_str(), sign),
    };
    let trimmed = without_currency(priced);
    let trimmed = trimmed.strip_suffix('元').or_else(|| trimmed.strip_suffix('%')).unwrap_or(trimmed);
    let digits = if trimmed.contains(',') { without_thousands(trimmed)? } else { trimmed.to_owned() };
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    digits.parse::<f64>().ok().filter(|value| is_plain && value.is_finite()).map(|value| sign * value)
}

/// What stands behind the name or the sign of a currency.
fn without_currency(text: &str) -> &str {
    let named = CURRENCIES.iter().find_map(|name| text.strip_prefix(name)).unwrap_or(text);
    named.trim_start_matches(['¥', '￥', '$', '€', '£'])
}

/// A cell as a number whose decimals stand after a comma: `1.234,5`, `12,5`.
pub(super) fn comma_number(cell: &str) -> Option<f64> {
    let turned = cell.chars().map(|letter| match letter {
        ',' => '.',
        '.' => ',',
        letter => letter,
    });
    number(&turned.collect::<String>())
}

/// A cell as a number and its unit in small letters, `""` for none; 千, 万 and 亿 before the unit multiply. `None` if it does
/// not begin with its number, or the unit has digits or is longer than eight letters.
pub(super) fn quantity(cell: &str) -> Option<(f64, String)> {
    let cell = cell.trim();
    let last = cell.rfind(|letter: char| letter.is_ascii_digit() || ('０'..='９').contains(&letter))?;
    let end = last + cell[last..].chars().next().map_or(0, char::len_utf8);
    let value = number(&cell[..end])?;
    let unit = cell[end..].trim();
    let (factor, unit) = match unit.chars().next() {
        Some('千') if !unit.starts_with("千米") && !unit.starts_with("千克") => (1e3, &unit['千'.len_utf8()..]),
        Some('万') => (1e4, &unit['万'.len_utf8()..]),
        Some('亿') => (1e8, &unit['亿'.len_utf8()..]),
        _ => (1.0, unit),
    };
    let unit = unit.trim_end_matches('.').to_lowercase();
    // One month, two months.
    let unit = unit.strip_suffix('s').filter(|one| one.len() > 1).map_or(unit.clone(), str::to_owned);
    (unit.chars().count() <= 8).then_some((value * factor, unit))
}

/// Eight digits as a day of the years 1900 to 2100; `None` for anything else.
pub(super) fn compact_day(cell: &str) -> Option<f64> {
    let is_plain = cell.len() == 8 && cell.bytes().all(|byte| byte.is_ascii_digit());
    let day = day_of(cell, false).filter(|_| is_plain)?;
    matches!(&cell[..2], "19" | "20").then_some(day as f64)
}

/// `1,234,567.8` without its separators; `None` where the groups are not of three.
fn without_thousands(text: &str) -> Option<String> {
    let (whole, rest) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let mut groups = whole.trim_start_matches(['-', '+']).split(',');
    let first = groups.next()?;
    let is_sound = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    let rest = rest.map(|rest| format!(".{rest}")).unwrap_or_default();
    is_sound.then(|| format!("{}{rest}", whole.replace(',', "")))
}

/// The order in which a column writes day and month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayOrder {
    /// 31/12/2025.
    DayFirst,
    /// 12/31/2025.
    MonthFirst,
}

/// A cell as a day (days since 1970-01-01, with the time of day as a fraction); `None` if it is none.
///
/// Reads 2025-12-31, 2025/12/31, 2025.12.31, 2025年12月31日 and, by the order given, 31/12/2025; a time may follow. A month
/// (2025-12, 2025年12月) is its first day. English months have their names: 31-Dec-2025, Dec 31, 2025.
pub(super) fn day(cell: &str, order: DayOrder) -> Option<f64> {
    let cell = cell.trim();
    if cell.bytes().any(|byte| byte.is_ascii_alphabetic() && !matches!(byte, b'T' | b'Z')) {
        return named_day(cell);
    }
    let (date, time) = match cell.find([' ', 'T']) {
        Some(at) if cell.is_char_boundary(at) => (&cell[..at], cell[at + 1..].trim()),
        _ => (cell, ""),
    };
    let marks = ['-', '/', '.', '年', '月'];
    let date = date.trim_end_matches(['日', '月']);
    let mut parts = date.split(marks);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next().unwrap_or("1"));
    let is_digits = |part: &str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || ![first, second, third].into_iter().all(is_digits) {
        return None;
    }
    let value = |part: &str| part.parse::<i64>().ok();
    let (year, month, date) = match (first.len(), third.len()) {
        (4, 1..=2) => (value(first)?, value(second)?, value(third)?),
        (1..=2, 4) if order == DayOrder::DayFirst => (value(third)?, value(second)?, value(first)?),
        (1..=2, 4) => (value(third)?, value(first)?, value(second)?),
        _ => return None,
    };
    let is_sound = year_is_sound(year) && (1..=12).contains(&month) && (1..=31).contains(&date);
    is_sound.then(|| days(year, month, date) as f64 + time_of_day(time))
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A day whose month has its English name, or three letters of it and more: `5-Jan-2024`, `January 5, 2024`, `Jan 2024`.
fn named_day(cell: &str) -> Option<f64> {
    let parts: Vec<String> =
        cell.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).map(str::to_lowercase).collect();
    let month = |part: &str| MONTHS.iter().position(|name| part.len() >= 3 && name.starts_with(part));
    let place = parts.iter().position(|part| month(part).is_some())?;
    let others: Vec<&str> =
        parts.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, part)| part.as_str()).collect();
    let (date, year) = match others[..] {
        [year] => ("1", year),
        [date, year] if place <= 1 => (date, year),
        _ => return None,
    };
    let number = |text: &str| text.parse::<i64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let (date, year, month) = (number(date)?, number(year)?, month(&parts[place])? as i64 + 1);
    let is_sound = year_is_sound(year) && (1..=31).contains(&date);
    is_sound.then(|| days(year, month, date) as f64)
}

/// Years that dates of customers are of.
fn year_is_sound(year: i64) -> bool {
    (1800..=2200).contains(&year)
}

/// The share of a day that `10:30[:15]` has passed; 0 where nothing of the kind is said.
fn time_of_day(text: &str) -> f64 {
    let mut parts = text.split(':').map(|part| part.trim_end_matches(|c: char| !c.is_ascii_digit()).parse::<f64>());
    let (Some(Ok(hours)), Some(Ok(minutes))) = (parts.next(), parts.next()) else { return 0.0 };
    (hours / 24.0 + minutes / 1440.0).clamp(0.0, 1.0)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
///
/// # Source
/// Fliegel & Van Flandern (1968), *Communications of the ACM* 11(10), 657.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let a = (month - 14) / 12;
    1461 * (year + 4800 + a) / 4 + 367 * (month - 2 - 12 * a) / 12 - 3 * ((year + 4900 + a) / 100) / 4 + day
        - 32_075
        - 2_440_588
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (cell, expected) in [
            ("29.85", 29.85),
            (" 1,234.5 ", 1234.5),
            ("¥1,200", 1200.0),
            ("12%", 12.0),
            ("（300）", -300.0),
            ("１，２３４．５", 1234.5),
            ("９８．７％", 98.7),
            ("-¥300", -300.0),
            ("RMB 1,200.50", 1200.5),
            ("US$12", 12.0),
            ("１２", 12.0),
            ("1e3", 1000.0),
        ] {
            assert_eq!(number(cell), Some(expected), "{cell}");
        }
        for cell in ["", "abc", "1,23", "nan", "inf", "382-4657", "12 months", "--5", "-.", "USD", "CNY A5"] {
            assert_eq!(number(cell), None, "{cell}");
        }
    }

    #[test]
    fn quantities_are_read_with_their_unit() {
        for (cell, value, unit) in [
            ("36 months", 36.0, "month"),
            ("1 Month", 1.0, "month"),
            ("1,200.5kg", 1200.5, "kg"),
            ("1.2万元", 12_000.0, "元"),
            ("３天", 3.0, "天"),
            ("12", 12.0, ""),
            ("3s", 3.0, "s"),
        ] {
            assert_eq!(quantity(cell), Some((value, unit.to_owned())), "{cell}");
        }
        for cell in ["", "abc", "A12", "3室1厅", "10:30", "2 and a long remark"] {
            assert_eq!(quantity(cell), None, "{cell}");
        }
    }

    #[test]
    fn days_are_read_in_the_order_of_the_column() {
        assert_eq!(day("1970-01-02", DayOrder::DayFirst), Some(1.0));
        assert_eq!(day("2024年2月29日", DayOrder::DayFirst), Some(19_782.0));
        assert_eq!(day("01/03/2024", DayOrder::DayFirst), day("2024-03-01", DayOrder::DayFirst));
        assert_eq!(day("01/03/2024", DayOrder::MonthFirst), day("2024-01-03 00:00:00", DayOrder::DayFirst));
        assert_eq!(day("2024-01-01T12:00", DayOrder::DayFirst), Some(19_723.5));
        assert_eq!(day("2024年3月", DayOrder::DayFirst), day("2024-03-01", DayOrder::DayFirst));
        assert_eq!(day("2024-3", DayOrder::MonthFirst), day("2024-03-01", DayOrder::DayFirst));
        for cell in ["29-Feb-2024", "Feb 29, 2024", "29 february 2024"] {
            assert_eq!(day(cell, DayOrder::MonthFirst), Some(19_782.0), "{cell}");
        }
        assert_eq!(day("March 2024", DayOrder::DayFirst), day("2024-03-01", DayOrder::DayFirst));
        assert_eq!(compact_day("20240229"), Some(19_782.0));
        for cell in ["20240230", "12345678", "2024022", "2024-2-9"] {
            assert_eq!(compact_day(cell), None, "{cell}");
        }
        for cell in
            ["382-46-5", "12-31", "382-4657", "2024", "May", "5-Ma-2024", "plan may 3", "Dec 31, 25x", "3 May 4 2024"]
        {
            assert_eq!(day(cell, DayOrder::DayFirst), None, "{cell}");
        }
        assert!(is_blank(" N/A ") && is_blank("未知") && !is_blank("No"));
    }
}
