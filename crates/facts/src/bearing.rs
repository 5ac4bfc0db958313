//! Which facts bear on what is asked, and which of them only show that a customer is there.

use vocab::{Instant, Kind};

/// From when on facts bear on what is asked. The default is that all do.
///
/// What is asked looks back only so far: a login of last year says nothing about the logins of this month, but that there
/// is such a customer and that logins were seen of them. So [`crate::FactParts`] may leave out a fact that does not bear,
/// if its customer has an earlier one of the same kind and name that was known when it happened: whoever can see the
/// one can see the other. And where it is only asked when somebody did a thing last, the latest of a kind and name speaks
/// for those before it.
///
/// # Edges
/// Nothing is promised to be left out. Since when sources deliver is told by all facts. Of a fact that bears only as the
/// latest nothing is told but when it happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bearing(Option<Vec<Asked>>);

/// That facts of some kinds and names are looked at from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    kinds: Vec<Kind>,
    /// Empty = every name.
    names: Vec<String>,
    from: Instant,
    /// Of each kind and name the latest alone.
    latest: bool,
}

/// From when on facts of one kind and name bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Since {
    /// All of them.
    pub all: Instant,
    /// The latest of them, if it happened before that; never after `all`.
    pub latest: Instant,
}

impl Bearing {
    /// Nothing bears but what is said with [`Bearing::also`].
    pub fn nothing() -> Bearing {
        Bearing(Some(Vec::new()))
    }

    /// Facts of these kinds and names (none = every name) bear as well, those that happened at a moment or later.
    pub fn also(self, kinds: &[Kind], names: &[String], from: Instant) -> Bearing {
        self.asking(kinds, names, from, false)
    }

    /// Of the facts of each of these kinds and names that happened at a moment or later, the latest that is visible at the
    /// end of what is read bears as well.
    pub fn also_latest(self, kinds: &[Kind], names: &[String], from: Instant) -> Bearing {
        self.asking(kinds, names, from, true)
    }

    fn asking(self, kinds: &[Kind], names: &[String], from: Instant, latest: bool) -> Bearing {
        let one = || Asked { kinds: kinds.to_vec(), names: names.to_vec(), from, latest };
        Bearing(self.0.map(|asked| asked.into_iter().chain([one()]).collect()))
    }

    /// From when on facts of a kind and name bear; [`Instant::MAX`] if they never do.
    pub(crate) fn from(&self, kind: Kind, name: &str) -> Since {
        let Some(asked) = &self.0 else { return Since { all: Instant::MIN, latest: Instant::MIN } };
        let takes = |one: &&Asked| {
            one.kinds.contains(&kind) && (one.names.is_empty() || one.names.iter().any(|own| own == name))
        };
        let begin = |latest: bool| {
            let of = asked.iter().filter(takes).filter(|one| one.latest == latest);
            of.map(|one| one.from).min().unwrap_or(Instant::MAX)
        };
        let all = begin(false);
        Since { all, latest: begin(true).min(all) }
    }
}

/// What is remembered of each customer: a line of a processor's memory. Of a kind and name of which something is left out it
/// is one number, and another where the latest alone bears; of those for which there is no room everything is kept.
const REMEMBERED: usize = 8;
/// Nothing is known of a customer. What is remembered only grows smaller.
const NOT_SEEN: i64 = i64::MAX;
/// The latest of a customer is kept among those that bear anyway.
const KEPT: i64 = i64::MIN;

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line([i64; REMEMBERED]);

/// What is done with facts of one kind and name.
#[derive(Clone, Copy)]
struct Sort {
    /// From when on all bear, and from when on the latest does.
    all: i64,
    latest: i64,
    /// Where it is remembered when the earliest happened; `None` where everything is kept.
    place: Option<u8>,
    /// Where it is remembered when the latest did that bears alone, as a number that grows smaller with time (`!`).
    latest_place: Option<u8>,
}

/// Everything is kept.
const WHOLE: Sort = Sort { all: i64::MIN, latest: i64::MIN, place: None, latest_place: None };

/// What one core has kept of facts that do not bear: by customer, when the earliest of each kind and name happened, and when the
/// latest did where that bears alone.
#[derive(Default)]
pub(crate) struct Spared {
    /// By pair of a kind and a name.
    sorts: Vec<Sort>,
    taken: u8,
    /// By the number of the customer.
    lines: Vec<Line>,
}

