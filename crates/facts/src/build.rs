//! From rows in any order to a frame: attribution, corrections, grouping.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use vocab::{ActorId, AsOf, CustomerId, Instant, Kind, Zone};

use crate::encode::id_hash;
use crate::fact::{Fact, Identity, StoredFact};
use crate::frame::{Coverage, Dictionary, FactFrame, NO_VALUE, TextColumn, Want};
use crate::keys::Keys;
use crate::seats::view_of;

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

/// From so many rows on two cores make the columns of a frame.
const MANY: usize = 1 << 16;

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
    /// Codes of the customer and of the name asked for last: rows mostly come in runs of one customer.
    last: (u32, u32),
    /// Of each customer, who came after it when it was last met: files lie in the order of customers, so that who comes next
    /// need rarely be looked for among a million. Only of keys that are too long to be found at once.
    next: Vec<u32>,
    names: Dictionary,
    rows: Vec<BuildRow>,
    /// When each row could be known; empty as long as every row was known when it happened.
    known_at: Vec<i64>,
    /// Until when each row stands; empty as long as every row stands uncorrected.
    until: Vec<i64>,
    ids: Vec<u128>,
    pushed: u32,
    currencies: TextColumn,
    texts: TextColumn,
    properties: BTreeMap<String, TextColumn>,
    unattributed: usize,
    /// By customer: whether rows of other kinds than the wanted ones tell of it; empty where nobody asks.
    met: Vec<bool>,
    coverage: Vec<[Coverage; Kind::ALL.len()]>,
}

#[derive(Clone, Copy)]
struct BuildRow {
    number: u64,
    occurred_at: i64,
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
            last: (0, 0),
            next: Vec::new(),
            names: Dictionary::default(),
            rows: Vec::new(),
            known_at: Vec::new(),
            until: Vec::new(),
            ids: Vec::new(),
            pushed: 0,
            currencies: TextColumn::default(),
            texts: TextColumn::default(),
            properties: BTreeMap::new(),
            unattributed: 0,
            met: Vec::new(),
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

