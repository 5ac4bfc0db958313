//! The house checks itself: which room may know which ([`arrows`]), which folder of the largest ([`floors`]), what must be nowhere ([`absences`]), what every
//! file keeps to ([`tidy`]); and which long proofs are older than what they cover ([`proofs`]). Text in, breaches out; `cargo nextest run` runs all of it.
//!
//! Not here: anything the compiler or clippy already checks.

pub mod absences;
pub mod arrows;
pub mod floors;
pub mod proofs;
pub mod tidy;
mod tree;

pub use tree::{SourceFile, Tree, root};

/// A rule that is broken, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// Path from the root, with a line where there is one.
    pub place: String,
    /// What is wrong there.
    pub what: String,
}

impl Breach {
    /// A breach of a rule at a place.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}
