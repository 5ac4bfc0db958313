//! Files that are broken, wrong or meant to do harm: a clear refusal or rejected rows, never a panic.

use std::io::{Cursor, Write};

use ingest::{Plan, TableKind, inspect};

use crate::firm::{Firm, codes, counts, now};

/// The code with which a file is refused by a look at it, or else by an import of it as orders.
fn refusal(bytes: &[u8]) -> &'static str {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    match inspect(&path, &Plan { kind: Some(TableKind::Orders), ..Plan::default() }) {
        Err(refusal) => refusal.code(),
        Ok(inspection) => match inspection.blocking.first() {
            Some(finding) => finding.code,
            None => Firm::new()
                .take(&path, &inspection.mapping.unwrap(), false)
                .map_or_else(|refusal| refusal.code(), |_| "taken"),
        },
    }
}

const ORDERS: &str = "order_id,customer_id,order_date,amount\n";

#[test]
fn what_is_no_table_is_refused_by_name() {
    assert_eq!(refusal(b""), "empty_file");
    assert_eq!(refusal(b"\n\n , ,\n"), "empty_file");
    assert_eq!(refusal(&vec![b'x'; 3 << 20]), "record_too_long");
    assert_eq!(refusal(b"%PDF-1.4 ..."), "unsupported_format");
    assert_eq!(refusal(b"<html><table><tr><td>1</td></tr></table></html>"), "no_header");
    assert_eq!(refusal(b"<html><body>Not found</body></html>"), "empty_file");
    assert_eq!(refusal(b"{\"a\": 1}"), "missing_field");
    assert_eq!(refusal(b"1,2,3\n4,5,6\n"), "no_header");
    assert_eq!(refusal(b"a,b\n1,2\n"), "missing_field");
    assert_eq!(refusal(b"PK\x03\x04 and then nothing"), "unreadable_file");
    assert_eq!(refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and then nothing"), "unreadable_file");
    assert_eq!(refusal(b"PAR1 and then nothing PAR1"), "unreadable_file");
    assert_eq!(refusal(b"\x1f\x8b\x08\x00 broken"), "unreadable_file");
    let firm = Firm::new();
    assert_eq!(inspect(&firm.path("."), &Plan::default()).unwrap_err().code(), "not_a_file");
    assert_eq!(inspect(&firm.path("nowhere.csv"), &Plan::default()).unwrap_err().code(), "cannot_open");
}

#[test]
fn a_header_and_no_row_is_an_empty_month_not_an_error() {
    let mut firm = Firm::new();
    let report = firm.import(ORDERS);
    assert_eq!((counts(&report), codes(&report)), ([0, 0, 0, 0], vec!["no_rows".to_owned()]));
}

#[test]
fn a_gzip_cut_off_writes_nothing() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(ORDERS.as_bytes()).unwrap();
    for order in 0..50_000u32 {
        packed
            .write_all(format!("A{order},C{},2025-03-08,{}\n", order.wrapping_mul(2_654_435_761), order).as_bytes())
            .unwrap();
    }
    let packed = packed.finish().unwrap();
    assert_eq!(refusal(&packed[..packed.len() / 2]), "unreadable_file");
    assert_eq!(refusal(&packed), "taken");
}

