//! A small firm to ask: a shop with some faithful members and some who stopped coming.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use app::{App, AppOptions, ImportPlan, ImportSpec};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::{Value, json};
use server::http::{Site, SiteOptions, router};
use tempfile::TempDir;
use tower::ServiceExt;
use vocab::{Instant, Zone};

use crate::fixture::{copied, copy_folder};

/// The moment at which all tests stand.
pub(crate) fn now() -> Instant {
    Zone::default().parse("2025-06-30 12:00").unwrap()
}

/// How long anything may take, on the slowest machine that runs these tests; what takes longer never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

/// Looks again and again until there is an answer.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Stopwatch::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Members of the shop.
pub(crate) fn customers_csv() -> String {
    let mut text = "客户编号,客户名称,负责人,手机号\n".to_owned();
    for number in 1..=16 {
        let owner = if number % 2 == 0 { "王芳" } else { "李雷" };
        text.push_str(&format!("M/{number:02},会员{number},{owner},0138001380{number:02}\n"));
    }
    text
}

/// Their orders: weekly for two years; M/13 to M/16 stopped between seven and fifteen weeks ago.
pub(crate) fn orders_csv() -> String {
    let mut text = "订单号,客户编号,下单时间,订单金额\n".to_owned();
    let last = Zone::default().parse("2025-06-29 10:00").unwrap();
    for week in (0..104).rev() {
        for number in 1..=16 {
            let stopped = number > 12 && week < 7 + (number - 13) * 2;
            if !stopped {
                let at = Zone::default().date_time(last.plus_days(-7 * week - number));
                text.push_str(&format!("O-{week}-{number},M/{number:02},{at},{}\n", 100 + number * 10));
            }
        }
    }
    text
}

/// A server over the shop, with its administrator signed in.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) cookie: String,
    pub(crate) dir: TempDir,
}

/// A data folder with the shop's data in it and nobody set up.
pub(crate) async fn folder() -> (TempDir, App) {
    let dir = history().await;
    let app = opened(dir.path()).await;
    (dir, app)
}

async fn history() -> TempDir {
    copied("shop", async |folder| {
        let app = opened(folder).await;
        for (name, text) in [("customers.csv", customers_csv()), ("orders.csv", orders_csv())] {
            let file = folder.join(name);
            std::fs::write(&file, text).unwrap();
            let spec = ImportSpec { plan: plan(name), mapping: None, rejects: None, dry_run: false };
            app.import_file(&file, &spec, now(), &mut |_| {}).await.unwrap();
        }
        app.close().await.unwrap();
        drop(app);
        // A journal is made with room for much to come; opened again it is as long as what is in it, and so is each copy.
        opened(folder).await.close().await.unwrap();
    })
    .await
}

async fn opened(folder: &Path) -> App {
    App::open(&folder.join("data"), AppOptions::default()).await.unwrap()
}

fn plan(name: &str) -> ImportPlan {
    let observed_on = name.starts_with("customers").then(|| Zone::default().parse("2023-06-01").unwrap());
    ImportPlan {
        kind: Some(name.trim_end_matches(".csv").parse().unwrap()),
        observed_on,
        zone: Zone::default(),
        ..ImportPlan::default()
    }
}

pub(crate) fn site(app: &App, options: SiteOptions) -> Router {
    let site = Site::new(options, now);
    site.ready(app.clone());
    router(site)
}

impl House {
    /// Set up, signed in, its list computed.
    pub(crate) async fn open() -> House {
        const COOKIE: &str = "cookie";
        let dir = copied("house", async |folder| {
            copy_folder(history().await.path(), folder);
            let app = opened(folder).await;
            let router = site(&app, SiteOptions::default());
            let token = app.setup_token(now()).await.unwrap().unwrap();
            let asked = request(Method::POST, "/api/setup").header("x-liuke", "1");
            let asked = asked.header(header::CONTENT_TYPE, "application/json");
            let answer = send(&router, asked.body(Body::from(setup(&token).to_string())).unwrap()).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
            app.run_cycle(app.last_midnight(now()), now()).await.unwrap();
            app.close().await.unwrap();
            std::fs::write(folder.join(COOKIE), answer.cookie().unwrap()).unwrap();
        })
        .await;
        let (app, cookie) = (opened(dir.path()).await, std::fs::read_to_string(dir.path().join(COOKIE)).unwrap());
        House { router: site(&app, SiteOptions::default()), app, cookie, dir }
    }

    /// A request as the screens make it: with the cookie and the header of our own scripts.
    pub(crate) async fn ask(&self, method: Method, uri: &str, body: Option<Value>) -> Answer {
        let mut request = request(method, uri).header("x-liuke", "1");
        if !self.cookie.is_empty() {
            request = request.header(header::COOKIE, &self.cookie);
        }
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        self.send(request.header(header::CONTENT_TYPE, "application/json").body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, uri: &str) -> Answer {
        self.ask(Method::GET, uri, None).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        send(&self.router, request).await
    }

    /// A case to work on.
    pub(crate) async fn open_case(&self) -> (i64, i64) {
        let today = self.get("/api/today").await.json();
        let row = today["rows"].get(0).unwrap_or_else(|| panic!("nobody needs attention: {today}")).clone();
        (row["case_id"].as_i64().unwrap(), row["case_version"].as_i64().unwrap())
    }
}

/// What set-up sends.
pub(crate) fn setup(token: &str) -> Value {
    json!({"token": token, "name": "赵敏", "email": "zhao@example.cn", "password": "correct horse", "firm": firm()})
}

pub(crate) fn firm() -> Value {
    json!({
        "name": "小店", "template": "ecommerce", "noun": {"zh": "会员", "en": "member"}, "noun_plural_en": "members",
        "measure_zh": "位", "owner_title": {"zh": "导购", "en": "sales associate"}, "timezone": "Asia/Shanghai",
        "currency": "CNY", "churn": "no_order_180d", "scorecard": "ecommerce", "demo": false
    })
}

pub(crate) fn request(method: Method, uri: &str) -> axum::http::request::Builder {
    let peer: std::net::SocketAddr = "127.0.0.1:50000".parse().unwrap();
    Request::builder().method(method).uri(uri).header(header::HOST, "localhost:7070").extension(ConnectInfo(peer))
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The session as a browser sends it back.
    pub(crate) fn cookie(&self) -> Option<String> {
        let line = self.headers.get(header::SET_COOKIE)?.to_str().ok()?;
        line.split(';').next().map(str::to_owned)
    }

    /// Code of the refusal.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.text());
        self.json()["code"].as_str().unwrap().to_owned()
    }
}

/// The real program.
pub(crate) fn liuke() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liuke"));
    command.env_remove("LIUKE_DATABASE").env("LANG", "en_US.UTF-8").env_remove("LC_ALL");
    command
}

/// Runs the real program in a folder.
pub(crate) fn run(cwd: &Path, arguments: &[&str]) -> Output {
    liuke().current_dir(cwd).args(arguments).output().unwrap()
}

pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A folder with the shop's files beside it, not imported yet.
pub(crate) fn shop() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("customers.csv"), customers_csv()).unwrap();
    std::fs::write(dir.path().join("orders.csv"), orders_csv()).unwrap();
    let path = dir.path().to_owned();
    (dir, path)
}

/// A site whose folder is not open yet.
pub(crate) fn preparing() -> (Arc<Site>, Router) {
    let site = Site::new(SiteOptions { demo: true, ..SiteOptions::default() }, now);
    (site.clone(), router(site))
}
