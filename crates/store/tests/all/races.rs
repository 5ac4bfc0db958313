//! Two at once, and one that is torn away halfway.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use actions::ActionPlan;
use alerts::{AlertPlan, Resolution, ResolvedAlert};
use store::{Applied, CaseOutcome, Closing, Resource};
use vocab::{Scope, Severity};

use crate::door::{Door, People as _, alert, apply, case, cycle, hour, opening, with_cases, working};

pub async fn of_two_who_close_a_case_one_is_told_of_the_other(door: Door) {
    let (one, other) = (door.open().await, door.open().await);
    for round in 1..=8 {
        let name = format!("C{round}");
        let at = hour(round);
        let alerts = opening(vec![alert(&name, "silence", Severity::Info)]);
        apply(&one, &alerts, &working(vec![case(&name, at)]), at).await;
        let (retained, churned) =
            [CaseOutcome::Retained, CaseOutcome::Churned].map(|outcome| Closing { outcome, note: None }).into();
        let (first, second) = tokio::join!(
            one.close_case(&Scope::All, round, 1, "wang", retained, at),
            other.close_case(&Scope::All, round, 1, "li", churned, at),
        );
        assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1, "round {round}: {first:?} {second:?}");
        let (won, lost) = if first.is_ok() { (first, second) } else { (second, first) };
        let lost = lost.unwrap_err();
        assert!(lost.is_conflict(), "{lost:?}");
        assert_eq!(lost.current_version(), Some(2));
        assert_eq!(one.case(&Scope::All, round).await.unwrap(), Some(won.unwrap()));
        let steps = one.history_of(&Scope::All, Resource::Case, &round.to_string()).await.unwrap();
        assert_eq!(steps.len(), 2, "opened and closed, once each");
    }
}

pub async fn two_cycles_at_once_open_an_alert_once(door: Door) {
    let (one, other) = (door.open().await, door.open().await);
    for round in 0..5i64 {
        let names: Vec<String> = (0..20).map(|number| format!("C{round}-{number}")).collect();
        let alerts = opening(names.iter().map(|name| alert(name, "silence", Severity::Warning)).collect());
        let actions = working(names.iter().map(|name| case(name, hour(0))).collect());
        // The same night on two machines, and in odd rounds two different moments.
        let (here, there) = (cycle(hour(24 * round)), cycle(hour(24 * round + round % 2)));
        let (first, second) =
            tokio::join!(one.apply_cycle(&alerts, &actions, &here), other.apply_cycle(&alerts, &actions, &there));
        let (first, second) = (first.unwrap(), second.unwrap());
        let all = Applied { changed: true, alerts_opened: 20, cases_opened: 20, ..Applied::default() };
        assert!(
            (first, second) == (all, Applied::default()) || (first, second) == (Applied::default(), all),
            "round {round}: {first:?} {second:?}"
        );
        let standing = one.open_alerts(&Scope::All, hour(0)).await.unwrap();
        assert_eq!(standing.open.len(), 20 * (round as usize + 1));
    }
}

/// Polls a future `times` times and then drops it, wherever it is. `None` if it was dropped.
async fn dropped_after<T>(future: impl Future<Output = T>, times: u32) -> Option<T> {
    let mut future = pin!(future);
    let mut polled = 0;
    std::future::poll_fn(move |context| {
        if polled == times {
            return Poll::Ready(None);
        }
        polled += 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

pub async fn a_cycle_dropped_halfway_leaves_nothing(door: Door) {
    let store = door.open().await;
    with_cases(&store, &["old"]).await;
    let alerts: Vec<_> = (0..700).map(|number| alert(&format!("C{number}"), "silence", Severity::Info)).collect();
    let cases: Vec<_> = (0..700).map(|number| case(&format!("C{number}"), hour(1))).collect();
    let alerts = AlertPlan {
        resolve: vec![ResolvedAlert {
            id: 1,
            customer: "old".into(),
            cause: "silence".to_owned(),
            why: Resolution::Cleared,
        }],
        ..opening(alerts)
    };
    let actions = ActionPlan { clear: vec![1], ..working(cases) };
    let before = store.as_recorded(&Scope::All, hour(9)).await.unwrap();
    let history = store.history_after(&Scope::All, 0, 9999).await.unwrap();

    let mut times = 1;
    let applied = loop {
        match dropped_after(store.apply_cycle(&alerts, &actions, &cycle(hour(1))), times).await {
            Some(applied) => break applied.unwrap(),
            None => {
                let after = store.history_after(&Scope::All, 0, 9999).await.unwrap();
                if after != history {
                    // Torn away after the commit: then everything is there, and once more changes nothing.
                    assert_eq!(after.len(), history.len() + 700 + 700 + 3);
                    assert_eq!(apply(&store, &alerts, &actions, hour(1)).await, Applied::default());
                    return;
                }
                assert_eq!(store.as_recorded(&Scope::All, hour(9)).await.unwrap(), before);
                assert_eq!(store.open_alerts(&Scope::All, hour(0)).await.unwrap().open.len(), 1);
            }
        }
        times += 1;
    };
    assert!(times > 5, "it was dropped at {times} places");
    let expected = Applied {
        changed: true,
        alerts_opened: 700,
        alerts_resolved: 1,
        cases_opened: 700,
        cases_cleared: 1,
        ..Applied::default()
    };
    assert_eq!(applied, expected);
}

pub async fn two_that_open_an_empty_database_at_once_both_find_it_ready(door: Door) {
    let (one, other) = tokio::join!(door.open(), door.open());
    one.put_setting("firm", "一", "wang", hour(0)).await.unwrap();
    assert_eq!(other.setting("firm").await.unwrap().as_deref(), Some("一"));
}
