//! Imports: what is being read in, how far it has come, and what became of it.
//!
//! Begin and end of an import are history; its progress in between is not.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use vocab::{Instant, Text};

use crate::entity::import_jobs;
use crate::history::Resource;
use crate::open::{Change, Writing};
use crate::words::words;
use crate::{Error, Store};

words! {
    /// How far an import has come.
    ImportState {
        /// Rows are being read.
        Running = "running",
        /// It has ended well.
        Done = "done",
        /// It has ended otherwise.
        Failed = "failed",
        /// Somebody has stopped it; nothing of it is left.
        Cancelled = "cancelled",
        /// It was taken back after it had ended.
        Undone = "undone",
    }
}

/// An import to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImportJob {
    /// Name of the file, as a person knows it.
    pub file_name: String,
    /// Kind of table: `orders`, `events`….
    pub kind: String,
    /// Name of the source.
    pub source: String,
    /// Rows in all, where known.
    pub row_count: Option<u64>,
    /// Who began it.
    pub actor: String,
}

/// What became of an import that ended well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportResult {
    /// Rows read.
    pub received: u64,
    /// Rows taken.
    pub accepted: u64,
    /// Rows that were there already.
    pub duplicates: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Rows taken of which something was noted.
    pub warned: u64,
    /// Facts made.
    pub facts: u64,
    /// Same id, other content.
    pub conflicts: u64,
    /// Views from this moment on have changed.
    pub earliest_changed: Option<Instant>,
    /// The first faults, as JSON that the caller understands.
    pub findings: String,
    /// The number that the last of its facts may have.
    pub last_number: u64,
}

/// An import, running or finished. Quotes cells of the file, so show it to who may import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportJobRecord {
    /// Stable id; never given twice.
    pub id: i64,
    /// Name of the file.
    pub file_name: String,
    /// Kind of table.
    pub kind: String,
    /// Name of the source.
    pub source: String,
    /// How far it has come.
    pub state: ImportState,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// Who began it.
    pub actor: String,
    /// Rows in all, where known.
    pub row_count: Option<u64>,
    /// Rows read so far.
    pub received: u64,
    /// Rows taken.
    pub accepted: u64,
    /// Rows that were there already.
    pub duplicates: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Rows taken of which something was noted.
    pub warned: u64,
    /// Facts made.
    pub facts: u64,
    /// Same id, other content.
    pub conflicts: u64,
    /// Views from this moment on have changed.
    pub earliest_changed: Option<Instant>,
    /// The first faults, as JSON that the caller understands; `[]` while running.
    pub findings: String,
    /// Why it failed.
    pub failure: Option<Text>,
    /// Its facts have numbers after this one; `None` as long as it has not begun.
    pub first_number: Option<u64>,
    /// Facts of the source with numbers after the first of these, up to the second, came from here; `None` if it never
    /// began, or still runs.
    pub numbers: Option<(u64, u64)>,
    /// When it was taken back.
    pub undone_at: Option<Instant>,
}

impl Store {
    /// Begins an import and says its id.
    pub async fn add_import_job(&self, new: &NewImportJob, now: Instant) -> Result<i64, Error> {
        let mut writing = self.write(now).await?;
        let row = import_jobs::ActiveModel {
            id: NotSet,
            version: Set(1),
            file_name: Set(new.file_name.clone()),
            kind: Set(new.kind.clone()),
            source: Set(new.source.clone()),
            state: Set(ImportState::Running.as_str().to_owned()),
            started_at: Set(now.micros()),
            finished_at: Set(None),
            actor: Set(new.actor.clone()),
            row_count: Set(new.row_count.map(signed)),
            received: Set(0),
            accepted: Set(0),
            duplicates: Set(0),
            rejected: Set(0),
            facts: Set(0),
            conflicts: Set(0),
            earliest_changed_at: Set(None),
            findings: Set("[]".to_owned()),
            failure_zh: Set(None),
            failure_en: Set(None),
            warned: Set(0),
            first_number: Set(None),
            last_number: Set(None),
            cancelled_at: Set(None),
            undone_at: Set(None),
        };
        let row = row.insert(&writing.transaction).await.map_err(Error::while_doing("beginning an import"))?;
        remember(&mut writing, &row, "started")?;
        writing.commit().await?;
        Ok(row.id)
    }

