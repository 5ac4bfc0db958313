//! Reads numbers the way people and spreadsheets write them, exactly, in millionths.
//!
//! Not here: which columns are numbers (`profile`), what a number means (`rows`).

use std::borrow::Cow;

use crate::kind::half_width;

/// Millionths of one.
pub(crate) const ONE: i128 = 1_000_000;
/// The largest magnitude a stored value may have, in millionths.
pub(crate) const LIMIT: i128 = i64::MAX as i128 - 1;

/// A decimal number in millionths: `¥1,234.50`, `1.2万`, `(500)`, `１２３`, `500-`, `1.2E+3`.
///
/// `None` if it is no number. More than six decimals are rounded half away from zero. A percentage is no amount.
pub(crate) fn decimal(text: &str) -> Option<i128> {
    if let Some(plain) = plain_millionths(text.as_bytes()) {
        return Some(plain);
    }
    let mut folded: String = text.chars().map(half_width).filter(|c| !c.is_whitespace()).collect();
    let negative = strip_sign(&mut folded);
    let negative = strip_currency(&mut folded) && strip_sign(&mut folded) || negative;
    let factor = strip_factor(&mut folded);
    let magnitude = unsigned(&folded)?.checked_mul(factor)?;
    // `factor` is at least 1 and the digits were kept to 12 places, so nothing is lost before this rounding.
    let rounded = (magnitude + ONE / 2) / ONE;
    Some(if negative { -rounded } else { rounded })
}

/// Which of two signs parts the decimals off: `1,234.50` or `1.234,50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DecimalMark {
    /// `1,234.50`
    #[default]
    Point,
    /// `1.234,50`
    Comma,
}

impl DecimalMark {
    /// The word in mapping files.
    pub fn as_str(self) -> &'static str {
        match self {
            DecimalMark::Point => "point",
            DecimalMark::Comma => "comma",
        }
    }

    /// Which mark a cell speaks for: one that can only be read with it.
    pub(crate) fn vote(cell: &str) -> Option<DecimalMark> {
        let bytes = cell.as_bytes();
        let speaks = |byte: &u8| matches!(byte, b',' | b'.') || !byte.is_ascii();
        let at = bytes.iter().position(speaks)?;
        if bytes.len() > 40 {
            return None;
        }
        // Nearly every cell is a plain number: `12.50` has one reading, `1.250` two.
        let begin = usize::from(bytes[0] == b'-');
        let (whole, fraction) = (&bytes[begin.min(at)..at], &bytes[at + 1..]);
        if bytes[at] == b'.'
            && (1..=12).contains(&whole.len())
            && (1..=6).contains(&fraction.len())
            && whole.iter().chain(fraction).all(u8::is_ascii_digit)
        {
            let is_group = fraction.len() == 3 && whole.len() <= 3;
            return (!is_group).then_some(DecimalMark::Point);
        }
        match (decimal(cell).is_some(), decimal(&swapped(cell)).is_some()) {
            (true, false) => Some(DecimalMark::Point),
            (false, true) => Some(DecimalMark::Comma),
            _ => None,
        }
    }
}

/// [`decimal`], for a file whose decimals are parted off by this mark.
pub(crate) fn decimal_with(text: &str, mark: DecimalMark) -> Option<i128> {
    match mark {
        DecimalMark::Point => decimal(text),
        DecimalMark::Comma if !text.contains([',', '.', '，', '．']) => decimal(text),
        DecimalMark::Comma => decimal(&swapped(text)),
    }
}

fn swapped(text: &str) -> String {
    let swap = |c| match c {
        ',' => '.',
        '.' => ',',
        c => c,
    };
    text.chars().map(half_width).map(swap).collect()
}

/// Takes a minus sign, a plus sign or accounting brackets off; whether the number is negative.
fn strip_sign(text: &mut String) -> bool {
    if text.starts_with('(') && text.ends_with(')') && text.len() > 2 {
        text.pop();
        text.remove(0);
        return true;
    }
    if text.starts_with('-') {
        text.remove(0);
        return true;
    }
    if text.starts_with('+') {
        text.remove(0);
    } else if text.ends_with('-') {
        text.pop();
        return true;
    }
    false
}

