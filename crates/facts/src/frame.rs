//! Facts as columns, grouped by customer and ordered in time: what indicators, outcomes and reports read.
//!
//! A frame is built once, up to an end, and can then be asked about any moment up to that end: each row says from
//! when it could be known and until when it stood uncorrected. So a year of weekly moments costs one read.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use vocab::{ActorId, Amount, AsOf, CustomerId, Instant, Kind, Zone};

use crate::fact::{Identity, IdentityRole, StoredFact};

/// Which facts and columns a frame should hold. The default is every fact with no property and no text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Want {
    /// Only these kinds; empty = all.
    pub kinds: Vec<Kind>,
    /// Only this customer's rows.
    pub customer: Option<CustomerId>,
    /// Property keys to decode.
    pub properties: Vec<String>,
    /// Every property key that occurs.
    pub all_properties: bool,
    /// Whether to keep texts.
    pub text: bool,
}

impl Want {
    fn takes_property(&self, key: &str) -> bool {
        self.all_properties || self.properties.iter().any(|wanted| wanted == key)
    }

    fn takes_kind(&self, kind: Kind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}

const NO_VALUE: i64 = i64::MIN;
/// Code of "this row says nothing about the key".
const ABSENT: u32 = 0;
/// Code of "this row says that the key was removed".
const REMOVED: u32 = 1;

/// Texts that repeat, kept once.
#[derive(Clone, Debug, Default)]
struct Dictionary {
    texts: Vec<Box<str>>,
    codes: HashMap<Box<str>, u32>,
}

impl Dictionary {
    fn code(&mut self, text: &str) -> u32 {
        if let Some(&code) = self.codes.get(text) {
            return code;
        }
        let code = self.texts.len() as u32;
        self.texts.push(text.into());
        self.codes.insert(text.into(), code);
        code
    }
}

/// One property of every row.
#[derive(Clone, Debug, Default)]
struct PropertyColumn {
    dictionary: Dictionary,
    codes: Vec<u32>,
}

impl PropertyColumn {
    fn set(&mut self, row: usize, value: Option<&str>) {
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
}

/// Facts as columns, grouped by customer (sorted by key) and ordered by `occurred_at`, then by arrival.
#[derive(Clone, Debug)]
pub struct FactFrame {
    end: AsOf,
    zone: Zone,
    customers: Vec<CustomerId>,
    starts: Vec<usize>,
    names: Vec<Box<str>>,
    kinds: Vec<Kind>,
    name_codes: Vec<u32>,
    occurred_at: Vec<i64>,
    known_at: Vec<i64>,
    until: Vec<i64>,
    values: Vec<i64>,
    currencies: PropertyColumn,
    texts: Option<PropertyColumn>,
    properties: BTreeMap<String, PropertyColumn>,
    unattributed: usize,
    first_of_name: BTreeMap<(Kind, u32), Instant>,
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

    /// Every customer with a row, sorted by key. Not each of them was known at every earlier moment.
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
        self.occurred_at[row] < t && self.known_at[row] < t && self.until[row] >= t
    }

    /// Kind of a row.
    pub fn kind(&self, row: usize) -> Kind {
        self.kinds[row]
    }

    /// Code of a row's name; equal codes are equal names.
    pub fn name_code(&self, row: usize) -> u32 {
        self.name_codes[row]
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
        Instant::from_micros(self.known_at[row])
    }

