//! What is wrong with a source, from when to when.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "data_alerts")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub version: i64,
    pub source: String,
    pub kind: String,
    pub name: String,
    pub sort: String,
    pub severity: i64,
    pub state: String,
    pub since: i64,
    pub starved: String,
    pub sentence_zh: String,
    pub sentence_en: String,
    pub opened_at: i64,
    pub as_of: i64,
    pub closed_at: Option<i64>,
    pub closed_as_of: Option<i64>,
    pub until: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
