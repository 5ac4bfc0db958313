//! Lines of orders made into orders: one fact per order, however many lines it has and however often it is exported.
//!
//! What is known of each order is kept as a note beside the facts: its lines and the id of the fact that stands for
//! it. Lines that come later are merged (of equal lines the larger count counts, since equal lines can be real) and
//! the order is told again by a fact that supersedes the one before, known since the same moment.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use facts::Fact;
use serde::{Deserialize, Serialize};
use vocab::{Instant, MessageId};

use super::order_lines::join;
use super::order_note::Known;
use super::short::Short;
use crate::fault::{self, Fault};
use crate::layout::{Layout, Occurred, Row, Slot};
use crate::number::{self, ONE};
use crate::refusal::Refusal;
use crate::undo::Undo;

/// Room for the lines of most orders.
const LINES_AT_ONCE: usize = 4;

/// One line of an order. Quantities and amounts are in millionths.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Line {
    /// What the file itself calls the line.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub(super) number: Option<Short>,
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(super) sku: Option<Short>,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub(super) item: Option<Short>,
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub(super) quantity: Option<i64>,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub(super) price: Option<i64>,
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub(super) amount: Option<i64>,
    /// What it cost the firm, told or what the margin leaves of its amount.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(super) cost: Option<i64>,
}

impl Line {
    /// Its amount, or quantity times price; a quantity that is not told is one.
    fn value(&self) -> Option<i128> {
        match (self.amount, self.price) {
            (Some(amount), _) => Some(i128::from(amount)),
            (None, Some(price)) => number::times(i128::from(self.quantity.unwrap_or(ONE as i64)), i128::from(price)),
            (None, None) => Some(0),
        }
    }

    pub(super) fn quantity(&self) -> i128 {
        i128::from(self.quantity.unwrap_or(ONE as i64))
    }

    /// What makes two lines the same line; the name of an item only where it has no code.
    fn key(&self) -> (Option<&str>, Option<i64>, Option<i64>, Option<i64>) {
        (self.sku.as_deref().or(self.item.as_deref()), self.quantity, self.price, self.amount)
    }

    pub(super) fn is_detailed(&self) -> bool {
        self.sku.is_some() || self.item.is_some() || self.quantity.is_some()
    }
}

/// An order as one file tells it, or as all files so far do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(super) customer: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) actor: Option<String>,
    pub(super) occurred_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) original: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) currency: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<i64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) cancelled: bool,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) properties: BTreeMap<String, String>,
    pub(super) lines: Vec<Line>,
}

/// What becomes of the lines of an order.
pub(crate) struct Taken {
    pub(crate) accepted: u64,
    pub(crate) duplicates: u64,
    pub(crate) fact: Option<Fact>,
    /// What is kept of the order beside its fact.
    pub(crate) note: Vec<u8>,
}

/// The key of an order's note behind [`note_prefix`], in memory that is used again.
pub(crate) fn put_note_key(key: &mut Vec<u8>, prefix: &[u8], order_no: &str) {
    key.clear();
    key.extend_from_slice(prefix);
    key.extend_from_slice(order_no.as_bytes());
}

/// What the keys of all notes of a source's orders begin with.
pub(crate) fn note_prefix(layout: &Layout) -> Vec<u8> {
    [b"order".as_slice(), layout.source.as_str().as_bytes(), b""].join(&0)
}

/// A row as an order of one line, as it stands there.
pub(crate) struct Told<'a> {
    customer: Cow<'a, str>,
    actor: Option<&'a str>,
    occurred: Occurred,
    status: Option<&'a str>,
    currency: Option<&'a str>,
    text: Option<&'a str>,
    total: Option<i64>,
    cancelled: bool,
    properties: Vec<(&'a str, &'a str)>,
    line: Line,
}