    /// Until when it stood uncorrected; [`Instant::MAX`] if it still does. See [`FactFrame::is_visible`].
    pub fn until(&self, row: usize) -> Instant {
        Instant::from_micros(self.until[row])
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

    /// The property keys held.
    pub fn property_keys(&self) -> impl Iterator<Item = &str> {
        self.properties.keys().map(String::as_str)
    }

    /// When the first fact of a kind (and of a name, if given) became known from anyone, whoever the customer is: a
    /// window that begins earlier is not covered. `None`: no such fact was ever delivered.
    ///
    /// The earlier of happening counts: a history imported later covers the time it tells of.
    pub fn first_delivered(&self, kind: Kind, names: &[String]) -> Option<Instant> {
        self.first_of_name
            .iter()
            .filter(|((k, code), _)| *k == kind && (names.is_empty() || names.iter().any(|n| **n == *self.names[*code as usize])))
            .map(|(_, first)| *first)
            .min()
    }

    /// Rows that belong to no customer (an actor without, or with several, customers). They are in no other count.
    pub fn unattributed_count(&self) -> usize {
        self.unattributed
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

/// A row on its way into a frame, borrowed from wherever it lies.
#[derive(Clone, Copy, Debug)]
pub struct RowRef<'a> {
    /// Place in the order of arrival.
    pub number: u64,
    /// Customer key.
    pub customer_id: Option<&'a str>,
    /// Actor key.
    pub actor_id: Option<&'a str>,
    /// Kind.
    pub kind: Kind,
    /// Name.
    pub name: &'a str,
    /// Happened at.
    pub occurred_at: Instant,
    /// Could be known at.
    pub known_at: Instant,
    /// Number in millionths.
    pub value: Option<i64>,
    /// Currency.
    pub currency: Option<&'a str>,
    /// Words.
    pub text: Option<&'a str>,
    /// Source.
    pub source: &'a str,
    /// Message id.
    pub message_id: &'a str,
    /// Corrects.
    pub supersedes: Option<&'a str>,
    /// Takes back.
    pub retracts: Option<&'a str>,
}

/// Collects rows in any order and makes a frame of them.
pub struct FrameBuilder {
    want: Want,
    end: AsOf,
    zone: Zone,
    members: HashMap<String, Vec<(i64, CustomerId)>>,
    aliases: HashMap<String, (i64, CustomerId)>,
    customer_codes: Dictionary,
    names: Dictionary,
    rows: Vec<BuildRow>,
    currencies: PropertyColumn,
    texts: PropertyColumn,
    properties: BTreeMap<String, PropertyColumn>,
    overrides: HashMap<u128, Vec<(i64, u64)>>,
    unattributed: usize,
    first_of_name: HashMap<(Kind, u32), Instant>,
}

#[derive(Clone, Copy)]
struct BuildRow {
    customer: u32,
    name: u32,
    kind: Kind,
    retraction: bool,
    number: u64,
    occurred_at: i64,
    known_at: i64,
    until: i64,
    value: i64,
    id: u128,
    source_row: u32,
}

fn id_hash(source: &str, message_id: &str) -> u128 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(source.len() as u64).to_le_bytes());
    hasher.update(source.as_bytes());
    hasher.update(message_id.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}

impl FrameBuilder {
    /// A builder for a frame that can be asked up to `end`, with the identity rows that are known by then.
    pub fn new(want: Want, end: AsOf, zone: Zone, identities: &[Identity]) -> Self {
        let mut members: HashMap<String, Vec<(i64, CustomerId)>> = HashMap::new();
        let mut aliases: HashMap<String, (i64, CustomerId)> = HashMap::new();
        for identity in identities {
            let known_at = identity.known_at.unwrap_or(Instant::MIN);
            if known_at >= end.instant() {
                continue;
            }
            let entry = (known_at.micros(), identity.customer_id.clone());
            match identity.role {
                IdentityRole::MemberOf => members.entry(identity.key.clone()).or_default().push(entry),
                IdentityRole::SameAs => {
                    aliases.entry(identity.key.clone()).and_modify(|known| *known = known.clone().max(entry.clone())).or_insert(entry);
                }
            }
        }
        for list in members.values_mut() {
            list.sort();
        }
        Self {
            want,
            end,
            zone,
            members,
            aliases,
            customer_codes: Dictionary::default(),
            names: Dictionary::default(),
            rows: Vec::new(),
            currencies: PropertyColumn::default(),
            texts: PropertyColumn::default(),
            properties: BTreeMap::new(),
            overrides: HashMap::new(),
            unattributed: 0,
            first_of_name: HashMap::new(),
        }
    }

