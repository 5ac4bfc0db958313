//! Connections to databases: read-only, encrypted as asked, every value as the text the database itself would print.
//!
//! PostgreSQL, MySQL and SQLite are spoken here; SQL Server, which has a driver of its own, in `sqlserver`.

use std::borrow::Cow;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, Database, Executor, MySql, Postgres, Row, SqlSafeStr as _, Sqlite,
    Statement as _, TypeInfo as _, ValueRef as _,
};

use super::rows::{Outlet, Rows};
use super::settings::{DatabaseSettings, Dialect, Tls, bad};
use super::sqlserver;
use super::trouble::{self, Addressee};
use crate::refusal::Refusal;

/// How long a server may take to let us in.
const PATIENCE: Duration = Duration::from_secs(10);

/// A database and who signs in.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) dialect: Dialect,
    pub(crate) settings: DatabaseSettings,
    pub(crate) password: Option<String>,
}

enum Connection {
    Postgres(PgConnection),
    MySql(MySqlConnection),
    Sqlite(SqliteConnection),
    SqlServer(Box<sqlserver::Session>),
}

impl Target {
    pub(crate) fn new(dialect: Dialect, settings: &DatabaseSettings, password: &Option<String>) -> Target {
        Target { dialect, settings: settings.clone(), password: password.clone() }
    }

