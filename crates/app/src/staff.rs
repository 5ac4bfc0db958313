//! Who works here, whose desk is whose, and what they did.

pub(crate) mod audit;
pub(crate) mod hand_over;
pub(crate) mod hours;
pub(crate) mod organisation;
pub(crate) mod people;
pub(crate) mod roster;
pub(crate) mod staff_sheet;
pub(crate) mod standing;
