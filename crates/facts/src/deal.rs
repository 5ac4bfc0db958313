//! How rows are dealt out: each core gives every row to the part of its customer.
//!
//! Nothing is compared as text twice: kinds and names are codes within a batch, customers are looked up by the bits of
//! their key, a batch at a time (`seats`). Where the rows wait is told in `spill`, what a part becomes in `parts`.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, Int64Array, StringArray, StringViewArray, TimestampMicrosecondArray,
};
use arrow::buffer::ScalarBuffer;
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Decimal128Type, Float64Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use arrow::record_batch::RecordBatch;
use vocab::{AsOf, Instant, Kind, Zone};

use crate::bearing::{Bearing, Spared};
use crate::build::RowRef;
use crate::columns::VALUE_DIGITS;
use crate::error::{Error, Sort};
use crate::frame::{Coverage, NO_VALUE};
use crate::parts::{FactParts, Hand, Scanned};
use crate::seats::{Seat, Seats};
use crate::spill::{Budget, Overflow, Row};

/// Rows that a part should hold, so that it fits a core's cache.
const ROWS_PER_PART: u64 = 65_536;
const MOST_PARTS: u64 = 1_024;

/// Kinds and names that occur together, shared by the cores.
#[derive(Default)]
struct Pairs {
    list: Vec<(Kind, Arc<str>)>,
    codes: HashMap<(Kind, Arc<str>), u16>,
}

/// Rows on their way from several cores into parts.
pub(crate) struct Dealing {
    parts: usize,
    end: i64,
    bearing: Bearing,
    pairs: Mutex<Pairs>,
    budget: Budget,
}

impl Dealing {
    /// For so many rows, of which those before `end` count; what does not bear may be left out.
    pub fn new(rows: u64, end: AsOf, bearing: Bearing) -> Dealing {
        let parts = (rows / ROWS_PER_PART).clamp(1, MOST_PARTS) as usize;
        let (end, pairs) = (end.instant().micros(), Mutex::default());
        Dealing { parts, end, bearing, pairs, budget: Budget::default() }
    }

    /// A core that begins.
    pub fn dealer(&self) -> Dealer {
        Dealer::new(self.parts)
    }

    /// What the cores have dealt, together; `None` if one of them gave up.
    pub fn gather(
        self,
        dealt: Vec<Result<Option<Dealer>, Error>>,
        zone: &Zone,
        mut scanned: Scanned,
    ) -> Result<Option<FactParts>, Error> {
        let mut dealers = Vec::with_capacity(dealt.len());
        for dealer in dealt {
            let Some(mut dealer) = dealer? else { return Ok(None) };
            dealer.add_latest(&self)?;
            dealers.push(dealer);
        }
        let mut hands: Vec<Vec<Hand>> = (0..self.parts).map(|_| Vec::new()).collect();
        let mut overflows = Vec::new();
        let mut all: BTreeMap<(Kind, Arc<str>), Coverage> = BTreeMap::new();
        let pairs = self.pairs.into_inner().unwrap_or_else(PoisonError::into_inner).list;
        for dealer in dealers {
            for (hands, hand) in hands.iter_mut().zip(dealer.hands) {
                hands.push(hand);
            }
            scanned.rows += dealer.rows;
            scanned.spilled_bytes += dealer.overflow.len();
            overflows.push(dealer.overflow);
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
        scanned.parts = self.parts;
        let hands = hands.into_iter().map(Mutex::new).collect();
        let end = AsOf(Instant::from_micros(self.end));
        let zone = zone.clone();
        Ok(Some(FactParts {
            end,
            zone,
            hands,
            overflows,
            pairs,
            names,
            name_codes,
            coverage: all,
            scanned,
            rooms: Mutex::default(),
        }))
    }

    /// Deals the rows of a batch; false if it needs the slow road. Rows without a number of their own lie in this
    /// stretch of their file.
    pub fn deal(&self, batch: &RecordBatch, stretch: u64, dealer: &mut Dealer) -> Result<bool, Error> {
        let Some(columns) = Columns::of(batch)? else { return Ok(false) };
        let pair_of = self.pairs_of(&columns, dealer)?;
        let names = columns.name.values().len();
        let (kind_codes, name_codes) = (columns.kind.keys().values(), columns.name.keys().values());
        let occurred = columns.occurred_at.values();
        let known = columns.known_at.as_ref().map_or(occurred, |known| known.values());
        let numbers = columns.numbers.as_ref().map(|numbers| numbers.values());
        let stretch = if numbers.is_none() { Some(stretch) } else { None };
        let Customers { keys, codes } = &columns.customer;
        let mut looked = std::mem::take(&mut dealer.looked);
        dealer.short.look(keys.views(), &mut looked);
        dealer.rows += batch.num_rows() as u64;
        for place in 0..batch.num_rows() {
            let (occurred_at, known_at) = (occurred[place], known[place]);
            if occurred_at >= self.end || known_at >= self.end {
                continue;
            }
            let pair = pair_of[kind_codes[place] as usize * names + name_codes[place] as usize];
            let value = columns.values.as_ref().map_or(NO_VALUE, |values| values[place]);
            let number = numbers.map_or(0, |numbers| numbers[place] as u64);
            let key = codes.as_ref().map_or(place, |codes| codes[place] as usize);
            let seat = Seats::seen(looked[key]).unwrap_or_else(|| {
                let seat = dealer.seat(keys, key);
                looked[key] = Seats::noted(seat);
                seat
            });
            dealer.cover(pair, known_at, occurred_at);
            if !dealer.spared.spares(seat, pair, (occurred_at, known_at)) {
                let (part, customer) = dealer.met[seat as usize];
                dealer.add(part, &Row { occurred_at, known_at, value, number, customer, pair }, stretch, self)?;
            }
        }
        dealer.looked = looked;
        Ok(true)
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
            codes[place] = dealer.pair(kind, name, self)?;
        }
        Ok(codes)
    }

