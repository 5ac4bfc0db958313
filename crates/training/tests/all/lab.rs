//! The methods for analysts: what is read from a table, and what is said about one that cannot be used.

use std::time::Duration;

use training::lab::{BtydSpec, Finding, FoldPlan, Model, SurvivalSpec, Table, btyd, survival};
use vocab::Lang;

/// A table from lines of cells set apart by bars.
fn table(text: &str) -> Table {
    let mut lines = text.trim().lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let headers = lines.next().unwrap_or_default();
    let mut table = Table::new("t.csv", headers.into_iter().map(str::to_owned));
    for line in lines {
        table.push_row(line);
    }
    table
}

fn spec(duration: &str, event: &str, covariates: &[&str]) -> SurvivalSpec {
    SurvivalSpec {
        duration: duration.to_owned(),
        event: event.to_owned(),
        covariates: covariates.iter().map(|name| (*name).to_owned()).collect(),
        ..SurvivalSpec::default()
    }
}

const CONTRACTS: &str = "
months | left | plan  | price | same | note
1      | Yes  | month | 9     | 1    | a
2      | Yes  | month | 8     | 1    | b
3      | No   | year  | 7     | 1    | c
4      | Yes  | month | 7.5   | 1    | d
5      | Yes  | year  | 9     | 1    | e
6      | No   | year  |       | 1    | f
7      | Yes  | year  | 6     | 1    | g
8      | No   | month | 5     | 1    | h
       | No   | month | 5     | 1    | i
9      | No   | year  | 4     | 1    | j
";

#[test]
fn a_table_of_contracts_gives_curves_and_a_model_and_counts_what_it_left_out() {
    let mut asked = spec("months", "left", &["plan", "price", "same"]);
    asked.group = Some("plan".to_owned());
    asked.times = vec![2.0, 5.0];
    asked.penalty = 0.1;
    let report = survival(&table(CONTRACTS), &asked).expect("a report");
    assert_eq!((report.received, report.left_out), (10, 1));
    let groups: Vec<Option<&str>> = report.curves.iter().map(|curve| curve.group.as_deref()).collect();
    assert_eq!(groups, [None, Some("month"), Some("year")]);
    assert!((report.curves[0].at[0].1 - 7.0 / 9.0).abs() < 1e-12);
    assert_eq!(report.log_rank.expect("two groups").degrees, 1);
    let cox = report.cox.expect("a model");
    let names: Vec<&str> = cox.coefficients.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["plan=year", "price", "same"]);
    assert_eq!(cox.references, [("plan".to_owned(), "month".to_owned())]);
    assert_eq!((cox.incomplete, cox.model.rows), (1, 8));
    assert_eq!(cox.coefficients[2].value, 0.0, "a constant column moves nothing");
}

#[test]
fn without_a_penalty_a_column_that_says_nothing_is_left_out_and_named() {
    let report = survival(&table(CONTRACTS), &spec("months", "left", &["price", "same"])).expect("a report");
    assert_eq!(report.cox.expect("a model").coefficients.len(), 1);
    assert!(report.notes[0].get(Lang::En).contains("\"same\""), "{:?}", report.notes);
}

#[test]
fn a_model_is_tried_on_customers_it_has_not_seen() {
    let text: String = (0..60)
        .map(|row| format!("{} | {} | {}\n", 1 + (row * 7) % 20, u8::from(row % 3 != 0), (row * 7) % 20 + row % 5))
        .collect();
    let table = table(&format!("months | left | slow\n{text}"));
    let mut asked = spec("months", "left", &["slow"]);
    asked.folds = Some(FoldPlan::Drawn { folds: 5, seed: 3 });
    let drawn = survival(&table, &asked).expect("a report").cox.expect("a model").out_of_fold;
    assert_eq!(drawn.len(), 5);
    assert!(drawn.iter().all(|c| c.expect("pairs") > 0.8), "{drawn:?}");
    asked.folds = Some(FoldPlan::Given((0..60).map(|row| (row % 3).to_string()).collect()));
    assert_eq!(survival(&table, &asked).expect("a report").cox.expect("a model").out_of_fold.len(), 3);
}

#[track_caller]
fn refused(finding: Finding, code: &str, row: Option<u64>, english: &str) {
    assert_eq!((finding.code, finding.place.row), (code, row), "{finding}");
    for lang in [Lang::Zh, Lang::En] {
        assert!(!finding.detail.get(lang).is_empty() && !finding.hint.get(lang).is_empty(), "{finding}");
    }
    assert!(finding.line(Lang::En).contains(english), "{finding}");
}

#[test]
fn a_table_that_cannot_be_used_is_refused_with_its_place_and_what_to_do() {
    let wrong = |text: &str, asked: &SurvivalSpec| survival(&table(text), asked).expect_err("a refusal");
    let plain = spec("months", "left", &[]);
    refused(wrong(CONTRACTS, &spec("weeks", "left", &[])), "unknown_column", None, "months, left, plan");
    refused(wrong("months | left\n1 | 1\n-2 | 0", &plain), "negative_duration", Some(3), "\"-2\"");
    refused(wrong("months | left\n1 | 1\ntwo | 0", &plain), "not_a_number", Some(3), "\"two\"");
    refused(wrong("months | left\n1 | 1\n2 | perhaps", &plain), "not_yes_or_no", Some(3), "--positive");
    refused(wrong("months | left\n1 | 0\n2 | 0", &plain), "nobody_left", None, "nobody left");
    refused(wrong("months | left", &plain), "no_rows", None, "no row");
    let mut positive = plain.clone();
    positive.positive = Some("gone".to_owned());
    refused(wrong("months | left\n1 | Gone?\n2 | stays", &positive), "value_absent", None, "\"gone\"");
    let ids: String = (0..60).map(|row| format!("{} | {} | id{row}\n", row + 1, row % 2)).collect();
    let asked = spec("months", "left", &["id"]);
    refused(wrong(&format!("months | left | id\n{ids}"), &asked), "too_many_levels", None, "60 different texts");
}

