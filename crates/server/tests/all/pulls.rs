//! Sources that are fetched, by screen, by command and by the clock.

use std::io::{Read, Write};
use std::net::TcpListener;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, now, run, said, until};

/// A server that always answers with these payments, whatever it is asked; its address.
fn payments(rows: Value) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let body = json!({ "list": rows }).to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let length = body.len();
            let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        }
    });
    address
}

fn settings(address: &str) -> Value {
    json!({"allow_private": true, "definition": format!(
        "id = \"own\"\nname = {{ zh = \"自有\", en = \"own\" }}\ndocumentation = \"https://own.example\"\n\
         [[secret]]\nid = \"api_key\"\nname = {{ zh = \"密钥\", en = \"key\" }}\n\
         [request]\nurl = \"{address}/payments\"\nheaders = {{ x-key = \"{{api_key}}\" }}\n[rows]\npath = \"list\"\n\
         [mapping]\nkind = \"payments\"\nkey = [\"id\"]\ncolumns = {{ who = \"customer_id\", day = \"occurred_at\" }}\n")})
}

fn two_rows() -> Value {
    json!([{"id": 1, "who": "M/01", "amount": 20, "day": "2025-06-01"}, {"id": 2, "who": "M/02", "amount": "x", "day": "2025-06-01"}])
}

/// One welcome and one refusal of each route; the names of the routes.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let new = json!({"name": "账单", "kind": "http", "settings": settings(&payments(two_rows())), "secrets": {"api_key": "open-sesame-5"}});
    let added = house.ask(Method::POST, "/api/sources", Some(new)).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
    let uri = format!("/api/sources/{}", added.json()["id"]);
    let wrong = json!({"name": "错", "kind": "http", "settings": {"recipe": "nobody"}});
    assert_eq!(house.ask(Method::POST, "/api/sources", Some(wrong)).await.code(), "bad_settings");

    let tested = house.ask(Method::POST, &format!("{uri}/test"), None).await;
    assert_eq!(tested.status, StatusCode::OK, "{}", tested.text());
    assert_eq!(house.ask(Method::POST, "/api/sources/99/test", None).await.code(), "not_found");

    let preview = house.ask(Method::POST, &format!("{uri}/preview"), None).await.json();
    assert_eq!(
        (&preview["kind"], &preview["accepted"], &preview["rejected"]),
        (&json!("payments"), &json!(1), &json!(1))
    );
    assert_eq!(preview["key"], json!(["id"]));
    assert_eq!(house.ask(Method::POST, "/api/sources/99/preview", None).await.code(), "not_found");

    let run = house.ask(Method::POST, &format!("{uri}/run"), None).await;
    assert_eq!(run.status, StatusCode::ACCEPTED, "{}", run.text());
    assert_eq!(house.ask(Method::POST, "/api/sources/99/run", None).await.code(), "not_found");
    let ended = until("the reading does not end", async || {
        let runs = house.get(&format!("{uri}/runs")).await;
        assert!(!runs.text().contains("sesame"), "{}", runs.text());
        let run = runs.json()["items"][0].clone();
        (run["state"] != "running").then_some(run)
    })
    .await;
    assert_eq!(
        (&ended["state"], &ended["facts"], &ended["rejected"]),
        (&json!("done"), &json!(1), &json!(1)),
        "{ended}"
    );
    assert_eq!(house.get("/api/sources/99/runs").await.code(), "not_found");

    let recipes = house.get("/api/source-recipes").await.json();
    assert!(recipes["items"].as_array().unwrap().iter().any(|recipe| recipe["id"] == "kingdee"));
    assert_eq!(house.get("/api/source-recipes?as_of=soon").await.code(), "bad_moment");
    assert_eq!(house.ask(Method::DELETE, &uri, None).await.status, StatusCode::NO_CONTENT);
    let names = [
        "POST /api/sources/{id}/test",
        "POST /api/sources/{id}/preview",
        "POST /api/sources/{id}/run",
        "GET /api/sources/{id}/runs",
        "GET /api/source-recipes",
    ];
    names.map(str::to_owned).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_reads_a_source_once_in_its_time_and_a_failure_is_told_without_the_secret() {
    let house = House::open().await;
    let mut scheduled = settings(&payments(two_rows()));
    scheduled["schedule"] = json!({"every_minutes": 30});
    let new = json!({"name": "账单", "kind": "http", "settings": scheduled, "secrets": {"api_key": "open-sesame-5"}});
    let id = house.ask(Method::POST, "/api/sources", Some(new)).await.json()["id"].clone();
    let minutes = |minutes: i64| now().plus_micros(minutes * 60_000_000);
    assert_eq!(house.app.run_due_sources(minutes(0)).await.unwrap(), 1);
    assert_eq!(house.app.run_due_sources(minutes(29)).await.unwrap(), 0);
    assert_eq!(house.app.run_due_sources(minutes(30)).await.unwrap(), 1);

    let mut away = settings("http://127.0.0.1:1");
    away["schedule"] = json!({"every_minutes": 30});
    let change = json!({"settings": away});
    assert_eq!(house.ask(Method::PATCH, &format!("/api/sources/{id}"), Some(change)).await.status, StatusCode::OK);
    assert_eq!(house.app.run_due_sources(minutes(60)).await.unwrap(), 1);
    let runs = house.get(&format!("/api/sources/{id}/runs")).await;
    let states: Vec<Value> = runs.json()["items"].as_array().unwrap().iter().map(|run| run["state"].clone()).collect();
    assert_eq!(states, ["failed", "done", "done"]);
    assert_eq!(runs.json()["items"][0]["error"]["code"], "connection_refused");
    assert_eq!(runs.json()["items"][1]["facts"], 0, "what was read before adds nothing");
    assert!(!runs.text().contains("sesame"));

    let pause = json!({"is_enabled": false});
    house.ask(Method::PATCH, &format!("/api/sources/{id}"), Some(pause)).await;
    assert_eq!(house.app.run_due_sources(minutes(600)).await.unwrap(), 0, "one that is not in use rests");
    let wrong = json!({"settings": {"recipe": "jiandaoyun", "schedule": {"hourly": 1}}});
    assert_eq!(house.ask(Method::PATCH, &format!("/api/sources/{id}"), Some(wrong)).await.code(), "bad_schedule");
}

