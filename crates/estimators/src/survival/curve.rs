//! The share that is still there after each time: Kaplan–Meier and Nelson–Aalen.

use super::{Lifetime, Unfit, check};
use crate::special::normal_quantile;

/// One time at which somebody left or was censored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// The time.
    pub time: f64,
    /// How many were still seen just before it: everybody with a duration of at least `time`.
    pub at_risk: u64,
    /// How many left at it.
    pub ended: u64,
    /// How many were censored at it, after those who left.
    pub censored: u64,
    /// Kaplan–Meier: the share that stays longer than `time`, S(t) = ∏ (1 − dᵢ / nᵢ).
    pub survival: f64,
    /// Greenwood's sum Σ dᵢ / (nᵢ (nᵢ − dᵢ)): the variance of ln S(t). Infinite once nobody is left.
    pub greenwood: f64,
    /// Nelson–Aalen: the hazard cumulated so far, Σ dᵢ / nᵢ.
    pub hazard: f64,
    /// Variance of the cumulated hazard, Σ dᵢ / nᵢ².
    pub hazard_variance: f64,
}

/// How many customers are still there after each time.
///
/// `S(t) = ∏_{tᵢ ≤ t} (1 − dᵢ / nᵢ)` over the times at which dᵢ of the nᵢ still seen left: right-continuous, 1 before the
/// first leaving.
///
/// # Source
/// Kaplan & Meier (1958), *JASA* 53, 457–481; Greenwood (1926); Nelson (1972), Aalen (1978).
///
/// # Example
/// ```
/// use estimators::survival::{Lifetime, SurvivalCurve};
/// let lives = [(1.0, true), (2.0, false), (3.0, true)].map(|(duration, ended)| Lifetime { duration, ended });
/// let curve = SurvivalCurve::fit(&lives).expect("three lifetimes");
/// assert!((curve.survival_at(2.5) - 2.0 / 3.0).abs() < 1e-12);
/// assert_eq!(curve.quantile(0.5), Some(3.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SurvivalCurve {
    points: Vec<CurvePoint>,
    customers: u64,
}

impl SurvivalCurve {
    /// Counts.
    ///
    /// # Edges
    /// Nobody leaving is a curve that stays at 1. An empty slice or a duration that is negative or no number is an error.
    pub fn fit(lifetimes: &[Lifetime]) -> Result<Self, Unfit> {
        check(lifetimes)?;
        let mut sorted: Vec<Lifetime> = lifetimes.to_vec();
        sorted.sort_by(|a, b| a.duration.total_cmp(&b.duration));
        let customers = sorted.len() as u64;
        let (mut points, mut at_risk) = (Vec::new(), customers);
        let (mut survival, mut greenwood, mut hazard, mut hazard_variance) = (1.0, 0.0, 0.0, 0.0);
        for tied in sorted.chunk_by(|a, b| a.duration == b.duration) {
            let ended = tied.iter().filter(|life| life.ended).count() as u64;
            if ended > 0 {
                let (d, n) = (ended as f64, at_risk as f64);
                survival *= 1.0 - d / n;
                greenwood += d / (n * (n - d));
                hazard += d / n;
                hazard_variance += d / (n * n);
            }
            points.push(CurvePoint {
                time: tied[0].duration,
                at_risk,
                ended,
                censored: tied.len() as u64 - ended,
                survival,
                greenwood,
                hazard,
                hazard_variance,
            });
            at_risk -= tied.len() as u64;
        }
        Ok(Self { points, customers })
    }

    /// Every time at which something happened, ascending.
    pub fn points(&self) -> &[CurvePoint] {
        &self.points
    }

    /// How many customers it was counted from.
    pub fn customers(&self) -> u64 {
        self.customers
    }

    /// How many of them left.
    pub fn ended(&self) -> u64 {
        self.points.iter().map(|point| point.ended).sum()
    }

    /// The last time at or before `time` at which something happened.
    pub fn point_at(&self, time: f64) -> Option<&CurvePoint> {
        let after = self.points.partition_point(|point| point.time <= time);
        after.checked_sub(1).map(|at| &self.points[at])
    }

    /// The share that stays longer than `time`.
    pub fn survival_at(&self, time: f64) -> f64 {
        self.point_at(time).map_or(1.0, |point| point.survival)
    }

    /// Standard error of the share, by Greenwood: S √Σ d / (n (n − d)).
    ///
    /// # Edges
    /// 0 before the first leaving; `None` once nobody is left, where the formula has no value.
    pub fn standard_error_at(&self, time: f64) -> Option<f64> {
        let point = match self.point_at(time) {
            Some(point) => point,
            None => return Some(0.0),
        };
        point.greenwood.is_finite().then(|| point.survival * point.greenwood.sqrt())
    }

    /// Between which shares the truth lies at this confidence (0.95 for 95 %): `S^exp(±z σ)` with
    /// `σ = √greenwood / |ln S|`, which never leaves 0..=1.
    ///
    /// # Edges
    /// (1, 1) before the first leaving; `None` once the share is 0.
    ///
    /// # Source
    /// Kalbfleisch & Prentice (2002), *The Statistical Analysis of Failure Time Data*, §1.4 (log–log interval).
    pub fn band_at(&self, time: f64, confidence: f64) -> Option<(f64, f64)> {
        let Some(point) = self.point_at(time) else { return Some((1.0, 1.0)) };
        point.band(confidence)
    }

    /// The first time by which at least the share `gone` (0.5: the median) has left.
    ///
    /// # Edges
    /// `None` if so many never left while they were seen.
    pub fn quantile(&self, gone: f64) -> Option<f64> {
        let stays = 1.0 - gone;
        // The product is rounded: a share of exactly one half may be a last digit above it.
        self.points.iter().find(|point| point.survival <= stays + 1e-12).map(|point| point.time)
    }

    /// The time stayed on average within the first `until`: the area under the curve.
    pub fn mean_within(&self, until: f64) -> f64 {
        let (mut area, mut last, mut height) = (0.0, 0.0, 1.0);
        for point in self.points.iter().take_while(|point| point.time < until) {
            area += height * (point.time - last);
            (last, height) = (point.time, point.survival);
        }
        area + height * (until - last).max(0.0)
    }
}

impl CurvePoint {
    /// Between which shares the truth lies: see [`SurvivalCurve::band_at`].
    pub fn band(&self, confidence: f64) -> Option<(f64, f64)> {
        if self.survival >= 1.0 {
            return Some((1.0, 1.0));
        }
        if !self.greenwood.is_finite() || self.survival <= 0.0 {
            return None;
        }
        let log = self.survival.ln();
        let spread = normal_quantile(0.5 + confidence / 2.0) * self.greenwood.sqrt() / log.abs();
        Some(((log * spread.exp()).exp(), (log * (-spread).exp()).exp()))
    }
}
