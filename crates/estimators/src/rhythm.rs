//! Whether somebody has left its own rhythm, told with the rate at which the unchanged are wrongly said to have.
//!
//! Weekly counts are put against the own earlier rate times what everybody's counts did ([`Peers`]); weeks that befall
//! some and spare others (春节, a sale) are known by how widely everybody scatters in them, and weigh less. The surprises
//! are accumulated, and how far they have gone is told as a share: of those who did not change, so many would within a
//! year at some week seem to have changed as much. The share is read off a null distribution that is simulated, and then
//! shifted and widened to fit everybody: so a wave that takes everybody along is nobody's.
//!
//! Not here: who the peers are and how weeks are cut (`indicators`), which share is worth an alert (`alerts`).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::chance::Chance;
use crate::detect::{GAP, Peers};

/// How much of the latest surprise goes into the weighted mean.
const WEIGHT: f64 = 0.2;
/// A single surprise counts for so many deviations at most, among those watched and in the own rate alike.
const CLIP: f64 = 3.0;
/// Added to the expected count of a week.
const FLOOR: f64 = 0.15;
/// Weeks that the own earlier rate must be made of.
pub const LEAST_BASELINE: usize = 16;
/// Weeks without which nothing is told: a baseline, those left out, one to look at.
pub const LEAST_WEEKS: usize = LEAST_BASELINE + GAP + 1;
/// Units without which there are no peers to read a rate of false alarms off.
pub const LEAST_PEERS: usize = 50;
/// Weeks of the year within which the share is meant.
const YEAR: usize = 52;
/// Rates, in counts a week, at which the null is simulated; between them it is interpolated.
const RATES: [f64; 7] = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];
/// Simulated units of each rate.
const SIMULATED: usize = 4_000;
/// Units whose drifts tell how well the null fits, at most; at how many weeks each, and how far these lie apart.
const ASKED: usize = 4_000;
const LOOKS: usize = 4;
const APART: usize = 8;
/// Drifts of units of a similar rate without which those of all rates are asked.
const LEAST_ALIKE: usize = 800;
/// By how much the null is narrowed or widened at most.
const SPREADS: (f64, f64) = (0.85, 5.0);
/// This week alone scatters by chance; so much more than usual is not yet taken for a week that scatters more.
const SLACK: f64 = 0.15;
/// The part of a half from which its width is read: of a normal distribution one deviation and a little above the middle.
const SHOULDER: f64 = 0.35;
/// Whoever is rarer has plainly changed, and is left out when everybody's rhythm is read a second time.
const PLAIN: f64 = 0.1;
/// Bounds of a dispersion.
const DISPERSIONS: (f64, f64) = (0.02, 4.0);
/// What is said of one unit as of its last week.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// The count that its own rate and everybody's doings let expect of the last week.
    pub expected: f64,
    /// The share of unchanged units that would within a year seem to have fallen as much; 0 to 1, small is rare.
    pub fall: f64,
    /// The same for a rise.
    pub rise: f64,
}

/// A week of a unit beside what was to be expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Week {
    /// The count to be expected.
    pub expected: f64,
    /// One standard deviation of it.
    pub deviation: f64,
}

/// Where a unit's rate most likely changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The first week of the new rate.
    pub at: usize,
    /// The new rate divided by the old one.
    pub level: f64,
    /// Log likelihood ratio against one rate all along.
    pub evidence: f64,
}

/// The shape of many drifts: their middle, and how far above and below it the shoulders lie.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shape {
    middle: f64,
    above: f64,
    below: f64,
}

impl Shape {
    /// That of some drifts, which are sorted on the way; of none, that of a look that is never taken.
    fn of(drifts: &mut [f64]) -> Shape {
        if drifts.is_empty() {
            return Shape { middle: 0.0, above: 1.0, below: 1.0 };
        }
        drifts.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = share * (drifts.len() - 1) as f64;
            let (below, beyond) = (place.floor() as usize, place.fract());
            drifts[below] + beyond * (drifts[(below + 1).min(drifts.len() - 1)] - drifts[below])
        };
        let middle = at(0.5);
        Shape { middle, above: (at(0.5 + SHOULDER) - middle).max(1e-6), below: (middle - at(0.5 - SHOULDER)).max(1e-6) }
    }

    fn width(self) -> f64 {
        self.above + self.below
    }
}

