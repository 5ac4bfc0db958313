//! Moving on what came in: from the intake log to the lake, a piece at a time.
//!
//! Whoever brings more goes first: what takes most of the time, sorting and packing a piece into files, is done by a thread
//! that gives way, as long as there is room for what comes in meanwhile. When which of it is due is the caller's timer's to
//! say.

use std::sync::Arc;

use crate::batch::DrainReport;
use crate::error::Error;
use crate::fact::StoredIdentity;
use crate::folder::{Facts, StopPoint, stopped};
use crate::lake::{Lake, write_facts, write_identities};
use crate::live::DRAIN_BYTES;
use crate::packed::Packed;
use crate::way::giving_way;

/// Live facts that are moved together: what is held of them on their way does not grow with what waits.
const PIECE_BYTES: usize = 32 << 20;
/// With more than that waiting the drain gives way to nobody: soon nothing more could be taken in.
const URGENT_BYTES: usize = 48 << 20;
/// While facts come in quickly, ids wait in memory until there are so many: tables of few make more work than they save, and
/// each takes a hundred bytes or more of memory while it waits.
const IDS_AT_ONCE: usize = 200_000;

impl Facts {
    /// Moves what the intake log holds to the lake. Called by a timer and at stop; with nothing to move it does nothing.
    ///
    /// Appends go on meanwhile; what they bring is left for the next time. When it fails, what was to be moved and is not is
    /// still in the log and in every view.
    pub fn drain(&self) -> Result<DrainReport, Error> {
        self.mend()?;
        let (mut report, mut until) = (DrainReport::default(), None);
        loop {
            let mut lake = self.lake.lock().map_err(stopped)?;
            self.finish_pending(&mut lake)?;
            self.reconcile(&mut lake)?;
            let until = match until {
                Some(known) => known,
                None => {
                    let is_busy = self.state().live_size() >= DRAIN_BYTES;
                    self.intake.settle_ids(if is_busy { IDS_AT_ONCE } else { 1 })?;
                    *until.insert(self.state().sequence())
                }
            };
            let Some(moved) = self.drain_piece(&mut lake, until)? else { break };
            report.facts += moved.facts;
            report.identities += moved.identities;
            report.last_number = report.last_number.max(moved.last_number);
        }
        if (report.facts, report.identities) == (0, 0) {
            report.last_number = self.state().sequence();
        }
        Ok(report)
    }

    /// Moves the next rows up to a number; `None` if there are none.
    fn drain_piece(&self, lake: &mut Lake, until: u64) -> Result<Option<DrainReport>, Error> {
        let state = self.state();
        let mut waiting = state.live_runs().filter(|run| run.first_number <= until).peekable();
        let (mut runs, mut size): (Vec<Arc<Packed>>, usize) = (Vec::new(), 0);
        while let Some(run) = waiting.next_if(|_| size < PIECE_BYTES) {
            size += run.size();
            runs.push(run.clone());
        }
        // Identity rows are few: they go with the last piece.
        let identities: Vec<&StoredIdentity> = match waiting.peek() {
            None => state.live_identities().iter().filter(|stored| stored.number <= until).collect(),
            Some(_) => Vec::new(),
        };
        let last_of_identities = identities.iter().map(|stored| stored.number);
        let Some(last) = runs.iter().map(|run| run.last_number()).chain(last_of_identities).max() else {
            return Ok(None);
        };
        let can_wait = state.live_size() < URGENT_BYTES;
        let folder = lake.facts_folder().to_owned();
        let files = giving_way(can_wait, || write_facts(&folder, "live", &runs))?;
        let identity_files = write_identities(lake.identities_folder(), &identities)?;
        self.pass(StopPoint::DrainWritten)?;
        if !files.is_empty() {
            giving_way(can_wait, || lake.commit_drained_facts(&files, last))?;
            let shown = lake.fact_files(files.into_iter().map(|file| file.name));
            self.publish(|state| state.with_files(shown).without_live_facts(last));
        }
        self.pass(StopPoint::DrainHalfCommitted)?;
        if !identity_files.is_empty() {
            lake.commit_drained_identities(&identity_files, last)?;
            self.publish(|state| state.without_live_identities(last));
        }
        self.pass(StopPoint::DrainCommitted)?;
        let mut change = self.intake.change()?;
        runs.iter().for_each(|run| change.drop_row(run.first_number));
        identities.iter().for_each(|stored| change.drop_row(stored.number));
        // What comes back after a loss of power is known to be in the lake by its number.
        change.commit_unsynced()?;
        let facts = runs.iter().map(|run| run.len() as u64).sum();
        Ok(Some(DrainReport { facts, identities: identities.len() as u64, last_number: last }))
    }
}
