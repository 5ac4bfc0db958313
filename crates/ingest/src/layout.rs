//! A mapping laid over a table: where each field of a row stands, and how its cells are read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use facts::Properties;
use vocab::{CustomerId, Instant, SourceName, Zone};

use crate::clock::Clock;
use crate::fault::{self, Fault};
use crate::kind::{TableKind, fields, normalized};
use crate::mapping::{EqualRows, Mapping, Use};
use crate::moment::{self, DateOrder};
use crate::number::{self, DecimalMark};
use crate::period::{Period, day_number};
use crate::profile::Profile;
use crate::record::{Mark, Record};
use crate::spread;
use crate::table::Table;

const DAY_MICROS: i64 = 86_400_000_000;
/// 1990-01-01T00:00:00Z.
pub(crate) const EARLIEST: Instant = Instant::from_micros(631_152_000_000_000);

/// Where a field comes from.
#[derive(Clone, Debug)]
pub(crate) enum Slot {
    Absent,
    Constant(String),
    Column { at: usize, header: String, order: DateOrder },
}

impl Slot {
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Slot::Absent)
    }

    /// The header, or the field's own word where it is a constant.
    pub(crate) fn header(&self) -> &str {
        match self {
            Slot::Column { header, .. } => header,
            Slot::Constant(_) => "constant",
            Slot::Absent => "",
        }
    }
}

/// A column that is kept under its own header.
#[derive(Clone, Debug)]
pub(crate) struct PropertyColumn {
    pub(crate) at: usize,
    pub(crate) key: String,
    pub(crate) header: String,
    /// Every value of the column is a plain decimal: written without trailing zeros.
    pub(crate) numeric: bool,
    /// A total of a period rather than something the customer is.
    pub(crate) measured: bool,
    /// The period its header names, and what else the header says, where a table has a column for each period.
    pub(crate) spread: Option<(Period, String)>,
}

/// Where the fields of a line of an order stand.
#[derive(Debug)]
pub(crate) struct OrderSlots {
    pub(crate) customer_id: Slot,
    pub(crate) actor_id: Slot,
    pub(crate) occurred_at: Slot,
    pub(crate) order_no: Slot,
    pub(crate) line_no: Slot,
    pub(crate) sku: Slot,
    pub(crate) item: Slot,
    pub(crate) quantity: Slot,
    pub(crate) unit_price: Slot,
    pub(crate) amount: Slot,
    pub(crate) order_amount: Slot,
    pub(crate) cost: Slot,
    pub(crate) unit_cost: Slot,
    pub(crate) margin: Slot,
    pub(crate) status: Slot,
    pub(crate) text: Slot,
    pub(crate) currency: Slot,
}

impl OrderSlots {
    fn of(slots: &BTreeMap<&'static str, Slot>) -> OrderSlots {
        let slot = |field: &str| slots.get(field).cloned().unwrap_or(Slot::Absent);
        OrderSlots {
            customer_id: slot("customer_id"),
            actor_id: slot("actor_id"),
            occurred_at: slot("occurred_at"),
            order_no: slot("order_no"),
            line_no: slot("line_no"),
            sku: slot("sku"),
            item: slot("item"),
            quantity: slot("quantity"),
            unit_price: slot("unit_price"),
            amount: slot("amount"),
            order_amount: slot("order_amount"),
            cost: slot("cost"),
            unit_cost: slot("unit_cost"),
            margin: slot("margin"),
            status: slot("status"),
            text: slot("text"),
            currency: slot("currency"),
        }
    }
}

/// How the rows of one file are read.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) kind: TableKind,
    pub(crate) source: SourceName,
    pub(crate) zone: Zone,
    clock: Clock,
    pub(crate) now: Instant,
    pub(crate) observed_on: Instant,
    pub(crate) properties: Vec<PropertyColumn>,
    /// Whether customers are named by their phone number.
    pub(crate) key_is_phone: bool,
    /// Whether customers are named by what WeCom calls them.
    pub(crate) key_is_wecom: bool,
    /// Whether they are named by their name.
    pub(crate) key_is_name: bool,
    /// Whether order numbers that begin with C stand beside the same numbers without: cancellations then.
    pub(crate) has_cancelling_numbers: bool,
    /// Whether equal rows count once.
    pub(crate) are_equal_rows_one: bool,
    currency: Option<String>,
    mark: DecimalMark,
    observed_day: Option<Period>,
    slots: BTreeMap<&'static str, Slot>,
    /// Where the fields of a line of an order stand: asked for in every row.
    pub(crate) order: OrderSlots,
    event_names: BTreeMap<String, String>,
    hashed: Vec<(String, usize)>,
    /// What every id of this layout begins with.
    seed: Vec<u8>,
}