/// Drifts of units that did not change, of one rate.
#[derive(Clone, Debug, PartialEq)]
struct Unchanged {
    /// At the last week, and at each of the looks before it.
    shapes: [Shape; LOOKS],
    /// The lowest drift of each within a year, from the middle of the last week and in its widths, ascending.
    lowest: Vec<f64>,
    /// The highest.
    highest: Vec<f64>,
}

/// How everybody really stands beside the null.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Fit {
    /// By how many widths everybody has shifted of late.
    shift: f64,
    /// How much wider than the null falls go by chance.
    falls: f64,
    /// The same of rises.
    rises: f64,
}

/// Null distributions that were simulated before: by dispersion, so that many moments share them.
#[derive(Clone, Debug, Default)]
pub struct Nulls(Simulated);

type Simulated = BTreeMap<(i32, usize, usize), Arc<Vec<Unchanged>>>;

/// The nulls that this process simulated last, whoever asked: one day's is the next day's, and takes longer to simulate than
/// everybody takes to be measured against it.
static LAST: Mutex<Simulated> = Mutex::new(Simulated::new());
/// So many of them are kept, at a few hundred kilobytes each.
const KEPT: usize = 24;

impl Nulls {
    /// That of a dispersion (to within a twentieth) and of so many weeks with such a baseline.
    fn of(&mut self, dispersion: f64, weeks: usize, baseline: usize) -> Arc<Vec<Unchanged>> {
        let step = (dispersion.ln() * 10.0).round() as i32;
        let key = (step, weeks, baseline);
        let last = || LAST.lock().unwrap_or_else(PoisonError::into_inner);
        let null = || {
            let known = last().get(&key).cloned();
            known.unwrap_or_else(|| {
                let null = Arc::new(simulated((f64::from(step) / 10.0).exp(), weeks, baseline));
                let mut last = last();
                if last.len() >= KEPT {
                    last.clear();
                }
                last.insert(key, Arc::clone(&null));
                null
            })
        };
        Arc::clone(self.0.entry(key).or_insert_with(null))
    }
}

/// What everybody's rhythm was, and what chance makes of it: what each unit is judged by.
#[derive(Clone, Debug)]
pub struct Rhythm {
    /// The factor by which everybody did more or less, week by week, oldest first.
    index: Vec<f64>,
    /// Variance beyond chance in each week, as a part of the squared mean.
    dispersions: Vec<f64>,
    baseline: usize,
    null: Arc<Vec<Unchanged>>,
    /// Beside each rate of the null.
    fit: Vec<Fit>,
}

impl Rhythm {
    /// Reads it off the counts of many units, one after the other, `weeks` counts of each, oldest first; their own
    /// rate is made of up to `baseline` weeks.
    ///
    /// The index is that of [`Peers::of`]. A week's dispersion is `Σ((x − m)²·n/(n−1) − m)/Σm²` over all units, but at
    /// least the median of all weeks'. The null is simulated with that median: negative-binomial counts of constant
    /// rate, walked through as those of the units are. Then the drifts of up to 4,000 units, at the last week and at 8,
    /// 16 and 24 before it, fit it to everybody: in units of a similar rate (half to twice) where there are enough, else
    /// in all. Falls are as much wider than the null's as the upper shoulder (the 85th percentile above the median) is,
    /// rises as the lower one is; both more, where everybody scatters wider in the last week than before; and all of it is
    /// shifted by as much as the median has moved of late. Whoever has then plainly changed (a share of 0.1 at most) is
    /// left out, and all of it is read again.
    ///
    /// # Why
    /// Real customers wander slowly, and a holiday is not the same to all: a null of pure chance cries wolf. The lower
    /// tail of everybody would be no better a null for falls, since those who really fell sit there; the upper shoulder
    /// knows how far the others wander.
    ///
    /// # Edges
    /// Fewer than [`LEAST_PEERS`] units or [`LEAST_WEEKS`] weeks, or nothing ever counted: `None`.
    ///
    /// # Source
    /// Efron (2004), *JASA* 99, 96–104 (a null fitted to where the changed are not); [`Peers::of`] and [`crate::detect::ewma`].
    pub fn of(counts: &[f32], weeks: usize, baseline: usize, nulls: &mut Nulls) -> Option<Rhythm> {
        if weeks < LEAST_WEEKS || counts.len() < LEAST_PEERS * weeks {
            return None;
        }
        let first = Rhythm::read(counts, weeks, baseline, nulls)?;
        let mut own = vec![0.0; weeks];
        let mut kept: Vec<f32> = Vec::with_capacity(counts.len());
        for unit in counts.chunks_exact(weeks) {
            own.iter_mut().zip(unit).for_each(|(own, count)| *own = f64::from(*count));
            if first.told(&own).is_none_or(|told| told.fall.min(told.rise) > PLAIN) {
                kept.extend(unit);
            }
        }
        match kept.len() {
            all if all == counts.len() || all < LEAST_PEERS * weeks => Some(first),
            _ => Rhythm::read(&kept, weeks, baseline, nulls).or(Some(first)),
        }
    }

