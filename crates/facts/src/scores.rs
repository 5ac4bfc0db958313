//! Scores as they were given: a table of the lake, written once per moment and version, never changed.
//!
//! A later look at the past reads them here instead of recomputing them with today's definitions. How a score comes
//! about is none of this room's business.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Int32Array, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{
    DataType, Decimal128Type, Field, Int32Type, Schema, SchemaRef, TimeUnit, TimestampMicrosecondType,
};
use arrow::record_batch::RecordBatch;
use vocab::{CustomerId, Instant};

use crate::columns::VALUE_DIGITS;
use crate::error::{Error, Sort};
use crate::file::{LakeFile, Layout, Looked, sync_folder};
use crate::folder::Facts;
use crate::lake::{month_of, write_file};
use crate::table::{Engine, Table, score_columns};

const ROWS_PER_BATCH: usize = 8_192;
const LAYOUT: Layout = Layout { sorted_by: &[0], unique: &["contributions"], map: None, soon_merged: false };
const COLUMNS: [&str; 10] = [
    "customer_id",
    "as_of",
    "recorded_at",
    "scorecard",
    "version",
    "health",
    "band",
    "coverage",
    "contributions",
    "value",
];

/// A customer's score as it was given at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoreRow {
    /// Whose.
    pub customer_id: CustomerId,
    /// As of when.
    pub as_of: Instant,
    /// When it was written.
    pub recorded_at: Instant,
    /// Id of the scorecard.
    pub scorecard: String,
    /// Hash of the scorecard's and the indicators' definitions.
    pub version: String,
    /// Health in hundredths of a point; `None` where too little was known.
    pub health: Option<i32>,
    /// The band's word.
    pub band: Option<String>,
    /// Share of the weight that was known, in hundredths of a percent, 0 to 10,000.
    pub coverage: i32,
    /// Contributions and reasons, as JSON of the writer's own.
    pub contributions: String,
    /// The customer's value in millionths.
    pub value: Option<i64>,
}

/// The scores table of a data folder.
pub(crate) struct ScoreTable {
    engine: Arc<Engine>,
    table: Mutex<Table>,
    files: Mutex<Vec<Arc<ScoreFile>>>,
}

#[derive(Debug)]
struct ScoreFile {
    name: String,
    file: LakeFile,
}

fn schema() -> SchemaRef {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    let time = |name: &str| Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false);
    Arc::new(Schema::new(vec![
        text("customer_id", false),
        time("as_of"),
        time("recorded_at"),
        text("scorecard", false),
        text("version", false),
        Field::new("health", DataType::Int32, true),
        text("band", true),
        Field::new("coverage", DataType::Int32, false),
        text("contributions", false),
        Field::new("value", DataType::Decimal128(VALUE_DIGITS.0, VALUE_DIGITS.1), true),
    ]))
}

fn to_batch(rows: &[ScoreRow]) -> Result<RecordBatch, Error> {
    let texts = |of: &dyn for<'a> Fn(&'a ScoreRow) -> &'a str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
    };
    let times = |of: &dyn Fn(&ScoreRow) -> Instant| -> ArrayRef {
        let times = TimestampMicrosecondArray::from_iter_values(rows.iter().map(|row| of(row).micros()));
        Arc::new(times.with_timezone("UTC"))
    };
    let unfit = |source| Error::because(Sort::Invalid, "scores do not fit their columns", source);
    let values: Decimal128Array = rows.iter().map(|row| row.value.map(i128::from)).collect();
    let columns: Vec<ArrayRef> = vec![
        texts(&|row| row.customer_id.as_str()),
        times(&|row| row.as_of),
        times(&|row| row.recorded_at),
        texts(&|row| &row.scorecard),
        texts(&|row| &row.version),
        Arc::new(rows.iter().map(|row| row.health).collect::<Int32Array>()),
        Arc::new(rows.iter().map(|row| row.band.as_deref()).collect::<StringArray>()),
        Arc::new(rows.iter().map(|row| Some(row.coverage)).collect::<Int32Array>()),
        texts(&|row| &row.contributions),
        Arc::new(values.with_precision_and_scale(VALUE_DIGITS.0, VALUE_DIGITS.1).map_err(unfit)?),
    ];
    RecordBatch::try_new(schema(), columns).map_err(unfit)
}

fn from_batch(batch: &RecordBatch, rows: &mut Vec<ScoreRow>) -> Result<(), Error> {
    let wrong = || Error::damaged("a file of scores holds other columns than scores have");
    let column = |name: &str| batch.column_by_name(name).ok_or_else(wrong);
    let texts = |name: &str| column(name)?.as_string_opt::<i32>().ok_or_else(wrong);
    let times = |name: &str| column(name)?.as_primitive_opt::<TimestampMicrosecondType>().ok_or_else(wrong);
    let counts = |name: &str| column(name)?.as_primitive_opt::<Int32Type>().ok_or_else(wrong);
    let (customers, as_of, recorded) = (texts("customer_id")?, times("as_of")?, times("recorded_at")?);
    let (scorecards, versions, bands) = (texts("scorecard")?, texts("version")?, texts("band")?);
    let (healths, coverages) = (counts("health")?, counts("coverage")?);
    let values = column("value")?.as_primitive_opt::<Decimal128Type>().ok_or_else(wrong)?;
    let contributions = batch.column_by_name("contributions").and_then(|column| column.as_string_opt::<i32>());
    for place in 0..batch.num_rows() {
        let value =
            values.is_valid(place).then(|| i64::try_from(values.value(place))).transpose().map_err(|_| wrong())?;
        rows.push(ScoreRow {
            customer_id: CustomerId::new(customers.value(place)),
            as_of: Instant::from_micros(as_of.value(place)),
            recorded_at: Instant::from_micros(recorded.value(place)),
            scorecard: scorecards.value(place).to_owned(),
            version: versions.value(place).to_owned(),
            health: healths.is_valid(place).then(|| healths.value(place)),
            band: bands.is_valid(place).then(|| bands.value(place).to_owned()),
            coverage: coverages.value(place),
            contributions: contributions.map(|texts| texts.value(place).to_owned()).unwrap_or_default(),
            value,
        });
    }
    Ok(())
}

