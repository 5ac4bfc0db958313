//! `lab classify` on tables as firms have them: odd, leaking, too small, without any signal.

use estimators::calibrate::logistic;
use estimators::chance::Chance;
use training::lab::{Classified, ClassifySpec, FoldsBy, Table, classify};
use vocab::{Finding, Lang};

/// Customers with every oddity of an export: an id, a constant, a copy, a date, a free text, numbers as text, words for
/// nothing, and two columns that know the outcome. `strength` is how much of the risk the honest columns tell.
pub(crate) fn export(rows: usize, strength: f64, seed: u64) -> Table {
    let headers = [
        "客户编号",
        "国家",
        "月费",
        "月费 (2)",
        "合同",
        "开通日期",
        "备注",
        "评分",
        "城市",
        "流失原因",
        "流失评分",
        "是否流失",
    ];
    let mut table = Table::new("export.csv", headers.map(str::to_owned));
    let mut chance = Chance::new(seed);
    for row in 0..rows {
        let fee = 20.0 + 100.0 * chance.uniform();
        let contract = chance.below(3);
        let rating = chance.below(11);
        let margin = -1.2 + strength * (0.03 * (fee - 70.0) + [1.5, 0.0, -1.5][contract] - 0.2 * (rating as f64 - 5.0));
        let left = chance.uniform() < logistic(margin);
        let fee = if row % 17 == 0 { "N/A".to_owned() } else { format!("¥{fee:.2}") };
        let month = 1 + chance.below(12);
        let score = if left { 60 + chance.below(40) } else { 5 + chance.below(62) };
        let cells = [
            format!("K{row:06}"),
            "中国".to_owned(),
            fee.clone(),
            fee,
            ["月付", "一年", "两年"][contract].to_owned(),
            format!("2024-{month:02}-{:02}", 1 + chance.below(28)),
            format!("第 {row} 位客户来电说了一些只属于这位客户自己的话，记在这里以备查询，编号 {}", chance.next()),
            if rating == 10 { "?".to_owned() } else { rating.to_string() },
            format!("城市{}", chance.below(60)),
            if left { ["价格", "服务", "搬家"][chance.below(3)].to_owned() } else { String::new() },
            score.to_string(),
            if left { "是" } else { "否" }.to_owned(),
        ];
        table.push_row(cells.iter().map(String::as_str));
    }
    table
}

fn spec(folds: FoldsBy<'_>) -> ClassifySpec<'_> {
    ClassifySpec { label: "是否流失", positive: None, id: Some("客户编号"), folds, seed: 1, threads: 2 }
}

fn aside<'a>(report: &'a Classified, code: &str) -> Vec<&'a str> {
    report.set_aside.iter().filter(|aside| aside.code == code).map(|aside| aside.name.as_str()).collect()
}

#[test]
fn an_export_is_understood_without_a_word_and_its_leaks_are_named() {
    let table = export(1_500, 1.0, 3);
    let report = classify(&table, &spec(FoldsBy::Count(3))).expect("a table that can be learnt from");
    assert_eq!(aside(&report, "constant"), ["国家"]);
    assert_eq!(aside(&report, "copy"), ["月费 (2)"]);
    assert_eq!(aside(&report, "leak"), ["流失原因", "流失评分"]);
    let kinds: Vec<String> = report.columns.iter().map(|(name, kind)| format!("{name} {kind:?}")).collect();
    let is = |start: &str| kinds.iter().any(|kind| kind.starts_with(start));
    assert!(is("月费 Number") && is("评分 Number") && is("开通日期 Day") && is("备注 TextLength"), "{kinds:?}");
    assert!(is("合同 Category") && is("城市 Category"), "{kinds:?}");
    assert!(report.has_signal() && report.figures.auc > 0.78, "{:?}", report.figures);
    assert!(report.figures.auc < 0.92, "no leak is left: {:?}", report.figures);
    assert!(report.figures.calibration_error < 0.04, "{:?}", report.figures);
    assert_eq!(report.rows.len(), 1_500);
}

