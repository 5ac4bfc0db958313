//! The catalogue made ready for one frame of facts and some moments.
//!
//! Everything that does not depend on the customer is decided here once: which rows each selector takes, where every
//! window begins and ends, what can be known at all. What is left for the kernel is arithmetic.

use std::collections::{BTreeMap, HashMap};

use facts::FactFrame;
use vocab::{AsOf, Instant, Kind, Unknown, Window, Zone};

use crate::catalog::{Basis, Catalog, Indicator, Measure};
use crate::selector::Matcher;

pub(crate) const DAY: i64 = 86_400_000_000;

/// From when a source counts as delivering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// From the first fact that shows it, whoever the customer is; before, and if there is none, it was not connected.
    #[default]
    Observed,
    /// Every source from the first fact of the frame, of whatever kind: for a plain file of facts that is the whole
    /// record.
    FromFirstFact,
}

/// What cuts time into days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayClock {
    /// 24-hour days whose border falls on this offset from the epoch's.
    Rolling(i64),
    /// Days of the firm's zone.
    Civil,
}

impl DayClock {
    pub(crate) fn day(self, at: i64, zone: &Zone) -> i64 {
        match self {
            DayClock::Rolling(phase) => (at - phase).div_euclid(DAY),
            DayClock::Civil => zone.day_number(Instant::from_micros(at)),
        }
    }
}

/// Where an indicator looks at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// The moment.
    pub as_of: i64,
    /// Begin of the window before this one.
    pub previous: i64,
    /// Begin of the window.
    pub start: i64,
    /// End of the window.
    pub end: i64,
    /// Position among its selector's day clocks.
    pub clock: usize,
    /// Why nobody can have a number.
    pub barred: Option<Unknown>,
}

/// An indicator in its place.
pub(crate) struct Task<'a> {
    pub indicator: &'a Indicator,
    /// Column of the answer.
    pub column: usize,
    /// One per moment.
    pub bounds: Vec<Bounds>,
}

/// Everything that looks at the same facts.
pub(crate) struct Group<'a> {
    pub matcher: Matcher<'a>,
    pub clocks: Vec<DayClock>,
    pub tasks: Vec<Task<'a>>,
}

/// The catalogue made ready.
pub(crate) struct Plan<'a> {
    pub frame: &'a FactFrame,
    pub moments: &'a [AsOf],
    pub groups: Vec<Group<'a>>,
    pairs: Pairs,
    /// Groups that take a pair of kind and name.
    routes: Vec<Vec<u16>>,
    /// Codes of property values, by property, for measures that count different ones; 0 = none.
    value_codes: BTreeMap<&'a str, Vec<u32>>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(frame: &'a FactFrame, catalog: &'a Catalog, moments: &'a [AsOf], delivery: Delivery) -> Plan<'a> {
        let pairs = Pairs::of(frame, moments);
        let mut groups: Vec<Group<'a>> = Vec::new();
        for (column, indicator) in catalog.indicators().iter().enumerate() {
            let known = groups.iter().position(|group| group.tasks[0].indicator.of == indicator.of);
            let at = known.unwrap_or(groups.len());
            if known.is_none() {
                groups.push(Group { matcher: indicator.of.on(frame), clocks: Vec::new(), tasks: Vec::new() });
            }
            let first = pairs.first_delivered(indicator, delivery, moments.len());
            let clocks = &mut groups[at].clocks;
            let bounds = moments.iter().zip(first).map(|(t, first)| bounds(indicator, *t, frame.zone(), first, clocks));
            let bounds = bounds.collect();
            groups[at].tasks.push(Task { indicator, column, bounds });
        }
        let routes = pairs
            .list
            .iter()
            .map(|pair| {
                let takes = |group: &Group<'_>| group.matcher.takes(pair.kind, pair.name_code);
                groups.iter().enumerate().filter(|(_, group)| takes(group)).map(|(at, _)| at as u16).collect()
            })
            .collect();
        let value_codes = value_codes(frame, &groups);
        Plan { frame, moments, groups, pairs, routes, value_codes }
    }

    /// The groups that take a row, filters apart.
    pub(crate) fn routes(&self, row: usize) -> &[u16] {
        match self.pairs.position(self.frame.kind(row), self.frame.name_code(row)) {
            Some(pair) => &self.routes[pair],
            None => &[],
        }
    }

    /// Code of a row's value of a property; 0 = none. Equal codes are equal values.
    pub(crate) fn value_code(&self, property: &str, row: usize) -> u32 {
        self.value_codes.get(property).map_or(0, |codes| codes[row])
    }
}

