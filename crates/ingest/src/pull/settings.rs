//! What a firm says about a database it wants read: where it is, what to ask, which column is what.
//!
//! Read from the JSON that the registry of sources keeps. The password is never part of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use vocab::{Text, Zone};

use crate::kind::TableKind;
use crate::moment::DateOrder;
use crate::plan::Plan;
use crate::refusal::Refusal;

/// Which language a database speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL, and what speaks its protocol.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
    /// A SQLite file.
    Sqlite,
    /// Microsoft SQL Server, and Azure SQL.
    SqlServer,
}

impl Dialect {
    /// The word for a kind of source.
    pub fn as_str(self) -> &'static str {
        match self {
            Dialect::Postgres => "postgres",
            Dialect::MySql => "mysql",
            Dialect::Sqlite => "sqlite",
            Dialect::SqlServer => "sqlserver",
        }
    }

    /// The dialect of a kind of source; `None` if it is no database.
    pub fn of_kind(kind: &str) -> Option<Dialect> {
        const ALL: [Dialect; 4] = [Dialect::Postgres, Dialect::MySql, Dialect::Sqlite, Dialect::SqlServer];
        ALL.into_iter().find(|dialect| dialect.as_str() == kind)
    }

    pub(crate) fn port(self) -> u16 {
        match self {
            Dialect::Postgres => 5432,
            Dialect::MySql => 3306,
            Dialect::SqlServer => 1433,
            Dialect::Sqlite => 0,
        }
    }
}

/// How the way to a database is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// In the clear.
    Off,
    /// Encrypted if the server can; nobody is checked.
    #[default]
    Prefer,
    /// Encrypted or not at all; nobody is checked.
    Require,
    /// Encrypted, and the server proves who it is, by the certificates of `ca` or of this machine.
    Verify,
}

/// How rows become facts, as far as a person has said so; what is not said is guessed from the column names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RowMapping {
    /// What the rows are.
    pub kind: Option<String>,
    /// Column → field; `null` = keep as a property, `"-"` = leave out.
    pub columns: BTreeMap<String, Option<String>>,
    /// Field → one value for all rows.
    pub constants: BTreeMap<String, String>,
    /// What an event is called here → what definitions call it.
    pub event_names: BTreeMap<String, String>,
    /// Zone of times without one; the firm's when absent.
    pub timezone: Option<String>,
    /// Currency of amounts without one.
    pub currency: Option<String>,
    /// `month_first` or `day_first`.
    pub date_order: Option<String>,
    /// The columns that together tell a row from every other: the primary key.
    pub key: Vec<String>,
}

impl RowMapping {
    /// The plan for reading rows of `source`, in a firm of this zone.
    pub(crate) fn plan(&self, source: &str, zone: &Zone) -> Result<Plan, Refusal> {
        let kind = match &self.kind {
            None => None,
            Some(word) => Some(word.parse::<TableKind>().map_err(|()| {
                let known = TableKind::ALL.map(TableKind::as_str).join(", ");
                bad(
                    &format!("没有这种数据：“{word}”，可以是 {known}"),
                    &format!("no such kind: \"{word}\"; it can be {known}"),
                )
            })?),
        };
        let zone = match &self.timezone {
            None => zone.clone(),
            Some(name) => Zone::named(name)
                .map_err(|_| bad(&format!("没有这个时区：“{name}”"), &format!("no such time zone: \"{name}\"")))?,
        };
        let date_order = match self.date_order.as_deref() {
            None => None,
            Some("month_first") => Some(DateOrder::MonthFirst),
            Some("day_first") => Some(DateOrder::DayFirst),
            Some(other) => {
                return Err(bad(
                    &format!("date_order 不能是“{other}”，可以是 month_first、day_first"),
                    &format!("date_order cannot be \"{other}\"; it can be month_first or day_first"),
                ));
            }
        };
        Ok(Plan {
            kind,
            source: Some(source.to_owned()),
            mapping: self.columns.clone(),
            constants: self.constants.clone(),
            zone,
            currency: self.currency.clone(),
            date_order,
            ..Plan::default()
        })
    }
}

/// A database to be read.
///
/// As JSON, for instance `{"host": "10.0.0.5", "database": "crm", "user": "reader", "tls": "verify", "query": "orders",
/// "watermark": "updated_at", "overlap": 600, "mapping": {"kind": "orders", "key": ["id"]}}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseSettings {
    /// Name or address of the server; a path beginning with `/` is its socket.
    pub host: String,
    /// Port; the usual one when absent.
    pub port: Option<u16>,
    /// Name of the database.
    pub database: String,
    /// Who signs in.
    pub user: String,
    /// How the way is protected.
    pub tls: Tls,
    /// Certificates to check the server by, PEM; those of this machine when absent.
    pub ca: Option<String>,
    /// The file of a SQLite database.
    pub path: Option<PathBuf>,
    /// What to ask: one `SELECT`, or the name of a table.
    pub query: String,
    /// The column that grows whenever a row is added or changed; without it everything is read every time.
    pub watermark: Option<String>,
    /// How far before the last watermark reading begins again, for rows that were committed late: seconds where the
    /// watermark is a time (600 when absent), else so much less (1,000 when absent).
    pub overlap: Option<u64>,
    /// How rows become facts.
    pub mapping: RowMapping,
}

impl DatabaseSettings {
    /// Reads the settings of a source; `schedule` is the timer's and passed over.
    ///
    /// # Errors
    /// When a word is unknown, or what the dialect needs is missing.
    pub fn read(dialect: Dialect, settings: &serde_json::Value) -> Result<DatabaseSettings, Refusal> {
        let read: DatabaseSettings = of_json(settings)?;
        let needed: &[(&str, bool)] = match dialect {
            Dialect::Sqlite => &[("path", read.path.is_none())],
            _ => &[
                ("host", read.host.trim().is_empty()),
                ("database", read.database.trim().is_empty()),
                ("user", read.user.trim().is_empty()),
            ],
        };
        if let Some((field, _)) = needed.iter().find(|(_, missing)| *missing) {
            return Err(bad(&format!("缺少 {field}"), &format!("{field} is missing")));
        }
        // Who knows SQL Server writes `host\instance` or `host,1433`; the driver wants a name and a number.
        if dialect == Dialect::SqlServer && read.host.contains(['\\', ',']) {
            return Err(bad(
                "host 只写主机名；命名实例或非默认端口请把端口号写在 port",
                "host is the name alone; for a named instance or another port, give its number as port",
            ));
        }
        Ok(read)
    }

    pub(crate) fn port(&self, dialect: Dialect) -> u16 {
        self.port.unwrap_or_else(|| dialect.port())
    }
}

/// Settings without what only the timer reads.
pub(crate) fn of_json<T: serde::de::DeserializeOwned>(settings: &serde_json::Value) -> Result<T, Refusal> {
    let mut own = settings.clone();
    if let Some(object) = own.as_object_mut() {
        object.remove("schedule");
    }
    serde_json::from_value(own).map_err(|error| bad(&format!("设置有误：{error}"), &error.to_string()))
}

pub(crate) fn bad(zh: &str, en: &str) -> Refusal {
    Refusal::new(
        "bad_settings",
        Text::new(zh, en),
        Text::new("请修改数据源的设置", "change the settings of the source"),
    )
}
