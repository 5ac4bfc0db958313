//! The door itself: messages become facts, identity rows and held rows, handed over in one synced change.
//!
//! What somebody was last known to be is kept as a note beside the facts, so that a trait told again adds nothing.
//! Between reading that note and writing it nobody else may speak of the same person: a lock for each of a few groups
//! of people sees to it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use facts::{Error, Fact, FactBatch, Facts, Fate, Held, Identity, IdentityRole, Report};
use vocab::{ActorId, CustomerId, Email, Instant, Kind, Line, MessageId, Phone, SourceName};

use super::{Call, Deed, Event, Fault, Faulty, Message, Subject, TraitChange, hash_of};

const LOCKS: usize = 64;
/// So few messages ask for their groups one by one.
const FEW: usize = 8;
/// What a person's own changed traits are called at a customer; a customer's are `Traits Changed`.
const CONTACT_UPDATED: &str = "Contact Updated";
const TRAITS_CHANGED: &str = "Traits Changed";

/// Trait → value, as last known.
type Known = BTreeMap<String, String>;

/// Takes calls in, from any number of threads.
#[derive(Debug)]
pub struct Door {
    locks: Vec<Mutex<()>>,
}

impl Default for Door {
    fn default() -> Self {
        Self { locks: (0..LOCKS).map(|_| Mutex::new(())).collect() }
    }
}

/// Through which source a call came.
#[derive(Clone, Debug)]
pub struct Via {
    /// Its name.
    pub source: SourceName,
    /// Whom its user ids name.
    pub subject: Subject,
}

/// What became of one message.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Its id.
    pub message_id: String,
    /// What it was: the name of its fact, empty for a held one.
    pub name: String,
    /// The customer, or the person where no customer is known.
    pub who: String,
    /// What became of it; a message that said nothing new counts as appended.
    pub fate: Fate,
    /// Why it is held.
    pub fault: Option<Fault>,
}

/// What became of a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taken {
    /// One for each message.
    pub outcomes: Vec<Outcome>,
}

impl Taken {
    /// How many messages met this fate.
    pub fn count(&self, fate: Fate) -> u64 {
        self.outcomes.iter().filter(|outcome| outcome.fate == fate).count() as u64
    }
}

impl Door {
    /// Takes a call in: on disk when this returns.
    ///
    /// # Errors
    /// What [`Facts::append`] refuses; nothing of the call is taken then.
    pub fn take(&self, facts: &Facts, via: &Via, call: Call, now: Instant) -> Result<Taken, Error> {
        self.take_by(facts, via, call, &|batch| facts.append(batch, now))
    }

    /// Takes the place of a row of the quarantine by what its body says now.
    ///
    /// # Errors
    /// What [`Facts::release`] refuses.
    pub fn replay(&self, facts: &Facts, via: &Via, number: u64, call: Call, now: Instant) -> Result<Taken, Error> {
        self.take_by(facts, via, call, &|batch| facts.release(number, batch, now))
    }

    fn take_by(
        &self,
        facts: &Facts,
        via: &Via,
        call: Call,
        write: &dyn Fn(FactBatch) -> Result<Report, Error>,
    ) -> Result<Taken, Error> {
        let _alone = self.lock(via, &call);
        let mut making = Making::new(facts, via, &call)?;
        for message in call.messages {
            making.message(message)?;
        }
        for faulty in call.faulty {
            making.hold(faulty);
        }
        making.finish(write)
    }

    /// The locks of everybody whose traits or groups a call speaks of; none for a call of mere events.
    fn lock(&self, via: &Via, call: &Call) -> Vec<MutexGuard<'_, ()>> {
        let spoken_of = call.messages.iter().flat_map(|message| {
            let traits = !matches!(message.deed, Deed::Event(_));
            let own = [message.user.as_deref(), message.anonymous.as_deref(), message.group.as_deref()];
            own.into_iter().flatten().filter(move |_| traits)
        });
        let places: BTreeSet<usize> =
            spoken_of.map(|key| hash_of(&[via.source.as_str(), key]) as usize % self.locks.len()).collect();
        places.into_iter().map(|place| self.locks[place].lock().unwrap_or_else(PoisonError::into_inner)).collect()
    }
}

