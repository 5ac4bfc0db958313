//! What the first look after a cycle would wait for, made ahead of it.
//!
//! Lists of the present rest on things that are worked out once for everybody: who belongs where and did so over the year,
//! contracts, reminders, the week that has ended. Whoever asks for one of them first would wait. It is made here by threads
//! that give way, so that neither whoever asks for anything else meanwhile waits for it nor what comes in and must be felt.
//!
//! Not here: the orders and the spelling of lists, which a cycle sorts at its end (`roll`), and which are only made up for
//! where no cycle ran in this process.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use vocab::{Instant, Scope};

use crate::coming::reminders::ReminderQuery;
use crate::coming::renewals::RenewalQuery;
use crate::error::Error;
use crate::moment::belonging::Haste;
use crate::moment::snapshot::{Measured, Snapshot};
use crate::working::today::TodayQuery;
use crate::{App, ahead, blocking};

/// The measurements for which everything was made.
#[derive(Default)]
pub(crate) struct Readied(Mutex<Weak<Measured>>);

impl Readied {
    fn is(&self, measured: &Arc<Measured>) -> bool {
        Weak::ptr_eq(&self.0.lock().unwrap_or_else(PoisonError::into_inner), &Arc::downgrade(measured))
    }

    fn note(&self, measured: &Arc<Measured>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(measured);
    }
}

impl App {
    /// Makes what pages of the present ask of everybody, once for each cycle: whether there was anything to make. Called by a
    /// timer.
    ///
    /// # Edges
    /// Before there are lists nothing. Once a newer cycle's lists are there what is left is not made any more.
    pub async fn make_ready(&self, now: Instant) -> Result<bool, Error> {
        let Some(present) = self.0.snapshots.present() else { return Ok(false) };
        if self.0.readied.is(&present.measured) {
            return Ok(false);
        }
        ahead(self.make_all_ready(&present, now)).await?;
        Ok(true)
    }

    async fn make_all_ready(&self, present: &Arc<Snapshot>, now: Instant) -> Result<(), Error> {
        let stands = || self.0.snapshots.present().is_some_and(|one| Arc::ptr_eq(&one.measured, &present.measured));
        let lists = Arc::clone(present);
        blocking(move || {
            lists.make_ready();
            Ok(())
        })
        .await?;
        let everybody = &Scope::All;
        if stands() {
            self.today(everybody, &TodayQuery { limit: Some(1), ..TodayQuery::default() }, None, now).await?;
        }
        if stands() {
            self.alerted(everybody, present, None).await?;
            self.renewals(everybody, &RenewalQuery { limit: 1, ..RenewalQuery::default() }, None, now).await?;
        }
        if stands() {
            self.reminders(everybody, &ReminderQuery { limit: 1, ..ReminderQuery::default() }, None, now).await?;
        }
        if stands() {
            self.look_at_last_week(present, now).await?;
        }
        if stands() {
            self.remember_segments(present).await?;
        }
        if stands() {
            self.0.readied.note(&present.measured);
        }
        Ok(())
    }

    /// Who was in each segment over the year.
    async fn remember_segments(&self, present: &Arc<Snapshot>) -> Result<(), Error> {
        let belonging = self.belonging(present, None).await?;
        self.segment_history(present, &belonging, None, Haste::Ahead).await.map(drop)
    }
}
