//! Numbers and addresses by which a person can be reached, in the one form in which they can be compared.
//!
//! `138 0013 8000`, `+86-13800138000`, `0086 138…` and `１３８…` are one number; `Zhang@A.CN` and `zhang@a.cn` one
//! address. What was masked or destroyed on the way (`138****8000`, `1.38E+10`) is no number at all, and never a key.
//!
//! Not here: whether two customers with one number are the same customer (`ingest::identity`).

use std::fmt;

use crate::CustomerId;

/// What sort of line a number belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Line {
    /// A mobile phone: as good as a person.
    Mobile,
    /// A desk or a switchboard: may be a whole firm's.
    Landline,
    /// A number outside mainland China, written with its country code.
    Foreign,
}

/// A telephone number in its normal form: 11 digits of a mobile, area code and digits of a landline (an extension after
/// a dash), `+` and digits of a foreign one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone {
    line: Line,
    text: String,
}

impl Phone {
    /// Reads a number as people, exports and spreadsheets write it.
    ///
    /// # Edges
    /// `None` for what is masked, cut, in scientific notation, or one of the firm's own hotlines (400, 800): it names
    /// nobody. A number without its area code is no key either, since every town may have it.
    ///
    /// # Example
    /// ```
    /// use vocab::Phone;
    /// for written in ["13912345678", "+86 139-1234-5678", "0086 13912345678", "１３９ １２３４ ５６７８", "013912345678"] {
    ///     assert_eq!(Phone::parse(written).unwrap().as_str(), "13912345678");
    /// }
    /// assert!(Phone::parse("139****5678").is_none());
    /// ```
    pub fn parse(written: &str) -> Option<Self> {
        let folded: String = written.trim().chars().map(half_width).collect();
        let folded = folded.to_lowercase();
        let folded = folded.strip_prefix("tel:").unwrap_or(&folded);
        let (number, extension) = split_extension(folded);
        if number.len() > 40 || number.chars().any(|c| !(c.is_ascii_digit() || is_separator(c) || c == '+')) {
            return None;
        }
        let has_plus = number.trim_start().starts_with('+');
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let foreign = if has_plus { Some(digits.as_str()) } else { digits.strip_prefix("00") };
        let national = match foreign {
            Some(rest) => match rest.strip_prefix("86") {
                Some(rest) => rest,
                None => return Self::foreign(rest),
            },
            None => digits.strip_prefix("86").filter(|rest| is_mobile(rest)).unwrap_or(&digits),
        };
        let trunk = national.strip_prefix('0').unwrap_or(national);
        if is_mobile(trunk) {
            return Some(Self { line: Line::Mobile, text: trunk.to_owned() });
        }
        let is_national = foreign.is_some() || national.starts_with('0');
        if !is_national || !is_landline(trunk) {
            return None;
        }
        let extension = extension.map(|digits| format!("-{digits}")).unwrap_or_default();
        Some(Self { line: Line::Landline, text: format!("0{trunk}{extension}") })
    }

    fn foreign(digits: &str) -> Option<Self> {
        let fits = (8..=15).contains(&digits.len()) && !digits.starts_with('0');
        fits.then(|| Self { line: Line::Foreign, text: format!("+{digits}") })
    }

    /// What sort of line.
    pub fn line(&self) -> Line {
        self.line
    }

    /// The normal form.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The key of a customer known by this number: `phone:13912345678`.
    pub fn key(&self) -> CustomerId {
        CustomerId::new(format!("phone:{}", self.text))
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// An e-mail address in its normal form: half width, lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address as people write it: `Zhang San <Zhang@A.CN>`, `mailto:zhang@a.cn`.
    ///
    /// # Edges
    /// `None` for what is masked (`z***@a.cn`) or has no domain.
    pub fn parse(written: &str) -> Option<Self> {
        let folded: String = written.trim().chars().map(half_width).flat_map(char::to_lowercase).collect();
        let inner = match (folded.find('<'), folded.ends_with('>')) {
            (Some(at), true) => &folded[at + 1..folded.len() - 1],
            _ => &folded,
        };
        let address = inner.trim().strip_prefix("mailto:").unwrap_or(inner.trim());
        let (local, domain) = address.split_once('@')?;
        let allowed =
            |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '*' | '@' | '<' | '>' | ',' | ';');
        let dotted = domain.split('.').count() >= 2 && domain.split('.').all(|label| !label.is_empty());
        let fits =
            !local.is_empty() && address.len() <= 254 && dotted && address.chars().filter(|c| *c != '@').all(allowed);
        (fits && domain.chars().filter(|c| *c == '@').count() == 0).then(|| Self(address.to_owned()))
    }

