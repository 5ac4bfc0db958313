//! Which facts bear on what is asked, and which of them only show that a customer is there.

use vocab::{Instant, Kind};

/// From when on facts bear on what is asked. The default is that all do.
///
/// What is asked looks back only so far: a login of last year says nothing about the logins of this month, but that there
/// is such a customer and that logins were seen of them. So [`crate::FactParts`] may leave out a fact that does not bear,
/// if its customer has an earlier one of the same kind and name that was known when it happened: whoever can see the
/// one can see the other.
///
/// # Edges
/// Nothing is promised to be left out. Since when sources deliver is told by all facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bearing(Option<Vec<Asked>>);

/// That facts of some kinds and names are looked at from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    kinds: Vec<Kind>,
    /// Empty = every name.
    names: Vec<String>,
    from: Instant,
}

impl Bearing {
    /// Nothing bears but what is said with [`Bearing::also`].
    pub fn nothing() -> Bearing {
        Bearing(Some(Vec::new()))
    }

    /// Facts of these kinds and names (none = every name) bear as well, those that happened at a moment or later.
    pub fn also(self, kinds: &[Kind], names: &[String], from: Instant) -> Bearing {
        let one = || Asked { kinds: kinds.to_vec(), names: names.to_vec(), from };
        Bearing(self.0.map(|asked| asked.into_iter().chain([one()]).collect()))
    }

    /// From when on facts of a kind and name bear; [`Instant::MAX`] if they never do.
    pub(crate) fn from(&self, kind: Kind, name: &str) -> Instant {
        let Some(asked) = &self.0 else { return Instant::MIN };
        let takes = |one: &&Asked| {
            one.kinds.contains(&kind) && (one.names.is_empty() || one.names.iter().any(|own| own == name))
        };
        asked.iter().filter(takes).map(|one| one.from).min().unwrap_or(Instant::MAX)
    }
}

/// Kinds with names of which something may be left out, at most: what is remembered of each customer is as long.
const SPARED: usize = 8;
/// Nothing is known of a customer.
const NOT_SEEN: i64 = i64::MAX;

/// What one core has kept of facts that do not bear: per part and customer, when the earliest of each kind and name happened.
#[derive(Default)]
pub(crate) struct Spared {
    /// By pair of a kind and a name, from when on it bears.
    from: Vec<i64>,
    /// By pair, its place among those remembered; `None` of those of which everything is kept.
    places: Vec<Option<usize>>,
    taken: usize,
    earliest: Vec<Vec<[i64; SPARED]>>,
}

impl Spared {
    pub fn new(parts: usize) -> Spared {
        Spared { earliest: vec![Vec::new(); parts], ..Spared::default() }
    }

    /// Hears from when on a pair bears.
    pub fn hear(&mut self, pair: u16, from: Instant) {
        let pair = usize::from(pair);
        let length = self.from.len().max(pair + 1);
        self.from.resize(length, i64::MIN);
        self.places.resize(length, None);
        self.from[pair] = from.micros();
        if from > Instant::MIN && self.taken < SPARED {
            self.places[pair] = Some(self.taken);
            self.taken += 1;
        }
    }

    /// Whether a row of a customer of a part may be left out: it does not bear, and an earlier one was kept.
    #[inline]
    pub fn spares(&mut self, part: usize, customer: u32, pair: u16, (occurred_at, known_at): (i64, i64)) -> bool {
        if occurred_at >= self.from[usize::from(pair)] {
            return false;
        }
        let Some(place) = self.places[usize::from(pair)] else { return false };
        let customers = &mut self.earliest[part];
        if customers.len() <= customer as usize {
            customers.resize(customer as usize + 1, [NOT_SEEN; SPARED]);
        }
        let earliest = &mut customers[customer as usize][place];
        if *earliest <= occurred_at {
            return true;
        }
        // A row that came late does not show what was there before it was known.
        if known_at <= occurred_at {
            *earliest = occurred_at;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_bear_is_spared_only_behind_an_earlier_one_that_was_known_at_once() {
        let at = Instant::from_micros;
        let orders = ["Order Completed".to_owned()];
        let bearing = Bearing::nothing().also(&[Kind::Order], &orders, at(50)).also(&[Kind::Order], &orders, at(40));
        assert_eq!(bearing.from(Kind::Order, "Order Completed"), at(40));
        assert_eq!(bearing.from(Kind::Order, "Order Cancelled"), Instant::MAX);
        assert_eq!(bearing.from(Kind::Event, "Order Completed"), Instant::MAX);
        assert_eq!(Bearing::default().also(&[Kind::Order], &[], at(40)).from(Kind::Event, "x"), Instant::MIN);
        let every_name = Bearing::nothing().also(&[Kind::Event], &[], at(9));
        assert_eq!(every_name.from(Kind::Event, "x"), at(9));

        let mut spared = Spared::new(2);
        spared.hear(0, at(40));
        spared.hear(1, Instant::MAX);
        assert!(!spared.spares(0, 3, 0, (20, 30)), "the first, known late");
        assert!(!spared.spares(0, 3, 0, (25, 25)), "nothing before it was known at once");
        assert!(spared.spares(0, 3, 0, (25, 60)) && spared.spares(0, 3, 0, (39, 39)));
        assert!(!spared.spares(0, 3, 0, (24, 24)), "earlier than what was kept");
        assert!(!spared.spares(0, 3, 0, (40, 40)), "it bears");
        assert!(!spared.spares(0, 3, 1, (99, 99)) && spared.spares(0, 3, 1, (100, 100)), "another kind and name");
        assert!(!spared.spares(0, 2, 0, (30, 30)) && !spared.spares(1, 3, 0, (30, 30)), "somebody else");
    }

    #[test]
    fn of_more_kinds_and_names_than_are_remembered_everything_is_kept() {
        let mut spared = Spared::new(1);
        (0..=SPARED as u16).for_each(|pair| spared.hear(pair, Instant::MAX));
        let mut left_out = |pair: u16| (0..3).filter(|at| spared.spares(0, 0, pair, (*at, *at))).count();
        assert_eq!((left_out(0), left_out(SPARED as u16 - 1), left_out(SPARED as u16)), (2, 2, 0));
    }
}
