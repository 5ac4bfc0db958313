//! A Delta table of the lake: its log, its list of files, its commits.
//!
//! `object_store`, which Delta uses, does not sync what it writes: after each commit the log file and its folder are
//! synced here. Delta is asynchronous and this crate is not: every step runs to its end on a thread of its own, so that
//! callers may stand on any thread, a runtime's included.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::Future;
use std::path::{Path, PathBuf};

use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake_core::kernel::{Action, Add, DataType, MapType, Remove, StructField, Transaction};
use deltalake_core::protocol::{DeltaOperation, SaveMode, checkpoints};
use deltalake_core::{DeltaTable, DeltaTableBuilder, DeltaTableError, ensure_table_uri};
use serde::{Deserialize, Serialize};
use vocab::Instant;

use crate::error::{Error, Sort};
use crate::file::sync_folder;

/// Commits between two checkpoints of the log.
const COMMITS_PER_CHECKPOINT: u64 = 50;

/// Runs Delta's futures.
#[derive(Debug)]
pub(crate) struct Engine(Option<tokio::runtime::Runtime>);

impl Engine {
    pub fn start() -> Result<Engine, Error> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().thread_name("lake").build();
        let runtime =
            runtime.map_err(|source| Error::because(Sort::Storage, "cannot start the lake's threads", source))?;
        Ok(Engine(Some(runtime)))
    }

    /// Runs a future to its end, from whatever thread.
    fn run<T: Send>(
        &self,
        doing: &str,
        future: impl Future<Output = Result<T, DeltaTableError>> + Send,
    ) -> Result<T, Error> {
        let Some(runtime) = &self.0 else { return Err(Error::new(Sort::Stopped, "the lake is closed")) };
        let result = std::thread::scope(|scope| scope.spawn(|| runtime.block_on(future)).join());
        match result {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(source)) => Err(Error::because(sort_of(&source), format!("cannot {doing}"), source)),
            Err(_) => Err(Error::damaged(format!("cannot {doing}: the table's log is not what was written"))),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

fn sort_of(error: &DeltaTableError) -> Sort {
    match error {
        DeltaTableError::Io { .. } | DeltaTableError::ObjectStore { .. } => Sort::Storage,
        DeltaTableError::Transaction { .. } => Sort::Storage,
        _ => Sort::Damaged,
    }
}

/// A file that belongs, or shall belong, to a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct NewFile {
    /// Relative to the table: `month=2025-06/load-….parquet`.
    pub name: String,
    /// Its partition.
    pub month: String,
    /// In bytes.
    pub size: u64,
    /// Milliseconds since the epoch.
    pub written_at: i64,
    /// Delta's statistics, as JSON.
    pub stats: String,
}

/// A file that leaves a table because others hold its rows.
pub(crate) struct OldFile {
    pub name: String,
    pub month: String,
    pub size: u64,
}

/// A table of the lake.
pub(crate) struct Table {
    folder: PathBuf,
    table: DeltaTable,
    /// A commit failed: whether it is in the log is only known by reading it again.
    in_doubt: bool,
}

