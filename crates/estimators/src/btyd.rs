//! How often customers without a contract will buy again, and what they are worth ("buy till you die").
//!
//! Nobody tells a shop that they have left: it must be inferred from how long they have been silent, compared with how
//! often they used to buy. Each model here says how purchases come (at a rate of the customer's own) and when a customer
//! drops out, unseen; all of them need only three numbers per customer ([`History`]).
//!
//! | model | drops out | when |
//! |---|---|---|
//! | [`Model::BgNbd`] | after a purchase, with a probability | somebody without a repeat purchase counts as there for sure |
//! | [`Model::MbgNbd`] | after any purchase, the first included | as above without that flaw |
//! | [`Model::ParetoNbd`] | at any moment, at a rate | the classical one |
//! | [`Model::Nbd`] | never | what the others are compared with |
//!
//! [`BgBb`] is for occasions that come at fixed times (a yearly appeal), [`GammaGamma`] for what a purchase is worth,
//! [`ShiftedBeta`] for contracts renewed period by period, [`value`] turns them into money.
//!
//! **Never a churn score:** the probability of being alive under [`Model::BgNbd`] is 1 for everybody without a repeat
//! purchase and ranks later activity worse than a coin; use expected purchases instead.
//!
//! Not here: reading purchases from tables, time zones, currencies.

mod beta_binomial;
mod chance;
mod dropout;
mod fit;
mod future;
mod history;
mod pareto;
mod renewal;
mod simulate;
mod spend;
pub mod value;

pub use beta_binomial::{BgBb, Occasions};
pub use fit::{Estimate, Fitted, Model, NotIdentified, Unfit, fit};
pub use future::Future;
pub use history::{Alike, Histories, History};
pub use renewal::ShiftedBeta;
pub use simulate::{Draws, Outlook, outlook};
pub use spend::{GammaGamma, Spend};
