//! Which customer a key leads to, and from when that is known.
//!
//! Two sorts of key: another name of a customer (`same_as`; the row known last stands until one ends it, or leads the
//! key back to itself) and a person (`member_of`; a person of several customers counts for none of them). Who says so,
//! and which of two sources is believed, is not decided here.

use std::collections::{BTreeSet, HashMap, HashSet};

use vocab::{CustomerId, Instant};

use crate::fact::{Identity, IdentityRole};

/// A stretch of time in which a key leads to one customer: from its beginning to that of the next stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub from: i64,
    pub customer: CustomerId,
}

/// That a person belongs to a customer: from when that is known, until it was ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Membership {
    from: i64,
    customer: CustomerId,
    until: i64,
}

/// Where a key leads from a moment on; `None`: to itself.
type Step = (i64, Option<CustomerId>);

/// The identity rows that are known by some moment, ready to be asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    members: HashMap<Box<str>, Vec<Membership>>,
    aliases: HashMap<Box<str>, Vec<Stretch>>,
}

/// What was said about one key in one role.
#[derive(Default)]
struct Said {
    begins: Vec<(i64, CustomerId)>,
    ends: Vec<(i64, CustomerId)>,
}

impl Said {
    fn hear(&mut self, row: &Identity, known_at: i64) {
        self.ends.extend(row.supersedes.iter().map(|ended| (known_at, ended.clone())));
        if !row.is_end() {
            self.begins.push((known_at, row.customer_id.clone()));
        }
    }

    /// The row known last stands (of several at once the largest), until it is ended. What is begun and ended at once
    /// never stood.
    fn steps(mut self) -> Vec<Step> {
        self.begins.sort();
        self.ends.sort();
        let moments: BTreeSet<i64> = self.begins.iter().chain(&self.ends).map(|(at, _)| *at).collect();
        let mut steps: Vec<Step> = Vec::new();
        for at in moments {
            let ends = |customer: &CustomerId| self.ends.binary_search(&(at, customer.clone())).is_ok();
            let mut begun = self.begins.iter().filter(|(since, customer)| *since == at && !ends(customer));
            let before = steps.last().and_then(|(_, target)| target.clone());
            let after = match begun.next_back() {
                Some((_, customer)) => Some(customer.clone()),
                None => before.filter(|customer| !ends(customer)),
            };
            steps.push((at, after));
        }
        steps
    }

    fn memberships(mut self) -> Vec<Membership> {
        self.ends.sort();
        let until = |from: i64, customer: &CustomerId| {
            let ends = self.ends.iter().find(|(at, ended)| *at >= from && ended == customer);
            ends.map_or(i64::MAX, |(at, _)| *at)
        };
        let all = self.begins.iter().map(|(from, customer)| Membership {
            from: *from,
            customer: customer.clone(),
            until: until(*from, customer),
        });
        let mut memberships: Vec<Membership> = all.filter(|one| one.from < one.until).collect();
        memberships.sort();
        memberships
    }
}

