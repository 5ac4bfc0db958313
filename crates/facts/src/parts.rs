//! Facts in parts, each with all rows of some customers: the quick road from files to frames.
//!
//! Each core decodes the columns that are needed and deals the rows out by their customer's hash, so that a part can be
//! grouped, ordered and looked at on its own and then forgotten. What a part becomes is a frame like any other. Where
//! the rows come from is told in `scan` (a plain file) and `view` (the lake).

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, Int64Array, StringArray, StringViewArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Decimal128Type, Float64Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use arrow::record_batch::RecordBatch;
use vocab::{AsOf, CustomerId, Instant, Kind, Zone};

use crate::build::RowRef;
use crate::columns::VALUE_DIGITS;
use crate::error::{Error, Sort};
use crate::frame::{Coverage, FactFrame, NO_VALUE, TextColumn};

/// Rows that a part should hold, so that it fits a core's cache.
const ROWS_PER_PART: u64 = 131_072;
const MOST_PARTS: u64 = 256;
/// Rows that are allotted at once.
const ROWS_PER_BLOCK: usize = 1_024;

/// A row on its way into a part.
#[derive(Clone, Copy)]
struct Row {
    occurred_at: i64,
    value: i64,
    /// Place in the file.
    number: u32,
    /// Code of the customer among those that one core has met in this part.
    customer: u32,
    pair: u16,
}

/// What one core has dealt to one part.
#[derive(Default)]
struct Hand {
    blocks: Vec<Vec<Row>>,
    /// When a row became known, where that was not at once.
    late: Vec<(u32, i64)>,
    customers: Vec<Box<str>>,
}

impl Hand {
    fn add(&mut self, row: Row, known_at: i64) {
        if known_at != row.occurred_at {
            self.late.push((row.number, known_at));
        }
        self.push(row);
    }

    fn push(&mut self, row: Row) {
        match self.blocks.last_mut() {
            Some(block) if block.len() < ROWS_PER_BLOCK => block.push(row),
            _ => {
                let mut block = Vec::with_capacity(ROWS_PER_BLOCK);
                block.push(row);
                self.blocks.push(block);
            }
        }
    }
}

/// Kinds and names that occur together, shared by the cores.
#[derive(Default)]
struct Pairs {
    list: Vec<(Kind, Arc<str>)>,
    codes: HashMap<(Kind, Arc<str>), u16>,
}

/// Facts of a file in parts, each with all rows of some customers.
pub struct FactParts {
    end: AsOf,
    zone: Zone,
    /// By part: what each core dealt to it. Taken when its frame is built.
    hands: Vec<Mutex<Vec<Hand>>>,
    pairs: Vec<(Kind, Arc<str>)>,
    names: Vec<Arc<str>>,
    /// Name code of each pair.
    name_codes: Vec<u32>,
    coverage: BTreeMap<(Kind, Arc<str>), Coverage>,
}

impl FactParts {
    /// How many parts there are.
    pub fn len(&self) -> usize {
        self.hands.len()
    }

    /// Whether there is no part.
    pub fn is_empty(&self) -> bool {
        self.hands.is_empty()
    }

    /// The frame of a part; its rows are given away, so the second time it is empty. A source counts as delivering by
    /// the rows of all parts.
    pub fn take(&self, part: usize) -> FactFrame {
        let hands = std::mem::take(&mut *self.hands[part].lock().unwrap_or_else(PoisonError::into_inner));
        let (customers, places) = merge(&hands);
        let (starts, rows) = group(&hands, &places, customers.len());
        let late: HashMap<u32, i64> = hands.iter().flat_map(|hand| hand.late.iter().copied()).collect();
        drop(hands);
        let known_at = |row: &Row| match late.is_empty() {
            true => row.occurred_at,
            false => late.get(&row.number).copied().unwrap_or(row.occurred_at),
        };
        let pair = |row: &Row| row.pair as usize;
        FactFrame {
            end: self.end,
            zone: self.zone.clone(),
            customers,
            starts,
            names: self.names.clone(),
            kinds: rows.iter().map(|row| self.pairs[pair(row)].0).collect(),
            name_codes: rows.iter().map(|row| self.name_codes[pair(row)]).collect(),
            occurred_at: rows.iter().map(|row| row.occurred_at).collect(),
            known_at: rows.iter().map(known_at).collect(),
            until: vec![i64::MAX; rows.len()],
            values: rows.iter().map(|row| row.value).collect(),
            currencies: TextColumn::default(),
            texts: None,
            properties: BTreeMap::new(),
            unattributed: 0,
            coverage: self.coverage.clone(),
        }
    }
}

