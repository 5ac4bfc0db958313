//! When each customer was there and when it was gone: one pass over the facts visible at a moment.
//!
//! The question "was it gone at S?" is answered, for any S up to the moment, from the facts that had happened before S
//! and are known at the moment: past months are judged with what is known today.

use std::collections::HashMap;

use facts::FactFrame;
use indicators::{Matcher, Selector, in_parallel};
use vocab::{Amount, AsOf, CustomerId, Instant, Kind, Text, Zone};

use crate::definition::{CONTRACT_ID, ChurnDefinition, ChurnRule};
use crate::gaps::OwnRhythm;
use crate::product_lines::Naming;
use crate::readiness::{Coverage, coverage};

pub(crate) const MICROS_PER_DAY: i64 = 86_400_000_000;
const NEVER: i64 = i64::MAX;

/// Whether a customer is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There.
    Current,
    /// There, but not long enough to say anything.
    TooNew,
    /// Left.
    Gone {
        /// The moment from which it counts as gone. It lies before the moment asked about.
        at: Instant,
    },
}

/// A stretch of absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    /// From this moment on it counts as gone: gone at S for every S later than it.
    pub gone_at: Instant,
    /// The fact that brought it back: there again at every S later than it.
    pub back_at: Option<Instant>,
    /// Its last sign of life before it was gone.
    pub last_seen: Option<Instant>,
    /// The rule that said so first, by its place in [`ChurnDefinition::rules`].
    pub rule: usize,
}

/// One customer's comings and goings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// When the first fact about it happened.
    pub first_seen: Instant,
    /// Its last sign of life: what the definition counts as activity, or whatever the customer did itself where the
    /// definition counts none.
    pub last_seen: Option<Instant>,
    /// Stretches of absence, oldest first; only the last may still run.
    pub absences: Vec<Spell>,
}

impl Life {
    /// The absence from which it came back, if it was ever gone and is there again: it is won back (已回流). Not told: by whom
    /// or by what; that would ask for a control group.
    pub fn won_back(&self) -> Option<&Spell> {
        self.absences.last().filter(|spell| spell.back_at.is_some())
    }

    /// Where the customer stood at a moment: `None` before it was first seen.
    pub fn state(&self, at: Instant, too_new_days: u32) -> Option<State> {
        if self.first_seen >= at {
            return None;
        }
        // The last spell that began before the moment decides.
        let spell = self.absences[..self.absences.partition_point(|spell| spell.gone_at < at)].last();
        if let Some(spell) = spell.filter(|spell| spell.back_at.is_none_or(|back| back >= at)) {
            return Some(State::Gone { at: spell.gone_at });
        }
        let is_new = self.first_seen >= at.plus_days(-i64::from(too_new_days));
        Some(if is_new { State::TooNew } else { State::Current })
    }
}

/// Every customer's comings and goings, as known at a moment.
#[derive(Clone, Debug)]
pub struct Lifetimes {
    pub(crate) as_of: AsOf,
    pub(crate) zone: Zone,
    pub(crate) too_new_days: u32,
    pub(crate) customers: Vec<CustomerId>,
    pub(crate) lives: Vec<Life>,
    pub(crate) coverage: Coverage,
}

impl Lifetimes {
    /// Reads them off a frame. Customers without a visible fact are left out.
    ///
    /// # Panics
    /// If the frame ends before `as_of`: our own mistake.
    pub fn of(frame: &FactFrame, definition: &ChurnDefinition, as_of: AsOf) -> Lifetimes {
        assert!(as_of <= frame.end(), "the frame ends at {}, asked about {as_of}", frame.end());
        let coverage = coverage(frame, definition, as_of);
        let customer_made = ChurnRule::customer_made();
        let of_some = |some: &[CustomerId]| -> Vec<(CustomerId, Life)> {
            let mut watch = Watch::new(frame, definition, &coverage, &customer_made);
            some.iter().filter_map(|customer| Some((customer.clone(), watch.life(customer, as_of)?))).collect()
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let (customers, lives) = in_parallel(frame.customers(), threads, of_some).into_iter().flatten().unzip();
        let zone = frame.zone().clone();
        Lifetimes { as_of, zone, too_new_days: definition.too_new_days, customers, lives, coverage }
    }

    /// The moment whose knowledge this is.
    pub fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// Every customer, sorted.
    pub fn customers(&self) -> &[CustomerId] {
        &self.customers
    }

    /// Customers with their lives, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&CustomerId, &Life)> {
        self.customers.iter().zip(&self.lives)
    }

