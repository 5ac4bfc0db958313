//! Tables that come back, over HTTP.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::house::{Answer, House, request};

const UPLOAD: &str = "/api/sheets/uploads?file_name=back.csv";
const FILE: &str = "客户编号,负责人,添加标签,下次联系\nM/01,王芳,回访,2025-07-02\nM/02,查无此人,,\n";

async fn brought(house: &House, uri: &str, text: &str) -> Answer {
    let request = request(Method::POST, uri).header(header::COOKIE, &house.cookie).header("x-liuke", "1");
    house.send(request.body(Body::from(text.to_owned())).unwrap()).await
}

async fn compared(house: &House) -> Value {
    let answer = brought(house, UPLOAD, FILE).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

async fn applied(house: &House, id: &Value) -> Value {
    let uri = format!("/api/sheets/uploads/{}/apply", id.as_str().unwrap());
    let answer = house.ask(Method::POST, &uri, Some(json!({}))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

/// A file is brought back and applied.
pub(crate) async fn applied_file(house: &House, text: &str) {
    let told = brought(house, UPLOAD, text).await;
    let done = applied(house, &told.json()["upload_id"]).await;
    assert_eq!(done["sheet"]["cell_count"], 1, "{} {done}", told.text());
}

async fn owner(house: &House) -> Value {
    house.get("/api/customers/M%2F01").await.json()["row"]["owner"].clone()
}

/// Compared, applied once, listed, read and taken back; each with a refusal.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    assert_eq!(brought(house, "/api/sheets/uploads", FILE).await.code(), "bad_query");
    assert_eq!(brought(house, UPLOAD, "名称,负责人\n甲,王芳\n").await.code(), "no_id_column");
    let before = owner(house).await;
    let told = compared(house).await;
    assert_eq!((&told["change_count"], &told["rejected_count"]), (&json!(3), &json!(1)), "{told}");
    assert_eq!(told["cells"][3]["field"], "owner", "{told}");
    let done = applied(house, &told["upload_id"]).await;
    assert_eq!(done["sheet"]["cell_count"], 3, "{done}");
    assert_eq!(owner(house).await, "王芳");
    let again = compared(house).await;
    assert_eq!((&again["change_count"], &again["applied_before"]["id"]), (&json!(0), &done["sheet"]["id"]), "{again}");
    assert_eq!(applied(house, &again["upload_id"]).await["sheet"], Value::Null, "nothing is left to change");
    let gone = house.ask(Method::POST, "/api/sheets/uploads/x/apply", Some(json!({}))).await;
    assert_eq!(gone.code(), "not_found");

    let one = format!("/api/sheets/{}", done["sheet"]["id"]);
    assert_eq!(house.get("/api/sheets").await.json()[0]["id"], done["sheet"]["id"]);
    assert_eq!(house.get("/api/sheets?as_of=soon").await.code(), "bad_moment");
    assert_eq!(house.get(&one).await.json()["cells"].as_array().unwrap().len(), 3);
    assert_eq!(house.get("/api/sheets/999").await.code(), "not_found");
    let undo = format!("{one}/undo");
    let undone = house.ask(Method::POST, &undo, None).await;
    assert_eq!((undone.status, &undone.json()["undone_count"]), (StatusCode::OK, &json!(3)), "{}", undone.text());
    assert_eq!(owner(house).await, before);
    assert_eq!(house.ask(Method::POST, &undo, None).await.code(), "nothing_to_undo");
    let audit = house.get("/api/audit?sort=sheet").await.json();
    assert_eq!((&audit["total"], &audit["rows"][0]["what"]), (&json!(2), &json!("undone")), "{audit}");
    [
        "POST /api/sheets/uploads",
        "POST /api/sheets/uploads/{upload_id}/apply",
        "GET /api/sheets",
        "GET /api/sheets/{id}",
        "POST /api/sheets/{id}/undo",
    ]
    .map(str::to_owned)
    .to_vec()
}
