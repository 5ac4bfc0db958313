//! Indicators as a table: a row per customer (and moment, where several are asked for), a column per indicator.
//!
//! Parquet is written column by column straight from the frames; everything else goes through [`Table`]. A plain event
//! file asked about at many moments is written part by part, so that the answers never lie in memory together.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{ArrayRef, Float64Array, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::record_batch::RecordBatch;
use facts::{FactFrame, FactParts};
use indicators::{
    Catalog, Cell, Delivery, IndicatorFrame, Population, evaluate_at, evaluate_delivered, evaluate_parts,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use vocab::{AsOf, Text, Zone};

use crate::App;
use crate::error::{Error, from_findings};
use crate::table::{ColumnType, Table, Value};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct IndicatorQuery<'a> {
    /// A file or folder of definitions that takes the place of the shipped ones.
    pub catalog: Option<&'a Path>,
    /// The moments; rows say theirs where there are several.
    pub moments: Vec<AsOf>,
    /// Whether a column beside each indicator says why a figure is missing.
    pub reasons: bool,
}

/// Answers, ready to be written.
#[derive(Clone, Debug)]
pub struct IndicatorTable {
    frames: Vec<IndicatorFrame>,
    reasons: bool,
    note: Option<Text>,
}

impl IndicatorTable {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.frames.iter().map(|frame| frame.customers().len()).sum()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the reader should be told beside it.
    pub fn note(&self) -> Option<&Text> {
        self.note.as_ref()
    }

    /// The same as rows of cells.
    pub fn table(&self) -> Table {
        let Some(first) = self.frames.first() else { return Table::new(Vec::new()) };
        let dated = self.frames.len() > 1;
        let mut columns = vec![("customer_id".to_owned(), ColumnType::Text)];
        if dated {
            columns.push(("as_of".to_owned(), ColumnType::At));
        }
        for id in first.ids() {
            columns.push((id.clone(), ColumnType::Number));
            if self.reasons {
                columns.push((format!("{id}__unknown"), ColumnType::Text));
            }
        }
        let mut table = Table::new(columns);
        for frame in &self.frames {
            for (position, customer) in frame.customers().iter().enumerate() {
                let mut row = vec![Value::Text(customer.to_string())];
                if dated {
                    row.push(Value::At(frame.as_of().instant()));
                }
                for id in frame.ids() {
                    let cell = frame.cell(position, id);
                    row.push(cell.known().map_or(Value::Empty, Value::Number));
                    if self.reasons {
                        let why = cell.unknown().map(|why| Value::Text(why.as_str().to_owned()));
                        row.push(why.unwrap_or(Value::Empty));
                    }
                }
                table.rows.push(row);
            }
        }
        table
    }

    /// Writes it as Parquet.
    pub fn write_parquet(&self, to: &mut (dyn Write + Send)) -> Result<(), Error> {
        let Some(first) = self.frames.first() else { return Ok(()) };
        let dated = self.frames.len() > 1;
        let sink = Sink::new(first.ids(), dated, self.reasons, to)?;
        for frame in &self.frames {
            sink.take(std::slice::from_ref(frame));
        }
        sink.close()
    }
}

/// A Parquet file that takes frames from several threads.
struct Sink<'w> {
    schema: SchemaRef,
    dated: bool,
    reasons: bool,
    writer: Mutex<Option<ArrowWriter<&'w mut (dyn Write + Send)>>>,
    failure: Mutex<Option<Error>>,
}

impl<'w> Sink<'w> {
    fn new(ids: &[String], dated: bool, reasons: bool, to: &'w mut (dyn Write + Send)) -> Result<Self, Error> {
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
        let (writer, failure) = (Mutex::new(Some(writer)), Mutex::new(None));
        Ok(Self { schema, dated, reasons, writer, failure })
    }