    /// One customer's life.
    pub fn life(&self, customer: &CustomerId) -> Option<&Life> {
        self.customers.binary_search(customer).ok().map(|position| &self.lives[position])
    }

    /// See [`crate::not_yet`]. The definition must be the one the lifetimes were read by.
    pub fn not_yet(&self, definition: &ChurnDefinition) -> Option<Text> {
        self.coverage.not_yet(definition, self.as_of, &self.zone)
    }

    /// Where everybody stands at the moment itself.
    pub fn states(&self) -> StateFrame {
        let at = self.as_of.instant();
        let state = |life: &Life| life.state(at, self.too_new_days);
        let states = self.lives.iter().map(|life| state(life).unwrap_or(State::TooNew)).collect();
        let (first_seen, last_seen) = self.lives.iter().map(|life| (life.first_seen, life.last_seen)).unzip();
        StateFrame { as_of: self.as_of, customers: self.customers.clone(), states, first_seen, last_seen }
    }
}

/// Where every customer stands at a moment: customers = current + too new + gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateFrame {
    as_of: AsOf,
    customers: Vec<CustomerId>,
    states: Vec<State>,
    first_seen: Vec<Instant>,
    last_seen: Vec<Option<Instant>>,
}

/// How many customers are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateCounts {
    /// There.
    pub current: u64,
    /// There, but too new to say.
    pub too_new: u64,
    /// Left.
    pub gone: u64,
}

impl StateFrame {
    /// The moment.
    pub fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// Every customer with a visible fact, sorted.
    pub fn customers(&self) -> &[CustomerId] {
        &self.customers
    }

    /// Customers with their states, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&CustomerId, State)> {
        self.customers.iter().zip(self.states.iter().copied())
    }

    /// One customer's state.
    pub fn state(&self, customer: &CustomerId) -> Option<State> {
        self.position(customer).map(|position| self.states[position])
    }

    /// When the first fact about it happened.
    pub fn first_seen(&self, customer: &CustomerId) -> Option<Instant> {
        self.position(customer).map(|position| self.first_seen[position])
    }

    /// Its last sign of life; see [`Life::last_seen`].
    pub fn last_seen(&self, customer: &CustomerId) -> Option<Instant> {
        self.position(customer).and_then(|position| self.last_seen[position])
    }

    /// How many are in each state.
    pub fn counts(&self) -> StateCounts {
        let mut counts = StateCounts::default();
        for state in &self.states {
            match state {
                State::Current => counts.current += 1,
                State::TooNew => counts.too_new += 1,
                State::Gone { .. } => counts.gone += 1,
            }
        }
        counts
    }

    fn position(&self, customer: &CustomerId) -> Option<usize> {
        self.customers.binary_search(customer).ok()
    }
}

/// Who is there, who is too new, who is gone, at a moment.
///
/// # Edges
/// A customer seen exactly the definition's days ago is still there. Where nobody's facts of the kind a rule looks at
/// ever arrived, nobody is gone by that rule; [`crate::not_yet`] says so.
pub fn states(frame: &FactFrame, definition: &ChurnDefinition, as_of: AsOf) -> StateFrame {
    Lifetimes::of(frame, definition, as_of).states()
}

/// Which rows of a frame count, made ready once.
pub(crate) struct Signs<'a> {
    frame: &'a FactFrame,
    of: Vec<Matcher<'a>>,
    orders_only: bool,
}

impl<'a> Signs<'a> {
    pub(crate) fn new(frame: &'a FactFrame, of: &'a [Selector]) -> Self {
        Self { frame, of: of.iter().map(|selector| selector.on(frame)).collect(), orders_only: false }
    }

    /// Orders placed: any order whose value is not negative.
    pub(crate) fn orders(frame: &'a FactFrame) -> Self {
        Self { frame, of: Vec::new(), orders_only: true }
    }

    pub(crate) fn take(&self, row: usize) -> bool {
        if self.orders_only {
            return self.frame.kind(row) == Kind::Order
                && self.frame.value(row).is_none_or(|value| value >= Amount::ZERO);
        }
        self.of.iter().any(|matcher| matcher.matches(row))
    }
}

