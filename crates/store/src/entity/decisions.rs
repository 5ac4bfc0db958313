//! What was decided in a weekly review.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "decisions")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub version: i64,
    /// Monday of the week that was reviewed.
    pub week_on: String,
    pub title: String,
    /// Whose it is.
    pub staff_id: i64,
    pub due_on: String,
    /// The end of that day.
    pub due_at: i64,
    pub created_at: i64,
    pub created_by: String,
    /// Who wrote it down; none of a program.
    pub author_id: Option<i64>,
    pub done_at: Option<i64>,
    pub done_by: Option<String>,
    /// About whom it is, where it is about a customer. What the history kept before has none.
    #[serde(default)]
    pub customer_id: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
