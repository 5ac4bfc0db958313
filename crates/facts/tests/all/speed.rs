//! How fast it is. Prints figures when asked to: `LIUKE_SPEED=1000000 cargo nextest run -p facts speed --no-capture`.

use std::time::Instant as Stopwatch;

use facts::{Fact, FactBatch, Want};
use vocab::{Amount, AsOf, CustomerId, Kind, MessageId};

use crate::record::{at, open};

fn fact(n: u64, customers: u64) -> Fact {
    let mut fact = Fact::new(
        format!("customer-{:06}", n * 7919 % customers),
        Kind::Event,
        ["Logged In", "Feature Used", "Report Opened"][(n % 3) as usize],
        at((n * 47) as i64),
    );
    fact.known_at = Some(fact.occurred_at);
    fact.message_id = MessageId::new(format!("{:032x}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    fact.value = n.is_multiple_of(4).then(|| Amount::from_millionths(i128::from(n % 1000) * 1_000_000));
    fact.properties.insert("plan".into(), Some(["free", "pro", "team"][(n % 3) as usize].into()));
    fact.properties.insert("seats".into(), Some((n % 50).to_string()));
    fact
}

#[test]
fn facts_are_loaded_and_framed() {
    let count: u64 = std::env::var("LIUKE_SPEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_000);
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let customers = (count / 500).max(10);
    let mut loading = std::time::Duration::ZERO;
    for begin in (0..count).step_by(200_000) {
        let batch = FactBatch {
            facts: (begin..count.min(begin + 200_000)).map(|n| fact(n, customers)).collect(),
            ..FactBatch::default()
        };
        let watch = Stopwatch::now();
        facts.load(batch, at(0)).unwrap();
        loading += watch.elapsed();
    }
    println!("loaded {count} facts in {loading:?}");
    let view = facts.as_of(AsOf(at((count * 47) as i64)));
    for (what, want) in [
        ("frame", Want::default()),
        ("frame again", Want::default()),
        ("frame with one property", Want { properties: vec!["plan".into()], ..Want::default() }),
        ("frame with every property", Want { all_properties: true, ..Want::default() }),
        ("frame of one customer", Want { customer: Some(CustomerId::new("customer-000003")), ..Want::default() }),
        ("frame of one customer again", Want { customer: Some(CustomerId::new("customer-000004")), ..Want::default() }),
    ] {
        let watch = Stopwatch::now();
        let frame = view.frame(&want).unwrap();
        println!("{what}: {} rows of {} customers in {:?}", frame.len(), frame.customers().len(), watch.elapsed());
    }
    let watch = Stopwatch::now();
    let timeline = view.facts_of(&CustomerId::new("customer-000005")).unwrap();
    println!("timeline of {} facts in {:?}", timeline.len(), watch.elapsed());
    let (watch, mut seen) = (Stopwatch::now(), 0);
    view.each(&mut |_| seen += 1).unwrap();
    println!("each of {seen} facts in {:?}", watch.elapsed());
    assert_eq!(seen, count);
    drop(facts);
    let watch = Stopwatch::now();
    let facts = open(dir.path());
    println!("opened in {:?}", watch.elapsed());
    let (watch, appends) = (Stopwatch::now(), 50);
    for n in 0..appends {
        facts.append(FactBatch { facts: vec![fact(count + n, customers)], ..FactBatch::default() }, at(0)).unwrap();
    }
    println!("{appends} appends one after another in {:?}", watch.elapsed());
    assert_eq!(facts.sequence(), count + appends);
}
