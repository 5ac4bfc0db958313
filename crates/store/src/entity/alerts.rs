//! Reasons to look at a customer, open and resolved.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One row. What is absent is left out of the history.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snooze_reason: Option<String>,
    /// What it was when it was put off: it comes back when it gets worse than that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_severity: Option<i64>,
    /// Health in hundredths then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_health: Option<i64>,
    /// Why somebody called it false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub false_reason: Option<String>,
    /// Projection of the case's state, so that filters and counts need no join; not part of the history.
    #[serde(skip)]
    pub case_state: Option<String>,
    /// Projection of `customer_owner`, for the same reason.
    #[serde(skip)]
    pub owner: Option<String>,
    /// Expected value at risk with the customer in hundredths, for the order of lists; −1 = not known yet. A projection
    /// of the last cycle's scores.
    #[serde(skip, default = "not_known")]
    pub at_risk: i64,
    /// 1 on the open alert that speaks for all of its customer's. A projection of the customer's open alerts.
    #[serde(skip)]
    pub lead: i64,
}

fn not_known() -> i64 {
    -1
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
