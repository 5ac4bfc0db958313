//! Facts in parts need not hold what no window looks at, and every answer is the one that all facts give.

use std::path::Path;
use std::sync::Mutex;

use facts::{Fact, FactFrame, FactParts, StoredFact, write_parquet};
use indicators::{Catalog, Delivery, IndicatorFrame, Population, evaluate_delivered, evaluate_parts};
use proptest::prelude::*;
use vocab::{Amount, AsOf, Instant, Kind, MessageId, Zone};

use crate::specs::in_full;

/// Every sort of window, of silence and of anchor.
const MEASURES: &str = r#"
recent   = { of = { kind = "event", name = "Logged In" }, measure = "count", window = "10d" }
absent   = { of = { kind = "ticket" }, measure = "count", window = "5d" }
days     = { of = { kind = "event", name = "Logged In" }, measure = "distinct_days", window = "7d", compare = { with = "previous", as = "difference" } }
own      = { of = { kind = "event", name = "Used" }, measure = "count", window = "3d", compare = { with = "own_history", as = "z", windows = 4 }, when_absent = "zero" }
course   = { of = { kind = "event", name = "Used" }, measure = "count", window = "2d", compare = { with = "own_history", as = "ewma", windows = 12 } }
away     = { of = { kind = "event", name = "Used" }, measure = "days_since_last", window = "20d" }
spent    = { of = { kind = "order" }, measure = "sum", window = "15d", when_absent = "zero" }
middle   = { of = { kind = "order" }, measure = "mean", window = "this_month" }
part     = { of = { kind = "event" }, part = { kind = "event", name = "Used" }, measure = "share", window = "6d" }
rate     = { of = { kind = "order" }, measure = "rate_per_day", window = "12d" }
streak   = { of = { kind = "event", name = "Logged In" }, measure = "streak_days_without", window = "9d" }
since    = { of = { kind = "event", name = "Used" }, measure = "count", window = "8d", since = { kind = "ticket", name = "Ticket Opened" } }
started  = { of = { kind = "order" }, measure = "rate_per_day", since = "start", window = "30d" }
left     = { of = { kind = "event", name = "Logged In" }, measure = "days_since_last", window = "25d" }
quiet    = { of = { kind = "ticket" }, measure = "gap_current", window = "30d" }
gone     = { of = { kind = "trait" }, measure = "days_since_last", window = "last_month" }
gap      = { of = { kind = "order" }, measure = "gap_max", window = "25d" }
"#;

const DAY: i64 = 86_400_000_000;
const BEGIN: i64 = 1_735_689_600_000_000;

fn catalog(measures: &str) -> Catalog {
    let lines: Vec<&str> = measures.lines().collect();
    Catalog::parse(&[("a.toml".to_owned(), in_full(&lines))]).unwrap()
}

fn stored(number: usize, customer: u8, sort: u8, (hour, late): (i64, i64)) -> StoredFact {
    let sorts = [
        (Kind::Event, "Logged In"),
        (Kind::Event, "Used"),
        (Kind::Order, "Order Completed"),
        (Kind::Ticket, "Ticket Opened"),
        (Kind::Ticket, "Ticket Closed"),
        (Kind::Trait, "Traits Changed"),
    ];
    let (kind, name) = sorts[usize::from(sort) % sorts.len()];
    let at = Instant::from_micros(BEGIN + hour * DAY / 24);
    let mut fact = Fact::new(format!("C{customer}").as_str(), kind, name, at);
    fact.known_at = Some(at.plus_days(late));
    fact.value = (kind == Kind::Order).then(|| Amount::from_millionths(i128::from(number as u64 % 7) * 1_500_000));
    fact.message_id = MessageId::from(format!("m{number}"));
    StoredFact { number: number as u64 + 1, recorded_at: at, fact }
}

