//! Days as files write them. A day is counted from 1970-01-01, as the file has it: no zone moves it.

/// The day a text names, with or without a time of day: `1997-01-18`, `1997/1/18`, `1997.1.18`, `19970118`, `1997年1月18日`,
/// or with the year last, when `day_first` says whether the day stands before the month.
///
/// # Edges
/// `None` for a day that does not exist, or anything else.
pub fn day_of(text: &str, day_first: bool) -> Option<i64> {
    let text = text.trim();
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() == 8 && all_digits {
        let number: i64 = text.parse().ok()?;
        return day_number(number / 10_000, number / 100 % 100, number % 100);
    }
    let parts = parts(text)?;
    match parts {
        [(year, 4), (month, _), (day, _)] => day_number(year, month, day),
        [(first, ..=2), (second, ..=2), (year, 4)] => {
            let (day, month) = if day_first { (first, second) } else { (second, first) };
            day_number(year, month, day)
        }
        _ => None,
    }
}

/// Whether texts with the year last put the day before the month: the first that can only be read one way says so.
pub(super) fn day_stands_first<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    for text in texts {
        if let Some([(first, ..=2), (second, ..=2), (_, 4)]) = parts(text.trim()) {
            if first > 12 {
                return true;
            }
            if second > 12 {
                return false;
            }
        }
    }
    false
}

/// The first three runs of digits with their lengths, if only the marks of dates stand between them.
fn parts(text: &str) -> Option<[(i64, usize); 3]> {
    let mut found = [(0, 0); 3];
    let mut rest = text;
    for (at, part) in found.iter_mut().enumerate() {
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 || length > 4 {
            return None;
        }
        *part = (rest[..length].parse().ok()?, length);
        rest = &rest[length..];
        if at < 2 {
            let mark = rest.chars().next()?;
            if !"-/.年月".contains(mark) {
                return None;
            }
            rest = &rest[mark.len_utf8()..];
        }
    }
    // After the day: nothing, its own mark, or a time.
    let ends = rest.chars().next().is_none_or(|mark| mark == 'T' || mark == '日' || mark.is_whitespace());
    ends.then_some(found)
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, if it exists.
fn day_number(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if !(1..=last).contains(&day) || !(1..=9999).contains(&year) {
        return None;
    }
    // Years begin in March, so that the leap day is the last of one.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// `YYYY-MM-DD` of a day.
pub fn day_text(day: i64) -> String {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{date:02}")
}

/// How many days a span like `39w`, `90d`, `6mo` or `1y` has (a month 30.4375, a year 365.25).
pub fn days_of_span(text: &str) -> Option<f64> {
    let text = text.trim();
    let at = text.find(|letter: char| !(letter.is_ascii_digit() || letter == '.'))?;
    let count: f64 = text[..at].parse().ok()?;
    let unit = match &text[at..] {
        "d" => 1.0,
        "w" => 7.0,
        "mo" => 30.4375,
        "y" => 365.25,
        _ => return None,
    };
    (count > 0.0).then_some(count * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_however_it_is_written() {
        let day = day_of("1997-01-18", false);
        assert_eq!(day.map(day_text).as_deref(), Some("1997-01-18"));
        for text in [
            "1997/1/18",
            "19970118",
            "1997.01.18",
            "1997年1月18日",
            "1997-01-18 23:59:59",
            "1997-01-18T08:00:00Z",
            "1/18/1997",
        ] {
            assert_eq!(day_of(text, false), day, "{text}");
        }
        assert_eq!(day_of("18/1/1997 08:26", true), day);
        for text in ["1997-02-29", "1997-13-01", "soon", "", "12", "1997-1", "1997-01-18x"] {
            assert_eq!(day_of(text, false), None, "{text}");
        }
        assert!(day_stands_first(["1/2/1997", "18/1/1997"].into_iter()));
        assert!(!day_stands_first(["1/2/1997", "1/18/1997"].into_iter()));
    }

    #[test]
    fn every_day_of_four_centuries_is_written_as_it_is_read() {
        for day in -60_000..90_000 {
            assert_eq!(day_of(&day_text(day), false), Some(day));
        }
        assert_eq!(day_of("1970-01-01", false), Some(0));
        assert_eq!(day_of("2000-02-29", false), Some(11_016));
    }

    #[test]
    fn a_span_has_its_days() {
        assert_eq!(
            [days_of_span("39w"), days_of_span("90d"), days_of_span("1y")],
            [Some(273.0), Some(90.0), Some(365.25)]
        );
        for text in ["", "w", "39", "-3w", "0d", "3 moons"] {
            assert_eq!(days_of_span(text), None, "{text}");
        }
    }
}
