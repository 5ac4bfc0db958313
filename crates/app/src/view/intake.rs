//! What comes in by HTTP: the tail, the quarantine, how a source does.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Words;

/// One message that has just come in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct IntakeRow {
    /// Grows with every row since the server started.
    pub number: u64,
    /// When it came.
    pub at: String,
    /// Through which source.
    pub source: String,
    /// `accepted`, `duplicate`, `conflict`, `held`, `rejected` (its whole call was).
    pub outcome: String,
    /// Name of its fact; empty for one that became none.
    pub name: String,
    /// Customer, or the person where no customer is known.
    pub customer: String,
    /// Its id.
    pub message_id: String,
    /// What is wrong with it.
    pub fault_code: Option<String>,
    /// Where in its call.
    pub fault_path: Option<String>,
    /// In words.
    pub fault: Option<Words>,
}

/// How a source has done since the server started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceHealth {
    /// Messages in all: accepted, duplicates, conflicts, held and rejected together.
    pub received: u64,
    /// Of these: taken.
    pub accepted: u64,
    /// Of these: there already.
    pub duplicates: u64,
    /// Of these: same id, other content; the first one stays.
    pub conflicts: u64,
    /// Of these: put into quarantine.
    pub held: u64,
    /// Of these: refused, because their whole call was.
    pub rejected: u64,
    /// When the last of them came.
    pub last_seen_at: Option<String>,
    /// Messages by minute, the last hour, this minute last; empty when nothing came yet.
    pub per_minute: Vec<u64>,
}

/// A row of the quarantine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuarantineRow {
    /// Names the row.
    pub number: u64,
    /// When it came.
    pub at: String,
    /// Through which source.
    pub source: String,
    /// Its id.
    pub message_id: String,
    /// What is wrong: a stable code.
    pub fault_code: String,
    /// Where.
    pub fault_path: String,
    /// In words.
    pub fault: Words,
    /// As it came: JSON text.
    pub body: String,
}

/// A row to be read again.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct Replay {
    /// The mended body; absent: as it came.
    pub body: Option<String>,
}

/// Rows of the quarantine.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct HeldNumbers {
    /// Their numbers, at most 1000.
    pub numbers: Vec<u64>,
}

/// What became of a row that was read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Replayed {
    /// `accepted`, `duplicate`, `conflict`, or `held` when it is still no good and nothing has changed.
    pub outcome: String,
    /// What is still wrong.
    pub fault_code: Option<String>,
    /// Where.
    pub fault_path: Option<String>,
    /// In words.
    pub fault: Option<Words>,
}

/// What became of many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReplayedMany {
    /// Left the quarantine.
    pub replayed: u64,
    /// Still no good.
    pub held: u64,
    /// Were not there any more.
    pub missing: u64,
}

/// What was thrown away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Discarded {
    /// Rows that were there.
    pub discarded: u64,
}
