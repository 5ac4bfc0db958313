//! One Parquet file of the lake: written once, synced, never changed; read by columns, row groups and pages.

use std::collections::HashSet;
use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use arrow::array::AsArray;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::{
    ColumnChunkMetaData, KeyValue, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData,
    SortingColumn,
};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::ChunkReader;
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnPath;

use crate::error::{Error, Sort};

/// Rows of a row group.
const ROWS_PER_GROUP: usize = 32_768;
const ROWS_PER_PAGE: usize = 2_048;
/// Values of the first batch that say whether they repeat.
const VALUES_LOOKED_AT: usize = 4_096;

/// How a file is laid out.
pub(crate) struct Layout {
    /// The root columns it is sorted by.
    pub sorted_by: &'static [usize],
    /// Those whose values hardly repeat.
    pub unique: &'static [&'static str],
    /// One of maps, whose values repeat or not; they are never looked for.
    pub map: Option<&'static str>,
    /// Whether its rows are merged into other files before long: then it is packed quickly rather than small.
    pub soon_merged: bool,
}

/// Writes batches into a new file and syncs it; the folder that names it is the caller's. Gives the size in bytes.
///
/// `notes` are asked for when every batch is written, and kept in the footer.
pub(crate) fn write(
    path: &Path,
    schema: SchemaRef,
    layout: &Layout,
    mut batches: impl Iterator<Item = Result<RecordBatch, Error>>,
    notes: &dyn Fn() -> Vec<KeyValue>,
) -> Result<u64, Error> {
    let first = batches.next().transpose()?;
    let failed = |source: parquet::errors::ParquetError| {
        Error::because(Sort::Storage, format!("cannot write {}", path.display()), source)
    };
    let sorted_by = layout.sorted_by.iter().map(|column| SortingColumn {
        column_idx: *column as i32,
        descending: false,
        nulls_first: true,
    });
    // What packs smaller begins with much memory for each column, which costs as much as the packing where a file has few rows.
    let compression = match layout.soon_merged {
        true => Compression::SNAPPY,
        false => Compression::ZSTD(ZstdLevel::try_new(1).map_err(failed)?),
    };
    let mut properties = WriterProperties::builder()
        .set_compression(compression)
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        .set_data_page_row_count_limit(ROWS_PER_PAGE)
        .set_write_batch_size(1_024)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_created_by(concat!("liuke ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_sorting_columns(Some(sorted_by.collect()));
    for column in layout.unique {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(*column), false);
    }
    if let Some(map) = layout.map {
        let path = |leaf: &str| ColumnPath::new([map, "key_value", leaf].map(str::to_owned).to_vec());
        let repeats = first.as_ref().is_none_or(|batch| values_repeat(batch, map));
        properties = properties.set_column_dictionary_enabled(path("value"), repeats);
        // Of the keys it is asked whether there are any; of the values nothing.
        properties = properties
            .set_column_statistics_enabled(path("key"), EnabledStatistics::Chunk)
            .set_column_statistics_enabled(path("value"), EnabledStatistics::None);
    }
    let options = parquet::arrow::arrow_writer::ArrowWriterOptions::new()
        .with_properties(properties.build())
        .with_skip_arrow_metadata(true);
    let file = File::create(path).map_err(|source| Error::io("create", path, source))?;
    let mut writer = ArrowWriter::try_new_with_options(file, schema, options).map_err(failed)?;
    for batch in first.into_iter().map(Ok).chain(batches) {
        writer.write(&batch?).map_err(failed)?;
    }
    notes().into_iter().for_each(|note| writer.append_key_value_metadata(note));
    let mut file = writer.into_inner().map_err(failed)?;
    file.flush().and_then(|()| file.sync_all()).map_err(|source| Error::io("sync", path, source))?;
    Ok(file.metadata().map_err(|source| Error::io("read", path, source))?.len())
}

/// Whether the values of a column of maps are mostly such as came before: then each is written once.
fn values_repeat(batch: &RecordBatch, map: &str) -> bool {
    let values = batch.column_by_name(map).and_then(|column| column.as_map_opt());
    let Some(values) = values.and_then(|map| map.values().as_string_opt::<i32>()) else { return true };
    let (mut known, mut all, mut new) = (HashSet::new(), 0, 0);
    for value in values.iter().flatten().take(VALUES_LOOKED_AT) {
        all += value.len();
        new += if known.insert(value) { value.len() } else { 0 };
    }
    new * 2 <= all
}

/// Makes the names in a folder last.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|source| Error::io("sync", folder, source))
}

