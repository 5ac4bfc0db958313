//! Runs of sources that are fetched: when, how much came, how far, and why not further.
//!
//! At most one run of a source is under way. A run is a trace of work, not a decision: it is kept beside its source, not
//! in the history, and only the last few hundred of each source.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use vocab::Instant;

use crate::entity::source_runs;
use crate::words::words;
use crate::{Error, Store};

/// Runs kept of each source.
const KEPT: u64 = 500;

words! {
    /// How far a run has come.
    RunState {
        /// The source is being read.
        Running = "running",
        /// It has ended well.
        Done = "done",
        /// It has ended otherwise.
        Failed = "failed",
    }
}

/// What a run brought, so far or in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunCounts {
    /// Rows read.
    pub received: u64,
    /// Rows that said something new.
    pub accepted: u64,
    /// Rows that said what was known.
    pub duplicates: u64,
    /// Rows that could not be taken.
    pub rejected: u64,
    /// Facts made.
    pub facts: u64,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRun {
    /// Stable id; never given twice.
    pub id: i64,
    /// Of which source.
    pub source_id: i64,
    /// Who asked for it.
    pub actor: String,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// How far it has come.
    pub state: RunState,
    /// What it brought.
    pub counts: RunCounts,
    /// How far the source has been read, in its own words.
    pub watermark: Option<String>,
    /// The first faults, as JSON that the caller understands.
    pub findings: String,
    /// Why it failed, as JSON that the caller understands.
    pub error: Option<String>,
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunEnd {
    /// What it brought.
    pub counts: RunCounts,
    /// How far the source has been read.
    pub watermark: Option<String>,
    /// The first faults, as JSON.
    pub findings: String,
    /// Why it failed, as JSON; absent if it did not.
    pub error: Option<String>,
}

impl Store {
    /// Begins a run and says its id.
    ///
    /// # Errors
    /// A conflict while another run of the source is under way.
    pub async fn begin_source_run(&self, source_id: i64, actor: &str, now: Instant) -> Result<i64, Error> {
        let doing = "beginning a run of a source";
        let writing = self.write(now).await?;
        let running = source_runs::Entity::find()
            .filter(source_runs::Column::SourceId.eq(source_id))
            .filter(source_runs::Column::State.eq(RunState::Running.as_str()))
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        if let Some(running) = running {
            return Err(Error::conflict(format!("run {} of source {source_id} is under way", running.id), None));
        }
        let row = source_runs::ActiveModel {
            id: NotSet,
            source_id: Set(source_id),
            started_at: Set(now.micros()),
            finished_at: Set(None),
            state: Set(RunState::Running.as_str().to_owned()),
            received: Set(0),
            accepted: Set(0),
            duplicates: Set(0),
            rejected: Set(0),
            facts: Set(0),
            actor: Set(actor.to_owned()),
            watermark: Set(None),
            findings: Set("[]".to_owned()),
            error: Set(None),
        };
        let row = row.insert(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        let oldest = source_runs::Entity::find()
            .filter(source_runs::Column::SourceId.eq(source_id))
            .order_by_desc(source_runs::Column::Id)
            .offset(KEPT)
            .limit(1)
            .one(&writing.transaction)
            .await
            .map_err(Error::while_doing(doing))?;
        if let Some(oldest) = oldest {
            source_runs::Entity::delete_many()
                .filter(source_runs::Column::SourceId.eq(source_id))
                .filter(source_runs::Column::Id.lte(oldest.id))
                .exec(&writing.transaction)
                .await
                .map_err(Error::while_doing(doing))?;
        }
        writing.commit().await?;
        Ok(row.id)
    }

    /// Notes how many rows a run has read; one that has ended stays as it is.
    pub async fn source_run_progress(&self, id: i64, received: u64) -> Result<(), Error> {
        source_runs::Entity::update_many()
            .col_expr(source_runs::Column::Received, Expr::value(signed(received)))
            .filter(source_runs::Column::Id.eq(id))
            .filter(source_runs::Column::State.eq(RunState::Running.as_str()))
            .exec(&self.writer)
            .await
            .map_err(Error::while_doing("noting the progress of a run"))?;
        Ok(())
    }

    /// Ends a run. One that was removed with its source is no error.
    pub async fn end_source_run(&self, id: i64, end: &RunEnd, now: Instant) -> Result<(), Error> {
        let doing = "ending a run of a source";
        let writing = self.write(now).await?;
        let row = source_runs::Entity::find_by_id(id).one(&writing.transaction).await;
        let Some(row) = row.map_err(Error::while_doing(doing))? else { return Ok(()) };
        let mut changed = row.into_active_model();
        let state = if end.error.is_some() { RunState::Failed } else { RunState::Done };
        changed.state = Set(state.as_str().to_owned());
        changed.finished_at = Set(Some(now.micros()));
        changed.received = Set(signed(end.counts.received));
        changed.accepted = Set(signed(end.counts.accepted));
        changed.duplicates = Set(signed(end.counts.duplicates));
        changed.rejected = Set(signed(end.counts.rejected));
        changed.facts = Set(signed(end.counts.facts));
        changed.watermark = Set(end.watermark.clone());
        changed.findings = Set(end.findings.clone());
        changed.error = Set(end.error.clone());
        changed.update(&writing.transaction).await.map_err(Error::while_doing(doing))?;
        writing.commit().await
    }

    /// Ends every run that still claims to be under way: called at start, when none can be. Returns how many.
    pub async fn fail_running_source_runs(&self, error: &str, now: Instant) -> Result<u64, Error> {
        let ended = source_runs::Entity::update_many()
            .col_expr(source_runs::Column::State, Expr::value(RunState::Failed.as_str()))
            .col_expr(source_runs::Column::FinishedAt, Expr::value(now.micros()))
            .col_expr(source_runs::Column::Error, Expr::value(error))
            .filter(source_runs::Column::State.eq(RunState::Running.as_str()))
            .exec(&self.writer)
            .await
            .map_err(Error::while_doing("ending runs that were cut off"))?;
        Ok(ended.rows_affected)
    }

    /// Runs of a source, newest first, from below an id.
    pub async fn source_runs(&self, source_id: i64, below: Option<i64>, limit: u64) -> Result<Vec<SourceRun>, Error> {
        let rows = source_runs::Entity::find()
            .filter(source_runs::Column::SourceId.eq(source_id))
            .filter(source_runs::Column::Id.lt(below.unwrap_or(i64::MAX)))
            .order_by_desc(source_runs::Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await
            .map_err(Error::while_doing("reading runs"))?;
        rows.into_iter().map(SourceRun::new).collect()
    }

    /// One run.
    pub async fn source_run(&self, id: i64) -> Result<Option<SourceRun>, Error> {
        let row = source_runs::Entity::find_by_id(id).one(&self.reader).await;
        row.map_err(Error::while_doing("reading a run"))?.map(SourceRun::new).transpose()
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

impl SourceRun {
    fn new(row: source_runs::Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            source_id: row.source_id,
            actor: row.actor,
            started_at: Instant::from_micros(row.started_at),
            finished_at: row.finished_at.map(Instant::from_micros),
            state: RunState::read(&row.state)?,
            counts: RunCounts {
                received: unsigned(row.received),
                accepted: unsigned(row.accepted),
                duplicates: unsigned(row.duplicates),
                rejected: unsigned(row.rejected),
                facts: unsigned(row.facts),
            },
            watermark: row.watermark,
            findings: row.findings,
            error: row.error,
        })
    }
}
