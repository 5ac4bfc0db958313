//! Who works here, what each may do and see, and what they did.

pub(crate) mod audit;
pub(crate) mod hand_over;
pub(crate) mod organisation;
pub(crate) mod people;
pub(crate) mod permission;
pub(crate) mod roster;
pub(crate) mod sample_staff;
pub(crate) mod staff_sheet;
pub(crate) mod standing;