fn no_time() -> Duration {
    Duration::ZERO
}

fn purchases() -> BtydSpec {
    BtydSpec { customer: "who".to_owned(), date: "day".to_owned(), ..BtydSpec::default() }
}

/// Customers who buy every so many days for a while.
fn shop() -> Table {
    let mut text = "who | day | paid\n".to_owned();
    for customer in 0..120_i64 {
        let (every, until) = (5 + customer % 17, 40 + (customer * 37) % 300);
        let mut day = customer % 20;
        while day < until {
            let (month, of_month) = (1 + day / 28, 1 + day % 28);
            let (year, month) = (2024 + (month - 1) / 12, 1 + (month - 1) % 12);
            text.push_str(&format!(
                "C{customer} | {year}-{month:02}-{of_month:02} | {}\n",
                10 + customer % 7 + day % 3
            ));
            day += every + (day * 7 + customer) % 9;
        }
    }
    table(&text)
}

#[test]
fn a_table_of_purchases_is_learnt_from_until_a_day_and_tried_on_what_came_after() {
    let mut asked = purchases();
    asked.amount = Some("paid".to_owned());
    asked.calibration_end = Some("2024-08-01".to_owned());
    asked.horizon = Some("8w".to_owned());
    asked.models = vec![Model::BgNbd, Model::ParetoNbd];
    let report = btyd(&shop(), &asked, &no_time).expect("a report");
    assert_eq!((report.customers, report.models.len(), report.outlooks.len()), (120, 2, 120));
    let holdout = report.holdout.expect("what came after");
    let counted: u64 = report.outlooks.iter().map(|row| row.actual.expect("a count")).sum();
    assert_eq!(holdout.purchases, counted);
    for model in &report.models {
        let forecast = model.forecast.expect("a forecast");
        assert!(forecast.total.is_finite() && forecast.auc.expect("both kinds") > 0.5, "{forecast:?}");
    }
    for row in &report.outlooks {
        assert!((0.0..=1.0).contains(&row.alive) && row.expected >= 0.0);
        assert!(row.history.recency <= row.history.age && row.value.is_none_or(f64::is_finite));
    }
    let again = btyd(&shop(), &asked, &no_time).expect("a report");
    assert_eq!(format!("{:?}", again.outlooks), format!("{:?}", report.outlooks));
}

#[test]
fn purchases_of_one_day_are_one_and_returns_are_none() {
    let text = "
who | day              | paid
A   | 2024-01-01 09:00 | 10
A   | 2024-01-01 18:00 | 5
A   | 2024-02-01       | 20
A   | 2024-02-02       | -20
    | 2024-02-03       | 7
B   | 2024/1/5         | 3
B   | 2024/3/5         | 4
B   | 2024/4/5         |
C   | 20240301         | 1,000
C   | 20240308         | 1,200
C   | 20240401         | 900
";
    let mut asked = purchases();
    asked.amount = Some("paid".to_owned());
    asked.models = vec![Model::Nbd];
    asked.unit_days = 1.0;
    let report = btyd(&table(text), &asked, &no_time).expect("a report");
    let known: Vec<(&str, u32, f64)> =
        report.outlooks.iter().map(|row| (row.customer.as_str(), row.history.frequency, row.history.recency)).collect();
    assert_eq!(known, [("A", 1, 31.0), ("B", 1, 60.0), ("C", 2, 31.0)]);
    assert_eq!(report.outlooks[2].mean, Some(1050.0));
    let left_out: Vec<(usize, usize, bool)> =
        report.left_out.iter().map(|rows| (rows.count, rows.first, rows.rejected)).collect();
    assert_eq!(left_out, [(1, 4, true), (1, 7, true), (1, 3, false)]);
    assert!(report.some_rejected());
}

#[test]
fn purchases_that_cannot_be_learnt_from_are_refused() {
    let wrong = |text: &str, asked: &BtydSpec| btyd(&table(text), asked, &no_time).map(|_| ()).expect_err("a refusal");
    let two = "who | day\nA | 2024-01-01\nA | 2024-02-01";
    let asked = purchases();
    refused(wrong("who | when\nA | 2024-01-01", &asked), "unknown_column", None, "who, when");
    refused(wrong("who | day\nA | soon", &asked), "not_a_day", Some(2), "\"soon\"");
    refused(wrong("who | day", &asked), "no_rows", None, "no purchase");
    refused(wrong("who | day\nA | 2024-01-01\nB | 2024-02-01", &asked), "not_fitted", None, "bought again");
    refused(wrong("who | day\nA | 2024-01-01\nA | 2024-01-01", &asked), "not_fitted", None, "one day");
    let with = |change: fn(&mut BtydSpec)| {
        let mut asked = purchases();
        change(&mut asked);
        asked
    };
    refused(wrong(two, &with(|asked| asked.calibration_end = Some("May".to_owned()))), "calibration_end", None, "May");
    refused(wrong(two, &with(|asked| asked.horizon = Some("long".to_owned()))), "horizon", None, "39w");
    let early = with(|asked| asked.calibration_end = Some("2020-01-01".to_owned()));
    refused(wrong(two, &early), "nobody_yet", None, "calibration");
    let priced = with(|asked| asked.amount = Some("paid".to_owned()));
    refused(wrong("who | day | paid\nA | 2024-01-01 | ten", &priced), "not_a_number", Some(2), "\"ten\"");
}
