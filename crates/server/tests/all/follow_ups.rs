//! Advice, follow-up records and promises, over HTTP.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::House;

const RECORDS: &str = "/api/customers/M%2F13/follow-ups";
const ADVICE: &str = "/api/customers/M%2F13/advice";

async fn refused(house: &House, method: Method, uri: &str, body: Value, status: u16, code: &str) {
    let answer = house.ask(method, uri, Some(body)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{uri}: {}", answer.text());
}

async fn welcome(house: &House, method: Method, uri: &str, body: Value) -> Value {
    let answer = house.ask(method, uri, Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{uri}: {}", answer.text());
    answer.json()
}

fn call(key: &str) -> Value {
    json!({
        "key": key, "channel": "call", "outcome": "talked", "mood": "unsure", "note": "回电 13912345678，嫌贵",
        "contact": "店长", "next_on": "2025-07-10", "promise": {"words": "周三前给报价", "due_on": "2025-07-02"}
    })
}

/// Advised, called, promised, kept; each with a refusal.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let advice = house.get(ADVICE).await.json();
    assert_eq!(advice["openings"].as_array().unwrap().len(), 3, "{advice}");
    assert!(advice["first_step"]["zh"].is_string() && advice["because"]["zh"].is_string(), "{advice}");
    let other = house.get(&format!("{ADVICE}?reason=price")).await.json();
    assert_eq!((&other["reason"], &other["because"]), (&json!("price"), &Value::Null));
    assert_eq!(house.get(&format!("{ADVICE}?reason=luck")).await.code(), "not_found");
    assert_eq!(house.get("/api/customers/nobody/advice").await.code(), "not_found");

    let kept = welcome(house, Method::POST, RECORDS, call("record-0001")).await;
    let again = welcome(house, Method::POST, RECORDS, call("record-0001")).await;
    assert_eq!(kept, again, "sent twice, recorded once");
    assert!(!kept["note"].as_str().unwrap().contains("13912345678"), "numbers are masked: {kept}");
    let mut another = call("record-0001");
    another["note"] = json!("另一件事");
    refused(house, Method::POST, RECORDS, another, 409, "key_taken").await;
    refused(house, Method::POST, RECORDS, call("x"), 400, "bad_key").await;
    let told = house.get(RECORDS).await.json();
    assert_eq!((told["rows"].as_array().unwrap().len(), &told["next_on"]), (1, &json!("2025-07-10")), "{told}");
    assert_eq!(told["promises"][0]["words"], "周三前给报价");
    assert_eq!(house.get(&format!("{RECORDS}?as_of=soon")).await.code(), "bad_moment");
    let line = house.get("/api/customers/M%2F13/timeline?kind=touch").await.json();
    assert_eq!((&line["total"], &line["rows"][0]["name"]), (&json!(1), &json!("Call Logged")), "one fact: {line}");

    let list = house.get("/api/promises").await.json();
    assert_eq!((&list["total"], &list["rows"][0]["state"]), (&json!(1), &json!("open")), "{list}");
    assert_eq!(house.get("/api/promises?state=luck").await.code(), "bad_filter");
    let one = format!("/api/promises/{}/settle", list["rows"][0]["id"]);
    let broken = json!({"version": 1, "state": "broken", "note": "供应商没给价"});
    let settled = welcome(house, Method::POST, &one, broken.clone()).await;
    assert_eq!((&settled["state"], &settled["version"]), (&json!("broken"), &json!(2)));
    refused(house, Method::POST, &one, broken, 409, "version_conflict").await;
    refused(house, Method::POST, &one, json!({"version": 2, "state": "luck"}), 400, "bad_promise_state").await;
    let advice = house.get(ADVICE).await.json();
    assert_eq!(advice["promises"][0]["state"], "broken", "first of all: {advice}");

    let task = format!("{ADVICE}/task");
    let made = welcome(house, Method::POST, &task, json!({})).await;
    assert_eq!((&made["task"]["title"], &made["made"]), (&advice["first_step"]["zh"], &json!(true)), "{made}");
    let again = welcome(house, Method::POST, &task, json!({"lang": "en"})).await;
    assert_eq!((&again["task"], &again["made"]), (&made["task"], &json!(false)), "once");
    let work = house.get(&format!("/api/cases/{}/work", made["case_id"])).await.json();
    assert_eq!(work["tasks"][0]["advice"]["id"], advice["reason"], "{work}");
    refused(house, Method::POST, &task, json!({"reason": "luck"}), 404, "not_found").await;
    let waiting = house.get("/api/tasks").await.json();
    assert!(waiting["rows"].is_array() && waiting["total"].is_u64(), "{waiting}");
    assert_eq!(house.get("/api/tasks?as_of=soon").await.code(), "bad_moment");

    let mut routes = library(house).await;
    routes.extend([
        "POST /api/customers/{id}/advice/task",
        "GET /api/tasks",
        "GET /api/customers/{id}/advice",
        "GET /api/customers/{id}/follow-ups",
        "POST /api/customers/{id}/follow-ups",
        "GET /api/promises",
        "POST /api/promises/{id}/settle",
    ]);
    routes.into_iter().map(str::to_owned).collect()
}

/// The library: read, one entry rewritten, a fault told with its place, and back.
async fn library(house: &House) -> Vec<&'static str> {
    let entries = house.get("/api/advice").await.json();
    let price = entries.as_array().unwrap().iter().find(|one| one["id"] == "price").unwrap().clone();
    assert_eq!((&price["is_own"], &price["is_shipped"]), (&json!(false), &json!(true)));
    assert_eq!(house.get("/api/advice?as_of=soon").await.code(), "bad_moment");
    let text = price["text"].as_str().unwrap().to_owned();
    let broken =
        house.ask(Method::PUT, "/api/advice/price", Some(json!({"text": text.replace("openings", "opening")})));
    let broken = broken.await;
    assert_eq!((broken.status, broken.code()), (StatusCode::BAD_REQUEST, "bad_definition".into()));
    let told = broken.json()["detail"].as_str().unwrap().to_owned();
    assert!(told.contains("price.toml") && told.contains("行"), "by line and column: {told}");
    refused(house, Method::PUT, "/api/advice/usage", json!({"text": text}), 400, "bad_advice").await;
    let own = text.replace("嫌贵、在议价", "觉得贵");
    let entries = welcome(house, Method::PUT, "/api/advice/price", json!({"text": own})).await;
    let written = entries.as_array().unwrap().iter().find(|one| one["id"] == "price").unwrap();
    assert_eq!((&written["is_own"], &written["name"]["zh"]), (&json!(true), &json!("觉得贵")));
    let shown = house.get(&format!("{ADVICE}?reason=price")).await.json();
    assert_eq!(shown["reason_name"]["zh"], "觉得贵", "used at once");
    let away = house.ask(Method::DELETE, "/api/advice/price", None).await;
    assert_eq!(away.status, StatusCode::NO_CONTENT, "{}", away.text());
    assert_eq!(house.ask(Method::DELETE, "/api/advice/price", None).await.code(), "not_found");
    vec!["GET /api/advice", "PUT /api/advice/{id}", "DELETE /api/advice/{id}"]
}
