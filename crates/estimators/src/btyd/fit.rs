//! Fitting the models of purchases: where to start, where it ends, how sure it is, and what the data do not say.

use std::fmt;

use super::dropout::{self, First};
use super::history::{Alike, Histories, History, sum};
use super::pareto;
use crate::optimise::{Local, Search, Summit, climb};
use crate::special::{ln_rising, normal_quantile};
use crate::symmetric::Cholesky;

/// How purchases come and customers drop out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Model {
    /// Drops out after a repeat purchase with a probability of the customer's own, Beta(a, b) over customers; buys at a
    /// rate Gamma(r, α). Fader, Hardie & Lee (2005), *Marketing Science* 24(2), 275–284, equation 6.
    BgNbd,
    /// As BG/NBD, but the first purchase may be the last. Batislam, Denizel & Filiztekin (2007), *Int. J. Research in
    /// Marketing* 24(3), 201–209.
    MbgNbd,
    /// Drops out at any moment at a rate Gamma(s, β); buys at a rate Gamma(r, α). Schmittlein, Morrison & Colombo (1987),
    /// *Management Science* 33(1), 1–24, in the form of Fader & Hardie (2005).
    ParetoNbd,
    /// Never drops out; buys at a rate Gamma(r, α). Ehrenberg (1959).
    Nbd,
}

impl Model {
    /// Names of its parameters, in their order.
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            Model::BgNbd | Model::MbgNbd => &["r", "alpha", "a", "b"],
            Model::ParetoNbd => &["r", "alpha", "s", "beta"],
            Model::Nbd => &["r", "alpha"],
        }
    }

    /// Which parameters are times.
    fn times(self) -> &'static [bool] {
        match self {
            Model::BgNbd | Model::MbgNbd => &[false, true, false, false],
            Model::ParetoNbd => &[false, true, false, true],
            Model::Nbd => &[false, true],
        }
    }

    /// The logarithm of how likely these histories are, at parameters in the order of [`Model::parameters`].
    ///
    /// # Edges
    /// Panics if there are not that many parameters or one is not above 0: our own bug.
    pub fn log_likelihood(self, parameters: &[f64], histories: &Histories) -> f64 {
        assert_eq!(parameters.len(), self.parameters().len(), "a number for each parameter");
        assert!(parameters.iter().all(|value| *value > 0.0), "parameters are above 0");
        let logs: Vec<f64> = parameters.iter().map(|value| value.ln()).collect();
        self.local(&logs, histories).value
    }

    fn local(self, logs: &[f64], histories: &Histories) -> Local {
        match self {
            Model::BgNbd => dropout::local(First::Stays, logs, histories),
            Model::MbgNbd => dropout::local(First::MayBeLast, logs, histories),
            Model::ParetoNbd => pareto::local(logs, histories),
            Model::Nbd => never(logs, histories),
        }
    }

    /// Where the search may begin, in logarithms, for customers whose mean age is 1 and who buy `rate` times in it.
    fn starts(self, rate: f64) -> Vec<Vec<f64>> {
        let purchases = [(0.3, 0.5), (1.5, 1.0)].map(|(r, slower): (f64, f64)| (r, r / rate * slower));
        let dropouts: &[(f64, f64)] = match self {
            Model::BgNbd | Model::MbgNbd => &[(0.8, 2.5), (0.1, 4.0), (3.0, 20.0)],
            Model::ParetoNbd => &[(0.6, 0.4), (0.3, 2.0), (2.0, 1.0)],
            Model::Nbd => return purchases.iter().map(|(r, alpha)| vec![r.ln(), alpha.ln()]).collect(),
        };
        let pairs = purchases.iter().flat_map(|purchase| dropouts.iter().map(move |dropout| (purchase, dropout)));
        pairs.map(|((r, alpha), (a, b))| vec![r.ln(), alpha.ln(), a.ln(), b.ln()]).collect()
    }
}

/// Why nothing could be fitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is no customer.
    Empty,
    /// The history of this row (from 0) contradicts itself.
    BadHistory {
        /// Which row.
        row: usize,
    },
    /// Nobody ever bought again: nothing can be learnt about buying again.
    NobodyBoughtAgain,
    /// Everybody was first seen at the very end: no time has passed.
    NoTimePassed,
    /// The search for the most likely parameters did not end.
    NotConverged,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Empty => f.write_str("there are no customers"),
            Unfit::BadHistory { row } => write!(f, "the history of row {row} contradicts itself"),
            Unfit::NobodyBoughtAgain => f.write_str("nobody ever bought again"),
            Unfit::NoTimePassed => f.write_str("no time has passed since the first purchases"),
            Unfit::NotConverged => f.write_str("the most likely parameters were not found"),
        }
    }
}

