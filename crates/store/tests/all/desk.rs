//! Lists, counts, and the life of a case.

use store::{
    AlertFilter, AlertPage, AlertRecord, AlertResolution, AlertSlice, AlertState, CaseFilter, CaseOrder, CaseOutcome,
    CaseSlice, CaseState, Closing, Store,
};
use vocab::{CustomerId, Instant, Scope, Severity};

use crate::door::{Door, People as _, alert, apply, case, hour, mine, opening, owned, with_cases, working};

const SEVERITIES: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Urgent];
const OWNERS: [&str; 3] = ["wang", "li", "-"];

/// Sixty customers of three owners (one of them nobody) with alerts of three causes, opened over three nights; some
/// cases are accepted, some closed.
async fn a_busy_desk(store: &Store) {
    let names: Vec<String> = (0..60).map(|number| format!("C{number:02}")).collect();
    let owners: Vec<(&str, &str)> =
        names.iter().enumerate().map(|(number, name)| (name.as_str(), OWNERS[number % 3])).collect();
    owned(store, &owners).await;
    for night in 0..3i64 {
        let at = hour(24 * night);
        let mut alerts = Vec::new();
        let mut cases = Vec::new();
        for (number, name) in names.iter().enumerate().filter(|(number, _)| *number as i64 % 3 <= night) {
            let cause = ["silence", "price", "quality"][(number / 4 + night as usize) % 3];
            alerts.push(alert(name, cause, SEVERITIES[(number / 2 + night as usize) % 3]));
            if number % 5 != 0 {
                cases.push(case(name, at));
            }
        }
        apply(store, &opening(alerts), &working(cases), at).await;
    }
    let every = store.cases(&Scope::All, &CaseFilter::default(), CaseSlice::default()).await.unwrap();
    for one in every.rows {
        match one.id % 4 {
            0 => {
                store.accept_case(&Scope::All, one.id, one.version, "li", hour(80)).await.unwrap();
            }
            1 => {
                let closing = Closing { outcome: CaseOutcome::FalseAlarm, note: Some("看错了") };
                store.close_case(&Scope::All, one.id, one.version, "wang", closing, hour(81)).await.unwrap();
            }
            _ => {}
        }
    }
}

/// The second road: the same question, answered by looking at every alert there is.
fn naive(every: &[AlertRecord], scope: &Scope, filter: &AlertFilter) -> AlertPage {
    let mut page = AlertPage::default();
    for row in every {
        let around = scope.admits(row.owner.as_deref())
            && filter.state.is_none_or(|state| row.state == state)
            && (filter.causes.is_empty() || filter.causes.contains(&row.cause))
            && (filter.rules.is_empty() || filter.rules.contains(&row.rule))
            && filter.owner.as_deref().is_none_or(|owner| row.owner.as_deref().unwrap_or("-") == owner)
            && filter.customers.as_ref().is_none_or(|some| some.contains(&row.customer_id))
            && filter.cases.as_ref().is_none_or(|some| row.case_id.is_some_and(|case| some.contains(&case)));
        let severe = filter.severities.is_empty() || filter.severities.contains(&row.severity);
        let worked = filter.case_states.is_empty() || filter.case_states.contains(&row.case_state);
        if around && worked {
            *page.severity_counts.entry(row.severity).or_default() += 1;
        }
        if around && severe {
            *page.case_state_counts.entry(row.case_state).or_default() += 1;
        }
        if around && severe && worked {
            page.total += 1;
            page.rows.push(row.clone());
        }
    }
    page.rows.sort_by_key(|row| (std::cmp::Reverse(row.severity), std::cmp::Reverse(row.opened_at), row.id));
    page
}

