//! Cox's model: what makes customers leave sooner, whatever the course of time itself.

use super::tied::RiskSets;
use super::{Lifetime, Ties, Unfit, check, concordance_index};
use crate::optimise::{Local, Search, climb};
use crate::special::{chi_squared_tail, normal_below, normal_quantile};
use crate::symmetric::Cholesky;

/// How to fit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CoxOptions {
    /// How to count customers who leave at the same time.
    pub ties: Ties,
    /// Ridge penalty on standardised columns, per customer: `n · penalty / 2 · Σ βₖ²` is taken from the log likelihood.
    pub penalty: f64,
}

/// By how much each property of a customer speeds up or slows down leaving.
///
/// The hazard of a customer with covariates x is `h₀(t) · exp(Σ βₖ (xₖ − x̄ₖ))`; β maximises the partial likelihood, in
/// which h₀ cancels. Columns are centred and divided by their standard deviation (n − 1) while fitting; coefficients and
/// errors are given back in the columns' own units.
///
/// # Source
/// Cox (1972), *JRSS B* 34, 187–220; Efron (1977), *JASA* 72, 557–565.
#[derive(Clone, Debug)]
pub struct Cox {
    /// βₖ: the change of the log hazard by one unit of the column.
    pub coefficients: Vec<f64>,
    /// Standard errors, from the (penalised) curvature.
    pub standard_errors: Vec<f64>,
    /// Their covariance, row by row.
    pub covariance: Vec<f64>,
    /// Means that were taken off the columns.
    pub means: Vec<f64>,
    /// Log partial likelihood of the coefficients, without penalty.
    pub log_likelihood: f64,
    /// The same less the penalty: what was maximised.
    pub penalised_log_likelihood: f64,
    /// Log partial likelihood with all coefficients 0.
    pub null_log_likelihood: f64,
    /// Customers.
    pub rows: usize,
    /// Those who left.
    pub ended: usize,
    /// How it was fitted.
    pub options: CoxOptions,
    /// Columns whose coefficient is not held by the data: it runs away, since all leavers (or none) share a value.
    pub runaway: Vec<usize>,
    /// Times at which somebody left, and the hazard of a customer with average covariates cumulated so far.
    pub baseline: Vec<(f64, f64)>,
}

impl Cox {
    /// Fits.
    ///
    /// `covariates` are row by row, `width` numbers for each lifetime.
    ///
    /// # Edges
    /// * Errors name the row or column: a duration or covariate that is no number, nobody leaving, a column that is
    ///   constant or repeats others (none of these two with a penalty above 0, which makes up its mind for them).
    /// * No column at all (`width` 0) is a model without covariates.
    /// * Panics if `covariates` is not `width` × rows long or the penalty is negative: both are our own bugs.
    pub fn fit(lifetimes: &[Lifetime], covariates: &[f64], width: usize, options: CoxOptions) -> Result<Self, Unfit> {
        check(lifetimes)?;
        assert_eq!(covariates.len(), width * lifetimes.len(), "width numbers for each lifetime");
        assert!(options.penalty >= 0.0, "a penalty is at least 0");
        if let Some(at) = covariates.iter().position(|value| !value.is_finite()) {
            return Err(Unfit::BadCovariate { row: at / width, column: at % width });
        }
        let ended = lifetimes.iter().filter(|life| life.ended).count();
        if ended == 0 {
            return Err(Unfit::NobodyLeft);
        }
        let scale = Standard::of(covariates, width);
        if let Some(column) = scale.constant.iter().position(|&constant| constant)
            && options.penalty == 0.0
        {
            return Err(Unfit::Constant { column });
        }
        let sets = RiskSets::of(lifetimes, &scale.apply(covariates), width);
        sets.bearable(options.ties)?;
        let rows = lifetimes.len();
        let ridge = options.penalty * rows as f64;
        let null_log_likelihood = sets.local(&vec![0.0; width], options.ties).value;
        let search = Search { within: (-60.0, 60.0), steps: 100, gain: 1e-10 };
        let top = climb(&vec![0.0; width], &search, |at| penalised(sets.local(at, options.ties), at, ridge));
        if !top.local.value.is_finite() {
            return Err(Unfit::NotConverged);
        }
        let curvature = top.local.information();
        let covariance = match Cholesky::dependent(&curvature, width) {
            Ok(factor) => factor.inverse(),
            Err(column) => return Err(Unfit::Dependent { column }),
        };
        if !top.converged {
            return Err(Unfit::NotConverged);
        }
        let penalty: f64 = top.at.iter().map(|beta| ridge / 2.0 * beta * beta).sum();
        // A standardised coefficient this far out with an error as large is not held by anything.
        let runaway = (0..width).filter(|&k| top.at[k].abs() > 5.0 && covariance[k * width + k].sqrt() > 5.0).collect();
        let mut fitted = Self {
            coefficients: top.at.iter().zip(&scale.deviations).map(|(beta, sd)| beta / sd).collect(),
            standard_errors: (0..width).map(|k| covariance[k * width + k].sqrt() / scale.deviations[k]).collect(),
            covariance: (0..width * width)
                .map(|at| covariance[at] / (scale.deviations[at / width] * scale.deviations[at % width]))
                .collect(),
            means: scale.means,
            log_likelihood: top.local.value + penalty,
            penalised_log_likelihood: top.local.value,
            null_log_likelihood,
            rows,
            ended,
            options,
            runaway,
            baseline: Vec::new(),
        };
        fitted.baseline = fitted.cumulate(lifetimes, covariates);
        Ok(fitted)
    }