    /// Adds the rows of some frames; what goes wrong is told when the file is closed.
    fn take(&self, frames: &[IndicatorFrame]) {
        let batches: Vec<Result<RecordBatch, Error>> = frames.iter().map(|frame| self.batch(frame)).collect();
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        for batch in batches {
            let written = batch.and_then(|batch| match writer.as_mut() {
                Some(writer) => writer.write(&batch).map_err(Error::internal),
                None => Ok(()),
            });
            if let Err(error) = written {
                *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
        }
    }

    fn batch(&self, frame: &IndicatorFrame) -> Result<RecordBatch, Error> {
        let customers = frame.customers();
        let mut columns: Vec<ArrayRef> =
            vec![Arc::new(StringArray::from_iter_values(customers.iter().map(|customer| customer.as_str())))];
        if self.dated {
            let at = vec![frame.as_of().instant().micros(); customers.len()];
            columns.push(Arc::new(TimestampMicrosecondArray::from(at).with_timezone("UTC")));
        }
        for id in frame.ids() {
            let cells = frame.column(id).unwrap_or_default();
            columns.push(Arc::new(Float64Array::from_iter(cells.iter().map(|cell| cell.known()))));
            if self.reasons {
                let why = |cell: &Cell| cell.unknown().map(|why| why.as_str());
                columns.push(Arc::new(StringArray::from_iter(cells.iter().map(why))));
            }
        }
        RecordBatch::try_new(self.schema.clone(), columns).map_err(Error::internal)
    }

    fn close(self) -> Result<(), Error> {
        if let Some(error) = self.failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        match self.writer.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(writer) => writer.close().map(drop).map_err(Error::internal),
            None => Ok(()),
        }
    }
}

impl App {
    /// Indicators of every customer as of some moments.
    pub fn indicators_table(&self, asked: &IndicatorQuery<'_>) -> Result<IndicatorTable, Error> {
        let own = asked.catalog.map(read_catalog).transpose()?;
        let catalog = own.as_ref().unwrap_or(&self.definitions().catalog);
        let end = latest(&asked.moments)?;
        let view = self.facts().as_of(end);
        let parts = if catalog.looks_across() { None } else { view.parts(&catalog.want(), threads())? };
        let frames = match parts {
            Some(parts) => collected(&parts, catalog, &asked.moments, Delivery::Observed),
            None => evaluate_at(&view.frame(&catalog.want())?, catalog, &Population::Everyone, &asked.moments),
        };
        Ok(IndicatorTable { frames, reasons: asked.reasons, note: catalog.doubt(end, self.zone()) })
    }
}

/// Indicators over a plain fact file, without a lake.
pub fn indicators_of_file(file: &Path, asked: &IndicatorQuery<'_>, zone: &Zone) -> Result<IndicatorTable, Error> {
    let catalog = catalog_of(asked, zone)?;
    let note = catalog.doubt(latest(&asked.moments)?, zone);
    let frames = match parts_of(file, &catalog, &asked.moments, zone)? {
        Some(parts) => collected(&parts, &catalog, &asked.moments, Delivery::FromFirstFact),
        None => {
            let frame = whole_file(file, &catalog, &asked.moments, zone)?;
            evaluate_delivered(&frame, &catalog, &Population::Everyone, &asked.moments, Delivery::FromFirstFact)
        }
    };
    Ok(IndicatorTable { frames, reasons: asked.reasons, note })
}

/// Indicators over a plain fact file, written as Parquet. At several moments rows come in no particular order.
pub fn write_indicators_of_file(
    file: &Path,
    asked: &IndicatorQuery<'_>,
    zone: &Zone,
    to: &mut (dyn Write + Send),
) -> Result<Option<Text>, Error> {
    let catalog = catalog_of(asked, zone)?;
    if asked.moments.len() > 1
        && let Some(parts) = parts_of(file, &catalog, &asked.moments, zone)?
    {
        let ids: Vec<String> = catalog.indicators().iter().map(|indicator| indicator.id.clone()).collect();
        let sink = Sink::new(&ids, true, asked.reasons, to)?;
        over_parts(&parts, &catalog, &asked.moments, Delivery::FromFirstFact, &|frames| sink.take(&frames));
        sink.close()?;
        return Ok(catalog.doubt(latest(&asked.moments)?, zone));
    }
    let table = indicators_of_file(file, asked, zone)?;
    table.write_parquet(to)?;
    Ok(table.note)
}

