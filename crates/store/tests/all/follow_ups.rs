//! Follow-up records and the ledger of promises: kept once, chased, settled, told to the facts.

use actions::Work;
use store::{
    Channel, FollowUpRecord, Mood, NewFollowUp, NewPromise, PromiseFilter, PromisePage, PromiseRecord, PromiseState,
    Resource, Settling, Store, TouchOutcome,
};
use vocab::{CustomerId, Instant, Scope};

use crate::door::{Door, hour, mine, owned, with_cases};

/// A call in which something was promised for hour 24.
fn call(key: &str, customer: &str, at: i64) -> NewFollowUp {
    NewFollowUp {
        key: key.to_owned(),
        customer: customer.into(),
        at: hour(at),
        channel: Channel::Call,
        outcome: TouchOutcome::Talked,
        contact: Some("王经理".to_owned()),
        mood: Some(Mood::Unsure),
        note: Some("觉得贵".to_owned()),
        next_on: Some("2025-03-10".to_owned()),
        promise: Some(NewPromise {
            words: "周三前给报价".to_owned(),
            due_on: "2025-03-03".to_owned(),
            due_at: hour(24),
        }),
    }
}

const KEPT: Settling<'static> = Settling { state: PromiseState::Kept, note: None };
const BROKEN: Settling<'static> = Settling { state: PromiseState::Broken, note: Some("供应商没给价") };
const OPEN: Settling<'static> = Settling { state: PromiseState::Open, note: None };

/// Keeps a record at an hour; what it is to the case's work is noted as acted upon.
async fn keep(
    store: &Store,
    scope: &Scope,
    new: &NewFollowUp,
    actor: &str,
    at: i64,
) -> Result<(FollowUpRecord, bool), store::Error> {
    let acting = |_: &str, work: &Work| Work { acted_at: work.acted_at.or(Some(hour(at))), ..work.clone() };
    store.add_follow_up(scope, new, (actor, &acting), hour(at)).await
}

async fn page(store: &Store, scope: &Scope, filter: &PromiseFilter, now: Instant) -> PromisePage {
    store.promises(scope, filter, (0, 99), now).await.unwrap()
}

/// A promise made to each of these customers.
pub async fn promised_to_all(store: &Store, customers: &[CustomerId]) {
    for customer in customers {
        let new = call(&format!("key-{customer}"), customer.as_str(), 0);
        keep(store, &Scope::All, &new, "wang", 0).await.unwrap();
    }
}

/// A call at an hour that names the day of the next contact, or none.
pub async fn said(store: &Store, customer: &str, at: i64, next_on: Option<&str>) {
    let key = format!("said-{customer}-{at}");
    let new = NewFollowUp { next_on: next_on.map(str::to_owned), promise: None, ..call(&key, customer, at) };
    keep(store, &Scope::All, &new, "wang", at).await.unwrap();
}

/// Every customer that the doors of this room show.
pub async fn shown(store: &Store, scope: &Scope) -> Vec<(&'static str, Vec<CustomerId>)> {
    let all = page(store, scope, &PromiseFilter::default(), hour(99)).await;
    assert_eq!(all.total, all.rows.len() as u64, "totals count what is shown");
    assert_eq!(all.overdue_count, all.total, "every one of them is overdue by then");
    let then = store.promises_then(scope, hour(99)).await.unwrap();
    let mut records = Vec::new();
    for customer in ["A", "B", "C"].map(CustomerId::from) {
        records.extend(store.follow_ups(scope, &customer, None, 9).await.unwrap());
    }
    let untold = store.follow_ups_untold(scope).await.unwrap();
    let customers = |rows: Vec<PromiseRecord>| rows.into_iter().map(|row| row.customer).collect();
    vec![
        ("promises", customers(all.rows)),
        ("promises_then", customers(then)),
        ("follow_ups", records.into_iter().map(|row| row.said.customer).collect()),
        ("follow_ups_untold", untold.into_iter().map(|row| row.said.customer).collect()),
    ]
}

