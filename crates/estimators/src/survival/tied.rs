//! The partial likelihood of Cox's model, with its slope and curvature, under three ways to count customers who leave at
//! the same time.

#![expect(clippy::needless_range_loop, reason = "rows and columns of a matrix are numbers, not iterators")]

use super::{Lifetime, Unfit};
use crate::optimise::Local;

/// What to do with customers who leave at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ties {
    /// Each tied leaver weighs on the next as their average (Efron 1977): close to exact, and fast.
    #[default]
    Efron,
    /// All tied leavers face everybody at risk (Breslow 1974): simplest, biased towards 0 with many ties.
    Breslow,
    /// Every set of that many leavers is possible (Cox 1972, the discrete logistic form): for small tables.
    Exact,
}

/// Rows sorted by falling duration, so that those at risk only grow.
pub(super) struct RiskSets {
    width: usize,
    /// Row by row, `width` each, in the sorted order.
    covariates: Vec<f64>,
    ended: Vec<bool>,
    /// First and one-past-last row of each duration.
    blocks: Vec<(usize, usize)>,
    /// Sums of covariates over the leavers: they meet the coefficients once.
    of_leavers: Vec<f64>,
}

impl RiskSets {
    /// Sorts rows; `covariates` are row by row in the order of `lifetimes`.
    pub(super) fn of(lifetimes: &[Lifetime], covariates: &[f64], width: usize) -> Self {
        let mut order: Vec<usize> = (0..lifetimes.len()).collect();
        order.sort_by(|&a, &b| lifetimes[b].duration.total_cmp(&lifetimes[a].duration));
        let (mut blocks, mut begin) = (Vec::new(), 0);
        for tied in order.chunk_by(|&a, &b| lifetimes[a].duration == lifetimes[b].duration) {
            blocks.push((begin, begin + tied.len()));
            begin += tied.len();
        }
        let mut of_leavers = vec![0.0; width];
        let (mut sorted, mut ended) = (Vec::with_capacity(covariates.len()), Vec::with_capacity(order.len()));
        for &row in &order {
            let values = &covariates[row * width..(row + 1) * width];
            sorted.extend_from_slice(values);
            ended.push(lifetimes[row].ended);
            if lifetimes[row].ended {
                for (sum, value) in of_leavers.iter_mut().zip(values) {
                    *sum += value;
                }
            }
        }
        Self { width, covariates: sorted, ended, blocks, of_leavers }
    }

    /// Whether the exact method can be computed: its work is customers × ties × width² per time.
    pub(super) fn bearable(&self, ties: Ties) -> Result<(), Unfit> {
        if ties != Ties::Exact {
            return Ok(());
        }
        let mut work = 0.0;
        for &(begin, end) in &self.blocks {
            let leavers = self.ended[begin..end].iter().filter(|&&ended| ended).count();
            work += end as f64 * leavers as f64 * ((self.width * self.width) as f64 + 1.0);
            if leavers > 200 {
                return Err(Unfit::TiesTooMany);
            }
        }
        if work > 2e9 { Err(Unfit::TiesTooMany) } else { Ok(()) }
    }

    /// The logarithm of the partial likelihood at these coefficients, with slope and curvature.
    pub(super) fn local(&self, coefficients: &[f64], ties: Ties) -> Local {
        let width = self.width;
        let mut scores: Vec<f64> = self
            .covariates
            .chunks_exact(width.max(1))
            .map(|row| row.iter().zip(coefficients).map(|(x, b)| x * b).sum())
            .collect();
        scores.resize(self.ended.len(), 0.0);
        // Every term is a ratio of weights: a common factor cancels, and the largest weight is 1.
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let leavers = self.ended.iter().filter(|&&ended| ended).count() as f64;
        let mut local = Local {
            value: self.of_leavers.iter().zip(coefficients).map(|(x, b)| x * b).sum::<f64>() - leavers * top,
            gradient: self.of_leavers.clone(),
            hessian: vec![0.0; width * width],
        };
        let weights: Vec<f64> = scores.iter().map(|score| (score - top).exp()).collect();
        match ties {
            Ties::Exact => self.exact(&weights, &mut local),
            Ties::Efron | Ties::Breslow => self.approximate(&weights, ties, &mut local),
        }
        for row in 0..width {
            for column in 0..row {
                local.hessian[column * width + row] = local.hessian[row * width + column];
            }
        }
        local
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.covariates[row * self.width..(row + 1) * self.width]
    }

