//! Falls are seen early and false alarms are as rare as said, in a world whose truth is known; and printed figures of
//! the literature come out.

use estimators::detect::{GAP, LEAST_BASELINE, Peers, Steps, accumulated, cusum, ewma, mann_kendall, weighted};

/// Chance from a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn exponential(&mut self) -> f64 {
        -(1.0 - self.uniform()).ln()
    }

    fn normal(&mut self) -> f64 {
        (2.0 * self.exponential()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn poisson(&mut self, mean: f64) -> f64 {
        let (mut time, mut count) = (self.exponential(), 0.0);
        while time < mean {
            time += self.exponential();
            count += 1.0;
        }
        count
    }
}

const WEEKS: usize = 104;
const WINDOWS: usize = 52;
const BASELINE: usize = WINDOWS * 2 / 3;

type Detector = fn(&Steps<'_>) -> f64;

/// Weekly counts: negative-binomial (k = 3) around own rate × season × common shock; of `halving` units the rate
/// halves at a week of their own between 60 and 80.
struct World {
    counts: Vec<Vec<f64>>,
    falls_at: Vec<Option<usize>>,
}

fn world(median: f64, units: usize, halving: usize, seed: u64) -> World {
    let mut chance = Chance(seed);
    let season = |week: usize| 1.0 + 0.3 * (std::f64::consts::TAU * week as f64 / 52.0).sin();
    let common: Vec<f64> = (0..WEEKS).map(|week| season(week) * (0.15 * chance.normal()).exp()).collect();
    let mut world = World { counts: Vec::new(), falls_at: Vec::new() };
    for unit in 0..units {
        let rate = median * (0.5 * chance.normal()).exp();
        let falls_at = (unit < halving).then(|| 60 + (chance.uniform() * 20.0) as usize);
        let count = |week: usize, chance: &mut Chance| {
            let factor = if falls_at.is_some_and(|at| week >= at) { 0.5 } else { 1.0 };
            let luck = (chance.exponential() + chance.exponential() + chance.exponential()) / 3.0;
            chance.poisson(rate * factor * common[week] * luck)
        };
        world.counts.push((0..WEEKS).map(|week| count(week, &mut chance)).collect());
        world.falls_at.push(falls_at);
    }
    world
}

impl World {
    /// A detector's word on every unit in every week from 60 on; higher is more alarming.
    fn told(&self, detector: impl Fn(&Steps<'_>) -> f64) -> Vec<Vec<f64>> {
        let mut told = vec![Vec::new(); self.counts.len()];
        for week in 60..WEEKS {
            let window = week - WINDOWS..week + 1;
            let counts: Vec<f32> =
                self.counts.iter().flat_map(|unit| unit[window.clone()].iter().map(|count| *count as f32)).collect();
            let peers = Peers::of(&counts, WINDOWS + 1, BASELINE).unwrap();
            for (unit, told) in self.counts.iter().zip(&mut told) {
                let counts = &unit[window.clone()];
                let steps = Steps { counts, index: &peers.index, baseline: BASELINE, dispersion: peers.dispersion };
                told.push(detector(&steps));
            }
        }
        told
    }

    /// Share of the falls that are seen within so many weeks.
    fn seen_within(&self, told: &[Vec<f64>], threshold: f64, weeks: usize) -> f64 {
        let falls: Vec<(usize, usize)> =
            self.falls_at.iter().enumerate().filter_map(|(unit, at)| Some((unit, (*at)?))).collect();
        let is_seen =
            |(unit, at): &&(usize, usize)| told[*unit][at - 60..at - 60 + weeks].iter().any(|word| *word > threshold);
        falls.iter().filter(is_seen).count() as f64 / falls.len() as f64
    }

    /// Share of the unchanged units that alarm within weeks 60 to 85.
    fn false_alarms(&self, told: &[Vec<f64>], threshold: f64) -> f64 {
        let unchanged: Vec<&Vec<f64>> =
            told.iter().zip(&self.falls_at).filter(|(_, at)| at.is_none()).map(|(told, _)| told).collect();
        unchanged.iter().filter(|told| told[..26].iter().any(|word| *word > threshold)).count() as f64
            / unchanged.len() as f64
    }
}

/// The threshold that one unchanged unit in ten passes within half a year.
fn threshold(told: &[Vec<f64>]) -> f64 {
    let mut highest: Vec<f64> =
        told.iter().map(|told| told[..26].iter().copied().fold(f64::NEG_INFINITY, f64::max)).collect();
    highest.sort_by(f64::total_cmp);
    highest[highest.len() * 9 / 10]
}

/// Of a rate that halves, the share seen within 4, 8 and 13 weeks by a peer-adjusted EWMA of the literature, at 10 %
/// false alarms in half a year: about 1, 4 and 15 events a week.
const KNOWN: [(f64, [f64; 3]); 3] = [(1.0, [0.05, 0.13, 0.25]), (4.0, [0.10, 0.31, 0.52]), (15.0, [0.12, 0.51, 0.74])];

#[test]
fn a_rate_that_halves_is_seen_as_early_as_the_best_known_detector_sees_it() {
    for (median, known) in KNOWN {
        let quiet = world(median, 2_000, 0, 5);
        let moved = world(median, 2_500, 300, 6);
        let detectors: [(&str, Detector); 2] =
            [("ewma", |steps| -ewma(steps).unwrap()), ("cusum", |steps| cusum(steps).unwrap())];
        for (name, detector) in detectors {
            let threshold = threshold(&quiet.told(detector));
            let told = moved.told(detector);
            let seen = [4, 8, 13].map(|weeks| moved.seen_within(&told, threshold, weeks));
            let false_alarms = moved.false_alarms(&told, threshold);
            println!("proof: {name} at {median} a week: {seen:.3?}, threshold {threshold:.2}, false {false_alarms:.3}");
            assert!((false_alarms - 0.10).abs() <= 0.03, "{name}, {median}: false alarms {false_alarms}");
            for (seen, known) in seen.iter().zip(known) {
                // Three hundred falls leave a sampling error of about .03 at a half.
                assert!(*seen >= known - 0.06, "{name}, {median}: {seen} of {known}");
            }
        }
    }
}

#[test]
fn one_threshold_gives_the_same_false_alarms_whatever_the_rate() {
    for (median, seed) in [(1.0, 21), (4.0, 22), (15.0, 23)] {
        let quiet = world(median, 2_000, 0, seed);
        let by_drift = quiet.false_alarms(&quiet.told(|steps| -ewma(steps).unwrap()), 2.1);
        println!("proof: drift below −2.1 at {median} a week: {by_drift:.3} of the unchanged in half a year");
        assert!((by_drift - 0.10).abs() <= 0.035, "{median} a week: {by_drift}");
    }
}

#[test]
fn what_befalls_everybody_is_no_sign_of_anybody() {
    // An outage of two weeks: everybody at a third.
    let mut counts = vec![6.0; 53];
    let mut index = vec![1.0; 53];
    for week in 51..53 {
        counts[week] = 2.0;
        index[week] = 1.0 / 3.0;
    }
    let steps = Steps { counts: &counts, index: &index, baseline: 34, dispersion: 0.3 };
    assert!(ewma(&steps).unwrap().abs() < 0.5, "{:?}", ewma(&steps));
    let alone = Steps { index: &[1.0; 53], ..steps };
    assert!(ewma(&alone).unwrap() < -0.9, "{:?}", ewma(&alone));
    assert!(cusum(&alone).unwrap() > cusum(&steps).unwrap() + 1.0);
}

#[test]
fn too_short_a_history_is_no_history() {
    let counts = vec![1.0; LEAST_BASELINE + GAP];
    let index = vec![1.0; counts.len()];
    let steps = Steps { counts: &counts, index: &index, baseline: 34, dispersion: 0.3 };
    assert_eq!(ewma(&steps), None);
    assert_eq!(cusum(&steps), None);
    let (counts, index) = (vec![1.0; 12], vec![0.0; 12]);
    assert_eq!(ewma(&Steps { counts: &counts, index: &index, baseline: 8, dispersion: 0.3 }), None);
}

#[test]
fn the_dispersion_of_counts_is_found_again() {
    let world = world(15.0, 3_000, 0, 9);
    let counts: Vec<f32> = world.counts.iter().flatten().map(|count| *count as f32).collect();
    let peers = Peers::of(&counts, WEEKS, BASELINE).unwrap();
    assert!((peers.dispersion - 1.0 / 3.0).abs() < 0.02, "{}", peers.dispersion);
    assert_eq!(Peers::of(&[0.0; 30], 15, 10), None);
}

/// How many standard normal deviations, moved by `shift`, a chart takes on average until it signals; and the error of that.
/// `signals` keeps the chart's state, begins at zero and says whether it signals.
fn run_length(runs: u32, shift: f64, chance: &mut Chance, signals: &dyn Fn(&mut [f64; 2], f64) -> bool) -> (f64, f64) {
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..runs {
        let (mut state, mut length) = ([0.0; 2], 1.0);
        while !signals(&mut state, chance.normal() + shift) {
            length += 1.0;
        }
        sum += length;
        squares += length * length;
    }
    let (count, mean) = (f64::from(runs), sum / f64::from(runs));
    (mean, ((squares / count - mean * mean) / count).sqrt())
}

/// H9 and H10: the recursions of `ewma` and `cusum` on plain normal deviations signal as often, and as soon after a shift of one
/// deviation, as the printed tables of the classical charts say, within three Monte-Carlo errors. "About 500" is within one per cent.
#[test]
fn the_classical_charts_run_as_long_as_printed() {
    const RUNS: u32 = 1_500;
    let mut chance = Chance(9);
    let charts =
        [(0.05, 2.615, 11.38), (0.1, 2.814, 10.33), (0.2, 2.962, 10.54), (0.25, 2.998, 11.14), (0.4, 3.054, 14.26)];
    for (weight, limit, after_shift) in charts {
        let reach = limit * (weight / (2.0_f64 - weight)).sqrt();
        let signals = |state: &mut [f64; 2], deviation: f64| {
            state[0] = weighted(state[0], deviation, weight);
            state[0].abs() > reach
        };
        for (shift, runs, printed, about) in [(0.0, RUNS, 500.0, 5.0), (1.0, 8 * RUNS, after_shift, 0.005)] {
            let (mean, error) = run_length(runs, shift, &mut chance, &signals);
            assert!((mean - printed).abs() <= 3.0 * error + about, "ewma {weight}, shift {shift}: {mean} ± {error}");
        }
    }
    for (limit, printed) in [(4.0, [167.7, 8.38]), (5.0, [465.4, 10.38])] {
        let signals = |state: &mut [f64; 2], deviation: f64| {
            *state = [accumulated(state[0], deviation - 0.5), accumulated(state[1], -deviation - 0.5)];
            state[0].max(state[1]) > limit
        };
        for (shift, runs, printed) in [(0.0, RUNS, printed[0]), (1.0, 8 * RUNS, printed[1])] {
            let (mean, error) = run_length(runs, shift, &mut chance, &signals);
            assert!((mean - printed).abs() <= 3.0 * error + 0.05, "cusum {limit}, shift {shift}: {mean} ± {error}");
        }
    }
}

#[test]
fn mann_kendall_gives_the_figures_of_pymannkendall() {
    // pymannkendall 1.4.3.
    let falling = mann_kendall(&[12.0, 11.0, 13.0, 10.0, 9.0, 9.0, 8.0, 10.0, 7.0, 6.0, 7.0, 5.0]).unwrap();
    assert_eq!(falling.s, -51.0);
    assert!((falling.variance - 209.666_7).abs() < 1e-4, "{falling:?}");
    assert!((falling.z + 3.453_069).abs() < 1e-6, "{falling:?}");
    assert!((falling.slope + 0.6125).abs() < 1e-9, "{falling:?}");
    let tied = mann_kendall(&[5.0, 3.0, 4.0, 4.0, 2.0, 6.0, 1.0, 1.0, 0.0, 2.0, 0.0, 1.0]).unwrap();
    assert_eq!((tied.s, tied.variance), (-36.0, 206.0));
    assert!((tied.z + 2.438_566).abs() < 1e-6, "{tied:?}");
    assert!((tied.slope + 0.348_485).abs() < 1e-6, "{tied:?}");
    assert_eq!(mann_kendall(&[1.0, 1.0, 1.0, 1.0]), None);
}
