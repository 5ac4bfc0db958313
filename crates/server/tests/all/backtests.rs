//! Replays of the past, over HTTP and on the command line.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::{House, run, said, shop, until};

/// Begun, watched to its end, read, proven, forgotten; each with a refusal.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let asked = json!({"scorer": "rules", "from": "2024-12-01", "to": "2025-06-01", "churn": "no_order_90d"});
    // An import before has begun a look back of its own, which may still be running.
    let looked = ended(house, "/api/lookback").await;
    assert_eq!(looked["state"], "done", "{looked}");
    assert_eq!(looked["page"]["report"]["scorer"], "rules", "{looked}");
    begun(house, "/api/lookback", &Value::Null).await;
    assert_eq!(ended(house, "/api/lookback").await["state"], "done");
    assert_eq!(house.get("/api/lookback?as_of=soon").await.code(), "bad_moment");
    let elsewhere = house.ask(Method::POST, "/api/lookback?as_of=soon", None).await;
    assert_eq!(elsewhere.code(), "bad_moment", "{}", elsewhere.text());
    let begun = begun(house, "/api/backtests", &asked).await;
    let wrong = house.ask(Method::POST, "/api/backtests", Some(json!({"scorer": "luck"}))).await;
    assert_eq!((wrong.status, wrong.code()), (StatusCode::BAD_REQUEST, "unknown_choice".into()), "{}", wrong.text());
    let one = format!("/api/backtests/{}", begun["id"]);
    let page = ended(house, &one).await;
    assert_eq!(page["run"]["state"], "done", "{page}");
    let counts = &page["report"]["counts"];
    let sum: u64 = ["in_time", "late", "false_alarms", "undecided"].iter().filter_map(|key| counts[key].as_u64()).sum();
    assert_eq!(counts["alerts"].as_u64(), Some(sum), "{counts}");
    assert_eq!(page["report"]["is_few"], true);
    assert_eq!(counts["recall"], Value::Null);
    let missing = house.get("/api/backtests/999").await;
    assert_eq!((missing.status, missing.code()), (StatusCode::NOT_FOUND, "not_found".into()));
    let proofs = house.get("/api/proofs").await.json();
    let health = &proofs[0];
    assert_eq!((&health["scorer"], &health["proof"]["state"]), (&json!("health"), &json!("never")), "{proofs}");
    assert_eq!(house.ask(Method::DELETE, &one, None).await.status, StatusCode::NO_CONTENT);
    let gone = house.ask(Method::DELETE, &one, None).await;
    assert_eq!((gone.status, gone.code()), (StatusCode::NOT_FOUND, "not_found".into()));
    let routes = [
        "GET /api/lookback",
        "POST /api/lookback",
        "GET /api/backtests/{id}",
        "DELETE /api/backtests/{id}",
        "POST /api/backtests",
    ];
    routes.map(str::to_owned).to_vec()
}

/// One runs at a time, and an import begins a look back of its own.
async fn begun(house: &House, uri: &str, asked: &Value) -> Value {
    until("the backtest before does not end", async || {
        let answer = house.ask(Method::POST, uri, Some(asked.clone())).await;
        if answer.status == StatusCode::ACCEPTED {
            return Some(answer.json());
        }
        assert_eq!(answer.code(), "backtest_running", "{}", answer.text());
        None
    })
    .await
}

