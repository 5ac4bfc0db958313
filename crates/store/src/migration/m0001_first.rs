//! The first tables: alerts, cases and owners; staff, sessions and tokens; settings, imports, cycles; the history.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct First;

impl MigrationName for First {
    fn name(&self) -> &str {
        "m0001_first"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for First {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statements in [DESK, PEOPLE, HOUSE] {
            Words::run(connection, statements).await?;
        }
        Ok(())
    }
}

/// Alerts, cases and whose customer is whose.
const DESK: &str = "
CREATE TABLE cases (
    id {key},
    version BIGINT NOT NULL,
    customer_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'accepted', 'closed')),
    severity BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    as_of BIGINT NOT NULL,
    accept_by BIGINT NOT NULL,
    act_by BIGINT NOT NULL,
    due_at BIGINT,
    assigned_to TEXT,
    accepted_at BIGINT,
    accepted_by TEXT,
    closed_at BIGINT,
    closed_by TEXT,
    outcome TEXT,
    note TEXT
);
CREATE UNIQUE INDEX cases_open_once ON cases (customer_id) WHERE state <> 'closed';
CREATE INDEX cases_by_customer ON cases (customer_id);
CREATE INDEX cases_due ON cases (due_at, id) WHERE state <> 'closed';
CREATE INDEX cases_newest ON cases (opened_at DESC, id DESC);
CREATE INDEX cases_by_state ON cases (state, opened_at DESC, id DESC);
CREATE INDEX cases_closed ON cases (closed_at);

CREATE TABLE alerts (
    id {key},
    version BIGINT NOT NULL,
    customer_id TEXT NOT NULL,
    cause TEXT NOT NULL,
    rule TEXT NOT NULL,
    severity BIGINT NOT NULL,
    sentence_zh TEXT NOT NULL,
    sentence_en TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'resolved')),
    opened_at BIGINT NOT NULL,
    as_of BIGINT NOT NULL,
    resolved_at BIGINT,
    resolution TEXT,
    case_id BIGINT REFERENCES cases (id),
    case_state TEXT,
    owner TEXT
);
CREATE UNIQUE INDEX alerts_open_once ON alerts (customer_id, cause) WHERE state = 'open';
CREATE INDEX alerts_by_customer ON alerts (customer_id);
CREATE INDEX alerts_by_case ON alerts (case_id);
CREATE INDEX alerts_ranked ON alerts (state, severity DESC, opened_at DESC, id);
CREATE INDEX alerts_ranked_all ON alerts (severity DESC, opened_at DESC, id);
CREATE INDEX alerts_owned ON alerts (state, owner, severity DESC, opened_at DESC, id, case_state);
CREATE INDEX alerts_counted ON alerts (state, severity, case_state, owner, rule, cause);
CREATE INDEX alerts_resolved ON alerts (resolution, resolved_at);

CREATE TABLE customer_owner (
    customer_id TEXT PRIMARY KEY NOT NULL,
    owner TEXT NOT NULL
);
CREATE INDEX customer_owner_by_owner ON customer_owner (owner, customer_id)
";

/// Who works here and by which key they come in.
const PEOPLE: &str = "
CREATE TABLE staff (
    id {serial},
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'owner', 'readonly')),
    owner_key TEXT,
    active BOOLEAN NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY NOT NULL,
    staff_id BIGINT NOT NULL REFERENCES staff (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_staff ON sessions (staff_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE tokens (
    id {serial},
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    staff_id BIGINT NOT NULL REFERENCES staff (id),
    token_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    last_used_at BIGINT
);

CREATE TABLE sign_in_attempts (
    id {serial},
    email TEXT NOT NULL,
    peer TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX sign_in_attempts_by_email ON sign_in_attempts (email, at);
CREATE INDEX sign_in_attempts_by_peer ON sign_in_attempts (peer, at)
";

/// The firm's choices, its imports and cycles, and what every row looked like after every change.
const HOUSE: &str = "
CREATE TABLE settings (
    key TEXT PRIMARY KEY NOT NULL,
    version BIGINT NOT NULL,
    value TEXT NOT NULL
);

CREATE TABLE import_jobs (
    id {serial},
    version BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    actor TEXT NOT NULL,
    row_count BIGINT,
    received BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    facts BIGINT NOT NULL,
    conflicts BIGINT NOT NULL,
    earliest_changed_at BIGINT,
    findings TEXT NOT NULL,
    failure_zh TEXT,
    failure_en TEXT
);
CREATE INDEX import_jobs_by_state ON import_jobs (state);

CREATE TABLE cycles (
    id {serial},
    as_of BIGINT NOT NULL UNIQUE,
    version BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    summary_zh TEXT NOT NULL,
    summary_en TEXT NOT NULL,
    plan TEXT NOT NULL,
    fingerprint TEXT NOT NULL
);
CREATE INDEX cycles_finished ON cycles (finished_at, id);

CREATE TABLE history (
    id {serial},
    resource TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    customer_id TEXT,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    cause TEXT NOT NULL,
    after TEXT NOT NULL
);
CREATE UNIQUE INDEX history_once ON history (resource, resource_id, version);
CREATE INDEX history_at ON history (at)
";
