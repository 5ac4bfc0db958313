//! The one who numbers and dates what comes in, and decides whether it is new.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use vocab::{CustomerId, Instant, SourceName};

use crate::batch::{FactBatch, Fate, Report};
use crate::encode::{content_hash, id_hash};
use crate::error::{Error, Sort};
use crate::fact::{Fact, Identity, IdentityRole, StoredFact, StoredIdentity};
use crate::held::{Held, HeldRow, held_hash};
use crate::intake::{Change, Intake, Sequence};
use crate::state::State;

/// What only one thread at a time may have: the sequencer and the identity rows that were seen.
pub(crate) struct Writer {
    pub sequence: Sequence,
    said: HashSet<Identity>,
    standing: HashMap<String, (i64, String)>,
    members: BTreeSet<(String, String)>,
}

/// What the batches of one synced change have decided so far: it goes before what the intake remembers.
#[derive(Default)]
pub(crate) struct Together {
    /// Contents of ids; `None`: free again.
    ids: HashMap<u128, Option<u128>>,
    held: HashMap<u64, HeldRow>,
    removed: HashMap<u64, HeldRow>,
    notes: HashMap<Vec<u8>, Vec<u8>>,
}

impl Together {
    /// Writes what goes with every batch into the change, each key once.
    pub fn enlist(&self, intake: &Intake, change: &mut Change<'_>) -> Result<(), Error> {
        for (id, content) in &self.ids {
            match content {
                Some(content) => change.id(*id, *content),
                None => change.free(*id),
            }
        }
        self.notes.iter().for_each(|(key, value)| change.note(key, value));
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

/// What one caller wants written: a batch, and the rows of the quarantine that go with it.
pub(crate) struct Wish {
    pub batch: FactBatch,
    /// Rows that leave the quarantine.
    pub leaving: Vec<u64>,
    /// Whether their ids are free again, and whether they must be there.
    pub is_release: bool,
    pub now: Instant,
}

/// A batch with its numbers, ready to be written.
#[derive(Default)]
pub(crate) struct Prepared {
    pub report: Report,
    pub facts: Vec<StoredFact>,
    pub identities: Vec<StoredIdentity>,
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

fn check_fact(fact: &Fact) -> Result<(), Error> {
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
        let mut writer = Writer { sequence, said: HashSet::new(), standing: HashMap::new(), members: BTreeSet::new() };
        state.identities().for_each(|stored| writer.note(&stored.identity));
        writer
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
    pub fn prepare(&mut self, intake: &Intake, together: &mut Together, wish: Wish) -> Result<Prepared, Error> {
        let batch = wish.batch;
        let leaving = find_leaving(intake, together, &wish.leaving, wish.is_release)?;
        let mut mine: HashMap<u128, Option<u128>> = HashMap::new();
        if wish.is_release {
            mine.extend(leaving.iter().map(|row| (id_of(&row.held), None)));
        }
        let mut decide = |id: u128, content: u128, new: Fate| {
            let known = match mine.get(&id).or_else(|| together.ids.get(&id)) {
                Some(content) => *content,
                None => intake.content_of(id)?,
            };
            Ok::<Fate, Error>(match known {
                None => {
                    mine.insert(id, Some(content));
                    new
                }
                Some(known) if known == content => Fate::Duplicate,
                Some(_) => Fate::Conflict,
            })
        };
        let mut report = Report::default();
        for (place, fact) in batch.facts.iter().enumerate() {
            let content = batch.fingerprints.get(place).copied().unwrap_or_else(|| content_hash(fact));
            let id = id_hash(fact.source.as_str(), fact.message_id.as_str());
            report.fates.push(decide(id, content, Fate::Appended)?);
        }
        for held in &batch.held {
            report.held_fates.push(decide(id_of(held), held_hash(held), Fate::Held)?);
        }
        // From here on nothing fails.
        together.ids.extend(mine);
        for row in leaving {
            report.removed += 1;
            // A row that came and goes within one change was never there.
            if together.held.remove(&row.number).is_none() {
                together.removed.insert(row.number, row);
            }
        }
        together.notes.extend(batch.notes);
        report.sum_up();
        let mut prepared = Prepared { report, ..Prepared::default() };
        let recorded_at = self.sequence.tick(wish.now);
        self.number_facts(batch.facts, recorded_at, &mut prepared);
        for (held, fate) in batch.held.into_iter().zip(&prepared.report.held_fates) {
            if *fate == Fate::Held {
                let number = self.sequence.next();
                together.held.insert(number, HeldRow { number, recorded_at, held });
            }
        }
        for identity in batch.identities {
            if let Some(stored) = self.hear(identity, recorded_at) {
                prepared.report.changed_from(stored.known_at());
                prepared.identities.push(stored);
            }
        }
        Ok(prepared)
    }

    fn number_facts(&mut self, facts: Vec<Fact>, recorded_at: Instant, prepared: &mut Prepared) {
        for (place, mut fact) in facts.into_iter().enumerate() {
            if prepared.report.fates[place] == Fate::Appended {
                let known_at = *fact.known_at.get_or_insert(recorded_at);
                let speaks_of_another = fact.supersedes.is_some() || fact.retracts.is_some();
                let moment = if speaks_of_another { known_at } else { known_at.max(fact.occurred_at) };
                prepared.report.changed_from(moment);
                prepared.facts.push(StoredFact { number: self.sequence.next(), recorded_at, fact });
            }
        }
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