async fn ended(house: &House, one: &str) -> Value {
    until("the backtest does not end", async || {
        let page = house.get(one).await.json();
        let state = page["run"]["state"].as_str().or(page["state"].as_str());
        (!matches!(state, Some("running" | "none"))).then_some(page)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backtest_of_a_rule_or_the_scorecard_becomes_its_badge_and_only_who_sees_everybody_sees_it() {
    let mut house = House::open().await;
    let asked = json!({"scorer": "health", "budget": 2, "from": "2024-12-01", "to": "2025-06-01"});
    let begun = house.ask(Method::POST, "/api/backtests", Some(asked)).await.json();
    let page = ended(&house, &format!("/api/backtests/{}", begun["id"])).await;
    let proof = house.get("/api/proofs").await.json()[0]["proof"].clone();
    assert_eq!(proof["state"], "backtested", "{proof}");
    assert_eq!(proof["backtest"]["result"]["alerts"], page["report"]["counts"]["alerts"]);
    let listed = house.get("/api/backtests").await.json();
    assert_eq!(listed["items"][0]["id"], begun["id"]);

    let person =
        json!({"name": "王芳", "email": "w@x.cn", "password": "long enough", "role": "owner", "owner_key": "王芳"});
    assert_eq!(house.ask(Method::POST, "/api/staff", Some(person)).await.status, StatusCode::OK);
    let entry = json!({"email": "w@x.cn", "password": "long enough"});
    house.cookie = house.ask(Method::POST, "/api/sign-in", Some(entry)).await.cookie().unwrap();
    for uri in ["/api/backtests", "/api/backtests/1"] {
        assert_eq!(house.get(uri).await.code(), "forbidden", "{uri}");
    }
    let asked = json!({"scorer": "rules"});
    assert_eq!(house.ask(Method::POST, "/api/backtests", Some(asked)).await.code(), "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_replayed_beside_the_version_in_use_and_its_proof_comes_into_use_with_it() {
    let house = House::open().await;
    let card = "/api/scorecards/ecommerce";
    let page = house.get(card).await.json();
    let definition = page["definition"].as_str().unwrap().replacen("weight = 20", "weight = 90", 1);
    let asked = json!({"scorer": "draft:ecommerce", "from": "2024-12-01", "to": "2025-06-01"});
    let nothing = house.ask(Method::POST, "/api/backtests", Some(asked.clone())).await;
    assert_eq!(nothing.code(), "not_found", "nothing is being written: {}", nothing.text());
    let body = json!({"definition": definition, "note": null, "version": null});
    let saved = house.ask(Method::PUT, &format!("{card}/draft"), Some(body)).await.json();
    let (content, present) = (saved["versions"][0]["content"].clone(), saved["versions"][1]["content"].clone());
    let begun = begun(&house, "/api/backtests", &asked).await;
    assert_eq!(begun["scorer"], json!(format!("scorecard:ecommerce@{}", content.as_str().unwrap())));
    let runs = both(&house, begun["id"].as_u64().unwrap()).await;
    assert_eq!(runs[0]["scorer"], json!(format!("scorecard:ecommerce@{}", present.as_str().unwrap())), "{runs}");
    assert_eq!(
        (&runs[0]["result"]["from"], &runs[0]["result"]["to"]),
        (&runs[1]["result"]["from"], &runs[1]["result"]["to"])
    );
    let bands = runs[1]["result"]["bands"].as_array().unwrap();
    assert_eq!(bands.len(), 4, "{runs}");
    assert!(bands.iter().all(|band| band["left"].as_u64() <= band["stood"].as_u64() && band["share"].is_null()));

    let step = json!({"version": saved["versions"][0]["version"]});
    let active = house.ask(Method::POST, &format!("{card}/activate"), Some(step)).await.json();
    assert_eq!(active["row"]["proof"]["backtest"]["id"], begun["id"], "{}", active["row"]);
}

/// The draft's run and the one beside it, the newest first, once both are done.
async fn both(house: &House, first: u64) -> Value {
    until("the version in use is not replayed", async || {
        let listed = house.get("/api/backtests").await.json()["items"].clone();
        (listed[0]["id"].as_u64() == Some(first + 1) && listed[0]["state"] == "done").then_some(listed)
    })
    .await
}

#[test]
fn on_the_command_line_names_are_told_and_every_row_is_written() {
    let (_dir, cwd) = shop();
    for (kind, file) in [("orders", "orders.csv"), ("customers", "customers.csv")] {
        let output = run(&cwd, &["import", "--data", "d", "--as", kind, "--observed-on", "2023-06-01", file]);
        assert!(output.status.success(), "{}", said(&output));
    }
    let stretch = ["--from", "2024-12-01", "--to", "2025-06-15"];
    let asked = |more: &[&str]| {
        let mut arguments = vec!["backtest", "--data", "d", "--template", "ecommerce", "--lang", "en"];
        arguments.extend(stretch);
        arguments.extend(more);
        run(&cwd, &arguments)
    };
    let output = asked(&["--scorer", "health", "--budget", "2", "--churn", "no_order_90d", "--out", "found.csv"]);
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("no share would hold") && !text.contains('%'), "{text}");
    let rows = std::fs::read_to_string(cwd.join("found.csv")).unwrap();
    assert!(rows.lines().skip(1).all(|row| row.starts_with("leaver,") || row.starts_with("warning,")), "{rows}");

    std::fs::write(cwd.join("left.csv"), "customer_id,left_at\nM/16,2025-03-20\nM/15,2025-04-03\n").unwrap();
    std::fs::write(cwd.join("risk.csv"), "customer_id,date,score\nM/16,2025-02-20,0.9\nM/01,2025-02-20,0.8\n").unwrap();
    let table = ["--scorer", "table:risk.csv", "--churn", "table:left.csv", "--budget", "1", "--json"];
    let output = asked(&table);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    assert_eq!((&report["counts"]["leavers"], &report["counts"]["caught"]), (&json!(2), &json!(1)), "{report}");
    assert_eq!(report["leavers"][0]["name"], "会员16");

    let status = |more: &[&str]| asked(more).status.code().unwrap();
    assert_eq!(status(&["--scorer", "luck"]), 1);
    assert_eq!(status(&["--scorer", "table:risk.csv"]), 1, "outside scores need a budget");
    assert_eq!(status(&["--scorer", "health", "--lead", "soon"]), 2);
}

#[test]
fn facts_written_by_one_folder_are_taken_by_another_once() {
    let (_dir, cwd) = shop();
    let output = run(&cwd, &["import", "--data", "d", "--as", "orders", "orders.csv"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(run(&cwd, &["facts", "--data", "d", "--out", "facts.parquet"]).status.success());
    let taken = || {
        let output = run(&cwd, &["import", "--data", "e", "--as", "facts", "--json", "facts.parquet"]);
        serde_json::from_slice::<Value>(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
    };
    let (first, second) = (taken(), taken());
    assert!(first["facts"].as_u64().unwrap() > 1000, "{first}");
    assert_eq!((&second["facts"], &second["rows"]["accepted"]), (&json!(0), &json!(0)), "{second}");
    let score = |folder: &str| run(&cwd, &["score", "--data", folder, "--as-of", "2025-06-01", "--json"]).stdout;
    assert_eq!(score("d"), score("e"));
    assert_eq!(run(&cwd, &["import", "--data", "e", "--as", "facts", "orders.csv"]).status.code(), Some(1));
}
