//! The lake's files: facts by month, each file sorted by customer and time; identity rows; what is remembered of them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::UNIX_EPOCH;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimeUnit, TimestampMicrosecondType};
use arrow::record_batch::RecordBatch;
use parquet::file::metadata::KeyValue;
use vocab::{CustomerId, Instant, SourceName, Zone};

use crate::build::{Override, RowRef};
use crate::columns::{Rows, reading_schema, schema, to_batch};
use crate::digest::{DIGEST, Digest};
use crate::encode::id_hash;
use crate::error::{Error, Sort};
use crate::fact::{Identity, IdentityRole, StoredIdentity};
use crate::file::{self, LakeFile, Layout};
use crate::haul::{MonthRows, Numbered};
use crate::intake::PendingLoad;
use crate::packed::{Packed, PackedRow, Place, places, sort_for_file};
use crate::table::{Engine, NewFile, OldFile, Table, fact_columns, identity_columns};

const ROWS_PER_BATCH: usize = 32_768;
const ROWS_PER_WRITE: usize = 8_192;
/// How long the note may be in which a file says what it says in total.
const DIGEST_BYTES_MAX: usize = 1 << 20;

/// Facts lie sorted by customer (column 1) and time (5); numbers, moments and ids hardly repeat.
pub(crate) const FACT_LAYOUT: Layout = Layout {
    sorted_by: &[1, 2, 5, 0],
    unique: &["number", "occurred_at", "known_at", "message_id", "text"],
    map: Some("properties"),
    soon_merged: false,
};
/// The same of facts that have just come.
const NEW_FACTS: Layout = Layout { soon_merged: true, ..FACT_LAYOUT };
pub(crate) const IDENTITY_LAYOUT: Layout = Layout { sorted_by: &[], unique: &[], map: None, soon_merged: false };

/// The first and the last microsecond of the years -9999 and 9999.
const FIRST_MICROS: i64 = -377_705_023_201_000_000;
const LAST_MICROS: i64 = 253_402_207_200_999_999;

/// Before the names of files of identity rows, where files of both tables are listed together.
pub(crate) const OF_IDENTITIES: &str = "identity:";

/// The partition of a file, as written in its path.
pub(crate) fn month_in(name: &str) -> &str {
    name.strip_prefix("month=").and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

/// The month of an instant in UTC, `2025-06`: the partition a row belongs to.
pub(crate) fn month_of(at: Instant) -> String {
    let reading = Zone::utc().civil(at);
    format!("{:04}-{:02}", reading.year, reading.month)
}

/// The same as a number that grows from month to month.
pub(crate) fn month_number(at: Instant) -> i32 {
    // Beyond these no calendar goes.
    let days = at.micros().clamp(FIRST_MICROS, LAST_MICROS).div_euclid(86_400_000_000);
    // Years begin in March here, so that a leap day is the last of its year; an era has 400 of them.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let month = (5 * (day - (365 * year + year / 4 - year / 100)) + 2) / 153;
    ((era * 400 + year) * 12 + month + 2) as i32
}

/// The month of such a number: [`month_of`] of the instants that have it.
pub(crate) fn month_name(number: i32) -> String {
    format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1)
}

/// The two tables that facts and identity rows are moved to, and the names under which that is committed.
pub(crate) struct Lake {
    engine: Arc<Engine>,
    load: String,
    drain: String,
    facts: Table,
    identities: Table,
}

impl Lake {
    /// Opens the tables in `folder`; commits carry the id of the data folder, so that a copied lake is not taken for
    /// one's own.
    pub fn open(engine: Arc<Engine>, folder: &Path, id: &str) -> Result<Lake, Error> {
        let about = "which key leads to which customer";
        Ok(Lake {
            facts: Table::open(&engine, &folder.join("facts"), fact_columns()?, "what happened to customers")?,
            identities: Table::open(&engine, &folder.join("identity"), identity_columns(), about)?,
            load: format!("liuke/{id}/load"),
            drain: format!("liuke/{id}/drain"),
            engine,
        })
    }

    pub fn facts_folder(&self) -> &Path {
        self.facts.folder()
    }

