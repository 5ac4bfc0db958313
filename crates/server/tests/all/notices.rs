//! Notices: who may do what with them, and that a server killed while it sends tells nobody twice.
//!
//! A few hundred notices and three kills in the ordinary suite; `LIUKE_NOTICES=10000 LIUKE_KILLS=20` for more.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant as Stopwatch};

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use store::{DeliveryState, NewChannel, NewStaff, NoticeFilter, NoticePage, Role, Settled, Store};
use vocab::{Instant, Notice, NoticeKind, Text};

use crate::house::{House, PATIENCE, now};
use crate::living::Server;
use crate::post::Post;

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

async fn open(folder: &Path) -> Store {
    Store::open(&Store::url_of(&folder.join("store.sqlite"))).await.unwrap()
}

fn notice(key: &str, staff: i64) -> Notice {
    Notice {
        key: key.to_owned(),
        staff,
        kind: NoticeKind::Urgent,
        subject: Text::new(format!("通知 {key}"), format!("Notice {key}")),
        lines: Vec::new(),
        path: Some("/today".to_owned()),
        is_urgent: false,
        not_before: Instant::from_micros(0),
    }
}

/// A service that takes whatever it is sent.
async fn taking() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new().fallback(async || axum::Json(json!({"errcode": 0, "errmsg": "ok"})));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/send?key=0123456789abcdef")
}