    fn read(counts: &[f32], weeks: usize, baseline: usize, nulls: &mut Nulls) -> Option<Rhythm> {
        let index = Peers::of(counts, weeks, baseline)?.index;
        let units: Vec<&[f32]> = counts.chunks_exact(weeks).collect();
        let (usual, dispersions) = dispersions_of(&units, &index);
        let null = nulls.of(usual, weeks, baseline);
        let mut rhythm = Rhythm { index, dispersions, baseline, null, fit: Vec::new() };
        rhythm.fit = rhythm.fitted(&units);
        Some(rhythm)
    }

    /// How many weeks it knows.
    pub fn weeks(&self) -> usize {
        self.index.len()
    }

    /// The word on a unit, given its counts in the latest weeks, oldest first.
    ///
    /// `e_t = 0.8 e_{t−1} + 0.2 clip((x_t − m_t)/√(m_t + d_t m_t²), ±3)` with `m_t = (Σx/Σi + 0.15)·i_t` over up to
    /// `baseline` weeks that end [`GAP`] weeks before; weeks of the baseline that stand out by more than three deviations
    /// count for three. The drift is `e_t / √((1 − 0.8^2k)/9 + (1 − 0.8^k)²/B)` after `k` weeks, `B` being the weeks of
    /// the baseline. `fall = (1 + #{lowest ≤ drift})/(n + 1)` over the simulated units, once the drift is shifted and
    /// scaled to the null.
    ///
    /// # Edges
    /// Fewer than [`LEAST_WEEKS`] weeks, or none in which anybody did anything: `None`. Panics if there are more weeks
    /// than it knows: our own mistake.
    pub fn told(&self, counts: &[f64]) -> Option<Told> {
        let mut last = None;
        self.walk(counts, &mut |step| last = Some(step));
        let step = last?;
        let drift = self.in_widths(step, 0) - self.at(step.usual, |place| self.fit[place].shift);
        let fallen = drift / self.at(step.usual, |place| self.fit[place].falls);
        let risen = drift / self.at(step.usual, |place| self.fit[place].rises);
        let share = |count: usize, of: &[f64]| (1 + count) as f64 / (1 + of.len()) as f64;
        let below = |of: &[f64]| share(of.partition_point(|one| *one <= fallen), of);
        let above = |of: &[f64]| share(of.len() - of.partition_point(|one| *one < risen), of);
        Some(Told {
            expected: step.rate * self.index[self.index.len() - 1],
            fall: self.at(step.usual, |place| below(&self.null[place].lowest)),
            rise: self.at(step.usual, |place| above(&self.null[place].highest)),
        })
    }

    /// What was to be expected of each of a unit's weeks, oldest first; `None` of those without a baseline before them.
    ///
    /// # Edges
    /// As [`Rhythm::told`].
    pub fn expected(&self, counts: &[f64]) -> Vec<Option<Week>> {
        let mut weeks = vec![None; counts.len()];
        let skipped = self.skipped(counts);
        self.walk(counts, &mut |step| {
            let expected = step.rate * self.index[skipped + step.at];
            let variance = expected + self.dispersions[skipped + step.at] * expected * expected;
            weeks[step.at] = Some(Week { expected, deviation: variance.sqrt() });
        });
        weeks
    }

