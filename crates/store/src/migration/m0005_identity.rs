//! Whom a person must tell apart, what was decided, and how each source does.

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Identity;

impl MigrationName for Identity {
    fn name(&self) -> &str {
        "m0005_identity"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Identity {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let words = Words::of(connection);
        for statement in TABLES.split(';').filter(|statement| !statement.trim().is_empty()) {
            connection.execute_unprepared(&words.fill(statement)).await?;
        }
        Ok(())
    }
}

const TABLES: &str = "
CREATE TABLE identity_conflicts (
    id {serial},
    version BIGINT NOT NULL,
    key TEXT NOT NULL,
    sort TEXT NOT NULL,
    customers TEXT NOT NULL,
    customer_count BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'merged', 'apart', 'gone')),
    found_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT,
    note TEXT
);
CREATE UNIQUE INDEX identity_conflicts_open_once ON identity_conflicts (key) WHERE state = 'open';
CREATE INDEX identity_conflicts_by_state ON identity_conflicts (state, id DESC);

CREATE TABLE identity_apart (
    id {serial},
    version BIGINT NOT NULL,
    one TEXT NOT NULL,
    other TEXT NOT NULL,
    stands BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL
);
CREATE UNIQUE INDEX identity_apart_once ON identity_apart (one, other);

CREATE TABLE data_alerts (
    id {serial},
    version BIGINT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    sort TEXT NOT NULL,
    severity BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'dismissed')),
    since BIGINT NOT NULL,
    starved TEXT NOT NULL,
    sentence_zh TEXT NOT NULL,
    sentence_en TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    as_of BIGINT NOT NULL,
    closed_at BIGINT,
    closed_as_of BIGINT,
    until BIGINT
);
CREATE UNIQUE INDEX data_alerts_open_once ON data_alerts (source, kind, name, sort) WHERE state = 'open';
CREATE INDEX data_alerts_by_state ON data_alerts (state, id DESC);

CREATE TABLE quality_reports (
    id BIGINT PRIMARY KEY NOT NULL,
    as_of BIGINT NOT NULL,
    written_at BIGINT NOT NULL,
    report TEXT NOT NULL
)
";