    /// Deals one row; false if it needs the slow road.
    pub fn deal_row(&self, row: &RowRef<'_>, dealer: &mut Dealer) -> Result<bool, Error> {
        let (Some(customer), None, None, None) = (row.customer_id, row.currency, row.supersedes, row.retracts) else {
            return Ok(false);
        };
        let (occurred_at, known_at) = (row.occurred_at.micros(), row.known_at.micros());
        dealer.rows += 1;
        if occurred_at >= self.end || known_at >= self.end {
            return Ok(true);
        }
        let pair = dealer.pair(row.kind.as_str(), row.name, self)?;
        let keys = StringViewArray::from_iter_values([customer]);
        let seat = dealer.seat(&keys, 0);
        let value = row.value.unwrap_or(NO_VALUE);
        dealer.cover(pair, known_at, occurred_at);
        if !dealer.spared.spares(seat, pair, (occurred_at, known_at)) {
            let (part, customer) = dealer.met[seat as usize];
            dealer.add(part, &Row { occurred_at, known_at, value, number: row.number, customer, pair }, None, self)?;
        }
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
    /// Customers by the bits of their view, if their key is short.
    short: Seats,
    long: HashMap<Box<str>, Seat>,
    /// By seat, the customer's part and its code among the customers of the part.
    met: Vec<(u16, u32)>,
    /// What a first look has found for each key of a batch.
    looked: Vec<u64>,
    pairs: HashMap<(String, String), u16>,
    overflow: Overflow,
    spared: Spared,
    rows: u64,
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
            short: Seats::default(),
            long: HashMap::new(),
            met: Vec::new(),
            looked: Vec::new(),
            pairs: HashMap::new(),
            overflow: Overflow::default(),
            spared: Spared::default(),
            rows: 0,
            coverage: Vec::new(),
            best: Vec::new(),
        }
    }

    fn pair(&mut self, kind: &str, name: &str, dealing: &Dealing) -> Result<u16, Error> {
        if let Some(code) = self.pairs.get(&(kind.to_owned(), name.to_owned())) {
            return Ok(*code);
        }
        let of =
            Kind::from_str(kind).map_err(|()| Error::invalid(format!("there is no kind of fact called {kind:?}")))?;
        let mut shared = dealing.pairs.lock().unwrap_or_else(PoisonError::into_inner);
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
        self.spared.hear(code, dealing.bearing.from(of, name));
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

    fn add(&mut self, part: u16, row: &Row, stretch: Option<u64>, dealing: &Dealing) -> Result<(), Error> {
        self.hands[usize::from(part)].pile.push(row, dealing.end, stretch, &dealing.budget, &mut self.overflow)
    }

    /// Adds the rows that bear as the latest of their customers: when they happened, and no more.
    fn add_latest(&mut self, dealing: &Dealing) -> Result<(), Error> {
        let spared = std::mem::take(&mut self.spared);
        for (seat, pair, occurred_at) in spared.latest() {
            let (part, customer) = self.met[seat as usize];
            let row = Row { occurred_at, known_at: occurred_at, value: NO_VALUE, number: 0, customer, pair };
            self.add(part, &row, None, dealing)?;
        }
        Ok(())
    }

    /// Seat of the customer with a key.
    fn seat(&mut self, keys: &StringViewArray, place: usize) -> Seat {
        let view = keys.views()[place];
        let known = match (view as u32) as usize <= SHORT {
            true => self.short.find(view),
            false => self.long.get(keys.value(place)).copied(),
        };
        known.unwrap_or_else(|| self.add_customer(view, keys.value(place)))
    }

    /// Every core deals a customer to the same part: by the hash of the key's text.
    fn add_customer(&mut self, view: u128, text: &str) -> Seat {
        let hash = blake3::hash(text.as_bytes());
        let bits = u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default());
        let part = (bits % self.hands.len() as u64) as u16;
        let customers = &mut self.hands[usize::from(part)].customers;
        let seat = self.met.len() as u32;
        self.met.push((part, customers.len() as u32));
        customers.push(text.into());
        match text.len() <= SHORT {
            true => self.short.add(view, seat),
            false => _ = self.long.insert(text.into(), seat),
        }
        seat
    }
}

