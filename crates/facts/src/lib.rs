//! The append-only record of what happened and when we could know it.
//!
//! [`Facts`] is an open data folder. Facts go in by [`Facts::append`] (what has just happened), [`Facts::load`] or
//! [`Facts::load_haul`] (history, as much as there is), exactly once by their source and message id. They come out as of a moment: [`Facts::as_of`] shows what
//! could be known then, [`Facts::as_recorded`] what this record said then. The future of a moment has one window,
//! [`Facts::after`].
//!
//! Not here: reading files and requests from outside (`ingest`), what facts mean (`indicators`, `outcomes`), anything
//! that is updated in place (`store`). The clock is the caller's: every writing is handed its `now`.

mod batch;
mod bearing;
mod build;
mod bulk;
mod columns;
mod compact;
mod deal;
mod digest;
mod drain;
mod encode;
mod error;
mod fact;
mod file;
mod folder;
mod foresee;
mod frame;
mod fresh;
mod haul;
mod haul_ids;
mod haul_notes;
mod held;
mod id_map;
mod identity_files;
mod intake;
mod keys;
mod lake;
mod lately;
mod live;
mod open;
mod packed;
mod parts;
mod plain;
mod room;
mod runs;
mod scan;
mod scores;
mod seats;
mod segment;
mod sieve;
mod spill;
mod state;
mod table;
mod unmade;
mod view;
mod way;
mod writer;

pub use batch::{DrainReport, FactBatch, Fate, Report, SourceSummary};
pub use bearing::Bearing;
pub use build::{FrameBuilder, RowRef};
pub use compact::CompactReport;
pub use error::Error;
pub use fact::{Fact, Identity, IdentityRole, Properties, StoredFact, StoredIdentity};
pub use folder::{Facts, Options, StopPoint};
pub use foresee::Foreseen;
pub use frame::{FactFrame, Want};
pub use haul::Haul;
pub use held::{Held, HeldRow};
pub use parts::{FactParts, Scanned};
pub use plain::{columns_of_parquet, read_parquet, read_parquet_in_lots, write_parquet};
pub use scores::ScoreRow;
pub use view::{FactView, Hindsight, Mark, SurveyRow, Surveyor};
pub use way::giving_way;
