//! Takes a file: every row is accepted, a duplicate or rejected, and what is accepted becomes facts, once.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::Path;

use facts::{Fact, Facts};
use vocab::{Finding, Instant};

use crate::fault::{self, Fault};
use crate::intake::Intake;
use crate::kind::TableKind;
use crate::layout::{Layout, Row, Slot};
use crate::mapping::{Mapping, nearest};
use crate::profile::Profile;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::rejects::Rejects;
use crate::report::{Findings, ImportReport, Progress, Stage};
use crate::rows::{customer, message_id, order, single, total_row};
use crate::table::{Flow, Table};

const PROGRESS_ROWS: u64 = 5_000;

/// Takes a file as its mapping says.
///
/// Each row is accepted, a duplicate or rejected: `received = accepted + duplicates + rejected`. Importing a file twice
/// adds nothing; a longer export adds what is new; equal rows of one file are each taken. With `dry_run` the report is
/// the same and nothing is written (conflicts then count as the duplicates they stand under). Rejected rows go to
/// `rejects` as CSV that can be mended and imported again.
///
/// The file is read twice: once to learn what only whole columns can say, once to take its rows. Memory is bounded by
/// open orders and one batch, not by the file.
///
/// # Errors
/// When the file cannot be read, lacks a column of the mapping or a field its kind needs: then nothing was written. When
/// the data folder fails: what was loaded before stays, and the same import again completes it.
pub fn import(
    file: &Path,
    mapping: &Mapping,
    into: &Facts,
    now: Instant,
    dry_run: bool,
    rejects: Option<&mut dyn Write>,
    progress: &mut dyn FnMut(Progress),
) -> Result<ImportReport, Refusal> {
    let table = Table::open(file, mapping.sheet.as_deref())?;
    check(&table, mapping, now).map_err(|findings| Refusal::of(findings).of_file(file))?;
    let mut profile = Profile::of(&table, mapping, &mut |received| {
        progress(Progress { stage: Stage::Checking, received, row_count: None });
    })?;
    let layout = Layout::new(&table, mapping, &profile, now);
    let mut findings = Findings::default();
    let about_file = table.findings.iter().cloned().chain(profile.findings(mapping));
    let about_file = about_file.chain((profile.rows == 0).then(|| fault::no_rows().without_row()));
    about_file.for_each(|finding| findings.add(finding.code, || finding));

    let row_count = profile.rows;
    let mut run = Run {
        layout: &layout,
        table: &table,
        profile: &mut profile,
        intake: Intake::new(into, layout.source.clone(), now, dry_run),
        findings,
        rejects: Rejects::new(rejects),
        warnings: Vec::new(),
        repeats: HashMap::new(),
        open: HashMap::new(),
        described: HashSet::new(),
    };
    table.rows(&mut |record| {
        run.row(record)?;
        let received = run.intake.rows.received;
        if received.is_multiple_of(PROGRESS_ROWS) {
            progress(Progress { stage: Stage::Reading, received, row_count: Some(row_count) });
        }
        Ok(Flow::Go)
    })?;
    let report = run.finish(mapping)?;
    progress(Progress { stage: Stage::Reading, received: row_count, row_count: Some(row_count) });
    Ok(report)
}

/// What stands against importing at all.
fn check(table: &Table, mapping: &Mapping, now: Instant) -> Result<(), Vec<Finding>> {
    let headers: Vec<&str> = table.columns.iter().map(|column| column.header.as_str()).collect();
    let absent = mapping.columns.keys().filter(|header| table.column(header).is_none());
    let mut faults: Vec<Fault> =
        absent.map(|header| fault::missing_column(header, nearest(header, &headers))).collect();
    faults.extend(mapping.missing());
    if let Some(observed) = mapping.observed_on
        && observed > now.plus_days(1)
    {
        faults.push(fault::future_date("observed_on", &mapping.zone.date(observed)));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.into_iter().map(Fault::without_row).collect()) }
}

/// An order whose last line has not come yet.
struct OpenOrder {
    order: order::Open,
    row: u64,
}

/// One import on its way.
struct Run<'a> {
    layout: &'a Layout,
    table: &'a Table,
    profile: &'a mut Profile,
    intake: Intake<'a>,
    findings: Findings,
    rejects: Rejects<'a>,
    warnings: Vec<Fault>,
    /// How often an equal row without a key of its own has come.
    repeats: HashMap<u128, u64>,
    open: HashMap<String, OpenOrder>,
    /// Customers that stand in the file more than once and have come at least once.
    described: HashSet<u128>,
}