impl Told<'_> {
    fn value(&self) -> Option<i128> {
        self.total.map(i128::from).or_else(|| self.line.value())
    }

    fn further(&self) -> Further<'_> {
        Further {
            customer: &self.customer,
            actor: self.actor,
            occurred_at: self.occurred.at.micros(),
            original: self.occurred.original.as_deref(),
            status: self.status,
            text: self.text,
            total: self.total,
            cancelled: self.cancelled,
        }
    }

    /// The order.
    pub(crate) fn order(self) -> Order {
        let mut order = Order { lines: Vec::with_capacity(LINES_AT_ONCE), ..Order::default() };
        self.put(&mut order);
        order
    }

    /// The same in the place of another order, in the memory that had.
    fn put(self, order: &mut Order) {
        let properties = self.properties.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned()));
        let (mut customer, mut lines) = (std::mem::take(&mut order.customer), std::mem::take(&mut order.lines));
        customer.clear();
        customer.push_str(&self.customer);
        lines.clear();
        lines.push(self.line);
        *order = Order {
            customer,
            actor: self.actor.map(str::to_owned),
            occurred_at: self.occurred.at.micros(),
            original: self.occurred.original,
            status: self.status.map(str::to_owned),
            currency: self.currency.map(str::to_owned),
            text: self.text.map(str::to_owned),
            total: self.total,
            cancelled: self.cancelled,
            properties: properties.collect(),
            lines,
        };
    }
}

/// Reads a row as an order of one line.
pub(crate) fn read(row: &mut Row<'_>) -> Result<Order, Fault> {
    let order_no = row.key_at(&row.layout.order.order_no);
    told(row, order_no).map(Told::order)
}

/// Reads a row as an order of one line, under the number that was read of it, and leaves it where it stands.
pub(crate) fn told<'a>(row: &mut Row<'a>, order_no: Result<Option<&'a str>, Fault>) -> Result<Told<'a>, Fault> {
    let layout = row.layout;
    let slots = &layout.order;
    let customer = row.customer_at(&slots.customer_id)?;
    let customer = customer.ok_or_else(|| fault::missing_value(slots.customer_id.header()))?;
    let slot = &slots.occurred_at;
    let occurred = row.occurred(slot)?.ok_or_else(|| fault::missing_value(slot.header()))?;
    let order_no = order_no?;
    let line = line(row)?;
    let total = row.number(&slots.order_amount)?;
    if line.amount.is_none() && line.price.is_none() && total.is_none() {
        let named = [&slots.amount, &slots.unit_price, &slots.order_amount];
        let slot = named.into_iter().find(|slot| !slot.is_absent()).unwrap_or(slot);
        return Err(fault::missing_value(slot.header()));
    }
    let status = row.words_at(&slots.status);
    let prefixed = layout.has_cancelling_numbers && order_no.is_some_and(is_cancelling_number);
    let mut properties = Vec::new();
    for column in &layout.properties {
        properties.extend(row.property(column).map(|value| (column.key.as_str(), value)));
    }
    Ok(Told {
        customer,
        actor: row.key_at(&slots.actor_id)?,
        occurred,
        cancelled: prefixed || status.is_some_and(is_cancelled),
        status,
        currency: row.currency_at(&slots.currency)?,
        text: row.words_at(&slots.text),
        total: total.map(|total| total as i64),
        properties,
        line,
    })
}

fn line(row: &mut Row<'_>) -> Result<Line, Fault> {
    let slots = &row.layout.order;
    let price_slot = &slots.unit_price;
    let price = row.number(price_slot)?;
    if price.is_some_and(|price| price < 0) {
        return Err(fault::negative_price(price_slot.header(), row.text(price_slot)?.unwrap_or_default()));
    }
    let quantity_slot = &slots.quantity;
    let quantity = row.number(quantity_slot)?;
    let line_amount = row.number(&slots.amount)?;
    if !quantity_slot.is_absent() && quantity.is_none() && line_amount.is_none() {
        return Err(fault::missing_value(quantity_slot.header()));
    }
    if !price_slot.is_absent() && price.is_none() && line_amount.is_none() && slots.order_amount.is_absent() {
        return Err(fault::missing_value(price_slot.header()));
    }
    let stored = |value: Option<i128>| value.and_then(|value| i64::try_from(value).ok());
    let line = Line {
        number: row.key_at(&slots.line_no)?.map(Short::from),
        sku: row.text(&slots.sku)?.map(crate::layout::whole).map(Short::from),
        item: row.words_at(&slots.item).map(Short::from),
        quantity: stored(quantity),
        price: stored(price),
        amount: stored(line_amount),
        cost: None,
    };
    let line = Line { cost: cost(row, &line), ..line };
    match line.value() {
        Some(value) if value.abs() <= number::LIMIT => Ok(line),
        _ => Err(fault::number_out_of_range(price_slot.header(), row.text(price_slot)?.unwrap_or_default())),
    }
}

