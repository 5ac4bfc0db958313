//! Excel workbooks, row by row. What a workbook unpacks to is measured before anything reads it.
//!
//! Values are the ones last computed and saved; nothing is ever calculated here.

use std::fs::File;
use std::io::{BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{Data, DataRef, ExcelDateTime, Reader, SheetType, Xls, XlsOptions, Xlsx};
use vocab::Text;

use crate::legacy;
use crate::number;
use crate::record::{Mark, Record};
use crate::refusal::Refusal;
use crate::table::Flow;

const ENTRY_LIMIT: usize = 10_000;
/// All of a workbook, unpacked.
const UNPACKED_LIMIT: u64 = 3 * 1024 * 1024 * 1024;
/// The parts that are held in memory: everything but the sheets, which are streamed.
const HELD_LIMIT: u64 = 128 * 1024 * 1024;
/// Beyond this size an entry may not be more than `RATIO_LIMIT` times its packed size.
const RATIO_FREE: u64 = 64 * 1024 * 1024;
const RATIO_LIMIT: u64 = 200;
const COLUMN_LIMIT: u32 = 16_384;

type Visit<'a> = &'a mut dyn FnMut(&mut Record) -> Result<Flow, Refusal>;

/// Unpacks every entry of the archive into nothing and counts, since the sizes an archive declares may be lies.
pub(crate) fn check_archive(path: &Path) -> Result<(), Refusal> {
    let unreadable = |error: &dyn std::fmt::Display| Refusal::unreadable(path, "xlsx", error.to_string());
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| unreadable(&error))?;
    if archive.len() > ENTRY_LIMIT {
        return Err(bomb(path));
    }
    let is_workbook = archive.file_names().flatten().any(|name| name.eq_ignore_ascii_case("xl/workbook.xml"));
    if !is_workbook {
        return Err(Refusal::new(
            "not_a_workbook",
            Text::new("是压缩包，但不是 .xlsx 工作簿", "an archive, but not an .xlsx workbook"),
            Text::new("解压后导入，或另存为 .xlsx", "unpack it first, or save it as .xlsx"),
        )
        .of_file(path));
    }
    let mut total = 0;
    let mut held = 0;
    let mut sink = vec![0; 64 * 1024];
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| unreadable(&error))?;
        let packed = entry.compressed_size().max(1);
        let streamed = entry.name().is_ok_and(|name| name.to_ascii_lowercase().contains("worksheets/"));
        let mut size = 0;
        loop {
            let count = entry.read(&mut sink).map_err(|error| unreadable(&error))? as u64;
            if count == 0 {
                break;
            }
            size += count;
            total += count;
            held += if streamed { 0 } else { count };
            let inflated = size > RATIO_FREE && size / packed > RATIO_LIMIT;
            if total > UNPACKED_LIMIT || inflated {
                return Err(bomb(path));
            }
            if held > HELD_LIMIT {
                return Err(too_many_texts(path));
            }
        }
    }
    Ok(())
}

fn bomb(path: &Path) -> Refusal {
    Refusal::new(
        "archive_too_large",
        Text::new("工作簿解压后过大，可能是压缩炸弹", "the workbook unpacks to far too much: it may be a bomb"),
        Text::new("请导出为 CSV", "export it as CSV"),
    )
    .of_file(path)
}

/// The different texts of a workbook lie in one part, which must be held: the one thing in it that takes memory.
fn too_many_texts(path: &Path) -> Refusal {
    let limit = HELD_LIMIT / (1024 * 1024);
    Refusal::new(
        "workbook_too_large",
        Text::new(
            format!("工作簿中不同的文字超过 {limit} MB，无法边读边导入"),
            format!("the different texts of the workbook take more than {limit} MB and cannot be streamed"),
        ),
        Text::new("请导出为 CSV，CSV 不限大小", "export it as CSV, which may be of any size"),
    )
    .of_file(path)
}

/// Runs a foreign reader; if it panics on a damaged file, that is a file that cannot be read.
fn guarded<T>(path: &Path, what: &str, work: impl FnOnce() -> Result<T, String>) -> Result<T, Refusal> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| Refusal::unreadable(path, what, error)),
        Err(_) => Err(Refusal::unreadable(path, what, "damaged")),
    }
}

fn open_xlsx(path: &Path) -> Result<Xlsx<BufReader<File>>, Refusal> {
    guarded(path, "xlsx", || calamine::open_workbook::<Xlsx<_>, _>(path).map_err(|error| error.to_string()))
}

fn open_xls(path: &Path) -> Result<Xls<BufReader<File>>, Refusal> {
    legacy::check(path)?;
    guarded(path, "xls", || {
        let file = File::open(path).map_err(|error| error.to_string())?;
        Xls::new_with_options(BufReader::new(file), XlsOptions::default()).map_err(|error| error.to_string())
    })
}

