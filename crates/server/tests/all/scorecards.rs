//! A scorecard is tried, drafted, activated and rolled back, and everything it changes is explained.

use axum::http::Method;
use serde_json::{Value, json};

use crate::house::{Answer, House};

const CARD: &str = "/api/scorecards/ecommerce";
const MEMBER: &str = "/api/customers/M%2F13";

fn check(what: &str, answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text());
    if !code.is_empty() {
        assert_eq!(answer.code(), code, "{what}");
    }
}

fn points(value: &Value) -> i64 {
    (value.as_f64().unwrap_or(0.0) * 100.0).round() as i64
}

/// The changes of a ledger sum to what it says it explains.
fn sums(ledger: &Value) {
    let changes = ledger["changes"].as_array().unwrap();
    let sum: i64 = changes.iter().map(|change| points(&change["points"])).sum();
    assert_eq!(sum, points(&ledger["after"]) - points(&ledger["before"]), "{ledger}");
}

/// One welcome and one refusal of each route; the names of the routes.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let post = async |uri: &str, body: Value| house.ask(Method::POST, uri, Some(body)).await;
    let list = house.get("/api/scorecards").await;
    check("list", &list, 200, "");
    let rows = list.json();
    let own = rows.as_array().unwrap().iter().find(|row| row["id"] == "ecommerce").unwrap();
    assert_eq!(
        (&own["is_in_use"], &own["draft"], &own["customers"]),
        (&json!(true), &Value::Null, &json!(16)),
        "{rows}"
    );
    check("list", &house.get("/api/scorecards?as_of=soon").await, 400, "bad_moment");

    let page = house.get(CARD).await.json();
    let shares: f64 = page["measures"].as_array().unwrap().iter().map(|one| one["share"].as_f64().unwrap()).sum();
    assert!((shares - 1.0).abs() < 1e-9, "{page}");
    assert_eq!(page["versions"][0]["state"], "active", "the first cycle has kept what ships: {page}");
    check("page", &house.get("/api/scorecards/none").await, 404, "not_found");

    let definition = page["definition"].as_str().unwrap();
    let recent = definition.replacen("weight = 20", "weight = 90", 1);
    assert_ne!(recent, definition);
    let tried = post(&format!("{CARD}/preview"), json!({"definition": recent, "customer": "M/13"})).await;
    check("preview", &tried, 200, "");
    let tried = tried.json();
    assert_eq!(tried["customers"].as_u64().unwrap(), total(&tried["before"]), "{tried}");
    assert_eq!(total(&tried["before"]), total(&tried["after"]));
    assert!(tried["moved"].as_u64().unwrap() > 0 && !tried["ledger"]["changes"].as_array().unwrap().is_empty());
    sums(&tried["ledger"]);
    let bad = post(&format!("{CARD}/preview"), json!({"definition": "id = 7"})).await;
    check("preview", &bad, 400, "bad_definition");

    let draft = format!("{CARD}/draft");
    let put = async |version: Value| {
        let body = json!({"definition": recent, "note": "最近购买更重要", "version": version});
        house.ask(Method::PUT, &draft, Some(body)).await
    };
    let saved = put(Value::Null).await;
    check("draft", &saved, 200, "");
    assert_eq!((&saved.json()["row"]["draft"], &saved.json()["definition"]), (&json!("draft"), &json!(definition)));
    check("draft", &put(Value::Null).await, 409, "version_conflict");

    let design = house.get(&format!("{CARD}/design")).await;
    check("design", &design, 200, "");
    let design = design.json();
    assert_eq!((&design["is_draft"], &design["definition"]), (&json!(true), &json!(recent)), "{design}");
    let measures = design["measures"].as_array().unwrap();
    assert!(measures.iter().any(|one| one["distribution"]["known"].as_u64().unwrap() > 0), "{design}");
    assert_eq!(design["tree"]["dimension"].as_array().unwrap().len(), count(definition, "[[dimension]]"));
    check("design", &house.get(&format!("{CARD}/design?number=99")).await, 404, "not_found");

    let step = |version: i64| json!({"version": version});
    let handed = post(&format!("{CARD}/review"), step(1)).await;
    check("review", &handed, 200, "");
    check("review", &post(&format!("{CARD}/review"), step(1)).await, 409, "version_conflict");
    check("rollback", &post(&format!("{CARD}/rollback"), step(1)).await, 409, "nothing_before");
    let active = post(&format!("{CARD}/activate"), step(2)).await;
    check("activate", &active, 200, "");
    assert_eq!(active.json()["definition"], json!(recent));
    check("activate", &post(&format!("{CARD}/activate"), step(3)).await, 404, "not_found");
    let source = house.get("/api/definitions/scorecard/ecommerce/source").await;
    assert_eq!(source.text(), recent, "what is in use is what is exported");
    let back = post(&format!("{CARD}/rollback"), step(3)).await;
    check("rollback", &back, 200, "");
    assert_eq!(back.json()["definition"], json!(definition));

    let mut names = explained(house).await;
    names.extend([
        "GET /api/scorecards",
        "GET /api/scorecards/{id}",
        "GET /api/scorecards/{id}/design",
        "POST /api/scorecards/{id}/preview",
        "PUT /api/scorecards/{id}/draft",
        "POST /api/scorecards/{id}/review",
        "POST /api/scorecards/{id}/activate",
        "POST /api/scorecards/{id}/rollback",
    ]);
    names.into_iter().map(str::to_owned).collect()
}