/// What is not theirs can neither be recorded on nor settled; promises are of A, B and C in this order.
pub async fn nobody_touches_what_is_not_theirs(store: &Store) {
    let scope = mine(&["wang"]);
    let other = keep(store, &scope, &call("key-new", "B", 1), "wang", 1).await;
    assert!(other.unwrap_err().is_not_found());
    assert!(store.settle_promise(&scope, 2, 1, BROKEN, "wang", hour(1)).await.unwrap_err().is_not_found());
    store.settle_promise(&scope, 1, 1, BROKEN, "wang", hour(1)).await.unwrap();
    store.settle_promise(&Scope::All, 2, 1, BROKEN, "li", hour(1)).await.unwrap();
    let untold = store.promises_untold(&scope).await.unwrap();
    let customers: Vec<&str> = untold.iter().map(|one| one.promise.customer.as_str()).collect();
    assert_eq!(customers, ["A"]);
}

pub async fn a_record_is_kept_once_and_is_an_act_on_the_open_case(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang"), ("B", "wang")]).await;
    with_cases(&store, &["A"]).await;
    let new = call("key-1", "A", 1);
    let (kept, is_new) = keep(&store, &Scope::All, &new, "wang", 2).await.unwrap();
    assert!(is_new);
    assert_eq!((kept.case_id, kept.recorded_at, kept.actor.as_str()), (Some(1), hour(2), "wang"));
    assert_eq!(kept.said, new);
    // Sent again by a phone that heard no answer: one record, whatever its clock says now.
    let again = NewFollowUp { at: hour(3), ..new.clone() };
    let (same, is_new) = keep(&store, &Scope::All, &again, "wang", 3).await.unwrap();
    assert!(!is_new);
    assert_eq!((same.id, same.said.at), (kept.id, hour(1)));
    let other = NewFollowUp { note: Some("另一件事".to_owned()), ..new };
    assert!(keep(&store, &Scope::All, &other, "wang", 3).await.unwrap_err().is_conflict());
    let case = store.case(&Scope::All, 1).await.unwrap().unwrap();
    assert_eq!((case.acted_at, case.acted_by.as_deref()), (Some(hour(2)), Some("wang")), "the clock stops on a record");
    // A customer without a case has a record all the same.
    let (free, _) = keep(&store, &Scope::All, &call("key-2", "B", 2), "wang", 4).await.unwrap();
    assert_eq!(free.case_id, None);
    let of = async |before| store.follow_ups(&Scope::All, &"A".into(), before, 9).await.unwrap().len();
    assert_eq!((of(None).await, of(Some(hour(3))).await, of(Some(hour(2))).await), (1, 1, 0));
    let history = store.history_of(&Scope::All, Resource::FollowUp, &kept.id.to_string()).await.unwrap();
    assert_eq!(history.len(), 1);
    assert!(history[0].after.contains("王经理") && !history[0].after.contains("told_at"), "{}", history[0].after);
}

