//! Events over HTTP: keys, sizes, origins, strictness; the inspector and the quarantine behind it.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::house::{Answer, House, PATIENCE, request};

/// A house with a source, and the key of it.
async fn with_source(kind: &str, settings: Value) -> (House, String) {
    let house = House::open().await;
    let new = json!({"name": kind, "kind": kind, "settings": settings});
    let added = house.ask(Method::POST, "/api/sources", Some(new)).await;
    let key = added.json()["key"].as_str().unwrap().to_owned();
    (house, key)
}

fn basic(key: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{key}:")))
}

fn call(path: &str, key: &str, body: impl Into<Body>) -> Request<Body> {
    request(Method::POST, path)
        .header(header::AUTHORIZATION, basic(key))
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap()
}

fn track(id: &str, customer: &str) -> Value {
    json!({"type": "track", "userId": customer, "event": "Report Exported", "messageId": id})
}

/// Names on a customer's timeline.
async fn timeline(house: &House, customer: &str) -> Vec<String> {
    let page = house.get(&format!("/api/customers/{customer}/timeline")).await.json();
    let rows = page["rows"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

fn fault(answer: &Answer) -> (u16, String, String) {
    let body = answer.json();
    let of = |name: &str| body["error"][name].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), of("code"), of("path"))
}

