//! What people answer to reminders.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "reminder_answers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub version: i64,
    pub customer_id: String,
    pub kind: String,
    pub key: String,
    /// The year of the reminder.
    pub year: i64,
    /// `open`, `done`, `put_off` or `not_this_year`.
    pub state: String,
    /// The day to which it was put off.
    pub until_on: Option<String>,
    pub note: Option<String>,
    pub at: i64,
    pub actor: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
