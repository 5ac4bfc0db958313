//! Health: how worried to be, and why.
//!
//! A scorecard ([`ScoreBook`]) says which indicators count, how much, how many points each number earns, and what is
//! done where one is missing or old. [`score`] makes of an indicator frame a health per customer that can be taken
//! apart to the last hundredth, with a band, a coverage and a value; [`score_said`] adds what people say of a customer
//! ([`Said`]); [`reasons`] says in words what weighs most; [`ledger`] explains every change between two scores.
//!
//! A segment book ([`SegmentBook`]) says which customers belong together; [`sort`] tells of everybody at a moment the tier
//! of value, the cell of recency, frequency and monetary value, and the segments.
//!
//! Not here: what an indicator is (`indicators`), what to do about a low health (`alerts`, `actions`), whether the
//! scorecard is any good (`training`), which of its versions is in use (`store`, `app`).

mod book;
mod contributions;
mod curve;
mod cut;
mod ledger;
mod look;
mod read;
mod reason;
mod said;
mod score;
mod segment;
mod sort;
mod weigh;

pub use book::{Dimension, Firmness, Measure, Missing, OnceStale, Own, OwnBy, ScoreBook, Stale};
pub use contributions::{Contribution, Contributions, Named, NamedShares, Share};
pub use curve::{Curve, Shape};
pub use ledger::{Cause, Change, Ledger, Scored, ledger};
pub use reason::{in_words, plainly, reasons};
pub use said::{Override, Pulse, Said};
pub use score::{
    Correction, CustomerScore, ScoreFrame, earned, healths_said, score, score_each, score_lightly, score_said,
    score_said_lightly,
};
pub use segment::{CutPlan, RfmPlan, Segment, SegmentBook, TierPlan};
pub use sort::{Portrait, RfmCell, RfmCuts, SegmentFrame, Tier, TierCuts, cuts, sort, tiers, tiers_of};
pub use weigh::Counted;
