//! The front door: files as firms have them, made into facts.
//!
//! A file is looked at ([`inspect`]): format, encoding and header by its content, kind and mapping by its headers. Then
//! it is taken ([`import`]): every row is accepted, a duplicate or rejected, with its reason; what is accepted becomes
//! facts, once, however often the file is imported.
//!
//! Bad rows are data (findings and a rejects file), a file that cannot be taken is a [`Refusal`], and the clock is never
//! read: `now` is handed in. Sources that are asked, databases among them, are read by [`pull()`].
//!
//! Not here: where facts are kept and numbered (`facts`), what they mean for a customer (`indicators`).

mod clock;
mod columnar;
mod decode;
mod delimited;
mod detect;
mod envelope;
mod fault;
mod grid;
mod guess;
mod header;
pub mod hook;
mod html;
pub mod identity;
mod import;
mod inspect;
mod intake;
mod journal;
mod json;
mod kind;
mod layout;
mod leaf;
mod legacy;
mod mapping;
mod moment;
mod number;
mod packed;
mod period;
mod piles;
mod plan;
mod profile;
mod pull;
pub mod quality;
mod record;
mod refusal;
mod rejects;
mod repeats;
mod report;
mod rows;
mod run;
mod spill;
mod spread;
mod table;
mod undo;
mod window;
pub mod wire;
mod workbook;

pub use detect::Format;
pub use grid::Grid;
pub use import::{Import, import};
pub use inspect::{InspectedColumn, Inspection, inspect};
pub use kind::{Field, TableKind, field, fields};
pub use mapping::{EqualRows, Mapping, Use};
pub use moment::DateOrder;
pub use number::DecimalMark;
pub use plan::Plan;
pub use pull::{
    Again, DatabaseSettings, Dialect, FolderSettings, HttpDefinition, HttpParameter, HttpSettings, Look, Place,
    PullReport, PullSource, RowMapping, SftpAccess, SftpSettings, Tls, look, probe, pull, pull_again, recipe, recipes,
};
pub use refusal::Refusal;
pub use report::{ImportReport, Progress, RowCounts, Stage};
pub use undo::{Undo, UndoReport, undo};
