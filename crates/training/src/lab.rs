//! The methods for analysts, on plain tables that know nothing of customers' facts.
//!
//! [`Table`] is the plain table. Reading files is not done here: the caller fills it.

mod table;

pub use table::{Column, Table};
