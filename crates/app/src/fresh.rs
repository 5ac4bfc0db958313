//! How the present stays true: the cycle, what a fact changes between two of them, what is made ahead.

pub(crate) mod ahead;
pub(crate) mod aside;
pub(crate) mod cycle;
pub(crate) mod live;
pub(crate) mod opened;
pub(crate) mod ready;
