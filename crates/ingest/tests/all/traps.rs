//! The traps of real exports, one file each: what firms hand in when they say "a table".

use std::io::{Cursor, Write};

use ingest::{Plan, TableKind, inspect};

use crate::firm::{Firm, codes, counts};

const ORDERS: &str = "订单号,客户编号,下单时间,金额\nA1,007,2025-03-08,5\nA2,320102199001011234,2025-03-09,7.5\n";
const TOLD: &str = "007 | Order Completed | 2025-03-08 | 5 | line_count=1 order_no=A1\n\
                    320102199001011234 | Order Completed | 2025-03-09 | 7.5 | line_count=1 order_no=A2";

fn taken(name: &str, bytes: &[u8]) -> (Firm, [u64; 4], Vec<String>) {
    let mut firm = Firm::new();
    let path = firm.file(name, bytes);
    let report = firm.import_file(&path, &Plan::default()).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    let (counts, codes) = (counts(&report), codes(&report));
    (firm, counts, codes)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in entries {
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

fn json() -> (String, String) {
    let lines = "{\"order_id\":\"A1\",\"customer\":{\"id\":\"007\"},\"order_date\":\"2025-03-08\",\"amount\":5}\n\
                 {\"order_id\":\"A2\",\"customer\":{\"id\":320102199001011234},\"order_date\":\"2025-03-09\",\"amount\":7.50}\n";
    (lines.to_owned(), format!("[{}]", lines.trim_end().replace('\n', ",\n ")))
}

fn html() -> String {
    let rows = ORDERS.lines().map(|line| {
        let cells = line.split(',').map(|cell| format!("<td style='mso-number-format:\"\\@\"'>{cell}</td>"));
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    });
    format!(
        "<html><head><meta charset=\"utf-8\"></head><body><table>{}</table></body></html>",
        rows.collect::<String>()
    )
}

#[test]
fn the_same_orders_in_every_wrapping_give_the_same_facts() {
    let (lines, array) = json();
    let tabs = ORDERS.replace(',', "\t");
    for (name, bytes) in [
        ("orders.csv", ORDERS.as_bytes().to_vec()),
        ("orders.tsv", tabs.clone().into_bytes()),
        ("导出.xls", utf16(&tabs)),
        ("网页.xls", html().into_bytes()),
        ("orders.ndjson", lines.clone().into_bytes()),
        ("orders.json", array.clone().into_bytes()),
        ("orders.csv.gz", gzip(ORDERS.as_bytes())),
        ("orders.tsv.gz", gzip(tabs.as_bytes())),
        ("orders.ndjson.gz", gzip(lines.as_bytes())),
        ("orders.json.gz", gzip(array.as_bytes())),
        ("orders.zip", zip(&[("订单.csv", ORDERS.as_bytes())])),
        ("orders-json.zip", zip(&[("__MACOSX/._orders.json", b"x"), ("orders.json", array.as_bytes())])),
    ] {
        let (firm, counts, codes) = taken(name, &bytes);
        assert_eq!((counts, codes, firm.told()), ([2, 2, 0, 0], vec![], TOLD.to_owned()), "{name}");
    }
}

#[test]
fn the_months_of_an_archive_are_read_as_one_table_and_what_is_left_is_named() {
    let february = "订单号,客户编号,下单时间,金额\nB1,C1,2025-02-08,5\n";
    let march = "订单号,客户编号,下单时间,金额\nB2,C1,2025-03-08,x\n";
    let archive = zip(&[
        ("2025-02.csv", february.as_bytes()),
        ("2025-03.csv", march.as_bytes()),
        ("客户.csv", "客户编号,负责人\nC1,张三\n".as_bytes()),
    ]);
    let mut firm = Firm::new();
    let path = firm.file("两个月.zip", archive);
    let report = firm.import_file(&path, &Plan::default()).unwrap();
    assert_eq!((counts(&report), codes(&report)), ([2, 1, 0, 1], vec!["other_tables".into(), "2 bad_number".into()]));
    assert_eq!(report.findings[1].place.file.as_deref(), Some("2025-03.csv"), "the row is named with its file");
    let plan = Plan { sheet: Some("客户.csv".into()), ..Plan::default() };
    assert_eq!(counts(&firm.import_file(&path, &plan).unwrap()), [1, 1, 0, 0]);
    let missing = Plan { sheet: Some("无.csv".into()), ..Plan::default() };
    assert_eq!(inspect(&path, &missing).unwrap_err().code(), "unknown_sheet");
}

#[test]
fn a_workbook_is_read_from_its_first_sheet_with_a_table_and_the_others_are_named() {
    let mut firm = Firm::new();
    let path = firm.path("book.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("封面").unwrap().write(0, 0, "2025 年").unwrap();
    let sheet = book.add_worksheet().set_name("明细").unwrap();
    for (row, line) in ORDERS.lines().enumerate() {
        for (column, cell) in line.split(',').enumerate() {
            sheet.write(row as u32, column as u16, cell).unwrap();
        }
    }
    book.save(&path).unwrap();
    let report = firm.import_file(&path, &Plan::default()).unwrap();
    assert_eq!((counts(&report), codes(&report)), ([2, 2, 0, 0], vec!["other_tables".to_owned()]));
    let packed = firm.file("book.zip", zip(&[("book.xlsx", &std::fs::read(&path).unwrap())]));
    assert_eq!(counts(&firm.import_file(&packed, &Plan::default()).unwrap()), [2, 0, 2, 0], "also within an archive");
}

#[test]
fn a_header_of_two_merged_lines_is_one_header() {
    let mut firm = Firm::new();
    let path = firm.path("merged.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let plain = rust_xlsxwriter::Format::new();
    sheet.merge_range(0, 0, 0, 4, "2025 年销售汇总", &plain).unwrap();
    sheet.merge_range(1, 0, 2, 0, "客户编号", &plain).unwrap();
    sheet.merge_range(1, 1, 2, 1, "月份", &plain).unwrap();
    sheet.merge_range(1, 2, 1, 4, "区域", &plain).unwrap();
    for (column, header) in ["大区", "销售额", "订单数"].into_iter().enumerate() {
        sheet.write(2, 2 + column as u16, header).unwrap();
    }
    for (column, cell) in ["C1", "2025-03", "华东"].into_iter().enumerate() {
        sheet.write(3, column as u16, cell).unwrap();
    }
    sheet.write(3, 3, 1200.5).unwrap();
    sheet.write(3, 4, 3).unwrap();
    book.save(&path).unwrap();
    let inspection = inspect(&path, &Plan::default()).unwrap();
    let headers: Vec<&str> = inspection.columns.iter().map(|column| column.header.as_str()).collect();
    assert_eq!(headers, ["客户编号", "月份", "大区", "销售额", "订单数"]);
    assert_eq!(inspection.kind, Some(TableKind::Snapshot));
    assert_eq!(counts(&firm.import_file(&path, &Plan::default()).unwrap()), [1, 1, 0, 0]);
}

#[test]
fn rows_of_totals_are_named_and_left_out() {
    let text = "客户编号,下单时间,金额\nC1,2025-03-08,5\n小计,,5\nC2,2025-03-08,7\n合 计:,,12\n";
    let (_, counts, codes) = taken("t.csv", text.as_bytes());
    assert_eq!((counts, codes), ([4, 2, 0, 2], vec!["3 total_row".to_owned(), "5 total_row".to_owned()]));
}

#[test]
fn a_phone_that_a_spreadsheet_destroyed_is_flagged_and_never_a_key() {
    let text = "手机号,下单时间,金额\n1.38E+10,2025-03-08,5\n138****1234,2025-03-08,5\n1E+10,2025-03-08,5\n13800001111,2025-03-08,5\n";
    let (firm, found, codes) = taken("t.csv", text.as_bytes());
    assert_eq!(found, [4, 1, 0, 3]);
    assert_eq!(codes, ["2 damaged_key", "3 damaged_key", "4 damaged_key"]);
    assert!(firm.told().starts_with("phone:13800001111 |"));
    let customers = "客户编号,客户名称,手机号\nC1,甲,1.38E+10\nC2,乙,138****1234\n";
    let (_, counts, codes) = taken("t.csv", customers.as_bytes());
    assert_eq!((counts, codes), ([2, 2, 0, 0], vec!["2 damaged_phone".to_owned(), "3 damaged_phone".to_owned()]));
}

#[test]
fn leading_zeros_and_ids_of_eighteen_digits_are_kept_and_lost_digits_are_seen() {
    let mut firm = Firm::new();
    let path = firm.path("ids.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in ["客户编号", "下单时间", "金额"].into_iter().enumerate() {
        sheet.write(0, column as u16, header).unwrap();
    }
    for (row, id) in ["007", "320102199001011234"].into_iter().enumerate() {
        sheet.write(row as u32 + 1, 0, id).unwrap();
        sheet.write(row as u32 + 1, 1, 45_724).unwrap();
        sheet.write(row as u32 + 1, 2, 5).unwrap();
    }
    sheet.write(3, 0, 320_102_199_001_011_234.0).unwrap();
    sheet.write(3, 1, 45_724).unwrap();
    sheet.write(3, 2, 5).unwrap();
    book.save(&path).unwrap();
    let report = firm.import_file(&path, &Plan::default()).unwrap();
    assert_eq!((counts(&report), codes(&report)), ([3, 2, 0, 1], vec!["4 damaged_key".to_owned()]));
    assert_eq!(
        firm.told(),
        "007 | Order Completed | 2025-03-08 | 5 | line_count=1\n320102199001011234 | Order Completed | 2025-03-08 | 5 | line_count=1"
    );
}

#[test]
fn amounts_are_read_as_people_write_them() {
    let cells = ["\"¥1,234.50\"", "1.2万", "(500)", "（500）", "１２３．５", "500元", "\"￥１，２３４．５０\""];
    let rows: String =
        cells.iter().enumerate().map(|(day, cell)| format!("C1,2025-03-0{},{cell}\n", day + 1)).collect();
    let (firm, counts, _) = taken("t.csv", format!("客户编号,下单日期,金额(元)\n{rows}").as_bytes());
    assert_eq!(counts, [7, 7, 0, 0]);
    let values: Vec<String> = firm.stored().iter().map(|stored| stored.fact.value.unwrap().to_string()).collect();
    assert_eq!(values, ["1234.5", "12000", "-500", "-500", "123.5", "500", "1234.5"]);
}

#[test]
fn a_comma_that_parts_the_decimals_off_is_seen_in_the_whole_file() {
    let text = "customer_id;order_date;amount\nC1;2025-03-01;1.234,50\nC1;2025-03-02;12,5\nC1;2025-03-03;1.000\nC1;2025-03-04;7\n";
    let (firm, counts, _) = taken("t.csv", text.as_bytes());
    assert_eq!(counts, [4, 4, 0, 0]);
    let values: Vec<String> = firm.stored().iter().map(|stored| stored.fact.value.unwrap().to_string()).collect();
    assert_eq!(values, ["1234.5", "12.5", "1000", "7"]);
}

#[test]
fn what_is_rejected_can_be_mended_and_imported_again() {
    let mut firm = Firm::new();
    let text = "订单号,客户编号,下单时间,金额\nA1,C1,2025-03-08,5\nA2,C2,昨天,7\nA3,C3,2025-03-08,=1+1\n";
    assert_eq!(counts(&firm.import(text)), [3, 1, 0, 2]);
    let mended = firm.rejected().replace("昨天", "2025-03-09").replace("'=1+1", "2");
    assert!(mended.contains("_reason"));
    assert_eq!(counts(&firm.import(&mended)), [2, 2, 0, 0]);
    assert_eq!(firm.stored().len(), 3);
}

#[test]
fn totals_by_period_are_dated_by_its_end_and_corrected_by_a_later_table() {
    let mut firm = Firm::new();
    let text = "客户编号,客户名称,统计月份,登录次数,消费额,投诉数\nC1,甲公司,2025-03,31,¥1.2万,0\nC1,甲公司,2025年4月,12,8000,\nC2,乙公司,2025-05,5,x,1\nC2,乙公司,2025-06,5,1,1\n";
    let report = firm.import(text);
    assert_eq!(report.mapping.kind, TableKind::Snapshot);
    assert_eq!(
        (counts(&report), codes(&report)),
        ([4, 2, 0, 2], vec!["4 bad_number".into(), "5 period_not_over".into()])
    );
    let mut told: Vec<String> =
        firm.told().lines().filter(|line| !line.contains("Traits")).map(str::to_owned).collect();
    told.sort_by_key(|line| (line[..].split(" | ").nth(2).unwrap_or_default().to_owned(), line.clone()));
    assert_eq!(
        told,
        [
            "C1 | Complaints | 2025-03-31 23:59:59 | 0 | from=2025-03-01 header=投诉数 period=2025-03 to=2025-03-31",
            "C1 | Logins | 2025-03-31 23:59:59 | 31 | from=2025-03-01 header=登录次数 period=2025-03 to=2025-03-31",
            "C1 | Spend | 2025-03-31 23:59:59 | 12000 | from=2025-03-01 header=消费额 period=2025-03 to=2025-03-31",
            "C1 | Logins | 2025-04-30 23:59:59 | 12 | from=2025-04-01 header=登录次数 period=2025-04 to=2025-04-30",
            "C1 | Spend | 2025-04-30 23:59:59 | 8000 | from=2025-04-01 header=消费额 period=2025-04 to=2025-04-30",
        ]
    );
    assert_eq!(counts(&firm.import(text)), [4, 0, 2, 2], "the same table again adds nothing");
    let corrected = "客户编号,统计月份,登录次数\nC1,2025-04,15\n";
    assert_eq!(counts(&firm.import(corrected)), [1, 1, 0, 0]);
    let april: Vec<String> =
        firm.told().lines().filter(|line| line.contains("Logins | 2025-04")).map(str::to_owned).collect();
    assert_eq!(april.len(), 1, "the correction takes the place of what it corrects: {april:?}");
    assert!(april[0].contains("| 15 |"));
}

#[test]
fn a_column_for_each_period_is_told_as_a_row_for_each_would_be() {
    let mut wide = Firm::new();
    let text = "客户编号,客户名称,2025年3月登录次数,2025年3月销售额,2025年4月登录次数,2025年4月销售额,2025年6月登录次数,合计\n\
                C1,甲公司,31,¥1.2万,12,8000,3,45\nC2,乙公司,5,,x,1,,5\nC3,丙公司,,,7,0,,7\n";
    let report = wide.import(text);
    assert_eq!(report.mapping.kind, TableKind::Snapshot);
    let expected = vec!["2 period_not_over".into(), "3 bad_number".into()];
    assert_eq!((counts(&report), codes(&report)), ([3, 2, 0, 1], expected), "June is not over: it is left out");
    let mut long = Firm::new();
    long.import(
        "客户编号,客户名称,统计月份,登录次数,销售额\nC1,甲公司,2025-03,31,12000\nC1,甲公司,2025-04,12,8000\nC3,丙公司,2025-04,7,0\n",
    );
    let totals =
        |firm: &Firm| firm.told().lines().filter(|line| line.contains("period=")).collect::<Vec<_>>().join("\n");
    assert_eq!(totals(&wide), totals(&long));
    assert_eq!(counts(&wide.import(text)), [3, 0, 2, 1], "the same table again adds nothing");
    let later = "客户编号,2025-04 登录次数,2025-05 登录次数\nC1,15,20\n";
    assert_eq!(counts(&wide.import(later)), [1, 1, 0, 0]);
    let logins: Vec<String> = wide
        .told()
        .lines()
        .filter(|line| line.starts_with("C1 | Logins | 2025-0"))
        .map(|line| line[..44].to_owned())
        .collect();
    assert_eq!(logins.len(), 3, "April is corrected, May is new: {logins:?}");
    assert!(logins[1].contains("2025-04-30 23:59:59 | 15"), "{logins:?}");
}

#[test]
fn a_row_can_say_what_the_columns_of_periods_count() {
    let mut firm = Firm::new();
    let report = firm.import("客户,指标,2025/3/1,2025/4/1\n甲公司,登录次数,31,12\n甲公司,投诉数,0,2\n");
    assert_eq!((report.mapping.kind, counts(&report)), (TableKind::Snapshot, [2, 2, 0, 0]));
    let told = firm.told();
    for part in ["Logins | 2025-03-31 23:59:59 | 31", "Complaints | 2025-04-30 23:59:59 | 2"] {
        assert!(told.contains(part), "{told}");
    }
    let mut firm = Firm::new();
    firm.import("客户编号,月份,指标,数值\nC1,2025-03,登录次数,31\n");
    assert!(firm.told().contains("C1 | Logins | 2025-03-31 23:59:59 | 31"), "{}", firm.told());
}

#[test]
fn the_answer_of_an_interface_saved_as_a_file_gives_the_facts_of_its_rows() {
    let (lines, array) = json();
    let (plain, ..) = taken("t.json", lines.as_bytes());
    for wrapped in [
        format!("{{\"code\":0,\"msg\":\"ok\",\"data\":{array}}}"),
        format!("{{\"data\":{{\"list\":{array},\"total\":2}},\"errcode\":0}}"),
    ] {
        let (firm, counts, codes) = taken("t.json", wrapped.as_bytes());
        assert_eq!((counts, codes), ([2, 2, 0, 0], vec![]), "{wrapped}");
        assert_eq!(firm.told(), plain.told());
    }
}

#[test]
fn totals_without_a_period_are_of_the_day_they_were_observed() {
    let mut firm = Firm::new();
    let path = firm.file("t.csv", "客户编号,登录次数\nC1,31\n");
    let plan = |observed: Option<&str>| Plan {
        kind: Some(TableKind::Snapshot),
        observed_on: observed.map(|day| vocab::Zone::default().parse(day).unwrap()),
        ..Plan::default()
    };
    let blocking = inspect(&path, &plan(None)).unwrap().blocking;
    assert_eq!(blocking[0].code, "missing_field");
    firm.import_file(&path, &plan(Some("2025-03-31"))).unwrap();
    assert!(firm.told().starts_with("C1 | Logins | 2025-03-31 23:59:59 | 31 |"), "{}", firm.told());
}

#[test]
fn follow_ups_are_touches() {
    let (firm, counts, _) = taken(
        "跟进.csv",
        "客户名称,跟进时间,跟进方式,跟进内容,跟进人,下次跟进时间\n甲公司,2025-03-08 10:30,上门拜访,对续约有顾虑,张三,2025-03-20\n乙公司,2025-03-09 09:00,电话,未接通,李四,\n".as_bytes(),
    );
    assert_eq!(counts, [2, 2, 0, 0]);
    assert_eq!(
        firm.told(),
        "乙公司 | Call Logged | 2025-03-09 09:00:00 |  | channel=电话 staff=李四\n\
         甲公司 | Visit Logged | 2025-03-08 10:30:00 |  | channel=上门拜访 next_on=2025-03-20 staff=张三"
    );
    assert!(firm.stored().iter().all(|stored| stored.fact.kind == vocab::Kind::Touch));
}

#[test]
fn how_the_customer_stood_is_read_from_a_follow_up() {
    let (firm, counts, codes) = taken(
        "跟进.csv",
        "客户名称,跟进时间,跟进内容,客户态度\n甲,2025-03-08 10:30,聊过,想走\n乙,2025-03-08 11:30,聊过,还在犹豫\n\
         丙,2025-03-08 12:30,聊过,愿意续约\n丁,2025-03-08 13:30,聊过,说不清\n戊,2025-03-08 14:30,聊过,很忙\n"
            .as_bytes(),
    );
    assert_eq!(counts, [5, 5, 0, 0]);
    assert_eq!(codes, ["6 unread_value"], "a word that says none of them is told");
    let mut stood: Vec<(String, Option<String>, Option<f64>)> = firm
        .stored()
        .into_iter()
        .map(|stored| {
            let mood = stored.fact.properties.get("mood").cloned().flatten();
            (stored.fact.customer_id.unwrap().to_string(), mood, stored.fact.value.map(|value| value.to_f64()))
        })
        .collect();
    stood.sort_by(|a, b| a.0.cmp(&b.0));
    let told =
        |customer: &str, mood: Option<&str>, value: Option<f64>| (customer.to_owned(), mood.map(str::to_owned), value);
    let mut expected = vec![
        told("甲", Some("leave"), Some(-1.0)),
        told("乙", Some("unsure"), Some(0.0)),
        told("丙", Some("stay"), Some(1.0)),
        told("丁", Some("unclear"), None),
        told("戊", None, None),
    ];
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(stood, expected);
}

#[test]
fn one_row_of_a_ledger_becomes_facts_of_several_kinds() {
    let mut firm = Firm::new();
    let text = "客户名称,负责人,联系人,联系电话,合同编号,签订日期,合同到期日,合同金额,最近拜访日期,拜访情况,备注\n\
                甲公司,张三,王经理,13800001111,H1,2025-01-05,2026-01-04,12万,2025-05-20,反馈价格偏高,老客户\n\
                乙公司,李四,,,,,2025-12-31,,,,\n";
    let report = firm.import(text);
    assert_eq!((report.mapping.kind, counts(&report), codes(&report)), (TableKind::Ledger, [2, 2, 0, 0], vec![]));
    let told = firm.told();
    for expected in [
        "甲公司 | Contract Signed | 2025-01-05 | 120000 | amount=120000 contract_no=H1 end_on=2026-01-04",
        "甲公司 | Visit Logged | 2025-05-20 |  | staff=张三",
        "甲公司 | Contact Recorded | 2025-06-01 12:00:00 |  | name=王经理",
        "甲公司 | Traits Changed | 2025-06-01 12:00:00 |  | contact=王经理 name=甲公司 owner=张三 phone=13800001111 备注=老客户",
        "乙公司 | Contract Recorded | 2025-06-01 12:00:00 |  | end_on=2025-12-31",
    ] {
        assert!(told.lines().any(|line| line == expected), "{expected}\n---\n{told}");
    }
    assert_eq!(counts(&firm.import(text)), [2, 0, 2, 0], "the same ledger again adds nothing");
    let later = text.replace("王经理", "赵总").replace("2025-05-20", "2025-05-30");
    firm.now = firm.now.plus_days(1);
    assert_eq!(counts(&firm.import(&later)), [2, 1, 1, 0]);
    let told = firm.told();
    assert!(told.contains("Contact Left") && told.contains("Contact Joined") && told.contains("2025-05-30"), "{told}");
}

#[test]
fn a_ledger_row_that_cannot_be_read_whole_is_rejected_whole() {
    let mut firm = Firm::new();
    let text = "客户名称,负责人,联系人,合同编号,签订日期,合同到期日,合同金额,最近拜访日期\n甲公司,张三,王经理,H1,2025-01-05,2026-01-04,面议,2025-05-20\n";
    let report = firm.import(text);
    assert_eq!((counts(&report), codes(&report)), ([1, 0, 0, 1], vec!["2 bad_number".to_owned()]));
    assert!(firm.stored().is_empty());
}
