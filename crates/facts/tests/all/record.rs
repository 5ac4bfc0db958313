//! Appending, loading, draining, reopening: what goes in comes out, once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use facts::{Fact, FactBatch, FactFrame, Facts, Fate, Options, StoredFact, Want, read_parquet, write_parquet};
use vocab::{Amount, AsOf, CustomerId, Horizon, Instant, Kind, MessageId, SourceName, Zone};

/// A moment in seconds after the epoch of the tests, 2025-01-01.
pub fn at(seconds: i64) -> Instant {
    Instant::from_micros(1_735_689_600_000_000 + seconds * 1_000_000)
}

pub fn open(dir: &Path) -> Facts {
    Facts::open(dir, Options::default()).unwrap()
}

/// A login of a customer that happened and was known at a moment.
pub fn login(id: &str, customer: &str, seconds: i64) -> Fact {
    let mut fact = Fact::new(customer, Kind::Event, "Logged In", at(seconds));
    fact.message_id = MessageId::new(id);
    fact.known_at = Some(at(seconds));
    fact
}

pub fn batch(facts: Vec<Fact>) -> FactBatch {
    FactBatch { facts, ..FactBatch::default() }
}

pub fn order(id: &str, customer: &str, seconds: i64, yuan: i128) -> Fact {
    let mut fact = login(id, customer, seconds);
    (fact.kind, fact.name) = (Kind::Order, "Order Completed".into());
    fact.value = Some(Amount::from_millionths(yuan * 1_000_000));
    fact.currency = Some("USD".into());
    fact.text = Some("加急,周五前".into());
    fact.properties = BTreeMap::from([("plan".into(), Some("pro".into())), ("coupon".into(), None)]);
    fact
}

fn late() -> AsOf {
    AsOf(at(1_000_000_000))
}

/// Message ids of a frame's visible rows are not kept; customers, moments and values say which rows they are.
pub fn lines(frame: &FactFrame, as_of: AsOf) -> Vec<String> {
    let mut lines = Vec::new();
    for (position, customer) in frame.customers().iter().enumerate() {
        for row in frame.rows_of(position).filter(|row| frame.is_visible(*row, as_of)) {
            let value = frame.value(row).map(|value| value.to_string()).unwrap_or_default();
            let since = (frame.occurred_at(row).micros() - at(0).micros()) / 1_000_000;
            lines.push(format!("{customer} {} {} {since} {value}", frame.kind(row), frame.name(row)));
        }
    }
    lines.sort();
    lines
}

pub fn every(facts: &Facts) -> Vec<StoredFact> {
    let mut all = Vec::new();
    facts.as_of(late()).each(&mut |stored| all.push(stored.clone())).unwrap();
    all
}

#[test]
fn a_customers_order_comes_out_as_it_went_in_from_log_and_lake_alike() {
    let dir = tempfile::tempdir().unwrap();
    let written = order("o-1", "甲公司", 5, 12);
    {
        let facts = open(dir.path());
        facts.append(batch(vec![written.clone()]), at(100)).unwrap();
        assert_eq!(every(&facts)[0].fact, written);
        facts.drain().unwrap();
        assert_eq!(every(&facts)[0].fact, written, "after the drain");
    }
    let facts = open(dir.path());
    let all = every(&facts);
    assert_eq!((all.len(), &all[0].fact, all[0].recorded_at), (1, &written, at(100)));
    let want = Want { all_properties: true, text: true, ..Want::default() };
    let frame = facts.as_of(late()).frame(&want).unwrap();
    assert_eq!(frame.property(0, "plan"), Some(Some("pro")));
    assert_eq!(frame.property(0, "coupon"), Some(None), "removed");
    assert_eq!(frame.property(0, "seats"), None, "never said");
    assert_eq!((frame.text(0), frame.currency(0)), (Some("加急,周五前"), Some("USD")));
    assert_eq!(frame.value(0), written.value);
}

