//! The work on one customer.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "cases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub version: i64,
    pub customer_id: String,
    /// `new`, `accepted` or `closed`.
    pub state: String,
    pub severity: i64,
    pub opened_at: i64,
    pub as_of: i64,
    pub accept_by: i64,
    pub act_by: i64,
    /// `accept_by` while new, `act_by` while accepted, nothing once closed.
    pub due_at: Option<i64>,
    pub assigned_to: Option<String>,
    pub accepted_at: Option<i64>,
    pub accepted_by: Option<String>,
    pub closed_at: Option<i64>,
    pub closed_by: Option<String>,
    pub outcome: Option<String>,
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
