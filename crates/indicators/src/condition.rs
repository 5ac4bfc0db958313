//! The condition tree that rules, segments and branches share.
//!
//! Three-valued: what hangs on an unknown number is itself unknown, unless the known parts decide. Whether an unknown
//! condition opens or closes anything is for the reader to say; `alerts` lets it do neither.

use std::fmt;

use vocab::{Band, Finding, Text};

use crate::catalog::Catalog;
use crate::definition::Node;
use crate::frame::Cell;

/// A number that a condition can ask about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quantity {
    /// An indicator, by its id.
    Indicator(String),
    /// Health in points, 0 to 100.
    Health,
    /// Health now minus health seven days ago, in points.
    HealthChange7d,
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
}

impl Comparison {
    pub(crate) const WORDS: &[(&str, Comparison)] = &[
        ("<", Comparison::Below),
        ("<=", Comparison::AtMost),
        (">", Comparison::Above),
        (">=", Comparison::AtLeast),
        ("=", Comparison::Equal),
        ("!=", Comparison::NotEqual),
    ];

    /// The sign: `<`, `<=`, `>`, `>=`, `=`, `!=`.
    pub fn as_str(self) -> &'static str {
        Comparison::WORDS.iter().find(|(_, one)| *one == self).map_or("?", |(sign, _)| sign)
    }

    pub(crate) fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Comparison::Below => left < right,
            Comparison::AtMost => left <= right,
            Comparison::Above => left > right,
            Comparison::AtLeast => left >= right,
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
        }
    }
}

/// Something that is true, false or unknown of a customer at a moment.
///
/// ```toml
/// when = { all = [
///   { of = "login_ratio_30d", is = "<", than = 0.5 },
///   { any = [ { of = "health", is = "<", than = 40 }, { band = ["high", "critical"] } ] },
///   { not = { of = "tickets_30d", is = "=", than = 0 } },
///   { at_least = 2, among = [ … ] },
/// ] }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Each of them. Nothing to satisfy is satisfied.
    All(Vec<Condition>),
    /// One of them at least.
    Any(Vec<Condition>),
    /// So many of them at least.
    AtLeast(usize, Vec<Condition>),
    /// Not so.
    Not(Box<Condition>),
    /// A number compared with a threshold.
    Compare {
        /// The number.
        of: Quantity,
        /// How.
        is: Comparison,
        /// The threshold.
        than: f64,
    },
    /// The band is one of these.
    BandIs(Vec<Band>),
}

const FORMS: &[&str] = &["all", "any", "at_least", "among", "not", "of", "is", "than", "band"];

impl Condition {
    /// Whether it holds: `None` if that hangs on a number that is unknown.
    ///
    /// # Edges
    /// One false part decides `all`, one true part decides `any`, whatever is unknown beside it. A customer without a
    /// band makes a question about the band unknown.
    pub fn holds(&self, quantity: &dyn Fn(&Quantity) -> Cell, band: Option<Band>) -> Option<bool> {
        match self {
            Condition::All(parts) => at_least(parts.len(), parts, quantity, band),
            Condition::Any(parts) => at_least(1, parts, quantity, band),
            Condition::AtLeast(count, parts) => at_least(*count, parts, quantity, band),
            Condition::Not(part) => part.holds(quantity, band).map(|holds| !holds),
            Condition::Compare { of, is, than } => match quantity(of) {
                Cell::Known(value) => Some(is.holds(value, *than)),
                Cell::Unknown(_) => None,
            },
            Condition::BandIs(bands) => band.map(|band| bands.contains(&band)),
        }
    }

