//! Which changes of tags a table that came back made.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sheet_tags")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub sheet_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub change_id: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
