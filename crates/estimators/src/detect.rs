//! Whether the rate at which somebody does something has fallen, told early and without crying wolf.
//!
//! Counts in equal windows are put against what was to be expected: the own earlier rate, times what everybody's counts
//! did meanwhile (season, holidays, an outage). The single surprises are small; what is watched is their accumulation,
//! by an exponentially weighted mean ([`ewma`]) or by the likelihood ratio of a halved rate ([`cusum`]).
//!
//! Not here: who the peers are and how windows are cut (`indicators`), when to speak up (`alerts`).

/// How much of the latest surprise goes into the weighted mean.
const WEIGHT: f64 = 0.2;
/// A single surprise counts for so many deviations at most.
const CLIP: f64 = 3.0;
/// Windows left out between the own earlier rate and the window looked at, so that a fall does not become its own
/// baseline.
pub const GAP: usize = 3;
/// Windows that the own earlier rate must be made of.
pub const LEAST_BASELINE: usize = 8;
/// Added to the expected count of a window, so that one missing event of somebody who seldom does anything is no sign.
const FLOOR: f64 = 0.15;
/// What the rate falls to under the suspicion that [`cusum`] weighs.
const SUSPECTED: f64 = 0.5;
/// Variance beyond chance, as a part of the squared mean, where nothing better is known.
pub const USUAL_DISPERSION: f64 = 1.0 / 3.0;
/// Who drifts by more deviations is left out of the index.
const TRIM: f64 = 1.5;
/// Bounds of an estimated dispersion.
const DISPERSIONS: (f64, f64) = (0.02, 4.0);

/// Counts of one unit in equal windows, oldest first, with what they are judged by.
#[derive(Clone, Copy, Debug)]
pub struct Steps<'a> {
    /// Counts, oldest first; the last is the window looked at.
    pub counts: &'a [f64],
    /// What everybody's counts did: one per window, around 1. All ones where there are no peers.
    pub index: &'a [f64],
    /// How many windows the own earlier rate is made of, at most.
    pub baseline: usize,
    /// Variance beyond chance: `Var = m + dispersion · m²`.
    pub dispersion: f64,
}

impl Steps<'_> {
    /// For every window that has a baseline before it, oldest first: its count and what was to be expected.
    ///
    /// The expected count of window `t` is `(Σ counts / Σ index + 0.15) · index_t`, summed over up to `baseline` windows
    /// that end [`GAP`] windows before it. Windows in which nobody did anything say nothing and are left out.
    fn surprises(&self) -> Vec<(f64, f64)> {
        assert_eq!(self.counts.len(), self.index.len(), "an index for every window");
        let sums = |values: &[f64]| -> Vec<f64> {
            let mut sum = 0.0;
            std::iter::once(0.0)
                .chain(values.iter().map(|value| {
                    sum += value;
                    sum
                }))
                .collect()
        };
        let (counts, index) = (sums(self.counts), sums(self.index));
        let mut found = Vec::new();
        for t in LEAST_BASELINE.min(self.baseline) + GAP..self.counts.len() {
            let (from, to) = ((t - GAP).saturating_sub(self.baseline), t - GAP);
            let (own, all) = (counts[to] - counts[from], index[to] - index[from]);
            if all > 0.0 && self.index[t] > 0.0 {
                found.push((self.counts[t], (own / all + FLOOR) * self.index[t]));
            }
        }
        found
    }
}

/// An exponentially weighted mean after one more deviation: `(1 − weight) · before + weight · deviation`.
pub fn weighted(before: f64, deviation: f64, weight: f64) -> f64 {
    (1.0 - weight) * before + weight * deviation
}

/// Evidence after one more piece of it, which starts anew whenever it falls below zero: `max(0, before + piece)`.
pub fn accumulated(before: f64, piece: f64) -> f64 {
    (before + piece).max(0.0)
}

