//! Birthdays as people write them, solar or lunar, and the day on which they are kept in a year.
//!
//! Not here: whose birthday it is and when somebody is reminded of it ([`crate::ReminderBook`]).

use calendar::{day_of, lunar_kept};

/// A birthday without its year: nobody is asked their age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birthday {
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month.
    pub day: u8,
    /// Whether it is a date of the lunar calendar.
    pub is_lunar: bool,
    /// Whether its lunar month is a leap month (闰月).
    pub is_leap: bool,
}

const LUNAR: [&str; 4] = ["农历", "阴历", "旧历", "lunar"];
const SOLAR: [&str; 4] = ["公历", "阳历", "新历", "solar"];

impl Birthday {
    /// Reads a birthday: `1980-02-29`, `1980/2/29`, `2-29`, `19800229`, `2月29日`, `农历八月十五`, `闰四月初八`.
    /// `is_lunar` says which calendar a text is of that names none itself.
    ///
    /// # Edges
    /// A text that is no day of either calendar: `None`. A lunar month in Chinese numerals (`正月初一`) is lunar whatever
    /// is said.
    pub fn read(text: &str, is_lunar: bool) -> Option<Birthday> {
        let text = text.trim().to_lowercase();
        let named = |words: &[&str]| words.iter().find_map(|word| text.strip_prefix(word)).map(str::trim);
        let (rest, is_lunar) = match (named(&LUNAR), named(&SOLAR)) {
            (Some(rest), _) => (rest, true),
            (_, Some(rest)) => (rest, false),
            _ => (text.as_str(), is_lunar),
        };
        let (rest, is_leap) = match rest.strip_prefix('闰') {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let (month, day, in_words) = match in_figures(rest) {
            Some((month, day)) => (month, day, false),
            None => in_words(rest).map(|(month, day)| (month, day, true))?,
        };
        let is_lunar = is_lunar || is_leap || in_words;
        let last = if is_lunar { 30 } else { last_of(month)? };
        ((1..=12).contains(&month) && (1..=last).contains(&day)).then_some(Birthday { month, day, is_lunar, is_leap })
    }

    /// The day on which it is kept in a year of its own calendar, as days since 1970-01-01.
    ///
    /// # Edges
    /// 29 February is kept on the 28th in a year without it; a lunar date as [`calendar::lunar_kept`] says. `None` for
    /// lunar years outside the table.
    pub fn kept(self, year: i16) -> Option<i64> {
        if self.is_lunar {
            return lunar_kept(year, self.month, self.day, self.is_leap);
        }
        let (month, day) = (self.month as i8, self.day as i8);
        day_of(year, month, day).or_else(|| if (month, day) == (2, 29) { day_of(year, 2, 28) } else { None })
    }
}

/// The longest that a month of the solar calendar can be.
fn last_of(month: u8) -> Option<u8> {
    let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    lengths.get(usize::from(month).checked_sub(1)?).copied()
}

/// Month and day in figures, with or without a year, whatever stands between them; a time of day after it is passed
/// over.
fn in_figures(text: &str) -> Option<(u8, u8)> {
    let date = text.split(['t', ' ']).next()?;
    let date = date.strip_suffix('日').or_else(|| date.strip_suffix('号')).unwrap_or(date);
    if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((date[4..6].parse().ok()?, date[6..].parse().ok()?));
    }
    let parts: Vec<&str> = date.split(['-', '/', '.', '年', '月']).collect();
    let parts = match parts.as_slice() {
        [year, rest @ ..] if year.len() == 4 && rest.len() == 2 && year.parse::<u16>().is_ok() => rest,
        [_, _] => parts.as_slice(),
        _ => return None,
    };
    Some((parts[0].parse().ok()?, parts[1].parse().ok()?))
}

/// Month and day of the lunar calendar in its own numerals.
fn in_words(text: &str) -> Option<(u8, u8)> {
    const MONTHS: [&str; 12] = ["正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊"];
    let (month, day) = text.split_once('月')?;
    let month = match month {
        "一" => 1,
        "十一" => 11,
        "十二" => 12,
        other => MONTHS.iter().position(|one| *one == other)? as u8 + 1,
    };
    let digit =
        |text: &str| "一二三四五六七八九".chars().position(|one| text == one.to_string()).map(|at| at as u8 + 1);
    let day = day.strip_suffix(['日', '号']).unwrap_or(day);
    let day = match day {
        "初十" | "十" => 10,
        "二十" | "廿" => 20,
        "三十" | "卅" => 30,
        other => match other.chars().next()? {
            '初' => digit(other.strip_prefix('初')?)?,
            '十' => 10 + digit(other.strip_prefix('十')?)?,
            '廿' => 20 + digit(other.strip_prefix('廿')?)?,
            '二' if other.starts_with("二十") => 20 + digit(other.strip_prefix("二十")?)?,
            _ => digit(other)?,
        },
    };
    Some((month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birthday_is_read_however_it_is_written() {
        let solar = |month, day| Some(Birthday { month, day, is_lunar: false, is_leap: false });
        let lunar = |month, day, is_leap| Some(Birthday { month, day, is_lunar: true, is_leap });
        for (text, read) in [
            ("1980-02-29", solar(2, 29)),
            ("1980/2/29", solar(2, 29)),
            ("1980.2.9", solar(2, 9)),
            ("19801231", solar(12, 31)),
            ("3-8", solar(3, 8)),
            ("1980年3月8日", solar(3, 8)),
            ("3月8号", solar(3, 8)),
            ("1980-02-29T00:00:00Z", solar(2, 29)),
            ("1980-02-29 00:00:00", solar(2, 29)),
            ("公历 5月1日", solar(5, 1)),
            ("农历1980-08-15", lunar(8, 15, false)),
            ("农历八月十五", lunar(8, 15, false)),
            ("八月廿三", lunar(8, 23, false)),
            ("正月初一", lunar(1, 1, false)),
            ("腊月三十", lunar(12, 30, false)),
            ("闰四月初八", lunar(4, 8, true)),
            ("农历闰6-8", lunar(6, 8, true)),
        ] {
            assert_eq!(Birthday::read(text, false), read, "{text}");
        }
        assert_eq!(Birthday::read("8-15", true), lunar(8, 15, false), "a column of lunar birthdays");
        for text in
            ["", "不详", "2-30", "13-1", "0-5", "1980", "1980-13-01", "农历8-31", "八月", "月初一", "-", "三月初"]
        {
            assert_eq!(Birthday::read(text, false), None, "{text}");
        }
    }

    #[test]
    fn whoever_was_born_on_a_leap_day_has_a_birthday_every_year() {
        let leap = Birthday::read("2000-02-29", false).unwrap();
        assert_eq!(leap.kept(2024), day_of(2024, 2, 29));
        assert_eq!(leap.kept(2025), day_of(2025, 2, 28));
        let lunar = Birthday::read("闰六月初八", false).unwrap();
        assert_eq!(lunar.kept(2025).map(calendar::written_day).as_deref(), Some("2025-08-01"));
        assert_eq!(lunar.kept(2026), calendar::lunar_day(2026, 6, 8, false), "a year without the leap month");
    }
}
