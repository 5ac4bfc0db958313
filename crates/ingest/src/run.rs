//! One import on its way: each row is read as its kind says, and what it becomes is handed to the intake.

use std::collections::{HashMap, HashSet};

use facts::{Fact, RowRef};

use crate::fault::{self, Fault};
use crate::intake::{Intake, Note};
use crate::kind::TableKind;
use crate::layout::{Layout, Row, Slot};
use crate::mapping::Mapping;
use crate::profile::{OPEN_BYTES, Profile, REPEATED_KEYS, hash_of};
use crate::record::Record;
use crate::refusal::Refusal;
use crate::rejects::Rejects;
use crate::report::{Findings, ImportReport};
use crate::rows::order_note::{self, Known};
use crate::rows::order_said::Texts;
use crate::rows::{customer, ledger, message_id, order, single, snapshot, total_row};
use crate::spill::{Spill, SpilledRows};
use crate::table::Table;
use crate::window::Window;

/// The row's own fate inside, the disk's outside.
type Taken = Result<Result<(), Fault>, Refusal>;

/// An order of which further lines may come.
#[derive(Default)]
struct OpenOrder {
    order: order::Open,
    row: u64,
}

pub(crate) struct Run<'a> {
    layout: &'a Layout,
    table: &'a Table,
    profile: &'a Profile,
    intake: Intake<'a>,
    findings: Findings,
    rejects: Rejects<'a>,
    warnings: Vec<Fault>,
    warned: u64,
    /// How often an equal row without a key of its own has come.
    repeats: HashMap<u128, u64>,
    /// Each in its own place: it goes through the window's tables several times.
    open: Window<String, Box<OpenOrder>>,
    /// An order that was told, for its memory.
    told: Option<(String, Box<OpenOrder>)>,
    /// Whether the record had orders of this source before the first one of this file was handed over.
    had_orders: Option<bool>,
    /// Lines of orders that lie scattered over the file, or all rows where more keys come again than can be remembered;
    /// taken part by part at the end.
    aside: Option<Spill>,
    /// Customers that stand in the file more than once and have come at least once.
    described: HashSet<u128>,
    /// What the keys of all orders' notes begin with; and what is written of an order, in memory that is used again.
    note_prefix: Vec<u8>,
    note_key: Vec<u8>,
    note: Vec<u8>,
    texts: Texts,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        layout: &'a Layout,
        table: &'a Table,
        profile: &'a Profile,
        intake: Intake<'a>,
        findings: Findings,
        rejects: Rejects<'a>,
    ) -> Run<'a> {
        Run {
            layout,
            table,
            profile,
            intake,
            findings,
            rejects,
            warnings: Vec::new(),
            warned: 0,
            repeats: HashMap::new(),
            open: Window::new(OPEN_BYTES),
            told: None,
            had_orders: None,
            aside: Some(Spill::default()),
            described: HashSet::new(),
            note_prefix: order::note_prefix(layout),
            note_key: Vec::new(),
            note: Vec::new(),
            texts: Texts::default(),
        }
    }

    /// Rows that have come so far.
    pub(crate) fn received(&self) -> u64 {
        self.intake.rows.received
    }

    /// Takes a row.
    pub(crate) fn row(&mut self, record: &Record) -> Result<(), Refusal> {
        self.intake.rows.received += 1;
        if let Some(gone) = self.open.advance(record.size()) {
            self.close_all(gone.into_iter().collect())?;
        }
        self.decide(record)
    }

    fn decide(&mut self, record: &Record) -> Result<(), Refusal> {
        self.warnings.clear();
        let taken = match &record.fault {
            Some(fault) => Ok(Err(fault.clone())),
            None => self.take(record),
        };
        match taken? {
            Ok(()) => {
                self.warned += u64::from(!self.warnings.is_empty());
                for warning in self.warnings.drain(..) {
                    self.findings.add(warning.code, || warning.at_record(record));
                }
            }
            Err(fault) => self.reject(record, fault)?,
        }
        if self.intake.is_full() {
            self.intake.flush(&mut self.findings)?;
        }
        Ok(())
    }

    fn reject(&mut self, record: &Record, fault: Fault) -> Result<(), Refusal> {
        let total = match record.fault {
            None => total_row(record, &self.table.columns, None, true),
            Some(_) => None,
        };
        let fault = total.unwrap_or(fault);
        self.intake.rows.rejected += 1;
        self.rejects.write(&self.table.columns, record, &fault)?;
        self.findings.add(fault.code, || fault.at_record(record));
        Ok(())
    }

    /// Takes a sound row.
    fn take(&mut self, record: &Record) -> Taken {
        let key_at = match &self.layout.order.customer_id {
            Slot::Column { at, .. } => Some(*at),
            _ => None,
        };
        let total = total_row(record, &self.table.columns, key_at, false);
        let aside = if total.is_none() { self.key_aside(record) } else { None };
        if let (Some(hash), Some(spill)) = (aside, &mut self.aside) {
            spill.add(hash, record)?;
            return Ok(Ok(()));
        }
        match self.layout.kind {
            TableKind::Orders => self.take_line(record, total),
            _ if total.is_some() => Ok(total.map_or(Ok(()), Err)),
            TableKind::Customers => self.take_customer(record),
            TableKind::Snapshot => self.take_totals(record),
            TableKind::Ledger => self.take_ledger(record),
            _ => self.take_single(record),
        }
    }

    /// What a row is put aside by where more keys come again than can be remembered: all that may meet it has the same.
    fn key_aside(&self, record: &Record) -> Option<u64> {
        // A phone can be written in several ways: which of them come again is not known.
        let may_all_repeat = self.layout.key_is_phone && self.profile.rows > REPEATED_KEYS as u64;
        if self.aside.is_none() || !self.profile.has_many_repeated() && !may_all_repeat {
            return None;
        }
        match self.layout.kind {
            // Lines of an order are put aside by its number, in their own place.
            TableKind::Orders if !self.layout.order.order_no.is_absent() => None,
            TableKind::Customers | TableKind::Snapshot | TableKind::Ledger => {
                let row = Row { layout: self.layout, record, warnings: &mut Vec::new() };
                let customer = row.customer().ok().flatten()?;
                Some(hash_of(customer.as_str()))
            }
            _ => Some(self.profile.key_hash(record)),
        }
    }

    fn take_single(&mut self, record: &Record) -> Taken {
        let mut row = Row { layout: self.layout, record, warnings: &mut self.warnings };
        let said = match single::read(&mut row) {
            Ok(said) => said,
            Err(fault) => return Ok(Err(fault)),
        };
        let again = match &said.natural {
            Some(natural) => self.profile.is_repeated(&natural[0]),
            None => self.profile.is_repeated_row(record),
        };
        let natural = said.natural.unwrap_or_else(|| vec![self.own_key(record)]);
        let facts = said.drafts.into_iter().map(|draft| {
            let parts: Vec<&str> = natural.iter().map(String::as_str).chain([draft.part]).collect();
            Fact { message_id: message_id(self.layout.natural_id(&parts)), ..draft.fact }
        });
        let facts = facts.collect();
        self.intake.offer(1, record.row, facts, None, again)?;
        Ok(Ok(()))
    }

    /// The key of a row that has none: what it says, and how many equal rows came before it.
    fn own_key(&mut self, record: &Record) -> String {
        let id = self.layout.row_id(record);
        if self.layout.are_equal_rows_one || !self.profile.is_repeated_row(record) {
            return format!("row {id:032x} 1");
        }
        let count = self.repeats.entry(id).or_insert(0);
        *count += 1;
        format!("row {id:032x} {count}")
    }

    /// Whether the customer of the row stands in the file more than once.
    fn is_repeated_customer(&self, row: &Row<'_>) -> bool {
        let written = row.key_at(self.layout.slot("customer_id")).ok().flatten().unwrap_or_default();
        // A phone can be written in several ways.
        self.layout.key_is_phone || self.profile.is_repeated(written)
    }

    fn take_customer(&mut self, record: &Record) -> Taken {
        let layout = self.layout;
        let mut row = Row { layout, record, warnings: &mut self.warnings };
        let described = match customer::read(&mut row) {
            Ok(described) => described,
            Err(fault) => return Ok(Err(fault)),
        };
        let row = Row { layout, record, warnings: &mut Vec::new() };
        let repeated = self.is_repeated_customer(&row);
        let (facts, note) = self.traits(&described)?;
        if facts.is_empty() {
            self.intake.rows.duplicates += 1;
            return Ok(Ok(()));
        }
        if repeated && !self.described.insert(layout.natural_id(&["described", described.customer.as_str()])) {
            let header = layout.slot("customer_id").header();
            self.warnings.push(fault::repeated_customer(header, described.customer.as_str()));
        }
        self.intake.offer(1, record.row, facts, note, repeated)?;
        Ok(Ok(()))
    }

    /// What a row says of its customer that was not known: facts, and the note that goes with them.
    fn traits(&mut self, described: &customer::Described) -> Result<(Vec<Fact>, Option<Note>), Refusal> {
        let key = customer::note_key(self.layout, &described.customer);
        let before = self.intake.note(&key)?;
        let mut known: customer::Known = decoded(before.as_deref())?.unwrap_or_default();
        let facts = known.take(self.layout, described);
        let note = (!facts.is_empty()).then(|| Note { key, before, after: encoded(&known) });
        Ok((facts, note))
    }

    fn take_totals(&mut self, record: &Record) -> Taken {
        let layout = self.layout;
        let mut row = Row { layout, record, warnings: &mut self.warnings };
        let read = snapshot::read(&mut row).and_then(|(customer, totals)| {
            let ended = totals.iter().map(|totals| totals.ended).max().unwrap_or(layout.observed_on);
            let described = customer::describe(&mut row, customer, ended)?;
            Ok((totals, described))
        });
        let (totals, described) = match read {
            Ok(read) => read,
            Err(fault) => return Ok(Err(fault)),
        };
        let repeated = self.is_repeated_customer(&Row { layout, record, warnings: &mut Vec::new() });
        let mut told = Vec::new();
        for totals in &totals {
            let key = snapshot::note_key(layout, totals);
            let before = self.intake.note(&key)?;
            let mut known: snapshot::Known = decoded(before.as_deref())?.unwrap_or_default();
            let intake = &self.intake;
            let mut fresh = |id| intake.fresh(message_id(id)).map(|id| id.as_str().to_owned());
            let facts = known.take(layout, totals, &mut fresh)?;
            if !facts.is_empty() {
                told.push((facts, Some(Note { key, before, after: encoded(&known) })));
            }
        }
        if !described.is_empty() {
            let (traits, note) = self.traits(&described)?;
            told.extend((!traits.is_empty()).then_some((traits, note)));
        }
        let Some(last) = told.pop() else {
            self.intake.rows.duplicates += 1;
            return Ok(Ok(()));
        };
        for (facts, note) in told {
            self.intake.offer(0, record.row, facts, note, repeated)?;
        }
        self.intake.offer(1, record.row, last.0, last.1, repeated)?;
        Ok(Ok(()))
    }

    fn take_ledger(&mut self, record: &Record) -> Taken {
        let layout = self.layout;
        let mut row = Row { layout, record, warnings: &mut self.warnings };
        let read = customer::read(&mut row).and_then(|described| {
            let told = ledger::read(&mut row, &described)?;
            Ok((described, told))
        });
        let (described, mut told) = match read {
            Ok(read) => read,
            Err(fault) => return Ok(Err(fault)),
        };
        let key = customer::note_key(layout, &described.customer);
        let known = decoded(self.intake.note(&key)?.as_deref())?.unwrap_or_default();
        let mut row = Row { layout, record, warnings: &mut self.warnings };
        told.extend(ledger::contact(&mut row, &described, &known));
        let repeated = self.is_repeated_customer(&Row { layout, record, warnings: &mut Vec::new() });
        let (mut facts, note) = self.traits(&described)?;
        for (fact, parts) in told {
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            facts.push(Fact { message_id: message_id(layout.natural_id(&parts)), ..fact });
        }
        if facts.is_empty() {
            self.intake.rows.duplicates += 1;
            return Ok(Ok(()));
        }
        self.intake.offer(1, record.row, facts, note, repeated)?;
        Ok(Ok(()))
    }

    fn take_line(&mut self, record: &Record, total: Option<Fault>) -> Taken {
        let layout = self.layout;
        let mut warnings = std::mem::take(&mut self.warnings);
        let taken = self.take_line_of(&mut Row { layout, record, warnings: &mut warnings }, total);
        self.warnings = warnings;
        taken
    }

    fn take_line_of(&mut self, row: &mut Row<'_>, total: Option<Fault>) -> Taken {
        let (layout, record) = (row.layout, row.record);
        let slot = &layout.order.order_no;
        let order_no = match row.key_at(slot) {
            Ok(order_no) => order_no,
            Err(fault) => return Ok(Err(total.unwrap_or(fault))),
        };
        let mut is_open = false;
        if let Some(order_no) = order_no {
            if let Some(spill) = &mut self.aside
                && self.profile.is_repeated(order_no)
            {
                spill.add(hash_of(order_no), record)?;
                return Ok(Ok(()));
            }
            // The first pass counted the line as one of its order, whether it can be read or not.
            is_open = self.open.touch(order_no).is_some();
        }
        let read = match total {
            Some(fault) => Err(fault),
            None if order_no.is_none() && !slot.is_absent() => Err(fault::missing_value(slot.header())),
            None => order::told(row, Ok(order_no)),
        };
        let line = match read {
            Ok(line) => line,
            Err(fault) => return Ok(Err(fault)),
        };
        let Some(order_no) = order_no else { return self.take_lone_line(record, &line.order()) };
        if is_open && let Some(open) = self.open.touched() {
            return Ok(open.order.add(layout, order_no, line));
        }
        // Of what was put aside several orders lie together.
        if self.profile.are_in_turn()
            && self.aside.is_some()
            && let Some((order_no, mut open)) = self.open.take_last()
        {
            self.close(&order_no, &mut open)?;
            self.told = Some((order_no, open));
        }
        let (mut number, mut open) = self.told.take().unwrap_or_default();
        number.clear();
        number.push_str(order_no);
        open.order.begin(line);
        open.row = record.row;
        self.open.insert(number, open);
        Ok(Ok(()))
    }

    /// A line whose table has no order numbers is an order of its own.
    fn take_lone_line(&mut self, record: &Record, order: &order::Order) -> Taken {
        let key = self.own_key(record);
        let mut fact = order.fact(&self.layout.source, None);
        fact.message_id = message_id(self.layout.natural_id(&[&key]));
        let again = self.profile.is_repeated_row(record);
        self.intake.offer(1, record.row, vec![fact], None, again)?;
        Ok(Ok(()))
    }

    fn close_all(&mut self, mut gone: Vec<(String, Box<OpenOrder>)>) -> Result<(), Refusal> {
        gone.sort_by_cached_key(|(_, open)| open.row);
        for (order_no, mut open) in gone {
            self.close(&order_no, &mut open)?;
            if self.intake.is_full() {
                self.intake.flush(&mut self.findings)?;
            }
        }
        Ok(())
    }

    /// The last line of an order has come.
    fn close(&mut self, order_no: &str, open: &mut OpenOrder) -> Result<(), Refusal> {
        // Each order of a file is handed over once: without orders from before there is no note to ask for.
        let had_orders = match self.had_orders {
            Some(known) => known,
            None => self.intake.has_notes(&self.note_prefix)?,
        };
        self.had_orders = Some(had_orders);
        order::put_note_key(&mut self.note_key, &self.note_prefix, order_no);
        let before = if had_orders { self.intake.note(&self.note_key)? } else { None };
        let (row, order) = (open.row, open.order.closed());
        if self.layout.are_equal_rows_one {
            self.intake.rows.duplicates += order.drop_equal_lines();
        }
        let Some(note) = &before else { return self.take_new(order_no, order, row) };
        let known = Known::read(note).ok_or_else(unreadable)?;
        let intake = &self.intake;
        let mut fresh = |id| intake.fresh(message_id(id));
        let taken = order::take(self.layout, order_no, std::mem::take(order), known, &mut fresh)?;
        self.intake.rows.duplicates += taken.duplicates;
        let Some(fact) = taken.fact else { return Ok(()) };
        let note = Note { key: self.note_key.clone(), before, after: taken.note };
        self.intake.offer(taken.accepted, row, vec![fact], Some(note), false)
    }

    /// An order of which nothing is known: it is never made a fact of its own, since most are new.
    fn take_new(&mut self, order_no: &str, order: &order::Order, row: u64) -> Result<(), Refusal> {
        let id = self.intake.fresh(message_id(self.layout.natural_id(&[order_no])))?;
        self.note.clear();
        order_note::write_first(&mut self.note, id.as_str(), order);
        self.texts.tell(order);
        let mut properties = Vec::with_capacity(8);
        let said = order.row(&self.layout.source, Some(order_no), &self.texts, &mut properties);
        let said = RowRef { message_id: id.as_str(), ..said };
        self.intake.offer_new(order.line_count(), row, &said, &properties, (&self.note_key, &self.note))
    }

    /// Takes what was put aside, part by part; each part holds whole orders, or all rows of its keys.
    fn take_aside(&mut self, spill: &Spill) -> Result<(), Refusal> {
        for part in spill.parts() {
            match spill.divided(part)? {
                Some(finer) => self.take_aside(&finer)?,
                None => self.take_part(spill.rows(part))?,
            }
        }
        Ok(())
    }

    fn take_part(&mut self, mut rows: SpilledRows<'_>) -> Result<(), Refusal> {
        let mut record = Record::default();
        while rows.next(&mut record)?.is_some() {
            self.decide(&record)?;
        }
        let open = self.open.drain().collect();
        self.close_all(open)?;
        // None of the keys of this part comes again.
        self.repeats.clear();
        self.described.clear();
        self.intake.forget(&mut self.findings)
    }

    /// Ends the import and says what became of it.
    pub(crate) fn finish(mut self, mapping: &Mapping) -> Result<ImportReport, Refusal> {
        let open = self.open.drain().collect();
        self.close_all(open)?;
        if let Some(spill) = self.aside.take() {
            self.take_aside(&spill)?;
        }
        self.intake.finish(&mut self.findings)?;
        self.rejects.finish()?;
        let (findings, finding_counts) = self.findings.into_parts();
        let rows = self.intake.rows;
        assert_eq!(rows.received, rows.accepted + rows.duplicates + rows.rejected, "every row has one fate");
        Ok(ImportReport {
            rows,
            warned: self.warned,
            facts: self.intake.appended,
            conflicts: self.intake.conflicts,
            earliest_changed: self.intake.earliest,
            findings,
            finding_counts,
            mapping: mapping.clone(),
            numbers: (0, 0),
        })
    }
}

/// A note that is not what was written.
fn unreadable() -> Refusal {
    Refusal::storage(std::io::Error::new(std::io::ErrorKind::InvalidData, "what is kept of an order cannot be read"))
}

fn decoded<T: serde::de::DeserializeOwned>(note: Option<&[u8]>) -> Result<Option<T>, Refusal> {
    note.map(|note| serde_json::from_slice(note).map_err(Refusal::storage)).transpose()
}

fn encoded(note: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(note).unwrap_or_else(|error| unreachable!("notes are plain data: {error}"))
}
