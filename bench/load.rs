//! Sends events over HTTP as fast as they are taken: eight connections, batches made of a template into which fresh
//! message ids are patched. Nothing but the standard library: `rustc -O --edition 2024 bench/load.rs`.
//!
//! `load --to HOST:PORT --path /v1/batch --key KEY --seconds N --pid PID [--connections 8] [--events 100] [--seed 1]
//! [--until EVENTS]` prints one line of JSON: events accepted per second, percentiles of the answers' times in
//! milliseconds, refusals, and the peak of the server's memory.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

struct Options {
    to: String,
    path: String,
    key: String,
    seconds: u64,
    until: u64,
    connections: u64,
    events: usize,
    seed: u64,
    pid: Option<u32>,
}

fn options() -> Result<Options, String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut given: HashMap<String, String> = HashMap::new();
    for pair in arguments.chunks(2) {
        let [name, value] = pair else { return Err(format!("{} has no value", pair[0])) };
        given.insert(name.trim_start_matches('-').to_owned(), value.clone());
    }
    let number = |name: &str, default: u64| match given.get(name) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| format!("--{name} {text} is no number")),
    };
    let text = |name: &str| given.get(name).cloned().ok_or_else(|| format!("--{name} is missing"));
    Ok(Options {
        to: text("to")?,
        path: text("path")?,
        key: given.get("key").cloned().unwrap_or_default(),
        seconds: number("seconds", 60)?,
        until: number("until", u64::MAX)?,
        connections: number("connections", 8)?,
        events: number("events", 100)? as usize,
        seed: number("seed", 1)?,
        pid: given.get("pid").and_then(|text| text.parse().ok()),
    })
}

/// A small generator of random numbers (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Writes a random UUID of version 4.
    fn uuid(&mut self, out: &mut [u8]) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let (mut high, mut low) = (self.next(), self.next());
        for (place, byte) in out.iter_mut().enumerate() {
            if matches!(place, 8 | 13 | 18 | 23) {
                *byte = b'-';
                continue;
            }
            let from = if place < 18 { &mut high } else { &mut low };
            *byte = DIGITS[(*from & 15) as usize];
            *from >>= 4;
        }
        out[14] = b'4';
    }
}

/// A request of many events, and where in it each message id stands.
struct Template {
    bytes: Vec<u8>,
    ids: Vec<usize>,
}

const ID: usize = 36;

fn template(options: &Options, chance: &mut Chance) -> Template {
    let (mut body, mut ids) = (b"{\"batch\":[".to_vec(), Vec::new());
    for n in 0..options.events {
        if n > 0 {
            body.push(b',');
        }
        let event = ["Logged In", "Feature Used", "Report Opened"][n % 3];
        let user = chance.next() % 1_000_000;
        body.extend_from_slice(format!("{{\"type\":\"track\",\"userId\":\"u{user:07}\",\"event\":\"{event}\",").as_bytes());
        let plan = ["free", "pro", "team"][(chance.next() % 3) as usize];
        body.extend_from_slice(format!("\"properties\":{{\"plan\":\"{plan}\"}},\"messageId\":\"").as_bytes());
        ids.push(body.len());
        body.extend_from_slice(&[b'0'; ID]);
        body.extend_from_slice(b"\"}");
    }
    body.extend_from_slice(format!("],\"writeKey\":\"{}\"}}", options.key).as_bytes());
    let mut bytes = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nAuthorization: Basic {}\r\nContent-Length: {}\r\n\r\n",
        options.path,
        options.to,
        base64(format!("{}:", options.key).as_bytes()),
        body.len()
    )
    .into_bytes();
    let head = bytes.len();
    bytes.extend_from_slice(&body);
    Template { bytes, ids: ids.into_iter().map(|at| head + at).collect() }
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().enumerate().fold(0u32, |bits, (place, byte)| bits | u32::from(*byte) << (16 - 8 * place));
        for place in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * place) & 63) as usize] as char;
            out.push(if place <= chunk.len() { sign } else { '=' });
        }
    }
    out
}

