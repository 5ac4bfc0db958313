//! The first pass over a file: what only a whole column can say, before any of its cells is taken.
//!
//! Whether a column holds plain numbers, which order its dates have, which sign parts its decimals off, which keys stand
//! more than once, and which orders lie scattered over the file. What is held does not grow with the file.

use std::hash::{DefaultHasher, Hash, Hasher};

use vocab::Finding;

use crate::fault;
use crate::kind::{TableKind, is_number};
use crate::layout::whole;
use crate::mapping::{Mapping, Use};
use crate::moment::{self, DateOrder};
use crate::number::{self, DecimalMark};
use crate::record::Record;
use crate::refusal::Refusal;
use crate::repeats::{Repeated, Tally};
use crate::table::{Flow, Table};
use crate::window::{Window, reach_after};

/// Lines of an order that lie within so many bytes of rows are put together as they come.
const NEAR_BYTES: u64 = 1024 * 1024;
/// For how many bytes of rows an order must be held after its last line where orders come back after others, so that what
/// the first pass found together stays together.
pub(crate) const OPEN_BYTES: u64 = reach_after(NEAR_BYTES);
/// An order with more bytes of lines than that is put together by itself, so that what is open stays small.
const LONG_ORDER: u64 = 16 * 1024;
/// Orders that lie scattered, up to so many, are remembered one by one; with more, every order is put aside.
const SCATTERED_ORDERS: usize = 131_072;
/// The same for keys of other rows. Each may have a note of its own in memory.
pub(crate) const REPEATED_KEYS: usize = 16_384;

/// What the cells of a column of dates say about their order.
#[derive(Clone, Copy, Debug, Default)]
struct Votes {
    month_first: u64,
    day_first: u64,
    open: u64,
}

impl Votes {
    /// Of one cell. Only readings with the year last can be in question.
    fn of(cell: &str) -> Votes {
        let Some(reading) = moment::read(cell) else { return Votes::default() };
        match reading.vote() {
            Some(DateOrder::MonthFirst) => Votes { month_first: 1, ..Votes::default() },
            Some(DateOrder::DayFirst) => Votes { day_first: 1, ..Votes::default() },
            None => Votes { open: u64::from(reading.is_open()), ..Votes::default() },
        }
    }

    fn add(&mut self, other: Votes) {
        self.month_first += other.month_first;
        self.day_first += other.day_first;
        self.open += other.open;
    }

    fn order(self) -> DateOrder {
        if self.day_first > self.month_first { DateOrder::DayFirst } else { DateOrder::MonthFirst }
    }
}

/// A column of dates. What its last cell said is at hand: lines of one order have the same.
#[derive(Debug)]
struct Dates {
    at: usize,
    header: String,
    votes: Votes,
    last: (String, Votes),
}

impl Dates {
    fn take(&mut self, cell: &str) {
        let (last, says) = &mut self.last;
        if last != cell {
            *says = Votes::of(cell);
            last.clear();
            last.push_str(cell);
        }
        self.votes.add(*says);
    }
}

/// What was learnt from reading the whole file once.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    pub(crate) rows: u64,
    /// Columns kept under their own headers: place, cells that hold something, those that hold a plain decimal.
    kept: Vec<(usize, u64, u64)>,
    dates: Vec<Dates>,
    /// Columns of numbers: place, and how many cells are one.
    amounts: Vec<(usize, u64)>,
    marks: [u64; 2],
    counted: Option<usize>,
    /// Keys, or whole rows without one, that stand more than once; of orders those whose lines lie scattered.
    repeated: Repeated,
    /// Whether lines of an order stood near each other with others between them.
    some_come_back: bool,
    /// The last number of an order and what stands for it: the next line most often has the same.
    last_key: (String, u64),
    plain_numbers: bool,
    c_numbers: bool,
    are_totals: bool,
}

/// The keys of a file on their way to being counted.
enum Keys {
    /// Of rows: a key as often as it stands.
    Rows(Tally),
    /// Of orders: a key as often as its lines begin anew, and once more if it becomes long. The window holds how many
    /// bytes of lines have come.
    Orders { tally: Tally, window: Window<u64, u64>, some_come_back: bool },
}

impl Keys {
    /// Goes on by a row.
    fn pass(&mut self, bytes: u64) {
        if let Keys::Orders { window, .. } = self {
            window.advance(bytes);
        }
    }

