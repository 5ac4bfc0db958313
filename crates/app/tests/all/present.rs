//! Where customers stand now, and what the cycle does about it.

use std::collections::HashSet;

use app::view::AcceptCase;
use app::{AlertQuery, CaseQuery, CustomerOrder, CustomerQuery, Reader, TimelineQuery, TodayQuery};
use facts::{Fact, FactBatch};
use vocab::{AsOf, CustomerId, Kind, Scope};

use crate::world::{all, everyone, firm, midnight, scored};

#[tokio::test(flavor = "multi_thread")]
async fn a_cycle_run_twice_changes_nothing() {
    let house = firm().await;
    let as_of = AsOf(midnight("2025-07-01"));
    let first = house.app.run_cycle(as_of, house.now).await.unwrap();
    assert!(first.changed && first.opened > 0, "{}", first.plan.en);
    let alerts = house.app.alerts(&Scope::All, &page(), None, house.now).await.unwrap();
    let second = house.app.run_cycle(as_of, house.now.plus_micros(60_000_000)).await.unwrap();
    assert!(!second.changed, "{}", second.plan.en);
    let again = house.app.alerts(&Scope::All, &page(), None, house.now).await.unwrap();
    let told =
        |list: &app::view::AlertList| list.rows.iter().map(|row| (row.id, row.opened_at.clone())).collect::<Vec<_>>();
    assert_eq!(told(&alerts), told(&again));
}

