//! Opening the database, and the two ways of standing in it: reading one consistent moment, and writing with a history.
//!
//! SQLite: one connection writes and a few read; every write begins as `IMMEDIATE`, so two processes on one file queue
//! up instead of failing halfway. PostgreSQL: a lock held to the end of the transaction makes writers queue the same
//! way. So on both the history is in the order of the commits, and what a writer has read stays true until it commits.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    AccessMode, ColumnTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, EntityTrait, IsolationLevel, QueryFilter, QueryOrder, QuerySelect, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use serde::Serialize;
use vocab::Instant;

use crate::Error;
use crate::case_index::CaseIndex;
use crate::entity::history;
use crate::history::Resource;
use crate::migration::Migrator;
use crate::rows::statement;

/// The operational memory of one firm: who works here, what is open, what was done about it, and all of its history.
///
/// Cheap to clone; every clone uses the same few connections. Every method that can show customers takes the reader's
/// [`vocab::Scope`] first and applies it in the database, so that rows, pages, counts and totals agree.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
    /// What lists of cases are asked instead of the tables.
    pub(crate) index: Arc<CaseIndex>,
}

/// How many rows go into one statement: well below the parameters that either database takes.
pub(crate) const ROWS_PER_STATEMENT: usize = 500;

const PATIENCE: Duration = Duration::from_secs(30);
const READERS_SQLITE: u32 = 4;
const READERS_POSTGRES: u32 = 8;
const WRITERS_POSTGRES: u32 = 2;

/// The lock that PostgreSQL's writers queue at: "liuke" in ASCII.
const WRITER_LOCK: i64 = 0x006c_6975_6b65;

impl Store {
    /// Opens the database at a URL and brings its tables up to date: `sqlite:///path/liuke.db?mode=rwc` (see
    /// [`Store::url_of`]) or `postgres://user@host/name`.
    ///
    /// # Errors
    /// The database cannot be reached, or was written by a newer version of this program.
    pub async fn open(url: &str) -> Result<Store, Error> {
        let store = if url.starts_with("sqlite:") { open_sqlite(url).await? } else { open_postgres(url).await? };
        store.migrate().await?;
        Ok(store)
    }

    /// The URL of a SQLite file that is made if it does not exist, whatever letters its path holds.
    pub fn url_of(path: &Path) -> String {
        let mut url = String::from("sqlite://");
        for byte in path.to_string_lossy().bytes() {
            match byte {
                b'%' | b'?' | b'#' => url.push_str(&format!("%{byte:02X}")),
                0x21..=0x7e => url.push(char::from(byte)),
                _ => url.push_str(&format!("%{byte:02X}")),
            }
        }
        url.push_str("?mode=rwc");
        url
    }

    /// Lets go of the connections; what was committed stays.
    pub async fn close(&self) -> Result<(), Error> {
        self.reader.close_by_ref().await.map_err(Error::while_doing("closing the database"))?;
        self.writer.close_by_ref().await.map_err(Error::while_doing("closing the database"))
    }

    /// Whether the database answers: for a health check.
    pub async fn ping(&self) -> Result<(), Error> {
        self.reader.ping().await.map_err(Error::while_doing("looking whether the database answers"))
    }

    async fn migrate(&self) -> Result<(), Error> {
        let transaction = self.begin_write().await?;
        Migrator::up(&transaction, None).await.map_err(Error::while_doing("bringing the tables up to date"))?;
        transaction.commit().await.map_err(Error::while_doing("bringing the tables up to date"))
    }

    /// A transaction that no other writer's overlaps. It remembers nothing: for what has no history.
    pub(crate) async fn begin_write(&self) -> Result<DatabaseTransaction, Error> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction =
            self.writer.begin_with_options(options).await.map_err(Error::while_doing("beginning to write"))?;
        if transaction.get_database_backend() == DbBackend::Postgres {
            let lock = format!("SELECT pg_advisory_xact_lock({WRITER_LOCK})");
            transaction
                .execute_raw(Statement::from_string(DbBackend::Postgres, lock))
                .await
                .map_err(Error::while_doing("waiting for the other writer"))?;
        }
        Ok(transaction)
    }

    /// A view of one moment: everything read in it belongs together.
    pub(crate) async fn read(&self) -> Result<DatabaseTransaction, Error> {
        let options = match self.reader.get_database_backend() {
            DbBackend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                sqlite_transaction_mode: None,
            },
            _ => TransactionOptions::default(),
        };
        self.reader.begin_with_options(options).await.map_err(Error::while_doing("beginning to read"))
    }

    /// A transaction that remembers: see [`Writing`].
    pub(crate) async fn write(&self, now: Instant) -> Result<Writing, Error> {
        let transaction = self.begin_write().await?;
        let last: Option<i64> = history::Entity::find()
            .select_only()
            .column(history::Column::At)
            .order_by_desc(history::Column::At)
            .limit(1)
            .into_tuple()
            .one(&transaction)
            .await
            .map_err(Error::while_doing("reading the end of the history"))?;
        let at = last.map_or(now.micros(), |last| last.max(now.micros()));
        Ok(Writing { transaction, at, remembered: Vec::new() })
    }
}

