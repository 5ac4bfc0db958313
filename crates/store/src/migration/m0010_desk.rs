//! The life of alerts: put off and woken, called false, ranked by what is at risk; and the views that people save.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct Desk;

impl MigrationName for Desk {
    fn name(&self) -> &str {
        "m0010_desk"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for Desk {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), TABLES).await
    }
}

/// `lead` is 1 on the one open alert of a customer that speaks for all of them.
const TABLES: &str = "
ALTER TABLE alerts ADD COLUMN snoozed_until BIGINT;
ALTER TABLE alerts ADD COLUMN snoozed_at BIGINT;
ALTER TABLE alerts ADD COLUMN snoozed_by TEXT;
ALTER TABLE alerts ADD COLUMN snooze_reason TEXT;
ALTER TABLE alerts ADD COLUMN snoozed_severity BIGINT;
ALTER TABLE alerts ADD COLUMN snoozed_health BIGINT;
ALTER TABLE alerts ADD COLUMN false_reason TEXT;
ALTER TABLE alerts ADD COLUMN at_risk BIGINT NOT NULL DEFAULT -1;
ALTER TABLE alerts ADD COLUMN lead BIGINT NOT NULL DEFAULT 0;
UPDATE alerts SET lead = 1 WHERE state = 'open' AND id = (
    SELECT other.id FROM alerts AS other
    WHERE other.customer_id = alerts.customer_id AND other.state = 'open'
    ORDER BY other.severity DESC, other.opened_at, other.id LIMIT 1
);
CREATE INDEX alerts_lines ON alerts (state, lead, at_risk DESC, id);
CREATE INDEX alerts_lines_owned ON alerts (state, owner, lead, at_risk DESC, id);
CREATE INDEX alerts_lines_counted ON alerts (state, lead, severity, case_state, owner, rule, cause, snoozed_until);
CREATE INDEX alerts_opened ON alerts (opened_at, rule);

CREATE TABLE saved_views (
    id {serial},
    version BIGINT NOT NULL,
    staff_id BIGINT NOT NULL REFERENCES staff (id),
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX saved_views_once ON saved_views (staff_id, page, name)
";
