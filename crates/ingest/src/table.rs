//! A file as a table: a header and rows, wherever they come from. It can be read as often as needed.
//!
//! Not here: what the columns mean (`guess`, `mapping`, `layout`).

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use encoding_rs::Encoding;
use vocab::{Finding, Text};

use crate::detect::Format;
use crate::fault;
use crate::leaf::Leaf;
use crate::packed::{self, Part};
use crate::record::Record;
use crate::refusal::Refusal;

pub(crate) const COLUMN_LIMIT: usize = 2_000;
/// Rows that go from the thread that reads to the one that takes them at once, and how often that many may wait.
const ROWS_PER_BLOCK: usize = 512;
const BYTES_PER_BLOCK: u64 = 256 * 1024;
const BLOCKS_AHEAD: usize = 4;
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
    /// What is read one after the other: several entries of an archive with one header, else one.
    leaves: Vec<Leaf>,
    pub(crate) sheets: Vec<String>,
    pub(crate) sheet: Option<String>,
    pub(crate) columns: Vec<Column>,
    width: usize,
    pub(crate) samples: Vec<Record>,
    pub(crate) findings: Vec<Finding>,
}

impl Table {
    /// Finds out what the file is and where its header stands. `sheet` names one of a workbook or an entry of an
    /// archive; without it the first that holds a table is taken, and entries with the same header are read with it.
    pub(crate) fn open(path: &Path, sheet: Option<&str>) -> Result<Table, Refusal> {
        let parts = packed::parts(path)?;
        let mut findings = Vec::new();
        let (leaves, entries) = match <[Part; 1]>::try_from(parts) {
            Ok([part]) => (vec![Leaf::open(part, sheet).map_err(|refusal| refusal.named(path))?], Vec::new()),
            Err(parts) => {
                let names: Vec<String> = parts.iter().map(|part| part.name.clone()).collect();
                (entries_of(path, parts, sheet, &mut findings)?, names)
            }
        };
        let lead = leaves.first().ok_or_else(|| empty(path))?;
        let is_one_file = entries.is_empty();
        let (sheets, chosen) = match is_one_file {
            true => (lead.sheets.clone(), lead.sheet.clone()),
            false => (entries, sheet.map(|_| lead.name().to_owned())),
        };
        if is_one_file && lead.sheets.len() > 1 {
            let taken = lead.sheet.clone().unwrap_or_default();
            let others: Vec<&str> = lead.sheets.iter().map(String::as_str).filter(|other| *other != taken).collect();
            findings.push(fault::other_tables(&taken, &others).without_row());
        }
        let names = lead.names.clone();
        let samples = lead.samples.clone();
        let mut table = Table {
            path: path.to_owned(),
            leaves,
            sheets,
            sheet: chosen,
            columns: Vec::new(),
            width: names.len(),
            samples,
            findings,
        };
        table.name_columns(&names)?;
        Ok(table)
    }

    /// What holds the table.
    pub(crate) fn format(&self) -> Format {
        self.leaves.first().map_or(Format::Delimited, |leaf| leaf.format)
    }

    /// A table that is no file: rows that are at hand, under headers that differ from each other. It cannot be read
    /// again.
    pub(crate) fn of_rows(headers: &[String], samples: &[Record]) -> Table {
        let column = |(at, header): (usize, &String)| Column { header: header.clone(), at, twin_of: None };
        Table {
            path: PathBuf::new(),
            leaves: Vec::new(),
            sheets: Vec::new(),
            sheet: None,
            columns: headers.iter().enumerate().map(column).collect(),
            width: headers.len(),
            samples: samples.iter().take(crate::leaf::SAMPLE_ROWS).cloned().collect(),
            findings: Vec::new(),
        }
    }

