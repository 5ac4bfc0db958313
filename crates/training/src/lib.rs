//! What history teaches: which signals went with leaving, which rules and weights it suggests, which model foretells it, and
//! how well, before it is believed.
//!
//! Features come only from what was visible at a past moment, labels only from what happened after it; the two meet here
//! and nowhere else.
//!
//! Not here: the arithmetic (`estimators`), what an indicator is (`indicators`), what leaving means (`outcomes`).

pub mod backtest;
pub mod discovery;
pub mod drift;
pub mod earlier;
pub mod efficacy;
pub mod frames;
pub mod lab;
pub mod looks;
pub mod outside;
pub mod risk;
pub mod rivals;
pub mod train;
pub mod worries;
pub mod worth;
