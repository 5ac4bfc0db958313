//! What leaving means is tried with another window, put in use, changed and gone back from.

use axum::http::Method;
use serde_json::{Value, json};

use crate::house::{Answer, House};

const LIST: &str = "/api/churn-definitions";

fn check(what: &str, answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text());
    if !code.is_empty() {
        assert_eq!(answer.code(), code, "{what}");
    }
}

/// One welcome and one refusal of each route; the names of the routes. The firm goes by what it went by before.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let post = async |uri: &str, body: Value| house.ask(Method::POST, &format!("{LIST}{uri}"), Some(body)).await;
    let list = house.get(LIST).await;
    check("list", &list, 200, "");
    let first = list.json()[0].clone();
    assert_eq!((&first["id"], &first["is_in_use"]), (&json!("no_order_180d"), &json!(true)), "{first}");
    check("list", &house.get(&format!("{LIST}?as_of=soon")).await, 400, "bad_moment");

    // M/13 to M/16 stopped 62 to 107 days ago.
    let tried = post("/preview", json!({"of": "no_order_180d", "window_days": 60})).await;
    check("preview", &tried, 200, "");
    let tried = tried.json();
    assert_eq!(tried["id"], "no_order_60d", "{tried}");
    assert_eq!(tried["says"]["en"].as_str().unwrap().matches("60 days").count(), 1, "{tried}");
    let eligibility = &tried["eligibility"];
    assert_eq!((&eligibility["gone"], &eligibility["eligible"]), (&json!(4), &json!(12)), "{tried}");
    assert_eq!((&tried["moved"]["newly_gone"], &tried["moved"]["no_longer_gone"]), (&json!(4), &json!(0)), "{tried}");
    let windows = tried["away"]["windows"].as_array().unwrap();
    let thirty = windows.iter().find(|one| one["days"] == 30).unwrap();
    assert_eq!((&thirty["gone_now"], &thirty["left"]), (&json!(4), &json!(4)), "{tried}");
    assert_eq!(tried["away"]["proposed_days"], Value::Null, "four goodbyes propose nothing: {tried}");
    let wrong = post("/preview", json!({"of": "saas_contract", "window_days": 60})).await;
    check("preview", &wrong, 400, "no_window");

    check("page", &house.get(&format!("{LIST}/no_order_90d")).await, 200, "");
    check("page", &house.get(&format!("{LIST}/none")).await, 404, "not_found");

    let active = post("/no_order_180d/activate", json!({"window_days": 60, "note": "两个月"})).await;
    check("activate", &active, 200, "");
    let active = active.json();
    assert_eq!((&active["row"]["id"], &active["row"]["is_in_use"]), (&json!("no_order_60d"), &json!(true)));
    assert_eq!(active["versions"][0]["note"], "两个月");
    assert_eq!(house.get("/api/churn").await.json()["churn"], "no_order_60d", "lists follow at once");
    let text = active["definition"].as_str().unwrap();
    check("activate", &post("/other/activate", json!({"definition": text})).await, 400, "other_id");
    let slower = text.replace("days = 60", "days = 70");
    let slower = post("/no_order_60d/activate", json!({"definition": slower})).await;
    check("activate", &slower, 200, "");
    let slower = slower.json();
    assert_eq!(slower["window_days"], 70, "{slower}");
    let gone = |churn: &Value| {
        let counts = churn["state_counts"].as_array().unwrap();
        counts.iter().find(|one| one["key"] == "gone").unwrap()["count"].clone()
    };
    assert_eq!(gone(&house.get("/api/churn").await.json()), 3, "M/13 came 62 days ago");

    let back = post("/no_order_60d/rollback", json!({"version": slower["versions"][0]["version"]})).await;
    check("rollback", &back, 200, "");
    assert_eq!(back.json()["window_days"], 60);
    check("rollback", &post("/no_order_90d/rollback", json!({"version": 1})).await, 409, "nothing_before");
    let before = post("/no_order_180d/activate", json!({})).await;
    check("activate", &before, 200, "");
    assert_eq!(before.json()["row"]["is_in_use"], true);
    assert_eq!(gone(&house.get("/api/churn").await.json()), 0);

    lines(house).await;
    [
        "GET /api/churn/lines/leavers",
        "GET /api/churn-definitions",
        "POST /api/churn-definitions/preview",
        "GET /api/churn-definitions/{id}",
        "POST /api/churn-definitions/{id}/activate",
        "POST /api/churn-definitions/{id}/rollback",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Product lines are told apart by a property (here each order has one line, so there is one: `1`), then no longer.
async fn lines(house: &House) {
    let activate = async |property: &str| {
        let body = json!({"product_line": property});
        house.ask(Method::POST, &format!("{LIST}/no_order_180d/activate"), Some(body)).await
    };
    let tried = json!({"of": "no_order_180d", "product_line": "line_count"});
    let tried = house.ask(Method::POST, &format!("{LIST}/preview"), Some(tried)).await;
    check("preview", &tried, 200, "");
    assert_eq!(tried.json()["product_lines"]["properties"], json!(["line_count"]), "{}", tried.text());
    check("activate", &activate("line_count").await, 200, "");
    assert_eq!(house.get("/api/churn").await.json()["by_product_line"], true);
    let page = house.get("/api/churn/lines").await;
    check("lines", &page, 200, "");
    let page = page.json();
    let line = page["lines"][0].clone();
    let month = line["months"].as_array().unwrap().last().unwrap()["month"]["month"].as_str().unwrap().to_owned();
    let (line, uri) = (line["name"].as_str().unwrap(), "/api/churn/lines/leavers");
    let leavers = house.get(&format!("{uri}?line={line}&month={month}")).await;
    check("line leavers", &leavers, 200, "");
    check("line leavers", &house.get(&format!("{uri}?line=none&month={month}")).await, 404, "not_found");
    check("line leavers", &house.get(uri).await, 400, "bad_query");
    let file = house.get(&format!("/api/exports/line-leavers.xlsx?line={line}&month={month}")).await;
    assert!(file.body.starts_with(b"PK"), "{}", file.text());
    check("activate", &activate("").await, 200, "");
    assert_eq!(house.get("/api/churn").await.json()["by_product_line"], false);
}
