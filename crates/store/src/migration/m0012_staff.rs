//! Who works where: the tree of units with their heads, two more roles, invitations, hand-overs, and how far a session
//! looks.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Staff;

impl MigrationName for Staff {
    fn name(&self) -> &str {
        "m0012_staff"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Staff {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statements in [TREE, ROLES, WHO_SAW_EVERYBODY, COMING_AND_GOING] {
            Words::run(connection, statements).await?;
        }
        Ok(())
    }
}

const TREE: &str = "
CREATE TABLE units (
    id {serial},
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    parent_id BIGINT REFERENCES units (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX units_by_parent ON units (parent_id);

CREATE TABLE unit_heads (
    unit_id BIGINT NOT NULL REFERENCES units (id),
    staff_id BIGINT NOT NULL REFERENCES staff (id),
    PRIMARY KEY (unit_id, staff_id)
)
";

/// A column's check cannot be changed: the column is made anew.
const ROLES: &str = "
ALTER TABLE staff RENAME COLUMN role TO old_role;
ALTER TABLE staff ADD COLUMN role TEXT NOT NULL DEFAULT 'readonly'
    CHECK (role IN ('admin', 'manager', 'owner', 'service', 'analyst', 'readonly'));
UPDATE staff SET role = old_role;
ALTER TABLE staff DROP COLUMN old_role;
ALTER TABLE staff ADD COLUMN unit_id BIGINT REFERENCES units (id);
ALTER TABLE sessions ADD COLUMN reach TEXT
";

/// Managers saw everybody's customers before there were units: where there are any, they head one unit of everybody.
const WHO_SAW_EVERYBODY: &str = "
INSERT INTO units (version, name, parent_id, created_at)
    SELECT 1, '全公司', NULL, MIN(created_at) FROM staff WHERE role = 'manager' GROUP BY role;
UPDATE staff SET unit_id = (SELECT MIN(id) FROM units);
INSERT INTO unit_heads (unit_id, staff_id)
    SELECT (SELECT MIN(id) FROM units), id FROM staff WHERE role = 'manager'
";

const COMING_AND_GOING: &str = "
CREATE TABLE invitations (
    id {serial},
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    owner_key TEXT,
    unit_id BIGINT REFERENCES units (id),
    token_hash TEXT NOT NULL UNIQUE,
    invited_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT,
    withdrawn_at BIGINT,
    staff_id BIGINT
);
CREATE INDEX invitations_by_email ON invitations (email);

CREATE TABLE hand_overs (
    id {serial},
    version BIGINT NOT NULL,
    staff_id BIGINT NOT NULL REFERENCES staff (id),
    owner_key TEXT,
    receivers TEXT NOT NULL,
    customer_count BIGINT NOT NULL,
    case_count BIGINT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE owners_given (
    hand_over_id BIGINT NOT NULL REFERENCES hand_overs (id),
    customer_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    at BIGINT NOT NULL,
    told_at BIGINT,
    PRIMARY KEY (hand_over_id, customer_id)
);
CREATE INDEX owners_given_told ON owners_given (told_at);
CREATE INDEX history_by_cause ON history (cause, id)
";
