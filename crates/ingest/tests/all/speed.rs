//! How fast files come in, and in how much memory. Prints figures when asked to:
//! `LIUKE_LINES=5000000 cargo nextest run -p ingest speed --no-capture`; without, a small file is taken and counted.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant as Stopwatch;

use ingest::Plan;
use vocab::{AsOf, Instant};

use crate::firm::{Firm, guessed};

/// Writes so many lines of orders, two to an order on the average; their sum in hundredths.
fn write_lines(path: &Path, count: u64) -> i128 {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    out.write_all(b"order_id,line_no,customer,time,sku,qty,price\n").unwrap();
    let (mut sum, mut text) = (0, String::new());
    let (mut order, mut left, mut line) = (0u64, 0, 0);
    for n in 0..count {
        let dice = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        if left == 0 {
            (order, left, line) = (order + 1, 1 + dice % 3, 0);
        }
        (left, line) = (left - 1, line + 1);
        let of_order = order.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16;
        let (customer, day, month) = (of_order % 200_000, 1 + of_order / 7 % 28, 1 + of_order / 300 % 12);
        let (quantity, price) = (1 + dice % 8, 100 + dice / 8 % 50_000);
        sum += i128::from(quantity * price);
        text.clear();
        writeln!(
            text,
            "N{order:08},{line},C{customer:06},2024-{month:02}-{day:02} 10:{:02}:00,S{:05},{quantity},{}.{:02}",
            of_order / 11 % 60,
            dice % 20_000,
            price / 100,
            price % 100
        )
        .unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.flush().unwrap();
    sum
}

/// Peak of this process's memory in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) >> 10
}

#[test]
fn a_large_file_of_order_lines_is_taken_whole_and_again_adds_nothing() {
    let asked: Option<u64> = std::env::var("LIUKE_LINES").ok().and_then(|text| text.parse().ok());
    let count = asked.unwrap_or(20_000);
    let mut firm = Firm::new();
    let path: PathBuf = firm.path("lines.csv");
    let sum = write_lines(&path, count);
    let mapping = guessed(&path, &Plan::default()).unwrap();
    println!("before: peak {} MiB", peak());
    for (turn, dry_run) in [("a dry run", true), ("the import", false), ("the same again", false)] {
        let watch = Stopwatch::now();
        let report = firm.take(&path, &mapping, dry_run).unwrap();
        println!("{turn} of {count} lines: {:?}, peak {} MiB", watch.elapsed(), peak());
        assert_eq!(report.rows.received, count);
        let duplicates = if turn == "the same again" { count } else { 0 };
        assert_eq!((report.rows.duplicates, report.rows.rejected), (duplicates, 0), "{turn}");
    }
    let mut value = 0;
    let everything = firm.facts.as_of(AsOf(Instant::from_micros(4_000_000_000_000_000)));
    everything.each(&mut |stored| value += stored.fact.value.map_or(0, |value| value.millionths())).unwrap();
    assert_eq!(value, sum * 10_000, "every line counts once");
}
