//! Imports, running and finished.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "import_jobs")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub version: i64,
    pub file_name: String,
    pub kind: String,
    pub source: String,
    /// `running`, `done` or `failed`.
    pub state: String,
    pub started_at: i64,
    pub finished_at: Option<i64>,
    pub actor: String,
    pub row_count: Option<i64>,
    pub received: i64,
    pub accepted: i64,
    pub duplicates: i64,
    pub rejected: i64,
    pub facts: i64,
    pub conflicts: i64,
    pub earliest_changed_at: Option<i64>,
    #[serde(skip)]
    pub findings: String,
    pub failure_zh: Option<String>,
    pub failure_en: Option<String>,
    pub warned: i64,
    /// Facts of the source with numbers after this one, up to the last, came from here.
    pub first_number: Option<i64>,
    pub last_number: Option<i64>,
    pub cancelled_at: Option<i64>,
    pub undone_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
