//! Imports as work: in the background with progress, stopped, taken back; one at a time in a folder, so that which facts
//! came from which import is known by their numbers.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ingest::{Import, ImportReport, Mapping, Plan, Undo};
use vocab::{AsOf, Instant, SourceName};

use crate::arriving::imports::{finished, mapping_of, refused, unreadable};
use crate::error::{Class, Error, from_findings};
use crate::view::{self, ImportRequest};
use crate::{App, Reader, blocking};

/// An import as the command line asks for it.
#[derive(Clone, Debug)]
pub struct ImportSpec {
    /// How to read the file.
    pub plan: Plan,
    /// A mapping file that takes the place of guessing.
    pub mapping: Option<PathBuf>,
    /// Where rejected rows go.
    pub rejects: Option<PathBuf>,
    /// Look, but write nothing.
    pub dry_run: bool,
}

/// The imports of this process: whose turn it is, and how each is stopped.
#[derive(Default)]
pub(crate) struct Running {
    turn: tokio::sync::Mutex<()>,
    stops: Mutex<HashMap<i64, Arc<AtomicBool>>>,
}

impl Running {
    fn add(&self, id: i64) -> Arc<AtomicBool> {
        let stop = Arc::new(AtomicBool::new(false));
        self.stops.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&stop));
        stop
    }

    fn remove(&self, id: i64) {
        self.stops.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    fn stop(&self, id: i64) -> bool {
        let stops = self.stops.lock().unwrap_or_else(PoisonError::into_inner);
        stops.get(&id).map(|stop| stop.store(true, Ordering::Relaxed)).is_some()
    }

    fn ids(&self) -> Vec<i64> {
        self.stops.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }
}

