//! Cases as a team works them: of a type with stages of its own, handed on, urged, answered, acted upon and opened again;
//! with tasks and remarks.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Cases;

impl MigrationName for Cases {
    fn name(&self) -> &str {
        "m0013_cases"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Cases {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), TABLES).await
    }
}

/// Which types and stages there are is data: whatever a firm calls its own needs no column.
const TABLES: &str = "
ALTER TABLE cases ADD COLUMN case_type TEXT NOT NULL DEFAULT 'retention';
ALTER TABLE cases ADD COLUMN stage TEXT NOT NULL DEFAULT 'new';
ALTER TABLE cases ADD COLUMN stage_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN opened_by TEXT NOT NULL DEFAULT 'liuke';
ALTER TABLE cases ADD COLUMN about TEXT;
ALTER TABLE cases ADD COLUMN tier TEXT;
ALTER TABLE cases ADD COLUMN reply_by BIGINT;
ALTER TABLE cases ADD COLUMN replied_at BIGINT;
ALTER TABLE cases ADD COLUMN replied_by TEXT;
ALTER TABLE cases ADD COLUMN acted_at BIGINT;
ALTER TABLE cases ADD COLUMN acted_by TEXT;
ALTER TABLE cases ADD COLUMN review_by BIGINT;
ALTER TABLE cases ADD COLUMN churn_reason TEXT;
ALTER TABLE cases ADD COLUMN said TEXT;
ALTER TABLE cases ADD COLUMN passes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN most_passes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN nudge_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN nudged_at BIGINT;
ALTER TABLE cases ADD COLUMN escalated_at BIGINT;
ALTER TABLE cases ADD COLUMN reopened_count BIGINT NOT NULL DEFAULT 0;
UPDATE cases SET stage = state, stage_since = COALESCE(closed_at, accepted_at, opened_at);
CREATE INDEX cases_by_desk ON cases (assigned_to, state);
CREATE INDEX cases_by_stage ON cases (case_type, stage, state);

CREATE TABLE case_tasks (
    id {serial},
    version BIGINT NOT NULL,
    case_id BIGINT NOT NULL REFERENCES cases (id),
    title TEXT NOT NULL,
    staff_id BIGINT REFERENCES staff (id),
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    done_at BIGINT,
    done_by TEXT
);
CREATE INDEX case_tasks_by_case ON case_tasks (case_id);
CREATE INDEX case_tasks_by_person ON case_tasks (staff_id, done_at);

CREATE TABLE case_comments (
    id {serial},
    case_id BIGINT NOT NULL REFERENCES cases (id),
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL
);
CREATE INDEX case_comments_by_case ON case_comments (case_id);

CREATE TABLE case_mentions (
    comment_id BIGINT NOT NULL REFERENCES case_comments (id),
    staff_id BIGINT NOT NULL REFERENCES staff (id),
    case_id BIGINT NOT NULL,
    PRIMARY KEY (comment_id, staff_id)
);
CREATE INDEX case_mentions_by_person ON case_mentions (staff_id, case_id)
";
