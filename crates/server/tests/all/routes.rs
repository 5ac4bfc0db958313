//! One welcome and one refusal for every route.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::house::{Answer, House, firm, request, setup, until};

/// A route with a request it welcomes and one it refuses, and why.
struct Route {
    name: &'static str,
    welcome: (String, Option<Value>, u16),
    refused: (String, Option<Value>, u16, &'static str),
}

fn route(name: &'static str, welcome: &str, refused: (&str, u16, &'static str)) -> Route {
    Route {
        name,
        welcome: (welcome.to_owned(), None, 200),
        refused: (refused.0.to_owned(), None, refused.1, refused.2),
    }
}

fn reading() -> Vec<Route> {
    let future = "as_of=2030-01-01";
    let bad = "as_of=soon";
    vec![
        route("GET /api/templates", "/api/templates", ("/api/templates/x", 404, "not_found")),
        route("GET /api/today", "/api/today?owner=-", ("/api/today?as_of=soon", 400, "bad_moment")),
        route("GET /api/search", "/api/search?q=M%2F0", (&format!("/api/search?q=M&{bad}"), 400, "bad_moment")),
        route(
            "GET /api/customers",
            "/api/customers?band=high,low&sort=value&order=asc&limit=5",
            ("/api/customers?sort=luck", 400, "bad_query"),
        ),
        route("GET /api/customers/{id}", "/api/customers/M%2F13", ("/api/customers/nobody", 404, "not_found")),
        route(
            "GET /api/customers/{id}/risk",
            "/api/customers/M%2F13/risk",
            ("/api/customers/nobody/risk", 404, "not_found"),
        ),
        route(
            "GET /api/customers/{id}/timeline",
            "/api/customers/M%2F13/timeline?kind=order&limit=3",
            ("/api/customers/nobody/timeline", 404, "not_found"),
        ),
        route(
            "GET /api/segments",
            "/api/segments?as_of=2025-06-01",
            (&format!("/api/segments?{future}"), 400, "future_moment"),
        ),
        route(
            "GET /api/segments/{id}",
            "/api/segments/valued_silent?limit=5",
            ("/api/segments/none", 404, "not_found"),
        ),
        route("GET /api/rfm", "/api/rfm", (&format!("/api/rfm?{bad}"), 400, "bad_moment")),
        route("GET /api/tags", "/api/tags", (&format!("/api/tags?{bad}"), 400, "bad_moment")),
        route(
            "GET /api/alerts",
            "/api/alerts?state=all&severity=urgent,warning",
            ("/api/alerts?limit=many", 400, "bad_query"),
        ),
        route("GET /api/cases", "/api/cases?state=new", (&format!("/api/cases?{bad}"), 400, "bad_moment")),
        route("GET /api/team", "/api/team?as_of=2025-06-01", (&format!("/api/team?{bad}"), 400, "bad_moment")),
        route(
            "GET /api/team/breaches",
            "/api/team/breaches?from=2025-06-01&to=2025-06-30",
            ("/api/team/breaches?from=2030-01-01", 400, "bad_period"),
        ),
        route(
            "GET /api/exports/team.xlsx",
            "/api/exports/team.xlsx?lang=en",
            ("/api/exports/team.xlsx?from=May", 400, "bad_period"),
        ),
        route("GET /api/churn", "/api/churn?as_of=2025-06-01", (&format!("/api/churn?{future}"), 400, "future_moment")),
        route("GET /api/churn/{month}", "/api/churn/2025-05", ("/api/churn/May", 404, "not_found")),
        route("GET /api/churn/lines", "/api/churn/lines", (&format!("/api/churn/lines?{bad}"), 400, "bad_moment")),
        route("GET /api/churn/reasons", "/api/churn/reasons", ("/api/churn/reasons?quarter=May", 400, "bad_quarter")),
        route("GET /api/data", "/api/data", ("/api/data?as_of=soon", 400, "bad_moment")),
        route("GET /api/imports", "/api/imports", ("/api/imports?as_of=soon", 400, "bad_moment")),
        route("GET /api/definitions", "/api/definitions", ("/api/definitions?as_of=soon", 400, "bad_moment")),
        route(
            "GET /api/definitions/archive",
            "/api/definitions/archive?lang=en",
            ("/api/definitions/archive?as_of=soon", 400, "bad_moment"),
        ),
        route(
            "GET /api/definitions/{sort}/{id}/source",
            "/api/definitions/scorecard/ecommerce/source",
            ("/api/definitions/scorecard/none/source", 404, "not_found"),
        ),
        route(
            "GET /api/exports/customers.xlsx",
            "/api/exports/customers.xlsx?band=high&lang=en",
            ("/api/exports/customers.xlsx?order=up", 400, "bad_query"),
        ),
        route(
            "GET /api/exports/alerts.xlsx",
            "/api/exports/alerts.xlsx",
            ("/api/exports/alerts.xlsx?limit=x", 400, "bad_query"),
        ),
        route(
            "GET /api/exports/cases.xlsx",
            "/api/exports/cases.xlsx?state=new,closed&overdue=true&lang=en",
            ("/api/exports/cases.xlsx?overdue=perhaps", 400, "bad_query"),
        ),
        route(
            "GET /api/exports/today.xlsx",
            "/api/exports/today.xlsx",
            (&format!("/api/exports/today.xlsx?{future}"), 400, "future_moment"),
        ),
        route(
            "GET /api/exports/churn.xlsx",
            "/api/exports/churn.xlsx",
            (&format!("/api/exports/churn.xlsx?{future}"), 400, "future_moment"),
        ),
        route(
            "GET /api/exports/leavers.xlsx",
            "/api/exports/leavers.xlsx?month=2025-05",
            ("/api/exports/leavers.xlsx", 400, "bad_query"),
        ),
        route(
            "GET /api/exports/{table}",
            "/api/exports/promises.xlsx?state=all&lang=en",
            ("/api/exports/luck.xlsx", 404, "not_found"),
        ),
        route(
            "GET /api/exports/imports.xlsx",
            "/api/exports/imports.xlsx",
            (&format!("/api/exports/imports.xlsx?{bad}"), 400, "bad_moment"),
        ),
        route(
            "GET /api/indicators",
            "/api/indicators?as_of=2025-06-01",
            (&format!("/api/indicators?{future}"), 400, "future_moment"),
        ),
        route(
            "GET /api/indicators/{id}",
            "/api/indicators/order_gap_max_365d",
            ("/api/indicators/none", 404, "not_found"),
        ),
        route(
            "GET /api/indicators/efficacy",
            "/api/indicators/efficacy",
            ("/api/indicators/efficacy?churn=none", 400, "unknown_choice"),
        ),
        route(
            "GET /api/indicators/vocabulary",
            "/api/indicators/vocabulary",
            ("/api/indicators/vocabulary?as_of=soon", 400, "bad_moment"),
        ),
        route("GET /api/backtests", "/api/backtests", ("/api/backtests?as_of=soon", 400, "bad_moment")),
        route("GET /api/models", "/api/models", ("/api/models?as_of=soon", 400, "bad_moment")),
        route("GET /api/proofs", "/api/proofs", ("/api/proofs?as_of=soon", 400, "bad_moment")),
        route("GET /api/firm", "/api/firm", ("/api/firm?as_of=soon", 400, "bad_moment")),
        route("GET /api/firm/value", "/api/firm/value", ("/api/firm/value?as_of=soon", 400, "bad_moment")),
        route("GET /api/staff", "/api/staff", ("/api/staff?as_of=soon", 400, "bad_moment")),
        route("GET /api/tokens", "/api/tokens", ("/api/tokens?as_of=soon", 400, "bad_moment")),
        route("GET /api/cycle", "/api/cycle", ("/api/cycle?as_of=soon", 400, "bad_moment")),
    ]
}

