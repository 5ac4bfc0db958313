//! Scorecards in their versions, which of them was in use when, and what people say of customers' health.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Scorecards;

impl MigrationName for Scorecards {
    fn name(&self) -> &str {
        "m0006_scorecards"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Scorecards {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), TABLES).await
    }
}

const TABLES: &str = "
CREATE TABLE scorecards (
    id {serial},
    version BIGINT NOT NULL,
    scorecard TEXT NOT NULL,
    number BIGINT NOT NULL,
    content TEXT NOT NULL,
    definition TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'review', 'active', 'retired')),
    author TEXT NOT NULL,
    note TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX scorecards_numbered ON scorecards (scorecard, number);
CREATE UNIQUE INDEX scorecards_one_active ON scorecards (scorecard) WHERE state = 'active';
CREATE UNIQUE INDEX scorecards_one_draft ON scorecards (scorecard) WHERE state IN ('draft', 'review');

CREATE TABLE scorecard_terms (
    id {serial},
    scorecard TEXT NOT NULL,
    version_id BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT,
    actor TEXT NOT NULL
);
CREATE UNIQUE INDEX scorecard_terms_one_open ON scorecard_terms (scorecard) WHERE until IS NULL;

CREATE TABLE judgements (
    id {serial},
    version BIGINT NOT NULL,
    customer_id TEXT NOT NULL,
    measure TEXT,
    value DOUBLE PRECISION NOT NULL,
    reason TEXT NOT NULL,
    author TEXT NOT NULL,
    said_at BIGINT NOT NULL,
    until BIGINT,
    withdrawn_at BIGINT,
    withdrawn_by TEXT
);
CREATE INDEX judgements_by_customer ON judgements (customer_id, id)
";
