//! Who is likely to leave: a model of risk from any table of customers, without settings.
//!
//! [`understand`] makes numbers and categories of the columns and leaves aside what cannot carry over to other customers
//! (ids, constants, free text, leaks). [`RiskModel::fit`] fits a penalised regression on smooth curves and boosted trees,
//! finds by folds inside the training rows how much each is to be believed, and calibrates the sum on the same
//! out-of-fold margins. Nothing outside the training rows is ever looked at. Where rows have moments
//! ([`RiskModel::fit_in_time`]) later rows decide what folds decide otherwise.
//!
//! # Why both
//! On small tables a sound linear model beats boosting, on others the reverse; which it is, the folds say.
//!
//! Not here: what leaving means and when features were known (`frames`, `outcomes`), the arithmetic (`estimators`).

mod calibration;
mod cells;
mod explain;
mod folds;
mod frame;
mod leaks;
mod model;
mod together;

pub use calibration::Calibration;
/// The smallest change of what a model is asked.
pub use estimators::change::{Change, Lever, smallest_change};
pub use explain::{Explained, RiskExplainer};
pub use folds::stratified;
pub use frame::{Frame, FrameColumn, Kind, OTHER, SetAside, Understood, understand};
pub use leaks::{Leak, leaks};
pub(crate) use model::inner_folds;
pub use model::{Choice, FitOptions, RiskModel};
pub use together::together;