#[test]
fn the_same_fact_again_adds_nothing_and_other_content_is_a_conflict() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let first = facts.append(batch(vec![order("o-1", "A", 1, 10), order("o-1", "A", 1, 10)]), at(10)).unwrap();
    assert_eq!(first.fates, [Fate::Appended, Fate::Duplicate]);
    let other = facts.load(batch(vec![order("o-1", "A", 1, 11), order("o-2", "A", 2, 5)]), at(20)).unwrap();
    assert_eq!(other.fates, [Fate::Conflict, Fate::Appended]);
    assert_eq!((other.received, other.appended, other.duplicates, other.conflicts), (2, 1, 0, 1));
    facts.drain().unwrap();
    let again = facts.load(batch(vec![order("o-1", "A", 1, 10), order("o-2", "A", 2, 5)]), at(30)).unwrap();
    assert_eq!((again.duplicates, again.earliest_changed), (2, None));
    let mut elsewhere = order("o-1", "A", 1, 10);
    elsewhere.source = SourceName::new("shop");
    assert_eq!(facts.append(batch(vec![elsewhere]), at(40)).unwrap().appended, 1, "ids belong to their source");
    let values: Vec<_> = every(&facts).iter().map(|stored| stored.fact.value.unwrap().to_string()).collect();
    assert_eq!(values, ["10", "10", "5"]);
    let ids = [MessageId::new("o-1"), MessageId::new("o-9")];
    assert_eq!(facts.contains(&SourceName::new("shop"), &ids).unwrap(), [true, false]);
}

#[test]
fn draining_twice_is_draining_once_and_a_reopened_folder_says_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let mut before = Vec::new();
    {
        let facts = open(dir.path());
        facts.append(batch((0..50).map(|n| login(&format!("m{n}"), "A", n)).collect()), at(100)).unwrap();
        facts.load(batch((0..50).map(|n| login(&format!("h{n}"), "B", n * 86_400 * 10)).collect()), at(200)).unwrap();
        assert_eq!(facts.drain().unwrap().facts, 50);
        assert_eq!(facts.drain().unwrap().facts, 0);
        facts.append(batch(vec![login("m50", "C", 50)]), at(300)).unwrap();
        before.extend(every(&facts));
        assert_eq!(before.len(), 101);
    }
    let facts = open(dir.path());
    assert_eq!(every(&facts), before);
    assert_eq!(facts.sequence(), 101);
    facts.drain().unwrap();
    assert_eq!(every(&facts), before);
}

#[test]
fn a_view_taken_before_a_fact_came_does_not_show_it() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let view = facts.as_of(late());
    facts.append(batch(vec![login("m", "A", 1)]), at(5)).unwrap();
    assert!(view.frame(&Want::default()).unwrap().is_empty());
    assert_eq!(facts.as_of(late()).frame(&Want::default()).unwrap().len(), 1);
}

#[test]
fn recorded_at_never_goes_back_even_if_the_clock_does() {
    let dir = tempfile::tempdir().unwrap();
    let times = |facts: &Facts| every(facts).iter().map(|stored| stored.recorded_at).collect::<Vec<_>>();
    {
        let facts = open(dir.path());
        facts.append(batch(vec![login("a", "A", 1)]), at(500)).unwrap();
        facts.append(batch(vec![login("b", "A", 2)]), at(100)).unwrap();
    }
    let facts = open(dir.path());
    facts.load(batch(vec![login("c", "A", 3)]), at(0)).unwrap();
    assert_eq!(times(&facts), [at(500), at(500).plus_micros(1), at(500).plus_micros(2)]);
}

#[test]
fn a_live_fact_is_known_when_it_is_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let mut fact = login("a", "A", 1);
    fact.known_at = None;
    let report = facts.append(batch(vec![fact]), at(500)).unwrap();
    assert_eq!(report.earliest_changed, Some(at(500)));
    assert!(facts.as_of(AsOf(at(500))).frame(&Want::default()).unwrap().is_empty());
    assert_eq!(facts.as_of(AsOf(at(501))).frame(&Want::default()).unwrap().len(), 1);
}

