//! A member that was lost is looked back upon; a change of the rules is worked out and told.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, firm, until};

/// The last order of this member is fifteen weeks old: it has left, by 90 days without an order.
const LOST: &str = "/api/customers/M%2F16/post-mortem";
/// This one comes every week.
const THERE: &str = "/api/customers/M%2F01/post-mortem";

/// One welcome and one refusal of each route; the names of the routes.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let mut strict = firm();
    strict["churn"] = json!("no_order_90d");
    let put = house.ask(Method::PUT, "/api/firm", Some(strict)).await;
    assert_eq!(put.status, StatusCode::OK, "{}", put.text());
    let told = house.get(LOST).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text());
    let told = told.json();
    assert_eq!(told["health"].as_array().unwrap().len(), 27, "{told}");
    assert_eq!(told["proposal"]["state"], "none");
    let left = told["left_at"].as_str().unwrap();
    assert!(told["last_seen_at"].as_str().unwrap() < left, "{told}");
    for sign in told["signs"].as_array().unwrap() {
        let (at, fact) = (sign["at"].as_str().unwrap(), &sign["fact"]);
        assert!(at <= left, "a sign comes before the end: {sign}");
        let known = fact["known_at"].as_str();
        assert!(known.is_none_or(|known| known < at), "the fact behind a sign was known then: {sign}");
    }
    let there = house.get(THERE).await;
    assert_eq!((there.status, there.code()), (StatusCode::CONFLICT, "not_lost".into()), "{}", there.text());

    let begun = house.ask(Method::POST, &format!("{LOST}/proposal"), None).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
    let refused = house.ask(Method::POST, &format!("{THERE}/proposal"), None).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "not_lost".into()));
    let run = worked_out(house).await;
    assert_eq!(run["state"], "done", "{run}");
    match &run["proposal"] {
        Value::Null => assert!(!run["because"]["zh"].as_str().unwrap().is_empty(), "{run}"),
        proposal => {
            assert!(proposal["lead_days"].as_f64().unwrap() >= 14.0, "{proposal}");
            assert_eq!(proposal["is_few"], json!(true), "four leavers make no percentage: {proposal}");
            assert_eq!(proposal["counts"]["recall"], Value::Null);
            assert!(proposal["definition"].as_str().unwrap().starts_with("[[rule]]"));
        }
    }
    ["GET /api/customers/{id}/post-mortem", "POST /api/customers/{id}/post-mortem/proposal"].map(str::to_owned).to_vec()
}

async fn worked_out(house: &House) -> Value {
    until("the proposal is not worked out", async || {
        let run = house.get(LOST).await.json()["proposal"].clone();
        (run["state"] != "running").then_some(run)
    })
    .await
}
