//! How far a source has been read: the largest value of the column that grows whenever a row is added or changed.

use serde::{Deserialize, Serialize};
use vocab::{Civil, Instant, Zone};

use super::settings::Dialect;
use crate::moment::{self, DateOrder};

/// Seconds of overlap where nothing is said and the watermark is a time.
const OVERLAP_SECONDS: u64 = 600;
/// Overlap where nothing is said and the watermark is a number.
const OVERLAP_COUNT: u64 = 1_000;

/// A value of the watermark column, as the source writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watermark {
    pub(crate) text: String,
    /// Whether the source holds it as a number.
    #[serde(default)]
    pub(crate) is_number: bool,
}

impl Watermark {
    /// Where reading begins again: `overlap` earlier, so that rows committed late are not missed.
    ///
    /// # Edges
    /// What is neither a number nor a time has no earlier: it begins at itself.
    pub(crate) fn before(&self, overlap: Option<u64>) -> Watermark {
        if let (true, Ok(number)) = (self.is_number, self.text.parse::<i128>()) {
            let earlier = number.saturating_sub(i128::from(overlap.unwrap_or(OVERLAP_COUNT)));
            return Watermark { text: earlier.to_string(), is_number: true };
        }
        if let (true, Some(version)) = (self.is_number, row_version(&self.text)) {
            let earlier = version.saturating_sub(overlap.unwrap_or(OVERLAP_COUNT));
            return Watermark { text: format!("0x{earlier:016X}"), is_number: true };
        }
        let seconds = overlap.unwrap_or(OVERLAP_SECONDS);
        match earlier(&self.text, seconds) {
            Some(text) if !self.is_number => Watermark { text, is_number: false },
            _ => self.clone(),
        }
    }

    /// Whether it is further than another one of the same source.
    pub(crate) fn is_after(&self, other: &Watermark) -> bool {
        match (self.text.parse::<i128>(), other.text.parse::<i128>()) {
            (Ok(own), Ok(other)) if self.is_number => own > other,
            _ => self.text > other.text,
        }
    }

    /// The watermark, but not later than now: one row dated in the year 2099 must not hide all that come after it.
    pub(crate) fn not_after(self, now: Instant, zone: &Zone) -> Option<Watermark> {
        let is_time = !self.is_number && split(&self.text).is_some();
        let at = moment::read(&self.text).and_then(|reading| reading.instant(DateOrder::MonthFirst, zone));
        match at {
            Some(at) if is_time && at > now => None,
            _ => Some(self),
        }
    }

    /// As a literal of its database.
    pub(crate) fn literal(&self, dialect: Dialect) -> String {
        if self.is_number && self.text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.')) {
            return self.text.clone();
        }
        if self.is_number && dialect == Dialect::SqlServer && row_version(&self.text).is_some() {
            return self.text.clone();
        }
        match dialect {
            Dialect::Postgres | Dialect::Sqlite => format!("'{}'", self.text.replace('\'', "''")),
            Dialect::MySql => {
                // The session is in UTC, and older servers know no offsets in literals.
                let text = self.text.strip_suffix("+00:00").unwrap_or(&self.text);
                format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
            }
            Dialect::SqlServer => {
                let national = if self.text.is_ascii() { "" } else { "N" };
                format!("{national}'{}'", self.text.replace('\'', "''"))
            }
        }
    }
}

/// The number in a `rowversion`, which SQL Server raises with every change of any row: eight bytes in hexadecimal.
fn row_version(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 16)?;
    u64::from_str_radix(digits, 16).ok()
}

/// A time as sources write it: date, what stands between, time of day, fraction, offset.
struct Split<'a> {
    civil: Civil,
    between: &'a str,
    fraction: &'a str,
    offset: &'a str,
}