/// A file of the lake and what is remembered of it.
#[derive(Debug)]
pub(crate) struct LakeFile {
    path: PathBuf,
    schema: Option<SchemaRef>,
    footer: OnceLock<ArrowReaderMetadata>,
    /// The same with where each page lies and what it holds: only who looks for some rows needs that.
    indexed: OnceLock<ArrowReaderMetadata>,
}

/// Texts that are looked for in a column.
pub(crate) struct Looked<'a> {
    pub column: &'a str,
    pub texts: &'a [&'a str],
    /// Only in rows that hold nothing in this column.
    pub without: Option<&'a str>,
}

/// Which rows of a file may matter: row groups, and within them pages or single rows.
#[derive(Clone)]
pub(crate) struct Selection {
    row_groups: Vec<usize>,
    rows: RowSelection,
}

impl Selection {
    /// Whether there is nothing to be read.
    pub fn is_empty(&self) -> bool {
        self.row_groups.is_empty()
    }

    /// Of the `len` rows that it takes only those at these places among them, ranges in order.
    pub fn narrowed(self, places: Vec<Range<usize>>, len: usize) -> Selection {
        if places.is_empty() {
            return Selection { row_groups: Vec::new(), rows: RowSelection::default() };
        }
        let within = RowSelection::from_consecutive_ranges(places.into_iter(), len);
        Selection { rows: self.rows.and_then(&within), ..self }
    }
}

