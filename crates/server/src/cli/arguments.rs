//! The command line as it is read. The English help stands here; the Chinese one beside it in [`super::words`].

mod indicators;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;

use crate::http::PublicUrl;

pub(crate) use indicators::{Indicators, IndicatorsAction, IndicatorsEfficacy, IndicatorsSql};

/// A bare address is a range of one.
fn proxy(text: &str) -> Result<IpNet, ipnet::AddrParseError> {
    text.parse().or_else(|error| text.parse::<std::net::IpAddr>().map(IpNet::from).map_err(|_| error))
}

/// An address with its port. `localhost:8080` and a bare port are of this machine, never of all its networks.
fn address(text: &str) -> Result<SocketAddr, String> {
    match text.strip_prefix("localhost:").unwrap_or(text).parse::<u16>() {
        Ok(port) => Ok((Ipv4Addr::LOCALHOST, port).into()),
        Err(_) => text.parse().map_err(|_| "not an address with its port, for example 127.0.0.1:8080".to_owned()),
    }
}

/// Keeps customers: sees early who is about to leave and why, and puts the right work on the right desk in time
#[derive(Debug, Parser)]
#[command(name = "liuke", version, disable_help_subcommand = true, after_help = "Example:\n  liuke demo")]
pub(crate) struct Cli {
    /// Language of messages: zh or en; that of $LANG when absent
    #[arg(long, global = true, display_order = 900, value_name = "LANG", value_parser = ["zh", "en"])]
    pub(crate) lang: Option<String>,
    /// Print the result for machines
    #[arg(long, global = true, display_order = 901)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(Demo),
    Serve(Serve),
    Import(Import),
    Source(Source),
    Facts(Facts),
    Indicators(Indicators),
    Score(Score),
    Run(Run),
    Backtest(Backtest),
    Train(Train),
    Model(super::model::Model),
    Sim(Sim),
    Doctor(Doctor),
    Lab(super::lab::Lab),
    Openapi(Openapi),
}

/// A sample company with history, scored, with open alerts: opens a server on this machine
#[derive(Debug, Args)]
#[command(name = "demo", after_help = "Example:\n  liuke demo\n  liuke demo --listen 127.0.0.1:8080 --customers 500")]
pub(crate) struct Demo {
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7070", value_parser = address)]
    pub(crate) listen: SocketAddr,
    /// Industry of the sample company
    #[arg(long, value_name = "NAME", default_value = "saas")]
    pub(crate) template: String,
    /// How many customers it ever had
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=200_000))]
    pub(crate) customers: u32,
    /// Where all luck comes from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Keep the sample company in this folder; a temporary one when absent
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Learn no model once the company is on screen
    #[arg(long)]
    pub(crate) no_model: bool,
}

/// The server: loopback by default; its first start prints a one-time set-up link
#[derive(Debug, Args)]
#[command(
    name = "serve",
    after_help = "Example:\n  liuke serve --data ./data\n  liuke serve --data ./data --listen 0.0.0.0:7070 --public-url https://liuke.example.cn --trusted-proxy 10.0.0.0/8\n  liuke serve --data ./data --listen 0.0.0.0:443 --public-url https://liuke.example.cn --tls-cert fullchain.pem --tls-key privkey.pem"
)]
pub(crate) struct Serve {
    /// Data folder; made if there is none
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7070", value_parser = address)]
    pub(crate) listen: SocketAddr,
    /// Operational database, postgres://…; SQLite inside the folder when absent
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// The firm's time zone; only on an empty folder
    #[arg(long, value_name = "TZ")]
    pub(crate) timezone: Option<String>,
    /// Host name that readers use besides localhost and bare addresses; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Vec<String>,
    /// Readers reach this server by https, through a proxy: cookies are sent over https only
    #[arg(long)]
    pub(crate) https: bool,
    /// Address under which readers and callbacks reach this server; allows its host name, and with https:// means --https
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<PublicUrl>,
    /// Proxy whose X-Forwarded-For is believed, an address or a range; may be repeated
    #[arg(long, value_name = "CIDR", value_parser = proxy)]
    pub(crate) trusted_proxy: Vec<IpNet>,
    /// Certificate and chain, PEM: answer by https without a proxy
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
}

