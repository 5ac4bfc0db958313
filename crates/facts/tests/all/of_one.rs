//! The facts of one customer are the same whether they were read just now, lately or never before.

use std::collections::HashMap;

use facts::{Fact, FactBatch, FactView, Identity, StoredFact};
use proptest::collection::vec;
use proptest::prelude::*;
use vocab::{AsOf, CustomerId, MessageId};

use crate::naive::{END, Told, identity, told};
use crate::record::{at, batch, login, open, order};

/// One thing done to a folder, before everybody's facts are asked for.
#[derive(Clone, Debug)]
enum Deed {
    Append(Vec<Told>, Vec<Identity>),
    Load(Vec<Told>, Vec<Identity>),
    Drain,
    Compact,
}

fn deed() -> impl Strategy<Value = Deed> {
    let rows = || (vec(told(), 0..12), vec(identity(), 0..3));
    prop_oneof![
        3 => rows().prop_map(|(told, names)| Deed::Append(told, names)),
        3 => rows().prop_map(|(told, names)| Deed::Load(told, names)),
        2 => Just(Deed::Drain),
        2 => Just(Deed::Compact),
    ]
}

/// All that a view shows, by whom it counts for, newest first: each fact is asked whose it is.
fn by_going_through(view: &FactView) -> HashMap<CustomerId, Vec<StoredFact>> {
    let mut found: HashMap<CustomerId, Vec<StoredFact>> = HashMap::new();
    let mut take = |stored: &StoredFact| {
        view.whose(stored).into_iter().for_each(|customer| found.entry(customer).or_default().push(stored.clone()));
    };
    view.each(&mut take).unwrap();
    let newest = |stored: &StoredFact| std::cmp::Reverse((stored.fact.occurred_at, stored.number));
    found.values_mut().for_each(|facts| facts.sort_by_key(newest));
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    /// Asked after every deed, so that most of what is answered was read before it.
    #[test]
    fn a_customers_facts_are_those_that_going_through_all_of_them_finds(deeds in vec(deed(), 1..8)) {
        let dir = tempfile::tempdir().unwrap();
        let facts = open(dir.path());
        let customers = ["c0", "c1", "c2", "c3"].map(CustomerId::new);
        let mut views: Vec<FactView> = Vec::new();
        for (turn, deed) in deeds.iter().enumerate() {
            let now = at(turn as i64 * 4);
            let of = |told: &[Told], names: &[Identity]| {
                let rich = |(place, one): (usize, &Told)| {
                    let mut fact = one.fact(turn * 100 + place);
                    fact.text = one.source.then(|| format!("第 {place} 句"));
                    fact.properties = (0..place % 3).map(|n| (format!("p{n}"), (n > 0).then(|| n.to_string()))).collect();
                    fact
                };
                let facts: Vec<Fact> = told.iter().enumerate().map(rich).collect();
                FactBatch { facts, identities: names.to_vec(), ..FactBatch::default() }
            };
            match deed {
                Deed::Append(told, names) => drop(facts.append(of(told, names), now).unwrap()),
                Deed::Load(told, names) => drop(facts.load(of(told, names), now).unwrap()),
                Deed::Drain => drop(facts.drain().unwrap()),
                Deed::Compact => drop(facts.compact(now).unwrap()),
            }
            let end = AsOf(at(END + 12));
            views.extend([facts.as_of(end), facts.as_recorded(AsOf(now.plus_micros(1)))]);
            views.push(facts.as_of(AsOf(at((turn as i64 * 5) % END))));
            // Some views are of an earlier state, with files that are gone from the lake.
            views.drain(..views.len().saturating_sub(5));
            for view in &views {
                let mut all = by_going_through(view);
                for customer in &customers {
                    let found = view.facts_of(customer).unwrap();
                    let expected = all.remove(customer).unwrap_or_default();
                    prop_assert_eq!(found, expected, "{} as of {}", customer, view.as_of());
                }
            }
        }
    }
}

#[test]
fn a_customer_with_very_many_facts_is_answered_like_any_other() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    // Of so many words that together they are more than is kept.
    let long =
        |n: i64| Fact { text: Some(format!("{n} {}", "很".repeat(900))), ..order(&format!("x{n}"), "big", n, 1) };
    facts.load(batch((0..3_500).map(long).collect()), at(0)).unwrap();
    facts.load(batch(vec![login("y", "big", 4_000), login("z", "small", 10)]), at(1)).unwrap();
    let mut taken_back = login("w", "big", 5_000);
    taken_back.retracts = Some(MessageId::new("x7"));
    facts.append(batch(vec![taken_back]), at(2)).unwrap();
    let view = facts.as_of(AsOf(at(1_000_000)));
    let all = by_going_through(&view);
    for (name, count) in [("big", 3_500), ("small", 1), ("big", 3_500)] {
        let customer = CustomerId::new(name);
        let found = view.facts_of(&customer).unwrap();
        assert_eq!(found.len(), count);
        assert!(found == all[&customer], "the facts of {name}");
    }
}
