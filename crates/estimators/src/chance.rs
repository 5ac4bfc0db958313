//! Chance from a seed: the same seed draws the same numbers on every machine.

/// A stream of random numbers (SplitMix64).
///
/// # Source
/// Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators", OOPSLA.
///
/// # Example
/// ```
/// use estimators::chance::Chance;
/// let (mut one, mut two) = (Chance::new(7), Chance::new(7));
/// assert_eq!(one.uniform(), two.uniform());
/// ```
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Chance(seed)
    }

    /// The stream that belongs to a number within a seed: tree 17, fold 3.
    pub fn of(seed: u64, number: u64) -> Self {
        let mut chance = Chance(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31));
        chance.next();
        Chance(chance.next())
    }

    /// 64 random bits.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number in `[0, 1)`.
    pub fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A whole number in `[0, below)`. Panics if `below` is 0.
    pub fn below(&mut self, below: usize) -> usize {
        assert!(below > 0, "a number below nothing");
        ((u128::from(self.next()) * below as u128) >> 64) as usize
    }

    /// Puts things into a random order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}
