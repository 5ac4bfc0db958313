//! Who was warned that a customer goes back to the pool, and units that work at other hours than the house.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Hours;

impl MigrationName for Hours {
    fn name(&self) -> &str {
        "m0023_hours"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Hours {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), TABLES).await
    }
}

/// Days are numbered from 1970-01-01. `ended` says what became of a warning: `returned`, `withdrawn`, or that another took its place. A unit without
/// `work_hours` works when the unit above it does. `owner_changes_of_cause` finds what went back last.
const TABLES: &str = "
CREATE TABLE pool_warnings (
    id {serial},
    version BIGINT NOT NULL,
    customer_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    quiet_since BIGINT NOT NULL,
    returns_on BIGINT NOT NULL,
    warned_at BIGINT NOT NULL,
    ended TEXT
);
CREATE UNIQUE INDEX pool_warnings_open ON pool_warnings (customer_id) WHERE ended IS NULL;
CREATE INDEX pool_warnings_due ON pool_warnings (returns_on) WHERE ended IS NULL;

CREATE INDEX owner_changes_of_cause ON owner_changes (cause, id);

ALTER TABLE units ADD COLUMN work_hours TEXT
";
