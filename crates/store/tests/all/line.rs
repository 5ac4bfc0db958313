//! The life of single alerts: put off, taken up, called false, ranked, counted.

use actions::{ActionPlan, Waking, Woken};
use alerts::AlertPlan;
use store::{
    AlertFilter, AlertOrder, AlertRecord, AlertResolution, AlertSlice, CaseOutcome, CaseState, NewStaff, Role,
    RuleCount, Snoozing, Standing, Store,
};
use vocab::{CustomerId, Scope, Severity};

use crate::door::{Door, People as _, alert, apply, case, hour, mine, opening, with_cases, working};

fn until(hours: i64) -> Snoozing<'static> {
    Snoozing { until: hour(hours), reason: "下月初再谈", health: Some(6_000) }
}

async fn alert_of(store: &Store, id: i64) -> AlertRecord {
    store.alert(&Scope::All, id).await.unwrap().unwrap()
}

fn waking(id: i64, customer: &str, why: Waking) -> ActionPlan {
    ActionPlan { wake: vec![Woken { id, customer: CustomerId::from(customer), why }], ..ActionPlan::default() }
}

pub async fn what_is_put_off_leaves_the_desk_and_comes_back_on_its_day(door: Door) {
    let store = door.open().await;
    let two = vec![alert("A", "silence", Severity::Warning), alert("A", "price", Severity::Warning)];
    apply(&store, &opening(two), &working(vec![case("A", hour(0))]), hour(0)).await;
    assert!(store.snooze_alert(&Scope::All, 1, 1, until(1), "wang", hour(1)).await.unwrap_err().is_refused());
    let first = store.snooze_alert(&Scope::All, 1, 1, until(48), "wang", hour(1)).await.unwrap();
    assert_eq!((first.standing(), first.case_id, first.version), (Some(Standing::Snoozed), None, 2));
    let snooze = first.snooze.unwrap();
    assert_eq!((snooze.until, snooze.by.as_str(), snooze.reason.as_str()), (hour(48), "wang", "下月初再谈"));
    let at_work = store.case(&Scope::All, 1).await.unwrap().unwrap();
    assert_eq!(at_work.state, CaseState::New, "the other worry is still work");
    store.snooze_alert(&Scope::All, 2, 1, until(72), "wang", hour(2)).await.unwrap();
    let off = store.case(&Scope::All, 1).await.unwrap().unwrap();
    assert_eq!((off.state, off.outcome), (CaseState::Closed, Some(CaseOutcome::PutOff)));
    let steps = store.case_steps(&Scope::All, &[1], None).await.unwrap();
    assert_eq!(steps[&1].last().unwrap().what, "put_off");
    let snoozed = store.snoozed(&Scope::All).await.unwrap();
    assert_eq!(snoozed.iter().map(|one| (one.id, one.health)).collect::<Vec<_>>(), [(1, Some(60.0)), (2, Some(60.0))]);
    assert!(store.cases_opened(&Scope::All, hour(0)).await.unwrap().is_empty(), "taken off the desk unworked");

    // On its day it comes back with a case of its own; applied again, nothing changes.
    let back = ActionPlan { open: vec![case("A", hour(48))], ..waking(1, "A", Waking::Due) };
    let applied = apply(&store, &AlertPlan::default(), &back, hour(48)).await;
    assert_eq!((applied.alerts_woken, applied.cases_opened, applied.alerts_changed), (1, 1, 1));
    assert!(!apply(&store, &AlertPlan::default(), &back, hour(48)).await.changed);
    let awake = alert_of(&store, 1).await;
    assert_eq!((awake.standing(), awake.case_id, awake.snooze), (Some(Standing::Desk), Some(2), None));
    assert_eq!(alert_of(&store, 2).await.standing(), Some(Standing::Snoozed), "the other sleeps on");
    // Somebody takes the other up before its day: it joins the open case.
    let sleeping = alert_of(&store, 2).await;
    let woken = store.wake_alert(&Scope::All, 2, sleeping.version, "li", hour(50)).await.unwrap();
    assert_eq!((woken.case_id, woken.snooze), (Some(2), None));
    assert!(store.wake_alert(&Scope::All, 2, woken.version, "li", hour(50)).await.unwrap_err().is_conflict());
    assert_eq!(store.as_recorded(&Scope::All, hour(47)).await.unwrap().alerts.len(), 2);
    let then = store.as_recorded(&Scope::All, hour(47)).await.unwrap();
    assert!(then.alerts.iter().all(|alert| alert.snooze.is_some()), "the past knows that both slept");
}