fn changing(case: (i64, i64)) -> Vec<Route> {
    let (id, version) = case;
    let change = |name, uri: &str, body: Value, refused: (&str, Value, u16, &'static str)| Route {
        name,
        welcome: (uri.to_owned(), Some(body), 200),
        refused: (refused.0.to_owned(), Some(refused.1), refused.2, refused.3),
    };
    let mut nameless = firm();
    nameless["noun"]["zh"] = json!("");
    let person = |role: &str| json!({"name": "韩梅梅", "email": "han@example.cn", "password": "long enough", "role": role, "owner_key": null});
    let (accept, close) = (format!("/api/cases/{id}/accept"), format!("/api/cases/{id}/close"));
    let tried = "[[indicator]]\nid = \"orders_60d\"\nname = { zh = \"近 60 天下单\", en = \"Orders in 60 days\" }\n\
         question = { zh = \"下了几单？\", en = \"How many orders?\" }\ncategory = \"purchase\"\nof = { kind = \"order\" }\n\
         measure = \"count\"\nwindow = \"60d\"\nunit = \"order\"\nworse = \"lower\"\nwhen_absent = \"zero\"\n";
    vec![
        change(
            "POST /api/indicators/efficacy",
            "/api/indicators/efficacy",
            json!({"churn": "no_order_90d"}),
            ("/api/indicators/efficacy", json!({"churn": "none"}), 400, "unknown_choice"),
        ),
        change(
            "POST /api/indicators/preview",
            "/api/indicators/preview",
            json!({"text": tried, "customer": "M/13"}),
            ("/api/indicators/preview", json!({"text": "[[indicator]]\nid = 7"}), 400, "bad_definition"),
        ),
        change(
            "POST /api/indicators/compare",
            "/api/indicators/compare",
            json!({"left": "order_gap_max_365d", "right": tried}),
            ("/api/indicators/compare", json!({"left": "order_gap_max_365d", "right": ""}), 400, "one_indicator"),
        ),
        change(
            "POST /api/tags",
            "/api/tags",
            json!({"tag": "重点", "customers": ["M/01", "M/02"]}),
            ("/api/tags", json!({"tag": "一,二", "customers": ["M/01"]}), 400, "bad_tag"),
        ),
        change(
            "POST /api/tags/changes/{id}/undo",
            "/api/tags/changes/1/undo",
            json!({}),
            ("/api/tags/changes/1/undo", json!({}), 409, "version_conflict"),
        ),
        change(
            "POST /api/indicators/draft/efficacy",
            "/api/indicators/draft/efficacy",
            json!({"text": tried}),
            ("/api/indicators/draft/efficacy", json!({"text": tried, "churn": "none"}), 400, "unknown_choice"),
        ),
        change("PUT /api/firm", "/api/firm", firm(), ("/api/firm", nameless, 400, "bad_words")),
        change("POST /api/staff", "/api/staff", person("readonly"), ("/api/staff", person("king"), 400, "bad_role")),
        change("POST /api/tokens", "/api/tokens", json!({"name": "n"}), ("/api/tokens", json!({}), 400, "bad_body")),
        change(
            "POST /api/cases/{id}/accept",
            &accept,
            json!({"version": version}),
            (&accept, json!({"version": version}), 409, "version_conflict"),
        ),
        change(
            "POST /api/cases/{id}/close",
            &close,
            json!({"version": version + 1, "outcome": "retained", "note": "called"}),
            (&close, json!({"version": version, "outcome": "luck", "note": null}), 400, "bad_outcome"),
        ),
        change(
            "POST /api/sign-in",
            "/api/sign-in",
            json!({"email": "zhao@example.cn", "password": "correct horse"}),
            ("/api/sign-in", json!({"email": "zhao@example.cn", "password": "wrong"}), 401, "bad_credentials"),
        ),
    ]
}

