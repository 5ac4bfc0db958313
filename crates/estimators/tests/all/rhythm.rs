//! Whoever leaves its own rhythm is found, and of those who do not as many are wrongly named as was said, whatever
//! befalls everybody; and the same by a second, naive road.

use estimators::chance::Chance;
use estimators::rhythm::{Change, LEAST_PEERS, LEAST_WEEKS, Nulls, Rhythm};

const WINDOWS: usize = 53;
const BASELINE: usize = 34;
const YEAR: usize = 52;
/// Three years to look at, after the first.
const WEEKS: usize = WINDOWS + 3 * YEAR;
/// What the share of the unchanged is said to be.
const STATED: f64 = 0.10;

fn exponential(chance: &mut Chance) -> f64 {
    -(1.0 - chance.uniform()).ln()
}

fn normal(chance: &mut Chance) -> f64 {
    (2.0 * exponential(chance)).sqrt() * (std::f64::consts::TAU * chance.uniform()).cos()
}

/// A negative-binomial count with k = 3.
fn count(mean: f64, chance: &mut Chance) -> f64 {
    let luck = (exponential(chance) + exponential(chance) + exponential(chance)) / 3.0;
    let (mut time, mut count) = (exponential(chance), 0.0);
    while time < mean * luck {
        time += exponential(chance);
        count += 1.0;
    }
    count
}

/// Weeks of the year in which 春节 begins, by year: it moves. 国庆 and the sales stay where they are.
const SPRING: [usize; 4] = [4, 3, 6, 4];
const AUTUMN: usize = 39;
const SALES: [usize; 2] = [24, 45];

/// What a week is to one customer against an ordinary one: nobody takes 春节, 国庆, 618 and 双11 like another.
fn festival(week: usize, shut_weeks: usize, depth: f64, lift: f64) -> f64 {
    let (year, of_year) = (week / YEAR, week % YEAR);
    let spring = SPRING[year.min(SPRING.len() - 1)];
    if (spring..spring + shut_weeks).contains(&of_year) {
        return 1.0 - depth;
    }
    match of_year {
        AUTUMN => 1.0 - 0.8 * depth,
        one if SALES.contains(&one) => 1.0 + lift,
        _ => 1.0,
    }
}

struct World {
    counts: Vec<Vec<f64>>,
    falls_at: Vec<Option<usize>>,
}

/// Weekly counts around own rate × season × common shocks × festivals; of `halving` units the rate falls to `left` of
/// what it was, at a week of their own in the second year looked at.
fn world(units: usize, halving: usize, left: f64, seed: u64) -> World {
    let mut chance = Chance::new(seed);
    let common: Vec<f64> = (0..WEEKS)
        .map(|week| {
            (1.0 + 0.3 * (std::f64::consts::TAU * week as f64 / 52.0).sin()) * (0.15 * normal(&mut chance)).exp()
        })
        .collect();
    let mut world = World { counts: Vec::new(), falls_at: Vec::new() };
    for unit in 0..units {
        let rate = 6.0 * (0.8 * normal(&mut chance)).exp();
        let (shut_weeks, depth) = (1 + chance.below(3), 0.2 + 0.8 * chance.uniform());
        let lift = 1.2 * chance.uniform();
        let falls_at = (unit < halving).then(|| WINDOWS + YEAR + chance.below(30));
        let counts = (0..WEEKS).map(|week| {
            let fallen = if falls_at.is_some_and(|at| week >= at) { left } else { 1.0 };
            count(rate * fallen * common[week] * festival(week, shut_weeks, depth, lift), &mut chance)
        });
        world.counts.push(counts.collect());
        world.falls_at.push(falls_at);
    }
    world
}

impl World {
    fn rhythm(&self, week: usize, nulls: &mut Nulls) -> Rhythm {
        let window = week + 1 - WINDOWS..week + 1;
        let counts: Vec<f32> =
            self.counts.iter().flat_map(|unit| unit[window.clone()].iter().map(|count| *count as f32)).collect();
        Rhythm::of(&counts, WINDOWS, BASELINE, nulls).unwrap()
    }

    /// What is said of every unit at the end of every week from the first year on.
    fn falls(&self) -> Vec<Vec<f64>> {
        let mut nulls = Nulls::default();
        let mut told = vec![Vec::new(); self.counts.len()];
        for week in WINDOWS..WEEKS {
            let rhythm = self.rhythm(week, &mut nulls);
            for (unit, told) in self.counts.iter().zip(&mut told) {
                told.push(rhythm.told(&unit[week + 1 - WINDOWS..week + 1]).unwrap().fall);
            }
        }
        told
    }