#[test]
fn the_number_of_threads_changes_no_probability() {
    let table = export(400, 1.0, 4);
    let run = |threads| {
        let report = classify(&table, &ClassifySpec { threads, ..spec(FoldsBy::Count(2)) }).expect("a table");
        report.rows.iter().map(|row| row.probability.to_bits()).collect::<Vec<u64>>()
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn where_nothing_tells_who_leaves_that_is_what_is_said() {
    let mut table = export(500, 0.0, 5);
    let honest: Vec<String> = ["客户编号", "月费", "合同", "评分", "是否流失"].map(str::to_owned).to_vec();
    let mut plain = Table::new("plain.csv", honest.clone());
    for row in 0..table.row_count() {
        plain.push_row(honest.iter().map(|name| table.column(name).expect("a column").cell(row)));
    }
    table = plain;
    let report = classify(&table, &spec(FoldsBy::Count(4))).expect("a table");
    assert!(!report.has_signal() && report.figures.pooled.covers_guessing(), "{:?}", report.figures);
}

#[test]
fn folds_that_somebody_else_drew_are_kept_to() {
    let table = export(300, 1.0, 6);
    let mut folds = Table::new("folds.csv", ["row", "part"].map(str::to_owned));
    // In another order than the table.
    for row in (1..=300).rev() {
        folds.push_row([row.to_string().as_str(), ["a", "b", "c"][row % 3]]);
    }
    let report = classify(&table, &spec(FoldsBy::Given(&folds, "part"))).expect("a table");
    assert_eq!(report.folds, ["a", "b", "c"]);
    assert!(report.rows.iter().all(|row| row.fold == row.row % 3));
    let mut short = Table::new("folds.csv", ["part"].map(str::to_owned));
    short.push_row(["a"]);
    assert_eq!(refused(&table, &spec(FoldsBy::Given(&short, "part"))).code, "bad_folds");
}

fn refused(table: &Table, spec: &ClassifySpec<'_>) -> Finding {
    classify(table, spec).map(|_| ()).expect_err("a table that cannot be learnt from")
}

#[test]
fn what_cannot_carry_a_model_is_refused_in_plain_words() {
    let label = |cells: &dyn Fn(usize) -> &'static str| {
        let mut table = Table::new("t.csv", ["x", "是否流失", "客户编号"].map(str::to_owned));
        (0..200).for_each(|row| table.push_row([row.to_string().as_str(), cells(row), "K"]));
        table
    };
    let spec = spec(FoldsBy::Count(5));
    let few = refused(&label(&|row| if row < 15 { "是" } else { "否" }), &spec);
    assert_eq!(few.code, "too_few_leavers");
    assert!(few.line(Lang::Zh).contains("只有 15 位") && few.line(Lang::Zh).contains("还差 5 位"), "{few}");
    assert!(few.line(Lang::En).contains("5 more"), "{few}");
    assert_eq!(refused(&label(&|_| "否"), &spec).code, "one_class");
    assert_eq!(refused(&label(&|_| ""), &spec).code, "no_label");
    assert_eq!(refused(&label(&|row| ["甲", "乙"][row % 2]), &spec).code, "positive_unclear");
    let unknown = ClassifySpec { positive: Some("Churned"), ..spec.clone() };
    assert_eq!(refused(&label(&|row| ["甲", "乙"][row % 2]), &unknown).code, "unknown_positive");
    assert_eq!(refused(&label(&|_| "是"), &ClassifySpec { label: "流失日期", ..spec.clone() }).code, "unknown_column");
    let mut bare = Table::new("t.csv", ["是否流失", "客户编号"].map(str::to_owned));
    (0..100).for_each(|row| bare.push_row([["是", "否"][row % 2], "K"]));
    assert_eq!(refused(&bare, &spec).code, "nothing_to_learn");
}

#[test]
fn what_parts_say_only_as_a_whole_is_learnt_from_their_total() {
    let headers = ["day charge", "eve charge", "night charge", "age", "left"];
    let mut table = Table::new("bills.csv", headers.map(str::to_owned));
    let mut chance = Chance::new(9);
    for _ in 0..400 {
        let [day, eve, night] = [(); 3].map(|()| 10.0 * chance.uniform());
        // A bill neither small nor large: no part tells it, nor does a sum of what each tells.
        let left = (day + eve + night - 15.0).abs() < 2.5;
        let cells = [day, eve, night, 80.0 * chance.uniform()].map(|value| format!("{value:.2}"));
        let said = if left { "Yes" } else { "No" }.to_owned();
        table.push_row(cells.iter().chain([&said]).map(String::as_str));
    }
    let spec = ClassifySpec { label: "left", positive: None, id: None, folds: FoldsBy::Count(2), seed: 1, threads: 2 };
    let report = classify(&table, &spec).expect("a table that can be learnt from");
    let names: Vec<&str> = report.columns.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[4..], ["合计 / total: day charge + eve charge + night charge"]);
    assert!(report.figures.auc > 0.97, "{:?}", report.figures);
}

#[test]
fn towns_of_which_there_are_very_many_tell_who_leaves() {
    let mut table = Table::new("towns.csv", ["town", "age", "churn"].map(str::to_owned));
    let mut chance = Chance::new(10);
    for _ in 0..1_300 {
        let town = chance.below(130);
        let left = chance.uniform() < if town.is_multiple_of(3) { 0.6 } else { 0.1 };
        let age = 20 + chance.below(50);
        let said = if left { "1" } else { "0" };
        table.push_row([format!("T{town}").as_str(), age.to_string().as_str(), said]);
    }
    let spec = ClassifySpec { label: "churn", positive: None, id: None, folds: FoldsBy::Count(2), seed: 1, threads: 2 };
    let report = classify(&table, &spec).expect("a table that can be learnt from");
    assert!(report.columns.iter().any(|(name, _)| name == "流失率 / share who left: town"), "{:?}", report.columns);
    // The truth itself ranks with .78.
    assert!(report.figures.auc > 0.68, "{:?}", report.figures);
}
