//! A haul is taken as a batch of the same facts and notes is, however much it holds.

use facts::{Fact, FactBatch, Foreseen, Haul, StopPoint};
use vocab::{ActorId, MessageId};

use crate::record::{at, batch, every, login, open, order};

fn haul_of(batch: &FactBatch) -> Haul {
    let mut haul = Haul::default();
    fill(&mut haul, batch);
    haul
}

fn fill<'h>(haul: &'h mut Haul, batch: &FactBatch) -> &'h mut Haul {
    batch.facts.iter().for_each(|fact| haul.push(fact).unwrap());
    batch.notes.iter().for_each(|(key, note)| haul.note(key, note).unwrap());
    haul
}

/// Orders and logins over some months, of customers and of persons, some of them twice and some with other content.
fn some(from: i64, to: i64) -> FactBatch {
    let fact = |n: i64| -> Fact {
        let (customer, seconds) = (format!("C{}", n * 7 % 53), n % 97 * 86_400 + n);
        let mut fact = match n % 3 {
            0 => login(&format!("l{}", n % 900), &customer, seconds),
            _ => order(&format!("o{}", n % 1_500), &customer, seconds, i128::from(n % 41)),
        };
        if n % 10 == 0 {
            fact.customer_id = None;
            fact.actor_id = (n % 20 == 0).then(|| ActorId::new(format!("a{}", n % 7)));
        }
        if n % 11 == 0 {
            fact.supersedes = Some(MessageId::new(format!("o{}", n % 1_500 + 1)));
        }
        fact.known_at = (n % 4 != 0).then(|| at(seconds + n % 5));
        fact
    };
    let note = |n: i64| (format!("note {}", n % 400).into_bytes(), format!("{n}").into_bytes());
    FactBatch { facts: (from..to).map(fact).collect(), notes: (from..to).map(note).collect(), ..FactBatch::default() }
}

#[test]
fn a_haul_is_taken_as_a_batch_of_the_same() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut haul = Haul::default();
    let [one, other] = [open(folders[0].path()), open(folders[1].path())];
    // Few, then so many that ids and notes are put aside, then known ones, and live ones between.
    for (turn, (from, to)) in [(0, 30), (20, 3_000), (10, 2_000), (5_000, 5_001)].into_iter().enumerate() {
        let (came, now) = (some(from, to), at(100_000_000 + turn as i64));
        let foreseen = other.foresee(&mut haul_of(&came), &vec![true; came.facts.len()], &mut Foreseen::default(), now);
        let mut foreseen = foreseen.unwrap();
        let expected = one.load(came.clone(), now).unwrap();
        let report = other.load_haul(fill(&mut haul, &came), now).unwrap();
        assert_eq!(report, expected, "{turn}");
        assert!(haul.is_empty(), "and can be filled again");
        assert!(turn == 0 || report.duplicates > 0 || to - from == 1);
        // Until when views change is foreseen to the moment at hand, not to the one of the writing.
        foreseen.earliest_changed = expected.earliest_changed;
        assert_eq!(foreseen, expected, "{turn}");
        for facts in [&one, &other] {
            let live = batch(vec![login(&format!("live {turn}"), "C1", turn as i64), order("o1", "C9", 1, 1)]);
            facts.append(live, at(100_000_100 + turn as i64)).unwrap();
        }
    }
    assert!(every(&one) == every(&other) && one.sequence() == other.sequence());
    for n in 0..400 {
        let key = format!("note {n}").into_bytes();
        assert_eq!(one.note(&key).unwrap(), other.note(&key).unwrap());
    }
    assert_eq!(one.sources().unwrap(), other.sources().unwrap());
}

#[test]
fn a_haul_that_stops_anywhere_is_there_whole_or_not_at_all() {
    let points = [(StopPoint::LoadWritten, 0), (StopPoint::LoadAcknowledged, 5), (StopPoint::LoadCommitted, 5)];
    for ((point, remains), notes) in points.into_iter().flat_map(|point| [(point, 3), (point, 3_000u32)]) {
        let dir = tempfile::tempdir().unwrap();
        let history = || {
            let mut history = batch((0..5).map(|n| login(&format!("h{n}"), "A", n * 86_400 * 20)).collect());
            history.notes = (0..notes).map(|n| (format!("note {n:05}").into_bytes(), vec![n as u8])).collect();
            haul_of(&history)
        };
        {
            let facts = open(dir.path());
            facts.stop_at(point);
            assert!(facts.load_haul(&mut history(), at(10)).is_err());
        }
        let facts = open(dir.path());
        assert_eq!(every(&facts).len(), remains, "{point:?}");
        let noted = facts.note(b"note 00002").unwrap();
        assert_eq!(noted.is_some(), remains > 0, "{point:?}: notes stand or fall with the facts");
        let again = facts.load_haul(&mut history(), at(20)).unwrap();
        assert_eq!((again.appended as usize, again.duplicates as usize), (5 - remains, remains), "{point:?}");
        assert_eq!(every(&facts).len(), 5, "{point:?}");
    }
}

#[test]
fn what_is_neither_a_fact_nor_a_note_is_refused_and_a_haul_of_nothing_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let mut haul = Haul::default();
    assert!(haul.push(&Fact { message_id: MessageId::new(""), ..login("a", "A", 1) }).unwrap_err().is_invalid());
    assert!(haul.note(b"", b"x").unwrap_err().is_invalid());
    assert!(haul.is_empty());
    let before = facts.sequence();
    assert_eq!(facts.load_haul(&mut haul, at(5)).unwrap().received, 0);
    assert_eq!((every(&facts).len(), facts.sequence()), (0, before));
}