#[test]
fn many_callers_append_at_once_and_each_fact_is_there_once() {
    let dir = tempfile::tempdir().unwrap();
    let facts = Arc::new(open(dir.path()));
    std::thread::scope(|scope| {
        for caller in 0..8 {
            let facts = facts.clone();
            scope.spawn(move || {
                for n in 0..20 {
                    let mine = login(&format!("{caller}-{n}"), &format!("C{caller}"), n);
                    let shared = login(&format!("shared-{n}"), "S", n);
                    facts.append(batch(vec![mine, shared]), at(1000 + n)).unwrap();
                }
            });
        }
        let facts = facts.clone();
        scope.spawn(move || (0..5).for_each(|_| assert!(facts.drain().is_ok())));
    });
    let all = every(&facts);
    assert_eq!(all.len(), 8 * 20 + 20);
    let numbers: std::collections::BTreeSet<u64> = all.iter().map(|stored| stored.number).collect();
    assert_eq!(numbers.len(), all.len());
    let mut by_number = all;
    by_number.sort_by_key(|stored| stored.number);
    assert!(by_number.is_sorted_by_key(|stored| stored.recorded_at));
}

#[test]
fn notes_are_kept_with_their_batch() {
    let dir = tempfile::tempdir().unwrap();
    {
        let facts = open(dir.path());
        let notes = vec![(b"traits/A".to_vec(), b"plan=pro".to_vec())];
        facts.load(FactBatch { facts: vec![login("a", "A", 1)], notes, ..FactBatch::default() }, at(5)).unwrap();
        let notes = vec![(b"traits/B".to_vec(), b"plan=free".to_vec())];
        facts.append(FactBatch { notes, ..FactBatch::default() }, at(6)).unwrap();
    }
    let facts = open(dir.path());
    assert_eq!(facts.note(b"traits/A").unwrap().as_deref(), Some(&b"plan=pro"[..]));
    assert_eq!(facts.note(b"traits/B").unwrap().as_deref(), Some(&b"plan=free"[..]));
    assert_eq!(facts.note(b"traits/C").unwrap(), None);
}

#[test]
fn a_folder_belongs_to_one_process() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let refused = Facts::open(dir.path(), Options::default()).err().unwrap();
    assert!(refused.is_locked(), "{refused}");
    drop(facts);
    open(dir.path());
}

#[test]
fn the_zone_is_fixed_before_the_first_fact() {
    let dir = tempfile::tempdir().unwrap();
    let berlin = || Options { zone: Some(Zone::named("Europe/Berlin").unwrap()), ..Options::default() };
    assert_eq!(open(dir.path()).zone().name(), "Asia/Shanghai");
    let facts = Facts::open(dir.path(), berlin()).unwrap();
    facts.append(batch(vec![login("a", "A", 1)]), at(5)).unwrap();
    drop(facts);
    assert_eq!(open(dir.path()).zone().name(), "Europe/Berlin");
    let refused = Facts::open(dir.path(), Options { zone: Some(Zone::utc()), ..Options::default() }).err().unwrap();
    assert!(refused.is_invalid(), "{refused}");
}

#[test]
fn what_can_never_be_recorded_is_refused_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let mut too_much = login("b", "A", 1);
    too_much.value = Some(Amount::from_millionths(i128::from(i64::MAX)));
    for fact in [login("", "A", 1), too_much] {
        let refused = facts.append(batch(vec![login("a", "A", 1), fact.clone()]), at(5)).unwrap_err();
        assert!(refused.is_invalid(), "{refused}");
        assert!(facts.load(batch(vec![fact]), at(5)).unwrap_err().is_invalid());
    }
    assert_eq!(facts.append(batch(vec![login("a", "A", 1)]), at(5)).unwrap().appended, 1);
}

#[test]
fn the_timeline_of_a_customer_is_newest_first_wherever_its_facts_lie() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let crowd = (0..9_000).map(|n| login(&format!("x{n}"), &format!("customer {}", n % 3_000), n * 600));
    facts.load(batch(crowd.collect()), at(0)).unwrap();
    facts.append(batch(vec![login("new", "customer 1234", 9_000_000)]), at(9_000_001)).unwrap();
    let timeline = facts.as_of(late()).facts_of(&CustomerId::new("customer 1234")).unwrap();
    let ids: Vec<_> = timeline.iter().map(|stored| stored.fact.message_id.as_str()).collect();
    assert_eq!(ids, ["new", "x7234", "x4234", "x1234"]);
    let earlier = facts.as_of(AsOf(at(4234 * 600))).facts_of(&CustomerId::new("customer 1234")).unwrap();
    assert_eq!(earlier.len(), 1, "what happens at the moment is not yet seen");
    assert!(facts.as_of(late()).facts_of(&CustomerId::new("customer 9")).unwrap().len() == 3);
}

