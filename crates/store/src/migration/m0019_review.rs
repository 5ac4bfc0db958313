//! What is decided in the weekly review.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Review;

impl MigrationName for Review {
    fn name(&self) -> &str {
        "m0019_review"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Review {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), TABLES).await
    }
}

/// `week_on` is the Monday of the week that was reviewed, in the firm's zone.
const TABLES: &str = "
CREATE TABLE decisions (
    id {serial},
    version BIGINT NOT NULL,
    week_on TEXT NOT NULL,
    title TEXT NOT NULL,
    staff_id BIGINT NOT NULL,
    due_on TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    author_id BIGINT,
    done_at BIGINT,
    done_by TEXT
);
CREATE INDEX decisions_of_week ON decisions (week_on, id);
CREATE INDEX decisions_open ON decisions (done_at, due_at)
";
