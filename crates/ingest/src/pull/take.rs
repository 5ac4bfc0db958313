//! Rows that have a key become facts, exactly once: the same row again adds nothing, a changed row is told by a fact
//! that supersedes the one before.
//!
//! What each row last became is kept as a note beside the facts and written with them in one synced change, so that a
//! crash between two batches leaves neither half. An order is told by all its rows together (`orders`), a customer by
//! what changed (`rows::customer`), everything else row by row.

use std::collections::{BTreeMap, HashMap, HashSet};

use facts::{Fact, FactBatch, Facts, Held, Properties};
use serde::{Deserialize, Serialize};
use vocab::{ActorId, CustomerId, Finding, Instant, MessageId};

use super::orders::{self, Told};
use crate::fault::{self, Fault};
use crate::kind::TableKind;
use crate::layout::{Layout, Row};
use crate::record::Record;
use crate::refusal::Refusal;
use crate::report::{Findings, RowCounts};
use crate::rows::{customer, message_id, single, total_row};
use crate::table::Column;

/// How much may wait before it is handed over: while history is loaded, and afterwards.
const BACKFILL_ROWS: usize = 20_000;
const LIVE_ROWS: usize = 5_000;
/// Faulty rows of one reading that are kept; the rest is counted.
const HELD: usize = 10_000;
/// How long we wait for a record that is busy: a minute in all.
const BUSY_WAIT: std::time::Duration = std::time::Duration::from_millis(500);
const BUSY_WAITS: u32 = 120;
/// Customers of one reading that are remembered: a hundred megabytes.
const DESCRIBED: usize = 3_000_000;

/// How rows are taken.
pub(crate) struct Manner {
    /// Whether this is the first reading: what it finds could have been known when it happened.
    pub(crate) is_backfill: bool,
    /// Whether anything is written.
    pub(crate) is_dry: bool,
    pub(crate) now: Instant,
}

/// The fact that stands for one part of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Standing {
    id: String,
    content: String,
}

/// Rows on their way into the record.
pub(crate) struct Taker<'a> {
    facts: &'a Facts,
    pub(crate) layout: Layout,
    columns: Vec<Column>,
    key: Vec<usize>,
    manner: Manner,
    batch: FactBatch,
    /// Notes as they will stand; what is not here stands in the record.
    notes: HashMap<Vec<u8>, Vec<u8>>,
    orders: BTreeMap<String, Told>,
    /// Keys of the rows of this batch.
    seen: HashSet<u128>,
    /// Customers of this reading.
    described: HashSet<u128>,
    waiting: usize,
    /// Rows that this reading has put in quarantine.
    held: usize,
    warnings: Vec<Fault>,
    pub(crate) findings: Findings,
    pub(crate) rows: RowCounts,
    pub(crate) appended: u64,
    pub(crate) conflicts: u64,
    pub(crate) earliest: Option<Instant>,
}

impl<'a> Taker<'a> {
    pub(crate) fn new(facts: &'a Facts, layout: Layout, columns: Vec<Column>, key: Vec<usize>, manner: Manner) -> Self {
        Taker {
            facts,
            layout,
            columns,
            key,
            manner,
            batch: FactBatch::default(),
            notes: HashMap::new(),
            orders: BTreeMap::new(),
            seen: HashSet::new(),
            described: HashSet::new(),
            waiting: 0,
            held: 0,
            warnings: Vec::new(),
            findings: Findings::default(),
            rows: RowCounts::default(),
            appended: 0,
            conflicts: 0,
            earliest: None,
        }
    }

    /// Takes a row; a faulty one is counted with its reason.
    pub(crate) fn row(&mut self, record: &Record) -> Result<(), Refusal> {
        self.rows.received += 1;
        self.waiting += 1;
        self.warnings.clear();
        match self.take(record)? {
            Ok(true) => self.rows.accepted += 1,
            Ok(false) => self.rows.duplicates += 1,
            Err(fault) => {
                self.rows.rejected += 1;
                self.hold(record, &fault);
                self.findings.add(fault.code, || fault.at_row(record.row));
                return Ok(());
            }
        }
        for warning in self.warnings.drain(..) {
            self.findings.add(warning.code, || warning.at_row(record.row));
        }
        Ok(())
    }