    /// Adds a stored fact.
    pub fn push(&mut self, stored: &StoredFact) {
        let fact = &stored.fact;
        let row = RowRef {
            number: stored.number,
            customer_id: fact.customer_id.as_ref().map(CustomerId::as_str),
            actor_id: fact.actor_id.as_ref().map(ActorId::as_str),
            kind: fact.kind,
            name: &fact.name,
            occurred_at: fact.occurred_at,
            known_at: stored.known_at(),
            value: fact.value.map(|value| value.millionths() as i64),
            currency: fact.currency.as_deref(),
            text: fact.text.as_deref(),
            source: fact.source.as_str(),
            message_id: fact.message_id.as_str(),
            supersedes: fact.supersedes.as_ref().map(|id| id.as_str()),
            retracts: fact.retracts.as_ref().map(|id| id.as_str()),
        };
        let properties = fact.properties.iter().map(|(key, value)| (key.as_str(), value.as_deref()));
        self.push_row(row, properties);
    }

    /// Adds a borrowed row with its properties.
    pub fn push_row<'a>(&mut self, row: RowRef<'a>, properties: impl Iterator<Item = (&'a str, Option<&'a str>)>) {
        let end = self.end.instant();
        if row.known_at >= end {
            return;
        }
        if let Some(target) = row.supersedes.or(row.retracts) {
            let target = id_hash(row.source, target);
            self.overrides.entry(target).or_default().push((row.known_at.micros(), row.number));
        }
        if row.occurred_at >= end || !self.want.takes_kind(row.kind) {
            return;
        }
        let name = self.names.code(row.name);
        if row.retracts.is_none() {
            let first = self.first_of_name.entry((row.kind, name)).or_insert(row.occurred_at);
            *first = row.occurred_at.min(*first);
        }
        let Some((customer, known_at)) = self.customer_of(&row) else {
            self.unattributed += 1;
            return;
        };
        let source_row = self.rows.len() as u32;
        let build = BuildRow {
            customer: u32::MAX,
            name,
            kind: row.kind,
            retraction: row.retracts.is_some(),
            number: row.number,
            occurred_at: row.occurred_at.micros(),
            known_at: known_at.max(row.known_at.micros()),
            until: i64::MAX,
            value: row.value.unwrap_or(NO_VALUE),
            id: id_hash(row.source, row.message_id),
            source_row,
        };
        let alias = self.aliases.get(customer.as_str()).cloned();
        let target = alias.as_ref().map_or(&customer, |(_, target)| target);
        let joined_at = alias.as_ref().map_or(i64::MIN, |(known, _)| *known);
        if self.want.customer.as_ref().is_some_and(|wanted| wanted != &customer && wanted != target) {
            return;
        }
        let position = self.rows.len();
        if let Some(currency) = row.currency {
            self.currencies.set(position, Some(currency));
        }
        if self.want.text
            && let Some(text) = row.text
        {
            self.texts.set(position, Some(text));
        }
        for (key, value) in properties {
            if self.want.takes_property(key) {
                if !self.properties.contains_key(key) {
                    self.properties.insert(key.to_owned(), PropertyColumn::default());
                }
                if let Some(column) = self.properties.get_mut(key) {
                    column.set(position, value);
                }
            }
        }
        let code = self.customer_codes.code(target.as_str());
        self.rows.push(BuildRow { customer: code, known_at: build.known_at.max(joined_at), ..build });
        if alias.is_some() && build.known_at < joined_at {
            // Until the two names were known to be one, the fact stood under its own name.
            let code = self.customer_codes.code(customer.as_str());
            self.rows.push(BuildRow { customer: code, until: joined_at, ..build });
        }
    }

