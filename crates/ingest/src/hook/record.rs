//! States of a record that changes at its source: each new one corrects the last, so that a view of the past still
//! shows what was known then.
//!
//! Of a record that describes a customer (traits) a fact says only what changed. Which state was told last is noted
//! beside the facts.

use facts::{Fact, Properties};
use serde::{Deserialize, Serialize};
use vocab::{ActorId, CustomerId, Instant, Kind, MessageId};

use super::path::{hash_text, id_of};
use super::read::{Arrived, says_differences};

/// What was last told of a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    /// Id of the fact that stands; `None` when the record was removed.
    id: Option<String>,
    /// Hash of what it said.
    content: String,
    /// When that was true, in microseconds.
    version: i64,
    /// Whose it is: a removal needs it.
    customer: Option<String>,
    actor: Option<String>,
    name: String,
    /// Traits as last told; empty for other kinds.
    #[serde(default)]
    traits: Properties,
    occurred_at: i64,
}

/// A state as it came in.
pub(super) struct Told<'a> {
    pub(super) key: Vec<u8>,
    pub(super) name: &'a str,
    pub(super) version: Instant,
}

/// What a state comes to.
pub(super) enum Taken {
    /// Told before.
    Unchanged,
    /// A newer state is known already.
    Older,
    /// A fact, and what is to be remembered.
    Changed(Box<Fact>, Vec<u8>),
}

/// A record that is there, with what it says now.
pub(super) fn state(told: &Told<'_>, known: Option<Known>, mut fact: Fact) -> Taken {
    let content = content(&fact);
    if let Some(known) = &known {
        if known.id.is_some() && known.content == content {
            return Taken::Unchanged;
        }
        if told.version.micros() < known.version {
            return Taken::Older;
        }
    }
    let before = known.as_ref().and_then(|known| known.id.as_deref());
    let version = told.version.micros().to_string();
    let since = before.map_or(version.as_str(), |id| id);
    let id = id_of(&["record", fact.kind.as_str(), told.name, since, &content]);
    let mut traits = Properties::new();
    if says_differences(fact.kind) {
        traits = fact.properties.clone();
        let last = known.as_ref().map(|known| known.traits.clone()).unwrap_or_default();
        fact.properties = difference(&last, &traits);
        fact.occurred_at = match before {
            Some(_) => told.version,
            None => fact.occurred_at,
        };
    } else {
        fact.supersedes = before.map(MessageId::new);
    }
    fact.message_id = MessageId::new(&id);
    let note = Known {
        id: Some(id),
        content,
        version: told.version.micros(),
        customer: fact.customer_id.as_ref().map(|customer| customer.as_str().to_owned()),
        actor: fact.actor_id.as_ref().map(|actor| actor.as_str().to_owned()),
        name: fact.name.clone(),
        traits,
        occurred_at: fact.occurred_at.micros(),
    };
    Taken::Changed(Box::new(fact), encoded(&note))
}

/// A record that is gone: its fact is taken back, its traits are removed.
pub(super) fn remove(told: &Told<'_>, known: Option<Known>, kind: Kind, arrived: &Arrived) -> Taken {
    let Some(known) = known else { return Taken::Unchanged };
    let Some(id) = known.id.clone() else { return Taken::Unchanged };
    if told.version.micros() < known.version {
        return Taken::Older;
    }
    let mut fact = Fact::new("", kind, known.name.clone(), told.version);
    fact.customer_id = known.customer.as_deref().map(CustomerId::new);
    fact.actor_id = known.actor.as_deref().map(ActorId::new);
    fact.source = arrived.source.clone();
    fact.message_id = MessageId::new(id_of(&["removed", kind.as_str(), told.name, &id]));
    if says_differences(kind) {
        fact.properties = difference(&known.traits, &Properties::new());
    } else {
        fact.occurred_at = Instant::from_micros(known.occurred_at);
        fact.retracts = Some(MessageId::new(&id));
    }
    let note =
        Known { id: None, version: told.version.micros(), content: String::new(), traits: Properties::new(), ..known };
    Taken::Changed(Box::new(fact), encoded(&note))
}

/// What must be said so that `last` becomes `now`.
fn difference(last: &Properties, now: &Properties) -> Properties {
    let gone = last.keys().filter(|key| !now.contains_key(*key)).map(|key| (key.clone(), None));
    let new = now.iter().filter(|(key, value)| last.get(*key) != Some(value));
    gone.chain(new.map(|(key, value)| (key.clone(), value.clone()))).collect()
}

/// A hash of everything that a state says but its id and, for traits, its moment.
fn content(fact: &Fact) -> String {
    said(fact, !says_differences(fact.kind)).to_hex()[..32].to_owned()
}

/// What stands for a fact's content, with or without its moment.
pub(super) fn fingerprint(fact: &Fact, with_moment: bool) -> u128 {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&said(fact, with_moment).as_bytes()[..16]);
    u128::from_be_bytes(bytes)
}

fn said(fact: &Fact, with_moment: bool) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let mut put = |text: &str| hash_text(&mut hasher, text);
    put(fact.customer_id.as_ref().map_or("", CustomerId::as_str));
    put(fact.actor_id.as_ref().map_or("", ActorId::as_str));
    put(fact.kind.as_str());
    put(&fact.name);
    if with_moment {
        put(&fact.occurred_at.micros().to_string());
    }
    put(&fact.value.map_or(String::new(), |value| value.millionths().to_string()));
    put(fact.currency.as_deref().unwrap_or_default());
    put(fact.text.as_deref().unwrap_or_default());
    put(fact.supersedes.as_ref().map_or("", MessageId::as_str));
    put(fact.retracts.as_ref().map_or("", MessageId::as_str));
    for (key, value) in &fact.properties {
        put(key);
        put(if value.is_some() { "=" } else { "-" });
        put(value.as_deref().unwrap_or_default());
    }
    hasher.finalize()
}

fn encoded(note: &Known) -> Vec<u8> {
    serde_json::to_vec(note).unwrap_or_else(|error| unreachable!("notes are plain data: {error}"))
}
