//! The hazard period by period, with properties that change from one to the next.
//!
//! A row is one customer in one period they began: their covariates as they stood then, and whether they left in it.

use super::cox::Standard;
use super::{Lifetime, Unfit};
use crate::special::normal_below;
use crate::symmetric::Cholesky;

/// Rows of customers and periods.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersonPeriods {
    /// Which period, from 1.
    pub period: Vec<u32>,
    /// Whether the customer left in it.
    pub ended: Vec<bool>,
    /// Row by row, `width` each: what was known when the period began.
    pub covariates: Vec<f64>,
    /// Covariates of a row.
    pub width: usize,
}

impl PersonPeriods {
    /// Spreads lifetimes over the periods they lasted, with covariates that do not change: a duration of 3 becomes rows
    /// for periods 1, 2 and 3.
    ///
    /// # Edges
    /// Durations are rounded up to whole periods; one of 0 gives no row.
    pub fn of_lifetimes(lifetimes: &[Lifetime], covariates: &[f64], width: usize) -> Self {
        let mut rows = Self { width, ..Self::default() };
        for (at, life) in lifetimes.iter().enumerate() {
            let last = life.duration.ceil().clamp(0.0, f64::from(u32::MAX)) as u32;
            for period in 1..=last {
                rows.push(period, life.ended && period == last, &covariates[at * width..(at + 1) * width]);
            }
        }
        rows
    }

    /// Adds a row. Panics if it has another number of covariates.
    pub fn push(&mut self, period: u32, ended: bool, covariates: &[f64]) {
        assert_eq!(covariates.len(), self.width, "every row has the same covariates");
        self.period.push(period);
        self.ended.push(ended);
        self.covariates.extend_from_slice(covariates);
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.period.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.period.is_empty()
    }
}

/// How the hazard of a period grows with the linear score η.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// `h = 1 − exp(−exp η)`: Cox's model, seen period by period; coefficients are logs of hazard ratios.
    #[default]
    LogLog,
    /// `h = 1 / (1 + exp(−η))`: coefficients are logs of odds ratios.
    Logit,
}

impl Link {
    /// Hazard, its slope in η, and the log likelihood of a row.
    fn at(self, eta: f64, ended: bool) -> (f64, f64, f64) {
        match self {
            Link::LogLog => {
                let rate = eta.min(30.0).exp();
                let hazard = -(-rate).exp_m1();
                let log = if ended { hazard.max(f64::MIN_POSITIVE).ln() } else { -rate };
                (hazard, rate * (-rate).exp(), log)
            }
            Link::Logit => {
                let hazard = 1.0 / (1.0 + (-eta).exp());
                let signed = if ended { eta } else { -eta };
                let log = if signed > 0.0 { -(-signed).exp().ln_1p() } else { signed - signed.exp().ln_1p() };
                (hazard, hazard * (1.0 - hazard), log)
            }
        }
    }

    fn of(self, hazard: f64) -> f64 {
        match self {
            Link::LogLog => (-(-hazard).ln_1p()).ln(),
            Link::Logit => (hazard / (1.0 - hazard)).ln(),
        }
    }
}

/// A customer's hazards from one period on, and the share that stays through each.
#[derive(Clone, Debug, PartialEq)]
pub struct HazardPath {
    /// The probability of leaving in each period, given the customer began it.
    pub hazards: Vec<f64>,
    /// The probability of staying through it and all before.
    pub survival: Vec<f64>,
}

/// The share that stays through each period: `S(t) = ∏_{k ≤ t} (1 − h(k))`.
///
/// # Example
/// ```
/// let stays = estimators::survival::survival_of_hazards(&[0.05, 0.08, 0.10]);
/// assert!((stays[2] - 0.7866).abs() < 1e-12);
/// ```
pub fn survival_of_hazards(hazards: &[f64]) -> Vec<f64> {
    let stays = hazards.iter().scan(1.0, |stays, hazard| {
        *stays *= 1.0 - hazard;
        Some(*stays)
    });
    stays.collect()
}

/// How likely a customer is to leave in a period they began: a level for each period, moved by covariates.
///
/// `link(h) = γ_period + Σ βₖ xₖ`, by maximum likelihood over all rows. Covariates may change from period to period,
/// which is what makes it usable with indicators measured as of the start of each.
///
/// # Source
/// Prentice & Gloeckler (1978), *Biometrics* 34, 57–67; Singer & Willett (1993), *J. Educational Statistics* 18,
/// 155–195.
#[derive(Clone, Debug)]
pub struct DiscreteHazard {
    /// How η becomes a hazard.
    pub link: Link,
    /// βₖ, in the columns' own units.
    pub coefficients: Vec<f64>,
    /// Standard errors, from the expected information.
    pub standard_errors: Vec<f64>,
    /// Periods that occur, ascending, each with γ; −∞ where nobody left in it.
    pub levels: Vec<(u32, f64)>,
    /// Log likelihood of all rows, without the penalty.
    pub log_likelihood: f64,
}

