//! A version may be learnt by a machine, and wait for a person.

use sea_orm::{DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Challengers;

impl MigrationName for Challengers {
    fn name(&self) -> &str {
        "m0021_challengers"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Challengers {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = match manager.get_database_backend() {
            DbBackend::Sqlite => REBUILT,
            _ => ALTERED,
        };
        Words::run(manager.get_connection(), statements).await
    }
}

/// SQLite cannot change what a column admits: the table is made anew, with its rows and their numbers.
const REBUILT: &str = "
CREATE TABLE versions_wider (
    id {serial},
    version BIGINT NOT NULL,
    of_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    content TEXT NOT NULL,
    definition TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'review', 'challenger', 'active', 'retired')),
    author TEXT NOT NULL,
    note TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    sort TEXT NOT NULL DEFAULT 'scorecard'
);
INSERT INTO versions_wider
    (id, version, of_id, number, content, definition, state, author, note, created_at, changed_at, sort)
    SELECT id, version, of_id, number, content, definition, state, author, note, created_at, changed_at, sort FROM versions;
DROP TABLE versions;
ALTER TABLE versions_wider RENAME TO versions;
CREATE UNIQUE INDEX versions_numbered ON versions (sort, of_id, number);
CREATE UNIQUE INDEX versions_one_active ON versions (sort, of_id) WHERE state = 'active';
CREATE UNIQUE INDEX versions_one_draft ON versions (sort, of_id) WHERE state IN ('draft', 'review')
";

const ALTERED: &str = "
ALTER TABLE versions DROP CONSTRAINT scorecards_state_check;
ALTER TABLE versions ADD CONSTRAINT versions_state_check
    CHECK (state IN ('draft', 'review', 'challenger', 'active', 'retired'))
";
