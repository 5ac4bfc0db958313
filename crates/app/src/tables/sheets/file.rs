//! The file that comes back: its rows and the cells that may be changed, by their headers in either language, and what they
//! said when the file left the house.
//!
//! An exported workbook carries a hidden sheet with what its cells said and when. A file made by hand has none, and neither
//! has one that was saved as CSV: then a cell is compared with what stands alone.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use ingest::Grid;
use vocab::Instant;

use crate::arriving::imports::refused;
use crate::error::Error;

/// The hidden sheet of a workbook that may come back.
pub(crate) const HIDDEN: &str = "liuke_back";
/// What the first row of the hidden sheet is called by; its second cell is the moment of the export.
pub(crate) const MOMENT: &str = "@";

const MOST_ROWS: usize = 100_000;

/// A column that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Column {
    /// The customer's id.
    Customer,
    /// The case's id.
    Case,
    /// The customer's owner.
    Owner,
    /// The customer's tags, all of them.
    Tags,
    /// Tags to be put on.
    AddTags,
    /// Tags to be taken off.
    RemoveTags,
    /// The day of the next contact.
    NextContact,
    /// How the case ends.
    Outcome,
    /// Why the customer left.
    Reason,
    /// What there is to say about the end of the case.
    Note,
}

/// Headers in lower case, those of our own exports first.
const HEADERS: [(Column, &[&str]); 10] = [
    (Column::Customer, &["客户编号", "customer id", "customer_id", "客户id", "会员编号", "学员编号", "经销商编号"]),
    (Column::Case, &["跟进单", "case", "case_id", "跟进单编号"]),
    (Column::Owner, &["负责人", "owner", "客户经理", "导购", "班主任"]),
    (Column::Tags, &["标签", "tags", "客户标签"]),
    (Column::AddTags, &["添加标签", "加标签", "add tags", "tags to add"]),
    (Column::RemoveTags, &["移除标签", "去标签", "remove tags", "tags to remove"]),
    (Column::NextContact, &["下次联系", "next contact", "next_contact", "下次联系日期", "next contact on"]),
    (Column::Outcome, &["结果", "outcome"]),
    (Column::Reason, &["流失原因", "why they left", "churn reason"]),
    (Column::Note, &["备注", "note"]),
];

/// Columns that say what is to change.
const CHANGEABLE: [Column; 6] =
    [Column::Owner, Column::Tags, Column::AddTags, Column::RemoveTags, Column::NextContact, Column::Outcome];

/// The Chinese headers that our own exports write over the columns that are understood, in the hidden sheet in either
/// language; the customer and the case come first.
pub(crate) fn headers() -> impl Iterator<Item = &'static str> {
    HEADERS.iter().map(|(_, names)| names[0])
}

/// Cells of a row, by column, without the blanks around them; a column that the file does not have is absent.
pub(crate) type Cells = BTreeMap<Column, String>;

/// A row of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number in the file, from 1.
    pub number: u64,
    /// What it says.
    pub cells: Cells,
    /// What it said when it left the house.
    pub exported: Option<Cells>,
}

impl Line {
    /// A cell; empty where the file does not have the column.
    pub(crate) fn cell(&self, column: Column) -> &str {
        self.cells.get(&column).map_or("", String::as_str)
    }

    /// What a cell said when the file left the house, where it says so.
    pub(crate) fn exported(&self, column: Column) -> Option<&str> {
        self.exported.as_ref()?.get(&column).map(String::as_str)
    }

    /// Whether somebody has written into a cell since the file left the house; in a file that does not say, whether
    /// anything stands in it.
    pub(crate) fn is_edited(&self, column: Column) -> bool {
        let Some(text) = self.cells.get(&column) else { return false };
        match self.exported(column) {
            Some(before) => before != text,
            None => !text.is_empty(),
        }
    }
}

/// A file that comes back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    /// When it left the house.
    pub exported_at: Option<Instant>,
    /// Its rows.
    pub lines: Vec<Line>,
}

/// Reads a file.
///
/// # Errors
/// A file that is no table; `no_id_column`, `nothing_to_change` where it lacks the columns, `too_many_rows`.
pub(crate) fn read(file: &Path) -> Result<Sheet, Error> {
    let first = Grid::open(file).map_err(refused)?;
    let grid = match of_headers(&first.headers()) {
        Ok(_) => first,
        Err(_) => {
            let others = first.parts().iter().filter(|part| *part != HIDDEN);
            let mut grids = others.filter_map(|part| Grid::open_part(file, Some(part)).ok());
            grids.find(|grid| of_headers(&grid.headers()).is_ok()).unwrap_or(first)
        }
    };
    let columns = of_headers(&grid.headers())?;
    let (exported_at, mut exported) = match grid.parts().iter().any(|part| part == HIDDEN) {
        true => hidden(file, columns.contains(&Some(Column::Case)))?,
        false => (None, HashMap::new()),
    };
    let mut lines: Vec<Line> = Vec::new();
    let mut broken: Option<u64> = None;
    grid.numbered_rows(&mut |number, row| match row {
        Ok(cells) => {
            let cells = taken(&columns, cells);
            let exported = exported.remove(&key(&cells));
            // One too many is told; more of them need not be held.
            if lines.len() <= MOST_ROWS {
                lines.push(Line { number, cells, exported });
            }
        }
        Err(_) => broken = broken.or(Some(number)),
    })
    .map_err(refused)?;
    if let Some(number) = broken {
        return Err(Error::bad(
            "bad_row",
            (
                &format!("第 {number} 行的列数与表头不符"),
                &format!("row {number} does not have as many cells as the header"),
            ),
            ("请改正这一行，或另存为 .xlsx 再上传", "mend this row, or save the file as .xlsx and upload it again"),
        ));
    }
    if lines.len() > MOST_ROWS {
        return Err(Error::bad(
            "too_many_rows",
            ("一次最多 100,000 行", "at most 100,000 rows at once"),
            ("请只留下改动过的行", "leave only the rows that you changed"),
        ));
    }
    Ok(Sheet { exported_at, lines })
}

