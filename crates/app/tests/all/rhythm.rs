//! A customer against its own rhythm: an alert at the rate that was chosen, on the day that was said, and the picture behind it.

use std::collections::{BTreeMap, BTreeSet};

use app::AlertQuery;
use app::view::{CustomerPage, RuleSwitch, Words};
use sim::{World, WorldSpec};
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::world::{House, all, empty, everyone, midnight};

const RULE: &str = "saas_login_out_of_rhythm";
/// A Monday.
const MONDAY: &str = "2025-06-23";

/// A firm of 120 customers who were there all along, with a year and four months of history, and the rule switched on.
async fn watched(rate: f64) -> House {
    let house = empty().await;
    let mut spec = WorldSpec::saas(midnight("2025-07-01"));
    (spec.customers, spec.days, spec.seed, spec.growth.initial_share) = (120, 480, 12, 1.0);
    let mut world = World::new(spec).unwrap();
    house.app.set_up_demo(Words::new("测试", "Test"), "saas", midnight("2025-01-01")).await.unwrap();
    while !world.is_over() {
        house.app.load_facts(world.advance(120), house.now).await.unwrap();
    }
    let parameters = BTreeMap::from([("rate".to_owned(), rate)]);
    let on = RuleSwitch { is_active: true, parameters, note: Some("试用".to_owned()) };
    house.app.switch_rule(&everyone(), RULE, on, house.now).await.unwrap();
    house
}

async fn cycle(house: &House, day: &str) -> Instant {
    let now = midnight(&format!("{day} 09:00"));
    house.app.run_cycle(AsOf(midnight(day)), now).await.unwrap();
    now
}

async fn warned(house: &House, now: Instant) -> BTreeMap<String, String> {
    let query = AlertQuery { rule: Some(RULE.to_owned()), limit: 500, ..AlertQuery::default() };
    let alerts = house.app.alerts(&Scope::All, &query, None, now).await.unwrap();
    alerts.rows.into_iter().map(|row| (row.customer_id, row.sentence.zh)).collect()
}

async fn page(house: &House, customer: &str, as_of: Option<AsOf>, now: Instant) -> CustomerPage {
    house.app.customer(&Scope::All, &CustomerId::new(customer), as_of, now).await.unwrap()
}

fn figure(page: &CustomerPage, id: &str) -> Option<f64> {
    page.indicators.iter().find(|row| row.id == id).and_then(|row| row.figure.value)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_rarer_than_the_rate_is_named_on_a_monday_and_the_page_shows_why() {
    const RATE: f64 = 0.4;
    let house = watched(RATE).await;
    let now = cycle(&house, MONDAY).await;
    let named = warned(&house, now).await;
    let rows = house.app.customers(&Scope::All, &all(), None, now).await.unwrap().rows;
    let mut rare = BTreeSet::new();
    let mut told = 0;
    for row in rows.iter().filter(|row| row.standing.state == "current") {
        let page = page(&house, &row.id, None, now).await;
        let (Some(fall), Some(usual)) = (figure(&page, "login_fall"), figure(&page, "login_usual")) else {
            assert!(page.rhythm.is_none(), "{}", row.id);
            continue;
        };
        told += 1;
        if fall <= RATE {
            rare.insert(row.id.clone());
        }
        let seen = figure(&page, "login_7d");
        let rhythm = page.rhythm.unwrap();
        assert_eq!(rhythm.weeks.len(), 53);
        let week = rhythm.weeks.last().unwrap();
        assert_eq!((Some(week.count), week.expected), (seen, Some(usual)));
        assert!(!rhythm.is_out || rhythm.changed_on.is_some() || fall > 0.1, "{}", row.id);
        assert_eq!(rhythm.sentence.zh.starts_with("和自己往常一样"), !rhythm.is_out);
    }
    assert!(told > 60, "{told}");
    assert_eq!(named.keys().cloned().collect::<BTreeSet<_>>(), rare);
    assert!(!rare.is_empty() && rare.len() < told, "{} of {told}", rare.len());
    assert!(named.values().all(|sentence| sentence.contains("一周登录") && !sentence.contains('{')), "{named:?}");

    // The same moment again is the same picture, whatever came since.
    let one = rare.first().unwrap();
    let before = page(&house, one, None, now).await.rhythm.unwrap();
    cycle(&house, "2025-06-30").await;
    let then = page(&house, one, Some(AsOf(midnight(MONDAY))), midnight("2025-06-30 09:00")).await.rhythm.unwrap();
    assert_eq!((before.weeks, before.sentence), (then.weeks, then.sentence));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_tuesday_nobody_is_named() {
    let house = watched(0.5).await;
    let now = cycle(&house, "2025-06-24").await;
    assert_eq!(warned(&house, now).await, BTreeMap::new());
}
