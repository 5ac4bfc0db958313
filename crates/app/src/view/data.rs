//! Data in: previews, jobs and reports of imports; cycles; search.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Count, Words};

/// A column of an uploaded table.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PreviewColumn {
    /// Header as written.
    pub header: String,
    /// First values.
    pub samples: Vec<String>,
    /// The field it was guessed or told to be; `null` = kept as a property.
    pub field: Option<String>,
    /// Whether somebody chose it rather than the guess.
    pub chosen: bool,
}

/// One fault, placed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FindingRow {
    /// Stable code.
    pub code: String,
    /// Row as a person counts it: the header is row 1.
    pub row: Option<u64>,
    /// Column.
    pub field: Option<String>,
    /// What is wrong.
    pub detail: Words,
    /// What to do.
    pub hint: Words,
}

/// A field that a kind of table can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldOption {
    /// Stable word.
    pub id: String,
    /// Name.
    pub name: Words,
    /// Without it nothing can be imported.
    pub required: bool,
}

/// What an uploaded file would become: nothing has been written yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportPreview {
    /// Hand this back.
    pub upload_id: String,
    /// Name of the file.
    pub file_name: String,
    /// Bytes.
    pub size: u64,
    /// `csv`, `xlsx`, `parquet`.
    pub format: String,
    /// `utf-8`, `gb18030`…; absent where the format has none.
    pub encoding: Option<String>,
    /// Sheets to choose from.
    pub sheets: Vec<String>,
    /// Sheet shown.
    pub sheet: Option<String>,
    /// Kind guessed or chosen: `orders`, `events`, `customers`, …; empty when it cannot be guessed.
    pub kind: String,
    /// Kinds to choose from.
    pub kinds: Vec<String>,
    /// Fields of this kind.
    pub fields: Vec<FieldOption>,
    /// Columns.
    pub columns: Vec<PreviewColumn>,
    /// Rows seen.
    pub row_count: u64,
    /// Of these: would be accepted.
    pub accepted: u64,
    /// Of these: already there.
    pub duplicates: u64,
    /// Of these: would be rejected.
    pub rejected: u64,
    /// Rows with nothing against them.
    pub good: u64,
    /// Rows that would be taken although something was noted.
    pub warned: u64,
    /// Rows that could not be taken.
    pub bad: u64,
    /// Facts whose id is taken by other content: the first stays.
    pub conflicts: u64,
    /// Facts the accepted rows make.
    pub facts: u64,
    /// First faults, at most 100.
    pub findings: Vec<FindingRow>,
    /// How many by code.
    pub finding_counts: Vec<Count>,
    /// What must be mended before anything can be imported.
    pub blocking: Vec<FindingRow>,
    /// How often equal rows without ids of their own count: `each` or `once`.
    pub equal_rows: String,
    /// The saved mapping that was used.
    pub saved_mapping: Option<String>,
    /// How the file is read, as a mapping file (TOML) that can be saved; absent when the kind is unknown.
    pub mapping_file: Option<String>,
}

/// What the wizard sends: how to read the uploaded file.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ImportRequest {
    /// Kind; guessed when absent.
    pub kind: Option<String>,
    /// Name of the source; the kind when absent.
    pub source: Option<String>,
    /// Sheet of a workbook; the first when absent.
    pub sheet: Option<String>,
    /// Header → field (`null` = property, `"-"` = leave out); headers not named are guessed.
    pub mapping: std::collections::BTreeMap<String, Option<String>>,
    /// Day on which a customer table was true, `YYYY-MM-DD`.
    pub observed_on: Option<String>,
    /// How often rows count that say the same and have no id of their own, and lines of an order that say the same: `each`
    /// (when absent, unless the saved mapping says otherwise) or `once`.
    pub equal_rows: Option<String>,
    /// Zone of naive times; the firm's when absent.
    pub timezone: Option<String>,
    /// Name of a saved mapping to read the file with. Absent: one saved for such headers is used if there is one and
    /// nothing else was chosen; empty: none.
    pub saved_mapping: Option<String>,
    /// Save the mapping under this name when the file is imported.
    pub save_as: Option<String>,
}

