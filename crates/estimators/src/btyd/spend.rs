//! What a purchase is worth to a customer, given the few that were seen.

use super::fit::{Estimate, Unfit};
use super::history::sum;
use crate::optimise::{Local, Search, climb, highest};
use crate::special::{digamma, ln_gamma, normal_quantile, trigamma};
use crate::symmetric::Cholesky;

/// What a customer spent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    /// Purchases it is the mean of (repeat purchases by custom), at least 1.
    pub purchases: u32,
    /// Mean amount of a purchase, above 0.
    pub mean: f64,
}

/// How much customers spend per purchase: amounts Gamma(p, ν) around a customer's own level, ν ~ Gamma(q, v) over
/// customers, independent of how often they buy.
///
/// # Source
/// Fader, Hardie & Lee (2005), *J. Marketing Research* 42(4), 415–430; Fader & Hardie (2013), "The Gamma-Gamma Model of
/// Monetary Value", equations 1a and 5.
#[derive(Clone, Debug)]
pub struct GammaGamma {
    /// p, q, v with their errors; v is an amount.
    pub estimates: Vec<Estimate>,
    /// The log likelihood there.
    pub log_likelihood: f64,
    /// Customers it was fitted to.
    pub customers: usize,
    /// Correlation between purchases and mean amount, which the model takes to be 0; none if either is constant.
    pub correlation: Option<f64>,
}

/// Names of the parameters.
const NAMES: [&str; 3] = ["p", "q", "v"];

impl GammaGamma {
    /// Fits to customers with at least one purchase of an amount above 0.
    ///
    /// # Edges
    /// * A customer with no purchase, or an amount that is no number or not above 0, is an error that names the row.
    /// * Fewer than 3 customers, or all of the same amount: [`Unfit::NotConverged`].
    pub fn fit(spends: &[Spend]) -> Result<Self, Unfit> {
        if spends.is_empty() {
            return Err(Unfit::Empty);
        }
        let wrong = |spend: &Spend| spend.purchases == 0 || !spend.mean.is_finite() || spend.mean <= 0.0;
        if let Some(row) = spends.iter().position(wrong) {
            return Err(Unfit::BadHistory { row });
        }
        if spends.len() < 3 || spends.iter().all(|spend| spend.mean == spends[0].mean) {
            return Err(Unfit::NotConverged);
        }
        let unit = spends.iter().map(|spend| spend.mean).sum::<f64>() / spends.len() as f64;
        let mut scaled: Vec<Spend> = spends.iter().map(|spend| Spend { mean: spend.mean / unit, ..*spend }).collect();
        scaled.sort_unstable_by(|a, b| a.purchases.cmp(&b.purchases).then(a.mean.total_cmp(&b.mean)));
        let levels = Levels::of(&scaled);
        let search = Search { within: (-12.0, 12.0), steps: 300, gain: 1e-9 };
        let starts = [[1.0, 3.0, 1.0], [6.0, 4.0, 0.5], [1.0, 1.2, 0.2], [20.0, 20.0, 1.0]];
        let climbed = starts.map(|start: [f64; 3]| climb(&start.map(f64::ln), &search, |logs| levels.local(logs)));
        let summit = highest(climbed).ok_or(Unfit::NotConverged)?;
        let covariance = Cholesky::of(&summit.local.information(), 3).map(|factor| factor.inverse());
        let reach = normal_quantile(0.975);
        let estimate = |k: usize| {
            let value = summit.at[k].exp() * if k == 2 { unit } else { 1.0 };
            let error = covariance.as_ref().map(|covariance| covariance[k * 4].sqrt()).filter(|error| *error < 1.5);
            Estimate {
                name: NAMES[k],
                value,
                standard_error: error.map(|error| value * error),
                interval: error.map(|error| (value * (-reach * error).exp(), value * (reach * error).exp())),
            }
        };
        Ok(Self {
            estimates: (0..3).map(estimate).collect(),
            // A density of amounts, once for each customer's mean.
            log_likelihood: summit.local.value - spends.len() as f64 * unit.ln(),
            customers: spends.len(),
            correlation: correlation(spends),
        })
    }

    /// p, q, v.
    pub fn parameters(&self) -> [f64; 3] {
        [self.estimates[0].value, self.estimates[1].value, self.estimates[2].value]
    }

