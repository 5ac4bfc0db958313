//! Rows as a cycle writes them: so many with a statement, each remembered, and nothing of them kept in memory.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, Statement};

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
        over.update_columns(CHANGING);
        alert_table::Entity::insert_many(part.into_iter().map(IntoActiveModel::into_active_model))
            .on_conflict(over)
            .exec_without_returning(&writing.transaction)
            .await
            .map_err(Error::while_doing("changing alerts"))?;
        writing.write_down().await?;
    }
}

/// Writes alerts that exist and only tell other figures, and remembers each: nothing else of them is touched, and no index.
pub(super) async fn say_anew(
    writing: &mut Writing,
    rows: &[alert_table::Model],
    actor: &str,
    cause: &str,
) -> Result<(), Error> {
    let (backend, sql) = match writing.transaction.get_database_backend() {
        DbBackend::Postgres => (DbBackend::Postgres, SAID_POSTGRES),
        backend => (backend, SAID_SQLITE),
    };
    for part in rows.chunks(ROWS_PER_STATEMENT) {
        for row in part {
            remember(writing, row, actor, cause)?;
        }
        let said = part.iter().map(|row| serde_json::json!([row.id, row.version, row.sentence_zh, row.sentence_en]));
        let said = serde_json::Value::Array(said.collect()).to_string();
        let statement = Statement::from_sql_and_values(backend, sql, [said.into()]);
        writing.transaction.execute_raw(statement).await.map_err(Error::while_doing("changing alerts"))?;
        writing.write_down().await?;
    }
    Ok(())
}

const SAID_SQLITE: &str = "
UPDATE alerts SET version = given.version, sentence_zh = given.zh, sentence_en = given.en
FROM (
    SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS version,
        json_extract(value, '$[2]') AS zh, json_extract(value, '$[3]') AS en
    FROM json_each(?)
) AS given
WHERE alerts.id = given.id";

const SAID_POSTGRES: &str = "
UPDATE alerts SET version = given.version, sentence_zh = given.zh, sentence_en = given.en
FROM (
    SELECT (value ->> 0)::bigint AS id, (value ->> 1)::bigint AS version, value ->> 2 AS zh, value ->> 3 AS en
    FROM json_array_elements($1::json)
) AS given
WHERE alerts.id = given.id";

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