    /// Of the unit-years without a change, the share with an alarm.
    fn false_alarms(&self, falls: &[Vec<f64>]) -> f64 {
        let unchanged = falls.iter().zip(&self.falls_at).filter(|(_, at)| at.is_none());
        let years: Vec<bool> = unchanged
            .flat_map(|(falls, _)| falls.chunks_exact(YEAR).map(|year| year.iter().any(|fall| *fall <= STATED)))
            .collect();
        years.iter().filter(|alarmed| **alarmed).count() as f64 / years.len() as f64
    }

    /// By week: the share of the units of whom an alarm is new.
    fn new_alarms(&self, falls: &[Vec<f64>]) -> Vec<f64> {
        let is_new = |falls: &Vec<f64>, week: usize| week > 0 && falls[week] <= STATED && falls[week - 1] > STATED;
        (0..falls[0].len())
            .map(|week| falls.iter().filter(|falls| is_new(falls, week)).count() as f64 / falls.len() as f64)
            .collect()
    }
}

#[test]
fn as_many_of_the_unchanged_are_named_as_was_said_and_three_spring_festivals_raise_no_wave() {
    let world = world(1_500, 0, 1.0, 41);
    let falls = world.falls();
    let rate = world.false_alarms(&falls);
    println!("proof: {rate:.4} of the unchanged in a year where {STATED} was said");
    assert!((rate - STATED).abs() <= 0.015, "{rate}");
    let new = world.new_alarms(&falls);
    let usual = new.iter().sum::<f64>() / new.len() as f64;
    for (year, spring) in SPRING.iter().enumerate().skip(1) {
        let begins = year * YEAR + spring - WINDOWS;
        let weeks = &new[begins..(begins + 6).min(new.len())];
        let mean = weeks.iter().sum::<f64>() / weeks.len() as f64;
        println!("proof: 春节 of year {year}: {mean:.4} new a week where {usual:.4} is usual");
        assert!(mean <= 2.5 * usual + 0.002, "year {year}: {mean} a week, usual {usual}");
    }
    let most = new.iter().copied().fold(0.0, f64::max);
    assert!(most <= 0.02, "in no week a fiftieth of everybody at once: {most}");
}

#[test]
fn whoever_halves_or_stops_is_found_while_others_change_as_well() {
    for (left, within_8, within_13) in [(0.5, 0.22, 0.38), (0.1, 0.7, 0.8)] {
        let world = world(1_500, 150, left, 42);
        let falls = world.falls();
        let rate = world.false_alarms(&falls);
        let found = |weeks: usize| {
            let is_found = |(falls, at): (&Vec<f64>, usize)| {
                falls[at - WINDOWS..at - WINDOWS + weeks].iter().any(|fall| *fall <= STATED)
            };
            let changed = falls.iter().zip(&world.falls_at).filter_map(|(falls, at)| Some((falls, (*at)?)));
            changed.filter(|one| is_found((one.0, one.1))).count() as f64 / 150.0
        };
        println!("proof: down to {left}: found {:.3} {:.3} {:.3}, false {rate:.4}", found(4), found(8), found(13));
        assert!((rate - STATED).abs() <= 0.015, "{rate}");
        assert!(found(8) >= within_8 && found(13) >= within_13, "{left}: {} {}", found(8), found(13));
    }
}

#[test]
fn the_week_of_a_change_is_found_again() {
    let world = world(900, 300, 0.2, 43);
    let mut off = Vec::new();
    for week in (WINDOWS + YEAR + 20..WINDOWS + YEAR + 44).step_by(4) {
        let rhythm = world.rhythm(week, &mut Nulls::default());
        for (unit, at) in world.counts.iter().zip(&world.falls_at) {
            let Some(at) = at.filter(|at| (8..=20).contains(&(week as i64 - *at as i64))) else { continue };
            let begin = week + 1 - WINDOWS;
            let change: Change = rhythm.change(&unit[begin..=week]).unwrap();
            off.push((change.at + begin).abs_diff(at));
            assert!(change.evidence > 0.0);
        }
    }
    off.sort_unstable();
    println!("proof: the week of a change is missed by {} at the median over {}", off[off.len() / 2], off.len());
    assert!(off.len() > 100 && off[off.len() / 2] <= 2, "{off:?}");
}

