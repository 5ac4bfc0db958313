//! Gauss–Legendre quadrature on `[0, 1]`: exact for polynomials up to degree `2n − 1`.

use std::f64::consts::PI;

/// Points and weights of the rule with `count` points, in ascending order; at least one.
pub(super) fn rule(count: usize) -> (Vec<f64>, Vec<f64>) {
    let count = count.max(1);
    let mut rule: Vec<(f64, f64)> = (0..count).map(|place| point(count, place)).collect();
    rule.sort_by(|left, right| left.0.total_cmp(&right.0));
    rule.into_iter().unzip()
}

/// A root of the Legendre polynomial by Newton's method, and its weight, moved to `[0, 1]`.
fn point(count: usize, place: usize) -> (f64, f64) {
    let degree = count as f64;
    let mut x = (PI * (place as f64 + 0.75) / (degree + 0.5)).cos();
    let mut slope = 1.0;
    for _ in 0..100 {
        let (mut value, mut before) = (1.0, 0.0);
        for n in 0..count {
            let n = n as f64;
            (value, before) = (((2.0 * n + 1.0) * x * value - n * before) / (n + 1.0), value);
        }
        slope = degree * (x * value - before) / (x * x - 1.0);
        let step = value / slope;
        x -= step;
        if step.abs() < 1e-16 {
            break;
        }
    }
    (0.5 * (1.0 - x), 1.0 / ((1.0 - x * x) * slope * slope))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_integrated_exactly() {
        for count in 1..=64 {
            let (points, weights) = rule(count);
            for power in [0, 1, count, 2 * count - 1] {
                let sum: f64 = points.iter().zip(&weights).map(|(x, w)| w * x.powi(power as i32)).sum();
                assert!((sum - 1.0 / (power as f64 + 1.0)).abs() < 1e-14, "{count} points, power {power}: {sum}");
            }
        }
    }
}
