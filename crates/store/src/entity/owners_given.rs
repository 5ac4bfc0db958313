//! Each customer that was handed over, until the record of facts has been told, and after.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "owners_given")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub hand_over_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: String,
    pub owner: String,
    pub at: i64,
    pub told_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