/// One rule, watching.
enum Criterion<'a> {
    Quiet { signs: Signs<'a>, days: i64, watched_since: Option<i64> },
    Rhythm { signs: Signs<'a>, rhythm: OwnRhythm, watched_since: Option<i64> },
    Contract { of: Matcher<'a>, property: &'a str, grace: i64 },
    Cancelled { of: Signs<'a>, undone_by: Signs<'a> },
}

impl Criterion<'_> {
    /// Whether a row says anything to the rule.
    fn listens_to(&self, frame: &FactFrame, row: usize) -> bool {
        match self {
            Criterion::Quiet { signs, .. } | Criterion::Rhythm { signs, .. } => signs.take(row),
            Criterion::Contract { of, property, .. } => {
                of.matches(row) && frame.property(row, property).flatten().is_some()
            }
            Criterion::Cancelled { of, undone_by } => of.take(row) || undone_by.take(row),
        }
    }
}

/// What a rule remembers of the customer at hand: from which moment on it says "gone".
#[derive(Clone, Debug)]
pub(crate) struct Memory<'a> {
    deadline: i64,
    /// End of each contract that has a name, in micros.
    contracts: Vec<(&'a str, i64)>,
    /// Latest end among facts that name no contract.
    unnamed_end: Option<i64>,
    /// The last order, and the gaps between orders so far, sorted.
    last_order: Option<i64>,
    gaps: Vec<i64>,
    /// Product lines that it is in and has not cancelled.
    in_lines: Vec<&'a str>,
}

/// A frame with the rules made ready for it.
pub(crate) struct Lens<'a> {
    frame: &'a FactFrame,
    criteria: Vec<Criterion<'a>>,
    /// What its rows name, where product lines are left one by one.
    naming: Option<Naming<'a>>,
    /// What counts as a sign of life where no rule looks at activity.
    otherwise: Option<Signs<'a>>,
}

impl<'a> Lens<'a> {
    fn new(
        frame: &'a FactFrame,
        definition: &'a ChurnDefinition,
        coverage: &Coverage,
        customer_made: &'a [Selector],
    ) -> Self {
        let rules = definition.rules();
        let quiet = |signs: Signs<'a>, days: u32, since: Option<Instant>| Criterion::Quiet {
            signs,
            days: i64::from(days) * MICROS_PER_DAY,
            watched_since: since.map(Instant::micros),
        };
        let criteria: Vec<Criterion<'a>> = rules
            .iter()
            .zip(&coverage.rules)
            .filter_map(|(rule, covered)| match rule {
                ChurnRule::Inactivity { of, days } => Some(quiet(Signs::new(frame, of), *days, covered.first)),
                ChurnRule::NoOrder { days } => Some(quiet(Signs::orders(frame), *days, covered.first)),
                ChurnRule::PurchaseGap { times, least_days, most_days } => Some(Criterion::Rhythm {
                    signs: Signs::orders(frame),
                    rhythm: OwnRhythm::new(*times, *least_days, *most_days),
                    watched_since: covered.first.map(Instant::micros),
                }),
                ChurnRule::ContractEnd { of, property, grace_days } => Some(Criterion::Contract {
                    of: of.on(frame),
                    property,
                    grace: i64::from(*grace_days) * MICROS_PER_DAY,
                }),
                ChurnRule::Cancellation { of, undone_by } => {
                    Some(Criterion::Cancelled { of: Signs::new(frame, of), undone_by: Signs::new(frame, undone_by) })
                }
                // `rules()` is flat.
                ChurnRule::AnyOf(_) => None,
            })
            .collect();
        let looks_at_activity =
            criteria.iter().any(|one| matches!(one, Criterion::Quiet { .. } | Criterion::Rhythm { .. }));
        let otherwise = (!looks_at_activity).then(|| Signs::new(frame, customer_made));
        let naming = definition.product_lines.as_ref().map(|names| Naming::new(frame, names));
        Self { frame, criteria, naming, otherwise }
    }

    /// Whether a row says anything to any of the rules.
    pub(crate) fn listens_to(&self, row: usize) -> bool {
        self.criteria.iter().any(|criterion| criterion.listens_to(self.frame, row))
    }

    /// Whether a row is a cancellation.
    pub(crate) fn is_cancelled_by(&self, row: usize) -> bool {
        self.criteria.iter().any(|one| matches!(one, Criterion::Cancelled { of, .. } if of.take(row)))
    }
}

