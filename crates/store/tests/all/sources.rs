//! The registry of sources: keys, secrets, history.

use serde_json::json;
use store::{NewSource, Resource, SourceChange, Store};
use vocab::Scope;

use crate::door::{Door, hour};

fn new(name: &str, key: Option<&str>) -> NewSource {
    NewSource {
        name: name.to_owned(),
        kind: "segment".to_owned(),
        key: key.map(str::to_owned),
        is_strict: false,
        settings: json!({"note": "官网"}),
        secret: Some(vec![0, 159, 146, 150]),
    }
}

async fn added(store: &Store, name: &str, key: Option<&str>) -> i64 {
    store.add_source(&new(name, key), "wang", hour(0)).await.unwrap().id
}

pub async fn a_source_is_found_by_its_name_and_by_its_key_alone(door: Door) {
    let store = door.open().await;
    let web = added(&store, "官网", Some("k1")).await;
    let erp = added(&store, "erp", None).await;
    added(&store, "crm", None).await;
    let found = store.source_with_key("k1").await.unwrap().unwrap();
    assert_eq!((found.id, found.name.as_str(), found.secret.as_deref()), (web, "官网", Some(&[0, 159, 146, 150][..])));
    assert_eq!((found.is_enabled, found.is_strict, &found.settings), (true, false, &json!({"note": "官网"})));
    assert_eq!(store.source_named("官网").await.unwrap().as_ref(), Some(&found));
    assert_eq!(store.source(web).await.unwrap().as_ref(), Some(&found));
    assert!(store.source_with_key("k2").await.unwrap().is_none());
    for taken in [new("官网", None), new("other", Some("k1"))] {
        assert!(store.add_source(&taken, "wang", hour(1)).await.unwrap_err().is_conflict());
    }
    let names: Vec<String> = store.sources().await.unwrap().into_iter().map(|source| source.name).collect();
    assert_eq!(names, ["官网", "erp", "crm"]);
    let said = format!("{found:?}");
    assert!(!said.contains("k1") && !said.contains("159"), "{said}");
    assert!(store.rotate_source(erp, "k3", "wang", hour(1)).await.unwrap_err().is_refused(), "it has none to rotate");
}

pub async fn a_source_that_changes_says_so_to_whoever_saw_the_old_one(door: Door) {
    let store = door.open().await;
    let id = added(&store, "官网", Some("k1")).await;
    let strict = SourceChange { is_strict: Some(true), ..SourceChange::default() };
    let after = store.change_source(id, Some(1), &strict, "wang", hour(1)).await.unwrap();
    assert_eq!((after.version, after.is_strict, after.updated_at, after.created_at), (2, true, hour(1), hour(0)));
    let late = store.change_source(id, Some(1), &strict, "li", hour(2)).await.unwrap_err();
    assert_eq!((late.is_conflict(), late.current_version()), (true, Some(2)));
    assert_eq!(store.change_source(id, None, &strict, "li", hour(2)).await.unwrap().version, 2, "nothing changed");
    let off =
        SourceChange { is_enabled: Some(false), settings: Some(json!({})), secret: Some(None), ..Default::default() };
    let after = store.change_source(id, None, &off, "li", hour(2)).await.unwrap();
    assert_eq!((after.is_enabled, after.settings, after.secret), (false, json!({}), None));
}

pub async fn an_old_key_opens_nothing_and_a_removed_source_is_gone(door: Door) {
    let store = door.open().await;
    let id = added(&store, "官网", Some("k1")).await;
    let after = store.rotate_source(id, "k2", "wang", hour(1)).await.unwrap();
    assert_eq!(after.key.as_deref(), Some("k2"));
    assert!(store.source_with_key("k1").await.unwrap().is_none());
    store.remove_source(id, "wang", hour(2)).await.unwrap();
    assert!(store.source_with_key("k2").await.unwrap().is_none() && store.sources().await.unwrap().is_empty());
    assert!(store.remove_source(id, "wang", hour(3)).await.unwrap_err().is_not_found());
    assert_ne!(added(&store, "官网", Some("k2")).await, id, "an id is never given twice");

    let history = store.history_of(&Scope::All, Resource::Source, &id.to_string()).await.unwrap();
    let causes: Vec<&str> = history.iter().map(|entry| entry.cause.as_str()).collect();
    assert_eq!(causes, ["added", "rotated", "removed"]);
    for entry in history {
        assert!(
            !entry.after.contains("k1") && !entry.after.contains("k2") && !entry.after.contains("159"),
            "{entry:?}"
        );
    }
}