/// A saved mapping: how tables with certain headers are read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedMapping {
    /// Its name.
    pub name: String,
    /// Kind of table.
    pub kind: String,
    /// What the headers of such tables have in common.
    pub fingerprint: String,
    /// The mapping file (TOML).
    pub mapping_file: String,
    /// When it was last saved.
    pub updated_at: String,
    /// Grows by one with every change.
    pub version: i64,
}

/// A mapping to save.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct MappingToSave {
    /// The mapping file (TOML), as a preview shows it.
    pub mapping_file: String,
}

/// A running or finished import.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportJob {
    /// Stable id.
    pub id: i64,
    /// Name of the file.
    pub file_name: String,
    /// Kind.
    pub kind: String,
    /// Source.
    pub source: String,
    /// `running`, `done`, `failed`, `cancelled` (nothing of it is left), `undone`.
    pub state: String,
    /// Started at.
    pub started_at: String,
    /// Finished at.
    pub finished_at: Option<String>,
    /// By whom.
    pub actor: String,
    /// Rows read so far.
    pub received: u64,
    /// Rows in all, where known.
    pub row_count: Option<u64>,
    /// Rows taken.
    pub accepted: u64,
    /// Rows that were there already.
    pub duplicates: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Rows taken of which something was noted.
    pub warned: u64,
    /// Facts made.
    pub facts: u64,
    /// Same id, other content.
    pub conflicts: u64,
    /// Views from this moment on have changed.
    pub earliest_changed_moment: Option<String>,
    /// First faults, at most 100.
    pub findings: Vec<FindingRow>,
    /// Why it failed.
    pub failure: Option<Words>,
    /// Whether it can be stopped.
    pub can_cancel: bool,
    /// Whether it can be taken back.
    pub can_undo: bool,
    /// When it was taken back.
    pub undone_at: Option<String>,
}

/// An import that was taken back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportUndone {
    /// Facts taken back, or told again as they were before.
    pub facts: u64,
    /// Views from this moment on have changed.
    pub earliest_changed_moment: Option<String>,
    /// The import.
    pub import: ImportJob,
}

/// What is in the lake, by source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceRow {
    /// Name.
    pub name: String,
    /// Facts.
    pub facts: u64,
    /// Earliest that happened.
    pub first_at: String,
    /// Latest that happened.
    pub last_at: String,
    /// Latest written.
    pub recorded_at: String,
    /// By kind.
    pub kinds: Vec<Count>,
}

/// The data page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DataPage {
    /// Sources.
    pub sources: Vec<SourceRow>,
    /// Imports, newest first.
    pub imports: Vec<ImportJob>,
    /// Facts in all.
    pub facts: u64,
    /// Customers in all.
    pub customers: u64,
}

/// A cycle: running, or the last one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CycleStatus {
    /// `idle`, `running`, `failed`.
    pub state: String,
    /// `load`, `indicators`, `scores`, `alerts`, `record`.
    pub stage: Option<String>,
    /// 0 to 1.
    pub progress: f64,
    /// Moment of the last finished cycle.
    pub last_as_of: Option<String>,
    /// When it finished.
    pub last_finished_at: Option<String>,
    /// What it did, in a sentence.
    pub last_summary: Option<Words>,
    /// The plan as printed.
    pub last_plan: Option<Words>,
    /// Why it failed.
    pub failure: Option<Words>,
    /// When the next one is due.
    pub next_at: Option<String>,
}

/// A hit of ⌘K.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SearchHit {
    /// Customer id.
    pub customer_id: String,
    /// Name.
    pub name: String,
    /// Owner key.
    pub owner: Option<String>,
    /// Band.
    pub band: Option<String>,
}

/// What a definition says, for hover and help.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DefinitionRow {
    /// Id.
    pub id: String,
    /// `indicator`, `scorecard`, `rule`, `churn`.
    pub sort: String,
    /// Name.
    pub name: Words,
    /// What it says, in a sentence.
    pub sentence: Words,
    /// Whether it is in use now.
    pub active: bool,
}
