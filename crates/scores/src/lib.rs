//! Health: how worried to be, and why.
//!
//! A scorecard ([`ScoreBook`]) says which indicators count, how much, and how many points each number earns. [`score`]
//! makes of an indicator frame a health per customer that can be taken apart to the last hundredth, with a band, a
//! coverage and a value; [`reasons`] says in words what weighs most.
//!
//! Not here: what an indicator is (`indicators`), what to do about a low health (`alerts`, `actions`), whether the
//! scorecard is any good (`training`).

mod book;
mod curve;
mod reason;
mod score;

pub use book::{Dimension, Measure, ScoreBook};
pub use curve::Curve;
pub use reason::reasons;
pub use score::{Contribution, CustomerScore, ScoreFrame, score};
