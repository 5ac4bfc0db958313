//! Plain event files: facts in one Parquet file, with the lake's columns or some of them, from whatever writer.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, MapBuilder, MapFieldNames, StringArray, StringBuilder};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;

use crate::columns::{Rows, schema, to_batch};
use crate::error::{Error, Sort};
use crate::fact::StoredFact;
use crate::file::{self, LakeFile, sync_folder};
use crate::lake::FACT_LAYOUT;
use crate::packed::PackedRow;

const ROWS_PER_BATCH: usize = 32_768;

/// Reads a plain event file.
///
/// `kind`, `name` and `occurred_at` must be there, and a customer or an actor. What else is missing is taken to be:
/// number = place in the file from 1, known_at = occurred_at, recorded_at = known_at, source = `file`, message id =
/// the number. Timestamps without a zone are read as UTC; numbers of any type become values.
///
/// # Edges
/// Duplicates stay: nothing is compared with anything. Columns with other names are passed over. Properties may be a map
/// of texts, or JSON objects as a table tells them.
pub fn read_parquet(path: &Path) -> Result<Vec<StoredFact>, Error> {
    let mut facts = Vec::new();
    read_parquet_in_lots(path, &mut |lot| {
        facts.extend(lot);
        Ok(())
    })?;
    Ok(facts)
}

/// Reads a plain event file lot by lot, so that only one lot lies in memory; see [`read_parquet`].
pub fn read_parquet_in_lots(
    path: &Path,
    take: &mut dyn FnMut(Vec<StoredFact>) -> Result<(), Error>,
) -> Result<(), Error> {
    let file = LakeFile::new(path.to_owned(), None);
    let columns = file.columns()?;
    let lacks = |name: &str| columns.column_with_name(name).is_none();
    if let Some(name) = ["kind", "name", "occurred_at"].into_iter().find(|name| lacks(name)) {
        return Err(Error::invalid(format!("{} has no column {name}", path.display())));
    }
    if lacks("customer_id") && lacks("actor_id") {
        return Err(Error::invalid(format!("{} has neither a column customer_id nor actor_id", path.display())));
    }
    let known: Vec<&str> = columns.fields().iter().map(|field| field.name().as_str()).collect();
    let mut before = 0;
    for batch in file.read(&known, None, ROWS_PER_BATCH)? {
        let rows = Rows::of(&fit(&batch?, before)?)?;
        before += rows.len();
        take((0..rows.len()).map(|place| rows.stored(place)).collect())?;
    }
    Ok(())
}

/// The columns of a Parquet file in their order, each with whether it is a map.
///
/// # Errors
/// A file that is not there or is no Parquet.
pub fn columns_of_parquet(path: &Path) -> Result<Vec<(String, bool)>, Error> {
    let columns = LakeFile::new(path.to_owned(), None).columns()?;
    let is_map = |of: &DataType| matches!(of, DataType::Map(..));
    Ok(columns.fields().iter().map(|field| (field.name().clone(), is_map(field.data_type()))).collect())
}

/// The same rows in the lake's own columns and types.
fn fit(batch: &RecordBatch, before: usize) -> Result<RecordBatch, Error> {
    let schema = schema();
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let mut columns: Vec<ArrayRef> = Vec::new();
    for field in schema.fields() {
        let given = batch.column_by_name(field.name()).or_else(|| match field.name().as_str() {
            "known_at" => batch.column_by_name("occurred_at"),
            "recorded_at" => batch.column_by_name("known_at").or_else(|| batch.column_by_name("occurred_at")),
            _ => None,
        });
        let numbers = || (before + 1..=before + batch.num_rows()).map(|number| number as i64);
        let told = given.filter(|_| field.name() == "properties").and_then(|column| column.as_string_opt::<i32>());
        let told = told.map(properties_told).transpose()?;
        columns.push(match (told.as_ref().or(given), field.name().as_str()) {
            (Some(column), name) => cast_with_options(column, field.data_type(), &options).map_err(|source| {
                Error::because(Sort::Invalid, format!("column {name} cannot be read as {}", field.data_type()), source)
            })?,
            (None, "number") => Arc::new(Int64Array::from_iter_values(numbers())),
            (None, "source") => Arc::new(StringArray::from_iter_values(numbers().map(|_| "file"))),
            (None, "message_id") => Arc::new(StringArray::from_iter_values(numbers().map(|number| number.to_string()))),
            (None, _) => arrow::array::new_null_array(field.data_type(), batch.num_rows()),
        });
        let column = &columns[columns.len() - 1];
        if !field.is_nullable() && column.null_count() > 0 {
            return Err(Error::invalid(format!("column {} is empty in some row", field.name())));
        }
    }
    RecordBatch::try_new(schema, columns)
        .map_err(|source| Error::because(Sort::Invalid, "the file's columns do not fit", source))
}

/// Properties that a table tells as JSON, an object in each row.
fn properties_told(texts: &StringArray) -> Result<ArrayRef, Error> {
    let names = MapFieldNames { entry: "key_value".into(), key: "key".into(), value: "value".into() };
    let mut told = MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new());
    for text in texts {
        let read = |text| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text);
        let object = text.filter(|text| !text.is_empty()).map(read).transpose();
        let object = object.map_err(|source| {
            Error::because(Sort::Invalid, "the column properties has a text that is no JSON object", source)
        })?;
        for (key, value) in object.iter().flatten() {
            told.keys().append_value(key);
            match value {
                serde_json::Value::Null => told.values().append_null(),
                serde_json::Value::String(text) => told.values().append_value(text),
                other => told.values().append_value(other.to_string()),
            }
        }
        told.append(object.is_some())
            .map_err(|source| Error::because(Sort::Invalid, "the column properties cannot be read", source))?;
    }
    Ok(Arc::new(told.finish()))
}

/// Writes facts, in the order given, into a plain event file that [`read_parquet`] and any other reader understands.
pub fn write_parquet(path: &Path, facts: &[StoredFact]) -> Result<(), Error> {
    let batches =
        facts.chunks(ROWS_PER_BATCH).map(|chunk| to_batch(&chunk.iter().map(PackedRow::of).collect::<Vec<_>>()));
    let unsorted = file::Layout { sorted_by: &[], ..FACT_LAYOUT };
    file::write(path, schema(), &unsorted, batches, &Vec::new)?;
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => sync_folder(folder),
        None => Ok(()),
    }
}
