//! A rule is tried on history, drafted, activated, rolled back; a template is switched on with other thresholds.

use axum::http::Method;
use serde_json::{Value, json};

use crate::house::{Answer, House};

const RULE: &str = "/api/rules/ecommerce_interval_over_30d";

fn check(what: &str, answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text());
    if !code.is_empty() {
        assert_eq!(answer.code(), code, "{what}");
    }
}

/// Nobody has ordered for so many days.
fn away(days: u32) -> Value {
    json!({
        "id": "away", "name": {"zh": "没来", "en": "Away"}, "cause": "own", "severity": "warning",
        "when": {"of": "days_since_order", "is": ">=", "than": days}, "cooldown_days": 14,
        "say": {"zh": "{days_since_order} 天没有下单", "en": "no order for {days_since_order} days"},
        "next_step": {"zh": "打电话", "en": "Call"},
    })
}

/// One welcome and one refusal of each route; the names of the routes.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let post = async |uri: &str, body: Value| house.ask(Method::POST, uri, Some(body)).await;
    let list = house.get("/api/rules").await;
    check("list", &list, 200, "");
    let list = list.json();
    assert_eq!(list[0]["is_active"], json!(true), "{list}");
    for path in ["", "/vocabulary", "/schema"] {
        check(path, &house.get(&format!("/api/rules{path}?as_of=soon")).await, 400, "bad_moment");
    }
    let told = house.get("/api/rules/vocabulary").await;
    check("vocabulary", &told, 200, "");
    assert!(told.json()["quantities"].as_array().unwrap().iter().any(|one| one["id"] == "days_since_order"));
    let schema = house.get("/api/rules/schema").await;
    check("schema", &schema, 200, "");
    assert_eq!(schema.json()["title"], "Liuke rules");

    let tried = post("/api/rules/preview", json!({"rule": away(60)})).await;
    check("preview", &tried, 200, "");
    let tried = tried.json();
    assert_eq!(tried["weeks"].as_array().unwrap().len(), 26, "{tried}");
    // M/13 to M/16 have stopped nine to fifteen weeks ago.
    assert_eq!((&tried["caught"], &tried["opened_customers"]), (&json!(4), &json!(4)), "{tried}");
    let ahead = post("/api/rules/preview", json!({"definition": "[[rule]]\nid = 7"})).await;
    check("preview", &ahead, 400, "bad_definition");

    let draft = async |id: &str, version: Value| {
        let body = json!({"rule": away(45), "note": "一个半月", "version": version});
        house.ask(Method::PUT, &format!("/api/rules/{id}/draft"), Some(body)).await
    };
    check("draft", &draft("away", Value::Null).await, 200, "");
    check("draft", &draft("other", Value::Null).await, 400, "other_id");
    let page = house.get("/api/rules/away").await;
    check("page", &page, 200, "");
    assert_eq!(page.json()["draft_rule"]["when"]["than"], json!(45), "{}", page.text());
    check("page", &house.get("/api/rules/none").await, 404, "not_found");
    let step = |version: i64| json!({"version": version});
    check("review", &post("/api/rules/away/review", step(1)).await, 200, "");
    check("review", &post("/api/rules/away/review", step(1)).await, 409, "version_conflict");
    let active = post("/api/rules/away/activate", step(2)).await;
    check("activate", &active, 200, "");
    assert_eq!(active.json()["row"]["is_active"], json!(true));
    check("activate", &post("/api/rules/away/activate", step(3)).await, 404, "not_found");

    let on = json!({"is_active": true, "parameters": {"days": 40}});
    let switched = post(&format!("{RULE}/switch"), on).await;
    check("switch", &switched, 200, "");
    let switched = switched.json();
    let days = switched["parameters"].as_array().unwrap().iter().find(|one| one["id"] == "days").unwrap();
    assert_eq!(
        (&switched["row"]["is_active"], &days["value"], &days["shipped"]),
        (&json!(true), &json!(40.0), &json!(30.0))
    );
    let wrong = post(&format!("{RULE}/switch"), json!({"is_active": true, "parameters": {"weeks": 4}})).await;
    check("switch", &wrong, 400, "bad_parameter");
    let source = house.get("/api/definitions/rule/ecommerce_interval_over_30d/source").await;
    assert!(source.text().contains("value = 40"), "what is in use is what is exported: {}", source.text());
    let back = post(&format!("{RULE}/rollback"), step(switched["versions"][0]["version"].as_i64().unwrap())).await;
    check("rollback", &back, 200, "");
    assert_eq!(back.json()["row"]["is_active"], json!(false));
    check("rollback", &post("/api/rules/away/rollback", step(3)).await, 409, "nothing_before");

    [
        "GET /api/rules",
        "GET /api/rules/vocabulary",
        "GET /api/rules/schema",
        "POST /api/rules/preview",
        "GET /api/rules/{id}",
        "PUT /api/rules/{id}/draft",
        "POST /api/rules/{id}/review",
        "POST /api/rules/{id}/activate",
        "POST /api/rules/{id}/rollback",
        "POST /api/rules/{id}/switch",
    ]
    .map(str::to_owned)
    .to_vec()
}
