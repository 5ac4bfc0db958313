//! Why customers left, as people confirmed it, and what would bring one back: counts that add up, and no promise that the
//! scorecard does not keep. What a model in service says is told in the server's tests.

use app::view::{CloseCase, ReasonsPage, WayBack};
use app::{CaseQuery, CustomerQuery, ReasonsQuery, SampleLoss};
use vocab::{AsOf, CustomerId, Scope};

use crate::world::{House, all, everyone, midnight, scored};

async fn reasons(house: &House, query: ReasonsQuery) -> ReasonsPage {
    house.app.reasons_page(&everyone(), &query, None, house.now).await.unwrap()
}

fn add_up(page: &ReasonsPage) {
    let confirmed = &page.confirmed;
    assert_eq!(confirmed.left, confirmed.confirmed_left + confirmed.unconfirmed, "{confirmed:?}");
    let counts: u64 = confirmed.rows.iter().map(|row| row.count).sum();
    assert_eq!(counts, confirmed.confirmed_left + confirmed.confirmed_only, "{confirmed:?}");
    for row in &confirmed.rows {
        assert_eq!(row.tiers.iter().map(|tier| tier.count).sum::<u64>(), row.count, "{row:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_reason_is_counted_under_its_cause_once_for_each_customer_and_everything_adds_up() {
    let house = scored().await;
    let query = CaseQuery { limit: 500, ..CaseQuery::default() };
    let open = house.app.cases(&everyone(), &query, None, house.now).await.unwrap().rows;
    let said = ["price", "slow_service", "slow_service", "not_said"];
    for (case, reason) in open.iter().zip(said) {
        let reason = Some(reason.to_owned());
        let close =
            CloseCase { version: case.version, outcome: "churned".to_owned(), note: None, churn_reason: reason };
        house.app.close_case(&everyone(), case.id, close, house.now).await.unwrap();
    }
    let later = house.now.plus_micros(1);
    let page = house.app.reasons_page(&everyone(), &ReasonsQuery::default(), None, later).await.unwrap();
    assert_eq!(page.quarter, "2025-Q3");
    add_up(&page);
    let rows: Vec<(&str, u64)> = page.confirmed.rows.iter().map(|row| (row.node.as_str(), row.count)).collect();
    assert_eq!(rows, [("service", 2), ("price", 1), ("unsaid", 1)], "{:?}", page.confirmed);
    assert_eq!((page.predicted.state.as_str(), page.agreement.is_none()), ("no_model", true));

    let before = reasons(&house, ReasonsQuery { quarter: Some("2025-Q2".to_owned()), segment: None }).await;
    add_up(&before);
    assert!(before.confirmed.left > 0 && before.confirmed.rows.is_empty(), "{:?}", before.confirmed);
    // Segments only narrow, and what is known at a past moment knows no reason of today.
    let part = reasons(
        &house,
        ReasonsQuery { quarter: before.quarters.get(1).cloned(), segment: Some("high_value".to_owned()) },
    );
    let part = part.await;
    add_up(&part);
    assert!(part.confirmed.left <= before.confirmed.left);
    let then = Some(AsOf(midnight("2025-06-20")));
    let past = house.app.reasons_page(&everyone(), &ReasonsQuery::default(), then, later).await.unwrap();
    assert_eq!((past.quarter.as_str(), past.confirmed.rows.len()), ("2025-Q2", 0));
    for (quarter, segment, code) in [(Some("May"), None, "bad_quarter"), (None, Some("nobody"), "unknown_segment")] {
        let query = ReasonsQuery { quarter: quarter.map(str::to_owned), segment: segment.map(str::to_owned) };
        assert_eq!(house.app.reasons_page(&everyone(), &query, None, later).await.unwrap_err().code(), code);
    }

    // The customer's own page tells it too; whoever may not see the customer is told nothing.
    let customer = CustomerId::new(&open[0].customer_id);
    let risk = house.app.customer_risk(&everyone(), &customer, None, later).await.unwrap();
    let confirmed: Vec<(&str, Option<&str>)> =
        risk.confirmed.iter().map(|one| (one.reason.as_str(), one.node.as_deref())).collect();
    assert_eq!((risk.state.as_str(), confirmed), ("no_model", vec![("price", Some("price"))]));
    let mut reader = everyone();
    reader.scope = Scope::Owners(["somebody else".to_owned()].into());
    let refused = house.app.customer_risk(&reader, &customer, None, later).await.unwrap_err();
    assert_eq!(refused.code(), "not_found");
    let empty = house.app.reasons_page(&reader, &ReasonsQuery::default(), None, later).await.unwrap();
    assert_eq!((empty.confirmed.left, empty.confirmed.rows.len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_companys_people_write_down_why_customers_left_with_a_case_or_without_one() {
    let house = scored().await;
    let query = CaseQuery { limit: 1, ..CaseQuery::default() };
    let open = house.app.cases(&everyone(), &query, None, house.now).await.unwrap().rows.remove(0);
    let gone = CustomerQuery { states: vec!["gone".to_owned()], ..all() };
    let gone = house.app.customers(&Scope::All, &gone, None, house.now).await.unwrap().rows.remove(0);
    let loss = |customer: &str, reason| SampleLoss { customer: CustomerId::new(customer), heard_at: house.now, reason };
    let losses = [loss(&open.customer_id, "price"), loss("C99999", "price"), loss(&gone.id, "need_gone")];
    let asked = std::cell::RefCell::new(Vec::new());
    let as_whom = |owner: Option<&str>| {
        asked.borrow_mut().push(owner.map(str::to_owned));
        everyone()
    };
    assert_eq!(house.app.confirm_sample_losses(&losses, as_whom).await.unwrap(), 2, "one is on no list");
    assert_eq!(*asked.borrow(), [open.owner.clone(), gone.owner.clone()]);
    let later = house.now.plus_micros(1);
    let page = house.app.reasons_page(&everyone(), &ReasonsQuery::default(), None, later).await.unwrap();
    add_up(&page);
    let rows: Vec<(&str, u64)> = page.confirmed.rows.iter().map(|row| (row.node.as_str(), row.count)).collect();
    assert_eq!(rows, [("price", 1), ("value", 1)], "{:?}", page.confirmed);
    let closed = CaseQuery { states: vec!["closed".to_owned()], limit: 9, ..CaseQuery::default() };
    let closed = house.app.cases(&everyone(), &closed, None, later).await.unwrap().rows;
    let of = |id: &str| closed.iter().find(|case| case.customer_id == id).unwrap();
    assert_eq!(of(&open.customer_id).id, open.id, "the case that was open is the one that is closed");
    assert_eq!(of(&gone.id).outcome.as_deref(), Some("churned"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_company_too_small_for_a_model_is_told_what_is_missing_and_has_none_in_service() {
    let house = scored().await;
    assert_eq!(house.app.put_sample_model_in_service(|| midnight("2024-09-02 10:00")).await.unwrap(), None);
    let models = house.app.models(&everyone()).await.unwrap();
    let run = models.run.unwrap();
    assert_eq!((run.state.as_str(), models.items.len()), ("refused", 0));
    assert!(run.refusal.is_some_and(|why| !why.hint.zh.is_empty()), "what is missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_back_to_health_moves_only_what_staff_can_change_to_its_better_side_and_reaches_what_it_says() {
    let house = scored().await;
    // Those just below the best band, and those far below it.
    let mut rows = Vec::new();
    for band in ["medium", "critical"] {
        let query = CustomerQuery { bands: vec![band.to_owned()], ..all() };
        let found = house.app.customers(&Scope::All, &query, None, house.now).await.unwrap().rows;
        rows.extend(found.into_iter().filter(|row| row.standing.state == "current").take(6));
    }
    let mut ways: Vec<WayBack> = Vec::new();
    for row in &rows {
        let page = house.app.customer_risk(&everyone(), &CustomerId::new(&row.id), None, house.now).await.unwrap();
        let way = page.ways_back.into_iter().find(|way| way.of == "health").unwrap();
        assert_eq!(Some(way.now), row.verdict.health, "{way:?}");
        assert!(way.now < way.target && way.state != "not_needed", "{way:?}");
        assert!(!way.sentence.zh.is_empty() && !way.sentence.en.is_empty());
        ways.push(way);
    }
    let found: Vec<&WayBack> = ways.iter().filter(|way| way.state == "found").collect();
    assert!(ways.len() > 5 && !found.is_empty(), "{ways:?}");
    for way in found {
        assert!(way.reached.unwrap() >= way.target && (1..=3).contains(&way.moves.len()), "{way:?}");
        for one in &way.moves {
            let others = ["reply_hours_90d", "resolve_hours_180d", "ticket_backlog_180d"];
            let falls = one.indicator.starts_with("days_since_") || others.contains(&one.indicator.as_str());
            assert_eq!(one.to < one.from, falls, "{one:?}");
            assert!(!one.action.zh.is_empty(), "{one:?}");
        }
    }
    for way in ways.iter().filter(|way| way.state == "none") {
        assert!(way.reached.unwrap() < way.target && way.moves.is_empty(), "{way:?}");
    }
}