    /// `Σ βₖ (xₖ − x̄ₖ)`: the log of how much faster than average a customer leaves.
    pub fn log_hazard_ratio(&self, row: &[f64]) -> f64 {
        let terms = self.coefficients.iter().zip(row.iter().zip(&self.means));
        terms.map(|(beta, (x, mean))| beta * (x - mean)).sum()
    }

    /// The probability that a customer with these covariates stays longer than `time`: `exp(−H₀(t) exp(β(x − x̄)))`.
    ///
    /// # Edges
    /// Beyond the last leaving seen the curve stays level: it says nothing about later.
    pub fn survival_at(&self, row: &[f64], time: f64) -> f64 {
        let after = self.baseline.partition_point(|&(at, _)| at <= time);
        let hazard = after.checked_sub(1).map_or(0.0, |at| self.baseline[at].1);
        (-hazard * self.log_hazard_ratio(row).exp()).exp()
    }

    /// Twice the gain in log likelihood over no covariates, its degrees of freedom and its p.
    pub fn likelihood_ratio(&self) -> (f64, usize, f64) {
        let statistic = 2.0 * (self.log_likelihood - self.null_log_likelihood);
        let degrees = self.coefficients.len();
        let p = if degrees == 0 { 1.0 } else { chi_squared_tail(statistic, degrees as f64) };
        (statistic, degrees, p)
    }

    /// −2 log partial likelihood + 2 · coefficients.
    pub fn aic(&self) -> f64 {
        2.0 * (self.coefficients.len() as f64 - self.log_likelihood)
    }

    /// β / standard error, and how likely one as far from 0 is if β is 0.
    pub fn z_and_p(&self, column: usize) -> (f64, f64) {
        let z = self.coefficients[column] / self.standard_errors[column];
        (z, 2.0 * normal_below(-z.abs()))
    }

    /// Between which values β lies at this confidence.
    pub fn interval(&self, column: usize, confidence: f64) -> (f64, f64) {
        let reach = normal_quantile(0.5 + confidence / 2.0) * self.standard_errors[column];
        (self.coefficients[column] - reach, self.coefficients[column] + reach)
    }

    /// How well it orders customers, these or others: see [`concordance_index`].
    pub fn concordance(&self, lifetimes: &[Lifetime], covariates: &[f64]) -> Option<f64> {
        concordance_index(lifetimes, &self.risks(covariates, lifetimes.len()))
    }

    /// The log hazard ratio of every row.
    pub fn risks(&self, covariates: &[f64], rows: usize) -> Vec<f64> {
        let width = self.coefficients.len();
        (0..rows).map(|row| self.log_hazard_ratio(&covariates[row * width..(row + 1) * width])).collect()
    }

    /// Breslow's baseline: at each time the leavers over the summed hazard ratios of those still seen.
    fn cumulate(&self, lifetimes: &[Lifetime], covariates: &[f64]) -> Vec<(f64, f64)> {
        let mut rows: Vec<(Lifetime, f64)> =
            lifetimes.iter().copied().zip(self.risks(covariates, lifetimes.len()).into_iter().map(f64::exp)).collect();
        rows.sort_by(|a, b| b.0.duration.total_cmp(&a.0.duration));
        let (mut jumps, mut at_risk) = (Vec::new(), 0.0);
        for tied in rows.chunk_by(|a, b| a.0.duration == b.0.duration) {
            at_risk += tied.iter().map(|(_, ratio)| ratio).sum::<f64>();
            let ended = tied.iter().filter(|(life, _)| life.ended).count();
            if ended > 0 {
                jumps.push((tied[0].0.duration, ended as f64 / at_risk));
            }
        }
        let mut sum = 0.0;
        jumps
            .into_iter()
            .rev()
            .map(|(time, jump)| {
                sum += jump;
                (time, sum)
            })
            .collect()
    }
}

fn penalised(mut local: Local, at: &[f64], ridge: f64) -> Local {
    let width = at.len();
    for (k, beta) in at.iter().enumerate() {
        local.value -= ridge / 2.0 * beta * beta;
        local.gradient[k] -= ridge * beta;
        local.hessian[k * width + k] -= ridge;
    }
    local
}

/// Means and standard deviations of columns.
pub(super) struct Standard {
    width: usize,
    pub(super) means: Vec<f64>,
    pub(super) deviations: Vec<f64>,
    pub(super) constant: Vec<bool>,
}

impl Standard {
    pub(super) fn of(covariates: &[f64], width: usize) -> Self {
        let rows = covariates.len().checked_div(width).unwrap_or(0) as f64;
        let (mut means, mut deviations, mut constant) = (Vec::new(), Vec::new(), Vec::new());
        for column in 0..width {
            let values = || covariates.iter().skip(column).step_by(width);
            let mean = values().sum::<f64>() / rows;
            let squares: f64 = values().map(|value| (value - mean) * (value - mean)).sum();
            let first = covariates[column];
            let same = values().all(|&value| value == first);
            let deviation = (squares / (rows - 1.0).max(1.0)).sqrt();
            let usable = !same && deviation > 0.0 && deviation.is_finite();
            means.push(mean);
            deviations.push(if usable { deviation } else { 1.0 });
            constant.push(!usable);
        }
        Self { width, means, deviations, constant }
    }

    pub(super) fn apply(&self, covariates: &[f64]) -> Vec<f64> {
        let standard = |(at, value): (usize, &f64)| {
            let column = at % self.width;
            if self.constant[column] { 0.0 } else { (value - self.means[column]) / self.deviations[column] }
        };
        covariates.iter().enumerate().map(standard).collect()
    }
}
