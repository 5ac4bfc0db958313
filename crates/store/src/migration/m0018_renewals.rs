//! What people say of contracts that come up for renewal.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Renewals;

impl MigrationName for Renewals {
    fn name(&self) -> &str {
        "m0018_renewals"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Renewals {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), TABLES).await
    }
}

/// A contract without a number has the empty one. Amounts are hundredths.
const TABLES: &str = "
CREATE TABLE renewals (
    id {serial},
    version BIGINT NOT NULL,
    customer_id TEXT NOT NULL,
    contract TEXT NOT NULL,
    due_on TEXT NOT NULL,
    stage TEXT NOT NULL,
    judgement TEXT,
    judgement_minor BIGINT,
    judgement_note TEXT,
    judged_by TEXT,
    judged_at BIGINT,
    answer TEXT,
    answer_note TEXT,
    answer_by TEXT,
    answer_at BIGINT,
    next_step TEXT,
    next_on TEXT,
    outcome TEXT,
    outcome_minor BIGINT,
    outcome_by TEXT,
    outcome_at BIGINT,
    churn_reason TEXT
);
CREATE UNIQUE INDEX renewals_once ON renewals (customer_id, contract, due_on)
";