impl LakeFile {
    /// A file that lies at `path`; with the types that its columns shall have.
    pub fn new(path: PathBuf, schema: Option<SchemaRef>) -> LakeFile {
        LakeFile { path, schema, footer: OnceLock::new(), indexed: OnceLock::new() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    fn damaged(&self, source: parquet::errors::ParquetError) -> Error {
        Error::because(Sort::Damaged, format!("cannot read {}", self.path.display()), source)
    }

    fn open(&self) -> Result<File, Error> {
        File::open(&self.path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => {
                Error::because(Sort::Damaged, format!("{} is missing", self.path.display()), source)
            }
            _ => Error::io("open", &self.path, source),
        })
    }

    /// How its columns are to be read.
    fn options(&self) -> ArrowReaderOptions {
        match &self.schema {
            Some(schema) => ArrowReaderOptions::new().with_schema(schema.clone()),
            None => ArrowReaderOptions::new(),
        }
    }

    fn footer(&self) -> Result<&ArrowReaderMetadata, Error> {
        if let Some(footer) = self.footer.get() {
            return Ok(footer);
        }
        let footer = ArrowReaderMetadata::load(&self.open()?, self.options()).map_err(|source| self.damaged(source))?;
        Ok(self.footer.get_or_init(|| footer))
    }

    fn indexed(&self) -> Result<&ArrowReaderMetadata, Error> {
        if let Some(indexed) = self.indexed.get() {
            return Ok(indexed);
        }
        let (known, file) = (self.metadata()?.as_ref().clone(), self.open()?);
        let mut reader =
            ParquetMetaDataReader::new_with_metadata(known).with_page_index_policy(PageIndexPolicy::Optional);
        let whole = reader.read_page_indexes(&file).and_then(|()| reader.finish());
        let indexed = whole.and_then(|metadata| ArrowReaderMetadata::try_new(Arc::new(metadata), self.options()));
        let indexed = indexed.map_err(|source| self.damaged(source))?;
        Ok(self.indexed.get_or_init(|| indexed))
    }

    fn metadata(&self) -> Result<&Arc<ParquetMetaData>, Error> {
        Ok(self.footer()?.metadata())
    }

    /// Its size in bytes.
    pub fn size(&self) -> Result<u64, Error> {
        let metadata = std::fs::metadata(&self.path).map_err(|source| Error::io("read", &self.path, source))?;
        Ok(metadata.len())
    }

    /// How many rows it holds.
    pub fn len(&self) -> Result<u64, Error> {
        Ok(self.metadata()?.file_metadata().num_rows() as u64)
    }

    /// About how many bytes its columns have when they are unpacked.
    pub fn unpacked_size(&self) -> Result<u64, Error> {
        Ok(self.metadata()?.row_groups().iter().map(|group| group.total_byte_size().max(0) as u64).sum())
    }

    /// How many rows it holds, without remembering its footer: for whoever goes through very many files.
    pub fn count(&self) -> Result<u64, Error> {
        match self.footer.get() {
            Some(_) => self.len(),
            None => LakeFile::new(self.path.clone(), None).len(),
        }
    }

    /// In how many row groups they lie.
    pub fn row_groups(&self) -> Result<usize, Error> {
        Ok(self.metadata()?.num_row_groups())
    }

    /// What its footer notes under a key.
    pub fn note(&self, key: &str) -> Result<Option<&str>, Error> {
        let notes = self.metadata()?.file_metadata().key_value_metadata();
        let note = notes.and_then(|notes| notes.iter().find(|note| note.key == key));
        Ok(note.and_then(|note| note.value.as_deref()))
    }

    /// Names and types of its columns.
    pub fn columns(&self) -> Result<SchemaRef, Error> {
        Ok(self.footer()?.schema().clone())
    }

    fn leaf(metadata: &ParquetMetaData, column: &str) -> Option<usize> {
        let leaves = metadata.file_metadata().schema_descr().columns();
        leaves.iter().position(|leaf| leaf.path().string() == column)
    }

    /// Whether a column holds nothing but nulls.
    pub fn is_empty_column(&self, column: &str) -> Result<bool, Error> {
        self.has_nulls(column, true, |rows| rows)
    }

    /// Whether a column is known to hold no null.
    pub fn is_full_column(&self, column: &str) -> Result<bool, Error> {
        self.has_nulls(column, false, |_| 0)
    }

    /// Whether each row group says that so many of its rows are null; `absent` where there is no such column.
    fn has_nulls(&self, column: &str, absent: bool, of_rows: impl Fn(u64) -> u64) -> Result<bool, Error> {
        let metadata = self.metadata()?;
        let Some(leaf) = Self::leaf(metadata, column) else { return Ok(absent) };
        let nulls = |group: &RowGroupMetaData| group.column(leaf).statistics().and_then(Statistics::null_count_opt);
        Ok(metadata.row_groups().iter().all(|group| nulls(group) == Some(of_rows(group.num_rows() as u64))))
    }

    /// The smallest and the largest value of an integer or time column, if the file says so.
    pub fn bounds(&self, column: &str) -> Result<Option<(i64, i64)>, Error> {
        let metadata = self.metadata()?;
        let Some(leaf) = Self::leaf(metadata, column) else { return Ok(None) };
        let mut bounds: Option<(i64, i64)> = None;
        for group in metadata.row_groups() {
            let Some(Statistics::Int64(statistics)) = group.column(leaf).statistics() else { return Ok(None) };
            let (Some(min), Some(max)) = (statistics.min_opt(), statistics.max_opt()) else { return Ok(None) };
            bounds = Some(bounds.map_or((*min, *max), |(low, high)| (low.min(*min), high.max(*max))));
        }
        Ok(bounds)
    }

    /// The rows that may hold one of the texts looked for: everything else can be skipped.
    pub fn select(&self, looked: &[Looked<'_>]) -> Result<Selection, Error> {
        let metadata = self.indexed()?.metadata();
        let mut row_groups = Vec::new();
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut before = 0;
        for (place, group) in metadata.row_groups().iter().enumerate() {
            let rows = group.num_rows() as usize;
            let mut pages: Vec<Range<usize>> = Vec::new();
            for one in looked {
                let Some(leaf) = Self::leaf(metadata, one.column) else { continue };
                let found = pages_with(metadata, place, leaf, rows, one.texts);
                pages.extend(match one.without.and_then(|column| Self::leaf(metadata, column)) {
                    Some(other) => common(&found, &pages_without(metadata, place, other, rows)),
                    None => found,
                });
            }
            if !pages.is_empty() {
                pages.sort_by_key(|page| page.start);
                row_groups.push(place);
                ranges.extend(merge(pages).into_iter().map(|page| before + page.start..before + page.end));
                before += rows;
            }
        }
        let rows = RowSelection::from_consecutive_ranges(ranges.into_iter(), before);
        Ok(Selection { row_groups, rows })
    }

    /// Reads some columns, of all rows or of a selection.
    pub fn read(
        &self,
        columns: &[&str],
        selection: Option<Selection>,
        rows_per_batch: usize,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, Error>> + use<'_>, Error> {
        let footer = if selection.is_some() { self.indexed()? } else { self.footer()? };
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.open()?, footer.clone())
            .with_projection(projection(footer.metadata(), |name| columns.contains(&name)))
            .with_batch_size(rows_per_batch);
        if let Some(Selection { row_groups, rows }) = selection {
            builder = builder.with_row_groups(row_groups).with_row_selection(rows);
        }
        let reader = builder.build().map_err(|source| self.damaged(source))?;
        Ok(reader.map(|batch| batch.map_err(|source| self.unreadable(source))))
    }

    /// Reads some columns of one row group, all of its rows. The second of two `twins` is left out where it holds what
    /// the first holds.
    ///
    /// # Why
    /// Page by page a file is asked thousands of times; whoever reads all of a row group has it fetched at once. And what
    /// happened was mostly known at the same moment: two columns in the same bytes need to be unpacked only once.
    pub fn read_group(
        &self,
        group: usize,
        columns: &[&str],
        twins: (&str, &str),
    ) -> Result<impl Iterator<Item = Result<RecordBatch, Error>> + use<'_>, Error> {
        let metadata = self.metadata()?;
        let row_group = metadata.row_group(group);
        let is_wanted = |column: &&ColumnChunkMetaData| {
            column.column_path().parts().first().is_some_and(|root| columns.contains(&root.as_str()))
        };
        let wanted = || row_group.columns().iter().filter(is_wanted).map(ColumnChunkMetaData::byte_range);
        let begin = wanted().map(|(begin, _)| begin).min().unwrap_or_default();
        let end = wanted().map(|(begin, length)| begin + length).max().unwrap_or_default();
        let bytes = self.open()?.get_bytes(begin, (end - begin) as usize).map_err(|source| self.damaged(source))?;
        let chunk = |name: &str| {
            let column = row_group.column(Self::leaf(metadata, name)?);
            let (from, length) = column.byte_range();
            let from = from.checked_sub(begin)? as usize;
            let packed = (column.compression(), column.column_type(), column.dictionary_page_offset().is_some());
            Some((packed, column.column_descr().max_def_level(), bytes.get(from..from + length as usize)?))
        };
        let left_out = chunk(twins.0).filter(|one| chunk(twins.1).is_some_and(|other| *one == other)).map(|_| twins.1);
        let mask = projection(metadata, |name| columns.contains(&name) && left_out != Some(name));
        let footer = moved(metadata, row_group, begin as i64)
            .and_then(|metadata| ArrowReaderMetadata::try_new(Arc::new(metadata), self.options()))
            .map_err(|source| self.damaged(source))?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(bytes, footer)
            .with_projection(mask)
            .with_batch_size(ROWS_PER_GROUP);
        let reader = builder.build().map_err(|source| self.damaged(source))?;
        Ok(reader.map(|batch| batch.map_err(|source| self.unreadable(source))))
    }