#[test]
fn a_frame_of_one_customer_says_the_same_of_it_as_the_frame_of_all() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let crowd = (0..4_000).map(|n| order(&format!("x{n}"), &format!("c{}", n % 500), n * 6_000, n as i128));
    facts.load(batch(crowd.collect()), at(0)).unwrap();
    let view = facts.as_of(AsOf(at(3_000 * 6_000)));
    let all = view.frame(&Want { properties: vec!["plan".into()], ..Want::default() }).unwrap();
    let customer = CustomerId::new("c77");
    let one = view.frame(&Want { customer: Some(customer.clone()), ..Want::default() }).unwrap();
    assert_eq!(one.customers(), std::slice::from_ref(&customer));
    let of_one: Vec<String> = lines(&all, view.as_of()).into_iter().filter(|line| line.starts_with("c77 ")).collect();
    assert_eq!(lines(&one, view.as_of()), of_one);
    let first = |frame: &FactFrame| frame.first_delivered(Kind::Order, &["Order Completed".into()]);
    assert_eq!((first(&one), first(&all)), (Some(at(0)), Some(at(0))), "coverage is everyone's");
}

#[test]
fn a_frame_of_one_customer_knows_what_everyone_delivered_in_whatever_batches_it_came() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let names = ["Logged In", "Feature Used", "Report Opened", "Exported", "Invited"];
    let told = |part: i64, n: i64| {
        let mut fact =
            login(&format!("{part}-{n}"), &format!("c{}", (n * 7 + part) % 150), (n * 977 + part * 40_000) % 9_000_000);
        fact.name = names[((n + part) % 4) as usize + usize::from(n % 97 == 0)].into();
        fact.kind = [Kind::Event, Kind::Order, Kind::Ticket][(n % 3) as usize];
        fact.known_at = Some(fact.occurred_at.plus_micros((n % 5) * 86_400_000_000));
        fact
    };
    for part in 0..4 {
        let came = batch((0..600).map(|n| told(part, n)).collect());
        match part {
            3 => facts.append(came, at(10_000_000)).unwrap(),
            _ => facts.load(came, at(10_000_000)).unwrap(),
        };
    }
    for view in [facts.as_of(AsOf(at(8_000_000))), facts.as_recorded(AsOf(at(10_000_000).plus_micros(2)))] {
        let all = view.frame(&Want::default()).unwrap();
        for customer in ["c0", "c77", "c149"] {
            let want = Want { customer: Some(CustomerId::new(customer)), ..Want::default() };
            let one = view.frame(&want).unwrap();
            for (kind, name) in Kind::ALL.into_iter().flat_map(|kind| names.map(|name| (kind, vec![name.to_owned()]))) {
                for second in (0..8_000_000).step_by(500_000) {
                    let t = AsOf(at(second));
                    let first = |frame: &FactFrame| frame.first_delivered_by(kind, &name, t);
                    assert_eq!(first(&one), first(&all), "{kind} {name:?} at {t}, seen from {customer}");
                }
            }
        }
    }
}

#[test]
fn coverage_is_what_was_known_then() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let mut imported = login("old", "A", 10);
    imported.known_at = Some(at(500));
    facts.load(batch(vec![login("new", "A", 100), imported]), at(600)).unwrap();
    let frame = facts.as_of(late()).frame(&Want::default()).unwrap();
    assert_eq!(frame.first_delivered_by(Kind::Event, &[], AsOf(at(200))), Some(at(100)));
    assert_eq!(frame.first_delivered_by(Kind::Event, &[], AsOf(at(501))), Some(at(10)));
    assert_eq!(frame.first_delivered(Kind::Event, &["Logged Out".into()]), None);
    assert_eq!(frame.first_delivered(Kind::Order, &[]), None);
}

