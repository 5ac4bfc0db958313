//! Log odds as points that people add up and compare.

/// A scale of points that rises by the same number whenever the odds of staying double.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Points {
    /// Points for each unit of the log odds.
    pub factor: f64,
    /// Points at even odds.
    pub offset: f64,
}

impl Points {
    /// The scale on which `points` stand for `odds` (50: fifty stay for each who leaves), and `doubling` points more for
    /// twice the odds: `factor = doubling / ln 2`, `offset = points − factor · ln odds`.
    ///
    /// # Edges
    /// `None` unless the odds are above 0 and all three are finite.
    ///
    /// # Source
    /// Siddiqi (2006), *Credit Risk Scorecards*, ch. 6.
    ///
    /// # Example
    /// ```
    /// let scale = estimators::metrics::Points::new(600.0, 50.0, 20.0).unwrap();
    /// assert!((scale.of(100_f64.ln()) - 620.0).abs() < 1e-9);
    /// ```
    pub fn new(points: f64, odds: f64, doubling: f64) -> Option<Points> {
        let factor = doubling / std::f64::consts::LN_2;
        let offset = points - factor * odds.ln();
        (odds > 0.0 && factor.is_finite() && offset.is_finite()).then_some(Points { factor, offset })
    }

    /// The points of log odds of staying.
    pub fn of(&self, log_odds: f64) -> f64 {
        self.offset + self.factor * log_odds
    }
}
