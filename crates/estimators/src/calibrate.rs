//! Making probabilities that can be believed: what a score means, learnt from customers it was not fitted to.
//!
//! Three maps, from stiff to free: [`Platt`] (a line in the margin), [`Beta`] (a bent line) and [`Isotonic`] (any rising
//! steps). All rise, so the order of customers stays. Fit them on out-of-fold scores only: a score looks surer of the
//! customers it has learnt from than it is.
//!
//! Not here: measures of calibration ([`metrics`](crate::metrics)).

use crate::flat;
use crate::linear::newton;

/// `p = 1 / (1 + e^(−(slope · margin + shift)))`.
///
/// # Source
/// Platt (1999), in *Advances in Large Margin Classifiers*, with Lin, Lin & Weng's (2007) targets; their `A` is
/// `−slope`, their `B` is `−shift`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Platt {
    /// Factor of the margin.
    pub slope: f64,
    /// Added to it.
    pub shift: f64,
}

impl Platt {
    /// The line that fits best. Targets are `(N₊+1)/(N₊+2)` and `1/(N₋+2)` instead of 1 and 0, so that few customers make
    /// no certainty.
    ///
    /// # Edges
    /// One class only: `None`. A slope below 0 (a score that is worse than guessing) is taken as 0.
    pub fn fit(margins: &[f64], positives: &[bool]) -> Option<Platt> {
        let (yes, no) = targets(positives)?;
        let target = |is: &bool| if *is { yes } else { no };
        let targets: Vec<f64> = positives.iter().map(target).collect();
        let rows: Vec<[f64; 2]> = margins.iter().map(|margin| [1.0, *margin]).collect();
        let [shift, slope] = newton(&rows, &targets, [0.0; 2])?;
        if slope < 0.0 {
            return Some(Platt { slope: 0.0, shift: (yes_share(positives) / (1.0 - yes_share(positives))).ln() });
        }
        Some(Platt { slope, shift })
    }

    /// The probability of a margin.
    pub fn apply(&self, margin: f64) -> f64 {
        logistic(self.slope * margin + self.shift)
    }
}

/// `logit p' = a · ln p − b · ln(1 − p) + c`, `a, b ≥ 0`.
///
/// # Source
/// Kull, Silva Filho & Flach (2017), *Electronic Journal of Statistics* 11(2), 5052–5080.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beta {
    /// Weight of `ln p`.
    pub a: f64,
    /// Weight of `−ln(1 − p)`.
    pub b: f64,
    /// Added to both.
    pub c: f64,
}

impl Beta {
    /// The map that fits best. A weight that would be negative is left out.
    ///
    /// # Edges
    /// One class only: `None`. Probabilities are kept off 0 and 1 by 10⁻¹².
    pub fn fit(probabilities: &[f64], positives: &[bool]) -> Option<Beta> {
        targets(positives)?;
        let targets: Vec<f64> = positives.iter().map(|is| f64::from(u8::from(*is))).collect();
        let parts: Vec<(f64, f64)> = probabilities.iter().map(|p| Beta::parts(*p)).collect();
        let both: Vec<[f64; 3]> = parts.iter().map(|(a, b)| [1.0, *a, *b]).collect();
        let [c, a, b] = newton(&both, &targets, [0.0; 3])?;
        if a >= 0.0 && b >= 0.0 {
            return Some(Beta { a, b, c });
        }
        let kept: Vec<[f64; 2]> = parts.iter().map(|(low, high)| [1.0, if a < 0.0 { *high } else { *low }]).collect();
        let [c, weight] = newton(&kept, &targets, [0.0; 2])?;
        let weight = weight.max(0.0);
        Some(if a < 0.0 { Beta { a: 0.0, b: weight, c } } else { Beta { a: weight, b: 0.0, c } })
    }

    fn parts(p: f64) -> (f64, f64) {
        let p = p.clamp(1e-12, 1.0 - 1e-12);
        (p.ln(), -(1.0 - p).ln())
    }

    /// The probability that a probability stands for.
    pub fn apply(&self, probability: f64) -> f64 {
        let (low, high) = Beta::parts(probability);
        logistic(self.a * low + self.b * high + self.c)
    }
}

/// Rising steps: the pool-adjacent-violators fit.
///
/// # Source
/// Ayer et al. (1955), *Annals of Mathematical Statistics* 26(4), 641–647.
#[derive(Clone, Debug, PartialEq)]
pub struct Isotonic {
    /// Highest score of each step and its share, both ascending.
    steps: Vec<(f64, f64)>,
}

impl Isotonic {
    /// The rising steps closest to the outcomes by squares.
    ///
    /// # Edges
    /// Nobody: `None`. Equal scores share a step.
    pub fn fit(scores: &[f64], positives: &[bool]) -> Option<Isotonic> {
        assert_eq!(scores.len(), positives.len(), "a score and an outcome for each customer");
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|&left, &right| scores[left].total_cmp(&scores[right]));
        // Highest score, sum of outcomes, count.
        let mut pools: Vec<(f64, f64, f64)> = Vec::new();
        for at in order {
            let outcome = f64::from(u8::from(positives[at]));
            match pools.last_mut() {
                Some(last) if last.0 == scores[at] => {
                    last.1 += outcome;
                    last.2 += 1.0;
                }
                _ => pools.push((scores[at], outcome, 1.0)),
            }
        }
        let mut steps: Vec<(f64, f64, f64)> = Vec::new();
        for pool in pools {
            steps.push(pool);
            while let [.., before, last] = steps[..] {
                if before.1 * last.2 < last.1 * before.2 {
                    break;
                }
                steps.truncate(steps.len() - 2);
                steps.push((last.0, before.1 + last.1, before.2 + last.2));
            }
        }
        let steps: Vec<(f64, f64)> = steps.into_iter().map(|(score, sum, count)| (score, sum / count)).collect();
        (!steps.is_empty()).then_some(Isotonic { steps })
    }

    /// The share of the step a score falls in; beyond the last, of the last.
    pub fn apply(&self, score: f64) -> f64 {
        let place = self.steps.partition_point(|step| step.0 < score);
        self.steps[place.min(self.steps.len() - 1)].1
    }
}

flat!(Platt { slope, shift });
flat!(Beta { a, b, c });
flat!(Isotonic { steps });

/// `1 / (1 + e^(−margin))`.
pub fn logistic(margin: f64) -> f64 {
    1.0 / (1.0 + (-margin).exp())
}

fn yes_share(positives: &[bool]) -> f64 {
    positives.iter().filter(|is| **is).count() as f64 / positives.len() as f64
}

/// Platt's targets for those who left and those who stayed; `None` where one is missing.
fn targets(positives: &[bool]) -> Option<(f64, f64)> {
    let yes = positives.iter().filter(|is| **is).count() as f64;
    let no = positives.len() as f64 - yes;
    (yes > 0.0 && no > 0.0).then(|| ((yes + 1.0) / (yes + 2.0), 1.0 / (no + 2.0)))
}