#[test]
fn hindsight_shows_what_happened_next_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let day = 86_400;
    let mut told_late = login("c", "C", 12 * day);
    told_late.known_at = Some(at(90 * day));
    let rows = vec![login("a", "A", 9 * day), login("b", "B", 10 * day), told_late, login("d", "D", 17 * day)];
    facts.load(batch(rows), at(100 * day)).unwrap();
    let hindsight = facts.after(AsOf(at(10 * day)), Horizon { days: 7 }).unwrap();
    let frame = hindsight.frame(&Want::default()).unwrap();
    let customers: Vec<_> = frame.customers().iter().map(CustomerId::as_str).collect();
    assert_eq!(customers, ["B", "C"]);
    assert_eq!(lines(&frame, hindsight.end()).len(), 2);
    assert!(facts.after(late(), Horizon { days: 0 }).unwrap_err().is_invalid());
}

#[test]
fn sources_are_summed_up_over_log_and_lake() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    facts.load(batch(vec![login("a", "A", 1), order("o", "A", 5, 1)]), at(100)).unwrap();
    facts.append(batch(vec![login("b", "B", 9)]), at(200)).unwrap();
    let sources = facts.sources().unwrap();
    assert_eq!(sources.len(), 1);
    assert_eq!(sources[0].source.as_str(), "test");
    assert_eq!(sources[0].counts, BTreeMap::from([(Kind::Event, 2), (Kind::Order, 1)]));
    assert_eq!((sources[0].first_occurred_at, sources[0].last_occurred_at), (at(1), at(9)));
    assert_eq!((sources[0].last_recorded_at, sources[0].total()), (at(200), 3));
}

#[test]
fn a_plain_event_file_is_read_as_it_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("events.parquet");
    let stored = |number: u64, fact: Fact| StoredFact { number, recorded_at: at(number as i64), fact };
    let facts = vec![stored(1, order("o", "B", 5, 7)), stored(2, login("a", "A", 1))];
    write_parquet(&path, &facts).unwrap();
    assert_eq!(read_parquet(&path).unwrap(), facts);
    std::fs::write(&path, b"no parquet at all").unwrap();
    assert!(read_parquet(&path).unwrap_err().is_damaged());
}

#[test]
fn a_damaged_folder_is_refused_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    {
        let facts = open(dir.path());
        facts.load(batch(vec![login("a", "A", 1)]), at(5)).unwrap();
    }
    let month = dir.path().join("lake/facts/month=2025-01");
    let file = std::fs::read_dir(&month).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let facts = open(dir.path());
    assert!(facts.as_of(late()).frame(&Want::default()).unwrap_err().is_damaged());
    std::fs::remove_file(&file).unwrap();
    assert!(open_again(facts, dir.path()).as_of(late()).frame(&Want::default()).unwrap_err().is_damaged());
    std::fs::remove_dir_all(dir.path().join("intake")).unwrap();
    let refused = Facts::open(dir.path(), Options::default()).err().unwrap();
    assert!(refused.is_damaged() && refused.to_string().contains("intake"), "{refused}");
    std::fs::remove_dir_all(dir.path().join("lake")).unwrap();
    std::fs::create_dir_all(dir.path().join("lake/facts/_delta_log")).unwrap();
    std::fs::write(dir.path().join("lake/facts/_delta_log/00000000000000000000.json"), "{ no json").unwrap();
    assert!(Facts::open(dir.path(), Options::default()).err().unwrap().is_damaged());
}

fn open_again(facts: Facts, dir: &Path) -> Facts {
    drop(facts);
    open(dir)
}

#[test]
fn the_record_works_on_a_runtimes_blocking_threads_and_is_dropped_anywhere() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let path = dir.path().to_owned();
    let facts = runtime.block_on(async move {
        let opened = tokio::task::spawn_blocking(move || Arc::new(open(&path))).await.unwrap();
        let facts = opened.clone();
        tokio::task::spawn_blocking(move || {
            facts.append(batch(vec![login("a", "A", 1)]), at(5)).unwrap();
            facts.drain().unwrap();
        });
        tokio::task::yield_now().await;
        opened.load(batch(vec![login("b", "A", 2)]), at(6)).unwrap();
        opened.clone()
    });
    runtime.block_on(async move { drop(facts) });
}
