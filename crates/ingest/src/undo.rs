//! Takes an import back: what it added is retracted, what it corrected is told again as it was, and the front door forgets
//! that it ever saw the rows, so that the same file can be imported again.
//!
//! A retraction is known since the moment of what it takes back, as if the import had never been; what was shown before
//! stays on record under its own `recorded_at`.

use std::path::Path;

use facts::{Fact, FactBatch, Facts, StoredFact};
use vocab::{AsOf, Instant, MessageId, SourceName, Text};

use crate::intake::{self, undone_flag_key};
use crate::journal::{self, Change, Changes};
use crate::refusal::Refusal;
use crate::rows::{order, snapshot};

const BATCH_FACTS: usize = 50_000;
const BATCH_NOTES: usize = 20_000;

/// An import to take back.
#[derive(Clone, Copy, Debug)]
pub struct Undo<'a> {
    /// A name no other import has: retractions carry it.
    pub import: &'a str,
    /// Its source.
    pub source: &'a SourceName,
    /// The facts of the source with numbers after the first of these, up to the second, are its own.
    pub numbers: (u64, u64),
    /// Where it noted what it changed.
    pub journal: &'a Path,
}

/// What taking an import back did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UndoReport {
    /// Facts taken back or told again as they were.
    pub facts: u64,
    /// Views after this moment may differ from what they were; `None` if nothing was there to take back.
    pub earliest_changed: Option<Instant>,
}

/// Takes an import back. Doing it again changes nothing.
///
/// # Errors
/// `built_upon` when a later import of the source has told more of the same orders or customers: that one must be taken
/// back first. When the data folder fails: what was done stays, and the same call completes it.
pub fn undo(facts: &Facts, asked: &Undo<'_>, now: Instant) -> Result<UndoReport, Refusal> {
    let changes = Changes::read(asked.journal)?;
    for part in changes.parts() {
        for (key, change) in part? {
            restored(facts, asked, &key, change)?;
        }
    }
    let mut run = Run { facts, asked, now, batch: FactBatch::default(), report: UndoReport::default() };
    run.retract()?;
    // The notes come last: as long as one stands, the undo is not done and can be done again.
    for part in changes.parts() {
        for (key, change) in part? {
            run.restore(key, change)?;
        }
    }
    run.batch.notes.push((undone_flag_key(asked.source), vec![1]));
    run.load()?;
    Ok(run.report)
}

/// Facts that tell something again, and the note as it is then.
type Restored = (Vec<Fact>, Vec<u8>);

/// What tells again what a note stood for before, and the note as it is then; `None` if it is so already.
fn restored(facts: &Facts, asked: &Undo<'_>, key: &[u8], (before, after): Change) -> Result<Option<Restored>, Refusal> {
    let current = facts.note(key).map_err(Refusal::storage)?.filter(|note| !note.is_empty());
    let before = before.filter(|note| !note.is_empty());
    if current == before {
        return Ok(None);
    }
    let Some(current) = current else { return Err(built_upon()) };
    let is_its_own = journal::is_note(&current, after);
    let Some(before) = before else {
        return if is_its_own { Ok(Some((Vec::new(), Vec::new()))) } else { Err(built_upon()) };
    };
    let told = order::told_again(key, &before, &current, asked)
        .or_else(|| snapshot::told_again(key, &before, &current, asked));
    match told {
        // An undo that was stopped had come so far.
        Some((_, note)) if note == current => Ok(None),
        _ if !is_its_own => Err(built_upon()),
        told => Ok(Some(told.unwrap_or_else(|| (Vec::new(), before)))),
    }
}

struct Run<'a> {
    facts: &'a Facts,
    asked: &'a Undo<'a>,
    now: Instant,
    batch: FactBatch,
    report: UndoReport,
}

impl Run<'_> {
    /// Takes back every fact of the import that still stands.
    fn retract(&mut self) -> Result<(), Refusal> {
        let everything = self.facts.as_of(AsOf(Instant::MAX));
        let mut failed = None;
        let (first, last) = self.asked.numbers;
        everything
            .each(&mut |stored| {
                let is_ours =
                    stored.number > first && stored.number <= last && stored.fact.source == *self.asked.source;
                if is_ours && failed.is_none() {
                    failed = self.take_back(stored).err();
                }
            })
            .map_err(Refusal::storage)?;
        failed.map_or(Ok(()), Err)?;
        self.load()
    }

    fn take_back(&mut self, stored: &StoredFact) -> Result<(), Refusal> {
        let own = &stored.fact;
        let mut fact = Fact::new("", own.kind, own.name.clone(), own.occurred_at);
        fact.customer_id = own.customer_id.clone();
        fact.actor_id = own.actor_id.clone();
        fact.known_at = Some(stored.known_at());
        fact.source = own.source.clone();
        fact.retracts = Some(own.message_id.clone());
        fact.message_id = MessageId::new(format!("undo {} {}", self.asked.import, own.message_id));
        self.batch.facts.push(fact);
        let (base, generation) = intake::base_of(own.message_id.as_str());
        let next = (generation + 1).to_string().into_bytes();
        self.batch.notes.push((intake::generation_key(self.asked.source, base), next));
        if self.batch.facts.len() >= BATCH_FACTS { self.load() } else { Ok(()) }
    }

    /// Puts a note back as it was.
    fn restore(&mut self, key: Vec<u8>, change: Change) -> Result<(), Refusal> {
        let Some((again, note)) = restored(self.facts, self.asked, &key, change)? else { return Ok(()) };
        self.batch.facts.extend(again);
        self.batch.notes.push((key, note));
        if self.batch.notes.len() >= BATCH_NOTES { self.load() } else { Ok(()) }
    }

    fn load(&mut self) -> Result<(), Refusal> {
        let batch = std::mem::take(&mut self.batch);
        if batch.facts.is_empty() && batch.notes.is_empty() {
            return Ok(());
        }
        let loaded = self.facts.load(batch, self.now).map_err(Refusal::storage)?;
        self.report.facts += loaded.appended;
        if let Some(moment) = loaded.earliest_changed {
            let earliest = self.report.earliest_changed;
            self.report.earliest_changed = Some(earliest.map_or(moment, |known| known.min(moment)));
        }
        Ok(())
    }
}

fn built_upon() -> Refusal {
    Refusal::new(
        "built_upon",
        Text::new("之后的导入又更新了同样的订单或客户", "a later import has told more of the same orders or customers"),
        Text::new("请先撤销之后的导入", "undo the later import first"),
    )
}
