//! What a run of a source brought, who asked for it, and what was wrong with its rows.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Runs;

impl MigrationName for Runs {
    fn name(&self) -> &str {
        "m0004_runs"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Runs {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), RUNS).await
    }
}

const RUNS: &str = "
ALTER TABLE source_runs ADD COLUMN facts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE source_runs ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE source_runs ADD COLUMN findings TEXT NOT NULL DEFAULT '[]'
";
