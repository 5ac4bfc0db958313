//! Facts as columns, grouped by customer and ordered in time: what indicators, outcomes and reports read.
//!
//! A frame is built once, up to an end, and can then be asked about any moment up to that end: each row says from
//! when it could be known and until when it stood uncorrected. So a year of weekly moments costs one read.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use vocab::{Amount, AsOf, CustomerId, Instant, Kind, Zone};

use crate::bearing::Bearing;
use crate::build::FrameBuilder;
use crate::fact::{Identity, StoredFact};
use crate::seats::{Seats, view_of};

/// Which facts and columns a frame should hold. The default is every fact with no property and no text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// Only these kinds; empty = all.
    pub kinds: Vec<Kind>,
    /// Customers of whom there are only rows of other kinds, too; of those rows nothing is told for sure.
    pub everybody: bool,
    /// Only this customer's rows.
    pub customer: Option<CustomerId>,
    /// Property keys to decode.
    pub properties: Vec<String>,
    /// Every property key that occurs.
    pub all_properties: bool,
    /// Whether to keep texts.
    pub text: bool,
    /// What may be left out where facts are read in parts.
    pub bearing: Bearing,
}

impl Want {
    pub(crate) fn takes_property(&self, key: &str) -> bool {
        self.all_properties || self.properties.iter().any(|wanted| wanted == key)
    }

    /// Whether it asks for every fact, and for no property and no text.
    pub(crate) fn is_plain(&self) -> bool {
        *self == Want { bearing: self.bearing.clone(), ..Want::default() }
    }

    pub(crate) fn takes_kind(&self, kind: Kind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}

/// The value of a row that has none.
pub(crate) const NO_VALUE: i64 = i64::MIN;
/// Code of "this row says nothing about the key".
const ABSENT: u32 = 0;
/// Code of "this row says that the key was removed".
const REMOVED: u32 = 1;

/// Texts that repeat, kept once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    pub texts: Vec<Arc<str>>,
    /// Codes of the short ones, which there may be a million of that come in any order.
    short: Seats,
    long: HashMap<Arc<str>, u32>,
}

impl Dictionary {
    pub fn code(&mut self, text: &str) -> u32 {
        let view = view_of(text);
        let known = match view {
            Some(view) => self.short.find(view),
            None => self.long.get(text).copied(),
        };
        known.unwrap_or_else(|| {
            let code = self.texts.len() as u32;
            let text: Arc<str> = Arc::from(text);
            self.texts.push(text.clone());
            match view {
                Some(view) => self.short.add(view, code),
                None => drop(self.long.insert(text, code)),
            }
            code
        })
    }

    /// The same where the text is likely the one of this code.
    pub fn code_after(&mut self, likely: u32, text: &str) -> u32 {
        if self.is(likely, text) { likely } else { self.code(text) }
    }

    /// Whether a code is this text's.
    pub fn is(&self, code: u32, text: &str) -> bool {
        self.texts.get(code as usize).is_some_and(|known| **known == *text)
    }
}

/// One text column of every row: a property, the currency, the words.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextColumn {
    dictionary: Dictionary,
    codes: Vec<u32>,
}

impl TextColumn {
    /// Sets the cell of a row; rows are set in ascending order, and a row at most once.
    pub fn set(&mut self, row: usize, value: Option<&str>) {
        self.codes.resize(row, ABSENT);
        let code = value.map_or(REMOVED, |text| self.dictionary.code(text) + 2);
        self.codes.push(code);
    }

    fn get(&self, row: usize) -> Option<Option<&str>> {
        match self.codes.get(row).copied().unwrap_or(ABSENT) {
            ABSENT => None,
            REMOVED => Some(None),
            code => Some(Some(&self.dictionary.texts[code as usize - 2])),
        }
    }

    /// Code of a row's text; 0 = none.
    fn code(&self, row: usize) -> u32 {
        self.codes.get(row).map_or(0, |code| code.saturating_sub(REMOVED))
    }

