//! Tables that came back with changes.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "sheets")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub version: i64,
    pub staff_id: Option<i64>,
    pub actor: String,
    pub file_name: String,
    pub digest: String,
    pub exported_at: Option<i64>,
    pub at: i64,
    pub cell_count: i64,
    pub customer_count: i64,
    pub undone_at: Option<i64>,
    pub undone_by: Option<String>,
    pub undone_count: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
