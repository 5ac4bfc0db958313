//! Pareto/NBD: purchases at a customer's own rate, until they are gone at a moment nobody sees.
//!
//! `L = Γ(r + x) αʳ βˢ / Γ(r) · ( (α + T)^−n (β + T)^−s + s ∫ (α + y)^−n (β + y)^−(s + 1) dy )`, n = r + x, y from t_x to T: still there,
//! or gone at y.
//!
//! # Why
//! The integral is usually written as two hypergeometric functions and subtracted; they agree in ever more digits as
//! dropout becomes rare, and their derivatives have no form of their own. Here it is added up by Gauss and Legendre's
//! rule, in which slope and curvature are moments over the same nodes.

use super::future::LEGENDRE;
use super::history::{Alike, Histories, History, sum};
use crate::optimise::Local;
use crate::special::ln_rising;

/// Sums of value, four slopes and ten curvatures.
const SUMS: usize = 15;
/// Where the curvature of two parameters stands among the ten.
const PAIRS: [(usize, usize); 10] = [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (3, 0), (3, 1), (3, 2), (3, 3)];

/// The logarithm of a term, its slopes in r, α, s, β and their curvatures.
struct Term {
    log: f64,
    slopes: [f64; 4],
    bends: [f64; 10],
}

/// Log likelihood with slope and curvature in the logarithms of r, α, s, β.
pub(super) fn local(logs: &[f64], histories: &Histories) -> Local {
    let parameters = [logs[0].exp(), logs[1].exp(), logs[2].exp(), logs[3].exp()];
    let [r, alpha, s, beta] = parameters;
    let levels: Vec<[f64; 3]> = histories.frequencies().iter().map(|&x| ln_rising(r, x)).collect();
    let sums = sum(histories.groups(), |group: &Alike, sums: &mut [f64; SUMS]| {
        let (of, weight) = (&levels[group.level], group.customers);
        let (there, gone) = (there(parameters, &group.history), gone(parameters, &group.history));
        let log = added(there.log, gone.log);
        let (alive, dead) = ((there.log - log).exp(), (gone.log - log).exp());
        sums[0] += weight * (of[0] + r * alpha.ln() + s * beta.ln() + log);
        let common = [of[1] + alpha.ln(), r / alpha, beta.ln(), s / beta];
        for k in 0..4 {
            sums[1 + k] += weight * (common[k] + alive * there.slopes[k] + dead * gone.slopes[k]);
        }
        let own = [of[2], 1.0 / alpha, -r / (alpha * alpha), 0.0, 0.0, 0.0, 0.0, 0.0, 1.0 / beta, -s / (beta * beta)];
        let apart = [0, 1, 2, 3].map(|k| there.slopes[k] - gone.slopes[k]);
        for (at, (row, column)) in PAIRS.into_iter().enumerate() {
            let mixed = alive * dead * apart[row] * apart[column];
            sums[5 + at] += weight * (own[at] + alive * there.bends[at] + dead * gone.bends[at] + mixed);
        }
    });
    let (mut gradient, mut hessian) = (vec![0.0; 4], vec![0.0; 16]);
    for k in 0..4 {
        gradient[k] = parameters[k] * sums[1 + k];
    }
    for (at, (row, column)) in PAIRS.into_iter().enumerate() {
        let own = if row == column { gradient[row] } else { 0.0 };
        let value = parameters[row] * parameters[column] * sums[5 + at] + own;
        hessian[row * 4 + column] = value;
        hessian[column * 4 + row] = value;
    }
    Local { value: sums[0], gradient, hessian }
}

/// The probability that a customer with this history is still there.
pub(super) fn alive(parameters: [f64; 4], history: &History) -> f64 {
    let (there, gone) = (there(parameters, history).log, gone(parameters, history).log);
    (there - added(there, gone)).exp()
}

/// ln (eᵃ + eᵇ).
fn added(a: f64, b: f64) -> f64 {
    let (high, low) = if a > b { (a, b) } else { (b, a) };
    high + (low - high).exp().ln_1p()
}

/// (α + T)^−n (β + T)^−s.
fn there([r, alpha, s, beta]: [f64; 4], history: &History) -> Term {
    let n = r + f64::from(history.frequency);
    let (a, b) = (alpha + history.age, beta + history.age);
    Term {
        log: -n * a.ln() - s * b.ln(),
        slopes: [-a.ln(), -n / a, -b.ln(), -s / b],
        bends: [0.0, -1.0 / a, n / (a * a), 0.0, 0.0, 0.0, 0.0, 0.0, -1.0 / b, s / (b * b)],
    }
}

/// s ∫ (α + y)^−n (β + y)^−(s + 1) dy from t_x to T.
///
/// In u = ln(min(α, β) + y) the logarithm of the integrand is concave and never steeper than n + s + 1: panels over which
/// it falls by 6 at most, until nothing more is added.
fn gone([r, alpha, s, beta]: [f64; 4], history: &History) -> Term {
    let n = r + f64::from(history.frequency);
    let least = alpha.min(beta);
    let (from, to) = ((least + history.recency).ln(), (least + history.age).ln());
    let top = -n * (alpha + history.recency).ln() - (s + 1.0) * (beta + history.recency).ln() + from;
    let (mut total, mut slopes, mut products) = (0.0, [0.0; 4], [0.0; 10]);
    let panels = ((to - from) * (n + s + 1.0) / 6.0).ceil().max(1.0);
    let width = (to - from) / panels;
    let mut panel = 0.0;
    while panel < panels {
        let before = total;
        let middle = from + (panel + 0.5) * width;
        for (node, weight) in LEGENDRE {
            for side in [-1.0, 1.0] {
                let u = middle + side * node * width / 2.0;
                let y = u.exp() - least;
                let (a, b) = (alpha + y, beta + y);
                let (ln_a, ln_b) = if alpha < beta { (u, b.ln()) } else { (a.ln(), u) };
                let share = weight * (-n * ln_a - (s + 1.0) * ln_b + u - top).exp();
                let slope = [-ln_a, -n / a, -ln_b, -(s + 1.0) / b];
                total += share;
                for (sum, slope) in slopes.iter_mut().zip(slope) {
                    *sum += share * slope;
                }
                for (sum, (row, column)) in products.iter_mut().zip(PAIRS) {
                    *sum += share * slope[row] * slope[column];
                }
                products[1] -= share / a;
                products[2] += share * n / (a * a);
                products[8] -= share / b;
                products[9] += share * (s + 1.0) / (b * b);
            }
        }
        panel += 1.0;
        if total - before <= 1e-16 * total {
            break;
        }
    }
    if total <= 0.0 || width <= 0.0 {
        return Term { log: f64::NEG_INFINITY, slopes: [0.0; 4], bends: [0.0; 10] };
    }
    let mut slopes = slopes.map(|sum| sum / total);
    let mut bends = [0.0; 10];
    for (at, (row, column)) in PAIRS.into_iter().enumerate() {
        bends[at] = products[at] / total - slopes[row] * slopes[column];
    }
    slopes[2] += 1.0 / s;
    bends[5] -= 1.0 / (s * s);
    Term { log: s.ln() + top + (total * width / 2.0).ln(), slopes, bends }
}