#[test]
fn a_line_of_two_hundred_megabytes_costs_one_row_and_little_memory() {
    let mut firm = Firm::new();
    let path = firm.path("long.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    file.write_all(format!("{ORDERS}A1,C1,2025-03-08,5\nA2,C1,2025-03-08,").as_bytes()).unwrap();
    let chunk = vec![b'7'; 1 << 20];
    for _ in 0..200 {
        file.write_all(&chunk).unwrap();
    }
    file.write_all(b"\nA3,C1,2025-03-08,6\n").unwrap();
    drop(file);
    let report = firm.import_file(&path, &Plan::default()).unwrap();
    assert_eq!((counts(&report), codes(&report)), ([3, 2, 0, 1], vec!["3 record_too_long".to_owned()]));
}

#[test]
fn broken_rows_cost_only_themselves() {
    let mut firm = Firm::new();
    let report = firm.import(&format!(
        "{ORDERS}A1,C1,2025-03-08,5\nA2,C1,2025-03-08,\0\nA3,C1,2025-03-08\nA4,C1,2025-03-08,5,6\n\nA5,C1,2025-03-08,#REF!\nA6,\"C1,2025-03-08,5\nA7,C1,2025-03-08,7\n"
    ));
    assert_eq!(counts(&report), [7, 2, 0, 5]);
    assert_eq!(
        codes(&report),
        ["3 nul_byte", "4 wrong_field_count", "5 wrong_field_count", "7 bad_number", "8 unclosed_quote"]
    );
}

#[test]
fn a_header_that_stands_twice_is_a_question_only_where_it_matters() {
    assert_eq!(refusal(b"order_id,customer_id,order_date,amount,amount\nA1,C1,2025-03-08,5,6\n"), "ambiguous_header");
    let mut firm = Firm::new();
    let report = firm.import("order_id,customer_id,order_date,amount,extra,extra\nA1,C1,2025-03-08,5,x,y\n");
    assert_eq!((counts(&report), codes(&report)), ([1, 1, 0, 0], vec!["duplicate_header".to_owned()]));
    let told = firm.told();
    assert!(told.contains("extra (2)=y"), "{told}");
    let path = firm.file("twice.csv", "order_id,customer_id,order_date,amount,amount\nA9,C1,2025-03-08,5,6\n");
    let mapping = [("amount (2)".to_owned(), Some("amount".to_owned()))];
    let report = firm.import_file(&path, &Plan { mapping: mapping.into(), ..Plan::default() }).unwrap();
    assert_eq!(report.mapping.header_of("amount"), Some("amount (2)"));
}

#[test]
fn wrong_columns_are_named_with_the_nearest_right_one() {
    let mut firm = Firm::new();
    let path = firm.file("t.csv", format!("{ORDERS}A1,C1,2025-03-08,5\n"));
    let mapping = inspect(&path, &Plan::default()).unwrap().mapping.unwrap();
    let other = firm.file("u.csv", "order_id,customer_id,order_date,amounts\nA1,C1,2025-03-08,5\n");
    let refusal = firm.take(&other, &mapping, false).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "u.csv column \"amount\": the file has no column \"amount\", which the mapping names (did you mean \"amounts\"?)"
    );
    assert!(firm.stored().is_empty());
}

