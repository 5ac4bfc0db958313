//! One more day on a standing state, in seconds: `LIUKE_DAY=20000000 cargo nextest run -p indicators day --no-capture`.
//!
//! Events as those of the workload W1 (`bench/`): a hundred per customer over 400 days, few customers doing much; or, with
//! `LIUKE_DAY_DIR`, those of a data folder that holds some up to 2026-01-01. The day stays in it, so that others can be asked
//! the same of its Parquet files (`bench/standing.py` does all of it).

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant as Stopwatch;

use facts::{Fact, FactBatch, Facts, Options};
use indicators::{Catalog, Delivery, IndicatorFrame, Population, Standing, evaluate_at, evaluate_parts};
use vocab::{Amount, AsOf, CustomerId, Instant, Kind, MessageId, Zone};

const BATCH: u64 = 200_000;
/// How often the day is taken in, each time on the same state: the median is told.
const DAYS: usize = 5;
const DAY: i64 = 86_400_000_000;

/// Names, their kinds, how many of a hundred events they are, and whether they carry a value.
const NAMES: [(&str, Kind, u64, bool); 6] = [
    ("Logged In", Kind::Event, 50, false),
    ("Feature Used", Kind::Event, 35, false),
    ("Order Completed", Kind::Order, 8, true),
    ("Ticket Opened", Kind::Ticket, 4, false),
    ("Survey Answered", Kind::SurveyResponse, 2, true),
    ("Payment Failed", Kind::Payment, 1, false),
];

/// A chain of numbers from a seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

/// Some events of a stretch of time that ends at `end`.
fn events(chance: &mut Chance, count: u64, customers: u64, end: Instant, days: i64) -> FactBatch {
    let mut batch = FactBatch::default();
    for _ in 0..count {
        let place = chance.below(1 << 20) as f64 / f64::from(1 << 20);
        let customer = format!("C{:08}", (place * place * customers as f64) as u64);
        let mut drawn = chance.below(100);
        let (name, kind, _, has_value) = NAMES
            .iter()
            .find(|(_, _, share, _)| {
                let here = drawn < *share;
                drawn = drawn.wrapping_sub(*share);
                here
            })
            .unwrap_or(&NAMES[0]);
        let at = Instant::from_micros(end.micros() - 1 - chance.below((days * DAY) as u64) as i64);
        let mut fact = Fact::new(CustomerId::new(customer), *kind, *name, at);
        fact.message_id = MessageId::from(format!("{:016x}", chance.next()));
        fact.known_at = Some(at);
        fact.value = has_value.then(|| Amount::from_millionths(i128::from(1 + chance.below(400_000_000))));
        batch.facts.push(fact);
    }
    batch
}

#[test]
fn one_more_day_costs_a_day() {
    let asked = std::env::var("LIUKE_DAY").ok().and_then(|text| text.parse::<u64>().ok());
    let Some(count) = asked else {
        eprintln!("skipped: LIUKE_DAY is not set");
        return;
    };
    let temporary = tempfile::tempdir().unwrap();
    let dir = std::env::var_os("LIUKE_DAY_DIR").map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let zone = Zone::named("UTC").unwrap();
    let facts = Facts::open(&dir, Options { zone: Some(zone.clone()), ..Options::default() }).unwrap();
    let (mut chance, customers) = (Chance(1), count / 100);
    let (today, tomorrow) = (zone.parse("2026-01-01").unwrap(), zone.parse("2026-01-02").unwrap());
    if facts.sequence() == 0 {
        for first in (0..count).step_by(BATCH as usize) {
            let batch = events(&mut chance, BATCH.min(count - first), customers, today, 400);
            facts.load(batch, today).unwrap();
        }
    }
    let w1 = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/w1.toml")).unwrap();
    let catalog = Arc::new(Catalog::parse(&[("w1.toml".to_owned(), w1)]).unwrap());

    let begun = Stopwatch::now();
    let view = facts.as_of(Standing::VIEW);
    let standing = Standing::build(catalog.clone(), &view, 2).unwrap().unwrap();
    let built = begun.elapsed();
    let (rows, bytes) = (standing.rows_held(), standing.bytes());
    println!("{count} events of {} customers: built in {built:.2?}", standing.customers());
    println!("{rows} rows, {} MiB, {} bytes a customer", bytes >> 20, bytes / standing.customers().max(1));

    facts.load(events(&mut chance, count / 400, customers, tomorrow, 1), tomorrow).unwrap();
    let view = facts.as_of(Standing::VIEW);
    let (mut days, mut last) = (Vec::new(), None);
    for _ in 0..DAYS {
        let mut again = standing.clone();
        let begun = Stopwatch::now();
        let followed = again.follow(&view).unwrap();
        let taken = begun.elapsed();
        let all = again.answer(AsOf(tomorrow), Delivery::Observed, 2).unwrap();
        let day = begun.elapsed();
        let some = again.answer_of(&followed.customers, AsOf(tomorrow), Delivery::Observed).unwrap();
        assert!(!some.customers().is_empty(), "the day was not there before");
        days.push((day, taken, begun.elapsed() - day, some.customers().len()));
        last = Some((again, all));
    }
    let (mut standing, all) = last.unwrap();
    days.sort_unstable();
    let (day, taken, touched, some) = days[DAYS / 2];
    println!("one more day ({} events) taken in and all {} answered: {day:.3?}", count / 400, all.customers().len());
    println!("of that taken in in {taken:.3?}; only the {some} customers touched are answered in {touched:.3?}");

    let mut bytes = Vec::new();
    let begun = Stopwatch::now();
    standing.write(&mut bytes).unwrap();
    let written = begun.elapsed();
    let begun = Stopwatch::now();
    let read = Standing::read(catalog.clone(), &zone, &mut bytes.as_slice()).unwrap();
    println!("written down in {written:.2?} ({} MiB), read back in {:.2?}", bytes.len() >> 20, begun.elapsed());
    assert_eq!(read.answer(AsOf(tomorrow), Delivery::Observed, 2).unwrap(), all);
    // The record itself says the same: how `liuke indicators` reads it, and row by row where that takes no age.
    let parts = facts.as_of(AsOf(tomorrow)).parts(&catalog.want(), 2).unwrap().unwrap();
    let answers = Mutex::new(Vec::new());
    let frame = |part| parts.take(part);
    let take = |frames| answers.lock().unwrap().extend::<Vec<IndicatorFrame>>(frames);
    evaluate_parts(parts.len(), &frame, &catalog, &[AsOf(tomorrow)], Delivery::Observed, 2, &take).unwrap();
    assert_eq!(IndicatorFrame::joined(answers.into_inner().unwrap()).unwrap(), all);
    if count <= 2_000_000 {
        let frame = facts.as_of(AsOf(tomorrow)).frame(&catalog.want()).unwrap();
        let slowly = evaluate_at(&frame, &catalog, &Population::Everyone, &[AsOf(tomorrow)]).remove(0);
        assert_eq!(slowly, all);
    }
}
