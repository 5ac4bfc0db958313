//! What came in after a mark is heard once, whenever it is to be seen; and whom a correction or a tie concerns.

use facts::{FactView, Facts, Identity, IdentityRole, Mark, StopPoint};
use vocab::{AsOf, CustomerId, Instant, MessageId, SourceName};

use crate::record::{at, batch, login, open};

fn view(facts: &Facts) -> FactView {
    facts.as_of(AsOf(Instant::MAX))
}

/// Ids of what came after a mark; the mark moves on.
fn heard(facts: &Facts, mark: &mut Mark) -> Vec<String> {
    let view = view(facts);
    let news = view.facts_after(*mark).unwrap();
    assert!(news.len() as u64 <= view.count_after(*mark).unwrap(), "no more than was told beforehand");
    // A mark that was written down is the same mark.
    *mark = Mark::of_numbers(view.mark().to_numbers());
    assert_eq!(*mark, view.mark());
    news.iter().map(|stored| stored.fact.message_id.to_string()).collect()
}

#[test]
fn what_is_loaded_is_heard_when_it_is_seen_even_if_later_facts_were_seen_before() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let mut mark = Mark::BEGINNING;
    facts.append(batch(vec![login("a", "A", 1)]), at(5)).unwrap();
    assert_eq!(heard(&facts, &mut mark), ["a"]);
    facts.load(batch(vec![login("b", "A", 2)]), at(6)).unwrap();
    assert_eq!(heard(&facts, &mut mark), ["b"]);

    facts.stop_at(StopPoint::LoadAcknowledged);
    assert!(facts.load(batch(vec![login("c", "A", 3), login("d", "B", 3)]), at(7)).is_err());
    facts.stop_at(StopPoint::Nowhere);
    facts.append(batch(vec![login("e", "A", 4)]), at(8)).unwrap();
    assert_eq!(heard(&facts, &mut mark), ["e"], "the load is not to be seen yet");
    facts.append(batch(vec![login("f", "A", 4)]), at(8)).unwrap();
    facts.drain().unwrap();
    let mut later = heard(&facts, &mut mark);
    later.sort();
    assert_eq!(later, ["c", "d", "f"]);
    assert_eq!(heard(&facts, &mut mark), [""; 0]);

    drop(facts);
    let facts = open(dir.path());
    assert_eq!(heard(&facts, &mut mark), [""; 0], "a folder opened again has no news");
    facts.append(batch(vec![login("g", "A", 9)]), at(10)).unwrap();
    assert_eq!(heard(&facts, &mut mark), ["g"]);
}

#[test]
fn a_load_that_failed_is_not_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let mut mark = Mark::BEGINNING;
    facts.stop_at(StopPoint::LoadWritten);
    assert!(facts.load(batch(vec![login("a", "A", 1)]), at(5)).is_err());
    facts.stop_at(StopPoint::Nowhere);
    assert_eq!(view(&facts).mark(), Mark::BEGINNING);
    facts.append(batch(vec![login("b", "A", 1)]), at(6)).unwrap();
    assert_eq!(heard(&facts, &mut mark), ["b"]);
}

#[test]
fn a_correction_concerns_whoever_the_fact_and_its_earlier_corrections_count_for() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let correcting = |id: &str, customer: &str, target: &str| {
        let mut fact = login(id, customer, 9);
        fact.supersedes = Some(MessageId::from(target.to_owned()));
        fact
    };
    facts.load(batch(vec![login("a", "A", 1), login("z", "Z", 1)]), at(5)).unwrap();
    facts.append(batch(vec![correcting("b", "B", "a")]), at(6)).unwrap();
    let mark = view(&facts).mark();
    facts.append(batch(vec![correcting("c", "C", "a"), correcting("d", "D", "unheard of")]), at(7)).unwrap();
    let view = view(&facts);
    let news = view.facts_after(mark).unwrap();
    let concerned: Vec<CustomerId> = view.spoken_of(&news).unwrap().into_iter().collect();
    assert_eq!(concerned, ["A", "B", "C", "D"].map(CustomerId::from));
    let late = facts.append(batch(vec![login("unheard of", "E", 2), login("plain", "E", 2)]), at(8));
    assert_eq!(late.unwrap().appended, 2);
    let view = facts.as_of(AsOf(Instant::MAX));
    let news = view.facts_after(mark).unwrap();
    let corrected = view.corrected_among(&news).unwrap();
    let ids: Vec<&str> =
        news.iter().filter(|one| corrected.contains(&one.number)).map(|one| one.fact.message_id.as_str()).collect();
    assert_eq!(ids, ["unheard of"], "its correction came first");
}

#[test]
fn a_tie_concerns_everybody_it_ever_led_to() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    let tie = |key: &str, role, customer: &str| {
        let mut told = batch(Vec::new());
        told.identities.push(Identity::new(key, role, customer, SourceName::new("crm")));
        told
    };
    facts.append(tie("u", IdentityRole::MemberOf, "A"), at(5)).unwrap();
    facts.append(tie("A", IdentityRole::SameAs, "B"), at(6)).unwrap();
    facts.append(tie("X", IdentityRole::SameAs, "Y"), at(6)).unwrap();
    let mark = view(&facts).mark();
    facts.append(tie("u", IdentityRole::MemberOf, "C"), at(7)).unwrap();
    let view = view(&facts);
    let news = view.identities_after(mark);
    assert_eq!(news.len(), 1);
    let concerned: Vec<CustomerId> = view.tied_to(&news).into_iter().collect();
    assert_eq!(concerned, ["A", "B", "C"].map(CustomerId::from), "nobody else, and the person is no customer");
}
