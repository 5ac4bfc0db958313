//! The live path: what has just happened is on disk when its caller is told so, in every later view at once.
//!
//! Each caller packs and hashes its own batch and asks the memory of ids, without a lock. Then whoever gets the pen
//! writes everything that waits in one synced change: while the disk is busy with it, the next ones gather. Nobody waits
//! longer than for the change under way and the next: when more comes in than is moved on, callers are told to come
//! again ([`Error::is_busy`]).

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use vocab::Instant;

use crate::batch::{FactBatch, Report};
use crate::error::{Error, Sort};
use crate::folder::{Facts, StopPoint, stopped};
use crate::open::read_state;
use crate::writer::{Draft, Together, Writer, check};

/// Live facts of this size are worth moving to the lake at once.
///
/// # Why so few
/// What is moved on soon leaves the intake's sorted memory before that is written to the disk, and is never written twice.
pub(crate) const DRAIN_BYTES: usize = 32 << 20;
/// From this size on nothing more is taken in: memory and the log stay bounded, even if the lake cannot be written.
const LIVE_BYTES_MAX: usize = 96 << 20;

/// A batch that waits for the next synced change, and where its answer goes.
pub(crate) struct Waiting {
    draft: Draft,
    answer: Arc<Mutex<Option<Result<Report, Error>>>>,
}

impl Facts {
    /// Appends what has just happened: on disk when this returns, in every later view at once.
    ///
    /// `known_at` of a fact that has none is the moment of recording. Callers on several threads share one sync.
    ///
    /// # Edges
    /// * A batch in which one fact has no message id or a value beyond ±9.2e12 is refused as a whole
    ///   ([`Error::is_invalid`]).
    /// * [`Error::is_busy`]: more has come in than [`Facts::drain`] has moved on, or the disk is nearly full. Nothing of
    ///   the batch was kept.
    /// * [`Error::is_retryable`]: the disk refused. The next call opens the log anew; what was acknowledged is there. The
    ///   batch may be there all the same, and is then a duplicate when it is sent again.
    pub fn append(&self, batch: FactBatch, now: Instant) -> Result<Report, Error> {
        self.write(batch, Vec::new(), false, now)
    }

    /// Whether so much has come in that it should be moved to the lake now, whatever the time.
    pub fn is_drain_due(&self) -> bool {
        self.state().live_size() >= DRAIN_BYTES
    }

    /// Appends a batch while rows leave the quarantine.
    pub(crate) fn write(
        &self,
        batch: FactBatch,
        leaving: Vec<u64>,
        is_release: bool,
        now: Instant,
    ) -> Result<Report, Error> {
        check(&batch)?;
        self.admit()?;
        self.mend()?;
        let mut draft = Draft::of(batch, now).taking_out(leaving, is_release);
        let changes = self.changes.load(Ordering::SeqCst);
        draft.look_up(&self.intake, changes)?;
        let size = draft.size();
        self.waiting_bytes.fetch_add(size, Ordering::SeqCst);
        let answered = self.write_in_turn(draft);
        self.waiting_bytes.fetch_sub(size, Ordering::SeqCst);
        answered
    }

    fn write_in_turn(&self, draft: Draft) -> Result<Report, Error> {
        let answer = Arc::new(Mutex::new(None));
        let waiting = Waiting { draft, answer: answer.clone() };
        self.queue.lock().map_err(stopped)?.push(waiting);
        let mut writer = self.writer.lock().map_err(stopped)?;
        let given = answer.lock().map_err(stopped)?.take();
        if let Some(given) = given {
            return given;
        }
        // Nobody has taken it along: write everything that waits, this batch among it.
        let waiting = std::mem::take(&mut *self.queue.lock().map_err(stopped)?);
        self.write_together(&mut writer, waiting);
        drop(writer);
        let given = answer.lock().map_err(stopped)?.take();
        given.unwrap_or_else(|| Err(stopped(())))
    }

    /// Refuses what there is no room for.
    fn admit(&self) -> Result<(), Error> {
        let held = self.state().live_size() + self.waiting_bytes.load(Ordering::SeqCst);
        if held > LIVE_BYTES_MAX {
            return Err(Error::new(Sort::Busy, "more comes in than can be moved on; come again in a moment"));
        }
        match self.room.is_short() {
            true => Err(Error::new(Sort::Busy, "the disk is nearly full: nothing is taken in until there is room")),
            false => Ok(()),
        }
    }

    /// One synced change for every batch that waits.
    fn write_together(&self, writer: &mut Writer, waiting: Vec<Waiting>) {
        let before = writer.sequence;
        let mut together = Together::default();
        let (mut runs, mut identities, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for one in waiting {
            let prepared = writer.prepare(&self.intake, &mut together, one.draft).map(|mut prepared| {
                writer.hear_all(&mut prepared);
                runs.extend(prepared.facts);
                identities.extend(prepared.identities);
                prepared.report
            });
            answers.push((one.answer, prepared));
        }
        let written = self.intake.change().and_then(|mut change| {
            runs.iter().for_each(|run| change.facts(run));
            identities.iter().for_each(|stored| change.identity(stored));
            together.enlist_live(&self.intake, &mut change, writer.sequence.number)?;
            if change.is_empty() {
                return Ok(());
            }
            change.sequence(writer.sequence);
            self.pass(StopPoint::AppendPrepared)?;
            change.commit()?;
            self.pass(StopPoint::AppendWritten)
        });
        match &written {
            Ok(()) => {
                together.remember(&self.intake);
                let sequence = writer.sequence.number;
                self.publish(|state| state.with_live(sequence, runs, identities));
                self.changes.store(writer.settle(&mut together), Ordering::SeqCst);
            }
            Err(_) => {
                writer.reset(before, &self.state());
                self.changes.store(writer.changes(), Ordering::SeqCst);
            }
        }
        for (answer, prepared) in answers {
            let given = match &written {
                Ok(()) => prepared,
                Err(error) => Err(error.clone()),
            };
            *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(given);
        }
    }

    /// Opens the log anew after the disk refused a write, and begins again from what is lasting.
    ///
    /// # Why
    /// After a refused write or sync nobody knows what of it is on disk: that is only learnt by reading it again.
    pub(crate) fn mend(&self) -> Result<(), Error> {
        if !self.intake.is_broken() {
            return Ok(());
        }
        let busy = || Error::new(Sort::Busy, "the intake log is being opened anew");
        let mut lake = self.lake.try_lock().map_err(|_| busy())?;
        let mut writer = self.writer.lock().map_err(stopped)?;
        if !self.intake.is_broken() {
            return Ok(());
        }
        self.intake.reopen()?;
        if let Some(pending) = self.intake.pending()? {
            self.intake.take_in(&pending).inspect_err(|_| self.intake.doubt())?;
        }
        writer.unclaim();
        let sequence = self.intake.sequence()?;
        let state = read_state(&self.intake, &mut lake, sequence.number)?;
        self.publish(|before| state.with_files_of(before));
        writer.reset(sequence, &self.state());
        self.changes.store(writer.changes(), Ordering::SeqCst);
        tracing::warn!("the intake log was opened anew after the disk had refused a write");
        Ok(())
    }
}
