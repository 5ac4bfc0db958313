//! Rows as a cycle writes them: so many with a statement, each remembered, and nothing of them kept in memory.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::Error;
use crate::entity::alerts as alert_table;
use crate::entity::alerts::Column as C;
use crate::history::Resource;
use crate::open::{ROWS_PER_STATEMENT, Writing};

use super::CYCLE_ACTOR;

/// Writes new rows, which are taken from the list, and remembers each as `opened`.
pub(super) async fn insert<M, A>(
    writing: &mut Writing,
    rows: &mut Vec<M>,
    remember: fn(&mut Writing, &M, &str, &str) -> Result<(), Error>,
) -> Result<(), Error>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    if rows.is_empty() {
        return Ok(());
    }
    for row in &*rows {
        remember(writing, row, CYCLE_ACTOR, "opened")?;
    }
    A::Entity::insert_many(rows.drain(..).map(IntoActiveModel::into_active_model))
        .exec_without_returning(&writing.transaction)
        .await
        .map_err(Error::while_doing("opening alerts and cases"))?;
    writing.write_down().await
}

/// Writes alerts that exist with what they have become, and remembers each.
pub(crate) async fn rewrite(
    writing: &mut Writing,
    rows: Vec<alert_table::Model>,
    actor: &str,
    cause: &str,
) -> Result<(), Error> {
    rewrite_columns(writing, rows, &CHANGING, actor, cause).await
}

/// Writes some columns of alerts that exist, the only ones in which they have become others, and remembers each: indexes over
/// other columns are left alone.
pub(super) async fn rewrite_columns(
    writing: &mut Writing,
    rows: Vec<alert_table::Model>,
    columns: &[C],
    actor: &str,
    cause: &str,
) -> Result<(), Error> {
    let mut rows = rows.into_iter();
    loop {
        let part: Vec<alert_table::Model> = rows.by_ref().take(ROWS_PER_STATEMENT).collect();
        if part.is_empty() {
            return Ok(());
        }
        for row in &part {
            remember(writing, row, actor, cause)?;
        }
        let mut over = OnConflict::column(C::Id);
        over.update_columns(columns.iter().copied());
        alert_table::Entity::insert_many(part.into_iter().map(IntoActiveModel::into_active_model))
            .on_conflict(over)
            .exec_without_returning(&writing.transaction)
            .await
            .map_err(Error::while_doing("changing alerts"))?;
        writing.write_down().await?;
    }
}

/// What changes of an alert that only tells other figures.
pub(super) const SAID: [C; 3] = [C::Version, C::SentenceZh, C::SentenceEn];
/// Whatever changes of an alert.
const CHANGING: [C; 17] = [
    C::Version,
    C::Rule,
    C::Severity,
    C::SentenceZh,
    C::SentenceEn,
    C::State,
    C::ResolvedAt,
    C::Resolution,
    C::CaseId,
    C::CaseState,
    C::SnoozedUntil,
    C::SnoozedAt,
    C::SnoozedBy,
    C::SnoozeReason,
    C::SnoozedSeverity,
    C::SnoozedHealth,
    C::FalseReason,
];

pub(super) fn remember(writing: &mut Writing, row: &alert_table::Model, actor: &str, cause: &str) -> Result<(), Error> {
    writing.remember_of(Resource::Alert, (row.id, row.version, &row.customer_id), (actor, cause), row)
}