/// Keys of customers, each row's own, or each once with the place of every row's among them.
struct Customers {
    keys: StringViewArray,
    codes: Option<ScalarBuffer<i32>>,
}

impl Customers {
    fn of(column: &ArrayRef) -> Result<Customers, Error> {
        let coded = column.as_any().downcast_ref::<DictionaryArray<Int32Type>>();
        let keys = cast(coded.map_or(column, |coded| coded.values()), &DataType::Utf8View)
            .map_err(|source| Error::because(Sort::Invalid, "customer_id is no text", source))?;
        let codes = coded.map(|coded| coded.keys().values().clone());
        Ok(Customers { keys: keys.as_string_view().clone(), codes })
    }
}

/// The columns of a batch in the types that dealing wants.
struct Columns {
    customer: Customers,
    kind: DictionaryArray<Int32Type>,
    name: DictionaryArray<Int32Type>,
    occurred_at: TimestampMicrosecondArray,
    known_at: Option<TimestampMicrosecondArray>,
    /// In millionths.
    values: Option<Vec<i64>>,
    numbers: Option<Int64Array>,
}

impl Columns {
    /// `None` if something is missing in some row.
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
            whole(batch.column_by_name("customer_id").cloned()),
            whole(column("kind", &coded)?),
            whole(column("name", &coded)?),
            whole(column("occurred_at", &time)?),
        ) else {
            return Ok(None);
        };
        let known_at = whole(column("known_at", &time)?);
        let numbers =
            whole(column("number", &DataType::Int64)?).map(|numbers| numbers.as_primitive::<Int64Type>().clone());
        let lost = batch.column_by_name("known_at").is_some() && known_at.is_none();
        let plain = |array: &ArrayRef| array.as_dictionary::<Int32Type>().values().as_any().is::<StringArray>();
        if lost || !plain(&kind) || !plain(&name) {
            return Ok(None);
        }
        Ok(Some(Columns {
            customer: Customers::of(&customer)?,
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
        // Without a branch for each: what is null, or too large, is taken out by a mask.
        let value = |value: i128, is_there: bool| {
            let kept = i64::from(is_there && i128::from(value as i64) == value).wrapping_neg();
            (value as i64 & kept) | (NO_VALUE & !kept)
        };
        let all = column.values().iter();
        return Ok(match column.nulls() {
            Some(nulls) => all.zip(nulls).map(|(one, is_there)| value(*one, is_there)).collect(),
            None => all.map(|one| value(*one, true)).collect(),
        });
    }
    let floats = cast(column, &DataType::Float64)
        .map_err(|source| Error::because(Sort::Invalid, "column value cannot be read as numbers", source))?;
    Ok(floats.as_primitive::<Float64Type>().iter().map(|value| value.map_or(NO_VALUE, millionths)).collect())
}