fn split(text: &str) -> Option<Split<'_>> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i16> { text.get(from..to)?.parse().ok() };
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' || !text.is_ascii() {
        return None;
    }
    let mut civil = Civil::midnight(number(0, 4)?, number(5, 7)? as i8, number(8, 10)? as i8);
    if bytes.len() == 10 {
        return Some(Split { civil, between: "", fraction: "", offset: "" });
    }
    if !matches!(bytes[10], b'T' | b' ') || bytes.len() < 19 || bytes[13] != b':' || bytes[16] != b':' {
        return None;
    }
    civil.hour = number(11, 13)? as i8;
    civil.minute = number(14, 16)? as i8;
    civil.second = number(17, 19)? as i8;
    let rest = &text[19..];
    let digits = rest.strip_prefix('.').map_or(0, |rest| 1 + rest.bytes().take_while(u8::is_ascii_digit).count());
    let (fraction, offset) = rest.split_at(digits);
    let known = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ':' | 'Z' | ' ');
    offset.chars().all(known).then_some(Split { civil, between: &text[10..11], fraction, offset })
}

/// The same time written the same way, so many seconds earlier.
fn earlier(text: &str, seconds: u64) -> Option<String> {
    let Split { civil, between, fraction, offset } = split(text)?;
    let utc = Zone::utc();
    let seconds = i64::try_from(seconds).ok()?.min(366 * 86_400 * 10);
    // A day has no time of day to go back by: whole days then.
    let seconds = if between.is_empty() { (seconds + 86_399) / 86_400 * 86_400 } else { seconds };
    let at = utc.civil(utc.instant(civil)?.plus_micros(-seconds * 1_000_000));
    let day = format!("{:04}-{:02}-{:02}", at.year, at.month, at.day);
    if between.is_empty() {
        return Some(day);
    }
    Some(format!("{day}{between}{:02}:{:02}:{:02}{fraction}{offset}", at.hour, at.minute, at.second))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(text: &str, overlap: Option<u64>) -> String {
        let is_number = text.parse::<i128>().is_ok();
        Watermark { text: text.to_owned(), is_number }.before(overlap).text
    }

    #[test]
    fn reading_begins_again_a_little_earlier_written_the_same_way() {
        assert_eq!(before("2025-03-08 00:05:00.123+00", Some(600)), "2025-03-07 23:55:00.123+00");
        assert_eq!(before("2025-03-08T10:00:00Z", None), "2025-03-08T09:50:00Z");
        assert_eq!(before("2025-03-01", Some(600)), "2025-02-28");
        assert_eq!(before("5000", None), "4000");
        assert_eq!(before("5", Some(2)), "3");
        assert_eq!(before("01HZX4", None), "01HZX4");
        assert_eq!(before("2025年3月8日", None), "2025年3月8日");
    }

    #[test]
    fn a_row_from_the_future_does_not_hide_those_that_come_after_it() {
        let now = Instant::parse_rfc3339("2025-03-08T00:00:00Z").unwrap();
        let mark = |text: &str| Watermark { text: text.to_owned(), is_number: false };
        assert!(mark("2099-01-01 00:00:00").not_after(now, &Zone::utc()).is_none());
        assert!(mark("2025-03-07 00:00:00").not_after(now, &Zone::utc()).is_some());
        assert!(Watermark { text: "20990101".into(), is_number: true }.not_after(now, &Zone::utc()).is_some());
    }

    #[test]
    fn a_literal_cannot_end_its_own_quotes() {
        let mark = Watermark { text: "a'b\\".into(), is_number: false };
        assert_eq!(mark.literal(Dialect::Postgres), "'a''b\\'");
        assert_eq!(mark.literal(Dialect::MySql), "'a''b\\\\'");
        assert_eq!(Watermark { text: "12".into(), is_number: true }.literal(Dialect::Sqlite), "12");
        assert_eq!(Watermark { text: "甲'".into(), is_number: false }.literal(Dialect::SqlServer), "N'甲'''");
    }

    #[test]
    fn a_row_version_is_gone_back_by_as_a_number() {
        let mark = Watermark { text: "0x00000000000007D1".into(), is_number: true };
        assert_eq!(mark.before(None).text, "0x00000000000003E9");
        assert_eq!(mark.literal(Dialect::SqlServer), "0x00000000000007D1");
        assert!(Watermark { text: "0x0000000000000801".into(), is_number: true }.is_after(&mark));
        let text = Watermark { text: "0x00000000000007D1".into(), is_number: false };
        assert_eq!(text.literal(Dialect::SqlServer), "'0x00000000000007D1'");
    }
}
