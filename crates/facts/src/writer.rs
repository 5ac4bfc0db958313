//! The one who numbers and dates what comes in, and decides whether it is new.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use vocab::{CustomerId, Instant, SourceName};

use crate::batch::{FactBatch, Fate, Report};
use crate::build::RowRef;
use crate::bulk::TakeNote;
use crate::encode::id_hash;
use crate::error::{Error, Sort};
use crate::fact::{Fact, Identity, IdentityRole, StoredIdentity};
use crate::haul::{Haul, Numbered};
use crate::haul_ids::HaulIds;
use crate::haul_notes::HaulNotes;
use crate::held::{Held, HeldRow, held_hash};
use crate::id_map::{BuildIdHasher, IdMap};
use crate::intake::{Change, Intake, Sequence};
use crate::packed::{Packed, PackedFacts};
use crate::state::State;

/// So many ids of the last changes are kept at hand.
const RECENT_IDS: usize = 100_000;
/// Of a change with more ids than that none is.
const MOST_RECENT: usize = RECENT_IDS / 4;
/// From so many ids and notes on those of a load are put aside and taken in at once.
const MANY: usize = 2_000;

/// What only one thread at a time may have: the sequencer and the identity rows that were seen.
pub(crate) struct Writer {
    pub sequence: Sequence,
    said: HashSet<Identity>,
    standing: HashMap<String, (i64, String)>,
    members: BTreeSet<(String, String)>,
    recent: Recent,
    /// Ids of a load whose files are being written, in order: it may still fail.
    claimed: Vec<u128>,
}

/// What the batches of one synced change have decided so far: it goes before what the intake remembers.
#[derive(Default)]
pub(crate) struct Together {
    /// Contents of ids; `None`: free again.
    ids: IdMap<Option<u128>>,
    held: HashMap<u64, HeldRow>,
    removed: HashMap<u64, HeldRow>,
    notes: HashMap<Vec<u8>, Vec<u8>>,
    /// Ids and notes of a haul, instead.
    haul_ids: Option<HaulIds>,
    haul_notes: Option<HaulNotes>,
}

impl Together {
    /// Puts the ids and notes aside if there are so many that they go in faster from a file of their own; gives its name.
    pub fn put_aside(&self, intake: &Intake, version: i64) -> Result<Option<String>, Error> {
        let notes = self.notes.len() + self.haul_notes.as_ref().map_or(0, HaulNotes::len);
        let count = self.ids.len() + self.haul_ids.as_ref().map_or(0, HaulIds::len);
        if count + notes < MANY || self.ids.values().any(Option::is_none) {
            return Ok(None);
        }
        if let Some(ids) = &self.haul_ids {
            return intake.put_aside(version, &mut ids.iter(), &|visit| self.each_note(visit)).map(Some);
        }
        let mut ids: Vec<(u128, u128)> = self.ids.iter().filter_map(|(id, content)| Some((*id, (*content)?))).collect();
        ids.sort_unstable();
        intake.put_aside(version, &mut ids.into_iter(), &|visit| self.each_note(visit)).map(Some)
    }

    /// The notes of a haul and the memory of its ids, once they are lasting.
    pub fn spent(&mut self) -> (HaulNotes, Vec<(u128, u128)>) {
        let ids = self.haul_ids.take().map_or_else(Vec::new, HaulIds::into_memory);
        (self.haul_notes.take().unwrap_or_default(), ids)
    }

