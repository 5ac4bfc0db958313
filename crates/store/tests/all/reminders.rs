//! Answers to reminders: kept under their key, changed by whoever saw the last one, told as of any moment.

use store::{AnswerState, NewReminderAnswer, Resource, Store};
use vocab::{CustomerId, Scope};

use crate::door::{Door, hour, mine, owned};

fn answer(customer: &str, state: AnswerState) -> NewReminderAnswer {
    NewReminderAnswer {
        customer: customer.into(),
        kind: "renewal".to_owned(),
        key: "2025-12-31:90".to_owned(),
        year: 2025,
        state,
        until_on: (state == AnswerState::PutOff).then(|| "2025-10-20".to_owned()),
        note: None,
    }
}

/// An answer for each of these customers.
pub async fn answered_for_all(store: &Store, customers: &[CustomerId]) {
    for customer in customers {
        let new = answer(customer.as_str(), AnswerState::Done);
        store.answer_reminder(&Scope::All, &new, 0, "wang", hour(0)).await.unwrap();
    }
}

/// Every customer that the doors of this room show.
pub async fn shown(store: &Store, scope: &Scope) -> Vec<(&'static str, Vec<CustomerId>)> {
    let now = store.reminder_answers(scope, None, None).await.unwrap();
    let then = store.reminder_answers(scope, Some(hour(99)), None).await.unwrap();
    let last = store.last_follow_ups(scope, None, None).await.unwrap();
    vec![
        ("reminder_answers", now.into_iter().map(|one| one.answer.customer).collect()),
        ("reminder_answers then", then.into_iter().map(|one| one.answer.customer).collect()),
        ("last_follow_ups", last.into_iter().map(|one| one.customer).collect()),
    ]
}

pub async fn nobody_answers_what_is_not_theirs(store: &Store) {
    let scope = mine(&["wang"]);
    let other = store.answer_reminder(&scope, &answer("B", AnswerState::NotThisYear), 1, "wang", hour(1)).await;
    assert!(other.unwrap_err().is_not_found());
    let own = store.answer_reminder(&scope, &answer("A", AnswerState::NotThisYear), 1, "wang", hour(1)).await;
    assert_eq!(own.unwrap().version, 2);
}

pub async fn an_answer_to_a_reminder_is_changed_by_who_saw_the_last_one_and_every_moment_keeps_its_own(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang"), ("B", "li")]).await;
    let all = Scope::All;
    let put_off = store.answer_reminder(&all, &answer("A", AnswerState::PutOff), 0, "wang", hour(1)).await.unwrap();
    assert_eq!((put_off.version, put_off.actor.as_str(), put_off.at), (1, "wang", hour(1)));
    assert_eq!(put_off.answer, answer("A", AnswerState::PutOff));
    let late = store.answer_reminder(&all, &answer("A", AnswerState::Done), 0, "li", hour(2)).await.unwrap_err();
    assert!(late.is_conflict(), "somebody answered meanwhile: {late}");
    store.answer_reminder(&all, &answer("A", AnswerState::Done), 1, "li", hour(2)).await.unwrap();
    store.answer_reminder(&all, &answer("A", AnswerState::Open), 2, "wang", hour(3)).await.unwrap();
    let states = async |before| {
        let answers = store.reminder_answers(&all, before, None).await.unwrap();
        answers.iter().map(|one| one.answer.state).collect::<Vec<_>>()
    };
    assert_eq!(states(Some(hour(1))).await, []);
    assert_eq!(states(Some(hour(2))).await, [AnswerState::PutOff]);
    assert_eq!(states(Some(hour(3))).await, [AnswerState::Done]);
    assert_eq!(states(None).await, [AnswerState::Open]);
    let history = store.history_of(&all, Resource::ReminderAnswer, "1").await.unwrap();
    let told: Vec<(&str, &str)> = history.iter().map(|one| (one.actor.as_str(), one.cause.as_str())).collect();
    assert_eq!(told, [("wang", "put_off"), ("li", "done"), ("wang", "open")]);
}

pub async fn the_last_follow_up_of_each_customer_says_when_the_next_one_is(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang"), ("B", "li")]).await;
    crate::follow_ups::said(&store, "A", 1, Some("2025-03-10")).await;
    crate::follow_ups::said(&store, "B", 2, Some("2025-03-11")).await;
    crate::follow_ups::said(&store, "A", 3, None).await;
    let last = async |before| {
        let last = store.last_follow_ups(&Scope::All, before, None).await.unwrap();
        last.into_iter().map(|one| (one.customer.to_string(), one.touched_at, one.next_on)).collect::<Vec<_>>()
    };
    let b = ("B".to_owned(), hour(2), Some("2025-03-11".to_owned()));
    assert_eq!(last(None).await, [("A".to_owned(), hour(3), None), b.clone()]);
    assert_eq!(last(Some(hour(3))).await, [("A".to_owned(), hour(1), Some("2025-03-10".to_owned())), b]);
    assert_eq!(last(Some(hour(1))).await, []);
}
