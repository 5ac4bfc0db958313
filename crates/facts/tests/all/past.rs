//! A view never changes once its moment has passed.

use std::collections::BTreeMap;

use facts::{Fact, FactBatch, FactFrame, Facts, Fate, Identity, StoredFact, Want};
use proptest::collection::vec;
use proptest::prelude::*;
use vocab::{AsOf, Kind, Zone};

use crate::naive::{self, END, Told, identity, stored, told};
use crate::record::{at, lines, open};

fn moments() -> impl Iterator<Item = AsOf> {
    (0..=END + 9).step_by(3).map(|moment| AsOf(at(moment)))
}

fn of(facts: &[StoredFact], identities: &[Identity], end: AsOf) -> FactFrame {
    FactFrame::of(facts, identities, &Want::default(), end, &Zone::utc())
}

fn coverage(frame: &FactFrame, as_of: AsOf) -> Vec<Option<vocab::Instant>> {
    Kind::ALL.into_iter().map(|kind| frame.first_delivered_by(kind, &[], as_of)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Both roads, at every moment, from one frame and from a frame of its own.
    #[test]
    fn a_frame_shows_at_each_moment_what_counting_row_by_row_shows(told in vec(told(), 0..40), identities in vec(identity(), 0..8)) {
        let facts = stored(&told);
        let end = AsOf(at(END + 12));
        let long = of(&facts, &identities, end);
        for t in moments() {
            let expected = naive::lines(&facts, &identities, t);
            prop_assert_eq!(lines(&long, t), &*expected, "asked of the long frame at {}", t);
            let own = of(&facts, &identities, t);
            prop_assert_eq!(lines(&own, t), expected, "asked of its own frame at {}", t);
            prop_assert_eq!(coverage(&long, t), coverage(&own, t));
        }
    }

    #[test]
    fn what_becomes_known_later_changes_no_earlier_view(told in vec(told(), 0..25), later in vec(told(), 1..15), names in vec(identity(), 0..6), more in vec(identity(), 0..4), t in 1..END) {
        let end = AsOf(at(END + 12));
        let before: Vec<Told> = told;
        let all: Vec<Told> = before.iter().cloned().chain(later.into_iter().map(|one| Told { known: one.known.max(t), ..one })).collect();
        let names_before = names.clone();
        let more = more.into_iter().map(|one| Identity { known_at: one.known_at.max(Some(at(t))), ..one });
        let names_all: Vec<Identity> = names.into_iter().chain(more).collect();
        let t = AsOf(at(t));
        let (short, long) = (of(&stored(&before), &names_before, end), of(&stored(&all), &names_all, end));
        prop_assert_eq!(lines(&short, t), lines(&long, t));
        prop_assert_eq!(coverage(&short, t), coverage(&long, t));
    }

    #[test]
    fn the_order_in_which_rows_are_read_does_not_matter(told in vec(told(), 0..30), identities in vec(identity(), 0..8), turn in 0..30usize) {
        let facts = stored(&told);
        let mut turned = facts.clone();
        turned.rotate_left(turn.min(facts.len()));
        turned.reverse();
        let mut names = identities.clone();
        names.reverse();
        let end = AsOf(at(END + 12));
        let (one, other) = (of(&facts, &identities, end), of(&turned, &names, end));
        for t in moments() {
            prop_assert_eq!(lines(&one, t), lines(&other, t));
        }
        prop_assert_eq!(one.unattributed_count(), other.unattributed_count());
    }
}

/// One thing done to a folder.
#[derive(Clone, Debug)]
enum Deed {
    Append(Vec<Told>, Vec<Identity>),
    Load(Vec<Told>, Vec<Identity>),
    Drain,
    Reopen,
}

fn deed() -> impl Strategy<Value = Deed> {
    let rows = || (vec(told(), 0..12), vec(identity(), 0..3));
    prop_oneof![
        3 => rows().prop_map(|(told, names)| Deed::Append(told, names)),
        2 => rows().prop_map(|(told, names)| Deed::Load(told, names)),
        2 => Just(Deed::Drain),
        1 => Just(Deed::Reopen),
    ]
}

fn seen(facts: &Facts, t: AsOf) -> Vec<String> {
    lines(&facts.as_of(t).frame(&Want::default()).unwrap(), t)
}

fn seen_as_recorded(facts: &Facts, t: AsOf) -> Vec<String> {
    lines(&facts.as_recorded(t).frame(&Want::default()).unwrap(), t)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// The folder is the naive evaluator, whatever way the facts took into it, and what it said once it says for ever.
    #[test]
    fn a_folder_says_what_its_rows_say_and_said_what_it_said(deeds in vec(deed(), 1..8)) {
        let dir = tempfile::tempdir().unwrap();
        let mut facts = open(dir.path());
        let mut recorded: Vec<StoredFact> = Vec::new();
        let mut identities: Vec<Identity> = Vec::new();
        let mut said: BTreeMap<AsOf, Vec<String>> = BTreeMap::new();
        for (turn, deed) in deeds.iter().enumerate() {
            let now = at(turn as i64 * 4);
            if let Deed::Append(told, names) | Deed::Load(told, names) = deed {
                let before = facts.sequence();
                let new: Vec<Fact> = told.iter().enumerate().map(|(place, one)| one.fact(turn * 100 + place)).collect();
                let batch = FactBatch { facts: new.clone(), identities: names.clone(), ..FactBatch::default() };
                let report = match deed {
                    Deed::Append(..) => facts.append(batch, now).unwrap(),
                    _ => facts.load(batch, now).unwrap(),
                };
                prop_assert_eq!(report.received, report.appended + report.duplicates + report.conflicts);
                let appended = new.into_iter().zip(&report.fates).filter(|(_, fate)| **fate == Fate::Appended);
                recorded.extend((before + 1..).zip(appended).map(|(number, (fact, _))| StoredFact { number, recorded_at: now, fact }));
                identities.extend(names.iter().cloned());
            }
            match deed {
                Deed::Drain => drop(facts.drain().unwrap()),
                Deed::Reopen => {
                    drop(facts);
                    facts = open(dir.path());
                }
                _ => {}
            }
            let passed = AsOf(now.plus_micros(3_000_000));
            said.insert(passed, seen_as_recorded(&facts, passed));
            for (t, lines) in &said {
                prop_assert_eq!(&seen_as_recorded(&facts, *t), lines, "as recorded at {}", t);
            }
            let mut rows = facts.as_of(AsOf(at(1_000))).frame(&Want::default()).unwrap();
            for t in moments() {
                let expected = naive::lines(&recorded, &identities, t);
                prop_assert_eq!(seen(&facts, t), &*expected, "as of {}", t);
                prop_assert_eq!(lines(&rows, t), expected, "from the long frame at {}", t);
            }
            rows = facts.as_of(AsOf(at(9))).frame(&Want { kinds: vec![Kind::Order], ..Want::default() }).unwrap();
            let orders: Vec<String> = seen(&facts, AsOf(at(9))).into_iter().filter(|line| line.contains("order")).collect();
            prop_assert_eq!(lines(&rows, AsOf(at(9))), &*orders);
            let want = Want { kinds: vec![Kind::Order], everybody: true, ..Want::default() };
            rows = facts.as_of(AsOf(at(9))).frame(&want).unwrap();
            let everybody = facts.as_of(AsOf(at(9))).frame(&Want::default()).unwrap();
            prop_assert_eq!(rows.customers(), everybody.customers(), "whatever kinds are wanted");
            let ordered: Vec<String> = lines(&rows, AsOf(at(9))).into_iter().filter(|line| line.contains("order")).collect();
            prop_assert_eq!(ordered, orders);
            timelines_agree(&facts, AsOf(at(END)))?;
        }
    }
}

fn timelines_agree(facts: &Facts, t: AsOf) -> Result<(), TestCaseError> {
    let view = facts.as_of(t);
    let frame = view.frame(&Want::default()).unwrap();
    for (position, customer) in frame.customers().iter().enumerate() {
        let rows = frame.rows_of(position).filter(|row| frame.is_visible(*row, t));
        let mut from_frame: Vec<_> = rows.map(|row| (frame.occurred_at(row), frame.value(row))).collect();
        let timeline = view.facts_of(customer).unwrap();
        let mut from_timeline: Vec<_> =
            timeline.iter().map(|stored| (stored.fact.occurred_at, stored.fact.value)).collect();
        from_frame.sort();
        from_timeline.sort();
        prop_assert_eq!(from_timeline, from_frame, "the timeline of {}", customer);
        let one = view.frame(&Want { customer: Some(customer.clone()), ..Want::default() }).unwrap();
        let of_one: Vec<_> =
            lines(&one, t).into_iter().filter(|line| line.starts_with(&format!("{customer} "))).collect();
        let of_all: Vec<_> =
            lines(&frame, t).into_iter().filter(|line| line.starts_with(&format!("{customer} "))).collect();
        prop_assert_eq!(of_one, of_all, "the frame of {} alone", customer);
    }
    Ok(())
}
