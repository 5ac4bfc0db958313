//! Settings, imports, and coming back after a stop.

use store::{ImportResult, ImportState, NewImportJob, Resource, SavedMapping};
use vocab::{Scope, Text};

use crate::door::{Door, hour, owned, with_cases};

fn orders() -> NewImportJob {
    NewImportJob {
        file_name: "订单.csv".to_owned(),
        kind: "orders".to_owned(),
        source: "orders".to_owned(),
        row_count: None,
        actor: "wang".to_owned(),
    }
}

pub async fn a_setting_is_kept_and_its_history_too(door: Door) {
    let store = door.open().await;
    assert_eq!(store.setting("firm").await.unwrap(), None);
    for value in ["一", "二", "二", "三"] {
        store.put_setting("firm", value, "wang", hour(0)).await.unwrap();
    }
    store.put_setting("other", "x", "wang", hour(0)).await.unwrap();
    assert_eq!(store.setting("firm").await.unwrap().as_deref(), Some("三"));
    assert_eq!(store.settings().await.unwrap().len(), 2);
    let history = store.history_of(&Scope::All, Resource::Setting, "firm").await.unwrap();
    let versions: Vec<i64> = history.iter().map(|entry| entry.version).collect();
    assert_eq!(versions, [1, 2, 3], "the same value again leaves no trace");
}

pub async fn an_import_counts_up_and_ends_once(door: Door) {
    let store = door.open().await;
    let id = store.add_import_job(&orders(), hour(0)).await.unwrap();
    store.import_job_progress(id, 500).await.unwrap();
    let running = store.import_job(id).await.unwrap().unwrap();
    assert_eq!((running.state, running.received, running.row_count), (ImportState::Running, 500, None));
    assert_eq!((running.findings.as_str(), running.finished_at), ("[]", None));

    let result = ImportResult {
        received: 1000,
        accepted: 900,
        duplicates: 60,
        rejected: 40,
        warned: 7,
        facts: 850,
        conflicts: 2,
        earliest_changed: Some(hour(-5)),
        findings: "[{\"code\":\"bad_number\"}]".to_owned(),
        last_number: 860,
    };
    store.begin_import_job(id, 10).await.unwrap();
    store.finish_import_job(id, &result, hour(1)).await.unwrap();
    // A straggling report of progress does not undo the end.
    store.import_job_progress(id, 600).await.unwrap();
    let done = store.import_job(id).await.unwrap().unwrap();
    assert_eq!((done.state, done.received, done.row_count), (ImportState::Done, 1000, Some(1000)));
    assert_eq!((done.accepted, done.duplicates, done.rejected), (900, 60, 40));
    assert_eq!((done.facts, done.conflicts, done.earliest_changed), (850, 2, Some(hour(-5))));
    assert_eq!((done.findings, done.finished_at, done.failure), (result.findings.clone(), Some(hour(1)), None));
    assert!(store.finish_import_job(id, &result, hour(2)).await.unwrap_err().is_conflict());
    assert!(store.finish_import_job(99, &result, hour(2)).await.unwrap_err().is_not_found());

    let next = store.add_import_job(&orders(), hour(3)).await.unwrap();
    let newest_first: Vec<i64> = store.import_jobs().await.unwrap().iter().map(|job| job.id).collect();
    assert_eq!(newest_first, [next, id]);
}

pub async fn an_import_that_was_running_when_the_power_failed_has_failed(door: Door) {
    let store = door.open().await;
    let done = store.add_import_job(&orders(), hour(0)).await.unwrap();
    store.finish_import_job(done, &ImportResult::default(), hour(1)).await.unwrap();
    let cut = store.add_import_job(&orders(), hour(2)).await.unwrap();
    store.close().await.unwrap();

    let store = door.open().await;
    let why = Text::new("程序中断", "the program was interrupted");
    assert_eq!(store.fail_running_import_jobs(&why, &[], 900, hour(3)).await.unwrap(), 1);
    assert_eq!(store.fail_running_import_jobs(&why, &[], 900, hour(4)).await.unwrap(), 0);
    let job = store.import_job(cut).await.unwrap().unwrap();
    assert_eq!((job.state, job.finished_at, job.failure), (ImportState::Failed, Some(hour(3)), Some(why)));
    assert_eq!(store.import_job(done).await.unwrap().unwrap().state, ImportState::Done);
}

