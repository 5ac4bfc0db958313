//! Quarantine: what came in and cannot be a fact, kept as it came until a person has looked at it.
//!
//! Here it is only kept, in the same synced change as the facts it came with, and its id remembered like a fact's.
//! What is wrong with it, and what it should have been, is for the front door to say (`ingest`).

use std::collections::BTreeMap;

use vocab::{Instant, MessageId, SourceName};

use crate::batch::{FactBatch, Report};
use crate::encode::{Reader, first_128, put_i64, put_text};
use crate::error::Error;
use crate::folder::Facts;

/// Something that came in and cannot be a fact; kept as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Where it came from.
    pub source: SourceName,
    /// Unique within the source, for ever, among facts and held rows together.
    pub message_id: MessageId,
    /// What is wrong with it: JSON of the front door's own (`code`, `path`, `zh`, `en`).
    pub fault: String,
    /// As it came: JSON text.
    pub body: String,
}

/// A row of the quarantine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    /// Its place in the order of arrival, unique within the folder and never used again.
    pub number: u64,
    /// When it was written.
    pub recorded_at: Instant,
    /// What came.
    pub held: Held,
}

const VERSION: u8 = 1;

/// What stands for the body when the same id comes again; never equal to what stands for a fact.
pub(crate) fn held_hash(held: &Held) -> u128 {
    let mut hasher = blake3::Hasher::new_derive_key("liuke held body");
    hasher.update(held.body.as_bytes());
    first_128(hasher.finalize())
}

/// The record of a held row: everything but its number, which is the key.
pub(crate) fn encode_held(row: &HeldRow) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + row.held.body.len() + row.held.fault.len());
    out.push(VERSION);
    put_i64(&mut out, row.recorded_at.micros());
    for text in [row.held.source.as_str(), row.held.message_id.as_str(), &row.held.fault, &row.held.body] {
        put_text(&mut out, text);
    }
    out
}

/// Reads a held row back.
pub(crate) fn decode_held(number: u64, bytes: &[u8]) -> Result<HeldRow, Error> {
    let read = || {
        let mut reader = Reader::of(bytes);
        if reader.byte()? != VERSION {
            return None;
        }
        let recorded_at = reader.instant()?;
        let source = SourceName::new(reader.text()?);
        let message_id = MessageId::new(reader.text()?);
        let held = Held { source, message_id, fault: reader.text()?.to_owned(), body: reader.text()?.to_owned() };
        reader.is_at_end().then_some(HeldRow { number, recorded_at, held })
    };
    read().ok_or_else(|| Error::damaged(format!("row {number} of the quarantine cannot be read")))
}

impl Facts {
    /// Rows of the quarantine with a number smaller than `before`, the newest first, of one source or of all.
    ///
    /// Begin with `u64::MAX`, go on with the number of the last row.
    pub fn held(&self, source: Option<&SourceName>, before: u64, limit: usize) -> Result<Vec<HeldRow>, Error> {
        self.intake.held_rows(source, before, limit)
    }

    /// One row of the quarantine, if it is there.
    pub fn held_row(&self, number: u64) -> Result<Option<HeldRow>, Error> {
        self.intake.held_row(number)
    }

    /// How many rows of each source are in quarantine; sources without one are not named.
    pub fn held_count(&self) -> Result<BTreeMap<SourceName, u64>, Error> {
        self.intake.held_counts()
    }

    /// Replays a row of the quarantine: it is removed, its id is free again, and the batch made of it is appended, all
    /// in one synced change.
    ///
    /// # Edges
    /// [`Error::is_missing`] if the row is not there (any more): of two people who replay it, one wins. A batch that
    /// holds the row again leaves it in quarantine under a new number.
    pub fn release(&self, number: u64, batch: FactBatch, now: Instant) -> Result<Report, Error> {
        self.write(batch, vec![number], true, now)
    }

    /// Removes rows of the quarantine for good; their ids stay taken, so that what is sent again is not held again.
    /// Gives how many were there.
    pub fn discard(&self, numbers: &[u64], now: Instant) -> Result<u64, Error> {
        let report = self.write(FactBatch::default(), numbers.to_vec(), false, now)?;
        Ok(report.removed)
    }
}