/// Brings files in; a file brought in twice adds nothing
#[derive(Debug, Args)]
#[command(
    name = "import",
    after_help = "Example:\n  liuke import --data ./data --as orders orders.csv\n  liuke import --data ./data --as customers --observed-on 2025-06-01 --rejects rejects.csv customers.xlsx"
)]
pub(crate) struct Import {
    /// Data folder; made if there is none
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// What the rows are: orders, events, customers, tickets, surveys, contracts, payments, follow-ups, snapshot,
    /// ledger, or facts (Parquet with the lake's own columns); guessed when absent
    #[arg(long = "as", value_name = "KIND", conflicts_with = "mapping")]
    pub(crate) kind: Option<String>,
    /// Mapping file that says which column is what, instead of guessing
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) mapping: Option<PathBuf>,
    /// Name of the source; the kind when absent
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Sheet of a workbook; the first when absent
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
    /// Day on which a customer table was true
    #[arg(long, value_name = "DATE")]
    pub(crate) observed_on: Option<String>,
    /// Zone of times without one; on an empty folder also the firm's zone
    #[arg(long, value_name = "TZ")]
    pub(crate) timezone: Option<String>,
    /// Write rejected rows here, with their reasons
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// Look and report, but write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Take an earlier import back, by the number it was reported under
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["kind", "mapping", "dry_run", "files"])]
    pub(crate) undo: Option<i64>,
    /// CSV, TSV, Excel, Parquet, JSON or NDJSON files, also in gzip or zip
    #[arg(required_unless_present = "undo", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

/// The ways by which data comes in, and the keys of those that others send to
#[derive(Debug, Args)]
#[command(
    name = "source",
    disable_help_subcommand = true,
    after_help = "Example:\n  liuke source add --data ./data --kind segment --name web\n  liuke source list --data ./data"
)]
pub(crate) struct Source {
    #[command(subcommand)]
    pub(crate) action: SourceAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourceAction {
    Add(Box<SourceAdd>),
    List(SourceList),
    Test(SourceTest),
    Preview(SourcePreview),
    Run(SourceRun),
    Runs(SourceRuns),
    Rotate(SourceRotate),
    Remove(SourceRemove),
}

/// A source: its key if others send to it, its place if it is fetched
#[derive(Debug, Args)]
#[command(
    name = "add",
    after_help = "Example:\n  liuke source add --data ./data --kind segment --name web --json\n  liuke source add --data ./data --kind postgres --name crm --host db.example.cn --database crm --user reader --password-file pw.txt --query orders --as orders --watermark updated_at --key id --every-minutes 30\n  liuke source add --data ./data --kind http --name forms --settings forms.json --secrets keys.json"
)]
pub(crate) struct SourceAdd {
    /// Data folder; made if there is none
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// What sort of source
    #[arg(long, value_name = "KIND", value_parser = ["segment", "sensors", "webhook", "jiandaoyun", "wecom", "postgres", "mysql", "sqlite", "sqlserver", "http", "folder", "sftp"])]
    pub(crate) kind: String,
    /// Its name: that of the source of its facts
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// Refuse a call with a fault in it as a whole
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) fetched: Fetched,
}

/// Where a source that is fetched is, and what is asked.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Sources that are fetched")]
pub(crate) struct Fetched {
    /// Everything about it as a JSON file; the options below are laid over it
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// Its secrets as a JSON file: {"api_key": "…"}
    #[arg(long, value_name = "FILE")]
    pub(crate) secrets: Option<PathBuf>,
    /// The password, in a file
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Server of the database
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// Its port, if not the usual one
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
    /// Name of the database
    #[arg(long, value_name = "NAME")]
    pub(crate) database: Option<String>,
    /// Who signs in
    #[arg(long, value_name = "USER")]
    pub(crate) user: Option<String>,
    /// File of a SQLite database, or the folder to watch
    #[arg(long, value_name = "FILE")]
    pub(crate) path: Option<PathBuf>,
    /// Encryption of the connection
    #[arg(long, value_name = "TLS", value_parser = ["off", "prefer", "require", "verify"])]
    pub(crate) tls: Option<String>,
    /// A SELECT, or the name of a table
    #[arg(long, value_name = "SQL")]
    pub(crate) query: Option<String>,
    /// The column that grows with every change
    #[arg(long, value_name = "COLUMN")]
    pub(crate) watermark: Option<String>,
    /// Columns that tell a row from every other, set apart by commas
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub(crate) key: Vec<String>,
    /// What the rows are: orders, customers, events…; guessed when absent
    #[arg(long = "as", value_name = "KIND")]
    pub(crate) kind_of_rows: Option<String>,
    /// Read it every so many minutes
    #[arg(long, value_name = "N", conflicts_with = "daily_at")]
    pub(crate) every_minutes: Option<u32>,
    /// Read it once a day, HH:MM in the firm's zone
    #[arg(long, value_name = "HH:MM")]
    pub(crate) daily_at: Option<String>,
}