    pub fn identities_folder(&self) -> &Path {
        self.identities.folder()
    }

    /// Names of the files of facts.
    pub fn fact_names(&self) -> Result<Vec<String>, Error> {
        self.facts.files()
    }

    /// Files of facts by their names.
    pub fn fact_files(&self, names: impl Iterator<Item = String>) -> Vec<Arc<FactFile>> {
        names.map(|name| Arc::new(FactFile::new(self.facts.folder(), name))).collect()
    }

    /// Names of the files of identity rows.
    pub fn identity_names(&self) -> Result<Vec<String>, Error> {
        self.identities.files()
    }

    /// Every identity row of the lake, in order of arrival.
    pub fn identities(&self) -> Result<Vec<StoredIdentity>, Error> {
        let mut rows = Vec::new();
        for name in self.identities.files()? {
            rows.extend(read_identities(self.identities.folder(), &name)?);
        }
        rows.sort_unstable_by_key(|stored| stored.number);
        Ok(rows)
    }

    /// Removes what a stopped process has written and never committed, but not the files that left the lake only lately.
    pub fn remove_orphans(&self, kept: &BTreeMap<String, Instant>) -> Result<(), Error> {
        let (mut facts, mut identities) = (BTreeMap::new(), BTreeMap::new());
        for (listed, since) in kept {
            match listed.strip_prefix(OF_IDENTITIES) {
                Some(name) => identities.insert(name.to_owned(), *since),
                None => facts.insert(listed.clone(), *since),
            };
        }
        for (table, kept) in [(&self.facts, &facts), (&self.identities, &identities)] {
            let removed = table.remove_orphans(kept)?;
            if removed > 0 {
                tracing::info!(removed, folder = %table.folder().display(), "removed files that were never committed");
            }
        }
        Ok(())
    }

    /// Commits a load that was acknowledged, unless that is done.
    pub fn commit_pending(&mut self, pending: &PendingLoad) -> Result<(), Error> {
        let committed = self.facts.transaction(&self.engine, &self.load)?;
        match committed.is_some_and(|version| version >= pending.version) {
            true => Ok(()),
            false => self.facts.commit(&self.engine, &pending.files, Some((&self.load, pending.version))),
        }
    }

    pub fn commit_drained_facts(&mut self, files: &[NewFile], last: u64) -> Result<(), Error> {
        self.facts.commit(&self.engine, files, Some((&self.drain, last as i64)))
    }

    pub fn commit_compacted(&mut self, old: &[OldFile], new: &NewFile, at: Instant) -> Result<(), Error> {
        self.facts.replace(&self.engine, old, new, at)
    }

    pub fn commit_compacted_identities(&mut self, old: &[OldFile], new: &NewFile, at: Instant) -> Result<(), Error> {
        self.identities.replace(&self.engine, old, new, at)
    }

    pub fn commit_drained_identities(&mut self, files: &[NewFile], last: u64) -> Result<(), Error> {
        self.identities.commit(&self.engine, files, Some((&self.drain, last as i64)))
    }

    /// Numbers up to which the lake has the log's facts and identity rows.
    pub fn drained(&mut self) -> Result<(u64, u64), Error> {
        let facts = self.facts.transaction(&self.engine, &self.drain)?;
        let identities = self.identities.transaction(&self.engine, &self.drain)?;
        let number = |version: Option<i64>| version.map_or(0, |version| version as u64);
        Ok((number(facts), number(identities)))
    }
}

/// A file of the facts table.
#[derive(Debug)]
pub(crate) struct FactFile {
    pub name: String,
    pub file: LakeFile,
    overrides: OnceLock<Vec<Override>>,
    digest: OnceLock<Arc<Digest>>,
}

impl FactFile {
    pub fn new(table: &Path, name: String) -> FactFile {
        let file = LakeFile::new(table.join(&name), Some(reading_schema()));
        FactFile { name, file, overrides: OnceLock::new(), digest: OnceLock::new() }
    }

    /// Its partition, as written in its path.
    pub fn month(&self) -> &str {
        month_in(&self.name)
    }

