//! The methods for analysts, on plain tables that know nothing of customers' facts.
//!
//! [`Table`] is the plain table. Reading files is not done here: the caller fills it.

mod classify;
mod table;

pub use crate::risk::{Choice, Kind};
pub use classify::{Classified, ClassifiedRow, ClassifySpec, Figures, FoldsBy, LEAST, classify};
pub use table::{Column, Table};
