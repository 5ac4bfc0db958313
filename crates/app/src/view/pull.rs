//! Sources that are fetched: what they answer, what they would give, what each run brought.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Count, FieldOption, FindingRow, Words};

/// A source that let us in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceTest {
    /// What the server calls itself: `PostgreSQL 15.4`.
    pub server: String,
}

/// A column of a source.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceColumn {
    /// Its name.
    pub header: String,
    /// First values.
    pub samples: Vec<String>,
    /// The field it is taken for; `null` = kept as a property, `-` = left out.
    pub field: Option<String>,
}

/// What a source would give.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourcePreview {
    /// What its rows are; `null` when it can neither be guessed nor was said.
    pub kind: Option<String>,
    /// Every kind there is.
    pub kinds: Vec<String>,
    /// The fields of this kind.
    pub fields: Vec<FieldOption>,
    /// Its columns.
    pub columns: Vec<SourceColumn>,
    /// The first twenty rows, cell by cell.
    pub rows: Vec<Vec<String>>,
    /// The watermark that is set, else a column that looks like one.
    pub watermark: Option<String>,
    /// The key columns that are set, else what looks like them.
    pub key: Vec<String>,
    /// Rows tried, at most two hundred.
    pub received: u64,
    /// Of these, rows that would be taken.
    pub accepted: u64,
    /// Rows that say what others said.
    pub duplicates: u64,
    /// Rows that cannot be taken.
    pub rejected: u64,
    /// Facts they would become.
    pub facts: u64,
    /// The first faults.
    pub findings: Vec<FindingRow>,
    /// Faults by code.
    pub finding_counts: Vec<Count>,
    /// What must be said before the source can be read.
    pub blocking: Vec<FindingRow>,
}

/// Why a run failed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RunError {
    /// Stable code.
    pub code: String,
    /// What went wrong.
    pub detail: Words,
    /// What to do.
    pub hint: Words,
}

/// One reading of a source.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceRun {
    /// Stable id.
    pub id: i64,
    /// `running`, `done`, `failed`.
    pub state: String,
    /// Who asked for it: a person, `timer` or `command line`.
    pub actor: String,
    /// Started at.
    pub started_at: String,
    /// Finished at.
    pub finished_at: Option<String>,
    /// Rows read.
    pub received: u64,
    /// Rows that said something new.
    pub accepted: u64,
    /// Rows that said what was known, those read again because of the overlap among them.
    pub duplicates: u64,
    /// Rows that could not be taken; they are in quarantine.
    pub rejected: u64,
    /// Facts made.
    pub facts: u64,
    /// How far the source has been read, in its own words.
    pub watermark: Option<String>,
    /// The first faults.
    pub findings: Vec<FindingRow>,
    /// Why it failed.
    pub error: Option<RunError>,
}

/// A definition of a source over HTTP that ships.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceRecipe {
    /// The word for `settings.recipe`.
    pub id: String,
    /// Name.
    pub name: Words,
    /// Where the shape of its answers is documented.
    pub documentation: String,
    /// What goes into `settings.parameters`.
    pub parameters: Vec<RecipeParameter>,
    /// What goes into `secrets`.
    pub secrets: Vec<RecipeParameter>,
}

/// Something a recipe needs to be told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecipeParameter {
    /// Its word.
    pub id: String,
    /// Name.
    pub name: Words,
    /// What it is when nothing is said.
    pub default: Option<String>,
}