impl Spared {
    /// Hears from when on a pair bears.
    pub fn hear(&mut self, pair: u16, since: Since) {
        let pair = usize::from(pair);
        let length = self.sorts.len().max(pair + 1);
        self.sorts.resize(length, WHOLE);
        let (all, latest) = (since.all.micros(), since.latest.micros());
        if since.all == Instant::MIN {
            return;
        }
        let Some(place) = self.place() else { return };
        let latest_place = if latest < all { self.place() } else { None };
        // Where there is no room for the latest, all from there on are kept.
        let all = if latest_place.is_some() { all } else { latest };
        self.sorts[pair] = Sort { all, latest, place: Some(place), latest_place };
    }

    /// Room for one number more of each customer.
    fn place(&mut self) -> Option<u8> {
        let free = (usize::from(self.taken) < REMEMBERED).then_some(self.taken);
        self.taken += u8::from(free.is_some());
        free
    }

    /// Whether a row of a customer may be left out: it does not bear, or only as the latest and is remembered as such, and an
    /// earlier one was kept.
    #[inline]
    pub fn spares(&mut self, customer: u32, pair: u16, (occurred_at, known_at): (i64, i64)) -> bool {
        let sort = self.sorts[usize::from(pair)];
        if occurred_at >= sort.all {
            if let Some(latest) = sort.latest_place {
                self.line(customer)[usize::from(latest)] = KEPT;
            }
            return false;
        }
        let Some(place) = sort.place else { return false };
        let line = self.line(customer);
        if line[usize::from(place)] <= occurred_at {
            if let Some(latest) = sort.latest_place.filter(|_| occurred_at >= sort.latest) {
                let latest = &mut line[usize::from(latest)];
                *latest = (*latest).min(!occurred_at);
            }
            return true;
        }
        // A row that came late does not show what was there before it was known.
        if known_at <= occurred_at {
            line[usize::from(place)] = occurred_at;
        }
        false
    }

    #[inline]
    fn line(&mut self, customer: u32) -> &mut [i64; REMEMBERED] {
        let customer = customer as usize;
        if self.lines.len() <= customer {
            self.lines.resize(customer + 1, Line([NOT_SEEN; REMEMBERED]));
        }
        &mut self.lines[customer].0
    }

