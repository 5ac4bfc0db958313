//! What is secret is in no answer, no error and no log, whatever goes wrong.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::house::{Answer, House, request};

/// Everything that was logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

const AES_KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";

/// Sources that cannot be reached, each with its secrets.
fn kinds() -> Vec<(&'static str, Value, Value)> {
    let database =
        |port: u16| json!({"host": "127.0.0.1", "port": port, "database": "crm", "user": "reader", "query": "orders"});
    vec![
        ("postgres", database(1), json!({"password": "hidden-postgres-1"})),
        ("mysql", database(1), json!({"password": "hidden-mysql-2"})),
        ("sqlserver", database(1), json!({"password": "hidden-sqlserver-3"})),
        (
            "http",
            json!({
                "recipe": "kingdee", "allow_private": true,
                "parameters": {"base_url": "http://127.0.0.1:1/k3cloud", "account": "a", "user": "reader"},
            }),
            json!({"password": "hidden-http-4"}),
        ),
        (
            "sftp",
            json!({"host": "127.0.0.1", "port": 1, "user": "liuke", "path": "/exports"}),
            json!({"password": "hidden-sftp-5", "private_key": "hidden-sftp-key-6"}),
        ),
        (
            "webhook",
            json!({"signature": {"scheme": "hmac", "header": "X-Signature"}}),
            json!({"secret": "hidden-hook-7"}),
        ),
        ("jiandaoyun", json!({}), json!({"secret": "hidden-jdy-8"})),
        ("wecom", json!({"corp_id": "ww1"}), json!({"token": "hidden-wecom-9", "encoding_aes_key": AES_KEY})),
        ("segment", json!({}), json!({})),
        ("sensors", json!({}), json!({})),
    ]
}

/// Everything that can be asked about a source, welcome or not.
async fn all_about(house: &House, kind: &str, id: &Value) -> Vec<Answer> {
    let uri = format!("/api/sources/{id}");
    let mut answers = vec![house.get(&uri).await, house.get(&format!("{uri}/deliveries")).await];
    for work in ["test", "preview", "run"] {
        answers.push(house.ask(Method::POST, &format!("{uri}/{work}"), None).await);
    }
    answers.push(house.get(&format!("{uri}/runs")).await);
    let wrong =
        json!({"version": 1, "settings": {"host": 7, "mapping": {"facts": 7}, "password": "hidden-in-settings-0"}});
    answers.push(house.ask(Method::PATCH, &uri, Some(wrong)).await);
    let taken = json!({"name": kind, "kind": kind, "settings": {}, "secrets": {"password": "hidden-in-vain-0"}});
    answers.push(house.ask(Method::POST, "/api/sources", Some(taken)).await);
    answers
}

/// Calls with a key that is known, signed wrongly or broken.
async fn calls(house: &House, key: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    for uri in [
        "/in/{key}",
        "/in/jiandaoyun/{key}?nonce=1&timestamp=1",
        "/in/wecom/{key}?msg_signature=00&timestamp=1&nonce=1",
        "/sa?token={key}",
        "/v1/batch",
    ] {
        let request = request(Method::POST, &uri.replace("{key}", key))
            .header("x-signature", "00")
            .header("x-jdy-signature", "00");
        let body = json!({"batch": [{"type": "wish"}, 7], "writeKey": key}).to_string();
        answers.push(
            house.send(request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body)).unwrap()).await,
        );
    }
    answers.push(house.get(&format!("/in/wecom/{key}?echostr=x")).await);
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_secret_is_in_no_answer_no_error_and_no_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let house = House::open().await;
    let (mut answers, mut keys) = (Vec::new(), Vec::new());
    for (kind, settings, secrets) in kinds() {
        let new = json!({"name": kind, "kind": kind, "settings": settings, "secrets": secrets});
        let added = house.ask(Method::POST, "/api/sources", Some(new)).await;
        assert_eq!(added.status, StatusCode::CREATED, "{kind}: {}", added.text());
        let source = added.json();
        let named: Vec<&String> = secrets.as_object().unwrap().keys().collect();
        assert_eq!(source["secrets"], json!(named), "{kind}: names of secrets are told");
        answers.push(added);
        answers.extend(all_about(&house, kind, &source["id"]).await);
        if let Some(key) = source["key"].as_str() {
            let called = calls(&house, key).await;
            for answer in &called {
                assert!(!answer.text().contains(key), "a key that came is not sent back: {}", answer.text());
            }
            answers.extend(called);
            keys.push(key.to_owned());
        }
    }
    for uri in ["/api/sources", "/api/intake/recent", "/api/quarantine", "/api/data", "/openapi.json", "/metrics"] {
        answers.push(house.get(uri).await);
    }
    assert!(answers.iter().filter(|answer| !answer.status.is_success()).count() > 30, "most of it goes wrong");
    for answer in &answers {
        let text = answer.text();
        assert!(!text.contains("hidden-") && !text.contains(AES_KEY), "{text}");
    }
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(logged.contains("answered"), "the log was kept");
    for secret in keys.iter().map(String::as_str).chain(["hidden-", AES_KEY]) {
        let line = logged.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} is in the log: {line:?}");
    }
}
