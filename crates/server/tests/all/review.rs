//! The weekly review over HTTP: a week full by itself, its decisions, the month by owner.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::House;

const DECISIONS: &str = "/api/review/decisions";

async fn refused(house: &House, uri: &str, status: u16, code: &str) {
    let answer = house.get(uri).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{uri}: {}", answer.text());
}

fn number<'a>(page: &'a Value, of: &str) -> &'a Value {
    let numbers = page["numbers"].as_array().unwrap();
    &numbers.iter().find(|one| one["of"] == of).unwrap_or_else(|| panic!("no {of}: {page}"))["count"]
}

/// One welcome and one refusal of each route; the names of the routes.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    // The house stands on Monday 2025-06-30: its cycle ran this week, so this one is full and the last one empty.
    let last = house.get("/api/review").await.json();
    assert_eq!((&last["week_on"], &last["is_complete"]), (&json!("2025-06-23"), &json!(true)), "{last}");
    assert_eq!(number(&last, "opened"), &json!(0));
    let page = house.get("/api/review?week=2025-07-02").await.json();
    assert_eq!((&page["week_on"], &page["is_complete"]), (&json!("2025-06-30"), &json!(false)), "{page}");
    let opened = number(&page, "opened").as_u64().unwrap();
    assert!(opened > 0 && page["next_on"].is_null(), "{page}");
    let by_rule: u64 = page["rules"].as_array().unwrap().iter().map(|rule| rule["opened"].as_u64().unwrap()).sum();
    assert_eq!(by_rule, opened);
    refused(house, "/api/review?week=soon", 400, "bad_week").await;
    refused(house, "/api/review?week=2025-07-07", 400, "future_week").await;
    refused(house, "/api/review?as_of=2030-01-01", 400, "future_moment").await;

    let names = house.get("/api/review/names?of=opened&week=2025-06-30&limit=1").await.json();
    assert_eq!((&names["total"], names["rows"].as_array().unwrap().len()), (&json!(opened), 1), "{names}");
    let rule = page["rules"][0]["rule"].as_str().unwrap();
    let of_rule = house.get(&format!("/api/review/names?of=opened&week=2025-06-30&rule={rule}")).await.json();
    assert_eq!(of_rule["total"], page["rules"][0]["opened"], "{of_rule}");
    refused(house, "/api/review/names?of=luck", 400, "bad_filter").await;

    let month = house.get("/api/review/month?month=2025-06").await.json();
    let rows = month["rows"].as_array().unwrap();
    let sum = |key: &str| rows.iter().map(|row| row[key].as_u64().unwrap()).sum::<u64>();
    assert!(rows.iter().any(|row| row["owner"] == "王芳"), "{month}");
    for key in ["customers", "opened", "act_due", "lost"] {
        assert_eq!(json!(sum(key)), month["total"][key], "{key}: {month}");
    }
    refused(house, "/api/review/month?month=June", 400, "bad_month").await;
    refused(house, "/api/review/month?month=2025-08", 400, "future_month").await;
    decisions(house, &page).await;
    for uri in ["/api/exports/review.xlsx?week=2025-06-30&lang=en", "/api/exports/review-month.xlsx?month=2025-06"] {
        let workbook = house.get(uri).await;
        assert!(workbook.status == StatusCode::OK && workbook.body.starts_with(b"PK"), "{uri}");
    }
    refused(house, "/api/exports/review.xlsx?week=soon", 400, "bad_week").await;
    refused(house, "/api/exports/review-month.xlsx?month=soon", 400, "bad_month").await;
    [
        "GET /api/review",
        "GET /api/review/names",
        "GET /api/review/month",
        "POST /api/review/decisions",
        "PATCH /api/review/decisions/{id}",
        "GET /api/exports/review.xlsx",
        "GET /api/exports/review-month.xlsx",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Written down in the review of last week, done, and told of whoever was faster.
async fn decisions(house: &House, page: &Value) {
    let to = page["people"][0]["id"].as_i64().unwrap();
    let decided =
        |title: &str, to: i64| json!({"week_on": "2025-06-29", "title": title, "to": to, "due_on": "2025-07-04"});
    let made = house.ask(Method::POST, DECISIONS, Some(decided("清零超时单", to))).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let made = made.json();
    assert_eq!((&made["week_on"], &made["clock"]), (&json!("2025-06-23"), &json!("on_time")), "{made}");
    let nameless = house.ask(Method::POST, DECISIONS, Some(decided(" ", to))).await;
    assert_eq!((nameless.status, nameless.code()), (StatusCode::BAD_REQUEST, "bad_title".into()));
    let nobody = house.ask(Method::POST, DECISIONS, Some(decided("x", 999))).await;
    assert_eq!((nobody.status, nobody.code()), (StatusCode::NOT_FOUND, "not_found".into()));
    // The next week's page begins with it.
    let next = house.get("/api/review?week=2025-06-30").await.json();
    assert_eq!(next["last_decisions"], json!([made]), "{next}");
    assert_eq!(house.get("/api/review").await.json()["decisions"], json!([made]));
    let one = format!("{DECISIONS}/{}", made["id"]);
    let done = house.ask(Method::PATCH, &one, Some(json!({"version": 1, "done": true}))).await;
    assert_eq!((done.status, &done.json()["was_in_time"]), (StatusCode::OK, &json!(true)), "{}", done.text());
    let late = house.ask(Method::PATCH, &one, Some(json!({"version": 1, "done": false}))).await;
    assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "version_conflict".into()));
    assert!(late.text().contains("完成了任务"), "who did what: {}", late.text());
    let missing = house.ask(Method::PATCH, &format!("{DECISIONS}/999"), Some(json!({"version": 1}))).await;
    assert_eq!(missing.code(), "not_found");
}
