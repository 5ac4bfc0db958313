//! A plain table that leaves the house: as lines, as text, as a workbook or in columns.
//!
//! The same table gives the same bytes, whatever the format: nothing is dated and rows keep their order.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use rust_xlsxwriter::{Format as CellFormat, Workbook};
use vocab::Instant;

use crate::error::Error;

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing known.
    Empty,
    /// Text: ids, names, codes.
    Text(String),
    /// A number.
    Number(f64),
    /// A whole number.
    Whole(i64),
    /// An instant.
    At(Instant),
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, UTF-8.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// Excel workbook.
    Xlsx,
    /// An array of objects.
    Json,
}

impl Format {
    /// By the ending of a file's name.
    ///
    /// # Errors
    /// `bad_format` for any other ending.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("").to_ascii_lowercase();
        Ok(match ending.as_str() {
            "csv" => Self::Csv,
            "parquet" => Self::Parquet,
            "xlsx" => Self::Xlsx,
            "json" => Self::Json,
            _ => {
                return Err(Error::bad(
                    "bad_format",
                    (&format!("不支持的输出格式：“{ending}”"), &format!("cannot write the format \"{ending}\"")),
                    (
                        "文件名须以 .csv、.parquet、.xlsx 或 .json 结尾",
                        "the file's name must end in .csv, .parquet, .xlsx or .json",
                    ),
                ));
            }
        })
    }
}

/// What a column holds; decides its type in Parquet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    Text,
    /// Number.
    Number,
    /// Whole number.
    Whole,
    /// Instant.
    At,
}

/// Columns and rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Names and types.
    pub columns: Vec<(String, ColumnType)>,
    /// Cells, as many a row as there are columns.
    pub rows: Vec<Vec<Value>>,
    /// What the reader should be told beside the table, on stderr.
    pub note: Option<String>,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: Vec<(String, ColumnType)>) -> Self {
        Self { columns, rows: Vec::new(), note: None }
    }

    /// Writes the table in a format.
    pub fn write(&self, format: Format, to: &mut dyn Write) -> Result<(), Error> {
        match format {
            Format::Csv => self.write_csv(to),
            Format::Json => self.write_json(to),
            Format::Xlsx => self.write_xlsx(to),
            Format::Parquet => self.write_parquet(to),
        }
    }

    fn write_csv(&self, to: &mut dyn Write) -> Result<(), Error> {
        let mut writer = csv::Writer::from_writer(to);
        writer.write_record(self.columns.iter().map(|(name, _)| name)).map_err(Error::internal)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(plain)).map_err(Error::internal)?;
        }
        writer.flush().map_err(Error::internal)
    }

    fn write_json(&self, to: &mut dyn Write) -> Result<(), Error> {
        let object = |row: &Vec<Value>| {
            let cells = self.columns.iter().zip(row).map(|((name, _), value)| (name.clone(), json(value)));
            serde_json::Value::Object(cells.collect())
        };
        let rows: Vec<serde_json::Value> = self.rows.iter().map(object).collect();
        serde_json::to_writer(&mut *to, &rows).map_err(Error::internal)?;
        writeln!(to).map_err(Error::internal)
    }

    fn write_xlsx(&self, to: &mut dyn Write) -> Result<(), Error> {
        let mut book = Workbook::new();
        book.set_properties(&fixed_properties());
        let sheet = book.add_worksheet();
        let bold = CellFormat::new().set_bold();
        let fails = |error: rust_xlsxwriter::XlsxError| Error::internal(error);
        for (column, (name, _)) in self.columns.iter().enumerate() {
            sheet.write_string_with_format(0, column as u16, name, &bold).map_err(fails)?;
        }
        for (row, cells) in self.rows.iter().enumerate() {
            let row = row as u32 + 1;
            for (column, cell) in cells.iter().enumerate() {
                let column = column as u16;
                match cell {
                    Value::Empty => continue,
                    Value::Number(number) => sheet.write_number(row, column, *number).map_err(fails)?,
                    Value::Whole(number) => sheet.write_number(row, column, *number as f64).map_err(fails)?,
                    Value::Text(_) | Value::At(_) => sheet.write_string(row, column, plain(cell)).map_err(fails)?,
                };
            }
        }
        to.write_all(&book.save_to_buffer().map_err(fails)?).map_err(Error::internal)
    }

    fn write_parquet(&self, to: &mut dyn Write) -> Result<(), Error> {
        let fields: Vec<Field> =
            self.columns.iter().map(|(name, column)| Field::new(name, arrow_type(*column), true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let arrays: Vec<ArrayRef> =
            self.columns.iter().enumerate().map(|(index, (_, column))| self.array(index, *column)).collect();
        let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(Error::internal)?;
        let mut buffer = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut buffer, schema, None).map_err(Error::internal)?;
        writer.write(&batch).map_err(Error::internal)?;
        writer.close().map_err(Error::internal)?;
        to.write_all(&buffer).map_err(Error::internal)
    }

    fn array(&self, index: usize, column: ColumnType) -> ArrayRef {
        let cells = self.rows.iter().map(|row| &row[index]);
        match column {
            ColumnType::Text => {
                let mut builder = StringBuilder::new();
                for cell in cells {
                    match cell {
                        Value::Empty => builder.append_null(),
                        other => builder.append_value(plain(other)),
                    }
                }
                Arc::new(builder.finish())
            }
            ColumnType::Number => {
                let mut builder = Float64Builder::new();
                cells.for_each(|cell| builder.append_option(number(cell)));
                Arc::new(builder.finish())
            }
            ColumnType::Whole => {
                let mut builder = Int64Builder::new();
                cells.for_each(|cell| builder.append_option(number(cell).map(|number| number as i64)));
                Arc::new(builder.finish())
            }
            ColumnType::At => {
                let mut builder = TimestampMicrosecondBuilder::new().with_timezone("UTC");
                for cell in cells {
                    builder.append_option(match cell {
                        Value::At(at) => Some(at.micros()),
                        _ => None,
                    });
                }
                Arc::new(builder.finish())
            }
        }
    }
}

/// A workbook that is the same whenever it is made.
pub(crate) fn fixed_properties() -> rust_xlsxwriter::DocProperties {
    let epoch = rust_xlsxwriter::ExcelDateTime::from_timestamp(1_577_836_800).unwrap_or_default();
    rust_xlsxwriter::DocProperties::new().set_creation_datetime(&epoch)
}

fn arrow_type(column: ColumnType) -> DataType {
    match column {
        ColumnType::Text => DataType::Utf8,
        ColumnType::Number => DataType::Float64,
        ColumnType::Whole => DataType::Int64,
        ColumnType::At => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

fn number(cell: &Value) -> Option<f64> {
    match cell {
        Value::Number(number) => Some(*number),
        Value::Whole(number) => Some(*number as f64),
        _ => None,
    }
}

fn plain(cell: &Value) -> String {
    match cell {
        Value::Empty => String::new(),
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Whole(number) => number.to_string(),
        Value::At(at) => at.to_string(),
    }
}

fn json(cell: &Value) -> serde_json::Value {
    match cell {
        Value::Empty => serde_json::Value::Null,
        Value::Number(number) => serde_json::Number::from_f64(*number).map_or(serde_json::Value::Null, Into::into),
        Value::Whole(number) => (*number).into(),
        text => plain(text).into(),
    }
}