    /// The new ids of a haul, in order.
    fn of_haul(&self) -> impl Iterator<Item = (u128, u128)> + '_ {
        self.haul_ids.iter().flat_map(HaulIds::iter)
    }

    /// Hands every note over, each key once and in order.
    fn each_note(&self, visit: &mut TakeNote<'_>) -> Result<(), Error> {
        if let Some(notes) = &self.haul_notes {
            return notes.each(visit);
        }
        let mut notes: Vec<(&[u8], &[u8])> = self.notes.iter().map(|(key, note)| (&key[..], &note[..])).collect();
        notes.sort_unstable();
        notes.into_iter().try_for_each(|(key, note)| visit(key, note))
    }

    /// Its ids, where all are of facts: those are written once and never freed, so they may wait for the others to be
    /// taken in with.
    fn only_facts(&self) -> Option<impl Iterator<Item = (u128, u128)>> {
        let are_facts = self.held.is_empty() && self.removed.is_empty() && self.ids.values().all(Option::is_some);
        are_facts.then(|| self.ids.iter().filter_map(|(id, content)| Some((*id, (*content)?))))
    }

    /// What the intake must know when the change with them has become lasting.
    pub fn remember(&self, intake: &Intake) {
        self.only_facts().into_iter().for_each(|ids| intake.remember(ids));
    }

    /// Writes what goes with live batches into the change; `last`: the number of its last row.
    pub fn enlist_live(&self, intake: &Intake, change: &mut Change<'_>, last: u64) -> Result<(), Error> {
        match self.only_facts() {
            Some(_) if self.ids.is_empty() => {}
            Some(ids) => change.fresh(last, ids),
            None => self.enlist_ids(change),
        }
        self.notes.iter().for_each(|(key, value)| change.note(key, value));
        self.enlist_held(intake, change)
    }

    /// Writes what goes with a load into the change, each key once; ids and notes only where they were not put aside.
    pub fn enlist(&self, intake: &Intake, change: &mut Change<'_>, are_aside: bool) -> Result<(), Error> {
        if !are_aside {
            self.enlist_ids(change);
            self.each_note(&mut |key, value| {
                change.note(key, value);
                Ok(())
            })?;
        }
        self.enlist_held(intake, change)
    }

    fn enlist_ids(&self, change: &mut Change<'_>) {
        for (id, content) in &self.ids {
            match content {
                Some(content) => change.id(*id, *content),
                None => change.free(*id),
            }
        }
        self.of_haul().for_each(|(id, content)| change.id(id, content));
    }

    fn enlist_held(&self, intake: &Intake, change: &mut Change<'_>) -> Result<(), Error> {
        let mut counts: BTreeMap<&SourceName, i64> = BTreeMap::new();
        for row in self.held.values() {
            change.held(row);
            *counts.entry(&row.held.source).or_default() += 1;
        }
        for row in self.removed.values() {
            change.drop_held(row);
            *counts.entry(&row.held.source).or_default() -= 1;
        }
        if !counts.is_empty() {
            let before = intake.held_counts()?;
            for (source, more) in counts {
                let count = before.get(source).copied().unwrap_or_default();
                change.held_count(source, count.saturating_add_signed(more));
            }
        }
        Ok(())
    }
}

/// What one caller wants written, made ready without a lock: packed, hashed, and looked up in the memory of ids.
pub(crate) struct Draft {
    facts: PackedFacts,
    /// Instead of all else where it is there.
    haul: Option<Haul>,
    held: Vec<Held>,
    identities: Vec<Identity>,
    notes: Vec<(Vec<u8>, Vec<u8>)>,
    /// Rows that leave the quarantine.
    leaving: Vec<u64>,
    /// Whether their ids are free again, and whether they must be there.
    is_release: bool,
    now: Instant,
    /// Ids and contents of the facts, then of the held rows.
    hashes: Vec<(u128, u128)>,
    /// What the intake remembered of each, and after how many changes it was asked.
    known: Vec<Option<u128>>,
    asked_after: u64,
}

impl Draft {
    pub fn of(batch: FactBatch, now: Instant) -> Draft {
        let mut facts = PackedFacts::with_room(batch.facts.len());
        let told = batch.fingerprints.iter().copied().map(Some).chain(std::iter::repeat(None));
        batch.facts.iter().zip(told).for_each(|(fact, told)| facts.put_told(fact, told));
        let mut hashes = std::mem::take(&mut facts.hashes);
        hashes.extend(batch.held.iter().map(|held| (id_of(held), held_hash(held))));
        Draft {
            facts,
            haul: None,
            held: batch.held,
            identities: batch.identities,
            notes: batch.notes,
            leaving: Vec::new(),
            is_release: false,
            now,
            hashes,
            known: Vec::new(),
            asked_after: 0,
        }
    }

    /// A draft of nothing but a haul, put in order.
    pub fn of_haul(mut haul: Haul, now: Instant) -> Result<Draft, Error> {
        haul.close()?;
        let hashes = haul.take_hashes();
        Ok(Draft { haul: Some(haul), hashes, ..Draft::of(FactBatch::default(), now) })
    }

    /// The same, while rows leave the quarantine; of a release they must be there, and their ids are free again.
    pub fn taking_out(self, leaving: Vec<u64>, is_release: bool) -> Draft {
        Draft { leaving, is_release, ..self }
    }

    /// Asks what is known of its ids after so many changes.
    pub fn look_up(&mut self, intake: &Intake, changes: u64) -> Result<(), Error> {
        let ids: Vec<u128> = self.hashes.iter().map(|(id, _)| *id).collect();
        self.known = intake.contents_of(&ids)?;
        self.asked_after = changes;
        Ok(())
    }

