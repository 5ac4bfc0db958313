//! The life of alerts over the days, and the budget of the hands that work them.

use std::collections::{BTreeMap, BTreeSet};

use app::view::{Budget, BudgetBeyond, BulkAlert, BulkRequest, FalseAlert, NewSavedView, PutBudget, SnoozeAlert};
use app::{AlertQuery, CustomerQuery, Reader};
use vocab::{AsOf, Scope};

use crate::world::{House, a_moment, all, everyone, firm, midnight, scored};

fn lines(standing: Option<&str>) -> AlertQuery {
    AlertQuery {
        lines: true,
        sort: Some("rank".to_owned()),
        standing: standing.map(str::to_owned),
        limit: 500,
        ..AlertQuery::default()
    }
}

async fn listed(house: &House, standing: Option<&str>) -> app::view::AlertList {
    house.app.alerts(&Scope::All, &lines(standing), None, house.now).await.unwrap()
}

/// Runs the cycle of a day at nine in the morning.
async fn day(house: &House, date: &str) -> app::CycleOutcome {
    let now = midnight(date);
    house.app.run_cycle(AsOf(now), now.plus_micros(600_000_000)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_ranked_by_what_is_at_risk_and_say_why() {
    let house = scored().await;
    let list = listed(&house, None).await;
    assert!(list.total > 5, "{}", list.total);
    let customers: BTreeSet<&String> = list.rows.iter().map(|row| &row.customer_id).collect();
    assert_eq!(customers.len(), list.rows.len(), "one line for each customer");
    let taken: Vec<f64> = list.rows.iter().map(|row| row.rank.value * row.rank.worry).collect();
    assert!(taken.windows(2).all(|pair| pair[0] >= pair[1] - 0.01), "{taken:?}");
    for (place, row) in list.rows.iter().enumerate() {
        assert_eq!(row.rank.place, Some(place as u64 + 1));
        assert_eq!(row.rank.at_risk.is_none(), row.value.value.is_none(), "an unknown value is not made up");
        if let (Some(health), false) = (row.rank.health, row.rank.is_typical) {
            let expected = row.value.value.unwrap() * (100.0 - health) / 100.0;
            assert!((row.rank.at_risk.unwrap() - expected).abs() < 1e-6, "{}", row.customer_name);
        }
        assert!(!row.reasons.is_empty() && !row.next_step.zh.is_empty(), "{}", row.customer_name);
    }
    let joined = list.rows.iter().find(|row| !row.others.is_empty());
    assert!(joined.is_some(), "several worries of one customer are one line");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_put_off_sleeps_through_the_nights_and_wakes_on_its_day() {
    let house = firm().await;
    day(&house, "2025-06-02").await;
    let row = listed(&house, Some("desk")).await.rows.into_iter().find(|row| row.others.is_empty()).unwrap();
    let ask = |version: i64| SnoozeAlert { version, until: "2025-06-05".to_owned(), reason: "出差".to_owned() };
    let late = house.app.snooze_alert(&everyone(), row.id, ask(row.version), midnight("2025-06-06")).await;
    assert_eq!(late.unwrap_err().code(), "bad_until");
    let now = midnight("2025-06-02 10:00");
    let asleep = house.app.snooze_alert(&everyone(), row.id, ask(row.version), now).await.unwrap();
    assert_eq!(asleep.standing.as_deref(), Some("snoozed"));
    let slower = house.app.snooze_alert(&everyone(), row.id, ask(row.version), now).await.unwrap_err();
    assert_eq!(slower.code(), "version_conflict");
    assert!(slower.detail().en.contains("put off"), "{}", slower.detail().en);
    for (date, awake) in [("2025-06-03", false), ("2025-06-04", false), ("2025-06-05", true)] {
        let outcome = day(&house, date).await;
        assert!(!day(&house, date).await.changed, "{date} again");
        let case = house.app.alerts(&Scope::All, &lines(None), None, house.now).await.unwrap();
        let Some(line) = case.rows.into_iter().find(|one| one.id == row.id) else {
            assert!(outcome.resolved > 0, "gone on {date} without having cleared");
            return;
        };
        let worse = outcome.plan.en.contains(&format!("^ #{} ", row.id)) && !awake;
        let standing = if awake || worse { "desk" } else { "snoozed" };
        assert_eq!(line.standing.as_deref(), Some(standing), "{date}");
        if worse {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_false_alarm_stands_beside_its_rule_and_stays_quiet() {
    let house = scored().await;
    let row = listed(&house, Some("desk")).await.rows.remove(0);
    let request = FalseAlert { version: row.version, reason: "系统维护所致".to_owned() };
    let ended = house.app.call_alert_false(&everyone(), row.id, request, house.now).await.unwrap();
    assert_eq!((ended.resolution.as_deref(), ended.state.as_str()), (Some("false_alarm"), "resolved"));
    let desk = house.app.desk_page(&everyone(), house.now).await.unwrap();
    let record = desk.rules.iter().find(|one| one.rule == row.rule).unwrap();
    assert_eq!((record.false_alarms, record.acted), (1, 1));
    assert!(record.opened >= 1);
    house.app.run_cycle(AsOf(house.now), house.now).await.unwrap();
    let open = listed(&house, None).await;
    let same = |one: &app::view::AlertRow| one.customer_id == row.customer_id && one.cause == row.cause;
    assert!(!open.rows.iter().any(same), "its cooldown holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_an_alert_is_listed_as_such_until_it_is_called_false() {
    let house = scored().await;
    let (app, now) = (&house.app, house.now);
    let marked = async |has_alert: Option<bool>| {
        let rows = app.customers(&Scope::All, &CustomerQuery { has_alert, ..all() }, None, now).await.unwrap().rows;
        rows.into_iter().map(|row| (row.id, row.open_alert_count)).collect::<BTreeMap<String, u32>>()
    };
    let worried = async || {
        let everybody = marked(None).await;
        let with: BTreeMap<String, u32> = everybody.clone().into_iter().filter(|(_, count)| *count > 0).collect();
        let without = marked(Some(false)).await;
        assert_eq!((marked(Some(true)).await, without.len()), (with.clone(), everybody.len() - with.len()));
        with
    };
    let before = worried().await;
    let alerts = listed(&house, None).await.rows;
    let alert = alerts.iter().find(|alert| before.get(&alert.customer_id) == Some(&1)).unwrap();
    let request = FalseAlert { version: alert.version, reason: "季节性".to_owned() };
    app.call_alert_false(&everyone(), alert.id, request, now).await.unwrap();
    let after = worried().await;
    let calmed: Vec<&String> = before.keys().filter(|id| !after.contains_key(*id)).collect();
    assert_eq!(calmed, [&alert.customer_id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_done_at_once_and_each_says_what_came_of_it() {
    let house = scored().await;
    let rows = listed(&house, Some("desk")).await.rows;
    let some: Vec<BulkAlert> = rows
        .iter()
        .take(3)
        .map(|row| BulkAlert { id: row.id, version: row.version, case_version: row.case_version })
        .collect();
    let taken = app::view::AcceptCase { version: rows[0].case_version.unwrap() };
    house.app.accept_case(&everyone(), rows[0].case_id.unwrap(), taken, house.now).await.unwrap();
    let request = BulkRequest {
        action: "close".to_owned(),
        alerts: some,
        outcome: Some("retained".to_owned()),
        ..BulkRequest::default()
    };
    let result = house.app.bulk_alerts(&everyone(), request.clone(), house.now).await.unwrap();
    assert_eq!(result.done_count, 2);
    assert_eq!(result.rows[0].code.as_deref(), Some("version_conflict"), "somebody was faster");
    assert!(result.rows[0].detail.as_ref().unwrap().en.contains("accepted"));
    let wrong = BulkRequest { outcome: Some("put_off".to_owned()), ..request };
    assert_eq!(house.app.bulk_alerts(&everyone(), wrong, house.now).await.unwrap_err().code(), "bad_outcome");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_budget_the_desk_holds_a_week_and_the_rest_waits_and_rises() {
    let house = firm().await;
    let before = house.app.budget(&everyone(), house.now).await.unwrap();
    assert!(before.budget.is_none() && before.week.is_none(), "none until set");
    day(&house, "2025-06-02").await;
    let without = listed(&house, Some("desk")).await.total;
    assert!(without > 6, "{without}");
    assert_eq!(listed(&house, Some("below")).await.total, 0, "everything is on the desk");
    let budget = Budget { people: 1, cases_per_person: 3, urgent_passes: false };
    let put = |budget| PutBudget { budget };
    let nobody = house.app.put_budget(&Reader::nobody(), put(Some(budget)), house.now).await.unwrap_err();
    assert_eq!(nobody.code(), "forbidden");
    house.app.put_budget(&everyone(), put(Some(budget)), midnight("2025-06-02 10:00")).await.unwrap();
    let outcome = day(&house, "2025-06-03").await;
    assert!(outcome.plan.zh.contains("线下等待"), "{}", outcome.plan.zh);
    assert!(!day(&house, "2025-06-03").await.changed);
    let (desk, below) = (listed(&house, Some("desk")).await, listed(&house, Some("below")).await);
    assert_eq!(desk.total, 3, "the desk was cleared down to what one week can take");
    assert!(below.total > 0);
    // A week is worked off; the next one brings others up, those with most at risk first.
    for row in &desk.rows {
        let close = app::view::CloseCase {
            version: row.case_version.unwrap(),
            outcome: "retained".to_owned(),
            note: None,
            churn_reason: None,
        };
        house.app.close_case(&everyone(), row.case_id.unwrap(), close, midnight("2025-06-04 10:00")).await.unwrap();
    }
    for date in ["2025-06-09", "2025-06-10", "2025-06-11", "2025-06-12", "2025-06-13"] {
        day(&house, date).await;
        let week = house.app.budget(&everyone(), midnight(date)).await.unwrap().week.unwrap();
        assert!(week.opened <= week.allowance && week.allowance <= week.per_week, "{date}: {week:?}");
    }
    let risen = listed(&house, Some("desk")).await;
    assert_eq!(risen.total, 3, "full where there is work");
    let known: BTreeSet<&String> = desk.rows.iter().map(|row| &row.customer_id).collect();
    assert!(risen.rows.iter().all(|row| !known.contains(&row.customer_id)), "others rose");
    // Without a budget everything is as it was.
    house.app.put_budget(&everyone(), put(None), midnight("2025-06-13 10:00")).await.unwrap();
    day(&house, "2025-06-14").await;
    assert_eq!(listed(&house, Some("below")).await.total, 0);
    let changes = house.app.budget(&everyone(), house.now).await.unwrap().changes;
    assert_eq!(changes.iter().map(|one| one.budget.is_some()).collect::<Vec<_>>(), [false, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_is_tried_on_half_a_year_before_it_is_set() {
    let house = scored().await;
    let tried = async |people, cases_per_person, urgent_passes| loop {
        let asked = Budget { people, cases_per_person, urgent_passes };
        let preview = house.app.budget_preview(&everyone(), asked, house.now).await.unwrap();
        match preview.state.as_str() {
            "running" => a_moment().await,
            _ => break preview,
        }
    };
    let narrow = tried(1, 2, false).await;
    let replay = narrow.replay.as_ref().unwrap();
    assert_eq!(replay.weeks.len(), 26);
    for week in &replay.weeks {
        assert!(week.taken <= 2 && week.passing == 0, "{week:?}");
        assert!(week.taken as f64 >= 0.9 * week.candidates.min(2) as f64, "{week:?}");
    }
    let counted: u64 = replay.weeks.iter().map(|week| week.taken).sum();
    assert!((replay.alerts_per_week - counted as f64 / 26.0).abs() < 1e-9);
    let ample = tried(10, 20, false).await;
    assert_eq!((ample.room_count, narrow.room_count), (200 - ample.above_count, 0));
    let lowest: Vec<f64> = ample.beyond.iter().map(|one| one.health).collect();
    assert!(lowest.len() == 10 && lowest.is_sorted() && narrow.beyond.is_empty(), "{lowest:?}");
    let waits = |one: &BudgetBeyond| ample.candidates.iter().any(|other| other.customer_id == one.customer_id);
    assert!(!ample.beyond.iter().any(waits), "who waits is not beyond");
    let wide = ample.replay.unwrap();
    assert!(replay.caught <= wide.caught && wide.caught <= wide.caught_without && wide.caught_without <= wide.leavers);
    assert_eq!(replay.caught_without, wide.caught_without);
    assert_eq!((narrow.above_count, narrow.passing_count), (2, 0));
    assert_eq!(narrow.next.len() as u64, (narrow.candidate_count - 2).min(10));
    assert!(narrow.next.iter().all(|one| one.at_risk <= narrow.threshold.unwrap() && !one.is_above));
    let passing = tried(1, 2, true).await;
    assert_eq!(passing.above_count, (passing.passing_count + 2).min(passing.candidate_count));
    assert!(passing.candidates.iter().filter(|one| one.passes).all(|one| one.severity == "urgent"));
    let none = Budget { people: 0, cases_per_person: 1, urgent_passes: false };
    assert_eq!(house.app.budget_preview(&everyone(), none, house.now).await.unwrap_err().code(), "bad_budget");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_saves_no_views() {
    let house = scored().await;
    let view = NewSavedView { page: "alerts".to_owned(), name: "x".to_owned(), query: String::new() };
    assert_eq!(house.app.put_saved_view(&everyone(), view, house.now).await.unwrap_err().code(), "forbidden");
}