/// How far the rate has drifted from what was to be expected, in deviations; negative: it has fallen.
///
/// `e_t = 0.8 · e_{t−1} + 0.2 · clip((x_t − m_t) / √(m_t + d·m_t²), ±3)` from the first window that has a baseline on,
/// divided by its long-run deviation `√(0.2 / 1.8)`.
///
/// # Why
/// At equal false alarms a change of four weeks against four sees 8 % of halvings within 13 weeks where this sees 27 %
/// (one event a week), or 25 % where this sees 75 % (fifteen a week).
///
/// # Edges
/// Fewer than [`LEAST_BASELINE`] + [`GAP`] + 1 windows, or no peers' activity in any of them: `None`. Some −2.1 is
/// reached within 26 weeks by one unchanged unit in ten (7 to 13 in a hundred, by rate and by what befalls everybody).
///
/// # Source
/// Roberts (1959), *Technometrics* 1(3), 239–250; Lucas & Saccucci (1990), *Technometrics* 32(1), 1–12.
pub fn ewma(steps: &Steps<'_>) -> Option<f64> {
    let surprises = steps.surprises();
    let drift = surprises.iter().fold(0.0, |before, (count, expected)| {
        let deviation = (expected + steps.dispersion * expected * expected).sqrt();
        weighted(before, ((count - expected) / deviation).clamp(-CLIP, CLIP), WEIGHT)
    });
    (!surprises.is_empty()).then(|| drift / (WEIGHT / (2.0 - WEIGHT)).sqrt())
}

/// The evidence that the rate has halved, as a log likelihood ratio that starts anew whenever it falls below zero.
///
/// `g_t = max(0, g_{t−1} + ln NB(x_t; m_t/2) − ln NB(x_t; m_t))` with negative-binomial counts of variance
/// `m + d·m²`; at `d = 0` Poisson.
///
/// # Edges
/// As [`ewma`]. Some 4.5 is reached within 26 weeks by one unchanged unit in ten (5.2 at one event a window).
///
/// # Source
/// Page (1954), *Biometrika* 41(1/2), 100–115; for negative-binomial counts Hawkins & Olwell (1998), *Cumulative Sum
/// Charts*, §5.
pub fn cusum(steps: &Steps<'_>) -> Option<f64> {
    let surprises = steps.surprises();
    let ratio = |count: f64, expected: f64| {
        let halved = SUSPECTED * expected;
        if steps.dispersion <= 0.0 {
            return count * SUSPECTED.ln() + expected - halved;
        }
        let k = 1.0 / steps.dispersion;
        let common = ((k + expected) / (k + halved)).ln();
        count * (SUSPECTED.ln() + common) + k * common
    };
    let evidence =
        surprises.iter().fold(0.0, |before, (count, expected)| accumulated(before, ratio(*count, *expected)));
    (!surprises.is_empty()).then_some(evidence)
}

/// What everybody's counts did, and how much they vary beyond chance.
#[derive(Clone, Debug, PartialEq)]
pub struct Peers {
    /// One per window, 1 on average: the factor by which everybody did more or less in it.
    pub index: Vec<f64>,
    /// Variance beyond chance, as a part of the squared mean; never outside 0.02 to 4.
    pub dispersion: f64,
}

impl Peers {
    /// Reads them off the counts of many units, one after the other, `windows` counts of each, oldest first.
    ///
    /// The index is the sum of all counts of a window over its mean. Units that drift by more than 1.5 deviations by this
    /// first index, either way, are then left out and it is taken again: one customer in ten whose rate halves would
    /// otherwise pull the index down by a twentieth and make everybody else look well. The dispersion is by moments over
    /// all: `d = Σ ((x − m)² · n/(n−1) − m) / Σ m²`, `m` the own rate times the index.
    ///
    /// # Edges
    /// Nothing ever counted: `None`.
    pub fn of(counts: &[f32], windows: usize, baseline: usize) -> Option<Peers> {
        let all: Vec<&[f32]> = counts.chunks_exact(windows).collect();
        let first = index_of(&all, windows)?;
        let dispersion = dispersion_of(&all, &first);
        let mut own = vec![0.0; windows];
        let keeps = |unit: &&&[f32]| {
            own.iter_mut().zip(unit.iter()).for_each(|(own, count)| *own = f64::from(*count));
            let drift = ewma(&Steps { counts: &own, index: &first, baseline, dispersion });
            drift.is_none_or(|drift| drift.abs() <= TRIM)
        };
        let kept: Vec<&[f32]> = all.iter().filter(keeps).copied().collect();
        let index = index_of(&kept, windows).unwrap_or(first);
        let dispersion = dispersion_of(&all, &index);
        Some(Peers { index, dispersion })
    }
}

