//! Reasons to look at a customer, open and resolved.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "alerts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub version: i64,
    pub customer_id: String,
    pub cause: String,
    pub rule: String,
    /// 0 info, 1 warning, 2 urgent: a number, so that the index can order by it.
    pub severity: i64,
    pub sentence_zh: String,
    pub sentence_en: String,
    /// `open` or `resolved`.
    pub state: String,
    pub opened_at: i64,
    pub as_of: i64,
    pub resolved_at: Option<i64>,
    pub resolution: Option<String>,
    pub case_id: Option<i64>,
    /// Projection of the case's state, so that filters and counts need no join; not part of the history.
    #[serde(skip)]
    pub case_state: Option<String>,
    /// Projection of `customer_owner`, for the same reason.
    #[serde(skip)]
    pub owner: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
