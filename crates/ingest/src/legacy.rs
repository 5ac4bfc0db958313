//! A look at an .xls before anything builds its grid: a few bytes can claim a cell at row 65,535, column 65,535, and a
//! grid that holds it would not fit into memory.
//!
//! Only as much of the compound file (MS-CFB) and of BIFF8 is read as that question needs; what cannot be followed is
//! left to the real reader, which refuses it.

use std::io::Read;
use std::path::Path;

use vocab::Text;

use crate::refusal::Refusal;

/// The old format is read as a whole.
const FILE_LIMIT: u64 = 64 * 1024 * 1024;
/// Columns an .xls can have.
const COLUMN_LIMIT: u16 = 256;
const END: u32 = 0xffff_fffa;

/// Refuses a workbook whose cells lie outside what the format allows, or that is too large for the old format.
pub(crate) fn check(path: &Path) -> Result<(), Refusal> {
    let file = std::fs::File::open(path).map_err(|error| Refusal::unreadable(path, "xls", error))?;
    let mut bytes = Vec::new();
    file.take(FILE_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| Refusal::unreadable(path, "xls", error))?;
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(too_large(path));
    }
    let Some(stream) = workbook_stream(&bytes) else { return Ok(()) };
    match widest_column(&stream) {
        Some(column) if column >= COLUMN_LIMIT => Err(impossible(path)),
        _ => Ok(()),
    }
}

fn too_large(path: &Path) -> Refusal {
    let limit = FILE_LIMIT / (1024 * 1024);
    Refusal::new(
        "workbook_too_large",
        Text::new(format!(".xls 文件超过 {limit} MB"), format!("the .xls file has more than {limit} MB")),
        Text::new("请另存为 .xlsx 或 CSV", "save it as .xlsx or CSV"),
    )
    .of_file(path)
}

fn impossible(path: &Path) -> Refusal {
    Refusal::new(
        "impossible_workbook",
        Text::new("工作簿的单元格超出 .xls 的范围", "the workbook has cells outside what an .xls can hold"),
        Text::new("请另存为 .xlsx 或 CSV", "save it as .xlsx or CSV"),
    )
    .of_file(path)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The stream `Workbook` (or `Book`) of a compound file, if it is one and keeps to the rules.
fn workbook_stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let shift = u16_at(bytes, 30)?;
    if !matches!(shift, 9 | 12) {
        return None;
    }
    let size = 1usize << shift;
    let sector = |id: u32| bytes.get((id as usize + 1).checked_mul(size)?..).map(|rest| &rest[..rest.len().min(size)]);
    let most = bytes.len() / size + 1;

    let mut tables: Vec<u32> =
        (0..109).filter_map(|index| u32_at(bytes, 76 + index * 4)).filter(|id| *id < END).collect();
    let mut next = u32_at(bytes, 68)?;
    for _ in 0..most {
        let Some(list) = (next < END).then(|| sector(next)).flatten() else { break };
        let count = size / 4 - 1;
        tables.extend((0..count).filter_map(|index| u32_at(list, index * 4)).filter(|id| *id < END));
        next = u32_at(list, count * 4)?;
    }
    tables.truncate(most);
    let mut chain_of = Vec::new();
    for id in tables {
        let table = sector(id)?;
        chain_of
            .extend(table.chunks_exact(4).map(|entry| u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]])));
    }
    let follow = |start: u32| {
        let mut stream = Vec::new();
        let mut id = start;
        for _ in 0..most {
            let Some(part) = (id < END).then(|| sector(id)).flatten() else { break };
            stream.extend_from_slice(part);
            id = chain_of.get(id as usize).copied().unwrap_or(END);
        }
        stream
    };
    let directory = follow(u32_at(bytes, 48)?);
    directory.chunks_exact(128).find_map(|entry| {
        let length = usize::from(u16_at(entry, 64)?).saturating_sub(2).min(64);
        let name: Vec<u16> =
            entry[..length].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        let name = String::from_utf16(&name).ok()?;
        let is_book = name.eq_ignore_ascii_case("Workbook") || name.eq_ignore_ascii_case("Book");
        is_book.then(|| u32_at(entry, 116).map(follow)).flatten()
    })
}

/// The highest column that a cell record of the stream names.
fn widest_column(stream: &[u8]) -> Option<u16> {
    // BLANK, NUMBER, LABEL, BOOLERR, FORMULA, RK, LABELSST, RSTRING: row, column, …
    const ONE_CELL: [u16; 8] = [0x0201, 0x0203, 0x0204, 0x0205, 0x0006, 0x027e, 0x00fd, 0x00d6];
    // MULRK, MULBLANK: row, first column, …, last column.
    const MANY_CELLS: [u16; 2] = [0x00bd, 0x00be];
    let mut widest = None;
    let mut at = 0;
    while let (Some(record), Some(length)) = (u16_at(stream, at), u16_at(stream, at + 2)) {
        let data = stream.get(at + 4..at + 4 + usize::from(length))?;
        let column = if ONE_CELL.contains(&record) {
            u16_at(data, 2)
        } else if MANY_CELLS.contains(&record) {
            data.len().checked_sub(2).and_then(|last| u16_at(data, last))
        } else {
            None
        };
        widest = widest.max(column);
        at += 4 + usize::from(length);
    }
    widest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_beyond_the_last_column_is_seen() {
        let number = |column: u16| {
            let mut record = vec![0x03, 0x02, 14, 0];
            record.extend_from_slice(&7u16.to_le_bytes());
            record.extend_from_slice(&column.to_le_bytes());
            record.extend_from_slice(&[0; 10]);
            record
        };
        let stream = [number(3), number(65_535), number(4)].concat();
        assert_eq!(widest_column(&stream), Some(65_535));
        assert_eq!(widest_column(&[0x09, 0x08, 0, 0]), None);
    }

    #[test]
    fn what_is_no_compound_file_is_left_to_the_reader() {
        assert_eq!(workbook_stream(b"\xd0\xcf\x11\xe0 and nothing more"), None);
    }
}
