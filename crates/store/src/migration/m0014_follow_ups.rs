//! What people say and do with customers, and what they promise them.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct FollowUps;

impl MigrationName for FollowUps {
    fn name(&self) -> &str {
        "m0014_follow_ups"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for FollowUps {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), TABLES).await
    }
}

/// `key` is the sender's own: the same record sent twice is one. `told_at`, `told_version` and `told_as` say how far the
/// record of facts has been told.
const TABLES: &str = "
CREATE TABLE follow_ups (
    id {serial},
    version BIGINT NOT NULL,
    key TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    case_id BIGINT,
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    channel TEXT NOT NULL,
    outcome TEXT NOT NULL,
    contact TEXT,
    mood TEXT,
    note TEXT,
    next_on TEXT,
    told_at BIGINT
);
CREATE UNIQUE INDEX follow_ups_once ON follow_ups (key);
CREATE INDEX follow_ups_of ON follow_ups (customer_id, recorded_at);
CREATE INDEX follow_ups_told ON follow_ups (told_at);

CREATE TABLE promises (
    id {serial},
    version BIGINT NOT NULL,
    follow_up_id BIGINT NOT NULL REFERENCES follow_ups (id),
    customer_id TEXT NOT NULL,
    words TEXT NOT NULL,
    due_on TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    state TEXT NOT NULL,
    settled_at BIGINT,
    settled_by TEXT,
    note TEXT,
    told_version BIGINT NOT NULL,
    told_as TEXT
);
CREATE UNIQUE INDEX promises_once ON promises (follow_up_id);
CREATE INDEX promises_due ON promises (state, due_at, id);
CREATE INDEX promises_of ON promises (customer_id)
";
