//! Who stays how long: survival curves, tests between groups, and what drives leaving.
//!
//! A customer is a [`Lifetime`]: how long they were seen, and whether they left at its end or were still there (censored).
//! Every method takes lifetimes as they are and treats the censored as what they are: known to have stayed so long.
//!
//! Deliberately not here: what "leaving" means (`outcomes`), probabilities of purchase ([`crate::btyd`]), and models of
//! risk within a fixed horizon.

mod brier;
mod concordance;
mod cox;
mod curve;
mod log_rank;
mod periods;
mod proportional;
mod tied;

use std::fmt;

pub use brier::{integrated_brier_score, uno_concordance};
pub use concordance::{Concordance, concordance_index};
pub use cox::{Cox, CoxOptions};
pub use curve::{CurvePoint, SurvivalCurve};
pub use log_rank::{LogRank, log_rank};
pub use periods::{DiscreteHazard, HazardPath, Link, PersonPeriods, survival_of_hazards};
pub use proportional::{ProportionalityTest, TimeScale};
pub use tied::Ties;

/// How long somebody was seen, and whether they left at the end of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lifetime {
    /// From the start until leaving or until last seen, in any unit, at least 0.
    pub duration: f64,
    /// True: left at `duration`. False: censored, known to have stayed at least so long.
    pub ended: bool,
}

/// Why nothing could be fitted. Rows and columns count from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is no row at all.
    Empty,
    /// The duration of this row is negative, infinite or not a number.
    BadDuration {
        /// Which row.
        row: usize,
    },
    /// A covariate of this row is infinite or not a number.
    BadCovariate {
        /// Which row.
        row: usize,
        /// Which column.
        column: usize,
    },
    /// Nobody left: nothing can be learnt about leaving.
    NobodyLeft,
    /// A column has the same value in every row.
    Constant {
        /// Which column.
        column: usize,
    },
    /// A column says nothing that those before it do not say already.
    Dependent {
        /// Which column.
        column: usize,
    },
    /// Ties are too many for the exact method.
    TiesTooMany,
    /// The search for the best coefficients did not end.
    NotConverged,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Empty => f.write_str("there are no rows"),
            Unfit::BadDuration { row } => write!(f, "the duration of row {row} is not a number of at least 0"),
            Unfit::BadCovariate { row, column } => write!(f, "covariate {column} of row {row} is not a number"),
            Unfit::NobodyLeft => f.write_str("nobody left"),
            Unfit::Constant { column } => write!(f, "covariate {column} is constant"),
            Unfit::Dependent { column } => write!(f, "covariate {column} is a combination of those before it"),
            Unfit::TiesTooMany => f.write_str("too many ties for the exact method"),
            Unfit::NotConverged => f.write_str("the coefficients did not converge"),
        }
    }
}

impl std::error::Error for Unfit {}

/// The first thing wrong with lifetimes, if anything is.
fn check(lifetimes: &[Lifetime]) -> Result<(), Unfit> {
    if lifetimes.is_empty() {
        return Err(Unfit::Empty);
    }
    match lifetimes.iter().position(|life| !life.duration.is_finite() || life.duration < 0.0) {
        Some(row) => Err(Unfit::BadDuration { row }),
        None => Ok(()),
    }
}
