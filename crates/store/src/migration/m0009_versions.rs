//! Versions of rules beside those of scorecards: the tables are of both, and a sort says which is which.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Versions;

impl MigrationName for Versions {
    fn name(&self) -> &str {
        "m0009_versions"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Versions {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), TABLES).await
    }
}

const TABLES: &str = "
DROP INDEX scorecards_numbered;
DROP INDEX scorecards_one_active;
DROP INDEX scorecards_one_draft;
DROP INDEX scorecard_terms_one_open;
ALTER TABLE scorecards RENAME TO versions;
ALTER TABLE versions RENAME COLUMN scorecard TO of_id;
ALTER TABLE versions ADD COLUMN sort TEXT NOT NULL DEFAULT 'scorecard';
CREATE UNIQUE INDEX versions_numbered ON versions (sort, of_id, number);
CREATE UNIQUE INDEX versions_one_active ON versions (sort, of_id) WHERE state = 'active';
CREATE UNIQUE INDEX versions_one_draft ON versions (sort, of_id) WHERE state IN ('draft', 'review');
ALTER TABLE scorecard_terms RENAME TO version_terms;
ALTER TABLE version_terms RENAME COLUMN scorecard TO of_id;
ALTER TABLE version_terms ADD COLUMN sort TEXT NOT NULL DEFAULT 'scorecard';
CREATE UNIQUE INDEX version_terms_one_open ON version_terms (sort, of_id) WHERE until IS NULL
";