impl Keys {
    /// From the rows known before `end`.
    pub fn new<'a>(rows: impl Iterator<Item = &'a Identity>, end: Instant) -> Self {
        let mut members: HashMap<Box<str>, Said> = HashMap::new();
        let mut told: HashMap<Box<str>, Said> = HashMap::new();
        for row in rows {
            let known_at = row.known_at.unwrap_or(Instant::MIN);
            if known_at < end {
                let of_role = match row.role {
                    IdentityRole::MemberOf => &mut members,
                    IdentityRole::SameAs => &mut told,
                };
                of_role.entry(row.key.as_str().into()).or_default().hear(row, known_at.micros());
            }
        }
        let members = members.into_iter().map(|(key, said)| (key, said.memberships())).collect();
        let told: HashMap<Box<str>, Vec<Step>> = told.into_iter().map(|(key, said)| (key, said.steps())).collect();
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
        let known_then = memberships.partition_point(|one| one.from <= occurred_at);
        let candidates = match known_then {
            0 => {
                let first = memberships.first()?.from;
                &memberships[..memberships.partition_point(|one| one.from <= first)]
            }
            count => &memberships[..count],
        };
        let mut valid = candidates.iter().filter(|one| known_then == 0 || occurred_at < one.until);
        let first = valid.next()?;
        valid.all(|other| other.customer == first.customer).then_some((&first.customer, first.from))
    }

    /// Every key under which facts of a customer may lie: its own, those that ever led to it, and, apart, its people.
    pub fn keys_of(&self, customer: &CustomerId) -> (HashSet<Box<str>>, HashSet<Box<str>>) {
        let mut names: HashSet<Box<str>> = HashSet::from([customer.as_str().into()]);
        for (key, stretches) in &self.aliases {
            if stretches.iter().any(|stretch| &stretch.customer == customer) {
                names.insert(key.clone());
            }
        }
        let belongs = |list: &Vec<Membership>| list.iter().any(|one| names.contains(one.customer.as_str()));
        let people = self.members.iter().filter(|(_, list)| belongs(list)).map(|(key, _)| key.clone()).collect();
        (names, people)
    }
}

/// Follows a key from name to name, in every stretch of time between two things that were said about any of them.
fn stretches(told: &HashMap<Box<str>, Vec<Step>>, key: &str) -> Vec<Stretch> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut open = vec![key];
    let mut moments = BTreeSet::from([i64::MIN]);
    while let Some(key) = open.pop() {
        if !seen.insert(key) {
            continue;
        }
        for (known, target) in told.get(key).into_iter().flatten() {
            moments.insert(*known);
            open.extend(target.as_ref().map(CustomerId::as_str));
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
fn follow<'a>(told: &'a HashMap<Box<str>, Vec<Step>>, key: &'a str, at: i64) -> &'a str {
    let mut path = vec![key];
    loop {
        let here = path[path.len() - 1];
        let next = told.get(here).and_then(|list| list[..list.partition_point(|(known, _)| *known <= at)].last());
        match next.and_then(|(_, target)| target.as_ref()).map(CustomerId::as_str) {
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
        Identity { known_at, ..Identity::new(key, role, customer, SourceName::new("crm")) }
    }

    fn end(key: &str, role: IdentityRole, customer: &str, known_at: i64) -> Identity {
        let known_at = Some(Instant::from_micros(known_at));
        Identity { known_at, ..Identity::ending(key, role, customer, SourceName::new("crm")) }
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
    fn a_merge_that_was_ended_holds_from_its_moment_to_that_one() {
        use IdentityRole::SameAs;
        let of = |rows: &[Identity]| path(&keys(rows), "b");
        let undone = of(&[end("b", SameAs, "a", 20), row("b", SameAs, "a", 10)]);
        assert_eq!(undone, [(i64::MIN, "b".into()), (10, "a".into()), (20, "b".into())]);
        let never = of(&[row("b", SameAs, "a", 10), end("b", SameAs, "a", 10)]);
        assert_eq!(never, [(i64::MIN, "b".into())]);
        let moved = of(&[row("b", SameAs, "a", 10), end("b", SameAs, "a", 20), row("b", SameAs, "c", 20)]);
        assert_eq!(moved, [(i64::MIN, "b".into()), (10, "a".into()), (20, "c".into())]);
        let another = of(&[row("b", SameAs, "a", 10), end("b", SameAs, "x", 20)]);
        assert_eq!(another, [(i64::MIN, "b".into()), (10, "a".into())]);
    }

    #[test]
    fn a_person_who_left_counts_for_the_customer_as_long_as_it_was_there() {
        use IdentityRole::MemberOf;
        let keys = keys(&[row("u", MemberOf, "a", 10), end("u", MemberOf, "a", 20), row("u", MemberOf, "b", 30)]);
        let of = |at| keys.customer_of_actor("u", at).map(|(customer, known)| (customer.to_string(), known));
        assert_eq!((of(5), of(15)), (Some(("a".into(), 10)), Some(("a".into(), 10))));
        assert_eq!((of(20), of(30)), (None, Some(("b".into(), 30))));
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
