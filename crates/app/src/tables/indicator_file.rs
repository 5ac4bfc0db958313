//! Answers as a Parquet file, encoded by several cores: each makes whole row groups and only appends them in turn.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{ArrayRef, Float64Array, Float64Builder, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::record_batch::RecordBatch;
use indicators::{Cell, IndicatorFrame};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

use crate::error::Error;

/// Rows of a row group.
const ROWS: usize = 65_536;
/// So few rows are one row group, whoever else has nothing to do.
const FEW: usize = 8_192;

/// Rows of each row group where so many cores make them: as many groups for each core.
fn rows_of_group(rows: usize, threads: usize) -> usize {
    match rows <= FEW {
        true => FEW,
        false => rows.div_ceil(rows.div_ceil(ROWS).next_multiple_of(threads.max(1))),
    }
}

type Out<'w> = &'w mut (dyn Write + Send);

/// A Parquet file that takes answers from several threads.
pub(crate) struct Sink<'w> {
    schema: SchemaRef,
    dated: bool,
    reasons: bool,
    factory: ArrowRowGroupWriterFactory,
    pending: Mutex<Vec<RecordBatch>>,
    file: Mutex<SerializedFileWriter<Out<'w>>>,
    failure: Mutex<Option<Error>>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'w> Sink<'w> {
    /// A file with a column per indicator; with the moment in each row if `dated`.
    pub(crate) fn new(ids: &[String], dated: bool, reasons: bool, to: Out<'w>) -> Result<Self, Error> {
        let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let mut fields = vec![Field::new("customer_id", DataType::Utf8, false)];
        if dated {
            fields.push(Field::new("as_of", time, false));
        }
        for id in ids {
            fields.push(Field::new(id, DataType::Float64, true));
            if reasons {
                fields.push(Field::new(format!("{id}__unknown"), DataType::Utf8, true));
            }
        }
        let schema = Arc::new(Schema::new(fields));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_column_dictionary_enabled("customer_id".into(), false)
            .build();
        let writer = ArrowWriter::try_new(to, schema.clone(), Some(properties)).map_err(Error::internal)?;
        let (file, factory) = writer.into_serialized_writer().map_err(Error::internal)?;
        let (pending, failure) = (Mutex::default(), Mutex::new(None));
        Ok(Self { schema, dated, reasons, factory, pending, file: Mutex::new(file), failure })
    }

    /// Adds the rows of some frames, in no particular order; what goes wrong is told when the file is closed.
    pub(crate) fn take(&self, frames: &[IndicatorFrame]) {
        let rows = |frame: &IndicatorFrame| {
            self.batch(&[frame], &(0..frame.customers().len()).map(|row| (0, row)).collect::<Vec<_>>())
        };
        let batches: Result<Vec<RecordBatch>, Error> = frames.iter().map(rows).collect();
        let full = batches.map(|batches| {
            let mut pending = lock(&self.pending);
            pending.extend(batches);
            let is_full = pending.iter().map(RecordBatch::num_rows).sum::<usize>() >= ROWS;
            if is_full { std::mem::take(&mut *pending) } else { Vec::new() }
        });
        self.note(full.and_then(|full| self.write(&full)));
    }

    /// Adds rows of frames of one moment, in this order: the place of a frame and of a row in it.
    pub(crate) fn take_in_order(&self, frames: &[&IndicatorFrame], order: &[(usize, usize)], threads: usize) {
        let chunks: Vec<&[(usize, usize)]> = order.chunks(rows_of_group(order.len(), threads)).collect();
        let encoded: Vec<Mutex<Vec<ArrowColumnChunk>>> = chunks.iter().map(|_| Mutex::default()).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(chunk) = chunks.get(place) else { return };
                let made = self.batch(frames, chunk).and_then(|batch| self.encode(&[batch]));
                self.note(made.map(|made| *lock(&encoded[place]) = made));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.clamp(1, chunks.len().max(1)) {
                scope.spawn(work);
            }
            work();
        });
        for chunk in encoded {
            self.note(self.append(chunk.into_inner().unwrap_or_else(PoisonError::into_inner)));
        }
    }

    fn note(&self, done: Result<(), Error>) {
        if let Err(error) = done {
            lock(&self.failure).get_or_insert(error);
        }
    }

    fn write(&self, batches: &[RecordBatch]) -> Result<(), Error> {
        if batches.is_empty() {
            return Ok(());
        }
        self.append(self.encode(batches)?)
    }

    /// A row group of these rows.
    fn encode(&self, batches: &[RecordBatch]) -> Result<Vec<ArrowColumnChunk>, Error> {
        let mut writers = self.factory.create_column_writers(0).map_err(Error::internal)?;
        for batch in batches {
            for ((writer, field), column) in writers.iter_mut().zip(self.schema.fields()).zip(batch.columns()) {
                for leaf in compute_leaves(field, column).map_err(Error::internal)? {
                    writer.write(&leaf).map_err(Error::internal)?;
                }
            }
        }
        writers.into_iter().map(|writer| writer.close().map_err(Error::internal)).collect()
    }

    fn append(&self, chunks: Vec<ArrowColumnChunk>) -> Result<(), Error> {
        if chunks.is_empty() {
            return Ok(());
        }
        let mut file = lock(&self.file);
        let mut group = file.next_row_group().map_err(Error::internal)?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group).map_err(Error::internal)?;
        }
        group.close().map(drop).map_err(Error::internal)
    }

    fn batch(&self, frames: &[&IndicatorFrame], rows: &[(usize, usize)]) -> Result<RecordBatch, Error> {
        let customers = rows.iter().map(|(frame, row)| frames[*frame].customers()[*row].as_str());
        let mut columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from_iter_values(customers))];
        if self.dated {
            let at = rows.iter().map(|(frame, _)| frames[*frame].as_of().instant().micros());
            columns.push(Arc::new(TimestampMicrosecondArray::from_iter_values(at).with_timezone("UTC")));
        }
        let ids = frames.first().map(|frame| frame.ids()).unwrap_or_default();
        for id in ids {
            let cells: Vec<&[Cell]> = frames.iter().map(|frame| frame.column(id).unwrap_or_default()).collect();
            columns.push(Arc::new(numbers(&cells, rows)));
            if self.reasons {
                let why = |(frame, row): &(usize, usize)| cells[*frame][*row].unknown().map(|why| why.as_str());
                columns.push(Arc::new(StringArray::from_iter(rows.iter().map(why))));
            }
        }
        RecordBatch::try_new(self.schema.clone(), columns).map_err(Error::internal)
    }

    /// Writes what is left and the end of the file.
    pub(crate) fn close(self) -> Result<(), Error> {
        let left = std::mem::take(&mut *lock(&self.pending));
        self.note(self.write(&left));
        if let Some(error) = lock(&self.failure).take() {
            return Err(error);
        }
        let file = self.file.into_inner().unwrap_or_else(PoisonError::into_inner);
        file.close().map(drop).map_err(Error::internal)
    }
}

fn numbers(cells: &[&[Cell]], rows: &[(usize, usize)]) -> Float64Array {
    let mut numbers = Float64Builder::with_capacity(rows.len());
    for (frame, row) in rows {
        numbers.append_option(cells[*frame][*row].known());
    }
    numbers.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_core_makes_as_many_groups_and_few_rows_are_one() {
        let groups = |rows: usize, threads| rows.div_ceil(rows_of_group(rows, threads));
        assert_eq!((groups(200_000, 2), groups(200_000, 3), groups(65_537, 1)), (4, 6, 2));
        assert_eq!((groups(1, 8), groups(FEW, 8), groups(FEW + 1, 8)), (1, 1, 8));
        for rows in (1..2_000_000).step_by(9_973) {
            assert!(rows_of_group(rows, 2) <= ROWS);
        }
    }
}
