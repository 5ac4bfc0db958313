//! The condition tree that rules, segments and branches share.
//!
//! Three-valued: what hangs on an unknown number is itself unknown, unless the known parts decide. Whether an unknown
//! condition opens or closes anything is for the reader to say; `alerts` lets it do neither.
//!
//! Rules may also ask how things stood earlier: whether something lasts, how a number changed. Earlier moments count in
//! days back from the present one, and a subject tells of those it knows; a condition that looks ahead cannot be
//! written. How conditions are read is said in `read`.

use std::collections::BTreeSet;
use std::fmt;

use vocab::{Band, Kind, Unknown};

use crate::filter::Filter;
use crate::frame::Cell;
use crate::sorting::{Sorting, Subject};

mod read;

pub use read::MOST_DAYS;

/// A number that a condition can ask about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quantity {
    /// An indicator, by its id.
    Indicator(String),
    /// Health in points, 0 to 100.
    Health,
    /// Health now minus health seven days ago, in points.
    HealthChange7d,
    /// Another one (an indicator or health) now minus the same so many days earlier.
    Change {
        /// What changes.
        of: Box<Quantity>,
        /// Since how many days.
        over_days: u32,
    },
    /// Another one now divided by the same so many days earlier; unknown where that was not above zero.
    Ratio {
        /// What changes.
        of: Box<Quantity>,
        /// Since how many days.
        over_days: u32,
    },
    /// How many facts of a kind, and of a name if one is given, fell into the days before.
    Count {
        /// Kind.
        kind: Kind,
        /// Name; `None` = any.
        name: Option<String>,
        /// Days before the moment.
        within_days: u32,
    },
}

impl Quantity {
    /// The indicator that answers it, if one of the catalogue does: of a change, what changes.
    pub fn indicator(&self) -> Option<&str> {
        match self {
            Quantity::Indicator(id) => Some(id),
            Quantity::Change { of, .. } | Quantity::Ratio { of, .. } => of.indicator(),
            Quantity::Health | Quantity::HealthChange7d | Quantity::Count { .. } => None,
        }
    }

    /// Whether it asks about health.
    pub fn asks_health(&self) -> bool {
        match self {
            Quantity::Health | Quantity::HealthChange7d => true,
            Quantity::Change { of, .. } | Quantity::Ratio { of, .. } => of.asks_health(),
            Quantity::Indicator(_) | Quantity::Count { .. } => false,
        }
    }

    /// Its number of a customer at the subject's moment.
    pub fn number(&self, subject: &dyn Subject) -> Cell {
        self.of(subject, 0)
    }

    /// Its number so many days before the subject's moment.
    fn of(&self, subject: &dyn Subject, days: u32) -> Cell {
        let (part, over) = match self {
            Quantity::Change { of, over_days } | Quantity::Ratio { of, over_days } => (of, *over_days),
            _ => return subject.quantity_before(self, days),
        };
        let (now, then) = (part.of(subject, days), part.of(subject, days + over));
        match (now, then, self) {
            (Cell::Known(now), Cell::Known(then), Quantity::Change { .. }) => Cell::Known(now - then),
            (Cell::Known(now), Cell::Known(then), _) if then > 0.0 => Cell::Known(now / then),
            (Cell::Known(_), Cell::Known(_), _) => Cell::Unknown(Unknown::ZeroBase),
            (Cell::Unknown(why), ..) | (_, Cell::Unknown(why), _) => Cell::Unknown(why),
        }
    }
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
///   { traits = { industry = ["零售", "电商"], seats = { is = ">=", than = 50 } } },
///   { segment = "new" }, { tag = ["重点"] }, { tier = "high" }, { rfm = ["key_keep", "key_win_back"] },
///   { count_of = { kind = "event", name = "Complaint Filed" }, within_days = 7, is = ">=", than = 1 },
///   { change_of = "logins_30d", over_days = 14, is = "<=", than = -5 },       # rules only, and all below
///   { ratio_of = "logins_30d", over_days = 30, is = "<=", than = 0.5 },
///   { holds = { of = "health", is = "<", than = 60 }, for_days = 3 },
///   { holds = { of = "logins_7d", is = "=", than = 0 }, times = 3, every_days = 7 },
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
    /// What is known of the customer passes.
    Traits(Filter),
    /// It belongs to one of these segments, carries one of these tags, ….
    In(Sorting, Vec<String>),
    /// So many times in a row, the present moment being the last, so many days apart.
    Lasting {
        /// What lasts.
        part: Box<Condition>,
        /// How many moments, the present one among them.
        times: u32,
        /// Days from one to the next.
        every_days: u32,
    },
}