impl std::error::Error for Unfit {}

/// Something a model has parameters for and the data do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotIdentified {
    /// Whether anybody drops out: a model in which nobody ever does fits (nearly) as well.
    Dropout,
    /// Whether customers differ in how easily they drop out.
    DropoutDifferences,
    /// Whether customers differ in how often they buy.
    RateDifferences,
}

/// One fitted parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Its name.
    pub name: &'static str,
    /// Its value, above 0.
    pub value: f64,
    /// Standard error; none where the data do not hold the parameter.
    pub standard_error: Option<f64>,
    /// Between which values it lies with 95 % confidence (symmetric in its logarithm).
    pub interval: Option<(f64, f64)>,
}

/// A fitted model of purchases.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// Which.
    pub model: Model,
    /// Its parameters, in the order of [`Model::parameters`].
    pub estimates: Vec<Estimate>,
    /// The log likelihood there.
    pub log_likelihood: f64,
    /// That of [`Model::Nbd`] on the same customers, in which nobody drops out.
    pub without_dropout: f64,
    /// What the data do not say.
    pub not_identified: Vec<NotIdentified>,
    /// How many customers it was fitted to.
    pub customers: f64,
    /// Steps of the last search.
    pub steps: u32,
}

impl Fitted {
    /// The parameters alone.
    pub fn parameters(&self) -> Vec<f64> {
        self.estimates.iter().map(|estimate| estimate.value).collect()
    }

    /// The probability that a customer with this history is still there. Never a churn score: see the module.
    pub fn alive(&self, history: &History) -> f64 {
        alive(self.model, &self.parameters(), history)
    }
}

/// The probability that a customer with this history is still there, at these parameters.
pub(super) fn alive(model: Model, parameters: &[f64], history: &History) -> f64 {
    match model {
        Model::BgNbd => dropout::alive(First::Stays, four(parameters), history),
        Model::MbgNbd => dropout::alive(First::MayBeLast, four(parameters), history),
        Model::ParetoNbd => pareto::alive(four(parameters), history),
        Model::Nbd => 1.0,
    }
}

/// Searched within these logarithms, in units of the mean age: beyond them a distribution is a point or nothing.
const WITHIN: (f64, f64) = (-12.0, 12.0);
/// Histories on which starts are compared.
const SAMPLE: usize = 1500;
/// Twice the gain in log likelihood by which a dropout that is there exceeds none in 95 of 100 cases.
const GAIN: f64 = 3.84;
/// A parameter whose logarithm is uncertain by more than this is not held by the data.
const HELD: f64 = 1.5;

/// How do these customers buy, and do they drop out?
///
/// Maximises the likelihood of the histories over the logarithms of the parameters. Several starts are tried on a sample
/// of histories; the best is climbed on from on all of them, by Newton's method with exact derivatives. Time is measured in mean ages meanwhile, so its unit changes α and β only.
///
/// # Edges
/// * Data that do not identify dropout give finite parameters and say so in [`Fitted::not_identified`].
/// * No customer, nobody who bought again, no time passed: an error.
///
/// # Source
/// See [`Model`]. Standard errors from the curvature at the top, carried over from the logarithms: se(θ) = θ · se(ln θ).
pub fn fit(model: Model, histories: &Histories) -> Result<Fitted, Unfit> {
    let unit = histories.watched() / histories.customers();
    if unit.is_nan() || unit <= 0.0 {
        return Err(Unfit::NoTimePassed);
    }
    if histories.repeats() == 0.0 {
        return Err(Unfit::NobodyBoughtAgain);
    }
    let scaled = histories.scaled(unit);
    // Densities of purchase times change with the unit of time, once for each repeat purchase.
    let by_unit = histories.repeats() * unit.ln();
    let summit = best(model, &scaled)?;
    let without_dropout = match model {
        Model::Nbd => summit.local.value,
        _ => best(Model::Nbd, &scaled)?.local.value,
    };
    let (estimates, errors) = estimates(model, &summit, unit);
    let not_identified = not_identified(model, &summit, &errors, 2.0 * (summit.local.value - without_dropout));
    Ok(Fitted {
        model,
        estimates,
        log_likelihood: summit.local.value - by_unit,
        without_dropout: without_dropout - by_unit,
        not_identified,
        customers: histories.customers(),
        steps: summit.steps,
    })
}

