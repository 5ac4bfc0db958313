//! Imports that are taken back, and imports that were cancelled.

use std::sync::atomic::AtomicBool;

use ingest::{Import, ImportReport, Mapping, Plan, Undo, undo};
use vocab::{AsOf, SourceName};

use crate::firm::{Firm, counts, guessed};

/// What is told, whatever order it was told in.
fn told(firm: &Firm) -> Vec<String> {
    let mut lines: Vec<String> = firm.told().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// Imports with a journal, as a job does.
fn job(firm: &Firm, name: &str, text: &str) -> ImportReport {
    let path = firm.file(&format!("{name}.csv"), text);
    let mapping: Mapping = guessed(&path, &Plan::default()).unwrap();
    let journal = firm.path(&format!("{name}.journal"));
    let import = Import {
        file: &path,
        mapping: &mapping,
        into: &firm.facts,
        now: firm.now,
        dry_run: false,
        journal: Some(&journal),
        cancel: None,
    };
    import.run(None, &mut |_| {}).unwrap()
}

fn take_back(firm: &Firm, name: &str, report: &ImportReport) -> Result<ingest::UndoReport, ingest::Refusal> {
    let source = SourceName::new(&report.mapping.source);
    let journal = firm.path(&format!("{name}.journal"));
    undo(&firm.facts, &Undo { import: name, source: &source, numbers: report.numbers, journal: &journal }, firm.now)
}

const TABLES: [&str; 6] = [
    "order_id,customer_id,order_date,sku,qty,price\nA1,C1,2025-03-08,x,1,5\nA1,C1,2025-03-08,y,1,2\nA2,C2,2025-03-09,x,2,5\n",
    "客户编号,客户名称,负责人\nC1,甲,张三\nC2,乙,李四\n",
    "客户编号,事件名称,事件时间\nC1,登录,2025-03-08 10:00:00\nC1,登录,2025-03-08 10:00:00\n",
    "客户编号,统计月份,登录次数,消费额\nC1,2025-03,31,5\n",
    "客户名称,负责人,联系人,合同编号,签订日期,合同到期日,合同金额,最近拜访日期\n甲,张三,王,H1,2025-01-05,2026-01-04,5,2025-05-20\n",
    "客户名称,跟进时间,跟进内容\n甲,2025-03-08,x\n",
];

#[test]
fn an_import_taken_back_leaves_nothing_and_comes_in_again() {
    for (place, text) in TABLES.into_iter().enumerate() {
        let firm = Firm::new();
        let first = job(&firm, "one", text);
        let told = firm.told();
        assert!(first.facts > 0 && !told.is_empty());
        for round in 0..2 {
            let name = if round == 0 { "one" } else { "again" };
            let report = if round == 0 { first.clone() } else { job(&firm, name, text) };
            assert_eq!(counts(&report), counts(&first), "table {place}, round {round}");
            assert_eq!(firm.told(), told, "table {place}, round {round}");
            let undone = take_back(&firm, name, &report).unwrap();
            assert_eq!((undone.facts, undone.earliest_changed.is_some()), (report.facts, true), "table {place}");
            assert_eq!(firm.told(), "", "table {place}");
            assert_eq!(take_back(&firm, name, &report).unwrap().facts, 0, "twice is once");
        }
    }
}

#[test]
fn what_an_import_corrected_stands_again_once_it_is_taken_back() {
    for (first, second) in [
        (
            TABLES[0].to_owned(),
            TABLES[0].replace("A2,C2,2025-03-09,x,2,5\n", "A2,C2,2025-03-09,x,2,5\nA2,C2,2025-03-09,z,1,9\n"),
        ),
        (TABLES[3].to_owned(), TABLES[3].replace("31,5", "40,5")),
        (TABLES[1].to_owned(), TABLES[1].replace("李四", "王五")),
    ] {
        let mut firm = Firm::new();
        let one = job(&firm, "one", &first);
        let before = told(&firm);
        firm.now = firm.now.plus_days(1);
        let two = job(&firm, "two", &second);
        let corrected = told(&firm);
        assert_ne!(corrected, before);
        assert_eq!(take_back(&firm, "one", &one).unwrap_err().code(), "built_upon");
        take_back(&firm, "two", &two).unwrap();
        assert_eq!(told(&firm), before);
        assert_eq!(take_back(&firm, "two", &two).unwrap().facts, 0, "twice is once");
        assert_eq!(counts(&job(&firm, "three", &first))[1], 0, "the first file is still known");
        assert_eq!(counts(&job(&firm, "four", &second))[1], counts(&two)[1], "the second comes in again");
        assert_eq!(told(&firm), corrected);
    }
}

#[test]
fn a_view_of_the_past_forgets_what_was_taken_back_and_the_record_does_not() {
    let mut firm = Firm::new();
    let report = job(&firm, "one", TABLES[0]);
    let (before, moment) = (firm.now.plus_days(1), AsOf(vocab::Zone::default().parse("2025-04-01").unwrap()));
    firm.now = firm.now.plus_days(2);
    let undone = take_back(&firm, "one", &report).unwrap();
    assert_eq!(undone.earliest_changed, report.earliest_changed);
    let count = |view: facts::FactView| {
        let mut count = 0;
        view.each(&mut |_| count += 1).unwrap();
        count
    };
    assert_eq!(count(firm.facts.as_of(moment)), 0);
    assert_eq!(count(firm.facts.as_recorded(AsOf(before))), 2, "what was shown then is still told as of then");
}

#[test]
fn a_cancelled_import_says_so_and_what_it_loaded_can_be_taken_back() {
    let firm = Firm::new();
    let rows: String = (0..12_000).map(|row| format!("A{row},C1,2025-03-08,5\n")).collect();
    let path = firm.file("many.csv", format!("order_id,customer_id,order_date,amount\n{rows}"));
    let mapping = guessed(&path, &Plan::default()).unwrap();
    let (cancel, journal) = (AtomicBool::new(false), firm.path("many.journal"));
    let import = Import {
        file: &path,
        mapping: &mapping,
        into: &firm.facts,
        now: firm.now,
        dry_run: false,
        journal: Some(&journal),
        cancel: Some(&cancel),
    };
    let first = firm.facts.sequence();
    let refusal = import
        .run(None, &mut |now| {
            let half = now.stage == ingest::Stage::Reading && now.received >= 5_000;
            cancel.store(half, std::sync::atomic::Ordering::Relaxed);
        })
        .unwrap_err();
    assert_eq!(refusal.code(), "cancelled");
    let source = SourceName::new("orders");
    let numbers = (first, firm.facts.sequence());
    undo(&firm.facts, &Undo { import: "many", source: &source, numbers, journal: &journal }, firm.now).unwrap();
    assert!(firm.stored().is_empty());
}