    /// With room for so many rows: room that grows is copied, and what it was copied from stays in memory for a while.
    pub(crate) fn with_room(mut self, rows: u64) -> Self {
        self.rows.reserve(usize::try_from(rows).unwrap_or_default());
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
        if row.occurred_at >= end || row.retracts.is_some() {
            return;
        }
        // Where rows were corrected, a customer may have none that stands: then each is needed to tell.
        let is_settled = self.told.as_ref().is_some_and(|told| told.is_empty());
        if !self.want.takes_kind(row.kind) && (is_settled || !self.want.everybody) {
            self.meet(&row);
            return;
        }
        let name = self.name_code(row.name);
        self.cover(row.kind, name, row.known_at, row.occurred_at);
        let id = self.id_of(&row);
        let build = BuildRow {
            number: row.number,
            occurred_at: row.occurred_at.micros(),
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

    /// Knows of whom a row of no wanted kind is, where everybody is wanted.
    fn meet(&mut self, row: &RowRef<'_>) {
        if !self.want.everybody {
            return;
        }
        if let (Some(customer), true) = (row.customer_id, self.keys.has_no_alias()) {
            let code = self.customer_code(customer);
            self.have_met(code);
            return;
        }
        let (value, occurred_at) = (NO_VALUE, row.occurred_at.micros());
        let none = BuildRow { number: row.number, occurred_at, value, customer: 0, name: 0, pushed: 0, kind: row.kind };
        let (rows, known, until) = (self.rows.len(), self.known_at.len(), self.until.len());
        self.attribute(row, none);
        let met: Vec<u32> = self.rows.drain(rows..).map(|row| row.customer).collect();
        met.into_iter().for_each(|code| self.have_met(code));
        self.known_at.truncate(known);
        self.until.truncate(until);
    }

    fn have_met(&mut self, code: u32) {
        let place = code as usize;
        if self.met.len() <= place {
            self.met.resize(place + 1, false);
        }
        self.met[place] = true;
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
        let code = self.names.code_after(self.last.1, name);
        self.last.1 = code;
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
        let known_at = row.known_at.micros().max(attributed_at);
        let stretches = if keys.has_no_alias() { None } else { keys.stretches_of(customer) };
        let Some(stretches) = stretches else {
            if self.want.customer.as_ref().is_some_and(|wanted| wanted.as_str() != customer) {
                return false;
            }
            let customer = self.customer_code(customer);
            self.add(BuildRow { customer, ..build }, self.known(known_at), i64::MAX);
            return true;
        };
        let mut added = false;
        for (place, stretch) in stretches.iter().enumerate() {
            let until = stretches.get(place + 1).map_or(i64::MAX, |next| next.from);
            let stands = if self.hindsight { until == i64::MAX } else { known_at.max(stretch.from) < until };
            let wanted =
                self.want.customer.as_ref().is_none_or(|one| *one == stretch.customer || one.as_str() == customer);
            if stands && wanted {
                let customer = self.customer_code(stretch.customer.as_str());
                self.add(BuildRow { customer, ..build }, self.known(known_at.max(stretch.from)), until);
                added = true;
            }
        }
        added
    }

    fn customer_code(&mut self, customer: &str) -> u32 {
        let last = self.last.0;
        if self.customers.is(last, customer) {
            return last;
        }
        if view_of(customer).is_some() {
            self.last.0 = self.customers.code(customer);
            return self.last.0;
        }
        let next = self.next.get(last as usize).copied().unwrap_or(last);
        self.last.0 = self.customers.code_after(next, customer);
        if self.last.0 != next {
            self.next.resize(self.customers.texts.len(), 0);
            self.next[last as usize] = self.last.0;
        }
        self.last.0
    }

    /// Adds a row under one customer.
    fn add(&mut self, row: BuildRow, known_at: i64, until: i64) {
        if known_at != row.occurred_at && self.known_at.is_empty() {
            self.known_at.extend(self.rows.iter().map(|row| row.occurred_at));
        }
        if known_at != row.occurred_at || !self.known_at.is_empty() {
            self.known_at.push(known_at);
        }
        if until != i64::MAX && self.until.is_empty() {
            self.until.resize(self.rows.len(), i64::MAX);
        }
        if until != i64::MAX || !self.until.is_empty() {
            self.until.push(until);
        }
        self.rows.push(row);
    }

    fn known_of(&self, place: u32) -> i64 {
        self.known_at.get(place as usize).copied().unwrap_or(self.rows[place as usize].occurred_at)
    }

    fn until_of(&self, place: u32) -> i64 {
        self.until.get(place as usize).copied().unwrap_or(i64::MAX)
    }

    /// Sorts, applies corrections and gives the frame.
    pub fn finish(mut self) -> FactFrame {
        let told = match self.told.take() {
            Some(told) => told,
            None => Arc::new(std::mem::take(&mut self.overrides).settle()),
        };
        if !told.is_empty() {
            let ids = std::mem::take(&mut self.ids);
            let of = |(place, row): (u32, &BuildRow)| {
                self.until_of(place).min(told.until(ids[row.pushed as usize], row.number))
            };
            self.until = (0..).zip(&self.rows).map(of).collect();
        }
        let (order, starts, customers) = self.order(!told.is_empty());
        let (known, until) = (|place: &u32| self.known_of(*place), |place: &u32| self.until_of(*place));
        let some_late = order.iter().any(|place| known(place) != self.rows[*place as usize].occurred_at);
        let some_corrected = order.iter().any(|place| until(place) != i64::MAX);
        let ((kinds, name_codes, picks), (occurred_at, values)) = {
            let (order, all) = (&order, &self.rows);
            let rows = move || order.iter().map(move |place| all[*place as usize]);
            let named = move || {
                let (mut kinds, mut names) = (Vec::with_capacity(order.len()), Vec::with_capacity(order.len()));
                let mut picks: Vec<u32> = Vec::with_capacity(order.len());
                for row in rows() {
                    kinds.push(row.kind);
                    names.push(row.name);
                    picks.push(row.pushed);
                }
                (kinds, names, picks)
            };
            let numbers = move || -> (Vec<i64>, Vec<i64>) { rows().map(|row| (row.occurred_at, row.value)).unzip() };
            match order.len() < MANY {
                true => (named(), numbers()),
                false => std::thread::scope(|scope| {
                    let named = scope.spawn(named);
                    let numbers = numbers();
                    (named.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), numbers)
                }),
            }
        };
        let known_at = if some_late { order.iter().map(known).collect() } else { Vec::new() };
        let until = if some_corrected { order.iter().map(until).collect() } else { Vec::new() };
        // What texts are picked from and into has no room to spare beside these.
        self.rows = Vec::new();
        drop(order);
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
            kinds,
            name_codes,
            occurred_at,
            known_at,
            until,
            values,
            currencies: self.currencies.pick(&picks),
            texts: self.want.text.then(|| self.texts.pick(&picks)),
            properties: self.properties.into_iter().map(|(key, column)| (key, column.pick(&picks))).collect(),
            names: self.names.texts,
            unattributed: self.unattributed,
            coverage,
        }
    }