/// The definition read aloud, without a running sum.
fn naive_drifts(counts: &[f64], index: &[f64], dispersion: f64) -> Vec<Option<(f64, f64)>> {
    let usual = counts.iter().sum::<f64>() / index.iter().sum::<f64>() + 0.15;
    let capped: Vec<f64> = counts
        .iter()
        .zip(index)
        .map(|(count, factor)| {
            let mean = usual * factor;
            count.min(mean + 3.0 * (mean + dispersion * mean * mean).sqrt() + 1.0)
        })
        .collect();
    let mut surprises: Vec<(f64, usize)> = Vec::new();
    (0..counts.len())
        .map(|t| {
            let to = t.checked_sub(3)?;
            let from = to.saturating_sub(BASELINE);
            if to - from < 16 {
                return None;
            }
            let rate = capped[from..to].iter().sum::<f64>() / index[from..to].iter().sum::<f64>();
            let mean = (rate + 0.15) * index[t];
            surprises.push(((counts[t] - mean) / (mean + dispersion * mean * mean).sqrt(), to - from));
            let k = surprises.len() as i32;
            let sum: f64 = surprises
                .iter()
                .enumerate()
                .map(|(place, (one, _))| 0.2 * 0.8_f64.powi(k - 1 - place as i32) * one.clamp(-3.0, 3.0))
                .sum();
            let decay = 0.8_f64.powi(k);
            let variance = (1.0 - decay * decay) / 9.0 + (1.0 - decay).powi(2) / (to - from) as f64;
            Some((rate * index[t], sum / variance.sqrt()))
        })
        .collect()
}

/// Everybody alike and nothing in common: then the null needs no fitting, and may be simulated by another hand.
#[test]
fn a_second_road_gives_the_same_shares() {
    const RATE: f64 = 4.0;
    let mut chance = Chance::new(44);
    let mut series = |weeks: usize| -> Vec<f64> { (0..weeks).map(|_| count(RATE, &mut chance)).collect() };
    let peers: Vec<Vec<f64>> = (0..2_500).map(|_| series(WINDOWS)).collect();
    let flat: Vec<f32> = peers.iter().flatten().map(|count| *count as f32).collect();
    let rhythm = Rhythm::of(&flat, WINDOWS, BASELINE, &mut Nulls::default()).unwrap();
    let ones = vec![1.0; WINDOWS + YEAR];
    let mut lowest: Vec<f64> = (0..4_000)
        .map(|_| {
            let drifts = naive_drifts(&series(WINDOWS + YEAR), &ones, 1.0 / 3.0);
            drifts[WINDOWS..].iter().flatten().map(|(_, drift)| *drift).fold(f64::INFINITY, f64::min)
        })
        .collect();
    lowest.sort_by(f64::total_cmp);
    let mut compared = 0;
    for unit in &peers {
        let told = rhythm.told(unit).unwrap();
        let (expected, drift) = naive_drifts(unit, &ones[..WINDOWS], 1.0 / 3.0)[WINDOWS - 1].unwrap();
        assert!((told.expected - expected).abs() < 0.05 * expected + 0.05, "{told:?}, {expected}");
        let share = lowest.partition_point(|one| *one <= drift) as f64 / lowest.len() as f64;
        if (0.02..=0.9).contains(&share) {
            compared += 1;
            // The own rate lies between two of the null's, and everybody's index is not exactly one.
            assert!((told.fall - share).abs() < 0.03 + 0.3 * share, "{told:?}, by the second road {share}");
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn what_cannot_be_told_is_not_told() {
    let counts = vec![3.0_f32; LEAST_PEERS * WINDOWS];
    let mut nulls = Nulls::default();
    assert!(Rhythm::of(&counts[WINDOWS..], WINDOWS, BASELINE, &mut nulls).is_none(), "too few peers");
    assert!(Rhythm::of(&counts, LEAST_WEEKS - 1, BASELINE, &mut nulls).is_none(), "too few weeks");
    assert!(Rhythm::of(&vec![0.0; counts.len()], WINDOWS, BASELINE, &mut nulls).is_none(), "nobody did anything");
    let rhythm = Rhythm::of(&counts, WINDOWS, BASELINE, &mut nulls).unwrap();
    assert_eq!(rhythm.weeks(), WINDOWS);
    assert_eq!(rhythm.told(&[3.0; LEAST_WEEKS - 1]), None);
    assert_eq!(rhythm.change(&vec![0.0; WINDOWS]), None);
    assert_eq!(rhythm.change(&[3.0; 8]), None);
    let expected = rhythm.expected(&[3.0; WINDOWS]);
    assert!(expected[..LEAST_WEEKS - 1].iter().all(Option::is_none) && expected[LEAST_WEEKS - 1].is_some());
    // Who never did anything has not fallen.
    assert!(rhythm.told(&[0.0; WINDOWS]).unwrap().fall > 0.5);
}