    pub(crate) fn addressee(&self) -> Addressee<'_> {
        let file = self.settings.path.as_ref().and_then(|path| path.to_str()).unwrap_or_default();
        let is_file = self.dialect == Dialect::Sqlite;
        Addressee {
            dialect: self.dialect,
            host: if is_file { file } else { &self.settings.host },
            port: self.settings.port(self.dialect),
            user: &self.settings.user,
            database: if is_file { file } else { &self.settings.database },
            secret: self.password.as_deref(),
        }
    }

    fn refused(&self, error: &sqlx::Error) -> Refusal {
        self.addressee().refused(error)
    }

    async fn connect(&self) -> Result<Connection, Refusal> {
        if self.dialect != Dialect::Sqlite && !self.settings.host.starts_with('/') {
            let host = self.settings.host.trim();
            let found =
                tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, self.settings.port(self.dialect))));
            let found = found.await.map_err(|_| trouble::timed_out(host))?;
            if found.map_or(0, Iterator::count) == 0 {
                return Err(trouble::host_unknown(host));
            }
        }
        match tokio::time::timeout(PATIENCE, self.sign_in()).await {
            Err(_) => Err(trouble::timed_out(&self.settings.host)),
            Ok(signed_in) => signed_in,
        }
    }

    async fn sign_in(&self) -> Result<Connection, Refusal> {
        if self.dialect == Dialect::SqlServer {
            return Ok(Connection::SqlServer(Box::new(sqlserver::sign_in(self).await?)));
        }
        self.sign_in_by_sqlx().await.map_err(|error| self.refused(&error))
    }

    async fn sign_in_by_sqlx(&self) -> Result<Connection, sqlx::Error> {
        match self.dialect {
            Dialect::Postgres => {
                let mut connection = self.postgres().connect().await?;
                let session = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; BEGIN READ ONLY";
                (&mut connection).execute(sqlx::raw_sql(session)).await?;
                Ok(Connection::Postgres(connection))
            }
            Dialect::MySql => {
                let mut connection = self.mysql().connect().await?;
                // A server drops a reader that pauses for a minute; ours pauses while it writes.
                for session in [
                    "SET SESSION net_write_timeout = 600",
                    "SET SESSION TRANSACTION READ ONLY",
                    "START TRANSACTION READ ONLY",
                ] {
                    (&mut connection).execute(sqlx::raw_sql(session)).await?;
                }
                Ok(Connection::MySql(connection))
            }
            // The other one that is left has been signed in to by its own driver.
            Dialect::Sqlite | Dialect::SqlServer => {
                let path = self.settings.path.clone().unwrap_or_default();
                let options = SqliteConnectOptions::new().filename(path).read_only(true).create_if_missing(false);
                let options = options.pragma("query_only", "ON").busy_timeout(PATIENCE).disable_statement_logging();
                Ok(Connection::Sqlite(options.connect().await?))
            }
        }
    }

    fn postgres(&self) -> PgConnectOptions {
        let settings = &self.settings;
        let mode = match settings.tls {
            Tls::Off => PgSslMode::Disable,
            Tls::Prefer => PgSslMode::Prefer,
            Tls::Require => PgSslMode::Require,
            Tls::Verify => PgSslMode::VerifyFull,
        };
        let mut options = PgConnectOptions::new_without_pgpass()
            .host(settings.host.trim())
            .port(settings.port(Dialect::Postgres))
            .database(&settings.database)
            .username(&settings.user)
            .password(self.password.as_deref().unwrap_or_default())
            .application_name("liuke")
            .ssl_mode(mode);
        if let Some(folder) = settings.host.strip_prefix('/') {
            options = options.socket(format!("/{folder}"));
        }
        match &settings.ca {
            Some(ca) => options.ssl_root_cert_from_pem(ca.clone().into_bytes()),
            None => options,
        }
        .disable_statement_logging()
    }

    fn mysql(&self) -> MySqlConnectOptions {
        let settings = &self.settings;
        let mode = match settings.tls {
            Tls::Off => MySqlSslMode::Disabled,
            Tls::Prefer => MySqlSslMode::Preferred,
            Tls::Require => MySqlSslMode::Required,
            Tls::Verify => MySqlSslMode::VerifyIdentity,
        };
        let mut options = MySqlConnectOptions::new()
            .host(settings.host.trim())
            .port(settings.port(Dialect::MySql))
            .database(&settings.database)
            .username(&settings.user)
            .password(self.password.as_deref().unwrap_or_default())
            // The firm's queries mean what they mean in its own tools.
            .pipes_as_concat(false)
            .ssl_mode(mode);
        if let Some(path) = settings.host.strip_prefix('/') {
            options = options.socket(format!("/{path}"));
        }
        match &settings.ca {
            Some(ca) => options.ssl_ca_from_pem(ca.clone().into_bytes()),
            None => options,
        }
        .disable_statement_logging()
    }

    /// Signs in, asks the server for its name and has it look at the query without running it.
    pub(crate) async fn probe(&self, query: &str) -> Result<String, Refusal> {
        let server = match &mut self.connect().await? {
            Connection::Postgres(own) => {
                named::<Postgres>(own, "SELECT 'PostgreSQL ' || current_setting('server_version')", query).await
            }
            Connection::MySql(own) => named::<MySql>(own, "SELECT VERSION()", query).await,
            Connection::Sqlite(own) => named::<Sqlite>(own, "SELECT 'SQLite ' || sqlite_version()", query).await,
            Connection::SqlServer(own) => return sqlserver::named(own, query, self).await,
        };
        let server = server.map_err(|error| self.refused(&error))?;
        Ok(match self.dialect {
            Dialect::MySql if !server.contains("Maria") => format!("MySQL {server}"),
            _ => server,
        })
    }

    /// The rows of a query, as they come.
    pub(crate) fn rows(&self, query: String) -> Rows {
        let target = self.clone();
        Rows::begin(|mut outlet| async move {
            let mut connection = target.connect().await?;
            match &mut connection {
                Connection::Postgres(own) => stream::<Postgres>(own, &query, &target, &mut outlet).await,
                Connection::MySql(own) => stream::<MySql>(own, &query, &target, &mut outlet).await,
                Connection::Sqlite(own) => stream::<Sqlite>(own, &query, &target, &mut outlet).await,
                Connection::SqlServer(own) => sqlserver::stream(own, &query, &target, &mut outlet).await,
            }?;
            outlet.flush().await
        })
    }
}

/// How a database's values are printed.
trait Printed: Database {
    /// The value of a column; `None` for NULL.
    fn cell(row: &Self::Row, at: usize) -> Result<Option<Cow<'_, str>>, sqlx::Error>;
}

async fn named<DB: Printed>(
    connection: &mut DB::Connection,
    name: &'static str,
    query: &str,
) -> Result<String, sqlx::Error>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'c> sqlx::RawSql: sqlx::Execute<'c, DB>,
    usize: sqlx::ColumnIndex<DB::Row>,
{
    if !query.is_empty() {
        connection.prepare(AssertSqlSafe(query).into_sql_str()).await?;
    }
    let row = connection.fetch_one(sqlx::raw_sql(name)).await?;
    Ok(DB::cell(&row, 0)?.unwrap_or_default().into_owned())
}

