//! The lab for analysts: methods on plain files, without a data folder.

use std::path::Path;
use std::time::Duration;

use training::lab;
use vocab::{Finding, Lang, Text};

use crate::arriving::imports::refused;
use crate::error::Error;

/// Reads a file (CSV in any encoding, Excel, Parquet, JSON) as a plain table of text.
///
/// # Errors
/// A file that is no table, or cannot be read.
pub fn lab_table(file: &Path) -> Result<lab::Table, Error> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    named_table(file, &name)
}

/// The same of a file that its owner calls otherwise.
pub(crate) fn named_table(file: &Path, name: &str) -> Result<lab::Table, Error> {
    let grid = ingest::Grid::open(file).map_err(refused)?;
    let mut table = lab::Table::new(name, grid.headers());
    for finding in grid.findings() {
        table.note(finding.clone());
    }
    grid.rows(&mut |row| match row {
        Ok(cells) => table.push_row(cells),
        Err(finding) => table.reject(finding),
    })
    .map_err(refused)?;
    Ok(table)
}

/// The cells of one column of a file, row by row: folds that somebody else drew.
///
/// # Errors
/// As [`lab_table`]; a column that is not there.
pub fn lab_column(file: &Path, column: &str) -> Result<Vec<String>, Error> {
    let table = lab_table(file)?;
    let cells = table.column(column).map_err(refusal)?.cells().map(|cell| cell.trim().to_owned()).collect();
    Ok(cells)
}

/// The column of a table that says who left: the one named, or the only one that plainly does.
///
/// # Errors
/// `label_unclear` where none is named and none plainly does; a name is not looked at here.
pub fn lab_label(table: &lab::Table, named: Option<&str>, positive: Option<&str>) -> Result<String, Error> {
    named.map_or_else(|| lab::label_of(table, positive).map_err(refusal), Ok).map(str::to_owned)
}

/// Out-of-fold probabilities of leaving on a labelled table, and how good they are.
///
/// # Errors
/// What is wrong with the table, or why nothing sound can be learnt, and what to do.
pub fn lab_classify(table: &lab::Table, spec: &lab::ClassifySpec<'_>) -> Result<lab::Classified, Error> {
    lab::classify(table, spec).map_err(refusal)
}

/// Short rules by which more left than elsewhere, and how sure they are.
///
/// # Errors
/// What is wrong with the table, or why no rule could be confirmed on it, and what to do.
pub fn lab_rules(table: &lab::Table, spec: &lab::RulesSpec<'_>) -> Result<lab::RulesReport, Error> {
    lab::rules(table, spec).map_err(refusal)
}

/// Survival curves and Cox's model of a table.
///
/// # Errors
/// What is wrong with the table, with its place and what to do.
pub fn lab_survival(table: &lab::Table, spec: &lab::SurvivalSpec) -> Result<lab::SurvivalReport, Error> {
    lab::survival(table, spec).map_err(refusal)
}

/// Models of purchases of a table; `clock` tells how much time has passed since any moment.
///
/// # Errors
/// What is wrong with the table or the question, with its place and what to do.
pub fn lab_btyd(
    table: &lab::Table,
    spec: &lab::BtydSpec,
    clock: &dyn Fn() -> Duration,
) -> Result<lab::BtydReport, Error> {
    lab::btyd(table, spec, clock).map_err(refusal)
}

/// A finding as a refusal: its place belongs to what is wrong, its hint stays apart.
fn refusal(mut finding: Finding) -> Error {
    let hint = std::mem::replace(&mut finding.hint, Text::new("", ""));
    Error::bad(
        finding.code,
        (&finding.line(Lang::Zh), &finding.line(Lang::En)),
        (hint.get(Lang::Zh), hint.get(Lang::En)),
    )
}
