//! An open data folder: the one place where facts are added, and from which views are taken.
//!
//! The live path acknowledges through the intake log, the bulk path through files that are already written; both make
//! one atomic, synced change of the intake that also remembers the ids, so that nothing is lost and nothing doubled
//! wherever the process stops. Working out what facts mean is not done here: see `view` and the rooms after it.

use std::fs::File;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use vocab::{AsOf, Horizon, Instant, MessageId, SourceName, Zone};

use crate::batch::{FactBatch, Report, SourceSummary};
use crate::compact::TidyLock;
use crate::digest::Digest;
use crate::encode::id_hash;
use crate::error::{Error, Sort};
use crate::haul::Haul;
use crate::intake::{Intake, PendingLoad};
use crate::lake::{Lake, write_facts, write_haul};
use crate::live::Waiting;
use crate::packed::Packed;
use crate::room::Room;
use crate::scores::ScoreTable;
use crate::state::State;
use crate::view::{Cut, FactView, Hindsight};
use crate::writer::{Draft, Prepared, Together, Writer, check};

/// What is left free of the disk unless the folder is opened otherwise.
pub(crate) const DISK_RESERVE: u64 = 128 << 20;

/// How to open a data folder.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The firm's zone; `None` takes the folder's own, Asia/Shanghai in a new one. Another zone than the folder's is
    /// refused once the folder holds facts.
    pub zone: Option<Zone>,
    /// Bytes of the disk that are to stay free: with less, nothing is taken in. `None`: 128 MiB.
    pub disk_reserve: Option<u64>,
    /// Bytes of the intake's files that are kept in memory: what is looked up again and again. `None`: 48 MiB. A process
    /// that only brings history in looks up next to nothing twice.
    pub cache_bytes: Option<u64>,
}

/// A place where a process may stop, for tests that stop there.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum StopPoint {
    /// Nowhere.
    Nowhere = 0,
    /// The files of a load are written, nobody knows of them.
    LoadWritten = 1,
    /// The load is acknowledged, the lake knows nothing.
    LoadAcknowledged = 2,
    /// The lake has the load, the intake still thinks it pending.
    LoadCommitted = 3,
    /// The files of a drain are written, nobody knows of them.
    DrainWritten = 4,
    /// The lake has the facts of the drain, not the identity rows; the log still has both.
    DrainHalfCommitted = 5,
    /// The lake has all of the drain, the log still has its rows.
    DrainCommitted = 6,
    /// A live batch is ready, nothing of it is written.
    AppendPrepared = 7,
    /// A live batch is on disk, nobody was told.
    AppendWritten = 8,
    /// The file that takes the place of others is written, nobody knows of it.
    CompactWritten = 9,
    /// The lake has it in their place, this process does not know yet.
    CompactCommitted = 10,
    /// A file that nobody needs is removed, and still listed.
    VacuumRemoved = 11,
    /// The file of identity rows that takes the place of others is written, nobody knows of it.
    IdentitiesWritten = 12,
    /// The lake has it in their place.
    IdentitiesCommitted = 13,
}

/// An open data folder: the append-only record of what happened and when we could know it.
///
/// One process holds a folder at a time. Share it in an `Arc`; every method takes `&self`, blocks, and may be called
/// from any thread.
///
/// # Edges
/// * A kill or a loss of power at any point loses nothing that was acknowledged and doubles nothing.
/// * After [`Error::is_stopped`] the handle answers no more writes: drop it and open the folder again.
pub struct Facts {
    pub(crate) zone: Zone,
    pub(crate) intake: Intake,
    pub(crate) room: Room,
    pub(crate) queue: Mutex<Vec<Waiting>>,
    /// Bytes of the batches in the queue and of those about to enter it.
    pub(crate) waiting_bytes: AtomicUsize,
    /// How many changes of the memory of ids there were.
    pub(crate) changes: AtomicU64,
    pub(crate) writer: Mutex<Writer>,
    pub(crate) lake: Mutex<Lake>,
    pub(crate) state: RwLock<Arc<State>>,
    pub(crate) scores: ScoreTable,
    pub(crate) tidy: TidyLock,
    pub(crate) stop_at: AtomicU8,
    /// Held as long as the folder is open.
    pub(crate) _lock: File,
}

pub(crate) fn stopped<T>(_: T) -> Error {
    Error::new(Sort::Stopped, "an earlier write was broken off; the folder must be opened again")
}

impl Facts {
    /// The firm's zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Makes the next writing stop at a point as if the process had been killed there; tests only.
    #[doc(hidden)]
    pub fn stop_at(&self, point: StopPoint) {
        self.stop_at.store(point as u8, Ordering::SeqCst);
    }