impl Layout {
    pub(crate) fn new(table: &Table, mapping: &Mapping, profile: &Profile, now: Instant) -> Layout {
        let mut slots = BTreeMap::new();
        for field in fields(mapping.kind) {
            slots.insert(field.id.as_str(), slot(table, mapping, profile, &field.id));
        }
        let properties = table
            .columns
            .iter()
            .filter(|column| mapping.columns.get(&column.header).unwrap_or(&Use::Property) == &Use::Property);
        let is_field = |header: &str| mapping.kind.has_traits() && slots.contains_key(header);
        let spread = mapping.spread();
        let is_sum = |header: &str| !spread.is_empty() && spread::is_sum(header);
        let properties = properties.filter(|column| !is_sum(&column.header)).map(|column| PropertyColumn {
            at: column.at,
            key: if is_field(&column.header) { format!("{} (2)", column.header) } else { column.header.clone() },
            header: column.header.clone(),
            numeric: profile.is_numeric(column.at),
            measured: match spread.is_empty() {
                true => mapping.kind == TableKind::Snapshot && profile.is_measured(column.at),
                false => spread.contains_key(&column.header),
            },
            spread: spread.get(&column.header).cloned(),
        });
        let properties = properties.collect();
        let mut hashed: Vec<(String, usize)> =
            table.columns.iter().map(|column| (column.header.clone(), column.at)).collect();
        hashed.sort();
        let key = mapping.header_of("customer_id");
        let mut seed = Vec::new();
        put(&mut seed, &mapping.source);
        put(&mut seed, mapping.kind.as_str());
        for (field, value) in &mapping.constants {
            put(&mut seed, field);
            put(&mut seed, value);
        }
        Layout {
            kind: mapping.kind,
            source: SourceName::new(&mapping.source),
            zone: mapping.zone.clone(),
            clock: Clock::of(&mapping.zone),
            now,
            observed_on: mapping.observed_on.unwrap_or(now).min(now),
            properties,
            key_is_wecom: key.is_some_and(|header| header.ends_with("external_userid")),
            key_is_phone: key.is_some_and(|header| is_header_of("phone", header)),
            key_is_name: key.is_some_and(|header| is_header_of("name", header)),
            has_cancelling_numbers: profile.has_cancelling_numbers(),
            are_equal_rows_one: mapping.equal_rows == EqualRows::Once,
            currency: mapping.currency.clone(),
            mark: mapping.decimal.unwrap_or_else(|| profile.decimal_mark()),
            observed_day: mapping.observed_on.and_then(|at| day_of(at, &mapping.zone)),
            order: OrderSlots::of(&slots),
            slots,
            event_names: mapping.event_names.clone(),
            hashed,
            seed,
        }
    }

    /// Where a field stands.
    ///
    /// # Panics
    /// If this kind of table has no such field: our own mistake.
    pub(crate) fn slot(&self, field: &str) -> &Slot {
        self.slots.get(field).unwrap_or_else(|| panic!("a table of {} has no field {field}", self.kind))
    }

    /// A number as the file writes them, in millionths.
    pub(crate) fn decimal(&self, cell: &str) -> Option<i128> {
        number::decimal_with(cell, self.mark)
    }

    /// The day that totals without a period of their own are of: the one on which they were observed.
    pub(crate) fn observed_day(&self) -> Option<Period> {
        self.observed_day
    }

    /// What definitions call an event.
    pub(crate) fn event_name(&self, own: &str) -> String {
        match self.event_names.get(own) {
            Some(name) => name.clone(),
            None => crate::kind::event_name(own).unwrap_or(own).to_owned(),
        }
    }

