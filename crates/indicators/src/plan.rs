//! The catalogue made ready for one frame of facts and some moments.
//!
//! Everything that does not depend on the customer is decided here once: which rows each selector takes, where every
//! window begins and ends, what can be known at all. What is left for the kernel is arithmetic.

use std::collections::HashSet;

use calendar::WorkCalendar;
use estimators::rhythm::Nulls;
use facts::{Bearing, FactFrame};
use vocab::{AsOf, Instant, Kind, Unknown, Zone};

use crate::catalog::{Catalog, Indicator, WhenAbsent};
use crate::course::Course;
use crate::formula::Formula;
use crate::measure::{Gap, Measure, Measured, Reach, Since, Stretch, With};
use crate::season;
use crate::selector::{Matcher, Selector};
use crate::supply::Supply;

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

/// How many working days there are up to each day.
pub(crate) struct WorkDays {
    first: i64,
    up_to: Vec<u32>,
}

impl WorkDays {
    fn new(calendar: &WorkCalendar) -> WorkDays {
        // 1970 to 2150: whatever lies outside counts as the border.
        let (first, days) = (0, 180 * 366);
        let mut up_to = Vec::with_capacity(days);
        let mut count = 0;
        for day in first..first + days as i64 {
            count += u32::from(calendar.works_on(day));
            up_to.push(count);
        }
        WorkDays { first, up_to }
    }

    /// Working days up to and including a civil day.
    pub(crate) fn up_to(&self, day: i64) -> i64 {
        let place = (day - self.first).clamp(-1, self.up_to.len() as i64 - 1);
        if place < 0 { 0 } else { i64::from(self.up_to[place as usize]) }
    }

    pub(crate) fn works_on(&self, day: i64) -> bool {
        self.up_to(day) > self.up_to(day - 1)
    }
}

/// A stretch of time, and which borders of its group it lies between.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pane {
    pub start: i64,
    pub end: i64,
    /// Borders of the group.
    pub borders: (u32, u32),
    /// Borders of the group of its part, if it is a share.
    pub of_part: (u32, u32),
}

impl Pane {
    fn of(stretch: Stretch) -> Pane {
        Pane { start: stretch.start.micros(), end: stretch.end.micros(), ..Pane::default() }
    }
}

/// Where an indicator looks at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    /// The moment.
    pub as_of: i64,
    /// The window.
    pub now: Pane,
    /// The windows it is compared with.
    pub bases: Vec<Pane>,
    /// Cuts the window into days.
    pub clock: DayClock,
    /// Position of that clock among those of its selector.
    pub clock_place: usize,
    /// Position of that clock among those of its part's selector.
    pub clock_of_part: usize,
    /// What its course in time is judged by.
    pub course: Option<Course>,
    /// Why nobody can have a number.
    pub barred: Option<Unknown>,
}

/// What a window begins with, if that is the customer's own.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Anchor {
    None,
    Start,
    /// The latest row of this group.
    LastOf(usize),
}

/// An indicator in its place.
pub(crate) struct Task<'a> {
    pub measured: &'a Measured,
    pub when_absent: WhenAbsent,
    /// Column of the answer.
    pub column: usize,
    /// The rows it looks at.
    pub group: usize,
    /// The rows of its part, if it is a share.
    pub part: Option<usize>,
    pub anchor: Anchor,
    /// Which of the properties that the group's rows speak of is its own, if it looks at one.
    pub word: usize,
    /// One per moment.
    pub bounds: Vec<Bounds>,
    /// Whether no other column is computed from its own, so that nobody misses the cells of one that is barred.
    pub stands_alone: bool,
}

impl Task<'_> {
    /// Why nobody has a number at a moment, where that is told once and not customer by customer: most of a catalogue is
    /// about sources that a firm has not connected.
    pub(crate) fn left_empty(&self, m: usize) -> Option<Unknown> {
        self.bounds[m].barred.filter(|_| self.stands_alone)
    }
}