fn sheet_names(sheets: &[calamine::Sheet]) -> Vec<String> {
    let tables = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    tables.map(|sheet| sheet.name.clone()).collect()
}

/// The sheets of a workbook, in its own order.
pub(crate) fn sheets(path: &Path, legacy: bool) -> Result<Vec<String>, Refusal> {
    if legacy {
        return open_xls(path).map(|book| sheet_names(book.sheets_metadata()));
    }
    check_archive(path)?;
    open_xlsx(path).map(|book| sheet_names(book.sheets_metadata()))
}

/// Every row of a sheet of an .xlsx, as it is unpacked.
pub(crate) fn xlsx_rows(path: &Path, sheet: &str, visit: Visit<'_>) -> Result<(), Refusal> {
    let mut book = open_xlsx(path)?;
    let mut cells = guarded(path, "xlsx", || book.worksheet_cells_reader(sheet).map_err(|error| error.to_string()))?;
    let mut record = Record::default();
    let mut current = None;
    loop {
        let next =
            guarded(path, "xlsx", || cells.next_cell_with_formula_metadata().map_err(|error| error.to_string()))?;
        let Some(cell) = next else { break };
        let (row, column) = cell.pos;
        if current != Some(row) {
            if current.is_some() && visit(&mut record)? == Flow::Stop {
                return Ok(());
            }
            record.clear(u64::from(row) + 1);
            current = Some(row);
        }
        if column >= COLUMN_LIMIT || (column as usize) < record.len() {
            continue;
        }
        while record.len() < column as usize {
            record.push("");
        }
        if cell.formula.is_some() && cell.value == DataRef::Empty {
            record.push("");
            record.mark_last(Mark::NoValue);
        } else {
            push_cell(&mut record, &cell.value);
        }
    }
    if current.is_some() {
        visit(&mut record)?;
    }
    Ok(())
}

/// Every row of a sheet of an .xls.
pub(crate) fn xls_rows(path: &Path, sheet: &str, visit: Visit<'_>) -> Result<(), Refusal> {
    let mut book = open_xls(path)?;
    let range = guarded(path, "xls", || book.worksheet_range(sheet).map_err(|error| error.to_string()))?;
    let Some((first_row, first_column)) = range.start() else { return Ok(()) };
    let mut record = Record::default();
    for (position, row) in range.rows().enumerate() {
        record.clear(u64::from(first_row) + position as u64 + 1);
        for _ in 0..first_column.min(COLUMN_LIMIT) {
            record.push("");
        }
        for cell in row {
            push_cell(&mut record, &borrowed(cell));
        }
        if visit(&mut record)? == Flow::Stop {
            break;
        }
    }
    Ok(())
}

fn borrowed(cell: &Data) -> DataRef<'_> {
    match cell {
        Data::Int(value) => DataRef::Int(*value),
        Data::Float(value) => DataRef::Float(*value),
        Data::String(value) => DataRef::SharedString(value),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(value) => DataRef::DateTime(*value),
        Data::DateTimeIso(value) => DataRef::DateTimeIso(value.clone()),
        Data::DurationIso(value) => DataRef::DurationIso(value.clone()),
        Data::Error(value) => DataRef::Error(value.clone()),
        Data::Empty => DataRef::Empty,
    }
}

fn push_cell(record: &mut Record, cell: &DataRef<'_>) {
    match cell {
        DataRef::Empty => record.push(""),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => record.push(text),
        DataRef::SharedString(text) => record.push(text),
        DataRef::Bool(true) => record.push("TRUE"),
        DataRef::Bool(false) => record.push("FALSE"),
        DataRef::Int(value) => record.push(&value.to_string()),
        DataRef::Float(value) => push_float(record, *value),
        DataRef::DateTime(value) => record.push(&written(value)),
        DataRef::Error(error) => {
            record.push(&error.to_string());
            record.mark_last(Mark::ErrorValue);
        }
    }
}

/// `123` for 123.0, `29.85` for 29.85; a number with more digits than a spreadsheet keeps is marked.
fn push_float(record: &mut Record, value: f64) {
    let text = value.to_string();
    record.push(number::canonical(&text));
    if value.abs() >= 1e15 {
        record.mark_last(Mark::DigitsLost);
    }
}

/// A date cell as `2025-03-08` or `2025-03-08 10:30:00[.123]`, a time of day or a duration as `10:30:00`.
fn written(value: &ExcelDateTime) -> String {
    if value.is_duration() || (0.0..1.0).contains(&value.as_f64()) {
        let seconds = (value.as_f64() * 86_400.0).round() as i64;
        return format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, milli) = value.to_ymd_hms_milli();
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        (_, _, _, 0) => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{milli:03}"),
    }
}
