//! Where data comes from: the registry of sources, and the runs of those that are fetched.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Sources;

impl MigrationName for Sources {
    fn name(&self) -> &str {
        "m0002_sources"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Sources {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), SOURCES).await
    }
}

const SOURCES: &str = "
CREATE TABLE sources (
    id {serial},
    version BIGINT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    key TEXT UNIQUE,
    is_strict BOOLEAN NOT NULL,
    is_enabled BOOLEAN NOT NULL,
    settings TEXT NOT NULL,
    secret {bytes},
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE source_runs (
    id {serial},
    source_id BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    received BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    watermark TEXT,
    error TEXT
);
CREATE INDEX source_runs_newest ON source_runs (source_id, id DESC);
CREATE INDEX source_runs_by_state ON source_runs (state)
";
