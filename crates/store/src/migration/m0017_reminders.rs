//! What people answer to reminders.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Reminders;

impl MigrationName for Reminders {
    fn name(&self) -> &str {
        "m0017_reminders"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Reminders {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), TABLES).await
    }
}

/// `until_on` is the day to which it was put off; `year` the one in which nothing of the kind is wanted.
const TABLES: &str = "
CREATE TABLE reminder_answers (
    id {serial},
    version BIGINT NOT NULL,
    customer_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    year BIGINT NOT NULL,
    state TEXT NOT NULL,
    until_on TEXT,
    note TEXT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL
);
CREATE UNIQUE INDEX reminder_answers_once ON reminder_answers (customer_id, kind, key)
";
