//! Every method against the figures of a reference, or against a truth that is known because it was made.

mod adjusted;
mod btyd;
mod boost;
mod calibrate;
mod detect;
mod metrics;
mod shap;
mod survival;
mod tables;