/// Takes the marks of a currency off; whether there was one in front, behind which a sign may stand.
fn strip_currency(text: &mut String) -> bool {
    const BEFORE: [&str; 12] = ["¥", "$", "€", "£", "CNY", "RMB", "USD", "EUR", "人民币", "US$", "HK$", "NT$"];
    const AFTER: [&str; 7] = ["元", "圆", "CNY", "RMB", "USD", "EUR", "€"];
    let mut in_front = false;
    for mark in BEFORE {
        if let Some(rest) = text.strip_prefix(mark) {
            *text = rest.to_owned();
            in_front = true;
            break;
        }
    }
    for mark in AFTER {
        if let Some(rest) = text.strip_suffix(mark) {
            *text = rest.to_owned();
            break;
        }
    }
    in_front
}

fn strip_factor(text: &mut String) -> i128 {
    const FACTORS: [(&str, i128); 6] =
        [("万亿", 1_000_000_000_000), ("亿", 100_000_000), ("万", 10_000), ("千", 1_000), ("k", 1_000), ("K", 1_000)];
    for (word, factor) in FACTORS {
        if let Some(rest) = text.strip_suffix(word) {
            *text = rest.to_owned();
            return factor;
        }
    }
    1
}

/// Digits, thousands separators, a point and an exponent, in 10⁻¹².
fn unsigned(text: &str) -> Option<i128> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
        None => (text, 0),
    };
    if !(-12..=18).contains(&exponent) {
        return None;
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = without_separators(whole)?;
    if whole.is_empty() && fraction.is_empty() || whole.len() > 20 || fraction.len() > 40 {
        return None;
    }
    if !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut value: i128 = 0;
    for digit in whole.bytes() {
        value = value * 10 + i128::from(digit - b'0');
    }
    let mut places = 12 + exponent;
    for digit in fraction.bytes() {
        if places == 0 {
            break;
        }
        value = value.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        places -= 1;
    }
    value.checked_mul(10i128.checked_pow(u32::try_from(places).ok()?)?)
}

/// Takes thousands separators out if they are where they belong.
fn without_separators(whole: &str) -> Option<Cow<'_, str>> {
    if !whole.contains([',', '\'']) {
        return Some(Cow::Borrowed(whole));
    }
    let groups: Vec<&str> = whole.split([',', '\'']).collect();
    let (first, rest) = groups.split_first()?;
    let placed = (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    placed.then(|| Cow::Owned(groups.concat()))
}

/// The quick way for `-12.5`: sign, digits, up to six decimals, nothing else.
fn plain_millionths(bytes: &[u8]) -> Option<i128> {
    let (negative, digits) = match bytes.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 24 {
        return None;
    }
    if digits.len() <= 12 {
        return short_millionths(digits).map(|value| i128::from(if negative { -value } else { value }));
    }
    let mut value: i128 = 0;
    let mut places: Option<u32> = None;
    for &byte in digits {
        match byte {
            b'0'..=b'9' => {
                value = value * 10 + i128::from(byte - b'0');
                if let Some(places) = &mut places {
                    *places += 1;
                }
            }
            b'.' if places.is_none() => places = Some(0),
            _ => return None,
        }
    }
    if places == Some(0) || digits[0] == b'.' {
        return None;
    }
    let places = places.unwrap_or(0);
    if places > 6 {
        return None;
    }
    let scaled = value * 10i128.pow(6 - places);
    Some(if negative { -scaled } else { scaled })
}

/// The same of at most 12 digits and points, which 64 bits hold in millionths.
fn short_millionths(digits: &[u8]) -> Option<i64> {
    let (mut value, mut places) = (0i64, None);
    for &byte in digits {
        match (byte, places) {
            (b'0'..=b'9', _) => {
                value = value * 10 + i64::from(byte - b'0');
                places = places.map(|places| places + 1);
            }
            (b'.', None) => places = Some(0),
            _ => return None,
        }
    }
    match (places, digits[0]) {
        (Some(0), _) | (_, b'.') => None,
        (places @ (None | Some(1..=6)), _) => Some(value * 10i64.pow(6 - places.unwrap_or(0))),
        _ => None,
    }
}