fn check(route: &str, answer: &Answer, status: u16) {
    assert_eq!(answer.status.as_u16(), status, "{route}: {}", answer.text());
}

fn check_refusal(route: &str, answer: &Answer, status: u16, code: &str) {
    check(route, answer, status);
    assert_eq!(answer.code(), code, "{route}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_welcomes_one_request_and_refuses_another() {
    let house = House::open().await;
    let mut seen = BTreeSet::new();
    for route in reading() {
        seen.insert(route.name.to_owned());
        check(route.name, &house.get(&route.welcome.0).await, route.welcome.2);
        check_refusal(route.name, &house.get(&route.refused.0).await, route.refused.2, route.refused.3);
    }
    let case = house.open_case().await;
    let found = house.get(&format!("/api/cases/{}", case.0)).await;
    check("GET /api/cases/{id}", &found, 200);
    check_refusal("GET /api/cases/{id}", &house.get("/api/cases/999999").await, 404, "not_found");
    for route in changing(case) {
        let method: Method = route.name.split(' ').next().unwrap().parse().unwrap();
        seen.insert(route.name.to_owned());
        // What is refused because it was done already is asked second, what was never possible may be asked so too.
        check(route.name, &house.ask(method.clone(), &route.welcome.0, route.welcome.1.clone()).await, route.welcome.2);
        let refused = house.ask(method, &route.refused.0, route.refused.1.clone()).await;
        check_refusal(route.name, &refused, route.refused.2, route.refused.3);
    }
    seen.extend(crate::renewals::every_route().await);
    seen.extend(importing(&house).await);
    seen.extend(crate::sources::every_route(&house).await);
    seen.extend(crate::hooks::every_route(&house).await);
    seen.extend(crate::pulls::every_route(&house).await);
    seen.extend(crate::scorecards::every_route(&house).await);
    seen.extend(crate::rules::every_route(&house).await);
    seen.extend(crate::churn_definitions::every_route(&house).await);
    seen.extend(crate::wire::every_route(&house).await);
    seen.extend(crate::calls::every_path(&house).await);
    seen.extend(crate::backtests::every_route(&house).await);
    seen.extend(crate::models::every_route(&house).await);
    seen.extend(crate::learning::every_route(&house).await);
    seen.extend(crate::sheets::every_route(&house).await);
    seen.extend(crate::ownership::every_route(&house).await);
    seen.extend(crate::staff::every_route(&house).await);
    seen.extend(crate::desk::every_route(&house).await);
    seen.extend(crate::post_mortem::every_route(&house).await);
    seen.extend(crate::follow_ups::every_route(&house).await);
    seen.extend(crate::reminders::every_route(&house).await);
    seen.extend(crate::review::every_route(&house).await);
    seen.extend(crate::notices::every_route(&house).await);
    seen.extend(crate::cases::every_route(&house).await);
    seen.extend(standing(&house).await);
    seen.insert("GET /api/cases/{id}".to_owned());
    assert_eq!(seen, described(), "a route without its welcome and refusal, or one that is gone");
}

/// Upload, preview, commit, progress, rejects.
async fn importing(house: &House) -> Vec<String> {
    let text = "订单号,客户编号,下单时间,订单金额\nN-1,M/01,2025-06-29 08:00,50\nN-2,M/02,someday,60\n";
    let upload = |uri: &str| {
        let request = request(Method::POST, uri).header(header::COOKIE, &house.cookie).header("x-liuke", "1");
        request.body(Body::from(text)).unwrap()
    };
    let preview = house.send(upload("/api/imports/uploads?file_name=new.csv")).await;
    check("upload", &preview, 200);
    assert_eq!(
        (&preview.json()["accepted"], &preview.json()["rejected"]),
        (&json!(1), &json!(1)),
        "{}",
        preview.text()
    );
    check_refusal("upload", &house.send(upload("/api/imports/uploads")).await, 400, "bad_query");

    let id = preview.json()["upload_id"].as_str().unwrap().to_owned();
    let of = |what: &str| format!("/api/imports/uploads/{id}/{what}");
    let kind = Some(json!({"kind": "orders"}));
    check("preview", &house.ask(Method::POST, &of("preview"), kind.clone()).await, 200);
    let unknown = house.ask(Method::POST, &of("preview"), Some(json!({"kind": "wishes"}))).await;
    check_refusal("preview", &unknown, 400, "unknown_kind");
    let nowhere = house.ask(Method::POST, "/api/imports/uploads/..%2F..%2Fstore/commit", kind.clone()).await;
    check_refusal("commit", &nowhere, 404, "not_found");
    let job = house.ask(Method::POST, &of("commit"), kind).await;
    check("commit", &job, 202);

    let import = format!("/api/imports/{}", job.json()["id"]);
    let done = finished(house, &import).await;
    assert_eq!((&done["received"], &done["accepted"], &done["rejected"]), (&json!(2), &json!(1), &json!(1)), "{done}");
    check_refusal("import", &house.get("/api/imports/999").await, 404, "not_found");
    let rejects = house.get(&format!("{import}/rejects.csv")).await;
    check("rejects", &rejects, 200);
    assert!(rejects.text().contains("N-2") && !rejects.text().contains("N-1"), "{}", rejects.text());
    check_refusal("rejects", &house.get("/api/imports/999/rejects.csv").await, 404, "not_found");
    let file = preview.json()["mapping_file"].clone();
    let mut names = mappings(house, &file).await;
    names.extend(taken_back(house, &import).await);
    names.extend([
        "POST /api/imports/uploads",
        "POST /api/imports/uploads/{upload_id}/preview",
        "POST /api/imports/uploads/{upload_id}/commit",
        "GET /api/imports/{id}",
        "GET /api/imports/{id}/rejects.csv",
    ]);
    names.into_iter().map(str::to_owned).collect()
}

/// A mapping is saved, found, replaced by nothing that is no mapping, and forgotten.
async fn mappings(house: &House, file: &Value) -> Vec<&'static str> {
    let saved = "/api/mappings/shop";
    check("save", &house.ask(Method::PUT, saved, Some(json!({"mapping_file": file}))).await, 200);
    let junk = house.ask(Method::PUT, saved, Some(json!({"mapping_file": "kind = 7"}))).await;
    check_refusal("save", &junk, 400, "bad_mapping");
    let list = house.get("/api/mappings").await.json();
    assert_eq!(list["items"][0]["name"], "shop", "{list}");
    check_refusal("list", &house.get("/api/mappings?as_of=soon").await, 400, "bad_moment");
    assert_eq!(house.get(saved).await.json()["kind"], "orders");
    check("forget", &house.ask(Method::DELETE, saved, None).await, 204);
    check_refusal("forget", &house.ask(Method::DELETE, saved, None).await, 404, "not_found");
    check_refusal("read", &house.get(saved).await, 404, "not_found");
    vec!["GET /api/mappings", "GET /api/mappings/{name}", "PUT /api/mappings/{name}", "DELETE /api/mappings/{name}"]
}

