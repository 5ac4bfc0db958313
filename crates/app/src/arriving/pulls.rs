//! Sources that are fetched: tried, looked at, run now or by the clock, and what became of each run.
//!
//! A run reads what is new (`ingest::pull`) and leaves a trace. Secrets are unsealed for the moment of reading only, and
//! are in no trace, no answer and no log. Not here: the registry of sources (`sources`), the timer itself (`server`).

mod place;
mod schedule;

use ingest::{Look, PullReport, Refusal};
use vocab::{AsOf, Instant};

use crate::arriving::imports::finding_row;
use crate::error::{Error, from_findings};
use crate::shown::written;
use crate::view::{self, Count, FieldOption, FindingRow, Words};
use crate::{App, Class, Reader, blocking};

pub(crate) use place::check;
pub use schedule::Schedule;

/// Runs on a page.
const PAGE: usize = 500;
/// How often a running reading says how far it is.
const TELL_EVERY: std::time::Duration = std::time::Duration::from_millis(500);

impl App {
    /// Whether a source lets us in and understands what it is asked.
    ///
    /// # Errors
    /// Why not: `host_unknown`, `connection_refused`, `wrong_password`, `no_such_table`, `tls_failed`….
    pub async fn test_source(&self, reader: &Reader, id: i64) -> Result<view::SourceTest, Error> {
        reader.may_administer()?;
        let row = self.source_row(id).await?;
        let source = self.pull_source(&row).await?;
        let server = ingest::probe(&source).await.map_err(refused)?;
        Ok(view::SourceTest { server })
    }

    /// The first rows of a source and how they would be read. Nothing is written.
    pub async fn preview_source(&self, reader: &Reader, id: i64, now: Instant) -> Result<view::SourcePreview, Error> {
        reader.may_administer()?;
        let row = self.source_row(id).await?;
        let source = self.pull_source(&row).await?;
        let facts = self.facts().clone();
        blocking(move || Ok(preview_of(ingest::look(&source, &facts, now).map_err(refused)?))).await
    }

    /// Begins to read what is new in a source, in the background.
    ///
    /// # Errors
    /// `run_under_way`; what [`App::test_source`] says of its settings.
    pub async fn run_source(&self, reader: &Reader, id: i64, now: Instant) -> Result<view::SourceRun, Error> {
        reader.may_administer()?;
        let (run, reading) = self.begin_run(id, &reader.actor(), now).await?;
        tokio::spawn(async move {
            if let Err(error) = reading.await {
                tracing::error!(%error, run, "a run of a source could not be noted");
            }
        });
        self.source_run(reader, run).await
    }

    /// Reads what is new in a source and waits for it: for the command line.
    pub async fn run_source_now(&self, reader: &Reader, id: i64, now: Instant) -> Result<view::SourceRun, Error> {
        reader.may_administer()?;
        let (run, reading) = self.begin_run(id, &reader.actor(), now).await?;
        reading.await?;
        self.source_run(reader, run).await
    }

    /// Begins every run that the clock asks for, one after the other; how many there were. The timer calls it.
    pub async fn run_due_sources(&self, now: Instant) -> Result<usize, Error> {
        let mut count = 0;
        for row in self.store().sources().await? {
            if !row.is_enabled || !self.is_due(&row, now).await? {
                continue;
            }
            count += 1;
            match self.begin_run(row.id, "timer", now).await {
                Ok((_, reading)) => reading.await?,
                Err(error) if error.class() == Class::Conflict => {}
                Err(error) => self.note_failed_run(row.id, &error, now).await?,
            }
        }
        Ok(count)
    }

    /// The definitions of sources over HTTP that ship, and what each needs to be told.
    pub async fn source_recipes(&self, reader: &Reader) -> Result<view::Items<view::SourceRecipe>, Error> {
        crate::arriving::sources::may_read(reader)?;
        Ok(view::Items { items: ingest::recipes().iter().map(recipe_view).collect(), next: None })
    }

