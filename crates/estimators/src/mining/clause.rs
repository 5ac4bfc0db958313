//! A condition on one column, and where a number is cut.

/// A column to look at; NaN is missing.
#[derive(Clone, Copy, Debug)]
pub enum Field<'a> {
    /// Quantities.
    Number(&'a [f64]),
    /// Codes of categories, whole numbers below `levels`; anything else is missing.
    Category {
        /// One for each row.
        codes: &'a [f64],
        /// How many categories.
        levels: u32,
    },
}

impl Field<'_> {
    pub(super) fn values(&self) -> &[f64] {
        match self {
            Field::Number(values) | Field::Category { codes: values, .. } => values,
        }
    }
}

/// What a condition says of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Says {
    /// `≥`
    AtLeast(f64),
    /// `≤`
    AtMost(f64),
    /// This category.
    Is(u32),
}

/// A condition: what is said of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clause {
    /// Place among the fields.
    pub column: usize,
    /// What is said of it.
    pub says: Says,
}

impl Clause {
    /// Whether it holds in a row; never where the value is missing.
    pub fn holds(&self, fields: &[Field<'_>], row: u32) -> bool {
        let value = fields[self.column].values()[row as usize];
        match self.says {
            Says::AtLeast(border) => value >= border,
            Says::AtMost(border) => value <= border,
            Says::Is(level) => value == f64::from(level),
        }
    }

    /// Whether the other speaks of the same column the same way: of two such one would do.
    pub(super) fn is_like(&self, other: &Clause) -> bool {
        let way = |says: Says| std::mem::discriminant(&says);
        self.column == other.column && (way(self.says) == way(other.says) || matches!(self.says, Says::Is(_)))
    }

    /// Whether it names a value and needs no cut.
    pub(super) fn is_named(&self) -> bool {
        matches!(self.says, Says::Is(_))
    }

    /// Orders conditions for comparing rules.
    pub(super) fn key(&self) -> (usize, u8, u64) {
        match self.says {
            Says::AtLeast(border) => (self.column, 0, border.to_bits()),
            Says::AtMost(border) => (self.column, 1, border.to_bits()),
            Says::Is(level) => (self.column, 2, u64::from(level)),
        }
    }
}

/// The roundest number above `low` and not above `high`.
pub(super) fn round_above(low: f64, high: f64) -> f64 {
    round(high, |at| at.floor(), |rounded| rounded > low && rounded <= high)
}

/// The roundest number not below `low` and below `high`.
pub(super) fn round_below(low: f64, high: f64) -> f64 {
    round(low, |at| at.ceil(), |rounded| rounded >= low && rounded < high)
}

fn round(number: f64, to_whole: impl Fn(f64) -> f64, fits: impl Fn(f64) -> bool) -> f64 {
    const DIGITS: i32 = 12;
    let first = if number == 0.0 { 0 } else { number.abs().log10().floor() as i32 + 1 };
    let at = |place: i32| {
        let unit = 10f64.powi(place.abs());
        // Dividing by a whole power of ten keeps decimals as they are written.
        if place >= 0 { to_whole(number / unit) * unit } else { to_whole(number * unit) / unit }
    };
    (0..DIGITS).map(|step| at(first - step)).find(|rounded| fits(*rounded)).unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_the_roundest_number_between_its_neighbours() {
        for (low, high, above, below) in [
            (2.0, 3.0, 3.0, 2.0),
            (263.7, 264.6, 264.0, 264.0),
            (0.0, 1.0, 1.0, 0.0),
            (0.118, 0.1234, 0.12, 0.12),
            (-3.0, -2.0, -2.0, -3.0),
            (1_980.0, 2_040.0, 2_000.0, 2_000.0),
            (97.0, 104.0, 100.0, 100.0),
        ] {
            assert_eq!((round_above(low, high), round_below(low, high)), (above, below), "{low} {high}");
        }
        let (low, high) = (0.1, 0.1 + f64::EPSILON);
        assert!(round_above(low, high) > low && round_below(low, high) < high, "however close they are");
    }

    #[test]
    fn nothing_is_said_of_what_is_missing() {
        let values = [f64::NAN, 1.0];
        let fields = [Field::Number(&values), Field::Category { codes: &values, levels: 2 }];
        for says in [Says::AtLeast(0.0), Says::AtMost(9.0), Says::Is(1)] {
            let column = usize::from(matches!(says, Says::Is(_)));
            let clause = Clause { column, says };
            assert!(!clause.holds(&fields, 0) && clause.holds(&fields, 1), "{clause:?}");
        }
    }
}