    pub fn size(&self) -> usize {
        self.facts.size() + self.held.iter().map(|held| held.body.len() + held.fault.len()).sum::<usize>()
    }
}

/// The ids of the last changes: whoever has asked the intake a moment ago learns here what came since.
#[derive(Default)]
struct Recent {
    /// How many changes there were, and the ids of the last of them, each with its number.
    changes: u64,
    ids: VecDeque<(u64, IdMap<Option<u128>>)>,
    kept: usize,
    /// Changes up to this one are no longer here.
    forgotten: u64,
}

impl Recent {
    fn push(&mut self, ids: IdMap<Option<u128>>) {
        if ids.len() > MOST_RECENT {
            return self.forget();
        }
        self.changes += 1;
        self.kept += ids.len();
        self.ids.push_back((self.changes, ids));
        while self.kept > RECENT_IDS {
            let Some((number, ids)) = self.ids.pop_front() else { break };
            self.kept -= ids.len();
            self.forgotten = number;
        }
    }

    /// Goes on behind a load: whoever asked before it asks the intake again, which knows its ids by now.
    fn forget(&mut self) {
        let changes = self.changes + 1;
        *self = Recent { changes, forgotten: changes, ..Recent::default() };
    }

    /// What became of an id since so many changes.
    fn since(&self, changes: u64, id: u128) -> Option<Option<u128>> {
        let newer = self.ids.iter().rev().take_while(|(number, _)| *number > changes);
        newer.filter_map(|(_, ids)| ids.get(&id).copied()).next()
    }
}

/// A batch with its numbers, ready to be written.
pub(crate) struct Prepared {
    pub report: Report,
    pub facts: Option<Packed>,
    /// The facts of a haul, instead.
    pub haul: Option<Numbered>,
    /// The numbers of the first and the last fact, if there are any.
    pub numbers: Option<(u64, u64)>,
    pub identities: Vec<StoredIdentity>,
    untold: Vec<Identity>,
    recorded_at: Instant,
}

/// Refuses what can never be recorded.
pub(crate) fn check(batch: &FactBatch) -> Result<(), Error> {
    for fact in &batch.facts {
        check_fact(fact)?;
    }
    if batch.notes.iter().any(|(key, _)| key.is_empty()) {
        return Err(Error::invalid("a note has an empty key"));
    }
    if let Some(held) = batch.held.iter().find(|held| held.message_id.as_str().is_empty()) {
        return Err(Error::invalid(format!("a held row of the source {} has no message id", held.source)));
    }
    match batch.fingerprints.len() {
        count if count == 0 || count == batch.facts.len() => Ok(()),
        count => Err(Error::invalid(format!("{count} fingerprints for {} facts", batch.facts.len()))),
    }
}

pub(crate) fn check_fact(fact: &Fact) -> Result<(), Error> {
    if fact.message_id.as_str().is_empty() {
        return Err(Error::invalid(format!("a fact {:?} of the source {} has no message id", fact.name, fact.source)));
    }
    let fits = |millionths: i128| millionths.unsigned_abs() < i64::MAX as u128;
    match fact.value {
        Some(value) if !fits(value.millionths()) => {
            Err(Error::invalid(format!("the value of {} is beyond what is kept: {value}", fact.message_id)))
        }
        _ => Ok(()),
    }
}

impl Writer {
    pub fn new(sequence: Sequence, state: &State) -> Writer {
        let (said, standing, members) = (HashSet::new(), HashMap::new(), BTreeSet::new());
        let mut writer = Writer { sequence, said, standing, members, recent: Recent::default(), claimed: Vec::new() };
        state.identities().for_each(|stored| writer.note(&stored.identity));
        writer
    }

    /// Starts over from what is lasting, after a change that failed; changes go on being counted.
    pub fn reset(&mut self, sequence: Sequence, state: &State) {
        let changes = self.recent.changes + 1;
        let claimed = std::mem::take(&mut self.claimed);
        *self = Writer { claimed, ..Writer::new(sequence, state) };
        (self.recent.changes, self.recent.forgotten) = (changes, changes);
    }

    /// Keeps the ids of a load to it while its files are written without the pen.
    pub fn claim(&mut self, together: &Together) {
        self.claimed = together.ids.keys().copied().chain(together.of_haul().map(|(id, _)| id)).collect();
        self.claimed.sort_unstable();
    }