    async fn is_due(&self, row: &store::Source, now: Instant) -> Result<bool, Error> {
        let Ok(Some(schedule)) = Schedule::of(&row.settings) else { return Ok(false) };
        let last = self.store().source_runs(row.id, None, 1).await?.first().map(|run| run.started_at);
        Ok(schedule.is_due(last.or(Some(row.created_at)), last.is_none(), now, self.zone()))
    }

    /// Settings that cannot be read fail like a run, so that they are seen where runs are.
    async fn note_failed_run(&self, id: i64, error: &Error, now: Instant) -> Result<(), Error> {
        let run = self.store().begin_source_run(id, "timer", now).await?;
        let end = store::RunEnd { findings: "[]".to_owned(), error: Some(failure(error)), ..store::RunEnd::default() };
        Ok(self.store().end_source_run(run, &end, now).await?)
    }

    /// Begins a run: its id, and the reading to be awaited.
    async fn begin_run(
        &self,
        id: i64,
        actor: &str,
        now: Instant,
    ) -> Result<(i64, impl Future<Output = Result<(), Error>> + Send + 'static), Error> {
        let row = self.source_row(id).await?;
        let source = self.pull_source(&row).await?;
        let run = self.store().begin_source_run(id, actor, now).await.map_err(under_way)?;
        let app = self.clone();
        Ok((run, async move { app.read_source(run, source, now).await }))
    }

    async fn read_source(&self, run: i64, source: ingest::PullSource, now: Instant) -> Result<(), Error> {
        let (progress, mut seen) = tokio::sync::watch::channel(0u64);
        let facts = self.facts().clone();
        let reading = tokio::task::spawn_blocking(move || {
            let mut tell = |received| {
                progress.send_replace(received);
                true
            };
            ingest::pull(&source, &facts, now, &mut tell)
        });
        while seen.changed().await.is_ok() {
            let received = *seen.borrow_and_update();
            self.store().source_run_progress(run, received).await?;
            tokio::time::sleep(TELL_EVERY).await;
        }
        let end = match reading.await {
            Ok(Ok(report)) => ended(&report),
            Ok(Err(refusal)) => {
                let error = refused(refusal);
                tracing::warn!(run, code = error.code(), "a source could not be read");
                store::RunEnd { findings: "[]".to_owned(), error: Some(failure(&error)), ..store::RunEnd::default() }
            }
            Err(panic) => {
                let error = Error::internal(panic);
                tracing::error!(run, %error, "reading a source broke off");
                store::RunEnd { findings: "[]".to_owned(), error: Some(failure(&error)), ..store::RunEnd::default() }
            }
        };
        self.store().end_source_run(run, &end, now).await?;
        if end.counts.facts > 0 {
            self.run_cycle(AsOf(now), now).await?;
        }
        Ok(())
    }

    /// Runs of a source, newest first; `next` is what `before` takes to go on.
    pub async fn source_runs(
        &self,
        reader: &Reader,
        id: i64,
        before: Option<i64>,
        limit: usize,
    ) -> Result<view::Items<view::SourceRun>, Error> {
        crate::arriving::sources::may_read(reader)?;
        self.source_row(id).await?;
        let limit = limit.clamp(1, PAGE);
        let runs = self.store().source_runs(id, before, limit as u64).await?;
        let next = (runs.len() == limit).then(|| runs.last().map(|run| run.id.to_string())).flatten();
        Ok(view::Items { items: runs.iter().map(run_view).collect(), next })
    }

    async fn source_run(&self, reader: &Reader, run: i64) -> Result<view::SourceRun, Error> {
        crate::arriving::sources::may_read(reader)?;
        let run = self.store().source_run(run).await?.ok_or_else(|| Error::not_found(("这次运行", "the run")))?;
        Ok(run_view(&run))
    }

    /// Ends runs that an earlier process left under way.
    pub(crate) async fn end_lost_runs(&self, now: Instant) -> Result<(), Error> {
        let lost = Error::bad(
            "cut_off",
            ("服务中途停止", "the server stopped in the middle"),
            ("下次运行会接着读，不会重复", "the next run goes on there and doubles nothing"),
        );
        self.store().fail_running_source_runs(&failure(&lost), now).await?;
        Ok(())
    }
}