/// By which a row is found in the hidden sheet.
fn key(cells: &Cells) -> (String, String) {
    let cell = |column: Column| cells.get(&column).cloned().unwrap_or_default();
    (cell(Column::Customer), cell(Column::Case))
}

fn taken(columns: &[Option<Column>], cells: &mut dyn Iterator<Item = &str>) -> Cells {
    let known = columns.iter().zip(cells).filter_map(|(column, cell)| Some(((*column)?, cell.trim().to_owned())));
    known.collect()
}

/// Which columns stand where; the first of a name counts.
fn of_headers(headers: &[String]) -> Result<Vec<Option<Column>>, Error> {
    let mut columns: Vec<Option<Column>> = Vec::with_capacity(headers.len());
    for header in headers {
        let name = header.trim().to_lowercase();
        let known = HEADERS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(column, _)| *column);
        columns.push(known.filter(|column| !columns.contains(&Some(*column))));
    }
    let has = |column: Column| columns.contains(&Some(column));
    if !has(Column::Customer) && !has(Column::Case) {
        return Err(Error::bad(
            "no_id_column",
            ("没有找到“客户编号”一列", "there is no column \"Customer id\""),
            (
                "表头保留“客户编号”（或“跟进单”），再加上要改的列：负责人、标签、下次联系、结果、流失原因",
                "keep the column Customer id (or Case), and add what is to change: Owner, Tags, Next contact, Outcome, \
                 Why they left",
            ),
        ));
    }
    if !CHANGEABLE.iter().any(|column| has(*column)) {
        return Err(Error::bad(
            "nothing_to_change",
            ("文件里没有可以回填的列", "the file has no column that can be changed"),
            (
                "可以回填：负责人、标签、添加标签、移除标签、下次联系、结果、流失原因、备注",
                "these can be changed: Owner, Tags, Add tags, Remove tags, Next contact, Outcome, Why they left, Note",
            ),
        ));
    }
    Ok(columns)
}

/// What rows said when the file left the house, by their customer and case.
type Exported = HashMap<(String, String), Cells>;

/// What the hidden sheet says: when the file left the house, and what each row said. Where the file has lost its column of
/// cases, the first row of a customer counts.
fn hidden(file: &Path, by_case: bool) -> Result<(Option<Instant>, Exported), Error> {
    let grid = Grid::open_part(file, Some(HIDDEN)).map_err(refused)?;
    let known = |header: &String| HEADERS.iter().find(|(_, names)| names[0] == header).map(|(column, _)| *column);
    let columns: Vec<Option<Column>> = grid.headers().iter().map(known).collect();
    let (mut exported_at, mut rows) = (None, Exported::new());
    grid.rows(&mut |row| {
        let Ok(cells) = row else { return };
        let cells = taken(&columns, cells);
        let (customer, case) = key(&cells);
        match customer == MOMENT {
            true => exported_at = Instant::parse_rfc3339(&case).ok(),
            false => {
                let case = if by_case { case } else { String::new() };
                rows.entry((customer, case)).or_insert(cells);
            }
        }
    })
    .map_err(refused)?;
    Ok((exported_at, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &[u8]) -> Result<Sheet, Error> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("back.csv");
        std::fs::write(&file, text).unwrap();
        read(&file)
    }

    const CHINESE: &str = "客户编号,客户名称,负责人,标签,下次联系\nC1,甲,王芳,\"重点,先谈\",2025-07-03\nC2,乙,,,\n";

    #[test]
    fn a_file_made_by_hand_is_read_by_its_headers_in_either_language_and_any_usual_encoding() {
        let sheet = of(CHINESE.as_bytes()).unwrap();
        assert_eq!((sheet.exported_at, sheet.lines.len()), (None, 2));
        let line = &sheet.lines[0];
        assert_eq!((line.number, line.cell(Column::Owner), line.cell(Column::Tags)), (2, "王芳", "重点,先谈"));
        assert!(
            line.is_edited(Column::Owner) && !sheet.lines[1].is_edited(Column::Owner),
            "an empty cell says nothing"
        );
        assert!(!line.is_edited(Column::Outcome), "a column that is not there says nothing");
        let marked = [b"\xEF\xBB\xBF".as_slice(), CHINESE.as_bytes()].concat();
        assert_eq!(of(&marked).unwrap(), sheet);
        let (chinese, _, _) = encoding_rs::GB18030.encode(CHINESE);
        assert_eq!(of(&chinese).unwrap(), sheet);
        let english = "Customer id,Next contact,Outcome,Why they left\nC1,2025-07-03,Churned,price\n";
        let line = of(english.as_bytes()).unwrap().lines.remove(0);
        assert_eq!((line.cell(Column::Outcome), line.cell(Column::Reason)), ("Churned", "price"));
    }

    #[test]
    fn a_file_without_the_columns_says_which_it_needs() {
        assert_eq!(of("名称,负责人\n甲,王芳\n".as_bytes()).unwrap_err().code(), "no_id_column");
        assert_eq!(of("客户编号,名称\nC1,甲\n".as_bytes()).unwrap_err().code(), "nothing_to_change");
    }
}
