//! The truth beside the facts is true.

use std::collections::{BTreeMap, BTreeSet};

use sim::{Cause, Truth, World, WorldSpec};
use vocab::{CustomerId, Instant};

use crate::{lived, lived_quietly};

fn left_at(truth: &Truth) -> BTreeMap<&CustomerId, Instant> {
    truth.churn.iter().map(|row| (&row.customer_id, row.at)).collect()
}

/// How often the one who leaves had the higher risk: ties count half.
fn auc(rows: &[(bool, f64)]) -> f64 {
    let (mut wins, mut pairs) = (0.0, 0.0);
    for (_, leaver) in rows.iter().filter(|(left, _)| *left) {
        for (_, stayer) in rows.iter().filter(|(left, _)| !*left) {
            pairs += 1.0;
            wins += if leaver > stayer { 1.0 } else { 0.5 * f64::from(leaver == stayer) };
        }
    }
    wins / pairs
}

#[test]
fn as_many_leave_as_the_true_probabilities_say() {
    // Moments at least 90 days apart, so that what is summed is independent.
    let (mut expected, mut variance, mut left) = ([0.0; 2], [0.0; 2], [0.0; 2]);
    for seed in 1..=6 {
        let mut world = lived_quietly(500, 548, seed);
        let truth = world.truth();
        let gone = left_at(&truth);
        let within =
            |row: &sim::HazardTruth, days| gone.get(&row.customer_id).is_some_and(|at| *at < row.at.plus_days(days));
        for row in &truth.hazard {
            if ["2024-08-01", "2024-11-01", "2025-02-01", "2025-06-01", "2025-09-01"].contains(&row.date.as_str()) {
                for (place, (p, days)) in [(row.p_30d, 30), (row.p_90d, 90)].into_iter().enumerate() {
                    expected[place] += p;
                    variance[place] += p * (1.0 - p);
                    left[place] += f64::from(within(row, days));
                }
            }
        }
    }
    for place in 0..2 {
        let error = variance[place].sqrt();
        let apart = (left[place] - expected[place]).abs() / error;
        assert!(apart < 3.0, "{} left, {:.1} ± {error:.1} expected", left[place], expected[place]);
    }
}

#[test]
fn the_probabilities_are_right_for_the_safe_and_for_the_endangered() {
    let mut bins = [(0.0, 0.0, 0.0); 4];
    for seed in 11..=14 {
        let mut world = lived_quietly(500, 548, seed);
        let truth = world.truth();
        let gone = left_at(&truth);
        for row in truth
            .hazard
            .iter()
            .filter(|row| ["2024-09-01", "2025-01-01", "2025-05-01", "2025-09-01"].contains(&row.date.as_str()))
        {
            let bin = match row.p_90d {
                p if p < 0.02 => 0,
                p if p < 0.05 => 1,
                p if p < 0.2 => 2,
                _ => 3,
            };
            bins[bin].0 += row.p_90d;
            bins[bin].1 += row.p_90d * (1.0 - row.p_90d);
            bins[bin].2 += f64::from(gone.get(&row.customer_id).is_some_and(|at| *at < row.at.plus_days(90)));
        }
    }
    for (expected, variance, left) in bins {
        assert!((left - expected).abs() < 3.5 * f64::sqrt(variance), "{left} left, {expected:.1} expected");
        assert!(expected > 5.0, "a bin without customers checks nothing");
    }
}

#[test]
fn whoever_has_left_does_nothing_more() {
    let (mut world, facts) = lived(400, 548, 1);
    let truth = world.truth();
    let gone = left_at(&truth);
    assert!(gone.len() > 40);
    for fact in &facts {
        if let Some(at) = fact.customer_id.as_ref().and_then(|customer| gone.get(customer)) {
            assert!(fact.occurred_at <= *at, "{:?} after {at}", fact);
        }
    }
    let cancelled: BTreeSet<_> =
        facts.iter().filter(|fact| fact.name == "Contract Cancelled").map(|fact| fact.customer_id.clone()).collect();
    assert!(cancelled.iter().flatten().all(|customer| gone.contains_key(customer)));
    assert!(cancelled.len() * 4 > gone.len() && cancelled.len() < gone.len(), "some give notice, some do not");
}

#[test]
fn what_would_happen_if_nothing_were_done_is_what_happens() {
    let mut world = lived_quietly(300, 400, 5);
    let truth = world.truth();
    let gone = left_at(&truth);
    let mut saved = 0;
    for (hazard, effect) in truth.hazard.iter().zip(&truth.effects) {
        assert_eq!((&hazard.customer_id, &hazard.date), (&effect.customer_id, &effect.date));
        if hazard.at.plus_days(90) <= world.spec().end {
            let leaves = gone.get(&hazard.customer_id).is_some_and(|at| *at < hazard.at.plus_days(90));
            assert_eq!(effect.leaves_untreated, leaves, "{hazard:?}");
        }
        saved += i32::from(effect.leaves_untreated) - i32::from(effect.leaves_treated);
    }
    assert!(saved > 0, "contact keeps more customers than it drives away");
    assert!(truth.effects.iter().any(|effect| effect.effect() < 0.0), "some are better left in peace");
}

#[test]
fn every_cause_has_its_share() {
    let mut counts: BTreeMap<Cause, usize> = BTreeMap::new();
    for seed in 1..=3 {
        for row in lived_quietly(600, 548, seed).truth().churn {
            *counts.entry(row.cause).or_default() += 1;
        }
    }
    let total: usize = counts.values().sum();
    for cause in Cause::ALL {
        let share = counts.get(&cause).copied().unwrap_or(0) as f64 / total as f64;
        assert!((0.03..0.4).contains(&share), "{}: {share}", cause.as_str());
    }
}

#[test]
fn usage_tells_who_is_about_to_leave_but_not_all_of_it() {
    let (mut world, facts) = lived(1_000, 400, 1);
    let truth = world.truth();
    let gone = left_at(&truth);
    let mut logins: BTreeMap<CustomerId, Vec<Instant>> = BTreeMap::new();
    for fact in facts.into_iter().filter(|fact| fact.name == "Logged In") {
        if let Some(customer) = fact.customer_id {
            logins.entry(customer).or_default().push(fact.occurred_at);
        }
    }
    let (mut oracle, mut usage) = (Vec::new(), Vec::new());
    for row in truth.hazard.iter().filter(|row| ["2025-04-01", "2025-07-01", "2025-10-01"].contains(&row.date.as_str()))
    {
        let left = gone.get(&row.customer_id).is_some_and(|at| *at < row.at.plus_days(90));
        let recent = logins
            .get(&row.customer_id)
            .map_or(0, |at| at.iter().filter(|at| **at < row.at && **at >= row.at.plus_days(-30)).count());
        oracle.push((left, row.p_90d));
        usage.push((left, -(recent as f64)));
    }
    let (oracle, usage) = (auc(&oracle), auc(&usage));
    assert!((0.65..0.85).contains(&usage), "sign-ins of 30 days: {usage}");
    assert!(oracle > usage + 0.04 && oracle < 0.97, "who knows the hidden state: {oracle}");
}

#[test]
fn in_a_world_without_reasons_nobody_leaves() {
    let mut spec = WorldSpec { customers: 100, days: 200, ..WorldSpec::default() };
    spec.leaving.intensity = 0.0;
    let mut world = World::new(spec).unwrap();
    world.advance(200);
    assert!(world.truth().churn.is_empty());
    assert!(world.truth().hazard.iter().all(|row| row.p_90d == 0.0));
}
