//! What applying a cycle does, and what it does not.

use actions::ActionPlan;
use alerts::{AlertPlan, ChangedAlert, Resolution, ResolvedAlert};
use store::{
    AlertFilter, AlertResolution, AlertSlice, AlertState, Applied, CaseFilter, CaseOutcome, CaseSlice, CaseState,
    Closing,
};
use vocab::{AsOf, CustomerId, Scope, Severity, Text};

use crate::door::{Door, People as _, alert, apply, case, cycle, hour, opening, with_cases, working};

const EVERY: AlertFilter = AlertFilter {
    state: None,
    severities: Vec::new(),
    causes: Vec::new(),
    rules: Vec::new(),
    case_states: Vec::new(),
    owner: None,
    customers: None,
    cases: None,
    standing: None,
    leads: false,
};

pub async fn a_customer_without_trouble_leaves_only_a_record(door: Door) {
    let store = door.open().await;
    assert_eq!(store.last_cycle(&Scope::All).await.unwrap(), None);
    let applied = apply(&store, &AlertPlan::default(), &ActionPlan::default(), hour(0)).await;
    assert_eq!(applied, Applied::default());
    assert_eq!(store.last_cycle(&Scope::All).await.unwrap(), Some(cycle(hour(0))));
    assert_eq!(store.cycle_at(&Scope::All, AsOf(hour(0))).await.unwrap(), Some(cycle(hour(0))));
    assert_eq!(store.cycle_at(&Scope::All, AsOf(hour(1))).await.unwrap(), None);
    assert_eq!(store.last_cycle_before(&Scope::All, hour(0)).await.unwrap(), None);
}

pub async fn the_same_plan_twice_changes_nothing(door: Door) {
    let store = door.open().await;
    let alerts = opening(vec![alert("A", "silence", Severity::Urgent), alert("B", "price", Severity::Info)]);
    let actions = working(vec![case("A", hour(0))]);
    let first = apply(&store, &alerts, &actions, hour(0)).await;
    let expected = Applied { changed: true, alerts_opened: 2, cases_opened: 1, ..Applied::default() };
    assert_eq!(first, expected);

    let everything = store.history_after(&Scope::All, 0, 100).await.unwrap();
    let later = store::CycleRecord { finished_at: hour(5), ..cycle(hour(0)) };
    assert_eq!(store.apply_cycle(&alerts, &actions, &later).await.unwrap(), Applied::default());
    assert_eq!(store.history_after(&Scope::All, 0, 100).await.unwrap(), everything);
    assert_eq!(store.last_cycle(&Scope::All).await.unwrap(), Some(cycle(hour(0))));

    // The next night finds the same worries: they stand already.
    let third = apply(&store, &alerts, &actions, hour(24)).await;
    assert_eq!(third, Applied::default());
    assert_eq!(store.last_cycle(&Scope::All).await.unwrap(), Some(cycle(hour(24))));
}

pub async fn a_plan_that_comes_again_does_not_reopen_what_a_person_closed(door: Door) {
    let store = door.open().await;
    let alerts = opening(vec![alert("A", "silence", Severity::Urgent)]);
    let actions = working(vec![case("A", hour(0))]);
    apply(&store, &alerts, &actions, hour(0)).await;
    let closing = Closing { outcome: CaseOutcome::Retained, note: None };
    store.close_case(&Scope::All, 1, 1, "wang", closing, hour(1)).await.unwrap();

    // The answer to the first call got lost, and the caller makes it again.
    assert_eq!(apply(&store, &alerts, &actions, hour(0)).await, Applied::default());
    assert!(store.open_alerts(&Scope::All, hour(0)).await.unwrap().open.is_empty());
}

pub async fn one_alert_per_customer_and_cause_and_one_case_per_customer(door: Door) {
    let store = door.open().await;
    let twice = opening(vec![
        alert("A", "silence", Severity::Urgent),
        alert("A", "silence", Severity::Info),
        alert("A", "price", Severity::Info),
    ]);
    let applied = apply(&store, &twice, &working(vec![case("A", hour(0)), case("A", hour(1))]), hour(0)).await;
    assert_eq!((applied.alerts_opened, applied.cases_opened), (2, 1));
    let page = store.alerts(&Scope::All, &EVERY, AlertSlice::default()).await.unwrap();
    let seen: Vec<_> = page.rows.iter().map(|row| (row.cause.as_str(), row.severity, row.case_id)).collect();
    assert_eq!(seen, [("silence", Severity::Urgent, Some(1)), ("price", Severity::Info, Some(1))]);
}

