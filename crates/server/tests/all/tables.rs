//! The tables of pages as workbooks: every one is tried, and leaves to whoever may see its page.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::house::{House, request};
use crate::scope::{person, token};

/// The names of the files, as the description lists them.
fn files() -> Vec<String> {
    let document = server::openapi::document();
    let asked = &document["paths"]["/api/exports/{table}"]["get"]["parameters"];
    let table = asked.as_array().unwrap().iter().find(|one| one["name"] == "table").unwrap();
    serde_json::from_value(table["schema"]["enum"].clone()).unwrap()
}

/// The address at which a table is there to be tried; of one thing, with an id.
fn address(file: &str, customer: &str) -> String {
    let query = match file.trim_end_matches(".xlsx") {
        "customer-indicators" => format!("?id={customer}"),
        "backtest" | "backtest-bands" | "backtest-parts" | "model-figures" | "model-months" | "runs" | "sheet" => {
            "?id=1".to_owned()
        }
        "budget" => "?people=2&cases=5".to_owned(),
        "churn-windows" => "?of=no_order_180d&window_days=60".to_owned(),
        "comparison" => "?left=order_gap_max_365d&right=orders_90d".to_owned(),
        "conflicts" | "promises" => "?state=all".to_owned(),
        "line-leavers" => "?line=tea&month=2025-06".to_owned(),
        "review-rules" => "?week=2025-06-30".to_owned(),
        _ => String::new(),
    };
    format!("/api/exports/{file}{query}")
}

/// Every table, now and in the past.
pub(crate) fn tries(customer: &str) -> Vec<(String, Option<Value>)> {
    let both = |file: String| {
        let present = address(&file, customer);
        let past = format!("{present}{}as_of=2025-05-01", if present.contains('?') { '&' } else { '?' });
        [(present, None), (past, None)]
    };
    files().into_iter().flat_map(both).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_leaves_as_a_workbook_and_each_time_it_is_recorded() {
    let house = House::open().await;
    let mut not_there: BTreeMap<String, String> = BTreeMap::new();
    let mut left = 0;
    for file in files() {
        let answer = house.get(&address(&file, "M%2F13")).await;
        if answer.status == StatusCode::OK {
            left += 1;
            assert!(answer.body.starts_with(b"PK"), "{file}");
            assert!(answer.header("content-disposition").contains(".xlsx"), "{file}");
        } else {
            not_there.insert(file, answer.code());
        }
    }
    // Nothing was replayed, learnt, fetched or brought back here, no product lines are told apart, and the pool is closed.
    let nothing = [
        "backtest",
        "backtest-bands",
        "backtest-parts",
        "line-leavers",
        "lookback",
        "model-figures",
        "model-months",
        "runs",
        "sheet",
    ];
    let mut expected: BTreeMap<String, String> =
        nothing.map(|name| (format!("{name}.xlsx"), "not_found".to_owned())).into();
    expected.insert("pool.xlsx".to_owned(), "pool_closed".to_owned());
    assert_eq!(not_there, expected);
    let recorded = house.get("/api/audit?sort=export&limit=1").await.json();
    assert_eq!(recorded["total"], left, "{recorded}");
    for (wrong, code) in [
        ("customer-indicators.xlsx", "bad_query"),
        ("model-figures.xlsx?id=first", "bad_query"),
        ("conflicts.xlsx?state=luck", "bad_word"),
        ("churn-bands.xlsx?as_of=soon", "bad_moment"),
    ] {
        let answer = house.get(&format!("/api/exports/{wrong}")).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, code.to_owned()), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_leaves_to_whoever_may_export_and_see_its_page() {
    let house = House::open().await;
    // Of each role a table that it has and one that it has not.
    let roles = [
        ("owner", "promises.xlsx", "quality.xlsx"),
        ("analyst", "quality.xlsx", "staff.xlsx"),
        ("manager", "scorecards.xlsx", "budget.xlsx?people=2&cases=5"),
    ];
    for (role, has, has_not) in roles {
        person(&house, role, role, (role == "owner").then_some("王芳")).await;
        let token = token(&house, role).await;
        assert_eq!(status(&house, &token, has).await, StatusCode::OK, "{role} {has}");
        assert_eq!(status(&house, &token, has_not).await, StatusCode::FORBIDDEN, "{role} {has_not}");
    }
    for role in ["service", "readonly"] {
        person(&house, role, role, None).await;
        let token = token(&house, role).await;
        assert_eq!(status(&house, &token, "segments.xlsx").await, StatusCode::FORBIDDEN, "{role} exports nothing");
    }
    assert_eq!(
        house.ask(Method::POST, "/api/exports/segments.xlsx", Some(json!({}))).await.code(),
        "method_not_allowed"
    );
}

async fn status(house: &House, token: &str, file: &str) -> StatusCode {
    let asked =
        request(Method::GET, &format!("/api/exports/{file}")).header(header::AUTHORIZATION, format!("Bearer {token}"));
    house.send(asked.body(axum::body::Body::empty()).unwrap()).await.status
}
