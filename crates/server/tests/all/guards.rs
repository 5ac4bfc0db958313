//! Who may knock, and in whose name.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::json;
use server::http::SiteOptions;

use crate::house::{House, preparing, request, send, site};

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_page_cannot_change_anything_in_a_readers_name() {
    let house = House::open().await;
    let forged = |origin: Option<&str>, mark: Option<&str>, token: Option<&str>| {
        let mut request = request(Method::POST, "/api/cycle").header(header::COOKIE, &house.cookie);
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        if let Some(mark) = mark {
            request = request.header("x-liuke", mark);
        }
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        request.body(Body::empty()).unwrap()
    };
    for (origin, mark) in [
        (None, None),
        (None, Some("0")),
        (Some("http://evil.example"), Some("1")),
        (Some("null"), Some("1")),
        (Some("http://localhost:7071"), Some("1")),
    ] {
        let answer = house.send(forged(origin, mark, None)).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::FORBIDDEN, "forged_request".into()),
            "{origin:?} {mark:?}"
        );
    }
    let answer = house.send(forged(Some("http://localhost:7070"), Some("1"), None)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
    // A token is never sent by a browser on its own; but then the cookie does not count either.
    let answer = house.send(forged(None, None, Some("wrong"))).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_ours_is_not_answered_on_loopback_either() {
    let house = House::open().await;
    let named = |host: &str| request(Method::GET, "/healthz").header(header::HOST, host).body(Body::empty()).unwrap();
    let rebound = axum::http::Request::builder()
        .uri("/api/customers")
        .header(header::HOST, "evil.example:7070")
        .header(header::COOKIE, &house.cookie)
        .body(Body::empty())
        .unwrap();
    let answer = house.send(rebound).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::MISDIRECTED_REQUEST, "unknown_host".into()));
    assert!(house.send(named("127.0.0.1")).await.status.is_success());

    let allowed = site(&house.app, SiteOptions { hosts: vec!["crm.example.cn".into()], ..SiteOptions::default() });
    let own = axum::http::Request::builder().uri("/healthz").header(header::HOST, "crm.example.cn");
    assert!(send(&allowed, own.body(Body::empty()).unwrap()).await.status.is_success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_cookie_is_out_of_reach_of_scripts_and_secure_behind_https() {
    let house = House::open().await;
    let sign_in = json!({"email": "zhao@example.cn", "password": "correct horse"});
    let answer = house.ask(Method::POST, "/api/sign-in", Some(sign_in.clone())).await;
    let line = answer.header("set-cookie");
    assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax") && !line.contains("Secure"), "{line}");

    let https = site(&house.app, SiteOptions { https: true, ..SiteOptions::default() });
    let request = request(Method::POST, "/api/sign-in").header(header::CONTENT_TYPE, "application/json");
    let answer = send(&https, request.body(Body::from(sign_in.to_string())).unwrap()).await;
    assert!(answer.header("set-cookie").contains("; Secure"), "{}", answer.header("set-cookie"));
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_password_is_stopped_after_some_attempts() {
    let house = House::open().await;
    let mut codes = Vec::new();
    for _ in 0..10 {
        let guess = json!({"email": "zhao@example.cn", "password": "password1"});
        codes.push(house.ask(Method::POST, "/api/sign-in", Some(guess)).await.code());
    }
    assert_eq!(codes[0], "bad_credentials");
    assert_eq!(codes[9], "too_many_attempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_works_with_a_token_until_it_is_removed() {
    let house = House::open().await;
    let made = house.ask(Method::POST, "/api/tokens", Some(json!({"name": "nightly"}))).await.json();
    let with_token = || {
        let token = made["token"].as_str().unwrap();
        let request = request(Method::GET, "/api/customers").header(header::AUTHORIZATION, format!("Bearer {token}"));
        request.body(Body::empty()).unwrap()
    };
    assert_eq!(house.send(with_token()).await.status, StatusCode::OK);
    let listed = house.get("/api/tokens").await.text();
    assert!(listed.contains("nightly") && !listed.contains(made["token"].as_str().unwrap()), "{listed}");
    let removed = house.ask(Method::DELETE, &format!("/api/tokens/{}", made["id"]), None).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(house.send(with_token()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_salesperson_sees_and_counts_only_their_own_customers() {
    let mut house = House::open().await;
    let person = json!({"name": "王芳", "email": "wang@example.cn", "password": "long enough", "role": "owner", "owner_key": "王芳"});
    assert_eq!(house.ask(Method::POST, "/api/staff", Some(person)).await.status, StatusCode::OK);
    let all = house.get("/api/customers").await.json()["total"].as_u64().unwrap();
    let sign_in = json!({"email": "wang@example.cn", "password": "long enough"});
    house.cookie = house.ask(Method::POST, "/api/sign-in", Some(sign_in)).await.cookie().unwrap();
    let list = house.get("/api/customers").await.json();
    assert_eq!(list["total"].as_u64().unwrap() * 2, all);
    assert_eq!(house.get("/api/customers/M%2F02").await.status, StatusCode::OK);
    assert_eq!(house.get("/api/customers/M%2F01").await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get("/api/staff").await.code(), "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_of_the_server_are_for_this_machine_or_a_token() {
    let house = House::open().await;
    house.get("/api/today").await;
    let text = house.get("/metrics").await.text();
    assert!(text.contains("liuke_http_requests_total{route=\"/api/today\",method=\"GET\",status=\"200\"} 1"), "{text}");
    let facts = text.lines().find_map(|line| line.strip_prefix("liuke_facts ")).unwrap();
    assert!(facts.parse::<u64>().unwrap() > 1000, "{facts}");

    let far: std::net::SocketAddr = "10.1.2.3:50000".parse().unwrap();
    let mut request = request(Method::GET, "/metrics").body(Body::empty()).unwrap();
    request.extensions_mut().insert(axum::extract::ConnectInfo(far));
    assert_eq!(house.send(request).await.code(), "loopback_only");
}

#[tokio::test]
async fn while_the_sample_company_is_prepared_pages_say_so_and_programs_read_why() {
    let (_, router) = preparing();
    let page = send(&router, request(Method::GET, "/").body(Body::empty()).unwrap()).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.text().contains("http-equiv=\"refresh\""), "{}", page.text());
    let ready = send(&router, request(Method::GET, "/readyz").body(Body::empty()).unwrap()).await;
    assert_eq!((ready.status, ready.code()), (StatusCode::SERVICE_UNAVAILABLE, "preparing".into()));
    let alive = send(&router, request(Method::GET, "/healthz").body(Body::empty()).unwrap()).await;
    assert_eq!(alive.status, StatusCode::OK);
}
