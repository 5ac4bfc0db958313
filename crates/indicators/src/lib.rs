//! Declared measures of one customer as of a moment, and the condition tree that rules, segments and branches share.
//!
//! An indicator is defined in a file, once: which facts, what is made of them, how far back, what silence means, which
//! way is bad, and the sentence a salesperson would say. [`Catalog::parse`] reads the files and says everything that is
//! wrong with them; [`evaluate`] answers for a population as of a moment, [`evaluate_at`] for several moments at once.
//! Whatever cannot be computed is [`Cell::Unknown`] with its reason, never a zero. [`Sql`] prints the same as a query for
//! whatever engine holds the facts.
//!
//! Not here: what facts are and which of them are visible (`facts`), how worried to be (`scores`), when to speak up
//! (`alerts`). This room reads no clock and no file; definitions are handed in as text.

mod asked;
mod catalog;
mod condition;
mod counted;
mod course;
mod filter;
mod formula;
mod frame;
mod kernel;
mod measure;
mod peers;
mod plan;
mod read;
mod rhythm;
mod schema;
mod season;
mod selector;
mod series;
mod sorting;
mod sql;
mod standing;
mod supply;
mod template;
mod touched;
mod traits;
mod wording;

pub mod definition;

pub use catalog::{Catalog, Figure, Indicator, UNITS, WhenAbsent, Worse, unit_word};
pub use condition::{Comparison, Condition, MOST_DAYS, Quantity};
pub use counted::counted;
pub use filter::{Filter, Test};
pub use formula::{Formula, Function, Operator};
pub use frame::{Cell, IndicatorFrame};
pub use kernel::{Population, evaluate, evaluate_at, evaluate_by, evaluate_delivered, evaluate_parts, in_parallel};
pub use measure::{
    Against, Basis, CalendarUnit, Compare, Gap, Measure, Measured, Reach, Since, StreakUnit, With, Within,
};
pub use peers::{Grouping, PeerGroup};
pub use plan::Delivery;
pub use rhythm::{OwnRhythm, OwnWeek, Rhythms};
pub use schema::{condition_schema, schema};
pub use selector::{Matcher, Selector};
pub use sorting::{RFM_CELLS, Sorting, Subject, TIERS};
pub use sql::{LeftOut, Sql, SqlProperties, SqlSource};
pub use standing::{Followed, Standing};
pub use supply::{Outage, Supply, Usual};
pub use template::{compares_equals, figure, fill, names};
pub use traits::TraitFrame;
pub use wording::trait_word;