async fn stream<DB: Printed>(
    connection: &mut DB::Connection,
    query: &str,
    target: &Target,
    outlet: &mut Outlet,
) -> Result<(), Refusal>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'c> sqlx::RawSql: sqlx::Execute<'c, DB>,
    usize: sqlx::ColumnIndex<DB::Row>,
{
    let refused = |error: sqlx::Error| target.refused(&error);
    {
        let mut rows = connection.fetch(sqlx::raw_sql(AssertSqlSafe(query.to_owned())));
        while let Some(row) = rows.try_next().await.map_err(refused)? {
            if !outlet.has_columns() {
                let columns: Result<Vec<(String, bool)>, sqlx::Error> = (0..row.len())
                    .map(|at| {
                        Ok((row.columns()[at].name().to_owned(), is_number(row.try_get_raw(at)?.type_info().name())))
                    })
                    .collect();
                outlet.columns(columns.map_err(refused)?);
            }
            let cells: Result<Vec<_>, _> = (0..row.len()).map(|at| DB::cell(&row, at)).collect();
            outlet.row(cells.map_err(refused)?.into_iter()).await?;
        }
    }
    if !outlet.has_columns() {
        // No row told what the columns are.
        let prepared = connection.prepare(AssertSqlSafe(query.to_owned()).into_sql_str()).await.map_err(refused)?;
        outlet.columns(prepared.columns().iter().map(|column| (column.name().to_owned(), false)));
    }
    if !outlet.has_columns() {
        return Err(bad("查询没有任何列", "the query has no columns"));
    }
    Ok(())
}

/// Whether values of a type are written as numbers in a query.
fn is_number(kind: &str) -> bool {
    const NUMBERS: [&str; 12] = [
        "INT",
        "INTEGER",
        "BIGINT",
        "SMALLINT",
        "MEDIUMINT",
        "TINYINT",
        "DECIMAL",
        "NUMERIC",
        "INT2",
        "INT4",
        "INT8",
        "REAL",
    ];
    NUMBERS.contains(&kind.trim_end_matches(" UNSIGNED"))
}

/// Bytes as text, or in hexadecimal where they are none.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
    }
}

impl Printed for Postgres {
    fn cell(row: &Self::Row, at: usize) -> Result<Option<Cow<'_, str>>, sqlx::Error> {
        let value = row.try_get_raw(at)?;
        if value.is_null() {
            return Ok(None);
        }
        let is_flag = value.type_info().name() == "BOOL";
        let bytes = value.as_bytes().map_err(sqlx::Error::Decode)?;
        Ok(Some(match (is_flag, bytes) {
            (true, b"t") => Cow::Borrowed("true"),
            (true, b"f") => Cow::Borrowed("false"),
            _ => text(bytes),
        }))
    }
}

impl Printed for MySql {
    fn cell(row: &Self::Row, at: usize) -> Result<Option<Cow<'_, str>>, sqlx::Error> {
        let kind = row.columns()[at].type_info().name().to_owned();
        let Some(bytes) = row.try_get_unchecked::<Option<&[u8]>, _>(at)? else { return Ok(None) };
        Ok(match kind.as_str() {
            // The session is in UTC; other times are the firm's own wall clock.
            "TIMESTAMP" | "DATETIME" | "DATE" if bytes.starts_with(b"0000-00-00") => None,
            "TIMESTAMP" => Some(Cow::Owned(format!("{}+00:00", text(bytes)))),
            "BIT" => Some(Cow::Owned(bytes.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)).to_string())),
            _ => Some(text(bytes)),
        })
    }
}

impl Printed for Sqlite {
    fn cell(row: &Self::Row, at: usize) -> Result<Option<Cow<'_, str>>, sqlx::Error> {
        // SQLite converts numbers to text when asked for bytes.
        let bytes = row.try_get_unchecked::<Option<&[u8]>, _>(at)?;
        Ok(bytes.map(text))
    }
}
