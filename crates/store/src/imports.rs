//! Imports: what is being read in, how far it has come, and what became of it.
//!
//! Begin and end of an import are history; its progress in between is not.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
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
    }
}

/// An import to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImport {
    /// Which upload it reads.
    pub upload_id: String,
    /// Name of the file, as a person knows it.
    pub file_name: String,
    /// Kind of table: `orders`, `events`….
    pub kind: String,
    /// Name of the source.
    pub source: String,
    /// How columns become fields, as text.
    pub mapping: String,
    /// Who began it.
    pub actor: String,
    /// Rows in all, where known.
    pub row_count: Option<u64>,
}

/// How much of a file has been read, and what became of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// Rows read.
    pub received: u64,
    /// Rows taken.
    pub accepted: u64,
    /// Rows that were there already.
    pub duplicates: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Facts made.
    pub facts: u64,
    /// Same id, other content.
    pub conflicts: u64,
}

/// How an import ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportEnd {
    /// The final counts.
    pub counts: ImportCounts,
    /// Rows in all.
    pub row_count: Option<u64>,
    /// Views from this moment on have changed.
    pub earliest_changed_at: Option<Instant>,
    /// The first faults, as JSON that the caller understands.
    pub findings: String,
    /// Why it failed; absent if it ended well.
    pub failure: Option<Text>,
}

/// An import, running or finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRecord {
    /// Stable id; never given twice.
    pub id: i64,
    /// Which upload it reads.
    pub upload_id: String,
    /// Name of the file.
    pub file_name: String,
    /// Kind of table.
    pub kind: String,
    /// Name of the source.
    pub source: String,
    /// How columns become fields, as text.
    pub mapping: String,
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
    /// What became of the rows so far.
    pub counts: ImportCounts,
    /// Views from this moment on have changed.
    pub earliest_changed_at: Option<Instant>,
    /// The first faults, as JSON that the caller understands; `[]` while running.
    pub findings: String,
    /// Why it failed.
    pub failure: Option<Text>,
}

impl Store {
    /// Begins an import.
    pub async fn create_import(&self, new: NewImport, now: Instant) -> Result<ImportRecord, Error> {
        let mut writing = self.write(now).await?;
        let row = import_jobs::ActiveModel {
            id: NotSet,
            version: Set(1),
            upload_id: Set(new.upload_id),
            file_name: Set(new.file_name),
            kind: Set(new.kind),
            source: Set(new.source),
            mapping: Set(new.mapping),
            state: Set(ImportState::Running.as_str().to_owned()),
            started_at: Set(now.micros()),
            finished_at: Set(None),
            actor: Set(new.actor),
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
        };
        let row = row.insert(&writing.transaction).await.map_err(Error::while_doing("beginning an import"))?;
        let actor = row.actor.clone();
        remember(&mut writing, &row, &actor, "started")?;
        writing.commit().await?;
        ImportRecord::new(row)
    }

    /// Notes how far a running import has come; an import that has ended stays as it is.
    pub async fn update_import(&self, id: i64, counts: ImportCounts, row_count: Option<u64>) -> Result<(), Error> {
        let mut changed = <import_jobs::ActiveModel as Default>::default();
        set_counts(&mut changed, counts);
        if let Some(rows) = row_count {
            changed.row_count = Set(Some(signed(rows)));
        }
        import_jobs::Entity::update_many()
            .set(changed)
            .filter(import_jobs::Column::Id.eq(id))
            .filter(import_jobs::Column::State.eq(ImportState::Running.as_str()))
            .exec(&self.writer)
            .await
            .map_err(Error::while_doing("noting the progress of an import"))?;
        Ok(())
    }

