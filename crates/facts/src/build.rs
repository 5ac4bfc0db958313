//! From rows in any order to a frame: attribution, corrections, grouping.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use vocab::{ActorId, AsOf, CustomerId, Instant, Kind, Zone};

use crate::encode::id_hash;
use crate::fact::{Fact, Identity, StoredFact};
use crate::frame::{Coverage, Dictionary, FactFrame, NO_VALUE, TextColumn, Want};
use crate::keys::Keys;

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

impl<'a> RowRef<'a> {
    /// A stored fact, borrowed.
    pub fn of(stored: &'a StoredFact) -> RowRef<'a> {
        RowRef { number: stored.number, known_at: stored.known_at(), ..RowRef::of_fact(&stored.fact) }
    }

    /// A fact that has no number yet, borrowed; where it does not say since when it could be known, from the beginning.
    pub fn of_fact(fact: &'a Fact) -> RowRef<'a> {
        RowRef {
            number: 0,
            customer_id: fact.customer_id.as_ref().map(CustomerId::as_str),
            actor_id: fact.actor_id.as_ref().map(ActorId::as_str),
            kind: fact.kind,
            name: &fact.name,
            occurred_at: fact.occurred_at,
            known_at: fact.known_at.unwrap_or(Instant::MIN),
            value: fact.value.map(|value| value.millionths() as i64),
            currency: fact.currency.as_deref(),
            text: fact.text.as_deref(),
            source: fact.source.as_str(),
            message_id: fact.message_id.as_str(),
            supersedes: fact.supersedes.as_ref().map(|id| id.as_str()),
            retracts: fact.retracts.as_ref().map(|id| id.as_str()),
        }
    }
}

/// A correction or retraction: what it is about, from when on it acts, its own number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Override {
    pub target: u128,
    pub known_at: i64,
    pub recorded_at: i64,
    pub number: u64,
}

/// Corrections and retractions by what they are about, in the order in which they act.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    by_target: HashMap<u128, Vec<(i64, u64)>>,
}

impl Overrides {
    pub fn add(&mut self, target: u128, known_at: i64, number: u64) {
        self.by_target.entry(target).or_default().push((known_at, number));
    }

    /// Ready to be asked: sorted, and for each correction the moment from which the next of the same target acts.
    pub fn settle(mut self) -> SettledOverrides {
        let mut next_of = HashMap::new();
        for times in self.by_target.values_mut() {
            times.sort_unstable();
            for pair in times.windows(2) {
                next_of.insert(pair[0].1, pair[1].0);
            }
        }
        let first_of =
            self.by_target.into_iter().filter_map(|(target, times)| Some((target, times.first()?.0))).collect();
        SettledOverrides { first_of, next_of }
    }
}

/// Until when a row stands, by what was said about it.
#[derive(Clone, Debug, Default)]
pub(crate) struct SettledOverrides {
    first_of: HashMap<u128, i64>,
    next_of: HashMap<u64, i64>,
}

impl SettledOverrides {
    pub fn is_empty(&self) -> bool {
        self.first_of.is_empty()
    }

    /// A row stands until the next thing said about its id: for the fact itself that is the first correction or
    /// retraction, for a correction the next one of the same target. What was corrected never comes back: to restore
    /// it, send it again as a correction.
    pub fn until(&self, id: u128, number: u64) -> i64 {
        let first = self.first_of.get(&id).copied().unwrap_or(i64::MAX);
        let next = self.next_of.get(&number).copied().unwrap_or(i64::MAX);
        first.min(next)
    }
}

/// Collects rows in any order and makes a frame of them.
pub struct FrameBuilder {
    want: Want,
    end: AsOf,
    zone: Zone,
    keys: Arc<Keys>,
    /// Everything is taken as known from the beginning of time: the view of one who looks back.
    hindsight: bool,
    /// Corrections are known beforehand and rows come without ids where nothing was corrected.
    told: Option<Arc<SettledOverrides>>,
    overrides: Overrides,
    customers: Dictionary,
    last_customer: Option<(Box<str>, u32)>,
    names: Dictionary,
    rows: Vec<BuildRow>,
    ids: Vec<u128>,
    pushed: u32,
    currencies: TextColumn,
    texts: TextColumn,
    properties: BTreeMap<String, TextColumn>,
    unattributed: usize,
    coverage: Vec<[Coverage; Kind::ALL.len()]>,
}

#[derive(Clone, Copy)]
struct BuildRow {
    number: u64,
    occurred_at: i64,
    known_at: i64,
    until: i64,
    value: i64,
    customer: u32,
    name: u32,
    pushed: u32,
    kind: Kind,
}

impl FrameBuilder {
    /// A builder for a frame that can be asked up to `end`, with the identity rows that are known by then.
    pub fn new(want: Want, end: AsOf, zone: Zone, identities: &[Identity]) -> Self {
        let keys = Arc::new(Keys::new(identities.iter(), end.instant()));
        Self::with_keys(want, end, zone, keys)
    }

