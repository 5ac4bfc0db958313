//! A reading killed without warning, again and again, ends as one that never was.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use facts::{Facts, Options};
use ingest::{DatabaseSettings, Dialect, RowMapping};
use vocab::AsOf;

use super::door::Door;
use crate::firm::now;

/// Tells the child, which is this test once more, where to work.
const CHILD: &str = "LIUKE_PULL_CHILD";
const ROWS: usize = 30_000;

fn door(folder: &Path) -> Door {
    let path = folder.join("shop.db");
    let settings = DatabaseSettings {
        path: Some(path.clone()),
        mapping: RowMapping { kind: Some("orders".into()), ..RowMapping::default() },
        ..DatabaseSettings::default()
    };
    Door::new(Dialect::Sqlite, format!("sqlite://{}?mode=rwc", path.display()), settings, None)
}

fn read_all(folder: &Path) -> u64 {
    let facts = Facts::open(&folder.join("data"), Options::default()).unwrap();
    let door = door(folder);
    let source = door.source("orders", Some("changed"), "id");
    let _inside = door.runtime.enter();
    let report = ingest::pull(&source, &facts, now(), &mut |_| true).unwrap();
    assert!(report.is_complete && report.conflicts == 0 && report.rows.rejected == 0, "{report:?}");
    report.facts
}

/// What the child says once it reads.
const BEGUN: &str = "begun";

/// Reads, and is killed so long after it has begun; whether it still lived then.
fn killed_child(folder: &Path, after: Duration) -> bool {
    let name = "pull::kills::a_reading_killed_again_and_again_ends_as_one_that_never_was";
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(CHILD, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(output.any(|line| line.unwrap().contains(BEGUN)), "the child reads nothing");
    let begun = Instant::now();
    while begun.elapsed() < after {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

#[test]
fn a_reading_killed_again_and_again_ends_as_one_that_never_was() {
    if let Some(folder) = std::env::var_os(CHILD) {
        println!("{BEGUN}");
        read_all(&PathBuf::from(folder));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let door = door(folder.path());
    door.run("create table orders (id integer primary key, order_no text, customer_id text, order_date text, amount integer, changed integer)");
    door.run(&format!(
        "with recursive g(n) as (select 0 union all select n + 1 from g where n < {}) \
         insert into orders select n, 'O' || (n / 2), 'C' || (n / 2 % 700), '2025-05-01 10:00:00', n % 97, n from g",
        ROWS - 1
    ));
    let whole = tempfile::tempdir().unwrap();
    std::fs::copy(folder.path().join("shop.db"), whole.path().join("shop.db")).unwrap();
    let begun = Instant::now();
    assert_eq!(read_all(whole.path()), ROWS as u64 / 2);
    let life = begun.elapsed();

    let kills = std::env::var("LIUKE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(3u32);
    assert!(killed_child(folder.path(), Duration::ZERO), "so much is not read in no time");
    for step in 1..=kills {
        killed_child(folder.path(), life.mul_f64((f64::from(step) * 0.618_034).fract()));
    }
    read_all(folder.path());
    assert_eq!(read_all(folder.path()), 0);
    assert!(record(folder.path()) == record(whole.path()), "the same orders, each once");
}

/// What stands, but for the moment of writing; an order cut between its lines is told twice and stands once.
fn record(folder: &Path) -> Vec<String> {
    let facts = Facts::open(&folder.join("data"), Options::default()).unwrap();
    let end = AsOf(vocab::Instant::from_micros(4_000_000_000_000_000));
    let mut lines = Vec::new();
    facts
        .as_of(end)
        .each(&mut |stored| {
            let fact = &stored.fact;
            lines.push(format!("{:?} {} {:?} {:?}", fact.customer_id, fact.occurred_at, fact.value, fact.properties));
        })
        .unwrap();
    assert_eq!(lines.len(), ROWS / 2);
    lines.sort();
    lines
}