    fn approximate(&self, weights: &[f64], ties: Ties, local: &mut Local) {
        let width = self.width;
        let mut risk = Moments::of(width);
        let mut leaving = Moments::of(width);
        let mut mean = vec![0.0; width];
        for &(begin, end) in &self.blocks {
            leaving.clear();
            let mut leavers = 0_u32;
            for row in begin..end {
                risk.add(weights[row], self.row(row));
                if self.ended[row] {
                    leavers += 1;
                    if ties == Ties::Efron {
                        leaving.add(weights[row], self.row(row));
                    }
                }
            }
            let (steps, times) = match ties {
                Ties::Efron => (leavers, 1.0),
                _ => (u32::from(leavers > 0), f64::from(leavers)),
            };
            for step in 0..steps {
                let share = if ties == Ties::Efron { f64::from(step) / f64::from(leavers) } else { 0.0 };
                let total = risk.weight - share * leaving.weight;
                local.value -= times * total.ln();
                for (k, mean) in mean.iter_mut().enumerate() {
                    *mean = (risk.first[k] - share * leaving.first[k]) / total;
                    local.gradient[k] -= times * *mean;
                }
                for a in 0..width {
                    for b in 0..=a {
                        let at = a * width + b;
                        let second = (risk.second[at] - share * leaving.second[at]) / total;
                        local.hessian[at] -= times * (second - mean[a] * mean[b]);
                    }
                }
            }
        }
    }

    /// Sums over all sets of d leavers among those at risk, by the recursion of Gail, Lubin & Rubinstein (1981).
    fn exact(&self, weights: &[f64], local: &mut Local) {
        let width = self.width;
        let size = 1 + width + width * width;
        for &(begin, end) in &self.blocks {
            let leavers = self.ended[begin..end].iter().filter(|&&ended| ended).count();
            if leavers == 0 {
                continue;
            }
            // Weights near 1 on average keep the sums within reach of a number.
            let mean = weights[..end].iter().sum::<f64>() / end as f64;
            let mut sums = vec![0.0; (leavers + 1) * size];
            sums[0] = 1.0;
            for row in 0..end {
                let (weight, x) = (weights[row] / mean, self.row(row));
                for k in (1..=leavers.min(row + 1)).rev() {
                    let (below, here) = sums.split_at_mut(k * size);
                    let below = &below[(k - 1) * size..];
                    let here = &mut here[..size];
                    here[0] += weight * below[0];
                    for a in 0..width {
                        here[1 + a] += weight * (below[1 + a] + x[a] * below[0]);
                        for b in 0..=a {
                            let at = 1 + width + a * width + b;
                            here[at] += weight
                                * (below[at] + x[a] * below[1 + b] + x[b] * below[1 + a] + x[a] * x[b] * below[0]);
                        }
                    }
                }
            }
            let sums = &sums[leavers * size..];
            local.value -= sums[0].ln() + leavers as f64 * mean.ln();
            for a in 0..width {
                let mean = sums[1 + a] / sums[0];
                local.gradient[a] -= mean;
                for b in 0..=a {
                    let second = sums[1 + width + a * width + b] / sums[0];
                    local.hessian[a * width + b] -= second - mean * sums[1 + b] / sums[0];
                }
            }
        }
    }
}

/// Weighted sums of rows: of 1, of the covariates, of their products (lower triangle).
struct Moments {
    width: usize,
    weight: f64,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Moments {
    fn of(width: usize) -> Self {
        Self { width, weight: 0.0, first: vec![0.0; width], second: vec![0.0; width * width] }
    }

    fn clear(&mut self) {
        self.weight = 0.0;
        self.first.fill(0.0);
        self.second.fill(0.0);
    }

    fn add(&mut self, weight: f64, row: &[f64]) {
        self.weight += weight;
        for a in 0..self.width {
            let weighted = weight * row[a];
            self.first[a] += weighted;
            let second = &mut self.second[a * self.width..=a * self.width + a];
            for (sum, value) in second.iter_mut().zip(row) {
                *sum += weighted * value;
            }
        }
    }
}
