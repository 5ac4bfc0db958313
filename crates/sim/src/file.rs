//! A world as files: `facts.parquet` with the columns of the lake, and the truth beside it.

use std::fmt;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Builder, Float64Array, Int64Array, MapBuilder, MapFieldNames,
    RecordBatch, StringArray, StringBuilder, TimestampMicrosecondArray, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use facts::Fact;
use vocab::Instant;

use crate::truth::Truth;
use crate::world::World;

const ROWS_PER_GROUP: usize = 131_072;

/// How far writing has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Days lived.
    pub days_done: u32,
    /// Days there are.
    pub days: u32,
    /// Facts written.
    pub facts: u64,
}

/// A world that could not be written.
#[derive(Debug)]
pub struct Error {
    doing: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write {}", self.doing)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

fn failed<E: Into<Box<dyn std::error::Error + Send + Sync>>>(path: &Path) -> impl FnOnce(E) -> Error {
    let doing = path.display().to_string();
    move |error| Error { doing, source: error.into() }
}

impl World {
    /// Lives whatever days are left and writes `OUT/facts.parquet` and `OUT/truth/*.parquet`; memory stays bounded by
    /// a row group. Existing files of those names are replaced.
    ///
    /// The file is a record, not the post: nothing is in it twice, rows stand in the order in which they arrived, and
    /// `recorded_at` is the moment of arrival; `number` counts from 1.
    pub fn write(&mut self, out: &Path, progress: &mut dyn FnMut(Progress)) -> Result<Progress, Error> {
        let truth_dir = out.join("truth");
        fs::create_dir_all(&truth_dir).map_err(failed(&truth_dir))?;
        let path = out.join("facts.parquet");
        let mut writer = open(&path, facts_schema())?;
        let mut rows = FactRows::default();
        let mut done = Progress { days_done: self.days_lived(), days: self.spec().days, facts: 0 };
        while !self.is_over() {
            for fact in self.advance_record(7) {
                rows.push(&fact);
                done.facts += 1;
            }
            if rows.count >= ROWS_PER_GROUP / 2 {
                writer.write(&rows.finish().map_err(failed(&path))?).map_err(failed(&path))?;
            }
            done.days_done = self.days_lived();
            progress(done);
        }
        writer.write(&rows.finish().map_err(failed(&path))?).map_err(failed(&path))?;
        writer.close().map_err(failed(&path))?;
        write_truth(&self.truth(), &truth_dir)?;
        Ok(done)
    }
}

fn open(path: &Path, schema: SchemaRef) -> Result<ArrowWriter<File>, Error> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        .build();
    let file = File::create(path).map_err(failed(path))?;
    ArrowWriter::try_new(file, schema, Some(properties)).map_err(failed(path))
}

fn instant_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn facts_schema() -> SchemaRef {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    let entries =
        Field::new("key_value", DataType::Struct(vec![text("key", false), text("value", true)].into()), false);
    Arc::new(Schema::new(vec![
        Field::new("number", DataType::Int64, false),
        text("customer_id", true),
        text("actor_id", true),
        text("kind", false),
        text("name", false),
        Field::new("occurred_at", instant_type(), false),
        Field::new("known_at", instant_type(), false),
        Field::new("recorded_at", instant_type(), false),
        Field::new("value", DataType::Decimal128(VALUE_PRECISION, 6), true),
        text("currency", true),
        text("text", true),
        Field::new("properties", DataType::Map(Arc::new(entries), false), true),
        text("source", false),
        text("message_id", false),
        text("supersedes", true),
        text("retracts", true),
    ]))
}

const VALUE_PRECISION: u8 = 19;

/// Facts on their way into columns.
struct FactRows {
    first_number: usize,
    count: usize,
    texts: [StringBuilder; 10],
    instants: [TimestampMicrosecondBuilder; 3],
    values: Decimal128Builder,
    properties: MapBuilder<StringBuilder, StringBuilder>,
}

impl Default for FactRows {
    fn default() -> Self {
        let names = MapFieldNames { entry: "key_value".into(), key: "key".into(), value: "value".into() };
        Self {
            first_number: 1,
            count: 0,
            texts: Default::default(),
            instants: std::array::from_fn(|_| TimestampMicrosecondBuilder::new().with_timezone("UTC")),
            values: Decimal128Builder::new().with_data_type(DataType::Decimal128(VALUE_PRECISION, 6)),
            properties: MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new()),
        }
    }
}

impl FactRows {
    fn push(&mut self, fact: &Fact) {
        self.count += 1;
        let texts = [
            fact.customer_id.as_ref().map(|id| id.as_str()),
            fact.actor_id.as_ref().map(|id| id.as_str()),
            Some(fact.kind.as_str()),
            Some(fact.name.as_str()),
            fact.currency.as_deref(),
            fact.text.as_deref(),
            Some(fact.source.as_str()),
            Some(fact.message_id.as_str()),
            fact.supersedes.as_ref().map(|id| id.as_str()),
            fact.retracts.as_ref().map(|id| id.as_str()),
        ];
        for (builder, text) in self.texts.iter_mut().zip(texts) {
            builder.append_option(text);
        }
        let known_at = fact.known_at.unwrap_or(fact.occurred_at);
        for (builder, instant) in self.instants.iter_mut().zip([fact.occurred_at, known_at, known_at]) {
            builder.append_value(instant.micros());
        }
        self.values.append_option(fact.value.map(|value| value.millionths()));
        for (key, value) in &fact.properties {
            self.properties.keys().append_value(key);
            self.properties.values().append_option(value.as_deref());
        }
        // Keys and values grow together: the entry is always whole.
        let whole = self.properties.append(true);
        debug_assert!(whole.is_ok());
    }

