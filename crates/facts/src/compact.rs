//! Keeping the lake in order while it is read and written: many small files of a month become one, sorted by customer
//! and time; files that nobody needs any more are removed.
//!
//! The facts stay the same, and so does every answer. Delta's own optimise is not used: it leaves files unsorted or
//! rewrites whole partitions. When to do it is the caller's timer's to say.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, TryLockError, Weak};
use std::time::{Duration, Instant as Stopwatch};

use arrow::compute::interleave_record_batch;
use arrow::record_batch::RecordBatch;
use vocab::Instant;

use crate::columns::{COLUMNS, Rows, schema};
use crate::error::Error;
use crate::file::LakeFile;
use crate::folder::{Facts, StopPoint, stopped};
use crate::lake::{FACT_LAYOUT, FactFile, Lake, OF_IDENTITIES, write_fact_file};
use crate::packed::FileOrder;
use crate::table::{NewFile, OldFile};
use crate::way::giving_way;

/// So many files of similar size of a month are worth merging while more come in.
const BUSY_FILES: usize = 12;
/// Files that are merged at once: of each some pages are held. What is held of their rows meanwhile, in rows and in bytes.
const FILES_MAX: usize = 24;
const ROWS_MAX: u64 = 32_000;
const BYTES_MAX: u64 = 16 << 20;
const ROWS_PER_WRITE: usize = 8_192;
/// While facts come in a merge rests so many times as long as it works, but never longer at once: whoever waits to feel them
/// shares the disk and the memory's way with it.
const RESTS: u32 = 3;
const LONGEST_REST: Duration = Duration::from_millis(200);
/// Files of facts from which on whoever adds more should put the lake in order first.
const SCATTERED_FILES: usize = 1_000;
/// Microseconds for which a file that left the lake is kept for readers from outside: an hour.
const GRACE: i64 = 3_600_000_000;

/// What a compaction did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompactReport {
    /// Files that were merged into others.
    pub merged_files: u64,
    /// Files that took their place.
    pub new_files: u64,
    /// Facts in them.
    pub facts: u64,
    /// Identity rows in them.
    pub identities: u64,
}

/// What is remembered between two compactions.
#[derive(Default)]
pub(crate) struct Tidy {
    /// Files of each month when it was last looked at: a month that has not changed since is at rest.
    seen: BTreeMap<String, Vec<String>>,
    /// The same of identity rows.
    pub seen_identities: BTreeMap<String, Vec<String>>,
    /// How many facts each file has: so that nobody has to keep footers for that.
    rows: BTreeMap<String, u64>,
    /// Files that left the lake and may still be in somebody's view.
    gone: BTreeMap<String, Weak<FactFile>>,
}

/// Which files of a month, given by their rows from the fewest to the most, are merged: the first so many.
///
/// While more comes in, only files of similar size are merged, so that each fact is rewritten seldom. A month at rest
/// becomes one file, unless what is small is very small beside the rest.
pub(crate) fn worth_merging(rows: &[u64], is_at_rest: bool) -> usize {
    let mut similar = 1;
    let mut sum = rows.first().copied().unwrap_or_default();
    while similar < rows.len() && rows[similar] <= sum.saturating_mul(3) {
        sum += rows[similar];
        similar += 1;
    }
    if similar >= BUSY_FILES {
        return similar.min(FILES_MAX);
    }
    let (Some((largest, small)), true) = (rows.split_last(), is_at_rest) else { return 0 };
    let is_worth_it = small.iter().sum::<u64>().saturating_mul(20) >= *largest || small.len() >= 4;
    if !small.is_empty() && is_worth_it { rows.len().min(FILES_MAX) } else { 0 }
}

impl Facts {
    /// Whether the facts lie in so many files that whoever brings many more should [`Facts::compact`] first.
    pub fn is_scattered(&self) -> bool {
        self.state().files().len() > SCATTERED_FILES
    }

