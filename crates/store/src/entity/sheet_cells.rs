//! What a table that came back changed, cell by cell.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sheet_cells")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub sheet_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i64,
    pub line: i64,
    pub customer_id: String,
    pub case_id: Option<i64>,
    pub field: String,
    pub was: Option<String>,
    pub becomes: Option<String>,
    pub mark: Option<i64>,
    pub undone: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