/// Rows that one selector takes.
pub(crate) struct Group<'a> {
    pub matcher: Matcher<'a>,
    selector: &'a Selector,
    /// The property whose number stands for the value.
    pub number: Option<&'a str>,
    pub clocks: Vec<DayClock>,
    /// Begins and ends of every window at every moment, in order.
    pub borders: Vec<i64>,
    /// Whether anybody adds up values.
    pub sums: bool,
    /// Whether anybody looks at values.
    pub values: bool,
    /// Properties that somebody looks at.
    pub said: Vec<&'a str>,
}

impl<'a> Group<'a> {
    /// The facts it takes.
    pub fn selector(&self) -> &'a Selector {
        self.selector
    }

    /// Position of a clock among its own.
    fn clock(&mut self, clock: DayClock) -> usize {
        self.clocks.iter().position(|one| *one == clock).unwrap_or_else(|| {
            self.clocks.push(clock);
            self.clocks.len() - 1
        })
    }

    fn border(&self, at: i64) -> u32 {
        self.borders.partition_point(|border| *border < at) as u32
    }
}

/// The catalogue made ready.
pub(crate) struct Plan<'a> {
    pub frame: &'a FactFrame,
    pub moments: &'a [AsOf],
    pub groups: Vec<Group<'a>>,
    pub tasks: Vec<Task<'a>>,
    pub columns: usize,
    /// Per column: whether it is computed from others.
    pub formulas: Vec<bool>,
    /// Per column and moment: from when on a short history will do.
    pub known_from: Vec<Vec<Option<Instant>>>,
    /// Present if any indicator counts working days.
    pub work: Option<WorkDays>,
    /// What chance makes of rhythms, simulated once for all moments.
    nulls: Nulls,
    /// Where the groups that take a name and a kind begin among those routed.
    starts: Vec<u32>,
    routed: Vec<u16>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(frame: &'a FactFrame, catalog: &'a Catalog, moments: &'a [AsOf], delivery: Delivery) -> Plan<'a> {
        let columns = catalog.indicators().len();
        let counts_working = catalog.indicators().iter().filter_map(Indicator::measured).any(|one| one.working);
        let work = counts_working.then(|| WorkDays::new(&catalog.calendar(frame.zone())));
        let mut plan = Plan {
            frame,
            moments,
            groups: Vec::new(),
            tasks: Vec::new(),
            columns,
            formulas: catalog.indicators().iter().map(|indicator| indicator.formula().is_some()).collect(),
            known_from: vec![Vec::new(); columns],
            work,
            nulls: Nulls::default(),
            starts: Vec::new(),
            routed: Vec::new(),
        };
        let formulas = catalog.indicators().iter().filter_map(Indicator::formula);
        let asked: HashSet<&str> = formulas.flat_map(Formula::indicators).collect();
        for (column, indicator) in catalog.indicators().iter().enumerate() {
            if let Some(measured) = indicator.measured() {
                let covered = Covered { delivery, always: catalog.is_covered_always(), supply: catalog.supply() };
                plan.add(column, indicator, measured, covered);
                let is_compared =
                    matches!(&measured.compare, Some(compare) if matches!(compare.with, With::Peers { .. }));
                if let Some(task) = plan.tasks.last_mut() {
                    task.stands_alone = !is_compared && !asked.contains(indicator.id.as_str());
                }
            }
        }
        plan.set_borders();
        plan.build_routes();
        plan
    }

    fn add(&mut self, column: usize, indicator: &'a Indicator, measured: &'a Measured, covered: Covered<'_>) {
        let group = self.group(&measured.of, measured.number.as_deref());
        let part = match &measured.measure {
            Measure::Share { part, .. } => Some(self.group(part, None)),
            _ => None,
        };
        let anchor = match &measured.since {
            None => Anchor::None,
            Some(Since::Start) => Anchor::Start,
            Some(Since::LastOf(selector)) => Anchor::LastOf(self.group(selector, None)),
        };
        let mut all_bounds = Vec::with_capacity(self.moments.len());
        let alike = self.tasks.iter().position(|task| shares_course(task.measured, measured));
        for (m, t) in self.moments.iter().enumerate() {
            let zone = self.frame.zone();
            let mut bounds = bounds(measured, *t, zone);
            let first = covered.first(self.frame, &measured.of, *t);
            bounds.barred = covered.barred(measured, &bounds, first).or_else(|| covered.starved(measured, &bounds, *t));
            let from = match (bounds.barred, first) {
                (Some(Unknown::ShortHistory), Some(first)) => covered_by(measured, *t, first, zone),
                _ => None,
            };
            self.known_from[column].push(from);
            for (place, is_part) in [(Some(group), false), (part, true)] {
                let Some(place) = place else { continue };
                self.groups[place].sums |= measured.measure.adds_values();
                self.groups[place].values |= measured.measure.reads_values();
                if measured.measure.counts_days() {
                    let clock = self.groups[place].clock(bounds.clock);
                    *(if is_part { &mut bounds.clock_of_part } else { &mut bounds.clock_place }) = clock;
                }
            }
            bounds.course = match alike {
                Some(task) => self.tasks[task].bounds[m].course.clone(),
                None => {
                    let matcher = &self.groups[group].matcher;
                    Course::of(measured, &bounds, self.frame, matcher, *t, &mut self.nulls)
                }
            };
            all_bounds.push(bounds);
        }
        let when_absent = indicator.when_absent;
        let word = measured.measure.property().map_or(0, |property| self.word(group, property));
        let bounds = all_bounds;
        let stands_alone = false;
        self.tasks.push(Task { measured, when_absent, column, group, part, anchor, word, bounds, stands_alone });
    }

    /// By column: the one reason for which everybody's number is unknown at a moment, where no cell of it is written.
    pub(crate) fn left_empty(&self, m: usize) -> Vec<Option<Unknown>> {
        let mut reasons = vec![None; self.columns];
        for task in &self.tasks {
            reasons[task.column] = task.left_empty(m);
        }
        reasons
    }

    /// Place of a property among those that a group's measures look at.
    fn word(&mut self, group: usize, property: &'a str) -> usize {
        let said = &mut self.groups[group].said;
        said.iter().position(|one| *one == property).unwrap_or_else(|| {
            said.push(property);
            said.len() - 1
        })
    }

    /// Gathers the borders of all windows, and tells each window which are its own.
    fn set_borders(&mut self) {
        for task in &self.tasks {
            for place in [Some(task.group), task.part].into_iter().flatten() {
                let panes = task.bounds.iter().flat_map(|bounds| bounds.bases.iter().chain([&bounds.now]));
                self.groups[place].borders.extend(panes.flat_map(|pane| [pane.start, pane.end]));
            }
        }
        for group in &mut self.groups {
            group.borders.sort_unstable();
            group.borders.dedup();
        }
        for task in &mut self.tasks {
            let (own, part) = (&self.groups[task.group], task.part.map(|part| &self.groups[part]));
            for bounds in &mut task.bounds {
                for pane in bounds.bases.iter_mut().chain([&mut bounds.now]) {
                    pane.borders = (own.border(pane.start), own.border(pane.end));
                    pane.of_part = part.map_or((0, 0), |part| (part.border(pane.start), part.border(pane.end)));
                }
            }
        }
    }

    fn group(&mut self, selector: &'a Selector, number: Option<&'a str>) -> usize {
        let is_it = |group: &Group<'_>| group.selector == selector && group.number == number;
        if let Some(known) = self.groups.iter().position(is_it) {
            return known;
        }
        self.groups.push(Group {
            matcher: selector.on(self.frame),
            selector,
            number,
            clocks: Vec::new(),
            borders: Vec::new(),
            sums: false,
            values: false,
            said: Vec::new(),
        });
        self.groups.len() - 1
    }

    fn build_routes(&mut self) {
        for name_code in 0..self.frame.name_count() as u32 {
            for kind in Kind::ALL {
                self.starts.push(self.routed.len() as u32);
                let takes = |group: &Group<'_>| group.matcher.takes(kind, name_code);
                let taken = self.groups.iter().enumerate().filter(|(_, group)| takes(group));
                self.routed.extend(taken.map(|(at, _)| at as u16));
            }
        }
        self.starts.push(self.routed.len() as u32);
    }

    /// The groups that take a row, filters apart.
    #[inline]
    pub(crate) fn routes(&self, row: usize) -> &[u16] {
        let place = self.frame.name_code(row) as usize * Kind::ALL.len() + self.frame.kind(row) as usize;
        &self.routed[self.starts[place] as usize..self.starts[place + 1] as usize]
    }
}

