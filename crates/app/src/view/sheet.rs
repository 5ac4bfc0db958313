//! Tables that come back with changes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Words;

/// What a file would change: nothing is written yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SheetDifferences {
    /// By which the file is applied.
    pub upload_id: String,
    /// What it is called.
    pub file_name: String,
    /// When it left the house; absent where the file does not say so: then nobody can tell what others changed since.
    pub exported_at: Option<String>,
    /// Rows of data in it.
    pub row_count: u64,
    /// Cells that differ and can be changed.
    pub change_count: u64,
    /// Cells that somebody else has changed since the file left the house.
    pub conflict_count: u64,
    /// Cells that cannot be changed.
    pub rejected_count: u64,
    /// Customers whom the changes are about.
    pub customer_count: u64,
    /// The differences, in the order of the rows: at most 10,000.
    pub cells: Vec<SheetDifference>,
    /// When the same file was applied before and not taken back.
    pub applied_before: Option<SheetBack>,
}

/// A cell that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SheetDifference {
    /// By which it is named when the file is applied.
    pub id: String,
    /// Its row in the file.
    pub row: u64,
    /// The customer, where the reader sees one of that id.
    pub customer_id: Option<String>,
    /// The customer's name, else what the file says.
    pub customer: String,
    /// `owner`, `tags`, `next_contact`, `outcome`; `row` where the whole row cannot be taken.
    pub field: String,
    /// `change`, `conflict`, `rejected`.
    pub state: String,
    /// What stands now; absent where there is nothing.
    pub was: Option<Words>,
    /// What the file says; absent where it says that there is to be nothing.
    pub becomes: Option<Words>,
    /// What stood when the file left the house, of a conflict.
    pub exported: Option<Words>,
    /// Why it cannot be changed.
    pub why: Option<Words>,
    /// Who changed it since, of a conflict, where that is known.
    pub changed_by: Option<String>,
    /// When.
    pub changed_at: Option<String>,
}

/// Which differences are to become true.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SheetTake {
    /// Conflicts that are to become what the file says all the same, by their ids; the others stay as they are.
    #[serde(default)]
    pub overwrite: Vec<String>,
    /// Changes that are left out, by their ids.
    #[serde(default)]
    pub leave: Vec<String>,
}

/// A file that was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SheetBack {
    /// Stable id.
    pub id: i64,
    /// What it was called.
    pub file_name: String,
    /// Who brought it back.
    pub by: String,
    /// When its changes became true.
    pub at: String,
    /// When it had left the house.
    pub exported_at: Option<String>,
    /// How many cells it changed.
    pub cell_count: u64,
    /// Of how many customers.
    pub customer_count: u64,
    /// When it was taken back.
    pub undone_at: Option<String>,
    /// By whom.
    pub undone_by: Option<String>,
    /// How many cells are as before; the others had been changed since.
    pub undone_count: Option<u64>,
}

/// What applying a file did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SheetApplied {
    /// By which it is taken back; absent where nothing was left to change.
    pub sheet: Option<SheetBack>,
    /// How many cells that were to change did not, since somebody was faster.
    pub left_count: u64,
}

/// A file that was applied, with what it changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SheetPage {
    /// The file.
    pub sheet: SheetBack,
    /// What it changed, of customers whom the reader sees.
    pub cells: Vec<SheetCellRow>,
}

/// A cell that a file changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SheetCellRow {
    /// Its row in the file.
    pub row: u64,
    /// Customer id.
    pub customer_id: String,
    /// Customer's name.
    pub customer_name: String,
    /// The case that it closed.
    pub case_id: Option<i64>,
    /// `owner`, `tags`, `next_contact`, `outcome`.
    pub field: String,
    /// What stood before.
    pub was: Option<Words>,
    /// What it became.
    pub becomes: Option<Words>,
    /// Whether it was taken back.
    pub undone: bool,
}