fn index_of(units: &[&[f32]], windows: usize) -> Option<Vec<f64>> {
    let mut totals = vec![0.0; windows];
    for unit in units {
        totals.iter_mut().zip(unit.iter()).for_each(|(total, count)| *total += f64::from(*count));
    }
    let mean = totals.iter().sum::<f64>() / windows as f64;
    (mean > 0.0).then(|| totals.iter().map(|total| total / mean).collect())
}

fn dispersion_of(units: &[&[f32]], index: &[f64]) -> f64 {
    let (windows, all) = (index.len() as f64, index.iter().sum::<f64>());
    let (mut beyond, mut squares) = (0.0, 0.0);
    for unit in units {
        let own = unit.iter().map(|count| f64::from(*count)).sum::<f64>();
        for (count, factor) in unit.iter().zip(index) {
            let mean = own / all * factor;
            beyond += (f64::from(*count) - mean).powi(2) * windows / (windows - 1.0).max(1.0) - mean;
            squares += mean * mean;
        }
    }
    if squares > 0.0 { (beyond / squares).clamp(DISPERSIONS.0, DISPERSIONS.1) } else { USUAL_DISPERSION }
}

/// Whether a series rises or falls all along.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// Pairs that rise less pairs that fall.
    pub s: f64,
    /// Variance of `s` without a trend, ties taken into account.
    pub variance: f64,
    /// Normal score, corrected for continuity.
    pub z: f64,
    /// Median of the slopes of all pairs, per step (Theil–Sen).
    pub slope: f64,
}

/// Whether a series rises or falls all along, whatever the shape (Mann–Kendall), and by how much per step.
///
/// `S = Σ_{i<j} sign(x_j − x_i)`, `Var = (n(n−1)(2n+5) − Σ t(t−1)(2t+5)) / 18`, `z = (S ∓ 1)/√Var`.
///
/// # Edges
/// Fewer than three values, or all equal: `None`. Neighbouring values that resemble each other make it cry wolf: at a
/// correlation of .3 a level of 5 % is really 12 %.
///
/// # Source
/// Mann (1945), *Econometrica* 13(3), 245–259; Kendall (1975), *Rank Correlation Methods*; Sen (1968), *JASA* 63, 1379.
pub fn mann_kendall(values: &[f64]) -> Option<Trend> {
    let n = values.len();
    if n < 3 {
        return None;
    }
    let mut s = 0.0;
    let mut slopes = Vec::with_capacity(n * (n - 1) / 2);
    for (i, sooner) in values.iter().enumerate() {
        for (j, later) in values.iter().enumerate().skip(i + 1) {
            s += (later - sooner).partial_cmp(&0.0).map_or(0.0, |order| f64::from(order as i8));
            slopes.push((later - sooner) / (j - i) as f64);
        }
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let weight = |count: usize| (count * (count - 1) * (2 * count + 5)) as f64;
    let ties: f64 = sorted.chunk_by(|a, b| a == b).map(|equal| weight(equal.len())).sum();
    let variance = (weight(n) - ties) / 18.0;
    slopes.sort_by(f64::total_cmp);
    let middle = slopes.len() / 2;
    let slope = if slopes.len() % 2 == 1 { slopes[middle] } else { (slopes[middle - 1] + slopes[middle]) / 2.0 };
    let z = if s == 0.0 { 0.0 } else { (s - s.signum()) / variance.sqrt() };
    (variance > 0.0).then_some(Trend { s, variance, z, slope })
}
