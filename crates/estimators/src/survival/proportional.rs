//! Whether a covariate's effect stays the same over time, as Cox's model supposes.

use super::{Cox, Lifetime, Ties};
use crate::special::chi_squared_tail;

/// Against which clock a changing effect is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeScale {
    /// The number of the leaving in time, those of one moment in the order of the rows.
    #[default]
    Rank,
    /// Time itself.
    Identity,
    /// Its logarithm; needs every leaver's duration above 0.
    Log,
}

/// The finding for one covariate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProportionalityTest {
    /// χ² with one degree of freedom.
    pub statistic: f64,
    /// How likely one this large is if the effect does not change.
    pub p: f64,
}

impl Cox {
    /// Does the effect of each covariate change with time?
    ///
    /// A leaver's Schoenfeld residual is their covariates less the average of those at risk, weighted by hazard; scaled
    /// by `d · V` (d leavers, V the covariance of β) it scatters around how far β at that time is from β overall. The
    /// statistic is `(Σ gᵢ sᵢₖ)² / (d Vₖₖ Σ gᵢ²)` with centred times g.
    ///
    /// # Edges
    /// * Ties are counted as by Efron, except in a fit by Breslow.
    /// * With [`TimeScale::Rank`] the order of rows with one duration matters in the third digit, as in the reference.
    /// * `None` with fewer than two different leaving times, or a time of 0 on the logarithmic scale.
    ///
    /// # Source
    /// Grambsch & Therneau (1994), *Biometrika* 81, 515–526, in the form of lifelines' `proportional_hazard_test`.
    pub fn proportionality(
        &self,
        lifetimes: &[Lifetime],
        covariates: &[f64],
        scale: TimeScale,
    ) -> Option<Vec<ProportionalityTest>> {
        let width = self.coefficients.len();
        let (times, residuals) = self.schoenfeld(lifetimes, covariates);
        let leavers = times.len() as f64;
        let clock: Vec<f64> = match scale {
            TimeScale::Rank => (0..times.len()).map(|rank| rank as f64).collect(),
            TimeScale::Identity => times,
            TimeScale::Log => times.iter().map(|time| time.ln()).collect(),
        };
        let mean = clock.iter().sum::<f64>() / leavers;
        let centred: Vec<f64> = clock.iter().map(|time| time - mean).collect();
        let squares: f64 = centred.iter().map(|time| time * time).sum();
        if !squares.is_finite() || squares <= 0.0 {
            return None;
        }
        let sums: Vec<f64> = (0..width)
            .map(|k| centred.iter().zip(residuals.chunks_exact(width)).map(|(time, row)| time * row[k]).sum())
            .collect();
        let test = |k: usize| {
            let scaled: f64 = (0..width).map(|j| leavers * sums[j] * self.covariance[j * width + k]).sum();
            let statistic = scaled * scaled / (leavers * self.covariance[k * width + k] * squares);
            ProportionalityTest { statistic, p: chi_squared_tail(statistic, 1.0) }
        };
        Some((0..width).map(test).collect())
    }

    /// Durations of the leavers, ascending and in the order of rows, and their residuals, `width` each.
    fn schoenfeld(&self, lifetimes: &[Lifetime], covariates: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let width = self.coefficients.len();
        let row_of = |row: usize| &covariates[row * width..(row + 1) * width];
        let weights: Vec<f64> = self.risks(covariates, lifetimes.len()).into_iter().map(f64::exp).collect();
        let mut order: Vec<usize> = (0..lifetimes.len()).collect();
        order.sort_by(|&a, &b| lifetimes[a].duration.total_cmp(&lifetimes[b].duration));
        let (mut total, mut first) = (0.0, vec![0.0; width]);
        // Backwards in time those at risk only grow; what is found is turned round at the end.
        let mut found: Vec<(f64, Vec<f64>)> = Vec::new();
        let blocks: Vec<&[usize]> = order.chunk_by(|&a, &b| lifetimes[a].duration == lifetimes[b].duration).collect();
        for block in blocks.into_iter().rev() {
            let (mut leaving, mut leaving_first, mut leavers) = (0.0, vec![0.0; width], Vec::new());
            for &row in block {
                total += weights[row];
                if lifetimes[row].ended {
                    leaving += weights[row];
                    leavers.push(row);
                }
                for (k, value) in row_of(row).iter().enumerate() {
                    first[k] += weights[row] * value;
                    if lifetimes[row].ended {
                        leaving_first[k] += weights[row] * value;
                    }
                }
            }
            let count = leavers.len() as f64;
            let mut mean = vec![0.0; width];
            for step in 0..leavers.len() {
                let share = if self.options.ties == Ties::Breslow { 0.0 } else { step as f64 / count };
                for (k, mean) in mean.iter_mut().enumerate() {
                    *mean += (first[k] - share * leaving_first[k]) / (total - share * leaving) / count;
                }
            }
            for &row in leavers.iter().rev() {
                let residual = row_of(row).iter().zip(&mean).map(|(value, mean)| value - mean).collect();
                found.push((lifetimes[row].duration, residual));
            }
        }
        found.reverse();
        let times = found.iter().map(|(time, _)| *time).collect();
        (times, found.into_iter().flat_map(|(_, residual)| residual).collect())
    }
}