/// A call on its way into a batch.
struct Making<'a> {
    facts: &'a Facts,
    via: &'a Via,
    batch: FactBatch,
    outcomes: Vec<Outcome>,
    /// For each fact of the batch its outcome.
    fact_of: Vec<usize>,
    held_of: Vec<usize>,
    /// People who belong to a group by what this call says.
    groups: HashMap<String, String>,
    /// Whether anybody may belong to one by what an earlier call said.
    some_in_groups: bool,
    /// What was read or changed of notes on the way.
    notes: HashMap<Vec<u8>, Known>,
    changed: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Ids of trait messages of this call.
    seen: HashSet<String>,
    taken: HashSet<String>,
}

impl<'a> Making<'a> {
    fn new(facts: &'a Facts, via: &'a Via, call: &Call) -> Result<Self, Error> {
        let mut groups = HashMap::new();
        for message in call.messages.iter().filter(|message| message.group.is_some()) {
            if let (Some(actor), Some(group)) = (actor_of(message), &message.group) {
                groups.insert(actor, group.clone());
            }
        }
        // What was said before must not be said again over what has been said since.
        let about_traits = |message: &&Message| matches!(message.deed, Deed::Traits(_) | Deed::Group(_));
        let ids: Vec<MessageId> =
            call.messages.iter().filter(about_traits).map(|message| MessageId::new(&message.id)).collect();
        let known = if ids.is_empty() { Vec::new() } else { facts.contains(&via.source, &ids)? };
        let taken = ids.iter().zip(known).filter(|(_, known)| *known).map(|(id, _)| id.as_str().to_owned()).collect();
        // Most sources know of no groups: asked once, many messages need not ask each for its own.
        let some_in_groups = call.messages.len() < FEW || facts.has_notes(&key_of(b"wire group", &via.source, ""))?;
        Ok(Self {
            facts,
            via,
            batch: FactBatch::default(),
            outcomes: Vec::with_capacity(call.len()),
            fact_of: Vec::new(),
            held_of: Vec::new(),
            groups,
            some_in_groups,
            notes: HashMap::new(),
            changed: BTreeMap::new(),
            seen: HashSet::new(),
            taken,
        })
    }

    fn message(&mut self, mut message: Message) -> Result<(), Error> {
        let deed = std::mem::replace(&mut message.deed, Deed::Traits(Vec::new()));
        let (message, actor) = (&message, actor_of(&message).unwrap_or_default());
        let group = self.group_of(message, &actor)?;
        let is_person = self.via.subject == Subject::Person || group.is_some() || message.user.is_none();
        let customer = match &message.group {
            Some(group) => Some(group.as_str()),
            None if is_person => None,
            None => message.user.as_deref(),
        };
        let leads_to = group.as_deref().or_else(|| message.user.as_deref().filter(|_| !is_person));
        self.link(message, &actor, leads_to);
        match deed {
            Deed::Event(event) => self.event(message, customer, &actor, *event),
            Deed::Traits(changes) => {
                self.keys(&changes, leads_to, is_person)?;
                let subject = if is_person { actor.as_str() } else { customer.unwrap_or_default() };
                let (kind, name) =
                    if is_person { (Kind::ContactChange, CONTACT_UPDATED) } else { (Kind::Trait, TRAITS_CHANGED) };
                self.traits(message, customer, Some(&actor), (kind, name), subject, changes)
            }
            Deed::Group(changes) => {
                let group = message.group.as_deref().unwrap_or_default();
                self.traits(message, Some(group), None, (Kind::Trait, TRAITS_CHANGED), group, changes)
            }
            Deed::Alias(previous, event) => {
                for key in &previous {
                    self.alias(key, leads_to, is_person);
                }
                match event {
                    Some(event) => self.event(message, customer, &actor, *event),
                    None => self.said(message, leads_to.unwrap_or(&actor).to_owned(), "alias"),
                }
            }
        }
    }

    /// The group a person belongs to: by the message, by its call, or by an earlier one.
    fn group_of(&mut self, message: &Message, actor: &str) -> Result<Option<String>, Error> {
        let told = message.group.clone().or_else(|| self.groups.get(actor).cloned());
        if told.is_none() && !self.some_in_groups {
            return Ok(None);
        }
        let key = key_of(b"wire group", &self.via.source, actor);
        let kept = self.facts.note(&key)?.and_then(|note| String::from_utf8(note).ok());
        let Some(told) = told else { return Ok(kept) };
        if kept.as_ref() != Some(&told) {
            self.changed.insert(key, told.clone().into_bytes());
        }
        Ok(Some(told))
    }

