//! Reminders and greetings, over HTTP.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::House;

const JULY: &str = "/api/reminders?from=2025-07-01&to=2025-07-31";

async fn posted(house: &House, uri: &str, body: &Value, status: u16, code: &str) -> Value {
    let answer = house.ask(Method::POST, uri, Some(body.clone())).await;
    assert_eq!(answer.status.as_u16(), status, "{uri}: {}", answer.text());
    if code.is_empty() {
        return answer.json();
    }
    assert_eq!(answer.code(), code, "{uri}: {}", answer.text());
    Value::Null
}

/// Greeted, reminded, answered; each with a refusal.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let list = house.get("/api/greetings?group=all").await.json();
    assert_eq!(list["festival"]["id"], "national_day", "the nearest: {list}");
    assert_eq!(list["festivals"].as_array().unwrap().len(), 4, "{list}");
    assert_eq!(house.get("/api/greetings?group=luck").await.code(), "bad_filter");
    assert_eq!(house.get("/api/greetings?festival=luck").await.code(), "not_found");
    let first = list["rows"][0].clone();
    let (id, words) = (first["customer_id"].as_str().unwrap(), first["greeting"]["zh"].as_str().unwrap());
    let mark = json!({
        "customer_id": id, "festival": "national_day", "year": 2025, "channel": "message", "words": words, "version": 0
    });
    let greeted = posted(house, "/api/greetings", &mark, 200, "").await;
    assert_eq!((&greeted["state"], &greeted["version"]), (&json!("done"), &json!(1)), "{greeted}");
    posted(house, "/api/greetings", &mark, 409, "version_conflict").await;
    let group = house.get("/api/greetings?group=greeted").await.json();
    assert_eq!((&group["total"], &group["rows"][0]["customer_id"]), (&json!(1), &json!(id)), "{group}");

    let path = format!("/api/customers/{}/follow-ups", id.replace('/', "%2F"));
    let said = house.get(&path).await.json();
    assert_eq!(said["rows"][0]["note"], json!(words), "a greeting is a follow-up record: {said}");
    let call = json!({"key": "agreed-0001", "channel": "call", "outcome": "no_answer", "next_on": "2025-07-10"});
    posted(house, &path, &call, 200, "").await;
    let list = house.get(&format!("{JULY}&kind=call_back")).await.json();
    let rows = list["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["customer_id"] == json!(id)).unwrap_or_else(|| panic!("none of {id}: {list}"));
    assert_eq!((&row["due_on"], &row["state"]), (&json!("2025-07-10"), &json!("coming")), "{row}");
    assert_eq!(house.get("/api/reminders?from=soon").await.code(), "bad_day");
    assert_eq!(house.get("/api/reminders?state=luck").await.code(), "bad_filter");

    let answer = |version: i64, state: &str| json!({"customer_id": id, "kind": "call_back", "key": "2025-07-10", "version": version, "state": state});
    let put_off = json!({
        "customer_id": id, "kind": "call_back", "key": "2025-07-10", "version": 0, "state": "put_off", "until_on": "2025-07-20"
    });
    let answers = "/api/reminders/answers";
    posted(house, answers, &put_off, 200, "").await;
    posted(house, answers, &answer(0, "done"), 409, "version_conflict").await;
    posted(house, answers, &answer(1, "luck"), 400, "bad_answer").await;
    let mut gone = answer(0, "done");
    gone["key"] = json!("2020-01-01");
    posted(house, answers, &gone, 404, "not_found").await;
    posted(house, answers, &answer(1, "done"), 200, "").await;
    let done = house.get(&format!("{JULY}&state=answered")).await.json();
    assert!(done["rows"].as_array().unwrap().iter().any(|row| row["customer_id"] == json!(id)), "{done}");

    for (name, refused) in [("reminders", "from=soon"), ("greetings", "group=luck")] {
        let sheet = house.get(&format!("/api/exports/{name}.xlsx?lang=en")).await;
        assert_eq!(sheet.status, StatusCode::OK, "{}", sheet.text());
        assert_eq!(house.get(&format!("/api/exports/{name}.xlsx?{refused}")).await.status, StatusCode::BAD_REQUEST);
    }
    let schema = house.get("/api/reminders/schema").await.json();
    assert_eq!(schema["title"], "Liuke reminders");
    assert_eq!(house.get("/api/reminders/schema?as_of=soon").await.code(), "bad_moment");
    let routes = [
        "GET /api/reminders",
        "GET /api/reminders/schema",
        "POST /api/reminders/answers",
        "GET /api/greetings",
        "POST /api/greetings",
        "GET /api/exports/reminders.xlsx",
        "GET /api/exports/greetings.xlsx",
    ];
    routes.map(str::to_owned).to_vec()
}

/// How a salesperson tries each route for another team's customer: addresses, and a body where it takes one.
pub(crate) fn tries(route: &str) -> Option<Vec<(String, Option<Value>)>> {
    let (_, path) = route.split_once(' ')?;
    let with = |queries: &[&str]| queries.iter().map(|query| (format!("{path}{query}"), None)).collect();
    let said = |bodies: Vec<Value>| bodies.into_iter().map(|body| (path.to_owned(), Some(body))).collect();
    let answer = |kind: &str, key: &str| json!({"customer_id": "QX/7001", "kind": kind, "key": key, "version": 0, "state": "done"});
    match route {
        "GET /api/reminders" | "GET /api/exports/reminders.xlsx" => Some(with(&[
            "",
            "?from=2025-06-30&to=2025-08-30",
            "?from=2025-06-30&to=2025-08-30&owner=%E5%91%A8%E7%91%9C",
            "?from=2025-06-30&to=2025-08-30&state=answered",
            "?as_of=2025-05-01",
        ])),
        "GET /api/greetings" | "GET /api/exports/greetings.xlsx" => Some(with(&[
            "?group=all&limit=500",
            "?group=fix",
            "?group=greeted",
            "?group=all&owner=%E5%91%A8%E7%91%9C",
            "?group=all&as_of=2025-05-01",
        ])),
        "POST /api/reminders/answers" => {
            Some(said(vec![answer("greeting", "mid_autumn:2025"), answer("call_back", "2025-07-05")]))
        }
        "POST /api/greetings" => Some(said(vec![json!({
            "customer_id": "QX/7001", "festival": "mid_autumn", "year": 2025, "channel": "message", "words": "x",
            "version": 0
        })])),
        _ => None,
    }
}
