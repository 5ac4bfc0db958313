//! How margins become probabilities, learnt on rows that the margins were not fitted to.

use estimators::calibrate::{Beta, Isotonic, Platt};
use estimators::flat::Flat;
use estimators::metrics::log_loss;

/// How margins become probabilities.
#[derive(Clone, Debug, PartialEq)]
pub enum Calibration {
    /// A line in the margin.
    Platt(Platt),
    /// A bent line.
    Beta(Platt, Beta),
    /// Rising steps.
    Isotonic(Platt, Isotonic),
}

impl Calibration {
    /// The probability of a margin, never quite 0 or 1.
    pub fn apply(&self, margin: f64) -> f64 {
        let p = match self {
            Calibration::Platt(line) => line.apply(margin),
            Calibration::Beta(line, bent) => bent.apply(line.apply(margin)),
            Calibration::Isotonic(line, steps) => steps.apply(line.apply(margin)),
        };
        p.clamp(1e-5, 1.0 - 1e-5)
    }
}

/// A map must beat the stiffer one by this share of the log loss.
const WORTHWHILE: f64 = 0.002;

impl Flat for Calibration {
    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Calibration::Platt(line) => {
                0u8.put(to);
                line.put(to);
            }
            Calibration::Beta(line, bent) => {
                1u8.put(to);
                line.put(to);
                bent.put(to);
            }
            Calibration::Isotonic(line, steps) => {
                2u8.put(to);
                line.put(to);
                steps.put(to);
            }
        }
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(match u8::take(from)? {
            0 => Calibration::Platt(Flat::take(from)?),
            1 => Calibration::Beta(Flat::take(from)?, Flat::take(from)?),
            2 => Calibration::Isotonic(Flat::take(from)?, Flat::take(from)?),
            _ => return None,
        })
    }
}

/// Fits a calibration on margins and what became of them; `None` where it cannot be.
type Fit<'f> = dyn Fn(&[f64], &[bool]) -> Option<Calibration> + 'f;

/// A line, unless a freer map does better on parts of the margins that it was not fitted to.
pub(super) fn calibrate(margins: &[f64], outcomes: &[bool], sizes: &[usize]) -> Calibration {
    let line = Platt::fit(margins, outcomes).unwrap_or(Platt { slope: 1.0, shift: 0.0 });
    let p: Vec<f64> = margins.iter().map(|margin| line.apply(*margin)).collect();
    let ups = outcomes.iter().filter(|is| **is).count().min(outcomes.iter().filter(|is| !**is).count());
    if sizes.len() < 2 || ups < 200 {
        return Calibration::Platt(line);
    }
    let mut ends: Vec<usize> = sizes.to_vec();
    (1..ends.len()).for_each(|place| ends[place] += ends[place - 1]);
    let crossed = |fit: &Fit<'_>| {
        let mut judged = vec![0.5; margins.len()];
        let mut start = 0;
        for &end in &ends {
            let others = |at: &usize| *at < start || *at >= end;
            let rest: Vec<f64> = (0..p.len()).filter(others).map(|at| margins[at]).collect();
            let known: Vec<bool> = (0..p.len()).filter(others).map(|at| outcomes[at]).collect();
            let map = fit(&rest, &known)?;
            (start..end).for_each(|at| judged[at] = map.apply(margins[at]));
            start = end;
        }
        log_loss(&judged, outcomes)
    };
    let platt = |margins: &[f64], known: &[bool]| Platt::fit(margins, known).map(Calibration::Platt);
    let beta = |margins: &[f64], known: &[bool]| {
        let line = Platt::fit(margins, known)?;
        let p: Vec<f64> = margins.iter().map(|margin| line.apply(*margin)).collect();
        Beta::fit(&p, known).map(|bent| Calibration::Beta(line, bent))
    };
    let isotonic = |margins: &[f64], known: &[bool]| {
        let line = Platt::fit(margins, known)?;
        let p: Vec<f64> = margins.iter().map(|margin| line.apply(*margin)).collect();
        Isotonic::fit(&p, known).map(|steps| Calibration::Isotonic(line, steps))
    };
    let bound = crossed(&platt).unwrap_or(f64::INFINITY) * (1.0 - WORTHWHILE);
    let (bent, steps) = (crossed(&beta).unwrap_or(f64::INFINITY), crossed(&isotonic).unwrap_or(f64::INFINITY));
    let chosen = if bent <= steps && bent < bound {
        beta(margins, outcomes)
    } else if steps < bound {
        isotonic(margins, outcomes)
    } else {
        None
    };
    chosen.unwrap_or(Calibration::Platt(line))
}
