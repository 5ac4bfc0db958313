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
    #[serde(default)]
    pub about: Option<String>,
    #[serde(default)]
    pub tier: Option<String>,
    #[serde(default)]
    pub reply_by: Option<i64>,
    #[serde(default)]
    pub replied_at: Option<i64>,
    #[serde(default)]
    pub replied_by: Option<String>,
    #[serde(default)]
    pub acted_at: Option<i64>,
    #[serde(default)]
    pub acted_by: Option<String>,
    #[serde(default)]
    pub review_by: Option<i64>,
    #[serde(default)]
    pub churn_reason: Option<String>,
    /// What was said with the last move.
    #[serde(default)]
    pub said: Option<String>,
    #[serde(default)]
    pub passes: i64,
    #[serde(default)]
    pub most_passes: i64,
    #[serde(default)]
    pub nudge_count: i64,
    #[serde(default)]
    pub nudged_at: Option<i64>,
    #[serde(default)]
    pub escalated_at: Option<i64>,
    #[serde(default)]
    pub reopened_count: i64,
    /// The outcome as the case type calls it; absent where that is `outcome` itself.
    #[serde(default)]
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
