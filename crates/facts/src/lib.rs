//! Facts.
mod fact;
mod frame;
pub use fact::{Fact, Identity, IdentityRole, Properties, StoredFact};
pub use frame::{FactFrame, FrameBuilder, RowRef, Want};