    /// Merges files of the lake where that is worth it, month by month, while reading and writing go on: those of facts,
    /// and those of identity rows.
    ///
    /// Called by a timer: a month that has not changed between two calls is at rest, and becomes one file. With nothing
    /// to do, or while another call is at work, it does nothing. Memory is bounded whatever the size of the files.
    ///
    /// # Edges
    /// A kill at any point leaves the lake as it was before or after a month's merge. Views taken before keep their
    /// files.
    pub fn compact(&self, now: Instant) -> Result<CompactReport, Error> {
        let mut tidy = match self.tidy.try_lock() {
            Ok(tidy) => tidy,
            Err(TryLockError::WouldBlock) => return Ok(CompactReport::default()),
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        };
        self.reconcile(&mut *self.lake.lock().map_err(stopped)?)?;
        let mut months: BTreeMap<String, Vec<Arc<FactFile>>> = BTreeMap::new();
        for file in self.state().files() {
            months.entry(file.month().to_owned()).or_default().push(file.clone());
        }
        let mut report = CompactReport::default();
        let mut counted = std::mem::take(&mut tidy.rows);
        for (month, files) in months {
            let mut sized = Vec::with_capacity(files.len());
            for file in files {
                let rows = match counted.remove(&file.name) {
                    Some(rows) => rows,
                    None => file.file.count()?,
                };
                tidy.rows.insert(file.name.clone(), rows);
                sized.push((rows, file));
            }
            sized.sort_by(|(a, one), (b, other)| (a, &one.name).cmp(&(b, &other.name)));
            let rows: Vec<u64> = sized.iter().map(|(rows, _)| *rows).collect();
            let mut names: Vec<String> = sized.iter().map(|(_, file)| file.name.clone()).collect();
            names.sort();
            let count = worth_merging(&rows, tidy.seen.get(&month) == Some(&names));
            if count < 2 {
                tidy.seen.insert(month, names);
                continue;
            }
            tidy.seen.remove(&month);
            let old: Vec<Arc<FactFile>> = sized.into_iter().take(count).map(|(_, file)| file).collect();
            self.merge(&mut tidy, &month, &old, now)?;
            report.merged_files += count as u64;
            report.new_files += 1;
            report.facts += rows[..count].iter().sum::<u64>();
        }
        self.compact_identities(&mut tidy, now, &mut report)?;
        Ok(report)
    }

    /// Puts one file in the place of several.
    fn merge(&self, tidy: &mut Tidy, month: &str, old: &[Arc<FactFile>], now: Instant) -> Result<(), Error> {
        let folder = self.lake.lock().map_err(stopped)?.facts_folder().to_owned();
        let new = giving_way(true, || merge_files(&folder, month, old, Rests::new(|| self.state().sequence())))?;
        let gone = self.announce(old, month, now).inspect_err(|_| {
            // Nobody knows of the new file: what cannot be removed now is removed when the folder is opened.
            let _ = remove(&folder.join(&new.name));
        })?;
        tidy.gone.extend(old.iter().map(|file| (file.name.clone(), Arc::downgrade(file))));
        let mut lake = self.lake.lock().map_err(stopped)?;
        lake.commit_compacted(&gone, &new, now)?;
        self.pass(StopPoint::CompactCommitted)?;
        let shown = lake.fact_files(std::iter::once(new.name));
        self.publish(|state| state.with_files_replaced(old, shown));
        Ok(())
    }

    /// Notes that files are about to leave the lake, so that they are kept for a while.
    fn announce(&self, old: &[Arc<FactFile>], month: &str, now: Instant) -> Result<Vec<OldFile>, Error> {
        self.pass(StopPoint::CompactWritten)?;
        let mut gone = Vec::new();
        for file in old {
            gone.push(OldFile { name: file.name.clone(), month: month.to_owned(), size: file.file.size()? });
        }
        let mut change = self.intake.change()?;
        old.iter().for_each(|file| change.retire(&file.name, now));
        change.commit()?;
        Ok(gone)
    }

    /// Removes the files that left the lake more than an hour ago and are in nobody's view. Gives how many.
    pub fn vacuum(&self, now: Instant) -> Result<u64, Error> {
        let mut tidy = self.tidy.lock().unwrap_or_else(PoisonError::into_inner);
        let lake = self.lake.lock().map_err(stopped)?;
        let facts = (lake.facts_folder().to_owned(), lake.fact_names()?);
        let identities = (lake.identities_folder().to_owned(), lake.identity_names()?);
        drop(lake);
        let mut change = self.intake.change()?;
        let mut removed = 0;
        for (listed, since) in self.intake.retired()? {
            let is_seen = tidy.gone.get(&listed).is_some_and(|file| file.strong_count() > 0);
            if is_seen || now.micros().saturating_sub(since.micros()) < GRACE {
                continue;
            }
            let ((folder, names), name) = match listed.strip_prefix(OF_IDENTITIES) {
                Some(name) => (&identities, name),
                None => (&facts, listed.as_str()),
            };
            if names.binary_search_by(|own| own.as_str().cmp(name)).is_err() {
                remove(&folder.join(name))?;
                removed += 1;
            }
            self.pass(StopPoint::VacuumRemoved)?;
            tidy.gone.remove(&listed);
            change.forget_retired(&listed);
        }
        change.commit_unsynced()?;
        Ok(removed)
    }

