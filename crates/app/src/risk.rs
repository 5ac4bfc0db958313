//! What stands at risk: the model in service, asked about everybody, and what its answer means for one customer.

pub(crate) mod champion;
pub(crate) mod columns;
pub(crate) mod coming;
pub(crate) mod page;
pub(crate) mod reasons;
pub(crate) mod ways;
pub(crate) mod worth;