/// [`written`], put behind what stands there already.
pub(crate) fn write_to(out: &mut String, millionths: i64) {
    /// Digits of the largest whole number; those of millionths.
    const WHOLE: usize = 13;
    const PLACES: usize = 6;
    let magnitude = millionths.unsigned_abs();
    let (mut whole, mut part) = (magnitude / ONE as u64, magnitude % ONE as u64);
    let mut text = [b'0'; 1 + WHOLE + 1 + PLACES];
    let mut begin = 1 + WHOLE;
    loop {
        begin -= 1;
        text[begin] = b'0' + (whole % 10) as u8;
        whole /= 10;
        if whole == 0 {
            break;
        }
    }
    if millionths < 0 {
        begin -= 1;
        text[begin] = b'-';
    }
    let mut end = 1 + WHOLE;
    if part > 0 {
        text[end] = b'.';
        end += 1 + PLACES;
        text[end - PLACES..end].iter_mut().rev().for_each(|digit| {
            *digit = b'0' + (part % 10) as u8;
            part /= 10;
        });
        while text[end - 1] == b'0' {
            end -= 1;
        }
    }
    out.push_str(std::str::from_utf8(&text[begin..end]).unwrap_or_default());
}

/// Millionths written without trailing zeros.
pub(crate) fn written(millionths: i128) -> String {
    vocab::Amount::from_millionths(millionths).to_string()
}

/// Whether a cell is a plain decimal that a spreadsheet would hold as a number without losing a digit: no leading
/// zero, at most 15 digits.
pub(crate) fn is_plain(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_digits(whole)
        && fraction.is_none_or(is_digits)
        && (whole == "0" || !whole.starts_with('0'))
        && whole.len() + fraction.map_or(0, str::len) <= 15
}

/// A plain decimal without the zeros at the end of its fraction: `17850.0` is `17850`, `2.50` is `2.5`, `-0` is `0`.
pub(crate) fn canonical(cell: &str) -> &str {
    let trimmed = match cell.contains('.') {
        true => cell.trim_end_matches('0').trim_end_matches('.'),
        false => cell,
    };
    if trimmed == "-0" { "0" } else { trimmed }
}

