//! Numbers and addresses by which a person can be reached, hidden but for what tells two of them apart.
//!
//! Not here: who may see them whole, and that looking is recorded (`app`).

use std::borrow::Cow;

use crate::{Email, Phone};

/// Digits before and after which a mobile number is commonly parted.
const GAPS: [usize; 2] = [3, 7];
const MOBILE_DIGITS: usize = 11;

/// A text with every mobile number and e-mail address in it hidden: `138****5678`, `z***@example.cn`. Where the whole text
/// is a number, a desk's or a foreign one is hidden too.
///
/// # Edges
/// What is hidden already stays as it is. Eleven digits that begin like a mobile number are taken for one, whatever they
/// stand for: better an order number hidden than a customer's.
///
/// # Example
/// ```
/// assert_eq!(vocab::masked("13812345678"), "138****5678");
/// assert_eq!(vocab::masked("回电 138 1234 5678，或写信到 zhang@example.cn"), "回电 138****5678，或写信到 z***@example.cn");
/// assert_eq!(vocab::masked("订单 2025063012345"), "订单 2025063012345");
/// ```
pub fn masked(text: &str) -> Cow<'_, str> {
    let may_hold =
        text.contains('@') || text.contains('＠') || text.chars().filter(|c| digit(*c).is_some()).count() >= 7;
    let is_decimal = text.contains('.') && text.parse::<f64>().is_ok();
    if !may_hold || is_decimal {
        return Cow::Borrowed(text);
    }
    if let Some(phone) = Phone::parse(text) {
        return Cow::Owned(ends(phone.as_str()));
    }
    if let Some(email) = Email::parse(text) {
        return Cow::Owned(address(email.as_str()));
    }
    let chars: Vec<char> = text.chars().collect();
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        if let Some((end, hidden)) = mobile_at(&chars, at).or_else(|| address_at(&chars, at)) {
            shown.push_str(&hidden);
            at = end;
        } else {
            shown.push(chars[at]);
            at += 1;
        }
    }
    if shown == text { Cow::Borrowed(text) } else { Cow::Owned(shown) }
}

/// The first three and the last four signs of a number.
fn ends(number: &str) -> String {
    let signs: Vec<char> = number.chars().collect();
    if signs.len() <= 7 {
        return "****".to_owned();
    }
    let (first, last): (String, String) = (signs[..3].iter().collect(), signs[signs.len() - 4..].iter().collect());
    format!("{first}****{last}")
}

fn address(email: &str) -> String {
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{domain}")
}

fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_u32(c as u32 - 0xfee0),
        _ => None,
    }
}

/// A mobile number that begins here: where it ends, and what is shown of it.
fn mobile_at(chars: &[char], from: usize) -> Option<(usize, String)> {
    digit(chars[from])?;
    if from > 0 && (digit(chars[from - 1]).is_some() || chars[from - 1].is_ascii_alphabetic() || chars[from - 1] == '.')
    {
        return None;
    }
    let begins = from + country(&chars[from..]);
    let mut digits = String::with_capacity(MOBILE_DIGITS);
    let mut at = begins;
    while digits.len() < MOBILE_DIGITS {
        match chars.get(at).copied() {
            Some(c) if digit(c).is_some() => digits.extend(digit(c)),
            Some(' ' | '-' | '\u{3000}') if GAPS.contains(&digits.len()) => {}
            _ => return None,
        }
        at += 1;
    }
    let ends_here = chars.get(at).is_none_or(|c| digit(*c).is_none() && !c.is_ascii_alphabetic());
    let is_mobile = digits.starts_with('1') && !matches!(digits.as_bytes()[1], b'0'..=b'2');
    (ends_here && is_mobile).then(|| (at, ends(&digits)))
}

/// How many signs of China's own code stand before a number: `86`, `0086`, with a blank or a dash after it.
fn country(chars: &[char]) -> usize {
    for code in ["0086", "86"] {
        let here = chars.iter().take(code.len()).copied().eq(code.chars());
        let gap = chars.get(code.len()).is_some_and(|c| matches!(c, ' ' | '-'));
        let next = chars.get(code.len() + usize::from(gap));
        if here && next.is_some_and(|c| *c == '1') {
            return code.len() + usize::from(gap);
        }
    }
    0
}

/// An address that begins here.
fn address_at(chars: &[char], from: usize) -> Option<(usize, String)> {
    let is_local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    let is_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    if !is_local(chars[from]) || (from > 0 && is_local(chars[from - 1])) {
        return None;
    }
    let sign = from + chars[from..].iter().position(|c| !is_local(*c))?;
    if !matches!(chars[sign], '@' | '＠') {
        return None;
    }
    let length = chars[sign + 1..].iter().position(|c| !is_domain(*c)).unwrap_or(chars.len() - sign - 1);
    let domain: String = chars[sign + 1..sign + 1 + length].iter().collect();
    let domain = domain.trim_end_matches(['.', '-']);
    if !domain.contains('.') {
        return None;
    }
    Some((sign + 1 + domain.chars().count(), format!("{}***@{domain}", chars[from])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_hidden_however_it_is_written() {
        for written in ["13812345678", "138 1234 5678", "138-1234-5678", "+86 13812345678", "１３８１２３４５６７８"]
        {
            assert_eq!(masked(written), "138****5678", "{written}");
        }
        assert_eq!(masked("phone:13812345678"), "phone:138****5678");
        assert_eq!(masked("电话13812345678。"), "电话138****5678。");
        assert_eq!(masked("请拨 86-13812345678"), "请拨 138****5678");
        assert_eq!(masked("010-62751234"), "010****1234");
        assert_eq!(masked("+1 (415) 555-0132"), "+14****0132");
        assert_eq!(masked("13812345678/13987654321"), "138****5678/139****4321");
    }

    #[test]
    fn an_address_is_hidden_wherever_it_stands() {
        assert_eq!(masked("Zhang@Example.CN"), "z***@example.cn");
        assert_eq!(masked("写信到zhang.san@example.cn，谢谢"), "写信到z***@example.cn，谢谢");
        assert_eq!(masked("a@b.cn;c@d.com."), "a***@b.cn;c***@d.com.");
    }

    #[test]
    fn what_names_nobody_is_left_as_it_is() {
        let others = [
            "",
            "客户",
            "2025-06-30 12:00:00",
            "第 152 2025-06-30",
            "1381234567",
            "138123456789",
            "10812345678",
            "138****5678",
            "z***@example.cn",
            "@张三 看一下",
            "¥1,381,234.56",
            "0.13812345678",
        ];
        for text in others {
            assert_eq!(masked(text), text);
        }
    }
}