    /// Notes after which number the facts of an import begin: before the first of them is written.
    pub async fn begin_import_job(&self, id: i64, first_number: u64) -> Result<(), Error> {
        import_jobs::Entity::update_many()
            .col_expr(import_jobs::Column::FirstNumber, Expr::value(signed(first_number)))
            .filter(import_jobs::Column::Id.eq(id))
            .filter(import_jobs::Column::State.eq(ImportState::Running.as_str()))
            .exec(&self.writer)
            .await
            .map_err(Error::while_doing("noting where an import begins"))?;
        Ok(())
    }

    /// Notes how many rows a running import has read; an import that has ended stays as it is.
    pub async fn import_job_progress(&self, id: i64, received: u64) -> Result<(), Error> {
        import_jobs::Entity::update_many()
            .col_expr(import_jobs::Column::Received, Expr::value(signed(received)))
            .filter(import_jobs::Column::Id.eq(id))
            .filter(import_jobs::Column::State.eq(ImportState::Running.as_str()))
            .exec(&self.writer)
            .await
            .map_err(Error::while_doing("noting the progress of an import"))?;
        Ok(())
    }

    /// Ends an import well.
    ///
    /// # Errors
    /// Not found; a conflict if it has ended already.
    pub async fn finish_import_job(&self, id: i64, result: &ImportResult, now: Instant) -> Result<(), Error> {
        let mut writing = self.write(now).await?;
        let mut changed = running(&writing, id).await?.into_active_model();
        changed.state = Set(ImportState::Done.as_str().to_owned());
        changed.row_count = Set(Some(signed(result.received)));
        changed.received = Set(signed(result.received));
        changed.accepted = Set(signed(result.accepted));
        changed.duplicates = Set(signed(result.duplicates));
        changed.rejected = Set(signed(result.rejected));
        changed.facts = Set(signed(result.facts));
        changed.conflicts = Set(signed(result.conflicts));
        changed.earliest_changed_at = Set(result.earliest_changed.map(Instant::micros));
        changed.findings = Set(result.findings.clone());
        changed.warned = Set(signed(result.warned));
        changed.last_number = Set(Some(signed(result.last_number)));
        end(&mut writing, changed, now).await?;
        writing.commit().await
    }

    /// Ends an import that could not go on, and says why; none of its facts has a number after `last_number`.
    ///
    /// # Errors
    /// Not found; a conflict if it has ended already.
    pub async fn fail_import_job(&self, id: i64, why: &Text, last_number: u64, now: Instant) -> Result<(), Error> {
        let mut writing = self.write(now).await?;
        let row = running(&writing, id).await?;
        fail(&mut writing, row, why, last_number, now).await?;
        writing.commit().await
    }

    /// Ends an import that somebody has stopped and of which nothing is left.
    ///
    /// # Errors
    /// Not found; a conflict if it has ended already.
    pub async fn cancel_import_job(&self, id: i64, now: Instant) -> Result<(), Error> {
        let mut writing = self.write(now).await?;
        let mut changed = running(&writing, id).await?.into_active_model();
        changed.state = Set(ImportState::Failed.as_str().to_owned());
        changed.cancelled_at = Set(Some(now.micros()));
        end(&mut writing, changed, now).await?;
        writing.commit().await
    }

    /// Notes that an import was taken back.
    ///
    /// # Errors
    /// Not found; a conflict if it still runs or was taken back before.
    pub async fn undo_import_job(&self, id: i64, actor: &str, now: Instant) -> Result<(), Error> {
        let mut writing = self.write(now).await?;
        let row = import_row(&writing, id).await?;
        let has_ended = row.state != ImportState::Running.as_str();
        if !has_ended || row.undone_at.is_some() || row.cancelled_at.is_some() {
            return Err(Error::conflict(format!("import {id} cannot be taken back"), Some(row.version)));
        }
        let mut changed = row.into_active_model();
        changed.undone_at = Set(Some(now.micros()));
        changed.version = Set(changed.version.take().unwrap_or(0) + 1);
        let row = changed.update(&writing.transaction).await.map_err(Error::while_doing("taking an import back"))?;
        let (id, resource) = (row.id.to_string(), Resource::Import);
        let change = Change { resource, id, customer: None, version: row.version, actor, cause: "undone" };
        writing.remember(change, &row)?;
        writing.commit().await
    }

