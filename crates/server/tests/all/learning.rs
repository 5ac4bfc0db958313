//! What history suggests: weights of a scorecard and rules, in the background, and nothing in use before a person says so.

use app::{ImportPlan, ImportSpec, Reader};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use vocab::{Scope, Zone};

use crate::house::{Answer, House, now, until};

const CARD: &str = "/api/scorecards/ecommerce";
const WEIGHTS: &str = "/api/scorecards/ecommerce/weights";
const DISCOVERY: &str = "/api/rules/discovery";

fn check(what: &str, answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text());
    if !code.is_empty() {
        assert_eq!(answer.code(), code, "{what}");
    }
}

/// The work at an address once it has ended.
async fn ended(house: &House, uri: &str) -> Value {
    until("what is learnt does not end", async || {
        let run = house.get(uri).await.json()["run"].clone();
        (run["state"] != "running").then_some(run)
    })
    .await
}

async fn wish(house: &House) -> Value {
    let page = house.get(CARD).await.json();
    json!({"definition": page["definition"], "churn": "no_order_90d"})
}

/// Asked where history carries nothing: one welcome and one refusal of each route.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let post = async |uri: &str, body: Value| house.ask(Method::POST, uri, Some(body)).await;
    assert_eq!(house.get(WEIGHTS).await.json(), json!({"run": null}));
    check("weights", &house.get("/api/scorecards/none/weights").await, 404, "not_found");
    let begun = post(WEIGHTS, wish(house).await).await;
    check("weights", &begun, 202, "");
    let run = ended(house, WEIGHTS).await;
    assert_eq!((&run["state"], &run["refusal"]["code"]), (&json!("refused"), &json!("too_few_leavers")), "{run}");
    assert!(run["readiness"]["more_leavers"].as_u64().unwrap() > 0, "{run}");
    check("weights", &post(WEIGHTS, json!({"definition": "id = 7"})).await, 400, "bad_definition");
    check("weights", &house.ask(Method::DELETE, WEIGHTS, None).await, 404, "not_found");

    assert_eq!(house.get(DISCOVERY).await.json(), json!({"run": null}));
    check("discovery", &house.get("/api/rules/discovery?as_of=soon").await, 400, "bad_moment");
    check("discovery", &post(DISCOVERY, json!({"churn": "no_order_90d"})).await, 202, "");
    let run = ended(house, DISCOVERY).await;
    assert_eq!((&run["state"], &run["refusal"]["code"]), (&json!("refused"), &json!("too_few_leavers")), "{run}");
    check("discovery", &post(DISCOVERY, json!({"horizon_days": 45})).await, 400, "unknown_choice");
    check("discovery", &house.ask(Method::DELETE, DISCOVERY, None).await, 404, "not_found");
    let routes = [
        "GET /api/scorecards/{id}/weights",
        "POST /api/scorecards/{id}/weights",
        "DELETE /api/scorecards/{id}/weights",
        "GET /api/rules/discovery",
        "POST /api/rules/discovery",
        "DELETE /api/rules/discovery",
    ];
    routes.map(str::to_owned).to_vec()
}

