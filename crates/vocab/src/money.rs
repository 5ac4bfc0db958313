//! Sums that do not depend on the order in which they were added.

use std::fmt;

/// A decimal quantity in millionths: the value of a fact, and sums of such values.
///
/// Fixed point, so that neither the order of facts nor the number of threads changes an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i128);

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);
    const SCALE: i128 = 1_000_000;

    /// From millionths.
    pub const fn from_millionths(millionths: i128) -> Self {
        Self(millionths)
    }

    /// In millionths.
    pub const fn millionths(self) -> i128 {
        self.0
    }

    /// The nearest millionth; `None` if not finite or beyond ±9.2e12, the range a stored value may have.
    pub fn from_f64(value: f64) -> Option<Self> {
        let scaled = (value * 1e6).round();
        (scaled.is_finite() && scaled.abs() <= i64::MAX as f64 / 1.0001).then_some(Self(scaled as i128))
    }

    /// The nearest floating-point number.
    pub fn to_f64(self) -> f64 {
        // Whole and fractional part apart: exact for whatever f64 can hold. Nearly every amount fits 64 bits, whose
        // division is many times quicker.
        if let Ok(small) = i64::try_from(self.0) {
            const SCALE: i64 = Amount::SCALE as i64;
            return (small / SCALE) as f64 + (small % SCALE) as f64 / 1e6;
        }
        (self.0 / Self::SCALE) as f64 + (self.0 % Self::SCALE) as f64 / 1e6
    }
}

impl std::ops::Add for Amount {
    type Output = Amount;
    fn add(self, other: Amount) -> Amount {
        Amount(self.0 + other.0)
    }
}

impl std::ops::AddAssign for Amount {
    fn add_assign(&mut self, other: Amount) {
        self.0 += other.0;
    }
}

impl std::ops::Neg for Amount {
    type Output = Amount;
    fn neg(self) -> Amount {
        Amount(-self.0)
    }
}

impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Amount>>(amounts: I) -> Amount {
        amounts.fold(Amount::ZERO, |sum, amount| sum + amount)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        let (whole, part) = (magnitude / Self::SCALE as u128, magnitude % Self::SCALE as u128);
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let part = format!("{part:06}");
        write!(f, "{sign}{whole}.{}", part.trim_end_matches('0'))
    }
}

/// Money as the operational store keeps it: minor units beside their currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// Fen, cents.
    pub amount_minor: i64,
    /// ISO 4217; `None` is the firm's own currency.
    pub currency: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_add_up_exactly() {
        let tenth = Amount::from_f64(0.1).unwrap();
        assert_eq!((0..10).map(|_| tenth).sum::<Amount>(), Amount::from_f64(1.0).unwrap());
    }

    #[test]
    fn amounts_are_written_without_trailing_zeros() {
        assert_eq!(Amount::from_f64(-12.50).unwrap().to_string(), "-12.5");
        assert_eq!(Amount::from_f64(3.0).unwrap().to_string(), "3");
        assert_eq!(Amount::from_f64(-0.000001).unwrap().to_string(), "-0.000001");
    }

    #[test]
    fn what_cannot_be_stored_is_refused() {
        assert_eq!(Amount::from_f64(f64::NAN), None);
        assert_eq!(Amount::from_f64(1e300), None);
    }
}
