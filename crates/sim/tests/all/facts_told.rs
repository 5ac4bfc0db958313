//! What the systems of the sample firm tell.

use std::collections::{BTreeMap, BTreeSet};

use facts::Fact;
use sim::{World, WorldSpec};
use vocab::{Kind, MessageId, SourceName};

use crate::lived;

fn property<'f>(fact: &'f Fact, key: &str) -> &'f str {
    fact.properties.get(key).and_then(Option::as_deref).unwrap_or("")
}

#[test]
fn the_same_seed_tells_the_same_story_however_it_is_cut() {
    let (_, whole) = lived(60, 120, 3);
    let mut world = World::new(WorldSpec { customers: 60, days: 120, seed: 3, ..WorldSpec::default() }).unwrap();
    let mut cut = Vec::new();
    for days in [1, 30, 2, 50, 1_000] {
        cut.extend(world.advance(days).facts);
    }
    assert!(whole == cut);
    assert!(world.is_over());
    assert_eq!(world.advance(5).facts, Vec::new());
    assert!(whole != lived(60, 120, 4).1);
}

#[test]
fn the_sample_firm_has_the_size_of_a_firm() {
    let mut world = World::new(WorldSpec::default()).unwrap();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    while !world.is_over() {
        for fact in world.advance(30).facts {
            *counts.entry(fact.name).or_default() += 1;
        }
    }
    let total: usize = counts.values().sum();
    assert!((800_000..=1_200_000).contains(&total), "{total}");
    for (name, least) in [
        ("Logged In", 300_000),
        ("Feature Used", 300_000),
        ("Order Completed", 1_500),
        ("Ticket Opened", 8_000),
        ("Ticket Resolved", 8_000),
        ("Survey Answered", 4_000),
        ("Contract Signed", 900),
        ("Contract Renewed", 4_000),
        ("Contract Cancelled", 100),
        ("Payment Received", 8_000),
        ("Payment Failed", 300),
        ("Contact Left", 200),
        ("Contact Joined", 200),
        ("Call Logged", 2_000),
        ("Traits Changed", 2_000),
    ] {
        assert!(counts.get(name).is_some_and(|count| *count >= least), "{name}: {:?}", counts.get(name));
    }
    let truth = world.truth();
    let months: BTreeSet<&str> = truth.hazard.iter().map(|row| row.date.as_str()).collect();
    let customers = truth.hazard.len() as f64 / months.len() as f64;
    let yearly = truth.churn.len() as f64 / customers / (548.0 / 365.0);
    assert!((0.15..=0.22).contains(&yearly), "{yearly} of the customers leave in a year");
}

#[test]
fn every_customer_has_a_name_of_its_own_and_staff_own_them() {
    let (world, facts) = lived(800, 60, 1);
    let staff: BTreeSet<&str> = world.staff().iter().copied().collect();
    assert_eq!(staff.len(), 12);
    let (mut names, mut owned) = (BTreeSet::new(), 0);
    let mut first = BTreeSet::new();
    for fact in facts.iter().filter(|fact| fact.kind == Kind::Trait) {
        if !first.insert(fact.customer_id.clone()) {
            continue;
        }
        for key in
            ["name", "industry", "region", "city", "plan", "seats", "contact_name", "contact_phone", "contact_email"]
        {
            assert!(!property(fact, key).is_empty(), "{key} of {:?}", fact.customer_id);
        }
        assert!(names.insert(property(fact, "name").to_owned()), "{} twice", property(fact, "name"));
        let owner = property(fact, "owner");
        assert!(owner.is_empty() || staff.contains(owner), "{owner}");
        owned += usize::from(!owner.is_empty());
    }
    assert!(owned * 100 > names.len() * 94 && owned < names.len());
}

#[test]
fn message_ids_are_unique_but_for_the_few_facts_that_come_twice() {
    let (_, facts) = lived(300, 200, 2);
    let mut seen: BTreeMap<(SourceName, MessageId), &Fact> = BTreeMap::new();
    let mut twice = 0;
    for fact in &facts {
        if let Some(first) = seen.insert((fact.source.clone(), fact.message_id.clone()), fact) {
            assert_eq!(first, fact, "the same id says something else");
            twice += 1;
        }
    }
    let share = f64::from(twice) / facts.len() as f64;
    assert!((0.0005..0.005).contains(&share), "{share} came twice");
}

#[test]
fn facts_arrive_in_order_and_some_arrive_late() {
    let (world, facts) = lived(200, 150, 2);
    let mut known = Vec::new();
    let mut seen = BTreeSet::new();
    for fact in &facts {
        let known_at = fact.known_at.expect("the simulator says when a fact could be known");
        assert!(known_at >= fact.occurred_at && known_at < world.spec().end);
        if seen.insert((fact.source.clone(), fact.message_id.clone())) {
            known.push(known_at);
        }
    }
    assert!(known.is_sorted());
    let late = facts.iter().filter(|fact| fact.known_at > Some(fact.occurred_at)).count() as f64 / facts.len() as f64;
    assert!((0.001..0.02).contains(&late), "{late} arrive late");
}

#[test]
fn people_work_little_at_weekends_and_hardly_at_spring_festival() {
    let (world, facts) = lived(300, 548, 1);
    let zone = &world.spec().zone;
    let mut by_date: BTreeMap<String, u32> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.name == "Logged In") {
        *by_date.entry(zone.date(fact.occurred_at)).or_default() += 1;
    }
    let logins = |date: &str| f64::from(by_date.get(date).copied().unwrap_or(0));
    let tuesday = logins("2025-01-14");
    assert!(logins("2025-01-30") < 0.25 * tuesday, "the second day of Spring Festival");
    assert!(logins("2025-01-11") < 0.5 * tuesday, "a Saturday");
    assert!(logins("2025-01-26") > 0.5 * tuesday, "a Sunday that is worked instead");
}

#[test]
fn contracts_follow_each_other_without_a_gap() {
    let (world, facts) = lived(200, 400, 1);
    let zone = &world.spec().zone;
    let mut contracts: Vec<_> = facts.iter().filter(|fact| fact.kind == Kind::Contract).collect();
    contracts.sort_by_key(|fact| (fact.customer_id.clone(), fact.occurred_at));
    contracts.dedup_by_key(|fact| (fact.source.clone(), fact.message_id.clone()));
    let mut renewed = 0;
    for pair in contracts.windows(2).filter(|pair| pair[0].customer_id == pair[1].customer_id) {
        let end = zone.parse(property(pair[0], "end_on")).unwrap();
        match pair[1].name.as_str() {
            "Contract Renewed" => {
                assert_eq!(property(pair[1], "start_on"), zone.date(end.plus_days(1)));
                renewed += 1;
            }
            "Contract Cancelled" => assert_eq!(property(pair[1], "start_on"), property(pair[0], "start_on")),
            other => panic!("{other} after a contract was signed"),
        }
    }
    assert!(renewed > 300, "{renewed}");
}

#[test]
fn a_ticket_is_opened_before_it_is_resolved() {
    let (_, facts) = lived(200, 200, 1);
    let mut opened = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.name == "Ticket Opened") {
        assert!(fact.text.as_deref().is_some_and(|text| !text.is_empty()));
        opened.insert(property(fact, "ticket_id").to_owned(), fact.occurred_at);
    }
    for fact in facts.iter().filter(|fact| fact.name == "Ticket Resolved") {
        if let Some(at) = opened.get(property(fact, "ticket_id")) {
            assert!(*at < fact.occurred_at);
        }
    }
    assert!(opened.len() > 300);
}