    fn finish(&mut self) -> Result<RecordBatch, arrow::error::ArrowError> {
        let numbers = self.first_number..self.first_number + self.count;
        self.first_number = numbers.end;
        self.count = 0;
        let numbers = Arc::new(Int64Array::from_iter_values(numbers.map(|number| number as i64))) as ArrayRef;
        let [customer, actor, kind, name, currency, text, source, message_id, supersedes, retracts] =
            self.texts.each_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let [occurred_at, known_at, recorded_at] =
            self.instants.each_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let value = Arc::new(self.values.finish()) as ArrayRef;
        let properties = Arc::new(self.properties.finish()) as ArrayRef;
        let columns = vec![
            numbers,
            customer,
            actor,
            kind,
            name,
            occurred_at,
            known_at,
            recorded_at,
            value,
            currency,
            text,
            properties,
            source,
            message_id,
            supersedes,
            retracts,
        ];
        RecordBatch::try_new(facts_schema(), columns)
    }
}

/// One table of the truth: named columns of equal length.
fn write_table(path: &Path, columns: Vec<(&str, ArrayRef)>) -> Result<(), Error> {
    let batch = RecordBatch::try_from_iter(columns).map_err(failed(path))?;
    let mut writer = open(path, batch.schema())?;
    writer.write(&batch).map_err(failed(path))?;
    writer.close().map_err(failed(path))?;
    Ok(())
}

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(texts))
}

fn numbers(numbers: impl Iterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(numbers))
}

fn flags(flags: impl Iterator<Item = bool>) -> ArrayRef {
    Arc::new(flags.map(Some).collect::<BooleanArray>())
}

fn instants(instants: impl Iterator<Item = Instant>) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from_iter_values(instants.map(Instant::micros)).with_timezone("UTC"))
}

/// Dates of the firm's calendar, from `YYYY-MM-DD`.
fn dates<'a>(dates: impl Iterator<Item = &'a str>) -> ArrayRef {
    let utc = vocab::Zone::utc();
    Arc::new(dates.map(|date| utc.parse(date).ok().map(|at| utc.day_number(at) as i32)).collect::<Date32Array>())
}

fn write_truth(truth: &Truth, dir: &Path) -> Result<(), Error> {
    let all = &truth.customers;
    write_table(
        &dir.join("customers.parquet"),
        vec![
            ("customer_id", texts(all.iter().map(|row| row.customer_id.as_str()))),
            ("joined_on", dates(all.iter().map(|row| row.joined_on.as_str()))),
            ("satisfaction_mean", numbers(all.iter().map(|row| row.satisfaction_mean))),
            ("price_sensitivity", numbers(all.iter().map(|row| row.price_sensitivity))),
            ("product_fit", numbers(all.iter().map(|row| row.product_fit))),
            ("need", numbers(all.iter().map(|row| row.need))),
            ("response", numbers(all.iter().map(|row| row.response))),
            ("annual_amount", numbers(all.iter().map(|row| row.annual_amount))),
        ],
    )?;
    let all = &truth.hazard;
    write_table(
        &dir.join("hazard.parquet"),
        vec![
            ("customer_id", texts(all.iter().map(|row| row.customer_id.as_str()))),
            ("date", dates(all.iter().map(|row| row.date.as_str()))),
            ("p_30d", numbers(all.iter().map(|row| row.p_30d))),
            ("p_90d", numbers(all.iter().map(|row| row.p_90d))),
            ("main_cause", texts(all.iter().map(|row| row.main_cause.as_str()))),
        ],
    )?;
    let all = &truth.churn;
    write_table(
        &dir.join("churn.parquet"),
        vec![
            ("customer_id", texts(all.iter().map(|row| row.customer_id.as_str()))),
            ("date", dates(all.iter().map(|row| row.date.as_str()))),
            ("cause", texts(all.iter().map(|row| row.cause.as_str()))),
            ("left_at", instants(all.iter().map(|row| row.at))),
            ("voluntary", flags(all.iter().map(|row| row.cause.is_voluntary()))),
        ],
    )?;
    let all = &truth.effects;
    write_table(
        &dir.join("effects.parquet"),
        vec![
            ("customer_id", texts(all.iter().map(|row| row.customer_id.as_str()))),
            ("date", dates(all.iter().map(|row| row.date.as_str()))),
            ("treatment", texts(all.iter().map(|row| row.treatment))),
            ("p_90d_untreated", numbers(all.iter().map(|row| row.p_90d_untreated))),
            ("p_90d_treated", numbers(all.iter().map(|row| row.p_90d_treated))),
            ("effect", numbers(all.iter().map(|row| row.effect()))),
            ("leaves_untreated", flags(all.iter().map(|row| row.leaves_untreated))),
            ("leaves_treated", flags(all.iter().map(|row| row.leaves_treated))),
        ],
    )
}
