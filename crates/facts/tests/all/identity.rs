//! Whose deed it was: other names of a customer, and its people.

use facts::{Fact, FactBatch, Facts, Identity, IdentityRole, Want};
use vocab::{ActorId, AsOf, CustomerId, SourceName};

use crate::record::{at, batch, login, open};

fn identity(key: &str, role: IdentityRole, customer: &str, seconds: Option<i64>) -> Identity {
    let known_at = seconds.map(at);
    Identity { known_at, ..Identity::new(key, role, customer, SourceName::new("crm")) }
}

fn told(identities: Vec<Identity>) -> FactBatch {
    FactBatch { identities, ..FactBatch::default() }
}

fn deed_of(actor: &str, id: &str, seconds: i64) -> Fact {
    let mut fact = login(id, "", seconds);
    (fact.customer_id, fact.actor_id) = (None, Some(ActorId::new(actor)));
    fact
}

/// Customers with something to see at the moment; a frame also holds those that only an earlier moment saw.
fn customers(facts: &Facts, seconds: i64) -> Vec<String> {
    let as_of = AsOf(at(seconds));
    let frame = facts.as_of(as_of).frame(&Want::default()).unwrap();
    let seen = |position: &usize| frame.rows_of(*position).any(|row| frame.is_visible(row, as_of));
    (0..frame.customers().len()).filter(seen).map(|position| frame.customers()[position].to_string()).collect()
}

#[test]
fn what_a_person_did_counts_for_the_customer_once_the_membership_is_known() {
    let dir = tempfile::tempdir().unwrap();
    {
        let facts = open(dir.path());
        facts.append(batch(vec![deed_of("u1", "a", 10)]), at(10)).unwrap();
        assert!(customers(&facts, 50).is_empty());
        assert_eq!(facts.as_of(AsOf(at(50))).frame(&Want::default()).unwrap().unattributed_count(), 1);
        facts.append(told(vec![identity("u1", IdentityRole::MemberOf, "甲", None)]), at(100)).unwrap();
        assert!(customers(&facts, 100).is_empty(), "the past does not change");
        assert_eq!(customers(&facts, 101), ["甲"]);
        facts.drain().unwrap();
        assert_eq!(customers(&facts, 101), ["甲"]);
    }
    let facts = open(dir.path());
    assert_eq!(customers(&facts, 101), ["甲"]);
    assert_eq!(facts.as_of(AsOf(at(101))).facts_of(&CustomerId::new("甲")).unwrap().len(), 1);
}

#[test]
fn two_names_of_a_customer_are_one_from_when_that_is_known_until_they_are_parted() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    facts.load(batch(vec![login("a", "甲", 10), login("b", "phone:138", 20)]), at(30)).unwrap();
    facts.append(told(vec![identity("phone:138", IdentityRole::SameAs, "甲", None)]), at(100)).unwrap();
    facts.append(told(vec![identity("phone:138", IdentityRole::SameAs, "phone:138", None)]), at(200)).unwrap();
    assert_eq!(customers(&facts, 100), ["phone:138", "甲"]);
    assert_eq!(customers(&facts, 200), ["甲"]);
    assert_eq!(customers(&facts, 201), ["phone:138", "甲"]);
    let timeline = |seconds| facts.as_of(AsOf(at(seconds))).facts_of(&CustomerId::new("甲")).unwrap().len();
    assert_eq!((timeline(100), timeline(200), timeline(201)), (1, 2, 1));
}

#[test]
fn an_identity_row_that_says_nothing_new_adds_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let rows = || {
        vec![
            identity("u1", IdentityRole::MemberOf, "甲", Some(5)),
            identity("u2", IdentityRole::MemberOf, "甲", None),
            identity("phone:138", IdentityRole::SameAs, "甲", None),
        ]
    };
    {
        let facts = open(dir.path());
        facts.load(told(rows()), at(10)).unwrap();
        assert_eq!(facts.sequence(), 3);
        facts.append(told(rows()), at(20)).unwrap();
        assert_eq!(facts.drain().unwrap().identities, 3);
    }
    let facts = open(dir.path());
    let again = facts.load(told(rows()), at(30)).unwrap();
    assert_eq!((facts.sequence(), again.earliest_changed), (3, None));
    let back = vec![identity("phone:138", IdentityRole::SameAs, "phone:138", None)];
    facts.append(told(back), at(40)).unwrap();
    facts.append(told(rows()), at(50)).unwrap();
    assert_eq!(facts.sequence(), 5, "a merge after a parting is something new");
}

fn end(key: &str, role: IdentityRole, customer: &str) -> Identity {
    Identity::ending(key, role, customer, SourceName::new("staff"))
}

#[test]
fn a_merge_is_undone_as_of_a_moment_and_the_time_before_stays_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    {
        let facts = open(dir.path());
        facts.load(batch(vec![login("a", "甲", 10), login("b", "phone:138", 20)]), at(30)).unwrap();
        facts.append(told(vec![identity("phone:138", IdentityRole::SameAs, "甲", None)]), at(100)).unwrap();
        facts.append(told(vec![end("phone:138", IdentityRole::SameAs, "甲")]), at(200)).unwrap();
        let again = facts.append(told(vec![end("phone:138", IdentityRole::SameAs, "甲")]), at(210)).unwrap();
        assert_eq!(again.earliest_changed, None, "there is nothing left to end");
        facts.drain().unwrap();
    }
    let facts = open(dir.path());
    let key = |seconds| facts.as_of(AsOf(at(seconds))).customer_of("phone:138").to_string();
    assert_eq!((key(100), key(200), key(201)), ("phone:138".into(), "甲".into(), "phone:138".into()));
    assert_eq!((customers(&facts, 200), customers(&facts, 201).len()), (vec!["甲".to_owned()], 2));
    facts.append(told(vec![identity("phone:138", IdentityRole::SameAs, "甲", None)]), at(300)).unwrap();
    assert_eq!(key(301), "甲", "a merge after an end is something new");
    let mut rows = Vec::new();
    facts.as_of(AsOf(at(301))).each_identity(&mut |stored| rows.push((stored.identity.is_end(), stored.recorded_at)));
    assert_eq!(rows, [(false, at(100)), (true, at(200)), (false, at(300))]);
    let view = facts.as_of(AsOf(at(301)));
    assert_eq!(view.keys_of(&CustomerId::new("甲")).0, ["phone:138", "甲"]);
}

#[test]
fn what_a_person_does_after_leaving_counts_for_the_customer_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let facts = open(dir.path());
    facts.append(told(vec![identity("u1", IdentityRole::MemberOf, "甲", None)]), at(100)).unwrap();
    facts.append(told(vec![end("u1", IdentityRole::MemberOf, "甲")]), at(200)).unwrap();
    facts.append(batch(vec![deed_of("u1", "a", 150), deed_of("u1", "b", 250)]), at(300)).unwrap();
    let timeline = facts.as_of(AsOf(at(400))).facts_of(&CustomerId::new("甲")).unwrap();
    assert_eq!(timeline.iter().map(|stored| stored.fact.message_id.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(facts.as_of(AsOf(at(400))).customer_of_person(&ActorId::new("u1")), None);
    assert_eq!(facts.as_of(AsOf(at(150))).customer_of_person(&ActorId::new("u1")), Some(CustomerId::new("甲")));
}