    /// Reads a condition from a definition; faults are noted with their place.
    pub fn read(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Condition> {
        let fields = node.fields(FORMS, findings)?;
        let keys: Vec<&str> = node.keys().map(|(key, _)| key).collect();
        if let (["all"], Some(list)) = (keys.as_slice(), fields.optional("all")) {
            return read_parts(list, catalog, findings).map(Condition::All);
        }
        if let (["any"], Some(list)) = (keys.as_slice(), fields.optional("any")) {
            return read_parts(list, catalog, findings).map(Condition::Any);
        }
        if let (["not"], Some(part)) = (keys.as_slice(), fields.optional("not")) {
            return Condition::read(part, catalog, findings).map(|part| Condition::Not(Box::new(part)));
        }
        if let (["band"], Some(bands)) = (keys.as_slice(), fields.optional("band")) {
            return read_bands(bands, findings);
        }
        match keys.as_slice() {
            ["among", "at_least"] => read_at_least(node, catalog, findings),
            ["is", "of", "than"] => read_compare(node, catalog, findings),
            _ => {
                findings.push(node.finding(
                    "bad_condition",
                    Text::new("看不懂的条件", "not a condition"),
                    Text::new(
                        "写法：{ of = 指标, is = \"<\", than = 数字 }，或 all / any / not / at_least + among / band",
                        "write { of = indicator, is = \"<\", than = number }, or all / any / not / at_least + among / band",
                    ),
                ));
                None
            }
        }
    }

    /// Reads a condition from a bare TOML value; findings name no place.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn from_toml(value: &toml::Value, catalog: &Catalog) -> Result<Condition, Vec<Finding>> {
        let mut findings = Vec::new();
        let condition = Condition::read(&Node::from_value(value), catalog, &mut findings);
        condition.filter(|_| findings.is_empty()).ok_or(findings)
    }

    /// Every quantity it asks about, in order, repeated where it is.
    pub fn quantities(&self) -> Vec<&Quantity> {
        match self {
            Condition::All(parts) | Condition::Any(parts) | Condition::AtLeast(_, parts) => {
                parts.iter().flat_map(Condition::quantities).collect()
            }
            Condition::Not(part) => part.quantities(),
            Condition::Compare { of, .. } => vec![of],
            Condition::BandIs(_) => Vec::new(),
        }
    }
}

fn at_least(
    count: usize,
    parts: &[Condition],
    quantity: &dyn Fn(&Quantity) -> Cell,
    band: Option<Band>,
) -> Option<bool> {
    let (mut held, mut open) = (0, 0);
    for part in parts {
        match part.holds(quantity, band) {
            Some(true) => held += 1,
            Some(false) => {}
            None => open += 1,
        }
    }
    if held >= count {
        Some(true)
    } else if held + open < count {
        Some(false)
    } else {
        None
    }
}

fn read_parts(list: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Vec<Condition>> {
    let items = list.as_list().filter(|items| !items.is_empty());
    let Some(items) = items else {
        findings.push(list.wrong_type(Text::new("至少一个条件的列表", "a list of at least one condition")));
        return None;
    };
    // Every part is read before giving up, so that every fault is told.
    let parts: Vec<Option<Condition>> = items.iter().map(|item| Condition::read(item, catalog, findings)).collect();
    parts.into_iter().collect()
}

fn read_at_least(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Condition> {
    let among = node.get("among")?;
    let count = node.get("at_least")?;
    let parts = read_parts(among, catalog, findings)?;
    match count.as_number() {
        Some(number) if number.fract() == 0.0 && number >= 1.0 && number <= parts.len() as f64 => {
            Some(Condition::AtLeast(number as usize, parts))
        }
        _ => {
            let most = parts.len();
            findings.push(
                count.wrong_type(Text::new(
                    format!("1 到 {most} 之间的整数"),
                    format!("a whole number from 1 to {most}"),
                )),
            );
            None
        }
    }
}

fn read_compare(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Condition> {
    let mut fields = node.fields(FORMS, findings)?;
    let (of_node, of) = (node.get("of")?, fields.text("of"));
    let is = fields.one_of("is", Comparison::WORDS);
    let than = fields.number("than");
    let of = match of?.as_str() {
        "health" => Quantity::Health,
        "health_change_7d" => Quantity::HealthChange7d,
        id if catalog.check_reference(id, of_node, findings) => Quantity::Indicator(id.to_owned()),
        _ => return None,
    };
    Some(Condition::Compare { of, is: is?, than: than? })
}

fn read_bands(node: &Node, findings: &mut Vec<Finding>) -> Option<Condition> {
    let words: Vec<(&str, Band)> = Band::ALL.iter().map(|band| (band.as_str(), *band)).collect();
    let Some(items) = node.as_list().filter(|items| !items.is_empty()) else {
        findings.push(node.wrong_type(Text::new("风险等级的列表", "a list of bands")));
        return None;
    };
    let bands: Vec<Option<Band>> = items.iter().map(|item| item.one_of(&words, findings)).collect();
    bands.into_iter().collect::<Option<Vec<Band>>>().map(Condition::BandIs)
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Quantity::Indicator(id) => id,
            Quantity::Health => "health",
            Quantity::HealthChange7d => "health_change_7d",
        })
    }
}

