//! Which customer a key leads to, and from when that is known.
//!
//! Two sorts of key: another name of a customer (`same_as`; the row known last stands, so a row that leads a key back
//! to itself undoes a merge) and a person (`member_of`; a person of several customers counts for none of them).

use std::collections::{BTreeSet, HashMap, HashSet};

use vocab::{CustomerId, Instant};

use crate::fact::{Identity, IdentityRole};

/// A stretch of time in which a key leads to one customer: from its beginning to that of the next stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub from: i64,
    pub customer: CustomerId,
}

/// The identity rows that are known by some moment, ready to be asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    members: HashMap<Box<str>, Vec<(i64, CustomerId)>>,
    aliases: HashMap<Box<str>, Vec<Stretch>>,
}

impl Keys {
    /// From the rows known before `end`.
    pub fn new<'a>(rows: impl Iterator<Item = &'a Identity>, end: Instant) -> Self {
        let mut members: HashMap<Box<str>, Vec<(i64, CustomerId)>> = HashMap::new();
        let mut told: HashMap<Box<str>, Vec<(i64, CustomerId)>> = HashMap::new();
        for row in rows {
            let known_at = row.known_at.unwrap_or(Instant::MIN);
            if known_at >= end {
                continue;
            }
            let list = match row.role {
                IdentityRole::MemberOf => members.entry(row.key.as_str().into()).or_default(),
                IdentityRole::SameAs => told.entry(row.key.as_str().into()).or_default(),
            };
            list.push((known_at.micros(), row.customer_id.clone()));
        }
        for list in members.values_mut().chain(told.values_mut()) {
            list.sort();
        }
        let aliases = told.keys().map(|key| (key.clone(), stretches(&told, key))).collect();
        Self { members, aliases }
    }

    /// Whether no key has another name.
    pub fn has_no_alias(&self) -> bool {
        self.aliases.is_empty()
    }

    /// The customers that a key leads to over time, if it ever led to another.
    pub fn stretches_of(&self, key: &str) -> Option<&[Stretch]> {
        self.aliases.get(key).map(Vec::as_slice)
    }

    /// The customer that an actor's deed counts for, and from when that is known.
    ///
    /// The actor's only customer when it happened; where none was known then, the only one that became known first.
    pub fn customer_of_actor(&self, actor: &str, occurred_at: i64) -> Option<(&CustomerId, i64)> {
        let memberships = self.members.get(actor)?;
        let known_then = memberships.partition_point(|(known, _)| *known <= occurred_at);
        let valid = match known_then {
            0 => {
                let first = memberships.first()?.0;
                &memberships[..memberships.partition_point(|(known, _)| *known <= first)]
            }
            count => &memberships[..count],
        };
        let (known, customer) = valid.first()?;
        valid.iter().all(|(_, other)| other == customer).then_some((customer, *known))
    }

    /// Every key under which facts of a customer may lie: its own, those that ever led to it, and, apart, its people.
    pub fn keys_of(&self, customer: &CustomerId) -> (HashSet<Box<str>>, HashSet<Box<str>>) {
        let mut names: HashSet<Box<str>> = HashSet::from([customer.as_str().into()]);
        for (key, stretches) in &self.aliases {
            if stretches.iter().any(|stretch| &stretch.customer == customer) {
                names.insert(key.clone());
            }
        }
        let belongs = |list: &Vec<(i64, CustomerId)>| list.iter().any(|(_, of)| names.contains(of.as_str()));
        let people = self.members.iter().filter(|(_, list)| belongs(list)).map(|(key, _)| key.clone()).collect();
        (names, people)
    }
}

/// Follows a key from name to name, in every stretch of time between two things that were said about any of them.
fn stretches(told: &HashMap<Box<str>, Vec<(i64, CustomerId)>>, key: &str) -> Vec<Stretch> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut open = vec![key];
    let mut moments = BTreeSet::from([i64::MIN]);
    while let Some(key) = open.pop() {
        if !seen.insert(key) {
            continue;
        }
        for (known, target) in told.get(key).into_iter().flatten() {
            moments.insert(*known);
            open.push(target.as_str());
        }
    }
    let mut stretches: Vec<Stretch> = Vec::new();
    for from in moments {
        let customer = follow(told, key, from);
        if stretches.last().is_none_or(|last| last.customer.as_str() != customer) {
            stretches.push(Stretch { from, customer: CustomerId::new(customer) });
        }
    }
    stretches
}

/// Where a key leads by what is known at `at`. A ring of names stands under the smallest of them.
fn follow<'a>(told: &'a HashMap<Box<str>, Vec<(i64, CustomerId)>>, key: &'a str, at: i64) -> &'a str {
    let mut path = vec![key];
    loop {
        let here = path[path.len() - 1];
        let next = told.get(here).and_then(|list| list[..list.partition_point(|(known, _)| *known <= at)].last());
        match next.map(|(_, target)| target.as_str()) {
            None => return here,
            Some(next) => match path.iter().position(|one| *one == next) {
                None => path.push(next),
                Some(begin) => return path[begin..].iter().min().copied().unwrap_or(here),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vocab::SourceName;

    fn row(key: &str, role: IdentityRole, customer: &str, known_at: i64) -> Identity {
        let known_at = Some(Instant::from_micros(known_at));
        Identity { key: key.into(), customer_id: customer.into(), role, known_at, source: SourceName::new("crm") }
    }

    fn keys(rows: &[Identity]) -> Keys {
        Keys::new(rows.iter(), Instant::MAX)
    }

    fn path(keys: &Keys, key: &str) -> Vec<(i64, String)> {
        let stretches = keys.stretches_of(key).unwrap_or_default();
        stretches.iter().map(|stretch| (stretch.from, stretch.customer.to_string())).collect()
    }

    #[test]
    fn a_merged_customer_can_be_parted_again() {
        use IdentityRole::SameAs;
        let keys = keys(&[row("b", SameAs, "a", 10), row("b", SameAs, "b", 20)]);
        assert_eq!(path(&keys, "b"), [(i64::MIN, "b".into()), (10, "a".into()), (20, "b".into())]);
    }

    #[test]
    fn names_of_names_are_followed_and_a_ring_ends_at_its_smallest() {
        use IdentityRole::SameAs;
        let chain = keys(&[row("c", SameAs, "b", 10), row("b", SameAs, "a", 20)]);
        assert_eq!(path(&chain, "c"), [(i64::MIN, "c".into()), (10, "b".into()), (20, "a".into())]);
        let ring = keys(&[row("x", SameAs, "y", 10), row("y", SameAs, "x", 10)]);
        assert_eq!(path(&ring, "y"), [(i64::MIN, "y".into()), (10, "x".into())]);
        assert_eq!(path(&ring, "x"), [(i64::MIN, "x".into())]);
    }

    #[test]
    fn a_person_of_two_customers_counts_for_neither() {
        use IdentityRole::MemberOf;
        let keys = keys(&[row("u1", MemberOf, "a", 10), row("u1", MemberOf, "b", 20)]);
        let of = |at| keys.customer_of_actor("u1", at).map(|(customer, known)| (customer.to_string(), known));
        assert_eq!(of(15), Some(("a".into(), 10)));
        assert_eq!(of(5), Some(("a".into(), 10)), "what was done before the membership is attributed once it is known");
        assert_eq!(of(25), None);
        assert!(keys.customer_of_actor("u2", 15).is_none());
    }
}
