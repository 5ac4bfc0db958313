//! `liuke indicators` as it is read.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// A row per customer, a column per indicator; empty where unknown
#[derive(Debug, Args)]
#[command(
    name = "indicators",
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    after_help = "Example:\n  liuke indicators --data ./data --as-of 2025-06-01 --reasons --out indicators.csv\n  liuke indicators --facts facts.parquet --as-of 2025-06-01 --every 14d --moments 24 --out history.parquet"
)]
pub(crate) struct Indicators {
    #[command(subcommand)]
    pub(crate) action: Option<IndicatorsAction>,
    /// Data folder
    #[arg(long, value_name = "DIR", required_unless_present = "facts", conflicts_with = "facts")]
    pub(crate) data: Option<PathBuf>,
    /// A file of facts instead of a folder
    #[arg(long, value_name = "FILE.parquet")]
    pub(crate) facts: Option<PathBuf>,
    /// Moment to stand at; may be given several times
    #[arg(long, value_name = "T", required = true)]
    pub(crate) as_of: Vec<String>,
    /// So far apart, further moments back from each --as-of
    #[arg(long, value_name = "WINDOW", requires = "moments")]
    pub(crate) every: Option<String>,
    /// How many moments in all back from each --as-of
    #[arg(long, value_name = "N", requires = "every", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) moments: Option<u32>,
    /// Definition file or folder of such files; the shipped ones when absent. One that compares within segments or tiers needs
    /// --data: who belongs where is known to the folder
    #[arg(long, value_name = "PATH")]
    pub(crate) catalog: Option<PathBuf>,
    /// The firm's zone for --facts
    #[arg(long, value_name = "TZ", conflicts_with = "data")]
    pub(crate) timezone: Option<String>,
    /// Write here (.csv .parquet .xlsx .json); the terminal when absent
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Add a column per indicator that says why it is unknown
    #[arg(long)]
    pub(crate) reasons: bool,
    /// Say what was read, by which road and how long each step took
    #[arg(long)]
    pub(crate) explain: bool,
}

impl Indicators {
    /// The data folder, wherever it is given.
    pub(crate) fn folder(&self) -> Option<&std::path::Path> {
        match &self.action {
            Some(IndicatorsAction::Efficacy(efficacy)) => Some(&efficacy.data),
            _ => self.data.as_deref(),
        }
    }

    /// Whether it needs no data at all.
    pub(crate) fn is_about_definitions(&self) -> bool {
        matches!(
            &self.action,
            Some(IndicatorsAction::Check(_) | IndicatorsAction::Schema(_) | IndicatorsAction::Sql(_))
        )
    }
}

/// What can be done beside measuring customers.
#[derive(Debug, Subcommand)]
pub(crate) enum IndicatorsAction {
    Check(IndicatorsCheck),
    Efficacy(IndicatorsEfficacy),
    Schema(IndicatorsSchema),
    Sql(IndicatorsSql),
}

/// Whether a definition file, or a folder of them, is sound
#[derive(Debug, Args)]
#[command(name = "check", after_help = "Example:\n  liuke indicators check indicators.toml")]
pub(crate) struct IndicatorsCheck {
    /// Definition file or folder
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,
}

/// How well each indicator foretold leaving, replayed over history
#[derive(Debug, Args)]
#[command(
    name = "efficacy",
    after_help = "Example:\n  liuke indicators efficacy --data ./data\n  liuke indicators efficacy --data ./data --churn subscription_ended --as-of 2020-08-01 --out efficacy.xlsx"
)]
pub(crate) struct IndicatorsEfficacy {
    /// Data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Churn definition; the firm's when absent
    #[arg(long, value_name = "ID")]
    pub(crate) churn: Option<String>,
    /// Moment up to which history is known; the last midnight passed when absent
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Definition file or folder of such files; the shipped ones when absent
    #[arg(long, value_name = "PATH")]
    pub(crate) catalog: Option<PathBuf>,
    /// Days ahead in which leaving is looked for, where no contract says when; by the churn definition when absent
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=730))]
    pub(crate) horizon: Option<u32>,
    /// Write here (.csv .parquet .xlsx .json); the terminal when absent
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// The JSON Schema of definition files
#[derive(Debug, Args)]
#[command(name = "schema", after_help = "Example:\n  liuke indicators schema > indicators.schema.json")]
pub(crate) struct IndicatorsSchema {}

/// The definitions as one SQL query (DuckDB's dialect) over a table of facts, to check or reuse them in a warehouse
#[derive(Debug, Args)]
#[command(
    name = "sql",
    after_help = "Example:\n  liuke indicators sql --as-of 2025-06-01 --id days_since_order --id orders_90d --table facts\n  liuke indicators sql indicators.toml --as-of 2025-06-01 --facts facts.parquet --out indicators.sql"
)]
pub(crate) struct IndicatorsSql {
    /// Definition file or folder of such files; the shipped ones when absent
    #[arg(value_name = "CATALOG")]
    pub(crate) catalog: Option<PathBuf>,
    /// Moment to stand at; the last midnight passed when absent
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Only this indicator; may be given several times
    #[arg(long, value_name = "ID")]
    pub(crate) id: Vec<String>,
    /// Read the facts from this file, as `liuke indicators --facts` does: its first fact covers every source
    #[arg(long, value_name = "FILE.parquet", conflicts_with = "table")]
    pub(crate) facts: Option<PathBuf>,
    /// Read the facts from this table with the lake's columns: each source covers from its own first fact on
    #[arg(long, value_name = "NAME", default_value = "facts")]
    pub(crate) table: String,
    /// The firm's zone
    #[arg(long, value_name = "TZ")]
    pub(crate) timezone: Option<String>,
    /// Write here; the terminal when absent
    #[arg(long, value_name = "FILE.sql")]
    pub(crate) out: Option<PathBuf>,
}