pub async fn a_false_alarm_is_counted_against_its_rule_and_ends_its_case(door: Door) {
    let store = door.open().await;
    with_cases(&store, &["A", "B", "C"]).await;
    apply(&store, &opening(vec![alert("A", "price", Severity::Info)]), &ActionPlan::default(), hour(1)).await;
    let called = store.call_alert_false(&Scope::All, 1, 1, "系统维护所致", "wang", hour(2)).await.unwrap();
    assert_eq!(called.resolution, Some(AlertResolution::FalseAlarm));
    assert_eq!(called.false_reason.as_deref(), Some("系统维护所致"));
    let open = store.case(&Scope::All, 1).await.unwrap().unwrap();
    assert_eq!(open.state, CaseState::New, "another alert is still on it");
    store.call_alert_false(&Scope::All, 4, 1, "看错", "wang", hour(2)).await.unwrap();
    let ended = store.case(&Scope::All, 1).await.unwrap().unwrap();
    assert_eq!((ended.outcome, ended.note.as_deref()), (Some(CaseOutcome::FalseAlarm), Some("看错")));
    let closing = store::Closing { outcome: CaseOutcome::FalseAlarm, note: None };
    store.close_case(&Scope::All, 2, 1, "li", closing, hour(3)).await.unwrap();
    let count =
        |rule: &str, opened, acted, false_alarms| RuleCount { rule: rule.to_owned(), opened, acted, false_alarms };
    let counts = store.rule_counts(&Scope::All, hour(0)).await.unwrap();
    assert_eq!(counts, [count("price_rule", 1, 1, 1), count("silence_rule", 3, 2, 2)]);
    assert_eq!(store.rule_counts(&Scope::All, hour(1)).await.unwrap(), [count("price_rule", 1, 1, 1)]);
    // Its cooldown begins as if somebody had closed it.
    let closed = store.open_alerts(&Scope::All, hour(0)).await.unwrap().recently_closed;
    assert_eq!(closed.len(), 3);
    let again = store.call_alert_false(&Scope::All, 1, 2, "再来", "wang", hour(3)).await.unwrap_err();
    assert!(again.is_conflict(), "it is resolved already");
}

async fn lines(store: &Store, order: AlertOrder) -> Vec<(String, i64)> {
    let filter = AlertFilter { leads: true, ..AlertFilter::default() };
    let page = store.alerts(&Scope::All, &filter, AlertSlice { order, ..AlertSlice::default() }).await.unwrap();
    assert_eq!(page.total, page.rows.len() as u64, "counted as listed");
    page.rows.iter().map(|row| (row.customer_id.to_string(), row.id)).collect()
}

pub async fn one_alert_speaks_for_each_customer_and_lists_follow_what_is_at_risk(door: Door) {
    let store = door.open().await;
    let alerts = vec![
        alert("A", "silence", Severity::Info),
        alert("A", "price", Severity::Urgent),
        alert("B", "silence", Severity::Warning),
        alert("C", "silence", Severity::Warning),
    ];
    apply(&store, &opening(alerts), &ActionPlan::default(), hour(0)).await;
    let worth = |customer: &CustomerId, severity: Severity| match customer.as_str() {
        "A" => 100 + i64::from(severity == Severity::Urgent),
        "B" => 300,
        _ => 200,
    };
    let some = [CustomerId::new("B")];
    assert_eq!(store.set_worth(Some(&some), &worth).await.unwrap(), 1, "of those named alone");
    assert_eq!(store.set_worth(None, &worth).await.unwrap(), 2);
    assert_eq!(store.set_worth(None, &worth).await.unwrap(), 0, "the same again changes nothing");
    let named = |pairs: &[(&str, i64)]| pairs.iter().map(|(name, id)| ((*name).to_owned(), *id)).collect::<Vec<_>>();
    assert_eq!(lines(&store, AlertOrder::AtRisk).await, named(&[("B", 3), ("C", 4), ("A", 2)]));
    assert_eq!(lines(&store, AlertOrder::Severity).await[0], ("A".to_owned(), 2));
    assert_eq!(lines(&store, AlertOrder::Oldest).await.len(), 3);
    // Whoever speaks is awake; when it is over, the next one speaks.
    store.snooze_alert(&Scope::All, 2, 1, until(48), "wang", hour(1)).await.unwrap();
    assert_eq!(lines(&store, AlertOrder::AtRisk).await[2], ("A".to_owned(), 1));
    let below = AlertFilter { standing: Some(Standing::Below), leads: true, ..AlertFilter::default() };
    assert_eq!(store.alerts(&Scope::All, &below, AlertSlice::default()).await.unwrap().total, 2);
    store.call_alert_false(&Scope::All, 1, 1, "看错", "wang", hour(2)).await.unwrap();
    assert_eq!(lines(&store, AlertOrder::AtRisk).await[2], ("A".to_owned(), 2), "the sleeper is all there is");
    let asleep = AlertFilter { standing: Some(Standing::Snoozed), ..AlertFilter::default() };
    let asleep = store.alerts(&Scope::All, &asleep, AlertSlice::default()).await.unwrap();
    assert_eq!(asleep.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [2]);
}

