//! Contracts that come to their end: counted twice, worked on, and never told otherwise than the facts have it.

use std::collections::{BTreeMap, BTreeSet};

use app::view::{RenewalRow, SayRenewal};
use app::{Reader, RenewalQuery};
use facts::{Fact, FactBatch};
use sim::{World, WorldSpec};
use vocab::{Amount, AsOf, CustomerId, Instant, Kind, MessageId, Scope, Zone};

use crate::world::{House, everyone, midnight, scored};

const GRACE_DAYS: i64 = 30;

/// A contract as the world told it: signed, last day, worth a year, first day.
struct Told {
    signed_at: Instant,
    known_at: Instant,
    end_on: String,
    amount: f64,
    start_on: String,
}

/// Signatures, and cancellations with when they were known.
type Contracts = (Vec<Told>, Vec<(Instant, Instant)>);

/// Contracts and cancellations of every customer of the same world, without any of our own code but the world's.
fn told() -> BTreeMap<String, Contracts> {
    let mut spec = WorldSpec::saas(midnight("2025-07-01"));
    (spec.customers, spec.days, spec.seed) = (150, 365, 7);
    let mut world = World::new(spec).unwrap();
    let mut found: BTreeMap<String, Contracts> = BTreeMap::new();
    let (end, mut seen) = (midnight("2025-07-01"), BTreeSet::new());
    while !world.is_over() {
        for fact in world.advance(120).facts {
            // Some arrive twice, word for word.
            let is_new = fact.kind == Kind::Contract && seen.insert(fact.message_id.clone());
            let known_at = fact.known_at.unwrap_or(fact.occurred_at).max(fact.occurred_at);
            if !is_new || known_at >= end {
                continue;
            }
            let own = found.entry(fact.customer_id.as_ref().unwrap().to_string()).or_default();
            let property = |key: &str| fact.properties[key].clone().unwrap();
            match fact.name.as_str() {
                "Contract Cancelled" => own.1.push((fact.occurred_at, known_at)),
                _ => own.0.push(Told {
                    signed_at: fact.occurred_at,
                    known_at,
                    end_on: property("end_on"),
                    amount: fact.value.unwrap().to_f64(),
                    start_on: property("start_on"),
                }),
            }
        }
    }
    for (contracts, _) in found.values_mut() {
        contracts.sort_by_key(|one| one.signed_at);
    }
    found
}

fn day_after(day: &str, days: i64) -> Instant {
    midnight(day).plus_days(1 + days)
}

/// Due, renewed for as much or more, for less, lost, open; worth of what was due; by month.
type Naive = BTreeMap<String, ([u64; 5], f64)>;