    pub(crate) fn pass(&self, point: StopPoint) -> Result<(), Error> {
        match self.stop_at.load(Ordering::SeqCst) == point as u8 {
            true => Err(Error::new(Sort::Stopped, "stopped for a test")),
            false => Ok(()),
        }
    }

    pub(crate) fn state(&self) -> Arc<State> {
        // A panic cannot leave the state half-changed: it is replaced as a whole.
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn publish(&self, change: impl FnOnce(&State) -> State) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = Arc::new(change(&state));
    }

    /// Loads a batch of history: one sorted file per month, one commit.
    ///
    /// Meant for up to about 250,000 facts a call; call it repeatedly for more. Identity rows and notes go with it.
    ///
    /// # Edges
    /// Refuses what [`Facts::append`] refuses. When it fails after the facts were acknowledged (the disk is full just
    /// before the commit), they are in no view until the next `load`, `drain` or `open` finishes the work; calling it
    /// again with the same batch does.
    pub fn load(&self, batch: FactBatch, now: Instant) -> Result<Report, Error> {
        check(&batch)?;
        self.mend()?;
        self.load_draft(Draft::of(batch, now)).map(|(report, _)| report)
    }

    /// Appends history, as much of it as there is: the same as [`Facts::load`], and nothing grows with it but what stands
    /// for each fact. The haul is empty afterwards, and what it had of memory and disk serves the next.
    ///
    /// # Errors
    /// As [`Facts::load`].
    pub fn load_haul(&self, haul: &mut Haul, now: Instant) -> Result<Report, Error> {
        self.mend()?;
        let draft = Draft::of_haul(std::mem::take(haul), now)?;
        let report;
        (report, *haul) = self.load_draft(draft)?;
        Ok(report)
    }

    fn load_draft(&self, draft: Draft) -> Result<(Report, Haul), Error> {
        let mut lake = self.lake.lock().map_err(stopped)?;
        self.finish_pending(&mut lake)?;
        let mut writer = self.writer.lock().map_err(stopped)?;
        let mut together = Together::default();
        let mut prepared = writer.prepare(&self.intake, &mut together, draft)?;
        let version = writer.sequence.number as i64;
        writer.claim(&together);
        if let Some(numbers) = prepared.numbers {
            self.publish(|state| state.awaiting(numbers));
        }
        drop(writer);
        // Live facts go on coming in while the files are written.
        let runs: Vec<Arc<Packed>> = prepared.facts.iter().cloned().map(Arc::new).collect();
        let pending: Result<PendingLoad, Error> = std::thread::scope(|scope| {
            let aside = prepared.numbers.map(|_| scope.spawn(|| together.put_aside(&self.intake, version)));
            let files = match &prepared.haul {
                Some(haul) => write_haul(lake.facts_folder(), haul),
                None => write_facts(lake.facts_folder(), "load", &runs),
            };
            let known = aside.map(|aside| aside.join().unwrap_or_else(|panic| resume_unwind(panic)));
            Ok(PendingLoad { version, files: files?, known: known.transpose()?.flatten() })
        });
        let mut spent = prepared.haul.take().map_or_else(Haul::default, |numbered| numbered.haul);
        let mut writer = self.writer.lock().map_err(stopped)?;
        let loaded = pending.and_then(|pending| {
            self.pass(StopPoint::LoadWritten)?;
            self.acknowledge_load(&mut lake, &mut writer, &together, prepared, pending)
        });
        // What was acknowledged and has not all been taken in stays claimed until it is.
        let is_done = loaded.is_ok() || self.intake.pending().is_ok_and(|pending| pending.is_none());
        match is_done {
            true => {
                writer.unclaim();
                self.publish(State::arrived);
            }
            false => self.intake.doubt(),
        }
        match loaded {
            Ok(report) => {
                self.changes.store(writer.settle(&mut together), Ordering::SeqCst);
                let hashes;
                (spent.notes, hashes) = together.spent();
                spent.clear(hashes);
                Ok((report, spent))
            }
            Err(error) => {
                // What became lasting of it is told by the intake alone.
                writer.reset(self.intake.sequence()?, &self.state());
                self.changes.store(writer.changes(), Ordering::SeqCst);
                Err(error)
            }
        }
    }