impl Run<'_> {
    fn row(&mut self, record: &Record) -> Result<(), Refusal> {
        self.intake.rows.received += 1;
        self.warnings.clear();
        let taken = match &record.fault {
            Some(fault) => Ok(Err(fault.clone())),
            None => self.take(record),
        };
        match taken? {
            Ok(()) => {
                for warning in self.warnings.drain(..) {
                    self.findings.add(warning.code, || warning.at_row(record.row));
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
        self.findings.add(fault.code, || fault.at_row(record.row));
        Ok(())
    }

    /// Takes a sound row; the inner error is the row's, the outer one the disk's.
    fn take(&mut self, record: &Record) -> Result<Result<(), Fault>, Refusal> {
        let key_at = match self.layout.slot("customer_id") {
            Slot::Column { at, .. } => Some(*at),
            _ => None,
        };
        let total = total_row(record, &self.table.columns, key_at, false);
        match self.layout.kind {
            TableKind::Orders => self.take_line(record, total),
            _ if total.is_some() => Ok(total.map_or(Ok(()), Err)),
            TableKind::Customers => self.take_customer(record),
            _ => self.take_single(record),
        }
    }

    fn take_single(&mut self, record: &Record) -> Result<Result<(), Fault>, Refusal> {
        let mut row = Row { layout: self.layout, record, warnings: &mut self.warnings };
        let said = match single::read(&mut row) {
            Ok(said) => said,
            Err(fault) => return Ok(Err(fault)),
        };
        let natural = said.natural.unwrap_or_else(|| vec![self.own_key(record)]);
        let facts = said.drafts.into_iter().map(|draft| {
            let parts: Vec<&str> = natural.iter().map(String::as_str).chain([draft.part]).collect();
            Fact { message_id: message_id(self.layout.natural_id(&parts)), ..draft.fact }
        });
        let facts = facts.collect();
        self.intake.offer(1, record.row, facts, None, false)?;
        Ok(Ok(()))
    }

    /// The key of a row that has none: what it says, and how many equal rows came before it.
    fn own_key(&mut self, record: &Record) -> String {
        let id = self.layout.row_id(record);
        let count = self.repeats.entry(id).or_insert(0);
        *count += 1;
        format!("row {id:032x} {count}")
    }

    fn take_customer(&mut self, record: &Record) -> Result<Result<(), Fault>, Refusal> {
        let layout = self.layout;
        let mut row = Row { layout, record, warnings: &mut self.warnings };
        let described = match customer::read(&mut row) {
            Ok(described) => described,
            Err(fault) => return Ok(Err(fault)),
        };
        let slot = layout.slot("customer_id");
        let written = row.key_at(slot).ok().flatten().unwrap_or_default();
        let repeated = self.profile.count(written) > 1;
        let key = customer::note_key(layout, &described.customer);
        let mut known = self.known::<customer::Known>(&key)?.unwrap_or_default();
        let facts = known.take(layout, &described);
        if facts.is_empty() {
            self.intake.rows.duplicates += 1;
            return Ok(Ok(()));
        }
        if repeated && !self.described.insert(layout.natural_id(&["described", described.customer.as_str()])) {
            self.warnings.push(fault::repeated_customer(slot.header(), described.customer.as_str()));
        }
        let note = (key, encoded(&known));
        self.intake.offer(1, record.row, facts, Some(note), repeated)?;
        Ok(Ok(()))
    }

    fn take_line(&mut self, record: &Record, total: Option<Fault>) -> Result<Result<(), Fault>, Refusal> {
        let layout = self.layout;
        let mut row = Row { layout, record, warnings: &mut self.warnings };
        let slot = layout.slot("order_no");
        let order_no = match row.key_at(slot) {
            Ok(order_no) => order_no.map(str::to_owned),
            Err(fault) => return Ok(Err(total.unwrap_or(fault))),
        };
        let left = order_no.as_deref().map_or(0, |order_no| self.profile.count_off(order_no));
        let read = match total {
            Some(fault) => Err(fault),
            None if order_no.is_none() && !slot.is_absent() => Err(fault::missing_value(slot.header())),
            None => order::read(&mut row),
        };
        let Some(order_no) = order_no else {
            let order = match read {
                Ok(order) => order,
                Err(fault) => return Ok(Err(fault)),
            };
            let key = self.own_key(record);
            let mut fact = order.fact(layout, None);
            fact.message_id = message_id(layout.natural_id(&[&key]));
            self.intake.offer(1, record.row, vec![fact], None, false)?;
            return Ok(Ok(()));
        };
        let added = read.and_then(|line| match self.open.get_mut(&order_no) {
            Some(open) => open.order.add(layout, &order_no, line),
            None => {
                self.open.insert(order_no.clone(), OpenOrder { order: order::Open::new(line), row: record.row });
                Ok(())
            }
        });
        if left == 0
            && let Some(open) = self.open.remove(&order_no)
        {
            self.close(&order_no, open)?;
        }
        Ok(added)
    }

    /// The last line of an order has come.
    fn close(&mut self, order_no: &str, open: OpenOrder) -> Result<(), Refusal> {
        let key = order::note_key(self.layout, order_no);
        let known = self.known::<order::Known>(&key)?;
        let taken = order::take(self.layout, order_no, open.order.closed(), known);
        self.intake.rows.duplicates += taken.duplicates;
        let (Some(fact), Some(known)) = (taken.fact, taken.known) else { return Ok(()) };
        let note = (key, encoded(&known));
        self.intake.offer(taken.accepted, open.row, vec![fact], Some(note), false)
    }

    fn known<T: serde::de::DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, Refusal> {
        let Some(note) = self.intake.note(key)? else { return Ok(None) };
        serde_json::from_slice(&note).map(Some).map_err(Refusal::storage)
    }

    fn finish(mut self, mapping: &Mapping) -> Result<ImportReport, Refusal> {
        // Only orders whose numbers share a hash are still open here.
        let mut open: Vec<(String, OpenOrder)> = self.open.drain().collect();
        open.sort_by_key(|(_, open)| open.row);
        for (order_no, open) in open {
            self.close(&order_no, open)?;
        }
        self.intake.flush(&mut self.findings)?;
        self.rejects.finish()?;
        let (findings, finding_counts) = self.findings.into_parts();
        let rows = self.intake.rows;
        assert_eq!(rows.received, rows.accepted + rows.duplicates + rows.rejected, "every row has one fate");
        Ok(ImportReport {
            rows,
            facts: self.intake.appended,
            conflicts: self.intake.conflicts,
            earliest_changed: self.intake.earliest,
            findings,
            finding_counts,
            mapping: mapping.clone(),
        })
    }
}

fn encoded(note: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(note).unwrap_or_else(|error| unreachable!("notes are plain data: {error}"))
}
