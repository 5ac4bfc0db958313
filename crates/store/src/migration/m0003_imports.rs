//! What is kept of an import so that it can be cancelled and taken back, and the mappings that were saved.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Imports;

impl MigrationName for Imports {
    fn name(&self) -> &str {
        "m0003_imports"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Imports {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), IMPORTS).await
    }
}

const IMPORTS: &str = "
ALTER TABLE import_jobs ADD COLUMN warned BIGINT NOT NULL DEFAULT 0;
ALTER TABLE import_jobs ADD COLUMN first_number BIGINT;
ALTER TABLE import_jobs ADD COLUMN last_number BIGINT;
ALTER TABLE import_jobs ADD COLUMN cancelled_at BIGINT;
ALTER TABLE import_jobs ADD COLUMN undone_at BIGINT;

CREATE TABLE mappings (
    name TEXT PRIMARY KEY NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    mapping TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX mappings_by_fingerprint ON mappings (fingerprint, updated_at)
";