    /// Corrections and retractions in it.
    pub fn overrides(&self) -> Result<&[Override], Error> {
        if let Some(overrides) = self.overrides.get() {
            return Ok(overrides);
        }
        let mut found = Vec::new();
        if !(self.file.is_empty_column("supersedes")? && self.file.is_empty_column("retracts")?) {
            let columns = ["number", "known_at", "recorded_at", "source", "message_id", "supersedes", "retracts"];
            for batch in self.file.read(&columns, None, ROWS_PER_BATCH)? {
                let rows = Rows::of(&batch?)?;
                found
                    .extend((0..rows.len()).filter_map(|place| override_of(&rows.row(place), rows.recorded_at(place))));
            }
        }
        Ok(self.overrides.get_or_init(|| found))
    }

    /// What it says in total.
    pub fn digest(&self) -> Result<&Arc<Digest>, Error> {
        if let Some(digest) = self.digest.get() {
            return Ok(digest);
        }
        let noted = self.file.note(DIGEST)?.and_then(Digest::from_json);
        let digest = Arc::new(match noted {
            Some(digest) => digest,
            None => self.digest_before(Instant::MAX)?,
        });
        Ok(self.digest.get_or_init(|| digest))
    }

    /// What the rows say in total that were written before a moment.
    pub fn digest_before(&self, recorded_before: Instant) -> Result<Digest, Error> {
        let columns = ["kind", "name", "occurred_at", "known_at", "recorded_at", "source", "retracts"];
        let mut digest = Digest::default();
        for batch in self.file.read(&columns, None, ROWS_PER_BATCH)? {
            let rows = Rows::of(&batch?)?;
            for place in 0..rows.len() {
                let recorded_at = rows.recorded_at(place);
                if recorded_at < recorded_before {
                    digest.add(&rows.row(place), recorded_at);
                }
            }
        }
        Ok(digest)
    }

    /// Whether every row was written before a moment.
    pub fn is_recorded_before(&self, moment: Instant) -> Result<bool, Error> {
        Ok(self.file.bounds("recorded_at")?.is_some_and(|(_, last)| last < moment.micros()))
    }
}

/// The correction or retraction that a row is, if it is one. A row that speaks of itself says nothing.
pub(crate) fn override_of(row: &RowRef<'_>, recorded_at: Instant) -> Option<Override> {
    let target = row.supersedes.or(row.retracts).filter(|target| *target != row.message_id)?;
    Some(Override {
        target: id_hash(row.source, target),
        known_at: row.known_at.micros(),
        recorded_at: recorded_at.micros(),
        number: row.number,
    })
}

/// Writes facts as one synced file per month; nobody sees them until they are committed.
pub(crate) fn write_facts(table: &Path, prefix: &str, runs: &[Arc<Packed>]) -> Result<Vec<NewFile>, Error> {
    let mut by_month: BTreeMap<i32, Vec<Place<'_>>> = BTreeMap::new();
    for place in places(runs) {
        by_month.entry(month_number(place.order.occurred_at())).or_default().push(place);
    }
    let mut files = Vec::new();
    for (month, mut rows) in by_month {
        sort_for_file(&mut rows);
        let first = rows.iter().map(|place| place.order.number()).min().unwrap_or_default();
        let month = month_name(month);
        let name = format!("month={month}/{prefix}-{first:020}.parquet");
        let batches = rows.chunks(ROWS_PER_WRITE).map(|chunk| {
            let rows: Vec<PackedRow<'_>> = chunk.iter().filter_map(|place| place.read(runs)).collect();
            to_batch(&rows)
        });
        files.push(write_fact_file(table, name, month, &NEW_FACTS, batches)?);
    }
    sync_folder(table)?;
    Ok(files)
}

