//! When somebody speaks up about a customer, and when it is over.

mod applied;
mod evidence;
mod lives;
mod policy;
mod shipped;