/// Whether a cell looks like a number that a spreadsheet cut down to scientific notation: `1.38E+10`.
pub(crate) fn is_scientific(cell: &str) -> bool {
    let Some((mantissa, exponent)) = cell.split_once(['e', 'E']) else { return false };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (exponent, plus) = match exponent.strip_prefix('+') {
        Some(rest) => (rest, true),
        None => (exponent, false),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    (mantissa.len() > 1 || plus)
        && whole.len() == 1
        && is_digits(whole)
        && is_digits(fraction)
        && (1..=2).contains(&exponent.len())
        && is_digits(exponent)
}

/// Whether a key has been masked: `138****1234`.
pub(crate) fn is_masked(cell: &str) -> bool {
    cell.contains("**") || cell.contains("＊＊")
}

/// `a · b` in millionths, rounded half away from zero.
pub(crate) fn times(a: i128, b: i128) -> Option<i128> {
    if let (Ok(a), Ok(b)) = (i64::try_from(a), i64::try_from(b))
        && let Some(product) = a.checked_mul(b)
        && product.unsigned_abs() < 1 << 62
    {
        let half = if product < 0 { -ONE / 2 } else { ONE / 2 } as i64;
        return Some(i128::from((product + half) / ONE as i64));
    }
    let product = a.checked_mul(b)?;
    let half = if product < 0 { -ONE / 2 } else { ONE / 2 };
    Some((product + half) / ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        decimal(text).map(written)
    }

    #[test]
    fn the_quick_ways_say_what_the_slow_ones_say() {
        let slow_times = |a: i128, b: i128| {
            let product = a * b;
            (product + if product < 0 { -ONE / 2 } else { ONE / 2 }) / ONE
        };
        let numbers =
            [0i64, 1, -1, 499_999, 500_000, -500_001, 12_500_000, -2_000_000, 4_000_000_000, i64::MAX, i64::MIN];
        for a in numbers {
            let mut text = String::new();
            write_to(&mut text, a);
            assert_eq!(text, written(i128::from(a)));
            for b in numbers {
                assert_eq!(
                    times(i128::from(a), i128::from(b)),
                    Some(slow_times(i128::from(a), i128::from(b))),
                    "{a} {b}"
                );
            }
        }
        for (cell, mark) in [
            ("12.50", Some(DecimalMark::Point)),
            ("1.250", None),
            ("1234.250", Some(DecimalMark::Point)),
            ("-0.5", Some(DecimalMark::Point)),
            ("-1.250", None),
            ("12,50", Some(DecimalMark::Comma)),
            ("1.25.0", None),
            ("12.", Some(DecimalMark::Point)),
            ("12", None),
        ] {
            assert_eq!(DecimalMark::vote(cell), mark, "{cell}");
            let slow = match (decimal(cell).is_some(), decimal(&swapped(cell)).is_some()) {
                (true, false) => Some(DecimalMark::Point),
                (false, true) => Some(DecimalMark::Comma),
                _ => None,
            };
            assert_eq!(slow, mark, "{cell}");
        }
    }

    #[test]
    fn money_is_read_as_people_write_it() {
        for (text, expected) in [
            ("1234.5", "1234.5"),
            ("-0.000001", "-0.000001"),
            ("¥1,234.50", "1234.5"),
            ("￥１，２３４．５０", "1234.5"),
            ("1.2万", "12000"),
            ("3亿", "300000000"),
            ("(500)", "-500"),
            ("（500.25）", "-500.25"),
            ("-¥500", "-500"),
            ("¥-500", "-500"),
            ("500-", "-500"),
            ("1 234 567.8", "1234567.8"),
            ("99元", "99"),
            ("RMB 88", "88"),
            ("1.2E+3", "1200"),
            ("1.23456789", "1.234568"),
            (".5", "0.5"),
            ("2.5k", "2500"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_not_made_one() {
        for text in [
            "",
            "-",
            "abc",
            "12%",
            "1,23",
            "1,2345",
            "1.2.3",
            "--5",
            "1e999",
            "五百",
            "5万5",
            "NaN",
            "inf",
            "99999999999999999999999999999999",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_comma_may_part_the_decimals_off() {
        let comma = |text: &str| decimal_with(text, DecimalMark::Comma).map(written);
        for (text, expected) in
            [("1.234,50", "1234.5"), ("12,5", "12.5"), ("-1.000", "-1000"), ("7", "7"), ("(3,25)", "-3.25")]
        {
            assert_eq!(comma(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(DecimalMark::vote("12,5"), Some(DecimalMark::Comma));
        assert_eq!(DecimalMark::vote("1.234,5"), Some(DecimalMark::Comma));
        assert_eq!(DecimalMark::vote("12.5"), Some(DecimalMark::Point));
        assert_eq!(DecimalMark::vote("1,234.5"), Some(DecimalMark::Point));
        assert_eq!((DecimalMark::vote("1,234"), DecimalMark::vote("5"), DecimalMark::vote("a,b")), (None, None, None));
    }

    #[test]
    fn a_plain_decimal_survives_a_spreadsheet() {
        assert!(is_plain("17850.0") && is_plain("0") && is_plain("-2.50") && is_plain("0.5"));
        assert!(
            !is_plain("007") && !is_plain("123456789012345678") && !is_plain("") && !is_plain("1.") && !is_plain("1,5")
        );
        assert_eq!(canonical("17850.0"), "17850");
        assert_eq!(canonical("2.50"), "2.5");
        assert_eq!(canonical("100"), "100");
        assert_eq!(canonical("-0.0"), "0");
    }

    #[test]
    fn a_phone_cut_down_by_a_spreadsheet_is_seen() {
        assert!(is_scientific("1E+10"));
        assert!(is_scientific("1.38E+10") && is_scientific("1.23457E+17") && is_scientific("1.38e10"));
        assert!(
            !is_scientific("85123E") && !is_scientific("1E5") && !is_scientific("A1.2E+3") && !is_scientific("12E3")
        );
        assert!(is_masked("138****1234"));
    }
}
