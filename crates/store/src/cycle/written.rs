//! Rows as a cycle writes them: so many with a statement, each remembered, and nothing of them kept in memory.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, IdenStatic, IntoActiveModel, Statement};
use serde::Serialize;

use crate::Error;
use crate::entity::alerts::Column as C;
use crate::entity::{alerts as alert_table, cases as case_table, history};
use crate::history::Resource;
use crate::open::{Change, ROWS_PER_STATEMENT, Writing, remembered};
use crate::rows::{in_turn, statement};

use super::CYCLE_ACTOR;

/// A row that the history tells of by its id, version and customer.
pub(crate) trait Told: Serialize {
    /// What sort of row.
    const RESOURCE: Resource;

    /// Its id, its version and whom it is about.
    fn told(&self) -> (i64, i64, &str);
}

impl Told for alert_table::Model {
    const RESOURCE: Resource = Resource::Alert;

    fn told(&self) -> (i64, i64, &str) {
        (self.id, self.version, &self.customer_id)
    }
}

impl Told for case_table::Model {
    const RESOURCE: Resource = Resource::Case;

    fn told(&self) -> (i64, i64, &str) {
        (self.id, self.version, &self.customer_id)
    }
}

/// Writes new rows and remembers each as `opened`; how many there were.
pub(super) async fn insert<M, A>(writing: &mut Writing, rows: impl Iterator<Item = M>) -> Result<u64, Error>
where
    M: Told + IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    let worded = |backend, part: Vec<M>| statement::<A>(backend, models(part), "");
    write(writing, rows, worded, (CYCLE_ACTOR, "opened"), "opening alerts and cases").await
}

/// Writes alerts that exist with what they have become, and remembers each.
pub(crate) async fn rewrite(
    writing: &mut Writing,
    rows: Vec<alert_table::Model>,
    actor: &str,
    cause: &str,
) -> Result<(), Error> {
    let named: Vec<String> = CHANGING.iter().map(|one| format!("\"{0}\" = excluded.\"{0}\"", one.as_str())).collect();
    let over = format!(" ON CONFLICT (\"id\") DO UPDATE SET {}", named.join(", "));
    let worded = |backend, part| statement::<alert_table::ActiveModel>(backend, models(part), &over);
    write(writing, rows.into_iter(), worded, (actor, cause), CHANGING_ALERTS).await?;
    Ok(())
}

/// Writes alerts that exist and only tell other figures, and remembers each: nothing else of them is touched, and no index.
pub(super) async fn say_anew(
    writing: &mut Writing,
    rows: Vec<alert_table::Model>,
    actor: &str,
    cause: &str,
) -> Result<(), Error> {
    let worded = |backend, part: Vec<alert_table::Model>| {
        let said = part.iter().map(|row| (row.id, row.version, &row.sentence_zh, &row.sentence_en));
        let said = serde_json::Value::from(said.map(|cells| serde_json::json!(cells)).collect::<Vec<_>>()).to_string();
        let sql = if backend == DbBackend::Postgres { SAID_POSTGRES } else { SAID_SQLITE };
        Statement::from_sql_and_values(backend, sql, [said.into()])
    };
    write(writing, rows.into_iter(), worded, (actor, cause), CHANGING_ALERTS).await?;
    Ok(())
}

const CHANGING_ALERTS: &str = "changing alerts";

fn models<M: IntoActiveModel<A>, A: ActiveModelTrait>(rows: Vec<M>) -> Vec<A> {
    rows.into_iter().map(IntoActiveModel::into_active_model).collect()
}

/// Writes rows, so many with a statement of these words, and what the history tells of them; how many there were.
async fn write<M: Told>(
    writing: &mut Writing,
    mut rows: impl Iterator<Item = M>,
    worded: impl Fn(DbBackend, Vec<M>) -> Statement,
    (actor, cause): (&str, &str),
    doing: &'static str,
) -> Result<u64, Error> {
    // What was done before is told before.
    writing.write_down().await?;
    let (backend, at) = (writing.transaction.get_database_backend(), writing.at);
    let mut count = 0;
    let next = || {
        let part: Vec<M> = rows.by_ref().take(ROWS_PER_STATEMENT).collect();
        if part.is_empty() {
            return Ok(None);
        }
        count += part.len() as u64;
        let entry = |row: &M| {
            let (id, version, customer) = row.told();
            let (id, customer) = (id.to_string(), Some(customer));
            remembered(at, Change { resource: M::RESOURCE, id, customer, version, actor, cause }, row)
        };
        let entries = part.iter().map(entry).collect::<Result<Vec<history::ActiveModel>, Error>>()?;
        Ok(Some([worded(backend, part), statement(backend, entries, "")]))
    };
    in_turn(&writing.transaction, next, doing).await?;
    Ok(count)
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
