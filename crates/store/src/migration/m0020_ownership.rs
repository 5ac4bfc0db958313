//! Whose customer changed hands and why, when somebody means to speak to whom, and tables that came back with changes.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Ownership;

impl MigrationName for Ownership {
    fn name(&self) -> &str {
        "m0020_ownership"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Ownership {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statements in [OWNERS, SHEETS] {
            Words::run(manager.get_connection(), statements).await?;
        }
        Ok(())
    }
}

/// `told_at` says whether the record of facts has been told.
const OWNERS: &str = "
CREATE TABLE owner_changes (
    id {serial},
    version BIGINT NOT NULL,
    customer_id TEXT NOT NULL,
    was TEXT,
    owner TEXT,
    cause TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    told_at BIGINT
);
CREATE INDEX owner_changes_of ON owner_changes (customer_id, id);
CREATE INDEX owner_changes_told ON owner_changes (told_at);
CREATE INDEX owner_changes_by ON owner_changes (cause, at);

CREATE TABLE next_contacts (
    customer_id TEXT PRIMARY KEY NOT NULL,
    version BIGINT NOT NULL,
    next_on TEXT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL
)
";

/// `mark` of a cell is what it left behind and is known by when it is taken back: the change of an owner, the version of a
/// next contact or of a case.
const SHEETS: &str = "
CREATE TABLE sheets (
    id {serial},
    version BIGINT NOT NULL,
    staff_id BIGINT,
    actor TEXT NOT NULL,
    file_name TEXT NOT NULL,
    digest TEXT NOT NULL,
    exported_at BIGINT,
    at BIGINT NOT NULL,
    cell_count BIGINT NOT NULL,
    customer_count BIGINT NOT NULL,
    undone_at BIGINT,
    undone_by TEXT,
    undone_count BIGINT
);
CREATE INDEX sheets_by_digest ON sheets (digest, id);
CREATE INDEX sheets_by_person ON sheets (staff_id, id);

CREATE TABLE sheet_cells (
    sheet_id BIGINT NOT NULL REFERENCES sheets (id),
    place BIGINT NOT NULL,
    line BIGINT NOT NULL,
    customer_id TEXT NOT NULL,
    case_id BIGINT,
    field TEXT NOT NULL,
    was TEXT,
    becomes TEXT,
    mark BIGINT,
    undone BOOLEAN NOT NULL,
    PRIMARY KEY (sheet_id, place)
);
CREATE INDEX sheet_cells_of ON sheet_cells (customer_id);

CREATE TABLE sheet_tags (
    sheet_id BIGINT NOT NULL REFERENCES sheets (id),
    change_id BIGINT NOT NULL REFERENCES tag_changes (id),
    PRIMARY KEY (sheet_id, change_id)
)
";
