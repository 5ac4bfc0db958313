//! The real server: it starts, does commands for its folder, stops in peace.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant as Stopwatch};

use serde_json::{Value, json};

use crate::house::{PATIENCE, liuke, run, said, shop};

/// A busy machine may keep some events waiting, a slow house keeps all of them waiting.
const FELT_TRIES: u32 = 60;

/// A server on a free port.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    setup: Option<String>,
    /// Held open: whoever speaks to nobody any more is another test's matter.
    _output: BufReader<ChildStdout>,
}

impl Server {
    pub(crate) fn start(cwd: &Path, arguments: &[&str]) -> Server {
        let mut child = liuke()
            .current_dir(cwd)
            .args(arguments)
            .args(["--listen", "127.0.0.1:0", "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (mut line, mut output) = (String::new(), BufReader::new(child.stdout.take().unwrap()));
        output.read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("it did not start: {line:?}"));
        let address = said["address"].as_str().unwrap().trim_start_matches("http://").to_owned();
        Server { child, address, setup: said["setup"].as_str().map(str::to_owned), _output: output }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Asks with headers and, if there is one, a JSON body; the answer must be one of success.
    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (host, length) = (&self.address, body.len());
        let typed = "Connection: close\r\nContent-Type: application/json\r\n";
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}{typed}Content-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
        let (_, json) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(json).unwrap_or_else(|_| panic!("{method} {path}: {answer}"))
    }

