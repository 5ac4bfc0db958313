//! `liuke lab`: the methods of the house on a plain table, for analysts. No data folder is needed or touched.

mod btyd;
mod classify;
mod rules;
mod survival;

use std::path::{Path, PathBuf};

use app::laboratory::{Leak, Table};
use app::{ColumnType, Value};
use clap::{Args, Subcommand};
use vocab::Lang;

use super::console::Console;
use super::failure::{Done, Failure};
use super::tables::aligned;

/// A laboratory for analysts: methods on a plain table, without a data folder
#[derive(Debug, Args)]
#[command(
    name = "lab",
    after_help = "Example:\n  liuke lab classify --table telco.csv --label Churn --positive Yes\n  liuke lab rules --table telco.csv --label Churn --positive Yes\n  liuke lab survival --table contracts.csv --duration months --event left\n  liuke lab btyd --table orders.csv --customer customer --date date --amount amount"
)]
pub(crate) struct Lab {
    #[command(subcommand)]
    method: Method,
}

#[derive(Debug, Subcommand)]
enum Method {
    Classify(classify::Classify),
    Rules(rules::Rules),
    Survival(survival::Survival),
    Btyd(btyd::Btyd),
}

/// A table of customers, and who of them left.
#[derive(Debug, Args)]
struct Labelled {
    /// The table: CSV, Excel, Parquet or JSON
    #[arg(long, value_name = "FILE")]
    table: PathBuf,
    /// Column that names customers; all rows of one stay together
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// Column that says who left; found by itself where only one plainly does
    #[arg(long, value_name = "COLUMN")]
    label: Option<String>,
    /// Its value that means left; yes, true, 1, 是 and 流失 are understood without
    #[arg(long, value_name = "VALUE")]
    positive: Option<String>,
}

pub(crate) fn lab(asked: &Lab, console: &mut Console) -> Result<Done, Failure> {
    match &asked.method {
        Method::Classify(asked) => classify::run(asked, console),
        Method::Rules(asked) => rules::run(asked, console),
        Method::Survival(asked) => survival::run(asked, console),
        Method::Btyd(asked) => btyd::run(asked, console),
    }
}

/// Reads the table of a command and says what was odd about its file.
fn read(file: &Path, console: &mut Console) -> Result<Table, Failure> {
    let table = app::lab_table(&console.path(file))?;
    const SHOWN: usize = 5;
    for finding in table.notes().iter().chain(table.rejected().iter().take(SHOWN)) {
        console.sink.err(&finding.line(console.lang));
    }
    if table.rejected().len() > SHOWN {
        let count = table.rejected().len();
        console.say(format!("一共 {count} 行读不了"), format!("{count} rows in all cannot be read"));
    }
    Ok(table)
}

/// The column that says who left; which one it is is said where nobody named it.
fn label(asked: &Labelled, table: &Table, console: &mut Console) -> Result<String, Failure> {
    let label = app::lab_label(table, asked.label.as_deref(), asked.positive.as_deref())?;
    if asked.label.is_none() {
        console.say(format!("“是否流失”取自列“{label}”"), format!("who left is taken from the column \"{label}\""));
    }
    Ok(label)
}

/// Says which columns seem to know the outcome, and how many rows have none.
fn warn_of_leaks(leaks: &[Leak], unlabelled: usize, console: &mut Console) {
    for leak in leaks {
        let (column, zh, en) = (&leak.column, leak.why.get(Lang::Zh), leak.why.get(Lang::En));
        let done = match leak.is_certain {
            true => ("已排除", "left out"),
            false => ("仍在使用，请人工确认", "still used: have somebody check it"),
        };
        console.say(
            format!("疑似未来信息泄漏：“{column}”{zh}（{}）", done.0),
            format!("seems to leak the outcome: \"{column}\" {en} ({})", done.1),
        );
    }
    if unlabelled > 0 {
        console.say(
            format!("{unlabelled} 行没有标签，未使用"),
            format!("{unlabelled} rows have no label and were not used"),
        );
    }
}

/// Lines of text under headings, aligned for eyes.
fn lines(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    aligned(&app::Table {
        columns: headings.iter().map(|name| ((*name).to_owned(), ColumnType::Text)).collect(),
        rows: rows.into_iter().map(|row| row.into_iter().map(Value::Text).collect()).collect(),
        note: None,
    })
}

/// A number with so many digits behind the point, or nothing.
fn digits(value: Option<f64>, places: usize) -> String {
    value.map_or_else(String::new, |value| format!("{value:.places$}"))
}

/// A cell of a written table.
fn cell(value: Option<f64>) -> Value {
    value.filter(|value| value.is_finite()).map_or(Value::Empty, Value::Number)
}