    /// Acknowledges a load whose files are written, commits it and shows it.
    fn acknowledge_load(
        &self,
        lake: &mut Lake,
        writer: &mut Writer,
        together: &Together,
        mut prepared: Prepared,
        pending: PendingLoad,
    ) -> Result<Report, Error> {
        let is_overtaken = prepared.numbers.is_some_and(|(_, last)| self.state().sequence() > last);
        writer.hear_all(&mut prepared);
        let mut change = self.intake.change()?;
        together.enlist(&self.intake, &mut change, pending.known.is_some())?;
        prepared.identities.iter().for_each(|stored| change.identity(stored));
        if change.is_empty() && pending.known.is_none() {
            return Ok(prepared.report);
        }
        change.sequence(writer.sequence);
        if !pending.files.is_empty() {
            change.pending(&pending)?;
        }
        change.commit()?;
        // From here on it is there, whatever follows.
        let sequence = writer.sequence.number;
        self.publish(|state| state.with_live(sequence, Vec::new(), prepared.identities));
        if pending.files.is_empty() {
            return Ok(prepared.report);
        }
        self.pass(StopPoint::LoadAcknowledged)?;
        self.intake.take_in(&pending)?;
        lake.commit_pending(&pending)?;
        self.pass(StopPoint::LoadCommitted)?;
        if is_overtaken {
            // A number of its own: whoever remembers answers by the record's number sees that there is more now.
            writer.sequence.next();
        }
        let mut change = self.intake.change()?;
        change.settle();
        change.sequence(writer.sequence);
        change.commit()?;
        self.intake.clear_aside()?;
        let files = lake.fact_files(pending.files.into_iter().map(|file| file.name));
        let sequence = writer.sequence.number;
        self.publish(|state| state.with_files(files).with_live(sequence, Vec::new(), Vec::new()).arrived());
        Ok(prepared.report)
    }

    /// Finishes a load that failed after it was acknowledged, and shows its files.
    pub(crate) fn finish_pending(&self, lake: &mut Lake) -> Result<(), Error> {
        let Some(pending) = self.intake.pending()? else { return Ok(()) };
        self.intake.take_in(&pending)?;
        lake.commit_pending(&pending)?;
        let mut writer = self.writer.lock().map_err(stopped)?;
        writer.sequence.next();
        let mut change = self.intake.change()?;
        change.settle();
        change.sequence(writer.sequence);
        change.commit()?;
        self.intake.clear_aside()?;
        // They may be shown already: the folder was read again since they were committed.
        let files = lake.fact_files(lake.fact_names()?.into_iter());
        let sequence = writer.sequence.number;
        self.publish(|state| state.with_exactly(files).with_live(sequence, Vec::new(), Vec::new()).arrived());
        Ok(())
    }

    /// Whether each of these ids of a source is taken.
    pub fn contains(&self, source: &SourceName, ids: &[MessageId]) -> Result<Vec<bool>, Error> {
        let taken = |id: &MessageId| Ok(self.intake.content_of(id_hash(source.as_str(), id.as_str()))?.is_some());
        ids.iter().map(taken).collect()
    }

    /// Whether the front door has noted anything under a key that begins so.
    pub fn has_notes(&self, prefix: &[u8]) -> Result<bool, Error> {
        self.intake.has_notes(prefix)
    }

    /// What the front door noted under a key, as last written with a batch.
    pub fn note(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        self.intake.note(key)
    }

    /// What could be known before `t` of what had happened before `t`.
    pub fn as_of(&self, t: AsOf) -> FactView {
        FactView::new(self.state(), self.zone.clone(), t, Cut::as_of(t))
    }

    /// What this record said before `t`: like [`Facts::as_of`], of the rows written before `t`. Once `t` has passed
    /// this view never changes.
    pub fn as_recorded(&self, t: AsOf) -> FactView {
        FactView::new(self.state(), self.zone.clone(), t, Cut::as_recorded(t))
    }

    /// What happened in `[t, t + h)`, as known today: the only window into what was future at `t`.
    ///
    /// # Edges
    /// Whether enough time has passed for the window to be full is the asker's question.
    pub fn after(&self, t: AsOf, horizon: Horizon) -> Result<Hindsight, Error> {
        if horizon.days == 0 {
            return Err(Error::invalid("a horizon has at least one day"));
        }
        Ok(Hindsight::new(self.state(), self.zone.clone(), t, horizon))
    }

    /// Grows with everything that is added: a key for caches.
    pub fn sequence(&self) -> u64 {
        self.state().sequence()
    }

    /// What each source has delivered so far, by name.
    pub fn sources(&self) -> Result<Vec<SourceSummary>, Error> {
        let state = self.state();
        let mut total = Digest::default();
        for file in state.files() {
            total.add_sources(file.digest()?);
        }
        total.add_sources(&state.live_digest(Instant::MAX));
        Ok(total.sources.into_values().collect())
    }

    pub(crate) fn score_table(&self) -> &ScoreTable {
        &self.scores
    }
}

impl std::fmt::Debug for Facts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Facts")
            .field("zone", &self.zone.name())
            .field("sequence", &self.sequence())
            .finish_non_exhaustive()
    }
}