/// An import that is done is taken back once; one under way is stopped and leaves nothing.
async fn taken_back(house: &House, done: &str) -> Vec<&'static str> {
    let undone = house.ask(Method::POST, &format!("{done}/undo"), None).await;
    check("undo", &undone, 200);
    let again = house.ask(Method::POST, &format!("{done}/undo"), None).await;
    check_refusal("undo", &again, 409, "cannot_undo");
    check_refusal("cancel", &house.ask(Method::POST, &format!("{done}/cancel"), None).await, 409, "import_ended");

    // Where this test is kept waiting for long, an import is faster than the wish to stop it: then the next one.
    let mut turn = 0;
    until("every import ends before it is stopped", async || {
        turn += 1;
        let import = begun(house, turn).await;
        let stopped = house.ask(Method::POST, &format!("{import}/cancel"), None).await;
        assert!(stopped.status == StatusCode::ACCEPTED || stopped.code() == "import_ended", "{}", stopped.text());
        (finished(house, &import).await["state"] == "cancelled").then_some(())
    })
    .await;
    let found = house.get("/api/customers/M%2F01/timeline?limit=500").await;
    assert!(!found.text().contains(&format!("L{turn}-")), "a cancelled import leaves nothing");
    vec!["POST /api/imports/{id}/undo", "POST /api/imports/{id}/cancel"]
}

