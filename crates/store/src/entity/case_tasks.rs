//! A task of a case.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "case_tasks")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub version: i64,
    pub case_id: i64,
    pub title: String,
    /// Whose it is; none where nobody was named.
    pub staff_id: Option<i64>,
    pub due_at: Option<i64>,
    pub created_at: i64,
    pub created_by: String,
    pub done_at: Option<i64>,
    pub done_by: Option<String>,
    /// The entry of the library of advice that it was filled from, and which of its versions.
    pub advice_id: Option<String>,
    pub advice_version: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