    pub(crate) fn with_keys(want: Want, end: AsOf, zone: Zone, keys: Arc<Keys>) -> Self {
        Self {
            want,
            end,
            zone,
            keys,
            hindsight: false,
            told: None,
            overrides: Overrides::default(),
            customers: Dictionary::default(),
            last_customer: None,
            names: Dictionary::default(),
            rows: Vec::new(),
            ids: Vec::new(),
            pushed: 0,
            currencies: TextColumn::default(),
            texts: TextColumn::default(),
            properties: BTreeMap::new(),
            unattributed: 0,
            coverage: Vec::new(),
        }
    }

    /// The same, with every correction told beforehand: rows need no ids if there is none.
    pub(crate) fn knowing(mut self, overrides: Arc<SettledOverrides>) -> Self {
        self.told = Some(overrides);
        self
    }

    /// The same for one who looks back: whatever is known today counts as known when it happened.
    pub(crate) fn in_hindsight(mut self) -> Self {
        self.hindsight = true;
        self
    }

    /// Adds a stored fact.
    pub fn push(&mut self, stored: &StoredFact) {
        let row = RowRef::of(stored);
        let properties = stored.fact.properties.iter().map(|(key, value)| (key.as_str(), value.as_deref()));
        self.push_row(row, properties);
    }

