//! Webhooks in: who cannot sign is refused and nothing is kept; what is signed is on disk once; customers under several
//! keys are merged and parted by people.

use app::{ImportPlan, ImportSpec};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};
use vocab::Zone;

use crate::house::{Answer, House, now, request};

const JDY_BODY: &str = r#"{"op":"data_create","data":{"_id":"r1","no":"M/01","amount":88,"createTime":"2025-06-29T02:00:00.000Z","updateTime":"2025-06-29T02:00:00.000Z"}}"#;
const JDY_SIGNATURE: &str = "fc1041edb159f1af3e1ceb268a456347085bb6fb";
const WEB_BODY: &str = r#"{"order":{"no":"W-1","who":"M/01","at":"2025-06-29 18:00","total":"66.5"}}"#;
const WEB_SIGNATURE: &str = "d938897130a369639fd8763b4616ff3d5fb2555dcf797b21a838fdd767f3f4e6";
const ECHO: &str = "K0dY0h1niwqWajgg4RlhheACJ2os9MCiQsRlgQDHMI7hkjbXOg9S4TgUvWc0OkSFj7y4xdAbBeFkfWXTB5unow%3D%3D";
const ECHO_SIGNATURE: &str = "de409aeede3d85fa0d74f0a9846f8e5439092f09";
const SEALED: &str = "K0dY0h1niwqWajgg4Rlhhbh5qM38TwfCjY5cXIZaE0LZd+4OJXuJDn9dwkKu8EhjRzSKIpfJ1vKFLtwEAvPliXnrcGYN9A4pZsIZun1e/HFICC2hljdECstFQdJnFAVTj+j9GcE6pcBxoYQNw1qVmwpusZQ9XZTeBqIety0jUJfPe79phEA6ETfP8P21Mw3LuhYLf4nvWrohSynV+AA1gMbfHU1hFTHSwasirIT4wnEtm+BfHHuE0a6ipx9jyynhEMwfDn96ebcjKU0fuTKM6pp4YjlLgoBKK/HgySPWPPE=";
const SEALED_SIGNATURE: &str = "f9fd9fa594bc35733e087965db72d47d5ec46158";

fn web_mapping() -> Value {
    json!({ "rows": "$.order", "facts": [{ "kind": "order", "name": "Order Completed", "id": "$.no",
        "customer": "$.who", "occurred_at": "$.at", "value": "$.total" }] })
}

async fn add(house: &House, source: Value) -> (i64, String) {
    let added = house.ask(Method::POST, "/api/sources", Some(source)).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
    let added = added.json();
    (added["id"].as_i64().unwrap(), added["key"].as_str().unwrap().to_owned())
}

async fn webhook(house: &House) -> (i64, String) {
    let settings = json!({ "signature": { "scheme": "hmac", "header": "X-Signature", "prefix": "sha256=" },
        "delivery_id_header": "X-Delivery", "mapping": web_mapping() });
    add(
        house,
        json!({ "name": "小程序", "kind": "webhook", "settings": settings, "secrets": { "secret": "web-secret" } }),
    )
    .await
}

async fn push(house: &House, uri: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = request(Method::POST, uri).header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    house.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

fn counted(answer: &Answer) -> [i64; 4] {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let json = answer.json();
    ["received", "accepted", "duplicates", "held"].map(|name| json[name].as_i64().unwrap())
}

/// One welcome and one refusal of each route; the names of the routes.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let (id, key) = webhook(house).await;
    let uri = format!("/in/{key}");
    let signature = format!("sha256={WEB_SIGNATURE}");
    let signed = push(house, &uri, &[("X-Signature", &signature)], WEB_BODY).await;
    assert_eq!(counted(&signed), [1, 1, 0, 0]);
    assert_eq!(push(house, &uri, &[], WEB_BODY).await.code(), "unsigned");
    let counts = house.get(&format!("/api/sources/{id}/deliveries")).await.json();
    assert_eq!((&counts["deliveries"], &counts["refused"]), (&json!(1), &json!(1)));
    assert_eq!(house.get("/api/sources/999/deliveries").await.code(), "not_found");

    let body: Value = serde_json::from_str(WEB_BODY).unwrap();
    let asked = |mapping: Value| Some(json!({ "kind": "webhook", "mapping": mapping, "body": body.clone() }));
    let shown = house.ask(Method::POST, "/api/hooks/preview", asked(web_mapping())).await.json();
    assert_eq!((&shown["facts"][0]["value"], &shown["findings"]), (&json!(66.5), &json!([])));
    let bad = house.ask(Method::POST, "/api/hooks/preview", asked(json!({}))).await;
    assert_eq!(bad.code(), "bad_mapping");

    jiandaoyun(house).await;
    wecom(house).await;
    identity(house).await;
    quality(house).await;
    let names = [
        "POST /in/{key}",
        "POST /in/jiandaoyun/{key}",
        "GET /in/wecom/{key}",
        "POST /in/wecom/{key}",
        "GET /api/sources/{id}/deliveries",
        "POST /api/hooks/preview",
        "GET /api/customers/{id}/identity",
        "GET /api/identity/conflicts",
        "POST /api/identity/conflicts/{id}",
        "POST /api/identity/merge",
        "POST /api/identity/unmerge",
        "GET /api/quality",
        "POST /api/quality/alerts/{id}/dismiss",
    ];
    names.map(str::to_owned).to_vec()
}

