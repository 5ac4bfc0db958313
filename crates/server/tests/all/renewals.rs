//! Contracts that come to their end, over HTTP.

use app::{ImportPlan, ImportSpec};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use vocab::Zone;

use crate::house::{House, now};

/// M/01 renews for more, M/02 does not renew, M/03 renews for less under another number, M/13's is due in two weeks, M/14
/// pays month by month.
const CONTRACTS: &str = "合同编号,客户编号,签订日期,合同开始日期,合同到期日,合同金额\n\
    H01,M/01,2024-04-25,2024-05-01,2025-04-30,10000\n\
    H01,M/01,2025-04-20,2025-05-01,2026-04-30,12000\n\
    H02,M/02,2024-03-25,2024-04-01,2025-03-31,8000\n\
    H03,M/03,2024-06-10,2024-06-15,2025-06-14,9000\n\
    H93,M/03,2025-06-10,2025-06-15,2026-06-14,6000\n\
    H13,M/13,2024-07-10,2024-07-15,2025-07-14,12000\n\
    H14,M/14,2025-06-05,2025-06-06,2025-07-05,500\n";
const DUE: &str = "/api/customers/M%2F13/renewals/2025-07-14";

/// The shop with these contracts.
async fn house() -> House {
    let house = House::open().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("contracts.csv");
    std::fs::write(&file, CONTRACTS).unwrap();
    let kind = Some("contracts".parse().unwrap());
    let plan = ImportPlan { kind, zone: Zone::default(), ..ImportPlan::default() };
    let spec = ImportSpec { plan, mapping: None, rejects: None, dry_run: false };
    house.app.import_file(&file, &spec, now(), &mut |_| {}).await.unwrap();
    house.app.run_cycle(house.app.last_midnight(now()), now()).await.unwrap();
    house
}

async fn refused(house: &House, uri: &str, body: Value, status: u16, code: &str) -> String {
    let answer = house.ask(Method::POST, uri, Some(body)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{uri}: {}", answer.text());
    answer.text()
}

async fn said(house: &House, uri: &str, body: Value) -> Value {
    let answer = house.ask(Method::POST, uri, Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{uri}: {}", answer.text());
    answer.json()
}

/// Of H13.
fn say(version: i64, what: &str, rest: Value) -> Value {
    let mut body = json!({"contract": "H13", "version": version, "what": what});
    body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    body
}

/// Read, said, exported; each with a refusal.
pub(crate) async fn every_route() -> Vec<String> {
    let house = house().await;
    let list = house.get("/api/renewals").await.json();
    let due: Vec<&str> = list["rows"].as_array().unwrap().iter().map(|row| row["due_on"].as_str().unwrap()).collect();
    assert_eq!(due, ["2025-07-14", "2026-04-30", "2026-06-14"], "{list}");
    assert_eq!((&list["amount"], &list["rows"][0]["days_left"]), (&json!(30000.0), &json!(15)), "{list}");
    for wrong in ["state=luck", "judgement=perhaps", "month=May", "band=red", "stage=x", "cursor=x"] {
        let answer = house.get(&format!("/api/renewals?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let decided = house.get("/api/renewals?state=decided").await.json();
    let outcomes: Vec<&str> =
        decided["rows"].as_array().unwrap().iter().map(|row| row["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["shrunk", "lost", "renewed"], "what was decided last, first: {decided}");

    let months = house.get("/api/renewals/months").await.json();
    let month = |name: &str| {
        let found = months["months"].as_array().unwrap().iter().find(|month| month["month"] == name);
        found.unwrap_or_else(|| panic!("{name} is missing: {months}")).clone()
    };
    assert_eq!((&month("2025-04")["gross"], &month("2025-04")["net"]), (&json!(1.0), &json!(1.2)));
    assert_eq!((&month("2025-03")["lost"]["count"], &month("2025-03")["gross"]), (&json!(1), &json!(0.0)));
    assert_eq!(month("2025-06")["gross"], Value::Null, "its time of grace still runs");
    assert_eq!((&month("2025-07")["due"]["count"], &months["short_count"]), (&json!(1), &json!(1)), "{months}");
    assert_eq!(house.get("/api/renewals/months?as_of=soon").await.code(), "bad_moment");

    refused(&house, DUE, say(0, "judgement", json!({"says": "shrink"})), 400, "bad_amount").await;
    refused(&house, DUE, say(0, "judgement", json!({"says": "perhaps"})), 400, "bad_renewal_word").await;
    refused(&house, DUE, say(0, "feeling", json!({"says": "renew"})), 400, "bad_renewal_word").await;
    refused(&house, DUE, say(0, "outcome", json!({"says": "lost"})), 400, "bad_churn_reason").await;
    refused(&house, DUE, say(0, "next", json!({"note": "寄合同", "on": "2020-01-01"})), 400, "bad_day").await;
    refused(&house, "/api/customers/M%2F13/renewals/2025-07-15", say(0, "stage", json!({})), 404, "not_found").await;
    let first = say(0, "judgement", json!({"says": "shrink", "amount": 9000.0, "note": "回电 13912345678，预算砍了"}));
    let row = said(&house, DUE, first.clone()).await;
    assert_eq!((&row["version"], &row["judgement"]["amount"]), (&json!(1), &json!(9000.0)), "{row}");
    assert!(!row["judgement"]["note"].as_str().unwrap().contains("13912345678"), "numbers are masked: {row}");
    let faster = refused(&house, DUE, first, 409, "version_conflict").await;
    assert!(faster.contains("赵敏"), "who was faster is told: {faster}");
    let row = said(&house, DUE, say(1, "answer", json!({"says": "unsure"}))).await;
    assert_eq!((&row["judgement"]["says"], &row["answer"]["says"]), (&json!("shrink"), &json!("unsure")));
    let july = house.get("/api/renewals/months").await.json();
    let july = july["months"].as_array().unwrap().iter().find(|month| month["month"] == "2025-07").unwrap().clone();
    assert_eq!(july["promised"]["amount"], 9000.0, "{july}");
    assert_eq!(july["computed"]["count"], 0, "no band here has a record of ten: nothing is invented");
    assert_eq!(house.get("/api/renewals?judgement=shrink").await.json()["total"], 1);

    let lost = "/api/customers/M%2F02/renewals/2025-03-31";
    let against = json!({"contract": "H02", "version": 0, "what": "outcome", "says": "renewed"});
    refused(&house, lost, against, 409, "facts_decided").await;
    let why = json!({"contract": "H02", "version": 0, "what": "reason", "says": "price"});
    assert_eq!(said(&house, lost, why).await["churn_reason_name"]["zh"], "价格或合同问题");

    let own = house.get("/api/customers/M%2F13/renewals").await.json();
    assert_eq!((&own["next"]["due_on"], &own["steps"][0]["what"]), (&json!("2025-07-14"), &json!("answer")), "{own}");
    assert_eq!(house.get("/api/customers/nobody/renewals").await.code(), "not_found");
    let workbook = house.get("/api/exports/renewals.xlsx?lang=en").await;
    assert_eq!((workbook.status, &workbook.body[..2]), (StatusCode::OK, &b"PK"[..]));
    assert_eq!(house.get("/api/exports/renewals.xlsx?limit=x").await.code(), "bad_query");
    [
        "GET /api/renewals",
        "GET /api/renewals/months",
        "GET /api/customers/{id}/renewals",
        "POST /api/customers/{id}/renewals/{due_on}",
        "GET /api/exports/renewals.xlsx",
    ]
    .map(str::to_owned)
    .to_vec()
}