    /// The cells of these rows, in this order.
    pub fn pick(self, rows: &[u32]) -> TextColumn {
        let codes = rows.iter().map(|row| self.codes.get(*row as usize).copied().unwrap_or(ABSENT)).collect();
        TextColumn { codes, dictionary: self.dictionary }
    }
}

/// From when on something had been delivered: `(known_at, occurred_at)`, both strictly monotone, the first rising and
/// the second falling, so that the last entry known before a moment is the earliest occurrence known by then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage(Vec<(i64, i64)>);

impl Coverage {
    pub fn add(&mut self, known_at: i64, occurred_at: i64) {
        let place = self.0.partition_point(|(known, _)| *known <= known_at);
        if place > 0 && self.0[place - 1].1 <= occurred_at {
            return;
        }
        let end = place + self.0[place..].iter().take_while(|(_, occurred)| *occurred >= occurred_at).count();
        let begin = if place > 0 && self.0[place - 1].0 == known_at { place - 1 } else { place };
        self.0.splice(begin..end, [(known_at, occurred_at)]);
    }

    pub fn entries(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.0.iter().copied()
    }

    fn first_by(&self, as_of: i64) -> Option<i64> {
        let known = self.0.partition_point(|(known, _)| *known < as_of);
        known.checked_sub(1).map(|last| self.0[last].1).filter(|occurred| *occurred < as_of)
    }
}

/// Facts as columns, grouped by customer (sorted by key) and ordered by `occurred_at`, then by arrival.
#[derive(Clone, Debug)]
pub struct FactFrame {
    pub(crate) end: AsOf,
    pub(crate) zone: Zone,
    pub(crate) customers: Vec<CustomerId>,
    pub(crate) starts: Vec<usize>,
    pub(crate) names: Vec<Arc<str>>,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) name_codes: Vec<u32>,
    pub(crate) occurred_at: Vec<i64>,
    /// Empty where every row was known when it happened.
    pub(crate) known_at: Vec<i64>,
    /// Empty where every row stands uncorrected.
    pub(crate) until: Vec<i64>,
    pub(crate) values: Vec<i64>,
    pub(crate) currencies: TextColumn,
    pub(crate) texts: Option<TextColumn>,
    pub(crate) properties: BTreeMap<String, TextColumn>,
    pub(crate) unattributed: usize,
    pub(crate) coverage: BTreeMap<(Kind, Arc<str>), Coverage>,
}

impl FactFrame {
    /// The latest moment it can be asked about.
    pub fn end(&self) -> AsOf {
        self.end
    }

    /// The firm's zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Every customer with a row, sorted by key. Not each of them is seen at every moment: one that was merged into
    /// another stays here for the moments before. Who is there at a moment has a visible row then.
    pub fn customers(&self) -> &[CustomerId] {
        &self.customers
    }

    /// Position of a customer in [`FactFrame::customers`].
    pub fn position(&self, customer: &CustomerId) -> Option<usize> {
        self.customers.binary_search(customer).ok()
    }

