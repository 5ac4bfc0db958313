//! What has become of models since they were judged, and trainings that nobody asked for by hand.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Words;

pub(super) struct ModelWatch;

impl MigrationName for ModelWatch {
    fn name(&self) -> &str {
        "m0022_model_watch"
    }
}

// The trait is declared without the lifetime that the lint asks for.
#[allow(elided_lifetimes_in_paths)]
#[async_trait::async_trait]
impl MigrationTrait for ModelWatch {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Words::run(manager.get_connection(), TABLES).await
    }
}

/// Of each model the last report; of each churn definition and moment one training at most.
const TABLES: &str = "
CREATE TABLE model_watches (
    version_id {key},
    as_of BIGINT NOT NULL,
    written_at BIGINT NOT NULL,
    report TEXT NOT NULL
);
CREATE TABLE model_retrainings (
    id {serial},
    of_id TEXT NOT NULL,
    as_of BIGINT NOT NULL,
    cause TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT,
    version_id BIGINT,
    says_zh TEXT,
    says_en TEXT
);
CREATE UNIQUE INDEX model_retrainings_once ON model_retrainings (of_id, as_of)
";