pub async fn a_list_equals_a_naive_filter_and_its_counts_add_up(door: Door) {
    let store = door.open().await;
    a_busy_desk(&store).await;
    let whole = AlertFilter { state: None, ..AlertFilter::default() };
    let every = store.alerts(&Scope::All, &whole, AlertSlice::default()).await.unwrap().rows;
    assert!(every.len() > 100, "the desk is busy: {}", every.len());

    let some: Vec<CustomerId> = (0..60).step_by(7).map(|number| CustomerId::new(format!("C{number:02}"))).collect();
    let scopes = [Scope::All, mine(&["wang"]), mine(&["li", "wang"]), mine(&[]), mine(&["nobody"])];
    let states = [None, Some(AlertState::Open), Some(AlertState::Resolved)];
    let severities = [vec![], vec![Severity::Urgent], vec![Severity::Info, Severity::Warning]];
    let case_states = [
        vec![],
        vec![None],
        vec![Some(CaseState::New), Some(CaseState::Accepted)],
        vec![Some(CaseState::Closed), None],
    ];
    let rest = [
        AlertFilter::default(),
        AlertFilter { owner: Some("-".to_owned()), ..AlertFilter::default() },
        AlertFilter { owner: Some("wang".to_owned()), causes: vec!["price".to_owned()], ..AlertFilter::default() },
        AlertFilter {
            customers: Some(some),
            rules: vec!["silence_rule".to_owned(), "price_rule".to_owned()],
            ..AlertFilter::default()
        },
        AlertFilter { customers: Some(vec![]), ..AlertFilter::default() },
        AlertFilter { cases: Some(vec![1, 2, 3, 7, 9]), ..AlertFilter::default() },
    ];
    for scope in &scopes {
        for state in states {
            for severities in &severities {
                for case_states in &case_states {
                    for rest in &rest {
                        let filter = AlertFilter {
                            state,
                            severities: severities.clone(),
                            case_states: case_states.clone(),
                            ..rest.clone()
                        };
                        let page = store.alerts(scope, &filter, AlertSlice::default()).await.unwrap();
                        assert_eq!(page, naive(&every, scope, &filter), "{scope:?} {filter:?}");
                    }
                }
            }
        }
    }
}

pub async fn pages_by_cursor_and_by_offset_show_every_alert_once(door: Door) {
    let store = door.open().await;
    a_busy_desk(&store).await;
    let filter = AlertFilter::default();
    let whole = store.alerts(&Scope::All, &filter, AlertSlice::default()).await.unwrap();
    assert_eq!(whole.next, None);

    let mut by_cursor = Vec::new();
    let mut slice = AlertSlice::first(7);
    loop {
        let page = store.alerts(&Scope::All, &filter, slice).await.unwrap();
        assert_eq!(page.total, whole.total);
        by_cursor.extend(page.rows);
        match page.next {
            Some(next) => slice.after = Some(next),
            None => break,
        }
    }
    assert_eq!(by_cursor, whole.rows);

    let mut by_offset = Vec::new();
    while (by_offset.len() as u64) < whole.total {
        let slice = AlertSlice { offset: by_offset.len() as u64, ..AlertSlice::first(11) };
        by_offset.extend(store.alerts(&Scope::All, &filter, slice).await.unwrap().rows);
    }
    assert_eq!(by_offset, whole.rows);
    let tail = AlertSlice { offset: 5, ..AlertSlice::default() };
    assert_eq!(store.alerts(&Scope::All, &filter, tail).await.unwrap().rows, whole.rows[5..]);
}

