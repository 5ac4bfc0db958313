//! Sources of data.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One row. Its key and its secret stay out of the history.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "sources")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub version: i64,
    pub name: String,
    pub kind: String,
    #[serde(skip)]
    pub key: Option<String>,
    pub is_strict: bool,
    pub is_enabled: bool,
    /// JSON.
    pub settings: String,
    #[serde(skip)]
    pub secret: Option<Vec<u8>>,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