fn zip_of(entries: &[(&str, usize)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let zeros = vec![b' '; 1 << 20];
    for (name, mebibytes) in entries {
        archive.start_file(*name, options).unwrap();
        for _ in 0..*mebibytes {
            archive.write_all(&zeros).unwrap();
        }
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_is_opened() {
    let bomb = zip_of(&[("xl/workbook.xml", 0), ("xl/worksheets/sheet1.xml", 400)]);
    assert!(bomb.len() < 2 << 20);
    assert_eq!(refusal(&bomb), "archive_too_large");
    assert_eq!(refusal(&zip_of(&[("xl/workbook.xml", 0), ("xl/sharedStrings.xml", 300)])), "archive_too_large");
    assert_eq!(refusal(&zip_of(&[("readme.txt", 0)])), "empty_file");
    assert_eq!(refusal(&zip_of(&[("orders.csv", 400)])), "archive_too_large");
    assert_eq!(refusal(&zip_of(&[("xl/workbook.xml", 0)])), "unreadable_file");
}

/// The smallest workbook whose only sheet has these cells.
fn workbook(rows: &str) -> Vec<u8> {
    let parts = [
        ("[Content_Types].xml", r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#.to_owned()),
        ("_rels/.rels", r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#.to_owned()),
        ("xl/_rels/workbook.xml.rels", r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#.to_owned()),
        ("xl/workbook.xml", r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#.to_owned()),
        ("xl/worksheets/sheet1.xml", format!(r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#)),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn header_row() -> String {
    let cells: String = ["order_id", "customer_id", "order_date", "amount", "note"]
        .iter()
        .enumerate()
        .map(|(column, header)| {
            format!(r#"<c r="{}1" t="inlineStr"><is><t>{header}</t></is></c>"#, (b'A' + column as u8) as char)
        })
        .collect();
    format!(r#"<row r="1">{cells}</row>"#)
}

#[test]
fn a_formula_counts_by_its_saved_result_or_not_at_all() {
    let text = |at: &str, text: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let row = |row: u32, amount: &str, note: &str| {
        let fixed = [
            text(&format!("A{row}"), &format!("N{row}")),
            text(&format!("B{row}"), "C1"),
            text(&format!("C{row}"), "2025-03-08"),
        ]
        .concat();
        format!(r#"<row r="{row}">{fixed}{amount}{note}</row>"#)
    };
    let rows = [
        header_row(),
        row(2, r#"<c r="D2"><f>1+1</f><v>2</v></c>"#, ""),
        row(3, r#"<c r="D3"><f>1+1</f></c>"#, ""),
        row(4, r#"<c r="D4" t="e"><f>1/0</f><v>#DIV/0!</v></c>"#, ""),
        row(5, r#"<c r="D5"><v>5</v></c>"#, r#"<c r="E5"><f>A1</f></c>"#),
        row(6, r#"<c r="D6"><f t="shared" si="4000000000" ref="D6:D9">1</f><v>6</v></c>"#, ""),
        // A row as far away as a sheet reaches costs nothing.
        r#"<row r="1048576"><c r="A1048576"><v>1</v></c></row>"#.to_owned(),
    ];
    let mut firm = Firm::new();
    let path = firm.file("formulas.xlsx", workbook(&rows.concat()));
    let report = firm.import_file(&path, &Plan::default()).unwrap();
    assert_eq!(
        codes(&report),
        ["3 formula_without_value", "4 error_cell", "5 formula_without_value", "1048576 missing_value"]
    );
    assert_eq!(counts(&report), [6, 3, 0, 3]);
    let far = [header_row(), r#"<row r="2"><c r="XFD2"><v>1</v></c></row>"#.to_owned()];
    assert_eq!(refusal(&workbook(&far.concat())), "too_many_columns");
}

#[test]
fn every_cut_of_a_workbook_is_refused_or_read() {
    let whole = workbook(&header_row());
    for length in (0..whole.len()).step_by(7) {
        let code = refusal(&whole[..length]);
        assert!(
            [
                "empty_file",
                "unreadable_file",
                "not_text",
                "missing_field",
                "unsupported_format",
                "no_header",
                "not_a_workbook"
            ]
            .contains(&code),
            "{length}: {code}"
        );
    }
}

#[test]
fn noise_of_any_kind_never_panics() {
    let mut state = 7u64;
    let mut byte = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    let heads: [&[u8]; 7] = [
        b"",
        b"PK\x03\x04",
        b"PAR1",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x1f\x8b\x08\x00",
        b"\xff\xfe",
        ORDERS.as_bytes(),
    ];
    for round in 0..140 {
        let mut bytes = heads[round % heads.len()].to_vec();
        let length = usize::from(byte()) * 8;
        bytes.extend(std::iter::repeat_with(&mut byte).take(length));
        refusal(&bytes);
    }
}

#[test]
fn amounts_that_no_record_can_hold_are_rejected() {
    let mut firm = Firm::new();
    let report = firm.import(&format!("{ORDERS}A1,C1,2025-03-08,9999999999999\nA2,C1,2025-03-08,9999999999999999999999999\nA3,C1,2025-03-08,9000000000000\nA3,C1,2025-03-08,9000000000000\n"));
    assert_eq!(codes(&report), ["2 number_out_of_range", "3 bad_number", "5 number_out_of_range"]);
    assert!(firm.stored().iter().all(|stored| stored.fact.occurred_at < now()));
}
