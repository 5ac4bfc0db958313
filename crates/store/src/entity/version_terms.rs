//! Which version of a scorecard or a rule was in use from when until when.

use sea_orm::entity::prelude::*;
use serde::Serialize;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "version_terms")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub sort: String,
    pub of_id: String,
    pub version_id: i64,
    pub since: i64,
    pub until: Option<i64>,
    pub actor: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
