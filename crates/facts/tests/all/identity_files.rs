//! The identity table is put in order while it is read and written, and nobody sees a difference.

use std::path::Path;

use facts::{FactBatch, Facts, Identity, IdentityRole, StopPoint};
use vocab::{ActorId, AsOf, SourceName};

use crate::record::{at, open};

const HOUR: i64 = 3_600;

/// Says of three people to which customer they belong, and moves that to the lake: a file of its own.
fn told(facts: &Facts, turn: i64) {
    let row = |n: i64| {
        let (person, customer) = (format!("u{turn}-{n}"), format!("c{n}"));
        Identity::new(person, IdentityRole::MemberOf, customer.as_str(), SourceName::new("crm"))
    };
    let identities = (0..3).map(row).collect();
    facts.append(FactBatch { identities, ..FactBatch::default() }, at(turn)).unwrap();
    facts.drain().unwrap();
}

fn files(dir: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for month in std::fs::read_dir(dir.join("lake/identity")).unwrap() {
        let month = month.unwrap().path();
        if month.file_name().is_some_and(|name| name.to_string_lossy().starts_with("month=")) {
            let entries = std::fs::read_dir(&month).unwrap();
            names.extend(entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()));
        }
    }
    names.sort();
    names
}

/// Every identity row in order of arrival, and whom some people belong to.
fn answers(facts: &Facts) -> (Vec<(u64, String)>, Vec<Option<String>>) {
    let view = facts.as_of(AsOf(at(1_000_000)));
    let mut rows = Vec::new();
    view.each_identity(&mut |stored| rows.push((stored.number, stored.identity.key.clone())));
    let of = |person: &str| view.customer_of_person(&ActorId::new(person)).map(|customer| customer.to_string());
    (rows, ["u0-0", "u3-2", "u9-1", "nobody"].into_iter().map(of).collect())
}

/// Until there is nothing left to merge.
fn settle(facts: &Facts, seconds: i64) {
    let mut merged = true;
    while merged {
        merged = (0..2).map(|_| facts.compact(at(seconds)).unwrap().merged_files).sum::<u64>() > 0;
    }
}

#[test]
fn the_many_files_of_identity_rows_become_one_and_every_answer_stays() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    (0..14).for_each(|turn| told(&facts, turn));
    let before = answers(&facts);
    assert_eq!((files(dir.path()).len(), before.0.len()), (14, 42));
    let report = facts.compact(at(1_000)).unwrap();
    assert_eq!((report.merged_files, report.new_files, report.identities, report.facts), (14, 1, 42, 0));
    assert_eq!(answers(&facts), before);
    (14..16).for_each(|turn| told(&facts, turn));
    let before = answers(&facts);
    drop(facts);
    let facts = open(dir.path());
    assert_eq!(answers(&facts), before, "in order of arrival from files of every sort");
    assert_eq!(files(dir.path()).len(), 17, "readers from outside have an hour");
    assert_eq!(facts.vacuum(at(1_000 + HOUR - 1)).unwrap(), 0);
    assert_eq!(facts.vacuum(at(1_000 + HOUR)).unwrap(), 14);
    settle(&facts, 2_000);
    assert_eq!(facts.vacuum(at(2_000 + HOUR)).unwrap(), 3);
    let names = files(dir.path());
    assert!(names.len() == 1 && names[0].ends_with("-48.parquet"), "{names:?}");
    assert_eq!(answers(&facts), before);
    drop(facts);
    assert_eq!(answers(&open(dir.path())), before);
}

#[test]
fn a_merge_of_identity_rows_that_stops_anywhere_changes_no_answer_and_leaves_nothing_behind() {
    for point in [StopPoint::IdentitiesWritten, StopPoint::IdentitiesCommitted, StopPoint::VacuumRemoved] {
        for reopens in [true, false] {
            let dir = tempfile::tempdir().unwrap();
            let mut facts = open(dir.path());
            (0..13).for_each(|turn| told(&facts, turn));
            let before = answers(&facts);
            if point == StopPoint::VacuumRemoved {
                settle(&facts, 1_000);
            }
            facts.stop_at(point);
            let stopped = match point {
                StopPoint::VacuumRemoved => facts.vacuum(at(1_000 + HOUR)).map(drop),
                _ => facts.compact(at(1_000)).map(drop),
            };
            assert!(stopped.is_err(), "{point:?}");
            assert_eq!(answers(&facts), before, "{point:?}");
            if reopens {
                drop(facts);
                facts = open(dir.path());
                assert_eq!(answers(&facts), before, "{point:?}, reopened");
            }
            facts.stop_at(StopPoint::Nowhere);
            told(&facts, 13);
            settle(&facts, 2_000);
            facts.vacuum(at(2_000 + 2 * HOUR)).unwrap();
            let names = files(dir.path());
            let live = names.iter().filter(|name| name.starts_with("live-")).count();
            assert!(live <= 1 && names.len() <= 2, "{point:?}, reopened: {reopens}: {names:?}");
            assert_eq!(answers(&facts).0.len(), before.0.len() + 3);
            drop(facts);
            assert_eq!(answers(&open(dir.path())).0.len(), before.0.len() + 3, "{point:?}");
        }
    }
}

#[test]
fn identity_rows_come_in_and_are_asked_while_their_files_are_merged() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| (0..30).for_each(|turn| told(&facts, turn)));
        let reader = scope.spawn(|| {
            let mut seen = 0;
            for _ in 0..200 {
                let count = answers(&facts).0.len();
                assert!(count >= seen, "what was seen stays");
                seen = count;
            }
        });
        while !(writer.is_finished() && reader.is_finished()) {
            facts.compact(at(20_000)).unwrap();
            facts.vacuum(at(20_000 + HOUR)).unwrap();
        }
    });
    assert_eq!(answers(&facts).0.len(), 90);
    settle(&facts, 30_000);
    facts.vacuum(at(30_000 + HOUR)).unwrap();
    let names = files(dir.path());
    assert!(names.len() <= 2, "{names:?}");
    let before = answers(&facts);
    drop(facts);
    assert_eq!(answers(&open(dir.path())), before);
}

#[test]
fn other_readers_are_told_that_no_identity_row_changed() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    (0..12).for_each(|turn| told(&facts, turn));
    facts.compact(at(1_000)).unwrap();
    let log = dir.path().join("lake/identity/_delta_log");
    let mut commits: Vec<_> = std::fs::read_dir(log).unwrap().map(|entry| entry.unwrap().path()).collect();
    commits.retain(|path| path.extension().is_some_and(|one| one == "json"));
    commits.sort();
    let last = std::fs::read_to_string(commits.last().unwrap()).unwrap();
    let actions: Vec<serde_json::Value> = last.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| actions.iter().filter_map(|one| one.get(kind)).cloned().collect::<Vec<_>>();
    assert_eq!((of("add").len(), of("remove").len()), (1, 12));
    assert!(of("add").iter().chain(&of("remove")).all(|one| one["dataChange"] == false));
}
