//! What every operational row looked like after every change. Appended to, never updated.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "history")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub resource: String,
    pub resource_id: String,
    /// The customer it is about, for scope; none for staff, settings and the like.
    pub customer_id: Option<String>,
    pub version: i64,
    pub at: i64,
    pub actor: String,
    pub cause: String,
    pub after: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