fn in_parts(path: &Path, catalog: &Catalog, moments: &[AsOf], end: AsOf) -> (Vec<IndicatorFrame>, u64) {
    let zone = Zone::default();
    let parts = FactParts::read(path, &catalog.want_at(moments, &zone), end, &zone, 2).unwrap().unwrap();
    let (answers, held) = (Mutex::new(Vec::new()), Mutex::new(0));
    let frame = |part| {
        let frame: FactFrame = parts.take(part)?;
        *held.lock().unwrap() += frame.len() as u64;
        Ok(frame)
    };
    let take = |frames| answers.lock().unwrap().push(frames);
    evaluate_parts(parts.len(), &frame, catalog, moments, Delivery::Observed, 2, &take).unwrap();
    let answers: Vec<Vec<IndicatorFrame>> = answers.into_inner().unwrap();
    let at = |m: usize| answers.iter().map(|frames| frames[m].clone()).collect();
    ((0..moments.len()).map(|m| IndicatorFrame::joined(at(m)).unwrap()).collect(), held.into_inner().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_answer_is_the_one_that_all_facts_give(
        rows in proptest::collection::vec((0u8..4, 0u8..6, 0i64..1_500, prop::sample::select(vec![0i64, 0, 0, 0, 2, 9])), 0..160),
        asked in proptest::collection::vec(1i64..80, 1..4),
    ) {
        let facts: Vec<StoredFact> =
            rows.iter().enumerate().map(|(at, (who, sort, hour, late))| stored(at, *who, *sort, (*hour, *late))).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.parquet");
        write_parquet(&path, &facts).unwrap();
        let catalog = catalog(MEASURES);
        let mut moments: Vec<AsOf> = asked.iter().map(|day| AsOf(Instant::from_micros(BEGIN + day * DAY))).collect();
        moments.sort_unstable();
        let end = moments[moments.len() - 1];
        let frame = FactFrame::of(&facts, &[], &catalog.want(), end, &Zone::default());
        let whole = evaluate_delivered(&frame, &catalog, &Population::Everyone, &moments, Delivery::Observed);
        let (found, held) = in_parts(&path, &catalog, &moments, end);
        prop_assert!(held <= frame.len() as u64);
        prop_assert_eq!(found, whole);
    }
}

#[test]
fn what_no_window_looks_at_is_left_out_but_for_the_first_of_its_sort() {
    let facts: Vec<StoredFact> = (0..200).map(|at| stored(at, 1, at as u8 % 2, (at as i64, 0))).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.parquet");
    write_parquet(&path, &facts).unwrap();
    let held = |measures: &str, day: i64| {
        let moment = AsOf(Instant::from_micros(BEGIN + day * DAY));
        in_parts(&path, &catalog(measures), &[moment], moment).1
    };
    let of = |more: &str| format!(r#"a = {{ of = {{ kind = "event", name = "Used" }}, measure = "count"{more} }}"#);
    // Twelve of each name a day. Those of the last day, and the first of each name.
    assert_eq!(held(&of(r#", window = "1d""#), 8), 12 + 2);
    assert_eq!(held(&of(r#", window = "1d""#), 5), 12 + 2);
    assert_eq!(held(&of(""), 5), 60 + 1);
    let anchored = of(r#", window = "1d", since = { kind = "event", name = "Logged In" }"#);
    assert_eq!(held(&anchored, 5), 60 + 12 + 1);
    // Asked when it was last done: the first and the last of them, and the first of the others.
    let last = r#"b = { of = { kind = "event", name = "Used" }, measure = "days_since_last", window = "6d" }"#;
    assert_eq!(held(last, 8), 1 + 1 + 1);
    assert_eq!(held(&format!("{}\n{last}", of(r#", window = "1d""#)), 8), 12 + 2);
    // Another moment has a last of its own.
    let days = [7, 8].map(|day| AsOf(Instant::from_micros(BEGIN + day * DAY)));
    assert_eq!(in_parts(&path, &catalog(last), &days, days[1]).1, (8 - 1) * 12 + 1 + 1);
}