    fn unreadable(&self, source: ArrowError) -> Error {
        Error::because(Sort::Damaged, format!("cannot read {}", self.path.display()), source)
    }
}

/// The root columns of a file that are wanted.
fn projection(metadata: &ParquetMetaData, is_wanted: impl Fn(&str) -> bool) -> ProjectionMask {
    let schema = metadata.file_metadata().schema_descr();
    let roots = schema.root_schema().get_fields().iter().enumerate();
    ProjectionMask::roots(schema, roots.filter(|(_, root)| is_wanted(root.name())).map(|(place, _)| place))
}

/// What is told of a file that holds this row group alone and lacks the bytes before `begin`.
fn moved(
    metadata: &ParquetMetaData,
    group: &RowGroupMetaData,
    begin: i64,
) -> Result<ParquetMetaData, parquet::errors::ParquetError> {
    let columns = group.columns().iter().map(|column| {
        let dictionary = column.dictionary_page_offset().map(|offset| offset - begin);
        let builder = column.clone().into_builder().set_dictionary_page_offset(dictionary);
        builder.set_data_page_offset(column.data_page_offset() - begin).build()
    });
    let group = group.clone().into_builder().set_column_metadata(columns.collect::<Result<_, _>>()?).build()?;
    Ok(ParquetMetaData::new(metadata.file_metadata().clone(), vec![group]))
}

