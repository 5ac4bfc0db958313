//! Notices.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "notices")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub key: String,
    pub staff_id: i64,
    pub kind: String,
    pub subject_zh: String,
    pub subject_en: String,
    pub lines: String,
    pub path: Option<String>,
    pub is_urgent: bool,
    pub not_before: i64,
    pub planned_at: i64,
    pub read_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
