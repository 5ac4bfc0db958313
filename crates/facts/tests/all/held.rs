//! The quarantine: what cannot be a fact is kept with what it came with, once.

use std::collections::BTreeMap;
use std::path::Path;

use facts::{FactBatch, Facts, Fate, Held, StopPoint};
use vocab::{MessageId, SourceName};

use crate::record::{at, batch, every, login, open};

fn held(id: &str, body: &str) -> Held {
    of_source("test", id, body)
}

fn of_source(source: &str, id: &str, body: &str) -> Held {
    let fault = r#"{"code":"no_event","path":"/event","zh":"缺少事件名","en":"no event name"}"#.to_owned();
    Held { source: SourceName::new(source), message_id: MessageId::new(id), fault, body: body.to_owned() }
}

fn with_held(mut batch: FactBatch, held: Vec<Held>) -> FactBatch {
    batch.held = held;
    batch
}

fn bodies(facts: &Facts) -> Vec<String> {
    facts.held(None, u64::MAX, 100).unwrap().into_iter().map(|row| row.held.body).collect()
}

fn counts(facts: &Facts) -> BTreeMap<String, u64> {
    facts.held_count().unwrap().into_iter().map(|(source, count)| (source.to_string(), count)).collect()
}

#[test]
fn what_cannot_be_a_fact_is_kept_as_it_came_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let came = with_held(batch(vec![login("a", "A", 1)]), vec![held("bad", "{\"event\":\"\"}")]);
    {
        let facts = open(dir.path());
        let report = facts.append(came.clone(), at(10)).unwrap();
        assert_eq!((report.received, report.appended, report.held), (2, 1, 1));
        assert_eq!((&*report.fates, &*report.held_fates), (&[Fate::Appended][..], &[Fate::Held][..]));
        facts.drain().unwrap();
    }
    let facts = open(dir.path());
    let rows = facts.held(None, u64::MAX, 10).unwrap();
    assert_eq!((rows.len(), &rows[0].held, rows[0].recorded_at), (1, &came.held[0], at(10)));
    assert_eq!(facts.held_row(rows[0].number).unwrap().as_ref(), Some(&rows[0]));
    assert_eq!(counts(&facts), BTreeMap::from([("test".to_owned(), 1)]));
    assert_eq!(every(&facts).len(), 1, "it is in no view");
}

#[test]
fn an_id_belongs_to_one_fact_or_held_row() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    facts.append(with_held(batch(vec![login("a", "A", 1)]), vec![held("b", "x")]), at(10)).unwrap();
    let again = with_held(
        batch(vec![login("a", "A", 1), login("b", "A", 1)]),
        vec![held("b", "x"), held("b", "y"), held("a", "x"), held("c", "x"), held("c", "x")],
    );
    let report = facts.append(again, at(20)).unwrap();
    assert_eq!(report.fates, [Fate::Duplicate, Fate::Conflict]);
    let fates = [Fate::Duplicate, Fate::Conflict, Fate::Conflict, Fate::Held, Fate::Duplicate];
    assert_eq!(report.held_fates, fates);
    assert_eq!((report.received, report.appended, report.duplicates, report.conflicts, report.held), (7, 0, 3, 3, 1));
    assert_eq!(bodies(&facts), ["x", "x"]);
    let taken = facts.contains(&SourceName::new("test"), &[MessageId::new("b")]).unwrap();
    assert_eq!(taken, [true]);
}

#[test]
fn the_newest_come_first_page_by_page_of_one_source_or_of_all() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    for n in 0..6 {
        let source = ["shop", "sh"][n % 2];
        let row = of_source(source, &format!("m{n}"), &n.to_string());
        facts.append(with_held(batch(Vec::new()), vec![row]), at(n as i64)).unwrap();
    }
    let page = |source: Option<&str>, before| {
        let source = source.map(SourceName::new);
        let rows = facts.held(source.as_ref(), before, 2).unwrap();
        (rows.iter().map(|row| row.held.body.clone()).collect::<Vec<_>>(), rows.last().map(|row| row.number))
    };
    let (first, next) = page(None, u64::MAX);
    assert_eq!(first, ["5", "4"]);
    assert_eq!(page(None, next.unwrap()).0, ["3", "2"]);
    let (first, next) = page(Some("sh"), u64::MAX);
    assert_eq!(first, ["5", "3"]);
    let (second, next) = page(Some("sh"), next.unwrap());
    assert_eq!((second, page(Some("sh"), next.unwrap()).0), (vec!["1".to_owned()], vec![]));
    assert_eq!(page(Some("nobody"), u64::MAX).0.len(), 0);
    assert_eq!(counts(&facts), BTreeMap::from([("sh".to_owned(), 3), ("shop".to_owned(), 3)]));
}

