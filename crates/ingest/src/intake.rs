//! The one place that hands facts over: in batches, counting what became of each row.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Scope;

use facts::{Fact, Facts, Fate, Foreseen, Haul, Report, RowRef};
use vocab::{Instant, MessageId, SourceName};

use crate::fault;
use crate::journal::{Journal, mark_of};
use crate::refusal::Refusal;
use crate::report::{Findings, RowCounts};

/// Facts of a batch; two batches are held at a time.
///
/// # Why so few
/// What stands for each of them is held until they are loaded, nearly two hundred bytes: with more of them a file of a
/// hundred megabytes would take noticeably more memory than one of ten.
const BATCH_FACTS: usize = 65_536;
/// Facts of the first batch: the thread that loads has work soon.
const FIRST_FACTS: usize = 32_768;
/// What is held of a batch, in bytes: where facts have long notes that will be asked for again.
const BATCH_BYTES: usize = 24 * 1024 * 1024;
/// What a claim and a note that comes again take beside their texts.
const CLAIM_BYTES: usize = 24;
const NOTE_BYTES: usize = 48;
/// Loads between two looks at whether the lake lies in too many files.
const LOADS_PER_LOOK: usize = 16;

/// Says that something of a source was once taken back, so that its ids must be looked up.
pub(crate) fn undone_flag_key(source: &SourceName) -> Vec<u8> {
    [b"undone".as_slice(), source.as_str().as_bytes()].join(&0)
}

/// How often the fact with an id was taken back.
pub(crate) fn generation_key(source: &SourceName, base: &str) -> Vec<u8> {
    [b"undone".as_slice(), source.as_str().as_bytes(), base.as_bytes()].join(&0)
}

/// An id without the mark of how often it was taken back, and that number.
pub(crate) fn base_of(id: &str) -> (&str, u32) {
    match id.split_once('~') {
        Some((base, generation)) => (base, generation.parse().unwrap_or(0)),
        None => (id, 0),
    }
}

/// A note to keep together with facts: key, what it was, what it becomes.
pub(crate) struct Note {
    pub(crate) key: Vec<u8>,
    pub(crate) before: Option<Vec<u8>>,
    pub(crate) after: Vec<u8>,
}

/// Rows that stand or fall with the facts they became.
struct Claim {
    rows: u64,
    facts: usize,
    /// The row to name if there is a conflict.
    row: u64,
}

/// A batch on its way to the disk, and what its answer decides.
struct Flight {
    claims: Vec<Claim>,
    notes: HashMap<Vec<u8>, Vec<u8>>,
}

/// The thread that loads one batch while the next is put together.
pub(crate) struct Loader {
    hauls: SyncSender<Haul>,
    answers: Receiver<Result<(Report, Haul), facts::Error>>,
}

impl Loader {
    /// Starts the thread; it ends with this handle.
    pub(crate) fn start<'scope>(scope: &'scope Scope<'scope, '_>, facts: &'scope Facts, now: Instant) -> Loader {
        let (hauls, waiting) = sync_channel::<Haul>(1);
        let (answer, answers) = sync_channel(1);
        scope.spawn(move || {
            for (loads, mut haul) in waiting.into_iter().enumerate() {
                let report = facts.load_haul(&mut haul, now);
                if answer.send(report.map(|report| (report, haul))).is_err() {
                    return;
                }
                if loads % LOADS_PER_LOOK == LOADS_PER_LOOK - 1 && facts.is_scattered() {
                    // A favour to the next loads and to whoever reads: what keeps it from working, they will tell.
                    let _ = facts.compact(now);
                }
            }
        });
        Loader { hauls, answers }
    }
}

