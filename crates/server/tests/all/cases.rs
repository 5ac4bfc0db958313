//! Cases as a team works them, over HTTP.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::House;

async fn refused(house: &House, method: Method, uri: &str, body: Value, status: u16, code: &str) {
    let answer = house.ask(method, uri, Some(body)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{uri}: {}", answer.text());
}

async fn welcome(house: &House, method: Method, uri: &str, body: Value) -> Value {
    let answer = house.ask(method, uri, Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{uri}: {}", answer.text());
    answer.json()
}

/// Closed as churned, opened by hand, claimed, moved, given a task and a remark; each with a refusal.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let types = house.get("/api/case-types").await.json();
    let ids: Vec<&str> = types["types"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids, ["retention", "complaint"], "{types}");
    assert_eq!(house.get("/api/case-types?as_of=soon").await.code(), "bad_moment");
    let list = house.get("/api/cases?type=retention&who=all&sort=newest&limit=5").await.json();
    let row = &list["rows"][0];
    assert!(row["stage_name"]["zh"].is_string() && list["overdue_count"].is_u64(), "{list}");
    assert_eq!(house.get("/api/cases?who=luck").await.code(), "bad_filter");
    let (id, customer) = (row["id"].as_i64().unwrap(), row["customer_id"].clone());
    let close = json!({"version": row["version"], "outcome": "churned"});
    refused(house, Method::POST, &format!("/api/cases/{id}/close"), close, 400, "bad_churn_reason").await;
    let close = json!({"version": row["version"], "outcome": "churned", "churn_reason": "competitor"});
    let closed = welcome(house, Method::POST, &format!("/api/cases/{id}/close"), close).await;
    assert_eq!((&closed["state"], &closed["churn_reason_name"]["zh"]), (&json!("closed"), &json!("转投竞品")));

    let new = json!({"customer_id": customer, "type_id": "complaint", "about": "嫌物流慢"});
    let work = welcome(house, Method::POST, "/api/cases", new.clone()).await;
    refused(house, Method::POST, "/api/cases", new, 409, "case_open").await;
    let id = work["case"]["id"].as_i64().unwrap();
    let of = |what: &str| format!("/api/cases/{id}/{what}");
    assert_eq!(house.get(&of("work")).await.json()["case"]["stage"], "new");
    assert_eq!(house.get("/api/cases/999999/work").await.code(), "not_found");
    let version = &work["case"]["version"];
    let replied = json!({"version": version, "move": "reply", "note": "正在处理"});
    let moved = welcome(house, Method::POST, &of("moves"), replied.clone()).await;
    assert_eq!((&moved["case"]["stage"], &moved["case"]["due_for"]), (&json!("replied"), &json!("act")), "{moved}");
    let late = house.ask(Method::POST, &of("moves"), Some(replied)).await;
    assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "version_conflict".into()));
    assert!(late.json()["detail"].as_str().unwrap().contains("已首次回复客户"), "{}", late.text());
    let version = &moved["case"]["version"];
    let early = json!({"version": version, "move": "acknowledge"});
    refused(house, Method::POST, &of("moves"), early, 409, "move_not_allowed").await;
    refused(house, Method::POST, &of("moves"), json!({"version": version, "move": "luck"}), 400, "unknown_move").await;
    refused(house, Method::POST, &of("moves"), json!({"version": version}), 400, "bad_body").await;

    let who = work["people"][0]["id"].clone();
    let task = json!({"title": "核对运单", "to": who, "due": "2025-07-02"});
    let tasked = welcome(house, Method::POST, &of("tasks"), task).await;
    refused(house, Method::POST, &of("tasks"), json!({"title": ""}), 400, "bad_title").await;
    let task = &tasked["tasks"][0];
    let one = of(&format!("tasks/{}", task["id"]));
    let done = json!({"version": task["version"], "done": true});
    let finished = welcome(house, Method::PATCH, &one, done.clone()).await;
    assert!(finished["tasks"][0]["done_at"].is_string(), "{finished}");
    refused(house, Method::PATCH, &one, done, 409, "version_conflict").await;
    let name = work["people"][0]["name"].as_str().unwrap();
    let said = welcome(house, Method::POST, &of("comments"), json!({"body": format!("@{name} 已核对")})).await;
    assert_eq!(said["comments"][0]["mentions"][0]["name"], name, "{said}");
    refused(house, Method::POST, &of("comments"), json!({"body": " "}), 400, "bad_comment").await;
    let routes = [
        "GET /api/case-types",
        "POST /api/cases",
        "GET /api/cases/{id}/work",
        "POST /api/cases/{id}/moves",
        "POST /api/cases/{id}/tasks",
        "PATCH /api/cases/{id}/tasks/{task}",
        "POST /api/cases/{id}/comments",
    ];
    routes.map(str::to_owned).to_vec()
}