    /// Places of the rows, grouped by customer in the order of their keys, each group in order of time and arrival;
    /// where each group begins; the customers. Without the rows that were corrected before they were known, if any were.
    fn order(&self, some_told: bool) -> (Vec<u32>, Vec<usize>, Vec<CustomerId>) {
        let texts = &self.customers.texts;
        let by_key = in_order(texts);
        let stands = |place: u32| !some_told || self.known_of(place) < self.until_of(place);
        let standing = || (0..).zip(&self.rows).filter(|(place, _)| stands(*place));
        let mut counts = vec![0usize; texts.len()];
        for (_, row) in standing() {
            counts[row.customer as usize] += 1;
        }
        let (mut customers, mut starts, mut next) = (Vec::new(), vec![0], vec![0usize; texts.len()]);
        let mut total = 0;
        for code in by_key {
            let count = counts[code as usize];
            if count > 0 || self.met.get(code as usize).is_some_and(|met| *met) {
                customers.push(CustomerId::new(&texts[code as usize]));
                next[code as usize] = total;
                total += count;
                starts.push(total);
            }
        }
        let mut order = vec![0u32; total];
        for (place, row) in standing() {
            let slot = &mut next[row.customer as usize];
            order[*slot] = place;
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

/// The codes of texts in the order of the texts.
///
/// # Why
/// Each text lies somewhere else in memory, and a million of them are compared millions of times: what begins them is laid side
/// by side.
fn in_order(texts: &[Arc<str>]) -> Vec<u32> {
    let begins = |text: &str| {
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(text.as_bytes()).for_each(|(byte, own)| *byte = *own);
        u128::from_be_bytes(bytes)
    };
    let mut keyed: Vec<(u128, u32)> = (0..).zip(texts).map(|(code, text)| (begins(text), code)).collect();
    // Files lie in the order of the keys: a sort that finds what is in order already.
    keyed.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| texts[*one as usize].cmp(&texts[*other as usize])));
    keyed.into_iter().map(|(_, code)| code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_in_their_order_however_long_they_are_and_whatever_they_begin_with() {
        let texts =
            ["b", "a\0", "a", "", "sixteen bytes...", "sixteen bytes....", "sixteen bytes", "客户", "客", "a\0b"];
        let texts: Vec<Arc<str>> = texts.into_iter().map(Arc::from).collect();
        let mut sorted = texts.clone();
        sorted.sort();
        let ordered: Vec<Arc<str>> = in_order(&texts).into_iter().map(|code| texts[code as usize].clone()).collect();
        assert_eq!(ordered, sorted);
    }
}
