//! Wherever the process stops: nothing acknowledged is lost, nothing doubled.

use std::path::Path;
use std::process::{Command, Stdio};

use facts::{FactBatch, Identity, IdentityRole, StopPoint};
use vocab::SourceName;

use crate::record::{at, batch, every, login, open, order};

fn with_person(mut batch: FactBatch) -> FactBatch {
    batch.identities.push(Identity::new("u1", IdentityRole::MemberOf, "A", SourceName::new("crm")));
    batch
}

fn ids(dir: &Path) -> Vec<String> {
    let mut ids: Vec<String> = every(&open(dir)).iter().map(|stored| stored.fact.message_id.to_string()).collect();
    ids.sort();
    ids
}

/// With so many notes that ids and notes are put aside and taken in from there, or with few.
fn history(is_large: bool) -> FactBatch {
    let mut history = with_person(batch((0..5).map(|n| login(&format!("h{n}"), "A", n * 86_400 * 20)).collect()));
    let notes = if is_large { 3_000 } else { 3 };
    history.notes = (0..notes).map(|n: u32| (format!("note {n:05}").into_bytes(), n.to_le_bytes().to_vec())).collect();
    history
}

#[test]
fn a_load_that_stops_anywhere_is_there_whole_or_not_at_all() {
    let points = [(StopPoint::LoadWritten, 0), (StopPoint::LoadAcknowledged, 5), (StopPoint::LoadCommitted, 5)];
    for ((point, remains), is_large) in points.into_iter().flat_map(|point| [(point, false), (point, true)]) {
        let dir = tempfile::tempdir().unwrap();
        let history = || history(is_large);
        {
            let facts = open(dir.path());
            facts.append(batch(vec![login("live", "B", 1)]), at(5)).unwrap();
            facts.stop_at(point);
            assert!(facts.load(history(), at(10)).is_err());
        }
        assert_eq!(ids(dir.path()).len(), 1 + remains, "{point:?}");
        let facts = open(dir.path());
        let noted = facts.note(b"note 00002").unwrap();
        assert_eq!(noted.is_some(), remains > 0, "{point:?}: notes stand or fall with the facts");
        let again = facts.load(history(), at(20)).unwrap();
        assert_eq!(again.appended as usize, 5 - remains, "{point:?}");
        facts.drain().unwrap();
        drop(facts);
        assert_eq!(ids(dir.path()), ["h0", "h1", "h2", "h3", "h4", "live"], "{point:?}");
        // January, February and March of the load, January of the drain.
        assert_eq!(parquet_files(&dir.path().join("lake/facts")), 4, "{point:?}: no orphan is left");
    }
}

#[test]
fn a_load_that_failed_in_a_running_process_is_finished_by_the_next_call() {
    let points = [StopPoint::LoadWritten, StopPoint::LoadAcknowledged, StopPoint::LoadCommitted];
    for (point, is_large) in points.into_iter().flat_map(|point| [(point, false), (point, true)]) {
        let dir = tempfile::tempdir().unwrap();
        let facts = open(dir.path());
        let history = || history(is_large);
        facts.stop_at(point);
        assert!(facts.load(history(), at(10)).is_err());
        let before = facts.sequence();
        facts.stop_at(StopPoint::Nowhere);
        if point != StopPoint::LoadWritten {
            let again = facts.append(history(), at(15)).unwrap();
            assert_eq!((again.appended, again.duplicates), (0, 5), "{point:?}: it was acknowledged");
        }
        facts.load(history(), at(20)).unwrap();
        assert_eq!(every(&facts).len(), 5, "{point:?}");
        assert!(facts.sequence() > before, "{point:?}: caches see that something came");
        facts.append(batch(vec![login("x", "A", 1)]), at(30)).unwrap();
        facts.drain().unwrap();
        drop(facts);
        assert_eq!(ids(dir.path()), ["h0", "h1", "h2", "h3", "h4", "x"], "{point:?}");
    }
}