/// The customers of a part in the order of their keys, and the place of each core's codes among them.
fn merge(hands: &[Hand]) -> (Vec<CustomerId>, Vec<Vec<u32>>) {
    let mut all: Vec<(&str, usize, usize)> = Vec::new();
    for (hand, one) in hands.iter().enumerate() {
        all.extend(one.customers.iter().enumerate().map(|(code, text)| (&**text, hand, code)));
    }
    all.sort_unstable();
    let mut customers: Vec<CustomerId> = Vec::with_capacity(all.len());
    let mut places: Vec<Vec<u32>> = hands.iter().map(|hand| vec![0; hand.customers.len()]).collect();
    let mut last = None;
    for (text, hand, code) in all {
        if last != Some(text) {
            customers.push(CustomerId::new(text));
            last = Some(text);
        }
        places[hand][code] = customers.len() as u32 - 1;
    }
    (customers, places)
}

/// The rows of a part by customer, each customer's in order of time and place in the file; and where each begins.
fn group(hands: &[Hand], places: &[Vec<u32>], customers: usize) -> (Vec<usize>, Vec<Row>) {
    let all = || {
        hands.iter().zip(places).flat_map(|(hand, places)| {
            hand.blocks.iter().flatten().map(move |row| (places[row.customer as usize] as usize, row))
        })
    };
    let mut starts = vec![0usize; customers + 1];
    all().for_each(|(customer, _)| starts[customer + 1] += 1);
    for customer in 0..customers {
        starts[customer + 1] += starts[customer];
    }
    let empty = Row { occurred_at: 0, value: 0, number: 0, customer: 0, pair: 0 };
    let mut rows = vec![empty; starts[customers]];
    let mut next = starts.clone();
    for (customer, row) in all() {
        rows[next[customer]] = *row;
        next[customer] += 1;
    }
    for bounds in starts.windows(2) {
        // Stable: a file's rows come in runs that are in order already.
        rows[bounds[0]..bounds[1]].sort_by_key(|row| (row.occurred_at, row.number));
    }
    (starts, rows)
}

/// Rows on their way from several cores into parts.
pub(crate) struct Dealing {
    parts: usize,
    end: i64,
    pairs: Mutex<Pairs>,
}

impl Dealing {
    /// For so many rows, of which those before `end` count.
    pub fn new(rows: u64, end: AsOf) -> Dealing {
        let parts = (rows / ROWS_PER_PART).clamp(1, MOST_PARTS) as usize;
        Dealing { parts, end: end.instant().micros(), pairs: Mutex::default() }
    }

    /// A core that begins.
    pub fn dealer(&self) -> Dealer {
        Dealer::new(self.parts)
    }