    /// Keeps a row that cannot be taken, as it came. The same row is held once, however often it is read.
    fn hold(&mut self, record: &Record, fault: &Fault) {
        if self.held >= HELD {
            return;
        }
        self.held += 1;
        let finding = fault.clone().at_row(record.row);
        let path = finding.place.field.clone().unwrap_or_default();
        let fault = serde_json::json!({
            "code": finding.code, "path": path, "zh": finding.detail.zh, "en": finding.detail.en,
        });
        let cells = self.columns.iter().map(|column| (column.header.clone(), record.cell(column.at).into()));
        self.batch.held.push(Held {
            source: self.layout.source.clone(),
            message_id: MessageId::new(format!("row:{:032x}", self.layout.row_id(record))),
            fault: fault.to_string(),
            body: serde_json::Value::Object(cells.collect()).to_string(),
        });
    }

    /// Whether enough has come together to hand it over.
    pub(crate) fn is_full(&self) -> bool {
        self.waiting >= if self.manner.is_backfill { BACKFILL_ROWS } else { LIVE_ROWS }
    }

    /// Takes a sound row: whether it says anything new. The inner error is the row's, the outer one the disk's.
    fn take(&mut self, record: &Record) -> Result<Result<bool, Fault>, Refusal> {
        let key_at = match self.layout.slot("customer_id") {
            crate::layout::Slot::Column { at, .. } => Some(*at),
            _ => None,
        };
        if let Some(fault) = total_row(record, &self.columns, key_at, false) {
            return Ok(Err(fault));
        }
        match self.layout.kind {
            TableKind::Customers => self.take_customer(record),
            TableKind::Orders if !self.layout.slot("order_no").is_absent() => self.take_line(record),
            _ => self.take_single(record),
        }
    }

    fn take_customer(&mut self, record: &Record) -> Result<Result<bool, Fault>, Refusal> {
        let mut row = Row { layout: &self.layout, record, warnings: &mut self.warnings };
        let described = match customer::read(&mut row) {
            Ok(described) => described,
            Err(fault) => return Ok(Err(fault)),
        };
        // Of two rows about one customer at one moment the first counts: they would take turns at every reading.
        let told = [described.customer.as_str(), &described.observed.micros().to_string()];
        let is_new = self.described.len() >= DESCRIBED || self.described.insert(self.layout.natural_id(&told));
        if !is_new {
            let header = self.layout.slot("customer_id").header();
            self.warnings.push(fault::repeated_customer(header, described.customer.as_str()));
            return Ok(Ok(false));
        }
        let key = customer::note_key(&self.layout, &described.customer);
        let mut known: customer::Known = self.known(&key)?.unwrap_or_default();
        let facts = known.take(&self.layout, &described);
        if facts.is_empty() {
            return Ok(Ok(false));
        }
        self.note(key, &known);
        for fact in facts {
            self.add(fact);
        }
        Ok(Ok(true))
    }

    fn take_single(&mut self, record: &Record) -> Result<Result<bool, Fault>, Refusal> {
        let mut row = Row { layout: &self.layout, record, warnings: &mut self.warnings };
        let read = match self.layout.kind {
            TableKind::Orders => orders::without_number(&mut row)
                .map(|fact| single::Said { drafts: vec![single::Draft { fact, part: "" }], natural: None }),
            _ => single::read(&mut row),
        };
        let said = match read {
            Ok(said) => said,
            Err(fault) => return Ok(Err(fault)),
        };
        let key = match self.row_key(record, said.natural.as_deref()) {
            Ok(key) => key,
            Err(fault) => return Ok(Err(fault)),
        };
        let drafts = said.drafts.into_iter().map(|draft| (draft.part, draft.fact)).collect();
        self.tell(key, drafts).map(Ok)
    }

    /// What tells a row from every other: its key columns, else what the source calls it, else all it says.
    fn row_key(&mut self, record: &Record, natural: Option<&[String]>) -> Result<u128, Fault> {
        let mut cells = Vec::with_capacity(self.key.len());
        for &at in &self.key {
            let cell = record.cell(at);
            if cell.is_empty() {
                let header = self.columns.iter().find(|column| column.at == at);
                return Err(fault::missing_value(header.map_or("", |column| &column.header)));
            }
            cells.push(cell);
        }
        let key = match (cells.is_empty(), natural) {
            (false, _) => self.layout.natural_id(&cells),
            (true, Some(natural)) => self.layout.natural_id(&natural.iter().map(String::as_str).collect::<Vec<_>>()),
            (true, None) => self.layout.row_id(record),
        };
        // Two rows under one key would take turns in superseding each other at every reading.
        let is_new = self.seen.insert(key);
        if is_new || self.key.is_empty() { Ok(key) } else { Err(fault::repeated_row_key(&cells.join(" "))) }
    }

