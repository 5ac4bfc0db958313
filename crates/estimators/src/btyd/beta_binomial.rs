//! BG/BB: occasions that come at fixed times (an annual appeal, a weekly order), taken or not.

use super::fit::{Estimate, Unfit};
use crate::optimise::{Search, climb, differences, highest};
use crate::special::{ln_beta, normal_quantile};
use crate::symmetric::Cholesky;

/// What a customer did with the occasions they had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasions {
    /// How many were taken, x.
    pub taken: u32,
    /// The last one taken, t_x, counted from 1; 0 if none.
    pub last: u32,
    /// How many there were, n.
    pub all: u32,
}

/// Customers take an occasion with a probability of their own, Beta(α, β), until they are gone, which happens before an
/// occasion with a probability Beta(γ, δ).
///
/// `L = B(α + x, β + n − x) / B(α, β) · B(γ, δ + n) / B(γ, δ) + Σᵢ B(α + x, β + t_x − x + i) / B(α, β) · B(γ + 1, δ + t_x + i) /
/// B(γ, δ)`, i from 0 to n − t_x − 1.
///
/// # Source
/// Fader, Hardie & Shang (2010), *Marketing Science* 29(6), 1086–1108, equations 6 and 14.
#[derive(Clone, Debug)]
pub struct BgBb {
    /// α, β, γ, δ with their errors.
    pub estimates: Vec<Estimate>,
    /// The log likelihood there.
    pub log_likelihood: f64,
    /// How many customers it was fitted to.
    pub customers: f64,
}

const NAMES: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

impl BgBb {
    /// Fits to customers, so many for each pattern.
    ///
    /// # Edges
    /// A pattern that contradicts itself (more taken than there were, a last one before as many could be taken) is an
    /// error that names its row. Nobody, or nobody who ever took one: an error.
    pub fn fit(rows: &[(Occasions, f64)]) -> Result<Self, Unfit> {
        for (row, (pattern, customers)) in rows.iter().enumerate() {
            let Occasions { taken, last, all } = *pattern;
            let ordered = taken <= last && last <= all && (taken == 0) == (last == 0);
            if !ordered || !customers.is_finite() || *customers < 0.0 {
                return Err(Unfit::BadHistory { row });
            }
        }
        let customers: f64 = rows.iter().map(|(_, customers)| customers).sum();
        if customers == 0.0 {
            return Err(Unfit::Empty);
        }
        if rows.iter().all(|(pattern, _)| pattern.taken == 0) {
            return Err(Unfit::NobodyBoughtAgain);
        }
        let search = Search { within: (-12.0, 12.0), steps: 300, gain: 1e-9 };
        let starts: [[f64; 4]; 3] = [[1.0, 1.0, 0.5, 3.0], [0.5, 0.5, 1.0, 10.0], [2.0, 1.0, 0.2, 1.0]];
        let total = |logs: &[f64]| {
            let parameters = [logs[0].exp(), logs[1].exp(), logs[2].exp(), logs[3].exp()];
            rows.iter().map(|(pattern, customers)| customers * log_likelihood(parameters, pattern)).sum()
        };
        let climbed = starts.map(|start| climb(&start.map(f64::ln), &search, |logs| differences(logs, total)));
        let summit = highest(climbed).ok_or(Unfit::NotConverged)?;
        let covariance = Cholesky::of(&summit.local.information(), 4).map(|factor| factor.inverse());
        let reach = normal_quantile(0.975);
        let estimate = |k: usize| {
            let value = summit.at[k].exp();
            let error = covariance.as_ref().map(|covariance| covariance[k * 5].sqrt()).filter(|error| *error < 1.5);
            Estimate {
                name: NAMES[k],
                value,
                standard_error: error.map(|error| value * error),
                interval: error.map(|error| (value * (-reach * error).exp(), value * (reach * error).exp())),
            }
        };
        Ok(Self { estimates: (0..4).map(estimate).collect(), log_likelihood: summit.local.value, customers })
    }

    fn parameters(&self) -> [f64; 4] {
        [self.estimates[0].value, self.estimates[1].value, self.estimates[2].value, self.estimates[3].value]
    }

    /// The probability that a customer is still there for the next occasion.
    pub fn alive(&self, pattern: &Occasions) -> f64 {
        self.there_at(pattern, 1).0
    }

    /// How many of the next `occasions` a customer is expected to take.
    pub fn expected(&self, pattern: &Occasions, occasions: u32) -> f64 {
        (1..=occasions).map(|ahead| self.there_at(pattern, ahead).1).sum()
    }

    /// The probabilities of being there at the occasion so far ahead, and of taking it.
    fn there_at(&self, pattern: &Occasions, ahead: u32) -> (f64, f64) {
        let parameters = self.parameters();
        let [alpha, beta, gamma, delta] = parameters;
        let [x, n] = [pattern.taken, pattern.all].map(f64::from);
        let front = ln_beta(gamma, delta + n + f64::from(ahead)) - ln_beta(gamma, delta);
        let of = |more: f64| ln_beta(alpha + x + more, beta + n - x) - ln_beta(alpha, beta);
        let likelihood = log_likelihood(parameters, pattern);
        ((front + of(0.0) - likelihood).exp(), (front + of(1.0) - likelihood).exp())
    }
}

fn log_likelihood([alpha, beta, gamma, delta]: [f64; 4], pattern: &Occasions) -> f64 {
    let [x, last, n] = [pattern.taken, pattern.last, pattern.all].map(f64::from);
    let below = ln_beta(alpha, beta) + ln_beta(gamma, delta);
    let there = ln_beta(alpha + x, beta + n - x) + ln_beta(gamma, delta + n) - below;
    let mut sum = there.exp();
    for step in 0..pattern.all - pattern.last {
        let i = f64::from(step);
        sum += (ln_beta(alpha + x, beta + last - x + i) + ln_beta(gamma + 1.0, delta + last + i) - below).exp();
    }
    sum.ln()
}
