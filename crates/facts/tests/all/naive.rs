//! The second road: what a view shows, worked out row by row and slowly.

use facts::{Fact, Identity, IdentityRole, StoredFact};
use proptest::prelude::*;
use vocab::{ActorId, Amount, AsOf, CustomerId, Instant, Kind, MessageId, SourceName};

use crate::record::at;

/// A fact in small: everything that decides who sees it when.
#[derive(Clone, Debug)]
pub struct Told {
    pub id: u8,
    pub source: bool,
    pub customer: Option<u8>,
    pub actor: Option<u8>,
    pub kind: bool,
    pub occurred: i64,
    pub known: i64,
    pub supersedes: Option<u8>,
    pub retracts: Option<u8>,
}

pub const END: i64 = 24;

pub fn told() -> impl Strategy<Value = Told> {
    let who = (prop::option::weighted(0.7, 0..4u8), prop::option::weighted(0.6, 0..3u8));
    let speaks = prop_oneof![
        6 => Just((None, None)),
        2 => (0..30u8).prop_map(|id| (Some(id), None)),
        1 => (0..30u8).prop_map(|id| (None, Some(id))),
    ];
    let when = (0..END, prop_oneof![3 => Just(0i64), 1 => -2..8i64]);
    (0..30u8, any::<bool>(), who, any::<bool>(), when, speaks).prop_map(|(id, source, who, kind, when, speaks)| Told {
        id,
        source,
        customer: who.0,
        actor: who.1,
        kind,
        occurred: when.0,
        known: when.0 + when.1,
        supersedes: speaks.0,
        retracts: speaks.1,
    })
}

pub fn identity() -> impl Strategy<Value = Identity> {
    let same = (0..4u8, 0..4u8).prop_map(|(key, to)| (format!("c{key}"), to, IdentityRole::SameAs));
    let member = (0..3u8, 0..4u8).prop_map(|(key, to)| (format!("u{key}"), to, IdentityRole::MemberOf));
    let ended = prop_oneof![3 => Just(None), 1 => (0..4u8).prop_map(Some)];
    (prop_oneof![same, member], 0..END, ended).prop_map(|((key, to, role), known, ended)| Identity {
        known_at: Some(at(known)),
        supersedes: ended.map(|customer| CustomerId::new(format!("c{customer}"))),
        ..Identity::new(key, role, format!("c{to}"), SourceName::new("crm"))
    })
}

impl Told {
    /// The fact; its value is its own mark, so that a view's rows can be told apart.
    pub fn fact(&self, mark: usize) -> Fact {
        let kind = if self.kind { Kind::Order } else { Kind::Event };
        let mut fact = Fact::new("", kind, if self.kind { "Order Completed" } else { "Logged In" }, at(self.occurred));
        fact.customer_id = self.customer.map(|number| CustomerId::new(format!("c{number}")));
        fact.actor_id = self.actor.map(|number| ActorId::new(format!("u{number}")));
        fact.known_at = Some(at(self.known));
        fact.value = Some(Amount::from_millionths(mark as i128 * 1_000_000));
        fact.source = SourceName::new(if self.source { "crm" } else { "shop" });
        fact.message_id = MessageId::new(format!("m{}", self.id));
        fact.supersedes = self.supersedes.map(|id| MessageId::new(format!("m{id}")));
        fact.retracts = self.retracts.map(|id| MessageId::new(format!("m{id}")));
        fact
    }
}

/// Facts as they stand in the record: the first of each id, numbered in this order.
pub fn stored(told: &[Told]) -> Vec<StoredFact> {
    let mut facts: Vec<StoredFact> = Vec::new();
    for (mark, one) in told.iter().enumerate() {
        let fact = one.fact(mark);
        let taken =
            |stored: &StoredFact| stored.fact.source == fact.source && stored.fact.message_id == fact.message_id;
        if !facts.iter().any(taken) {
            let number = facts.len() as u64 + 1;
            facts.push(StoredFact { number, recorded_at: at(number as i64), fact });
        }
    }
    facts
}

