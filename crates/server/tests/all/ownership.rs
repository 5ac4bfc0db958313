//! Ownership over HTTP: the rules, the pool, taking from it, who had a customer when.

use axum::http::Method;
use serde_json::{Value, json};

use crate::house::{Answer, House};
use crate::sheets::applied_file;

const CLAIM: &str = "/api/customers/M%2F03/claim";

async fn put(house: &House, uri: &str, method: Method, body: Value) -> Value {
    let answer = house.ask(method, uri, Some(body)).await;
    assert!(answer.status.is_success(), "{uri}: {}", answer.text());
    answer.json()
}

async fn claim(house: &House) -> Answer {
    house.ask(Method::POST, CLAIM, Some(json!({}))).await
}

/// Whoever is signed in, with another owner key.
async fn owning(house: &House, key: Value) {
    let tree = house.get("/api/organisation").await.json();
    let mut me = tree["staff"].as_array().unwrap().iter().find(|one| one["role"] == "admin").unwrap().clone();
    me["owner_key"] = key;
    put(house, &format!("/api/staff/{}", me["id"]), Method::PATCH, me.clone()).await;
}

/// Closed, opened, taken from once; each with a refusal.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    applied_file(house, "客户编号,负责人\nM/03,公海\n").await;
    let rules = house.get("/api/ownership").await.json();
    assert_eq!((&rules["rules"]["pool_open"], &rules["may_claim"]), (&json!(false), &json!(false)), "off: {rules}");
    assert_eq!(house.get("/api/ownership?as_of=soon").await.code(), "bad_moment");
    assert_eq!(house.get("/api/pool").await.code(), "pool_closed");
    assert_eq!(claim(house).await.code(), "pool_closed");
    let open = json!({"pool_open": true, "claims_per_day": 1, "most_customers": null});
    let mut wild = open.clone();
    wild["claims_per_day"] = json!(0);
    let refused = house.ask(Method::PUT, "/api/ownership", Some(wild)).await;
    assert_eq!(refused.code(), "bad_ownership");
    put(house, "/api/ownership", Method::PUT, open.clone()).await;

    let pool = house.get("/api/pool").await.json();
    assert_eq!((&pool["total"], &pool["rows"][0]["id"]), (&json!(1), &json!("M/03")), "{pool}");
    assert_eq!(pool["rows"][0]["was"], "李雷", "{pool}");
    assert_eq!(claim(house).await.code(), "no_owner_key");
    owning(house, json!("李雷")).await;
    let left = put(house, CLAIM, Method::POST, json!({})).await;
    assert_eq!((&left["left_today"], &left["claimed_today"]), (&json!(0), &json!(1)), "{left}");
    assert_eq!(claim(house).await.code(), "has_owner");
    assert_eq!(house.get("/api/pool").await.json()["total"], 0);
    applied_file(house, "客户编号,负责人\nM/05,公海\n").await;
    let second = house.ask(Method::POST, "/api/customers/M%2F05/claim", Some(json!({}))).await;
    assert_eq!(second.code(), "claim_limit", "{}", second.text());
    applied_file(house, "客户编号,负责人\nM/05,李雷\n").await;
    owning(house, Value::Null).await;

    let terms = house.get("/api/customers/M%2F03/owners").await.json();
    let told: Vec<(&str, &Value)> =
        terms.as_array().unwrap().iter().map(|term| (term["how"].as_str().unwrap(), &term["owner"])).collect();
    assert_eq!(told[..2], [("claimed", &json!("李雷")), ("sheet", &Value::Null)], "{terms}");
    assert_eq!((told[2].1, &terms[2]["until"]), (&json!("李雷"), &terms[1]["from"]), "{terms}");
    assert_eq!(house.get("/api/customers/nobody/owners").await.code(), "not_found");
    let returns = house.get("/api/pool/returns").await.json();
    assert_eq!((&returns["after_days"], &returns["coming"]), (&Value::Null, &json!([])), "off: {returns}");
    let mut returning = open.clone();
    (returning["return_after_days"], returning["return_warn_days"]) = (json!(30), json!(30));
    let refused = house.ask(Method::PUT, "/api/ownership", Some(returning.clone())).await;
    assert_eq!(refused.code(), "bad_ownership", "warned before it is due: {}", refused.text());
    returning["return_warn_days"] = json!(7);
    put(house, "/api/ownership", Method::PUT, returning).await;
    assert_eq!(house.get("/api/pool/returns").await.json()["after_days"], 30);
    assert_eq!(house.get("/api/pool/returns?cursor=x").await.code(), "bad_cursor");
    let mut closed = open;
    closed["pool_open"] = json!(false);
    put(house, "/api/ownership", Method::PUT, closed).await;
    [
        "GET /api/ownership",
        "PUT /api/ownership",
        "GET /api/pool",
        "GET /api/pool/returns",
        "POST /api/customers/{id}/claim",
        "GET /api/customers/{id}/owners",
    ]
    .map(str::to_owned)
    .to_vec()
}