fn bounds(indicator: &Indicator, as_of: AsOf, zone: &Zone, first: Option<i64>, clocks: &mut Vec<DayClock>) -> Bounds {
    let end = indicator.offset.map_or(as_of.instant(), |offset| offset.start(as_of, zone));
    let back = |from: Instant| indicator.window.map_or(Instant::MIN, |window| window.start(AsOf(from), zone));
    let start = back(end);
    let is_ratio = matches!(indicator.measure, Measure::RatioToPrevious(_));
    let previous = if is_ratio { back(start) } else { start };
    let needs_whole_window = matches!(
        indicator.measure,
        Measure::Count
            | Measure::Sum
            | Measure::Mean
            | Measure::DistinctDays
            | Measure::DistinctValues { .. }
            | Measure::RatioToPrevious(_)
    );
    let barred = match first {
        None => Some(Unknown::NotConnected),
        Some(first) if needs_whole_window && indicator.window.is_some() && previous.micros() < first => {
            Some(Unknown::ShortHistory)
        }
        Some(_) => None,
    };
    let counts_days =
        matches!(indicator.measure, Measure::DistinctDays | Measure::RatioToPrevious(Basis::DistinctDays));
    let clock = if counts_days { clock_position(indicator.window, end, clocks) } else { 0 };
    Bounds {
        as_of: as_of.instant().micros(),
        previous: previous.micros(),
        start: start.micros(),
        end: end.micros(),
        clock,
        barred,
    }
}

fn clock_position(window: Option<Window>, end: Instant, clocks: &mut Vec<DayClock>) -> usize {
    let clock = match window {
        None | Some(Window::Days(_)) => DayClock::Rolling(end.micros().rem_euclid(DAY)),
        Some(_) => DayClock::Civil,
    };
    clocks.iter().position(|known| *known == clock).unwrap_or_else(|| {
        clocks.push(clock);
        clocks.len() - 1
    })
}

fn value_codes<'a>(frame: &'a FactFrame, groups: &[Group<'a>]) -> BTreeMap<&'a str, Vec<u32>> {
    let mut columns: BTreeMap<&'a str, Vec<u32>> = BTreeMap::new();
    for task in groups.iter().flat_map(|group| &group.tasks) {
        if let Measure::DistinctValues { property } = &task.indicator.measure {
            columns.entry(property).or_insert_with(|| {
                let mut codes: HashMap<&str, u32> = HashMap::new();
                let code = |row| {
                    let value = frame.property(row, property).flatten()?;
                    let next = codes.len() as u32 + 1;
                    Some(*codes.entry(value).or_insert(next))
                };
                (0..frame.len()).map(code).map(Option::unwrap_or_default).collect()
            });
        }
    }
    columns
}

/// A kind and a name that occur together.
struct Pair {
    kind: Kind,
    name_code: u32,
    name: String,
    /// Per moment, when the first fact that could be known by then happened.
    first: Vec<i64>,
}

/// Every kind and name that occur together.
struct Pairs {
    list: Vec<Pair>,
    /// By name code, then by kind: position in the list plus one.
    positions: Vec<[u32; Kind::ALL.len()]>,
}

impl Pairs {
    /// One pass over the rows of everybody.
    ///
    /// A row that a later correction replaced still shows that its source delivered.
    fn of(frame: &FactFrame, moments: &[AsOf]) -> Pairs {
        let mut pairs = Pairs { list: Vec::new(), positions: Vec::new() };
        for row in 0..frame.len() {
            let (kind, name_code) = (frame.kind(row), frame.name_code(row));
            let position = pairs.position(kind, name_code).unwrap_or_else(|| {
                let pair =
                    Pair { kind, name_code, name: frame.name(row).to_owned(), first: vec![i64::MAX; moments.len()] };
                pairs.add(pair)
            });
            let at = frame.occurred_at(row).micros();
            let visible_after = frame.known_at(row).micros().max(at);
            for (first, t) in pairs.list[position].first.iter_mut().zip(moments) {
                if at < *first && visible_after < t.instant().micros() {
                    *first = at;
                }
            }
        }
        pairs
    }

    fn position(&self, kind: Kind, name_code: u32) -> Option<usize> {
        let slot = self.positions.get(name_code as usize)?[kind as usize];
        (slot > 0).then(|| slot as usize - 1)
    }

    fn add(&mut self, pair: Pair) -> usize {
        if self.positions.len() <= pair.name_code as usize {
            self.positions.resize(pair.name_code as usize + 1, [0; Kind::ALL.len()]);
        }
        self.positions[pair.name_code as usize][pair.kind as usize] = self.list.len() as u32 + 1;
        self.list.push(pair);
        self.list.len() - 1
    }

    /// Per moment, from when the indicator's source delivered.
    fn first_delivered(&self, indicator: &Indicator, delivery: Delivery, moments: usize) -> Vec<Option<i64>> {
        let mut first = vec![i64::MAX; moments];
        for pair in &self.list {
            let counts = delivery == Delivery::FromFirstFact || indicator.of.is_delivered_by(pair.kind, &pair.name);
            if counts {
                first.iter_mut().zip(&pair.first).for_each(|(first, one)| *first = (*first).min(*one));
            }
        }
        first.into_iter().map(|first| (first != i64::MAX).then_some(first)).collect()
    }
}