/// One welcome and one refusal of each route; the names of the routes.
pub(crate) async fn every_route(house: &House) -> Vec<String> {
    let ask = async |method: Method, uri: &str, body: Value| house.ask(method, uri, Some(body)).await;
    let bot = |webhook: &str| {
        json!({"name": "客户成功群", "kind": "wecom_bot", "settings": {"allow_private": true},
            "secrets": {"webhook": webhook}})
    };
    let added = ask(Method::POST, "/api/channels", bot(&taking().await)).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
    assert_eq!(ask(Method::POST, "/api/channels", bot("")).await.code(), "bad_channel");
    let uri = format!("/api/channels/{}", added.json()["id"]);
    let test = format!("{uri}/test");
    let tested = ask(Method::POST, &test, json!({})).await;
    assert_eq!(tested.status, StatusCode::OK, "{}", tested.text());
    let change = json!({"version": 1, "secrets": {"webhook": "http://127.0.0.1:1/send?key=fedcba9876543210"}});
    assert_eq!(ask(Method::PATCH, &uri, change.clone()).await.json()["version"], json!(2));
    assert_eq!(ask(Method::PATCH, &uri, change).await.code(), "version_conflict");
    assert_eq!(ask(Method::POST, &test, json!({})).await.code(), "unreachable");
    let listed = house.get("/api/channels").await;
    assert_eq!(listed.json()["channels"][0]["last"]["trouble"]["code"], json!("unreachable"));
    assert!(!listed.text().contains("fedcba"), "{}", listed.text());
    assert_eq!(house.get("/api/channels?as_of=soon").await.code(), "bad_moment");

    let mine = "/api/notice-choices/mine";
    let id = added.json()["id"].clone();
    let chosen = json!({"version": 0, "urgent_breaks_quiet": true, "lang": "zh",
        "ways": [{"channel_id": id, "kinds": ["urgent"]}]});
    assert_eq!(ask(Method::PUT, mine, chosen.clone()).await.json()["version"], json!(1));
    assert_eq!(ask(Method::PUT, mine, chosen).await.code(), "version_conflict");
    assert_eq!(house.get(mine).await.json()["ways"][0]["channel_id"], id);
    assert_eq!(house.get("/api/notice-choices/mine?as_of=soon").await.code(), "bad_moment");

    let (first, second) = failed(house).await;
    let seen = json!({"version": first.1});
    let resend = |id: i64| format!("/api/notice-deliveries/{id}/resend");
    let leave = |id: i64| format!("/api/notice-deliveries/{id}/leave");
    assert_eq!(ask(Method::POST, &resend(first.0), seen.clone()).await.json()["state"], json!("planned"));
    assert_eq!(ask(Method::POST, &resend(first.0), seen).await.code(), "version_conflict");
    let seen = json!({"version": second.1});
    assert_eq!(ask(Method::POST, &leave(second.0), seen.clone()).await.json()["is_open"], json!(false));
    assert_eq!(ask(Method::POST, &leave(999), seen).await.code(), "not_found");
    let told = house.get("/api/notices?whose=all&state=failed").await.json();
    assert_eq!((&told["total"], &told["undecided"]), (&json!(1), &json!(0)), "{told}");
    assert_eq!(house.get("/api/notices?state=lost").await.code(), "bad_filter");
    assert_eq!(ask(Method::POST, "/api/notices/read", json!({})).await.json()["unread"], json!(0));
    assert_eq!(ask(Method::POST, "/api/notices/read", json!({"ids": "all"})).await.code(), "bad_body");
    assert_eq!(house.ask(Method::DELETE, &uri, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.ask(Method::DELETE, &uri, None).await.code(), "not_found");
    let names = [
        "GET /api/channels",
        "POST /api/channels",
        "PATCH /api/channels/{id}",
        "DELETE /api/channels/{id}",
        "POST /api/channels/{id}/test",
        "GET /api/notice-choices/mine",
        "PUT /api/notice-choices/mine",
        "GET /api/notices",
        "POST /api/notices/read",
        "POST /api/notice-deliveries/{id}/resend",
        "POST /api/notice-deliveries/{id}/leave",
    ];
    names.map(str::to_owned).to_vec()
}

/// Two deliveries to the reader that failed: id and version of each.
async fn failed(house: &House) -> ((i64, i64), (i64, i64)) {
    let store = open(&house.dir.path().join("data")).await;
    let me = house.get("/api/session").await.json()["staff"]["id"].as_i64().unwrap();
    store.put_notices(&[notice("a", me), notice("b", me)], &|notice| notice.not_before, now()).await.unwrap();
    for claim in store.claim_deliveries("test", 9, &|_, _, _| now(), now()).await.unwrap() {
        store.settle_attempt(claim.attempt_id, &Settled::Failed("{}".to_owned()), now()).await.unwrap();
    }
    let filter = NoticeFilter { staff: Some(me), undecided: true, ..NoticeFilter::default() };
    let page = store.notices(&filter, (0, 9)).await.unwrap();
    let of = |at: usize| (page.rows[at].deliveries[0].id, page.rows[at].deliveries[0].version);
    (of(0), of(1))
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_are_the_administrators_and_a_notice_its_own_persons() {
    let mut house = House::open().await;
    let bot = json!({"name": "群", "kind": "wecom_bot", "settings": {"allow_private": true},
        "secrets": {"webhook": taking().await}});
    let added = house.ask(Method::POST, "/api/channels", Some(bot.clone())).await.json();
    let chosen = json!({"version": 0, "urgent_breaks_quiet": true, "lang": "zh",
        "ways": [{"channel_id": added["id"], "kinds": ["urgent"]}]});
    house.ask(Method::PUT, "/api/notice-choices/mine", Some(chosen)).await;
    let (theirs, _) = failed(&house).await;
    let person =
        json!({"name": "李雷", "email": "l@x.cn", "password": "long enough", "role": "owner", "owner_key": "李雷"});
    assert_eq!(house.ask(Method::POST, "/api/staff", Some(person)).await.status, StatusCode::OK);
    let entry = json!({"email": "l@x.cn", "password": "long enough"});
    house.cookie = house.ask(Method::POST, "/api/sign-in", Some(entry)).await.cookie().unwrap();
    assert_eq!(house.get("/api/channels").await.code(), "forbidden");
    assert_eq!(house.ask(Method::POST, "/api/channels", Some(bot)).await.code(), "forbidden");
    assert_eq!(house.get("/api/notices?whose=all").await.code(), "forbidden");
    assert_eq!(house.get("/api/notices").await.json()["total"], json!(0));
    let resend = format!("/api/notice-deliveries/{}/resend", theirs.0);
    assert_eq!(house.ask(Method::POST, &resend, Some(json!({"version": theirs.1}))).await.code(), "not_found");
    let choice = house.get("/api/notice-choices/mine").await;
    assert_eq!(choice.json()["options"][0]["name"], json!("群"));
    assert!(!choice.text().contains("0123456789abcdef"), "{}", choice.text());
}

/// A folder with people, a mail server as their channel, and a notice for each.
async fn prepared(folder: &Path, post: &Post, count: usize) {
    // The server makes what else belongs to a folder.
    drop(app::App::open(folder, app::AppOptions::default()).await.unwrap());
    let store = open(folder).await;
    let settings = json!({"host": "127.0.0.1", "port": post.address.port(), "security": "none",
        "from": "liuke@example.cn", "allow_private": true, "per_minute": 1_000_000});
    let channel = NewChannel { name: "mail".to_owned(), kind: "mail".to_owned(), settings, secret: None };
    store.add_channel(&channel, "test", now()).await.unwrap();
    let mut notices = Vec::new();
    for number in 0..count {
        let new = NewStaff {
            name: format!("p{number}"),
            email: format!("p{number}@example.cn"),
            role: Role::Owner,
            owner_key: None,
            unit_id: None,
            password_hash: "x".to_owned(),
        };
        let id = store.add_staff(&new, "test", now()).await.unwrap().id;
        notices.push(notice(&number.to_string(), id));
    }
    let planned = store.put_notices(&notices, &|notice| notice.not_before, now()).await.unwrap();
    assert_eq!(planned, count as u64);
    store.close().await.unwrap();
}

/// Looks until what is looked for is there.
async fn until(what: &str, mut look: impl AsyncFnMut() -> bool) {
    let begun = Stopwatch::now();
    while !look().await {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn in_state(page: &NoticePage, state: DeliveryState) -> usize {
    page.state_counts.get(&state).map_or(0, |count| usize::try_from(*count).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_while_it_sends_tells_nobody_twice_and_forgets_nobody() {
    let (count, kills) = (number("LIUKE_NOTICES", 200), number("LIUKE_KILLS", 3));
    let dir = tempfile::tempdir().unwrap();
    let post = Post::start(&[]).await;
    prepared(&dir.path().join("d"), &post, count).await;
    let serve = ["serve", "--data", "d"];
    for kill in 1..=kills {
        let server = Server::start(dir.path(), &serve);
        let enough = count * kill / (kills + 1);
        until("nothing is sent", async || post.letters().len() >= enough).await;
        // Whoever is dropped is killed, without a word.
        drop(server);
    }
    let server = Server::start(dir.path(), &serve);
    let store = open(&dir.path().join("d")).await;
    let read = async || store.notices(&NoticeFilter::default(), (0, 1)).await.unwrap();
    until("not everything is settled", async || {
        let page = read().await;
        in_state(&page, DeliveryState::Planned) + in_state(&page, DeliveryState::Sending) == 0
    })
    .await;
    let page = read().await;
    let [sent, failed, perhaps] =
        [DeliveryState::Sent, DeliveryState::Failed, DeliveryState::PossiblySent].map(|state| in_state(&page, state));
    assert_eq!(sent + failed + perhaps, count, "planned = sent + failed + possibly sent");
    assert_eq!((failed, page.undecided), (0, perhaps as u64), "what nobody knows of waits for a person");
    let letters = post.letters();
    let told: BTreeSet<&str> = letters.iter().map(|letter| letter.to.as_str()).collect();
    assert_eq!(told.len(), letters.len(), "nobody twice");
    assert!(
        (sent..=sent + perhaps).contains(&letters.len()),
        "{sent} sent, {perhaps} perhaps, {} arrived",
        letters.len()
    );
    assert!(letters.iter().all(|letter| letter.text.contains("Message-ID: <notice-")), "a letter that was cut off");
    println!(
        "proof: {count} notices, {kills} kills: {sent} sent, {perhaps} possibly sent, {} arrived, none twice",
        letters.len()
    );
    assert_eq!(server.stop(), 0);
}
