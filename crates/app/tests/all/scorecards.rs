//! Scorecards in use: what a new version changes, what the past keeps, what people say, and why a health moved.

use app::view::{HealthLedger, NewJudgement, ScorecardDraft, ScorecardStep, ScorecardTrial};
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::world::{House, all, everyone, midnight, scored};

/// The SaaS scorecard with the weight of trends tripled.
async fn heavier(house: &House) -> (String, String) {
    let page = house.app.scorecard(&everyone(), "saas", house.now).await.unwrap();
    let begins = page.definition.find("[[dimension]]").unwrap();
    let (head, rest) = page.definition.split_at(begins);
    let at = rest.find("weight = ").unwrap();
    let end = at + rest[at..].find('\n').unwrap();
    (page.definition.clone(), format!("{head}{}weight = 90{}", &rest[..at], &rest[end..]))
}

async fn put_in_use(house: &House, definition: &str, now: Instant) {
    let draft = ScorecardDraft { definition: definition.to_owned(), note: None, version: None };
    let page = house.app.put_scorecard_draft(&everyone(), "saas", draft, now).await.unwrap();
    let step = ScorecardStep { number: None, version: page.versions[0].version };
    house.app.activate_scorecard(&everyone(), "saas", step, now).await.unwrap();
}

/// Health of everybody, by customer.
async fn healths(house: &House, as_of: Option<AsOf>, now: Instant) -> Vec<(String, Option<f64>)> {
    let rows = house.app.customers(&Scope::All, &all(), as_of, now).await.unwrap().rows;
    let mut healths: Vec<_> = rows.into_iter().map(|row| (row.id, row.verdict.health)).collect();
    healths.sort_by(|a, b| a.0.cmp(&b.0));
    healths
}

fn hundredths(health: Option<f64>) -> i64 {
    (health.unwrap_or(0.0) * 100.0).round() as i64
}

