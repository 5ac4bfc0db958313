//! What holds for any table whatever: nothing panics, every row has one fate, and the same file again adds nothing.

use std::cell::{Cell, RefCell};

use ingest::{Plan, TableKind, fields};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

use crate::firm::Firm;

const CELLS: [&str; 36] = [
    "",
    " ",
    "C1",
    "C2",
    "007",
    "17850.0",
    "1.38E+10",
    "138****1234",
    "13800001111",
    "2025-03-08",
    "2025/3/8 10:30",
    "3/8/2025",
    "25/12/2024",
    "20250308",
    "45724",
    "1741363200",
    "2099-01-01",
    "1900-01-01",
    "2025年3月8日",
    "昨天",
    "5",
    "-5",
    "¥1,234.50",
    "1.2万",
    "(500)",
    "12%",
    "9999999999999",
    "1e400",
    "合计",
    "小计:",
    "登录",
    "已退款",
    "失败",
    "=1+1",
    "\0",
    "\u{fffd}",
];

#[test]
fn every_row_has_one_fate_and_a_file_is_taken_once() {
    let firm = RefCell::new(Firm::new());
    let sources = Cell::new(0);
    let kind = select(TableKind::ALL.to_vec());
    let rows = vec(vec(select(CELLS.to_vec()), 13), 0..30);
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let result = runner.run(&(kind, rows), |(kind, rows)| {
        let mut firm = firm.borrow_mut();
        sources.set(sources.get() + 1);
        let headers: Vec<&str> = fields(kind).iter().map(|field| field.id.as_str()).collect();
        let columns = headers.iter().map(|header| ((*header).to_owned(), Some((*header).to_owned()))).collect();
        let mut text = headers.join(",");
        for row in &rows {
            let cells: Vec<String> = row.iter().take(headers.len()).map(|cell| format!("\"{cell}\"")).collect();
            text.push('\n');
            text.push_str(&cells.join(","));
        }
        let path = firm.file("table.csv", text);
        let plan =
            Plan { kind: Some(kind), source: Some(format!("s{}", sources.get())), mapping: columns, ..Plan::default() };
        let inspection = ingest::inspect(&path, &plan).map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
        let mapping = inspection.mapping.ok_or_else(|| TestCaseError::fail("no mapping"))?;
        let fail = |refusal: ingest::Refusal| TestCaseError::fail(refusal.to_string());
        let dry = firm.take(&path, &mapping, true).map_err(fail)?;
        let first = firm.take(&path, &mapping, false).map_err(fail)?;
        prop_assert_eq!((dry.rows, dry.facts, dry.earliest_changed), (first.rows, first.facts, first.earliest_changed));
        let again = firm.take(&path, &mapping, false).map_err(fail)?;
        prop_assert_eq!((again.facts, again.earliest_changed), (0, None));
        prop_assert_eq!(again.rows.rejected, first.rows.rejected);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}