pub async fn a_case_is_accepted_then_closed_and_every_step_is_kept(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang")]).await;
    with_cases(&store, &["A"]).await;
    let new = store.case(&Scope::All, 1).await.unwrap().unwrap();
    assert_eq!(
        (new.state, new.version, new.due_at, new.owner.as_deref()),
        (CaseState::New, 1, Some(hour(2)), Some("wang"))
    );

    let accepted = store.accept_case(&Scope::All, 1, 1, "wang", hour(1)).await.unwrap();
    assert_eq!((accepted.state, accepted.version, accepted.due_at), (CaseState::Accepted, 2, Some(hour(24))));
    assert_eq!((accepted.accepted_at, accepted.accepted_by.as_deref()), (Some(hour(1)), Some("wang")));

    let closing = Closing { outcome: CaseOutcome::Retained, note: Some("续费了") };
    let closed = store.close_case(&Scope::All, 1, 2, "li", closing, hour(3)).await.unwrap();
    assert_eq!((closed.state, closed.version, closed.due_at), (CaseState::Closed, 3, None));
    assert_eq!((closed.closed_at, closed.closed_by.as_deref()), (Some(hour(3)), Some("li")));
    assert_eq!((closed.outcome, closed.note.as_deref()), (Some(CaseOutcome::Retained), Some("续费了")));
    assert_eq!(store.case(&Scope::All, 1).await.unwrap(), Some(closed));

    let steps = store.case_steps(&Scope::All, &[1, 99], None).await.unwrap();
    assert_eq!(steps.len(), 1);
    let seen: Vec<(&str, Instant, &str)> =
        steps[&1].iter().map(|step| (step.what.as_str(), step.at, step.actor.as_str())).collect();
    assert_eq!(seen, [("opened", hour(0), "liuke"), ("accepted", hour(1), "wang"), ("closed", hour(3), "li")]);
    let until = store.case_steps(&Scope::All, &[1], Some(hour(3))).await.unwrap();
    assert_eq!(until[&1].len(), 2);
}

pub async fn whoever_saw_an_old_version_is_told_the_present_one(door: Door) {
    let store = door.open().await;
    with_cases(&store, &["A"]).await;
    store.accept_case(&Scope::All, 1, 1, "wang", hour(1)).await.unwrap();

    let late = store.accept_case(&Scope::All, 1, 1, "li", hour(2)).await.unwrap_err();
    assert!(late.is_conflict() && !late.is_retryable());
    assert_eq!(late.current_version(), Some(2));
    let again = store.accept_case(&Scope::All, 1, 2, "li", hour(2)).await.unwrap_err();
    assert!(again.is_conflict(), "it is accepted already");

    let closing = Closing { outcome: CaseOutcome::Churned, note: None };
    let late = store.close_case(&Scope::All, 1, 1, "li", closing, hour(2)).await.unwrap_err();
    assert_eq!(late.current_version(), Some(2));
    store.close_case(&Scope::All, 1, 2, "wang", closing, hour(3)).await.unwrap();
    let again = store.close_case(&Scope::All, 1, 3, "wang", closing, hour(3)).await.unwrap_err();
    assert!(again.is_conflict(), "it is closed already");

    let nothing = store.accept_case(&Scope::All, 7, 1, "wang", hour(4)).await.unwrap_err();
    assert!(nothing.is_not_found());
    let cleared = Closing { outcome: CaseOutcome::Cleared, note: None };
    let refused = store.close_case(&Scope::All, 1, 3, "wang", cleared, hour(4)).await.unwrap_err();
    assert!(refused.is_refused() && !refused.is_conflict());
}

pub async fn closing_a_case_resolves_its_alerts_and_starts_their_cooldown(door: Door) {
    let store = door.open().await;
    let alerts = [("A", "silence"), ("A", "price"), ("B", "silence")]
        .map(|(customer, cause)| alert(customer, cause, Severity::Warning));
    apply(&store, &opening(alerts.to_vec()), &working(vec![case("A", hour(0)), case("B", hour(0))]), hour(0)).await;
    let closing = Closing { outcome: CaseOutcome::NoActionNeeded, note: None };
    store.close_case(&Scope::All, 1, 1, "wang", closing, hour(5)).await.unwrap();

    let standing = store.open_alerts(&Scope::All, hour(5)).await.unwrap();
    let open: Vec<&str> = standing.open.iter().map(|alert| alert.customer.as_str()).collect();
    assert_eq!(open, ["B"]);
    let closed: Vec<_> = standing
        .recently_closed
        .iter()
        .map(|alert| (alert.customer.as_str(), alert.cause.as_str(), alert.closed_at))
        .collect();
    assert_eq!(closed, [("A", "silence", hour(5)), ("A", "price", hour(5))]);
    assert!(store.open_alerts(&Scope::All, hour(6)).await.unwrap().recently_closed.is_empty());

    let resolved = store.alert(&Scope::All, 2).await.unwrap().unwrap();
    assert_eq!((resolved.state, resolved.resolution), (AlertState::Resolved, Some(AlertResolution::Closed)));
    assert_eq!((resolved.resolved_at, resolved.case_state), (Some(hour(5)), Some(CaseState::Closed)));
    // A new episode gets a new case.
    let again = opening(vec![alert("A", "silence", Severity::Urgent)]);
    let applied = apply(&store, &again, &working(vec![case("A", hour(24 * 30))]), hour(24 * 30)).await;
    assert_eq!((applied.alerts_opened, applied.cases_opened), (1, 1));
}