fn under_way(error: store::Error) -> Error {
    if error.is_conflict() {
        return Error::new(
            Class::Conflict,
            "run_under_way",
            ("这个来源正在读取", "this source is being read already"),
            ("等它结束后再试", "try again when it has ended"),
        );
    }
    error.into()
}

/// The refusal of a source as the refusal of a use case: the code stays, so that a screen can help.
pub(crate) fn refused(refusal: Refusal) -> Error {
    if refusal.is_storage() {
        return Error::internal(refusal);
    }
    match refusal.findings() {
        [only] => Error::bad(only.code, (&only.detail.zh, &only.detail.en), (&only.hint.zh, &only.hint.en)),
        several => from_findings(refusal.code(), several),
    }
}

/// Why a run failed, as it is kept beside it.
fn failure(error: &Error) -> String {
    let words =
        view::RunError { code: error.code().to_owned(), detail: error.detail().clone(), hint: error.hint().clone() };
    serde_json::to_string(&words).unwrap_or_default()
}

fn ended(report: &PullReport) -> store::RunEnd {
    let findings: Vec<FindingRow> = report.findings.iter().map(finding_row).collect();
    store::RunEnd {
        counts: store::RunCounts {
            received: report.rows.received,
            accepted: report.rows.accepted,
            duplicates: report.rows.duplicates,
            rejected: report.rows.rejected,
            facts: report.facts,
        },
        watermark: report.watermark.clone(),
        findings: serde_json::to_string(&findings).unwrap_or_default(),
        error: None,
    }
}

fn run_view(run: &store::SourceRun) -> view::SourceRun {
    view::SourceRun {
        id: run.id,
        state: run.state.as_str().to_owned(),
        actor: run.actor.clone(),
        started_at: written(run.started_at),
        finished_at: run.finished_at.map(written),
        received: run.counts.received,
        accepted: run.counts.accepted,
        duplicates: run.counts.duplicates,
        rejected: run.counts.rejected,
        facts: run.counts.facts,
        watermark: run.watermark.clone(),
        findings: serde_json::from_str(&run.findings).unwrap_or_default(),
        error: run.error.as_deref().and_then(|error| serde_json::from_str(error).ok()),
    }
}

fn recipe_view(recipe: &ingest::HttpDefinition) -> view::SourceRecipe {
    let parameter = |parameter: &ingest::HttpParameter| view::RecipeParameter {
        id: parameter.id.clone(),
        name: Words::from(&parameter.name),
        default: parameter.default.clone(),
    };
    view::SourceRecipe {
        id: recipe.id.clone(),
        name: Words::from(&recipe.name),
        documentation: recipe.documentation.clone(),
        parameters: recipe.parameters.iter().map(parameter).collect(),
        secrets: recipe.secrets.iter().map(parameter).collect(),
    }
}

fn preview_of(look: Look) -> view::SourcePreview {
    let fields = look.kind.map(ingest::fields).unwrap_or_default().iter().map(|field| FieldOption {
        id: field.id.clone(),
        name: Words::from(&field.name),
        required: field.required,
    });
    let columns = look.columns.iter().map(|column| view::SourceColumn {
        header: column.header.clone(),
        samples: column.samples.clone(),
        field: match &column.used {
            ingest::Use::Property => None,
            used => Some(used.as_str().to_owned()),
        },
    });
    let tried = look.tried.unwrap_or_default();
    let counts = tried.finding_counts.iter().map(|(code, count)| Count { key: (*code).to_owned(), count: *count });
    view::SourcePreview {
        kind: look.kind.map(|kind| kind.as_str().to_owned()),
        kinds: ingest::TableKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect(),
        fields: fields.collect(),
        columns: columns.collect(),
        rows: look.rows,
        watermark: look.watermark,
        key: look.key,
        received: tried.rows.received,
        accepted: tried.rows.accepted,
        duplicates: tried.rows.duplicates,
        rejected: tried.rows.rejected,
        facts: tried.facts,
        findings: tried.findings.iter().map(finding_row).collect(),
        finding_counts: counts.collect(),
        blocking: look.blocking.iter().map(finding_row).collect(),
    }
}