#[test]
fn a_drain_that_stops_anywhere_moves_each_fact_once() {
    for point in [StopPoint::DrainWritten, StopPoint::DrainHalfCommitted, StopPoint::DrainCommitted] {
        for reopens in [true, false] {
            let dir = tempfile::tempdir().unwrap();
            let mut facts = open(dir.path());
            facts
                .append(with_person(batch((0..5).map(|n| login(&format!("m{n}"), "A", n)).collect())), at(10))
                .unwrap();
            facts.stop_at(point);
            assert!(facts.drain().is_err());
            assert_eq!(every(&facts).len(), 5, "{point:?}");
            if reopens {
                drop(facts);
                facts = open(dir.path());
            }
            facts.stop_at(StopPoint::Nowhere);
            facts.append(batch(vec![login("n", "A", 9)]), at(20)).unwrap();
            assert_eq!(every(&facts).len(), 6, "{point:?}");
            facts.drain().unwrap();
            facts.drain().unwrap();
            drop(facts);
            assert_eq!(ids(dir.path()), ["m0", "m1", "m2", "m3", "m4", "n"], "{point:?}, reopened: {reopens}");
            let again = open(dir.path()).append(with_person(FactBatch::default()), at(30)).unwrap();
            assert_eq!(again.earliest_changed, None, "{point:?}: the person is known");
        }
    }
}

#[test]
fn a_damaged_checkpoint_is_passed_over_since_the_log_says_everything() {
    let dir = tempfile::tempdir().unwrap();
    {
        let facts = open(dir.path());
        for n in 0..51 {
            facts.load(batch(vec![login(&format!("m{n}"), "A", n)]), at(100)).unwrap();
        }
    }
    let log = dir.path().join("lake/facts/_delta_log");
    let is_checkpoint = |path: &std::path::PathBuf| path.to_string_lossy().contains(".checkpoint.");
    let checkpoints = || std::fs::read_dir(&log).unwrap().map(|entry| entry.unwrap().path()).filter(is_checkpoint);
    assert_eq!(checkpoints().count(), 1);
    assert_eq!(ids(dir.path()).len(), 51, "read from the checkpoint");
    for path in checkpoints().collect::<Vec<_>>() {
        std::fs::write(path, b"half a checkpoint").unwrap();
    }
    assert_eq!(ids(dir.path()).len(), 51, "read from the log");
    assert_eq!(checkpoints().count(), 0);
}

fn parquet_files(folder: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            count += parquet_files(&path);
        } else if path.extension().is_some_and(|one| one == "parquet") {
            count += 1;
        }
    }
    count
}

const VICTIM: &str = "FACTS_TEST_VICTIM_FOLDER";

/// Not a test of its own: the process that is killed. It says on its standard output what was acknowledged.
#[test]
fn victim() {
    let Ok(dir) = std::env::var(VICTIM) else { return };
    let facts = open(Path::new(&dir));
    let begin = facts.sequence();
    for turn in 0.. {
        let live = |n: u64| login(&format!("live-{begin}-{turn}-{n}"), "A", n as i64);
        facts.append(batch((0..3).map(live).collect()), at(10)).unwrap();
        println!("live-{begin}-{turn}");
        let old = |n: u64| order(&format!("load-{begin}-{turn}-{n}"), "B", n as i64 * 86_400 * 25, i128::from(n));
        facts.load(batch((0..3).map(old).collect()), at(10)).unwrap();
        println!("load-{begin}-{turn}");
        if turn % 2 == 1 {
            facts.drain().unwrap();
        }
    }
}

#[test]
fn a_process_killed_at_any_moment_loses_nothing_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..6u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::victim", "--nocapture"])
            .env(VICTIM, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // It is killed while it is at work: after some acknowledgements, wherever it then is.
        let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let mut heard = 0;
        while heard < 2 + round * 3 && std::io::BufRead::read_line(&mut output, &mut line).unwrap() > 0 {
            heard += u64::from(line.starts_with("l"));
            acknowledged.push(std::mem::take(&mut line).trim().to_owned());
        }
        child.kill().unwrap();
        std::io::Read::read_to_string(&mut output, &mut line).unwrap();
        acknowledged.extend(line.lines().map(str::to_owned));
        child.wait().unwrap();
    }
    acknowledged.retain(|line| line.starts_with("live-") || line.starts_with("load-"));
    // The last line of a killed process may be cut.
    acknowledged.retain(|line| line.matches('-').count() == 2 && !line.ends_with('-'));
    let ids = ids(dir.path());
    let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "nothing is doubled");
    assert!(acknowledged.len() > 20);
    for one in &acknowledged {
        for n in 0..3 {
            assert!(distinct.contains(&format!("{one}-{n}")), "{one}-{n} was acknowledged and is lost");
        }
    }
}
