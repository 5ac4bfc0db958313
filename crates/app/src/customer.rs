//! What is known and said of customers: their list, the page of one, who they are and where they belong.

pub(crate) mod contacts;
pub(crate) mod customer_page;
pub(crate) mod customer_proof;
pub(crate) mod customers;
pub(crate) mod identity;
pub(crate) mod judgements;
pub(crate) mod ledger;
pub(crate) mod other_healths;
pub(crate) mod overview;
pub(crate) mod product_lines;
pub(crate) mod rhythm;
pub(crate) mod search;
pub(crate) mod segments;
pub(crate) mod tags;