    /// The load is lasting, or has failed.
    pub fn unclaim(&mut self) {
        self.claimed = Vec::new();
    }

    /// How many changes there were.
    pub fn changes(&self) -> u64 {
        self.recent.changes
    }

    /// Remembers the ids of a change that became lasting; gives how many changes there were.
    pub fn settle(&mut self, together: &mut Together) -> u64 {
        let mut ids = std::mem::take(&mut together.ids);
        if together.haul_ids.as_ref().is_some_and(|ids| ids.len() > MOST_RECENT) {
            self.recent.forget();
        } else {
            ids.extend(together.of_haul().map(|(id, content)| (id, Some(content))));
            self.recent.push(ids);
        }
        self.recent.changes
    }

    fn note(&mut self, identity: &Identity) {
        let known_at = identity.known_at.unwrap_or(Instant::MIN).micros();
        self.said.insert(identity.clone());
        if let Some(ended) = &identity.supersedes {
            self.end(identity, ended.as_str(), known_at);
        }
        if identity.is_end() {
            return;
        }
        let customer = identity.customer_id.as_str().to_owned();
        match identity.role {
            IdentityRole::MemberOf => {
                self.members.insert((identity.key.clone(), customer));
            }
            IdentityRole::SameAs => {
                let standing = self.standing.entry(identity.key.clone()).or_insert((known_at, customer.clone()));
                *standing = standing.clone().max((known_at, customer));
            }
        }
    }

    fn end(&mut self, identity: &Identity, ended: &str, known_at: i64) {
        match identity.role {
            IdentityRole::MemberOf => {
                self.members.remove(&(identity.key.clone(), ended.to_owned()));
            }
            IdentityRole::SameAs => {
                let stands = self.standing.get(&identity.key);
                if stands.is_some_and(|(since, customer)| customer == ended && *since <= known_at) {
                    self.standing.remove(&identity.key);
                }
            }
        }
    }

    /// Whether a key leads to a customer by what was said last.
    fn stands(&self, identity: &Identity, customer: &CustomerId) -> bool {
        match identity.role {
            IdentityRole::MemberOf => self.members.contains(&(identity.key.clone(), customer.as_str().to_owned())),
            IdentityRole::SameAs => {
                self.standing.get(&identity.key).is_some_and(|(_, standing)| standing == customer.as_str())
            }
        }
    }

    /// Takes an identity row that says something new; `None` for one that does not.
    fn hear(&mut self, mut identity: Identity, recorded_at: Instant) -> Option<StoredIdentity> {
        if identity.known_at.is_none() {
            let ends = identity.supersedes.as_ref().is_some_and(|ended| self.stands(&identity, ended));
            let begins = !identity.is_end() && !self.stands(&identity, &identity.customer_id);
            if !ends && !begins {
                return None;
            }
            identity.known_at = Some(recorded_at);
        } else if self.said.contains(&identity) {
            return None;
        }
        self.note(&identity);
        Some(StoredIdentity { number: self.sequence.next(), recorded_at, identity })
    }