    /// What the cores have dealt, together; `None` if one of them gave up.
    pub fn gather(self, dealt: Vec<Result<Option<Dealer>, Error>>, zone: &Zone) -> Result<Option<FactParts>, Error> {
        let mut hands: Vec<Vec<Hand>> = (0..self.parts).map(|_| Vec::new()).collect();
        let mut all: BTreeMap<(Kind, Arc<str>), Coverage> = BTreeMap::new();
        let pairs = self.pairs.into_inner().unwrap_or_else(PoisonError::into_inner).list;
        for dealer in dealt {
            let Some(dealer) = dealer? else { return Ok(None) };
            for (hands, hand) in hands.iter_mut().zip(dealer.hands) {
                hands.push(hand);
            }
            for (pair, coverage) in pairs.iter().zip(&dealer.coverage) {
                let whole = all.entry(pair.clone()).or_default();
                coverage.entries().for_each(|(known_at, occurred_at)| whole.add(known_at, occurred_at));
            }
        }
        all.retain(|_, coverage| coverage.entries().next().is_some());
        let mut names: Vec<Arc<str>> = Vec::new();
        let mut name_codes = Vec::new();
        for (_, name) in &pairs {
            let known = names.iter().position(|one| one == name);
            name_codes.push(known.unwrap_or(names.len()) as u32);
            if known.is_none() {
                names.push(name.clone());
            }
        }
        let hands = hands.into_iter().map(Mutex::new).collect();
        let end = AsOf(Instant::from_micros(self.end));
        Ok(Some(FactParts { end, zone: zone.clone(), hands, pairs, names, name_codes, coverage: all }))
    }

    /// Deals the rows of a batch; false if it needs the slow road. Rows without a number of their own are numbered from
    /// `first`.
    pub fn deal(&self, batch: &RecordBatch, first: u32, dealer: &mut Dealer) -> Result<bool, Error> {
        let Some(columns) = Columns::of(batch)? else { return Ok(false) };
        self.deal_columns(&columns, first, dealer)?;
        Ok(true)
    }

    fn deal_columns(&self, columns: &Columns, first: u32, dealer: &mut Dealer) -> Result<(), Error> {
        let pair_of = self.pairs_of(columns, dealer)?;
        let names = columns.name.values().len();
        let (kind_codes, name_codes) = (columns.kind.keys().values(), columns.name.keys().values());
        let occurred = columns.occurred_at.values();
        let known = columns.known_at.as_ref().map(|known| known.values());
        let numbers = columns.numbers.as_ref().map(|numbers| numbers.values());
        for place in 0..columns.customer.len() {
            let occurred_at = occurred[place];
            let known_at = known.map_or(occurred_at, |known| known[place]);
            if occurred_at >= self.end || known_at >= self.end {
                continue;
            }
            let pair = pair_of[kind_codes[place] as usize * names + name_codes[place] as usize];
            dealer.cover(pair, known_at, occurred_at);
            let value = columns.values.as_ref().map_or(NO_VALUE, |values| values[place]);
            let (part, customer) = dealer.customer(&columns.customer, place);
            let number = numbers.map_or(first + place as u32, |numbers| numbers[place] as u32);
            dealer.hands[part].add(Row { occurred_at, value, number, customer, pair }, known_at);
        }
        Ok(())
    }

    /// The code of every kind and name that a batch may hold together, by kind and then name.
    fn pairs_of(&self, columns: &Columns, dealer: &mut Dealer) -> Result<Vec<u16>, Error> {
        let texts = |column: &DictionaryArray<Int32Type>| {
            let values = column.values().as_string::<i32>().clone();
            (0..values.len()).map(|at| values.value(at).to_owned()).collect::<Vec<String>>()
        };
        let (kinds, names) = (texts(&columns.kind), texts(&columns.name));
        let mut used = vec![false; kinds.len() * names.len()];
        for (kind, name) in columns.kind.keys().values().iter().zip(columns.name.keys().values()) {
            used[*kind as usize * names.len() + *name as usize] = true;
        }
        let mut codes = vec![0; used.len()];
        for (place, _) in used.iter().enumerate().filter(|(_, used)| **used) {
            let (kind, name) = (&kinds[place / names.len()], &names[place % names.len()]);
            codes[place] = dealer.pair(kind, name, &self.pairs)?;
        }
        Ok(codes)
    }

