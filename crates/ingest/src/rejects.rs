//! The rows that were not taken, as a file that can be mended and imported again.
//!
//! UTF-8 with a mark, so that a spreadsheet reads Chinese; the columns as they came, then `_row` and `_reason`, which
//! an import passes over. Nothing is written if nothing was rejected.

use std::io::Write;

use crate::fault::Fault;
use crate::number;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::table::{Column, REASON_COLUMN, ROW_COLUMN};

/// Writes rejected rows as they come.
pub(crate) struct Rejects<'a> {
    out: Option<csv::Writer<Box<dyn Write + 'a>>>,
    started: bool,
}

impl<'a> Rejects<'a> {
    pub(crate) fn new(out: Option<&'a mut (dyn Write + 'a)>) -> Self {
        Self { out: out.map(|out| csv::Writer::from_writer(Box::new(out) as Box<dyn Write + 'a>)), started: false }
    }

    pub(crate) fn write(&mut self, columns: &[Column], record: &Record, fault: &Fault) -> Result<(), Refusal> {
        let Some(out) = &mut self.out else { return Ok(()) };
        if !std::mem::replace(&mut self.started, true) {
            let headers = columns.iter().map(|column| column.header.as_str());
            let mut headers: Vec<String> = headers.chain([ROW_COLUMN, REASON_COLUMN]).map(str::to_owned).collect();
            headers[0].insert(0, '\u{feff}');
            out.write_record(&headers).map_err(Refusal::storage)?;
        }
        for column in columns {
            let cell = record.cell(column.at);
            let guarded = if is_formula(cell) { format!("'{cell}") } else { cell.replace('\0', "") };
            out.write_field(guarded).map_err(Refusal::storage)?;
        }
        out.write_field(record.row.to_string()).map_err(Refusal::storage)?;
        out.write_field(fault.reason()).map_err(Refusal::storage)?;
        out.write_record(None::<&[u8]>).map_err(Refusal::storage)
    }

    pub(crate) fn finish(mut self) -> Result<(), Refusal> {
        self.out.as_mut().map_or(Ok(()), |out| out.flush().map_err(Refusal::storage))
    }
}

/// Whether a spreadsheet would run the cell instead of showing it. An import takes the `'` off again.
fn is_formula(cell: &str) -> bool {
    match cell.as_bytes().first() {
        Some(b'=' | b'@') => true,
        Some(b'+' | b'-') => {
            number::decimal(cell).is_none()
                && !cell[1..].bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-'))
        }
        _ => false,
    }
}