impl fmt::Display for Condition {
    /// On one line, as a person would read it out: `login_ratio_30d < 0.5 and (health < 40 or band is high|critical)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::All(parts) => write_joined(f, parts, " and "),
            Condition::Any(parts) => write_joined(f, parts, " or "),
            Condition::AtLeast(count, parts) => {
                write!(f, "at least {count} of (")?;
                for (at, part) in parts.iter().enumerate() {
                    write!(f, "{}{part}", if at == 0 { "" } else { "; " })?;
                }
                f.write_str(")")
            }
            Condition::Not(part) => write!(f, "not ({part})"),
            Condition::Compare { of, is, than } => write!(f, "{of} {} {than}", is.as_str()),
            Condition::BandIs(bands) => {
                let words: Vec<&str> = bands.iter().map(|band| band.as_str()).collect();
                write!(f, "band is {}", words.join("|"))
            }
        }
    }
}

fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Condition], joint: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(joint)?;
        }
        match part {
            Condition::All(inner) | Condition::Any(inner) if inner.len() > 1 && parts.len() > 1 => {
                write!(f, "({part})")?
            }
            _ => write!(f, "{part}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use vocab::Unknown;

    use super::*;

    fn below(id: &str, than: f64) -> Condition {
        Condition::Compare { of: Quantity::Indicator(id.into()), is: Comparison::Below, than }
    }

    /// `a` is 1, `b` is 10, everything else unknown.
    fn numbers(quantity: &Quantity) -> Cell {
        match quantity {
            Quantity::Indicator(id) if id == "a" => Cell::Known(1.0),
            Quantity::Indicator(id) if id == "b" => Cell::Known(10.0),
            _ => Cell::Unknown(Unknown::NeverObserved),
        }
    }

    #[test]
    fn a_known_part_decides_whatever_is_unknown_beside_it() {
        let (yes, no, open) = (below("a", 5.0), below("b", 5.0), below("c", 5.0));
        let holds = |condition: Condition| condition.holds(&numbers, None);
        assert_eq!(holds(Condition::All(vec![no.clone(), open.clone()])), Some(false));
        assert_eq!(holds(Condition::All(vec![yes.clone(), open.clone()])), None);
        assert_eq!(holds(Condition::Any(vec![yes.clone(), open.clone()])), Some(true));
        assert_eq!(holds(Condition::Any(vec![no.clone(), open.clone()])), None);
        assert_eq!(holds(Condition::Not(Box::new(open.clone()))), None);
        assert_eq!(holds(Condition::AtLeast(2, vec![yes.clone(), no.clone(), open.clone()])), None);
        assert_eq!(holds(Condition::AtLeast(2, vec![yes.clone(), yes, open])), Some(true));
        assert_eq!(holds(Condition::All(vec![])), Some(true));
        assert_eq!(holds(Condition::Any(vec![])), Some(false));
    }

    #[test]
    fn without_a_band_a_question_about_it_is_open() {
        let worried = Condition::BandIs(vec![Band::High, Band::Critical]);
        assert_eq!(worried.holds(&numbers, None), None);
        assert_eq!(worried.holds(&numbers, Some(Band::Low)), Some(false));
        assert_eq!(worried.holds(&numbers, Some(Band::High)), Some(true));
    }

    #[test]
    fn it_reads_aloud() {
        let condition = Condition::All(vec![
            below("a", 0.5),
            Condition::Any(vec![below("b", 40.0), Condition::BandIs(vec![Band::High, Band::Critical])]),
            Condition::Not(Box::new(below("c", 1.0))),
            Condition::AtLeast(2, vec![below("a", 1.0), below("b", 2.0), below("c", 3.0)]),
        ]);
        insta::assert_snapshot!(condition, @"a < 0.5 and (b < 40 or band is high|critical) and not (c < 1) and at least 2 of (a < 1; b < 2; c < 3)");
    }
}