#[tokio::test(flavor = "multi_thread")]
async fn weeks_lived_through_in_one_go_raise_the_same_alerts_as_week_by_week() {
    let weeks: Vec<_> = ["2025-06-17", "2025-06-24", "2025-07-01"].map(midnight).to_vec();
    let (at_once, one_by_one) = (firm().await, firm().await);
    let moments: Vec<_> = weeks.iter().map(|week| (AsOf(*week), week.plus_micros(1))).collect();
    at_once.app.run_cycles(&moments, async |_| Ok(())).await.unwrap();
    for (as_of, now) in moments {
        one_by_one.app.run_cycle(as_of, now).await.unwrap();
    }
    let mut told = Vec::new();
    for house in [&at_once, &one_by_one] {
        let list = house.app.alerts(&Scope::All, &page(), None, house.now).await.unwrap();
        told.push(list.rows.into_iter().map(|row| (row.customer_id, row.opened_at, row.sentence)).collect::<Vec<_>>());
    }
    assert!(!told[0].is_empty());
    assert_eq!(told[0], told[1]);
    let every = CaseQuery { limit: 500, ..CaseQuery::default() };
    let cases = at_once.app.cases(&Reader::command_line(), &every, None, at_once.now).await.unwrap().rows;
    let opened: HashSet<&str> = cases.iter().map(|case| case.opened_at.as_str()).collect();
    assert!(opened.len() > 1, "cases of one week only: {opened:?}");
    assert!(cases.iter().all(|case| case.steps[0].at == case.opened_at), "a step is dated as its week was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_name_or_the_beginning_of_an_id_finds_everybody_it_is_part_of() {
    let house = scored().await;
    let everybody = house.app.customers(&Scope::All, &all(), None, house.now).await.unwrap().rows;
    let name = everybody[0].name.clone();
    let part: String = name.chars().skip(1).take(2).collect();
    let begin: String = everybody[0].id.chars().take(4).collect();
    for typed in [part, begin, name] {
        let query = CustomerQuery { search: Some(typed.clone()), ..all() };
        let found = house.app.customers(&Scope::All, &query, None, house.now).await.unwrap().rows;
        let meant = everybody.iter().filter(|row| row.name.contains(&typed) || row.id.starts_with(&typed));
        let meant: HashSet<&str> = meant.map(|row| row.id.as_str()).collect();
        assert!(!meant.is_empty(), "{typed}");
        let found: HashSet<&str> = found.iter().map(|row| row.id.as_str()).collect();
        assert!(meant.is_subset(&found), "{typed}: {} of {}", found.len(), meant.len());
        assert!(found.len() < everybody.len(), "{typed} finds everybody");
    }
}

fn page() -> AlertQuery {
    AlertQuery { limit: 500, ..AlertQuery::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cycle_of_an_earlier_moment_opens_and_resolves_nothing() {
    let house = scored().await;
    let before = house.app.alerts(&Scope::All, &page(), None, house.now).await.unwrap().total;
    let outcome = house.app.run_cycle(AsOf(midnight("2025-05-01")), house.now).await.unwrap();
    assert!(!outcome.changed);
    assert_eq!(house.app.alerts(&Scope::All, &page(), None, house.now).await.unwrap().total, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_current_too_new_or_gone_and_the_gone_are_never_on_todays_list() {
    let house = scored().await;
    let list = house.app.customers(&Scope::All, &all(), None, house.now).await.unwrap();
    let sum: u64 = list.state_counts.iter().map(|count| count.count).sum();
    assert_eq!(sum, list.total);
    assert_eq!(list.total as usize, list.rows.len());
    let gone: HashSet<&str> =
        list.rows.iter().filter(|row| row.standing.state == "gone").map(|row| row.id.as_str()).collect();
    assert!(!gone.is_empty(), "a year of this firm has seen somebody leave");
    let today = house.app.today(&Scope::All, &TodayQuery::default(), None, house.now).await.unwrap();
    assert!(today.total > 0);
    assert!(today.rows.iter().all(|row| !gone.contains(row.customer.id.as_str())));
    let churn = house.app.churn(&Scope::All, None, house.now).await.unwrap();
    assert_eq!(churn.customer_count, list.total);
    assert_eq!(churn.state_counts, list.state_counts);
    let banded: u64 = churn.by_band.iter().map(|slice| slice.count).sum();
    assert_eq!(banded + gone.len() as u64, list.total);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_gone_leaves_todays_list_though_somebody_works_their_case() {
    let house = scored().await;
    let today = house.app.today(&Scope::All, &TodayQuery::default(), None, house.now).await.unwrap();
    let (case, customer) = (today.rows[0].case_id, CustomerId::from(today.rows[0].customer.id.as_str()));
    let taken = AcceptCase { version: today.rows[0].case_version };
    house.app.accept_case(&everyone(), case, taken, house.now).await.unwrap();
    // Nothing is heard of anybody for so long that everybody has gone.
    let later = house.now.plus_days(800);
    house.app.run_cycle(house.app.last_midnight(later), later).await.unwrap();
    let page = house.app.customer(&Scope::All, &customer, None, later).await.unwrap();
    assert_eq!(page.row.standing.state, "gone");
    assert_eq!(house.app.case(&Scope::All, case, None, later).await.unwrap().state, "accepted");
    let today = house.app.today(&Scope::All, &TodayQuery::default(), None, later).await.unwrap();
    assert!(today.rows.iter().all(|row| row.customer.standing.state != "gone"), "{:?}", today.rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_names_behind_a_months_rate_are_as_many_as_it_says() {
    let house = scored().await;
    let churn = house.app.churn(&Scope::All, None, house.now).await.unwrap();
    assert!(churn.months.iter().any(|month| month.left_count > 0));
    for month in &churn.months {
        let names = house.app.churn_month(&Scope::All, &month.month, None, house.now).await.unwrap();
        assert_eq!(names.len() as u64, month.left_count, "{}", month.month);
        if let Some(rate) = month.rate {
            assert_eq!(rate, month.left_count as f64 / month.customers_at_start as f64);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contributions_sum_to_the_health_and_what_moved_to_its_change() {
    let house = scored().await;
    let list = house.app.customers(&Scope::All, &all(), None, house.now).await.unwrap();
    let mut told = 0;
    for row in list.rows.iter().filter(|row| row.verdict.health.is_some()).take(40) {
        let customer = CustomerId::new(&row.id);
        let page = house.app.customer(&Scope::All, &customer, None, house.now).await.unwrap();
        let health = page.row.verdict.health.unwrap();
        let sum: f64 = page.base + page.contributions.iter().map(|one| one.points).sum::<f64>();
        assert!((sum - health).abs() < 1e-6, "{}: {sum} is not {health}", row.id);
        if let Some(before) = page.change.before {
            let moved: f64 = page.change.moved.iter().map(|one| one.points).sum();
            assert!((health - before - moved).abs() < 1e-6, "{}: {before} + {moved} is not {health}", row.id);
            told += 1;
        }
        assert_eq!(page.health_history.last().unwrap().value, Some(health));
    }
    assert!(told > 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_sorted_by_worry_and_pages_do_not_overlap() {
    let house = scored().await;
    let mut query = CustomerQuery { limit: 17, ..CustomerQuery::default() };
    let mut seen = Vec::new();
    loop {
        let list = house.app.customers(&Scope::All, &query, None, house.now).await.unwrap();
        seen.extend(list.rows.iter().map(|row| (rank(row.verdict.band.as_deref()), row.id.clone())));
        query.cursor = list.next_cursor;
        if query.cursor.is_none() {
            assert_eq!(seen.len() as u64, list.total);
            break;
        }
    }
    assert!(seen.is_sorted_by_key(|(rank, _)| *rank));
    let ids: HashSet<&String> = seen.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), seen.len());
}

fn rank(band: Option<&str>) -> usize {
    ["critical", "high", "medium", "low"].iter().position(|one| Some(*one) == band).unwrap_or(4)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_list_is_sorted_by_unknown_comes_last() {
    let house = scored().await;
    for order in [CustomerOrder::Health, CustomerOrder::Change, CustomerOrder::Value] {
        for descending in [None, Some(true), Some(false)] {
            let query = CustomerQuery { order, descending, ..all() };
            let rows = house.app.customers(&Scope::All, &query, None, house.now).await.unwrap().rows;
            let key = |row: &app::view::CustomerRow| match order {
                CustomerOrder::Health => row.verdict.health,
                CustomerOrder::Change => row.health_change_30d,
                _ => row.value.value,
            };
            let known: Vec<f64> = rows.iter().map_while(key).collect();
            assert!(rows[known.len()..].iter().all(|row| key(row).is_none()), "{order:?} {descending:?}");
            let up = known.is_sorted();
            let down = known.is_sorted_by(|a, b| a >= b);
            assert!(up || down, "{order:?} {descending:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_set_to_the_past_is_not_changed_by_what_happens_later() {
    let house = scored().await;
    let past = Some(AsOf(midnight("2025-04-01")));
    let before = house.app.customers(&Scope::All, &all(), past, house.now).await.unwrap();
    assert!(before.total > 0);
    let customer = CustomerId::new(&before.rows[0].id);
    let mut login = Fact::new(customer.clone(), Kind::Event, "Logged In", midnight("2025-07-01 08:00"));
    login.message_id = "later".into();
    let batch = FactBatch { facts: vec![login], ..FactBatch::default() };
    house.app.load_facts(batch, house.now).await.unwrap();
    let after = house.app.customers(&Scope::All, &all(), past, house.now).await.unwrap();
    let told = |list: &app::view::CustomerList| serde_json::to_string(&list.rows).unwrap();
    assert_eq!(told(&before), told(&after));
    let query = TimelineQuery { limit: 50, ..TimelineQuery::default() };
    let then = house.app.timeline(&Scope::All, &customer, &query, past, house.now).await.unwrap();
    assert!(then.rows.iter().all(|entry| entry.occurred_at.as_str() < "2025-04-01"));
    let now = house.app.timeline(&Scope::All, &customer, &query, None, house.now).await.unwrap();
    assert_eq!(now.rows[0].occurred_at, "2025-07-01T00:00:00Z", "an event is on its timeline at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moment_in_the_future_is_refused() {
    let house = scored().await;
    let future = Some(AsOf(house.now.plus_days(1)));
    let error = house.app.today(&Scope::All, &TodayQuery::default(), future, house.now).await.unwrap_err();
    assert_eq!(error.code(), "future_moment");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_accepted_once_and_closing_it_resolves_its_alerts() {
    let house = scored().await;
    let reader = everyone();
    let today = house.app.today(&Scope::All, &TodayQuery::default(), None, house.now).await.unwrap();
    let row = &today.rows[0];
    let accept = || app::view::AcceptCase { version: row.case_version };
    let accepted = house.app.accept_case(&reader, row.case_id, accept(), house.now).await.unwrap();
    assert_eq!(accepted.state, "accepted");
    let late = house.app.accept_case(&reader, row.case_id, accept(), house.now).await.unwrap_err();
    assert_eq!(late.code(), "version_conflict");
    let close = |outcome: &str| app::view::CloseCase {
        version: accepted.version,
        outcome: outcome.to_owned(),
        note: Some("谈妥了".to_owned()),
        churn_reason: None,
    };
    let wrong = house.app.close_case(&reader, row.case_id, close("cleared"), house.now).await.unwrap_err();
    assert_eq!(wrong.code(), "bad_outcome");
    let closed = house.app.close_case(&reader, row.case_id, close("retained"), house.now).await.unwrap();
    assert!(closed.alerts.iter().all(|alert| alert.state == "resolved"));
    let steps: Vec<&str> = closed.steps.iter().map(|step| step.what.as_str()).collect();
    assert_eq!(steps, ["opened", "accepted", "closed"]);
    let after = house.app.today(&Scope::All, &TodayQuery::default(), None, house.now).await.unwrap();
    assert_eq!((after.total, after.closed_today_count), (today.total - 1, 1));
    // What somebody closed stays quiet through its cooldown.
    house.app.run_cycle(AsOf(midnight("2025-07-01")), house.now).await.unwrap();
    let quiet = house.app.today(&Scope::All, &TodayQuery::default(), None, house.now).await.unwrap();
    assert!(quiet.rows.iter().all(|one| one.customer.id != row.customer.id));
}