    /// Where the rate of a unit most likely changed, whether that means anything or not.
    ///
    /// The week `t` at which two rates explain the counts best: `Σ_1 w x ln(r_1/r) + Σ_2 w x ln(r_2/r)` is highest, each
    /// `r = Σwx/Σwi` of its part, with weights `w = 1/(1 + d_t·r·i_t)`. At least eight weeks lie before it.
    ///
    /// # Edges
    /// No count at all, fewer than nine weeks, or one rate explaining them as well as any two: `None`.
    ///
    /// # Source
    /// The likelihood ratio of Hinkley (1970), *Biometrika* 57, 1–17, for counts with a variance above their mean.
    pub fn change(&self, counts: &[f64]) -> Option<Change> {
        const BEFORE: usize = 8;
        let skipped = self.skipped(counts);
        let (index, dispersions) = (&self.index[skipped..], &self.dispersions[skipped..]);
        let (sum, all): (f64, f64) = (counts.iter().sum(), index.iter().sum());
        if sum <= 0.0 || all <= 0.0 {
            return None;
        }
        let rate = sum / all;
        let weighed: Vec<(f64, f64)> = (0..counts.len())
            .map(|t| {
                let weight = 1.0 / (1.0 + dispersions[t] * rate * index[t]);
                (weight * counts[t], weight * index[t])
            })
            .collect();
        let (whole_x, whole_i) = weighed.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let part = |x: f64, i: f64| if x > 0.0 { x * ((x / i) / (whole_x / whole_i)).ln() } else { 0.0 };
        let (mut x, mut i) = (0.0, 0.0);
        let mut best: Option<Change> = None;
        for at in 1..counts.len() {
            x += weighed[at - 1].0;
            i += weighed[at - 1].1;
            let (later_x, later_i) = ((whole_x - x).max(0.0), whole_i - i);
            if at < BEFORE || x <= 0.0 || later_i <= 1e-9 {
                continue;
            }
            let evidence = part(x, i) + part(later_x, later_i);
            if best.map_or(evidence > 1e-9, |best| evidence > best.evidence) {
                best = Some(Change { at, level: (later_x / later_i) / (x / i), evidence });
            }
        }
        best
    }

    fn skipped(&self, counts: &[f64]) -> usize {
        assert!(counts.len() <= self.index.len(), "a week more than everybody has");
        self.index.len() - counts.len()
    }

    /// Walks a unit's weeks against everybody's latest.
    fn walk(&self, counts: &[f64], told: &mut dyn FnMut(Step)) {
        let skipped = self.skipped(counts);
        walk(counts, &self.index[skipped..], &self.dispersions[skipped..], self.baseline, told);
    }

    /// A figure of the null at a rate, between those of the neighbouring rates.
    fn at(&self, rate: f64, figure: impl Fn(usize) -> f64) -> f64 {
        let (place, beyond) = place_of(rate);
        match beyond > 0.0 {
            true => (1.0 - beyond) * figure(place) + beyond * figure(place + 1),
            false => figure(place),
        }
    }

    /// How far a step has gone from the middle of the null at a look, in its widths.
    fn in_widths(&self, step: Step, look: usize) -> f64 {
        let shape = |place: usize| self.null[place].shapes[look];
        (step.drift - self.at(step.usual, |place| shape(place).middle))
            / self.at(step.usual, |place| shape(place).width())
    }

    /// How everybody stands beside the null, rate by rate.
    fn fitted(&self, units: &[&[f32]]) -> Vec<Fit> {
        // By look: the last week, and so many before it; each a rate and how far it has gone.
        let mut looks: [Vec<(f64, f64)>; LOOKS] = Default::default();
        let mut own = vec![0.0; self.weeks()];
        for unit in units.iter().step_by(units.len().div_ceil(ASKED)) {
            own.iter_mut().zip(unit.iter()).for_each(|(own, count)| *own = f64::from(*count));
            self.walk(&own, &mut |step| {
                let back = self.weeks() - 1 - step.at;
                // Who hardly ever does anything says little of how others wander.
                let says = step.usual >= RATES[0] / 2.0;
                if says && back.is_multiple_of(APART) && back / APART < LOOKS {
                    looks[back / APART].push((step.usual, self.in_widths(step, back / APART)));
                }
            });
        }
        let last = RATES.len() - 1;
        let fit = |place: usize| {
            let alike = |rate: f64| rate >= RATES[place] / 2.0 && (rate <= RATES[place] * 2.0 || place == last);
            let null = self.null[place].shapes[0];
            let fit = fit_of(&looks, alike, null).or_else(|| fit_of(&looks, |_| true, null));
            fit.unwrap_or(Fit { shift: 0.0, falls: 1.0, rises: 1.0 })
        };
        (0..RATES.len()).map(fit).collect()
    }
}

