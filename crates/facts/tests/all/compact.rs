//! The lake is put in order while it is read and written, and nobody sees a difference.

use std::path::Path;

use facts::{Facts, StopPoint, StoredFact, Want};
use vocab::{AsOf, CustomerId, Instant};

use crate::record::{at, batch, every, login, open, order};

const HOUR: i64 = 3_600;

/// Two months of facts in many small files, from both ways in.
fn scattered(facts: &Facts, turns: i64) {
    for turn in 0..turns {
        let fact = |n: i64| {
            let id = format!("{turn}-{n}");
            let customer = format!("c{}", (n * 13 + turn * 7) % 40);
            let seconds = (n * 104_729 + turn * 7_919) % (50 * 86_400);
            let mut fact =
                if n % 3 == 0 { order(&id, &customer, seconds, n.into()) } else { login(&id, &customer, seconds) };
            if n % 17 == 0 {
                (fact.customer_id, fact.actor_id) = (None, Some(vocab::ActorId::new(format!("u{n}"))));
            }
            if n == 5 && turn > 0 {
                fact.supersedes = Some(vocab::MessageId::new(format!("{}-5", turn - 1)));
            }
            fact
        };
        let came = batch((0..60).map(fact).collect());
        match turn % 2 {
            0 => facts.load(came, at(100 + turn)).map(drop).unwrap(),
            _ => {
                facts.append(came, at(100 + turn)).unwrap();
                facts.drain().unwrap();
            }
        }
    }
}

fn files(dir: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for month in std::fs::read_dir(dir.join("lake/facts")).unwrap() {
        let month = month.unwrap().path();
        if month.file_name().is_some_and(|name| name.to_string_lossy().starts_with("month=")) {
            let entries = std::fs::read_dir(&month).unwrap();
            names.extend(entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()));
        }
    }
    names.sort();
    names
}

/// Until there is nothing left to merge.
fn settle(facts: &Facts, now: Instant) {
    let mut merged = true;
    while merged {
        merged = (0..2).map(|_| facts.compact(now).unwrap().merged_files).sum::<u64>() > 0;
    }
}

type Answers = (Vec<StoredFact>, Vec<StoredFact>, Vec<String>, Vec<facts::SourceSummary>);

fn answers(facts: &Facts) -> Answers {
    let view = facts.as_of(AsOf(at(40 * 86_400)));
    let frame = view.frame(&Want { all_properties: true, ..Want::default() }).unwrap();
    let timeline = view.facts_of(&CustomerId::new("c7")).unwrap();
    (every(facts), timeline, crate::record::lines(&frame, view.as_of()), facts.sources().unwrap())
}

#[test]
fn a_months_many_files_become_one_sorted_file_and_every_answer_stays() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    scattered(&facts, 7);
    let before = answers(&facts);
    let view = facts.as_of(AsOf(at(40 * 86_400)));
    assert_eq!(files(dir.path()).len(), 14);
    settle(&facts, at(1_000));
    assert_eq!(answers(&facts), before);
    assert_eq!(facts.vacuum(at(1_000 + HOUR)).unwrap(), 0, "a view taken before keeps its files");
    assert_eq!(view.facts_of(&CustomerId::new("c7")).unwrap(), before.1);
    drop(view);
    assert_eq!(facts.vacuum(at(1_000 + HOUR - 1)).unwrap(), 0, "readers from outside have an hour");
    assert_eq!(facts.vacuum(at(1_000 + HOUR)).unwrap(), 14);
    let names = files(dir.path());
    assert!(names.len() == 2 && names.iter().all(|name| name.starts_with("sorted-")), "{names:?}");
    assert_eq!(facts.vacuum(at(1_000 + HOUR)).unwrap(), 0);
    assert_eq!(answers(&facts), before);
    drop(facts);
    let facts = open(dir.path());
    assert_eq!(answers(&facts), before);
    assert_eq!(facts.compact(at(9_000)).unwrap().merged_files + facts.compact(at(9_000)).unwrap().merged_files, 0);
}