/// Whether a source lets us in and understands what it is asked
#[derive(Debug, Args)]
#[command(name = "test", after_help = "Example:\n  liuke source test --data ./data --name crm")]
pub(crate) struct SourceTest {
    #[command(flatten)]
    pub(crate) named: NamedSource,
}

/// The first rows of a source and how they would be read; nothing is written
#[derive(Debug, Args)]
#[command(name = "preview", after_help = "Example:\n  liuke source preview --data ./data --name crm --json")]
pub(crate) struct SourcePreview {
    #[command(flatten)]
    pub(crate) named: NamedSource,
}

/// Reads what is new in a source, now
#[derive(Debug, Args)]
#[command(name = "run", after_help = "Example:\n  liuke source run --data ./data --name crm")]
pub(crate) struct SourceRun {
    #[command(flatten)]
    pub(crate) named: NamedSource,
}

/// Runs of a source, newest first
#[derive(Debug, Args)]
#[command(name = "runs", after_help = "Example:\n  liuke source runs --data ./data --name crm")]
pub(crate) struct SourceRuns {
    #[command(flatten)]
    pub(crate) named: NamedSource,
}

/// A source of a folder.
#[derive(Debug, Args)]
pub(crate) struct NamedSource {
    /// Data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Its name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
}

/// Every source
#[derive(Debug, Args)]
#[command(name = "list", after_help = "Example:\n  liuke source list --data ./data")]
pub(crate) struct SourceList {
    /// Data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
}

/// Gives a source a new key; the old one opens nothing from then on
#[derive(Debug, Args)]
#[command(name = "rotate", after_help = "Example:\n  liuke source rotate --data ./data --name web")]
pub(crate) struct SourceRotate {
    /// Data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Its name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
}

/// Removes a source; the facts it brought stay
#[derive(Debug, Args)]
#[command(name = "remove", after_help = "Example:\n  liuke source remove --data ./data --name web")]
pub(crate) struct SourceRemove {
    /// Data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Its name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
}

