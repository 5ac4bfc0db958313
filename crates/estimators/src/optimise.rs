//! Finding the top of a smooth function of a few parameters: the likelihoods of this room.
//!
//! Newton's method with damping inside a box: each step solves (−H + λ D) δ = g, λ growing until the matrix is positive
//! definite and the step goes up. Near the top it converges quadratically, and the curvature it ends with is the one
//! standard errors come from. A function that cannot say its derivatives has them taken by [`differences`].
//!
//! Not here: several starts (each model knows where to start from), penalties that are not smooth, thousands of
//! parameters.

use crate::symmetric::Cholesky;

/// A function at a point, with its slope and curvature there.
#[derive(Clone, Debug)]
pub struct Local {
    /// The value; NaN or −∞ where the function cannot be computed.
    pub value: f64,
    /// First derivatives.
    pub gradient: Vec<f64>,
    /// Second derivatives, row by row.
    pub hessian: Vec<f64>,
}

impl Local {
    /// The observed information, row by row: how sharply the function bends at its top. Its inverse estimates the
    /// covariance of the parameters where the function is a log likelihood.
    pub fn information(&self) -> Vec<f64> {
        self.hessian.iter().map(|value| -value).collect()
    }
}

/// Where the search ended.
#[derive(Clone, Debug)]
pub struct Summit {
    /// The parameters.
    pub at: Vec<f64>,
    /// Value, slope and curvature there.
    pub local: Local,
    /// Which parameters lie on the border of the box, with the function still rising outwards.
    pub at_border: Vec<bool>,
    /// Steps taken.
    pub steps: u32,
    /// Whether no step promised a further gain.
    pub converged: bool,
}

/// The box that is searched, and how long.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// Smallest and largest value of every parameter.
    pub within: (f64, f64),
    /// At most so many steps.
    pub steps: u32,
    /// Converged once a step promises less than this.
    pub gain: f64,
}

impl Default for Search {
    fn default() -> Self {
        Self { within: (f64::NEG_INFINITY, f64::INFINITY), steps: 200, gain: 1e-9 }
    }
}

/// The highest of several climbs, among those that converged at a number.
///
/// # Edges
/// None did: `None`.
pub fn highest(climbs: impl IntoIterator<Item = Summit>) -> Option<Summit> {
    let arrived = climbs.into_iter().filter(|summit| summit.converged && summit.local.value.is_finite());
    arrived.max_by(|a, b| a.local.value.total_cmp(&b.local.value))
}

/// Climbs from a start to the top of a function.
///
/// # Edges
/// * A parameter that runs to the border of the box stays there and is named in `at_border`: the caller decides what it
///   means.
/// * A start where the function has no value is returned as it is, not converged.
///
/// # Source
/// Levenberg (1944), *Quarterly of Applied Mathematics* 2, 164–168; active borders as in Bertsekas (1982), *SIAM J.
/// Control* 20(2), 221–246.
pub fn climb(start: &[f64], search: &Search, function: impl Fn(&[f64]) -> Local) -> Summit {
    let (low, high) = search.within;
    let mut at: Vec<f64> = start.iter().map(|value| value.clamp(low, high)).collect();
    let mut local = function(&at);
    let (mut damping, mut steps, mut converged) = (0.0, 0, false);
    while steps < search.steps && local.value.is_finite() {
        let fixed = borders(&at, &local.gradient, search.within);
        let Some((step, promised)) = damped_step(&local, &fixed, damping) else {
            damping = if damping == 0.0 { 1e-4 } else { damping * 10.0 };
            if damping > 1e12 {
                break;
            }
            continue;
        };
        if promised < search.gain && damping <= 1e-4 {
            converged = true;
            // The last step is still worth taking: it halves no digits, it doubles them.
            let next: Vec<f64> = at.iter().zip(&step).map(|(value, by)| (value + by).clamp(low, high)).collect();
            let there = function(&next);
            if there.value >= local.value {
                (at, local) = (next, there);
            }
            break;
        }
        let next: Vec<f64> =
            at.iter().zip(&step).map(|(value, by)| (value + by.clamp(-2.0, 2.0)).clamp(low, high)).collect();
        let there = function(&next);
        if there.value.is_finite() && there.value >= local.value - 1e-13 * local.value.abs() {
            let stuck = there.value <= local.value && promised < search.gain.max(1e-12 * local.value.abs());
            (at, local) = (next, there);
            steps += 1;
            damping = if damping < 1e-3 { 0.0 } else { damping / 10.0 };
            if stuck {
                converged = true;
                break;
            }
        } else {
            damping = if damping == 0.0 { 1e-3 } else { damping * 10.0 };
            if damping > 1e12 {
                converged = promised < 1e-6 * local.value.abs().max(1.0);
                break;
            }
        }
    }
    let at_border = borders(&at, &local.gradient, search.within);
    Summit { at, local, at_border, steps, converged }
}