/// A write in progress. Dropped without [`Writing::commit`], it leaves nothing.
pub(crate) struct Writing {
    pub(crate) transaction: DatabaseTransaction,
    /// The moment the history writes: `now`, but never before what is already written.
    pub(crate) at: i64,
    remembered: Vec<history::ActiveModel>,
}

/// One change, as the history keeps it.
pub(crate) struct Change<'a> {
    pub(crate) resource: Resource,
    pub(crate) id: String,
    pub(crate) customer: Option<&'a str>,
    pub(crate) version: i64,
    pub(crate) actor: &'a str,
    pub(crate) cause: &'a str,
}

/// A change as the history writes it at a moment.
pub(crate) fn remembered(at: i64, change: Change<'_>, after: &impl Serialize) -> Result<history::ActiveModel, Error> {
    use sea_orm::ActiveValue::Set;
    let after = serde_json::to_string(after)
        .map_err(|error| Error::unreadable(format!("{} {}: {error}", change.resource.as_str(), change.id)))?;
    Ok(history::ActiveModel {
        id: sea_orm::ActiveValue::NotSet,
        resource: Set(change.resource.as_str().to_owned()),
        resource_id: Set(change.id),
        customer_id: Set(change.customer.map(str::to_owned)),
        version: Set(change.version),
        at: Set(at),
        actor: Set(change.actor.to_owned()),
        cause: Set(change.cause.to_owned()),
        after: Set(after),
    })
}

impl Writing {
    /// Notes what a row looks like after a change; written when the change is committed.
    pub(crate) fn remember(&mut self, change: Change<'_>, after: &impl Serialize) -> Result<(), Error> {
        self.remembered.push(remembered(self.at, change, after)?);
        Ok(())
    }

    /// [`Writing::remember`] of a row about a customer, which tells its own id and version.
    pub(crate) fn remember_of(
        &mut self,
        resource: Resource,
        (id, version, customer): (i64, i64, &str),
        (actor, cause): (&str, &str),
        after: &impl Serialize,
    ) -> Result<(), Error> {
        let id = id.to_string();
        self.remember(Change { resource, id, customer: Some(customer), version, actor, cause }, after)
    }

    /// The last version that the history has of a row; 0 if it knows none.
    pub(crate) async fn last_version(&self, resource: Resource, id: &str) -> Result<i64, Error> {
        let last: Option<i64> = history::Entity::find()
            .select_only()
            .column(history::Column::Version)
            .filter(history::Column::Resource.eq(resource.as_str()))
            .filter(history::Column::ResourceId.eq(id))
            .order_by_desc(history::Column::Version)
            .limit(1)
            .into_tuple()
            .one(&self.transaction)
            .await
            .map_err(Error::while_doing("reading the history of a row"))?;
        Ok(last.unwrap_or(0))
    }

    /// Writes down what is remembered so far, so that many changes take no memory; it is true with the commit.
    pub(crate) async fn write_down(&mut self) -> Result<(), Error> {
        let mut remembered = std::mem::take(&mut self.remembered).into_iter();
        loop {
            let rows: Vec<_> = remembered.by_ref().take(ROWS_PER_STATEMENT).collect();
            if rows.is_empty() {
                return Ok(());
            }
            let rows = statement(self.transaction.get_database_backend(), rows, "");
            self.transaction.execute_raw(rows).await.map_err(Error::while_doing("writing the history"))?;
        }
    }

    /// Writes the history and makes all of it true at once.
    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        self.write_down().await?;
        self.transaction.commit().await.map_err(Error::while_doing("committing"))
    }
}

async fn open_sqlite(url: &str) -> Result<Store, Error> {
    let in_memory = url.contains(":memory:") || url.contains("mode=memory");
    let writer = Database::connect(sqlite_options(url, 1, false))
        .await
        .map_err(Error::while_doing("opening the database file"))?;
    // A database in memory belongs to its one connection.
    let reader = if in_memory {
        writer.clone()
    } else {
        Database::connect(sqlite_options(url, READERS_SQLITE, true))
            .await
            .map_err(Error::while_doing("opening the database file for reading"))?
    };
    Ok(Store { writer, reader, index: Arc::default() })
}

fn sqlite_options(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite.busy_timeout(PATIENCE).foreign_keys(true).pragma("cache_size", "-16000");
            match read_only {
                true => sqlite.pragma("query_only", "ON"),
                false => sqlite.pragma("journal_mode", "WAL").pragma("synchronous", "FULL"),
            }
        });
    options
}

async fn open_postgres(url: &str) -> Result<Store, Error> {
    let options = |connections| {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            .sqlx_logging(false)
            .set_application_name("liuke");
        options
    };
    let doing = "connecting to the database server";
    let writer = Database::connect(options(WRITERS_POSTGRES)).await.map_err(Error::while_doing(doing))?;
    let reader = Database::connect(options(READERS_POSTGRES)).await.map_err(Error::while_doing(doing))?;
    Ok(Store { writer, reader, index: Arc::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_odd_letters_has_a_url_too() {
        let url = Store::url_of(Path::new("/data/客户 100%?/liuke.db"));
        assert_eq!(url, "sqlite:///data/%E5%AE%A2%E6%88%B7%20100%25%3F/liuke.db?mode=rwc");
    }
}
