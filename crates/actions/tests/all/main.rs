//! Who does what by when.

mod clocks;
mod desk;
mod limits;