/// A hundred and twenty members who order about every twelfth day for fifteen months; the first seventy stop at a time of
/// their own, after two months with an order every month.
async fn members(house: &House) {
    let begin = Zone::default().parse("2024-03-20 10:00").unwrap();
    let mut text = "订单号,客户编号,下单时间,订单金额\n".to_owned();
    for member in 0..120_i64 {
        let stops = if member < 70 { 120 + (member * 37) % 240 } else { 10_000 };
        let mut day = member % 12;
        while day < 465.min(stops) {
            let at = Zone::default().date_time(begin.plus_days(day));
            text.push_str(&format!("L-{member}-{day},L/{member},{at},{}\n", 100 + day % 7));
            day += if stops - day < 60 { 28 } else { 9 + (member * 7 + day * 3) % 7 };
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("members.csv");
    std::fs::write(&file, text).unwrap();
    let plan = ImportPlan {
        kind: Some("orders".parse().unwrap()),
        zone: Zone::default(),
        source: Some("members.csv".to_owned()),
        ..ImportPlan::default()
    };
    let spec = ImportSpec { plan, mapping: None, rejects: None, dry_run: false };
    house.app.import_file(&file, &spec, now(), &mut |_| {}).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn history_suggests_weights_and_rules_and_a_person_makes_drafts_of_them() {
    let house = House::open().await;
    members(&house).await;
    let post = async |uri: &str, body: Value| house.ask(Method::POST, uri, Some(body)).await;

    let asked = json!({"churn": "no_order_90d", "horizon_days": 60});
    check("discovery", &post(DISCOVERY, asked.clone()).await, 202, "");
    check("discovery", &post(DISCOVERY, asked.clone()).await, 409, "learning_running");
    check("discovery", &house.ask(Method::DELETE, DISCOVERY, None).await, 204, "");
    assert_eq!(ended(&house, DISCOVERY).await["state"], "stopped");
    check("discovery", &post(DISCOVERY, asked).await, 202, "");
    let run = ended(&house, DISCOVERY).await;
    assert_eq!(run["state"], "done", "{run}");
    let rules = run["answer"]["rules"].as_array().unwrap();
    assert!(!rules.is_empty(), "{run}");
    for rule in rules {
        assert!(rule["lift"].as_f64().unwrap() >= 1.5 && rule["q"].as_f64().unwrap() <= 0.05, "{rule}");
        assert!(rule["replay"]["counts"]["leavers"].as_u64().unwrap() > 20, "{rule}");
        assert_eq!(rule["rule"]["name"], rule["sentence"], "{rule}");
    }
    let first = &rules[0];
    let uri = format!("/api/rules/{}", first["id"].as_str().unwrap());
    let draft = json!({"rule": first["rule"], "note": "found in history", "version": null});
    let saved = house.ask(Method::PUT, &format!("{uri}/draft"), Some(draft)).await;
    check("draft", &saved, 200, "");
    assert_eq!((&saved.json()["row"]["is_active"], &saved.json()["row"]["draft"]), (&json!(false), &json!("draft")));

    let mut asked = wish(&house).await;
    asked["horizon_days"] = json!(60);
    check("weights", &post(WEIGHTS, asked).await, 202, "");
    let run = ended(&house, WEIGHTS).await;
    assert_eq!(run["state"], "done", "{run}");
    let answer = &run["answer"];
    let sum = |key: &str| -> f64 {
        answer["measures"].as_array().unwrap().iter().map(|one| one[key].as_f64().unwrap()).sum()
    };
    assert!((sum("hand") - 1.0).abs() < 1e-9 && (sum("suggested") - 1.0).abs() < 1e-9, "{answer}");
    let (low, high) = (answer["difference"]["low"].as_f64().unwrap(), answer["difference"]["high"].as_f64().unwrap());
    let better = match (low > 0.0, high < 0.0) {
        (true, _) => "suggested",
        (_, true) => "hand",
        _ => "neither",
    };
    assert_eq!(answer["better"], better, "{answer}");
    assert_eq!(answer["hand"]["leavers"], answer["suggested"]["leavers"]);
    let page = house.get(CARD).await.json();
    assert_eq!(page["row"]["draft"], Value::Null, "nothing is changed by learning: {page}");

    // Who sees a part of the customers learns nothing of the others.
    let some = Reader { scope: Scope::Owners(["王芳".to_owned()].into()), ..Reader::command_line() };
    assert_eq!(house.app.discovered_rules(&some).await.map(|_| ()).unwrap_err().code(), "forbidden");
    assert_eq!(house.app.learnt_weights(&some, "ecommerce").await.map(|_| ()).unwrap_err().code(), "forbidden");
    assert_eq!(house.get(&format!("{WEIGHTS}?as_of=soon")).await.status, StatusCode::BAD_REQUEST);
}