/// How drifts stand beside a null of this shape: `None` of too few.
fn fit_of(looks: &[Vec<(f64, f64)>; LOOKS], takes: impl Fn(f64) -> bool, null: Shape) -> Option<Fit> {
    let mut shapes: Vec<Shape> = Vec::new();
    let (mut all, mut before): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    for look in looks {
        let mut some: Vec<f64> = look.iter().filter(|(rate, _)| takes(*rate)).map(|(_, drift)| *drift).collect();
        if some.len() < LEAST_PEERS {
            break;
        }
        let shape = Shape::of(&mut some);
        all.extend(some.iter().map(|drift| drift - shape.middle));
        if !shapes.is_empty() {
            before.extend(some.iter().map(|drift| drift - shape.middle));
        }
        shapes.push(shape);
    }
    let now = *shapes.first()?;
    if all.len() < LEAST_ALIKE {
        return None;
    }
    let usual = Shape::of(&mut all);
    let (middle, wider) = match before.is_empty() {
        true => (0.0, 1.0),
        false => {
            let middles: f64 = shapes[1..].iter().map(|shape| shape.middle).sum();
            let wider = now.width() / Shape::of(&mut before).width() - SLACK;
            (middles / (shapes.len() - 1) as f64, wider.max(1.0))
        }
    };
    let spread = |everybody: f64, null: f64| (everybody * wider / null).clamp(SPREADS.0, SPREADS.1);
    Some(Fit {
        shift: now.middle - middle,
        falls: spread(usual.above, null.above / null.width()),
        rises: spread(usual.below, null.below / null.width()),
    })
}

/// The place of a rate among those simulated, and how far it lies beyond it towards the next, in octaves.
fn place_of(rate: f64) -> (usize, f64) {
    let last = (RATES.len() - 1) as f64;
    let octaves = (rate.max(RATES[0]) / RATES[0]).log2().min(last);
    (octaves.floor() as usize, octaves.fract())
}

/// The usual variance beyond chance, and that of each week.
fn dispersions_of(units: &[&[f32]], index: &[f64]) -> (f64, Vec<f64>) {
    let (weeks, all) = (index.len() as f64, index.iter().sum::<f64>());
    let (mut beyond, mut squares) = (vec![0.0; index.len()], vec![0.0; index.len()]);
    for unit in units {
        let own = unit.iter().map(|count| f64::from(*count)).sum::<f64>() / all;
        for (t, (count, factor)) in unit.iter().zip(index).enumerate() {
            let mean = own * factor;
            beyond[t] += (f64::from(*count) - mean).powi(2) * weeks / (weeks - 1.0) - mean;
            squares[t] += mean * mean;
        }
    }
    let of_week = |t: usize| if squares[t] > 0.0 { beyond[t] / squares[t] } else { 0.0 };
    let each: Vec<f64> = (0..index.len()).map(of_week).collect();
    let mut sorted = each.clone();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted[sorted.len() / 2].clamp(DISPERSIONS.0, DISPERSIONS.1);
    (usual, each.into_iter().map(|one| one.clamp(usual, DISPERSIONS.1)).collect())
}

/// A week on the way.
#[derive(Clone, Copy)]
struct Step {
    at: usize,
    /// Own counts a week where everybody does as usual, by the baseline.
    rate: f64,
    /// The same by all weeks.
    usual: f64,
    drift: f64,
}