/// Which parameters cannot go where the function rises.
fn borders(at: &[f64], gradient: &[f64], (low, high): (f64, f64)) -> Vec<bool> {
    at.iter()
        .zip(gradient)
        .map(|(&value, &slope)| (value <= low && slope <= 0.0) || (value >= high && slope >= 0.0))
        .collect()
}

/// The step among the free parameters, and the gain it promises; nothing if the damped curvature is not definite.
fn damped_step(local: &Local, fixed: &[bool], damping: f64) -> Option<(Vec<f64>, f64)> {
    let size = fixed.len();
    let free: Vec<usize> = (0..size).filter(|&k| !fixed[k]).collect();
    let mut step = vec![0.0; size];
    if free.is_empty() {
        return Some((step, 0.0));
    }
    let mut matrix = Vec::with_capacity(free.len() * free.len());
    for &row in &free {
        for &column in &free {
            let curvature = -local.hessian[row * size + column];
            let extra = if row == column { damping * curvature.abs().max(1e-8) } else { 0.0 };
            matrix.push(curvature + extra);
        }
    }
    let slope: Vec<f64> = free.iter().map(|&k| local.gradient[k]).collect();
    let solution = Cholesky::of(&matrix, free.len())?.solve(&slope);
    let promised = solution.iter().zip(&slope).map(|(by, up)| by * up).sum::<f64>() / 2.0;
    for (&k, by) in free.iter().zip(solution) {
        step[k] = by;
    }
    promised.is_finite().then_some((step, promised))
}

/// Slope and curvature of a function by central differences: 1 + 2 n² values for n parameters.
///
/// Steps are 1e-5 of a parameter's size for slopes and 1e-3 for curvatures, so that a sum of a hundred thousand
/// logarithms leaves at least five digits of both.
pub fn differences(at: &[f64], function: impl Fn(&[f64]) -> f64) -> Local {
    let size = at.len();
    let value = function(at);
    let moved = |changes: &[(usize, f64)]| {
        let mut point = at.to_vec();
        for &(k, by) in changes {
            point[k] += by;
        }
        function(&point)
    };
    let width = |k: usize, share: f64| share * at[k].abs().max(1.0);
    let (mut gradient, mut hessian) = (vec![0.0; size], vec![0.0; size * size]);
    for row in 0..size {
        let small = width(row, 1e-5);
        gradient[row] = (moved(&[(row, small)]) - moved(&[(row, -small)])) / (2.0 * small);
        let wide = width(row, 1e-3);
        hessian[row * size + row] = (moved(&[(row, wide)]) - 2.0 * value + moved(&[(row, -wide)])) / (wide * wide);
        for column in 0..row {
            let other = width(column, 1e-3);
            let mixed = moved(&[(row, wide), (column, other)])
                - moved(&[(row, wide), (column, -other)])
                - moved(&[(row, -wide), (column, other)])
                + moved(&[(row, -wide), (column, -other)]);
            let mixed = mixed / (4.0 * wide * other);
            hessian[row * size + column] = mixed;
            hessian[column * size + row] = mixed;
        }
    }
    Local { value, gradient, hessian }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rosenbrock's valley upside down: its top is at (1, 1).
    fn valley(x: &[f64]) -> f64 {
        -((1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2))
    }

    #[test]
    fn a_curved_valley_is_climbed_out_of() {
        let top = climb(&[-1.2, 1.0], &Search::default(), |x| differences(x, valley));
        assert!(top.converged, "{top:?}");
        assert!(top.at.iter().all(|value| (value - 1.0).abs() < 1e-6), "{top:?}");
    }

    #[test]
    fn a_function_that_keeps_rising_ends_at_the_border_and_says_so() {
        let search = Search { within: (-3.0, 3.0), ..Search::default() };
        let top = climb(&[0.0, 0.0], &search, |x| differences(x, |x| x[0] - x[1] * x[1]));
        assert_eq!(top.at_border, [true, false]);
        assert!((top.at[0] - 3.0).abs() < 1e-12 && top.at[1].abs() < 1e-9);
    }

    #[test]
    fn differences_come_close_to_the_derivatives() {
        let local = differences(&[0.5, 2.0], |x| x[0].exp() * x[1].ln());
        let e = 0.5f64.exp();
        let expected = [e * 2f64.ln(), e / 2.0];
        for (got, expected) in local.gradient.iter().zip(expected) {
            assert!((got - expected).abs() < 1e-8);
        }
        for (got, expected) in local.hessian.iter().zip([e * 2f64.ln(), e / 2.0, e / 2.0, -e / 4.0]) {
            assert!((got - expected).abs() < 1e-5);
        }
    }
}