    /// Adds a borrowed row with its properties.
    pub fn push_row<'a>(&mut self, row: RowRef<'a>, properties: impl Iterator<Item = (&'a str, Option<&'a str>)>) {
        let end = self.end.instant();
        if row.known_at >= end && !self.hindsight {
            return;
        }
        if self.told.is_none()
            && let Some(target) = row.supersedes.or(row.retracts).filter(|target| *target != row.message_id)
        {
            self.overrides.add(id_hash(row.source, target), self.known(row.known_at.micros()), row.number);
        }
        if row.occurred_at >= end || row.retracts.is_some() || !self.want.takes_kind(row.kind) {
            return;
        }
        let name = self.name_code(row.name);
        self.cover(row.kind, name, row.known_at, row.occurred_at);
        let id = self.id_of(&row);
        let build = BuildRow {
            number: row.number,
            occurred_at: row.occurred_at.micros(),
            known_at: row.known_at.micros(),
            until: i64::MAX,
            value: row.value.unwrap_or(NO_VALUE),
            customer: 0,
            name,
            pushed: self.pushed,
            kind: row.kind,
        };
        if !self.attribute(&row, build) {
            return;
        }
        let position = self.pushed as usize;
        self.pushed += 1;
        if let Some(id) = id {
            self.ids.push(id);
        }
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
                match self.properties.get_mut(key) {
                    Some(column) => column.set(position, value),
                    None => self.properties.entry(key.to_owned()).or_default().set(position, value),
                }
            }
        }
    }

    /// The id by which others may speak of the row; `None` if nobody does.
    fn id_of(&self, row: &RowRef<'_>) -> Option<u128> {
        let spoken_of = self.told.as_ref().is_none_or(|told| !told.is_empty());
        spoken_of.then(|| id_hash(row.source, row.message_id))
    }

    fn known(&self, known_at: i64) -> i64 {
        if self.hindsight { i64::MIN } else { known_at }
    }

    fn name_code(&mut self, name: &str) -> u32 {
        let code = self.names.code(name);
        if code as usize == self.coverage.len() {
            self.coverage.push(Default::default());
        }
        code
    }

    fn cover(&mut self, kind: Kind, name: u32, known_at: Instant, occurred_at: Instant) {
        self.coverage[name as usize][kind as usize].add(known_at.micros(), occurred_at.micros());
    }

    /// Tells what anyone delivered, for a frame that does not see everyone's rows.
    pub(crate) fn covered(&mut self, kind: Kind, name: &str, coverage: &Coverage) {
        let code = self.name_code(name);
        for (known_at, occurred_at) in coverage.entries() {
            if (known_at < self.end.instant().micros() || self.hindsight) && self.want.takes_kind(kind) {
                self.coverage[code as usize][kind as usize].add(known_at, occurred_at);
            }
        }
    }

    /// Adds the row under each customer that it ever counted for; whether there was one that is wanted.
    fn attribute(&mut self, row: &RowRef<'_>, build: BuildRow) -> bool {
        let keys = Arc::clone(&self.keys);
        let (customer, attributed_at) = match (row.customer_id, row.actor_id) {
            (Some(customer), _) => (customer, i64::MIN),
            (None, Some(actor)) => match keys.customer_of_actor(actor, build.occurred_at) {
                Some((customer, known_at)) => (customer.as_str(), known_at),
                None => {
                    self.unattributed += 1;
                    return false;
                }
            },
            (None, None) => {
                self.unattributed += 1;
                return false;
            }
        };
        let known_at = build.known_at.max(attributed_at);
        let stretches = if keys.has_no_alias() { None } else { keys.stretches_of(customer) };
        let Some(stretches) = stretches else {
            if self.want.customer.as_ref().is_some_and(|wanted| wanted.as_str() != customer) {
                return false;
            }
            let code = self.customer_code(customer);
            self.rows.push(BuildRow { customer: code, known_at: self.known(known_at), ..build });
            return true;
        };
        let mut added = false;
        for (place, stretch) in stretches.iter().enumerate() {
            let until = stretches.get(place + 1).map_or(i64::MAX, |next| next.from);
            let stands = if self.hindsight { until == i64::MAX } else { known_at.max(stretch.from) < until };
            let wanted =
                self.want.customer.as_ref().is_none_or(|one| *one == stretch.customer || one.as_str() == customer);
            if stands && wanted {
                let code = self.customer_code(stretch.customer.as_str());
                let known_at = self.known(known_at.max(stretch.from));
                self.rows.push(BuildRow { customer: code, known_at, until, ..build });
                added = true;
            }
        }
        added
    }

    /// Rows mostly come in runs of one customer: the last one is remembered.
    fn customer_code(&mut self, customer: &str) -> u32 {
        if let Some((last, code)) = &self.last_customer
            && **last == *customer
        {
            return *code;
        }
        let code = self.customers.code(customer);
        self.last_customer = Some((customer.into(), code));
        code
    }

    /// Sorts, applies corrections and gives the frame.
    pub fn finish(mut self) -> FactFrame {
        let told = match self.told.take() {
            Some(told) => told,
            None => Arc::new(std::mem::take(&mut self.overrides).settle()),
        };
        if !told.is_empty() {
            let ids = std::mem::take(&mut self.ids);
            for row in &mut self.rows {
                row.until = row.until.min(told.until(ids[row.pushed as usize], row.number));
            }
            self.rows.retain(|row| row.known_at < row.until);
        }
        let (order, starts, customers) = self.order();
        let rows = |place: &u32| self.rows[*place as usize];
        let some_late = self.rows.iter().any(|row| row.known_at != row.occurred_at);
        let some_corrected = self.rows.iter().any(|row| row.until != i64::MAX);
        let column = |is_there: bool, of: fn(BuildRow) -> i64| match is_there {
            true => order.iter().map(|place| of(rows(place))).collect(),
            false => Vec::new(),
        };
        let picks: Vec<u32> = order.iter().map(|place| rows(place).pushed).collect();
        let mut coverage = BTreeMap::new();
        for (name, of_kinds) in self.names.texts.iter().zip(self.coverage) {
            for (kind, covered) in Kind::ALL.into_iter().zip(of_kinds) {
                if covered.entries().next().is_some() {
                    coverage.insert((kind, name.clone()), covered);
                }
            }
        }
        FactFrame {
            end: self.end,
            zone: self.zone,
            customers,
            starts,
            kinds: order.iter().map(|place| rows(place).kind).collect(),
            name_codes: order.iter().map(|place| rows(place).name).collect(),
            occurred_at: order.iter().map(|place| rows(place).occurred_at).collect(),
            known_at: column(some_late, |row| row.known_at),
            until: column(some_corrected, |row| row.until),
            values: order.iter().map(|place| rows(place).value).collect(),
            currencies: self.currencies.pick(&picks),
            texts: self.want.text.then(|| self.texts.pick(&picks)),
            properties: self.properties.into_iter().map(|(key, column)| (key, column.pick(&picks))).collect(),
            names: self.names.texts,
            unattributed: self.unattributed,
            coverage,
        }
    }

    /// Places of the rows, grouped by customer in the order of their keys, each group in order of time and arrival;
    /// where each group begins; the customers.
    fn order(&self) -> (Vec<u32>, Vec<usize>, Vec<CustomerId>) {
        let texts = &self.customers.texts;
        let mut by_key: Vec<u32> = (0..texts.len() as u32).collect();
        by_key.sort_unstable_by(|a, b| texts[*a as usize].cmp(&texts[*b as usize]));
        let mut counts = vec![0usize; texts.len()];
        for row in &self.rows {
            counts[row.customer as usize] += 1;
        }
        let (mut customers, mut starts, mut next) = (Vec::new(), vec![0], vec![0usize; texts.len()]);
        let mut total = 0;
        for code in by_key {
            let count = counts[code as usize];
            if count > 0 {
                customers.push(CustomerId::new(&texts[code as usize]));
                next[code as usize] = total;
                total += count;
                starts.push(total);
            }
        }
        let mut order = vec![0u32; self.rows.len()];
        for (place, row) in self.rows.iter().enumerate() {
            let slot = &mut next[row.customer as usize];
            order[*slot] = place as u32;
            *slot += 1;
        }
        for group in starts.windows(2) {
            order[group[0]..group[1]].sort_unstable_by_key(|place| {
                let row = &self.rows[*place as usize];
                (row.occurred_at, row.number)
            });
        }
        (order, starts, customers)
    }
}