pub async fn alerts_change_and_resolve_as_planned(door: Door) {
    let store = door.open().await;
    let open = ["A", "B", "C"].map(|customer| alert(customer, "silence", Severity::Warning));
    apply(&store, &opening(open.to_vec()), &working(vec![case("B", hour(0))]), hour(0)).await;
    let over = |id: i64, customer: &str, why| ResolvedAlert {
        id,
        customer: CustomerId::from(customer),
        cause: "silence".to_owned(),
        why,
    };
    let worse = ChangedAlert {
        id: 1,
        rule: "long_silence".to_owned(),
        severity: Severity::Urgent,
        sentence: Text::new("更久了", "longer still"),
    };
    let plan = AlertPlan {
        open: vec![],
        change: vec![worse],
        resolve: vec![over(2, "B", Resolution::Cleared), over(3, "C", Resolution::Gone)],
    };
    let applied = apply(&store, &plan, &ActionPlan { clear: vec![1], ..ActionPlan::default() }, hour(24)).await;
    let expected =
        Applied { changed: true, alerts_changed: 1, alerts_resolved: 2, cases_cleared: 1, ..Applied::default() };
    assert_eq!(applied, expected);

    let a = store.alert(&Scope::All, 1).await.unwrap().unwrap();
    assert_eq!((a.state, a.severity, a.rule.as_str()), (AlertState::Open, Severity::Urgent, "long_silence"));
    assert_eq!((a.version, a.opened_at, a.sentence), (2, hour(0), Text::new("更久了", "longer still")));
    let b = store.alert(&Scope::All, 2).await.unwrap().unwrap();
    assert_eq!(
        (b.state, b.resolution, b.resolved_at),
        (AlertState::Resolved, Some(AlertResolution::Cleared), Some(hour(24)))
    );
    assert_eq!(b.case_state, Some(CaseState::Closed));
    let c = store.alert(&Scope::All, 3).await.unwrap().unwrap();
    assert_eq!((c.resolution, c.case_id), (Some(AlertResolution::Gone), None));
    let case = store.case(&Scope::All, 1).await.unwrap().unwrap();
    assert_eq!((case.state, case.outcome), (CaseState::Closed, Some(CaseOutcome::Cleared)));
    assert_eq!((case.closed_by.as_deref(), case.due_at), (Some("liuke"), None));
    // What cleared by itself has no cooldown.
    assert!(store.open_alerts(&Scope::All, hour(0)).await.unwrap().recently_closed.is_empty());
}

pub async fn a_case_that_somebody_took_up_is_not_cleared(door: Door) {
    let store = door.open().await;
    with_cases(&store, &["A"]).await;
    // The plan was made while the case was new; wang was faster.
    store.accept_case(&Scope::All, 1, 1, "wang", hour(1)).await.unwrap();
    let applied =
        apply(&store, &AlertPlan::default(), &ActionPlan { clear: vec![1], ..ActionPlan::default() }, hour(2)).await;
    assert_eq!(applied, Applied::default());
    assert_eq!(store.case(&Scope::All, 1).await.unwrap().unwrap().state, CaseState::Accepted);
}

pub async fn a_second_alert_joins_the_open_case(door: Door) {
    let store = door.open().await;
    // An alert that stood alone is put on the case that comes later.
    apply(&store, &opening(vec![alert("A", "price", Severity::Info)]), &ActionPlan::default(), hour(0)).await;
    assert_eq!(store.alert(&Scope::All, 1).await.unwrap().unwrap().case_id, None);
    let silence = opening(vec![alert("A", "silence", Severity::Urgent)]);
    let applied = apply(&store, &silence, &working(vec![case("A", hour(24))]), hour(24)).await;
    assert_eq!((applied.alerts_opened, applied.alerts_changed, applied.cases_opened), (1, 1, 1));
    // And a third one joins it without another case.
    store.accept_case(&Scope::All, 1, 1, "wang", hour(25)).await.unwrap();
    apply(&store, &opening(vec![alert("A", "quality", Severity::Info)]), &ActionPlan::default(), hour(48)).await;
    let of_case = AlertFilter { cases: Some(vec![1]), ..AlertFilter::default() };
    let page = store.alerts(&Scope::All, &of_case, AlertSlice::default()).await.unwrap();
    let seen: Vec<_> = page.rows.iter().map(|row| (row.cause.as_str(), row.case_state, row.due_at)).collect();
    let accepted = (Some(CaseState::Accepted), Some(hour(48)));
    assert_eq!(
        seen,
        [("silence", accepted.0, accepted.1), ("quality", accepted.0, accepted.1), ("price", accepted.0, accepted.1)]
    );
    let every = store.cases(&Scope::All, &CaseFilter::default(), CaseSlice::default()).await.unwrap();
    assert_eq!(every.total, 1);
}

