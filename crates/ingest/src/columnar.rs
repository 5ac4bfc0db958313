//! Parquet files, row by row, each value written as text.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch, RecordBatchReader};
use arrow::datatypes::{
    DataType, Date32Type, Float32Type, Float64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use vocab::{Instant, Zone};

use crate::number;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::table::Flow;

/// Rows that are decoded at once: fewer where they are long.
const BATCH: usize = 4096;
const BATCH_BYTES: i64 = 4 * 1024 * 1024;

fn open(path: &Path) -> Result<ParquetRecordBatchReader, Refusal> {
    let file = File::open(path).map_err(|error| Refusal::unreadable(path, "Parquet", error))?;
    guarded(path, || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string())?;
        let groups = builder.metadata().row_groups();
        let bytes = groups.iter().map(|group| group.total_byte_size() / group.num_rows().max(1)).max().unwrap_or(0);
        let rows = (BATCH_BYTES / bytes.max(1)).clamp(16, BATCH as i64) as usize;
        builder.with_batch_size(rows).build().map_err(|error| error.to_string())
    })
}

fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T, String>) -> Result<T, Refusal> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| Refusal::unreadable(path, "Parquet", error)),
        Err(_) => Err(Refusal::unreadable(path, "Parquet", "damaged")),
    }
}

/// The header as row 1, then every row of the file.
pub(crate) fn rows(path: &Path, visit: &mut dyn FnMut(&mut Record) -> Result<Flow, Refusal>) -> Result<(), Refusal> {
    let mut reader = open(path)?;
    let mut record = Record::default();
    record.clear(1);
    for field in reader.schema().fields() {
        record.push(field.name());
    }
    if visit(&mut record)? == Flow::Stop {
        return Ok(());
    }
    let mut row = 1;
    loop {
        let next = guarded(path, || reader.next().transpose().map_err(|error| error.to_string()))?;
        let Some(batch) = next else { return Ok(()) };
        let writers = writers(&batch).map_err(|error| Refusal::unreadable(path, "Parquet", error))?;
        for position in 0..batch.num_rows() {
            row += 1;
            record.clear(row);
            for writer in &writers {
                record.push(&writer(position));
            }
            if visit(&mut record)? == Flow::Stop {
                return Ok(());
            }
        }
    }
}

type Writer<'a> = Box<dyn Fn(usize) -> String + 'a>;

fn writers(batch: &RecordBatch) -> Result<Vec<Writer<'_>>, String> {
    batch.columns().iter().map(|column| writer(column.as_ref())).collect()
}

fn writer(array: &dyn Array) -> Result<Writer<'_>, String> {
    fn or_empty<'a>(array: &'a dyn Array, write: impl Fn(usize) -> String + 'a) -> Writer<'a> {
        Box::new(move |row| if array.is_null(row) { String::new() } else { write(row) })
    }
    let float = |value: f64| number::canonical(&value.to_string()).to_owned();
    Ok(match array.data_type() {
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            or_empty(array, |row| texts.value(row).to_owned())
        }
        DataType::Float64 => {
            let values = array.as_primitive::<Float64Type>();
            or_empty(array, move |row| float(values.value(row)))
        }
        DataType::Float32 => {
            let values = array.as_primitive::<Float32Type>();
            or_empty(array, |row| number::canonical(&values.value(row).to_string()).to_owned())
        }
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>();
            or_empty(array, |row| moment(i64::from(days.value(row)).saturating_mul(86_400_000_000), false))
        }
        DataType::Timestamp(unit, zone) => {
            let zoned = zone.is_some();
            match unit {
                TimeUnit::Second => {
                    let values = array.as_primitive::<TimestampSecondType>();
                    or_empty(array, move |row| moment(values.value(row).saturating_mul(1_000_000), zoned))
                }
                TimeUnit::Millisecond => {
                    let values = array.as_primitive::<TimestampMillisecondType>();
                    or_empty(array, move |row| moment(values.value(row).saturating_mul(1000), zoned))
                }
                TimeUnit::Microsecond => {
                    let values = array.as_primitive::<TimestampMicrosecondType>();
                    or_empty(array, move |row| moment(values.value(row), zoned))
                }
                TimeUnit::Nanosecond => {
                    let values = array.as_primitive::<TimestampNanosecondType>();
                    or_empty(array, move |row| moment(values.value(row).div_euclid(1000), zoned))
                }
            }
        }
        DataType::Decimal128(..) | DataType::Decimal256(..) => {
            let values = ArrayFormatter::try_new(array, &FormatOptions::new()).map_err(|error| error.to_string())?;
            or_empty(array, move |row| number::canonical(&values.value(row).to_string()).to_owned())
        }
        _ => {
            static OPTIONS: FormatOptions<'static> = FormatOptions::new();
            let values = ArrayFormatter::try_new(array, &OPTIONS).map_err(|error| error.to_string())?;
            or_empty(array, move |row| values.value(row).to_string())
        }
    })
}

/// A moment with a zone as RFC 3339, one without as a wall-clock reading.
fn moment(micros: i64, zoned: bool) -> String {
    let instant = Instant::from_micros(micros);
    if zoned {
        return instant.to_string();
    }
    let utc = Zone::utc();
    let civil = utc.civil(instant);
    match (civil.hour, civil.minute, civil.second, civil.micro) {
        (0, 0, 0, 0) => utc.date(instant),
        (_, _, _, 0) => utc.date_time(instant),
        _ => format!("{}.{:06}", utc.date_time(instant), civil.micro),
    }
}