    /// What a message says about who is who, besides itself.
    fn link(&mut self, message: &Message, actor: &str, leads_to: Option<&str>) {
        if let Some(group) = &message.group {
            self.identity(actor.to_owned(), IdentityRole::MemberOf, group);
        }
        if let (Some(_), Some(anonymous), Some(customer)) = (&message.user, &message.anonymous, leads_to) {
            self.identity(format!("anon:{anonymous}"), IdentityRole::MemberOf, customer);
        }
    }

    fn alias(&mut self, previous: &str, leads_to: Option<&str>, is_person: bool) {
        let Some(customer) = leads_to else { return };
        let role = if is_person { IdentityRole::MemberOf } else { IdentityRole::SameAs };
        if previous != customer {
            self.identity(previous.to_owned(), role, customer);
        }
        self.identity(format!("anon:{previous}"), IdentityRole::MemberOf, customer);
    }

    /// Addresses and numbers that name one person. Whoever told one first keeps it: a second who tells it is a case for
    /// the rules of identity, which look at everybody's traits with each cycle.
    fn keys(&mut self, changes: &[TraitChange], leads_to: Option<&str>, is_person: bool) -> Result<(), Error> {
        let Some(customer) = leads_to else { return Ok(()) };
        let role = if is_person { IdentityRole::MemberOf } else { IdentityRole::SameAs };
        for change in changes {
            let (TraitChange::Set(name, value) | TraitChange::SetOnce(name, value)) = change else { continue };
            let key = match name.as_str() {
                "email" => Email::parse(value).filter(|email| !email.is_shared()).map(|email| email.key()),
                "phone" | "mobile" | "phone_number" => {
                    Phone::parse(value).filter(|phone| phone.line() == Line::Mobile).map(|phone| phone.key())
                }
                _ => None,
            };
            let Some(key) = key else { continue };
            let claim = [b"wire key".as_slice(), key.as_str().as_bytes()].join(&0);
            if self.changed.contains_key(&claim) || self.facts.note(&claim)?.is_some() {
                continue;
            }
            self.changed.insert(claim, customer.as_bytes().to_vec());
            self.identity(key.as_str().to_owned(), role, customer);
        }
        Ok(())
    }

    fn identity(&mut self, key: String, role: IdentityRole, customer: &str) {
        self.batch.identities.push(Identity::new(key, role, customer, self.via.source.clone()));
    }

    fn event(&mut self, message: &Message, customer: Option<&str>, actor: &str, event: Event) -> Result<(), Error> {
        let mut fact = self.fact(message, event.kind, event.name, customer, Some(actor));
        fact.value = event.value;
        fact.currency = event.currency;
        fact.text = event.text;
        fact.properties = event.properties.into_iter().map(|(name, value)| (name, Some(value))).collect();
        self.offer(message, fact);
        Ok(())
    }

