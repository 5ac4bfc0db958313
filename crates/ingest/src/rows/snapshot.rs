//! Rows of totals: customer × period × numbers, a row for each period or a column for each. Each number is a fact of its
//! own, named after what is counted and dated by the end of its period, so that its level and its change can be measured
//! like those of anything else.
//!
//! A total told again with another value is a correction, known since the same moment. A period that is not over yet is
//! refused: half a month beside whole ones would look like a fall. Where it is one column of several, that column is left
//! out.

use std::collections::BTreeMap;

use facts::Fact;
use serde::{Deserialize, Serialize};
use vocab::{CustomerId, Instant, Kind, MessageId};

use super::{amount, set};
use crate::fault::{self, Fault};
use crate::layout::{Layout, PropertyColumn, Row, Slot};
use crate::period::{Period, Span, day_number};
use crate::refusal::Refusal;
use crate::undo::Undo;

/// Where the day of totals is said when no column says it.
const OBSERVED: &str = "observed_on";
/// What a total is called of which nothing says what is counted.
const UNNAMED: &str = "数值";

/// What tables have said of one customer and one period.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Known {
    /// By name.
    totals: BTreeMap<String, Total>,
}

/// A total as it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Total {
    /// In millionths.
    value: i64,
    /// When its period ended.
    ended: i64,
    /// The header it has in files, where that is not its name.
    header: Option<String>,
    /// The fact that stands for it.
    id: String,
}

/// A row of totals.
pub(crate) struct Totals {
    pub(crate) customer: CustomerId,
    pub(crate) ended: Instant,
    period: Period,
    values: Vec<(String, Option<String>, i128)>,
}

pub(crate) fn note_key(layout: &Layout, totals: &Totals) -> Vec<u8> {
    let (first, last) = totals.period.days();
    let customer = totals.customer.as_str().as_bytes();
    [b"totals".as_slice(), layout.source.as_str().as_bytes(), customer, first.as_bytes(), last.as_bytes()].join(&0)
}

/// Reads one row: its customer and the totals of each period, one where a column says which.
pub(crate) fn read(row: &mut Row<'_>) -> Result<(CustomerId, Vec<Totals>), Fault> {
    let layout = row.layout;
    let slot = layout.slot("customer_id");
    let customer = row.customer()?.ok_or_else(|| fault::missing_value(slot.header()))?;
    let totals = match layout.properties.iter().any(|column| column.spread.is_some()) {
        true => spread_out(row, &customer)?,
        false => vec![of_one_period(row, customer.clone())?],
    };
    Ok((customer, totals))
}

fn of_one_period(row: &mut Row<'_>, customer: CustomerId) -> Result<Totals, Fault> {
    let layout = row.layout;
    let (period, header, cell) = period(row)?;
    let mut ended = period.end(&layout.zone).ok_or_else(|| fault::bad_period(header, cell))?;
    if ended > layout.now && header == OBSERVED {
        ended = layout.now;
    }
    if ended > layout.now {
        return Err(fault::period_not_over(header, cell));
    }
    if ended < crate::layout::EARLIEST {
        return Err(fault::date_too_old(header, cell));
    }
    let mut values = Vec::new();
    let is_only = layout.properties.iter().filter(|column| column.measured).count() == 1;
    for column in layout.properties.iter().filter(|column| column.measured) {
        let Some(value) = total(row, column)? else { continue };
        // A column that says what is counted names the only number beside it.
        let is_unnamed = is_only && crate::kind::metric_name(&column.header).is_none();
        let told = if is_unnamed { row.text(layout.slot("measure"))? } else { None };
        let (name, own) = named(told.unwrap_or(&column.header), told.unwrap_or(&column.key));
        values.push((name, own, value));
    }
    Ok(Totals { customer, ended, period, values })
}

/// The totals of a row with a column for each period. The one that is not over yet is left out with a warning: such
/// tables end with it.
fn spread_out(row: &mut Row<'_>, customer: &CustomerId) -> Result<Vec<Totals>, Fault> {
    let layout = row.layout;
    let mut periods: BTreeMap<Period, Totals> = BTreeMap::new();
    for column in &layout.properties {
        let Some((period, rest)) = &column.spread else { continue };
        let Some(value) = total(row, column)? else { continue };
        let header = column.header.as_str();
        let ended = period.end(&layout.zone).ok_or_else(|| fault::bad_period(header, header))?;
        if ended > layout.now {
            row.warnings.push(fault::period_not_over(header, header));
            continue;
        }
        if ended < crate::layout::EARLIEST {
            return Err(fault::date_too_old(header, header));
        }
        let counted = match rest.as_str() {
            "" => row.text(layout.slot("measure"))?.unwrap_or(UNNAMED),
            rest => rest,
        };
        let (name, own) = named(counted, counted);
        let totals = periods.entry(*period);
        let empty = || Totals { customer: customer.clone(), ended, period: *period, values: Vec::new() };
        let values = &mut totals.or_insert_with(empty).values;
        if values.iter().all(|(other, ..)| *other != name) {
            values.push((name, own, value));
        }
    }
    Ok(periods.into_values().collect())
}

/// What definitions call a total, and its own name where that is another.
fn named(header: &str, key: &str) -> (String, Option<String>) {
    match crate::kind::metric_name(header) {
        Some(name) => (name.to_owned(), Some(header.to_owned())),
        None => (key.to_owned(), None),
    }
}