/// The rows as the fit walks them, and the state it has reached.
struct Fit<'a> {
    rows: &'a PersonPeriods,
    /// Index into the levels of each row; none where nobody left in the period.
    level_of: Vec<Option<usize>>,
    covariates: Vec<f64>,
    link: Link,
    ridge: f64,
    levels: Vec<f64>,
    coefficients: Vec<f64>,
}

/// Score and information: levels meet each other nowhere, so theirs is a diagonal.
struct Normal {
    value: f64,
    level_score: Vec<f64>,
    level_weight: Vec<f64>,
    score: Vec<f64>,
    cross: Vec<f64>,
    information: Vec<f64>,
}

impl DiscreteHazard {
    /// Fits; `penalty` is a ridge as in [`CoxOptions`](super::CoxOptions), per row.
    ///
    /// # Edges
    /// A period in which nobody left has hazard 0, whatever the covariates: its rows say nothing about them. Errors as
    /// for Cox's model.
    pub fn fit(rows: &PersonPeriods, link: Link, penalty: f64) -> Result<Self, Unfit> {
        let width = rows.width;
        if rows.is_empty() {
            return Err(Unfit::Empty);
        }
        if let Some(at) = rows.covariates.iter().position(|value| !value.is_finite()) {
            return Err(Unfit::BadCovariate { row: at / width, column: at % width });
        }
        let (periods, counts) = counted(rows);
        if counts.iter().all(|&(_, ended)| ended == 0.0) {
            return Err(Unfit::NobodyLeft);
        }
        let scale = Standard::of(&rows.covariates, width);
        if let Some(column) = scale.constant.iter().position(|&constant| constant)
            && penalty == 0.0
        {
            return Err(Unfit::Constant { column });
        }
        let mut alive = Vec::new();
        let mut index = vec![None; periods.len()];
        for (at, &(began, ended)) in counts.iter().enumerate() {
            if ended > 0.0 {
                index[at] = Some(alive.len());
                alive.push(link.of((ended / began).min(1.0 - 1e-9)));
            }
        }
        let level_of =
            rows.period.iter().map(|period| index[periods.partition_point(|other| other < period)]).collect();
        let mut fit = Fit {
            rows,
            level_of,
            covariates: scale.apply(&rows.covariates),
            link,
            ridge: penalty * rows.len() as f64,
            levels: alive,
            coefficients: vec![0.0; width],
        };
        let (value, covariance) = fit.run()?;
        let shift: f64 =
            fit.coefficients.iter().zip(scale.means.iter().zip(&scale.deviations)).map(|(b, (m, s))| b * m / s).sum();
        let level = |at: usize| index[at].map_or(f64::NEG_INFINITY, |k: usize| fit.levels[k] - shift);
        Ok(Self {
            link,
            coefficients: fit.coefficients.iter().zip(&scale.deviations).map(|(beta, sd)| beta / sd).collect(),
            standard_errors: (0..width).map(|k| covariance[k * width + k].sqrt() / scale.deviations[k]).collect(),
            levels: periods.iter().enumerate().map(|(at, &period)| (period, level(at))).collect(),
            log_likelihood: value,
        })
    }

    /// The probability that a customer who begins a period leaves in it.
    ///
    /// # Edges
    /// `None` for a period that no row was about.
    pub fn hazard(&self, period: u32, covariates: &[f64]) -> Option<f64> {
        let at = self.levels.binary_search_by_key(&period, |&(period, _)| period).ok()?;
        let level = self.levels[at].1;
        if level == f64::NEG_INFINITY {
            return Some(0.0);
        }
        let eta = level + self.coefficients.iter().zip(covariates).map(|(beta, x)| beta * x).sum::<f64>();
        Some(self.link.at(eta, true).0)
    }

    /// Hazards and shares from period `from` on, with a row of covariates for each period as far as they are known.
    ///
    /// # Edges
    /// Ends before the first period that no row was about.
    pub fn path(&self, from: u32, covariates: &[Vec<f64>]) -> HazardPath {
        let hazards: Vec<f64> =
            covariates.iter().zip(from..).map_while(|(row, period)| self.hazard(period, row)).collect();
        HazardPath { survival: survival_of_hazards(&hazards), hazards }
    }

    /// β / standard error, and how likely one as far from 0 is if β is 0.
    pub fn z_and_p(&self, column: usize) -> (f64, f64) {
        let z = self.coefficients[column] / self.standard_errors[column];
        (z, 2.0 * normal_below(-z.abs()))
    }
}

/// The periods that occur, ascending, with how many began and left in each.
fn counted(rows: &PersonPeriods) -> (Vec<u32>, Vec<(f64, f64)>) {
    let mut periods = rows.period.clone();
    periods.sort_unstable();
    periods.dedup();
    let mut counts = vec![(0.0, 0.0); periods.len()];
    for (period, &ended) in rows.period.iter().zip(&rows.ended) {
        let count = &mut counts[periods.partition_point(|other| other < period)];
        count.0 += 1.0;
        count.1 += f64::from(u8::from(ended));
    }
    (periods, counts)
}

