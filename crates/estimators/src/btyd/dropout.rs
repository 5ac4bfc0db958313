//! Models in which a customer drops out right after a purchase: BG/NBD, and its sister MBG/NBD in which the first
//! purchase may already be the last.
//!
//! Both are sums of two terms, "still there" and "gone since the last purchase":
//! `L = Γ(r + x) αʳ / Γ(r) · ( B(a, b + k) / B(a, b) · (α + T)^−(r + x) + B(a + 1, b + k − 1) / B(a, b) · (α + t_x)^−(r + x) )`
//! where k counts the chances to drop out that were survived: x for BG/NBD (which has no second term for x = 0), x + 1
//! for MBG/NBD. All derivatives are exact; what depends on x alone is tabulated.

use super::history::{Alike, Histories, History, sum};
use crate::optimise::Local;
use crate::special::ln_rising;

/// Whether the first purchase is a chance to drop out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// BG/NBD.
    Stays,
    /// MBG/NBD.
    MayBeLast,
}

/// What depends on the frequency alone.
#[derive(Clone, Copy)]
struct OfFrequency {
    /// ln Γ(r + x) − ln Γ(r) with two derivatives in r.
    rate: [f64; 3],
    /// ln B(a, b + k) − ln B(a, b), its slopes in a and b, its curvatures aa (= ab) and bb.
    stays: [f64; 5],
    /// b + k − 1, and whether being gone is possible at all.
    last: f64,
    may_be_gone: bool,
}

fn of_frequency(first: First, [r, _, a, b]: [f64; 4], frequency: u32) -> OfFrequency {
    let chances = frequency + u32::from(first == First::MayBeLast);
    let (own, all) = (ln_rising(b, chances), ln_rising(a + b, chances));
    OfFrequency {
        rate: ln_rising(r, frequency),
        stays: [own[0] - all[0], -all[1], own[1] - all[1], -all[2], own[2] - all[2]],
        last: b + f64::from(chances) - 1.0,
        may_be_gone: chances > 0,
    }
}

/// Sums of value, four slopes and ten curvatures.
const SUMS: usize = 15;
/// Where the curvature of two parameters stands among the sums.
const PAIRS: [(usize, usize); 10] = [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (3, 0), (3, 1), (3, 2), (3, 3)];

/// Log likelihood with slope and curvature in the logarithms of r, α, a, b.
pub(super) fn local(first: First, logs: &[f64], histories: &Histories) -> Local {
    let parameters = [logs[0].exp(), logs[1].exp(), logs[2].exp(), logs[3].exp()];
    let levels = histories.frequencies().iter();
    let table: Vec<OfFrequency> = levels.map(|&frequency| of_frequency(first, parameters, frequency)).collect();
    let sums = sum(histories.groups(), |group: &Alike, sums: &mut [f64; SUMS]| {
        add(parameters, &table[group.level], group, sums);
    });
    let mut gradient = vec![0.0; 4];
    let mut hessian = vec![0.0; 16];
    for k in 0..4 {
        gradient[k] = parameters[k] * sums[1 + k];
    }
    for (at, (row, column)) in PAIRS.into_iter().enumerate() {
        let mut value = parameters[row] * parameters[column] * sums[5 + at];
        if row == column {
            value += gradient[row];
        }
        hessian[row * 4 + column] = value;
        hessian[column * 4 + row] = value;
    }
    Local { value: sums[0], gradient, hessian }
}

/// Adds one history's share in natural parameters.
fn add([r, alpha, a, _]: [f64; 4], of: &OfFrequency, group: &Alike, sums: &mut [f64; SUMS]) {
    let (history, weight) = (group.history, group.customers);
    let x = f64::from(history.frequency);
    let (watched, last) = (alpha + history.age, alpha + history.recency);
    let (ln_watched, power) = (watched.ln(), r + x);
    let there = of.stays[0] - power * ln_watched;
    // Slopes of "still there" in r, α, a, b.
    let u = [-ln_watched, -power / watched, of.stays[1], of.stays[2]];
    // Share of "still there", and slopes and own curvatures of "gone".
    let (mut alive, mut total, mut v) = (1.0, there, u);
    let mut bends = [0.0, -1.0 / watched, power / (watched * watched), of.stays[3], of.stays[3], of.stays[4]];
    if of.may_be_gone {
        let ln_last = last.ln();
        let gone = of.stays[0] + a.ln() - of.last.ln() - power * ln_last;
        let high = there.max(gone);
        total = high + ((there - high).exp() + (gone - high).exp()).ln();
        alive = (there - total).exp();
        let dead = 1.0 - alive;
        v = [-ln_last, -power / last, of.stays[1] + 1.0 / a, of.stays[2] - 1.0 / of.last];
        bends[1] = -alive / watched - dead / last;
        bends[2] = power * (alive / (watched * watched) + dead / (last * last));
        bends[3] -= dead / (a * a);
        bends[5] += dead / (of.last * of.last);
    }
    let [_, r_alpha, alpha_alpha, a_a, a_b, b_b] = bends;
    let common = [of.rate[1] + alpha.ln(), r / alpha, 0.0, 0.0];
    sums[0] += weight * (of.rate[0] + r * alpha.ln() + total);
    let dead = 1.0 - alive;
    for k in 0..4 {
        sums[1 + k] += weight * (common[k] + alive * u[k] + dead * v[k]);
    }
    let own = [of.rate[2], 1.0 / alpha + r_alpha, alpha_alpha - r / (alpha * alpha), 0.0, 0.0, a_a, 0.0, 0.0, a_b, b_b];
    let apart = [u[0] - v[0], u[1] - v[1], u[2] - v[2], u[3] - v[3]];
    for (at, (row, column)) in PAIRS.into_iter().enumerate() {
        sums[5 + at] += weight * (own[at] + alive * dead * apart[row] * apart[column]);
    }
}

/// The probability that a customer with this history is still there.
pub(super) fn alive(first: First, parameters: [f64; 4], history: &History) -> f64 {
    let of = of_frequency(first, parameters, history.frequency);
    if !of.may_be_gone {
        return 1.0;
    }
    let [r, alpha, a, _] = parameters;
    let power = r + f64::from(history.frequency);
    let odds = a.ln() - of.last.ln() + power * ((alpha + history.age).ln() - (alpha + history.recency).ln());
    1.0 / (1.0 + odds.exp())
}