    /// Ends an import, well or otherwise.
    ///
    /// # Errors
    /// Not found; a conflict if it has ended already.
    pub async fn finish_import(&self, id: i64, end: ImportEnd, now: Instant) -> Result<ImportRecord, Error> {
        let mut writing = self.write(now).await?;
        let before = import_jobs::Entity::find_by_id(id)
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing("reading an import"))?
            .ok_or_else(|| Error::not_found(format!("import {id}")))?;
        if before.state != ImportState::Running.as_str() {
            return Err(Error::conflict(format!("import {id} has ended already"), Some(before.version)));
        }
        let row = finish(&mut writing, before, end, now).await?;
        writing.commit().await?;
        ImportRecord::new(row)
    }

    /// Ends every import that still claims to run, with a reason: called at start, when none can be running.
    pub async fn fail_running_imports(&self, why: &Text, now: Instant) -> Result<u64, Error> {
        let mut writing = self.write(now).await?;
        let rows = import_jobs::Entity::find()
            .filter(import_jobs::Column::State.eq(ImportState::Running.as_str()))
            .order_by_asc(import_jobs::Column::Id)
            .all(&writing.transaction)
            .await
            .map_err(Error::while_doing("reading running imports"))?;
        let count = rows.len() as u64;
        for row in rows {
            let record = ImportRecord::new(row.clone())?;
            let end = ImportEnd {
                counts: record.counts,
                row_count: record.row_count,
                earliest_changed_at: record.earliest_changed_at,
                findings: record.findings,
                failure: Some(why.clone()),
            };
            finish(&mut writing, row, end, now).await?;
        }
        writing.commit().await?;
        Ok(count)
    }

    /// One import.
    pub async fn import(&self, id: i64) -> Result<Option<ImportRecord>, Error> {
        let row =
            import_jobs::Entity::find_by_id(id).one(&self.reader).await.map_err(Error::while_doing("reading an import"))?;
        row.map(ImportRecord::new).transpose()
    }

    /// The newest imports, newest first.
    pub async fn imports(&self, limit: u64) -> Result<Vec<ImportRecord>, Error> {
        let rows = import_jobs::Entity::find()
            .order_by_desc(import_jobs::Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading imports"))?;
        rows.into_iter().map(ImportRecord::new).collect()
    }
}

async fn finish(
    writing: &mut Writing,
    before: import_jobs::Model,
    end: ImportEnd,
    now: Instant,
) -> Result<import_jobs::Model, Error> {
    let (version, actor) = (before.version + 1, before.actor.clone());
    let state = if end.failure.is_some() { ImportState::Failed } else { ImportState::Done };
    let mut changed = before.into_active_model();
    set_counts(&mut changed, end.counts);
    changed.version = Set(version);
    changed.state = Set(state.as_str().to_owned());
    changed.finished_at = Set(Some(now.micros()));
    changed.row_count = Set(end.row_count.map(signed));
    changed.earliest_changed_at = Set(end.earliest_changed_at.map(Instant::micros));
    changed.findings = Set(end.findings);
    let (zh, en) = end.failure.map(|why| (why.zh, why.en)).unzip();
    changed.failure_zh = Set(zh);
    changed.failure_en = Set(en);
    let row = changed.update(&writing.transaction).await.map_err(Error::while_doing("ending an import"))?;
    remember(writing, &row, &actor, state.as_str())?;
    Ok(row)
}

fn set_counts(changed: &mut import_jobs::ActiveModel, counts: ImportCounts) {
    changed.received = Set(signed(counts.received));
    changed.accepted = Set(signed(counts.accepted));
    changed.duplicates = Set(signed(counts.duplicates));
    changed.rejected = Set(signed(counts.rejected));
    changed.facts = Set(signed(counts.facts));
    changed.conflicts = Set(signed(counts.conflicts));
}

fn remember(writing: &mut Writing, row: &import_jobs::Model, actor: &str, cause: &str) -> Result<(), Error> {
    let id = row.id.to_string();
    writing.remember(Change { resource: Resource::Import, id, customer: None, version: row.version, actor, cause }, row)
}

/// No file has more rows than this.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

impl ImportRecord {
    fn new(row: import_jobs::Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            upload_id: row.upload_id,
            file_name: row.file_name,
            kind: row.kind,
            source: row.source,
            mapping: row.mapping,
            state: ImportState::read(&row.state)?,
            started_at: Instant::from_micros(row.started_at),
            finished_at: row.finished_at.map(Instant::from_micros),
            actor: row.actor,
            row_count: row.row_count.map(unsigned),
            counts: ImportCounts {
                received: unsigned(row.received),
                accepted: unsigned(row.accepted),
                duplicates: unsigned(row.duplicates),
                rejected: unsigned(row.rejected),
                facts: unsigned(row.facts),
                conflicts: unsigned(row.conflicts),
            },
            earliest_changed_at: row.earliest_changed_at.map(Instant::from_micros),
            findings: row.findings,
            failure: row.failure_zh.zip(row.failure_en).map(|(zh, en)| Text::new(zh, en)),
        })
    }
}
