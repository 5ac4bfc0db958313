//! Contracts renewed period by period: how many are left, and how many will be.

use super::fit::{Estimate, Unfit};
use crate::optimise::{Search, climb, differences, highest};
use crate::special::normal_quantile;
use crate::symmetric::Cholesky;

/// Each customer leaves at a renewal with a probability of their own, Beta(a, b): those who stay are ever more the loyal
/// ones, so retention rises with time without anybody changing.
///
/// Retention at renewal t is `r(t) = (b + t − 1) / (a + b + t − 1)`, the share left `S(t) = ∏ r(k)`.
///
/// # Source
/// Fader & Hardie (2007), "How to project customer retention", *J. Interactive Marketing* 21(1), 76–90.
#[derive(Clone, Debug)]
pub struct ShiftedBeta {
    /// a and b with their errors.
    pub estimates: Vec<Estimate>,
    /// The log likelihood there.
    pub log_likelihood: f64,
}

impl ShiftedBeta {
    /// Fits to how many of one cohort were left at its start and after each renewal.
    ///
    /// # Edges
    /// Fewer than three counts, counts that rise, or no number: an error (with the place of the count). Nobody leaving
    /// is [`Unfit::NotConverged`]: retention of 100 % needs no model.
    ///
    /// # Example
    /// ```
    /// let left = [1000.0, 869.0, 743.0, 653.0, 593.0, 551.0, 517.0, 491.0];
    /// let fitted = estimators::btyd::ShiftedBeta::fit(&left).expect("a cohort");
    /// assert!((fitted.log_likelihood + 1611.158).abs() < 1e-3);
    /// ```
    pub fn fit(left: &[f64]) -> Result<Self, Unfit> {
        if left.len() < 3 {
            return Err(Unfit::Empty);
        }
        let wrong = |pair: &[f64]| !pair[0].is_finite() || !pair[1].is_finite() || pair[1] < 0.0 || pair[1] > pair[0];
        if let Some(row) = left.windows(2).position(wrong) {
            return Err(Unfit::BadHistory { row: row + 1 });
        }
        if left.first() == left.last() {
            return Err(Unfit::NotConverged);
        }
        let search = Search { within: (-12.0, 12.0), steps: 300, gain: 1e-10 };
        let value = |logs: &[f64]| log_likelihood(logs[0].exp(), logs[1].exp(), left);
        let starts: [[f64; 2]; 3] = [[1.0, 1.0], [0.5, 5.0], [5.0, 20.0]];
        let climbed = starts.map(|start| climb(&start.map(f64::ln), &search, |logs| differences(logs, value)));
        let summit = highest(climbed).ok_or(Unfit::NotConverged)?;
        let covariance = Cholesky::of(&summit.local.information(), 2).map(|factor| factor.inverse());
        let reach = normal_quantile(0.975);
        let estimate = |(k, name): (usize, &'static str)| {
            let value = summit.at[k].exp();
            let error = covariance.as_ref().map(|covariance| covariance[k * 3].sqrt()).filter(|error| *error < 1.5);
            Estimate {
                name,
                value,
                standard_error: error.map(|error| value * error),
                interval: error.map(|error| (value * (-reach * error).exp(), value * (reach * error).exp())),
            }
        };
        Ok(Self { estimates: [(0, "a"), (1, "b")].map(estimate).into(), log_likelihood: summit.local.value })
    }

    /// The share of those who were there before renewal t (from 1) that renews.
    pub fn retention(&self, renewal: u32) -> f64 {
        let (a, b) = (self.estimates[0].value, self.estimates[1].value);
        let t = f64::from(renewal);
        (b + t - 1.0) / (a + b + t - 1.0)
    }

    /// The share of the cohort left after `renewals`.
    pub fn survival(&self, renewals: u32) -> f64 {
        (1..=renewals).map(|renewal| self.retention(renewal)).product()
    }
}

fn log_likelihood(a: f64, b: f64, left: &[f64]) -> f64 {
    let (mut value, mut survival) = (0.0, 0.0);
    for (renewal, pair) in left.windows(2).enumerate() {
        let t = renewal as f64;
        let stays = (b + t) / (a + b + t);
        value += (pair[0] - pair[1]) * (survival + (1.0 - stays).ln());
        survival += stays.ln();
    }
    value + left.last().map_or(0.0, |left| left * survival)
}