pub async fn a_small_worry_that_outlives_its_case_gets_the_next_one(door: Door) {
    let store = door.open().await;
    let both = opening(vec![alert("A", "silence", Severity::Urgent), alert("A", "price", Severity::Info)]);
    apply(&store, &both, &working(vec![case("A", hour(0))]), hour(0)).await;
    // The urgent worry passes; what is left is no work for anybody.
    let over =
        ResolvedAlert { id: 1, customer: CustomerId::from("A"), cause: "silence".to_owned(), why: Resolution::Cleared };
    let calmer = AlertPlan { resolve: vec![over], ..AlertPlan::default() };
    apply(&store, &calmer, &ActionPlan { clear: vec![1], ..ActionPlan::default() }, hour(24)).await;
    let small = store.alert(&Scope::All, 2).await.unwrap().unwrap();
    assert_eq!((small.state, small.case_id, small.case_state), (AlertState::Open, None, None));
    // It grows.
    let worse = ChangedAlert { id: 2, rule: "r".into(), severity: Severity::Warning, sentence: Text::new("涨", "up") };
    let worse = AlertPlan { change: vec![worse], ..AlertPlan::default() };
    apply(&store, &worse, &working(vec![case("A", hour(48))]), hour(48)).await;
    let grown = store.alert(&Scope::All, 2).await.unwrap().unwrap();
    assert_eq!((grown.case_id, grown.case_state, grown.version), (Some(2), Some(CaseState::New), 4));
}

pub async fn another_plan_for_the_same_moment_is_applied(door: Door) {
    let store = door.open().await;
    apply(&store, &opening(vec![alert("A", "silence", Severity::Info)]), &ActionPlan::default(), hour(0)).await;
    // A file came in late; the same moment looks different now.
    let again = store::CycleRecord { started_at: hour(3), finished_at: hour(3), ..cycle(hour(0)) };
    let more = opening(vec![alert("B", "silence", Severity::Info)]);
    let applied = store.apply_cycle(&more, &ActionPlan::default(), &again).await.unwrap();
    assert_eq!((applied.changed, applied.alerts_opened), (true, 1));
    assert_eq!(store.last_cycle(&Scope::All).await.unwrap(), Some(again));
    let b = store.alert(&Scope::All, 2).await.unwrap().unwrap();
    assert_eq!((b.opened_at, b.as_of), (hour(3), hour(0)));
}

pub async fn odd_names_are_kept_letter_by_letter(door: Door) {
    let store = door.open().await;
    let names = ["O'Brien; DROP TABLE alerts", "张三 \"引号\"", "%_?$1", "  空格  ", "emoji 🙂 \\ backslash", "-", ""];
    let alerts = names.iter().map(|name| alert(name, "a'b\"c?$1", Severity::Info)).collect();
    apply(&store, &opening(alerts), &working(names.iter().map(|name| case(name, hour(0))).collect()), hour(0)).await;
    for name in names {
        let only = AlertFilter { customers: Some(vec![CustomerId::from(name)]), ..AlertFilter::default() };
        let page = store.alerts(&Scope::All, &only, AlertSlice::default()).await.unwrap();
        assert_eq!(page.total, 1, "{name}");
        assert_eq!(page.rows[0].customer_id.as_str(), name);
    }
    let recorded = store.as_recorded(&Scope::All, hour(1)).await.unwrap();
    assert_eq!(recorded.alerts.len(), names.len());
}
