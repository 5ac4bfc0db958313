//! A file as a plain grid of text, for analysts: whatever its format, encoding, separator or title lines, the names of its
//! columns and its cells.
//!
//! Not here: what the columns mean, and facts; see [`inspect`](crate::inspect()) and [`import`](crate::import()).

use std::path::Path;

use vocab::{Finding, Place};

use crate::record::Record;
use crate::refusal::Refusal;
use crate::table::{Flow, Table};

/// A file that can be read as a grid.
#[derive(Debug)]
pub struct Grid {
    table: Table,
    file: Option<String>,
}

impl Grid {
    /// Finds out what the file is and where its header stands.
    ///
    /// # Errors
    /// A file that is no table, or cannot be read at all.
    pub fn open(file: &Path) -> Result<Grid, Refusal> {
        Grid::open_part(file, None)
    }

    /// The same of one sheet of a workbook, or one entry of an archive; `None` as [`Grid::open`].
    ///
    /// # Errors
    /// As [`Grid::open`], and where there is no such sheet.
    pub fn open_part(file: &Path, part: Option<&str>) -> Result<Grid, Refusal> {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(Grid { table: Table::open(file, part)?, file: name })
    }

    /// Names of the sheets of a workbook, hidden ones included, or of the entries of an archive; none of another file.
    pub fn parts(&self) -> &[String] {
        &self.table.sheets
    }

    /// Names of the columns, unique: a repeated one has a number, one without a name is called `column_N`.
    pub fn headers(&self) -> Vec<String> {
        self.table.columns.iter().map(|column| column.header.clone()).collect()
    }

    /// What is worth knowing about the file: repeated headers, tables left aside.
    pub fn findings(&self) -> &[Finding] {
        &self.table.findings
    }

    /// Every row of data, cell by cell in the order of [`Grid::headers`]; blank rows are left out. A row that does not
    /// fit the header is a finding instead.
    ///
    /// # Errors
    /// When the file stops being readable.
    #[expect(clippy::type_complexity, reason = "a row as it is lent: a name would hide that")]
    pub fn rows(&self, visit: &mut dyn FnMut(Result<&mut dyn Iterator<Item = &str>, Finding>)) -> Result<(), Refusal> {
        self.numbered_rows(&mut |_, row| visit(row))
    }

    /// The same with the number that each row has in the file, from 1.
    ///
    /// # Errors
    /// As [`Grid::rows`].
    #[expect(clippy::type_complexity, reason = "a row as it is lent: a name would hide that")]
    pub fn numbered_rows(
        &self,
        visit: &mut dyn FnMut(u64, Result<&mut dyn Iterator<Item = &str>, Finding>),
    ) -> Result<(), Refusal> {
        self.table.rows(&mut |record: &mut Record| {
            match &record.fault {
                Some(fault) => {
                    let place = Place { file: self.file.clone(), row: Some(record.row), ..Place::default() };
                    visit(record.row, Err(fault.clone().without_row().at(place)));
                }
                None => {
                    visit(record.row, Ok(&mut self.table.columns.iter().map(|column| record.cell(column.at))));
                }
            }
            Ok(Flow::Go)
        })
    }
}