fn catalog_of(asked: &IndicatorQuery<'_>, zone: &Zone) -> Result<Catalog, Error> {
    match asked.catalog {
        Some(path) => read_catalog(path),
        None => Ok(crate::definitions::Definitions::shipped(zone)?.catalog),
    }
}

fn latest(moments: &[AsOf]) -> Result<AsOf, Error> {
    moments.iter().max().copied().ok_or_else(|| Error::internal("no moment was asked about"))
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The answers over all parts, one frame per moment.
fn collected(parts: &FactParts, catalog: &Catalog, moments: &[AsOf], delivery: Delivery) -> Vec<IndicatorFrame> {
    let answers = Mutex::new(Vec::new());
    over_parts(parts, catalog, moments, delivery, &|frames| {
        answers.lock().unwrap_or_else(PoisonError::into_inner).push(frames);
    });
    let mut by_moment: Vec<Vec<IndicatorFrame>> = moments.iter().map(|_| Vec::new()).collect();
    for frames in answers.into_inner().unwrap_or_else(PoisonError::into_inner) {
        frames.into_iter().zip(&mut by_moment).for_each(|(frame, all)| all.push(frame));
    }
    by_moment.into_iter().filter_map(IndicatorFrame::joined).collect()
}

fn over_parts(
    parts: &FactParts,
    catalog: &Catalog,
    moments: &[AsOf],
    delivery: Delivery,
    take: &(dyn Fn(Vec<IndicatorFrame>) + Sync),
) {
    let frame = |part| parts.take(part);
    evaluate_parts(parts.len(), &frame, catalog, moments, delivery, threads(), take);
}

/// The file in parts; `None` where customers are compared with each other or the file needs the slow road.
fn parts_of(file: &Path, catalog: &Catalog, moments: &[AsOf], zone: &Zone) -> Result<Option<FactParts>, Error> {
    if catalog.looks_across() {
        return Ok(None);
    }
    FactParts::read(file, &catalog.want(), latest(moments)?, zone, threads()).map_err(|error| bad_file(file, &error))
}

fn whole_file(file: &Path, catalog: &Catalog, moments: &[AsOf], zone: &Zone) -> Result<FactFrame, Error> {
    let facts = facts::read_parquet(file).map_err(|error| bad_file(file, &error))?;
    Ok(FactFrame::of(&facts, &[], &catalog.want(), latest(moments)?, zone))
}

fn bad_file(file: &Path, error: &facts::Error) -> Error {
    Error::bad(
        "bad_facts_file",
        (&format!("无法读取 {}：{error}", file.display()), &format!("cannot read {}: {error}", file.display())),
        (
            "须是含 customer_id、kind、name、occurred_at 的 Parquet 文件",
            "it must be Parquet with customer_id, kind, name, occurred_at",
        ),
    )
}

/// Reads a definition file or a folder of them.
pub fn read_catalog(path: &Path) -> Result<Catalog, Error> {
    Catalog::parse(&definition_files(path)?).map_err(|findings| from_findings("bad_catalog", &findings))
}

/// The texts of a definition file, or of all in a folder.
pub(crate) fn definition_files(path: &Path) -> Result<Vec<(String, String)>, Error> {
    let fails = |error: std::io::Error| {
        Error::bad(
            "bad_catalog",
            (&format!("无法读取 {}：{error}", path.display()), &format!("cannot read {}: {error}", path.display())),
            ("须是 .toml 文件或装有它们的目录", "it must be a .toml file or a folder of them"),
        )
    };
    let mut paths = vec![path.to_owned()];
    if path.is_dir() {
        let entries = std::fs::read_dir(path).map_err(fails)?;
        paths = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
        paths.sort();
    }
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).map_err(fails)?;
        Ok((path.display().to_string(), text))
    };
    paths.into_iter().map(read).collect()
}