    /// Makes the state show the lake's own files: after a commit that failed nobody knows whether it is there.
    pub(crate) fn reconcile(&self, lake: &mut Lake) -> Result<(), Error> {
        let (facts_to, identities_to) = lake.drained()?;
        let names = lake.fact_names()?;
        let state = self.state();
        let mut shown: Vec<&str> = state.files().iter().map(|file| file.name.as_str()).collect();
        shown.sort_unstable();
        let is_drained = state.live_runs().next().is_some_and(|run| run.first_number <= facts_to);
        if is_drained || !shown.iter().copied().eq(names.iter().map(String::as_str)) {
            let files = lake.fact_files(names.into_iter());
            self.publish(|state| state.with_exactly(files).without_live_facts(facts_to));
        }
        if state.live_identities().first().is_some_and(|stored| stored.number <= identities_to) {
            self.publish(|state| state.without_live_identities(identities_to));
        }
        Ok(())
    }
}

/// A file that a killed vacuum has removed already is no failure.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", path, source)),
        _ => Ok(()),
    }
}

/// Writes the facts of some files of a month into one, in order.
///
/// Its name has the smallest number and the count of its facts: no file that holds fewer, or others, is called so.
fn merge_files(
    folder: &Path,
    month: &str,
    old: &[Arc<FactFile>],
    mut rests: Rests<impl Fn() -> u64>,
) -> Result<NewFile, Error> {
    let files: Vec<LakeFile> = old.iter().map(|file| LakeFile::new(folder.join(&file.name), Some(schema()))).collect();
    let (mut rows, mut bytes, mut first) = (0, 0, i64::MAX);
    for file in &files {
        rows += file.len()?;
        bytes += file.unpacked_size()?;
        first = first.min(file.bounds("number")?.map_or(i64::MAX, |(least, _)| least));
    }
    let name = format!("month={month}/sorted-{first:020}-{rows}.parquet");
    let held = (BYTES_MAX / (bytes / rows.max(1)).max(1)).min(ROWS_MAX) as usize;
    let per_batch = (held / files.len().max(1)).clamp(64, ROWS_PER_WRITE);
    let mut runs = Vec::with_capacity(files.len());
    for file in &files {
        let mut run = Run { batches: Box::new(file.read(&COLUMNS, None, per_batch)?), head: None, at: 0 };
        run.fill()?;
        runs.push(run);
    }
    let mut merged = Merged { runs, ready: Vec::new() };
    let batches = std::iter::from_fn(move || {
        rests.rest();
        merged.next().transpose()
    });
    write_fact_file(folder, name, month.to_owned(), &FACT_LAYOUT, batches)
}

/// The pauses of a merge while facts come in.
struct Rests<F> {
    /// How far the record is.
    recorded: F,
    seen: u64,
    since: Stopwatch,
}

impl<F: Fn() -> u64> Rests<F> {
    fn new(recorded: F) -> Rests<F> {
        Rests { seen: recorded(), recorded, since: Stopwatch::now() }
    }

    /// Pauses if anything was recorded since the last call. How long.
    fn rest(&mut self) -> Duration {
        let recorded = (self.recorded)();
        let rest = match recorded == self.seen {
            true => Duration::ZERO,
            false => (self.since.elapsed() * RESTS).min(LONGEST_REST),
        };
        std::thread::sleep(rest);
        (self.seen, self.since) = (recorded, Stopwatch::now());
        rest
    }
}

/// A sorted file on its way into another.
struct Run<'a> {
    batches: Box<dyn Iterator<Item = Result<RecordBatch, Error>> + 'a>,
    head: Option<(RecordBatch, Rows)>,
    at: usize,
}

impl Run<'_> {
    /// Reads on where the last batch is used up.
    fn fill(&mut self) -> Result<(), Error> {
        while self.head.as_ref().is_none_or(|(batch, _)| self.at >= batch.num_rows()) {
            self.at = 0;
            let Some(batch) = self.batches.next().transpose()? else {
                self.head = None;
                return Ok(());
            };
            let rows = Rows::of(&batch)?;
            self.head = Some((batch, rows));
        }
        Ok(())
    }

    fn order(&self, place: usize) -> Option<FileOrder<'_>> {
        self.head.as_ref().map(|(_, rows)| FileOrder::of(&rows.row(place)))
    }

    /// The rows of the batch at hand that do not come after `bound`.
    fn up_to(&self, bound: &FileOrder<'_>) -> Range<usize> {
        let Some((batch, _)) = &self.head else { return 0..0 };
        let (mut low, mut high) = (self.at, batch.num_rows());
        while low < high {
            let middle = (low + high) / 2;
            match self.order(middle).is_some_and(|order| order <= *bound) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        self.at..low
    }
}