pub async fn cases_are_listed_by_what_is_due(door: Door) {
    let store = door.open().await;
    apply(
        &store,
        &opening(vec![]),
        &working(vec![case("A", hour(8)), case("B", hour(3)), case("C", hour(5))]),
        hour(0),
    )
    .await;
    apply(&store, &opening(vec![]), &working(vec![case("D", hour(4))]), hour(1)).await;
    store.accept_case(&Scope::All, 2, 1, "wang", hour(4)).await.unwrap();
    let closing = Closing { outcome: CaseOutcome::Churned, note: None };
    store.close_case(&Scope::All, 3, 1, "wang", closing, hour(6)).await.unwrap();

    let customers = async |filter: &CaseFilter, slice: CaseSlice| {
        let page = store.cases(&Scope::All, filter, slice).await.unwrap();
        let names: Vec<String> = page.rows.iter().map(|row| row.customer_id.to_string()).collect();
        (names.join(" "), page.total)
    };
    let by_due = CaseSlice { order: CaseOrder::Due, ..CaseSlice::default() };
    let every = CaseFilter::default();
    assert_eq!(customers(&every, by_due).await, ("D A B C".to_owned(), 4));
    assert_eq!(customers(&every, CaseSlice::default()).await, ("D C B A".to_owned(), 4));
    let two = CaseSlice { offset: 1, limit: Some(2), ..by_due };
    assert_eq!(customers(&every, two).await, ("A B".to_owned(), 4));
    let open = CaseFilter { states: vec![CaseState::New, CaseState::Accepted], ..CaseFilter::default() };
    assert_eq!(customers(&open, by_due).await, ("D A B".to_owned(), 3));
    let closed = |from| CaseFilter { closed_from: Some(from), ..CaseFilter::default() };
    assert_eq!(customers(&closed(hour(6)), by_due).await, ("C".to_owned(), 1));
    assert_eq!(customers(&closed(hour(7)), by_due).await, (String::new(), 0));

    let counts = store.cases(&Scope::All, &open, by_due).await.unwrap().state_counts;
    let counts: Vec<(CaseState, u64)> = counts.into_iter().collect();
    assert_eq!(counts, [(CaseState::New, 2), (CaseState::Accepted, 1), (CaseState::Closed, 1)]);
}

pub async fn customers_may_be_named_by_the_ten_thousand(door: Door) {
    let store = door.open().await;
    with_cases(&store, &["C7", "C49999", "D1"]).await;
    let many: Vec<CustomerId> = (0..50_000).map(|number| CustomerId::new(format!("C{number}"))).collect();
    let filter = AlertFilter { customers: Some(many.clone()), ..AlertFilter::default() };
    assert_eq!(store.alerts(&Scope::All, &filter, AlertSlice::first(10)).await.unwrap().total, 2);
    let filter = CaseFilter { customers: Some(many), ..CaseFilter::default() };
    assert_eq!(store.cases(&Scope::All, &filter, CaseSlice::default()).await.unwrap().total, 2);
}