/// Rows of the pages of one column chunk that may hold one of the texts, counted from the beginning of the group.
fn pages_with(metadata: &ParquetMetaData, group: usize, leaf: usize, rows: usize, texts: &[&str]) -> Vec<Range<usize>> {
    pages_where(metadata, group, leaf, rows, |index, place| {
        let ColumnIndexMetaData::BYTE_ARRAY(index) = index else { return true };
        match (index.min_value(place), index.max_value(place)) {
            (Some(min), Some(max)) => texts.iter().any(|text| min <= text.as_bytes() && text.as_bytes() <= max),
            _ => !index.is_null_page(place),
        }
    })
}

/// Rows of the pages of one column chunk that may hold nothing.
fn pages_without(metadata: &ParquetMetaData, group: usize, leaf: usize, rows: usize) -> Vec<Range<usize>> {
    let nulls =
        |index: &ColumnIndexMetaData, place: usize| index.null_counts().and_then(|counts| counts.get(place).copied());
    pages_where(metadata, group, leaf, rows, |index, place| nulls(index, place) != Some(0))
}

/// Rows of the pages of one column chunk of which its index says so; all where there is none.
fn pages_where(
    metadata: &ParquetMetaData,
    group: usize,
    leaf: usize,
    rows: usize,
    holds: impl Fn(&ColumnIndexMetaData, usize) -> bool,
) -> Vec<Range<usize>> {
    let index = metadata.column_index().and_then(|index| index.get(group)).and_then(|index| index.get(leaf));
    let offsets = metadata.offset_index().and_then(|index| index.get(group)).and_then(|index| index.get(leaf));
    let (Some(index), Some(offsets)) = (index, offsets) else { return std::iter::once(0..rows).collect() };
    let starts: Vec<usize> = offsets.page_locations().iter().map(|page| page.first_row_index as usize).collect();
    let end_of = |place: usize| starts.get(place + 1).copied().unwrap_or(rows);
    let held = starts.iter().enumerate().filter(|(place, _)| holds(index, *place));
    held.map(|(place, start)| *start..end_of(place)).collect()
}