    fn add(&mut self, hash: u64, bytes: u64) -> Result<(), Refusal> {
        match self {
            Keys::Rows(tally) => tally.add(hash),
            Keys::Orders { tally, window, some_come_back } => {
                let is_next = window.is_last(&hash);
                let Some(told) = window.touch(&hash) else {
                    window.insert(hash, bytes);
                    return tally.add(hash);
                };
                *some_come_back |= !is_next;
                let was_long = *told > LONG_ORDER;
                *told += bytes;
                if *told > LONG_ORDER && !was_long { tally.add(hash) } else { Ok(()) }
            }
        }
    }

    /// The keys that come more than once, and whether any order came back after another within what the window held.
    fn repeated(self) -> Result<(Repeated, bool), Refusal> {
        Ok(match self {
            Keys::Rows(tally) => (tally.repeated(REPEATED_KEYS)?, false),
            Keys::Orders { tally, some_come_back, .. } => (tally.repeated(SCATTERED_ORDERS)?, some_come_back),
        })
    }
}

impl Profile {
    /// Reads the file once.
    pub(crate) fn of(
        table: &Table,
        mapping: &Mapping,
        progress: &mut dyn FnMut(u64) -> Result<(), Refusal>,
    ) -> Result<Profile, Refusal> {
        let mut profile = Profile::before(table, mapping);
        let are_orders = mapping.kind == TableKind::Orders && profile.counted.is_some();
        let mut keys = match are_orders {
            true => Keys::Orders { tally: Tally::default(), window: Window::new(NEAR_BYTES), some_come_back: false },
            false => Keys::Rows(Tally::default()),
        };
        table.rows_ahead(&mut |record| {
            profile.take(record, are_orders, &mut keys)?;
            if profile.rows.is_multiple_of(5000) {
                progress(profile.rows)?;
            }
            Ok(Flow::Go)
        })?;
        (profile.repeated, profile.some_come_back) = keys.repeated()?;
        Ok(profile)
    }

    /// What the rows at hand say about the order of dates. Whole columns are not at hand: which hold nothing but
    /// numbers, and how often a key comes, is not known.
    pub(crate) fn of_dates(table: &Table, mapping: &Mapping, rows: &[Record]) -> Result<Profile, Refusal> {
        let mut profile = Profile::before(table, mapping);
        let mut keys = Keys::Rows(Tally::default());
        for record in rows {
            profile.take(record, false, &mut keys)?;
        }
        Ok(Profile { dates: profile.dates, ..Profile::default() })
    }

    fn before(table: &Table, mapping: &Mapping) -> Profile {
        let is_date = |id: &str| id.ends_with("_at") || id.ends_with("_on");
        let used = |header: &str| mapping.columns.get(header).unwrap_or(&Use::Property);
        let dates = table.columns.iter().filter(|column| matches!(used(&column.header), Use::Field(id) if is_date(id)));
        let amounts = table.columns.iter().filter(|column| match used(&column.header) {
            Use::Field(id) => is_number(id),
            Use::Property => mapping.kind == TableKind::Snapshot,
            Use::Ignored => false,
        });
        let kept = table.columns.iter().filter(|column| matches!(used(&column.header), Use::Property));
        let counted = mapping.kind.key_field().and_then(|field| mapping.header_of(field));
        Profile {
            kept: kept.map(|column| (column.at, 0, 0)).collect(),
            dates: dates
                .map(|column| Dates {
                    at: column.at,
                    header: column.header.clone(),
                    votes: Votes::default(),
                    last: Default::default(),
                })
                .collect(),
            amounts: amounts.map(|column| (column.at, 0)).collect(),
            counted: counted.and_then(|header| table.column(header)).map(|column| column.at),
            are_totals: mapping.kind == TableKind::Snapshot,
            ..Profile::default()
        }
    }

    fn take(&mut self, record: &Record, are_orders: bool, keys: &mut Keys) -> Result<(), Refusal> {
        self.rows += 1;
        keys.pass(record.size());
        if record.fault.is_some() {
            return Ok(());
        }
        for (at, filled, plain) in &mut self.kept {
            let cell = record.cell(*at);
            if !cell.is_empty() {
                *filled += 1;
                *plain += u64::from(number::is_plain(cell));
            }
        }
        let are_totals = self.are_totals;
        for (at, numbers) in &mut self.amounts {
            let cell = record.cell(*at);
            let mark = DecimalMark::vote(cell);
            if let Some(mark) = mark {
                self.marks[mark as usize] += 1;
            }
            *numbers += u64::from(are_totals && (mark.is_some() || number::decimal(cell).is_some()));
        }
        self.dates.iter_mut().for_each(|dates| dates.take(record.cell(dates.at)));
        let key = self.key(record);
        if are_orders {
            let digits = |text: &str| text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
            self.plain_numbers |= digits(key);
            self.c_numbers |= key.strip_prefix(['C', 'c']).is_some_and(digits);
        }
        match key {
            "" if are_orders => Ok(()),
            "" => keys.add(row_hash(record), record.size()),
            key if are_orders => keys.add(self.hash_in_turn(key), record.size()),
            key => keys.add(hash_of(key), record.size()),
        }
    }

