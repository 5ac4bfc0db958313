//! Workbooks of Excel 97 to 2003, written here byte by byte.

use ingest::{Format, Plan, inspect};

use crate::firm::{Firm, counts};

enum Cell {
    Text(&'static str),
    Number(f64),
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn cell(row: u16, column: u16, cell: &Cell) -> Vec<u8> {
    let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
    match cell {
        Cell::Number(value) => record(0x0203, &[&place[..], &value.to_le_bytes()].concat()),
        Cell::Text(text) => {
            let length = text.encode_utf16().count() as u16;
            record(0x0204, &[&place[..], &length.to_le_bytes(), &[1], &utf16(text)].concat())
        }
    }
}

/// The stream `Workbook` with one sheet, 数据.
fn stream(cells: &[(u16, u16, Cell)]) -> Vec<u8> {
    let begin = |sort: u16| record(0x0809, &[&0x0600u16.to_le_bytes()[..], &sort.to_le_bytes(), &[0; 12]].concat());
    let end = record(0x000a, &[]);
    let page = record(0x0042, &1200u16.to_le_bytes());
    let sheet_at = |at: u32| record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 2, 1], &utf16("数据")].concat());
    let globals = [begin(5), page.clone(), sheet_at(0), end.clone()].concat();
    let mut stream = [begin(5), page, sheet_at(globals.len() as u32), end.clone(), begin(0x10)].concat();
    for (row, column, value) in cells {
        stream.extend(cell(*row, *column, value));
    }
    stream.extend(end);
    stream.resize(stream.len().next_multiple_of(512).max(4096), 0);
    stream
}

/// A compound file that holds nothing but the stream.
fn compound(stream: &[u8]) -> Vec<u8> {
    const END: u32 = 0xffff_fffe;
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    let count = stream.len() / 512;
    let mut header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    header.extend([0; 16]);
    header.extend([0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
    header.extend(words(&[0, 1, 1, 0, 4096, END, 0, END, 0, 0]));
    header.resize(512, 0xff);
    let mut chain = vec![0xffff_fffd, END];
    chain.extend((0..count as u32).map(|sector| if sector as usize + 1 == count { END } else { sector + 3 }));
    chain.resize(128, u32::MAX);
    let entry = |name: &str, sort: u8, start: u32, size: u32| {
        let mut entry = utf16(name);
        let length = entry.len() as u16 + 2;
        entry.resize(64, 0);
        entry.extend(length.to_le_bytes());
        entry.extend([sort, 1]);
        entry.extend([0xff; 12]);
        entry.resize(116, 0);
        entry.extend(words(&[start, size, 0]));
        entry
    };
    let mut directory = [entry("Root Entry", 5, END, 0), entry("Workbook", 2, 2, stream.len() as u32)].concat();
    directory.resize(512, 0);
    [header, words(&chain), directory, stream.to_vec()].concat()
}

#[test]
fn an_old_workbook_is_read_like_any_other() {
    let header = ["客户编号", "客户名称", "客户经理", "折扣"];
    let mut cells: Vec<(u16, u16, Cell)> =
        header.into_iter().enumerate().map(|(column, header)| (0, column as u16, Cell::Text(header))).collect();
    cells.extend([
        (1, 0, Cell::Number(1001.0)),
        (1, 1, Cell::Text("北京某某")),
        (1, 2, Cell::Text("张三")),
        (1, 3, Cell::Number(0.85)),
    ]);
    let mut firm = Firm::new();
    let path = firm.file("old.csv", compound(&stream(&cells)));
    let inspection = inspect(&path, &Plan::default()).unwrap();
    assert_eq!((inspection.format, inspection.sheets), (Format::Xls, vec!["数据".to_owned()]));
    assert_eq!(counts(&firm.import_file(&path, &Plan::default()).unwrap()), [1, 1, 0, 0]);
    assert!(firm.told().ends_with("name=北京某某 owner=张三 折扣=0.85"), "{}", firm.told());
    assert!(firm.told().starts_with("1001 |"));
}

#[test]
fn an_old_workbook_that_claims_impossible_cells_is_refused_before_its_grid_is_built() {
    let cells = [(0, 0, Cell::Text("客户编号")), (65_535, 65_535, Cell::Number(1.0))];
    let firm = Firm::new();
    let path = firm.file("far.xls", compound(&stream(&cells)));
    assert_eq!(inspect(&path, &Plan::default()).unwrap_err().code(), "impossible_workbook");
}
