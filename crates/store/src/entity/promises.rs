//! What people promise customers.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "promises")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub version: i64,
    pub follow_up_id: i64,
    pub customer_id: String,
    pub words: String,
    pub due_on: String,
    /// The end of that day.
    pub due_at: i64,
    pub made_at: i64,
    pub made_by: String,
    /// `open`, `kept` or `broken`.
    pub state: String,
    pub settled_at: Option<i64>,
    pub settled_by: Option<String>,
    pub note: Option<String>,
    /// The last version of which the record of facts knows.
    #[serde(skip)]
    pub told_version: i64,
    /// The message id of the fact that stands for it there, if one does.
    #[serde(skip)]
    pub told_as: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
