//! The naive road to comparisons: a number put against others, a count as a course in time, formulas written out.

use indicators::Against;
use vocab::Unknown;

/// Surprises since the first window with eight windows of its own before it, three left out, accumulated.
pub(crate) fn course(against: Against, counts: &[f64]) -> Result<f64, Unknown> {
    if counts.len() < 12 {
        return Err(Unknown::ShortHistory);
    }
    let (mut drift, mut evidence) = (0.0, 0.0_f64);
    for t in 11..counts.len() {
        let own = &counts[t - 11..t - 3];
        let expected = own.iter().sum::<f64>() / 8.0 + 0.15;
        let surprise = (counts[t] - expected) / (expected + expected * expected / 3.0).sqrt();
        drift = 0.8 * drift + 0.2 * surprise.clamp(-3.0, 3.0);
        let log_chance = |mean: f64| counts[t] * (mean / (3.0 + mean)).ln() + 3.0 * (3.0 / (3.0 + mean)).ln();
        evidence = (evidence + log_chance(expected / 2.0) - log_chance(expected)).max(0.0);
    }
    Ok(if against == Against::Ewma { drift * 3.0 } else { evidence })
}

pub(crate) fn put_against(against: Against, now: f64, others: &[f64]) -> Result<f64, Unknown> {
    if others.is_empty() || (against == Against::Z && others.len() < 2) {
        return Err(Unknown::ZeroBase);
    }
    let base = mean(others);
    match against {
        Against::Ratio | Against::Change if base <= 0.0 => Err(Unknown::ZeroBase),
        Against::Ratio => Ok(now / base),
        Against::Change => Ok((now - base) / base),
        Against::Difference => Ok(now - base),
        Against::Z if deviation(others) == 0.0 => Err(Unknown::ZeroBase),
        Against::Z => Ok((now - base) / deviation(others)),
        Against::Ewma | Against::Cusum | Against::Fall | Against::Rise | Against::Expected => {
            panic!("a course in time is told apart")
        }
        Against::Percentile => {
            let halves: f64 = others
                .iter()
                .map(|other| {
                    if *other < now {
                        1.0
                    } else if *other == now {
                        0.5
                    } else {
                        0.0
                    }
                })
                .sum();
            Ok(halves / others.len() as f64)
        }
    }
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub(crate) fn deviation(values: &[f64]) -> f64 {
    let squares: f64 = values.iter().map(|value| (value - mean(values)) * (value - mean(values))).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}
