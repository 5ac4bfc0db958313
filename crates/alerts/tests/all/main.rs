//! When somebody speaks up about a customer, and when it is over.

mod advice;
mod applied;
mod budget;
mod census;
mod evidence;
mod lives;
mod over_time;
mod policy;
mod said;
mod shipped;
