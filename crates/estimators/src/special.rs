//! Special functions that the methods of this room are written in: gamma, beta, hypergeometric, and the distributions
//! tests are judged by.
//!
//! All work on `f64`, allocate nothing and agree with 50-digit reference values to the digits stated at each. They take
//! parameters that a fit may visit (tiny, huge) without overflow where a logarithm can be given instead.
//!
//! Not here: fitting, and distributions with parameters to be learnt.

/// Half the logarithm of 2π.
const HALF_LN_TAU: f64 = 0.918_938_533_204_672_7;
/// Above this the asymptotic series of the gamma family are exact to the last digit.
const ASYMPTOTIC_FROM: f64 = 10.0;

/// The natural logarithm of Γ(x), for x > 0, to 14 digits (absolutely near its zeros at 1 and 2).
///
/// # Edges
/// `x <= 0` or NaN gives NaN: no method here needs the reflection.
///
/// # Source
/// Stirling's series, Abramowitz & Stegun 6.1.41, after Γ(x + n) = x (x + 1) … Γ(x).
///
/// # Example
/// ```
/// assert!((estimators::special::ln_gamma(5.0) - 24f64.ln()).abs() < 1e-14);
/// ```
pub fn ln_gamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let (mut shifted, mut product) = (x, 1.0);
    while shifted < ASYMPTOTIC_FROM {
        product *= shifted;
        shifted += 1.0;
    }
    let inverse = 1.0 / shifted;
    let square = inverse * inverse;
    let series = inverse
        * (1.0 / 12.0
            - square
                * (1.0 / 360.0
                    - square
                        * (1.0 / 1260.0
                            - square * (1.0 / 1680.0 - square * (1.0 / 1188.0 - square * (691.0 / 360_360.0))))));
    (shifted - 0.5) * shifted.ln() - shifted + HALF_LN_TAU + series - product.ln()
}

/// The derivative of [`ln_gamma`], ψ(x), for x > 0, to 14 digits.
///
/// # Edges
/// `x <= 0` or NaN gives NaN.
///
/// # Source
/// Abramowitz & Stegun 6.3.18.
pub fn digamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let (mut shifted, mut sum) = (x, 0.0);
    while shifted < ASYMPTOTIC_FROM {
        sum -= 1.0 / shifted;
        shifted += 1.0;
    }
    let inverse = 1.0 / shifted;
    let square = inverse * inverse;
    let series = square
        * (1.0 / 12.0
            - square
                * (1.0 / 120.0
                    - square
                        * (1.0 / 252.0
                            - square * (1.0 / 240.0 - square * (1.0 / 132.0 - square * (691.0 / 32_760.0))))));
    sum + shifted.ln() - 0.5 * inverse - series
}

/// The second derivative of [`ln_gamma`], ψ′(x), for x > 0, to 14 digits.
///
/// # Edges
/// `x <= 0` or NaN gives NaN.
///
/// # Source
/// Abramowitz & Stegun 6.4.12.
pub fn trigamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let (mut shifted, mut sum) = (x, 0.0);
    while shifted < ASYMPTOTIC_FROM {
        sum += 1.0 / (shifted * shifted);
        shifted += 1.0;
    }
    let inverse = 1.0 / shifted;
    let square = inverse * inverse;
    let series = 1.0 / 6.0
        - square
            * (1.0 / 30.0
                - square * (1.0 / 42.0 - square * (1.0 / 30.0 - square * (5.0 / 66.0 - square * (691.0 / 2730.0)))));
    sum + inverse + 0.5 * square + square * inverse * series
}

/// The natural logarithm of B(a, b) = Γ(a) Γ(b) / Γ(a + b), for a, b > 0.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// Steps of a rising factorial that are added one by one: exact where a difference of two large logarithms is not.
const STEPS_ADDED: u32 = 24;

/// ln Γ(a + n) − ln Γ(a) with its first and second derivative in a, for a > 0 and a whole n.
///
/// # Why
/// For a of a million the two logarithms agree in their first seven digits; up to 24 steps are added singly instead.
pub fn ln_rising(a: f64, n: u32) -> [f64; 3] {
    if n > STEPS_ADDED {
        let top = a + f64::from(n);
        return [ln_gamma(top) - ln_gamma(a), digamma(top) - digamma(a), trigamma(top) - trigamma(a)];
    }
    let mut sums = [0.0; 3];
    for step in 0..n {
        let factor = a + f64::from(step);
        sums[0] += factor.ln();
        sums[1] += 1.0 / factor;
        sums[2] -= 1.0 / (factor * factor);
    }
    sums
}