    /// An id made of a natural key: the same for the same key, for ever.
    pub(crate) fn natural_id(&self, parts: &[&str]) -> u128 {
        let mut bytes = Bytes::of(&self.seed);
        put(&mut bytes, "key");
        parts.iter().for_each(|part| put(&mut bytes, part));
        bytes.id()
    }

    /// An id made of what the row says, whatever order its columns stand in and however its numbers are padded.
    pub(crate) fn row_id(&self, record: &Record) -> u128 {
        let mut bytes = Bytes::of(&self.seed);
        put(&mut bytes, "row");
        for (header, at) in &self.hashed {
            let cell = record.cell(*at);
            if !cell.is_empty() {
                put(&mut bytes, header);
                put(&mut bytes, if number::is_plain(cell) { number::canonical(cell) } else { cell });
            }
        }
        bytes.id()
    }
}

fn day_of(at: Instant, zone: &Zone) -> Option<Period> {
    let day = day_number(&zone.date(at))?;
    Period::between(day, day)
}

fn slot(table: &Table, mapping: &Mapping, profile: &Profile, field: &str) -> Slot {
    let column = mapping.header_of(field).and_then(|header| table.column(header));
    match (column, mapping.constants.get(field)) {
        (Some(column), _) => {
            let order = mapping.date_order.unwrap_or_else(|| profile.date_order(column.at));
            Slot::Column { at: column.at, header: column.header.clone(), order }
        }
        (None, Some(constant)) => Slot::Constant(constant.clone()),
        (None, None) => Slot::Absent,
    }
}

/// Whether a header is one of a field of customers: a phone, a name.
fn is_header_of(field: &str, header: &str) -> bool {
    let header = normalized(header);
    let field = crate::kind::field(TableKind::Customers, field);
    field.is_some_and(|field| field.headers.contains(&header) || field.weak.contains(&header))
}

/// Something that bytes are put into.
trait Put {
    fn add(&mut self, bytes: &[u8]);
}

impl Put for Vec<u8> {
    fn add(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

fn put(out: &mut impl Put, part: &str) {
    out.add(&(part.len() as u64).to_le_bytes());
    out.add(part.as_bytes());
}

/// Bytes to be hashed, in one piece: that is twice as quick, and nearly all are few.
struct Bytes {
    few: [u8; 192],
    len: usize,
    many: Vec<u8>,
}

impl Bytes {
    fn of(seed: &[u8]) -> Bytes {
        let mut bytes = Bytes { few: [0; 192], len: 0, many: Vec::new() };
        bytes.add(seed);
        bytes
    }

    fn id(&self) -> u128 {
        let bytes = if self.many.is_empty() { &self.few[..self.len] } else { &self.many };
        let mut id = [0; 16];
        id.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
        u128::from_be_bytes(id)
    }
}

impl Put for Bytes {
    fn add(&mut self, bytes: &[u8]) {
        match self.few.get_mut(self.len..self.len + bytes.len()) {
            Some(room) if self.many.is_empty() => room.copy_from_slice(bytes),
            _ => {
                if self.many.is_empty() {
                    self.many.extend_from_slice(&self.few[..self.len]);
                }
                self.many.extend_from_slice(bytes);
            }
        }
        self.len += bytes.len();
    }
}

/// A moment at which something happened, and the cell as written if it had to be moved.
#[derive(Clone, Debug)]
pub(crate) struct Occurred {
    pub(crate) at: Instant,
    pub(crate) original: Option<String>,
}

impl Occurred {
    /// Keeps the original reading where there is one.
    pub(crate) fn note(&self, properties: &mut Properties) {
        if let Some(original) = &self.original {
            properties.insert("occurred_at_original".to_owned(), Some(original.clone()));
        }
    }
}

/// One row on its way to becoming facts.
pub(crate) struct Row<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) record: &'a Record,
    pub(crate) warnings: &'a mut Vec<Fault>,
}

