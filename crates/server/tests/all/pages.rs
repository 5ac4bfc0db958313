//! Everything that is no route of the API: screens, documentation, security headers.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use server::http::SiteOptions;

use crate::house::{House, folder, now, request, send, site};

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_the_screens_gets_the_page_and_a_missing_file_or_route_does_not() {
    let house = House::open().await;
    for address in ["/", "/customers/M%2F01", "/today"] {
        let page = house.get(address).await;
        assert_eq!(
            (page.status, page.header("content-type")),
            (StatusCode::OK, "text/html; charset=utf-8"),
            "{address}"
        );
    }
    for address in ["/api/nothing", "/assets/missing.js", "/assets/..%2f..%2fCargo.toml"] {
        assert_eq!(house.get(address).await.code(), "not_found", "{address}");
    }
    assert_eq!(house.ask(Method::PATCH, "/api/today", None).await.code(), "method_not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_hardened_and_answers_of_the_api_are_not_kept() {
    let house = House::open().await;
    for address in ["/", "/api/today", "/api/nothing", "/docs"] {
        let answer = house.get(address).await;
        assert!(answer.header("content-security-policy").contains("default-src 'self'"), "{address}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{address}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{address}");
        assert!(!answer.header("x-request-id").is_empty(), "{address}");
        if address.starts_with("/api") {
            assert_eq!(answer.header("cache-control"), "no-store", "{address}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documentation_loads_nothing_from_elsewhere() {
    let house = House::open().await;
    for (address, sort) in [
        ("/docs", "text/html"),
        ("/docs/page.css", "text/css"),
        ("/docs/page.js", "text/javascript"),
        ("/openapi.json", "application/json"),
    ] {
        let answer = house.get(address).await;
        assert!(answer.header("content-type").starts_with(sort), "{address}");
        let text = answer.text();
        assert!(!text.contains("src=\"http") && !text.contains("@import") && !text.contains("url(http"), "{address}");
    }
    assert_eq!(house.get("/openapi.json").await.text(), server::openapi::text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_speaks_the_readers_language_and_names_the_request() {
    let house = House::open().await;
    let in_language = |tag: &str| {
        let request = request(Method::GET, "/api/customers?sort=luck").header(header::COOKIE, &house.cookie);
        request.header(header::ACCEPT_LANGUAGE, tag).body(Body::empty()).unwrap()
    };
    let (zh, en) = (house.send(in_language("zh-CN")).await, house.send(in_language("en")).await);
    assert!(zh.json()["detail"].as_str().unwrap().contains("参数"), "{}", zh.text());
    assert!(en.json()["detail"].as_str().unwrap().contains("luck"), "{}", en.text());
    assert_eq!(en.json()["status"], 400);
    assert_eq!(en.json()["request_id"], en.header("x-request-id"));
    assert_ne!(zh.json()["request_id"], en.json()["request_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_answer_is_compressed_for_whoever_reads_gzip() {
    let house = House::open().await;
    let request = request(Method::GET, "/api/customers").header(header::COOKIE, &house.cookie);
    let answer = house.send(request.header(header::ACCEPT_ENCODING, "gzip").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert_eq!(answer.body[..2], [0x1f, 0x8b]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_too_long_for_its_route_is_refused() {
    let house = House::open().await;
    let long = serde_json::json!({"email": "a".repeat(2 << 20), "password": "x"});
    let answer = house.ask(Method::POST, "/api/sign-in", Some(long)).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::PAYLOAD_TOO_LARGE, "bad_body".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_company_lets_in_only_a_visitor_on_this_machine() {
    let (_dir, app) = folder().await;
    let name = app::view::Words { zh: "云栈科技".into(), en: "Yunzhan".into() };
    app.set_up_demo(name, "saas", now()).await.unwrap();
    let router = site(&app, SiteOptions { demo: true, ..SiteOptions::default() });
    let visit = |peer: &str, host: &str, cookie: Option<&str>| {
        let mut visit = axum::http::Request::builder().uri("/customers?band=high").header(header::HOST, host);
        if let Some(cookie) = cookie {
            visit = visit.header(header::COOKIE, cookie);
        }
        let peer: std::net::SocketAddr = peer.parse().unwrap();
        visit.extension(axum::extract::ConnectInfo(peer)).body(Body::empty()).unwrap()
    };
    let near = send(&router, visit("127.0.0.1:1000", "localhost:7070", None)).await;
    assert_eq!((near.status, near.header("cache-control")), (StatusCode::OK, "no-store"));
    let cookie = near.cookie().unwrap();
    let again = send(&router, visit("127.0.0.1:1000", "localhost:7070", Some(&cookie))).await;
    assert_eq!(again.cookie(), None, "a visitor who is signed in is not signed in again");

    let session = request(Method::GET, "/api/session").header(header::COOKIE, &cookie).body(Body::empty()).unwrap();
    assert_eq!(send(&router, session).await.json()["state"], "signed_in");
    for (peer, host) in [("10.1.2.3:1000", "localhost:7070"), ("127.0.0.1:1000", "10.0.0.9:7070")] {
        let far = send(&router, visit(peer, host, None)).await;
        assert_eq!((far.status, far.cookie()), (StatusCode::OK, None), "{peer} {host}");
    }
}