pub(crate) struct Watch<'a> {
    pub(crate) lens: Lens<'a>,
    /// One per rule.
    memories: Vec<Memory<'a>>,
    /// Contract ends already read: the moment after the last day.
    dates: HashMap<&'a str, Option<i64>>,
    rows: Vec<usize>,
    /// Whether it follows customers within one product line: then every cancellation is of that line.
    in_line: bool,
}

impl<'a> Watch<'a> {
    /// Ready to follow customers within a product line.
    pub(crate) fn within_lines(
        frame: &'a FactFrame,
        definition: &'a ChurnDefinition,
        coverage: &Coverage,
        customer_made: &'a [Selector],
    ) -> Self {
        Self { in_line: true, ..Watch::new(frame, definition, coverage, customer_made) }
    }

    fn new(
        frame: &'a FactFrame,
        definition: &'a ChurnDefinition,
        coverage: &Coverage,
        customer_made: &'a [Selector],
    ) -> Self {
        Self {
            lens: Lens::new(frame, definition, coverage, customer_made),
            memories: vec![Memory::default(); coverage.rules.len()],
            dates: HashMap::new(),
            rows: Vec::new(),
            in_line: false,
        }
    }

    /// Rows of a customer that are visible at a moment, in the order in which they happened.
    pub(crate) fn gather(&mut self, customer: &CustomerId, as_of: AsOf) -> &[usize] {
        self.rows.clear();
        let frame = self.lens.frame;
        if let Some(position) = frame.position(customer) {
            self.rows.extend(frame.rows_of(position).filter(|row| frame.is_visible(*row, as_of)));
        }
        &self.rows
    }

    /// Follows one customer through its visible rows.
    fn life(&mut self, customer: &CustomerId, as_of: AsOf) -> Option<Life> {
        self.gather(customer, as_of);
        let rows = std::mem::take(&mut self.rows);
        let life = self.follow(&rows, as_of);
        self.rows = rows;
        life
    }

    /// Follows a customer through some rows, in the order in which they happened; `None` without any.
    pub(crate) fn follow(&mut self, rows: &[usize], as_of: AsOf) -> Option<Life> {
        let frame = self.lens.frame;
        let first_seen = frame.occurred_at(*rows.first()?);
        self.begin(first_seen.micros());
        let mut life = Life { first_seen, last_seen: None, absences: Vec::new() };
        // The moment from which the customer is gone unless something happens before.
        let (mut leaves_at, mut by) = (NEVER, 0);
        let mut gone_since: Option<Spell> = None;
        let mut next = 0;
        while let Some(now) = rows.get(next).map(|row| frame.occurred_at(*row)) {
            if gone_since.is_none() && leaves_at < now.micros() {
                gone_since = Some(spell(leaves_at, by, &life));
            }
            let mut alive = false;
            while let Some(row) = rows.get(next).copied().filter(|row| frame.occurred_at(*row) == now) {
                alive |= self.note(row);
                next += 1;
            }
            if alive {
                life.last_seen = Some(now);
            }
            // What a fact says of the past takes effect when it happens.
            let deadlines = self.memories.iter().map(|memory| memory.deadline).enumerate();
            let (rule, deadline) = deadlines.min_by_key(|(_, deadline)| *deadline).unwrap_or((0, NEVER));
            (leaves_at, by) = (deadline.max(now.micros()), rule);
            if leaves_at > now.micros()
                && let Some(spell) = gone_since.take()
            {
                life.absences.push(Spell { back_at: Some(now), ..spell });
            }
        }
        if gone_since.is_none() && leaves_at < as_of.instant().micros() {
            gone_since = Some(spell(leaves_at, by, &life));
        }
        life.absences.extend(gone_since);
        Some(life)
    }

    /// Forgets the customer before.
    fn begin(&mut self, first_seen: i64) {
        for (criterion, memory) in self.lens.criteria.iter().zip(&mut self.memories) {
            memory.contracts.clear();
            memory.unnamed_end = None;
            memory.last_order = None;
            memory.gaps.clear();
            memory.in_lines.clear();
            memory.deadline = match criterion {
                Criterion::Rhythm { rhythm, watched_since: Some(since), .. } => {
                    first_seen.max(*since).saturating_add(rhythm.patience(&[]))
                }
                Criterion::Quiet { days, watched_since: Some(since), .. } => {
                    first_seen.max(*since).saturating_add(*days)
                }
                _ => NEVER,
            };
        }
    }

