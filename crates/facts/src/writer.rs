//! The one who numbers and dates what comes in, and decides whether it is new.

use std::collections::{BTreeSet, HashMap, HashSet};

use vocab::Instant;

use crate::batch::{FactBatch, Fate, Report};
use crate::encode::{StoredIdentity, content_hash, id_hash};
use crate::error::Error;
use crate::fact::{Fact, Identity, IdentityRole, StoredFact};
use crate::intake::{Change, Intake, Sequence};
use crate::state::State;

/// What only one thread at a time may have: the sequencer and the identity rows that were seen.
pub(crate) struct Writer {
    pub sequence: Sequence,
    said: HashSet<Identity>,
    standing: HashMap<String, (i64, String)>,
    members: BTreeSet<(String, String)>,
}

/// A batch with its numbers, ready to be written.
#[derive(Default)]
pub(crate) struct Prepared {
    pub report: Report,
    pub facts: Vec<StoredFact>,
    ids: Vec<(u128, u128)>,
    pub identities: Vec<StoredIdentity>,
    notes: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Prepared {
    /// What goes into the intake whichever way the facts themselves go.
    pub fn enlist(&self, change: &mut Change<'_>) {
        self.ids.iter().for_each(|(id, content)| change.id(*id, *content));
        self.identities.iter().for_each(|stored| change.identity(stored));
        self.notes.iter().for_each(|(key, value)| change.note(key, value));
    }
}

/// Refuses what can never be recorded.
pub(crate) fn check(batch: &FactBatch) -> Result<(), Error> {
    for fact in &batch.facts {
        check_fact(fact)?;
    }
    match batch.notes.iter().any(|(key, _)| key.is_empty()) {
        true => Err(Error::invalid("a note has an empty key")),
        false => Ok(()),
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
        self.said.insert(identity.clone());
    }

    /// Takes an identity row that says something new; `None` for one that does not.
    fn hear(&mut self, mut identity: Identity, recorded_at: Instant) -> Option<StoredIdentity> {
        if identity.known_at.is_none() {
            let customer = identity.customer_id.as_str();
            let stands = match identity.role {
                IdentityRole::MemberOf => self.members.contains(&(identity.key.clone(), customer.to_owned())),
                IdentityRole::SameAs => {
                    self.standing.get(&identity.key).is_some_and(|(_, standing)| standing == customer)
                }
            };
            if stands {
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
    pub fn prepare(
        &mut self,
        intake: &Intake,
        taken: &mut HashMap<u128, u128>,
        batch: FactBatch,
        now: Instant,
    ) -> Result<Prepared, Error> {
        let mut prepared = Prepared { notes: batch.notes, ..Prepared::default() };
        let mut fates = Vec::with_capacity(batch.facts.len());
        let mut mine = HashMap::new();
        for fact in &batch.facts {
            let id = id_hash(fact.source.as_str(), fact.message_id.as_str());
            let content = content_hash(fact);
            let known = match mine.get(&id).or_else(|| taken.get(&id)) {
                Some(content) => Some(*content),
                None => intake.content_of(id)?,
            };
            let fate = match known {
                None => Fate::Appended,
                Some(known) if known == content => Fate::Duplicate,
                Some(_) => Fate::Conflict,
            };
            if fate == Fate::Appended {
                mine.insert(id, content);
                prepared.ids.push((id, content));
            }
            fates.push(fate);
        }
        taken.extend(mine);
        let recorded_at = self.sequence.tick(now);
        for (mut fact, fate) in batch.facts.into_iter().zip(fates) {
            prepared.report.count(fate);
            if fate == Fate::Appended {
                let known_at = *fact.known_at.get_or_insert(recorded_at);
                let speaks_of_another = fact.supersedes.is_some() || fact.retracts.is_some();
                let moment = if speaks_of_another { known_at } else { known_at.max(fact.occurred_at) };
                prepared.report.changed_from(moment);
                prepared.facts.push(StoredFact { number: self.sequence.next(), recorded_at, fact });
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
}