    /// Ends every import that still claims to run, but for those that are known to: at start, and before another
    /// begins. None of their facts has a number after `last_number`. Returns how many.
    pub async fn fail_running_import_jobs(
        &self,
        why: &Text,
        known: &[i64],
        last_number: u64,
        now: Instant,
    ) -> Result<u64, Error> {
        let mut writing = self.write(now).await?;
        let rows = import_jobs::Entity::find()
            .filter(import_jobs::Column::State.eq(ImportState::Running.as_str()))
            .filter(import_jobs::Column::Id.is_not_in(known.iter().copied()))
            .order_by_asc(import_jobs::Column::Id)
            .all(&writing.transaction)
            .await
            .map_err(Error::while_doing("reading running imports"))?;
        let count = rows.len() as u64;
        for row in rows {
            fail(&mut writing, row, why, last_number, now).await?;
        }
        writing.commit().await?;
        Ok(count)
    }

    /// One import.
    pub async fn import_job(&self, id: i64) -> Result<Option<ImportJobRecord>, Error> {
        let row = import_jobs::Entity::find_by_id(id)
            .one(&self.reader)
            .await
            .map_err(Error::while_doing("reading an import"))?;
        row.map(ImportJobRecord::new).transpose()
    }

    /// Every import, newest first.
    pub async fn import_jobs(&self) -> Result<Vec<ImportJobRecord>, Error> {
        let rows = import_jobs::Entity::find()
            .order_by_desc(import_jobs::Column::Id)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading imports"))?;
        rows.into_iter().map(ImportJobRecord::new).collect()
    }
}

/// The import, if it still runs.
async fn running(writing: &Writing, id: i64) -> Result<import_jobs::Model, Error> {
    let row = import_row(writing, id).await?;
    if row.state != ImportState::Running.as_str() {
        return Err(Error::conflict(format!("import {id} has ended already"), Some(row.version)));
    }
    Ok(row)
}

async fn import_row(writing: &Writing, id: i64) -> Result<import_jobs::Model, Error> {
    let row = import_jobs::Entity::find_by_id(id).one(&writing.transaction).await;
    row.map_err(Error::while_doing("reading an import"))?.ok_or_else(|| Error::not_found(format!("import {id}")))
}

async fn fail(
    writing: &mut Writing,
    row: import_jobs::Model,
    why: &Text,
    last_number: u64,
    now: Instant,
) -> Result<(), Error> {
    let mut changed = row.into_active_model();
    changed.state = Set(ImportState::Failed.as_str().to_owned());
    changed.failure_zh = Set(Some(why.zh.clone()));
    changed.failure_en = Set(Some(why.en.clone()));
    changed.last_number = Set(Some(signed(last_number)));
    end(writing, changed, now).await
}

async fn end(writing: &mut Writing, mut changed: import_jobs::ActiveModel, now: Instant) -> Result<(), Error> {
    changed.version = Set(changed.version.take().unwrap_or(0) + 1);
    changed.finished_at = Set(Some(now.micros()));
    let row = changed.update(&writing.transaction).await.map_err(Error::while_doing("ending an import"))?;
    let cause = if row.cancelled_at.is_some() { "cancelled".to_owned() } else { row.state.clone() };
    remember(writing, &row, &cause)
}

fn remember(writing: &mut Writing, row: &import_jobs::Model, cause: &str) -> Result<(), Error> {
    let (id, actor) = (row.id.to_string(), row.actor.as_str());
    writing.remember(Change { resource: Resource::Import, id, customer: None, version: row.version, actor, cause }, row)
}

/// No file has more rows than this.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

impl ImportJobRecord {
    fn new(row: import_jobs::Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            file_name: row.file_name,
            kind: row.kind,
            source: row.source,
            state: match (row.undone_at, row.cancelled_at) {
                (Some(_), _) => ImportState::Undone,
                (None, Some(_)) => ImportState::Cancelled,
                (None, None) => ImportState::read(&row.state)?,
            },
            started_at: Instant::from_micros(row.started_at),
            finished_at: row.finished_at.map(Instant::from_micros),
            actor: row.actor,
            row_count: row.row_count.map(unsigned),
            received: unsigned(row.received),
            accepted: unsigned(row.accepted),
            duplicates: unsigned(row.duplicates),
            rejected: unsigned(row.rejected),
            facts: unsigned(row.facts),
            conflicts: unsigned(row.conflicts),
            earliest_changed: row.earliest_changed_at.map(Instant::from_micros),
            findings: row.findings,
            failure: row.failure_zh.zip(row.failure_en).map(|(zh, en)| Text::new(zh, en)),
            warned: unsigned(row.warned),
            first_number: row.first_number.map(unsigned),
            numbers: row.first_number.map(unsigned).zip(row.last_number.map(unsigned)),
            undone_at: row.undone_at.map(Instant::from_micros),
        })
    }
}