/// Tells of every week that has a baseline before it and in which anybody did anything.
fn walk(counts: &[f64], index: &[f64], dispersions: &[f64], baseline: usize, told: &mut dyn FnMut(Step)) {
    let all: f64 = index.iter().sum();
    if counts.len() < LEAST_WEEKS || all <= 0.0 {
        return;
    }
    let usual = counts.iter().sum::<f64>() / all;
    let most = |t: usize| {
        let mean = (usual + FLOOR) * index[t];
        mean + CLIP * (mean + dispersions[t] * mean * mean).sqrt() + 1.0
    };
    let (mut own, mut others) = (0.0, 0.0);
    let (mut sum, mut decay) = (0.0, 1.0);
    for t in GAP + 1..counts.len() {
        let to = t - GAP;
        own += counts[to - 1].min(most(to - 1));
        others += index[to - 1];
        if to > baseline {
            own -= counts[to - 1 - baseline].min(most(to - 1 - baseline));
            others -= index[to - 1 - baseline];
        }
        let long = to.min(baseline);
        if long < LEAST_BASELINE || others <= 1e-9 || index[t] <= 0.0 {
            continue;
        }
        let rate = (own / others).max(0.0);
        let mean = (rate + FLOOR) * index[t];
        let surprise = (counts[t] - mean) / (mean + dispersions[t] * mean * mean).sqrt();
        sum = (1.0 - WEIGHT) * sum + WEIGHT * surprise.clamp(-CLIP, CLIP);
        decay *= 1.0 - WEIGHT;
        let variance = WEIGHT / (2.0 - WEIGHT) * (1.0 - decay * decay) + (1.0 - decay).powi(2) / long as f64;
        told(Step { at: t, rate, usual, drift: sum / variance.sqrt() });
    }
}

/// What chance alone makes of units that do not change: at each rate, the lowest and the highest drift of a year.
fn simulated(dispersion: f64, weeks: usize, baseline: usize) -> Vec<Unchanged> {
    let all = weeks - 1 + YEAR;
    let (index, dispersions) = (vec![1.0; all], vec![dispersion; all]);
    let mut counts = vec![0.0; all];
    let of_rate = |(place, rate): (usize, &f64)| {
        let chances = Counts::of(*rate, dispersion);
        let mut chance = Chance::of(20_040_301, place as u64);
        let (mut lowest, mut highest) = (Vec::with_capacity(SIMULATED), Vec::with_capacity(SIMULATED));
        let mut looks: [Vec<f64>; LOOKS] = Default::default();
        for _ in 0..SIMULATED {
            counts.iter_mut().for_each(|count| *count = chances.draw(&mut chance));
            let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
            walk(&counts, &index, &dispersions, baseline, &mut |step| {
                let back = (weeks - 1).checked_sub(step.at);
                if back.is_none_or(|back| back == 0) {
                    (low, high) = (low.min(step.drift), high.max(step.drift));
                }
                if let Some(back) = back.filter(|back| back.is_multiple_of(APART) && back / APART < LOOKS) {
                    looks[back / APART].push(step.drift);
                }
            });
            lowest.push(low);
            highest.push(high);
        }
        let shapes = looks.map(|mut look| Shape::of(&mut look));
        let shape = shapes[0];
        for extreme in [&mut lowest, &mut highest] {
            extreme.iter_mut().for_each(|drift| *drift = (*drift - shape.middle) / shape.width());
            extreme.sort_by(f64::total_cmp);
        }
        Unchanged { shapes, lowest, highest }
    };
    RATES.iter().enumerate().map(of_rate).collect()
}

/// Negative-binomial counts, as the chances of at most so many.
struct Counts(Vec<f64>);

impl Counts {
    fn of(mean: f64, dispersion: f64) -> Counts {
        let k = 1.0 / dispersion;
        let mut chance = (k / (k + mean)).powf(k);
        let mut up_to = vec![chance];
        let mut sum = chance;
        let mut count = 0.0;
        while sum < 1.0 - 1e-9 && count < 10_000.0 {
            chance *= (k + count) / (count + 1.0) * mean / (k + mean);
            count += 1.0;
            sum += chance;
            up_to.push(sum);
        }
        Counts(up_to)
    }

    fn draw(&self, chance: &mut Chance) -> f64 {
        let at = chance.uniform();
        self.0.partition_point(|up_to| *up_to <= at) as f64
    }
}