    /// The normal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of a customer known by this address: `email:zhang@a.cn`.
    pub fn key(&self) -> CustomerId {
        CustomerId::new(format!("email:{}", self.0))
    }

    /// Whether the address belongs to a desk rather than a person: `info@`, `sales@`, `no-reply@`.
    pub fn is_shared(&self) -> bool {
        const DESKS: [&str; 16] = [
            "info",
            "sales",
            "admin",
            "contact",
            "service",
            "support",
            "office",
            "hr",
            "mail",
            "no-reply",
            "noreply",
            "kefu",
            "postmaster",
            "webmaster",
            "test",
            "marketing",
        ];
        self.0.split_once('@').is_some_and(|(local, _)| DESKS.contains(&local))
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What sort of key leads to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// The firm's own id of the customer.
    External,
    /// `wecom:`, an external contact of WeCom.
    Wecom,
    /// `phone:`
    Phone,
    /// `email:`
    Email,
    /// `anon:`, a browser or device before anybody signed in.
    Anonymous,
}

impl KeyType {
    /// Every type, the one that names a customer best first.
    pub const ALL: [KeyType; 5] =
        [KeyType::External, KeyType::Wecom, KeyType::Phone, KeyType::Email, KeyType::Anonymous];

    /// The type of a key, by its prefix.
    pub fn of(key: &str) -> Self {
        let prefixed = |kind: &&KeyType| **kind != KeyType::External && key.starts_with(kind.prefix());
        KeyType::ALL.iter().find(prefixed).copied().unwrap_or(KeyType::External)
    }

    /// The word written in files and over the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyType::External => "external",
            KeyType::Wecom => "wecom",
            KeyType::Phone => "phone",
            KeyType::Email => "email",
            KeyType::Anonymous => "anonymous",
        }
    }

    /// What such a key begins with; nothing for the firm's own.
    pub fn prefix(self) -> &'static str {
        match self {
            KeyType::External => "",
            KeyType::Wecom => "wecom:",
            KeyType::Phone => "phone:",
            KeyType::Email => "email:",
            KeyType::Anonymous => "anon:",
        }
    }

    /// The key in its normal form: a number or address that cannot be read gives none.
    pub fn key(self, written: &str) -> Option<CustomerId> {
        let written = written.trim();
        let bare = written.strip_prefix(self.prefix()).unwrap_or(written);
        match self {
            _ if bare.is_empty() => None,
            KeyType::Phone => Phone::parse(bare).map(|phone| phone.key()),
            KeyType::Email => Email::parse(bare).map(|email| email.key()),
            KeyType::External => Some(CustomerId::new(bare)),
            KeyType::Wecom | KeyType::Anonymous => Some(CustomerId::new(format!("{}{bare}", self.prefix()))),
        }
    }
}

impl std::str::FromStr for KeyType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        KeyType::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{202f}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        _ => c,
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | '/' | '(' | ')')
}

/// The number and the digits of its extension: `转801`, `ext. 801`, `#801`, and a last group of up to five digits after a
/// landline's own (`010-62751234-801`).
fn split_extension(folded: &str) -> (&str, Option<&str>) {
    for mark in ["转", "ext.", "ext", "分机", "#", "x"] {
        if let Some((number, rest)) = folded.split_once(mark) {
            let digits = rest.trim_matches(|c: char| is_separator(c) || c == ':');
            let is_extension = !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_digit());
            return if is_extension { (number, Some(digits)) } else { (folded, None) };
        }
    }
    if let Some((number, digits)) = folded.rsplit_once('-') {
        let own: usize = number.chars().filter(char::is_ascii_digit).count();
        let is_extension = (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let begins = number.trim_start_matches(['+', '(', ' ']);
        if is_extension && own >= 10 && begins.starts_with('0') && !begins.starts_with("00") {
            return (number, Some(digits));
        }
    }
    (folded, None)
}