/// Gauss's hypergeometric function ₂F₁(a, b; c; z) by its series, for 0 ≤ z < 1 and c > 0.
///
/// # Edges
/// Stops when a term no longer changes the sum, after at most 100,000 terms; callers transform so that z is not close
/// to 1. A sum that overflows is infinite.
///
/// # Source
/// DLMF 15.2.1.
pub fn hypergeometric(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 0..100_000 {
        let k = f64::from(k);
        let factor = (a + k) * (b + k) / ((c + k) * (k + 1.0)) * z;
        term *= factor;
        sum += term;
        // The terms may grow first: what is left is small only once they shrink.
        if factor.abs() < 1.0 && term.abs() <= f64::EPSILON * 0.25 * sum.abs() * (1.0 - factor.abs()) {
            break;
        }
        if term == 0.0 || !sum.is_finite() {
            break;
        }
    }
    sum
}

/// The regularised lower and upper incomplete gamma functions P(a, x) and Q(a, x) = 1 − P(a, x), for a > 0, x ≥ 0.
///
/// # Edges
/// Both are computed without cancelling, so a Q of 1e-200 keeps its digits.
///
/// # Source
/// Series below a + 1, continued fraction above: Abramowitz & Stegun 6.5.29 and 6.5.31.
pub fn incomplete_gamma(a: f64, x: f64) -> (f64, f64) {
    if x.is_nan() || a.is_nan() || a <= 0.0 || x < 0.0 {
        return (f64::NAN, f64::NAN);
    }
    if x == 0.0 {
        return (0.0, 1.0);
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut k) = (1.0 / a, 1.0 / a, a);
        while term > sum * f64::EPSILON * 0.25 {
            k += 1.0;
            term *= x / k;
            sum += term;
        }
        let lower = front * sum;
        return (lower, 1.0 - lower);
    }
    let tiny = 1e-300;
    let mut level = x + 1.0 - a;
    let (mut up, mut down) = (1.0 / tiny, 1.0 / level);
    let mut value = down;
    for step in 1..10_000_u32 {
        let k = f64::from(step);
        let coefficient = -k * (k - a);
        level += 2.0;
        down = coefficient * down + level;
        down = 1.0 / if down.abs() < tiny { tiny } else { down };
        up = level + coefficient / up;
        if up.abs() < tiny {
            up = tiny;
        }
        let change = up * down;
        value *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    let upper = front * value;
    (1.0 - upper, upper)
}

/// The regularised incomplete beta function I_x(a, b), for a, b > 0 and 0 ≤ x ≤ 1.
///
/// # Source
/// Continued fraction, Abramowitz & Stegun 26.5.8, on the side where it converges fast.
pub fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if !(0.0..=1.0).contains(&x) || a.is_nan() || b.is_nan() || a <= 0.0 || b <= 0.0 {
        return f64::NAN;
    }
    if x == 0.0 || x == 1.0 {
        return x;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, 1.0 - x);
    }
    let front = (a * x.ln() + b * (-x).ln_1p() - ln_beta(a, b)).exp() / a;
    let tiny = 1e-300;
    let (mut value, mut up, mut down) = (1.0, 1.0, 0.0);
    for step in 0..10_000_u32 {
        let m = f64::from(step / 2);
        let coefficient = match (step, step % 2) {
            (0, _) => 1.0,
            (_, 0) => m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            _ => -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        };
        down = 1.0 + coefficient * down;
        down = 1.0 / if down.abs() < tiny { tiny } else { down };
        up = 1.0 + coefficient / up;
        if up.abs() < tiny {
            up = tiny;
        }
        let change = up * down;
        value *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    front * (value - 1.0)
}

/// How likely a chi-squared variable of so many degrees of freedom is to be at least this large.
///
/// # Example
/// ```
/// assert!((estimators::special::chi_squared_tail(16.792941, 1.0) - 4.1688e-5).abs() < 1e-9);
/// ```
pub fn chi_squared_tail(statistic: f64, degrees: f64) -> f64 {
    incomplete_gamma(degrees / 2.0, statistic.max(0.0) / 2.0).1
}

