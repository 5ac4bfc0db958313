//! Staff, sessions, tokens and the limit on guessing.

use store::{NewStaff, Role, Store};
use vocab::Scope;

use crate::door::{Door, hour};

fn person(name: &str, role: Role) -> NewStaff {
    NewStaff {
        name: name.to_owned(),
        email: format!("{name}@example.com"),
        role,
        owner_key: (role == Role::Owner).then(|| name.to_owned()),
        unit_id: None,
        password_hash: format!("argon2 of {name}"),
    }
}

async fn wang(store: &Store) -> i64 {
    store.add_staff(&person("wang", Role::Owner), "admin", hour(0)).await.unwrap().id
}

pub async fn of_two_who_set_the_firm_up_one_is_the_first(door: Door) {
    let (one, other) = (door.open().await, door.open().await);
    assert_eq!(one.staff_count().await.unwrap(), 0);
    let (zhao, qian) = (person("zhao", Role::Admin), person("qian", Role::Admin));
    let (first, second) = tokio::join!(one.add_first_staff(&zhao, hour(0)), other.add_first_staff(&qian, hour(0)));
    assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1);
    let refused = first.err().or(second.err()).unwrap();
    assert!(refused.is_conflict(), "{refused}");
    assert_eq!(one.staff_count().await.unwrap(), 1);
}

pub async fn a_sign_in_name_belongs_to_one_person(door: Door) {
    let store = door.open().await;
    let id = wang(&store).await;
    let same = NewStaff { email: "  WANG@Example.com ".to_owned(), ..person("other", Role::Admin) };
    assert!(store.add_staff(&same, "admin", hour(1)).await.unwrap_err().is_conflict());
    let found = store.staff_by_email("Wang@example.COM ").await.unwrap().unwrap();
    assert_eq!((found.id, found.role, found.owner_key.as_deref()), (id, Role::Owner, Some("wang")));
    assert_eq!(found.password_hash, "argon2 of wang");
    assert_eq!(store.staff_by_id(id).await.unwrap(), Some(found));
    assert_eq!(store.staff_by_email("li@example.com").await.unwrap(), None);
    assert_eq!(store.staff().await.unwrap().len(), 1);
}

pub async fn a_session_ends_when_its_time_is_up_or_its_person_leaves(door: Door) {
    let store = door.open().await;
    let id = wang(&store).await;
    for (secret, hours) in [("s1", 2), ("s2", 9), ("s3", 9)] {
        store.add_session(secret, id, hour(0), hour(hours)).await.unwrap();
    }
    let is_in = async |secret: &str, hours: i64| store.session_staff(secret, hour(hours)).await.unwrap().is_some();
    assert!(is_in("s1", 1).await && !is_in("s1", 2).await, "the end itself is out");
    assert!(!is_in("guess", 1).await);
    store.remove_session("s2").await.unwrap();
    store.remove_session("s2").await.unwrap();
    assert!(!is_in("s2", 1).await && is_in("s3", 1).await);
    assert_eq!(store.sweep_sessions(hour(5)).await.unwrap(), 1);

    let gone = store.set_active(id, false, "admin", hour(3)).await.unwrap();
    assert!(!gone.active && !is_in("s3", 3).await);
    store.set_active(id, true, "admin", hour(4)).await.unwrap();
    assert!(!is_in("s3", 4).await, "coming back does not bring old sessions back");
    store.add_session("s4", id, hour(4), hour(9)).await.unwrap();
    store.set_password_hash(id, "argon2 of something new", "wang", hour(5)).await.unwrap();
    assert!(!is_in("s4", 5).await, "a new password ends the sessions of the old one");
    assert!(store.set_active(77, false, "admin", hour(3)).await.unwrap_err().is_not_found());
}

pub async fn a_token_works_until_it_is_removed(door: Door) {
    let store = door.open().await;
    let id = wang(&store).await;
    let other = store.add_staff(&person("li", Role::Manager), "admin", hour(0)).await.unwrap().id;
    let token = store.add_token("hash of t", id, "日报脚本", "wang", hour(0)).await.unwrap();
    assert_eq!(store.tokens(id).await.unwrap()[0].last_used_at, None);
    assert_eq!(store.token_staff("hash of t", hour(1)).await.unwrap().map(|staff| staff.id), Some(id));
    assert_eq!(store.tokens(id).await.unwrap()[0].last_used_at, Some(hour(1)));
    assert!(store.token_staff("hash of another", hour(1)).await.unwrap().is_none());

    assert!(store.remove_token(other, token, "li", hour(2)).await.unwrap_err().is_not_found(), "it is not theirs");
    store.remove_token(id, token, "wang", hour(2)).await.unwrap();
    assert!(store.token_staff("hash of t", hour(3)).await.unwrap().is_none());
    assert!(store.tokens(id).await.unwrap().is_empty());
    assert!(store.remove_token(id, token, "wang", hour(3)).await.unwrap_err().is_not_found());
    let next = store.add_token("hash of u", id, "二号", "wang", hour(4)).await.unwrap();
    assert_ne!(next, token);
    store.set_active(id, false, "admin", hour(5)).await.unwrap();
    assert!(store.token_staff("hash of u", hour(5)).await.unwrap().is_none());
}

pub async fn failed_sign_ins_are_counted_by_name_and_peer(door: Door) {
    let store = door.open().await;
    for (email, peer, hours) in
        [("wang@x", "10.0.0.1", 0), ("Wang@X ", "10.0.0.1", 1), ("wang@x", "10.0.0.2", 1), ("li@x", "10.0.0.1", 1)]
    {
        store.add_failed_sign_in(email, peer, hour(hours)).await.unwrap();
    }
    let count = async |hours: i64| store.failed_sign_ins("wang@x", "10.0.0.1", hour(hours)).await.unwrap();
    assert_eq!((count(0).await, count(1).await, count(2).await), (2, 1, 0));
    assert_eq!(store.sweep_failed_sign_ins(hour(1)).await.unwrap(), 1);
    assert_eq!(count(0).await, 1);
    store.forget_failed_sign_ins("WANG@x", "10.0.0.1").await.unwrap();
    assert_eq!(count(0).await, 0);
    assert_eq!(store.failed_sign_ins("wang@x", "10.0.0.2", hour(0)).await.unwrap(), 1);
}

pub async fn no_secret_is_in_the_history(door: Door) {
    let store = door.open().await;
    let id = wang(&store).await;
    store.add_token("hash of t", id, "日报", "wang", hour(0)).await.unwrap();
    store.add_session("hash of s", id, hour(0), hour(9)).await.unwrap();
    store.set_password_hash(id, "argon2 of other", "wang", hour(1)).await.unwrap();
    let history = store.history_after(&Scope::All, 0, 100).await.unwrap();
    assert_eq!(history.len(), 3);
    assert!(history.iter().all(|entry| !entry.after.contains("hash") && !entry.after.contains("argon2")));
    assert!(!format!("{:?}", store.staff().await.unwrap()).contains("argon2"));
}