/// What a line cost: told for the line, for a piece of it, or left by a margin.
///
/// # Edges
/// Where a row tells the amount of a whole order and nothing of the line, a margin is the order's: only where no column
/// speaks of lines. What is no number is no cost, and the order is taken all the same.
fn cost(row: &Row<'_>, line: &Line) -> Option<i64> {
    let slots = &row.layout.order;
    if slots.cost.is_absent() && slots.unit_cost.is_absent() && slots.margin.is_absent() {
        return None;
    }
    let number = |slot| row.number(slot).ok().flatten();
    if let Some(told) = number(&slots.cost) {
        return i64::try_from(told).ok();
    }
    if let Some(piece) = number(&slots.unit_cost) {
        return number::times(line.quantity(), piece).and_then(|cost| i64::try_from(cost).ok());
    }
    let margin = number(&slots.margin)?;
    let is_told = line.amount.is_some() || line.price.is_some();
    let of_lines = [&slots.line_no, &slots.sku, &slots.item, &slots.quantity];
    let amount = match is_told {
        true => line.value()?,
        false if of_lines.into_iter().all(Slot::is_absent) => number(&slots.order_amount)?,
        false => return None,
    };
    i64::try_from(amount - margin).ok()
}

fn is_cancelling_number(order_no: &str) -> bool {
    let digits = order_no.strip_prefix(['C', 'c']).unwrap_or_default();
    digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_cancelled(status: &str) -> bool {
    const WORDS: [&str; 8] =
        ["cancelled", "canceled", "refunded", "returned", "voided", "void", "refund", "closed by refund"];
    const CHINESE: [&str; 12] = [
        "取消",
        "已取消",
        "订单取消",
        "交易取消",
        "退款",
        "已退款",
        "退款成功",
        "全额退款",
        "退货",
        "已退货",
        "交易关闭",
        "已作废",
    ];
    let status = status.trim().to_lowercase();
    WORDS.contains(&status.as_str()) || CHINESE.contains(&status.as_str()) || status == "作废"
}

/// An order whose last line has not been read yet.
#[derive(Default)]
pub(crate) struct Open {
    order: Order,
    sum: i128,
}

impl Open {
    /// Begins an order in the memory of another one.
    pub(crate) fn begin(&mut self, told: Told<'_>) {
        self.sum = told.value().unwrap_or(0);
        told.put(&mut self.order);
    }

    /// Adds a further line; refused if it cannot belong to the same order.
    pub(crate) fn add(&mut self, layout: &Layout, order_no: &str, told: Told<'_>) -> Result<(), Fault> {
        let sum = self.sum + told.value().unwrap_or(0);
        if self.order.total.is_none() && sum.abs() > number::LIMIT {
            return Err(fault::number_out_of_range(layout.order.order_no.header(), order_no));
        }
        self.order.join(layout, order_no, told.further())?;
        join(&mut self.order.properties, told.properties.iter().copied());
        self.order.lines.push(told.line);
        self.sum = sum;
        Ok(())
    }

    /// The order, with every line that came.
    pub(crate) fn closed(&mut self) -> &mut Order {
        &mut self.order
    }
}

/// What a further line says of its order, besides itself and the order's properties.
struct Further<'a> {
    customer: &'a str,
    actor: Option<&'a str>,
    occurred_at: i64,
    original: Option<&'a str>,
    status: Option<&'a str>,
    text: Option<&'a str>,
    total: Option<i64>,
    cancelled: bool,
}

