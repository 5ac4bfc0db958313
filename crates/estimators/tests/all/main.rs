//! Every method against the figures of a reference, or against a truth that is known because it was made.

mod adjusted;
mod btyd;
mod detect;
mod metrics;
mod survival;
mod tables;
