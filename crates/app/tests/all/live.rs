//! What comes in between two cycles: felt at once by whom it touches, and by nobody else.

use app::{AlertQuery, App, AppOptions, CustomerQuery, Felt};
use facts::{Fact, FactBatch};
use vocab::{AsOf, CustomerId, Instant, Kind, Scope};

use crate::world::{House, all, midnight, scored};

/// A customer who is current and has no alert about payments.
async fn somebody(house: &House) -> CustomerId {
    let query = CustomerQuery { limit: 500, ..CustomerQuery::default() };
    let list = house.app.customers(&Scope::All, &query, None, house.now).await.unwrap();
    let troubled = alerts(&house.app, house.now).await;
    let free = |id: &&str| !troubled.iter().any(|(customer, cause)| customer == id && cause == "payment");
    let found = list.rows.iter().map(|row| row.id.as_str()).find(free);
    CustomerId::new(found.unwrap())
}

/// Customer and cause of every open alert.
async fn alerts(app: &App, now: Instant) -> Vec<(String, String)> {
    let query = AlertQuery { limit: 500, ..AlertQuery::default() };
    let list = app.alerts(&Scope::All, &query, None, now).await.unwrap();
    list.rows.into_iter().map(|row| (row.customer_id, row.cause)).collect()
}

async fn failed_payments(app: &App, customer: &CustomerId, now: Instant) -> Option<f64> {
    let page = app.customer(&Scope::All, customer, None, now).await.unwrap();
    page.indicators.iter().find(|row| row.id == "payments_failed_90d").and_then(|row| row.figure.value)
}

fn payment(customer: &CustomerId, id: &str, at: Instant) -> Fact {
    let mut fact = Fact::new(customer.clone(), Kind::Payment, "Payment Failed", at);
    fact.message_id = id.to_owned().into();
    fact
}

fn batch(facts: Vec<Fact>) -> FactBatch {
    FactBatch { facts, ..FactBatch::default() }
}

