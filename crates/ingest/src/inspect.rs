//! A look at a file before anything is written: what it is, what its columns are taken for, what must be mended.

use std::path::Path;

use vocab::Finding;

use crate::detect::Format;
use crate::guess;
use crate::kind::TableKind;
use crate::mapping::{Mapping, Use};
use crate::plan::Plan;
use crate::refusal::Refusal;
use crate::table::Table;

const SAMPLES: usize = 5;

/// What a file is taken for.
#[derive(Debug)]
pub struct Inspection {
    /// What holds the table.
    pub format: Format,
    /// `UTF-8`, `gb18030`…; absent where the format has none.
    pub encoding: Option<&'static str>,
    /// Separator of a text file.
    pub separator: Option<char>,
    /// Sheets to choose from.
    pub sheets: Vec<String>,
    /// The sheet looked at.
    pub sheet: Option<String>,
    /// Its columns.
    pub columns: Vec<InspectedColumn>,
    /// What files with these headers have in common; see [`Mapping::fingerprint`].
    pub fingerprint: String,
    /// What its rows are: said or guessed. `None` when it cannot be guessed.
    pub kind: Option<TableKind>,
    /// How its columns are read; `None` when the kind is unknown.
    pub mapping: Option<Mapping>,
    /// What must be mended before anything can be imported.
    pub blocking: Vec<Finding>,
    /// What is worth knowing.
    pub findings: Vec<Finding>,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectedColumn {
    /// Its header; unique, a repeated one has a number.
    pub header: String,
    /// First values.
    pub samples: Vec<String>,
    /// What becomes of it.
    pub used: Use,
}

/// Looks at a file: format, encoding, sheets, header, first values, and how it would be read.
///
/// # Errors
/// When the file is no table that can be read at all. A table that lacks something is no error: see
/// [`Inspection::blocking`].
pub fn inspect(file: &Path, plan: &Plan) -> Result<Inspection, Refusal> {
    let table = Table::open(file, plan.sheet.as_deref())?;
    let (mapping, blocking) = match guess::mapping(&table, plan) {
        Ok((mapping, blocking)) => (Some(mapping), blocking),
        Err(blocking) => (None, blocking),
    };
    let used = |header: &str| {
        mapping.as_ref().and_then(|mapping| mapping.columns.get(header)).cloned().unwrap_or(Use::Property)
    };
    let columns = table.columns.iter().map(|column| {
        let cells = table.samples.iter().map(|row| row.cell(column.at)).filter(|cell| !cell.is_empty());
        let samples = cells.take(SAMPLES).map(|cell| cell.chars().take(80).collect()).collect();
        InspectedColumn { header: column.header.clone(), samples, used: used(&column.header) }
    });
    let headers: Vec<String> = table.columns.iter().map(|column| column.header.clone()).collect();
    Ok(Inspection {
        format: table.format(),
        encoding: table.encoding().map(encoding_rs::Encoding::name),
        separator: table.separator().map(char::from),
        sheets: table.sheets.clone(),
        sheet: table.sheet.clone(),
        columns: columns.collect(),
        fingerprint: Mapping::fingerprint(&headers),
        kind: mapping.as_ref().map(|mapping| mapping.kind),
        mapping,
        blocking,
        findings: table.findings.clone(),
    })
}