    fn traits(
        &mut self,
        message: &Message,
        customer: Option<&str>,
        actor: Option<&str>,
        (kind, name): (Kind, &'static str),
        subject: &str,
        changes: Vec<TraitChange>,
    ) -> Result<(), Error> {
        let mut fact = self.fact(message, kind, name, customer, actor);
        let marker = key_of(b"wire said", &self.via.source, &message.id);
        if self.changed.contains_key(&marker) || self.facts.note(&marker)?.is_some() {
            self.outcome(message, subject.to_owned(), name, Fate::Duplicate);
            return Ok(());
        }
        let is_known = !self.seen.insert(message.id.clone()) || self.taken.contains(&message.id);
        if !is_known {
            let key = key_of(b"wire traits", &self.via.source, subject);
            let mut known = self.known(&key)?;
            fact.properties = apply(&mut known, changes);
            if fact.properties.is_empty() {
                self.changed.insert(marker, Vec::new());
                return self.said(message, subject.to_owned(), name);
            }
            self.changed.insert(key.clone(), serde_json::to_vec(&known).unwrap_or_default());
            self.notes.insert(key, known);
        }
        self.offer(message, fact);
        Ok(())
    }

    /// What somebody was last known to be.
    fn known(&self, key: &[u8]) -> Result<Known, Error> {
        if let Some(known) = self.notes.get(key) {
            return Ok(known.clone());
        }
        let note = self.facts.note(key)?;
        Ok(note.and_then(|note| serde_json::from_slice(&note).ok()).unwrap_or_default())
    }

    fn fact(
        &self,
        message: &Message,
        kind: Kind,
        name: impl Into<String>,
        customer: Option<&str>,
        actor: Option<&str>,
    ) -> Fact {
        Fact {
            customer_id: customer.map(CustomerId::new),
            actor_id: actor.map(ActorId::new),
            kind,
            name: name.into(),
            occurred_at: message.occurred_at,
            known_at: None,
            value: None,
            currency: None,
            text: None,
            properties: facts::Properties::new(),
            source: self.via.source.clone(),
            message_id: MessageId::new(&message.id),
            supersedes: None,
            retracts: None,
        }
    }

    fn offer(&mut self, message: &Message, fact: Fact) {
        let who = fact.customer_id.as_ref().map(ToString::to_string);
        let who = who.or_else(|| fact.actor_id.as_ref().map(ToString::to_string)).unwrap_or_default();
        self.fact_of.push(self.outcomes.len());
        self.outcome(message, who, &fact.name, Fate::Appended);
        self.batch.facts.push(fact);
        self.batch.fingerprints.push(message.fingerprint);
    }

    /// A message that adds no fact: it said nothing new, or only who is who.
    fn said(&mut self, message: &Message, who: String, name: &str) -> Result<(), Error> {
        self.outcome(message, who, name, Fate::Appended);
        Ok(())
    }

    fn outcome(&mut self, message: &Message, who: String, name: &str, fate: Fate) {
        let (message_id, name) = (message.id.clone(), name.to_owned());
        self.outcomes.push(Outcome { message_id, name, who, fate, fault: None });
    }

    fn hold(&mut self, faulty: Faulty) {
        let Faulty { id, fault, body } = faulty;
        self.held_of.push(self.outcomes.len());
        self.outcomes.push(Outcome {
            message_id: id.clone(),
            name: String::new(),
            who: String::new(),
            fate: Fate::Held,
            fault: Some(fault.clone()),
        });
        let (source, message_id) = (self.via.source.clone(), MessageId::new(&id));
        self.batch.held.push(Held { source, message_id, fault: fault.to_json(), body });
    }

    fn finish(mut self, write: &dyn Fn(FactBatch) -> Result<Report, Error>) -> Result<Taken, Error> {
        self.batch.notes = self.changed.into_iter().collect();
        let report = write(self.batch)?;
        for (fate, outcome) in report.fates.iter().zip(&self.fact_of) {
            self.outcomes[*outcome].fate = *fate;
        }
        for (fate, outcome) in report.held_fates.iter().zip(&self.held_of) {
            self.outcomes[*outcome].fate = *fate;
        }
        Ok(Taken { outcomes: self.outcomes })
    }
}

/// The person's own key.
fn actor_of(message: &Message) -> Option<String> {
    message.user.clone().or_else(|| message.anonymous.as_ref().map(|anonymous| format!("anon:{anonymous}")))
}

fn key_of(sort: &[u8], source: &SourceName, name: &str) -> Vec<u8> {
    [sort, source.as_str().as_bytes(), name.as_bytes()].join(&0)
}

/// Applies changes to what is known; what really changed, `None` = removed.
fn apply(known: &mut Known, changes: Vec<TraitChange>) -> facts::Properties {
    let before = known.clone();
    for change in changes {
        match change {
            TraitChange::Set(name, value) => {
                known.insert(name, value);
            }
            TraitChange::Unset(name) => {
                known.remove(&name);
            }
            TraitChange::SetOnce(name, value) => {
                known.entry(name).or_insert(value);
            }
            TraitChange::Increment(name, by) => {
                let stands: f64 = known.get(&name).and_then(|value| value.parse().ok()).unwrap_or(0.0);
                known.insert(name, (stands + by).to_string());
            }
            TraitChange::Append(name, items) => {
                let stands = known.get(&name).map(String::as_str).unwrap_or("[]");
                let mut list: Vec<String> = serde_json::from_str(stands).unwrap_or_else(|_| vec![stands.to_owned()]);
                for item in items {
                    if !list.contains(&item) {
                        list.push(item);
                    }
                }
                known.insert(name, serde_json::to_string(&list).unwrap_or_default());
            }
            TraitChange::Clear => known.clear(),
        }
    }
    let mut changed = facts::Properties::new();
    for name in before.keys().chain(known.keys()) {
        if before.get(name) != known.get(name) {
            changed.insert(name.clone(), known.get(name).cloned());
        }
    }
    changed
}
