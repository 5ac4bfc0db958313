//! A plain event file read by all cores into frames of some customers each: the quick road of `liuke indicators --facts`.
//!
//! Each core decodes row groups of the columns that are needed, and deals the rows out by their customer's hash, so
//! that a part can be grouped, ordered and looked at on its own and then forgotten. What a part becomes is a frame like
//! any other. Files that say more than one row at a time can tell (corrections, people without a customer) take the
//! slow road, [`crate::read_parquet`].

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, Float64Array, StringArray, StringViewArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Field, Float64Type, Int32Type, Schema, SchemaRef, TimeUnit, TimestampMicrosecondType,
};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use vocab::{AsOf, CustomerId, Kind, Zone};

use crate::error::{Error, Sort};
use crate::file::LakeFile;
use crate::frame::{Coverage, FactFrame, NO_VALUE, TextColumn, Want};

const ROWS_PER_BATCH: usize = 16_384;
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

/// Columns that may stay unread without any fact being misread, if they hold nothing.
const MUST_BE_EMPTY: [&str; 4] = ["actor_id", "currency", "supersedes", "retracts"];

impl FactParts {
    /// Reads a plain event file with so many threads; `None` if it needs the slow road: somebody's rows have no
    /// customer, rows correct others or are in other currencies, or properties or texts are wanted that the file has.
    pub fn read(path: &Path, want: &Want, end: AsOf, zone: &Zone, threads: usize) -> Result<Option<FactParts>, Error> {
        let lake = LakeFile::new(path.to_owned(), None);
        let columns = lake.columns()?;
        let has = |name: &str| columns.column_with_name(name).is_some();
        let needed = ["customer_id", "kind", "name", "occurred_at"].into_iter().all(has);
        let wants_more = (has("properties") && (want.all_properties || !want.properties.is_empty()))
            || (has("text") && want.text)
            || want.customer.is_some()
            || !want.kinds.is_empty();
        if !needed || wants_more || lake.len()? >= u64::from(u32::MAX) {
            return Ok(None);
        }
        for column in MUST_BE_EMPTY {
            if has(column) && !lake.is_empty_column(column)? {
                return Ok(None);
            }
        }
        let parts = (lake.len()? / ROWS_PER_PART).clamp(1, MOST_PARTS) as usize;
        Scan::open(path, &columns, parts, end)?.run(threads.max(1), zone)
    }

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

/// A file being read.
struct Scan<'p> {
    path: &'p Path,
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
    has_known_at: bool,
    parts: usize,
    end: i64,
    /// Number of the first row of each row group.
    numbers: Vec<u32>,
    next_group: AtomicUsize,
    pairs: Mutex<Pairs>,
}