/// What two lists of ranges in order have in common.
fn common(some: &[Range<usize>], others: &[Range<usize>]) -> Vec<Range<usize>> {
    let both = |one: &Range<usize>, other: &Range<usize>| one.start.max(other.start)..one.end.min(other.end);
    let pairs = some.iter().flat_map(|one| others.iter().map(move |other| both(one, other)));
    pairs.filter(|range| !range.is_empty()).collect()
}

/// Ranges in order, those that touch or overlap as one.
fn merge(ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, Int64Array, StringArray};
    use arrow::datatypes::{DataType, Field, Schema};

    use super::*;

    #[test]
    fn what_is_soon_merged_is_packed_another_way_and_read_like_all_else() {
        let folder = tempfile::tempdir().unwrap();
        let schema = Arc::new(Schema::new(vec![Field::new("a", DataType::Utf8, false)]));
        for soon_merged in [true, false] {
            let path = folder.path().join(format!("{soon_merged}.parquet"));
            let layout = Layout { sorted_by: &[], unique: &[], map: None, soon_merged };
            let batch =
                RecordBatch::try_new(schema.clone(), vec![Arc::new(StringArray::from(vec!["x"; 100]))]).unwrap();
            write(&path, schema.clone(), &layout, std::iter::once(Ok(batch)), &Vec::new).unwrap();
            let file = LakeFile::new(path, None);
            let packed = file.metadata().unwrap().row_group(0).column(0).compression();
            assert_eq!(packed == Compression::SNAPPY, soon_merged, "{packed:?}");
            assert_ne!(packed, Compression::UNCOMPRESSED);
            let rows = file.read(&["a"], None, 64).unwrap().map(|batch| batch.unwrap().num_rows());
            assert_eq!(rows.sum::<usize>(), 100);
        }
    }

    #[test]
    fn a_row_group_read_at_once_holds_what_the_pages_hold_and_a_twin_is_read_where_it_differs() {
        let folder = tempfile::tempdir().unwrap();
        let number = |name| Field::new(name, DataType::Int64, false);
        let names = Field::new("name", DataType::Utf8, true);
        let schema = Arc::new(Schema::new(vec![number("before"), number("at"), names, number("known")]));
        let layout = Layout { sorted_by: &[], unique: &["at", "known"], map: None, soon_merged: true };
        let rows = ROWS_PER_GROUP as i64 + 5_000;
        // The last row alone was known later than it happened.
        let columns: Vec<arrow::array::ArrayRef> = vec![
            Arc::new(Int64Array::from_iter_values(0..rows)),
            Arc::new(Int64Array::from_iter_values((0..rows).map(|row| row * 7))),
            Arc::new(StringArray::from_iter((0..rows).map(|row| (row % 3 > 0).then(|| format!("n{}", row % 11))))),
            Arc::new(Int64Array::from_iter_values((0..rows).map(|row| row * 7 + i64::from(row == rows - 1)))),
        ];
        let batch = RecordBatch::try_new(schema.clone(), columns).unwrap();
        let path = folder.path().join("groups.parquet");
        write(&path, schema.clone(), &layout, std::iter::once(Ok(batch.clone())), &Vec::new).unwrap();
        let file = LakeFile::new(path, None);
        assert_eq!(file.row_groups().unwrap(), 2);
        for (group, begin, length) in [(0, 0, ROWS_PER_GROUP), (1, ROWS_PER_GROUP, 5_000)] {
            let read = file.read_group(group, &["at", "name", "known"], ("at", "known")).unwrap();
            let read: Vec<RecordBatch> = read.map(|batch| batch.unwrap()).collect();
            let whole = arrow::compute::concat_batches(&read[0].schema(), &read).unwrap();
            let held = |name: &str| whole.column_by_name(name).map(|column| column.to_data());
            let written = |name: &str| batch.slice(begin, length).column_by_name(name).map(|column| column.to_data());
            assert_eq!((held("at"), held("name")), (written("at"), written("name")));
            assert_eq!(held("before"), None);
            assert_eq!(held("known"), if group == 0 { None } else { written("known") });
        }
    }
}
