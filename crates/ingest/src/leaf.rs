//! One table as it lies in a file: a text, a sheet, a Parquet file, an entry of an archive. Its rows as they stand, the
//! header and what is above it included.

use encoding_rs::Encoding;
use vocab::Text;

use crate::decode;
use crate::delimited::{self, Records};
use crate::detect::{Format, sniff};
use crate::header::{self, Header};
use crate::json::{self, Keys};
use crate::packed::Part;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::table::{Flow, empty};
use crate::{columnar, fault, html, workbook};

/// Rows looked at to find the header and to show samples.
pub(crate) const SAMPLE_ROWS: usize = 40;
/// Sheets tried until one holds a table.
const SHEETS_TRIED: usize = 8;

/// One table that can be read again and again.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    part: Part,
    pub(crate) format: Format,
    pub(crate) encoding: Option<&'static Encoding>,
    pub(crate) separator: Option<u8>,
    pub(crate) sheets: Vec<String>,
    pub(crate) sheet: Option<String>,
    keys: Keys,
    pub(crate) names: Vec<String>,
    /// The last row of the header.
    pub(crate) header_row: u64,
    pub(crate) samples: Vec<Record>,
}

impl Leaf {
    /// Finds out what a part is and where its header stands. `sheet` names one of a workbook; without it the first that
    /// holds a table is taken.
    pub(crate) fn open(part: Part, sheet: Option<&str>) -> Result<Leaf, Refusal> {
        let format = sniff(&part)?;
        let needs_disk = matches!(format, Format::Xlsx | Format::Xls | Format::Parquet);
        let part = if needs_disk { part.on_disk()? } else { part };
        let mut leaf = Leaf {
            part,
            format,
            encoding: None,
            separator: None,
            sheets: Vec::new(),
            sheet: None,
            keys: Keys::default(),
            names: Vec::new(),
            header_row: 0,
            samples: Vec::new(),
        };
        match format {
            Format::Delimited => {
                let encoding = decode::encoding_of(&leaf.part)?;
                leaf.encoding = Some(encoding);
                leaf.separator = Some(delimited::separator_of(&leaf.part, encoding)?);
            }
            Format::Html => leaf.encoding = Some(decode::encoding_of(&leaf.part)?),
            Format::Json => {
                let encoding = decode::encoding_of(&leaf.part)?;
                leaf.encoding = Some(encoding);
                leaf.keys = Keys::of(&leaf.part, encoding)?;
            }
            Format::Xlsx | Format::Xls => return leaf.with_sheet(sheet),
            Format::Parquet => {}
        }
        leaf.find_header()?;
        Ok(leaf)
    }

    /// Name of the archive's entry; empty for a file.
    pub(crate) fn name(&self) -> &str {
        &self.part.name
    }

    fn with_sheet(mut self, wanted: Option<&str>) -> Result<Leaf, Refusal> {
        self.sheets = workbook::sheets(&self.part.path, self.format == Format::Xls)?;
        if let Some(wanted) = wanted {
            let found = self.sheets.iter().find(|sheet| sheet.trim() == wanted.trim()).cloned();
            self.sheet = Some(found.ok_or_else(|| unknown_sheet(&self.part, wanted, &self.sheets))?);
            self.find_header()?;
            return Ok(self);
        }
        let mut first: Option<Result<Leaf, Refusal>> = None;
        for sheet in self.sheets.iter().take(SHEETS_TRIED) {
            let mut tried = self.clone();
            tried.sheet = Some(sheet.clone());
            let found = tried.find_header();
            if found.is_ok() && !tried.samples.is_empty() && tried.names.len() > 1 {
                return Ok(tried);
            }
            first.get_or_insert(found.map(|()| tried));
        }
        first.unwrap_or_else(|| Err(empty(&self.part.path)))
    }

    /// Every row as it stands; whoever is shown one may keep it and leave another in its place.
    pub(crate) fn raw_rows(&self, visit: &mut dyn FnMut(&mut Record) -> Result<Flow, Refusal>) -> Result<(), Refusal> {
        let sheet = self.sheet.as_deref().unwrap_or_default();
        let encoding = self.encoding.unwrap_or(encoding_rs::UTF_8);
        match self.format {
            Format::Xlsx => workbook::xlsx_rows(&self.part.path, sheet, visit),
            Format::Xls => workbook::xls_rows(&self.part.path, sheet, visit),
            Format::Parquet => columnar::rows(&self.part.path, visit),
            Format::Json => json::rows(&self.part, encoding, &self.keys, visit),
            Format::Html => html::rows(&self.part, encoding, visit),
            Format::Delimited => {
                let mut records = Records::open(&self.part, encoding, self.separator.unwrap_or(b','))?;
                let mut record = Record::default();
                while records.next(&mut record)? {
                    if visit(&mut record)? == Flow::Stop {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    fn find_header(&mut self) -> Result<(), Refusal> {
        let mut head: Vec<Record> = Vec::new();
        self.raw_rows(&mut |record| {
            if !record.is_blank() {
                head.push(record.clone());
            }
            Ok(if head.len() < SAMPLE_ROWS { Flow::Go } else { Flow::Stop })
        })?;
        let names_itself = matches!(self.format, Format::Parquet | Format::Json);
        let header = match names_itself {
            true => head
                .first()
                .map(|first| Header { names: (0..first.len()).map(|at| first.cell(at).to_owned()).collect(), last: 0 }),
            false => header::of(&head),
        };
        let is_unnamed = header.as_ref().is_none_or(|header| header.names.iter().all(String::is_empty));
        let unread = head.first().and_then(|first| Some((first.row, first.fault.clone()?)));
        if let (true, Some((row, fault))) = (is_unnamed, unread) {
            return Err(Refusal::of(vec![fault.at_row(row)]).of_file(&self.part.path));
        }
        let header = header.ok_or_else(|| empty(&self.part.path))?;
        if !names_itself && header::looks_like_data(&header.names) {
            return Err(Refusal::from(fault::no_header()).of_file(&self.part.path));
        }
        self.samples = head.split_off(header.last + 1);
        self.header_row = head[header.last].row;
        self.names = header.names;
        Ok(())
    }
}

fn unknown_sheet(part: &Part, wanted: &str, sheets: &[String]) -> Refusal {
    Refusal::new(
        "unknown_sheet",
        Text::new(format!("没有工作表“{wanted}”"), format!("there is no sheet \"{wanted}\"")),
        Text::new(format!("工作表：{}", sheets.join("、")), format!("sheets: {}", sheets.join(", "))),
    )
    .of_file(&part.path)
}
