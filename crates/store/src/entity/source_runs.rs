//! Runs of sources that are fetched.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "source_runs")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub source_id: i64,
    pub started_at: i64,
    pub finished_at: Option<i64>,
    /// `running`, `done` or `failed`.
    pub state: String,
    pub received: i64,
    pub accepted: i64,
    pub duplicates: i64,
    pub rejected: i64,
    pub facts: i64,
    pub actor: String,
    /// How far it has come, in the source's own words.
    pub watermark: Option<String>,
    /// The first faults, as JSON.
    pub findings: String,
    pub error: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