/// The highest point found from several starts.
fn best(model: Model, histories: &Histories) -> Result<Summit, Unfit> {
    let search = Search { within: WITHIN, steps: 300, gain: 1e-9 };
    let rate = histories.repeats() / histories.customers();
    let sample = histories.sample(SAMPLE);
    let coarse = Search { steps: 60, gain: 1e-4, ..search };
    let mut tried: Vec<Summit> =
        model.starts(rate).iter().map(|start| climb(start, &coarse, |logs| model.local(logs, &sample))).collect();
    tried.retain(|summit| summit.local.value.is_finite());
    tried.sort_by(|a, b| b.local.value.total_cmp(&a.local.value));
    let mut found: Option<Summit> = None;
    for start in tried {
        let summit = climb(&start.at, &search, |logs| model.local(logs, histories));
        let better = found.as_ref().is_none_or(|found| summit.local.value > found.local.value);
        let done = summit.converged;
        if better && summit.local.value.is_finite() {
            found = Some(summit);
        }
        if done {
            break;
        }
    }
    found.filter(|summit| summit.converged).ok_or(Unfit::NotConverged)
}

/// Parameters in the caller's unit of time, and the errors of their logarithms.
fn estimates(model: Model, summit: &Summit, unit: f64) -> (Vec<Estimate>, Vec<Option<f64>>) {
    let errors = log_errors(summit);
    let reach = normal_quantile(0.975);
    let estimates = model
        .parameters()
        .iter()
        .enumerate()
        .map(|(k, name)| {
            let scale = if model.times()[k] { unit } else { 1.0 };
            let value = summit.at[k].exp() * scale;
            let held = errors[k].filter(|error| *error <= HELD);
            Estimate {
                name,
                value,
                standard_error: held.map(|error| value * error),
                interval: held.map(|error| (value * (-reach * error).exp(), value * (reach * error).exp())),
            }
        })
        .collect();
    (estimates, errors)
}

/// Standard errors of the logarithms; none for parameters on the border, or where the curvature is flat.
fn log_errors(summit: &Summit) -> Vec<Option<f64>> {
    let size = summit.at.len();
    let free: Vec<usize> = (0..size).filter(|&k| !summit.at_border[k]).collect();
    let mut errors = vec![None; size];
    let picked: Vec<f64> = free
        .iter()
        .flat_map(|&row| free.iter().map(move |&column| -summit.local.hessian[row * size + column]))
        .collect();
    if let Some(factor) = Cholesky::of(&picked, free.len()) {
        let inverse = factor.inverse();
        for (at, &k) in free.iter().enumerate() {
            errors[k] = Some(inverse[at * free.len() + at].sqrt());
        }
    }
    errors
}

fn not_identified(model: Model, summit: &Summit, errors: &[Option<f64>], gain: f64) -> Vec<NotIdentified> {
    let loose = |k: usize| errors[k].is_none_or(|error| error > HELD);
    let mut found = Vec::new();
    if model != Model::Nbd {
        let none_or_all = summit.at[2] <= WITHIN.0 + 4.0 && gain < 2.0 * GAIN;
        if gain < GAIN || none_or_all {
            found.push(NotIdentified::Dropout);
        } else if loose(2) || loose(3) {
            found.push(NotIdentified::DropoutDifferences);
        }
    }
    if loose(0) || loose(1) {
        found.push(NotIdentified::RateDifferences);
    }
    found
}

/// The likelihood of [`Model::Nbd`]: Γ(r + x) / Γ(r) · αʳ (α + T)^−(r + x).
fn never(logs: &[f64], histories: &Histories) -> Local {
    let (r, alpha) = (logs[0].exp(), logs[1].exp());
    let levels: Vec<[f64; 3]> = histories.frequencies().iter().map(|&x| ln_rising(r, x)).collect();
    let sums = sum(histories.groups(), |group: &Alike, sums: &mut [f64; 6]| {
        let (of, weight) = (&levels[group.level], group.customers);
        let (total, power) = (alpha + group.history.age, r + f64::from(group.history.frequency));
        sums[0] += weight * (of[0] + r * alpha.ln() - power * total.ln());
        sums[1] += weight * (of[1] + alpha.ln() - total.ln());
        sums[2] += weight * (r / alpha - power / total);
        sums[3] += weight * of[2];
        sums[4] += weight * (1.0 / alpha - 1.0 / total);
        sums[5] += weight * (power / (total * total) - r / (alpha * alpha));
    });
    let mixed = r * alpha * sums[4];
    Local {
        value: sums[0],
        gradient: vec![r * sums[1], alpha * sums[2]],
        hessian: vec![r * r * sums[3] + r * sums[1], mixed, mixed, alpha * alpha * sums[5] + alpha * sums[2]],
    }
}

/// Exactly four parameters; the callers' models have four.
pub(super) fn four(parameters: &[f64]) -> [f64; 4] {
    [parameters[0], parameters[1], parameters[2], parameters[3]]
}
