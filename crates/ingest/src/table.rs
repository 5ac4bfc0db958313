//! A file as a table: a header and rows, wherever they come from. It can be read as often as needed.
//!
//! Not here: what the columns mean (`guess`, `mapping`, `layout`).

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;
use vocab::{Finding, Text};

use crate::delimited::{self, Records};
use crate::detect::{Format, Sniffed, sniff};
use crate::fault;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::{columnar, decode, moment, number, workbook};

/// Rows looked at to find the header and to show samples.
const SAMPLE_ROWS: usize = 40;
const COLUMN_LIMIT: usize = 2_000;
/// Columns that a rejects file adds; they are no data.
pub(crate) const ROW_COLUMN: &str = "_row";
/// The reason a row was rejected.
pub(crate) const REASON_COLUMN: &str = "_reason";

/// Whether to go on reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    Go,
    Stop,
}

/// A column of the table.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// Its header, unique within the table.
    pub(crate) header: String,
    /// Its place in a [`Record`].
    pub(crate) at: usize,
    /// The header as written, where it stands more than once.
    pub(crate) twin_of: Option<String>,
}

/// A file that can be read as a table.
#[derive(Debug)]
pub(crate) struct Table {
    path: PathBuf,
    pub(crate) format: Format,
    gzip: bool,
    pub(crate) encoding: Option<&'static Encoding>,
    pub(crate) separator: Option<u8>,
    pub(crate) sheets: Vec<String>,
    pub(crate) sheet: Option<String>,
    pub(crate) columns: Vec<Column>,
    header_row: u64,
    width: usize,
    pub(crate) samples: Vec<Record>,
    pub(crate) findings: Vec<Finding>,
}

impl Table {
    /// Finds out what the file is and where its header stands. `sheet` names one of a workbook; the first otherwise.
    pub(crate) fn open(path: &Path, sheet: Option<&str>) -> Result<Table, Refusal> {
        let Sniffed { format, gzip } = sniff(path)?;
        let mut table = Table {
            path: path.to_owned(),
            format,
            gzip,
            encoding: None,
            separator: None,
            sheets: Vec::new(),
            sheet: None,
            columns: Vec::new(),
            header_row: 0,
            width: 0,
            samples: Vec::new(),
            findings: Vec::new(),
        };
        match format {
            Format::Delimited => {
                let encoding = decode::encoding_of(path, gzip)?;
                table.encoding = Some(encoding);
                table.separator = Some(delimited::separator_of(path, gzip, encoding)?);
            }
            Format::Xlsx | Format::Xls => table.choose_sheet(sheet)?,
            Format::Parquet => {}
        }
        table.find_header()?;
        Ok(table)
    }

    fn choose_sheet(&mut self, wanted: Option<&str>) -> Result<(), Refusal> {
        self.sheets = workbook::sheets(&self.path, self.format == Format::Xls)?;
        let found = match wanted {
            Some(wanted) => self.sheets.iter().find(|sheet| sheet.trim() == wanted.trim()),
            None => self.sheets.first(),
        };
        self.sheet = found.cloned();
        match (&self.sheet, wanted) {
            (Some(_), _) => Ok(()),
            (None, Some(wanted)) => Err(Refusal::new(
                "unknown_sheet",
                Text::new(format!("没有工作表“{wanted}”"), format!("there is no sheet \"{wanted}\"")),
                Text::new(format!("工作表:{}", self.sheets.join("、")), format!("sheets: {}", self.sheets.join(", "))),
            )
            .of_file(&self.path)),
            (None, None) => Err(empty(&self.path)),
        }
    }

