//! What a ranking is worth in money, when those at its top are offered a reason to stay.

use super::{ascending, check, ties};
use crate::special::incomplete_beta;

/// What a campaign costs and brings: the assumptions of a profit measure, said openly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profit {
    /// Value of a customer who stays, in the firm's currency.
    pub customer_value: f64,
    /// Price of the offer, paid for everybody who stays and was made it.
    pub offer: f64,
    /// Price of the contact, paid for everybody contacted.
    pub contact: f64,
    /// How likely somebody about to leave accepts is taken as Beta(`accept_alpha`, `accept_beta`).
    pub accept_alpha: f64,
    /// The second parameter of that Beta.
    pub accept_beta: f64,
}

impl Default for Profit {
    /// The values of the paper: 200, 10, 1 and Beta(6, 14), mean 0.3.
    fn default() -> Self {
        Profit { customer_value: 200.0, offer: 10.0, contact: 1.0, accept_alpha: 6.0, accept_beta: 14.0 }
    }
}

/// What targeting the best share of the list earns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Targeting {
    /// Profit per customer of the whole list.
    pub profit: f64,
    /// Share of the list that is targeted.
    pub share: f64,
}

impl Profit {
    /// Expected maximum profit of a ranking (EMPC), per customer, and the expected best share to target.
    ///
    /// With `γ` the chance that a leaver accepts, `δ = offer/value`, `φ = contact/value`, `π₀` and `π₁` the shares that
    /// leave and stay and `F₀`, `F₁` the shares of each that are targeted, the profit per customer is
    /// `value · [(γ(1−δ) − φ) π₀F₀ − (δ+φ) π₁F₁]`. For each `γ` the best point of the ranking is a corner of its upper
    /// convex hull; the expectation over `γ ~ Beta(α, β)` is a sum of incomplete beta functions over the corners.
    ///
    /// # Edges
    /// * Nobody left or nobody stayed: `None`.
    /// * It takes acceptance as independent of risk, which field experiments contradict: compare risk models with it,
    ///   do not size a campaign by it.
    ///
    /// # Source
    /// Verbraken, Verbeke & Baesens (2013), *IEEE TKDE* 25(5), 961–973, eq. 12–15.
    pub fn expected_maximum(&self, scores: &[f64], positives: &[bool]) -> Option<Targeting> {
        let (corners, leave) = hull(scores, positives)?;
        let (alpha, beta) = (self.accept_alpha, self.accept_beta);
        let mean = alpha / (alpha + beta);
        let mut sum = Targeting { profit: 0.0, share: 0.0 };
        let mut from = 0.0;
        for (place, corner) in corners.iter().enumerate() {
            // Up to this chance of acceptance no further corner is better.
            let until = corners.get(place + 1).map_or(1.0, |next| self.indifference(*corner, *next, leave));
            let until = until.clamp(from, 1.0);
            let weight = incomplete_beta(alpha, beta, until) - incomplete_beta(alpha, beta, from);
            let first = mean * (incomplete_beta(alpha + 1.0, beta, until) - incomplete_beta(alpha + 1.0, beta, from));
            let (gain, cost) = self.slopes(*corner, leave);
            sum.profit += gain * first - cost * weight;
            sum.share += weight * (leave * corner.0 + (1.0 - leave) * corner.1);
            from = until;
        }
        Some(sum)
    }

    /// Maximum profit when the chance of acceptance is its mean (MPC), per customer, and the share to target.
    ///
    /// # Edges
    /// As [`Profit::expected_maximum`]; of two shares of equal profit the smaller.
    pub fn maximum(&self, scores: &[f64], positives: &[bool]) -> Option<Targeting> {
        let (corners, leave) = hull(scores, positives)?;
        let chance = self.accept_alpha / (self.accept_alpha + self.accept_beta);
        let at = |corner: (f64, f64)| {
            let (gain, cost) = self.slopes(corner, leave);
            Targeting { profit: gain * chance - cost, share: leave * corner.0 + (1.0 - leave) * corner.1 }
        };
        corners.into_iter().map(at).reduce(|best, next| if next.profit > best.profit { next } else { best })
    }

    /// Profit at a corner as `gain · γ − cost`.
    fn slopes(&self, (left, stayed): (f64, f64), leave: f64) -> (f64, f64) {
        let value = self.customer_value;
        let gain = (value - self.offer) * leave * left;
        (gain, self.contact * leave * left + (self.offer + self.contact) * (1.0 - leave) * stayed)
    }

    /// The chance of acceptance at which two corners earn the same.
    fn indifference(&self, here: (f64, f64), next: (f64, f64), leave: f64) -> f64 {
        let (gain, cost) = self.slopes(here, leave);
        let (next_gain, next_cost) = self.slopes(next, leave);
        match next_gain - gain {
            more if more > 0.0 => (next_cost - cost) / more,
            _ => f64::INFINITY,
        }
    }
}

/// Corners of the upper convex hull of the curve (share of leavers targeted, share of stayers targeted), from nobody
/// to everybody, and the share that leaves.
fn hull(scores: &[f64], positives: &[bool]) -> Option<(Vec<(f64, f64)>, f64)> {
    check(scores, positives);
    let mut order = ascending(scores);
    order.reverse();
    let ups = positives.iter().filter(|is| **is).count() as f64;
    let downs = positives.len() as f64 - ups;
    if ups == 0.0 || downs == 0.0 {
        return None;
    }
    // Counts, so that the turn test is exact.
    let mut corners: Vec<(f64, f64)> = vec![(0.0, 0.0)];
    let (mut up, mut down) = (0.0, 0.0);
    for run in ties(scores, &order) {
        let more = order[run.clone()].iter().filter(|&&at| positives[at]).count() as f64;
        up += more;
        down += run.len() as f64 - more;
        while let [.., before, last] = corners[..] {
            let bends_up = (last.0 - before.0) * (down - before.1) <= (up - before.0) * (last.1 - before.1);
            if !bends_up {
                break;
            }
            corners.pop();
        }
        corners.push((up, down));
    }
    let corners = corners.into_iter().map(|(up, down)| (up / ups, down / downs)).collect();
    Some((corners, ups / (ups + downs)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::ln_gamma;

    #[test]
    fn adding_up_over_the_chance_of_acceptance_gives_the_closed_form() {
        let scores: Vec<f64> = (0..60).map(|row| f64::from((row * 17) % 29)).collect();
        let left: Vec<bool> = (0..60).map(|row| (row * 13) % 31 < 9 || (row * 17) % 29 > 24).collect();
        let profit = Profit::default();
        let (corners, leave) = hull(&scores, &left).expect("both classes");
        let density = |g: f64| {
            let norm = ln_gamma(20.0) - ln_gamma(6.0) - ln_gamma(14.0);
            (norm + 5.0 * g.ln() + 13.0 * (1.0 - g).ln()).exp()
        };
        let best = |g: f64| {
            let worth = |corner: &(f64, f64)| profit.slopes(*corner, leave).0 * g - profit.slopes(*corner, leave).1;
            corners.iter().map(worth).fold(f64::MIN, f64::max)
        };
        let steps = 200_000;
        let sum: f64 = (0..steps).map(|k| (f64::from(k) + 0.5) / f64::from(steps)).map(|g| best(g) * density(g)).sum();
        let closed = profit.expected_maximum(&scores, &left).expect("both classes").profit;
        assert!((sum / f64::from(steps) - closed).abs() < 1e-7, "{closed}");
    }
}
