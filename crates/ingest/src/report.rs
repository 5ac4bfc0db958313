//! What became of a file.

use std::collections::BTreeMap;

use vocab::{Finding, Instant};

use crate::mapping::Mapping;

/// Findings kept one by one; the rest is only counted.
const KEPT_FINDINGS: usize = 100;

/// What became of the rows: `received = accepted + duplicates + rejected`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Rows of data; blank ones are none.
    pub received: u64,
    /// Rows that added something.
    pub accepted: u64,
    /// Rows that said what was known already.
    pub duplicates: u64,
    /// Rows that could not be taken.
    pub rejected: u64,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportReport {
    /// Its rows.
    pub rows: RowCounts,
    /// Rows among the accepted and the duplicates of which something was noted.
    pub warned: u64,
    /// Facts added.
    pub facts: u64,
    /// Facts whose id was taken by other content; their rows count as duplicates, in a dry run too.
    pub conflicts: u64,
    /// Views after this moment may differ from what they were; `None` if nothing was added.
    pub earliest_changed: Option<Instant>,
    /// The first hundred findings: about the file, then row by row.
    pub findings: Vec<Finding>,
    /// How many by code.
    pub finding_counts: BTreeMap<&'static str, u64>,
    /// How the columns were read.
    pub mapping: Mapping,
    /// Facts of the source with numbers after the first of these, up to the second, came from here.
    pub numbers: (u64, u64),
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Rows of this stage read so far.
    pub received: u64,
    /// Rows in all, once they have been counted.
    pub row_count: Option<u64>,
}

/// What an import is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The whole file is read once: columns, dates, orders.
    Checking,
    /// Rows become facts.
    Reading,
}

/// Findings on their way into a report.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    kept: Vec<Finding>,
    counts: BTreeMap<&'static str, u64>,
}

impl Findings {
    /// Counts a finding, and keeps it if it is among the first.
    pub(crate) fn add(&mut self, code: &'static str, finding: impl FnOnce() -> Finding) {
        *self.counts.entry(code).or_insert(0) += 1;
        if self.kept.len() < KEPT_FINDINGS {
            self.kept.push(finding());
        }
    }

    pub(crate) fn into_parts(self) -> (Vec<Finding>, BTreeMap<&'static str, u64>) {
        (self.kept, self.counts)
    }
}
