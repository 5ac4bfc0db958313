//! What is handed in to be recorded, and what became of it.

use vocab::{Instant, Kind, MessageId, SourceName};

use crate::fact::{Fact, Identity};
use crate::held::Held;

use std::collections::BTreeMap;

/// Facts, identity rows and the notes that must be kept or lost together with them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FactBatch {
    /// What happened.
    pub facts: Vec<Fact>,
    /// Which key belongs to which customer.
    pub identities: Vec<Identity>,
    /// Small memory of the front door: key and value, the last one written stands.
    pub notes: Vec<(Vec<u8>, Vec<u8>)>,
    /// What came in and cannot be a fact: it goes to the quarantine.
    pub held: Vec<Held>,
    /// What stands for each fact's content, one per fact; empty: a hash of what the fact says.
    ///
    /// For a caller whose facts depend on when they arrived (a corrected clock): the same message sent again must be a
    /// duplicate, not a conflict.
    pub fingerprints: Vec<u128>,
}

/// What became of one fact or held row of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is in the record now.
    Appended,
    /// The same fact was there already; nothing was added.
    Duplicate,
    /// Another fact or held row with the same source and message id was there already; the first one stays.
    Conflict,
    /// It is in quarantine now.
    Held,
}

/// What became of a batch: `received = appended + duplicates + conflicts + held`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Facts and held rows handed in.
    pub received: u64,
    /// Facts that are in the record now and were not before.
    pub appended: u64,
    /// Facts and held rows that were there already.
    pub duplicates: u64,
    /// Facts and held rows whose id was taken by other content.
    pub conflicts: u64,
    /// Held rows that are in quarantine now and were not before.
    pub held: u64,
    /// One fate per fact, in order.
    pub fates: Vec<Fate>,
    /// Message ids of the facts that were conflicts, in order.
    pub conflicting: Vec<MessageId>,
    /// One fate per held row, in order.
    pub held_fates: Vec<Fate>,
    /// Rows that left the quarantine.
    pub(crate) removed: u64,
    /// Views after this moment may differ from what they were; `None` if nothing was added.
    pub earliest_changed: Option<Instant>,
}

impl Report {
    /// Counts the fates.
    pub(crate) fn sum_up(&mut self) {
        for fate in self.fates.iter().chain(&self.held_fates) {
            self.received += 1;
            match fate {
                Fate::Appended => self.appended += 1,
                Fate::Duplicate => self.duplicates += 1,
                Fate::Conflict => self.conflicts += 1,
                Fate::Held => self.held += 1,
            }
        }
    }

    pub(crate) fn changed_from(&mut self, moment: Instant) {
        self.earliest_changed = Some(self.earliest_changed.map_or(moment, |known| known.min(moment)));
    }
}

/// What a drain moved from the intake log to the lake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DrainReport {
    /// Facts moved.
    pub facts: u64,
    /// Identity rows moved.
    pub identities: u64,
    /// Number of the last row that is in the lake and no longer in the log.
    pub last_number: u64,
}

/// What one source has delivered so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSummary {
    /// Its name.
    pub source: SourceName,
    /// Facts by kind, corrections and retractions included.
    pub counts: BTreeMap<Kind, u64>,
    /// When the earliest of them happened.
    pub first_occurred_at: Instant,
    /// When the latest of them happened.
    pub last_occurred_at: Instant,
    /// When the last of them was written.
    pub last_recorded_at: Instant,
}

impl SourceSummary {
    /// Facts of every kind.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}
