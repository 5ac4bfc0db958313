//! Tags: who has which, since when, and taken back.

use store::{Resource, Store};
use vocab::{CustomerId, Instant, Scope};

use crate::door::{Door, hour};

fn customers(ids: &str) -> Vec<CustomerId> {
    ids.split(' ').map(CustomerId::from).collect()
}

/// `A:重点 B:重点 B:先谈`.
async fn standing(store: &Store, before: Option<Instant>) -> String {
    let rows = store.tags(&Scope::All, before).await.unwrap();
    rows.iter().map(|row| format!("{}:{}", row.customer, row.tag)).collect::<Vec<_>>().join(" ")
}

pub async fn a_tag_is_put_on_taken_off_and_who_had_it_when_is_known(door: Door) {
    let store = door.open().await;
    assert_eq!(store.last_tag_change().await.unwrap(), 0);
    let change = async |ids: &str, tag: &str, adds: bool, at: i64| {
        let change = store.change_tags(&Scope::All, &customers(ids), tag, adds, "wang", hour(at)).await.unwrap();
        change.map(|change| change.customer_count)
    };
    assert_eq!(change("A B", "重点", true, 0).await, Some(2));
    assert_eq!(change("B C", "重点", true, 1).await, Some(1), "B has it already");
    assert_eq!(change("A A", "重点", false, 2).await, Some(1), "named twice, taken off once");
    assert_eq!(change("A", "重点", false, 3).await, None, "what is not there is not taken off");
    assert_eq!(change("B", "先谈", true, 4).await, Some(1));
    assert_eq!(standing(&store, None).await, "B:先谈 B:重点 C:重点");
    let then = async |at: i64| standing(&store, Some(hour(at))).await;
    assert_eq!(then(0).await, "");
    assert_eq!(then(1).await, "A:重点 B:重点");
    assert_eq!(then(2).await, "A:重点 B:重点 C:重点");
    assert_eq!(then(3).await, "B:重点 C:重点");
    let row = &store.tags(&Scope::All, None).await.unwrap()[2];
    assert_eq!((row.at, row.actor.as_str()), (hour(1), "wang"));
    let history = store.history_of(&Scope::All, Resource::Tag, "1").await.unwrap();
    let told: Vec<&str> = history.iter().map(|entry| entry.cause.as_str()).collect();
    assert_eq!(told, ["tagged", "untagged"]);
    assert!(history.iter().all(|entry| entry.customer_id == Some(CustomerId::from("A"))));
}

pub async fn a_change_of_many_is_taken_back_once_and_leaves_alone_what_others_changed_since(door: Door) {
    let store = door.open().await;
    let all = Scope::All;
    store.change_tags(&all, &customers("A"), "重点", true, "wang", hour(0)).await.unwrap();
    let many = store.change_tags(&all, &customers("A B C D"), "重点", true, "wang", hour(1)).await.unwrap().unwrap();
    assert_eq!(many.customer_count, 3);
    // Somebody takes it off D and puts it on again: that is theirs now.
    store.change_tags(&all, &customers("D"), "重点", false, "li", hour(2)).await.unwrap();
    store.change_tags(&all, &customers("D"), "重点", true, "li", hour(3)).await.unwrap();
    let before = store.last_tag_change().await.unwrap();
    let back = store.undo_tags(&all, many.id, "wang", hour(4)).await.unwrap();
    assert_eq!((back.adds, back.customer_count), (false, 2));
    assert!(store.last_tag_change().await.unwrap() > before);
    assert_eq!(standing(&store, None).await, "A:重点 D:重点");
    assert!(store.undo_tags(&all, many.id, "wang", hour(5)).await.unwrap_err().is_conflict());
    // What was taken back can be taken back itself.
    store.undo_tags(&all, back.id, "wang", hour(6)).await.unwrap();
    assert_eq!(standing(&store, None).await, "A:重点 B:重点 C:重点 D:重点");
    assert!(store.undo_tags(&all, 999, "wang", hour(7)).await.unwrap_err().is_not_found());
}