fn is_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1])
}

/// Area code without its zero, and seven or eight digits.
fn is_landline(digits: &str) -> bool {
    let area = match digits.as_bytes().first() {
        Some(b'1') => digits.starts_with("10").then_some(2),
        Some(b'2') => Some(2),
        Some(b'3'..=b'9') => Some(3),
        _ => None,
    };
    area.is_some_and(|area| (7..=8).contains(&(digits.len().saturating_sub(area))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(written: &str) -> Option<String> {
        Phone::parse(written).map(|phone| phone.as_str().to_owned())
    }

    #[test]
    fn a_mobile_number_is_the_same_however_it_is_written() {
        let forms = [
            "13912345678",
            " 139 1234 5678 ",
            "139-1234-5678",
            "+8613912345678",
            "+86 139 1234 5678",
            "+86-139-1234-5678",
            "(+86)13912345678",
            "008613912345678",
            "86 13912345678",
            "013912345678",
            "１３９１２３４５６７８",
            "139\u{3000}1234\u{a0}5678",
            "tel:+8613912345678",
        ];
        for form in forms {
            assert_eq!(phone(form).as_deref(), Some("13912345678"), "{form}");
        }
        assert_eq!(Phone::parse("13912345678").unwrap().line(), Line::Mobile);
    }

    #[test]
    fn a_landline_keeps_its_area_and_its_extension() {
        for form in ["010-62751234", "(010) 6275 1234", "01062751234", "+86 10 62751234", "0086-10-6275-1234"] {
            assert_eq!(phone(form).as_deref(), Some("01062751234"), "{form}");
        }
        assert_eq!(phone("0571-8888888").as_deref(), Some("05718888888"));
        for form in ["010-62751234-801", "010-62751234转801", "010-62751234 ext. 801", "01062751234#801"] {
            assert_eq!(phone(form).as_deref(), Some("01062751234-801"), "{form}");
        }
        assert_eq!(Phone::parse("0571-88888888").unwrap().line(), Line::Landline);
    }

    #[test]
    fn what_was_masked_cut_or_destroyed_names_nobody() {
        let forms = [
            "139****5678",
            "139xxxx5678",
            "1.39E+10",
            "1391234567",
            "139123456789",
            "62751234",
            "",
            "无",
            "400-810-8888",
            "-",
            "0",
        ];
        for form in forms {
            assert_eq!(phone(form), None, "{form}");
        }
    }

    #[test]
    fn a_foreign_number_keeps_its_country() {
        assert_eq!(phone("+1 (415) 555-0132").as_deref(), Some("+14155550132"));
        assert_eq!(phone("00852 2345 6789").as_deref(), Some("+85223456789"));
    }

    #[test]
    fn an_address_is_the_same_however_it_is_written() {
        for form in [
            "Zhang@Example.CN",
            " zhang@example.cn ",
            "张三 <zhang@example.cn>",
            "mailto:zhang@example.cn",
            "ｚｈａｎｇ＠example．cn",
        ] {
            assert_eq!(Email::parse(form).unwrap().as_str(), "zhang@example.cn", "{form}");
        }
        for form in ["z***@example.cn", "zhang@", "@example.cn", "zhang", "a@b", "a b@c.cn", "a@b@c.cn", "a@b..cn"] {
            assert_eq!(Email::parse(form), None, "{form}");
        }
        assert!(Email::parse("info@example.cn").unwrap().is_shared());
    }

    #[test]
    fn a_key_says_what_sort_it_is() {
        assert_eq!(KeyType::of("wecom:wm123"), KeyType::Wecom);
        assert_eq!(KeyType::of("C-17"), KeyType::External);
        assert_eq!(KeyType::Phone.key("+86 139 1234 5678").unwrap().as_str(), "phone:13912345678");
        assert_eq!(KeyType::Phone.key("phone:13912345678").unwrap().as_str(), "phone:13912345678");
        assert_eq!(KeyType::Wecom.key("wm1").unwrap().as_str(), "wecom:wm1");
        assert!(KeyType::Phone.key("139****5678").is_none());
        for kind in KeyType::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
    }
}
