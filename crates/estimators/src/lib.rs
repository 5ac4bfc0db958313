//! Numbers in, numbers out: the methods that answer who leaves, when, how sure we are, and whether acting helped.
//!
//! Every method takes slices of numbers and returns a fitted value or a typed refusal; each says its formula, its edges
//! and its source, and reproduces the figures of a reference library (see the tests).
//!
//! Not here: customers, facts, files, clocks or chance without a seed. This room depends on no other room and could be
//! published alone.

pub mod adjusted;
pub mod boost;
pub mod btyd;
pub mod calibrate;
pub mod chance;
pub mod change;
pub mod detect;
pub mod flat;
pub mod linear;
pub mod metrics;
pub mod mining;
pub mod multiple;
pub mod optimise;
pub mod rhythm;
pub mod shap;
pub mod special;
pub mod stratified;
pub mod survival;
pub mod symmetric;
pub mod trees;