#[test]
fn a_replayed_row_becomes_a_fact_once_even_if_two_people_replay_it() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    facts.append(with_held(batch(Vec::new()), vec![held("b", "x"), held("c", "y")]), at(10)).unwrap();
    let number = facts.held(None, u64::MAX, 10).unwrap()[1].number;
    let report = facts.release(number, batch(vec![login("b", "A", 1)]), at(20)).unwrap();
    assert_eq!((report.appended, report.fates[0]), (1, Fate::Appended));
    let late = facts.release(number, batch(vec![login("b", "A", 2)]), at(30)).unwrap_err();
    assert!(late.is_missing(), "{late}");
    assert_eq!((bodies(&facts), every(&facts).len()), (vec!["y".to_owned()], 1));
    assert_eq!(facts.append(batch(vec![login("b", "A", 1)]), at(40)).unwrap().duplicates, 1);
    let number = facts.held(None, u64::MAX, 10).unwrap()[0].number;
    let edited = with_held(batch(Vec::new()), vec![held("c", "still wrong")]);
    assert_eq!(facts.release(number, edited, at(50)).unwrap().held, 1);
    assert_eq!((bodies(&facts), counts(&facts)["test"]), (vec!["still wrong".to_owned()], 1));
    let number = facts.held(None, u64::MAX, 10).unwrap()[0].number;
    facts.release(number, FactBatch::default(), at(60)).unwrap();
    assert_eq!(facts.append(batch(vec![login("c", "A", 3)]), at(70)).unwrap().appended, 1, "the id is free again");
    assert!(counts(&facts).is_empty());
}

#[test]
fn what_was_discarded_is_not_held_again() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let came = with_held(batch(Vec::new()), vec![held("b", "x"), held("c", "y")]);
    facts.append(came.clone(), at(10)).unwrap();
    let numbers: Vec<u64> = facts.held(None, u64::MAX, 10).unwrap().iter().map(|row| row.number).collect();
    assert_eq!(facts.discard(&[numbers[0], numbers[0], 999], at(20)).unwrap(), 1);
    assert_eq!(facts.discard(&numbers, at(20)).unwrap(), 1);
    assert_eq!(facts.append(came, at(30)).unwrap().held_fates, [Fate::Duplicate, Fate::Duplicate]);
    assert!(bodies(&facts).is_empty() && counts(&facts).is_empty());
}

fn is_held(dir: &Path) -> (usize, usize) {
    let facts = open(dir);
    let held = bodies(&facts).len();
    assert_eq!(counts(&facts).values().sum::<u64>(), held as u64, "counted as listed");
    (every(&facts).len(), held)
}

#[test]
fn wherever_it_stops_the_held_rows_of_a_batch_are_there_with_its_facts_or_not_at_all() {
    let came = || with_held(batch(vec![login("a", "A", 1)]), vec![held("b", "x")]);
    for (point, remains) in [
        (StopPoint::AppendPrepared, 0),
        (StopPoint::AppendWritten, 1),
        (StopPoint::LoadWritten, 0),
        (StopPoint::LoadAcknowledged, 1),
        (StopPoint::LoadCommitted, 1),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let is_live = matches!(point, StopPoint::AppendPrepared | StopPoint::AppendWritten);
        {
            let facts = open(dir.path());
            facts.stop_at(point);
            let stopped = if is_live { facts.append(came(), at(5)) } else { facts.load(came(), at(5)) };
            assert!(stopped.is_err(), "{point:?}");
        }
        assert_eq!(is_held(dir.path()), (remains, remains), "{point:?}");
        open(dir.path()).append(came(), at(6)).unwrap();
        assert_eq!(is_held(dir.path()), (1, 1), "{point:?}");
    }
}

#[test]
fn a_release_that_stops_anywhere_leaves_the_row_or_the_fact() {
    for (point, remains) in [(StopPoint::AppendPrepared, (0, 1)), (StopPoint::AppendWritten, (1, 0))] {
        let dir = tempfile::tempdir().unwrap();
        {
            let facts = open(dir.path());
            facts.append(with_held(batch(Vec::new()), vec![held("b", "x")]), at(5)).unwrap();
            let number = facts.held(None, u64::MAX, 1).unwrap()[0].number;
            facts.stop_at(point);
            facts.release(number, batch(vec![login("b", "A", 1)]), at(6)).unwrap_err();
        }
        assert_eq!(is_held(dir.path()), remains, "{point:?}");
    }
}

#[test]
fn a_message_whose_clock_was_corrected_differently_is_the_same_message() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let sent =
        |seconds, fingerprint| FactBatch { fingerprints: vec![fingerprint], ..batch(vec![login("a", "A", seconds)]) };
    facts.append(sent(1, 7), at(10)).unwrap();
    assert_eq!(facts.append(sent(2, 7), at(11)).unwrap().fates, [Fate::Duplicate]);
    assert_eq!(facts.append(sent(1, 8), at(12)).unwrap().fates, [Fate::Conflict]);
    let two = FactBatch { fingerprints: vec![1, 2], ..batch(vec![login("b", "A", 1)]) };
    assert!(facts.append(two, at(13)).unwrap_err().is_invalid());
}
