//! Every method against the figures of a reference, or against a truth that is known because it was made.

mod adjusted;
mod boost;
mod btyd;
mod calibrate;
mod detect;
mod metrics;
mod mining;
mod rhythm;
mod shap;
mod stratified;
mod survival;
mod tables;
mod toward;
mod trees;