/// The same of a haul, merged month by month; while the disk takes the file of one, the next is put together.
pub(crate) fn write_haul(table: &Path, haul: &Numbered) -> Result<Vec<NewFile>, Error> {
    let months = haul.months();
    let is_one = months.len() < 2;
    let months = Mutex::new(months.into_iter());
    let next = || months.lock().unwrap_or_else(PoisonError::into_inner).next();
    let write = || {
        let mut files = Vec::new();
        while let Some((month, rows)) = next() {
            files.extend(write_month(table, haul.first_number, month, rows)?);
        }
        Ok::<_, Error>(files)
    };
    let (own, others) = std::thread::scope(|scope| {
        let other = (!is_one).then(|| scope.spawn(write));
        (write(), other.map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic))))
    });
    let mut files = own?;
    files.extend(others.transpose()?.unwrap_or_default());
    files.sort_by(|one, other| one.name.cmp(&other.name));
    sync_folder(table)?;
    Ok(files)
}

/// The file of one month of a haul, if any of its facts is taken.
fn write_month(
    table: &Path,
    first_number: u64,
    month: String,
    mut rows: MonthRows<'_>,
) -> Result<Option<NewFile>, Error> {
    let totals = RefCell::new(Totals::default());
    let mut next = || rows.next(&mut |fact| totals.borrow_mut().add(&fact.row, fact.recorded_at));
    let Some(first) = next()? else { return Ok(None) };
    let batches = std::iter::once(Ok(first)).chain(std::iter::from_fn(|| next().transpose()));
    let name = format!("month={month}/load-{first_number:020}.parquet");
    write_counted(table, name, month, &NEW_FACTS, batches, &totals).map(Some)
}

/// What a file notes of its facts while they are written.
#[derive(Default)]
struct Totals {
    digest: Digest,
    stats: Stats,
}

impl Totals {
    fn add(&mut self, row: &RowRef<'_>, recorded_at: Instant) {
        self.digest.add(row, recorded_at);
        self.stats.add(row, recorded_at);
    }
}

/// Writes sorted facts that are counted on their way as one synced file, which notes what it says in total.
fn write_counted(
    table: &Path,
    name: String,
    month: String,
    layout: &Layout,
    batches: impl Iterator<Item = Result<RecordBatch, Error>>,
    totals: &RefCell<Totals>,
) -> Result<NewFile, Error> {
    let notes = || {
        let digest = totals.borrow().digest.to_json().filter(|text| text.len() <= DIGEST_BYTES_MAX);
        digest.map(|text| KeyValue::new(DIGEST.to_owned(), text)).into_iter().collect()
    };
    write_file(table, name, month, schema(), layout, batches, &notes, &|| totals.borrow().stats.to_json())
}

/// Writes sorted facts as one synced file, which notes what it says in total.
pub(crate) fn write_fact_file(
    table: &Path,
    name: String,
    month: String,
    layout: &Layout,
    batches: impl Iterator<Item = Result<RecordBatch, Error>>,
) -> Result<NewFile, Error> {
    let totals = RefCell::new(Totals::default());
    let counted = batches.map(|batch| {
        let batch = batch?;
        let rows = Rows::of(&batch)?;
        let totals = &mut *totals.borrow_mut();
        (0..rows.len()).for_each(|place| totals.add(&rows.row(place), rows.recorded_at(place)));
        Ok(batch)
    });
    write_counted(table, name, month, layout, counted, &totals)
}

fn sync_folder(table: &Path) -> Result<(), Error> {
    file::sync_folder(table)
}

/// Writes one file of a table in its month's folder, synced with its name; notes and Delta's statistics are asked for
/// when every batch is written.
#[allow(clippy::too_many_arguments)]
pub(crate) fn write_file(
    table: &Path,
    name: String,
    month: String,
    schema: SchemaRef,
    layout: &Layout,
    batches: impl Iterator<Item = Result<RecordBatch, Error>>,
    notes: &dyn Fn() -> Vec<KeyValue>,
    stats: &dyn Fn() -> String,
) -> Result<NewFile, Error> {
    let path = table.join(&name);
    let folder = table.join(format!("month={month}"));
    std::fs::create_dir_all(&folder).map_err(|source| Error::io("make", &folder, source))?;
    let size = file::write(&path, schema, layout, batches, notes)?;
    sync_folder(&folder)?;
    let modified = std::fs::metadata(&path).and_then(|metadata| metadata.modified());
    let modified = modified.map_err(|source| Error::io("read", &path, source))?;
    let written_at = modified.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    Ok(NewFile { name, month, size, written_at, stats: stats() })
}