/// Where the scores of a moment, a scorecard and a version lie: the name itself keeps them from being written twice.
fn name_of(row: &ScoreRow) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [row.scorecard.as_bytes(), row.version.as_bytes()] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let hash = hasher.finalize().to_hex();
    format!("month={}/scores-{}-{}.parquet", month_of(row.as_of), row.as_of.micros(), &hash[..16])
}

impl ScoreTable {
    pub fn open(engine: Arc<Engine>, folder: &Path) -> Result<ScoreTable, Error> {
        let table = Table::open(&engine, folder, score_columns()?, "how customers were, as it was judged then")?;
        table.remove_orphans(&BTreeMap::new())?;
        let files = table.files()?.into_iter().map(|name| ScoreFile::new(folder, name)).collect();
        Ok(ScoreTable { engine, table: Mutex::new(table), files: Mutex::new(files) })
    }

    fn files(&self) -> Vec<Arc<ScoreFile>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn append(&self, parts: &mut dyn Iterator<Item = Vec<ScoreRow>>) -> Result<(), Error> {
        let mut parts = parts.filter(|part| !part.is_empty()).peekable();
        let Some(first) = parts.peek().and_then(|part| part.first()) else { return Ok(()) };
        let (name, as_of) = (name_of(first), first.as_of);
        let stopped =
            |_| Error::new(Sort::Stopped, "an earlier write of scores was broken off; the folder must be opened again");
        let mut table = self.table.lock().map_err(stopped)?;
        table.settle_doubt(&self.engine)?;
        if table.files()?.binary_search(&name).is_ok() {
            return Ok(());
        }
        let batches = parts.map(|mut part| {
            part.sort_by(|a, b| a.customer_id.cmp(&b.customer_id));
            to_batch(&part)
        });
        let count = Cell::new(0);
        let counted = batches.inspect(|batch| count.set(count.get() + batch.as_ref().map_or(0, RecordBatch::num_rows)));
        let stats = || serde_json::json!({ "numRecords": count.get() }).to_string();
        let month = month_of(as_of);
        let new = write_file(table.folder(), name, month, schema(), &LAYOUT, counted, &Vec::new, &stats)?;
        sync_folder(table.folder())?;
        table.commit(&self.engine, std::slice::from_ref(&new), None)?;
        let shown = ScoreFile::new(table.folder(), new.name);
        self.files.lock().unwrap_or_else(PoisonError::into_inner).push(shown);
        Ok(())
    }
}

impl ScoreFile {
    fn new(folder: &Path, name: String) -> Arc<ScoreFile> {
        Arc::new(ScoreFile { file: LakeFile::new(folder.join(&name), None), name })
    }

    /// The moment of its scores, as its name says.
    fn as_of(&self) -> Option<Instant> {
        let rest = self.name.rsplit_once("/scores-")?.1.strip_suffix(".parquet")?;
        rest.rsplit_once('-')?.0.parse().ok().map(Instant::from_micros)
    }
}

impl Facts {
    /// Keeps scores for ever: those of one moment by one scorecard and version, part after part in the order of the customers,
    /// so that a million of them are never in memory at once. They are kept as they were written first: writing them again
    /// adds nothing.
    pub fn append_scores(&self, parts: &mut dyn Iterator<Item = Vec<ScoreRow>>) -> Result<(), Error> {
        self.score_table().append(parts)
    }

    /// Every score a customer was ever given, the latest moment first.
    pub fn scores_of(&self, customer: &CustomerId) -> Result<Vec<ScoreRow>, Error> {
        let mut rows = Vec::new();
        for file in self.score_table().files() {
            let texts = [customer.as_str()];
            let selection = file.file.select(&[Looked { column: "customer_id", texts: &texts, without: None }])?;
            for batch in file.file.read(&COLUMNS, Some(selection), ROWS_PER_BATCH)? {
                from_batch(&batch?, &mut rows)?;
            }
            rows.retain(|row| row.customer_id == *customer);
        }
        rows.sort_by(|a, b| (b.as_of, b.recorded_at, &b.scorecard).cmp(&(a.as_of, a.recorded_at, &a.scorecard)));
        Ok(rows)
    }

    /// The scores of every moment in `[from, to)`, by moment and customer, without their contributions.
    pub fn scores_between(&self, from: Instant, to: Instant) -> Result<Vec<ScoreRow>, Error> {
        let light: Vec<&str> = COLUMNS.into_iter().filter(|column| *column != "contributions").collect();
        let mut rows = Vec::new();
        for file in self.score_table().files() {
            if file.as_of().is_none_or(|as_of| from <= as_of && as_of < to) {
                for batch in file.file.read(&light, None, ROWS_PER_BATCH)? {
                    from_batch(&batch?, &mut rows)?;
                }
            }
        }
        rows.retain(|row| from <= row.as_of && row.as_of < to);
        rows.sort_by(|a, b| (a.as_of, &a.customer_id, a.recorded_at).cmp(&(b.as_of, &b.customer_id, b.recorded_at)));
        Ok(rows)
    }
}
