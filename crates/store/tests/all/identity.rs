//! Who may be who, and how the sources do: what was found, what was decided, and that neither is asked twice.

use store::{ConflictState, NewConflict, NewDataAlert, Resource, Store};
use vocab::{AsOf, CustomerId, Severity, Text};

use crate::door::{Door, hour};

fn shared(key: &str, customers: &[&str]) -> NewConflict {
    NewConflict {
        key: key.to_owned(),
        sort: "same_key".to_owned(),
        customers: customers.iter().map(|name| CustomerId::from(*name)).collect(),
        count: customers.len() as u64,
    }
}

async fn states(store: &Store) -> Vec<(String, &'static str)> {
    let all = store.conflicts(None).await.unwrap();
    all.into_iter().map(|one| (one.found.key, one.state.as_str())).collect()
}

async fn changes(store: &Store, resource: Resource) -> usize {
    let history = store.history_after(&vocab::Scope::All, 0, 1_000).await.unwrap();
    history.into_iter().filter(|entry| entry.resource == resource).count()
}

pub async fn customers_that_share_a_key_are_asked_about_once_until_somebody_decides(door: Door) {
    let store = door.open().await;
    let found = [shared("phone:138", &["A", "B"]), shared("email:x@y", &["C", "丁"])];
    store.set_conflicts(&found, hour(0)).await.unwrap();
    store.set_conflicts(&found, hour(1)).await.unwrap();
    assert_eq!(changes(&store, Resource::IdentityConflict).await, 2, "finding the same again changes nothing");
    let open = store.conflicts(Some(ConflictState::Open)).await.unwrap();
    let phone = open.iter().find(|one| one.found.key == "phone:138").unwrap().clone();
    assert_eq!((&phone.found, phone.found_at, phone.version), (&found[0], hour(0), 1));

    let wider = [shared("phone:138", &["A", "B", "E"]), found[1].clone()];
    store.set_conflicts(&wider, hour(2)).await.unwrap();
    let late = store.decide_conflict(phone.id, 1, ConflictState::Apart, None, "li", hour(3)).await.unwrap_err();
    assert_eq!((late.is_conflict(), late.current_version()), (true, Some(2)), "somebody joined meanwhile");
    let apart = store.decide_conflict(phone.id, 2, ConflictState::Apart, Some("夫妻"), "li", hour(3)).await.unwrap();
    let decided = (apart.state, apart.decided_at, apart.decided_by.as_deref(), apart.note.as_deref());
    assert_eq!(decided, (ConflictState::Apart, Some(hour(3)), Some("li"), Some("夫妻")));
    assert_eq!(store.conflict(phone.id).await.unwrap(), Some(apart));
    assert!(
        store.decide_conflict(phone.id, 3, ConflictState::Merged, None, "li", hour(4)).await.unwrap_err().is_conflict()
    );
    assert!(store.decide_conflict(99, 1, ConflictState::Merged, None, "li", hour(4)).await.unwrap_err().is_not_found());
    store.set_conflicts(&wider, hour(5)).await.unwrap();
    assert_eq!(
        store.conflicts(Some(ConflictState::Open)).await.unwrap().len(),
        1,
        "what was parted is not asked again"
    );
    store.set_conflicts(&[shared("phone:138", &["A", "B", "E", "F"])], hour(6)).await.unwrap();
    let expected = [("phone:138", "open"), ("email:x@y", "gone"), ("phone:138", "apart")];
    let mut expected: Vec<(String, &str)> = expected.map(|(key, state)| (key.to_owned(), state)).to_vec();
    let mut told = states(&store).await;
    expected.sort();
    told.sort();
    assert_eq!(told, expected, "somebody new is asked about; what the facts no longer say is gone");
}

pub async fn a_pair_is_kept_apart_until_that_is_taken_back(door: Door) {
    let store = door.open().await;
    let (a, b) = (CustomerId::from("甲"), CustomerId::from("B"));
    store.set_apart(&a, &b, false, "li", hour(0)).await.unwrap();
    assert!(store.apart().await.unwrap().is_empty());
    store.set_apart(&a, &b, true, "li", hour(0)).await.unwrap();
    store.set_apart(&b, &a, true, "wang", hour(1)).await.unwrap();
    assert_eq!(
        store.apart().await.unwrap().into_iter().collect::<Vec<_>>(),
        [(b.clone(), a.clone())],
        "in either order"
    );
    assert_eq!(changes(&store, Resource::IdentityApart).await, 1);
    store.set_apart(&b, &a, false, "wang", hour(2)).await.unwrap();
    assert!(store.apart().await.unwrap().is_empty());
    store.set_apart(&a, &b, true, "li", hour(3)).await.unwrap();
    assert_eq!((store.apart().await.unwrap().len(), changes(&store, Resource::IdentityApart).await), (1, 3));
}

fn trouble(source: &str, sort: &str, words: &str) -> NewDataAlert {
    NewDataAlert {
        source: source.to_owned(),
        kind: "event".to_owned(),
        name: String::new(),
        sort: sort.to_owned(),
        severity: Severity::Warning,
        since: hour(0),
        starved: "[]".to_owned(),
        sentence: Text::new(words, words),
    }
}

pub async fn what_is_wrong_with_a_source_opens_once_and_ends_with_its_date(door: Door) {
    let store = door.open().await;
    assert_eq!(store.quality_report().await.unwrap(), None);
    let silent = trouble("官网", "silent", "官网没有动静");
    let set = async |found: &[NewDataAlert], mended: &[(i64, vocab::Instant)], at: i64, report: &str| {
        store.set_quality(report, found, mended, AsOf(hour(at)), hour(at)).await.unwrap();
    };
    set(std::slice::from_ref(&silent), &[], 1, "{\"n\":1}").await;
    set(std::slice::from_ref(&silent), &[], 2, "{\"n\":2}").await;
    assert_eq!(store.quality_report().await.unwrap(), Some((AsOf(hour(2)), "{\"n\":2}".to_owned())));
    let open = store.data_alerts(true).await.unwrap();
    assert_eq!((open.len(), &open[0].found, open[0].opened_at, open[0].as_of), (1, &silent, hour(1), AsOf(hour(1))));
    assert_eq!(changes(&store, Resource::DataAlert).await, 1, "the same again changes nothing but the report");
    let worse = trouble("官网", "silent", "官网两天没有动静");
    set(std::slice::from_ref(&worse), &[], 3, "{}").await;
    assert_eq!(store.data_alerts(true).await.unwrap()[0].found.sentence, worse.sentence);

    set(&[], &[(open[0].id, hour(4))], 5, "{}").await;
    assert!(store.data_alerts(true).await.unwrap().is_empty());
    let ended = store.data_alerts(false).await.unwrap().remove(0);
    assert_eq!((ended.closed_at, ended.closed_as_of, ended.until), (Some(hour(5)), Some(AsOf(hour(5))), Some(hour(4))));
    assert!(store.dismiss_data_alert(ended.id, "li", hour(6)).await.unwrap_err().is_conflict(), "it is over");
    set(std::slice::from_ref(&silent), &[], 7, "{}").await;
    let again = store.data_alerts(true).await.unwrap().remove(0);
    assert_ne!(again.id, ended.id, "silent once more is another time");
    let dismissed = store.dismiss_data_alert(again.id, "li", hour(8)).await.unwrap();
    assert_eq!((dismissed.is_dismissed, dismissed.until), (true, Some(hour(8))));
    assert!(store.dismiss_data_alert(99, "li", hour(8)).await.unwrap_err().is_not_found());
}
