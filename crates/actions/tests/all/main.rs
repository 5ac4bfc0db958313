//! Who does what by when.

mod cases;
mod clocks;
mod desk;
mod hand_out;
mod limits;
mod notices;
mod pool_return;
mod reasons;
mod reminders;
mod tally;
mod work_times;
