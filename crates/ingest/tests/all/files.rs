//! Formats, encodings, headers and mappings.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, StringArray, TimestampMicrosecondArray};
use arrow::record_batch::RecordBatch;
use ingest::{DateOrder, Format, Mapping, Plan, TableKind, Use, inspect};
use vocab::Zone;

use crate::firm::{Firm, codes, counts, guessed};

const CHINESE: &str =
    "客户编号,客户名称,客户经理,签约额\nC1,北京某某科技有限公司,张三,1200.50\nC2,上海某某贸易有限公司,李四,300\n";

fn told_by(bytes: &[u8]) -> String {
    let mut firm = Firm::new();
    let path = firm.file("客户", bytes);
    firm.import_file(&path, &Plan::default()).unwrap();
    firm.told()
}

#[test]
fn one_table_in_five_encodings_gives_the_same_facts() {
    let expected = told_by(CHINESE.as_bytes());
    assert!(expected.contains("name=北京某某科技有限公司 owner=张三 签约额=1200.5"), "{expected}");
    assert_eq!(told_by(format!("\u{feff}{CHINESE}").as_bytes()), expected);
    assert_eq!(told_by(&encoding_rs::GB18030.encode(CHINESE).0), expected);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(CHINESE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(told_by(&utf16), expected);
    assert_eq!(told_by(CHINESE.replace(',', "\t").as_bytes()), expected);
    assert_eq!(told_by(CHINESE.replace(',', ";").replace('\n', "\r\n").as_bytes()), expected);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(CHINESE.as_bytes()).unwrap();
    assert_eq!(told_by(&packed.finish().unwrap()), expected);
}

#[test]
fn a_workbook_gives_the_facts_of_its_csv() {
    let firm = Firm::new();
    let path = firm.path("book.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("说明").unwrap().write(0, 0, "本表每月导出").unwrap();
    let sheet = book.add_worksheet().set_name("订单").unwrap();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm");
    sheet.write(0, 0, "2025年3月订单").unwrap();
    for (column, header) in ["订单号", "客户编号", "下单时间", "金额", "备注号"].into_iter().enumerate()
    {
        sheet.write(2, column as u16, header).unwrap();
    }
    sheet.write(3, 0, "A1").unwrap();
    sheet.write(3, 1, 17850.0).unwrap();
    sheet
        .write_datetime_with_format(
            3,
            2,
            rust_xlsxwriter::ExcelDateTime::parse_from_str("2025-03-08 10:30:00").unwrap(),
            &date,
        )
        .unwrap();
    sheet.write_formula(3, 3, rust_xlsxwriter::Formula::new("=1+2.5").set_result("3.5")).unwrap();
    sheet.write(3, 4, 29.85).unwrap();
    book.save(&path).unwrap();

    let inspection = inspect(&path, &Plan::default()).unwrap();
    assert_eq!((inspection.format, inspection.sheets.len()), (Format::Xlsx, 2));
    let mut firm = firm;
    let plan = Plan { sheet: Some("订单".into()), ..Plan::default() };
    assert_eq!(counts(&firm.import_file(&path, &plan).unwrap()), [1, 1, 0, 0]);
    assert_eq!(
        firm.told(),
        "17850 | Order Completed | 2025-03-08 10:30:00 | 3.5 | line_count=1 order_no=A1 备注号=29.85"
    );
    let csv = firm.import("订单号,客户编号,下单时间,金额,备注号\nA1,17850.0,2025-03-08 10:30,3.50,29.850\n");
    assert_eq!(counts(&csv), [1, 0, 1, 0], "the same order from a CSV");
}

#[test]
fn a_parquet_file_gives_the_facts_of_its_csv() {
    let mut firm = Firm::new();
    let path = firm.path("events.parquet");
    let at = Zone::default().parse("2025-03-08 10:30").unwrap().micros();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("customer_id", Arc::new(StringArray::from(vec![Some("C1"), None]))),
        ("event", Arc::new(StringArray::from(vec!["login", "login"]))),
        ("timestamp", Arc::new(TimestampMicrosecondArray::from(vec![at, at]).with_timezone("UTC"))),
        ("minutes", Arc::new(Float64Array::from(vec![Some(12.0), None]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let report = firm.import_file(&path, &Plan::default()).unwrap();
    assert_eq!((counts(&report), codes(&report)), ([2, 1, 0, 1], vec!["3 missing_value".to_owned()]));
    assert_eq!(firm.told(), "C1 | Logged In | 2025-03-08 10:30:00 |  | minutes=12");
}

#[test]
fn kind_and_columns_are_guessed_from_chinese_and_english_headers() {
    let firm = Firm::new();
    let kind = |header: &str, row: &str| {
        let path = firm.file("t.csv", format!("{header}\n{row}\n"));
        inspect(&path, &Plan::default()).unwrap().kind
    };
    for (header, row, expected) in [
        (
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
            "5,8,x,6,2010-12-01,2.5,17850,UK",
            TableKind::Orders,
        ),
        ("客户名称,下单时间,订单号,金额", "甲,2025-03-01,A1,5", TableKind::Orders),
        (
            "customerID,gender,tenure,Contract,PaymentMethod,MonthlyCharges,Churn",
            "7590,F,1,Month,Check,29.85,No",
            TableKind::Customers,
        ),
        ("客户编号,客户名称,负责人,手机号,行业", "C1,甲,张三,13800001111,软件", TableKind::Customers),
        (
            "account_id,account_name,industry,country,signup_date,plan_tier,seats",
            "A,B,C,US,2024-10-16,Basic,9",
            TableKind::Customers,
        ),
        ("客户名称,回款日期,回款金额", "甲,2025-03-01,500", TableKind::Payments),
        ("客户名称,合同编号,签订日期,合同到期日,合同金额", "甲,H1,2025-03-01,2026-03-01,500", TableKind::Contracts),
        (
            "subscription_id,account_id,start_date,end_date,plan_tier,seats,mrr_amount",
            "S,A,2023-12-23,2024-04-12,Pro,14,2786",
            TableKind::Contracts,
        ),
        ("ticket_id,account_id,submitted_at,closed_at,priority", "T,A,2023-07-27,2023-07-28,high", TableKind::Tickets),
        ("工单号,客户,创建时间,标题,优先级", "T,甲,2023-07-27,登录,高", TableKind::Tickets),
        ("客户编号,答题时间,NPS,意见", "C1,2025-03-01,9,好", TableKind::Surveys),
        ("userId,eventName,timestamp", "U1,login,2025-03-01", TableKind::Events),
        ("account_id,event_time,event_type_id,user_id,event_value", "0,2020-01-21 03:01:47,0,0,", TableKind::Events),
    ] {
        assert_eq!(kind(header, row), Some(expected), "{header}");
    }
}

#[test]
fn a_guess_can_be_said_otherwise() {
    let mut firm = Firm::new();
    let path = firm.file("t.csv", "客户,编号,日期,金额,备用\n甲,A1,2025-03-01,5,x\n");
    let mapping = [("编号".to_owned(), Some("order_no".to_owned())), ("备用".to_owned(), Some("-".to_owned()))];
    let plan =
        Plan { kind: Some(TableKind::Orders), mapping: mapping.into(), source: Some("erp".into()), ..Plan::default() };
    let mapping = guessed(&path, &plan).unwrap();
    assert_eq!(mapping.columns["备用"], Use::Ignored);
    firm.take(&path, &mapping, false).unwrap();
    assert_eq!(firm.told(), "甲 | Order Completed | 2025-03-01 | 5 | line_count=1 order_no=A1");
    let printed = Mapping::parse("m.toml", &mapping.print(), &Zone::utc()).unwrap();
    assert_eq!(printed, mapping);
    assert_eq!(counts(&firm.take(&path, &printed, false).unwrap()), [1, 0, 1, 0]);
}

#[test]
fn the_order_of_day_and_month_is_decided_for_the_whole_column() {
    let read = |cells: &[&str], order: Option<DateOrder>| {
        let mut firm = Firm::new();
        let rows: String = cells.iter().map(|cell| format!("C1,{cell},1\n")).collect();
        let path = firm.file("t.csv", format!("customer_id,order_date,amount\n{rows}"));
        let report = firm.import_file(&path, &Plan { date_order: order, ..Plan::default() }).unwrap();
        let mut days: Vec<String> =
            firm.stored().iter().map(|stored| Zone::default().date(stored.fact.occurred_at)).collect();
        days.extend(codes(&report));
        days.join(" ")
    };
    assert_eq!(read(&["3/8/2024", "25/12/2024"], None), "2024-08-03 2024-12-25");
    assert_eq!(read(&["3/8/2024", "12/25/2024"], None), "2024-03-08 2024-12-25");
    assert_eq!(read(&["3/8/2024", "4/8/2024"], None), "2024-03-08 2024-04-08 ambiguous_dates");
    assert_eq!(read(&["3/8/2024"], Some(DateOrder::DayFirst)), "2024-08-03");
    assert_eq!(
        read(&["3/8/2024", "25/12/2024", "26/12/2024", "12/27/2024"], None),
        "2024-08-03 2024-12-25 2024-12-26 mixed_dates 5 bad_date"
    );
}

#[test]
fn dates_in_eight_formats_of_one_column_are_all_read() {
    let mut firm = Firm::new();
    let report = firm.import(
        "客户编号,下单日期,金额\nC1,2025-03-08,1\nC1,2025/3/8,2\nC1,2025.3.8,3\nC1,20250308,4\nC1,2025年3月8日,5\n\
         C1,2025-03-08T00:00:00+08:00,6\nC1,45724,7\nC1,1741363200,8\nC1,\"Mar 8, 2025\",9\n",
    );
    assert_eq!(counts(&report), [9, 9, 0, 0]);
    assert!(
        firm.stored().iter().all(|stored| Zone::default().date_time(stored.fact.occurred_at) == "2025-03-08 00:00:00")
    );
}

#[test]
fn naive_times_are_read_in_the_zone_of_the_mapping() {
    let mut firm = Firm::new();
    let path = firm.file("t.csv", "customer_id,order_date,amount\nC1,2025-03-08,1\n");
    firm.import_file(&path, &Plan { zone: Zone::utc(), ..Plan::default() }).unwrap();
    assert_eq!(firm.stored()[0].fact.occurred_at.to_string(), "2025-03-08T00:00:00Z");
}
