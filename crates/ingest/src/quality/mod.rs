//! How the sources do: what each delivers, how much of it by its own rhythm, and what has gone wrong with it.
//!
//! Rows go in one by one ([`Survey::take`]); what comes out ([`Survey::report`]) says of every source, kind and name how
//! fresh it is, whether as much came as usually on such days, which fields are missing more than before or changed their
//! type. A pause is judged by the source's own pauses, a volume by its own days: a monthly table is not late after a week.
//!
//! Pure: the calendar is handed in. Not here: reading rows (`facts`), keeping alerts (`store`), what is starved by them
//! (`indicators`).

mod fields;
mod rhythm;
mod survey;

pub use fields::{FieldReport, TypeShare};
pub use rhythm::{DayType, Rhythm};
pub use survey::{NameReport, SourceReport, Survey, Trouble, TroubleSort};
