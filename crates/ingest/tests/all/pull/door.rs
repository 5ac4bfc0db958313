//! A database of a firm, and the one way these tests talk to it.

use ingest::{DatabaseSettings, Dialect, Look, Place, PullReport, PullSource, Refusal, RowMapping};
use sqlx::Connection as _;
use tokio::runtime::Runtime;
use vocab::Zone;

use crate::firm::Firm;

/// A database that can be written to behind the back of the source.
pub struct Door {
    pub runtime: Runtime,
    pub dialect: Dialect,
    /// Where the test itself signs in.
    pub url: String,
    pub settings: DatabaseSettings,
    pub password: Option<String>,
}

impl Door {
    pub fn new(dialect: Dialect, url: String, settings: DatabaseSettings, password: Option<&str>) -> Door {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Door { runtime, dialect, url, settings, password: password.map(str::to_owned) }
    }

    /// Runs statements as the firm's own programs do.
    pub fn run(&self, sql: &str) {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        let run = async {
            match self.dialect {
                Dialect::Postgres => {
                    let mut own = sqlx::PgConnection::connect(&self.url).await?;
                    sqlx::raw_sql(sql).execute(&mut own).await.map(|_| ())
                }
                Dialect::MySql => {
                    let mut own = sqlx::MySqlConnection::connect(&self.url).await?;
                    sqlx::raw_sql(sql).execute(&mut own).await.map(|_| ())
                }
                // The stand-in for SQL Server keeps its rows in a SQLite file.
                Dialect::Sqlite | Dialect::SqlServer => {
                    let mut own = sqlx::SqliteConnection::connect(&self.url).await?;
                    sqlx::raw_sql(sql).execute(&mut own).await.map(|_| ())
                }
            }
        };
        self.runtime.block_on(run).unwrap_or_else(|error| panic!("{error}"));
    }

    /// The source, reading a table or a query.
    pub fn source(&self, query: &str, watermark: Option<&str>, key: &str) -> PullSource {
        let key = key.split_whitespace().map(str::to_owned).collect();
        let mapping = RowMapping { key, ..self.settings.mapping.clone() };
        let query = query.to_owned();
        let watermark = watermark.map(str::to_owned);
        self.with(DatabaseSettings { query, watermark, mapping, ..self.settings.clone() })
    }

    pub fn with(&self, settings: DatabaseSettings) -> PullSource {
        let place =
            Place::Database { dialect: self.dialect, settings: Box::new(settings), password: self.password.clone() };
        PullSource { name: "crm".to_owned(), place, zone: Zone::default(), saved: Vec::new() }
    }

    pub fn pull(&self, source: &PullSource, firm: &Firm) -> Result<PullReport, Refusal> {
        self.pull_until(source, firm, &mut |_| true)
    }

    pub fn pull_until(
        &self,
        source: &PullSource,
        firm: &Firm,
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> Result<PullReport, Refusal> {
        let _inside = self.runtime.enter();
        let report = ingest::pull(source, &firm.facts, firm.now, progress)?;
        let rows = report.rows;
        assert_eq!(rows.received, rows.accepted + rows.duplicates + rows.rejected);
        Ok(report)
    }

    pub fn look(&self, source: &PullSource, firm: &Firm) -> Result<Look, Refusal> {
        let _inside = self.runtime.enter();
        ingest::look(source, &firm.facts, firm.now)
    }

    pub fn probe(&self, source: &PullSource) -> Result<String, Refusal> {
        self.runtime.block_on(ingest::probe(source))
    }

    /// The code of the refusal, which must not repeat the password in any of its words.
    pub fn refusal<T: std::fmt::Debug>(&self, answer: Result<T, Refusal>) -> String {
        let refusal = answer.expect_err("a refusal");
        let words = format!("{refusal} {refusal:?}");
        if let Some(password) = &self.password {
            assert!(!words.contains(password), "{words}");
        }
        assert!(!refusal.findings()[0].hint.zh.is_empty() && !refusal.findings()[0].detail.zh.is_empty());
        refusal.code().to_owned()
    }
}

/// `received accepted duplicates rejected` and facts added.
pub fn counts(report: &PullReport) -> [u64; 5] {
    let rows = report.rows;
    [rows.received, rows.accepted, rows.duplicates, rows.rejected, report.facts]
}