/// Facts on their way into the record, or in a dry run only past it.
pub(crate) struct Intake<'a> {
    facts: &'a Facts,
    source: SourceName,
    now: Instant,
    /// Absent in a dry run.
    loader: Option<Loader>,
    flight: Option<Flight>,
    /// How many facts make the batch at hand full.
    full: usize,
    haul: Haul,
    /// One that was loaded and can be filled again.
    spare: Haul,
    claims: Vec<Claim>,
    weight: usize,
    notes: HashMap<Vec<u8>, Vec<u8>>,
    foreseen: Foreseen,
    /// Facts of the batch whose ids come again in this file.
    again: Vec<bool>,
    /// Whether ids of the source were ever taken back.
    was_undone: bool,
    journal: Option<Journal>,
    pub(crate) rows: RowCounts,
    pub(crate) appended: u64,
    pub(crate) conflicts: u64,
    pub(crate) earliest: Option<Instant>,
}

impl<'a> Intake<'a> {
    pub(crate) fn new(
        facts: &'a Facts,
        source: SourceName,
        now: Instant,
        loader: Option<Loader>,
        journal: Option<Journal>,
    ) -> Result<Self, Refusal> {
        let was_undone = facts.note(&undone_flag_key(&source)).map_err(Refusal::storage)?.is_some();
        Ok(Self {
            facts,
            source,
            now,
            loader,
            flight: None,
            full: FIRST_FACTS,
            haul: Haul::default(),
            spare: Haul::default(),
            claims: Vec::new(),
            weight: 0,
            notes: HashMap::new(),
            foreseen: Foreseen::default(),
            again: Vec::new(),
            was_undone,
            journal,
            rows: RowCounts::default(),
            appended: 0,
            conflicts: 0,
            earliest: None,
        })
    }

    /// The present form of an id: an id that was taken back gets a mark, so that its fact can come in again.
    pub(crate) fn fresh(&self, id: MessageId) -> Result<MessageId, Refusal> {
        if !self.was_undone || id.as_str().contains('~') {
            return Ok(id);
        }
        let generation = self.facts.note(&generation_key(&self.source, id.as_str())).map_err(Refusal::storage)?;
        Ok(match generation {
            Some(generation) => MessageId::new(format!("{id}~{}", String::from_utf8_lossy(&generation))),
            None => id,
        })
    }

