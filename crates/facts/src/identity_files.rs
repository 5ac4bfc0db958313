//! Keeping the identity table in order: each drain that brings identity rows adds a file, and many small ones become one.
//!
//! Views hold identity rows in memory and never read a file again: nobody in this process has to be waited for. Readers
//! from outside keep the old files for an hour, as those of facts ([`crate::Facts::vacuum`]).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, new_null_array};
use arrow::compute::cast;
use arrow::record_batch::RecordBatch;
use vocab::Instant;

use crate::compact::{CompactReport, Tidy, remove, worth_merging};
use crate::error::{Error, Sort};
use crate::file::LakeFile;
use crate::folder::{Facts, StopPoint, stopped};
use crate::lake::{IDENTITY_LAYOUT, OF_IDENTITIES, identity_schema, month_in, write_file};
use crate::table::{NewFile, OldFile};

const ROWS_PER_BATCH: usize = 8_192;

impl Facts {
    /// Merges files of identity rows where that is worth it, month by month; see [`Facts::compact`].
    pub(crate) fn compact_identities(
        &self,
        tidy: &mut Tidy,
        now: Instant,
        report: &mut CompactReport,
    ) -> Result<(), Error> {
        let lake = self.lake.lock().map_err(stopped)?;
        let (folder, names) = (lake.identities_folder().to_owned(), lake.identity_names()?);
        drop(lake);
        let mut months: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in names {
            months.entry(month_in(&name).to_owned()).or_default().push(name);
        }
        for (month, names) in months {
            if names.len() < 2 {
                continue;
            }
            let mut sized = Vec::with_capacity(names.len());
            for name in &names {
                sized.push((LakeFile::new(folder.join(name), None).len()?, name.clone()));
            }
            sized.sort();
            let rows: Vec<u64> = sized.iter().map(|(rows, _)| *rows).collect();
            let count = worth_merging(&rows, tidy.seen_identities.get(&month) == Some(&names));
            if count < 2 {
                tidy.seen_identities.insert(month, names);
                continue;
            }
            tidy.seen_identities.remove(&month);
            let old: Vec<String> = sized.into_iter().take(count).map(|(_, name)| name).collect();
            self.merge_identities(&folder, &month, &old, now)?;
            report.merged_files += count as u64;
            report.new_files += 1;
            report.identities += rows[..count].iter().sum::<u64>();
        }
        Ok(())
    }

    /// Puts one file in the place of several.
    fn merge_identities(&self, folder: &Path, month: &str, old: &[String], now: Instant) -> Result<(), Error> {
        let new = merge_files(folder, month, old)?;
        let gone = self.announce_identities(folder, month, old, now).inspect_err(|_| {
            // Nobody knows of the new file: what cannot be removed now is removed when the folder is opened.
            let _ = remove(&folder.join(&new.name));
        })?;
        self.lake.lock().map_err(stopped)?.commit_compacted_identities(&gone, &new, now)?;
        self.pass(StopPoint::IdentitiesCommitted)
    }

    /// Notes that files are about to leave the lake, so that they are kept for a while.
    fn announce_identities(
        &self,
        folder: &Path,
        month: &str,
        old: &[String],
        now: Instant,
    ) -> Result<Vec<OldFile>, Error> {
        self.pass(StopPoint::IdentitiesWritten)?;
        let mut gone = Vec::new();
        for name in old {
            let size = LakeFile::new(folder.join(name), None).size()?;
            gone.push(OldFile { name: name.clone(), month: month.to_owned(), size });
        }
        let mut change = self.intake.change()?;
        old.iter().for_each(|name| change.retire(&format!("{OF_IDENTITIES}{name}"), now));
        change.commit()?;
        Ok(gone)
    }
}

/// Writes the rows of some files of a month into one, those that came first before the others.
///
/// Its name has the smallest number and the count of its rows: no file that holds fewer, or others, is called so.
fn merge_files(folder: &Path, month: &str, old: &[String]) -> Result<NewFile, Error> {
    let files: Vec<LakeFile> = old.iter().map(|name| LakeFile::new(folder.join(name), None)).collect();
    let (mut rows, mut ordered) = (0, Vec::with_capacity(files.len()));
    for file in &files {
        rows += file.len()?;
        ordered.push((file.bounds("number")?.map_or(i64::MAX, |(least, _)| least), file));
    }
    ordered.sort_by_key(|(first, _)| *first);
    let first = ordered.first().map_or(i64::MAX, |(first, _)| *first);
    let schema = identity_schema();
    let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let mut readers: Vec<Box<dyn Iterator<Item = Result<RecordBatch, Error>> + '_>> = Vec::with_capacity(files.len());
    for (_, file) in &ordered {
        readers.push(Box::new(file.read(&columns, None, ROWS_PER_BATCH)?));
    }
    let batches = readers.into_iter().flatten().map(|batch| whole(&batch?));
    let name = format!("month={month}/merged-{first:020}-{rows}.parquet");
    let stats = || serde_json::json!({ "numRecords": rows }).to_string();
    let month = month.to_owned();
    write_file(folder, name, month, identity_schema(), &IDENTITY_LAYOUT, batches, &Vec::new, &stats)
}

/// The same rows with every column that identity rows have: files of the first version lack one.
fn whole(batch: &RecordBatch) -> Result<RecordBatch, Error> {
    let unfit = |source| Error::because(Sort::Damaged, "a file of identity rows has other columns", source);
    let schema = identity_schema();
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        columns.push(match batch.column_by_name(field.name()) {
            Some(column) if column.data_type() == field.data_type() => Arc::clone(column),
            Some(column) => cast(column, field.data_type()).map_err(unfit)?,
            None => new_null_array(field.data_type(), batch.num_rows()),
        });
    }
    RecordBatch::try_new(schema, columns).map_err(unfit)
}