impl<'a> Row<'a> {
    /// A cell that is not empty.
    pub(crate) fn text(&self, slot: &'a Slot) -> Result<Option<&'a str>, Fault> {
        let cell = match slot {
            Slot::Absent => return Ok(None),
            Slot::Constant(value) => value,
            Slot::Column { at, header, .. } => match self.record.mark(*at) {
                Some(Mark::ErrorValue) => return Err(fault::error_cell(header, self.record.cell(*at))),
                Some(Mark::NoValue) => return Err(fault::formula_without_value(header)),
                Some(Mark::DigitsLost) | None => self.record.cell(*at),
            },
        };
        Ok((!cell.is_empty()).then_some(cell))
    }

    /// A cell that must not be empty.
    pub(crate) fn needed(&self, slot: &'a Slot) -> Result<&'a str, Fault> {
        self.text(slot)?.ok_or_else(|| fault::missing_value(slot.header()))
    }

    /// A field of words, owned. What its workbook could not compute is left out with a warning.
    pub(crate) fn words(&mut self, field: &str) -> Option<String> {
        self.words_at(self.layout.slot(field)).map(str::to_owned)
    }

    /// The same, where it stands.
    pub(crate) fn words_at(&mut self, slot: &'a Slot) -> Option<&'a str> {
        let text = match self.text(slot) {
            Ok(text) => text,
            Err(fault) => {
                self.warnings.push(fault);
                None
            }
        };
        if text.is_some_and(|text| text.contains('\u{fffd}')) {
            self.warnings.push(fault::damaged_text(slot.header()));
        }
        text
    }

    /// A cell that names something: `17850.0` is `17850`, and what a spreadsheet destroyed is refused.
    pub(crate) fn key(&self, field: &str) -> Result<Option<&'a str>, Fault> {
        self.key_at(self.layout.slot(field))
    }

    pub(crate) fn key_at(&self, slot: &'a Slot) -> Result<Option<&'a str>, Fault> {
        let Some(cell) = self.text(slot)? else { return Ok(None) };
        // Nearly every key is made of letters and digits, and none of them is damaged.
        if self.record.has_no_marks() && cell.bytes().all(|byte| PLAIN_IN_A_KEY[usize::from(byte)]) {
            return Ok(Some(cell));
        }
        let lost = matches!(slot, Slot::Column { at, .. } if self.record.mark(*at) == Some(Mark::DigitsLost));
        if lost || number::is_scientific(cell) || number::is_masked(cell) || cell.contains('\u{fffd}') {
            return Err(fault::damaged_key(slot.header(), cell));
        }
        Ok(Some(whole(cell)))
    }

    /// The customer. A phone number as key is prefixed, since another source may use the same digits for another thing.
    pub(crate) fn customer(&self) -> Result<Option<CustomerId>, Fault> {
        Ok(self.customer_at(self.layout.slot("customer_id"))?.map(CustomerId::new))
    }

    /// The same as text, where its field stands.
    pub(crate) fn customer_at(&self, slot: &'a Slot) -> Result<Option<Cow<'a, str>>, Fault> {
        let Some(key) = self.key_at(slot)? else { return Ok(None) };
        if self.layout.key_is_wecom {
            return Ok(Some(Cow::Owned(format!("wecom:{key}"))));
        }
        if !self.layout.key_is_phone {
            return Ok(Some(Cow::Borrowed(key)));
        }
        let digits: String = key.chars().map(crate::kind::half_width).filter(char::is_ascii_digit).collect();
        let digits = digits.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(&digits);
        match digits.len() {
            6..=15 => Ok(Some(Cow::Owned(format!("phone:{digits}")))),
            _ => Err(fault::damaged_key(slot.header(), key)),
        }
    }

    pub(crate) fn number(&self, slot: &'a Slot) -> Result<Option<i128>, Fault> {
        let Some(cell) = self.text(slot)? else { return Ok(None) };
        let value = self.layout.decimal(cell).ok_or_else(|| fault::bad_number(slot.header(), cell))?;
        if value.abs() > number::LIMIT {
            return Err(fault::number_out_of_range(slot.header(), cell));
        }
        Ok(Some(value))
    }

    /// The moment at which something happened: at most 24 hours ahead of now (taken as now), not before 1990.
    pub(crate) fn occurred(&mut self, slot: &'a Slot) -> Result<Option<Occurred>, Fault> {
        let Some(cell) = self.text(slot)? else { return Ok(None) };
        let at = self.moment(slot, cell).ok_or_else(|| fault::bad_date(slot.header(), cell))?;
        let now = self.layout.now;
        if at > now.plus_micros(DAY_MICROS) {
            return Err(fault::future_date(slot.header(), cell));
        }
        if at < EARLIEST {
            return Err(fault::date_too_old(slot.header(), cell));
        }
        if at > now {
            self.warnings.push(fault::clock_ahead(slot.header(), cell));
            return Ok(Some(Occurred { at: now, original: Some(cell.to_owned()) }));
        }
        Ok(Some(Occurred { at, original: None }))
    }

    fn moment(&self, slot: &Slot, cell: &str) -> Option<Instant> {
        let order = match slot {
            Slot::Column { order, .. } => *order,
            _ => DateOrder::MonthFirst,
        };
        moment::read(cell)?.by_clock(order, &self.layout.clock)
    }

    /// A day, which may lie in the future, as `YYYY-MM-DD`. What cannot be read is left out with a warning.
    pub(crate) fn day(&mut self, field: &str) -> Result<Option<String>, Fault> {
        let slot = self.layout.slot(field);
        let Some(cell) = self.text(slot)? else { return Ok(None) };
        let order = match slot {
            Slot::Column { order, .. } => *order,
            _ => DateOrder::MonthFirst,
        };
        let day = moment::read(cell).and_then(|reading| reading.date(order, &self.layout.zone));
        if day.is_none() {
            self.warnings.push(fault::unread_value(slot.header(), cell));
        }
        Ok(day)
    }

    /// Currency of the row, else of the mapping; `None` is the firm's own.
    pub(crate) fn currency(&self) -> Result<Option<String>, Fault> {
        let slot = self.layout.slots.get("currency").unwrap_or(&Slot::Absent);
        Ok(self.currency_at(slot)?.map(str::to_owned))
    }

    /// The same, where its field stands.
    pub(crate) fn currency_at(&self, slot: &'a Slot) -> Result<Option<&'a str>, Fault> {
        Ok(self.text(slot)?.or(self.layout.currency.as_deref()))
    }

    /// The cell of a kept column; what its workbook could not compute is left out with a warning.
    pub(crate) fn property(&mut self, column: &PropertyColumn) -> Option<&'a str> {
        let cell = self.record.cell(column.at);
        match self.record.mark(column.at) {
            Some(Mark::ErrorValue) => self.warnings.push(fault::error_cell(&column.header, cell)),
            Some(Mark::NoValue) => self.warnings.push(fault::formula_without_value(&column.header)),
            Some(Mark::DigitsLost) | None => {
                let shown = if column.numeric { number::canonical(cell) } else { cell };
                return (!shown.is_empty()).then_some(shown);
            }
        }
        None
    }

    /// Every kept column that says something.
    pub(crate) fn properties(&mut self) -> Properties {
        let layout = self.layout;
        let mut properties = Properties::new();
        for column in &layout.properties {
            if let Some(value) = self.property(column) {
                properties.insert(column.key.clone(), Some(value.to_owned()));
            }
        }
        properties
    }
}

/// Of every byte, whether it is a letter or a digit, and no `e`, which a number cut down to scientific notation has.
static PLAIN_IN_A_KEY: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < plain.len() {
        plain[byte] =
            matches!(byte as u8, b'0'..=b'9' | b'a'..=b'd' | b'f'..=b'z' | b'A'..=b'D' | b'F'..=b'Z' | b'-' | b'_');
        byte += 1;
    }
    plain
};

/// A whole number without the `.0` that programs add to it: `17850.0` is `17850`.
pub(crate) fn whole(cell: &str) -> &str {
    if !cell.ends_with('0') {
        return cell;
    }
    match cell.split_once('.') {
        Some((whole, fraction))
            if !fraction.is_empty()
                && fraction.bytes().all(|byte| byte == b'0')
                && !whole.is_empty()
                && whole.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            whole
        }
        _ => cell,
    }
}
