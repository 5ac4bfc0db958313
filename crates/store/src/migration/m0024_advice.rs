//! What a case ended in by the word of its type, tasks that come from advice, decisions about a customer.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Advice;

impl MigrationName for Advice {
    fn name(&self) -> &str {
        "m0024_advice"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Advice {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), COLUMNS).await
    }
}

/// `cases.ended_as` is the outcome as the case type calls it; absent in older rows, whose word is `outcome`.
const COLUMNS: &str = "
ALTER TABLE cases ADD COLUMN ended_as TEXT;
ALTER TABLE case_tasks ADD COLUMN advice_id TEXT;
ALTER TABLE case_tasks ADD COLUMN advice_version BIGINT;
ALTER TABLE decisions ADD COLUMN customer_id TEXT;
CREATE INDEX decisions_of_customer ON decisions (customer_id) WHERE customer_id IS NOT NULL
";