fn naive() -> (Naive, u64, u64) {
    let told = told();
    let signed = told.values().flat_map(|(signed, _)| signed.iter().map(|one| one.signed_at));
    let ended = told.values().flat_map(|(_, ended)| ended.iter().map(|(at, _)| *at));
    let told_until = midnight(&Zone::default().date(signed.chain(ended).max().unwrap())).plus_days(1);
    let known_until = told_until.min(midnight("2025-07-01"));
    let (mut months, mut decided, mut renewed) = (Naive::new(), 0, 0);
    for (signed, ended) in told.values() {
        for (place, one) in signed.iter().enumerate() {
            if (day_after(&one.end_on, 0).micros() - midnight(&one.start_on).micros()) / 86_400_000_000 < 45 {
                continue;
            }
            let next = signed.get(place + 1).filter(|next| next.signed_at <= day_after(&one.end_on, GRACE_DAYS));
            let is_last =
                |(at, _): &&(Instant, Instant)| *at > one.signed_at && next.is_none_or(|next| *at < next.signed_at);
            let cancelled = ended.iter().find(is_last);
            let place = match (next, cancelled) {
                (Some(next), _) if next.amount < one.amount => 2,
                (Some(_), _) => 1,
                (None, Some(_)) => 3,
                _ if day_after(&one.end_on, GRACE_DAYS) <= known_until => 3,
                _ => 4,
            };
            let month = months.entry(one.end_on[..7].to_owned()).or_default();
            month.0[0] += 1;
            month.0[place] += 1;
            month.1 += one.amount;
            // The record of the bands: open when its month began, and settled by now.
            let begins = midnight(&format!("{}-01", &one.end_on[..7]));
            let was_open = one.known_at < begins
                && next.is_none_or(|next| next.known_at >= begins)
                && cancelled.is_none_or(|(_, known_at)| *known_at >= begins);
            let settled = day_after(&one.end_on, GRACE_DAYS) <= known_until;
            if was_open && settled && begins >= midnight("2024-07-01") {
                decided += 1;
                renewed += u64::from(place == 1 || place == 2);
            }
        }
    }
    (months, decided, renewed)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_equals_a_naive_count_over_the_facts() {
    let house = scored().await;
    let found = house.app.renewal_months(&Scope::All, None, house.now).await.unwrap();
    let (naive, decided, renewed) = naive();
    assert_eq!((found.months.len(), found.this_month.as_str()), (24, "2025-07"));
    let mut compared = 0;
    for month in &found.months {
        let ([due, full, less, lost, open], amount) = naive.get(&month.month).copied().unwrap_or_default();
        let counts = [&month.due, &month.renewed, &month.shrunk, &month.lost, &month.open].map(|one| one.count);
        assert_eq!(counts, [due, full, less, lost, open], "{}", month.month);
        assert!((month.due.amount - amount).abs() < 0.01, "{}: {} and {amount}", month.month, month.due.amount);
        compared += due;
    }
    assert!(compared > 150, "the sample has contracts: {compared}");
    let sum = |of: fn(&app::view::RenewalRate) -> u64| found.rates.iter().map(of).sum::<u64>();
    assert_eq!((sum(|one| one.decided), sum(|one| one.renewed)), (decided, renewed), "{:?}", found.rates);
    assert!(decided > 50 && renewed < decided, "some of {decided} were lost");
    for rate in &found.rates {
        assert_eq!(rate.rate.is_some(), rate.decided >= 10, "no rate of a few: {rate:?}");
    }
    // Each owner's columns sum to the months.
    for (place, month) in found.months.iter().filter(|month| !month.is_past).enumerate() {
        let by_owner: u64 = found.owners.iter().map(|owner| owner.due[place].count).sum();
        assert_eq!(by_owner, month.due.count, "{}", month.month);
    }
    let list = house.app.renewals(&Scope::All, &every(), None, house.now).await.unwrap();
    let within: u64 = found.months.iter().map(|month| month.due.count).sum();
    assert_eq!(list.total, within + found.later.count);
}

fn every() -> RenewalQuery {
    RenewalQuery { state: Some("all".to_owned()), limit: 500, ..RenewalQuery::default() }
}

/// The first open contract whose last day is to come.
async fn first(house: &House) -> RenewalRow {
    let query = RenewalQuery { limit: 500, ..RenewalQuery::default() };
    let found = house.app.renewals(&Scope::All, &query, None, house.now).await.unwrap();
    found.rows.into_iter().find(|row| row.days_left > 0).unwrap()
}

async fn say(house: &House, row: &RenewalRow, version: i64, what: &str, says: &str) -> RenewalRow {
    let customer = CustomerId::from(row.customer_id.as_str());
    let request = SayRenewal {
        contract: row.contract.clone(),
        version,
        what: what.to_owned(),
        says: Some(says.to_owned()),
        churn_reason: (says == "lost").then(|| "price".to_owned()),
        ..SayRenewal::default()
    };
    house.app.say_renewal(&everyone(), &customer, &row.due_on, request, house.now).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_said_stays_beside_what_the_facts_say_and_a_contradiction_is_shown() {
    let house = scored().await;
    let row = first(&house).await;
    let customer = CustomerId::from(row.customer_id.as_str());
    say(&house, &row, 0, "judgement", "leave").await;
    say(&house, &row, 1, "answer", "renew").await;
    let lost = say(&house, &row, 2, "outcome", "lost").await;
    assert_eq!((lost.outcome.as_deref(), lost.contradicts), (Some("lost"), false));
    assert_eq!(lost.churn_reason.as_deref(), Some("price"));
    let query = RenewalQuery { limit: 500, ..RenewalQuery::default() };
    let open = house.app.renewals(&Scope::All, &query, None, house.now).await.unwrap();
    let is_it = |one: &RenewalRow| one.customer_id == row.customer_id && one.due_on == row.due_on;
    assert!(!open.rows.iter().any(is_it), "decided by hand where the facts are silent");
    // Before anybody said anything, nothing had been said.
    let before = AsOf(house.now.plus_micros(-1));
    let then = house.app.customer_renewals(&Scope::All, &customer, Some(before), house.now).await.unwrap();
    assert!(then.steps.is_empty() && then.rows.iter().all(|one| one.version == 0));

    // The next contract arrives all the same.
    let later = house.now.plus_days(1);
    let mut fact = Fact::new(customer.clone(), Kind::Contract, "Contract Renewed", house.now);
    fact.known_at = Some(house.now);
    fact.value = Amount::from_f64(1.0);
    fact.message_id = MessageId::new("renewed-after-all");
    fact.properties.insert("end_on".to_owned(), Some("2026-12-31".to_owned()));
    house.app.load_facts(FactBatch { facts: vec![fact], ..FactBatch::default() }, later).await.unwrap();
    house.app.run_cycle(AsOf(house.app.last_midnight(later).instant()), later).await.unwrap();
    let own = house.app.customer_renewals(&Scope::All, &customer, None, later).await.unwrap();
    let told = own.rows.iter().find(|one| is_it(one)).unwrap();
    assert_eq!((told.outcome.as_deref(), told.contradicts), (Some("shrunk"), true), "the facts stay the truth");
    assert_eq!(told.said.as_ref().unwrap().says, "lost", "and what was said is not hidden");
    let query = RenewalQuery { state: Some("contradicted".to_owned()), limit: 9, ..RenewalQuery::default() };
    assert_eq!(house.app.renewals(&Scope::All, &query, None, later).await.unwrap().total, 1);
    let said: Vec<&str> = own.steps.iter().map(|step| step.what.as_str()).collect();
    assert_eq!(said, ["outcome", "answer", "judgement"], "the latest first");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_sees_and_counts_their_own_renewals_only() {
    let house = scored().await;
    let all = house.app.renewals(&Scope::All, &every(), None, house.now).await.unwrap();
    let owner = all.rows.iter().find_map(|row| row.owner.clone()).unwrap();
    let scope = Scope::Owners([owner.clone()].into());
    let own = house.app.renewals(&scope, &every(), None, house.now).await.unwrap();
    assert!(own.total > 0 && own.total < all.total);
    assert!(own.rows.iter().all(|row| row.owner.as_ref() == Some(&owner)));
    let months = house.app.renewal_months(&scope, None, house.now).await.unwrap();
    assert_eq!(months.owners.iter().map(|one| one.owner.as_ref()).collect::<Vec<_>>(), [Some(&owner)]);
    let other = all.rows.iter().find(|row| row.owner.as_ref() != Some(&owner)).unwrap();
    let customer = CustomerId::from(other.customer_id.as_str());
    assert!(house.app.customer_renewals(&scope, &customer, None, house.now).await.is_err());
    let reader = Reader { scope, ..everyone() };
    let request = SayRenewal { what: "stage".to_owned(), says: Some("signing".to_owned()), ..SayRenewal::default() };
    let said = house.app.say_renewal(&reader, &customer, &other.due_on, request, house.now).await;
    assert_eq!(said.unwrap_err().code(), "not_found");
}
