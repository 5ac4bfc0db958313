//! What a curve looks at: a measure's number, put against the customer's own usual where the scorecard says so.
//!
//! Told apart from weighing so that a picture of a curve and the score itself can never look at two different numbers.

use indicators::{Cell, IndicatorFrame};
use vocab::Unknown;

use crate::book::{Measure, Own, OwnBy};

impl Measure {
    /// The number of the customer at a position that the curve looks at, or why there is none.
    ///
    /// # Edges
    /// What people say stands in no frame: `not_connected`. A usual of zero or less gives no ratio: `zero_base`.
    ///
    /// # Panics
    /// Beyond the last customer of the frame.
    pub fn looks_at(&self, frame: &IndicatorFrame, position: usize) -> Cell {
        let usual = || self.own.as_ref().map(|own| frame.cell(position, &own.usual));
        against(self.own.as_ref(), frame.cell(position, &self.indicator), usual)
    }
}

/// A number put against the usual, where there is an `own`; else the number itself.
pub(crate) fn against(own: Option<&Own>, cell: Cell, usual: impl FnOnce() -> Option<Cell>) -> Cell {
    let (Some(own), Cell::Known(number)) = (own, cell) else { return cell };
    match (usual().unwrap_or(Cell::Unknown(Unknown::NotConnected)), own.by) {
        (Cell::Known(usual), OwnBy::Difference) => Cell::Known(number - usual),
        (Cell::Known(usual), OwnBy::Ratio) if usual > 0.0 => Cell::Known(number / usual),
        (Cell::Known(_), OwnBy::Ratio) => Cell::Unknown(Unknown::ZeroBase),
        (unknown, _) => unknown,
    }
}
