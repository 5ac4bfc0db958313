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
    (prop_oneof![same, member], 0..END).prop_map(|((key, to, role), known)| Identity {
        key,
        customer_id: CustomerId::new(format!("c{to}")),
        role,
        known_at: Some(at(known)),
        source: SourceName::new("crm"),
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
    let known = |role: IdentityRole, key: &str| {
        let said = |one: &&Identity| one.role == role && one.key == key && one.known_at.unwrap() < t;
        let mut said: Vec<_> =
            identities.iter().filter(said).map(|one| (one.known_at.unwrap(), one.customer_id.to_string())).collect();
        said.sort();
        said
    };
    let own = match (&fact.customer_id, &fact.actor_id) {
        (Some(customer), _) => customer.to_string(),
        (None, None) => return None,
        (None, Some(actor)) => {
            let all = known(IdentityRole::MemberOf, actor.as_str());
            let mut then: Vec<_> = all.iter().filter(|(since, _)| *since <= fact.occurred_at).collect();
            if then.is_empty() {
                then = all.iter().filter(|(since, _)| *since == all[0].0).collect();
            }
            let first = &then.first()?.1;
            then.iter().all(|(_, other)| other == first).then(|| first.clone())?
        }
    };
    let mut path = vec![own];
    loop {
        let here = path.last().unwrap().clone();
        let Some((_, next)) = known(IdentityRole::SameAs, &here).pop() else { return Some(here) };
        if let Some(begin) = path.iter().position(|one| *one == next) {
            return path[begin..].iter().min().cloned();
        }
        path.push(next);
    }
}
