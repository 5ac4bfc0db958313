//! Cycles that were applied, one row per moment.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "cycles")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub as_of: i64,
    pub version: i64,
    pub started_at: i64,
    pub finished_at: i64,
    pub summary_zh: String,
    pub summary_en: String,
    #[serde(skip)]
    pub plan: String,
    pub fingerprint: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
