//! A source that falls silent is not taken for customers who do.

use app::view::Words;
use app::{AlertQuery, CustomerQuery, IndicatorQuery, Reader, Value};
use facts::FactBatch;
use sim::{World, WorldSpec};
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::world::{House, empty, everyone, midnight};

/// A summer after nine months of history, with or without two weeks of the product's events.
async fn firm(cut: Option<(&str, &str)>) -> House {
    let house = House { now: midnight("2025-07-10 09:00"), ..empty().await };
    let mut spec = WorldSpec::saas(midnight("2025-07-10"));
    (spec.customers, spec.days, spec.seed) = (90, 270, 11);
    let mut world = World::new(spec).unwrap();
    house.app.set_up_demo(Words::new("测试", "Test"), "saas", midnight("2025-01-01")).await.unwrap();
    let cut = cut.map(|(from, to)| midnight(from)..midnight(to));
    while !world.is_over() {
        let mut batch: FactBatch = world.advance(120);
        batch.facts.retain(|fact| {
            fact.source.as_str() != "product" || cut.as_ref().is_none_or(|cut| !cut.contains(&fact.occurred_at))
        });
        house.app.load_facts(batch, house.now).await.unwrap();
    }
    house
}

fn days(from: &str, count: i64) -> Vec<(AsOf, Instant)> {
    (0..count).map(|day| midnight(from).plus_days(day)).map(|at| (AsOf(at), at.plus_micros(600_000_000))).collect()
}

/// Alerts opened by a run of daily cycles.
async fn opened(house: &House, from: &str, count: i64) -> u64 {
    let outcomes = house.app.run_cycles(&days(from, count), async |_| Ok(())).await.unwrap();
    outcomes.iter().map(|outcome| outcome.opened).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_cut_for_two_weeks_raises_a_data_alert_and_no_wave_of_customers() {
    let (whole, house) = (firm(None).await, firm(Some(("2025-06-17", "2025-07-01"))).await);
    opened(&whole, "2025-06-16", 1).await;
    opened(&house, "2025-06-16", 1).await;
    let (usual, during) = (opened(&whole, "2025-06-17", 14).await, opened(&house, "2025-06-17", 14).await);
    assert!(during <= usual + 3, "{during} alerts in two weeks of silence, {usual} without it");

    let page = house.app.quality(&everyone()).await.unwrap();
    let silent: Vec<_> = page.alerts.iter().filter(|alert| alert.sort == "silent").collect();
    assert_eq!(silent.len(), 1, "{:?}", page.alerts);
    let alert = silent[0];
    assert_eq!((alert.source.as_str(), alert.kind.as_deref(), alert.severity.as_str()), ("product", None, "urgent"));
    assert_eq!(alert.since, midnight("2025-06-17").to_string());
    assert!(alert.starved.iter().any(|one| one.id == "days_since_login"), "{:?}", alert.starved);
    assert_eq!(page.sources[0].source, "product", "who is in trouble stands first");
    assert!(whole.app.quality(&everyone()).await.unwrap().alerts.iter().all(|alert| alert.sort != "silent"));

    let query = CustomerQuery { limit: 5, ..CustomerQuery::default() };
    let list = house.app.customers(&Scope::All, &query, None, house.now).await.unwrap();
    let customer = CustomerId::new(&list.rows[0].id);
    let shown = house.app.customer(&Scope::All, &customer, None, house.now).await.unwrap();
    let starved: Vec<_> =
        shown.indicators.iter().filter(|row| row.figure.unknown.as_deref() == Some("source_silent")).collect();
    assert!(!starved.is_empty());
    for row in starved {
        let because = row.figure.unknown_because.as_ref().unwrap();
        assert!(because.zh.contains("product") && because.zh.contains("2025-06-17"), "{}: {}", row.id, because.zh);
    }
    // What other sources tell is still known.
    assert!(shown.indicators.iter().any(|row| row.figure.value.is_some()));

    // A view of before the silence knows nothing of it.
    let then = house.app.customer(&Scope::All, &customer, Some(AsOf(midnight("2025-06-16"))), house.now).await.unwrap();
    assert!(then.indicators.iter().all(|row| row.figure.unknown.as_deref() != Some("source_silent")));

    // Nor does a table of the command line take it for customers who do.
    let catalog = house.app.table_catalog(None).await.unwrap();
    let silent_cells = |moment: &str| {
        let asked = IndicatorQuery { catalog: None, moments: vec![AsOf(midnight(moment))], reasons: true };
        let table = house.app.indicators_table(&catalog, &asked, &|_| ()).unwrap().table();
        table.rows.iter().flatten().filter(|cell| **cell == Value::Text("source_silent".to_owned())).count()
    };
    assert!(silent_cells("2025-06-30") > 0);
    assert_eq!(silent_cells("2025-06-16"), 0);

    let after = opened(&house, "2025-07-01", 3).await;
    let page = house.app.quality(&everyone()).await.unwrap();
    assert!(page.alerts.iter().all(|alert| alert.sort != "silent"), "{:?}", page.alerts);
    let past = page.past_alerts.iter().find(|alert| alert.sort == "silent").unwrap();
    assert_eq!(past.until.as_deref(), Some(midnight("2025-07-01").to_string().as_str()));
    let usual_after = opened(&whole, "2025-07-01", 3).await;
    assert!(after <= usual_after + 3, "{after} alerts when it came back, {usual_after} without it");
    let open = AlertQuery { limit: 500, ..AlertQuery::default() };
    let customers = house.app.alerts(&Scope::All, &open, None, house.now).await.unwrap();
    assert!(customers.rows.iter().all(|row| row.customer_id != "product"), "it is no alert about a customer");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_source_is_shown_to_who_sees_everybody_and_dismissed_by_administrators() {
    let house = firm(Some(("2025-07-01", "2026-01-01"))).await;
    opened(&house, "2025-07-05", 1).await;
    let salesperson = Reader { scope: Scope::Owners(["x".to_owned()].into()), is_admin: false, ..everyone() };
    assert_eq!(house.app.quality(&salesperson).await.unwrap_err().code(), "forbidden");
    let id = house.app.quality(&everyone()).await.unwrap().alerts.iter().find(|one| one.sort == "silent").unwrap().id;
    assert_eq!(house.app.dismiss_data_alert(&salesperson, id, house.now).await.unwrap_err().code(), "forbidden");
    let dismissed = house.app.dismiss_data_alert(&everyone(), id, house.now).await.unwrap();
    assert_eq!(dismissed.state, "dismissed");
    opened(&house, "2025-07-06", 1).await;
    let page = house.app.quality(&everyone()).await.unwrap();
    assert!(page.alerts.iter().all(|alert| alert.sort != "silent"), "{:?}", page.alerts);
    assert_eq!(page.past_alerts.len(), 1);
}