/// An import that takes a while, under way.
async fn begun(house: &House, turn: u32) -> String {
    let mut text = "订单号,客户编号,下单时间,订单金额\n".to_owned();
    (0..60_000).for_each(|row| text.push_str(&format!("L{turn}-{row},M/01,2025-05-{:02} 08:00,50\n", row % 28 + 1)));
    let uri = "/api/imports/uploads?file_name=long.csv";
    let request = request(Method::POST, uri).header(header::COOKIE, &house.cookie).header("x-liuke", "1");
    let preview = house.send(request.body(Body::from(text)).unwrap()).await.json();
    let commit = format!("/api/imports/uploads/{}/commit", preview["upload_id"].as_str().unwrap());
    let job = house.ask(Method::POST, &commit, Some(json!({"kind": "orders"}))).await.json();
    format!("/api/imports/{}", job["id"])
}

async fn finished(house: &House, import: &str) -> Value {
    until("the import does not end", async || {
        let job = house.get(import).await.json();
        (job["state"] != "running").then_some(job)
    })
    .await
}

/// Session, set-up, tokens, cycle, health: the routes that end what the others need.
async fn standing(house: &House) -> Vec<String> {
    let late = house.ask(Method::POST, "/api/setup", Some(setup("wrong"))).await;
    check_refusal("POST /api/setup", &late, 403, "bad_setup_token");
    check_refusal("DELETE /api/tokens", &house.ask(Method::DELETE, "/api/tokens/x", None).await, 404, "not_found");
    let token = house.ask(Method::POST, "/api/tokens", Some(json!({"name": "gone"}))).await.json();
    check("DELETE /api/tokens", &house.ask(Method::DELETE, &format!("/api/tokens/{}", token["id"]), None).await, 204);
    // The import has started a cycle of its own, which may still be running.
    until("the cycle of the import does not end", async || {
        let cycle = house.ask(Method::POST, "/api/cycle", None).await;
        assert!(cycle.status == StatusCode::ACCEPTED || cycle.code() == "cycle_running", "{}", cycle.text());
        (cycle.status == StatusCode::ACCEPTED).then_some(())
    })
    .await;
    let forged = request(Method::POST, "/api/cycle").header(header::COOKIE, &house.cookie).body(Body::empty()).unwrap();
    check_refusal("POST /api/cycle", &house.send(forged).await, 403, "forged_request");
    for probe in ["/healthz", "/readyz", "/metrics"] {
        check(probe, &house.get(probe).await, 200);
        check_refusal(probe, &house.ask(Method::POST, probe, None).await, 405, "method_not_allowed");
    }
    check("GET /api/session", &house.get("/api/session").await, 200);
    check_refusal("GET /api/session", &house.get("/api/session?as_of=soon").await, 400, "bad_moment");
    let out = house.ask(Method::POST, "/api/sign-out", None).await;
    check("POST /api/sign-out", &out, 200);
    assert_eq!(out.json()["state"], "signed_out");
    let forged =
        request(Method::POST, "/api/sign-out").header(header::COOKIE, &house.cookie).body(Body::empty()).unwrap();
    check_refusal("POST /api/sign-out", &house.send(forged).await, 403, "forged_request");
    check_refusal("GET /api/today", &house.get("/api/today").await, 401, "signed_out");
    let names = [
        "POST /api/setup",
        "DELETE /api/tokens/{id}",
        "POST /api/cycle",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
        "GET /api/session",
        "POST /api/sign-out",
    ];
    names.map(str::to_owned).to_vec()
}

