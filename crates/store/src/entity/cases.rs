//! The work on one customer.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One row. What is absent is left out of the history.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Which case type. Fields from here on came later: what the history kept before has none of them.
    #[serde(default = "usual_type")]
    pub case_type: String,
    /// Where it stands in its type; empty in what the history kept before: then as `state`.
    #[serde(default)]
    pub stage: String,
    #[serde(default)]
    pub stage_since: i64,
    #[serde(default = "the_cycle")]
    pub opened_by: String,
    /// What it is about, where somebody opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_by: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replied_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replied_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acted_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acted_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub churn_reason: Option<String>,
    /// What was said with the last move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    #[serde(default)]
    pub passes: i64,
    #[serde(default)]
    pub most_passes: i64,
    #[serde(default)]
    pub nudge_count: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nudged_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated_at: Option<i64>,
    #[serde(default)]
    pub reopened_count: i64,
    /// The outcome as the case type calls it; absent where that is `outcome` itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_as: Option<String>,
}

fn usual_type() -> String {
    actions::USUAL_TYPE.to_owned()
}

fn the_cycle() -> String {
    crate::cycle::CYCLE_ACTOR.to_owned()
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