pub async fn cases_below_the_line_are_not_lost_and_not_counted(door: Door) {
    let store = door.open().await;
    with_cases(&store, &["A", "B"]).await;
    let opened = store.cases_opened(&Scope::All, hour(0)).await.unwrap();
    assert_eq!(opened.into_iter().collect::<Vec<_>>(), [(Severity::Warning, 2)]);
    let lower = ActionPlan { lower: vec![2], ..ActionPlan::default() };
    let applied = apply(&store, &AlertPlan::default(), &lower, hour(24)).await;
    assert_eq!((applied.cases_lowered, applied.alerts_changed), (1, 1));
    let alert = alert_of(&store, 2).await;
    assert_eq!((alert.standing(), alert.case_id), (Some(Standing::Below), None));
    assert_eq!(store.cases_opened(&Scope::All, hour(0)).await.unwrap()[&Severity::Warning], 1);
    // When there is room it rises, and is worked on like any other.
    apply(&store, &AlertPlan::default(), &working(vec![case("B", hour(48))]), hour(48)).await;
    assert_eq!(alert_of(&store, 2).await.standing(), Some(Standing::Desk));
}

pub async fn of_two_who_change_an_alert_one_is_told_of_the_other(door: Door) {
    let (one, other) = (door.open().await, door.open().await);
    with_cases(&one, &["A"]).await;
    let (first, second) = tokio::join!(
        one.snooze_alert(&Scope::All, 1, 1, until(48), "wang", hour(1)),
        other.call_alert_false(&Scope::All, 1, 1, "看错", "li", hour(1)),
    );
    assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1, "{first:?} {second:?}");
    let lost = first.err().or(second.err()).unwrap();
    assert!(lost.is_conflict());
    assert_eq!(lost.current_version(), Some(2));
    // A case goes to somebody else's desk once.
    with_cases(&one, &["B"]).await;
    let id = one.alert(&Scope::All, 2).await.unwrap().unwrap().case_id.unwrap();
    let given = one.assign_case(&Scope::All, id, 1, "li", "wang", hour(3)).await.unwrap();
    assert_eq!((given.assigned_to.as_deref(), given.version), (Some("li"), 2));
    assert!(other.assign_case(&Scope::All, id, 1, "zhao", "wang", hour(3)).await.unwrap_err().is_conflict());
    assert_eq!(alert_of(&one, 2).await.assigned_to.as_deref(), Some("li"));
    assert_eq!(alert_of(&one, 2).await.case_version, Some(2));
}

pub async fn a_view_is_its_own_persons_alone(door: Door) {
    let store = door.open().await;
    let person = |email: &str| NewStaff {
        name: "王芳".to_owned(),
        email: email.to_owned(),
        role: Role::Owner,
        owner_key: None,
        unit_id: None,
        password_hash: "x".to_owned(),
    };
    let wang = store.add_staff(&person("wang@example.cn"), "x", hour(0)).await.unwrap().id;
    let li = store.add_staff(&person("li@example.cn"), "x", hour(0)).await.unwrap().id;
    let first = store.put_saved_view(wang, ("alerts", "紧急", "severity=urgent"), "wang", hour(1)).await.unwrap();
    let again =
        store.put_saved_view(wang, ("alerts", "紧急", "severity=urgent&sort=rank"), "wang", hour(2)).await.unwrap();
    assert_eq!(first.id, again.id, "a name stands once");
    assert_eq!(store.saved_views(wang, "alerts").await.unwrap(), std::slice::from_ref(&again));
    assert!(store.saved_views(li, "alerts").await.unwrap().is_empty());
    assert!(store.remove_saved_view(li, again.id, "li", hour(3)).await.unwrap_err().is_not_found());
    store.remove_saved_view(wang, again.id, "wang", hour(3)).await.unwrap();
    assert!(store.saved_views(wang, "alerts").await.unwrap().is_empty());
}

/// Customers A, B and C are wang's, li's and nobody's, each with an alert and a case of the same number.
pub async fn nobody_touches_what_is_not_theirs(store: &Store) {
    let wang = mine(&["wang"]);
    for id in [2, 3] {
        let now = hour(1);
        assert!(store.snooze_alert(&wang, id, 1, until(48), "wang", now).await.unwrap_err().is_not_found());
        assert!(store.wake_alert(&wang, id, 1, "wang", now).await.unwrap_err().is_not_found());
        assert!(store.call_alert_false(&wang, id, 1, "看错", "wang", now).await.unwrap_err().is_not_found());
        assert!(store.assign_case(&wang, id, 1, "wang", "wang", now).await.unwrap_err().is_not_found());
    }
    for (scope, count) in [(Scope::All, 3), (mine(&["wang", "li"]), 2), (wang, 1), (mine(&["zhao"]), 0)] {
        let opened: u64 = store.cases_opened(&scope, hour(0)).await.unwrap().values().sum();
        let ruled: u64 = store.rule_counts(&scope, hour(0)).await.unwrap().iter().map(|one| one.opened).sum();
        assert_eq!((opened, ruled), (count, count), "{scope:?}");
    }
    store.snooze_alert(&mine(&["li"]), 2, 1, until(48), "li", hour(1)).await.unwrap();
    assert_eq!(store.snoozed(&mine(&["wang"])).await.unwrap().len(), 0);
    assert_eq!(store.snoozed(&mine(&["li"])).await.unwrap().len(), 1);
}