    /// Decides each fact's fate and numbers those that are new.
    pub fn prepare(&mut self, intake: &Intake, together: &mut Together, mut draft: Draft) -> Result<Prepared, Error> {
        let leaving = find_leaving(intake, together, &draft.leaving, draft.is_release)?;
        if draft.haul.is_some() || draft.hashes.len() >= MANY {
            intake.begin_sieve()?;
        }
        let is_asked = draft.known.len() == draft.hashes.len() && draft.asked_after >= self.recent.forgotten;
        if draft.haul.is_none() && !is_asked {
            draft.look_up(intake, self.recent.changes)?;
        }
        if !self.claimed.is_empty() && draft.hashes.iter().any(|(id, _)| self.claimed.binary_search(id).is_ok()) {
            return Err(Error::new(Sort::Busy, "the same facts are being loaded; come again in a moment"));
        }
        let of_haul = match draft.haul {
            Some(_) => Some(HaulIds::of(std::mem::take(&mut draft.hashes), &mut |ids| intake.contents_of(ids))?),
            None => None,
        };
        let mut mine: IdMap<Option<u128>> = IdMap::with_capacity_and_hasher(draft.hashes.len(), BuildIdHasher);
        if draft.is_release {
            mine.extend(leaving.iter().map(|row| (id_of(&row.held), None)));
        }
        // From here on nothing fails, but for the disk that holds a haul.
        let count = draft.hashes.len() - draft.held.len();
        let mut fates = Vec::with_capacity(draft.hashes.len());
        for (place, (id, content)) in draft.hashes.iter().enumerate() {
            let since = || self.recent.since(draft.asked_after, *id);
            let known = mine.get(id).or_else(|| together.ids.get(id)).copied().or_else(since);
            fates.push(match known.unwrap_or(draft.known[place]) {
                None => {
                    mine.insert(*id, Some(*content));
                    if place < count { Fate::Appended } else { Fate::Held }
                }
                Some(known) if known == *content => Fate::Duplicate,
                Some(_) => Fate::Conflict,
            });
        }
        let held_fates = fates.split_off(count);
        if let Some((ids, of_haul)) = of_haul {
            (together.haul_ids, fates) = (Some(ids), of_haul);
        }
        let mut report = Report { fates, held_fates, ..Report::default() };
        report.sum_up();
        let conflicts = || report.fates.iter().enumerate().filter(|(_, fate)| **fate == Fate::Conflict);
        let conflicting = match &mut draft.haul {
            _ if report.conflicts == 0 => Vec::new(),
            Some(haul) => haul.message_ids(&conflicts().map(|(place, _)| place as u32).collect::<Vec<_>>())?,
            None => conflicts().filter_map(|(place, _)| draft.facts.message_id(place)).collect(),
        };
        report.conflicting = conflicting;
        match together.ids.is_empty() {
            true => together.ids = mine,
            false => together.ids.extend(mine),
        }
        together.notes.extend(draft.notes);
        together.haul_notes = draft.haul.as_mut().map(|haul| std::mem::take(&mut haul.notes));
        for row in leaving {
            report.removed += 1;
            // A row that came and goes within one change was never there.
            if together.held.remove(&row.number).is_none() {
                together.removed.insert(row.number, row);
            }
        }
        let recorded_at = self.sequence.tick(draft.now);
        let first = self.sequence.number + 1;
        let appended = |place: usize| report.fates[place] == Fate::Appended;
        let haul = draft.haul.and_then(|haul| Numbered::of(haul, &appended, first, recorded_at));
        let facts = draft.facts.pack(&appended, first, recorded_at);
        let packed = facts.as_ref().map_or(0, |run| run.len() as u64);
        self.sequence.number += packed + haul.as_ref().map_or(0, |haul| haul.count);
        let numbers = (self.sequence.number >= first).then_some((first, self.sequence.number));
        let changed = facts.iter().flat_map(Packed::rows).map(|fact| changes_from(&fact.row)).min();
        let changed = changed.into_iter().chain(haul.as_ref().and_then(Numbered::changes_from));
        changed.for_each(|moment| report.changed_from(moment));
        for (held, fate) in draft.held.into_iter().zip(&report.held_fates) {
            if *fate == Fate::Held {
                let number = self.sequence.next();
                together.held.insert(number, HeldRow { number, recorded_at, held });
            }
        }
        Ok(Prepared { report, facts, haul, numbers, identities: Vec::new(), untold: draft.identities, recorded_at })
    }

    /// Takes the identity rows of a prepared batch that say something new, just before they are written.
    pub fn hear_all(&mut self, prepared: &mut Prepared) {
        for identity in std::mem::take(&mut prepared.untold) {
            if let Some(stored) = self.hear(identity, prepared.recorded_at) {
                prepared.report.changed_from(stored.known_at());
                prepared.identities.push(stored);
            }
        }
    }
}

/// From which moment on views show that a fact is there.
pub(crate) fn changes_from(row: &RowRef<'_>) -> Instant {
    match row.supersedes.is_some() || row.retracts.is_some() {
        true => row.known_at,
        false => row.known_at.max(row.occurred_at),
    }
}

fn id_of(held: &Held) -> u128 {
    id_hash(held.source.as_str(), held.message_id.as_str())
}

/// The rows that shall leave the quarantine; those of a release must be there.
fn find_leaving(
    intake: &Intake,
    together: &Together,
    numbers: &[u64],
    is_release: bool,
) -> Result<Vec<HeldRow>, Error> {
    let mut rows = Vec::new();
    for number in numbers.iter().collect::<BTreeSet<_>>() {
        let found = match together.held.get(number) {
            Some(row) => Some(row.clone()),
            None if together.removed.contains_key(number) => None,
            None => intake.held_row(*number)?,
        };
        match found {
            None if is_release => {
                return Err(Error::new(Sort::Missing, format!("row {number} is not in quarantine")));
            }
            found => rows.extend(found),
        }
    }
    Ok(rows)
}
