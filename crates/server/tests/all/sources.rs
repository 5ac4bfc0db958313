//! Sources: keys for those who may have them, secrets for nobody, commands and screens in agreement.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, run, said};
use crate::living::Server;

/// One welcome and one refusal of each route; the names of the routes.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let new = json!({"name": "官网", "kind": "segment", "secrets": {"token": "sesame-open"}});
    let added = house.ask(Method::POST, "/api/sources", Some(new.clone())).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
    assert_eq!(house.ask(Method::POST, "/api/sources", Some(new)).await.code(), "name_taken");
    let source = added.json();
    let key = source["key"].as_str().unwrap().to_owned();
    assert_eq!((&source["secrets"], key.len()), (&json!(["token"]), 32));
    let uri = format!("/api/sources/{}", source["id"]);

    let detail = house.get(&uri).await;
    let snippets = detail.json()["snippets"].as_array().unwrap().clone();
    assert!(snippets.len() >= 6, "{}", detail.text());
    for snippet in snippets {
        let code = snippet["code"].as_str().unwrap();
        assert!(code.contains(&key) && code.contains("localhost:7070"), "{code}");
    }
    assert_eq!(house.get("/api/sources/99").await.code(), "not_found");

    let change = json!({"version": 1, "is_strict": true, "settings": {"note": "x"}, "secrets": {"token": null}});
    let changed = house.ask(Method::PATCH, &uri, Some(change.clone())).await.json();
    assert_eq!(
        (&changed["version"], &changed["is_strict"], &changed["secrets"]),
        (&json!(2), &json!(true), &json!([]))
    );
    assert_eq!(house.ask(Method::PATCH, &uri, Some(change)).await.code(), "version_conflict");

    let rotated = house.ask(Method::POST, &format!("{uri}/rotate"), None).await.json();
    assert_ne!(rotated["key"], json!(key));
    assert_eq!(house.ask(Method::POST, "/api/sources/99/rotate", None).await.code(), "not_found");
    let listed = house.get("/api/sources").await;
    assert_eq!(listed.json()["items"], json!([rotated]));
    assert!(!listed.text().contains("sesame"), "{}", listed.text());
    assert_eq!(house.get("/api/sources?as_of=soon").await.code(), "bad_moment");
    assert_eq!(house.ask(Method::DELETE, &uri, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.ask(Method::DELETE, &uri, None).await.code(), "not_found");
    let names = [
        "GET /api/sources",
        "POST /api/sources",
        "GET /api/sources/{id}",
        "PATCH /api/sources/{id}",
        "DELETE /api/sources/{id}",
        "POST /api/sources/{id}/rotate",
    ];
    names.map(str::to_owned).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_in_full_to_administrators_only() {
    let mut house = House::open().await;
    let new = json!({"name": "web", "kind": "sensors"});
    let key = house.ask(Method::POST, "/api/sources", Some(new)).await.json()["key"].as_str().unwrap().to_owned();
    for (email, role, owner, status) in
        [("m@x.cn", "analyst", Value::Null, StatusCode::OK), ("o@x.cn", "owner", json!("王芳"), StatusCode::FORBIDDEN)]
    {
        let person =
            json!({"name": email, "email": email, "password": "long enough", "role": role, "owner_key": owner});
        assert_eq!(house.ask(Method::POST, "/api/staff", Some(person)).await.status, StatusCode::OK);
        let admin = house.cookie.clone();
        let entry = json!({"email": email, "password": "long enough"});
        house.cookie = house.ask(Method::POST, "/api/sign-in", Some(entry)).await.cookie().unwrap();
        for uri in ["/api/sources", "/api/sources/1"] {
            let answer = house.get(uri).await;
            assert_eq!(answer.status, status, "{role} {uri}");
            assert!(!answer.text().contains(&key), "{role} {uri} {}", answer.text());
        }
        let change = house.ask(Method::PATCH, "/api/sources/1", Some(json!({"is_strict": true}))).await;
        assert_eq!(change.code(), "forbidden", "{role}");
        house.cookie = admin;
    }
}

#[test]
fn a_source_added_on_the_command_line_is_the_one_that_the_server_knows() {
    let dir = tempfile::tempdir().unwrap();
    let made = run(dir.path(), &["source", "add", "--data", "d", "--kind", "segment", "--name", "web", "--json"]);
    assert!(made.status.success(), "{}", said(&made));
    let key = serde_json::from_slice::<Value>(&made.stdout).unwrap()["write_key"].as_str().unwrap().to_owned();
    let again = run(dir.path(), &["source", "add", "--data", "d", "--kind", "segment", "--name", "web"]);
    assert_eq!(again.status.code(), Some(1), "{}", said(&again));

    let listed = || {
        let output = run(dir.path(), &["source", "list", "--data", "d", "--json"]);
        serde_json::from_slice::<Value>(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))["items"].clone()
    };
    assert_eq!(listed()[0]["write_key"], json!(key));
    let server = Server::start(dir.path(), &["serve", "--data", "d"]);
    server.ready();
    let rotated = run(dir.path(), &["source", "rotate", "--data", "d", "--name", "web", "--json"]);
    let fresh = serde_json::from_slice::<Value>(&rotated.stdout).unwrap()["write_key"].clone();
    assert_ne!(fresh, json!(key));
    assert_eq!(listed()[0]["write_key"], fresh);
    assert!(run(dir.path(), &["source", "remove", "--data", "d", "--name", "web"]).status.success());
    assert_eq!(server.stop(), 0);
    assert_eq!(listed(), json!([]));
}
