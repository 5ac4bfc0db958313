//! The shares of the measures in a health, kept small: a firm has a million customers, and each has one for every measure of
//! its scorecard. What the measures are called is kept once for all of them.

use std::iter::{Map, Zip};
use std::ops::Index;
use std::slice;
use std::sync::Arc;

use indicators::Cell;

use crate::weigh::Counted;

/// What a measure is called: the indicator, the outermost dimension.
pub type Named = (Arc<str>, Arc<str>);

/// Signed share of one indicator in the health of a customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution<'a> {
    /// The indicator's id.
    pub indicator: &'a str,
    /// The outermost dimension's id.
    pub dimension: &'a str,
    /// Points above or below the base, in hundredths; `None` if it is left out or there is no computed health.
    pub points_hundredths: Option<i32>,
    /// The indicator's number, or why there is none.
    pub cell: Cell,
    /// How it was counted.
    pub counted: Counted,
}

/// A contribution without its names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// Points above or below the base, in hundredths, −10,000 to 10,000; `None` if it is left out or there is no computed
    /// health.
    pub points_hundredths: Option<i16>,
    /// The indicator's number, or why there is none.
    pub cell: Cell,
    /// How it was counted.
    pub counted: Counted,
}

/// One contribution per measure of a scorecard, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contributions {
    names: Arc<[Named]>,
    shares: Box<[Share]>,
}

impl Contributions {
    /// Those of the measures of these names, in their order.
    pub(crate) fn new(names: &Arc<[Named]>, shares: Box<[Share]>) -> Contributions {
        assert_eq!(names.len(), shares.len(), "a share for every measure");
        Contributions { names: Arc::clone(names), shares }
    }

    /// Each with its names.
    pub fn iter(&self) -> NamedShares<'_> {
        self.into_iter()
    }
}

/// Contributions with their names, one after the other.
pub type NamedShares<'a> =
    Map<Zip<slice::Iter<'a, Named>, slice::Iter<'a, Share>>, fn((&'a Named, &'a Share)) -> Contribution<'a>>;

impl<'a> IntoIterator for &'a Contributions {
    type Item = Contribution<'a>;
    type IntoIter = NamedShares<'a>;

    fn into_iter(self) -> NamedShares<'a> {
        let named: fn((&'a Named, &'a Share)) -> Contribution<'a> = |((indicator, dimension), share)| Contribution {
            indicator,
            dimension,
            points_hundredths: share.points_hundredths.map(i32::from),
            cell: share.cell,
            counted: share.counted,
        };
        self.names.iter().zip(self.shares.iter()).map(named)
    }
}

impl Index<usize> for Contributions {
    type Output = Share;

    /// That of the measure at a place.
    fn index(&self, place: usize) -> &Share {
        &self.shares[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_customers_have_room_for_their_shares() {
        assert_eq!(size_of::<Share>(), 24);
    }
}
