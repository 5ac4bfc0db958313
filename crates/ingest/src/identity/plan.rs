//! From claims to links and conflicts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use vocab::{CustomerId, KeyType};

use super::policy::{Certainty, KeyPolicy};

/// That a customer has a key, as its traits say at the moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// The key, in its normal form.
    pub key: CustomerId,
    /// The customer, whatever it leads to.
    pub customer: CustomerId,
}

/// A merge by rule: from now on the name leads to the customer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The key that becomes another name.
    pub name: CustomerId,
    /// The customer it becomes a name of.
    pub customer: CustomerId,
    /// The key they share.
    pub because: CustomerId,
    /// Where the name led before, if elsewhere.
    pub before: Option<CustomerId>,
}

/// Why a person is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// Customers of the same type share a key that names a person.
    SameKey,
    /// They share a key that may be a whole firm's.
    PerhapsSame,
    /// Very many share it: it names nobody.
    SharedByMany,
}

impl Sort {
    /// The word in the database and over the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Sort::SameKey => "same_key",
            Sort::PerhapsSame => "perhaps_same",
            Sort::SharedByMany => "shared_by_many",
        }
    }
}

/// Customers that share a key and are not merged by rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The key.
    pub key: CustomerId,
    /// Why it is one.
    pub sort: Sort,
    /// Who shares it, sorted; the first twenty.
    pub customers: Vec<CustomerId>,
    /// How many in all.
    pub count: usize,
}

/// What is to be linked, and what is to be asked. Prints as a diff.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityPlan {
    /// Merges by rule.
    pub links: Vec<Link>,
    /// Everything that a person must decide.
    pub conflicts: Vec<Conflict>,
}

impl fmt::Display for IdentityPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for link in &self.links {
            writeln!(f, "+ {} is {} (both {})", link.name, link.customer, link.because)?;
        }
        for conflict in &self.conflicts {
            let names: Vec<&str> = conflict.customers.iter().map(CustomerId::as_str).collect();
            writeln!(f, "? {} of {} has {}", names.join(", "), conflict.count, conflict.key)?;
        }
        Ok(())
    }
}

const LISTED: usize = 20;

/// Which names lead to one customer, and what only a person can decide.
///
/// `leads_to` says what a key stands for now, `exists` whether facts lie under a key itself, `apart` whether a person
/// decided that two are not the same.
///
/// # Edges
/// * The better key stays: the firm's own id before WeCom's, that before a number, that before an address.
/// * A key claimed by nobody any more keeps leading where it leads: a number that was given up is still in old facts.
/// * The answer does not depend on the order of the claims.
pub fn plan(
    claims: &[Claim],
    policy: &KeyPolicy,
    leads_to: &dyn Fn(&CustomerId) -> CustomerId,
    exists: &dyn Fn(&CustomerId) -> bool,
    apart: &dyn Fn(&CustomerId, &CustomerId) -> bool,
) -> IdentityPlan {
    let mut sharing: BTreeMap<&CustomerId, BTreeSet<CustomerId>> = BTreeMap::new();
    for claim in claims {
        sharing.entry(&claim.key).or_default().insert(leads_to(&claim.customer));
    }
    let mut out = IdentityPlan::default();
    // What this very plan merges counts for the keys after it.
    let mut merged: BTreeMap<CustomerId, CustomerId> = BTreeMap::new();
    for (key, customers) in sharing {
        let Some(sort) = policy.sort_of(key) else { continue };
        let roots = customers.iter().map(|one| root(&merged, one));
        let mut customers: BTreeSet<CustomerId> = roots.filter(|one| one != key).collect();
        let own = root(&merged, &leads_to(key));
        if own != *key {
            customers.insert(own);
        }
        let conflict = |sort| Conflict {
            key: key.clone(),
            sort,
            customers: customers.iter().take(LISTED).cloned().collect(),
            count: customers.len(),
        };
        if customers.len() > policy.most_customers {
            out.conflicts.push(conflict(Sort::SharedByMany));
        } else if sort.certainty == Certainty::Perhaps {
            out.conflicts.extend((customers.len() > 1).then(|| conflict(Sort::PerhapsSame)));
        } else if let Some(best) = only_best(&customers) {
            let others = customers.iter().filter(|one| *one != best).cloned();
            // A key under which nothing lies needs no link: it gets one when something does.
            let names: Vec<CustomerId> = others.chain(exists(key).then(|| key.clone())).collect();
            for name in names {
                let before = root(&merged, &leads_to(&name));
                if before != *best && !apart(&name, best) {
                    merged.insert(name.clone(), best.clone());
                    let before = Some(before).filter(|before| *before != name);
                    out.links.push(Link { name, customer: best.clone(), because: key.clone(), before });
                }
            }
        } else if customers.len() > 1 && !all_apart(&customers, apart) {
            out.conflicts.push(conflict(Sort::SameKey));
        }
    }
    out
}

/// The customer of the best type, if every type is there at most once.
fn only_best(customers: &BTreeSet<CustomerId>) -> Option<&CustomerId> {
    let mut by_type: BTreeMap<KeyType, &CustomerId> = BTreeMap::new();
    for customer in customers {
        if by_type.insert(KeyType::of(customer.as_str()), customer).is_some() {
            return None;
        }
    }
    by_type.into_values().next()
}

fn all_apart(customers: &BTreeSet<CustomerId>, apart: &dyn Fn(&CustomerId, &CustomerId) -> bool) -> bool {
    let all: Vec<&CustomerId> = customers.iter().collect();
    all.iter().enumerate().all(|(at, a)| all[at + 1..].iter().all(|b| apart(a, b)))
}

fn root(merged: &BTreeMap<CustomerId, CustomerId>, customer: &CustomerId) -> CustomerId {
    let mut here = customer;
    // Better keys only ever take in worse ones, so this ends.
    for _ in 0..KeyType::ALL.len() * 4 {
        match merged.get(here) {
            Some(next) if next != here => here = next,
            _ => break,
        }
    }
    here.clone()
}