async fn jiandaoyun(house: &House) {
    let mapping = json!({ "facts": [{ "kind": "payment", "name": "Payment Received", "customer": "$.no", "value": "$.amount" }] });
    let source = json!({ "name": "简道云", "kind": "jiandaoyun", "settings": { "mapping": mapping }, "secrets": { "secret": "jdy-secret" } });
    let (_, key) = add(house, source).await;
    let uri = format!("/in/jiandaoyun/{key}?nonce=n1&timestamp=1751256000");
    let headers = [("X-JDY-Signature", JDY_SIGNATURE), ("X-JDY-DeliverId", "d-1")];
    assert_eq!(counted(&push(house, &uri, &headers, JDY_BODY).await), [1, 1, 0, 0]);
    assert_eq!(counted(&push(house, &uri, &headers, JDY_BODY).await), [1, 0, 1, 0], "sent again it adds nothing");
    let forged = push(house, &uri, &headers, &JDY_BODY.replace("88", "880")).await;
    assert_eq!((forged.status, forged.code().as_str()), (StatusCode::UNAUTHORIZED, "bad_signature"));
    // The key of one door opens no other.
    assert_eq!(push(house, &format!("/in/{key}"), &headers, JDY_BODY).await.code(), "not_found");
}

async fn wecom(house: &House) {
    let secrets = json!({ "token": "tok", "encoding_aes_key": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C" });
    let source =
        json!({ "name": "企业微信", "kind": "wecom", "settings": { "corp_id": "wwcorp1" }, "secrets": secrets });
    let (_, key) = add(house, source).await;
    let of = |signature: &str| format!("/in/wecom/{key}?timestamp=1751256000&nonce=n1&msg_signature={signature}");
    let checked = house
        .send(request(Method::GET, &format!("{}&echostr={ECHO}", of(ECHO_SIGNATURE))).body(Body::empty()).unwrap())
        .await;
    assert_eq!((checked.status, checked.text().as_str()), (StatusCode::OK, "echo-me"));
    let forged =
        house.send(request(Method::GET, &format!("{}&echostr={ECHO}", of("00"))).body(Body::empty()).unwrap()).await;
    assert_eq!(forged.code(), "bad_signature");

    let envelope = format!("<xml><ToUserName>wwcorp1</ToUserName><Encrypt><![CDATA[{SEALED}]]></Encrypt></xml>");
    let taken = push(house, &of(SEALED_SIGNATURE), &[], &envelope).await;
    assert_eq!((taken.status, taken.text().as_str()), (StatusCode::OK, ""));
    assert_eq!(push(house, &of(ECHO_SIGNATURE), &[], &envelope).await.code(), "bad_signature");
    let lost = house.get("/api/customers/wecom:wmABC/timeline").await.json();
    assert_eq!(lost["rows"][0]["name"], "Contact Left", "{lost}");
    assert_eq!(lost["rows"][0]["properties"]["by"], "customer", "{lost}");
}

async fn identity(house: &House) {
    let keys = house.get("/api/customers/M%2F01/identity").await.json();
    assert_eq!(
        (&keys["customer_id"], &keys["keys"][1]["key"]),
        (&json!("M/01"), &json!("phone:138****8001")),
        "{keys}"
    );
    assert_eq!(house.get("/api/customers/nobody/identity").await.code(), "not_found");

    let merge = |customer: &str, into: &str| Some(json!({ "customer": customer, "into": into }));
    let merged = house.ask(Method::POST, "/api/identity/merge", merge("wecom:wmABC", "M/01")).await;
    assert_eq!(merged.status, StatusCode::OK, "{}", merged.text());
    assert_eq!(merged.json()["keys"][1]["key"], "wecom:wmABC");
    let again = house.ask(Method::POST, "/api/identity/merge", merge("wecom:wmABC", "M/01")).await;
    assert_eq!(again.code(), "already_merged");
    let together = house.get("/api/customers/M%2F01/timeline?kind=contact_change").await.json();
    assert_eq!(together["rows"][0]["name"], "Contact Left", "{together}");
    let before = house.get("/api/customers/M%2F01/identity?as_of=2025-06-30").await.json();
    assert_eq!(before["keys"].as_array().unwrap().len(), 2, "before the merge they are two: {before}");

    let part = |key: &str| Some(json!({ "key": key }));
    let parted = house.ask(Method::POST, "/api/identity/unmerge", part("wecom:wmABC")).await;
    assert_eq!(parted.status, StatusCode::OK, "{}", parted.text());
    let names: Vec<&str> = parted.json()["history"].as_array().unwrap().iter().map(|_| "row").collect();
    assert_eq!(names.len(), 2, "{}", parted.text());
    assert_eq!(house.ask(Method::POST, "/api/identity/unmerge", part("wecom:wmABC")).await.code(), "not_merged");

    let mapping = json!({ "facts": [{ "kind": "trait", "customer": "$.id", "properties": { "phone": "$.phone" } }] });
    let (_, key) =
        add(house, json!({ "name": "会员系统", "kind": "webhook", "settings": { "mapping": mapping } })).await;
    let told = json!({ "id": "M/15", "phone": "+86 138-0013-8016" }).to_string();
    assert_eq!(counted(&push(house, &format!("/in/{key}"), &[], &told).await), [1, 1, 0, 0]);
    house.app.run_cycle(house.app.last_midnight(now()), now()).await.unwrap();
    let list = house.get("/api/identity/conflicts").await.json();
    let conflict = list["items"].get(0).unwrap_or_else(|| panic!("nothing to decide: {list}")).clone();
    let uri = format!("/api/identity/conflicts/{}", conflict["id"]);
    let decision = |action: &str| Some(json!({ "action": action, "version": conflict["version"] }));
    assert_eq!(house.ask(Method::POST, &uri, decision("guess")).await.code(), "bad_word");
    let decided = house.ask(Method::POST, &uri, decision("apart")).await;
    assert_eq!(decided.json()["state"], "apart", "{}", decided.text());
    assert_eq!(house.ask(Method::POST, &uri, decision("apart")).await.code(), "version_conflict");
    assert_eq!(house.get("/api/identity/conflicts?state=soon").await.code(), "bad_word");
}

/// An app that told of thirty visits a day for six weeks, and then of none.
async fn quality(house: &House) {
    let mut text = "客户编号,事件名称,事件时间\n".to_owned();
    for day in 10..52 {
        let on = Zone::default().date(now().plus_days(-day));
        (0..30).for_each(|at| text.push_str(&format!("M/{:02},浏览,{on} 10:{at:02}:00\n", at % 12 + 1)));
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("visits.csv");
    std::fs::write(&file, text).unwrap();
    let plan = ImportPlan { source: Some("app".to_owned()), zone: Zone::default(), ..ImportPlan::default() };
    let spec = ImportSpec { plan, mapping: None, rejects: None, dry_run: false };
    house.app.import_file(&file, &spec, now(), &mut |_| {}).await.unwrap();
    // Sources are never judged for a moment before the last one: another route may have asked for a cycle of now.
    house.app.run_cycle(vocab::AsOf(now()), now()).await.unwrap();
    let page = house.get("/api/quality").await.json();
    let alert = page["alerts"].as_array().unwrap().iter().find(|alert| alert["sort"] == "silent");
    let alert = alert.unwrap_or_else(|| panic!("nobody missed the app: {page}"));
    assert_eq!((&alert["source"], &alert["severity"]), (&json!("app"), &json!("urgent")));
    assert_eq!(house.get("/api/quality?as_of=soon").await.code(), "bad_moment");
    let uri = format!("/api/quality/alerts/{}/dismiss", alert["id"]);
    let dismissed = house.ask(Method::POST, &uri, None).await;
    assert_eq!(dismissed.json()["state"], "dismissed", "{}", dismissed.text());
    assert_eq!(house.ask(Method::POST, &uri, None).await.code(), "version_conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_leaves_nothing_and_what_cannot_be_read_is_held() {
    let house = House::open().await;
    let (id, key) = webhook(&house).await;
    let uri = format!("/in/{key}");
    let facts = house.get("/api/data").await.json()["facts"].clone();
    for (header, body) in [("sha256=00", WEB_BODY), (WEB_SIGNATURE, WEB_BODY), ("", "{}")] {
        let answer = push(&house, &uri, &[("X-Signature", header)], body).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text());
    }
    assert_eq!(house.get("/api/data").await.json()["facts"], facts);
    // Signed, and no JSON: HMAC-SHA-256 of `{` under the secret.
    let signature = "sha256=".to_owned() + SIGNED_BRACE;
    let held = push(&house, &uri, &[("X-Signature", &signature)], "{").await;
    assert_eq!(counted(&held), [1, 0, 0, 1]);
    assert_eq!(counted(&push(&house, &uri, &[("X-Signature", &signature)], "{").await)[3], 0, "held once");
    let counts = house.get(&format!("/api/sources/{id}/deliveries")).await.json();
    assert_eq!((&counts["refused"], &counts["held"]), (&json!(3), &json!(1)));
    for text in [held.text(), counts.to_string(), house.get(&format!("/api/sources/{id}")).await.text()] {
        assert!(!text.contains("web-secret"), "{text}");
    }
}

const SIGNED_BRACE: &str = "c21328753eaca1cc92f23a08c50e92f3c4825f1eaf79e43ec8a7341878d63c0e";