fn count(text: &str, part: &str) -> usize {
    text.lines().filter(|line| line.trim() == part).count()
}

fn total(spread: &Value) -> u64 {
    spread["bands"].as_array().unwrap().iter().map(|band| band["count"].as_u64().unwrap()).sum()
}

/// The ledger of one who stopped coming, a fact of theirs, and what somebody says of them.
async fn explained(house: &House) -> Vec<&'static str> {
    let ledger = house.get(&format!("{MEMBER}/ledger?from=2025-03-01&to=2025-06-30")).await;
    check("ledger", &ledger, 200, "");
    let page = ledger.json();
    sums(&page["whole"]);
    let days = page["days"].as_array().unwrap();
    assert!(days.len() > 20, "{page}");
    let mut sum = 0;
    for day in days {
        sums(&day["ledger"]);
        sum += points(&day["ledger"]["after"]) - points(&day["ledger"]["before"]);
    }
    assert_eq!(sum, points(&page["whole"]["after"]) - points(&page["whole"]["before"]));
    assert!(sum < -1_000, "whoever stops coming loses health: {page}");
    let bought = days.iter().flat_map(|day| day["ledger"]["changes"].as_array().unwrap());
    let named = bought.flat_map(|change| change["facts"].as_array().unwrap()).next().unwrap().clone();
    check("ledger", &house.get(&format!("{MEMBER}/ledger?from=2025-06-01&to=2025-05-01")).await, 400, "bad_period");

    let touched = house.get(&format!("{MEMBER}/ledger/facts/{}", named["id"].as_str().unwrap())).await;
    check("fact", &touched, 200, "");
    let touched = touched.json();
    assert_eq!(touched["fact"], named);
    let ids: Vec<&str> =
        touched["indicators"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"orders_180d") && !ids.contains(&"tickets_30d"), "{touched}");
    check("fact", &house.get(&format!("{MEMBER}/ledger/facts/999999999")).await, 404, "not_found");

    let proof = house.get(&format!("{MEMBER}/proof")).await;
    check("proof", &proof, 200, "");
    assert_eq!(proof.json()["scorecard"], "ecommerce");
    check("proof", &house.get("/api/customers/nobody/proof").await, 404, "not_found");

    let said = |value: f64, until: &str| json!({"value": value, "reason": "电话里说下月回来", "until": until});
    let uri = format!("{MEMBER}/judgements");
    let word = house.ask(Method::POST, &uri, Some(said(75.0, "2025-08-01"))).await;
    check("judge", &word, 201, "");
    assert_eq!((&word.json()["stands"], &word.json()["author"]), (&json!(true), &json!("赵敏")));
    check("judge", &house.ask(Method::POST, &uri, Some(said(75.0, "2025-06-01"))).await, 400, "bad_until");
    check("judge", &house.ask(Method::POST, &uri, Some(said(175.0, "2025-08-01"))).await, 400, "bad_health");
    assert_eq!(house.get(MEMBER).await.json()["judgements"][0], word.json());
    let uri = format!("{uri}/{}", word.json()["id"]);
    let taken = house.ask(Method::DELETE, &uri, None).await;
    check("withdraw", &taken, 200, "");
    assert_eq!(taken.json()["stands"], json!(false));
    check("withdraw", &house.ask(Method::DELETE, &uri, None).await, 409, "already_withdrawn");
    vec![
        "GET /api/customers/{id}/ledger",
        "GET /api/customers/{id}/ledger/facts/{fact}",
        "GET /api/customers/{id}/proof",
        "POST /api/customers/{id}/judgements",
        "DELETE /api/customers/{id}/judgements/{judgement}",
    ]
}
