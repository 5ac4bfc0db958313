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
