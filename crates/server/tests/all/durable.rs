//! What was answered with 2xx is on disk before the answer, and there once, whenever the server is killed.
//!
//! Five kills in the ordinary suite; `LIUKE_KILLS=100` for more.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant as Stopwatch};

use serde_json::{Value, json};

use crate::house::{PATIENCE, liuke, run, said};

const CLIENTS: u64 = 4;
/// How long the end of a trace may take to be written; it never is where a process may not be watched.
const TRACED: Duration = Duration::from_secs(60);

fn kills() -> u64 {
    std::env::var("LIUKE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5)
}

/// An id that is found again in what is written: no part of it occurs anywhere else.
fn id_of(round: u64, client: u64, turn: u64, n: u64) -> String {
    let number = ((round * 100 + client) * 100_000 + turn) * 100 + n + 1;
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{:016x}", mixed ^ (mixed >> 29))
}

fn source(cwd: &Path) -> String {
    let added = run(cwd, &["source", "add", "--data", "d", "--kind", "segment", "--name", "web", "--json"]);
    let told: Value = serde_json::from_slice(&added.stdout).unwrap_or_else(|_| panic!("{}", said(&added)));
    told["write_key"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned()
}

/// A server that the test kills, at the latest when it ends.
struct Mortal {
    child: Child,
    _output: BufReader<ChildStdout>,
}

impl Mortal {
    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Mortal {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A server and its address.
fn serve(cwd: &Path, command: &mut Command) -> (Mortal, String) {
    let mut child = command
        .current_dir(cwd)
        .args(["serve", "--data", "d", "--listen", "127.0.0.1:0", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut line, mut output) = (String::new(), BufReader::new(child.stdout.take().unwrap()));
    output.read_line(&mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("it did not start: {line:?}"));
    (Mortal { child, _output: output }, told["address"].as_str().unwrap().trim_start_matches("http://").to_owned())
}

/// Sends one call; its status, `None` if the server is gone.
fn send(stream: &mut TcpStream, address: &str, key: &str, ids: &[String]) -> Option<u16> {
    let event = |id: &String| json!({"type": "track", "userId": "A", "event": "Logged In", "messageId": id});
    let body = json!({"writeKey": key, "batch": ids.iter().map(event).collect::<Vec<_>>()}).to_string();
    let head = format!(
        "POST /v1/batch HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
    let (mut answer, mut piece) = (Vec::new(), [0; 4_096]);
    loop {
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        answer.extend_from_slice(&piece[..read]);
        let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if answer.len() >= head + 4 + length.unwrap_or(0) {
            return text.split(' ').nth(1)?.parse().ok();
        }
    }
}

#[derive(Default)]
struct Told {
    sent: BTreeSet<String>,
    acknowledged: BTreeSet<String>,
}

/// Sends batches until the server is gone.
fn bombard(address: &str, key: &str, (round, client): (u64, u64), gone: &AtomicBool, answered: &AtomicU64) -> Told {
    let mut told = Told::default();
    let Ok(mut stream) = TcpStream::connect(address) else { return told };
    for turn in 0.. {
        let ids: Vec<String> = (0..10).map(|n| id_of(round, client, turn, n)).collect();
        told.sent.extend(ids.iter().cloned());
        match send(&mut stream, address, key, &ids) {
            Some(200) => {
                told.acknowledged.extend(ids);
                answered.fetch_add(1, Ordering::SeqCst);
            }
            Some(status) => assert_eq!(status, 429, "nothing but success and patience"),
            None if gone.load(Ordering::SeqCst) => break,
            None => match TcpStream::connect(address) {
                Ok(again) => stream = again,
                Err(_) => break,
            },
        }
    }
    told
}

fn stored(cwd: &Path) -> Vec<String> {
    let output = run(cwd, &["facts", "--data", "d", "--json"]);
    let facts: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    facts.iter().map(|fact| fact["message_id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn events_of_a_server_killed_under_load_are_there_once_if_they_were_answered_and_none_is_invented() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let key = source(cwd);
    let mut all = Told::default();
    for round in 0..kills() {
        let (mut server, address) = serve(cwd, &mut liuke());
        let (gone, answered) = (AtomicBool::new(false), AtomicU64::new(0));
        let told: Vec<Told> = std::thread::scope(|scope| {
            let (address, key, gone, answered) = (&address, &key, &gone, &answered);
            let client = |client| scope.spawn(move || bombard(address, key, (round, client), gone, answered));
            let clients: Vec<_> = (0..CLIENTS).map(client).collect();
            // Moments spread over a server's first second of work: the golden ratio leaves no gap.
            std::thread::sleep(Duration::from_secs_f64(0.1 + ((round + 1) as f64 * 0.618_034).fract()));
            let begun = Stopwatch::now();
            while answered.load(Ordering::SeqCst) < 3 {
                assert!(begun.elapsed() < PATIENCE, "the server answers nothing");
                std::thread::sleep(Duration::from_millis(5));
            }
            gone.store(true, Ordering::SeqCst);
            server.kill();
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        for one in told {
            all.sent.extend(one.sent);
            all.acknowledged.extend(one.acknowledged);
        }
    }
    let ids = stored(cwd);
    let distinct: BTreeSet<String> = ids.iter().cloned().collect();
    assert_eq!(distinct.len(), ids.len(), "nothing is doubled");
    assert!(all.acknowledged.len() > 50, "the server was at work");
    let lost: Vec<&String> = all.acknowledged.difference(&distinct).collect();
    assert!(lost.is_empty(), "answered with 2xx and lost: {lost:?}");
    let invented: Vec<&String> = distinct.difference(&all.sent).collect();
    assert!(invented.is_empty(), "never sent: {invented:?}");
    println!("proof: {} kills, {} events answered, {} stored", kills(), all.acknowledged.len(), distinct.len());
}

/// What of the journal had been synced when.
#[derive(Default)]
struct Journal {
    written: BTreeMap<String, u64>,
    synced: BTreeMap<String, u64>,
    /// Lengths at the beginning of syncs that have not ended, by thread.
    syncing: BTreeMap<String, (String, u64)>,
    /// Calls that have not ended, by thread.
    begun: BTreeMap<String, String>,
    /// Where in which file the bytes of each id end.
    ends: BTreeMap<String, (String, u64)>,
    answers: usize,
    too_early: Vec<usize>,
}

impl Journal {
    /// Takes a line of the trace: `PID call(args) = result`, or one of its halves.
    fn take(&mut self, line: &str, ids: &[String]) {
        let Some((thread, rest)) = line.split_once(char::is_whitespace) else { return };
        let rest = rest.trim_start();
        if let Some(begun) = rest.strip_suffix("<unfinished ...>") {
            self.begin(thread, begun, ids);
            self.begun.insert(thread.to_owned(), begun.trim_end().to_owned());
        } else if let Some((_, end)) = rest.split_once(" resumed>") {
            if let Some(begun) = self.begun.remove(thread) {
                self.end(thread, &format!("{begun}{end}"), ids);
            }
        } else {
            self.begin(thread, rest, ids);
            self.end(thread, rest, ids);
        }
    }

    fn begin(&mut self, thread: &str, call: &str, ids: &[String]) {
        let path = path_of(call);
        if call.starts_with("fsync(") || call.starts_with("fdatasync(") {
            let length = self.written.get(&path).copied().unwrap_or_default();
            self.syncing.insert(thread.to_owned(), (path, length));
        } else if call.contains("\"HTTP/1.1 200") {
            let is_synced = ids
                .get(self.answers)
                .and_then(|id| self.ends.get(id))
                .is_some_and(|(path, end)| self.synced.get(path).is_some_and(|synced| synced >= end));
            if !is_synced {
                self.too_early.push(self.answers);
            }
            self.answers += 1;
        }
    }

    fn end(&mut self, thread: &str, call: &str, ids: &[String]) {
        let result = call.rsplit_once(" = ").and_then(|(_, result)| result.split(' ').next()?.parse::<i64>().ok());
        let Some(result) = result.filter(|result| *result >= 0) else { return };
        if let Some((path, length)) = self.syncing.remove(thread) {
            let synced = self.synced.entry(path).or_default();
            *synced = (*synced).max(length);
        } else if call.starts_with("write(") && path_of(call).ends_with(".jnl") {
            let path = path_of(call);
            let written = self.written.entry(path.clone()).or_default();
            *written += result as u64;
            let end = *written;
            self.ends
                .extend(ids.iter().filter(|id| call.contains(id.as_str())).map(|id| (id.clone(), (path.clone(), end))));
        }
    }
}

/// The path that `-y` shows behind a file descriptor.
fn path_of(call: &str) -> String {
    let path = call.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    path.map(|(path, _)| path.to_owned()).unwrap_or_default()
}

#[test]
fn a_finished_sync_of_its_bytes_precedes_every_2xx_answer() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    if Command::new("strace").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: strace is not installed");
        return;
    }
    let key = source(cwd);
    let trace = cwd.join("trace");
    let mut traced = Command::new("strace");
    // -D: the server itself is this process's child, so that it can be killed.
    let calls = "trace=write,writev,sendto,sendmsg,fsync,fdatasync";
    traced.args(["-D", "-f", "-y", "-s", "65536", "-e", calls, "-o"]).arg(&trace);
    traced.arg(liuke().get_program());
    let (mut server, address) = serve(cwd, &mut traced);
    let mut stream = TcpStream::connect(&address).unwrap();
    let ids: Vec<String> = (0..40).map(|turn| id_of(0, 0, turn, 0)).collect();
    for id in &ids {
        assert_eq!(send(&mut stream, &address, &key, std::slice::from_ref(id)), Some(200));
    }
    server.kill();
    let (mut written, begun) = (String::new(), Stopwatch::now());
    while begun.elapsed() < TRACED {
        written = std::fs::read_to_string(&trace).unwrap_or_default();
        if written.lines().last().is_some_and(|line| line.contains("+++ killed")) {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut journal = Journal::default();
    written.lines().for_each(|line| journal.take(line, &ids));
    if journal.answers == 0 {
        println!("skipped: this system does not let strace watch a process");
        return;
    }
    assert_eq!((journal.answers, journal.ends.len()), (40, 40), "every answer and every id is in the trace");
    assert!(journal.too_early.is_empty(), "answered before the sync of their bytes: {:?}", journal.too_early);
}
