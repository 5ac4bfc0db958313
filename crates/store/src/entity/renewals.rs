//! What people say of contracts that come up for renewal.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "renewals")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub version: i64,
    pub customer_id: String,
    pub contract: String,
    pub due_on: String,
    pub stage: String,
    pub judgement: Option<String>,
    pub judgement_minor: Option<i64>,
    pub judgement_note: Option<String>,
    pub judged_by: Option<String>,
    pub judged_at: Option<i64>,
    pub answer: Option<String>,
    pub answer_note: Option<String>,
    pub answer_by: Option<String>,
    pub answer_at: Option<i64>,
    pub next_step: Option<String>,
    pub next_on: Option<String>,
    pub outcome: Option<String>,
    pub outcome_minor: Option<i64>,
    pub outcome_by: Option<String>,
    pub outcome_at: Option<i64>,
    pub churn_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