/// One welcome and one refusal of each route of the inspector; the names of the routes.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let new = json!({"name": "inspected", "kind": "segment"});
    let key = house.ask(Method::POST, "/api/sources", Some(new)).await.json()["key"].as_str().unwrap().to_owned();
    let batch =
        json!({"batch": [track("i-1", "M/01"), {"type": "track", "userId": "M/01"}, {"type": "wish", "userId": "u"}]});
    assert_eq!(house.send(call("/v1/batch", &key, batch.to_string())).await.status, StatusCode::OK);

    let recent = house.get("/api/intake/recent?source=inspected&limit=10").await.json();
    let outcomes: Vec<&str> =
        recent["items"].as_array().unwrap().iter().map(|row| row["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["held", "held", "accepted"]);
    assert_eq!(house.get("/api/intake/recent?outcome=luck").await.code(), "bad_query");
    assert_eq!(house.get("/api/intake/live?outcome=luck").await.code(), "bad_query");

    let held = house.get("/api/quarantine?source=inspected&limit=1").await.json();
    assert_eq!(held["items"][0]["fault_code"], "unknown_type");
    let next = held["next"].as_str().unwrap();
    let held = house.get(&format!("/api/quarantine?source=inspected&after={next}")).await.json()["items"].clone();
    assert_eq!((&held[0]["fault_code"], &held[0]["fault_path"]), (&json!("missing_event"), &json!("$.batch[1].event")));
    assert_eq!(house.get("/api/quarantine?after=soon").await.code(), "bad_query");

    let uri = format!("/api/quarantine/{}/replay", held[0]["number"]);
    let still = house.ask(Method::POST, &uri, Some(json!({}))).await.json();
    assert_eq!((&still["outcome"], &still["fault_code"]), (&json!("held"), &json!("missing_event")));
    let mended = json!({"body": json!({"type": "track", "userId": "M/01", "event": "Mended"}).to_string()});
    assert_eq!(house.ask(Method::POST, &uri, Some(mended.clone())).await.json()["outcome"], "accepted");
    assert_eq!(house.ask(Method::POST, &uri, Some(mended)).await.code(), "not_found");
    assert!(timeline(house, "M%2F01").await.contains(&"Mended".to_owned()));

    let rest = json!({"numbers": [next.parse::<u64>().unwrap(), 999_999_999u64]});
    let many = house.ask(Method::POST, "/api/quarantine/replay", Some(rest.clone())).await.json();
    assert_eq!(many, json!({"replayed": 0, "held": 1, "missing": 1}));
    assert_eq!(
        house.ask(Method::POST, "/api/quarantine/replay", Some(json!({"numbers": []}))).await.code(),
        "bad_numbers"
    );
    assert_eq!(house.ask(Method::POST, "/api/quarantine/discard", Some(rest)).await.json(), json!({"discarded": 1}));
    assert_eq!(house.ask(Method::POST, "/api/quarantine/discard", Some(json!({}))).await.code(), "bad_body");
    let names = [
        "GET /api/intake/live",
        "GET /api/intake/recent",
        "GET /api/quarantine",
        "POST /api/quarantine/{number}/replay",
        "POST /api/quarantine/replay",
        "POST /api/quarantine/discard",
    ];
    names.map(str::to_owned).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_on_its_customers_timeline_when_it_is_answered() {
    let (house, key) = with_source("segment", json!({})).await;
    let answer = house
        .send(call("/v1/batch", &key, json!({"batch": [track("1", "M/13"), track("2", "NEW")]}).to_string()))
        .await;
    assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, "{\"success\":true}"));
    assert_eq!(timeline(&house, "NEW").await, ["Report Exported"]);
    assert!(timeline(&house, "M%2F13").await.contains(&"Report Exported".to_owned()));
    let source = house.get("/api/sources").await.json()["items"][0].clone();
    assert_eq!((&source["health"]["received"], &source["facts"]), (&json!(2), &json!(2)), "{source}");
    assert_eq!(source["health"]["per_minute"].as_array().unwrap().last(), Some(&json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_may_stand_in_a_header_or_in_the_body_and_must_be_known() {
    let (house, key) = with_source("segment", json!({})).await;
    let body = |id: &str| json!({"userId": "u", "event": "A", "messageId": id, "writeKey": key}).to_string();
    let plain =
        request(Method::POST, "/v1/t").header(header::CONTENT_TYPE, "text/plain").body(Body::from(body("1"))).unwrap();
    assert_eq!(house.send(plain).await.status, StatusCode::OK, "in the body, as text/plain");
    let bearer = request(Method::POST, "/v1/track").header(header::AUTHORIZATION, format!("Bearer {key}"));
    let keyless = json!({"userId": "u", "event": "A", "messageId": "2"}).to_string();
    assert_eq!(house.send(bearer.body(Body::from(keyless.clone())).unwrap()).await.status, StatusCode::OK);
    let oauth = request(Method::POST, "/v1/track").header(header::AUTHORIZATION, "Bearer some.other.token");
    assert_eq!(house.send(oauth.body(Body::from(body("3"))).unwrap()).await.status, StatusCode::OK);
    for request in [
        request(Method::POST, "/v1/track").body(Body::from(keyless.clone())).unwrap(),
        call("/v1/track", "no-such-key", keyless.clone()),
    ] {
        assert_eq!(fault(&house.send(request).await), (401, "unknown_key".into(), String::new()));
    }
    assert_eq!(timeline(&house, "u").await.len(), 1);
    assert_eq!(
        house.ask(Method::PATCH, "/api/sources/1", Some(json!({"is_enabled": false}))).await.status,
        StatusCode::OK
    );
    assert_eq!(fault(&house.send(call("/v1/track", &key, keyless)).await).1, "source_disabled");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_path_of_the_dialect_is_answered_and_no_other() {
    let (house, key) = with_source("segment", json!({})).await;
    let body =
        json!({"userId": "u", "anonymousId": "a", "event": "A", "groupId": "g", "previousId": "p", "traits": {}});
    let paths = ["identify", "track", "page", "screen", "group", "alias", "i", "t", "p", "s", "g", "a"];
    for path in paths {
        let answer = house.send(call(&format!("/v1/{path}"), &key, body.to_string())).await;
        assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, "{\"success\":true}"), "{path}");
    }
    for path in ["batch", "import", "b"] {
        let batch = json!({"batch": [track(path, "u")]}).to_string();
        assert_eq!(house.send(call(&format!("/v1/{path}"), &key, batch)).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(house.send(call("/v1/m", &key, "{\"series\":[]}")).await.status, StatusCode::OK);
    assert_eq!(house.send(call("/v1/wish", &key, "{}")).await.code(), "not_found");
    let held = house.get("/api/quarantine").await.json();
    assert_eq!(held["items"], json!([]));
    let settings = house.get(&format!("/v1/projects/{key}/settings")).await.json();
    assert_eq!(settings["integrations"]["Segment.io"]["apiHost"], "localhost:7070/v1");
    assert_eq!(house.get("/v1/projects/x/settings").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_origin_may_send_and_no_cookie_counts() {
    let (house, key) = with_source("segment", json!({})).await;
    let foreign = |method: Method| {
        request(method, "/v1/t").header(header::ORIGIN, "https://shop.example.cn").header(header::COOKIE, &house.cookie)
    };
    let asked = foreign(Method::OPTIONS).header("access-control-request-headers", "content-type").body(Body::empty());
    let preflight = house.send(asked.unwrap()).await;
    assert_eq!(preflight.status, StatusCode::NO_CONTENT);
    for (name, value) in [
        ("access-control-allow-origin", "https://shop.example.cn"),
        ("access-control-allow-headers", "content-type"),
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        assert_eq!(preflight.header(name), value, "{name}");
    }
    let body = json!({"userId": "u", "event": "A", "writeKey": key}).to_string();
    let sent = house.send(foreign(Method::POST).body(Body::from(body.clone())).unwrap()).await;
    assert_eq!((sent.status, sent.header("access-control-allow-origin")), (StatusCode::OK, "https://shop.example.cn"));
    let by_name = Request::builder().method("POST").uri("/v1/t").header(header::HOST, "events.example.cn");
    assert_eq!(house.send(by_name.body(Body::from(body)).unwrap()).await.status, StatusCode::OK, "by any name");
    let api = request(Method::POST, "/api/sources").header(header::ORIGIN, "https://shop.example.cn");
    let forged = api.header(header::COOKIE, &house.cookie).body(Body::from("{}")).unwrap();
    assert_eq!(house.send(forged).await.code(), "forged_request", "but only there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_call_is_taken_whole_or_not_at_all() {
    let (house, key) = with_source("segment", json!({})).await;
    let batch = json!({"batch": [track("1", "u"), {"type": "track", "userId": "u", "messageId": "2"}]}).to_string();
    let mut strict = call("/v1/batch", &key, batch.clone());
    strict.headers_mut().insert("x-strict-mode", "1".parse().unwrap());
    let refused = (400, "missing_event".to_owned(), "$.batch[1].event".to_owned());
    assert_eq!(fault(&house.send(strict).await), refused);
    house.ask(Method::PATCH, "/api/sources/1", Some(json!({"is_strict": true}))).await;
    assert_eq!(fault(&house.send(call("/v1/batch", &key, batch.clone())).await), refused);
    assert_eq!(house.get("/api/customers/u/timeline").await.code(), "not_found", "nothing was taken");
    assert_eq!(house.get("/api/quarantine").await.json()["items"], json!([]));
    house.ask(Method::PATCH, "/api/sources/1", Some(json!({"is_strict": false}))).await;
    assert_eq!(house.send(call("/v1/batch", &key, batch)).await.status, StatusCode::OK);
    let health = house.get("/api/sources").await.json()["items"][0]["health"].clone();
    let counts = ["received", "accepted", "held", "rejected"].map(|name| health[name].as_u64().unwrap());
    assert_eq!(counts, [6, 1, 1, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_no_json_is_refused_and_a_compressed_body_is_read() {
    use std::io::Write as _;
    let (house, key) = with_source("segment", json!({})).await;
    let large = json!({"userId": "u", "event": "A", "properties": {"x": "x".repeat(33 << 10)}}).to_string();
    assert_eq!(fault(&house.send(call("/v1/track", &key, large)).await).1, "too_large");
    let huge = "x".repeat(600 << 10);
    assert_eq!(fault(&house.send(call("/v1/batch", &key, huge)).await).1, "too_large");
    assert_eq!(fault(&house.send(call("/v1/track", &key, "{\"userId\"")).await).1, "not_json");
    let packed = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let gzip = |bytes: &[u8]| {
        let mut request = call("/v1/batch", &key, packed(bytes));
        request.headers_mut().insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
        request
    };
    let batch = json!({"batch": [track("1", "u")]}).to_string();
    assert_eq!(house.send(gzip(batch.as_bytes())).await.status, StatusCode::OK);
    assert_eq!(timeline(&house, "u").await.len(), 1);
    assert_eq!(fault(&house.send(gzip(&vec![b' '; 50 << 20])).await).1, "too_large", "a bomb");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_sends_too_much_is_asked_to_come_again_later() {
    let (house, key) = with_source("segment", json!({"calls_per_second": 3})).await;
    let send = async |id: u32| house.send(call("/v1/track", &key, track(&id.to_string(), "u").to_string())).await;
    for id in 0..3 {
        assert_eq!(send(id).await.status, StatusCode::OK);
    }
    let late = send(3).await;
    assert_eq!((late.status, late.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "1"));
}

/// The same batch, a thousand times, from eight clients at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_batch_a_thousand_times_from_eight_clients_is_stored_once() {
    let (house, key) = with_source("segment", json!({})).await;
    let messages: Vec<Value> = (0..20)
        .map(|n| json!({"type": "track", "userId": format!("u-{}", n % 4), "event": format!("E{n}"), "messageId": format!("m-{n}")}))
        .chain([json!({"type": "identify", "userId": "u-0", "messageId": "m-i", "traits": {"plan": "a"}})])
        .collect();
    let batch = json!({"batch": messages, "sentAt": "2025-06-30T04:00:00Z"}).to_string();
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (router, key, batch) = (house.router.clone(), key.clone(), batch.clone());
            tokio::spawn(async move {
                for _ in 0..125 {
                    let answer = crate::house::send(&router, call("/v1/batch", &key, batch.clone())).await;
                    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    let health = house.get("/api/sources").await.json()["items"][0]["health"].clone();
    let counts = ["received", "accepted", "duplicates", "conflicts", "held"].map(|name| health[name].as_u64().unwrap());
    assert_eq!(counts, [21_000, 21, 20_979, 0, 0]);
    let mut stored = Vec::new();
    for customer in ["u-0", "u-1", "u-2", "u-3"] {
        stored.extend(timeline(&house, customer).await);
    }
    let unique: BTreeSet<&String> = stored.iter().collect();
    assert_eq!((stored.len(), unique.len()), (21, 21), "{stored:?}");
}

fn form(path: &str, body: String) -> Request<Body> {
    request(Method::POST, path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_the_sensors_dialect_comes_in_by_form_picture_or_plain() {
    use base64::Engine as _;
    use std::io::Write as _;
    let (house, key) = with_source("sensors", json!({})).await;
    let record =
        |event: &str| json!({"type": "track", "distinct_id": "u", "event": event, "time": 1_750_000_000_000u64});
    let encode = |bytes: &[u8]| {
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
    };
    let path = format!("/sa?project=default&token={key}");
    let single = format!("data={}&ext=crc%3D1", encode(record("A").to_string().as_bytes()));
    assert_eq!(house.send(form(&path, single)).await.status, StatusCode::OK);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(json!([record("B"), record("C")]).to_string().as_bytes()).unwrap();
    let list = format!("data_list={}&gzip=1", encode(&encoder.finish().unwrap()));
    assert_eq!(house.send(form(&path, list)).await.status, StatusCode::OK);
    assert_eq!(house.send(form(&path, record("D").to_string())).await.status, StatusCode::OK, "as it is");
    let dot = house.get(&format!("/sa.gif?token={key}&data={}", encode(record("E").to_string().as_bytes()))).await;
    assert_eq!((dot.status, dot.header("content-type"), &dot.body[..6]), (StatusCode::OK, "image/gif", &b"GIF89a"[..]));
    assert_eq!(house.send(form(&format!("/sa?project={key}"), record("F").to_string())).await.status, StatusCode::OK);
    let mut trial = form(&format!("/debug?token={key}"), record("G").to_string());
    trial.headers_mut().insert("dry-run", "true".parse().unwrap());
    assert_eq!(house.send(trial).await.status, StatusCode::OK);
    let mut names = timeline(&house, "u").await;
    names.sort();
    assert_eq!(names, ["A", "B", "C", "D", "E", "F"]);
    assert_eq!(fault(&house.send(form("/sa?token=x", record("H").to_string())).await).1, "unknown_key");
    assert_eq!(fault(&house.send(form(&path, "data=%%%".to_owned())).await).0, 400);
    assert_eq!(fault(&house.send(form(&path, String::new())).await).0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_watches_sees_each_message_as_it_comes() {
    let (house, key) = with_source("segment", json!({})).await;
    let asked = request(Method::GET, "/api/intake/live?outcome=held").header(header::COOKIE, &house.cookie);
    let response = tower::ServiceExt::oneshot(house.router.clone(), asked.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let batch = json!({"batch": [track("1", "u"), {"type": "track", "userId": "u"}]}).to_string();
    assert_eq!(house.send(call("/v1/batch", &key, batch)).await.status, StatusCode::OK);
    let mut body = response.into_body();
    let frame =
        std::future::poll_fn(|context| axum::body::HttpBody::poll_frame(std::pin::Pin::new(&mut body), context));
    let frame = tokio::time::timeout(PATIENCE, frame).await.unwrap().unwrap().unwrap();
    let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
    let row: Value = serde_json::from_str(text.trim().strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!((&row["outcome"], &row["fault_code"]), (&json!("held"), &json!("missing_event")));
    assert!(!text.contains(&key));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_a_software_firm_is_told_from_its_people() {
    let (house, key) = with_source("segment", json!({"subject": "person"})).await;
    let batch = json!({"batch": [
        {"type": "identify", "userId": "p-1", "traits": {"name": "王敏"}},
        {"type": "group", "userId": "p-1", "groupId": "A-1", "traits": {"name": "示例科技"}},
        {"type": "track", "userId": "p-1", "event": "Report Exported"},
    ]});
    assert_eq!(house.send(call("/v1/batch", &key, batch.to_string())).await.status, StatusCode::OK);
    let mut names = timeline(&house, "A-1").await;
    names.sort();
    assert_eq!(names, ["Contact Updated", "Report Exported", "Traits Changed"]);
    assert_eq!(house.get("/api/customers/p-1/timeline").await.code(), "not_found");
}