    /// Rows of the customer at a position, ordered by `occurred_at`.
    pub fn rows_of(&self, position: usize) -> Range<usize> {
        self.starts[position]..self.starts[position + 1]
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Whether a row is part of the view at `as_of`: it had happened, could be known and stood uncorrected.
    ///
    /// # Panics
    /// After the frame's end: our own mistake.
    pub fn is_visible(&self, row: usize, as_of: AsOf) -> bool {
        debug_assert!(as_of <= self.end, "the frame ends at {}, asked about {as_of}", self.end);
        let t = as_of.instant().micros();
        self.occurred_at[row] < t && self.known_micros(row) < t && self.until_micros(row) >= t
    }

    #[inline]
    fn known_micros(&self, row: usize) -> i64 {
        if self.known_at.is_empty() { self.occurred_at[row] } else { self.known_at[row] }
    }

    #[inline]
    fn until_micros(&self, row: usize) -> i64 {
        if self.until.is_empty() { i64::MAX } else { self.until[row] }
    }

    /// Whether every row was known when it happened, at the latest, and stands uncorrected: then a moment sees whatever
    /// happened before it.
    pub fn is_prompt(&self) -> bool {
        self.known_at.is_empty() && self.until.is_empty()
    }

    /// Kind of a row.
    pub fn kind(&self, row: usize) -> Kind {
        self.kinds[row]
    }

    /// Code of a row's name; equal codes are equal names.
    pub fn name_code(&self, row: usize) -> u32 {
        self.name_codes[row]
    }

    /// How many different names there are; codes of names are below it.
    pub fn name_count(&self) -> usize {
        self.names.len()
    }

    /// Code of a name, if any row has it.
    pub fn code_of(&self, name: &str) -> Option<u32> {
        self.names.iter().position(|one| &**one == name).map(|code| code as u32)
    }

    /// Name of a row.
    pub fn name(&self, row: usize) -> &str {
        &self.names[self.name_codes[row] as usize]
    }

    /// When it happened.
    pub fn occurred_at(&self, row: usize) -> Instant {
        Instant::from_micros(self.occurred_at[row])
    }

    /// When we could have known, attribution to the customer included.
    pub fn known_at(&self, row: usize) -> Instant {
        Instant::from_micros(self.known_micros(row))
    }

    /// Until when it stood uncorrected; [`Instant::MAX`] if it still does. See [`FactFrame::is_visible`].
    pub fn until(&self, row: usize) -> Instant {
        Instant::from_micros(self.until_micros(row))
    }

    /// Its number.
    pub fn value(&self, row: usize) -> Option<Amount> {
        let value = self.values[row];
        (value != NO_VALUE).then(|| Amount::from_millionths(i128::from(value)))
    }

    /// Its currency where it is not the firm's.
    pub fn currency(&self, row: usize) -> Option<&str> {
        self.currencies.get(row).flatten()
    }

    /// Whether any row has a currency of its own.
    pub fn has_currencies(&self) -> bool {
        !self.currencies.codes.is_empty()
    }

    /// Code of a row's currency; equal codes are equal currencies, 0 is the firm's.
    pub fn currency_code(&self, row: usize) -> u32 {
        self.currencies.code(row)
    }

    /// Its words, if the frame was asked to keep them.
    pub fn text(&self, row: usize) -> Option<&str> {
        self.texts.as_ref().and_then(|texts| texts.get(row)).flatten()
    }

    /// What a row says about a property: nothing (`None`), that it was removed (`Some(None)`), or its value.
    ///
    /// Only keys that were wanted are there.
    pub fn property(&self, row: usize, key: &str) -> Option<Option<&str>> {
        self.properties.get(key).and_then(|column| column.get(row))
    }

    /// Code of the value that a row gives a property; equal codes are equal values, 0 is none: it says nothing of it, or
    /// that it was removed.
    pub fn property_code(&self, row: usize, key: &str) -> u32 {
        self.properties.get(key).map_or(0, |column| column.code(row))
    }

    /// The value that a code of [`FactFrame::property_code`] stands for.
    pub fn property_text(&self, key: &str, code: u32) -> Option<&str> {
        let texts = &self.properties.get(key)?.dictionary.texts;
        texts.get((code as usize).checked_sub(1)?).map(|text| &**text)
    }

    /// The property keys held.
    pub fn property_keys(&self) -> impl Iterator<Item = &str> {
        self.properties.keys().map(String::as_str)
    }

    /// When the first fact of a kind (and of a name, if given) became known from anyone, whoever the customer is: a
    /// window that begins earlier is not covered. `None`: no such fact was ever delivered.
    ///
    /// The earlier of happening counts: a history imported later covers the time it tells of. What is known at the
    /// frame's end is asked; for an earlier moment see [`FactFrame::first_delivered_by`].
    pub fn first_delivered(&self, kind: Kind, names: &[String]) -> Option<Instant> {
        self.first_delivered_by(kind, names, self.end)
    }

    /// The same as was known at an earlier moment than the frame's end.
    ///
    /// # Why
    /// A history that was imported yesterday covers last year only for whoever asks from yesterday on.
    pub fn first_delivered_by(&self, kind: Kind, names: &[String], as_of: AsOf) -> Option<Instant> {
        let wanted = |name: &str| names.is_empty() || names.iter().any(|one| one == name);
        let of_kind = self.coverage.iter().filter(|((of, name), _)| *of == kind && wanted(name));
        of_kind.filter_map(|(_, coverage)| coverage.first_by(as_of.instant().micros())).min().map(Instant::from_micros)
    }

    /// Rows that belong to no customer (an actor without, or with several, customers). They are in no other count.
    pub fn unattributed_count(&self) -> usize {
        self.unattributed
    }

    /// The frame without its rows: what was delivered since when, and the texts that codes stand for.
    pub fn ground(&self) -> FactFrame {
        let words = |column: &TextColumn| TextColumn { dictionary: column.dictionary.clone(), codes: Vec::new() };
        FactFrame {
            end: self.end,
            zone: self.zone.clone(),
            customers: Vec::new(),
            starts: vec![0],
            names: self.names.clone(),
            kinds: Vec::new(),
            name_codes: Vec::new(),
            occurred_at: Vec::new(),
            known_at: Vec::new(),
            until: Vec::new(),
            values: Vec::new(),
            currencies: words(&self.currencies),
            texts: None,
            properties: self.properties.iter().map(|(key, column)| (key.clone(), words(column))).collect(),
            unattributed: 0,
            coverage: self.coverage.clone(),
        }
    }

    /// Notes that something was delivered, as a fact of anybody's tells.
    pub fn deliver(&mut self, kind: Kind, name: &str, known_at: Instant, occurred_at: Instant) {
        let (known_at, occurred_at) = (known_at.micros(), occurred_at.micros());
        match self.coverage.get_mut(&(kind, Arc::from(name))) {
            Some(coverage) => coverage.add(known_at, occurred_at),
            None => self.coverage.entry((kind, Arc::from(name))).or_default().add(known_at, occurred_at),
        }
    }

    /// From when on each kind and name was delivered: when that became known, and when the earliest by then happened.
    pub fn delivered(&self) -> impl Iterator<Item = (Kind, &str, Vec<(Instant, Instant)>)> {
        self.coverage.iter().map(|((kind, name), coverage)| {
            let entries = coverage.entries().map(|(known, at)| (Instant::from_micros(known), Instant::from_micros(at)));
            (*kind, &**name, entries.collect())
        })
    }

    /// Code of a value of a property, for [`FactFrame::property_text`]; a new one where the frame has not met it.
    pub fn property_code_of(&mut self, key: &str, value: &str) -> u32 {
        let column = match self.properties.get_mut(key) {
            Some(column) => column,
            None => self.properties.entry(key.to_owned()).or_default(),
        };
        column.dictionary.code(value) + 1
    }

    /// The values of a property that the frame has met, in the order of their codes.
    pub fn property_texts(&self, key: &str) -> impl Iterator<Item = &str> {
        self.properties.get(key).into_iter().flat_map(|column| column.dictionary.texts.iter().map(|text| &**text))
    }

    /// Code of a currency, as of [`FactFrame::currency_code`]; a new one where the frame has not met it.
    pub fn currency_code_of(&mut self, currency: &str) -> u32 {
        self.currencies.dictionary.code(currency) + 1
    }

    /// The currencies that the frame has met, in the order of their codes.
    pub fn currency_texts(&self) -> impl Iterator<Item = &str> {
        self.currencies.dictionary.texts.iter().map(|text| &**text)
    }

    /// Builds a frame from rows in memory: tests, plain files.
    pub fn of(facts: &[StoredFact], identities: &[Identity], want: &Want, end: AsOf, zone: &Zone) -> FactFrame {
        let mut builder = FrameBuilder::new(want.clone(), end, zone.clone(), identities);
        for fact in facts {
            builder.push(fact);
        }
        builder.finish()
    }
}