    /// Deals one row; false if it needs the slow road.
    pub fn deal_row(&self, row: &RowRef<'_>, dealer: &mut Dealer) -> Result<bool, Error> {
        let (Some(customer), None, None, None) = (row.customer_id, row.currency, row.supersedes, row.retracts) else {
            return Ok(false);
        };
        let (occurred_at, known_at) = (row.occurred_at.micros(), row.known_at.micros());
        let Ok(number) = u32::try_from(row.number) else { return Ok(false) };
        if occurred_at >= self.end || known_at >= self.end {
            return Ok(true);
        }
        let pair = dealer.pair(row.kind.as_str(), row.name, &self.pairs)?;
        dealer.cover(pair, known_at, occurred_at);
        let keys = StringViewArray::from_iter_values([customer]);
        let (part, customer) = dealer.customer(&keys, 0);
        let value = row.value.unwrap_or(NO_VALUE);
        dealer.hands[part].add(Row { occurred_at, value, number, customer, pair }, known_at);
        Ok(true)
    }
}

/// A number in millionths; one that is none, or too large, is not there.
fn millionths(value: f64) -> i64 {
    vocab::Amount::from_f64(value).map_or(NO_VALUE, |amount| amount.millionths() as i64)
}

/// What one core knows while it deals.
pub(crate) struct Dealer {
    hands: Vec<Hand>,
    /// Customers by the bits of their view, if their key is short, with their part and code.
    short: HashMap<u128, (u16, u32), BuildHasherDefault<Folded>>,
    long: HashMap<Box<str>, (u16, u32)>,
    pairs: HashMap<(String, String), u16>,
    coverage: Vec<Coverage>,
    /// Per pair: known and occurred of the row that covers most.
    best: Vec<(i64, i64)>,
}

/// The longest key that a view holds itself.
const SHORT: usize = 12;

impl Dealer {
    fn new(parts: usize) -> Dealer {
        Dealer {
            hands: (0..parts).map(|_| Hand::default()).collect(),
            short: HashMap::default(),
            long: HashMap::new(),
            pairs: HashMap::new(),
            coverage: Vec::new(),
            best: Vec::new(),
        }
    }

    fn pair(&mut self, kind: &str, name: &str, shared: &Mutex<Pairs>) -> Result<u16, Error> {
        if let Some(code) = self.pairs.get(&(kind.to_owned(), name.to_owned())) {
            return Ok(*code);
        }
        let of =
            Kind::from_str(kind).map_err(|()| Error::invalid(format!("there is no kind of fact called {kind:?}")))?;
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let pair = (of, Arc::from(name));
        let code = match shared.codes.get(&pair) {
            Some(code) => *code,
            None => {
                let code = u16::try_from(shared.list.len()).map_err(|_| Error::invalid("too many different names"))?;
                shared.list.push(pair.clone());
                shared.codes.insert(pair, code);
                code
            }
        };
        self.pairs.insert((kind.to_owned(), name.to_owned()), code);
        let length = self.coverage.len().max(usize::from(code) + 1);
        self.coverage.resize_with(length, Coverage::default);
        self.best.resize(length, (i64::MAX, i64::MAX));
        Ok(code)
    }

    fn cover(&mut self, pair: u16, known_at: i64, occurred_at: i64) {
        let best = &mut self.best[usize::from(pair)];
        if best.0 <= known_at && best.1 <= occurred_at {
            return;
        }
        if known_at <= best.0 && occurred_at <= best.1 {
            *best = (known_at, occurred_at);
        }
        self.coverage[usize::from(pair)].add(known_at, occurred_at);
    }

    /// Part and code of the customer of a row.
    fn customer(&mut self, keys: &StringViewArray, place: usize) -> (usize, u32) {
        let view = keys.views()[place];
        if (view as u32) as usize <= SHORT {
            if let Some((part, code)) = self.short.get(&view) {
                return (usize::from(*part), *code);
            }
        } else if let Some((part, code)) = self.long.get(keys.value(place)) {
            return (usize::from(*part), *code);
        }
        self.add_customer(view, keys.value(place))
    }

    /// Every core deals a customer to the same part: by the hash of the key's text.
    fn add_customer(&mut self, view: u128, text: &str) -> (usize, u32) {
        let hash = blake3::hash(text.as_bytes());
        let bits = u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default());
        let part = (bits % self.hands.len() as u64) as usize;
        let customers = &mut self.hands[part].customers;
        let code = customers.len() as u32;
        customers.push(text.into());
        match text.len() <= SHORT {
            true => self.short.insert(view, (part as u16, code)),
            false => self.long.insert(text.into(), (part as u16, code)),
        };
        (part, code)
    }
}