impl App {
    /// Imports an upload in the background, then runs a cycle so that the list is fresh.
    pub async fn commit(
        &self,
        reader: &Reader,
        upload_id: &str,
        request: ImportRequest,
        now: Instant,
    ) -> Result<view::ImportJob, Error> {
        reader.may_act()?;
        let (path, file_name) = self.upload(upload_id)?;
        let (inspection, _) = self.look_at(&path, &request).await?;
        let mapping = mapping_of(inspection)?;
        if let Some(name) = request.save_as.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
            self.save_mapping(name, &mapping, &reader.actor(), now).await?;
        }
        let id = self.new_job(&file_name, &mapping, &reader.actor(), now).await?;
        let stop = self.running().add(id);
        let app = self.clone();
        tokio::spawn(async move {
            if let Err(error) = app.work_off(id, path, mapping, &stop, now).await {
                tracing::error!(%error, "import failed");
                app.note_failure(id, &error, now).await;
            }
            app.running().remove(id);
        });
        self.import_job(reader, id).await
    }

    async fn new_job(&self, file_name: &str, mapping: &Mapping, actor: &str, now: Instant) -> Result<i64, Error> {
        let job = store::NewImportJob {
            file_name: file_name.to_owned(),
            kind: mapping.kind.as_str().to_owned(),
            source: mapping.source.clone(),
            row_count: None,
            actor: actor.to_owned(),
        };
        Ok(self.store().add_import_job(&job, now).await?)
    }

    async fn note_failure(&self, id: i64, error: &Error, now: Instant) {
        let failure = vocab::Text::new(error.detail().zh.clone(), error.detail().en.clone());
        if let Err(error) = self.store().fail_import_job(id, &failure, self.sequence(), now).await {
            tracing::error!(%error, "cannot record that an import failed");
        }
    }

    /// Waits for its turn and imports.
    async fn work_off(
        &self,
        id: i64,
        path: PathBuf,
        mapping: Mapping,
        stop: &Arc<AtomicBool>,
        now: Instant,
    ) -> Result<(), Error> {
        let _one_at_a_time = self.running().turn.lock().await;
        self.begin(id, now).await?;
        let (progress, mut seen) = tokio::sync::watch::channel(0u64);
        let (app, rejects, journal) = (self.clone(), self.rejects_file(id), self.journal(id)?);
        let (source, stopped) = (SourceName::new(&mapping.source), Arc::clone(stop));
        let importing = tokio::task::spawn_blocking(move || {
            let file = std::fs::File::create(&rejects).map_err(Error::internal)?;
            let mut file = std::io::BufWriter::new(file);
            let mut tell = |now: ingest::Progress| {
                progress.send_replace(now.received);
            };
            let import = Import {
                file: &path,
                mapping: &mapping,
                into: app.facts(),
                now,
                dry_run: false,
                journal: Some(&journal),
                cancel: Some(&stopped),
            };
            Ok::<_, Error>(import.run(Some(&mut file), &mut tell))
        });
        while seen.changed().await.is_ok() {
            let received = *seen.borrow_and_update();
            self.store().import_job_progress(id, received).await?;
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
        let imported = importing.await.map_err(Error::internal)??;
        // Whoever sees that the import has ended sees its cycle run.
        let asked = self.ask_cycle();
        match imported {
            Ok(report) => self.store().finish_import_job(id, &finished(&report), now).await?,
            Err(refusal) if refusal.code() == "cancelled" => {
                let job = self.store().import_job(id).await?;
                let first = job.and_then(|job| job.first_number).unwrap_or_else(|| self.sequence());
                self.take_back(id, source, (first, self.sequence()), now).await?;
                self.store().cancel_import_job(id, now).await?;
            }
            Err(refusal) => return Err(refused(refusal)),
        }
        self.run_cycle(AsOf(now), now).await?;
        drop(asked);
        self.look_back_after_import(now).await;
        Ok(())
    }

    /// Ends imports that a process which is no more left running, and notes where this one begins.
    async fn begin(&self, id: i64, now: Instant) -> Result<(), Error> {
        self.end_stale_imports(&self.running().ids(), now).await?;
        self.store().begin_import_job(id, self.sequence()).await?;
        Ok(())
    }

    /// Ends imports that still claim to run but that nobody runs.
    pub(crate) async fn end_stale_imports(&self, known: &[i64], now: Instant) -> Result<(), Error> {
        let why = vocab::Text::new(
            "程序中途停止。已导入的行不会丢失，重新导入不会重复",
            "the program stopped in the middle. Rows already imported are safe; importing again doubles nothing",
        );
        self.store().fail_running_import_jobs(&why, known, self.sequence(), now).await?;
        Ok(())
    }

    /// Where an import notes what it changes.
    fn journal(&self, id: i64) -> Result<PathBuf, Error> {
        let folder = self.dir().join("imports");
        std::fs::create_dir_all(&folder).map_err(Error::internal)?;
        Ok(folder.join(format!("{id}.journal")))
    }

    /// Stops a running import: nothing of it is left. Ask again until it is `cancelled`, or `done` if it was faster.
    pub async fn cancel_import(&self, reader: &Reader, id: i64) -> Result<view::ImportJob, Error> {
        let job = self.import_job(reader, id).await?;
        if job.state == "running" && self.running().stop(id) {
            return Ok(job);
        }
        Err(Error::new(
            Class::Conflict,
            "import_ended",
            ("这次导入已经结束", "the import has ended"),
            ("要去掉它的数据，请撤销这次导入", "undo it to take its data back"),
        ))
    }

    /// Takes an import back: its facts are retracted as if they had never been known, and the same file can be imported
    /// again. A cycle follows.
    ///
    /// # Errors
    /// A conflict if it still runs, was taken back before, or a later import of its source has built upon it.
    pub async fn undo_import(&self, reader: &Reader, id: i64, now: Instant) -> Result<view::ImportUndone, Error> {
        let job = self.import_job(reader, id).await?;
        let _one_at_a_time = self.running().turn.lock().await;
        let record = self.store().import_job(id).await?.ok_or_else(|| Error::not_found(("这次导入", "the import")))?;
        let Some(numbers) = record.numbers.filter(|_| job.can_undo) else {
            return Err(Error::new(
                Class::Conflict,
                "cannot_undo",
                ("这次导入不能撤销", "the import cannot be undone"),
                ("只有已结束且未撤销过的导入可以撤销", "it must have ended and not have been undone before"),
            ));
        };
        let undone = self.take_back(id, SourceName::new(&record.source), numbers, now).await?;
        self.store().undo_import_job(id, &reader.actor(), now).await?;
        self.run_cycle(AsOf(now), now).await?;
        Ok(view::ImportUndone {
            facts: undone.facts,
            earliest_changed_moment: undone.earliest_changed.map(crate::shown::written),
            import: self.import_job(reader, id).await?,
        })
    }

    async fn take_back(
        &self,
        id: i64,
        source: SourceName,
        numbers: (u64, u64),
        now: Instant,
    ) -> Result<ingest::UndoReport, Error> {
        let (app, journal) = (self.clone(), self.journal(id)?);
        blocking(move || {
            let import = id.to_string();
            let asked = Undo { import: &import, source: &source, numbers, journal: &journal };
            let undone = ingest::undo(app.facts(), &asked, now);
            undone.map_err(|refusal| match refusal.code() {
                "built_upon" => conflict_of(&refusal),
                _ => refused(refusal),
            })
        })
        .await
    }

    /// Imports a file at once, for the command line; an import like any other, but for a dry run.
    pub async fn import_file(
        &self,
        file: &Path,
        spec: &ImportSpec,
        now: Instant,
        progress: &mut (dyn FnMut(ingest::Progress) + Send),
    ) -> Result<(Option<i64>, ImportReport), Error> {
        let mapping = self.mapping_for_file(file, spec).await?;
        if spec.dry_run {
            return Ok((None, self.take_file(file, &mapping, spec, None, now, progress)?));
        }
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let id = self.new_job(&name, &mapping, &Reader::command_line().actor(), now).await?;
        let _stop = self.running().add(id);
        let _one_at_a_time = self.running().turn.lock().await;
        let begun = self.begin(id, now).await.and_then(|()| self.journal(id));
        let report = begun.and_then(|journal| self.take_file(file, &mapping, spec, Some(&journal), now, progress));
        let noted = match &report {
            Ok(report) => self.store().finish_import_job(id, &finished(report), now).await.map_err(Error::from),
            Err(error) => {
                self.note_failure(id, error, now).await;
                Ok(())
            }
        };
        self.running().remove(id);
        noted?;
        Ok((Some(id), report?))
    }

    /// The import itself, on this thread.
    fn take_file(
        &self,
        file: &Path,
        mapping: &Mapping,
        spec: &ImportSpec,
        journal: Option<&Path>,
        now: Instant,
        progress: &mut dyn FnMut(ingest::Progress),
    ) -> Result<ImportReport, Error> {
        let mut rejects = match &spec.rejects {
            Some(path) => {
                let file = std::fs::File::create(path).map_err(|error| unreadable(path, &error))?;
                Some(std::io::BufWriter::new(file))
            }
            None => None,
        };
        let sink = rejects.as_mut().map(|file| file as &mut dyn std::io::Write);
        let import = Import { file, mapping, into: self.facts(), now, dry_run: spec.dry_run, journal, cancel: None };
        import.run(sink, progress).map_err(refused)
    }

    /// How a file is read: as its mapping file says, else as was saved for such headers, else as guessed.
    async fn mapping_for_file(&self, file: &Path, spec: &ImportSpec) -> Result<Mapping, Error> {
        if let Some(path) = &spec.mapping {
            let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
            let name = path.display().to_string();
            return Mapping::parse(&name, &text, &spec.plan.zone)
                .map_err(|findings| from_findings("bad_mapping", &findings));
        }
        let inspection = ingest::inspect(file, &spec.plan).map_err(refused)?;
        if spec.plan.kind.is_none()
            && let Some((_, plan)) = self.saved_plan(&inspection, None).await?
        {
            let plan = Plan {
                source: spec.plan.source.clone().or(plan.source),
                sheet: spec.plan.sheet.clone(),
                observed_on: spec.plan.observed_on,
                ..plan
            };
            return mapping_of(ingest::inspect(file, &plan).map_err(refused)?);
        }
        mapping_of(inspection)
    }
}

fn conflict_of(refusal: &ingest::Refusal) -> Error {
    let finding = &refusal.findings()[0];
    let (detail, hint) = (&finding.detail, &finding.hint);
    Error::new(Class::Conflict, refusal.code(), (&detail.zh, &detail.en), (&hint.zh, &hint.en))
}