/// How likely a standard normal variable is to be at most z.
pub fn normal_below(z: f64) -> f64 {
    let (inside, outside) = incomplete_gamma(0.5, z * z / 2.0);
    if z > 0.0 { 0.5 + 0.5 * inside } else { 0.5 * outside }
}

/// The value that a standard normal variable stays below with probability p, for 0 < p < 1.
///
/// # Edges
/// 0 and 1 give the infinities; outside of them NaN.
///
/// # Source
/// Starting value Abramowitz & Stegun 26.2.23 (error below 4.5e-4), then three steps of Halley's method on
/// [`normal_below`].
pub fn normal_quantile(p: f64) -> f64 {
    if p.is_nan() || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    let t = (-2.0 * p.ln()).sqrt();
    let mut z = -(t
        - (2.515_517 + t * (0.802_853 + t * 0.010_328)) / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308))));
    for _ in 0..3 {
        let step = (normal_below(z) - p) / (-0.5 * z * z - HALF_LN_TAU).exp();
        z -= step / (1.0 + 0.5 * z * step);
    }
    z
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f64, expected: f64, relative: f64) {
        let error = (value - expected).abs() / expected.abs().max(1e-300);
        assert!(error <= relative, "{value} is not {expected} (relative error {error:.1e})");
    }

    // Expected values: mpmath 1.3 at 50 digits.
    #[test]
    fn the_gamma_family_agrees_with_fifty_digits() {
        near(ln_gamma(0.242593), 1.319_815_984_069_629, 1e-13);
        near(ln_gamma(1e-8), 18.420_680_738_180_21, 1e-13);
        near(ln_gamma(123.4), 469.336_097_442_190_6, 1e-14);
        near(digamma(0.242593), -4.358_489_244_159_737, 1e-13);
        near(digamma(33.3), 3.490_467_238_520_243, 1e-13);
        near(trigamma(0.242593), 18.199_200_324_835_135, 1e-13);
        near(ln_beta(0.792886, 2.425753), -0.511_258_891_743_749_5, 1e-13);
        assert!(ln_gamma(0.0).is_nan() && digamma(-1.0).is_nan() && trigamma(f64::NAN).is_nan());
    }

    #[test]
    fn a_few_steps_up_from_a_million_keep_their_digits() {
        near(ln_rising(1e6, 7)[0], 96.708_594_905_704_42, 1e-14);
        near(ln_rising(0.5, 40)[0], 107.900_710_126_140_68, 1e-14);
        for (a, n) in [(0.3, 5), (0.3, 60), (7.5, 24)] {
            let [_, slope, bend] = ln_rising(a, n);
            near(slope, digamma(a + f64::from(n)) - digamma(a), 1e-12);
            near(bend, trigamma(a + f64::from(n)) - trigamma(a), 1e-12);
        }
        assert_eq!(ln_rising(2.0, 0), [0.0; 3]);
    }

    #[test]
    fn the_hypergeometric_function_agrees_with_fifty_digits() {
        near(hypergeometric(1.5, 2.25, 4.125, 0.78), 2.783_861_862_156_519_6, 1e-13);
        near(hypergeometric(-0.5, 0.75, 3.25, 0.6), 0.925_608_184_040_014_8, 1e-13);
    }

    #[test]
    fn tails_keep_their_digits() {
        near(incomplete_gamma(0.5, 10.0).1, 7.744_216_431_044_084e-6, 1e-13);
        near(incomplete_gamma(3.0, 1.0).0, 0.080_301_397_071_394_2, 1e-13);
        near(incomplete_beta(6.0, 14.0, 0.3), 0.526_137_475_726_485_8, 1e-13);
        near(incomplete_beta(0.5, 0.5, 0.9), 0.795_167_235_300_866_5, 1e-13);
        near(normal_below(-5.0), 2.866_515_718_791_939e-7, 1e-12);
        near(normal_below(1.25), 0.894_350_226_333_144_7, 1e-14);
        near(normal_quantile(0.975), 1.959_963_984_540_054_2, 1e-12);
        near(normal_quantile(1e-9), -5.997_807_015_007_687, 1e-10);
        assert!(normal_quantile(1.5).is_nan() && incomplete_beta(1.0, 1.0, -0.1).is_nan());
        assert_eq!((normal_quantile(0.0), normal_quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
    }
}