/// Several runs as one, batch by batch.
struct Merged<'a> {
    runs: Vec<Run<'a>>,
    /// Batches that are done, the next one last.
    ready: Vec<RecordBatch>,
}

impl Merged<'_> {
    fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        if self.ready.is_empty() {
            self.advance()?;
        }
        Ok(self.ready.pop())
    }

    /// Takes from every batch at hand the rows that come before whatever has not been read yet: those up to the
    /// smallest of their ends.
    fn advance(&mut self) -> Result<(), Error> {
        let last = |run: &Run<'_>| run.head.as_ref().map(|(batch, _)| batch.num_rows() - 1);
        let ends = self.runs.iter().filter_map(|run| run.order(last(run)?));
        let Some(bound) = ends.min() else { return Ok(()) };
        let taken: Vec<Range<usize>> = self.runs.iter().map(|run| run.up_to(&bound)).collect();
        let places = self.runs.iter().zip(&taken).enumerate().flat_map(|(run, (source, taken))| {
            taken.clone().filter_map(move |row| Some((source.order(row)?, (run, row))))
        });
        let mut places: Vec<(FileOrder<'_>, (usize, usize))> = places.collect();
        // Each run is in order already: a merge of them, not a sort from nothing.
        places.sort_by(|a, b| in_order(a, b));
        let (mut heads, mut position) = (Vec::new(), vec![0; self.runs.len()]);
        for (run, source) in self.runs.iter().enumerate() {
            if let Some((batch, _)) = &source.head {
                position[run] = heads.len();
                heads.push(batch);
            }
        }
        let places: Vec<(usize, usize)> = places.into_iter().map(|(_, (run, row))| (position[run], row)).collect();
        for chunk in places.chunks(ROWS_PER_WRITE) {
            let batch = interleave_record_batch(&heads, chunk).map_err(|source| {
                Error::because(crate::error::Sort::Damaged, "files of a month do not fit together", source)
            })?;
            self.ready.push(batch);
        }
        self.ready.reverse();
        for (run, taken) in self.runs.iter_mut().zip(taken) {
            run.at = taken.end;
            run.fill()?;
        }
        Ok(())
    }
}

fn in_order(a: &(FileOrder<'_>, (usize, usize)), b: &(FileOrder<'_>, (usize, usize))) -> Ordering {
    a.0.cmp(&b.0)
}

/// Where a folder keeps it.
pub(crate) type TidyLock = Mutex<Tidy>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_rests_while_facts_come_in_and_never_long() {
        let recorded = std::cell::Cell::new(7);
        let mut rests = Rests::new(|| recorded.get());
        assert_eq!(rests.rest(), Duration::ZERO);
        recorded.set(8);
        std::thread::sleep(Duration::from_millis(2));
        let rest = rests.rest();
        assert!(rest >= Duration::from_millis(6) && rest <= LONGEST_REST, "{rest:?}");
        assert_eq!(rests.rest(), Duration::ZERO, "nothing came in since");
        rests.since -= Duration::from_secs(5);
        recorded.set(9);
        assert_eq!(rests.rest(), LONGEST_REST);
    }

    #[test]
    fn files_of_similar_size_are_merged_while_more_come_in_and_a_month_at_rest_becomes_one() {
        let twelve = [100; 12];
        assert_eq!(worth_merging(&twelve, false), 12);
        assert_eq!(worth_merging(&twelve[..11], false), 0);
        let with_a_large_one: Vec<u64> = twelve.iter().copied().chain([100_000]).collect();
        assert_eq!(worth_merging(&with_a_large_one, false), 12, "the large one is left alone");
        assert_eq!(worth_merging(&[100, 1_000], true), 2);
        assert_eq!(worth_merging(&[10, 1_000_000], true), 0, "not for ten facts");
        assert_eq!(worth_merging(&[1, 1, 1, 1, 1_000_000], true), 5);
        assert_eq!(worth_merging(&[5], true), 0);
        assert_eq!(worth_merging(&[], true), 0);
    }
}