impl Order {
    /// Adds a further line; refused if it cannot belong to the same order.
    pub(crate) fn add(&mut self, layout: &Layout, order_no: &str, mut further: Order) -> Result<(), Fault> {
        let said = Further {
            customer: &further.customer,
            actor: further.actor.as_deref(),
            occurred_at: further.occurred_at,
            original: further.original.as_deref(),
            status: further.status.as_deref(),
            text: further.text.as_deref(),
            total: further.total,
            cancelled: further.cancelled,
        };
        self.join(layout, order_no, said)?;
        join(&mut self.properties, borrowed(&further.properties));
        self.lines.append(&mut further.lines);
        Ok(())
    }

    fn join(&mut self, layout: &Layout, order_no: &str, further: Further<'_>) -> Result<(), Fault> {
        if self.customer != further.customer {
            return Err(fault::order_of_another_customer(layout.order.customer_id.header(), order_no));
        }
        if self.total != further.total {
            return Err(fault::order_amount_differs(layout.order.order_amount.header(), order_no));
        }
        if further.occurred_at < self.occurred_at {
            self.occurred_at = further.occurred_at;
            self.original = further.original.map(str::to_owned);
        }
        self.cancelled |= further.cancelled;
        let or = |own: &mut Option<String>, other: Option<&str>| {
            if own.is_none() {
                *own = other.map(str::to_owned);
            }
        };
        or(&mut self.status, further.status);
        or(&mut self.actor, further.actor);
        or(&mut self.text, further.text);
        Ok(())
    }

    /// Keeps one of lines that say the same; how many were dropped.
    pub(crate) fn drop_equal_lines(&mut self) -> u64 {
        let mut seen = BTreeSet::new();
        let are_first: Vec<bool> = self.lines.iter().map(|line| seen.insert(line)).collect();
        let (before, mut are_first) = (self.lines.len(), are_first.into_iter());
        self.lines.retain(|_| are_first.next().unwrap_or(true));
        (before - self.lines.len()) as u64
    }

    /// How many lines it has.
    pub(crate) fn line_count(&self) -> u64 {
        self.lines.len() as u64
    }

    pub(super) fn value(&self) -> Option<i128> {
        match self.total {
            Some(total) => Some(i128::from(total)),
            None => self.lines.iter().try_fold(0i128, |sum, line| sum.checked_add(line.value()?)),
        }
    }

    /// What a file says of the order in eight bytes.
    fn signature(&self) -> u64 {
        let text = serde_json::to_vec(self).unwrap_or_default();
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&blake3::hash(&text).as_bytes()[..8]);
        u64::from_le_bytes(bytes)
    }
}

/// Takes an order as a file tells it again, beside what is known of it already. `fresh` gives an id its present form.
pub(crate) fn take(
    layout: &Layout,
    order_no: &str,
    told: Order,
    known: Known,
    fresh: &mut dyn FnMut(u128) -> Result<MessageId, Refusal>,
) -> Result<Taken, Refusal> {
    let lines = told.lines.len() as u64;
    let unchanged = Taken { accepted: 0, duplicates: lines, fact: None, note: Vec::new() };
    if known.order == told {
        return Ok(unchanged);
    }
    let signature = told.signature();
    if known.told.contains(&signature) {
        return Ok(unchanged);
    }
    let (merged, added) = merge(&known.order, &told);
    if merged == known.order {
        return Ok(unchanged);
    }
    // A change without a new line was brought by the order's own row: one row made the difference.
    let accepted = added.max(1).min(lines);
    let mut fact = merged.fact(&layout.source, Some(order_no));
    fact.known_at = Some(Instant::from_micros(known.known_at));
    fact.supersedes = Some(known.id.as_str().into());
    fact.message_id = fresh(layout.natural_id(&[order_no, &known.id, &merged.signature().to_string()]))?;
    let mut all_told = known.told;
    if all_told.is_empty() {
        // The first telling is the order itself until there is a second.
        all_told.push(known.order.signature());
    }
    all_told.push(signature);
    let note = Known {
        id: fact.message_id.as_str().to_owned(),
        known_at: known.known_at,
        revision: known.revision + 1,
        order: merged,
        told: all_told,
    };
    Ok(Taken { accepted, duplicates: lines - accepted, fact: Some(fact), note: note.written() })
}