/// Sends the request and reads the whole answer; gives its status.
fn exchange(stream: &mut TcpStream, request: &[u8], answer: &mut Vec<u8>) -> std::io::Result<u16> {
    stream.write_all(request)?;
    answer.clear();
    let mut piece = [0; 16 * 1024];
    loop {
        let read = stream.read(&mut piece)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        answer.extend_from_slice(&piece[..read]);
        let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        if answer.len() >= head + 4 + length.unwrap_or(0) {
            return Ok(text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0));
        }
    }
}

#[derive(Default)]
struct Told {
    accepted: u64,
    refused: u64,
    failed: u64,
    micros: Vec<u32>,
}

fn client(options: &Options, number: u64, sent: &AtomicU64, stop: &AtomicBool) -> Told {
    let mut chance = Chance(options.seed.wrapping_mul(0x1000).wrapping_add(number));
    let mut template = template(options, &mut chance);
    let (mut told, mut answer) = (Told::default(), Vec::new());
    let connect = || {
        let stream = TcpStream::connect(&options.to);
        stream.and_then(|stream| stream.set_nodelay(true).map(|()| stream))
    };
    let mut stream = match connect() {
        Ok(stream) => stream,
        Err(error) => {
            eprintln!("{} cannot be reached: {error}", options.to);
            std::process::exit(1);
        }
    };
    while !stop.load(Ordering::Relaxed) && sent.load(Ordering::Relaxed) < options.until {
        for at in template.ids.clone() {
            chance.uuid(&mut template.bytes[at..at + ID]);
        }
        let begun = Instant::now();
        match exchange(&mut stream, &template.bytes, &mut answer) {
            Ok(status @ 200..=299) if status > 0 => {
                told.micros.push(begun.elapsed().as_micros() as u32);
                told.accepted += options.events as u64;
                sent.fetch_add(options.events as u64, Ordering::Relaxed);
            }
            Ok(429) => {
                told.refused += 1;
                std::thread::sleep(Duration::from_millis(100));
            }
            other => {
                told.failed += 1;
                if told.failed < 3 {
                    eprintln!("{other:?}: {}", String::from_utf8_lossy(&answer));
                }
                std::thread::sleep(Duration::from_millis(100));
                if let Ok(again) = connect() {
                    stream = again;
                }
            }
        }
    }
    told
}

/// Anonymous memory of a process and its children in bytes: what it holds itself, not files the system keeps for it.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|rest| rest.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn main() {
    let options = match options() {
        Ok(options) => Arc::new(options),
        Err(fault) => {
            eprintln!("{fault}");
            std::process::exit(2);
        }
    };
    let (sent, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let begun = Instant::now();
    let clients: Vec<_> = (0..options.connections)
        .map(|number| {
            let (options, sent, stop) = (options.clone(), sent.clone(), stop.clone());
            std::thread::spawn(move || client(&options, number, &sent, &stop))
        })
        .collect();
    let mut peak = 0;
    while begun.elapsed() < Duration::from_secs(options.seconds) && sent.load(Ordering::Relaxed) < options.until {
        std::thread::sleep(Duration::from_millis(200));
        peak = peak.max(options.pid.map_or(0, memory));
    }
    stop.store(true, Ordering::Relaxed);
    let mut all = Told::default();
    for client in clients {
        let told = client.join().expect("a client goes on to its end");
        all.accepted += told.accepted;
        all.refused += told.refused;
        all.failed += told.failed;
        all.micros.extend(told.micros);
    }
    let seconds = begun.elapsed().as_secs_f64();
    all.micros.sort_unstable();
    let at = |share: f64| all.micros.get((all.micros.len() as f64 * share) as usize).copied().unwrap_or(0);
    let milli = |micros: u32| f64::from(micros) / 1000.0;
    println!(
        "{{\"events_per_second\":{:.0},\"accepted\":{},\"seconds\":{seconds:.1},\"p50_ms\":{:.1},\"p95_ms\":{:.1},\
         \"p99_ms\":{:.1},\"max_ms\":{:.1},\"refused\":{},\"failed\":{},\"peak_mib\":{}}}",
        all.accepted as f64 / seconds,
        all.accepted,
        milli(at(0.5)),
        milli(at(0.95)),
        milli(at(0.99)),
        milli(all.micros.last().copied().unwrap_or(0)),
        all.refused,
        all.failed,
        peak >> 20
    );
}