/// The period of a row, and the cell that says so.
fn period<'a>(row: &Row<'a>) -> Result<(Period, &'a str, &'a str), Fault> {
    let layout = row.layout;
    let read = |slot: &'a Slot| -> Result<Option<(Period, &'a str)>, Fault> {
        let Some(cell) = row.text(slot)? else { return Ok(None) };
        let (header, order) = match slot {
            Slot::Column { header, order, .. } => (header.as_str(), *order),
            _ => ("", crate::moment::DateOrder::MonthFirst),
        };
        let period = Period::read(cell, Span::of_header(header), order, &layout.zone);
        period.map(|period| Some((period, cell))).ok_or_else(|| fault::bad_period(slot.header(), cell))
    };
    let (named, start, end) = (layout.slot("period"), layout.slot("period_start"), layout.slot("period_end"));
    if let Some((last, cell)) = read(end)? {
        let first = read(start)?.map_or(last, |(first, _)| first);
        let day = |text: &str| day_number(text).unwrap_or_default();
        let period = Period::between(day(&first.days().0), day(&last.days().1));
        return period.map(|period| (period, end.header(), cell)).ok_or_else(|| fault::bad_period(end.header(), cell));
    }
    if let Some((period, cell)) = read(named)? {
        return Ok((period, named.header(), cell));
    }
    match layout.observed_day() {
        Some(day) if named.is_absent() && end.is_absent() => Ok((day, OBSERVED, "")),
        _ => Err(fault::missing_value(if named.is_absent() { end.header() } else { named.header() })),
    }
}

/// The total in one column.
fn total(row: &mut Row<'_>, column: &PropertyColumn) -> Result<Option<i128>, Fault> {
    let Some(cell) = row.property(column) else { return Ok(None) };
    if matches!(cell, "-" | "--" | "—" | "/" | "无" | "N/A" | "n/a" | "null" | "NULL") {
        return Ok(None);
    }
    let value = row.layout.decimal(cell).ok_or_else(|| fault::bad_number(&column.header, cell))?;
    if value.abs() > crate::number::LIMIT {
        return Err(fault::number_out_of_range(&column.header, cell));
    }
    Ok(Some(value))
}

impl Known {
    /// Takes a row in; the facts it adds. `fresh` gives an id its present form (see `intake`).
    pub(crate) fn take(
        &mut self,
        layout: &Layout,
        totals: &Totals,
        fresh: &mut dyn FnMut(u128) -> Result<String, Refusal>,
    ) -> Result<Vec<Fact>, Refusal> {
        let (first, last) = totals.period.days();
        let mut facts = Vec::new();
        for (name, own, value) in &totals.values {
            let value = *value as i64;
            let told = self.totals.get(name);
            if told.is_some_and(|told| told.value == value) {
                continue;
            }
            let customer = totals.customer.as_str();
            let parts = [customer, &first, &last, name];
            let again = told.map(|told| [told.id.clone(), value.to_string()]).unwrap_or_default();
            let again = again.iter().map(String::as_str).filter(|part| !part.is_empty());
            let id = fresh(layout.natural_id(&parts.into_iter().chain(again).collect::<Vec<_>>()))?;
            let mut fact = Fact::new(totals.customer.clone(), Kind::Snapshot, name.clone(), totals.ended);
            fact.value = Some(amount(i128::from(value)));
            fact.source = layout.source.clone();
            set(&mut fact, "period", Some(totals.period.name()));
            set(&mut fact, "from", Some(first.clone()));
            set(&mut fact, "to", Some(last.clone()));
            set(&mut fact, "header", own.clone());
            fact.supersedes = told.map(|told| told.id.as_str().into());
            fact.message_id = MessageId::new(&id);
            let ended = told.map_or(totals.ended.micros(), |told| told.ended);
            fact.known_at = Some(Instant::from_micros(ended));
            self.totals.insert(name.clone(), Total { value, ended, header: own.clone(), id });
            facts.push(fact);
        }
        Ok(facts)
    }
}

/// The facts that tell the totals of a period again as they were before an import, and the note that goes with them.
pub(crate) fn told_again(key: &[u8], before: &[u8], current: &[u8], undo: &Undo<'_>) -> Option<(Vec<Fact>, Vec<u8>)> {
    let parts: Vec<&str> = std::str::from_utf8(key).ok()?.split('\0').collect();
    let ["totals", _, customer, first, last] = parts[..] else { return None };
    let (mut before, current): (Known, Known) =
        (serde_json::from_slice(before).ok()?, serde_json::from_slice(current).ok()?);
    let mut facts = Vec::new();
    for (name, total) in &mut before.totals {
        let Some(now) = current.totals.get(name).filter(|now| now.id != total.id) else { continue };
        let ended = Instant::from_micros(total.ended);
        let mut fact = Fact::new(customer, Kind::Snapshot, name.clone(), ended);
        fact.known_at = Some(ended);
        fact.value = Some(amount(i128::from(total.value)));
        fact.source = undo.source.clone();
        let period = Period::between(day_number(first)?, day_number(last)?)?;
        set(&mut fact, "period", Some(period.name()));
        set(&mut fact, "from", Some(first));
        set(&mut fact, "to", Some(last));
        set(&mut fact, "header", total.header.clone());
        fact.supersedes = Some(now.id.as_str().into());
        fact.message_id = MessageId::new(format!("{}~as before {}", total.id, undo.import));
        total.id = fact.message_id.as_str().to_owned();
        facts.push(fact);
    }
    Some((facts, serde_json::to_vec(&before).ok()?))
}