    /// Tells what a row says now, part by part; whether anything of it is new.
    fn tell(&mut self, key: u128, drafts: Vec<(&str, Fact)>) -> Result<bool, Refusal> {
        let key_text = format!("{key:032x}");
        let note_key = [b"row".as_slice(), self.layout.source.as_str().as_bytes(), key_text.as_bytes()].join(&0);
        let mut known: BTreeMap<String, Standing> = self.known(&note_key)?.unwrap_or_default();
        let mut standing = BTreeMap::new();
        let mut told = Vec::new();
        let template = drafts.first().map(|(_, fact)| fact.clone());
        for (part, fact) in drafts {
            let content = content_of(&fact);
            let before = known.remove(part);
            let now_standing = match before {
                Some(before) if before.content == content => before,
                before => {
                    let fact = self.superseding(fact, &[&key_text, part, &content], before.map(|before| before.id));
                    let id = fact.message_id.as_str().to_owned();
                    told.push(fact);
                    Standing { id, content }
                }
            };
            standing.insert(part.to_owned(), now_standing);
        }
        for (part, gone) in known {
            if let Some(template) = &template {
                told.push(self.retracting(template, &[&key_text, &part], &gone.id));
            }
        }
        let is_new = !told.is_empty();
        if is_new {
            self.note(note_key, &standing);
            told.into_iter().for_each(|fact| self.add(fact));
        }
        Ok(is_new)
    }

    /// The fact with its id: made of what it says, and of the fact it takes the place of.
    fn superseding(&self, mut fact: Fact, parts: &[&str], before: Option<String>) -> Fact {
        let parts: Vec<&str> = parts.iter().copied().chain(before.as_deref()).collect();
        fact.message_id = message_id(self.layout.natural_id(&parts));
        fact.supersedes = before.as_deref().map(Into::into);
        fact
    }

    /// A fact that takes back what a row no longer says.
    fn retracting(&self, template: &Fact, parts: &[&str], id: &str) -> Fact {
        let parts: Vec<&str> = parts.iter().copied().chain(["retracted", id]).collect();
        Fact {
            message_id: message_id(self.layout.natural_id(&parts)),
            retracts: Some(id.into()),
            value: None,
            currency: None,
            text: None,
            properties: Properties::new(),
            ..template.clone()
        }
    }

    fn add(&mut self, mut fact: Fact) {
        if !self.manner.is_backfill {
            // What changes from now on could not be known before we saw it.
            fact.known_at = None;
        }
        self.batch.facts.push(fact);
    }

    fn take_line(&mut self, record: &Record) -> Result<Result<bool, Fault>, Refusal> {
        let key = match self.row_key(record, None) {
            Ok(key) => format!("{key:032x}"),
            Err(fault) => return Ok(Err(fault)),
        };
        let mut row = Row { layout: &self.layout, record, warnings: &mut self.warnings };
        let slot = self.layout.slot("order_no");
        let read = row.key_at(slot).and_then(|order_no| match order_no {
            Some(order_no) => Ok((order_no.to_owned(), crate::rows::order::read(&mut row)?)),
            None => Err(fault::missing_value(slot.header())),
        });
        let (order_no, line) = match read {
            Ok(read) => read,
            Err(fault) => return Ok(Err(fault)),
        };
        let place_key = [b"line".as_slice(), self.layout.source.as_str().as_bytes(), key.as_bytes()].join(&0);
        let place: Option<String> = self.known(&place_key)?;
        let changed = self.order(&order_no)?.put(&key, line);
        if place.as_deref() != Some(&order_no) {
            if let Some(before) = place {
                self.order(&before)?.remove(&key);
            }
            self.note(place_key, &order_no);
        }
        Ok(Ok(changed))
    }

    /// An order as it stands, rows of this batch included.
    fn order(&mut self, order_no: &str) -> Result<&mut Told, Refusal> {
        let known: Option<Told> = match self.orders.contains_key(order_no) {
            true => None,
            false => self.known(&orders::note_key(&self.layout, order_no))?,
        };
        Ok(self.orders.entry(order_no.to_owned()).or_insert_with(|| known.unwrap_or_default()))
    }