/// The facts of one customer or of all
#[derive(Debug, Args)]
#[command(name = "facts", after_help = "Example:\n  liuke facts --data ./data --customer C-1001 --as-of 2025-06-01")]
pub(crate) struct Facts {
    /// Data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Only this customer
    #[arg(long, value_name = "ID")]
    pub(crate) customer: Option<String>,
    /// Moment to stand at; now when absent
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Write here (.csv .parquet .xlsx .json); the terminal when absent
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// How worried to be about each customer, and why
#[derive(Debug, Args)]
#[command(name = "score", after_help = "Example:\n  liuke score --data ./data --as-of 2025-06-01 --out scores.csv")]
pub(crate) struct Score {
    /// Data folder
    #[arg(long, value_name = "DIR", required_unless_present = "facts", conflicts_with = "facts")]
    pub(crate) data: Option<PathBuf>,
    /// A file of facts instead of a folder
    #[arg(long, value_name = "FILE.parquet", requires = "scorecard")]
    pub(crate) facts: Option<PathBuf>,
    /// The firm's zone for --facts
    #[arg(long, value_name = "TZ", conflicts_with = "data")]
    pub(crate) timezone: Option<String>,
    /// Moment to stand at
    #[arg(long, value_name = "T")]
    pub(crate) as_of: String,
    /// Scorecard, or a definition file (.toml) to try; the active one when absent
    #[arg(long, value_name = "ID")]
    pub(crate) scorecard: Option<String>,
    /// Write here (.csv .parquet .xlsx .json); the terminal when absent
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// One whole cycle: indicators, scores, alerts, cases; running it twice changes nothing
#[derive(Debug, Args)]
#[command(name = "run", after_help = "Example:\n  liuke run --data ./data")]
pub(crate) struct Run {
    /// Data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Moment to stand at; the last midnight passed when absent
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
}

/// A scorecard, a rule or an outside score replayed over the firm's own past: whom it would have caught, and when
#[derive(Debug, Args)]
#[command(
    name = "backtest",
    after_help = "Example:\n  liuke backtest --data ./data --scorer rules --from 2024-07-01 --to 2025-07-01\n  liuke backtest --data ./data --scorer table:risk.csv --churn table:left.csv --from 2024-07-01 --to 2025-07-01 --budget 20 --out found.xlsx"
)]
pub(crate) struct Backtest {
    /// Data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// What is replayed: health, rules (those in force), rule:ID, model:NUMBER, or table:FILE with customer_id, date and score
    #[arg(long, value_name = "SCORER")]
    pub(crate) scorer: String,
    /// Churn definition, or table:FILE with customer_id and left_at; the firm's when absent
    #[arg(long, value_name = "CHURN")]
    pub(crate) churn: Option<String>,
    /// First moment
    #[arg(long, value_name = "T")]
    pub(crate) from: String,
    /// End of the stretch
    #[arg(long, value_name = "T")]
    pub(crate) to: String,
    /// Rules and scorecard of this industry template; those of the firm when absent
    #[arg(long, value_name = "NAME")]
    pub(crate) template: Option<String>,
    /// Warnings a week; as many as the rules give when absent
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) budget: Option<u32>,
    /// A warning must come at least so long before leaving
    #[arg(long, value_name = "DAYS", default_value = "14d", value_parser = super::backtest::days)]
    pub(crate) lead: u32,
    /// And at most so long
    #[arg(long, value_name = "DAYS", default_value = "90d", value_parser = super::backtest::days)]
    pub(crate) horizon: u32,
    /// Also write every leaver and every warning here (.csv .parquet .xlsx .json)
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// Whether history carries a model of who will leave, and if so the model: a challenger with its card
#[derive(Debug, Args)]
#[command(
    name = "train",
    after_help = "Example:\n  liuke train --data ./data --churn saas_contract --horizon 90d --as-of 2025-07-01"
)]
pub(crate) struct Train {
    /// Data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Churn definition; the firm's when absent
    #[arg(long, value_name = "ID")]
    pub(crate) churn: Option<String>,
    /// The horizon that is reported: 30d, 60d, 90d or 180d; one model answers all of them
    #[arg(long, value_name = "DAYS", default_value = "90d", value_parser = super::backtest::days)]
    pub(crate) horizon: u32,
    /// Moment up to which history is known; the last midnight passed when absent
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<String>,
    /// Where all luck comes from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Also write every row judged by here (.csv .parquet .xlsx .json): what was said of whom, and who left
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Also write every row learnt from and judged by here (.parquet), for other learners: customer, moment, fold by time, who
    /// left within each horizon, every indicator
    #[arg(long, value_name = "FILE")]
    pub(crate) frame: Option<PathBuf>,
}

/// A firm that never was: facts as Parquet, and beside them the truth that nobody else knows
#[derive(Debug, Args)]
#[command(
    name = "sim",
    after_help = "Example:\n  liuke sim --template saas --customers 2000 --days 548 --seed 1 --out ./world"
)]
pub(crate) struct Sim {
    /// Industry
    #[arg(long, value_name = "NAME")]
    pub(crate) template: Option<String>,
    /// How many customers it ever had
    #[arg(long, value_name = "N")]
    pub(crate) customers: Option<u32>,
    /// Days of history
    #[arg(long, value_name = "N")]
    pub(crate) days: Option<u32>,
    /// Where all luck comes from
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Midnight after the last day; 2026-01-01 when absent
    #[arg(long, value_name = "DATE")]
    pub(crate) end: Option<String>,
    /// Every other parameter of the world
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) world: Option<PathBuf>,
    /// Folder to write to
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// What is set up, what is missing, how to mend it
#[derive(Debug, Args)]
#[command(name = "doctor", after_help = "Example:\n  liuke doctor --data ./data")]
pub(crate) struct Doctor {
    /// Data folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

/// Prints the description of the API
#[derive(Debug, Args)]
#[command(name = "openapi", hide = true, after_help = "Example:\n  liuke openapi > openapi.json")]
pub(crate) struct Openapi {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_a_port_of_this_machine() {
        let read = |text: &str| address(text).map(|address| address.to_string());
        for own in ["8080", "localhost:8080", "127.0.0.1:8080"] {
            assert_eq!(read(own).as_deref(), Ok("127.0.0.1:8080"), "{own}");
        }
        assert_eq!(read("0.0.0.0:80").as_deref(), Ok("0.0.0.0:80"));
        for wrong in ["", "localhost", "example.cn:80", ":8080", "127.0.0.1", "70700"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
