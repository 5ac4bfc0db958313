//! A follow-up stops the clock and becomes a fact; a promise is chased; both can be measured.

use app::view::{NewFollowUp, PromiseMade, SettlePromise};
use app::{PromiseQuery, Reader, TodayQuery};
use vocab::{AsOf, CustomerId, Instant, Scope};

use crate::world::{House, everyone, midnight, scored};

/// The customer at the top of today's list, with its case.
async fn first(house: &House) -> (CustomerId, i64) {
    let today = house.app.today(&Scope::All, &TodayQuery::default(), None, house.now).await.unwrap();
    (CustomerId::from(today.rows[0].customer.id.as_str()), today.rows[0].case_id)
}

fn call(key: &str, mood: &str) -> NewFollowUp {
    NewFollowUp {
        key: key.to_owned(),
        channel: "call".to_owned(),
        outcome: "talked".to_owned(),
        mood: Some(mood.to_owned()),
        note: Some("觉得报价高".to_owned()),
        promise: Some(PromiseMade { words: "周三前给新报价".to_owned(), due_on: "2025-07-02".to_owned() }),
        next_on: Some("2025-07-08".to_owned()),
        ..NewFollowUp::default()
    }
}

/// An indicator of a customer as it could be known at a moment; none where it has no number or is not on the page, since
/// nothing was ever heard of it.
async fn measured(house: &House, customer: &CustomerId, id: &str, at: Instant) -> Option<f64> {
    let page = house.app.customer(&Scope::All, customer, Some(AsOf(at)), at).await.unwrap();
    page.indicators.iter().find(|one| one.id == id)?.figure.value
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_stops_on_a_record_and_the_record_is_a_fact_told_once() {
    let house = scored().await;
    let (customer, case) = first(&house).await;
    let before = house.app.case(&Scope::All, case, None, house.now).await.unwrap();
    assert_eq!(before.acted_at, None);
    let touches = measured(&house, &customer, "touches_30d", house.now).await.unwrap();
    let kept = house.app.record_touch(&everyone(), &customer, call("phone-0001", "leave"), house.now).await.unwrap();
    assert_eq!(kept.case_id, Some(case));
    let later = house.now.plus_micros(1_000_000);
    let again = house.app.record_touch(&everyone(), &customer, call("phone-0001", "leave"), later).await.unwrap();
    assert_eq!(kept, again, "sent again by a phone that heard no answer");
    let after = house.app.case(&Scope::All, case, None, later).await.unwrap();
    assert_eq!(after.acted_at, Some(kept.recorded_at.clone()), "the clock stops on a record");

    let soon = house.now.plus_micros(60_000_000);
    assert_eq!(measured(&house, &customer, "touches_30d", soon).await, Some(touches + 1.0));
    assert_eq!(measured(&house, &customer, "days_since_touch", soon).await, Some(0.0));
    assert_eq!(measured(&house, &customer, "last_touch_mood", soon).await, Some(-1.0));
    assert_eq!(measured(&house, &customer, "touches_30d", house.now).await, Some(touches), "not known before");
    // A second call, in which they come round.
    house.app.record_touch(&everyone(), &customer, call("phone-0002", "stay"), soon).await.unwrap();
    let end = soon.plus_micros(60_000_000);
    assert_eq!(measured(&house, &customer, "last_touch_mood", end).await, Some(1.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_promise_is_an_indicator_until_it_is_taken_back() {
    let house = scored().await;
    let (customer, _) = first(&house).await;
    house.app.record_touch(&everyone(), &customer, call("phone-0001", "unsure"), house.now).await.unwrap();
    let list = async |state: &str, at| {
        let query = PromiseQuery { state: Some(state.to_owned()), limit: 50, ..PromiseQuery::default() };
        house.app.promises(&Scope::All, &query, None, at).await.unwrap()
    };
    assert_eq!(list("open", house.now).await.total, 1);
    assert_eq!(list("overdue", midnight("2025-07-02 23:59")).await.total, 0, "until the end of its day");
    let late = list("overdue", midnight("2025-07-03")).await;
    assert_eq!((late.total, late.rows[0].is_overdue), (1, true));

    let id = late.rows[0].id;
    let settle = async |version: i64, state: &str, at: Instant| {
        let request = SettlePromise { version, state: state.to_owned(), note: None };
        house.app.settle_promise(&everyone(), id, request, at).await.unwrap().version
    };
    let day = |date: &str| midnight(date);
    let broken_at = async |date: &str| measured(&house, &customer, "days_since_broken_promise", day(date)).await;
    assert_eq!(settle(1, "broken", day("2025-07-04")).await, 2);
    assert_eq!(broken_at("2025-07-05").await, Some(1.0));
    assert_eq!(settle(2, "kept", day("2025-07-06")).await, 3);
    assert_eq!(settle(3, "broken", day("2025-07-08")).await, 4);
    assert_eq!(settle(4, "open", day("2025-07-10")).await, 5);
    let mut counted = Vec::new();
    for date in ["2025-07-03", "2025-07-05", "2025-07-07", "2025-07-09", "2025-07-11"] {
        counted.push(broken_at(date).await);
    }
    assert_eq!(counted, [None, Some(1.0), None, Some(1.0), None], "the past stays as it was");
    let then = PromiseQuery { state: Some("broken".to_owned()), limit: 50, ..PromiseQuery::default() };
    let then = house.app.promises(&Scope::All, &then, Some(AsOf(day("2025-07-09"))), day("2025-07-11")).await.unwrap();
    assert_eq!(then.total, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_is_checked_before_it_is_kept() {
    let house = scored().await;
    let (customer, _) = first(&house).await;
    let refused = async |asked: NewFollowUp| {
        let answer = house.app.record_touch(&everyone(), &customer, asked, house.now).await;
        answer.unwrap_err().code().to_owned()
    };
    let good = || call("phone-0001", "stay");
    assert_eq!(refused(NewFollowUp { channel: "pigeon".to_owned(), ..good() }).await, "bad_channel");
    assert_eq!(refused(NewFollowUp { outcome: "no_answer".to_owned(), ..good() }).await, "bad_mood");
    assert_eq!(refused(NewFollowUp { mood: None, note: Some("  ".to_owned()), ..good() }).await, "bad_note");
    assert_eq!(refused(NewFollowUp { next_on: Some("2025-06-30".to_owned()), ..good() }).await, "bad_day");
    assert_eq!(refused(NewFollowUp { at: Some("2025-07-02".to_owned()), ..good() }).await, "bad_moment");
    let promise = Some(PromiseMade { words: " ".to_owned(), due_on: "2025-07-02".to_owned() });
    assert_eq!(refused(NewFollowUp { promise, ..good() }).await, "bad_promise");
    let nobody = Reader { scope: Scope::Owners(["nobody".to_owned()].into()), ..everyone() };
    let hidden = house.app.record_touch(&nobody, &customer, good(), house.now).await.unwrap_err();
    assert_eq!(hidden.code(), "not_found");
    let told = house.app.follow_ups(&Scope::All, &customer, None, house.now).await.unwrap();
    assert!(told.rows.is_empty() && told.promises.is_empty(), "nothing of it was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_answers_the_loudest_reason_of_everybody_on_the_list() {
    let house = scored().await;
    let today = house.app.today(&Scope::All, &TodayQuery::default(), None, house.now).await.unwrap();
    let mut reasons = std::collections::BTreeSet::new();
    for row in &today.rows {
        let customer = CustomerId::from(row.customer.id.as_str());
        let advice = house.app.advice(&Scope::All, &customer, None, None, house.now).await.unwrap();
        assert_eq!(advice.openings.len(), 3);
        assert_eq!(advice.tier, row.customer.tier, "{}", row.customer.name);
        let because = advice.because.unwrap_or_else(|| panic!("{} is on the list for nothing", row.customer.name));
        let page = house.app.customer(&Scope::All, &customer, None, house.now).await.unwrap();
        assert!(page.alerts.iter().any(|alert| alert.sentence == because), "{}: {because:?}", row.customer.name);
        reasons.insert(advice.reason);
    }
    assert!(reasons.len() > 1, "not one answer for everybody: {reasons:?}");
}