/// What is known of sources.
#[derive(Clone, Copy)]
struct Covered<'a> {
    delivery: Delivery,
    always: bool,
    supply: &'a Supply,
}

impl Covered<'_> {
    fn starved(self, measured: &Measured, bounds: &Bounds, as_of: AsOf) -> Option<Unknown> {
        self.supply.starves(measured, bounds, as_of).map(|_| Unknown::SourceSilent)
    }

    /// From when the selector's source delivered, as could be known at the moment.
    fn first(self, frame: &FactFrame, selector: &Selector, as_of: AsOf) -> Option<Instant> {
        let by_kind = |kind: &Kind| {
            // Within a kind other than `event` every fact shows that the source delivers, see `is_delivered_by`.
            let names: &[String] = if *kind == Kind::Event { &selector.names } else { &[] };
            frame.first_delivered_by(*kind, names, as_of)
        };
        match self.delivery {
            Delivery::Observed => selector.kinds.iter().filter_map(by_kind).min(),
            Delivery::FromFirstFact => {
                Kind::ALL.iter().filter_map(|kind| frame.first_delivered_by(*kind, &[], as_of)).min()
            }
        }
    }

    fn barred(self, measured: &Measured, bounds: &Bounds, first: Option<Instant>) -> Option<Unknown> {
        if self.always {
            return None;
        }
        let Some(first) = first else { return Some(Unknown::NotConnected) };
        (needs_cover(measured) && covered_from(bounds) < first.micros()).then_some(Unknown::ShortHistory)
    }
}