/// Delta's statistics of a file: other readers skip files by them. Instants are cut to milliseconds, outwards.
#[derive(Default)]
struct Stats {
    rows: u64,
    /// Smallest and largest number, occurred_at, known_at, recorded_at.
    bounds: Option<[(i64, i64); 4]>,
    customers: Option<(String, String)>,
    without: [u64; 3],
}

impl Stats {
    fn add(&mut self, row: &RowRef<'_>, recorded_at: Instant) {
        self.rows += 1;
        let values = [row.number as i64, row.occurred_at.micros(), row.known_at.micros(), recorded_at.micros()];
        let bounds = self.bounds.get_or_insert(values.map(|value| (value, value)));
        for ((low, high), value) in bounds.iter_mut().zip(values) {
            (*low, *high) = ((*low).min(value), (*high).max(value));
        }
        for (count, text) in self.without.iter_mut().zip([row.customer_id, row.supersedes, row.retracts]) {
            *count += u64::from(text.is_none());
        }
        if let Some(customer) = row.customer_id {
            match &mut self.customers {
                None => self.customers = Some((customer.to_owned(), customer.to_owned())),
                Some((first, last)) => {
                    if customer < first.as_str() {
                        customer.clone_into(first);
                    }
                    if customer > last.as_str() {
                        customer.clone_into(last);
                    }
                }
            }
        }
    }

    fn to_json(&self) -> String {
        let [numbers, occurred, known, recorded] = self.bounds.unwrap_or_default();
        let (low, high) = (|at: i64| milliseconds(at, 0), |at: i64| milliseconds(at, 999));
        let mut min = serde_json::json!({
            "number": numbers.0, "occurred_at": low(occurred.0), "known_at": low(known.0), "recorded_at": low(recorded.0),
        });
        let mut max = serde_json::json!({
            "number": numbers.1, "occurred_at": high(occurred.1), "known_at": high(known.1),
            "recorded_at": high(recorded.1),
        });
        if let Some((first, last)) = &self.customers {
            min["customer_id"] = first.as_str().into();
            max["customer_id"] = last.as_str().into();
        }
        let nulls = serde_json::json!({
            "number": 0, "occurred_at": 0, "known_at": 0, "recorded_at": 0,
            "customer_id": self.without[0], "supersedes": self.without[1], "retracts": self.without[2],
        });
        serde_json::json!({ "numRecords": self.rows, "minValues": min, "maxValues": max, "nullCount": nulls })
            .to_string()
    }
}

/// An instant in milliseconds, as Delta writes it; `round_up` is 0 or 999.
fn milliseconds(micros: i64, round_up: i64) -> String {
    let cut = micros.saturating_add(round_up).div_euclid(1000);
    let reading = Zone::utc().civil(Instant::from_micros(cut.saturating_mul(1000)));
    let (date, time) = ((reading.year, reading.month, reading.day), (reading.hour, reading.minute, reading.second));
    let milli = reading.micro / 1000;
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{milli:03}Z", date.0, date.1, date.2, time.0, time.1, time.2)
}

/// The columns of identity rows as they lie in a file; the month is in the path.
pub(crate) fn identity_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let time = |name: &str| Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false);
    let number = Field::new("number", DataType::Int64, false);
    let fields = vec![
        number,
        text("key"),
        text("customer_id"),
        text("role"),
        time("known_at"),
        time("recorded_at"),
        text("source"),
        Field::new("supersedes", DataType::Utf8, true),
    ];
    Arc::new(Schema::new(fields))
}