    pub(crate) fn encoding(&self) -> Option<&'static Encoding> {
        self.leaves.first().and_then(|leaf| leaf.encoding)
    }

    pub(crate) fn separator(&self) -> Option<u8> {
        self.leaves.first().and_then(|leaf| leaf.separator)
    }

    /// Every row of data: blank rows are left out, rows that do not fit the header carry a fault. Whoever is shown one may keep
    /// it and leave another in its place.
    pub(crate) fn rows(&self, visit: &mut dyn FnMut(&mut Record) -> Result<Flow, Refusal>) -> Result<(), Refusal> {
        let mut flow = Flow::Go;
        for leaf in &self.leaves {
            let strict = leaf.format == Format::Delimited;
            let part = (self.leaves.len() > 1).then(|| leaf.name());
            leaf.raw_rows(&mut |record| {
                if record.row <= leaf.header_row || record.is_blank() || self.only_notes(record) {
                    return Ok(Flow::Go);
                }
                if strict && record.fault.is_none() && !self.fits(record) {
                    record.fault = Some(fault::wrong_field_count(record.len(), self.width));
                }
                record.part = part.map(Box::from);
                flow = visit(record)?;
                Ok(flow)
            })?;
            if flow == Flow::Stop {
                break;
            }
        }
        Ok(())
    }

    /// The same as [`Table::rows`], read on a thread of its own while those before are taken.
    pub(crate) fn rows_ahead(&self, visit: &mut dyn FnMut(&Record) -> Result<Flow, Refusal>) -> Result<(), Refusal> {
        std::thread::scope(|scope| {
            let (blocks, read) = sync_channel::<Block>(BLOCKS_AHEAD);
            let (used, back) = channel::<Block>();
            let reader = scope.spawn(move || self.read_blocks(&blocks, &back));
            for mut block in read {
                for record in block.rows() {
                    if visit(record)? == Flow::Stop {
                        return Ok(());
                    }
                }
                (block.len, block.bytes) = (0, 0);
                // The reader may have come to its end.
                let _ = used.send(block);
            }
            reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Reads rows into blocks until nobody takes them any more.
    fn read_blocks(&self, blocks: &SyncSender<Block>, back: &Receiver<Block>) -> Result<(), Refusal> {
        let mut block = Block::default();
        self.rows(&mut |record| {
            block.put(record);
            if block.len < ROWS_PER_BLOCK && block.bytes < BYTES_PER_BLOCK {
                return Ok(Flow::Go);
            }
            let full = std::mem::replace(&mut block, back.try_recv().unwrap_or_default());
            Ok(if blocks.send(full).is_ok() { Flow::Go } else { Flow::Stop })
        })?;
        // Whoever took them may have stopped.
        let _ = blocks.send(block);
        Ok(())
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

    fn name_columns(&mut self, header: &[String]) -> Result<(), Refusal> {
        let widest = self.samples.iter().filter(|row| row.fault.is_none()).map(Record::len).max().unwrap_or(0);
        let reach = if self.format() == Format::Delimited { self.width } else { self.width.max(widest) };
        if reach > COLUMN_LIMIT {
            return Err(too_many_columns(&self.path, reach));
        }
        let mut taken: HashSet<String> = HashSet::new();
        for at in 0..reach {
            let written = header.get(at).cloned().unwrap_or_default();
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

/// Rows on their way from one thread to another, in memory that is used again.
#[derive(Default)]
struct Block {
    records: Vec<Record>,
    len: usize,
    bytes: u64,
}

impl Block {
    /// Keeps a row and leaves one that was taken in its place.
    fn put(&mut self, record: &mut Record) {
        self.bytes += record.size();
        match self.records.get_mut(self.len) {
            Some(own) => std::mem::swap(own, record),
            None => self.records.push(std::mem::take(record)),
        }
        self.len += 1;
    }

    fn rows(&self) -> &[Record] {
        &self.records[..self.len]
    }
}

pub(crate) fn too_many_columns(path: &Path, found: usize) -> Refusal {
    Refusal::new(
        "too_many_columns",
        Text::new(
            format!("有 {found} 列，上限 {COLUMN_LIMIT}"),
            format!("{found} columns; the limit is {COLUMN_LIMIT}"),
        ),
        Text::new("只导出需要的列", "export only the columns needed"),
    )
    .of_file(path)
}

pub(crate) fn empty(path: &Path) -> Refusal {
    Refusal::new(
        "empty_file",
        Text::new("没有任何内容", "there is nothing in it"),
        Text::new("确认导出成功，或换一张工作表", "check that the export succeeded, or choose another sheet"),
    )
    .of_file(path)
}

/// The entries of an archive that are read as one table: the one named, else the first table and those with its header.
/// What is left aside is told.
fn entries_of(
    path: &Path,
    parts: Vec<Part>,
    wanted: Option<&str>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Leaf>, Refusal> {
    if parts.is_empty() {
        return Err(empty(path));
    }
    if let Some(wanted) = wanted {
        let names: Vec<String> = parts.iter().map(|part| part.name.clone()).collect();
        let found = parts.into_iter().find(|part| part.name == wanted).ok_or_else(|| {
            Refusal::new(
                "unknown_sheet",
                Text::new(format!("压缩包里没有“{wanted}”"), format!("the archive has no entry \"{wanted}\"")),
                Text::new(format!("里面有：{}", names.join("、")), format!("it holds: {}", names.join(", "))),
            )
            .of_file(path)
        })?;
        return Ok(vec![Leaf::open(found, None).map_err(|refusal| refusal.named(path))?]);
    }
    let mut leaves: Vec<Leaf> = Vec::new();
    let mut others = Vec::new();
    let mut refused = None;
    for part in parts {
        let name = part.name.clone();
        match Leaf::open(part, None) {
            Ok(leaf) if leaves.first().is_none_or(|lead| lead.names == leaf.names && lead.format == leaf.format) => {
                leaves.push(leaf);
            }
            Ok(_) => others.push(name),
            Err(refusal) => {
                others.push(name);
                refused.get_or_insert(refusal);
            }
        }
    }
    let Some(lead) = leaves.first() else { return Err(refused.unwrap_or_else(|| empty(path)).named(path)) };
    if !others.is_empty() {
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        findings.push(fault::other_tables(lead.name(), &others).without_row());
    }
    Ok(leaves)
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