/// Whether two measures ask about the same weeks of the same facts by the same rhythm: what everybody did is then read once.
fn shares_course(one: &Measured, other: &Measured) -> bool {
    let with = |measured: &Measured| {
        let compare = measured.compare.as_ref().filter(|compare| compare.against.is_rhythm())?;
        Some((compare.with.clone(), measured.of.clone(), measured.reach, measured.offset))
    };
    with(one).is_some_and(|own| with(other) == Some(own))
}

/// Whether what happened before its source delivered bears on the number.
pub(crate) fn needs_cover(measured: &Measured) -> bool {
    measured.reach != Reach::All && measured.measure.needs_whole_window()
}

/// Begin of the earliest window it looks at.
pub(crate) fn covered_from(bounds: &Bounds) -> i64 {
    bounds.bases.iter().map(|base| base.start).fold(bounds.now.start, i64::min)
}

/// The earliest moment, to the second where months differ in length, at which every window begins after the first fact delivered.
fn covered_by(measured: &Measured, as_of: AsOf, first: Instant, zone: &Zone) -> Option<Instant> {
    const SECOND: i64 = 1_000_000;
    let covered = |at: i64| covered_from(&bounds(measured, AsOf(Instant::from_micros(at)), zone)) >= first.micros();
    // Where every window is of one length, the answer is plain.
    let length = as_of.instant().micros().saturating_sub(covered_from(&bounds(measured, as_of, zone)));
    let plain = first.micros().saturating_add(length);
    if covered(plain) && !covered(plain - 1) {
        return Some(Instant::from_micros(plain));
    }
    let (mut before, mut after) = (as_of.instant().micros(), as_of.instant().plus_days(40_000).micros());
    if !covered(after) {
        return None;
    }
    while after - before > SECOND {
        let middle = before + (after - before) / 2;
        if covered(middle) { after = middle } else { before = middle }
    }
    // Moments are told to the second: the first whole one that will do.
    let rounded = after.div_euclid(SECOND) * SECOND;
    Some(Instant::from_micros(if covered(rounded) { rounded } else { rounded + SECOND }))
}