/// Writes identity rows as one synced file in the month of the first one's writing.
pub(crate) fn write_identities(table: &Path, rows: &[&StoredIdentity]) -> Result<Vec<NewFile>, Error> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let month = month_of(first.recorded_at);
    let name = format!("month={month}/live-{:020}.parquet", first.number);
    let texts = |of: &dyn for<'a> Fn(&'a StoredIdentity) -> &'a str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| of(row))))
    };
    let times = |of: &dyn Fn(&StoredIdentity) -> Instant| -> ArrayRef {
        let times = TimestampMicrosecondArray::from_iter_values(rows.iter().map(|row| of(row).micros()));
        Arc::new(times.with_timezone("UTC"))
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.number as i64))),
        texts(&|row| &row.identity.key),
        texts(&|row| row.identity.customer_id.as_str()),
        texts(&|row| row.identity.role.as_str()),
        times(&StoredIdentity::known_at),
        times(&|row| row.recorded_at),
        texts(&|row| row.identity.source.as_str()),
        Arc::new(
            rows.iter().map(|row| row.identity.supersedes.as_ref().map(CustomerId::as_str)).collect::<StringArray>(),
        ),
    ];
    let batch = RecordBatch::try_new(identity_schema(), columns)
        .map_err(|source| Error::because(Sort::Invalid, "identity rows do not fit their columns", source));
    let stats = || serde_json::json!({ "numRecords": rows.len() }).to_string();
    let batches = std::iter::once(batch);
    let file = write_file(table, name, month, identity_schema(), &IDENTITY_LAYOUT, batches, &Vec::new, &stats)?;
    sync_folder(table)?;
    Ok(vec![file])
}

/// Reads a file of the identity table.
fn read_identities(table: &Path, name: &str) -> Result<Vec<StoredIdentity>, Error> {
    let file = LakeFile::new(table.join(name), None);
    let wrong = || Error::damaged(format!("{} holds other columns than identity rows have", file.path().display()));
    let mut rows = Vec::new();
    let columns = ["number", "key", "customer_id", "role", "known_at", "recorded_at", "source", "supersedes"];
    for batch in file.read(&columns, None, ROWS_PER_BATCH)? {
        let batch = batch?;
        let column = |name: &str| batch.column_by_name(name).ok_or_else(wrong);
        let texts = |name: &str| column(name)?.as_string_opt::<i32>().ok_or_else(wrong);
        let times = |name: &str| column(name)?.as_primitive_opt::<TimestampMicrosecondType>().ok_or_else(wrong);
        let numbers = column("number")?.as_primitive_opt::<Int64Type>().ok_or_else(wrong)?;
        let (keys, customers, roles) = (texts("key")?, texts("customer_id")?, texts("role")?);
        let (known, recorded, sources) = (times("known_at")?, times("recorded_at")?, texts("source")?);
        // Files of the first version have no such column.
        let supersedes = batch.column_by_name("supersedes").and_then(|column| column.as_string_opt::<i32>());
        for place in 0..batch.num_rows() {
            let role = match roles.value(place) {
                "same_as" => IdentityRole::SameAs,
                "member_of" => IdentityRole::MemberOf,
                _ => return Err(wrong()),
            };
            let identity = Identity {
                key: keys.value(place).to_owned(),
                customer_id: CustomerId::new(customers.value(place)),
                role,
                known_at: Some(Instant::from_micros(known.value(place))),
                source: SourceName::new(sources.value(place)),
                supersedes: supersedes.and_then(|ended| ended.is_valid(place).then(|| ended.value(place).into())),
            };
            let recorded_at = Instant::from_micros(recorded.value(place));
            rows.push(StoredIdentity { number: numbers.value(place) as u64, recorded_at, identity });
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_month_has_the_same_name_by_its_number(micros in prop_oneof![any::<i64>(), -4e15 as i64..4e15 as i64]) {
            let at = Instant::from_micros(micros);
            prop_assert_eq!(month_name(month_number(at)), month_of(at));
        }
    }

    #[test]
    fn the_first_and_the_last_day_of_a_month_are_in_it() {
        for day in ["2024-02-29", "2024-03-01", "1900-02-28", "2000-02-29", "1970-01-01", "1969-12-31", "2025-12-31"] {
            let at = Zone::utc().parse(day).unwrap();
            assert_eq!(month_name(month_number(at)), day[..7]);
            assert_eq!(month_name(month_number(at.plus_days(1).plus_micros(-1))), day[..7]);
        }
        for at in [Instant::MIN, Instant::MAX, Instant::from_micros(FIRST_MICROS), Instant::from_micros(LAST_MICROS)] {
            assert_eq!(month_name(month_number(at)), month_of(at));
        }
    }
}