    /// The mean amount expected of a customer: `p (v + x m) / (p x + q − 1)`, between their own mean and everybody's.
    ///
    /// # Edges
    /// Without a purchase that of the average customer, see [`GammaGamma::population_mean`]. `None` where the mean is
    /// infinite (p x + q ≤ 1).
    pub fn expected(&self, spend: Option<Spend>) -> Option<f64> {
        let Some(spend) = spend else { return self.population_mean() };
        let [p, q, v] = self.parameters();
        let x = f64::from(spend.purchases);
        let below = p * x + q - 1.0;
        (below > 0.0).then(|| p * (v + x * spend.mean) / below)
    }

    /// The mean amount of the average customer, `p v / (q − 1)`.
    ///
    /// # Edges
    /// `None` for q ≤ 1: a few customers would spend without bound, and the mean has no value.
    pub fn population_mean(&self) -> Option<f64> {
        let [p, q, v] = self.parameters();
        (q > 1.0).then(|| p * v / (q - 1.0))
    }
}

/// Spends by number of purchases, with what of the likelihood depends on that number alone left to each evaluation.
struct Levels {
    /// Purchases and the mean of each customer.
    rows: Vec<(usize, f64)>,
    purchases: Vec<u32>,
}

impl Levels {
    fn of(sorted: &[Spend]) -> Self {
        let mut purchases: Vec<u32> = sorted.iter().map(|spend| spend.purchases).collect();
        purchases.dedup();
        let mut level = 0;
        let mut rows = Vec::with_capacity(sorted.len());
        for spend in sorted {
            if purchases[level] != spend.purchases {
                level += 1;
            }
            rows.push((level, spend.mean));
        }
        Self { rows, purchases }
    }

    fn local(&self, logs: &[f64]) -> Local {
        let [p, q, v] = [logs[0].exp(), logs[1].exp(), logs[2].exp()];
        let of_level = |&purchases: &u32| {
            let x = f64::from(purchases);
            let (all, own) = (p * x + q, p * x);
            let value = ln_gamma(all) - ln_gamma(own) - ln_gamma(q) + q * v.ln() + own * x.ln();
            [x, value, digamma(all), digamma(own), trigamma(all), trigamma(own)]
        };
        let table: Vec<[f64; 6]> = self.purchases.iter().map(of_level).collect();
        let (digamma_q, trigamma_q, ln_v) = (digamma(q), trigamma(q), v.ln());
        let sums = sum(&self.rows, |&(level, mean): &(usize, f64), sums: &mut [f64; 10]| {
            let [x, value, di_all, di_own, tri_all, tri_own] = table[level];
            let total = v + mean * x;
            let (ln_total, ln_mean, power) = (total.ln(), mean.ln(), p * x + q);
            sums[0] += value + (p * x - 1.0) * ln_mean - power * ln_total;
            sums[1] += x * (di_all - di_own + ln_mean + x.ln() - ln_total);
            sums[2] += di_all - digamma_q + ln_v - ln_total;
            sums[3] += q / v - power / total;
            sums[4] += x * x * (tri_all - tri_own);
            sums[5] += x * tri_all;
            sums[6] += -x / total;
            sums[7] += tri_all - trigamma_q;
            sums[8] += 1.0 / v - 1.0 / total;
            sums[9] += power / (total * total) - q / (v * v);
        });
        let natural = [p, q, v];
        let gradient: Vec<f64> = (0..3).map(|k| natural[k] * sums[1 + k]).collect();
        let second = [[4, 5, 6], [5, 7, 8], [6, 8, 9]];
        let mut hessian = vec![0.0; 9];
        for row in 0..3 {
            for column in 0..3 {
                let own = if row == column { gradient[row] } else { 0.0 };
                hessian[row * 3 + column] = natural[row] * natural[column] * sums[second[row][column]] + own;
            }
        }
        Local { value: sums[0], gradient, hessian }
    }
}

fn correlation(spends: &[Spend]) -> Option<f64> {
    let count = spends.len() as f64;
    let mean = |of: fn(&Spend) -> f64| spends.iter().map(of).sum::<f64>() / count;
    let (x_mean, m_mean) = (mean(|spend| f64::from(spend.purchases)), mean(|spend| spend.mean));
    let (mut xx, mut mm, mut xm) = (0.0, 0.0, 0.0);
    for spend in spends {
        let (x, m) = (f64::from(spend.purchases) - x_mean, spend.mean - m_mean);
        xx += x * x;
        mm += m * m;
        xm += x * m;
    }
    (xx > 0.0 && mm > 0.0).then(|| xm / (xx * mm).sqrt())
}