impl Fit<'_> {
    /// Iterates to the best levels and coefficients; their log likelihood and the covariance of the coefficients.
    fn run(&mut self) -> Result<(f64, Vec<f64>), Unfit> {
        let width = self.rows.width;
        let mut normal = self.normal();
        for _ in 0..100 {
            let schur = normal.without_levels(width);
            let factor = Cholesky::dependent(&schur.1, width).map_err(|column| Unfit::Dependent { column })?;
            let by = factor.solve(&schur.0);
            let levels = normal.levels_given(&by, width);
            let promised: f64 =
                by.iter().zip(&normal.score).chain(levels.iter().zip(&normal.level_score)).map(|(b, s)| b * s).sum();
            let (before, value) = ((self.levels.clone(), self.coefficients.clone()), normal.value);
            let mut share = 1.0;
            loop {
                self.levels = before.0.iter().zip(&levels).map(|(at, by)| at + share * by).collect();
                self.coefficients = before.1.iter().zip(&by).map(|(at, by)| at + share * by).collect();
                normal = self.normal();
                if normal.value >= value - 1e-12 * value.abs() {
                    break;
                }
                share /= 2.0;
                if share < 1e-9 {
                    return Err(Unfit::NotConverged);
                }
            }
            if promised.abs() < 1e-10 {
                let (_, information) = normal.without_levels(width);
                let factor = Cholesky::dependent(&information, width).map_err(|column| Unfit::Dependent { column })?;
                let penalty: f64 = self.coefficients.iter().map(|beta| self.ridge / 2.0 * beta * beta).sum();
                return Ok((normal.value + penalty, factor.inverse()));
            }
        }
        Err(Unfit::NotConverged)
    }

    fn normal(&self) -> Normal {
        let (width, count) = (self.rows.width, self.levels.len());
        let mut normal = Normal {
            value: 0.0,
            level_score: vec![0.0; count],
            level_weight: vec![0.0; count],
            score: vec![0.0; width],
            cross: vec![0.0; count * width],
            information: vec![0.0; width * width],
        };
        for (row, level) in self.level_of.iter().enumerate() {
            let Some(level) = *level else { continue };
            let x = &self.covariates[row * width..(row + 1) * width];
            let eta = self.levels[level] + x.iter().zip(&self.coefficients).map(|(x, b)| x * b).sum::<f64>();
            let (hazard, slope, log) = self.link.at(eta, self.rows.ended[row]);
            let spread = (hazard * (1.0 - hazard)).max(1e-300);
            let miss = f64::from(u8::from(self.rows.ended[row])) - hazard;
            let (pull, weight) = (miss * slope / spread, slope * slope / spread);
            normal.value += log;
            normal.level_score[level] += pull;
            normal.level_weight[level] += weight;
            for a in 0..width {
                normal.score[a] += pull * x[a];
                normal.cross[level * width + a] += weight * x[a];
                for b in 0..=a {
                    normal.information[a * width + b] += weight * x[a] * x[b];
                }
            }
        }
        for (k, beta) in self.coefficients.iter().enumerate() {
            normal.value -= self.ridge / 2.0 * beta * beta;
            normal.score[k] -= self.ridge * beta;
            normal.information[k * width + k] += self.ridge;
        }
        normal
    }
}

impl Normal {
    /// A period in which everybody leaves has a level without bound: below this weight it is left where it is.
    const SETTLED: f64 = 1e-9;

    /// Score and information of the coefficients once the levels follow them.
    fn without_levels(&self, width: usize) -> (Vec<f64>, Vec<f64>) {
        let (mut score, mut information) = (self.score.clone(), self.information.clone());
        for (level, &weight) in self.level_weight.iter().enumerate() {
            if weight < Self::SETTLED {
                continue;
            }
            let cross = &self.cross[level * width..(level + 1) * width];
            for a in 0..width {
                score[a] -= cross[a] * self.level_score[level] / weight;
                for b in 0..=a {
                    information[a * width + b] -= cross[a] * cross[b] / weight;
                }
            }
        }
        (score, information)
    }

    /// The step of the levels that goes with a step of the coefficients.
    fn levels_given(&self, by: &[f64], width: usize) -> Vec<f64> {
        let of_level = |level: usize| {
            if self.level_weight[level] < Self::SETTLED {
                return 0.0;
            }
            let cross = &self.cross[level * width..(level + 1) * width];
            let taken: f64 = cross.iter().zip(by).map(|(cross, by)| cross * by).sum();
            (self.level_score[level] - taken) / self.level_weight[level]
        };
        (0..self.level_weight.len()).map(of_level).collect()
    }
}
