//! Where every customer stands as of one moment.

pub(crate) mod belonging;
pub(crate) mod cards;
pub(crate) mod followed;
pub(crate) mod hands;
pub(crate) mod kept;
pub(crate) mod order;
pub(crate) mod roll;
pub(crate) mod snapshot;
pub(crate) mod spelling;
