//! Public data as real firms export it. Skipped, aloud, where `LIUKE_DATA` is absent.

use std::path::PathBuf;
use std::time::Instant as Clock;

use ingest::{Plan, TableKind};
use vocab::AsOf;

use crate::firm::{Firm, counts, guessed};

fn data(file: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LIUKE_DATA").map(PathBuf::from);
    let root = root.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let path = root.join(file);
    if !path.is_file() {
        println!("skipped: {file} is not there (LIUKE_DATA)");
        return None;
    }
    Some(path)
}

#[test]
fn a_year_of_a_shop_becomes_its_orders_once() {
    let Some(path) = data("online_retail/online_retail_to_2011-08.csv.gz") else { return };
    let mut firm = Firm::new();
    let mapping = guessed(&path, &Plan::default()).unwrap();
    assert_eq!(mapping.kind, TableKind::Orders);
    let dry = firm.take(&path, &mapping, true).unwrap();
    let start = Clock::now();
    let report = firm.take(&path, &mapping, false).unwrap();
    println!("imported in {:?}", start.elapsed());
    // 88,652 lines without customer; every other line has numbers that can be read.
    assert_eq!(counts(&report), [320_705, 232_053, 0, 88_652]);
    assert_eq!(report.finding_counts["missing_value"], 88_652);
    assert_eq!((report.rows, report.facts, report.earliest_changed), (dry.rows, dry.facts, dry.earliest_changed));
    assert_eq!(report.facts, 13_842);

    let again = firm.take(&path, &mapping, false).unwrap();
    println!("twice in {:?}", start.elapsed());
    assert_eq!((counts(&again), again.facts, again.earliest_changed), ([320_705, 0, 232_053, 88_652], 0, None));

    let stored = firm.stored();
    let cancelled = stored.iter().filter(|fact| fact.fact.name == "Order Cancelled").count();
    println!("{cancelled} cancelled of {}", stored.len());
    assert_eq!(stored.len(), 13_842);
    let lines: u64 =
        stored.iter().filter_map(|fact| fact.fact.properties["line_count"].as_deref()?.parse::<u64>().ok()).sum();
    assert_eq!(lines, 232_053, "equal lines are real");
    let negative = stored.iter().filter(|fact| fact.fact.value.is_some_and(|value| value.millionths() < 0)).count();
    assert_eq!(negative, cancelled);
    assert!(AsOf(firm.now).instant() > stored[0].fact.occurred_at);
}

/// The telco table in Chinese words, so that its encoding matters.
fn in_chinese(text: &str) -> String {
    text.replacen("gender", "性别", 1).replace("Female", "女").replace("Male", "男").replace("Month-to-month", "按月")
}

fn save_as_workbook(text: &str, path: &std::path::Path) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in text.lines().enumerate() {
        for (column, cell) in line.split(',').enumerate() {
            let (row, column) = (row as u32, column as u16);
            let number = cell.parse::<f64>().ok().filter(|_| row > 0);
            match number {
                Some(number) => sheet.write(row, column, number).unwrap(),
                None => sheet.write(row, column, cell).unwrap(),
            };
        }
    }
    book.save(path).unwrap();
}

#[test]
fn a_customer_table_is_the_same_in_three_formats() {
    let Some(path) = data("telco/Telco-Customer-Churn.csv") else { return };
    let text = in_chinese(&std::fs::read_to_string(&path).unwrap());
    let told = |write: &dyn Fn(&std::path::Path)| {
        let mut firm = Firm::new();
        let path = firm.path("copy");
        write(&path);
        let report = firm.import_file(&path, &Plan::default()).unwrap();
        assert_eq!(report.mapping.kind, TableKind::Customers);
        assert_eq!(counts(&report), [7043, 7043, 0, 0]);
        assert_eq!(counts(&firm.import_file(&path, &Plan::default()).unwrap()), [7043, 0, 7043, 0]);
        firm.stored().into_iter().map(|stored| stored.fact).collect::<Vec<_>>()
    };
    let utf8 = told(&|path| std::fs::write(path, &text).unwrap());
    let gb18030 = told(&|path| std::fs::write(path, &encoding_rs::GB18030.encode(&text).0).unwrap());
    let workbook = told(&|path| save_as_workbook(&text, path));
    assert!(utf8 == gb18030, "GB18030 differs");
    assert!(utf8 == workbook, "the workbook differs");
    assert_eq!(utf8[0].properties["性别"].as_deref(), Some("女"));
}

#[test]
fn every_public_table_is_read_or_refused() {
    let files = [
        "telco_extended/Telco_customer_churn.xlsx",
        "ravenstack/ravenstack_accounts.csv",
        "ravenstack/ravenstack_subscriptions.csv",
        "ravenstack/ravenstack_support_tickets.csv",
        "sim_socialnet/account.csv",
        "sim_socialnet/subscription.csv",
    ];
    for file in files {
        let Some(path) = data(file) else { return };
        let mut firm = Firm::new();
        let report = firm.import_file(&path, &Plan::default()).unwrap();
        println!(
            "{file}: {} {:?} {} facts {:?}",
            report.mapping.kind, report.rows, report.facts, report.finding_counts
        );
        assert!(report.rows.accepted > 0, "{file}");
    }
}

#[test]
fn a_million_events_are_taken() {
    let Some(path) = data("sim_socialnet/event.csv.gz") else { return };
    let mut firm = Firm::new();
    let mapping = guessed(&path, &Plan::default()).unwrap();
    let start = Clock::now();
    let report = firm.take(&path, &mapping, false).unwrap();
    println!("{} facts in {:?}", report.facts, start.elapsed());
    assert_eq!((report.rows.received, report.rows.rejected), (1_003_343, 0));
}
