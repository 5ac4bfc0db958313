//! Who does what by when.

mod cases;
mod clocks;
mod desk;
mod hand_out;
mod limits;
mod notices;
mod reminders;
mod tally;
