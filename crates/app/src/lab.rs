//! The lab for analysts: methods on plain files, without a data folder.

use std::path::Path;

use training::lab;

use crate::error::Error;
use crate::imports::refused;

/// Reads a file (CSV in any encoding, Excel, Parquet, JSON) as a plain table of text.
///
/// # Errors
/// A file that is no table, or cannot be read.
pub fn lab_table(file: &Path) -> Result<lab::Table, Error> {
    let grid = ingest::Grid::open(file).map_err(refused)?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
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