    /// Every row as it stands, the header and what is above it included.
    fn raw_rows(&self, visit: &mut dyn FnMut(&Record) -> Result<Flow, Refusal>) -> Result<(), Refusal> {
        let sheet = self.sheet.as_deref().unwrap_or_default();
        match self.format {
            Format::Xlsx => workbook::xlsx_rows(&self.path, sheet, visit),
            Format::Xls => workbook::xls_rows(&self.path, sheet, visit),
            Format::Parquet => columnar::rows(&self.path, visit),
            Format::Delimited => {
                let encoding = self.encoding.unwrap_or(encoding_rs::UTF_8);
                let mut records = Records::open(&self.path, self.gzip, encoding, self.separator.unwrap_or(b','))?;
                let mut record = Record::default();
                while records.next(&mut record)? {
                    if visit(&record)? == Flow::Stop {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    /// Every row of data: blank rows are left out, rows that do not fit the header carry a fault.
    pub(crate) fn rows(&self, visit: &mut dyn FnMut(&Record) -> Result<Flow, Refusal>) -> Result<(), Refusal> {
        let strict = self.format == Format::Delimited;
        self.raw_rows(&mut |record| {
            if record.row <= self.header_row || record.is_blank() || self.only_notes(record) {
                return Ok(Flow::Go);
            }
            if strict && record.fault.is_none() && !self.fits(record) {
                let mut faulty = record.clone();
                faulty.fault = Some(fault::wrong_field_count(record.len(), self.width));
                return visit(&faulty);
            }
            visit(record)
        })
    }

    /// Whether the row holds nothing but what a rejects file added.
    fn only_notes(&self, record: &Record) -> bool {
        record.fault.is_none()
            && self.columns.len() < self.width
            && self.columns.iter().all(|column| record.cell(column.at).is_empty() && record.mark(column.at).is_none())
            && (0..record.len().min(self.width)).any(|at| !record.cell(at).is_empty())
            && (self.width..record.len()).all(|at| record.cell(at).is_empty())
    }

    fn fits(&self, record: &Record) -> bool {
        record.len() == self.width
            || record.len() > self.width && (self.width..record.len()).all(|at| record.cell(at).is_empty())
    }

    fn find_header(&mut self) -> Result<(), Refusal> {
        let mut head: Vec<Record> = Vec::new();
        self.raw_rows(&mut |record| {
            if !record.is_blank() {
                head.push(record.clone());
            }
            Ok(if head.len() < SAMPLE_ROWS { Flow::Go } else { Flow::Stop })
        })?;
        let position = header_position(&head).ok_or_else(|| empty(&self.path))?;
        let header = head[position].clone();
        if self.format != Format::Parquet && looks_like_data(&header) {
            return Err(Refusal::from(fault::no_header()).of_file(&self.path));
        }
        self.samples = head.split_off(position + 1);
        self.header_row = header.row;
        self.name_columns(&header)
    }

    fn name_columns(&mut self, header: &Record) -> Result<(), Refusal> {
        self.width = header.len();
        let widest = self.samples.iter().filter(|row| row.fault.is_none()).map(Record::len).max().unwrap_or(0);
        let reach = if self.format == Format::Delimited { self.width } else { self.width.max(widest) };
        if reach > COLUMN_LIMIT {
            return Err(Refusal::new(
                "too_many_columns",
                Text::new(
                    format!("有 {reach} 列,上限 {COLUMN_LIMIT}"),
                    format!("{reach} columns; the limit is {COLUMN_LIMIT}"),
                ),
                Text::new("只导出需要的列", "export only the columns needed"),
            )
            .of_file(&self.path));
        }
        let mut taken: HashSet<String> = HashSet::new();
        for at in 0..reach {
            let written = header.cell(at).split_whitespace().collect::<Vec<_>>().join(" ");
            if written == ROW_COLUMN || written == REASON_COLUMN {
                continue;
            }
            if written.is_empty() {
                if self.samples.iter().any(|row| !row.cell(at).is_empty()) {
                    let header = unique(&format!("column_{}", at + 1), &mut taken);
                    self.columns.push(Column { header, at, twin_of: None });
                }
                continue;
            }
            let unique = unique(&written, &mut taken);
            let twin_of = (unique != written).then(|| written.clone());
            if twin_of.is_some() {
                self.findings.push(fault::duplicate_header(&written, &unique).without_row());
            }
            self.columns.push(Column { header: unique, at, twin_of });
        }
        if self.columns.is_empty() { Err(empty(&self.path)) } else { Ok(()) }
    }

    pub(crate) fn column(&self, header: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.header == header)
    }
}

fn empty(path: &Path) -> Refusal {
    Refusal::new(
        "empty_file",
        Text::new("没有任何内容", "there is nothing in it"),
        Text::new("确认导出成功,或换一张工作表", "check that the export succeeded, or choose another sheet"),
    )
    .of_file(path)
}

fn unique(header: &str, taken: &mut HashSet<String>) -> String {
    let mut name = header.to_owned();
    let mut count = 1;
    while !taken.insert(name.clone()) {
        count += 1;
        name = format!("{header} ({count})");
    }
    name
}

fn filled(record: &Record) -> usize {
    record.cells().filter(|cell| !cell.is_empty()).count()
}

/// The first row that is about as full as the table is wide: titles and remarks above it are passed over.
fn header_position(head: &[Record]) -> Option<usize> {
    let sound = |record: &&Record| record.fault.is_none();
    let most = head.iter().filter(sound).map(filled).max()?;
    head.iter().position(|record| record.fault.is_none() && filled(record) > 0 && filled(record) * 2 >= most)
}

/// Whether most cells of a would-be header are numbers or dates.
fn looks_like_data(header: &Record) -> bool {
    let cells: Vec<&str> = header.cells().filter(|cell| !cell.is_empty()).collect();
    let values = cells.iter().filter(|cell| number::decimal(cell).is_some() || moment::read(cell).is_some()).count();
    values * 2 > cells.len()
}