/// Hashes the bits of a view by multiplying and folding.
#[derive(Default)]
struct Folded(u64);

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u128(u128::from(*byte));
        }
    }

    fn write_u128(&mut self, bits: u128) {
        const ODD: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03];
        let (low, high) = (bits as u64 ^ ODD[0] ^ self.0, (bits >> 64) as u64 ^ ODD[1]);
        let product = u128::from(low) * u128::from(high);
        self.0 = (product as u64 ^ (product >> 64) as u64).wrapping_mul(ODD[0]);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

/// The columns of a batch in the types that dealing wants.
struct Columns {
    customer: StringViewArray,
    kind: DictionaryArray<Int32Type>,
    name: DictionaryArray<Int32Type>,
    occurred_at: TimestampMicrosecondArray,
    known_at: Option<TimestampMicrosecondArray>,
    /// In millionths.
    values: Option<Vec<i64>>,
    numbers: Option<Int64Array>,
}

impl Columns {
    /// `None` if something is missing in some row, or numbers are too large.
    fn of(batch: &RecordBatch) -> Result<Option<Columns>, Error> {
        let coded = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let column = |name: &str, as_type: &DataType| -> Result<Option<ArrayRef>, Error> {
            let Some(column) = batch.column_by_name(name) else { return Ok(None) };
            if column.data_type() == as_type {
                return Ok(Some(column.clone()));
            }
            cast(column, as_type).map(Some).map_err(|source| {
                Error::because(Sort::Invalid, format!("column {name} cannot be read as {as_type}"), source)
            })
        };
        let whole = |column: Option<ArrayRef>| column.filter(|column| column.null_count() == 0);
        let (Some(customer), Some(kind), Some(name), Some(occurred_at)) = (
            whole(column("customer_id", &DataType::Utf8View)?),
            whole(column("kind", &coded)?),
            whole(column("name", &coded)?),
            whole(column("occurred_at", &time)?),
        ) else {
            return Ok(None);
        };
        let known_at = whole(column("known_at", &time)?);
        let numbers =
            whole(column("number", &DataType::Int64)?).map(|numbers| numbers.as_primitive::<Int64Type>().clone());
        let too_large = |numbers: &Int64Array| numbers.values().iter().any(|number| u32::try_from(*number).is_err());
        let lost = batch.column_by_name("known_at").is_some() && known_at.is_none();
        let plain = |array: &ArrayRef| array.as_dictionary::<Int32Type>().values().as_any().is::<StringArray>();
        if lost || !plain(&kind) || !plain(&name) || numbers.as_ref().is_some_and(too_large) {
            return Ok(None);
        }
        Ok(Some(Columns {
            customer: customer.as_string_view().clone(),
            kind: kind.as_dictionary::<Int32Type>().clone(),
            name: name.as_dictionary::<Int32Type>().clone(),
            occurred_at: occurred_at.as_primitive::<TimestampMicrosecondType>().clone(),
            known_at: known_at.map(|known_at| known_at.as_primitive::<TimestampMicrosecondType>().clone()),
            values: batch.column_by_name("value").map(values).transpose()?,
            numbers,
        }))
    }
}

/// A column of numbers in millionths.
fn values(column: &ArrayRef) -> Result<Vec<i64>, Error> {
    if *column.data_type() == DataType::Decimal128(VALUE_DIGITS.0, VALUE_DIGITS.1) {
        let column = column.as_primitive::<Decimal128Type>();
        let value = |value: Option<i128>| value.and_then(|value| i64::try_from(value).ok()).unwrap_or(NO_VALUE);
        return Ok(column.iter().map(value).collect());
    }
    let floats = cast(column, &DataType::Float64)
        .map_err(|source| Error::because(Sort::Invalid, "column value cannot be read as numbers", source))?;
    Ok(floats.as_primitive::<Float64Type>().iter().map(|value| value.map_or(NO_VALUE, millionths)).collect())
}