    /// The customer a row counts for, and from when that is known.
    fn customer_of(&self, row: &RowRef<'_>) -> Option<(CustomerId, i64)> {
        if let Some(customer) = row.customer_id {
            return Some((CustomerId::new(customer), i64::MIN));
        }
        let memberships = self.members.get(row.actor_id?)?;
        let at = row.occurred_at.micros();
        let mut valid: Vec<_> = memberships.iter().filter(|(known, _)| *known <= at).collect();
        if valid.is_empty() {
            let first = memberships.first()?.0;
            valid = memberships.iter().filter(|(known, _)| *known == first).collect();
        }
        let (known, customer) = valid.first()?;
        valid.iter().all(|(_, other)| other == customer).then(|| (customer.clone(), *known))
    }

    /// Sorts, applies corrections and gives the frame.
    pub fn finish(mut self) -> FactFrame {
        for times in self.overrides.values_mut() {
            times.sort_unstable();
        }
        self.apply_overrides();
        let mut order: Vec<u32> = (0..self.customer_codes.texts.len() as u32).collect();
        order.sort_unstable_by(|a, b| self.customer_codes.texts[*a as usize].cmp(&self.customer_codes.texts[*b as usize]));
        let mut rank = vec![0u32; order.len()];
        for (place, code) in order.iter().enumerate() {
            rank[*code as usize] = place as u32;
        }
        self.rows.retain(|row| !row.retraction && row.known_at < row.until);
        self.rows.sort_unstable_by_key(|row| (rank[row.customer as usize], row.occurred_at, row.number));

        let mut customers = Vec::new();
        let mut starts = Vec::new();
        let mut last = u32::MAX;
        for (position, row) in self.rows.iter().enumerate() {
            if row.customer != last {
                customers.push(CustomerId::new(&self.customer_codes.texts[row.customer as usize]));
                starts.push(position);
                last = row.customer;
            }
        }
        starts.push(self.rows.len());
        let picks: Vec<u32> = self.rows.iter().map(|row| row.source_row).collect();
        let pick = |column: PropertyColumn| PropertyColumn {
            codes: picks.iter().map(|row| column.codes.get(*row as usize).copied().unwrap_or(ABSENT)).collect(),
            dictionary: column.dictionary,
        };
        FactFrame {
            end: self.end,
            zone: self.zone,
            customers,
            starts,
            kinds: self.rows.iter().map(|row| row.kind).collect(),
            name_codes: self.rows.iter().map(|row| row.name).collect(),
            occurred_at: self.rows.iter().map(|row| row.occurred_at).collect(),
            known_at: self.rows.iter().map(|row| row.known_at).collect(),
            until: self.rows.iter().map(|row| row.until).collect(),
            values: self.rows.iter().map(|row| row.value).collect(),
            currencies: pick(self.currencies),
            texts: self.want.text.then(|| pick(self.texts)),
            properties: self.properties.into_iter().map(|(key, column)| (key, pick(column))).collect(),
            names: self.names.texts,
            unattributed: self.unattributed,
            first_of_name: self.first_of_name.into_iter().collect(),
        }
    }

    /// A row stands until the next thing said about its id: for the fact itself that is the first correction or
    /// retraction, for a correction the next one of the same target.
    fn apply_overrides(&mut self) {
        if self.overrides.is_empty() {
            return;
        }
        let mut next_of: HashMap<u64, i64> = HashMap::new();
        for times in self.overrides.values() {
            for pair in times.windows(2) {
                next_of.insert(pair[0].1, pair[1].0);
            }
        }
        for row in &mut self.rows {
            if let Some(first) = self.overrides.get(&row.id).and_then(|times| times.first()) {
                row.until = row.until.min(first.0);
            }
            if let Some(next) = next_of.get(&row.number) {
                row.until = row.until.min(*next);
            }
        }
    }
}