    /// Every order of which a line came, told once by all its lines.
    fn settle_orders(&mut self) {
        for (order_no, mut order) in std::mem::take(&mut self.orders) {
            let fact = match order.settle(&self.layout, &order_no) {
                Ok(None) if !order.is_changed() => continue,
                Ok(None) => None,
                Ok(Some(orders::Stands::Told { fact, content, before })) => {
                    let fact = self.superseding(*fact, &["order", &order_no, &content], before);
                    order.stands(fact.message_id.as_str().to_owned(), content);
                    Some(fact)
                }
                Ok(Some(orders::Stands::Empty { last, before })) => {
                    order.stands_no_more();
                    Some(self.retracting(&last, &["order", &order_no], &before))
                }
                Err(fault) => {
                    self.findings.add(fault.code, || fault.without_row());
                    None
                }
            };
            self.note(orders::note_key(&self.layout, &order_no), &order);
            if let Some(fact) = fact {
                self.add(fact);
            }
        }
    }

    fn known<T: serde::de::DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, Refusal> {
        let note = match self.notes.get(key) {
            Some(note) => Some(note.clone()),
            None => self.facts.note(key).map_err(Refusal::storage)?,
        };
        let Some(note) = note else { return Ok(None) };
        serde_json::from_slice(&note).map(Some).map_err(Refusal::storage)
    }

    fn note(&mut self, key: Vec<u8>, value: &impl Serialize) {
        let value = serde_json::to_vec(value).unwrap_or_else(|error| unreachable!("notes are plain data: {error}"));
        self.notes.insert(key, value);
    }

    /// What has come together, with what is to be remembered of it.
    pub(crate) fn batch(&mut self) -> FactBatch {
        self.settle_orders();
        self.seen.clear();
        self.waiting = 0;
        let notes = std::mem::take(&mut self.notes).into_iter().collect();
        FactBatch { notes, ..std::mem::take(&mut self.batch) }
    }

    /// Hands over what has come together, with a note of how far the source has been read, as one synced change.
    pub(crate) fn hand_over(&mut self, state: Option<(Vec<u8>, Vec<u8>)>) -> Result<(), Refusal> {
        let mut batch = self.batch();
        if self.manner.is_dry {
            self.appended += batch.facts.len() as u64;
            return Ok(());
        }
        batch.notes.extend(state);
        if batch.facts.is_empty() && batch.notes.is_empty() && batch.held.is_empty() {
            return Ok(());
        }
        let now = self.manner.now;
        let mut waits = 0;
        let report = loop {
            let handed = match self.manner.is_backfill {
                true => self.facts.load(batch.clone(), now),
                false => self.facts.append(batch.clone(), now),
            };
            match handed {
                // What came before is still being put away: a source can wait.
                Err(error) if error.is_busy() && waits < BUSY_WAITS => {
                    waits += 1;
                    std::thread::sleep(BUSY_WAIT);
                }
                handed => break handed.map_err(Refusal::storage)?,
            }
        };
        self.appended += report.appended;
        self.conflicts += report.conflicts;
        if let Some(moment) = report.earliest_changed {
            self.earliest = Some(self.earliest.map_or(moment, |known| known.min(moment)));
        }
        Ok(())
    }

    pub(crate) fn into_findings(self) -> (Vec<Finding>, BTreeMap<&'static str, u64>) {
        self.findings.into_parts()
    }
}

/// What a fact says, in sixteen bytes: all of it but its ids and when it became known.
pub(crate) fn content_of(fact: &Fact) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut put = |part: Option<&str>| {
        hasher.update(&part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
        hasher.update(part.unwrap_or_default().as_bytes());
    };
    put(fact.customer_id.as_ref().map(CustomerId::as_str));
    put(fact.actor_id.as_ref().map(ActorId::as_str));
    put(Some(&(fact.kind as u8).to_string()));
    put(Some(&fact.name));
    put(Some(&fact.occurred_at.micros().to_string()));
    put(fact.value.map(|value| value.millionths().to_string()).as_deref());
    put(fact.currency.as_deref());
    put(fact.text.as_deref());
    for (key, value) in &fact.properties {
        put(Some(key));
        put(value.as_deref());
    }
    hasher.finalize().as_bytes()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}