    /// Takes a row into account; says whether it is a sign of life.
    fn note(&mut self, row: usize) -> bool {
        let Lens { frame, criteria, otherwise, naming } = &self.lens;
        let frame: &'a FactFrame = frame;
        let at = frame.occurred_at(row).micros();
        let naming = naming.as_ref().filter(|_| !self.in_line);
        let entered = naming.filter(|_| criteria.iter().any(|criterion| criterion.listens_to(frame, row)));
        let mut alive = otherwise.as_ref().is_some_and(|signs| signs.take(row));
        for (criterion, memory) in criteria.iter().zip(&mut self.memories) {
            match criterion {
                Criterion::Quiet { signs, days, .. } => {
                    if signs.take(row) {
                        alive = true;
                        memory.deadline = at.saturating_add(*days);
                    }
                }
                Criterion::Rhythm { signs, rhythm, .. } => {
                    if signs.take(row) {
                        alive = true;
                        if let Some(last) = memory.last_order.filter(|last| at - last >= MICROS_PER_DAY) {
                            let place = memory.gaps.partition_point(|gap| *gap <= at - last);
                            memory.gaps.insert(place, at - last);
                        }
                        memory.last_order = Some(at);
                        memory.deadline = at.saturating_add(rhythm.patience(&memory.gaps));
                    }
                }
                Criterion::Contract { of, property, grace } => {
                    if of.matches(row)
                        && let Some(Some(date)) = frame.property(row, property)
                        && let Some(end) = *self.dates.entry(date).or_insert_with(|| end_of_day(frame.zone(), date))
                    {
                        let contract = frame.property(row, CONTRACT_ID).flatten();
                        memory.deadline = memory.latest_end(contract, end).saturating_add(*grace);
                    }
                }
                Criterion::Cancelled { of, undone_by } => {
                    if of.take(row) {
                        if naming.is_none_or(|naming| memory.leaves_all(naming.names(row))) {
                            memory.deadline = memory.deadline.min(at);
                        }
                        continue;
                    }
                    if let Some(naming) = entered {
                        memory.enters(naming.names(row));
                    }
                    if undone_by.take(row) {
                        memory.deadline = NEVER;
                    }
                }
            }
        }
        alive
    }
}

impl Default for Memory<'_> {
    fn default() -> Self {
        Memory {
            deadline: NEVER,
            contracts: Vec::new(),
            unnamed_end: None,
            last_order: None,
            gaps: Vec::new(),
            in_lines: Vec::new(),
        }
    }
}

impl<'a> Memory<'a> {
    /// The latest end of all contracts, after one of them was said to end then.
    pub(crate) fn latest_end(&mut self, contract: Option<&'a str>, end: i64) -> i64 {
        match contract {
            None => self.unnamed_end = self.unnamed_end.max(Some(end)),
            Some(name) => match self.contracts.iter_mut().find(|(one, _)| *one == name) {
                Some(known) => known.1 = end,
                None => self.contracts.push((name, end)),
            },
        }
        self.contracts.iter().map(|(_, end)| *end).chain(self.unnamed_end).max().unwrap_or(end)
    }

    fn enters(&mut self, names: impl Iterator<Item = &'a str>) {
        for name in names {
            if !self.in_lines.contains(&name) {
                self.in_lines.push(name);
            }
        }
    }

    /// Takes a cancellation of these lines, or of everything where it names none; says whether no line is left.
    fn leaves_all(&mut self, names: impl Iterator<Item = &'a str>) -> bool {
        let mut names = names.peekable();
        if names.peek().is_none() {
            self.in_lines.clear();
        }
        for name in names {
            self.in_lines.retain(|one| *one != name);
        }
        self.in_lines.is_empty()
    }
}

fn spell(gone_at: i64, rule: usize, life: &Life) -> Spell {
    Spell { gone_at: Instant::from_micros(gone_at), back_at: None, last_seen: life.last_seen, rule }
}

/// The midnight that ends a day written `YYYY-MM-DD`; `None` for anything else.
pub(crate) fn end_of_day(zone: &Zone, date: &str) -> Option<i64> {
    let begin = zone.midnight(zone.parse(date).ok()?);
    // 36 hours after a midnight is the next day, however long the day was.
    Some(zone.midnight(begin.plus_micros(MICROS_PER_DAY + MICROS_PER_DAY / 2)).micros())
}