fn seconds(now: Instant, seconds: i64) -> Instant {
    now.plus_micros(seconds * 1_000_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn three_failed_payments_raise_an_alert_at_once_and_taking_two_back_clears_it() {
    let house = scored().await;
    let customer = somebody(&house).await;
    let before = alerts(&house.app, house.now).await;
    assert_eq!(house.app.feel(seconds(house.now, 1)).await.unwrap(), Felt::default(), "nothing came in");
    let usual = failed_payments(&house.app, &customer, house.now).await.unwrap();

    let now = seconds(house.now, 10);
    let three = ["p1", "p2", "p3"].map(|id| payment(&customer, id, seconds(now, -5))).to_vec();
    house.app.load_facts(batch(three), now).await.unwrap();
    let felt = house.app.feel(seconds(now, 1)).await.unwrap();
    assert_eq!((felt.facts, felt.customers), (3, 1));
    assert!(felt.opened >= 1, "{felt:?}");
    assert_eq!(failed_payments(&house.app, &customer, seconds(now, 1)).await, Some(usual + 3.0));
    let during = alerts(&house.app, seconds(now, 1)).await;
    assert!(during.contains(&(customer.to_string(), "payment".to_owned())), "{during:?}");
    let of_others = |all: &[(String, String)]| {
        let mut others: Vec<_> = all.iter().filter(|(one, _)| one != customer.as_str()).cloned().collect();
        others.sort();
        others
    };
    assert_eq!(of_others(&during), of_others(&before), "nobody else is touched");
    assert_eq!(house.app.feel(seconds(now, 2)).await.unwrap(), Felt::default(), "felt once");

    let retracted = ["p1", "p2", "p3"].map(|id| {
        let mut fact = payment(&customer, &format!("not-{id}"), seconds(now, -5));
        fact.retracts = Some(id.to_owned().into());
        fact
    });
    let later = seconds(now, 20);
    house.app.load_facts(batch(retracted.to_vec()), later).await.unwrap();
    let felt = house.app.feel(seconds(later, 1)).await.unwrap();
    assert_eq!(felt.customers, 1);
    assert_eq!(failed_payments(&house.app, &customer, seconds(later, 1)).await, Some(usual));
    let after = alerts(&house.app, seconds(later, 1)).await;
    assert!(!after.contains(&(customer.to_string(), "payment".to_owned())), "{after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_that_stopped_feels_what_came_in_when_it_is_open_again_whatever_is_left_of_what_stood() {
    let house = scored().await;
    let customer = somebody(&house).await;
    house.app.feel(seconds(house.now, 1)).await.unwrap();
    let House { mut app, dir, now } = house;
    let kept = dir.path().join("state/standing");
    let left: [fn(&std::path::Path); 3] = [
        |_| {},
        |kept| std::fs::write(kept, "liuke standing 3, cut off").unwrap(),
        |kept| std::fs::remove_file(kept).unwrap(),
    ];
    for (turn, leave) in (1..).zip(left) {
        let now = seconds(now, 60 * turn);
        app.load_facts(batch(vec![payment(&customer, &format!("p{turn}"), seconds(now, -5))]), now).await.unwrap();
        app.close().await.unwrap();
        drop(app);
        leave(&kept);
        app = App::open(dir.path(), AppOptions::default()).await.unwrap();
        let felt = app.feel(seconds(now, 1)).await.unwrap();
        assert!(felt.customers >= 1, "{felt:?}");
    }
    let later = seconds(now, 200);
    assert!(alerts(&app, later).await.contains(&(customer.to_string(), "payment".to_owned())));
    app.close().await.unwrap();
    assert!(kept.is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_the_list_and_the_customers_page_say_the_same_of_whom_something_touched() {
    let house = scored().await;
    let customer = somebody(&house).await;
    let now = seconds(house.now, 10);
    let three = ["p1", "p2", "p3"].map(|id| payment(&customer, id, seconds(now, -5))).to_vec();
    house.app.load_facts(batch(three), now).await.unwrap();
    let row = async |now: Instant| {
        let list = house.app.customers(&Scope::All, &all(), None, now).await.unwrap();
        list.rows.into_iter().find(|row| row.id == customer.as_str()).unwrap()
    };
    let before = row(now).await;
    let then = seconds(now, 1);
    house.app.feel(then).await.unwrap();
    let (row, page) = (row(then).await, house.app.customer(&Scope::All, &customer, None, then).await.unwrap());
    assert_ne!(before.verdict.health, row.verdict.health, "failed payments bear on health");
    assert_eq!((row.verdict.health, &row.verdict.band), (page.row.verdict.health, &page.row.verdict.band));
    assert_eq!((&row.reason, row.value.value), (&page.row.reason, page.row.value.value));
    assert_eq!((&row.standing.state, &row.tier, &row.rfm), (&page.row.standing.state, &page.row.tier, &page.row.rfm));
    let past = house.app.customer(&Scope::All, &customer, Some(AsOf(midnight("2025-07-01"))), then).await.unwrap();
    assert_eq!(past.row.verdict.health, before.verdict.health, "a page of the past stays as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_dated_is_shown_at_once_and_weighed_by_the_cycle_that_follows() {
    let house = scored().await;
    let customer = somebody(&house).await;
    house.app.feel(house.now).await.unwrap();
    let now = seconds(house.now, 10);
    let dated = ["p1", "p2", "p3"].map(|id| {
        let mut fact = payment(&customer, id, seconds(now, -3_600));
        fact.known_at = Some(fact.occurred_at);
        fact
    });
    let usual = failed_payments(&house.app, &customer, now).await.unwrap();
    house.app.load_facts(batch(dated.to_vec()), now).await.unwrap();
    assert_eq!(house.app.feel(seconds(now, 1)).await.unwrap(), Felt::default());
    assert_eq!(failed_payments(&house.app, &customer, seconds(now, 1)).await, Some(usual + 3.0));
    let cause = (customer.to_string(), "payment".to_owned());
    assert!(!alerts(&house.app, seconds(now, 1)).await.contains(&cause));
    house.app.run_cycle(AsOf(seconds(now, 2)), seconds(now, 2)).await.unwrap();
    assert!(alerts(&house.app, seconds(now, 3)).await.contains(&cause));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cycle_of_midnight_leaves_alone_what_was_felt_since() {
    let house = scored().await;
    let customer = somebody(&house).await;
    let now = seconds(house.now, 10);
    let three = ["p1", "p2", "p3"].map(|id| payment(&customer, id, seconds(now, -5))).to_vec();
    house.app.load_facts(batch(three), now).await.unwrap();
    assert!(house.app.feel(seconds(now, 1)).await.unwrap().opened >= 1);
    let raised = alerts(&house.app, seconds(now, 1)).await;
    let again = house.app.run_cycle(AsOf(midnight("2025-07-01")), seconds(now, 60)).await.unwrap();
    assert_eq!((again.opened, again.resolved), (0, 0));
    house.app.feel(seconds(now, 61)).await.unwrap();
    assert_eq!(alerts(&house.app, seconds(now, 61)).await, raised, "neither cleared nor raised once more");
    let page = house.app.customer(&Scope::All, &customer, None, seconds(now, 62)).await.unwrap();
    assert!(*page.as_of > *"2025-07-01T01:00", "it is still shown as of now: {}", page.as_of);
}
