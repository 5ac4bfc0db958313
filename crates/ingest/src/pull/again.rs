//! A row of a source that stands in quarantine, read again: as it came, or as somebody mended it.
//!
//! It is read by the mapping with which its source is being read. What it says now is known from now on.

use facts::{Facts, Report};
use serde_json::Value;
use vocab::{Finding, Instant, Text};

use super::rows::Page;
use super::take::Manner;
use super::{Place, PullSource, State, begin_taking};
use crate::record::Record;
use crate::refusal::Refusal;

/// What became of a row that was read again.
#[derive(Debug)]
pub enum Again {
    /// It has left the quarantine.
    Taken(Box<Report>),
    /// It still cannot be taken; nothing has changed.
    Held(Box<Finding>),
    /// It was not in quarantine any more.
    Gone,
}

/// Reads a row of the quarantine again; `row` is an object, a value for each column.
///
/// # Errors
/// When the source is read otherwise by now, so that nobody can say which column is what; when the data folder fails.
pub fn pull_again(source: &PullSource, into: &Facts, number: u64, row: &Value, now: Instant) -> Result<Again, Refusal> {
    let mapping = match &source.place {
        Place::Database { settings, .. } => settings.mapping.clone(),
        Place::Http { definition, settings, .. } => settings.mapping(definition),
        Place::Folder(_) | Place::Sftp { .. } => return Err(read_otherwise()),
    };
    let mut state = State::of(into, &source.name, &source.asked())?;
    let (Some(cells), Some(_)) = (row.as_object(), &state.mapping) else { return Err(read_otherwise()) };
    let mut record = Record::default();
    record.clear(1);
    for cell in cells.values() {
        match cell {
            Value::String(text) => record.push(text),
            Value::Null => record.push(""),
            other => record.push(&other.to_string()),
        }
    }
    let page = Page { headers: cells.keys().cloned().collect(), records: vec![record.clone()], numbers: Vec::new() };
    let manner = Manner { is_backfill: false, is_dry: false, now };
    let mut taker = begin_taking(source, &mapping, &page, &mut state, into, manner)?;
    taker.row(&record)?;
    let batch = taker.batch();
    let is_held = taker.rows.rejected > 0;
    let (findings, _) = taker.into_findings();
    if let Some(finding) = findings.into_iter().next().filter(|_| is_held) {
        return Ok(Again::Held(Box::new(finding)));
    }
    match into.release(number, batch, now) {
        Ok(report) => Ok(Again::Taken(Box::new(report))),
        Err(error) if error.is_missing() => Ok(Again::Gone),
        Err(error) => Err(Refusal::storage(error)),
    }
}

fn read_otherwise() -> Refusal {
    Refusal::new(
        "cannot_replay",
        Text::new("这个来源的设置已改，或这一行不完整", "the source is read otherwise by now, or the row is not whole"),
        Text::new("请在源头改好，下次取数时会读到", "mend it where it comes from: the next reading finds it"),
    )
}