#[test]
fn other_readers_are_told_that_no_fact_changed() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    scattered(&facts, 4);
    settle(&facts, at(1_000));
    let log = dir.path().join("lake/facts/_delta_log");
    let mut commits: Vec<_> = std::fs::read_dir(log).unwrap().map(|entry| entry.unwrap().path()).collect();
    commits.retain(|path| path.extension().is_some_and(|one| one == "json"));
    commits.sort();
    let last = std::fs::read_to_string(commits.last().unwrap()).unwrap();
    let actions: Vec<serde_json::Value> = last.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| actions.iter().filter_map(|one| one.get(kind)).cloned().collect::<Vec<_>>();
    assert_eq!((of("add").len(), of("remove").len()), (1, 4));
    assert!(of("add").iter().chain(&of("remove")).all(|one| one["dataChange"] == false));
    let partition = |one: &serde_json::Value| one["partitionValues"]["month"].clone();
    assert!(of("remove").iter().all(|one| partition(one) == partition(&of("add")[0])));
}

#[test]
fn a_compaction_that_stops_anywhere_changes_no_answer_and_leaves_nothing_behind() {
    for point in [StopPoint::CompactWritten, StopPoint::CompactCommitted, StopPoint::VacuumRemoved] {
        for reopens in [true, false] {
            let dir = tempfile::tempdir().unwrap();
            let mut facts = open(dir.path());
            scattered(&facts, 5);
            let before = answers(&facts);
            if point == StopPoint::VacuumRemoved {
                settle(&facts, at(1_000));
            }
            facts.stop_at(point);
            let stopped = match point {
                StopPoint::VacuumRemoved => facts.vacuum(at(1_000 + HOUR)).map(drop),
                _ => facts.compact(at(1_000)).and_then(|_| facts.compact(at(1_000))).map(drop),
            };
            assert!(stopped.is_err(), "{point:?}");
            assert_eq!(answers(&facts), before, "{point:?}");
            if reopens {
                drop(facts);
                facts = open(dir.path());
                assert_eq!(answers(&facts), before, "{point:?}, reopened");
            }
            facts.stop_at(StopPoint::Nowhere);
            facts.append(batch(vec![login("new", "c7", 9)]), at(3_000)).unwrap();
            facts.drain().unwrap();
            settle(&facts, at(2_000));
            facts.vacuum(at(2_000 + 2 * HOUR)).unwrap();
            assert_eq!(every(&facts).len(), before.0.len() + 1, "{point:?}, reopened: {reopens}");
            // The new fact's own file may be too small to be merged; nothing older is left.
            let names = files(dir.path());
            let old = names.iter().filter(|name| !name.starts_with("sorted-") && !name.contains("301"));
            assert!(old.count() == 0 && names.len() <= 3, "{point:?}, reopened: {reopens}: {names:?}");
            drop(facts);
            assert_eq!(every(&open(dir.path())).len(), before.0.len() + 1, "{point:?}");
        }
    }
}

#[test]
fn facts_come_in_and_are_read_while_the_lake_is_put_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    scattered(&facts, 2);
    let begun = every(&facts).len();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for turn in 0..24 {
                let came = (0..5).map(|n| login(&format!("live-{turn}-{n}"), &format!("c{n}"), turn * 86_400));
                facts.append(batch(came.collect()), at(10_000 + turn)).unwrap();
                facts.drain().unwrap();
            }
        });
        let reader = scope.spawn(|| {
            let mut seen = 0;
            for _ in 0..30 {
                let view = facts.as_of(AsOf(at(100_000_000)));
                let count = view.frame(&Want::default()).unwrap().len();
                assert!(count >= seen, "what was seen stays");
                seen = count;
            }
        });
        while !(writer.is_finished() && reader.is_finished()) {
            facts.compact(at(20_000)).unwrap();
            facts.vacuum(at(20_000 + HOUR)).unwrap();
        }
    });
    assert_eq!(every(&facts).len(), begun + 24 * 5);
    settle(&facts, at(30_000));
    facts.vacuum(at(30_000 + HOUR)).unwrap();
    assert_eq!(every(&facts).len(), begun + 24 * 5);
    let names = files(dir.path());
    assert!(names.len() <= 4 && names.iter().filter(|name| name.starts_with("sorted-")).count() >= 2, "{names:?}");
}