#[test]
fn a_source_is_added_tested_and_run_on_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let address = payments(two_rows());
    std::fs::write(dir.path().join("s.json"), settings(&address).to_string()).unwrap();
    std::fs::write(dir.path().join("k.json"), "{\"api_key\": \"open-sesame-5\"}").unwrap();
    let liuke = |words: &str| run(dir.path(), &words.split(' ').collect::<Vec<_>>());
    let added = liuke(
        "source add --data d --kind http --name bills --settings s.json --secrets k.json --daily-at 02:30 --json",
    );
    assert!(added.status.success(), "{}", said(&added));
    let previewed = liuke("source preview --data d --name bills --json");
    assert!(previewed.status.success(), "{}", said(&previewed));
    let first = liuke("source run --data d --name bills --json");
    assert_eq!(first.status.code(), Some(3), "one row was rejected: {}", said(&first));
    assert_eq!(serde_json::from_slice::<Value>(&first.stdout).unwrap()["facts"], 1);
    let runs = liuke("source runs --data d --name bills");
    assert!(runs.status.success() && !said(&runs).contains("sesame"), "{}", said(&runs));

    let secret = "pw-never-shown-1";
    std::fs::write(dir.path().join("pw"), secret).unwrap();
    let added = liuke(
        "source add --data d --kind postgres --name crm --host 127.0.0.1 --port 1 --database crm --user reader --password-file pw --query orders --key id --watermark updated_at --every-minutes 30",
    );
    assert!(added.status.success(), "{}", said(&added));
    for command in ["test", "preview", "run"] {
        let refused = liuke(&format!("source {command} --data d --name crm --lang en"));
        assert_eq!(refused.status.code(), Some(1));
        assert!(said(&refused).contains("127.0.0.1 refuses connections on port 1"), "{}", said(&refused));
        assert!(!said(&refused).contains(secret));
    }
    let mut kept = Vec::new();
    for entry in walk(&dir.path().join("d")) {
        kept.extend(std::fs::read(entry).unwrap());
    }
    assert!(!kept.windows(secret.len()).any(|window| window == secret.as_bytes()), "sealed on disk");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.path().is_dir() {
            true => files.extend(walk(&entry.path())),
            false => files.push(entry.path()),
        }
    }
    files
}
