//! Trainings by the schedule, running and ended.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "model_retrainings")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub of_id: String,
    pub as_of: i64,
    pub cause: String,
    pub begun_at: i64,
    pub ended_at: Option<i64>,
    pub outcome: Option<String>,
    pub version_id: Option<i64>,
    pub says_zh: Option<String>,
    pub says_en: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