impl Table {
    /// Opens a table, or makes one if there is none.
    pub fn open(engine: &Engine, folder: &Path, columns: Vec<StructField>, about: &str) -> Result<Table, Error> {
        std::fs::create_dir_all(folder).map_err(|source| Error::io("make", folder, source))?;
        let location =
            folder.to_str().ok_or_else(|| Error::invalid(format!("{} is no readable name", folder.display())))?;
        let url = ensure_table_uri(location);
        let url = url.map_err(|source| Error::because(Sort::Invalid, format!("cannot name {location}"), source))?;
        let log = folder.join("_delta_log");
        let doing = format!("open the table {location}");
        let table = if has_commit(&log)? {
            let load = || {
                let url = url.clone();
                engine.run(&doing, async move { DeltaTableBuilder::from_url(url)?.load().await })
            };
            match load() {
                Ok(table) => table,
                Err(error) if drop_checkpoints(&log)? == 0 => return Err(error),
                Err(_) => load()?,
            }
        } else {
            let create = async move {
                let table = DeltaTableBuilder::from_url(url)?.build()?;
                let create = table.create().with_comment(about).with_columns(columns).with_partition_columns(["month"]);
                create.with_configuration(no_cleanup()).with_save_mode(SaveMode::Ignore).await
            };
            let table = engine.run(&doing, create)?;
            sync_log(&log, 0)?;
            sync_folder(folder)?;
            table
        };
        Ok(Table { folder: folder.to_owned(), table, in_doubt: false })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Names and partitions of the files that make up the table.
    pub fn files(&self) -> Result<Vec<String>, Error> {
        let unloaded = |source| Error::because(Sort::Damaged, format!("cannot list {}", self.folder.display()), source);
        let state = self.table.snapshot().map_err(unloaded)?;
        let data = state.snapshot().try_log_data().map_err(unloaded)?;
        let mut names: Vec<String> = data.iter().map(|file| file.path().into_owned()).collect();
        names.sort();
        Ok(names)
    }

    /// Reads the log again after a commit that failed: it may be there all the same.
    pub fn settle_doubt(&mut self, engine: &Engine) -> Result<(), Error> {
        if self.in_doubt {
            let table = &mut self.table;
            engine.run("read the table's log again", async move { table.update_state().await })?;
            self.in_doubt = false;
        }
        Ok(())
    }

    /// The last version that an application has committed.
    pub fn transaction(&mut self, engine: &Engine, application: &str) -> Result<Option<i64>, Error> {
        self.settle_doubt(engine)?;
        let state = self.table.snapshot();
        let state = state.map_err(|source| Error::because(Sort::Damaged, "the table is not loaded", source))?;
        let log_store = self.table.log_store();
        engine.run("read the table's transactions", async move {
            state.transaction_version(log_store.as_ref(), application).await
        })
    }

    /// Adds files in one commit that carries an application's version, and syncs it.
    pub fn commit(
        &mut self,
        engine: &Engine,
        files: &[NewFile],
        transaction: Option<(&str, i64)>,
    ) -> Result<(), Error> {
        let actions = files.iter().map(|file| Action::Add(add(file, true))).collect();
        let operation =
            DeltaOperation::Write { mode: SaveMode::Append, partition_by: Some(vec!["month".into()]), predicate: None };
        self.commit_actions(engine, actions, operation, transaction)
    }

    /// Puts a file in the place of others that hold the same rows, in one commit that says that no data changed.
    pub fn replace(&mut self, engine: &Engine, old: &[OldFile], new: &NewFile, at: Instant) -> Result<(), Error> {
        let mut actions: Vec<Action> = old.iter().map(|file| Action::Remove(remove(file, at))).collect();
        actions.push(Action::Add(add(new, false)));
        let operation = DeltaOperation::Optimize { predicate: None, target_size: new.size as i64 };
        self.commit_actions(engine, actions, operation, None)
    }

    fn commit_actions(
        &mut self,
        engine: &Engine,
        actions: Vec<Action>,
        operation: DeltaOperation,
        transaction: Option<(&str, i64)>,
    ) -> Result<(), Error> {
        self.settle_doubt(engine)?;
        self.in_doubt = true;
        let mut properties =
            CommitProperties::default().with_create_checkpoint(false).with_cleanup_expired_logs(Some(false));
        if let Some((application, version)) = transaction {
            properties = properties.with_application_transaction(Transaction::new(application, version));
        }
        let table = &self.table;
        let doing = format!("commit to {}", self.folder.display());
        let committed = engine.run(&doing, async move {
            let state = table.snapshot()?;
            CommitBuilder::from(properties).with_actions(actions).build(Some(state), table.log_store(), operation).await
        })?;
        let version = committed.version();
        self.table.state = Some(committed.snapshot());
        self.in_doubt = false;
        let log = self.folder.join("_delta_log");
        sync_log(&log, version)?;
        if version % COMMITS_PER_CHECKPOINT == 0 {
            self.checkpoint(engine, &log);
        }
        Ok(())
    }

    /// A checkpoint only makes opening faster: when it fails, the log is still whole.
    fn checkpoint(&self, engine: &Engine, log: &Path) {
        let table = &self.table;
        let written =
            engine.run("write a checkpoint", async move { checkpoints::create_checkpoint(table, None).await });
        if let Err(error) = written.and_then(|()| sync_checkpoints(log)) {
            tracing::warn!(%error, "the table goes on without a new checkpoint");
        }
    }

    /// Removes data files that no commit names, but for those kept a while longer: what a stopped process has left.
    /// Gives how many.
    pub fn remove_orphans(&self, kept: &BTreeMap<String, Instant>) -> Result<usize, Error> {
        let known: HashSet<String> = self.files()?.into_iter().collect();
        let mut removed = 0;
        for month in entries(&self.folder)? {
            let is_month =
                month.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("month="));
            if !is_month {
                continue;
            }
            for file in entries(&month)? {
                let name =
                    file.strip_prefix(&self.folder).ok().and_then(Path::to_str).map(|name| name.replace('\\', "/"));
                if file.extension().is_some_and(|one| one == "parquet")
                    && name.is_some_and(|name| !known.contains(&name) && !kept.contains_key(&name))
                {
                    std::fs::remove_file(&file).map_err(|source| Error::io("remove", &file, source))?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}

fn partition(month: &str) -> HashMap<String, Option<String>> {
    HashMap::from([("month".to_owned(), Some(month.to_owned()))])
}

fn remove(file: &OldFile, at: Instant) -> Remove {
    Remove {
        path: file.name.clone(),
        data_change: false,
        deletion_timestamp: Some(at.micros().div_euclid(1000)),
        extended_file_metadata: Some(true),
        partition_values: Some(partition(&file.month)),
        size: Some(file.size as i64),
        tags: None,
        deletion_vector: None,
        base_row_id: None,
        default_row_commit_version: None,
    }
}

fn add(file: &NewFile, data_change: bool) -> Add {
    Add {
        path: file.name.clone(),
        partition_values: partition(&file.month),
        size: file.size as i64,
        modification_time: file.written_at,
        data_change,
        stats: Some(file.stats.clone()),
        tags: None,
        deletion_vector: None,
        base_row_id: None,
        default_row_commit_version: None,
        clustering_provider: None,
    }
}

fn no_cleanup() -> [(&'static str, Option<&'static str>); 1] {
    [("delta.enableExpiredLogCleanup", Some("false"))]
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::io("list", folder, source);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn has_commit(log: &Path) -> Result<bool, Error> {
    Ok(log.is_dir() && entries(log)?.iter().any(|path| path.extension().is_some_and(|one| one == "json")))
}

fn sync_log(log: &Path, version: u64) -> Result<(), Error> {
    let path = log.join(format!("{version:020}.json"));
    std::fs::File::open(&path).and_then(|file| file.sync_all()).map_err(|source| Error::io("sync", &path, source))?;
    sync_folder(log)
}

fn is_checkpoint(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name == "_last_checkpoint" || name.contains(".checkpoint.")
}

fn sync_checkpoints(log: &Path) -> Result<(), Error> {
    for path in entries(log)?.into_iter().filter(|path| is_checkpoint(path)) {
        std::fs::File::open(&path)
            .and_then(|file| file.sync_all())
            .map_err(|source| Error::io("sync", &path, source))?;
    }
    sync_folder(log)
}

/// Checkpoints are copies of what the log says, and the log is never cut: a damaged one is dropped.
fn drop_checkpoints(log: &Path) -> Result<usize, Error> {
    let mut dropped = 0;
    for path in entries(log)?.into_iter().filter(|path| is_checkpoint(path)) {
        std::fs::remove_file(&path).map_err(|source| Error::io("remove", &path, source))?;
        dropped += 1;
    }
    Ok(dropped)
}

/// The columns of the facts table, with its partition.
pub(crate) fn fact_columns() -> Result<Vec<StructField>, Error> {
    let value = decimal()?;
    let properties = MapType::new(DataType::STRING, DataType::STRING, true);
    Ok(vec![
        StructField::not_null("number", DataType::LONG),
        StructField::nullable("customer_id", DataType::STRING),
        StructField::nullable("actor_id", DataType::STRING),
        StructField::not_null("kind", DataType::STRING),
        StructField::not_null("name", DataType::STRING),
        StructField::not_null("occurred_at", DataType::TIMESTAMP),
        StructField::not_null("known_at", DataType::TIMESTAMP),
        StructField::not_null("recorded_at", DataType::TIMESTAMP),
        StructField::nullable("value", value),
        StructField::nullable("currency", DataType::STRING),
        StructField::nullable("text", DataType::STRING),
        StructField::nullable("properties", DataType::Map(Box::new(properties))),
        StructField::not_null("source", DataType::STRING),
        StructField::not_null("message_id", DataType::STRING),
        StructField::nullable("supersedes", DataType::STRING),
        StructField::nullable("retracts", DataType::STRING),
        StructField::not_null("month", DataType::STRING),
    ])
}

/// The columns of the identity table, with its partition.
pub(crate) fn identity_columns() -> Vec<StructField> {
    vec![
        StructField::not_null("number", DataType::LONG),
        StructField::not_null("key", DataType::STRING),
        StructField::not_null("customer_id", DataType::STRING),
        StructField::not_null("role", DataType::STRING),
        StructField::not_null("known_at", DataType::TIMESTAMP),
        StructField::not_null("recorded_at", DataType::TIMESTAMP),
        StructField::not_null("source", DataType::STRING),
        StructField::nullable("supersedes", DataType::STRING),
        StructField::not_null("month", DataType::STRING),
    ]
}

/// The columns of the scores table, with its partition.
pub(crate) fn score_columns() -> Result<Vec<StructField>, Error> {
    Ok(vec![
        StructField::not_null("customer_id", DataType::STRING),
        StructField::not_null("as_of", DataType::TIMESTAMP),
        StructField::not_null("recorded_at", DataType::TIMESTAMP),
        StructField::not_null("scorecard", DataType::STRING),
        StructField::not_null("version", DataType::STRING),
        StructField::nullable("health", DataType::INTEGER),
        StructField::nullable("band", DataType::STRING),
        StructField::not_null("coverage", DataType::INTEGER),
        StructField::not_null("contributions", DataType::STRING),
        StructField::nullable("value", decimal()?),
        StructField::not_null("month", DataType::STRING),
    ])
}

fn decimal() -> Result<DataType, Error> {
    let (digits, places) = crate::columns::VALUE_DIGITS;
    DataType::decimal(digits, places as u8).map_err(|source| Error::because(Sort::Invalid, "no such decimal", source))
}