pub async fn a_promise_is_chased_until_somebody_says_what_became_of_it(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang"), ("B", "li"), ("C", "-")]).await;
    promised_to_all(&store, &["A", "B", "C"].map(CustomerId::from)).await;
    let all = Scope::All;
    let open = PromiseFilter { states: vec![PromiseState::Open], ..PromiseFilter::default() };
    let before = page(&store, &all, &open, hour(23)).await;
    assert_eq!((before.total, before.overdue_count), (3, 0));
    let first = &before.rows[0];
    assert_eq!((first.words.as_str(), first.owner.as_deref()), ("周三前给报价", Some("wang")));
    assert!(!first.is_overdue(hour(23)) && first.is_overdue(hour(24)), "until the end of its day");

    let kept = store.settle_promise(&all, 1, 1, KEPT, "wang", hour(20)).await.unwrap();
    assert_eq!((kept.state, kept.settled_by.as_deref()), (PromiseState::Kept, Some("wang")));
    let broken = store.settle_promise(&all, 2, 1, BROKEN, "li", hour(30)).await.unwrap();
    assert_eq!((broken.state, broken.note.as_deref()), (PromiseState::Broken, Some("供应商没给价")));
    assert!(store.settle_promise(&all, 2, 1, KEPT, "li", hour(31)).await.unwrap_err().is_conflict(), "an old version");
    assert!(store.settle_promise(&all, 2, 2, BROKEN, "li", hour(31)).await.unwrap_err().is_conflict(), "so already");
    let late = PromiseFilter { overdue_at: Some(hour(40)), ..open.clone() };
    let late = page(&store, &all, &late, hour(40)).await;
    assert_eq!(late.rows.iter().map(|row| row.customer.as_str()).collect::<Vec<_>>(), ["C"]);
    assert_eq!((late.total, late.overdue_count), (1, 1));
    let counts: Vec<(&str, u64)> = late.state_counts.iter().map(|(state, count)| (state.as_str(), *count)).collect();
    assert_eq!(counts, [("open", 1), ("kept", 1), ("broken", 1)]);
    let pool = PromiseFilter { owner: Some("-".to_owned()), ..PromiseFilter::default() };
    assert_eq!(page(&store, &all, &pool, hour(40)).await.total, 1);
    let second = store.promises(&all, &PromiseFilter::default(), (1, 1), hour(40)).await.unwrap();
    assert_eq!((second.rows.len(), second.total, second.rows[0].id), (1, 3, 2));

    let back = store.settle_promise(&all, 2, 2, OPEN, "li", hour(41)).await.unwrap();
    assert_eq!((back.state, back.settled_at, back.note), (PromiseState::Open, None, None));
    let then = async |at| {
        let rows = store.promises_then(&all, hour(at)).await.unwrap();
        rows.iter().map(|row| row.state.as_str()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(then(0).await, "");
    assert_eq!(then(1).await, "open open open");
    assert_eq!(then(35).await, "kept broken open");
    assert_eq!(then(50).await, "kept open open");
    let history = store.history_of(&all, Resource::Promise, "2").await.unwrap();
    assert_eq!(history.iter().map(|entry| entry.cause.as_str()).collect::<Vec<_>>(), ["made", "broken", "taken_back"]);
}

pub async fn the_facts_are_told_of_every_click_and_of_each_once(door: Door) {
    let store = door.open().await;
    let all = Scope::All;
    promised_to_all(&store, &["A", "B"].map(CustomerId::from)).await;
    let untold = store.follow_ups_untold(&all).await.unwrap();
    assert_eq!(untold.len(), 2);
    assert_eq!(untold[0].said, call("key-A", "A", 0), "with its promise");
    store.follow_ups_told(&[untold[0].id], hour(1)).await.unwrap();
    let left = store.follow_ups_untold(&all).await.unwrap();
    assert_eq!(left.iter().map(|one| one.id).collect::<Vec<_>>(), [untold[1].id]);

    assert_eq!(store.promises_untold(&all).await.unwrap(), [], "that it was made is told with the record");
    store.settle_promise(&all, 1, 1, BROKEN, "wang", hour(2)).await.unwrap();
    let one = store.promises_untold(&all).await.unwrap().remove(0);
    assert_eq!((one.promise.version, one.told_as), (2, None));
    store.promise_told(1, 2, Some("1:2")).await.unwrap();
    assert_eq!(store.promises_untold(&all).await.unwrap(), []);
    store.settle_promise(&all, 1, 2, OPEN, "wang", hour(3)).await.unwrap();
    let one = store.promises_untold(&all).await.unwrap().remove(0);
    assert_eq!((one.promise.version, one.told_as.as_deref()), (3, Some("1:2")));
    // Whoever is late does not undo what was told since.
    store.promise_told(1, 3, None).await.unwrap();
    store.promise_told(1, 2, Some("1:2")).await.unwrap();
    assert_eq!(store.promises_untold(&all).await.unwrap(), []);
}
