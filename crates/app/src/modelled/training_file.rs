//! The rows of a training as a file, so that somebody else's learner can be tried on the very same.
//!
//! Not here: which rows there are and what each was for (`training::train`), what was said of those judged (`models`).

use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use training::train::{HORIZONS, RowUse, TrainingRows};

use crate::error::Error;

/// Rows of a row group.
const ROWS: usize = 65_536;

/// What a model was learnt from and judged by, row by row.
#[derive(Clone, Debug)]
pub struct TrainingFile(TrainingRows);

impl TrainingFile {
    pub(crate) fn new(rows: TrainingRows) -> TrainingFile {
        TrainingFile(rows)
    }

    /// How many rows there are.
    pub fn row_count(&self) -> usize {
        self.0.uses.len()
    }

    /// Writes them as Parquet: `customer_id`, `as_of`, `fold` (`learn`, `between`, `weigh`, `judge`; empty where the row
    /// served for nothing), `left_30d` … `left_180d` (0 or 1; empty where it cannot be told yet), then every indicator by its id (empty
    /// is unknown), those that no model learnt from as well.
    ///
    /// # Errors
    /// What writing refuses.
    pub fn write_parquet(&self, to: &mut (dyn Write + Send)) -> Result<(), Error> {
        let schema = self.schema();
        let outcomes = [0, 1, 2, 3].map(|horizon| self.0.frame.outcomes(horizon));
        let mut writer = ArrowWriter::try_new(to, Arc::clone(&schema), None).map_err(Error::internal)?;
        for from in (0..self.row_count()).step_by(ROWS) {
            let arrays = self.arrays(from..(from + ROWS).min(self.row_count()), &outcomes);
            let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(Error::internal)?;
            writer.write(&batch).map_err(Error::internal)?;
        }
        writer.close().map_err(Error::internal)?;
        Ok(())
    }

    fn schema(&self) -> Arc<Schema> {
        let moment = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let mut fields = vec![
            Field::new("customer_id", DataType::Utf8, false),
            Field::new("as_of", moment, false),
            Field::new("fold", DataType::Utf8, true),
        ];
        fields.extend(HORIZONS.iter().map(|days| Field::new(format!("left_{days}d"), DataType::Int64, true)));
        let columns = self.0.frame.frame.columns.iter();
        fields.extend(columns.map(|column| Field::new(&column.name, DataType::Float64, true)));
        Arc::new(Schema::new(fields))
    }

    fn arrays(&self, rows: Range<usize>, outcomes: &[Vec<Option<bool>>; HORIZONS.len()]) -> Vec<ArrayRef> {
        let TrainingRows { frame, uses } = &self.0;
        let who = frame.rows[rows.clone()].iter().map(|row| frame.customers[row.customer].as_str());
        let when = frame.rows[rows.clone()].iter().map(|row| frame.moments[row.moment].at.instant().micros());
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(who)),
            Arc::new(TimestampMicrosecondArray::from_iter_values(when).with_timezone("UTC")),
            Arc::new(uses[rows.clone()].iter().map(|one| fold(*one)).collect::<StringArray>()),
        ];
        for left in outcomes {
            let left = left[rows.clone()].iter().map(|left| left.map(i64::from));
            arrays.push(Arc::new(left.collect::<Int64Array>()));
        }
        for column in &frame.frame.columns {
            let known = column.values[rows.clone()].iter().map(|value| (!value.is_nan()).then_some(*value));
            arrays.push(Arc::new(known.collect::<Float64Array>()));
        }
        arrays
    }
}

/// What a row was for, in a word.
fn fold(of: RowUse) -> Option<&'static str> {
    match of {
        RowUse::Learnt => Some("learn"),
        RowUse::Between => Some("between"),
        RowUse::Weighed => Some("weigh"),
        RowUse::Judged => Some("judge"),
        RowUse::Unused => None,
    }
}
