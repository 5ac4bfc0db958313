//! The life of alerts and the budget, over HTTP.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, until};

async fn refused(house: &House, method: Method, uri: &str, body: Value, status: u16, code: &str) {
    let answer = house.ask(method, uri, Some(body)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{uri}: {}", answer.text());
}

async fn welcome(house: &House, method: Method, uri: &str, body: Value) -> Value {
    let answer = house.ask(method, uri, Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{uri}: {}", answer.text());
    answer.json()
}

/// The line of work of the customer with most at risk.
async fn first_line(house: &House) -> Value {
    let list = house.get("/api/alerts?lines=true&sort=rank").await.json();
    list["rows"][0].clone()
}

/// Put off, taken up, called false, many at once, saved, budgeted; each with a refusal. Leaves everything open as it was
/// but one alert.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let desk = house.get("/api/desk").await.json();
    assert!(!desk["assignees"].as_array().unwrap().is_empty(), "{desk}");
    assert_eq!(house.get("/api/desk?as_of=soon").await.code(), "bad_moment");
    let line = first_line(house).await;
    assert_eq!(line["rank"]["place"], 1, "{line}");
    let (id, version) = (line["id"].as_i64().unwrap(), line["version"].as_i64().unwrap());
    let of = |what: &str| format!("/api/alerts/{id}/{what}");
    let off = json!({"version": version, "until": "2025-07-20", "reason": "下月初再谈"});
    let snoozed = welcome(house, Method::POST, &of("snooze"), off.clone()).await;
    assert_eq!((&snoozed["standing"], &snoozed["snooze"]["reason"]), (&json!("snoozed"), &json!("下月初再谈")));
    let again = house.ask(Method::POST, &of("snooze"), Some(off)).await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "version_conflict".into()));
    let told = again.json()["detail"].as_str().unwrap().to_owned();
    assert!(told.contains("赵敏") && told.contains("已稍后处理"), "who did what: {told}");
    let wake = json!({"version": snoozed["version"]});
    let woken = welcome(house, Method::POST, &of("wake"), wake.clone()).await;
    refused(house, Method::POST, &of("wake"), wake, 409, "version_conflict").await;
    let false_alarm = json!({"version": woken["version"], "reason": ""});
    refused(house, Method::POST, &of("false-alarm"), false_alarm, 400, "bad_reason").await;
    let one = json!({"id": id, "version": woken["version"]});
    let none = json!({"id": 999_999, "version": 1});
    let many = json!({"action": "snooze", "until": "2025-07-20", "reason": "休假", "alerts": [one, none]});
    let result = welcome(house, Method::POST, "/api/alerts/bulk", many).await;
    assert_eq!((&result["done_count"], &result["rows"][1]["code"]), (&json!(1), &json!("not_found")), "{result}");
    refused(
        house,
        Method::POST,
        "/api/alerts/bulk",
        json!({"action": "luck", "alerts": [none]}),
        400,
        "unknown_choice",
    )
    .await;
    let version = house.get("/api/alerts?standing=snoozed").await.json()["rows"][0]["version"].clone();
    let reason = json!({"version": version, "reason": "系统维护所致"});
    let ended = welcome(house, Method::POST, &of("false-alarm"), reason).await;
    assert_eq!((&ended["resolution"], &ended["false_reason"]), (&json!("false_alarm"), &json!("系统维护所致")));
    let rules = house.get("/api/desk").await.json()["rules"].clone();
    let record = rules.as_array().unwrap().iter().find(|one| one["rule"] == ended["rule"]).unwrap().clone();
    assert_eq!(record["false_alarms"], 1, "{rules}");

    let view = json!({"page": "alerts", "name": "紧急", "query": "severity=urgent"});
    let saved = welcome(house, Method::PUT, "/api/views", view).await;
    refused(house, Method::PUT, "/api/views", json!({"page": "x", "name": "x", "query": ""}), 400, "unknown_choice")
        .await;
    assert_eq!(house.get("/api/views?page=alerts").await.json()[0]["name"], "紧急");
    assert_eq!(house.get("/api/views").await.code(), "bad_query");
    let one = format!("/api/views/{}", saved["id"]);
    assert_eq!(house.ask(Method::DELETE, &one, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.ask(Method::DELETE, &one, None).await.code(), "not_found");

    let set = json!({"budget": {"people": 1, "cases_per_person": 2, "urgent_passes": false}});
    let budget = welcome(house, Method::PUT, "/api/budget", set).await;
    assert_eq!(budget["week"]["per_week"], 2, "{budget}");
    let much = json!({"budget": {"people": 0, "cases_per_person": 2, "urgent_passes": false}});
    refused(house, Method::PUT, "/api/budget", much, 400, "bad_budget").await;
    assert_eq!(house.get("/api/budget").await.json()["changes"][0]["budget"]["people"], 1);
    assert_eq!(house.get("/api/budget?as_of=soon").await.code(), "bad_moment");
    let tried = tried(house, "/api/budget/preview?people=1&cases=1").await;
    assert!(tried["above_count"].as_u64().unwrap() <= 1, "{tried}");
    assert_eq!(house.get("/api/budget/preview?people=0&cases=1").await.code(), "bad_budget");
    welcome(house, Method::PUT, "/api/budget", json!({"budget": null})).await;
    let routes = [
        "GET /api/desk",
        "POST /api/alerts/{id}/snooze",
        "POST /api/alerts/{id}/wake",
        "POST /api/alerts/{id}/false-alarm",
        "POST /api/alerts/bulk",
        "GET /api/views",
        "PUT /api/views",
        "DELETE /api/views/{id}",
        "GET /api/budget",
        "PUT /api/budget",
        "GET /api/budget/preview",
    ];
    routes.map(str::to_owned).to_vec()
}

/// The preview once its replay is done.
async fn tried(house: &House, uri: &str) -> Value {
    let preview = until("the replay does not end", async || {
        let preview = house.get(uri).await.json();
        (preview["state"] != "running").then_some(preview)
    })
    .await;
    assert_eq!(preview["state"], "done", "{preview}");
    preview
}
