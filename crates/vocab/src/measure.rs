//! How a customer is doing, and why a number may be missing.

use std::fmt;

/// Health of a customer, 0 to 100, high is good. Kept in hundredths so that contributions sum to it exactly.
///
/// There is no conversion to or from [`Risk`]: they point in opposite directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Health(u16);

impl Health {
    /// From hundredths of a point.
    ///
    /// # Panics
    /// Above 100 points: our own mistake.
    pub fn from_hundredths(hundredths: u16) -> Self {
        assert!(hundredths <= 10_000, "health is at most 100 points, not {hundredths} hundredths");
        Self(hundredths)
    }

    /// In hundredths of a point.
    pub fn hundredths(self) -> u16 {
        self.0
    }

    /// In points, 0 to 100.
    pub fn points(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// Probability of leaving within a horizon, 0 to 1, high is bad.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Risk(f64);

impl Risk {
    /// `None` outside 0..=1.
    pub fn new(probability: f64) -> Option<Self> {
        (0.0..=1.0).contains(&probability).then_some(Self(probability))
    }

    /// The probability.
    pub fn probability(self) -> f64 {
        self.0
    }
}

macro_rules! words {
    ($type:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        impl $type {
            /// Every one, in order.
            pub const ALL: &[$type] = &[$($type::$variant),+];

            /// The word written in files and over the wire.
            pub fn as_str(self) -> &'static str {
                match self { $($type::$variant => $word),+ }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = ();
            fn from_str(text: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or(())
            }
        }
    };
}

/// How worried to be. Ordered: `Low < Medium < High < Critical`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Nothing to do.
    Low,
    /// Keep an eye on it.
    Medium,
    /// Act this week.
    High,
    /// Act today.
    Critical,
}

words!(Band { Low = "low", Medium = "medium", High = "high", Critical = "critical" });

/// How urgent an alert is. Ordered: `Info < Warning < Urgent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth acting on within the usual time.
    Warning,
    /// Act at once.
    Urgent,
}

words!(Severity { Info = "info", Warning = "warning", Urgent = "urgent" });

/// Why there is no number. Silence is not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unknown {
    /// Nothing of this sort was ever seen for this customer.
    NeverObserved,
    /// The window begins before the first fact its source ever delivered.
    ShortHistory,
    /// The source has stopped delivering.
    SourceSilent,
    /// No source ever delivered anything of this sort.
    NotConnected,
    /// The number it would be compared with is zero.
    ZeroBase,
    /// The facts are there, but carry no usable value.
    NoValue,
    /// Amounts in several currencies without a rate.
    MixedCurrency,
    /// Too little of what the score needs is known.
    LowCoverage,
    /// Too few of those it would be compared with have a number.
    TooFewPeers,
}

words!(Unknown {
    NeverObserved = "never_observed",
    ShortHistory = "short_history",
    SourceSilent = "source_silent",
    NotConnected = "not_connected",
    ZeroBase = "zero_base",
    NoValue = "no_value",
    MixedCurrency = "mixed_currency",
    LowCoverage = "low_coverage",
    TooFewPeers = "too_few_peers",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_ordered_by_worry() {
        assert!(Band::Low < Band::Critical);
        assert_eq!("high".parse(), Ok(Band::High));
    }

    #[test]
    fn a_probability_above_one_is_no_risk() {
        assert!(Risk::new(1.01).is_none());
        assert!(Risk::new(f64::NAN).is_none());
        assert_eq!(Risk::new(0.5).unwrap().probability(), 0.5);
    }

    #[test]
    fn health_is_written_with_two_digits() {
        assert_eq!(Health::from_hundredths(4205).to_string(), "42.05");
    }
}
