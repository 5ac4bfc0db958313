//! What people stick on customers: tags, and each change of them, so that it can be taken back.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Tags;

impl MigrationName for Tags {
    fn name(&self) -> &str {
        "m0008_tags"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Tags {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), TABLES).await
    }
}

const TABLES: &str = "
CREATE TABLE tag_changes (
    id {serial},
    version BIGINT NOT NULL,
    tag TEXT NOT NULL,
    adds BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    customer_count BIGINT NOT NULL,
    undoes BIGINT,
    undone_by BIGINT
);

CREATE TABLE customer_tags (
    id {serial},
    version BIGINT NOT NULL,
    customer_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    stands BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    change_id BIGINT NOT NULL
);
CREATE UNIQUE INDEX customer_tags_once ON customer_tags (customer_id, tag);
CREATE INDEX customer_tags_by_change ON customer_tags (change_id)
";
