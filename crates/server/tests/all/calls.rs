//! The paths at which events come in, as the description of the API lists them: a welcome and a refusal each.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::house::{Answer, House, request};

async fn source(house: &House, kind: &str) -> String {
    let new = json!({"name": format!("called {kind}"), "kind": kind});
    house.ask(Method::POST, "/api/sources", Some(new)).await.json()["key"].as_str().unwrap().to_owned()
}

async fn posted(house: &House, uri: &str, body: String) -> Answer {
    let request = request(Method::POST, uri).header(header::CONTENT_TYPE, "application/json");
    house.send(request.body(Body::from(body)).unwrap()).await
}

/// What a refused client reads: `success`, a code, and words.
fn refusal(answer: &Answer, status: u16, code: &str) {
    let told = answer.json();
    assert_eq!((answer.status.as_u16(), &told["success"]), (status, &json!(false)), "{}", answer.text());
    assert_eq!(told["error"]["code"], code, "{told}");
    assert!(told["error"]["message_zh"].as_str().is_some_and(|words| !words.is_empty()));
}

/// One welcome and one refusal of each path; their names.
pub(crate) async fn every_path(house: &House) -> Vec<String> {
    let mut names = segment(house).await;
    names.extend(sensors(house).await);
    names
}

async fn segment(house: &House) -> Vec<String> {
    let key = source(house, "segment").await;
    let said = [
        ("identify", json!({"userId": "U1", "traits": {"name": "王敏"}})),
        ("track", json!({"userId": "U1", "event": "Report Exported"})),
        ("page", json!({"userId": "U1", "name": "Pricing"})),
        ("screen", json!({"userId": "U1", "name": "Pricing"})),
        ("group", json!({"userId": "U1", "groupId": "M/01"})),
        ("alias", json!({"previousId": "anon-1", "userId": "U1"})),
        ("batch", json!({"batch": [{"type": "track", "userId": "U1", "event": "A"}]})),
        (
            "import",
            json!({"batch": [{"type": "track", "userId": "U1", "event": "B", "timestamp": "2025-05-01T00:00:00Z"}]}),
        ),
    ];
    let mut names = Vec::new();
    for (call, mut message) in said {
        let uri = format!("/v1/{call}");
        refusal(&posted(house, &uri, message.to_string()).await, 401, "unknown_key");
        refusal(&posted(house, &uri, "{".to_owned()).await, 400, "not_json");
        message["writeKey"] = json!(key);
        let answer = posted(house, &uri, message.to_string()).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, "{\"success\":true}".to_owned()), "{call}");
        names.push(format!("POST {uri}"));
    }
    let settings = house.get(&format!("/v1/projects/{key}/settings")).await;
    assert_eq!(settings.json()["integrations"]["Segment.io"]["apiKey"], json!(key));
    refusal(&house.get("/v1/projects/nobody/settings").await, 401, "unknown_key");
    names.push("GET /v1/projects/{key}/settings".to_owned());
    names
}

async fn sensors(house: &House) -> Vec<String> {
    let key = source(house, "sensors").await;
    let record: Value =
        json!({"type": "track", "distinct_id": "U1", "event": "A", "time": 1_746_000_000_000_i64, "properties": {}});
    for path in ["/sa", "/sa.gif", "/debug"] {
        let answer = posted(house, &format!("{path}?token={key}"), record.to_string()).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, String::new()), "{path}");
        refusal(&posted(house, path, record.to_string()).await, 401, "unknown_key");
    }
    // Base64 with what addresses want written otherwise.
    let data = STANDARD.encode(record.to_string()).replace('+', "%2B").replace('=', "%3D");
    for path in ["/sa", "/sa.gif"] {
        let answer = house.get(&format!("{path}?token={key}&data={data}")).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "image/gif"), "{path}");
        refusal(&house.get(&format!("{path}?token={key}&data=%21")).await, 400, "not_json");
    }
    ["POST /sa", "GET /sa", "POST /sa.gif", "GET /sa.gif", "POST /debug"].map(str::to_owned).to_vec()
}