impl<'p> Scan<'p> {
    fn open(path: &'p Path, columns: &SchemaRef, parts: usize, end: AsOf) -> Result<Scan<'p>, Error> {
        let damaged = |source| Error::because(Sort::Damaged, format!("cannot read {}", path.display()), source);
        let has_known_at = columns.column_with_name("known_at").is_some();
        let wanted = ["customer_id", "kind", "name", "occurred_at", "known_at", "value"];
        let coded = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let is_text =
            |field: &Field| matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        let fields = columns.fields().iter().map(|field| match field.name().as_str() {
            "customer_id" if is_text(field) => field.as_ref().clone().with_data_type(DataType::Utf8View),
            "kind" | "name" if is_text(field) => field.as_ref().clone().with_data_type(coded.clone()),
            _ => field.as_ref().clone(),
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let open = || File::open(path).map_err(|source| Error::io("open", path, source));
        let asked = ArrowReaderOptions::new().with_schema(schema);
        let metadata = match ArrowReaderMetadata::load(&open()?, asked) {
            Ok(metadata) => metadata,
            // Types that cannot be read so are cast afterwards.
            Err(_) => ArrowReaderMetadata::load(&open()?, ArrowReaderOptions::new()).map_err(damaged)?,
        };
        let descriptor = metadata.metadata().file_metadata().schema_descr();
        let roots = descriptor.root_schema().get_fields().iter().enumerate();
        let places = roots.filter(|(_, root)| wanted.contains(&root.name())).map(|(place, _)| place);
        let mask = ProjectionMask::roots(descriptor, places);
        let mut number = 0;
        let mut numbers = Vec::new();
        for group in metadata.metadata().row_groups() {
            numbers.push(number);
            number += group.num_rows() as u32;
        }
        let end = end.instant().micros();
        let (next_group, pairs) = (AtomicUsize::new(0), Mutex::default());
        Ok(Scan { path, metadata, mask, has_known_at, parts, end, numbers, next_group, pairs })
    }

    fn run(self, threads: usize, zone: &Zone) -> Result<Option<FactParts>, Error> {
        let dealt: Vec<Result<Option<Dealer>, Error>> = std::thread::scope(|scope| {
            let handles: Vec<_> =
                (0..threads.min(self.numbers.len().max(1))).map(|_| scope.spawn(|| self.deal())).collect();
            handles
                .into_iter()
                .map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        });
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
        let end = AsOf(vocab::Instant::from_micros(self.end));
        Ok(Some(FactParts { end, zone: zone.clone(), hands, pairs, names, name_codes, coverage: all }))
    }

    /// One core: row groups one after the other, as long as there are any. `None` if the file needs the slow road.
    fn deal(&self) -> Result<Option<Dealer>, Error> {
        let damaged = |source| Error::because(Sort::Damaged, format!("cannot read {}", self.path.display()), source);
        let broken = |source| Error::because(Sort::Damaged, format!("cannot read {}", self.path.display()), source);
        let mut dealer = Dealer::new(self.parts);
        loop {
            let group = self.next_group.fetch_add(1, Ordering::Relaxed);
            let Some(first) = self.numbers.get(group) else { return Ok(Some(dealer)) };
            let file = File::open(self.path).map_err(|source| Error::io("open", self.path, source))?;
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
                .with_projection(self.mask.clone())
                .with_batch_size(ROWS_PER_BATCH)
                .with_row_groups(vec![group])
                .build()
                .map_err(damaged)?;
            let mut number = *first;
            for batch in reader {
                let batch = batch.map_err(broken)?;
                let Some(columns) = Columns::of(&batch, self.has_known_at)? else { return Ok(None) };
                self.deal_batch(&columns, number, &mut dealer)?;
                number += batch.num_rows() as u32;
            }
        }
    }

    fn deal_batch(&self, columns: &Columns, first: u32, dealer: &mut Dealer) -> Result<(), Error> {
        let pair_of = self.pairs_of(columns, dealer)?;
        let names = columns.name.values().len();
        let (kind_codes, name_codes) = (columns.kind.keys().values(), columns.name.keys().values());
        let occurred = columns.occurred_at.values();
        let known = columns.known_at.as_ref().map(|known| known.values());
        let values = columns.value.as_ref().map(|value| (value.values(), value.nulls()));
        for place in 0..columns.customer.len() {
            let occurred_at = occurred[place];
            let known_at = known.map_or(occurred_at, |known| known[place]);
            if occurred_at >= self.end || known_at >= self.end {
                continue;
            }
            let pair = pair_of[kind_codes[place] as usize * names + name_codes[place] as usize];
            dealer.cover(pair, known_at, occurred_at);
            let value = match values {
                Some((values, nulls)) if nulls.is_none_or(|nulls| nulls.is_valid(place)) => millionths(values[place]),
                _ => NO_VALUE,
            };
            let (part, customer) = dealer.customer(&columns.customer, place);
            let number = first + place as u32;
            if known_at != occurred_at {
                dealer.hands[part].late.push((number, known_at));
            }
            dealer.hands[part].push(Row { occurred_at, value, number, customer, pair });
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
}

/// A number in millionths; one that is none, or too large, is not there.
fn millionths(value: f64) -> i64 {
    vocab::Amount::from_f64(value).map_or(NO_VALUE, |amount| amount.millionths() as i64)
}

/// What one core knows while it deals.
struct Dealer {
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
    value: Option<Float64Array>,
}

impl Columns {
    /// `None` if something is missing in some row.
    fn of(batch: &RecordBatch, has_known_at: bool) -> Result<Option<Columns>, Error> {
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
        if has_known_at && known_at.is_none() {
            return Ok(None);
        }
        let value = column("value", &DataType::Float64)?;
        let plain = |array: &ArrayRef| array.as_dictionary::<Int32Type>().values().as_any().is::<StringArray>();
        if !plain(&kind) || !plain(&name) {
            return Ok(None);
        }
        Ok(Some(Columns {
            customer: customer.as_string_view().clone(),
            kind: kind.as_dictionary::<Int32Type>().clone(),
            name: name.as_dictionary::<Int32Type>().clone(),
            occurred_at: occurred_at.as_primitive::<TimestampMicrosecondType>().clone(),
            known_at: known_at.map(|known_at| known_at.as_primitive::<TimestampMicrosecondType>().clone()),
            value: value.map(|value| value.as_primitive::<Float64Type>().clone()),
        }))
    }
}
