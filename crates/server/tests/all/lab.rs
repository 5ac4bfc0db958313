//! The laboratory on the command line: results for people and programs, and what is said about a table of no use.

use std::path::Path;

use serde_json::Value;

use crate::house::{run, said};

const CONTRACTS: &str = "客户,月数,流失,合同\nA,1,是,月付\nB,2,是,月付\nC,3,否,年付\nD,4,是,月付\nE,5,是,年付\nF,6,否,年付\nG,7,是,年付\nH,8,否,月付\n";

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("contracts.csv"), CONTRACTS).unwrap();
    let mut orders = "customer,date,amount\n".to_owned();
    for customer in 0..80 {
        let mut day = customer % 11;
        while day < 30 + (customer * 13) % 150 {
            orders.push_str(&format!(
                "C{customer},2025-{:02}-{:02},{}\n",
                1 + day / 28,
                1 + day % 28,
                20 + (customer + day) % 9
            ));
            day += 6 + customer % 13 + (day * 5 + customer) % 7;
        }
    }
    std::fs::write(dir.path().join("orders.csv"), orders).unwrap();
    dir
}

fn told(cwd: &Path, arguments: &[&str]) -> Value {
    let output = run(cwd, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

const SURVIVAL: [&str; 8] = ["lab", "survival", "--table", "contracts.csv", "--duration", "月数", "--event", "流失"];

#[test]
fn survival_is_told_to_people_and_programs_and_written() {
    let dir = folder();
    let with = |more: &[&'static str]| SURVIVAL.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    let report = told(dir.path(), &with(&["--group", "合同", "--covariates", "合同", "--at", "2,5", "--json"]));
    assert_eq!(report["kaplan_meier"]["at"][0]["survival"], 0.75);
    assert_eq!(report["groups"].as_array().unwrap().len(), 2);
    assert_eq!(report["cox"]["references"][0]["column"], "合同");
    assert!(report["cox"]["coefficients"][0]["standard_error"].as_f64().unwrap() > 0.0);
    let output = run(dir.path(), &with(&["--covariates", "合同", "--lang", "en", "--out", "curve.csv"]));
    assert!(said(&output).contains("compared with"), "{}", said(&output));
    let curve = std::fs::read_to_string(dir.path().join("curve.csv")).unwrap();
    assert_eq!(curve.lines().count(), 9);
}

#[test]
fn purchases_are_told_to_people_and_programs_and_written() {
    let dir = folder();
    let arguments =
        ["lab", "btyd", "--table", "orders.csv", "--customer", "customer", "--date", "date", "--amount", "amount"];
    let with = |more: &[&'static str]| arguments.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    let report = told(dir.path(), &with(&["--calibration-end", "2025-04-15", "--horizon", "4w", "--json"]));
    assert!(report["models"]["bg_nbd"]["log_likelihood"].is_f64(), "{report}");
    assert!(report["holdout"]["purchases"].as_u64().unwrap() > 0, "{report}");
    let output = run(dir.path(), &with(&["--out", "customers.csv", "--lang", "zh"]));
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let customers = std::fs::read_to_string(dir.path().join("customers.csv")).unwrap();
    assert!(customers.starts_with("customer,frequency,recency,T,"), "{customers}");
    assert_eq!(customers.lines().count(), 81);
}

#[test]
fn a_table_of_no_use_is_refused_in_both_languages() {
    let dir = folder();
    std::fs::write(dir.path().join("wrong.csv"), "月数,流失\n1,是\n-2,否\n").unwrap();
    std::fs::write(dir.path().join("some.csv"), "月数,流失\n1,是\n,否\n3,否\n").unwrap();
    let survival = |file: &'static str, event: &'static str, lang: &'static str| {
        run(dir.path(), &["lab", "survival", "--table", file, "--duration", "月数", "--event", event, "--lang", lang])
    };
    for (lang, place) in [("zh", "第 3 行"), ("en", "row 3")] {
        let output = survival("wrong.csv", "流失", lang);
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(place), "{}", said(&output));
    }
    let output = survival("wrong.csv", "gone", "en");
    assert!(said(&output).contains("there is no column \"gone\""), "{}", said(&output));
    assert_eq!(survival("some.csv", "流失", "zh").status.code(), Some(3), "a row without a duration is left out");
    assert_eq!(survival("missing.csv", "流失", "zh").status.code(), Some(1));
}

#[test]
fn rules_are_told_to_people_and_programs_and_written() {
    let dir = folder();
    let mut text = "客户,套餐,通话,流失\n".to_owned();
    for row in 0..600 {
        // Who calls little on a foreign plan has left, and one in ten of the others.
        let (plan, calls) = (["国内", "国际", "国内"][row % 3], row * 7 % 20);
        let left = if plan == "国际" && calls <= 4 { row % 7 != 0 } else { row * 31 % 10 == 0 };
        text.push_str(&format!("K{row},{plan},{calls},{}\n", if left { "是" } else { "否" }));
    }
    std::fs::write(dir.path().join("calls.csv"), text).unwrap();
    let arguments = ["lab", "rules", "--table", "calls.csv", "--id", "客户", "--label", "流失"];
    let with = |more: &[&'static str]| arguments.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    let report = told(dir.path(), &with(&["--json"]));
    let rules = report["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["rule"] == "套餐 = 国际 & 通话 <= 4"), "{report}");
    assert!(rules.iter().all(|rule| rule["q"].as_f64().unwrap() <= 0.05), "{report}");
    let output = run(dir.path(), &with(&["--out", "rules.csv", "--lang", "zh"]));
    assert!(said(&output).contains("流失 / 命中"), "{}", said(&output));
    let written = std::fs::read_to_string(dir.path().join("rules.csv")).unwrap();
    assert!(written.starts_with("rule,rows,left,precision,"), "{written}");
    assert_eq!(written.lines().count(), rules.len() + 1);
    let few = run(dir.path(), &["lab", "rules", "--table", "contracts.csv", "--label", "流失", "--lang", "en"]);
    assert_eq!(few.status.code(), Some(1));
    assert!(said(&few).contains("more"), "{}", said(&few));
}

/// The same customers with what was written about them afterwards: the score, the reason and the label once more.
#[test]
fn what_was_written_after_the_leaving_is_named_and_left_out() {
    let root = std::env::var_os("LIUKE_DATA")
        .map_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").into(), std::path::PathBuf::from);
    let table = root.join("telco_extended/Telco_customer_churn.xlsx");
    if !table.exists() {
        println!("skipped: {} is not there", table.display());
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = table.to_str().unwrap();
    let arguments = ["lab", "classify", "--table", file, "--label", "Churn Label", "--positive", "Yes", "--folds", "2"];
    let output = run(dir.path(), &[&arguments[..], &["--lang", "en", "--json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let leaks = report["leaks"].as_array().unwrap().iter().filter(|leak| leak["left_out"] == true);
    let mut names: Vec<&str> = leaks.map(|leak| leak["column"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Churn Reason", "Churn Score", "Churn Value"], "{}", said(&output));
    for name in names {
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(&format!("seems to leak the outcome: \"{name}\"")), "{told}");
    }
    assert!(report["auc"].as_f64().unwrap() < 0.87, "above this a leak is left: {report}");
}