pub async fn an_import_is_taken_back_once_and_a_cancelled_one_is_gone(door: Door) {
    let store = door.open().await;
    let id = store.add_import_job(&orders(), hour(0)).await.unwrap();
    assert!(store.undo_import_job(id, "wang", hour(0)).await.unwrap_err().is_conflict(), "it still runs");
    store.begin_import_job(id, 10).await.unwrap();
    let result = ImportResult { last_number: 30, ..ImportResult::default() };
    store.finish_import_job(id, &result, hour(1)).await.unwrap();
    assert_eq!(store.import_job(id).await.unwrap().unwrap().numbers, Some((10, 30)));
    store.undo_import_job(id, "wang", hour(2)).await.unwrap();
    let undone = store.import_job(id).await.unwrap().unwrap();
    assert_eq!((undone.state, undone.undone_at), (ImportState::Undone, Some(hour(2))));
    assert!(store.undo_import_job(id, "wang", hour(3)).await.unwrap_err().is_conflict());
    let causes: Vec<String> = store
        .history_of(&Scope::All, Resource::Import, &id.to_string())
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.cause)
        .collect();
    assert_eq!(causes, ["started", "done", "undone"]);
    let other = store.add_import_job(&orders(), hour(4)).await.unwrap();
    store.cancel_import_job(other, hour(5)).await.unwrap();
    assert_eq!(store.import_job(other).await.unwrap().unwrap().state, ImportState::Cancelled);
    assert!(store.undo_import_job(other, "wang", hour(6)).await.unwrap_err().is_conflict());
}

pub async fn a_mapping_is_found_by_its_name_and_by_its_headers(door: Door) {
    let store = door.open().await;
    let saved = |name: &str, fingerprint: &str, mapping: &str| SavedMapping {
        name: name.to_owned(),
        kind: "orders".to_owned(),
        fingerprint: fingerprint.to_owned(),
        mapping: mapping.to_owned(),
        updated_at: hour(0),
        version: 0,
    };
    store.put_mapping(&saved("ERP 订单", "f1", "a"), "wang", hour(0)).await.unwrap();
    store.put_mapping(&saved("旧订单", "f2", "b"), "wang", hour(1)).await.unwrap();
    let changed = store.put_mapping(&saved("旧订单", "f1", "c"), "wang", hour(2)).await.unwrap();
    assert_eq!((changed.version, changed.updated_at), (2, hour(2)));
    assert_eq!(store.mapping_for("f1").await.unwrap().unwrap().mapping, "c", "the one saved last");
    assert_eq!(store.mapping_for("f2").await.unwrap(), None);
    assert_eq!(store.mapping("ERP 订单").await.unwrap().unwrap().mapping, "a");
    store.remove_mapping("旧订单", "wang", hour(3)).await.unwrap();
    assert!(store.remove_mapping("旧订单", "wang", hour(3)).await.unwrap_err().is_not_found());
    assert_eq!(store.mapping_for("f1").await.unwrap().unwrap().mapping, "a");
    let again = store.put_mapping(&saved("旧订单", "f1", "d"), "wang", hour(4)).await.unwrap();
    assert_eq!((again.version, store.mappings().await.unwrap().len()), (4, 2));
}

pub async fn opening_again_finds_everything(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang")]).await;
    with_cases(&store, &["A"]).await;
    store.put_setting("firm", "一家公司", "wang", hour(1)).await.unwrap();
    store.close().await.unwrap();
    let store = door.open().await;
    store.ping().await.unwrap();
    assert_eq!(store.setting("firm").await.unwrap().as_deref(), Some("一家公司"));
    assert_eq!(store.case(&Scope::All, 1).await.unwrap().unwrap().owner.as_deref(), Some("wang"));
}
