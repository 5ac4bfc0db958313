//! A view read by all cores, dealt into parts by customer: the quick road of `liuke indicators --data`.
//!
//! What needs more than dealing (corrections, people without a customer, other currencies) is read as a whole.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{DEALT, FactView};
use crate::deal::{Dealer, Dealing};
use crate::error::Error;
use crate::file::LakeFile;
use crate::frame::Want;
use crate::lake::FactFile;
use crate::parts::{FactParts, Scanned};

/// Row groups that a core deals out at a time.
const GROUPS_PER_STRETCH: usize = 8;

impl FactView {
    /// The view in parts, each with all rows of some customers but those that need not be there
    /// ([`Want::bearing`]), read with so many threads; `None` if it has to be read as a whole: properties or texts are wanted, rows were corrected or belong to people, amounts are in other
    /// currencies, or the view is one of the record or of hindsight.
    pub fn parts(&self, want: &Want, threads: usize) -> Result<Option<FactParts>, Error> {
        if !want.is_plain() || self.cut.hindsight || self.cut.is_as_recorded() {
            return Ok(None);
        }
        self.open_files(threads)?;
        if !self.overrides()?.is_empty() {
            return Ok(None);
        }
        if !self.keys().has_no_alias() {
            return Ok(None);
        }
        let files: Vec<&Arc<FactFile>> = self.files().collect();
        let mut rows = self.state.live_facts().count() as u64;
        for file in &files {
            rows += file.file.len()?;
            for column in ["actor_id", "currency", "supersedes", "retracts"] {
                if !file.file.is_empty_column(column)? {
                    return Ok(None);
                }
            }
        }
        let dealing = Dealing::new(rows, self.as_of, want.bearing.clone());
        let (stretches, lie_as_they_came) = self.stretches(&files)?;
        let columns: &[&str] = if lie_as_they_came { &DEALT[1..] } else { &DEALT };
        let next = AtomicUsize::new(0);
        let mut dealt = at_once(threads, stretches.len(), || deal(&stretches, columns, &next, &dealing));
        dealt.push(self.deal_live(&dealing));
        let mut scanned = Scanned { rows: 0, ..self.scanned(want)? };
        scanned.columns.retain(|column| columns.contains(&column.as_str()));
        dealing.gather(dealt, &self.zone, scanned)
    }

    /// Reads the footers of all files, by all cores: what follows asks them one by one.
    fn open_files(&self, threads: usize) -> Result<(), Error> {
        let (files, next) = (self.state.files(), AtomicUsize::new(0));
        let open = || {
            while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                file.file.row_groups()?;
            }
            Ok(())
        };
        at_once(threads, files.len(), open).into_iter().collect()
    }

    /// Some files cut into stretches, and whether their order alone says which of two rows of one moment came first, so
    /// that the rows' numbers need not be read.
    ///
    /// # Why
    /// A file lies in order of arrival where customer and moment are the same, and a month has files of its own. So
    /// the order is told where the files of each month hold numbers that do not mix with each other's, and whatever is
    /// in no file yet came after all of them.
    fn stretches<'f>(&self, files: &[&'f Arc<FactFile>]) -> Result<(Vec<Stretch<'f>>, bool), Error> {
        let mut ordered = Vec::with_capacity(files.len());
        for file in files {
            let numbers = file.file.bounds("number")?.unwrap_or((i64::MIN, i64::MAX));
            ordered.push((file.month(), numbers, *file));
        }
        ordered.sort_by_key(|(month, numbers, _)| (*month, *numbers));
        let is_apart =
            |pair: &[(&str, (i64, i64), &Arc<FactFile>)]| pair[0].0 != pair[1].0 || pair[0].1.1 < pair[1].1.0;
        let last = ordered.iter().map(|(_, (_, last), _)| *last).max().unwrap_or_default();
        let lie_as_they_came = ordered.windows(2).all(is_apart)
            && self.state.live_runs().all(|run| i64::try_from(run.first_number).is_ok_and(|first| first > last));
        let (mut stretches, mut place) = (Vec::new(), 0);
        for (_, _, file) in ordered {
            let count = file.file.row_groups()?;
            for first in (0..count).step_by(GROUPS_PER_STRETCH) {
                let groups = first..(first + GROUPS_PER_STRETCH).min(count);
                place += 1;
                stretches.push(Stretch { file: &file.file, groups, place });
            }
        }
        Ok((stretches, lie_as_they_came))
    }

    /// What is gone through to read the view as a whole.
    pub fn scanned(&self, want: &Want) -> Result<Scanned, Error> {
        let mut scanned = Scanned { parts: 1, rows: self.state.live_facts().count() as u64, ..Scanned::default() };
        let mut columns: BTreeSet<&str> = DEALT.into_iter().collect();
        for file in self.files() {
            scanned.files += 1;
            scanned.row_groups += file.file.row_groups()?;
            scanned.rows += file.file.len()?;
            if !want.is_plain() {
                columns.extend(self.columns(file, want, false)?);
            }
        }
        scanned.columns = columns.into_iter().map(str::to_owned).collect();
        Ok(scanned)
    }

    fn deal_live(&self, dealing: &Dealing) -> Result<Option<Dealer>, Error> {
        let mut dealer = dealing.dealer();
        for fact in self.state.live_facts() {
            if !dealing.deal_row(&fact.row, &mut dealer)? {
                return Ok(None);
            }
        }
        Ok(Some(dealer))
    }
}

/// The same work on so many threads, of which there is no more than there are things to do.
fn at_once<R: Send>(threads: usize, things: usize, work: impl Fn() -> R + Sync) -> Vec<R> {
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads.clamp(1, things.max(1))).map(|_| scope.spawn(&work)).collect();
        let joined = handles.into_iter().map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.collect()
    })
}

/// Row groups of a file that follow each other: what a core deals out before it looks for more.
struct Stretch<'f> {
    file: &'f LakeFile,
    groups: Range<usize>,
    /// Its place among all, from 1: no larger than the number of any row that is in no file yet.
    place: u64,
}

/// One core: stretches one after the other, as long as there are any. `None` if a row needs more than dealing.
fn deal(
    stretches: &[Stretch<'_>],
    columns: &[&str],
    next: &AtomicUsize,
    dealing: &Dealing,
) -> Result<Option<Dealer>, Error> {
    let mut dealer = dealing.dealer();
    loop {
        let Some(stretch) = stretches.get(next.fetch_add(1, Ordering::Relaxed)) else { return Ok(Some(dealer)) };
        // A row group at a time: what its customers are called is looked up once.
        for group in stretch.groups.clone() {
            for batch in stretch.file.read_group(group, columns, ("occurred_at", "known_at"))? {
                if !dealing.deal(&batch?, stretch.place, &mut dealer)? {
                    return Ok(None);
                }
            }
        }
    }
}