/// From when on facts bear on what a catalogue says at some moments.
///
/// A fact that happened before every window is seen by nobody, but that it shows that its customer was there and that such
/// a thing was ever seen of them, which any other of its kind and name shows as well. Not so where more is asked of a fact
/// than its kind and name, or where a window begins with one: there all bear. Where it is asked when a thing happened last, and
/// at one moment alone, the latest bears for all.
pub(crate) fn bearing(catalog: &Catalog, moments: &[AsOf], zone: &Zone) -> Bearing {
    let mut bearing = Bearing::nothing();
    for measured in catalog.indicators().iter().filter_map(Indicator::measured) {
        let begins = moments.iter().map(|t| covered_from(&bounds(measured, *t, zone)));
        let begin = begins.min().map_or(Instant::MAX, Instant::from_micros);
        let asks_latest = matches!(moments, [t] if asks_latest(measured, *t, zone));
        for selector in measured.selectors() {
            let (kinds, names) = (&selector.kinds, &selector.names);
            let is_anchor = matches!(&measured.since, Some(Since::LastOf(of)) if of == selector);
            bearing = match is_anchor || selector.filter.is_some() {
                true => bearing.also(kinds, names, Instant::MIN),
                false if asks_latest => bearing.also_latest(kinds, names, begin),
                false => bearing.also(kinds, names, begin),
            };
        }
    }
    bearing
}

/// Whether nothing is asked of facts at a moment but when the latest of those visible happened.
fn asks_latest(measured: &Measured, as_of: AsOf, zone: &Zone) -> bool {
    let measures = matches!(measured.measure, Measure::DaysSinceLast | Measure::Gap(Gap::Current));
    let is_plain = measured.compare.is_none() && measured.since.is_none();
    // A window that ends before the moment has a latest of its own.
    measures && is_plain && bounds(measured, as_of, zone).now.end >= as_of.instant().micros()
}

/// Where an indicator looks at a moment.
pub(crate) fn bounds(measured: &Measured, as_of: AsOf, zone: &Zone) -> Bounds {
    let end = measured.offset.map_or(as_of.instant(), |offset| offset.start(as_of, zone));
    let now = measured.reach.stretch(end, 0, zone);
    let bases: Vec<Stretch> = match measured.compare.as_ref().map(|compare| &compare.with) {
        Some(With::Previous) => vec![measured.reach.stretch(end, 1, zone)],
        Some(With::OwnHistory { windows } | With::OwnAndPeers { windows }) => {
            (1..=*windows).map(|earlier| measured.reach.stretch(end, earlier, zone)).collect()
        }
        Some(With::LastYear { spring_festival }) => {
            vec![season::last_year(measured.reach, end, *spring_festival, zone)]
        }
        Some(With::Peers { .. }) | None => Vec::new(),
    };
    let is_civil = measured.reach.is_civil() || measured.working;
    Bounds {
        as_of: as_of.instant().micros(),
        now: Pane::of(now),
        bases: bases.into_iter().map(Pane::of).collect(),
        clock: if is_civil { DayClock::Civil } else { DayClock::Rolling(end.micros().rem_euclid(DAY)) },
        clock_place: 0,
        clock_of_part: 0,
        course: None,
        barred: None,
    }
}
