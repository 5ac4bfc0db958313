//! Where every customer stands as of one moment, between two cycles and right after a fact.

pub(crate) mod ahead;
pub(crate) mod belonging;
pub(crate) mod cards;
pub(crate) mod cycle;
pub(crate) mod followed;
pub(crate) mod fresh;
pub(crate) mod hands;
pub(crate) mod live;
pub(crate) mod ready;
pub(crate) mod roll;
pub(crate) mod snapshot;
pub(crate) mod worth;
