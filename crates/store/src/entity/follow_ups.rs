//! What people say and do with customers.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One row; never changed but for the note that the record of facts was told.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "follow_ups")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub version: i64,
    pub key: String,
    pub customer_id: String,
    pub case_id: Option<i64>,
    pub at: i64,
    pub recorded_at: i64,
    pub actor: String,
    pub channel: String,
    pub outcome: String,
    pub contact: Option<String>,
    pub mood: Option<String>,
    pub note: Option<String>,
    pub next_on: Option<String>,
    #[serde(skip)]
    pub told_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
