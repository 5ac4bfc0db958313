//! A share and how surely it is known.

/// A share of a count, with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// `hits / trials`.
    pub share: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The 0.975 quantile of the standard normal.
const Z: f64 = 1.959_963_984_540_054;

/// What share of the trials were hits, and between which shares the truth lies in 95 of 100 such counts?
///
/// With `p = hits / n`: `(p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)`, within 0..=1.
///
/// # Why this one
/// `p ± z √(p(1 − p)/n)` claims certainty where all or none were hits and leaves the scale near them; weeks with few
/// alerts are the rule here.
///
/// # Edges
/// No trial: `None`. Panics with more hits than trials: our own mistake.
///
/// # Source
/// Wilson (1927), *Journal of the American Statistical Association* 22, 209–212; Brown, Cai & DasGupta (2001).
///
/// ```
/// let share = estimators::metrics::wilson(14, 20).unwrap();
/// assert_eq!(share.share, 0.7);
/// assert!((share.low - 0.4810).abs() < 1e-4 && (share.high - 0.8545).abs() < 1e-4);
/// assert_eq!(estimators::metrics::wilson(0, 0), None);
/// ```
pub fn wilson(hits: usize, trials: usize) -> Option<Share> {
    assert!(hits <= trials, "{hits} hits of {trials} trials");
    if trials == 0 {
        return None;
    }
    let n = trials as f64;
    let p = hits as f64 / n;
    let middle = p + Z * Z / (2.0 * n);
    let reach = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    // At the ends the interval begins and ends exactly on the scale.
    let low = if hits == 0 { 0.0 } else { ((middle - reach) / whole).max(0.0) };
    let high = if hits == trials { 1.0 } else { ((middle + reach) / whole).min(1.0) };
    Some(Share { share: p, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_or_none_is_no_certainty() {
        let none = wilson(0, 10).unwrap();
        assert_eq!(none.low, 0.0);
        assert!((none.high - 0.2775).abs() < 1e-4, "{none:?}");
        let all = wilson(10, 10).unwrap();
        assert_eq!(all.high, 1.0);
        assert!((all.low - 0.7225).abs() < 1e-4, "{all:?}");
    }
}