    /// The rows that were left out and bear as the latest: their customer and pair, and when they happened.
    pub fn latest(&self) -> Vec<(u32, u16, i64)> {
        let places = self.sorts.iter().zip(0u16..).filter_map(|(sort, pair)| Some((pair, sort.latest_place?)));
        let places: Vec<(u16, u8)> = places.collect();
        let mut rows = Vec::new();
        for (customer, Line(line)) in self.lines.iter().enumerate() {
            let known = places.iter().map(|(pair, place)| (customer as u32, *pair, line[usize::from(*place)]));
            let alone = known.filter(|(.., latest)| ![NOT_SEEN, KEPT].contains(latest));
            rows.extend(alone.map(|(customer, pair, latest)| (customer, pair, !latest)));
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_from(at: Instant) -> Since {
        Since { all: at, latest: at }
    }

    #[test]
    fn what_does_not_bear_is_spared_only_behind_an_earlier_one_that_was_known_at_once() {
        let at = Instant::from_micros;
        let orders = ["Order Completed".to_owned()];
        let bearing = Bearing::nothing().also(&[Kind::Order], &orders, at(50)).also(&[Kind::Order], &orders, at(40));
        assert_eq!(bearing.from(Kind::Order, "Order Completed"), all_from(at(40)));
        assert_eq!(bearing.from(Kind::Order, "Order Cancelled"), all_from(Instant::MAX));
        assert_eq!(bearing.from(Kind::Event, "Order Completed"), all_from(Instant::MAX));
        assert_eq!(Bearing::default().also(&[Kind::Order], &[], at(40)).from(Kind::Event, "x"), all_from(Instant::MIN));
        let every_name = Bearing::nothing().also(&[Kind::Event], &[], at(9));
        assert_eq!(every_name.from(Kind::Event, "x"), all_from(at(9)));

        let mut spared = Spared::default();
        spared.hear(0, all_from(at(40)));
        spared.hear(1, all_from(Instant::MAX));
        assert!(!spared.spares(3, 0, (20, 30)), "the first, known late");
        assert!(!spared.spares(3, 0, (25, 25)), "nothing before it was known at once");
        assert!(spared.spares(3, 0, (25, 60)) && spared.spares(3, 0, (39, 39)));
        assert!(!spared.spares(3, 0, (24, 24)), "earlier than what was kept");
        assert!(!spared.spares(3, 0, (40, 40)), "it bears");
        assert!(!spared.spares(3, 1, (99, 99)) && spared.spares(3, 1, (100, 100)), "another kind and name");
        assert!(!spared.spares(2, 0, (30, 30)) && !spared.spares(4, 0, (30, 30)), "somebody else");
    }

    #[test]
    fn of_more_kinds_and_names_than_are_remembered_everything_is_kept() {
        let mut spared = Spared::default();
        (0..=REMEMBERED as u16).for_each(|pair| spared.hear(pair, all_from(Instant::MAX)));
        let mut left_out = |pair: u16| (0..3).filter(|at| spared.spares(0, pair, (*at, *at))).count();
        assert_eq!((left_out(0), left_out(REMEMBERED as u16 - 1), left_out(REMEMBERED as u16)), (2, 2, 0));
    }

    #[test]
    fn where_the_latest_bears_alone_those_before_it_are_left_out_and_it_is_told_at_the_end() {
        let at = Instant::from_micros;
        let bearing = Bearing::nothing().also(&[Kind::Event], &["Seen".to_owned()], at(90));
        let bearing = bearing.also_latest(&[Kind::Event], &[], at(50)).also_latest(&[Kind::Event], &[], at(60));
        assert_eq!(bearing.from(Kind::Event, "Seen"), Since { all: at(90), latest: at(50) });
        assert_eq!(bearing.from(Kind::Event, "Used"), Since { all: Instant::MAX, latest: at(50) });
        assert_eq!(bearing.from(Kind::Order, "Seen"), all_from(Instant::MAX));
        let earlier = Bearing::nothing().also(&[Kind::Event], &[], at(30)).also_latest(&[Kind::Event], &[], at(50));
        assert_eq!(earlier.from(Kind::Event, "Seen"), all_from(at(30)), "all bear from before");

        let mut spared = Spared::default();
        spared.hear(0, bearing.from(Kind::Event, "Seen"));
        spared.hear(1, bearing.from(Kind::Event, "Used"));
        let mut meet = |customer: u32, pair: u16, times: &[i64]| {
            times.iter().map(|at| !spared.spares(customer, pair, (*at, *at))).collect::<Vec<bool>>()
        };
        assert_eq!(meet(0, 0, &[10, 55, 70, 60]), [true, false, false, false], "the first is kept, 70 remembered");
        assert_eq!(meet(1, 0, &[10, 55, 90, 70]), [true, false, true, false], "90 is kept and the latest");
        assert_eq!(meet(2, 0, &[10, 49]), [true, false], "49 bears in no way");
        assert_eq!(meet(3, 0, &[55]), [true], "the first is the latest too");
        assert_eq!(meet(0, 1, &[10, 90, 80]), [true, false, false], "of another name never all");
        assert_eq!(spared.latest(), [(0, 0, 70), (0, 1, 90)]);
    }

    #[test]
    fn where_there_is_no_room_for_the_latest_all_that_it_could_be_are_kept() {
        let mut spared = Spared::default();
        let since = Since { all: Instant::from_micros(90), latest: Instant::from_micros(50) };
        spared.hear(0, all_from(Instant::from_micros(90)));
        // Room for three and for half of a fourth.
        (1..=5).for_each(|pair| spared.hear(pair, since));
        let mut kept = |pair: u16| [10, 20, 60, 70].map(|at| !spared.spares(0, pair, (at, at)));
        assert_eq!(kept(0), [true, false, false, false]);
        assert_eq!(kept(3), [true, false, false, false]);
        assert_eq!(kept(4), [true, false, true, true]);
        assert_eq!(kept(5), [true; 4]);
        assert_eq!(spared.latest(), [(0, 3, 70)]);
    }
}
