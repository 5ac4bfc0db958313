//! The history and the past folded from it.

use actions::ActionPlan;
use alerts::{AlertPlan, ChangedAlert, Resolution, ResolvedAlert};
use store::{AlertFilter, AlertSlice, CaseFilter, CaseOutcome, CaseSlice, Closing, Recorded, Resource, Store};
use vocab::{CustomerId, Scope, Severity, Text};

use crate::door::{Door, People as _, alert, apply, case, hour, opening, owned, with_cases, working};

async fn as_seen(store: &Store) -> Recorded {
    let whole = AlertFilter { state: None, ..AlertFilter::default() };
    Recorded {
        alerts: store.alerts(&Scope::All, &whole, AlertSlice::default()).await.unwrap().rows,
        cases: store.cases(&Scope::All, &CaseFilter::default(), CaseSlice::default()).await.unwrap().rows,
    }
}

pub async fn the_past_is_what_was_seen_then(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang"), ("B", "li")]).await;
    let mut seen = vec![as_seen(&store).await];
    // Hour by hour: two customers get into trouble, one is worked on, the other calms down.
    let two = opening(vec![alert("A", "silence", Severity::Info), alert("B", "price", Severity::Warning)]);
    apply(&store, &two, &working(vec![case("B", hour(0))]), hour(0)).await;
    seen.push(as_seen(&store).await);
    let worse =
        ChangedAlert { id: 1, rule: "r".into(), severity: Severity::Urgent, sentence: Text::new("更糟", "worse") };
    let plan = AlertPlan { change: vec![worse], ..AlertPlan::default() };
    apply(&store, &plan, &working(vec![case("A", hour(1))]), hour(1)).await;
    seen.push(as_seen(&store).await);
    store.accept_case(&Scope::All, 2, 1, "wang", hour(2)).await.unwrap();
    seen.push(as_seen(&store).await);
    let calm =
        ResolvedAlert { id: 2, customer: CustomerId::from("B"), cause: "price".into(), why: Resolution::Cleared };
    let plan = AlertPlan { resolve: vec![calm], ..AlertPlan::default() };
    apply(&store, &plan, &ActionPlan { clear: vec![1], ..ActionPlan::default() }, hour(3)).await;
    seen.push(as_seen(&store).await);
    let closing = Closing { outcome: CaseOutcome::Churned, note: Some("竞品") };
    store.close_case(&Scope::All, 2, 2, "wang", closing, hour(4)).await.unwrap();
    seen.push(as_seen(&store).await);

    for (hours, then) in seen.iter().enumerate() {
        let recorded = store.as_recorded(&Scope::All, hour(hours as i64)).await.unwrap();
        assert_eq!(&recorded, then, "before hour {hours}");
    }
}

pub async fn a_clock_that_goes_back_does_not_reorder_the_history(door: Door) {
    let store = door.open().await;
    with_cases(&store, &["A"]).await;
    store.put_setting("noun", "会员", "wang", hour(10)).await.unwrap();
    // The clock was set back by an hour; what is written now is still written after what was written before.
    let accepted = store.accept_case(&Scope::All, 1, 1, "wang", hour(9)).await.unwrap();
    assert_eq!(accepted.accepted_at, Some(hour(9)));
    let history = store.history_after(&Scope::All, 0, 100).await.unwrap();
    assert!(history.windows(2).all(|pair| pair[0].at <= pair[1].at && pair[0].number < pair[1].number));
    assert_eq!(history.last().map(|entry| entry.at), Some(hour(10)));
}

pub async fn every_change_is_in_the_history_once_and_in_order(door: Door) {
    let store = door.open().await;
    with_cases(&store, &["A"]).await;
    store.accept_case(&Scope::All, 1, 1, "wang", hour(1)).await.unwrap();
    let closing = Closing { outcome: CaseOutcome::Churned, note: None };
    store.close_case(&Scope::All, 1, 2, "wang", closing, hour(2)).await.unwrap();
    store.record("export", "customers.xlsx", "wang", hour(3)).await.unwrap();
    store.record("export", "customers.xlsx", "li", hour(4)).await.unwrap();

    let history = store.history_after(&Scope::All, 0, 100).await.unwrap();
    let seen: Vec<String> = history
        .iter()
        .map(|entry| {
            let (resource, cause) = (entry.resource.as_str(), &entry.cause);
            format!("{resource} {} v{} {cause} by {}", entry.resource_id, entry.version, entry.actor)
        })
        .collect();
    let expected = [
        "case 1 v1 opened by liuke",
        "alert 1 v1 opened by liuke",
        "cycle 1 v1 applied by liuke",
        "case 1 v2 accepted by wang",
        "case 1 v3 closed by wang",
        "alert 1 v2 resolved:closed by wang",
        "deed customers.xlsx v1 export by wang",
        "deed customers.xlsx v2 export by li",
    ];
    assert_eq!(seen, expected);

    let of_case = store.history_of(&Scope::All, Resource::Case, "1").await.unwrap();
    assert_eq!(of_case.len(), 3);
    assert!(of_case[2].after.contains("\"outcome\":\"churned\""), "{}", of_case[2].after);
    assert_eq!(of_case[0].customer_id, Some(CustomerId::from("A")));
    // A copy that stopped after the third entry goes on from there.
    let rest = store.history_after(&Scope::All, history[2].number, 2).await.unwrap();
    assert_eq!(rest, history[3..5]);
}
