//! Where the world's luck comes from: numbers that depend on who, why and when, and on nothing drawn before.
//!
//! A stream is addressed by (seed, customer, purpose, moment). So an action that changes what one customer does on one
//! day changes no draw of any other customer, purpose or day: two runs that differ in one action differ only by it,
//! and the two potential outcomes of a customer share their luck.

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// What a draw is for. The numbers are part of the world: changing one changes every world.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub(crate) enum Purpose {
    /// Who the customer is.
    Birth = 1,
    /// Hidden satisfaction and shocks, weekly.
    Drift = 2,
    /// Whether the customer leaves today: the `u` of "leaves iff u < p".
    Leave = 3,
    /// Whether the customer starts or stops wavering, and over what.
    Waver = 4,
    /// What is done today.
    Behaviour = 5,
    /// Contracts, payments and people.
    Affairs = 6,
    /// The imagined futures over which truth is averaged.
    Truth = 7,
    /// What the delivery does to a fact: late, twice.
    Delivery = 8,
    /// What befalls everybody at once.
    Common = 9,
}

/// The stream of one customer, one purpose and one moment (a day, a week, a counter).
pub(crate) fn stream(seed: u64, customer: u32, purpose: Purpose, moment: u64) -> Pcg64Mcg {
    Pcg64Mcg::seed_from_u64(address(seed, customer, purpose, moment))
}

/// One uniform number in `[0, 1)` of an address.
pub(crate) fn uniform(seed: u64, customer: u32, purpose: Purpose, moment: u64) -> f64 {
    (mix(address(seed, customer, purpose, moment)) >> 11) as f64 / (1u64 << 53) as f64
}

fn address(seed: u64, customer: u32, purpose: Purpose, moment: u64) -> u64 {
    let who = mix(seed ^ mix(u64::from(customer).wrapping_add(0x9e37_79b9_7f4a_7c15)));
    mix(who ^ mix((purpose as u64) << 56 ^ moment))
}

/// SplitMix64's finaliser: every bit of the input moves every bit of the output.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A standard normal number.
///
/// # Why
/// Sum of four uniforms, scaled to variance one: bounded by ±3.5, no logarithm, and the same bytes on every platform.
pub(crate) fn normal(rng: &mut impl Rng) -> f64 {
    let bits = rng.random::<u64>();
    let other = rng.random::<u64>();
    let part = |bits: u64, shift: u32| ((bits >> shift) & 0xffff_ffff) as f64 / 4_294_967_296.0;
    (part(bits, 0) + part(bits, 32) + part(other, 0) + part(other, 32) - 2.0) * 3f64.sqrt()
}

/// How many of something happen where `mean` are expected; for small means.
pub(crate) fn poisson(rng: &mut impl Rng, mean: f64) -> u32 {
    if mean <= 0.0 {
        return 0;
    }
    let mut left = rng.random::<f64>();
    let mut share = (-mean).exp();
    let mut count = 0;
    while left >= share && count < 1000 {
        left -= share;
        count += 1;
        share *= mean / f64::from(count);
    }
    count
}

/// One of the options.
///
/// # Panics
/// If there are none: our own mistake.
pub(crate) fn pick<T: Copy>(rng: &mut impl Rng, options: &[T]) -> T {
    options[rng.random_range(0..options.len())]
}

/// Position of the option that a share falls on, weights being positive and `share` in `[0, 1)`.
pub(crate) fn weighted(share: f64, weights: &[f64]) -> usize {
    let mut left = share * weights.iter().sum::<f64>();
    for (position, weight) in weights.iter().enumerate() {
        if left < *weight {
            return position;
        }
        left -= weight;
    }
    weights.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_depends_on_its_address_alone() {
        assert_eq!(uniform(7, 3, Purpose::Leave, 12), uniform(7, 3, Purpose::Leave, 12));
        assert_ne!(uniform(7, 3, Purpose::Leave, 12), uniform(7, 3, Purpose::Leave, 13));
        assert_ne!(uniform(7, 3, Purpose::Leave, 12), uniform(7, 4, Purpose::Leave, 12));
        assert_ne!(uniform(7, 3, Purpose::Leave, 12), uniform(7, 3, Purpose::Waver, 12));
        assert_ne!(uniform(7, 3, Purpose::Leave, 12), uniform(8, 3, Purpose::Leave, 12));
    }

    #[test]
    fn addressed_uniforms_are_uniform() {
        let draws: Vec<f64> =
            (0..40_000).map(|day| uniform(1, day % 200, Purpose::Leave, u64::from(day / 200))).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        assert!((mean - 0.5).abs() < 0.005, "{mean}");
        let rare = draws.iter().filter(|u| **u < 0.01).count();
        assert!((340..=460).contains(&rare), "{rare}");
    }

    #[test]
    fn normals_have_mean_zero_and_variance_one() {
        let mut rng = stream(1, 1, Purpose::Birth, 0);
        let draws: Vec<f64> = (0..40_000).map(|_| normal(&mut rng)).collect();
        let mean = draws.iter().sum::<f64>() / 40_000.0;
        let variance = draws.iter().map(|x| x * x).sum::<f64>() / 40_000.0;
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((variance - 1.0).abs() < 0.03, "{variance}");
    }

    #[test]
    fn counts_have_the_expected_mean() {
        let mut rng = stream(1, 1, Purpose::Birth, 0);
        let sum: u32 = (0..20_000).map(|_| poisson(&mut rng, 0.7)).sum();
        assert!((f64::from(sum) / 20_000.0 - 0.7).abs() < 0.03, "{sum}");
        assert_eq!(poisson(&mut rng, 0.0), 0);
    }

    #[test]
    fn heavier_options_are_taken_more_often() {
        assert_eq!(weighted(0.0, &[1.0, 3.0]), 0);
        assert_eq!(weighted(0.3, &[1.0, 3.0]), 1);
        assert_eq!(weighted(0.999, &[1.0, 3.0]), 1);
    }
}
