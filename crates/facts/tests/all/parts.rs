//! The quick road through the lake gives what the slow one gives, and says when it cannot.

use facts::{Fact, FactFrame, Facts, Identity, IdentityRole, Want};
use vocab::{Amount, AsOf, CustomerId, Instant, Kind, SourceName};

use crate::record::{at, batch, login, open};

const DAY: i64 = 86_400;

/// Logins and orders over three months: ties of one second, some without a value, some known three days late.
fn history(from: u64, to: u64) -> Vec<Fact> {
    let fact = |number: u64| {
        let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        let customer = match mixed % 31 {
            place if place.is_multiple_of(2) => format!("C{place:02}"),
            place => format!("a customer with a long key {place}"),
        };
        let second = (mixed % 90) as i64 * DAY + (mixed % 3) as i64;
        let mut fact = login(&format!("m{number}"), &customer, second);
        if mixed.is_multiple_of(4) {
            (fact.kind, fact.name) = (Kind::Order, "Order Completed".into());
            fact.value = (!mixed.is_multiple_of(8)).then(|| Amount::from_millionths(number as i128));
        }
        if mixed.is_multiple_of(13) {
            fact.known_at = Some(at(second + 3 * DAY));
        }
        fact
    };
    (from..to).map(fact).collect()
}

type Row = (Kind, String, Instant, Instant, Instant, Option<Amount>);

fn rows(frame: &FactFrame, customer: &CustomerId) -> Vec<Row> {
    let rows = frame.position(customer).map_or(0..0, |position| frame.rows_of(position));
    let times = |row| (frame.occurred_at(row), frame.known_at(row), frame.until(row));
    rows.map(|row| {
        let (occurred_at, known_at, until) = times(row);
        (frame.kind(row), frame.name(row).to_owned(), occurred_at, known_at, until, frame.value(row))
    })
    .collect()
}

/// Compares both roads at a moment; how many rows there are.
fn compare(facts: &Facts, as_of: AsOf) -> usize {
    let view = facts.as_of(as_of);
    let whole = view.frame(&Want::default()).unwrap();
    let parts = view.parts(&Want::default(), 2).unwrap().unwrap();
    let frames: Vec<FactFrame> = (0..parts.len()).map(|part| parts.take(part).unwrap()).collect();
    let mut customers: Vec<CustomerId> = frames.iter().flat_map(|frame| frame.customers().to_vec()).collect();
    customers.sort();
    assert_eq!(customers, whole.customers());
    for frame in &frames {
        for customer in frame.customers() {
            assert_eq!(rows(frame, customer), rows(&whole, customer), "{customer}");
        }
        let orders = ["Order Completed".to_owned()];
        for (kind, names) in [(Kind::Event, &[][..]), (Kind::Order, &orders[..]), (Kind::Ticket, &[][..])] {
            for t in [AsOf(at(20 * DAY)), as_of] {
                assert_eq!(frame.first_delivered_by(kind, names, t), whole.first_delivered_by(kind, names, t));
            }
        }
    }
    whole.len()
}

#[test]
fn every_customer_has_the_same_rows_in_a_part_of_the_view_as_in_the_whole() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    // Two loads of the same months, a drained batch and a live one: a customer's rows lie in several files.
    facts.load(batch(history(0, 3_000)), at(100 * DAY)).unwrap();
    facts.load(batch(history(3_000, 5_000)), at(101 * DAY)).unwrap();
    facts.append(batch(history(5_000, 5_500)), at(102 * DAY)).unwrap();
    facts.drain().unwrap();
    facts.append(batch(history(5_500, 6_000)), at(103 * DAY)).unwrap();
    assert_eq!(compare(&facts, AsOf(at(200 * DAY))), 6_000);
    let earlier = compare(&facts, AsOf(at(45 * DAY)));
    assert!((2_000..4_000).contains(&earlier), "{earlier}");
}

#[test]
fn what_happened_at_one_moment_stays_as_it_came_whether_files_lie_by_number_or_not() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    // Three customers, two seconds: nearly everything is a tie, and what came first is told by the value alone.
    let ties = |from: u64, to: u64| {
        let fact = |number: u64| {
            let mut fact = login(&format!("m{number}"), &format!("C{}", number % 3), (number % 2) as i64);
            fact.value = Some(Amount::from_millionths(number as i128));
            fact
        };
        batch((from..to).map(fact).collect())
    };
    let end = AsOf(at(200 * DAY));
    let reads_numbers = || {
        let parts = facts.as_of(end).parts(&Want::default(), 2).unwrap().unwrap();
        parts.scanned().columns.contains(&"number".to_owned())
    };
    let mut next = 0;
    let mut load = |count: u64, day: i64| {
        facts.load(ties(next, next + count), at(day * DAY)).unwrap();
        next += count;
    };
    (0..6).for_each(|day| load(2, 100 + day));
    load(400, 106);
    (0..6).for_each(|day| load(2, 107 + day));
    assert_eq!(compare(&facts, end), 424);
    assert!(!reads_numbers(), "the files follow each other");
    facts.append(ties(424, 430), at(120 * DAY)).unwrap();
    assert_eq!(compare(&facts, end), 430);
    assert!(!reads_numbers(), "what is in no file came last");
    // The small ones become one, in which are rows from before and from after the large one.
    facts.compact(at(121 * DAY)).unwrap();
    assert_eq!(compare(&facts, end), 430);
    assert!(reads_numbers(), "now only the numbers tell");
}

#[test]
fn a_view_that_says_more_takes_the_slow_road() {
    let with = |change: &dyn Fn(&Facts)| {
        let dir = tempfile::tempdir().unwrap();
        let facts = open(dir.path());
        facts.load(batch(history(0, 20)), at(100 * DAY)).unwrap();
        change(&facts);
        facts.as_of(AsOf(at(200 * DAY))).parts(&Want::default(), 2).unwrap().is_some()
    };
    let append = |facts: &Facts, change: &dyn Fn(&mut Fact)| {
        let mut fact = login("more", "C00", 5);
        change(&mut fact);
        facts.append(batch(vec![fact]), at(101 * DAY)).unwrap();
    };
    assert!(with(&|facts| append(facts, &|_| {})));
    assert!(!with(&|facts| append(facts, &|fact| fact.currency = Some("USD".into()))));
    assert!(!with(&|facts| append(facts, &|fact| fact.retracts = Some("m1".to_owned().into()))));
    assert!(!with(&|facts| append(facts, &|fact| fact.supersedes = Some("m1".to_owned().into()))));
    assert!(!with(&|facts| append(facts, &|fact| fact.customer_id = None)));
    let merge = Identity::new("C02", IdentityRole::SameAs, "C04", SourceName::new("crm"));
    assert!(!with(&|facts| {
        let identities = vec![merge.clone()];
        facts.append(facts::FactBatch { identities, ..Default::default() }, at(101 * DAY)).map(drop).unwrap();
    }));
}