/// A customer of whom only numbers and the band are told.
struct Numbers<'a> {
    quantity: &'a dyn Fn(&Quantity) -> Cell,
    band: Option<Band>,
}

impl Subject for Numbers<'_> {
    fn quantity(&self, of: &Quantity) -> Cell {
        (self.quantity)(of)
    }

    fn band(&self) -> Option<Band> {
        self.band
    }
}

impl Condition {
    /// Whether it holds: `None` if that hangs on a number that is unknown.
    ///
    /// # Edges
    /// One false part decides `all`, one true part decides `any`, whatever is unknown beside it. A customer without a
    /// band makes a question about the band unknown; so do questions about traits, segments and tags, of which nothing
    /// is told here: see [`Condition::holds_of`].
    pub fn holds(&self, quantity: &dyn Fn(&Quantity) -> Cell, band: Option<Band>) -> Option<bool> {
        self.holds_of(&Numbers { quantity, band })
    }

    /// Whether it holds of a customer: `None` if that hangs on something that is unknown.
    ///
    /// # Edges
    /// As [`Condition::holds`]. A trait of which nothing was said leaves every test of it open but `known`.
    pub fn holds_of(&self, subject: &dyn Subject) -> Option<bool> {
        self.held(subject, 0)
    }

    /// Whether it held of a customer so many days before the subject's moment.
    ///
    /// # Edges
    /// Something lasts if it held at every moment asked for: one at which it did not decides, one that is unknown
    /// leaves it open.
    fn held(&self, subject: &dyn Subject, days: u32) -> Option<bool> {
        match self {
            Condition::All(parts) => at_least(parts.len(), parts, subject, days),
            Condition::Any(parts) => at_least(1, parts, subject, days),
            Condition::AtLeast(count, parts) => at_least(*count, parts, subject, days),
            Condition::Not(part) => part.held(subject, days).map(|holds| !holds),
            Condition::Compare { of, is, than } => match of.of(subject, days) {
                Cell::Known(value) => Some(is.holds(value, *than)),
                Cell::Unknown(_) => None,
            },
            Condition::BandIs(bands) => subject.band_before(days).map(|band| bands.contains(&band)),
            Condition::Traits(filter) => filter.judges(&|key| subject.said_before(key, days)),
            Condition::In(sorting, names) => {
                let is_in = |name: &String| subject.is_in_before(*sorting, name, days);
                let answers: Vec<Option<bool>> = names.iter().map(is_in).collect();
                match answers.contains(&Some(true)) {
                    true => Some(true),
                    false if answers.contains(&None) => None,
                    false => Some(false),
                }
            }
            Condition::Lasting { part, times, every_days } => {
                let mut answer = Some(true);
                for back in 0..*times {
                    match part.held(subject, days + back * every_days) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => answer = None,
                    }
                }
                answer
            }
        }
    }

    /// Every quantity it asks about, in order, repeated where it is.
    pub fn quantities(&self) -> Vec<&Quantity> {
        let mut asked = Vec::new();
        for leaf in self.leaves() {
            if let Condition::Compare { of, .. } = leaf {
                asked.push(of);
            }
        }
        asked
    }

    /// The traits it asks about.
    pub fn traits(&self) -> Vec<&str> {
        let mut keys = Vec::new();
        for leaf in self.leaves() {
            if let Condition::Traits(filter) = leaf {
                keys.extend(filter.properties());
            }
        }
        keys
    }

    /// The segments, tags, tiers and cells it asks about.
    pub fn names(&self) -> Vec<(Sorting, &str)> {
        let mut found = Vec::new();
        for leaf in self.leaves() {
            if let Condition::In(sorting, names) = leaf {
                found.extend(names.iter().map(|name| (*sorting, name.as_str())));
            }
        }
        found
    }

    /// Its questions, without what joins them.
    fn leaves(&self) -> Vec<&Condition> {
        match self {
            Condition::All(parts) | Condition::Any(parts) | Condition::AtLeast(_, parts) => {
                parts.iter().flat_map(Condition::leaves).collect()
            }
            Condition::Not(part) | Condition::Lasting { part, .. } => part.leaves(),
            leaf => vec![leaf],
        }
    }

    /// The facts that it counts: quantities of the form [`Quantity::Count`].
    pub fn counts(&self) -> Vec<&Quantity> {
        self.quantities().into_iter().filter(|of| matches!(of, Quantity::Count { .. })).collect()
    }

    /// How many days before the present moment it asks about, each once; the present moment is not among them.
    pub fn days_back(&self) -> BTreeSet<u32> {
        let mut days = BTreeSet::new();
        self.looks_back(0, &mut |back, _| {
            days.insert(back);
        });
        days.remove(&0);
        days
    }

    /// Whether it asks about health, a band, a tier or a cell at a moment before the present one: questions that only a
    /// score of that moment answers.
    pub fn asks_scores_back(&self) -> bool {
        let mut asks = false;
        self.looks_back(0, &mut |back, of_scores| asks |= back > 0 && of_scores);
        asks
    }

    /// Tells of every moment that it asks about, and whether a score is asked for there.
    fn looks_back(&self, days: u32, tell: &mut dyn FnMut(u32, bool)) {
        match self {
            Condition::All(parts) | Condition::Any(parts) | Condition::AtLeast(_, parts) => {
                parts.iter().for_each(|part| part.looks_back(days, tell));
            }
            Condition::Not(part) => part.looks_back(days, tell),
            Condition::Lasting { part, times, every_days } => {
                (0..*times).for_each(|back| part.looks_back(days + back * every_days, tell));
            }
            Condition::Compare { of, .. } => {
                tell(days, of.asks_health());
                match of {
                    Quantity::Change { over_days, .. } | Quantity::Ratio { over_days, .. } => {
                        tell(days + over_days, of.asks_health());
                    }
                    // The week before the present moment is told beside it.
                    Quantity::HealthChange7d if days > 0 => tell(days + 7, true),
                    _ => {}
                }
            }
            Condition::BandIs(_) => tell(days, true),
            Condition::In(Sorting::Tag, _) | Condition::Traits(_) => tell(days, false),
            Condition::In(..) => tell(days, true),
        }
    }
}

fn at_least(count: usize, parts: &[Condition], subject: &dyn Subject, days: u32) -> Option<bool> {
    let (mut held, mut open) = (0, 0);
    for part in parts {
        match part.held(subject, days) {
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

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Quantity::Indicator(id) => f.write_str(id),
            Quantity::Health => f.write_str("health"),
            Quantity::HealthChange7d => f.write_str("health_change_7d"),
            Quantity::Change { of, over_days } => write!(f, "{of} minus {of} {over_days}d ago"),
            Quantity::Ratio { of, over_days } => write!(f, "{of} over {of} {over_days}d ago"),
            Quantity::Count { kind, name: Some(name), within_days } => {
                write!(f, "{} {name:?} within {within_days}d", kind.as_str())
            }
            Quantity::Count { kind, name: None, within_days } => write!(f, "{} within {within_days}d", kind.as_str()),
        }
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
            Condition::Traits(filter) => write!(f, "[{filter}]"),
            Condition::In(sorting, names) => write!(f, "{} is {}", sorting.as_str(), names.join("|")),
            Condition::Lasting { part, times, every_days: 1 } => write!(f, "for {times} days ({part})"),
            Condition::Lasting { part, times, every_days } => {
                write!(f, "{times} times every {every_days}d ({part})")
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