fn described() -> BTreeSet<String> {
    let document = server::openapi::document();
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_customer_is_told_to_somebody_who_is_not_signed_in() {
    let mut house = House::open().await;
    house.cookie = String::new();
    let is_open = |name: &str| {
        let (method, path) = name.split_once(' ').unwrap();
        server::http::needs(method, path) == Some(server::http::Needs::Nobody)
    };
    for name in described().into_iter().filter(|name| name.contains(" /api/") && !is_open(name)) {
        let (method, path) = name.split_once(' ').unwrap();
        let path = path
            .replace("{id}", "1")
            .replace("{number}", "1")
            .replace("{month}", "2025-05")
            .replace("{sort}", "rule")
            .replace("{upload_id}", "x");
        let answer = house.ask(method.parse().unwrap(), &path, Some(json!({}))).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "signed_out".into()), "{name}");
    }
    let session = house.get("/api/session").await.json();
    assert_eq!((&session["state"], &session["staff"]), (&json!("signed_out"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_moment_is_answered_as_the_past_saw_it() {
    let house = House::open().await;
    // M/13 stopped seven weeks before the end of June; in April it was still a good customer.
    let health = async |as_of: &str| {
        house.get(&format!("/api/customers/M%2F13{as_of}")).await.json()["row"]["verdict"]["health"].as_f64()
    };
    let (now, then) = (health("").await, health("?as_of=2025-04-01").await);
    assert!(now < then, "{now:?} {then:?}");
    assert_eq!(then, health("?as_of=2025-04-01T00:00:00%2B08:00").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_list_together_is_the_whole_list_once() {
    let house = House::open().await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = house.get(&format!("/api/customers?limit=5&sort=name{cursor}")).await.json();
        seen.extend(page["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let unique: BTreeSet<&String> = seen.iter().collect();
    assert_eq!((seen.len(), unique.len()), (16, 16), "{seen:?}");
}
