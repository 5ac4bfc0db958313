//! How fast it is. Prints figures when asked to: `LIUKE_SPEED=1000000 cargo nextest run -p facts speed --no-capture`.
//!
//! `LIUKE_SPEED` is the count of facts; the live path takes in as many again after as many ids are known.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant as Stopwatch};

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

/// Anonymous memory of this process in MiB: what it holds itself, not files that the system keeps for it.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) >> 10
}

fn counted(default: u64) -> u64 {
    std::env::var("LIUKE_SPEED").ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A batch of a hundred live events of a caller, under ids that nobody else has.
fn live_batch(caller: u64, turn: u64) -> FactBatch {
    let event = |n: u64| {
        let number = (caller << 40) + turn * 100 + n;
        let mut fact = fact(number % 1_000_003, 1_000_000);
        (fact.known_at, fact.occurred_at) = (None, at(turn as i64));
        fact.message_id =
            MessageId::new(format!("live-{:032x}", u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C)));
        fact
    };
    FactBatch { facts: (0..100).map(event).collect(), ..FactBatch::default() }
}

#[test]
fn eight_callers_bring_what_happens_while_it_is_moved_to_the_lake_and_put_in_order() {
    let count = counted(8_000);
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let (stop, peak) = (AtomicBool::new(false), AtomicU64::new(0));
    for round in ["first", "second"] {
        stop.store(false, Ordering::SeqCst);
        let begun = Stopwatch::now();
        let mut waits: Vec<Duration> = std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut since = Stopwatch::now();
                while !stop.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(100));
                    peak.fetch_max(memory(), Ordering::SeqCst);
                    if facts.is_drain_due() || since.elapsed().as_secs() >= 10 {
                        since = Stopwatch::now();
                        facts.drain().unwrap();
                    }
                }
            });
            scope.spawn(|| {
                while !stop.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(1_000));
                    facts.compact(at(0)).unwrap();
                    facts.vacuum(at(4_000)).unwrap();
                }
            });
            let caller = |caller: u64| {
                let facts = &facts;
                move || {
                    let mut waits = Vec::new();
                    for turn in 0..count / 800 {
                        let batch = live_batch(caller, turn);
                        let watch = Stopwatch::now();
                        while facts.append(batch.clone(), at(0)).inspect_err(|error| assert!(error.is_busy())).is_err()
                        {
                            std::thread::sleep(Duration::from_millis(20));
                        }
                        waits.push(watch.elapsed());
                    }
                    waits
                }
            };
            let base = if round == "first" { 0 } else { 8 };
            let callers: Vec<_> = (0..8).map(|number| scope.spawn(caller(base + number))).collect();
            let waits: Vec<_> = callers.into_iter().map(|caller| caller.join()).collect();
            stop.store(true, Ordering::SeqCst);
            waits.into_iter().flat_map(Result::unwrap).collect()
        });
        let seconds = begun.elapsed().as_secs_f64();
        waits.sort();
        let at = |share: usize| waits.get(waits.len() * share / 100).copied().unwrap_or_default();
        let per_second = (waits.len() * 100) as f64 / seconds;
        let (half, most, longest) = (at(50), at(99), waits.last().copied().unwrap_or_default());
        println!("{round} {count} live facts: {per_second:.0}/s, p50 {half:?}, p99 {most:?}, longest {longest:?}");
    }
    println!("peak of anonymous memory: {} MiB", peak.into_inner());
    assert_eq!(facts.sequence(), count / 800 * 1600);
}

/// Timelines of one customer among many, at sizes that double: `LIUKE_SPEED` is the largest.
#[test]
fn the_timeline_of_a_customer_is_found_at_any_size() {
    let most = counted(8_000);
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let (customers, days) = ((most / 100).max(10), if most > 100_000 { 365 } else { 30 });
    let (mut size, mut next) = (most / 4, most / 4);
    for begin in (0..most).step_by(200_000.min(most as usize / 4)) {
        let end = most.min(begin + 200_000.min(most / 4));
        let event = |n: u64| {
            let mut fact = fact(n, customers);
            fact.occurred_at = at((n.wrapping_mul(7_919_773) % (days * 86_400)) as i64);
            fact.known_at = Some(fact.occurred_at);
            fact
        };
        facts.load(FactBatch { facts: (begin..end).map(event).collect(), ..FactBatch::default() }, at(0)).unwrap();
        if end < next {
            continue;
        }
        while facts.compact(at(0)).unwrap().merged_files + facts.compact(at(0)).unwrap().merged_files > 0 {}
        facts.vacuum(at(4_000)).unwrap();
        let view = facts.as_of(AsOf(at(400 * 86_400)));
        let mut waits: Vec<Duration> = (0..200)
            .map(|n| {
                let customer = CustomerId::new(format!("customer-{:06}", n * 7_907 % customers));
                let watch = Stopwatch::now();
                assert!(!view.facts_of(&customer).unwrap().is_empty());
                watch.elapsed()
            })
            .collect();
        let first = waits[0];
        waits.sort();
        let memory = memory();
        println!("{end} facts: first {first:?}, p50 {:?}, p95 {:?}, {memory} MiB", waits[100], waits[190]);
        size = (size * 2).min(most);
        next = size;
    }
}
