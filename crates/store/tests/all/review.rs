//! What a weekly review is made of: the desk of a past week as it was recorded then, and what was decided.

use std::collections::BTreeSet;

use actions::{ActionPlan, CaseState, Verb, Work};
use store::{CaseOutcome, Closing, Decided, DecisionsOf, Store, WorkBetween};
use vocab::{Scope, Severity};

use crate::door::{Door, People as _, alert, apply, hour, mine, opening, owned, with_cases};

/// Somebody notes an act on a case.
async fn act(store: &Store, id: i64, version: i64, at: i64) {
    let step = |work: &Work| Ok(Work { acted_at: work.acted_at.or(Some(hour(at))), ..work.clone() });
    store.move_with(&Scope::All, (id, version), Verb::Act, &step, ("wang", hour(at))).await.unwrap();
}

fn steps(work: &WorkBetween, case: i64) -> Vec<&str> {
    let trail = work.cases.iter().find(|trail| trail.last().is_some_and(|last| last.id == case));
    trail.map_or_else(Vec::new, |trail| trail.steps.iter().map(|step| step.what.as_str()).collect())
}

pub async fn what_was_on_the_desk_is_told_again_the_same_whatever_came_later(door: Door) {
    let store = door.open().await;
    owned(&store, &[("A", "wang"), ("B", "li"), ("C", "wang")]).await;
    with_cases(&store, &["A", "B"]).await;
    store.accept_case(&Scope::All, 1, 1, "wang", hour(1)).await.unwrap();
    act(&store, 1, 2, 5).await;
    let told = store.work_between(&Scope::All, hour(0), hour(10)).await.unwrap();
    assert_eq!((steps(&told, 1), steps(&told, 2)), (vec!["opened", "accepted", "acted"], vec!["opened"]));
    assert_eq!(told.alerts.len(), 2);
    assert_eq!(
        told.cases[0].last().map(|case| (case.state, case.acted_at)),
        Some((store::CaseState::Accepted, Some(hour(5))))
    );

    // What happens afterwards: the case is closed, its alert resolved, another alert opened.
    let closing = Closing { outcome: CaseOutcome::FalseAlarm, note: None };
    store.close_case(&Scope::All, 1, 3, "wang", closing, hour(12)).await.unwrap();
    apply(&store, &opening(vec![alert("C", "price", Severity::Info)]), &ActionPlan::default(), hour(13)).await;
    let again = store.work_between(&Scope::All, hour(0), hour(10)).await.unwrap();
    assert_eq!(again, told);
    // The stretch after: the case of A ended in it, that of B still lies there, the alert of C is new.
    let next = store.work_between(&Scope::All, hour(10), hour(20)).await.unwrap();
    assert_eq!(next.cases.len(), 2);
    assert_eq!(steps(&next, 1).last(), Some(&"closed"));
    let alerts: Vec<(&str, Option<i64>)> =
        next.alerts.iter().map(|alert| (alert.customer_id.as_str(), alert.case_id)).collect();
    assert_eq!(alerts, [("A", Some(1)), ("C", None)], "resolved in it, opened in it");
    let last = store.work_between(&Scope::All, hour(20), hour(30)).await.unwrap();
    assert_eq!((last.cases.len(), last.alerts.len()), (1, 0), "what is closed is over");
    let theirs = store.work_between(&mine(&["li"]), hour(0), hour(30)).await.unwrap();
    assert_eq!((theirs.cases.len(), theirs.alerts.len()), (1, 1));
    assert_eq!(theirs.cases[0].last().map(|case| case.work().state), Some(CaseState::New));
}

fn decided(staff_id: i64, title: &str) -> Decided {
    Decided { title: title.to_owned(), staff_id, due_on: "2025-03-07".to_owned(), due_at: hour(111), customer_id: None }
}