/// One line per visible fact that counts for a customer, as `record::lines` writes them.
pub fn lines(facts: &[StoredFact], identities: &[Identity], t: AsOf) -> Vec<String> {
    let mut lines = Vec::new();
    for stored in facts.iter().filter(|stored| is_visible(stored, facts, t.instant())) {
        if let Some(customer) = customer_of(&stored.fact, identities, t.instant()) {
            let fact = &stored.fact;
            let since = (fact.occurred_at.micros() - at(0).micros()) / 1_000_000;
            lines.push(format!("{customer} {} {} {since} {}", fact.kind, fact.name, fact.value.unwrap()));
        }
    }
    lines.sort();
    lines
}

fn target(fact: &Fact) -> Option<&MessageId> {
    fact.supersedes.as_ref().or(fact.retracts.as_ref()).filter(|target| **target != fact.message_id)
}

fn is_visible(stored: &StoredFact, facts: &[StoredFact], t: Instant) -> bool {
    let fact = &stored.fact;
    if fact.occurred_at >= t || stored.known_at() >= t || fact.retracts.is_some() {
        return false;
    }
    facts.iter().filter(|other| other.known_at() < t && other.fact.source == fact.source).all(|other| {
        let speaks_of_it = target(&other.fact) == Some(&fact.message_id);
        let speaks_of_the_same = target(fact).is_some() && target(&other.fact) == target(fact);
        let later = (other.known_at(), other.number) > (stored.known_at(), stored.number);
        !(speaks_of_it || speaks_of_the_same && later)
    })
}

fn customer_of(fact: &Fact, identities: &[Identity], t: Instant) -> Option<String> {
    let own = match (&fact.customer_id, &fact.actor_id) {
        (Some(customer), _) => customer.to_string(),
        (None, None) => return None,
        (None, Some(actor)) => customer_of_actor(actor.as_str(), fact.occurred_at, identities, t)?,
    };
    let mut path = vec![own];
    loop {
        let here = path.last().unwrap().clone();
        let Some(next) = leads_to(&here, identities, t) else { return Some(here) };
        if let Some(begin) = path.iter().position(|one| *one == next) {
            return path[begin..].iter().min().cloned();
        }
        path.push(next);
    }
}

fn begins(row: &Identity) -> Option<String> {
    (row.supersedes.as_ref() != Some(&row.customer_id)).then(|| row.customer_id.to_string())
}

fn ends(row: &Identity) -> Option<String> {
    row.supersedes.as_ref().map(CustomerId::to_string)
}

/// Every second from the first on: what was said in it, and what was ended in it, decides until the next.
fn leads_to(key: &str, identities: &[Identity], t: Instant) -> Option<String> {
    let mut leads: Option<String> = None;
    for second in 0..END {
        let said: Vec<&Identity> = identities
            .iter()
            .filter(|row| row.role == IdentityRole::SameAs && row.key == key && row.known_at == Some(at(second)))
            .filter(|_| at(second) < t)
            .collect();
        let ended = |customer: &String| said.iter().any(|row| ends(row).as_ref() == Some(customer));
        leads = leads.filter(|customer| !ended(customer));
        leads = said.iter().filter_map(|row| begins(row)).filter(|customer| !ended(customer)).max().or(leads);
    }
    leads
}

fn customer_of_actor(actor: &str, occurred_at: Instant, identities: &[Identity], t: Instant) -> Option<String> {
    let rows = || {
        let of_actor = |row: &&Identity| row.role == IdentityRole::MemberOf && row.key == actor;
        identities.iter().filter(of_actor).map(|row| (row.known_at.unwrap(), row)).filter(|(known, _)| *known < t)
    };
    let stood_until = |customer: &String, since: Instant| {
        let ended = rows().filter(|(at, row)| *at >= since && ends(row).as_ref() == Some(customer));
        ended.map(|(at, _)| at).min().unwrap_or(Instant::MAX)
    };
    let mut all: Vec<(Instant, String)> = rows().filter_map(|(since, row)| Some((since, begins(row)?))).collect();
    all.retain(|(since, customer)| stood_until(customer, *since) > *since);
    all.sort();
    let known_then: Vec<_> = all.iter().filter(|(since, _)| *since <= occurred_at).collect();
    let valid: Vec<_> = match known_then.is_empty() {
        true => all.iter().filter(|(since, _)| *since == all[0].0).collect(),
        false => known_then.into_iter().filter(|(since, one)| occurred_at < stood_until(one, *since)).collect(),
    };
    let first = &valid.first()?.1;
    valid.iter().all(|(_, other)| other == first).then(|| first.clone())
}