fn sums(ledger: &HealthLedger) {
    let sum: i64 = ledger.changes.iter().map(|change| hundredths(Some(change.points))).sum();
    assert_eq!(sum, hundredths(ledger.after) - hundredths(ledger.before), "{ledger:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_changes_the_present_and_no_past_and_is_rolled_back() {
    let house = scored().await;
    let (_, heavier) = heavier(&house).await;
    let past = Some(AsOf(midnight("2025-06-20")));
    let (before, then) = (healths(&house, None, house.now).await, healths(&house, past, house.now).await);
    let (id, _) = before.iter().find(|(_, health)| health.is_some()).unwrap();
    let trial = ScorecardTrial { definition: heavier.clone(), customer: Some(id.clone()) };
    let preview = house.app.preview_scorecard(&everyone(), "saas", trial, house.now).await.unwrap();
    sums(preview.ledger.as_ref().unwrap());
    assert!(preview.moved > 0);

    let later = house.now.plus_micros(60_000_000);
    put_in_use(&house, &heavier, later).await;
    let after = healths(&house, None, later.plus_micros(1)).await;
    assert_ne!(before, after);
    let list = house.app.customers(&Scope::All, &all(), None, later).await.unwrap().rows;
    for mover in &preview.movers {
        let row = list.iter().find(|row| row.id == mover.id).unwrap();
        assert_eq!((row.verdict.health, &row.verdict.band), (mover.after, &mover.band_after), "{}", mover.id);
    }
    assert_eq!(healths(&house, past, later).await, then, "the past is judged by the scorecard of its time");

    // A day later the ledger tells of the scorecard first and of the figures after it.
    let next = AsOf(midnight("2025-07-02"));
    house.app.run_cycle(next, next.instant().plus_micros(1)).await.unwrap();
    let customer = CustomerId::new(id);
    let from = Some(AsOf(midnight("2025-07-01")));
    let now = next.instant().plus_micros(2);
    let page = house.app.ledger(&Scope::All, &customer, from, None, now).await.unwrap();
    sums(&page.whole);
    assert!(page.whole.changes.iter().any(|change| change.cause == "weight"), "{page:?}");

    let page = house.app.scorecard(&everyone(), "saas", now).await.unwrap();
    let step = ScorecardStep { number: None, version: page.versions[0].version };
    house.app.roll_back_scorecard(&everyone(), "saas", step, now).await.unwrap();
    let terms: usize =
        house.app.scorecard(&everyone(), "saas", now).await.unwrap().versions.iter().map(|one| one.terms.len()).sum();
    assert_eq!(terms, 3, "in use, replaced, in use again");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_several_scorecards_are_for_has_several_healths_at_once() {
    let house = scored().await;
    let (_, heavier) = heavier(&house).await;
    let amount = |row: &app::view::CustomerRow| row.value.value.filter(|_| row.verdict.health.is_some());
    let rows = house.app.customers(&Scope::All, &all(), None, house.now).await.unwrap().rows;
    let mut amounts: Vec<f64> = rows.iter().filter_map(amount).collect();
    amounts.sort_by(f64::total_cmp);
    let middle = amounts[amounts.len() / 2];
    let large = heavier.replacen("\"saas\"", "\"large\"", 1);
    let who = format!("for = {{ of = \"contract_amount\", is = \">=\", than = {middle:.2} }}\n\n[[dimension]]");
    let draft = ScorecardDraft { definition: large.replacen("[[dimension]]", &who, 1), note: None, version: None };
    let page = house.app.put_scorecard_draft(&everyone(), "large", draft, house.now).await.unwrap();
    let step = ScorecardStep { number: None, version: page.versions[0].version };
    house.app.activate_scorecard(&everyone(), "large", step, house.now).await.unwrap();

    let now = house.now.plus_micros(60_000_000);
    let is_large = |row: &&app::view::CustomerRow| amount(row).is_some_and(|value| value >= middle);
    let (large, small): (Vec<_>, Vec<_>) = rows.iter().filter(|row| amount(row).is_some()).partition(is_large);
    for row in large.into_iter().take(5) {
        let page = house.app.customer(&Scope::All, &CustomerId::new(&row.id), None, now).await.unwrap();
        let others: Vec<_> =
            page.other_healths.iter().map(|one| (one.scorecard.as_str(), one.verdict.health)).collect();
        assert_eq!(others, [("saas", row.verdict.health)], "{}", row.id);
        assert_ne!(page.row.verdict.health, row.verdict.health, "{}: the other one weighs otherwise", row.id);
    }
    for row in small.into_iter().take(5) {
        let page = house.app.customer(&Scope::All, &CustomerId::new(&row.id), None, now).await.unwrap();
        assert_eq!((page.other_healths, page.row.verdict.health), (Vec::new(), row.verdict.health), "{}", row.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scorecard_is_changed_by_administrators_and_a_wrong_one_by_nobody() {
    let house = scored().await;
    let (definition, _) = heavier(&house).await;
    let draft = |definition: String| ScorecardDraft { definition, note: None, version: None };
    let mut reader = everyone();
    reader.is_admin = false;
    let refused =
        house.app.put_scorecard_draft(&reader, "saas", draft(definition.clone()), house.now).await.unwrap_err();
    assert_eq!(refused.code(), "forbidden");
    let wrong = definition.replacen("days_since_login", "days_since_logout", 1);
    let refused = house.app.put_scorecard_draft(&everyone(), "saas", draft(wrong), house.now).await.unwrap_err();
    assert_eq!(refused.code(), "bad_definition");
    assert!(refused.detail().en.contains("line"), "{refused}");
    let other = house.app.put_scorecard_draft(&everyone(), "general", draft(definition), house.now).await.unwrap_err();
    assert_eq!(other.code(), "other_id");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_says_of_a_health_stands_until_it_is_taken_back() {
    let house = scored().await;
    let id = healths(&house, None, house.now).await.into_iter().find(|(_, health)| health.is_some_and(|h| h > 50.0));
    let (id, before) = id.unwrap();
    let customer = CustomerId::new(&id);
    let word = NewJudgement {
        measure: None,
        value: 12.5,
        reason: "采购说明年换供应商".to_owned(),
        until: Some("2025-07-20".to_owned()),
    };
    let said = house.app.judge(&everyone(), &customer, word, house.now).await.unwrap();
    let later = house.now.plus_micros(1_000_000);
    let page = house.app.customer(&Scope::All, &customer, None, later).await.unwrap();
    assert_eq!((page.row.verdict.health, page.row.verdict.band.as_deref()), (Some(12.5), Some("critical")));
    let sum: i64 = page.contributions.iter().map(|one| hundredths(Some(one.points))).sum();
    assert_eq!(hundredths(Some(page.base)) + sum, 1_250);
    assert_eq!(page.health_history.last().unwrap().value, Some(12.5));
    assert!(page.contributions.iter().any(|one| one.indicator == "correction" && one.sentence.zh.contains("供应商")));
    assert!(page.judgements[0].stands);

    // The next day's cycle hears it too, and the ledger says whose word it was.
    let next = AsOf(midnight("2025-07-02"));
    let now = next.instant().plus_micros(1);
    house.app.run_cycle(next, now).await.unwrap();
    let page = house.app.ledger(&Scope::All, &customer, Some(AsOf(midnight("2025-07-01"))), None, now).await.unwrap();
    sums(&page.whole);
    let corrected = page.whole.changes.iter().find(|change| change.cause == "correction").unwrap();
    assert!(corrected.sentence.zh.contains("供应商"), "{corrected:?}");
    let past = house.app.customer(&Scope::All, &customer, Some(AsOf(midnight("2025-07-01"))), now).await.unwrap();
    assert_eq!(past.row.verdict.health, before, "the day before nobody had said anything");

    house.app.withdraw_judgement(&everyone(), &customer, said.id, now.plus_micros(1)).await.unwrap();
    let page = house.app.customer(&Scope::All, &customer, None, now.plus_micros(2)).await.unwrap();
    assert!(page.row.verdict.health.unwrap() > 12.5 && !page.judgements[0].stands);
    let vague = NewJudgement { measure: None, value: 5.0, reason: " ".to_owned(), until: None };
    assert_eq!(house.app.judge(&everyone(), &customer, vague, now).await.unwrap_err().code(), "bad_reason");
    let pulse = NewJudgement { measure: Some("mood".to_owned()), value: 5.0, reason: "r".to_owned(), until: None };
    assert_eq!(house.app.judge(&everyone(), &customer, pulse, now).await.unwrap_err().code(), "unknown_measure");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_ledger_of_a_quarter_sums_day_by_day_and_as_a_whole() {
    let house = scored().await;
    let (from, to) = (Some(AsOf(midnight("2025-04-01"))), Some(AsOf(midnight("2025-06-25"))));
    let (mut told, mut with_facts) = (0, 0);
    for (id, _) in healths(&house, None, house.now).await.into_iter().take(12) {
        let page = house.app.ledger(&Scope::All, &CustomerId::new(&id), from, to, house.now).await.unwrap();
        sums(&page.whole);
        let mut sum = 0;
        for day in &page.days {
            sums(&day.ledger);
            sum += hundredths(day.ledger.after) - hundredths(day.ledger.before);
            told += 1;
            with_facts += day.ledger.changes.iter().filter(|change| change.fact_count > 0).count();
        }
        assert_eq!(sum, hundredths(page.whole.after) - hundredths(page.whole.before), "{id}");
    }
    assert!(told > 200 && with_facts > 100, "{told} days, {with_facts} changes with facts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_is_for_whoever_may_see_the_customer() {
    let house = scored().await;
    let rows = house.app.customers(&Scope::All, &all(), None, house.now).await.unwrap().rows;
    let row = rows.iter().find(|row| row.owner.is_some()).unwrap();
    let customer = CustomerId::new(&row.id);
    let others = Scope::Owners(["somebody else".to_owned()].into());
    let ledger = |scope: Scope| {
        let (app, customer, now) = (house.app.clone(), customer.clone(), house.now);
        async move { app.ledger(&scope, &customer, None, None, now).await }
    };
    assert_eq!(ledger(others).await.unwrap_err().code(), "not_found");
    assert!(ledger(Scope::All).await.is_ok());
    let late = Some(AsOf(house.now));
    let refused = house.app.ledger(&Scope::All, &customer, None, late, house.now).await.unwrap_err();
    assert_eq!(refused.code(), "bad_period");
}