    pub(crate) fn ready(&self) {
        let begun = Stopwatch::now();
        while !self.get("/readyz").starts_with("HTTP/1.1 200") {
            assert!(begun.elapsed() < PATIENCE, "it does not become ready");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Asks it to stop and gives its exit status.
    pub(crate) fn stop(mut self) -> i32 {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn commands_on_a_served_folder_are_done_by_the_server_with_the_same_answer() {
    let (_dir, cwd) = shop();
    assert_eq!(run(&cwd, &["import", "--data", "d", "--as", "orders", "orders.csv"]).status.code(), Some(0));
    let score = ["score", "--data", "d", "--as-of", "2025-06-30"];
    let alone = run(&cwd, &score);

    let server = Server::start(&cwd, &["serve", "--data", "d"]);
    server.ready();
    assert!(server.setup.as_ref().unwrap().contains("/setup?token="));
    let served = run(&cwd, &score);
    assert_eq!((&served.stdout, served.status.code()), (&alone.stdout, Some(0)), "{}", said(&served));
    let more = "订单号,客户编号,下单时间,订单金额\nL-1,NEW,2025-06-20,10\nL-2,,2025-06-20,10\n";
    std::fs::write(cwd.join("more.csv"), more).unwrap();
    let imported = run(&cwd, &["import", "--data", "d", "--as", "orders", "--rejects", "bad.csv", "more.csv"]);
    assert_eq!(imported.status.code(), Some(3), "{}", said(&imported));
    assert!(cwd.join("bad.csv").is_file(), "paths are those of the caller");
    let facts = run(&cwd, &["facts", "--data", "d", "--customer", "NEW"]);
    assert_eq!(String::from_utf8_lossy(&facts.stdout).lines().count(), 2, "{}", said(&facts));
    assert_eq!(run(&cwd, &["score", "--data", "d", "--as-of", "soon"]).status.code(), Some(2));
    assert_eq!(server.stop(), 0);

    assert!(!cwd.join("d/liuke.sock").exists());
    let facts = run(&cwd, &["facts", "--data", "d", "--customer", "NEW"]);
    assert_eq!(String::from_utf8_lossy(&facts.stdout).lines().count(), 2, "{}", said(&facts));
}

#[test]
fn a_second_server_on_a_folder_is_refused_in_words() {
    let (_dir, cwd) = shop();
    let server = Server::start(&cwd, &["serve", "--data", "d"]);
    server.ready();
    let second = run(&cwd, &["serve", "--data", "d", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(said(&second).contains("in use by another"), "{}", said(&second));
    let taken = run(&cwd, &["serve", "--data", "e", "--listen", &server.address]);
    assert_eq!(taken.status.code(), Some(1));
    assert!(said(&taken).contains("--listen"), "{}", said(&taken));
    assert_eq!(server.stop(), 0);
}

#[test]
fn a_server_killed_without_warning_leaves_nothing_in_the_way_of_the_next() {
    let (_dir, cwd) = shop();
    let mut server = Server::start(&cwd, &["serve", "--data", "d"]);
    server.ready();
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    assert_eq!(run(&cwd, &["import", "--data", "d", "--as", "orders", "orders.csv"]).status.code(), Some(0));
    let next = Server::start(&cwd, &["serve", "--data", "d"]);
    next.ready();
    assert_eq!(next.stop(), 0);
}

#[test]
fn the_sample_company_shows_scored_customers_and_open_alerts_by_itself() {
    let (_dir, cwd) = shop();
    let server = Server::start(&cwd, &["demo", "--customers", "300", "--no-model"]);
    server.ready();
    let page = server.get("/");
    let cookie =
        page.lines().find_map(|line| line.to_lowercase().starts_with("set-cookie: ").then(|| line[12..].to_owned()));
    let cookie = cookie.unwrap_or_else(|| panic!("{page}"));
    let cookie = cookie.split(';').next().unwrap();
    let screens = format!("Cookie: {cookie}\r\nX-Liuke: 1\r\n");
    let answer = server.ask("GET", "/api/today", &screens, "").to_string();
    assert!(answer.contains("\"health\":") && answer.contains("\"case_state\":\"new\""), "{answer}");
    what_comes_in_is_felt_within_a_second(&server, &screens);
    assert_eq!(server.stop(), 0);
}

/// An event is in its customer's indicators a moment after its 2xx; of many events at least one within a second, however
/// busy the machine of the tests is.
fn what_comes_in_is_felt_within_a_second(server: &Server, screens: &str) {
    let source = server.ask("POST", "/api/sources", screens, r#"{"name":"app","kind":"segment"}"#);
    let key = source["key"].as_str().unwrap_or_else(|| panic!("{source}"));
    use base64::Engine as _;
    let key = base64::engine::general_purpose::STANDARD.encode(format!("{key}:"));
    let customer =
        server.ask("GET", "/api/customers?limit=1", screens, "")["rows"][0]["id"].as_str().unwrap().to_owned();
    let track = |number: u32| {
        let (id, company) = (format!("felt-{number}"), json!({"groupId": customer}));
        let event = json!({"userId": "u1", "context": company, "event": "Logged In", "messageId": id}).to_string();
        server.ask("POST", "/v1/track", &format!("Authorization: Basic {key}\r\n"), &event);
    };
    let page = || {
        let page = server.ask("GET", &format!("/api/customers/{customer}"), screens, "");
        let logins = page["indicators"].as_array().unwrap().iter().find(|one| one["id"] == "login_7d").unwrap().clone();
        (page["as_of"].as_str().unwrap().to_owned(), logins["figure"]["value"].as_f64().unwrap_or(0.0))
    };
    let wait_until = |done: &dyn Fn() -> bool| {
        let begun = Stopwatch::now();
        while !done() {
            assert!(begun.elapsed() < PATIENCE, "an event is not felt");
            std::thread::sleep(Duration::from_millis(20));
        }
        begun.elapsed()
    };
    let (of_the_list, _) = page();
    track(0);
    // The first time what stands has to be built.
    wait_until(&|| page().0 != of_the_list);
    let mut felt = (1..=FELT_TRIES).map(|number| {
        let (_, before) = page();
        track(number);
        wait_until(&|| page().1 >= before + 1.0)
    });
    assert!(felt.any(|took| took < Duration::from_secs(1)), "none of {FELT_TRIES} events was felt within a second");
    let row = server.ask("GET", "/api/customers?limit=1", screens, "")["rows"][0].clone();
    assert_eq!(row["id"], customer.as_str(), "its row keeps its place");
    let metrics = server.get("/metrics");
    assert!(metrics.contains("liuke_felt_seconds_count") && metrics.contains("liuke_standing_bytes"), "{metrics}");
}