    /// [`hash_of`], where many keys are the one before.
    fn hash_in_turn(&mut self, key: &str) -> u64 {
        let (last, hash) = &mut self.last_key;
        if last != key {
            *hash = hash_of(key);
            last.clear();
            last.push_str(key);
        }
        *hash
    }

    /// The key of a row; empty if it has none.
    fn key<'a>(&self, record: &'a Record) -> &'a str {
        self.counted.map_or("", |at| whole(record.cell(at)))
    }

    /// What stands for the key of a row, or for the whole row without one.
    pub(crate) fn key_hash(&self, record: &Record) -> u64 {
        match self.key(record) {
            "" => row_hash(record),
            key => hash_of(key),
        }
    }

    /// Whether every value of a column that is kept under its own header is a plain decimal.
    pub(crate) fn is_numeric(&self, at: usize) -> bool {
        self.kept.iter().any(|(column, filled, plain)| *column == at && *filled > 0 && plain == filled)
    }

    /// Whether most values of a column are numbers: then it is a total, and what is none in it is wrong.
    pub(crate) fn is_measured(&self, at: usize) -> bool {
        let numbers = self.amounts.iter().find(|(column, _)| *column == at).map_or(0, |(_, numbers)| *numbers);
        let filled = self.kept.iter().find(|(column, ..)| *column == at).map_or(0, |(_, filled, _)| *filled);
        numbers > 0 && numbers * 2 > filled
    }

    /// Which order the dates of a column have.
    pub(crate) fn date_order(&self, at: usize) -> DateOrder {
        self.dates.iter().find(|dates| dates.at == at).map_or(DateOrder::MonthFirst, |dates| dates.votes.order())
    }

    /// Whether order numbers with and without a leading C stand side by side.
    pub(crate) fn has_cancelling_numbers(&self) -> bool {
        self.plain_numbers && self.c_numbers
    }

    /// Whether a key may stand in more than one row; of orders, whether its lines are put together by themselves: they lie
    /// scattered over the file, or are very many.
    pub(crate) fn is_repeated(&self, key: &str) -> bool {
        self.repeated.holds(|| hash_of(key))
    }

    /// Whether no order came back after another, but for those whose lines are put together by themselves: then an order
    /// has had its last line once the next one begins.
    pub(crate) fn are_in_turn(&self) -> bool {
        !self.some_come_back
    }

    /// Whether a row without a key of its own may stand in the file more than once.
    pub(crate) fn is_repeated_row(&self, record: &Record) -> bool {
        self.repeated.holds(|| row_hash(record))
    }

    /// Whether more keys come again than are remembered.
    pub(crate) fn has_many_repeated(&self) -> bool {
        self.repeated.are_many()
    }

    /// Which sign parts the decimals of the file off: the one most of the cells that can tell speak for.
    pub(crate) fn decimal_mark(&self) -> DecimalMark {
        let [point, comma] = self.marks;
        if comma > point { DecimalMark::Comma } else { DecimalMark::Point }
    }

    /// What is worth knowing about columns of dates, unless the mapping has said their order.
    pub(crate) fn findings(&self, mapping: &Mapping) -> Vec<Finding> {
        if mapping.date_order.is_some() {
            return Vec::new();
        }
        let fault = |header: &str, votes: &Votes| {
            let month_first = votes.order() == DateOrder::MonthFirst;
            match (votes.month_first, votes.day_first) {
                (0, 0) if votes.open > 0 => Some(fault::ambiguous_dates(header, month_first)),
                (1.., 1..) => Some(fault::mixed_dates(header, month_first)),
                _ => None,
            }
        };
        self.dates
            .iter()
            .filter_map(|dates| fault(&dates.header, &dates.votes))
            .map(|fault| fault.without_row())
            .collect()
    }
}

/// Equal rows have equal hashes, however their numbers are padded.
fn row_hash(record: &Record) -> u64 {
    let mut hasher = DefaultHasher::new();
    for cell in record.cells() {
        if number::is_plain(cell) { number::canonical(cell) } else { cell }.hash(&mut hasher);
    }
    hasher.finish()
}

pub(crate) fn hash_of(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