pub async fn a_decision_is_done_once_and_how_it_stood_is_known(door: Door) {
    let store = door.open().await;
    let all = DecisionsOf::Everybody;
    let first = store.add_decision("2025-02-24", &decided(7, "清零超时单"), ("boss", Some(1)), hour(0)).await.unwrap();
    store.add_decision("2025-03-03", &decided(8, "给三家回访"), ("boss", Some(1)), hour(1)).await.unwrap();
    let titles = async |of: &DecisionsOf, until: &str| {
        let found = store.decisions(of, until).await.unwrap();
        found.into_iter().map(|one| one.title).collect::<Vec<_>>()
    };
    assert_eq!(titles(&all, "2025-03-03").await, ["给三家回访", "清零超时单"], "newest week first");
    assert_eq!(titles(&all, "2025-02-24").await, ["清零超时单"]);
    let people = |ids: &[i64], author| DecisionsOf::People { staff: BTreeSet::from_iter(ids.iter().copied()), author };
    assert_eq!(titles(&people(&[8], Some(8)), "2025-12-31").await, ["给三家回访"]);
    assert_eq!(titles(&people(&[], Some(1)), "2025-12-31").await.len(), 2, "who wrote it down sees it");
    assert!(titles(&people(&[], None), "2025-12-31").await.is_empty());

    let of_li = people(&[8], None);
    let foreign = store.change_decision(&of_li, (first.id, 1), (&decided(7, "x"), true), "li", hour(2)).await;
    assert!(foreign.unwrap_err().is_not_found());
    assert_eq!(store.decision(&of_li, first.id).await.unwrap(), None);
    let done =
        store.change_decision(&all, (first.id, 1), (&decided(7, "清零超时单"), true), "wang", hour(3)).await.unwrap();
    assert_eq!((done.version, done.done_at, done.done_by.as_deref()), (2, Some(hour(3)), Some("wang")));
    let late = store.change_decision(&all, (first.id, 1), (&decided(7, "x"), true), "li", hour(4)).await;
    assert!(late.unwrap_err().is_conflict());
    let kept = store.change_decision(&all, (first.id, 2), (&decided(7, "清零"), true), "boss", hour(5)).await.unwrap();
    assert_eq!((kept.done_at, kept.done_by.as_deref()), (Some(hour(3)), Some("wang")), "done once");
    let open = store.change_decision(&all, (first.id, 3), (&decided(7, "清零"), false), "boss", hour(6)).await.unwrap();
    assert_eq!(open.done_at, None);
    let then = async |at: i64| {
        let found = store.decisions_then(&all, hour(at)).await.unwrap();
        found.into_iter().find(|one| one.id == first.id).map(|one| (one.title, one.done_at.is_some()))
    };
    assert_eq!(then(0).await, None);
    assert_eq!(then(4).await, Some(("清零超时单".to_owned(), true)));
    assert_eq!(then(9).await, Some(("清零".to_owned(), false)));
    assert!(store.decisions_then(&of_li, hour(9)).await.unwrap().iter().all(|one| one.staff_id == 8));
}

pub async fn a_decision_about_a_customer_waits_for_its_person_until_it_is_done(door: Door) {
    let store = door.open().await;
    let all = DecisionsOf::Everybody;
    let about = |staff_id, customer: &str, hours| Decided {
        customer_id: Some(customer.to_owned()),
        due_at: hour(hours),
        ..decided(staff_id, "上门")
    };
    let later = store.add_decision("2025-02-24", &about(7, "A", 90), ("boss", Some(1)), hour(0)).await.unwrap();
    let sooner = store.add_decision("2025-02-24", &about(7, "B", 50), ("boss", Some(1)), hour(0)).await.unwrap();
    store.add_decision("2025-02-24", &about(8, "A", 40), ("boss", Some(1)), hour(0)).await.unwrap();
    let ids = |found: Vec<store::DecisionRecord>| found.into_iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(ids(store.decisions_waiting(7).await.unwrap()), [sooner.id, later.id], "what is due first, first");
    assert_eq!(store.decisions_about(&all, "A").await.unwrap().len(), 2);
    let of_seven = DecisionsOf::People { staff: BTreeSet::from([7]), author: Some(9) };
    assert_eq!(ids(store.decisions_about(&of_seven, "A").await.unwrap()), [later.id], "theirs, and of A alone");
    let done = store.change_decision(&all, (later.id, 1), (&decided(7, "上门"), true), "wang", hour(3)).await.unwrap();
    assert_eq!(done.customer_id.as_deref(), Some("A"), "whom it is about stays");
    assert_eq!(ids(store.decisions_waiting(7).await.unwrap()), [sooner.id]);
    assert!(store.decisions_about(&of_seven, "A").await.unwrap().is_empty());
}
