//! Killed without warning at any moment: nothing accepted is lost, nothing doubled, the cycle completes.
//!
//! Five kills each in the ordinary suite; `LIUKE_KILLS=20` for more.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::house::{liuke, run, said, shop};

fn kills() -> u32 {
    std::env::var("LIUKE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5)
}

/// Orders enough for an import to last.
fn many_orders() -> String {
    let mut text = "订单号,客户编号,下单时间,订单金额\n".to_owned();
    for number in 0..60_000u32 {
        let (year, month, day) = (2022 + number % 3, 1 + number % 12, 1 + number % 28);
        text.push_str(&format!("K-{number},C-{},{year}-{month:02}-{day:02} 10:00,{}\n", number % 700, number % 997));
    }
    text
}

/// Starts a command and kills it after a while, unless it has ended by then.
fn kill_after(cwd: &Path, arguments: &[&str], wait: Duration) {
    let mut child =
        liuke().current_dir(cwd).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(wait);
    let _ = child.kill();
    child.wait().unwrap();
}

/// Moments spread over a command's life, the same at every run of the test: the golden ratio leaves no gap.
fn moments(life: Duration, count: u32) -> impl Iterator<Item = Duration> {
    (1..=count).map(move |step| life.mul_f64((f64::from(step) * 0.618_034).fract()))
}

/// What is in the record, without the moment of writing, which is another in every folder.
fn record(cwd: &Path, data: &str) -> Vec<Value> {
    let output = run(cwd, &["facts", "--data", data, "--json"]);
    let facts: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    let mut facts: Vec<Value> = facts
        .into_iter()
        .map(|mut fact| {
            fact["recorded_at"] = Value::Null;
            fact
        })
        .collect();
    facts.sort_by_key(|fact| fact["message_id"].to_string());
    facts
}

#[test]
fn an_import_killed_again_and_again_ends_as_one_that_never_was() {
    let (_dir, cwd) = shop();
    std::fs::write(cwd.join("many.csv"), many_orders()).unwrap();
    let begun = Instant::now();
    let whole = run(&cwd, &["import", "--data", "whole", "--as", "orders", "many.csv"]);
    assert_eq!(whole.status.code(), Some(0), "{}", said(&whole));
    let life = begun.elapsed();

    let import = ["import", "--data", "torn", "--as", "orders", "many.csv"];
    for wait in moments(life, kills()) {
        kill_after(&cwd, &import, wait);
        let readable = run(&cwd, &["facts", "--data", "torn", "--customer", "C-1", "--json"]);
        if cwd.join("torn").is_dir() {
            assert!(readable.status.success(), "{}", said(&readable));
        }
    }
    let last = run(&cwd, &["import", "--data", "torn", "--as", "orders", "--json", "many.csv"]);
    let report: Value = serde_json::from_slice(&last.stdout).unwrap_or_else(|_| panic!("{}", said(&last)));
    assert_eq!(report["rows"]["received"], 60_000);
    assert_eq!((&report["rows"]["rejected"], &report["conflicts"]), (&json!(0), &json!(0)), "{report}");
    let (whole, torn) = (record(&cwd, "whole"), record(&cwd, "torn"));
    assert_eq!((whole.len(), torn.len()), (60_000, 60_000));
    assert!(whole == torn, "the same facts, each once");
}

#[test]
fn a_cycle_killed_again_and_again_completes_with_one_alert_for_each_cause() {
    let (_dir, cwd) = shop();
    for data in ["whole", "torn"] {
        for (kind, file) in [("customers", "customers.csv"), ("orders", "orders.csv")] {
            let import = ["import", "--data", data, "--as", kind, "--observed-on", "2023-06-01", file];
            assert_eq!(run(&cwd, &import).status.code(), Some(0));
        }
    }
    let cycle = |data: &str| {
        let output = run(&cwd, &["run", "--data", data, "--as-of", "2025-06-30", "--json"]);
        serde_json::from_slice::<Value>(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
    };
    let begun = Instant::now();
    let whole = cycle("whole");
    let life = begun.elapsed();
    for wait in moments(life, kills()) {
        kill_after(&cwd, &["run", "--data", "torn", "--as-of", "2025-06-30"], wait);
    }
    let torn = cycle("torn");
    assert_eq!(torn["scored"], whole["scored"]);
    assert_eq!(cycle("torn")["changed"], false);
    assert_eq!(standing(&cwd, "torn"), standing(&cwd, "whole"));
}

/// Open alerts and their cases, without ids and times.
fn standing(cwd: &Path, data: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let app = app::App::open(&cwd.join(data), app::AppOptions::default()).await.unwrap();
        let query = app::AlertQuery { limit: 500, ..app::AlertQuery::default() };
        let alerts = app.alerts(&vocab::Scope::All, &query, None, crate::house::now()).await.unwrap();
        let mut rows: Vec<String> = alerts
            .rows
            .iter()
            .map(|alert| {
                format!(
                    "{} {} {} {} {:?}",
                    alert.customer_id, alert.cause, alert.rule, alert.severity, alert.case_state
                )
            })
            .collect();
        rows.sort();
        let mut causes: Vec<(&str, &str)> =
            alerts.rows.iter().map(|alert| (alert.customer_id.as_str(), alert.cause.as_str())).collect();
        let count = causes.len();
        causes.sort_unstable();
        causes.dedup();
        assert_eq!(causes.len(), count, "one open alert for each customer and cause");
        assert!(count > 0, "somebody needs attention");
        rows
    })
}