    /// A note as it stands, what is still on its way included where it was said to come again.
    pub(crate) fn note(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Refusal> {
        let flying = || self.flight.as_ref().and_then(|flight| flight.notes.get(key));
        match self.notes.get(key).or_else(flying) {
            Some(note) => Ok(Some(note.clone())),
            // An empty note is one that was taken back.
            None => Ok(self.facts.note(key).map_err(Refusal::storage)?.filter(|note| !note.is_empty())),
        }
    }

    /// Whether the record has notes whose keys begin so.
    pub(crate) fn has_notes(&self, prefix: &[u8]) -> Result<bool, Refusal> {
        self.facts.has_notes(prefix).map_err(Refusal::storage)
    }

    /// Forgets what was remembered for keys that come again: from here on none of those comes that came so far.
    pub(crate) fn forget(&mut self, findings: &mut Findings) -> Result<(), Refusal> {
        if self.loader.is_none() {
            self.flush(findings)?;
            self.foreseen = Foreseen::default();
            self.notes = HashMap::new();
        }
        Ok(())
    }

    /// Hands over what `rows` rows became, with the note that must be kept together with it. `again` says that the
    /// same ids or the note will be asked for again in this file, which a dry run must remember.
    pub(crate) fn offer(
        &mut self,
        rows: u64,
        row: u64,
        facts: Vec<Fact>,
        note: Option<Note>,
        again: bool,
    ) -> Result<(), Refusal> {
        self.claims.push(Claim { rows, facts: facts.len(), row });
        self.weight += CLAIM_BYTES;
        for mut fact in facts {
            fact.message_id = self.fresh(fact.message_id)?;
            self.haul.push(&fact).map_err(Refusal::storage)?;
            self.again.push(again);
        }
        match note {
            Some(Note { key, before, after }) => self.keep(&key, before.as_deref(), &after, again),
            None => Ok(()),
        }
    }

    /// The same of one fact that comes once and was never made one of its own, with an id in its present form and a note
    /// under a key that had none.
    pub(crate) fn offer_new(
        &mut self,
        rows: u64,
        number: u64,
        row: &RowRef<'_>,
        properties: &[(&str, &str)],
        (key, note): (&[u8], &[u8]),
    ) -> Result<(), Refusal> {
        self.claims.push(Claim { rows, facts: 1, row: number });
        self.weight += CLAIM_BYTES;
        self.haul.push_row(row, properties).map_err(Refusal::storage)?;
        self.again.push(false);
        self.keep(key, None, note, false)
    }

    fn keep(&mut self, key: &[u8], before: Option<&[u8]>, after: &[u8], again: bool) -> Result<(), Refusal> {
        if self.loader.is_some() {
            if let Some(journal) = &mut self.journal {
                journal.put(key, before, mark_of(after))?;
            }
            self.haul.note(key, after).map_err(Refusal::storage)?;
        }
        if again {
            self.weight += NOTE_BYTES + key.len() + after.len();
            self.notes.insert(key.to_vec(), after.to_vec());
        }
        Ok(())
    }

    /// Whether enough has come together to hand it over.
    pub(crate) fn is_full(&self) -> bool {
        self.haul.len() >= self.full || self.haul.size() + self.weight >= BATCH_BYTES
    }

    /// Hands the batch over and counts what became of the one before; in a dry run of this one.
    pub(crate) fn flush(&mut self, findings: &mut Findings) -> Result<(), Refusal> {
        self.land(findings)?;
        let mut haul = std::mem::replace(&mut self.haul, std::mem::take(&mut self.spare));
        let again = std::mem::take(&mut self.again);
        let claims = std::mem::take(&mut self.claims);
        self.weight = 0;
        if haul.is_empty() {
            return Ok(());
        }
        let Some(loader) = &self.loader else {
            let foreseen = self.facts.foresee(&mut haul, &again, &mut self.foreseen, self.now);
            self.count(&claims, &foreseen.map_err(Refusal::storage)?, findings);
            return Ok(());
        };
        if let Some(journal) = &mut self.journal {
            journal.sync()?;
        }
        loader.hauls.send(haul).map_err(|_| gone())?;
        self.full = BATCH_FACTS;
        self.flight = Some(Flight { claims, notes: std::mem::take(&mut self.notes) });
        Ok(())
    }

    /// Hands over what is left and waits for all of it.
    pub(crate) fn finish(&mut self, findings: &mut Findings) -> Result<(), Refusal> {
        self.flush(findings)?;
        self.land(findings)
    }

    /// Waits for the batch that is being loaded and counts what became of it.
    fn land(&mut self, findings: &mut Findings) -> Result<(), Refusal> {
        let (Some(flight), Some(loader)) = (self.flight.take(), &self.loader) else { return Ok(()) };
        let (report, spent) = loader.answers.recv().map_err(|_| gone())?.map_err(Refusal::storage)?;
        self.spare = spent;
        self.count(&flight.claims, &report, findings);
        Ok(())
    }

    /// Counts what became, or would become, of the rows of a batch.
    fn count(&mut self, claims: &[Claim], report: &Report, findings: &mut Findings) {
        let mut at = 0;
        let mut conflicting = report.conflicting.iter();
        for claim in claims {
            let own = &report.fates[at..at + claim.facts];
            self.appended += own.iter().filter(|fate| **fate == Fate::Appended).count() as u64;
            for _ in own.iter().filter(|fate| **fate == Fate::Conflict) {
                self.conflicts += 1;
                let fault = fault::conflict(conflicting.next().map_or("", MessageId::as_str));
                findings.add(fault.code, || fault.at_row(claim.row));
            }
            match own.contains(&Fate::Appended) {
                true => self.rows.accepted += claim.rows,
                false => self.rows.duplicates += claim.rows,
            }
            at += claim.facts;
        }
        if let Some(moment) = report.earliest_changed {
            self.earliest = Some(self.earliest.map_or(moment, |known| known.min(moment)));
        }
    }
}

fn gone() -> Refusal {
    Refusal::storage(std::io::Error::other("the thread that loads has ended"))
}
