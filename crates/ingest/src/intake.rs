//! The one place that hands facts over: in batches, counting what became of each row.

use std::collections::{HashMap, HashSet};

use facts::{Fact, FactBatch, Facts, Fate};
use vocab::{Instant, SourceName};

use crate::fault;
use crate::refusal::Refusal;
use crate::report::{Findings, RowCounts};

const BATCH_FACTS: usize = 200_000;
/// Texts and notes of a batch, roughly, in bytes.
const BATCH_WEIGHT: usize = 64 * 1024 * 1024;

/// Rows that stand or fall with the facts they became.
struct Claim {
    rows: u64,
    facts: usize,
    /// The row to name if there is a conflict.
    row: u64,
}

/// Facts on their way into the record, or in a dry run only past it.
pub(crate) struct Intake<'a> {
    facts: &'a Facts,
    source: SourceName,
    now: Instant,
    dry_run: bool,
    batch: FactBatch,
    claims: Vec<Claim>,
    weight: usize,
    notes: HashMap<Vec<u8>, Vec<u8>>,
    foreseen: HashSet<String>,
    pub(crate) rows: RowCounts,
    pub(crate) appended: u64,
    pub(crate) conflicts: u64,
    pub(crate) earliest: Option<Instant>,
}

impl<'a> Intake<'a> {
    pub(crate) fn new(facts: &'a Facts, source: SourceName, now: Instant, dry_run: bool) -> Self {
        Self {
            facts,
            source,
            now,
            dry_run,
            batch: FactBatch::default(),
            claims: Vec::new(),
            weight: 0,
            notes: HashMap::new(),
            foreseen: HashSet::new(),
            rows: RowCounts::default(),
            appended: 0,
            conflicts: 0,
            earliest: None,
        }
    }

    /// A note as it stands, what is still on its way included.
    pub(crate) fn note(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Refusal> {
        match self.notes.get(key) {
            Some(note) => Ok(Some(note.clone())),
            None => self.facts.note(key).map_err(Refusal::storage),
        }
    }

    /// Hands over what `rows` rows became, with the note that must be kept together with it. `again` says that the
    /// note will be asked for again in this file, which a dry run must remember.
    pub(crate) fn offer(
        &mut self,
        rows: u64,
        row: u64,
        facts: Vec<Fact>,
        note: Option<(Vec<u8>, Vec<u8>)>,
        again: bool,
    ) -> Result<(), Refusal> {
        self.claims.push(Claim { rows, facts: facts.len(), row });
        self.weight += facts.iter().map(weight).sum::<usize>();
        self.batch.facts.extend(facts);
        if let Some((key, value)) = note {
            self.weight += key.len() + value.len();
            if !self.dry_run {
                self.batch.notes.push((key.clone(), value.clone()));
            }
            if !self.dry_run || again {
                self.notes.insert(key, value);
            }
        }
        Ok(())
    }

    /// Whether enough has come together to hand it over.
    pub(crate) fn is_full(&self) -> bool {
        self.batch.facts.len() >= BATCH_FACTS || self.weight >= BATCH_WEIGHT
    }

    /// Hands everything over and counts what became of it.
    pub(crate) fn flush(&mut self, findings: &mut Findings) -> Result<(), Refusal> {
        let batch = std::mem::take(&mut self.batch);
        let claims = std::mem::take(&mut self.claims);
        self.weight = 0;
        if batch.facts.is_empty() && batch.notes.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = batch.facts.iter().map(|fact| fact.message_id.as_str().to_owned()).collect();
        let fates = if self.dry_run { self.foresee(&batch)? } else { self.load(batch)? };
        let mut at = 0;
        for claim in claims {
            let own = &fates[at..at + claim.facts];
            self.appended += own.iter().filter(|fate| **fate == Fate::Appended).count() as u64;
            for (position, fate) in own.iter().enumerate() {
                if *fate == Fate::Conflict {
                    self.conflicts += 1;
                    let fault = fault::conflict(&ids[at + position]);
                    findings.add(fault.code, || fault.at_row(claim.row));
                }
            }
            match own.contains(&Fate::Appended) {
                true => self.rows.accepted += claim.rows,
                false => self.rows.duplicates += claim.rows,
            }
            at += claim.facts;
        }
        Ok(())
    }

    fn load(&mut self, batch: FactBatch) -> Result<Vec<Fate>, Refusal> {
        let report = self.facts.load(batch, self.now).map_err(Refusal::storage)?;
        if let Some(moment) = report.earliest_changed {
            self.changed_from(moment);
        }
        self.notes.clear();
        Ok(report.fates)
    }

    /// What a load would answer, but for conflicts, which count as the duplicates they stand under.
    fn foresee(&mut self, batch: &FactBatch) -> Result<Vec<Fate>, Refusal> {
        let ids: Vec<_> = batch.facts.iter().map(|fact| fact.message_id.clone()).collect();
        let known = self.facts.contains(&self.source, &ids).map_err(Refusal::storage)?;
        let mut fates = Vec::with_capacity(ids.len());
        for (fact, known) in batch.facts.iter().zip(known) {
            if known || !self.foreseen.insert(fact.message_id.as_str().to_owned()) {
                fates.push(Fate::Duplicate);
            } else {
                self.changed_from(fact.known_at.unwrap_or(self.now));
                fates.push(Fate::Appended);
            }
        }
        Ok(fates)
    }

    fn changed_from(&mut self, moment: Instant) {
        self.earliest = Some(self.earliest.map_or(moment, |known| known.min(moment)));
    }
}

fn weight(fact: &Fact) -> usize {
    let properties = fact.properties.iter().map(|(key, value)| 48 + key.len() + value.as_deref().map_or(0, str::len));
    400 + fact.text.as_deref().map_or(0, str::len) + properties.sum::<usize>()
}
