//! Which facts of a customer an indicator looked at: what a person checks a number by.

use facts::FactFrame;
use vocab::{AsOf, CustomerId};

use crate::catalog::Indicator;
use crate::plan::bounds;

/// The rows of a customer that an indicator takes at a moment, oldest first: visible, selected and within its window.
///
/// # Edges
/// * A formula counts no facts itself, and who is not in the frame has none.
/// * Windows that a comparison looks at are not among them, and `since` does not shorten them.
pub fn counted(frame: &FactFrame, indicator: &Indicator, customer: &CustomerId, as_of: AsOf) -> Vec<usize> {
    let (Some(measured), Some(position)) = (indicator.measured(), frame.position(customer)) else {
        return Vec::new();
    };
    let window = bounds(measured, as_of, frame.zone());
    let matcher = measured.of.on(frame);
    let inside = |row: &usize| (window.now.start..window.now.end).contains(&frame.occurred_at(*row).micros());
    let rows = frame.rows_of(position).filter(|row| frame.is_visible(*row, as_of));
    rows.filter(inside).filter(|row| matcher.matches(*row)).collect()
}
