//! What people are told, by which channel, and what became of it.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Notices;

impl MigrationName for Notices {
    fn name(&self) -> &str {
        "m0015_notices"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Notices {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), TABLES).await
    }
}

/// `notices.key` is the planner's own: the same notice planned twice is one. A delivery is one notice by one channel; an
/// attempt is one call, which may carry many deliveries to one person.
const TABLES: &str = "
CREATE TABLE channels (
    id {serial},
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    is_enabled BOOLEAN NOT NULL,
    settings TEXT NOT NULL,
    secret {bytes},
    paused_until BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX channels_named ON channels (name);

CREATE TABLE notices (
    id {serial},
    key TEXT NOT NULL,
    staff_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject_zh TEXT NOT NULL,
    subject_en TEXT NOT NULL,
    lines TEXT NOT NULL,
    path TEXT,
    is_urgent BOOLEAN NOT NULL,
    not_before BIGINT NOT NULL,
    planned_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE UNIQUE INDEX notices_once ON notices (key);
CREATE INDEX notices_of ON notices (staff_id, id);

CREATE TABLE notice_deliveries (
    id {serial},
    version BIGINT NOT NULL,
    notice_id BIGINT NOT NULL REFERENCES notices (id),
    staff_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    is_urgent BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    attempt_id BIGINT,
    claimed_by TEXT,
    claimed_at BIGINT,
    settled_at BIGINT,
    trouble TEXT,
    decided_by TEXT,
    decided_at BIGINT
);
CREATE UNIQUE INDEX notice_deliveries_once ON notice_deliveries (notice_id, channel_id);
CREATE INDEX notice_deliveries_due ON notice_deliveries (state, is_urgent, next_at);
CREATE INDEX notice_deliveries_of ON notice_deliveries (channel_id, staff_id, state);
CREATE INDEX notice_deliveries_by ON notice_deliveries (attempt_id);

CREATE TABLE notice_attempts (
    id {serial},
    channel_id BIGINT NOT NULL,
    staff_id BIGINT NOT NULL,
    claimed_by TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT,
    said TEXT
);
CREATE INDEX notice_attempts_of ON notice_attempts (channel_id, started_at);

CREATE TABLE notice_choices (
    staff_id {key},
    version BIGINT NOT NULL,
    quiet_from BIGINT,
    quiet_to BIGINT,
    urgent_breaks_quiet BOOLEAN NOT NULL,
    lang TEXT NOT NULL,
    ways TEXT
)
";