/// The fact that tells an order again as it was before an import, and the note that goes with it.
pub(crate) fn told_again(key: &[u8], before: &[u8], current: &[u8], undo: &Undo<'_>) -> Option<(Vec<Fact>, Vec<u8>)> {
    let order_no = key.strip_prefix(b"order\0")?.splitn(2, |byte| *byte == 0).nth(1)?;
    let (mut before, current) = (Known::read(before)?, Known::read(current)?);
    let mut fact = before.order.fact(undo.source, std::str::from_utf8(order_no).ok());
    fact.known_at = Some(Instant::from_micros(before.known_at));
    fact.supersedes = Some(current.id.as_str().into());
    fact.message_id = MessageId::new(format!("{}~as before {}", before.id, undo.import));
    before.id = fact.message_id.as_str().to_owned();
    Some((vec![fact], before.written()))
}

fn borrowed(properties: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> + Clone {
    properties.iter().map(|(key, value)| (key.as_str(), value.as_str()))
}

/// The order with what a file adds to it, and how many lines that are.
fn merge(known: &Order, told: &Order) -> (Order, u64) {
    let detailed = known.lines.iter().chain(&told.lines).any(Line::is_detailed);
    let (lines, added) = match by_number(&known.lines, &told.lines) {
        Some(merged) => merged,
        None if detailed => larger_counts(&known.lines, &told.lines),
        None => by_position(&known.lines, &told.lines),
    };
    if added == 0 && told.lines.len() < known.lines.len() {
        // The file knows only part of the order, and nothing new.
        return (known.clone(), 0);
    }
    if lines.len() == told.lines.len() {
        // The file knows the whole order: what it says stands.
        return (Order { lines, ..told.clone() }, added);
    }
    let mut merged = told.clone();
    merged.occurred_at = known.occurred_at.min(told.occurred_at);
    join(&mut merged.properties, borrowed(&known.properties));
    merged.lines = lines;
    (merged, added)
}

/// Lines that the files number, each once: a number that comes again with other content is a correction of its line.
fn by_number(known: &[Line], told: &[Line]) -> Option<(Vec<Line>, u64)> {
    let mut places = BTreeMap::new();
    for (place, line) in known.iter().enumerate() {
        if places.insert(line.number.as_deref()?, place).is_some() {
            return None;
        }
    }
    let mut lines = known.to_vec();
    let mut added = 0;
    let mut seen = BTreeSet::new();
    for line in told {
        let number = line.number.as_deref()?;
        if !seen.insert(number) {
            return None;
        }
        match places.get(number) {
            Some(place) if lines[*place] == *line => continue,
            Some(place) => lines[*place] = line.clone(),
            None => lines.push(line.clone()),
        }
        added += 1;
    }
    Some((lines, added))
}

/// Of equal lines as many as the one that has more of them; new lines come last.
fn larger_counts(known: &[Line], told: &[Line]) -> (Vec<Line>, u64) {
    let mut left: BTreeMap<_, u64> = BTreeMap::new();
    for line in known {
        *left.entry(line.key()).or_insert(0) += 1;
    }
    let mut lines = known.to_vec();
    let mut added = 0;
    for line in told {
        match left.get_mut(&line.key()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                // A file that adds the cost to lines that are known adds no line.
                let uncosted = |own: &&mut Line| own.cost.is_none() && own.key() == line.key();
                if let Some(own) = lines.iter_mut().find(uncosted).filter(|_| line.cost.is_some()) {
                    own.cost = line.cost;
                }
            }
            _ => {
                lines.push(line.clone());
                added += 1;
            }
        }
    }
    (lines, added)
}

/// Lines that only have an amount are told apart by their place: a changed amount is a correction, not a further line.
fn by_position(known: &[Line], told: &[Line]) -> (Vec<Line>, u64) {
    let changed = told.iter().enumerate().filter(|(position, line)| known.get(*position) != Some(line)).count();
    let mut lines = told.to_vec();
    lines.extend_from_slice(known.get(told.len()..).unwrap_or_default());
    (lines, changed as u64)
}
