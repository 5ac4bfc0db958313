//! The quick road through a plain event file gives what the slow one gives, and says when it cannot.

use std::path::Path;

use facts::{Fact, FactFrame, FactParts, StoredFact, Want, read_parquet, write_parquet};
use vocab::{Amount, AsOf, CustomerId, Instant, Kind, MessageId, Zone};

const HOUR: i64 = 3_600_000_000;

/// More rows than a row group holds, of customers with short and long keys, some known late, some without a value.
fn log() -> Vec<StoredFact> {
    let names = [(Kind::Event, "Logged In"), (Kind::Order, "Order Completed"), (Kind::Event, "Order Completed")];
    let fact = |number: u64| {
        let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        let customer = match mixed % 257 {
            place if place % 2 == 0 => format!("C{place:05}"),
            place => format!("a customer with a long key {place}"),
        };
        let (kind, name) = names[(mixed / 257 % 3) as usize];
        let at = Instant::from_micros(1_700_000_000_000_000 + (mixed % 9_000) as i64 * HOUR);
        let mut fact = Fact::new(customer.as_str(), kind, name, at);
        fact.known_at = Some(if mixed.is_multiple_of(11) { at.plus_days(3) } else { at });
        fact.value =
            (!mixed.is_multiple_of(4)).then(|| Amount::from_millionths(i128::from(mixed % 5_000_000) - 1_000_000));
        fact.message_id = MessageId::from(format!("m{number}"));
        StoredFact { number: number + 1, recorded_at: at, fact }
    };
    (0..70_000).map(fact).collect()
}

fn rows(frame: &FactFrame, customer: &CustomerId) -> Vec<(Kind, String, Instant, Instant, Option<Amount>)> {
    let rows = frame.position(customer).map_or(0..0, |position| frame.rows_of(position));
    let row = |row| {
        (frame.kind(row), frame.name(row).to_owned(), frame.occurred_at(row), frame.known_at(row), frame.value(row))
    };
    rows.map(row).collect()
}

fn parts(path: &Path, end: AsOf) -> Option<FactParts> {
    FactParts::read(path, &Want::default(), end, &Zone::default(), 2).unwrap()
}

#[test]
fn every_customer_has_the_same_rows_by_the_quick_road_as_by_the_slow_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.parquet");
    write_parquet(&path, &log()).unwrap();
    let end = AsOf(Instant::from_micros(1_700_000_000_000_000 + 8_000 * HOUR));
    let whole = FactFrame::of(&read_parquet(&path).unwrap(), &[], &Want::default(), end, &Zone::default());
    let parts = parts(&path, end).unwrap();
    let frames: Vec<FactFrame> = (0..parts.len()).map(|part| parts.take(part).unwrap()).collect();
    let mut customers: Vec<CustomerId> = frames.iter().flat_map(|frame| frame.customers().to_vec()).collect();
    customers.sort();
    assert_eq!(customers, whole.customers());
    for frame in &frames {
        for customer in frame.customers() {
            assert_eq!(rows(frame, customer), rows(&whole, customer), "{customer}");
        }
        for kind in [Kind::Event, Kind::Order, Kind::Ticket] {
            for names in [&[][..], &["Order Completed".to_owned()]] {
                let early = AsOf(Instant::from_micros(1_700_000_000_000_000 + 5 * HOUR));
                for t in [early, end] {
                    assert_eq!(frame.first_delivered_by(kind, names, t), whole.first_delivered_by(kind, names, t));
                }
            }
        }
    }
    assert!(parts.take(0).unwrap().is_empty(), "rows are given away once");
}

#[test]
fn a_file_that_says_more_takes_the_slow_road() {
    let folder = tempfile::tempdir().unwrap();
    let end = AsOf(Instant::from_micros(1_800_000_000_000_000));
    let with = |change: &dyn Fn(&mut Fact)| {
        let path = folder.path().join("few.parquet");
        let mut facts: Vec<StoredFact> = log().into_iter().take(10).collect();
        change(&mut facts[7].fact);
        write_parquet(&path, &facts).unwrap();
        parts(&path, end).is_some()
    };
    assert!(with(&|_| {}));
    assert!(!with(&|fact| fact.currency = Some("USD".to_owned())));
    assert!(!with(&|fact| fact.supersedes = Some(MessageId::from("m1".to_owned()))));
    assert!(!with(&|fact| fact.retracts = Some(MessageId::from("m1".to_owned()))));
    assert!(!with(&|fact| fact.customer_id = None));
}
