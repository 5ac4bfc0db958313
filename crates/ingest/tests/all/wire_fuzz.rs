//! Whatever arrives, the readers answer: arbitrary bytes, and good calls with something broken in them.
//!
//! A short form with every test run; `LIUKE_FUZZ_SECONDS` makes it as long as one likes.

use std::time::{Duration, Instant as Stopwatch};

use facts::{Facts, Options};
use ingest::wire::{Arrival, Call, Door, Subject, Via, segment, sensors};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use vocab::{SourceName, Zone};

use crate::firm::now;

/// So many calls are tried in any case, however fast the machine.
const LEAST: u64 = 400;

const GOOD: [&str; 6] = [
    r#"{"batch":[{"type":"identify","userId":"u-7","traits":{"email":"w@x.cn","n":null,"a":{"b":[1,2.50]}},"messageId":"m-1"},{"type":"track","userId":7,"event":"Order Completed","properties":{"revenue":"99.5","currency":"cny"},"timestamp":"2025-01-05T02:00:00.000Z"}],"sentAt":"2025-01-05T02:00:01Z","context":{"groupId":"A"}}"#,
    r#"{"type":"group","userId":"u","groupId":"A-1","traits":{"name":"示例\u0000科技","employees":-3e400}}"#,
    r#"{"type":"alias","previousId":"x","userId":"u","timestamp":1e300}"#,
    r#"{"type":"page","anonymousId":"x","name":"\ud800","context":{"page":{"url":"http://x"},"campaign":[]}}"#,
    r#"[{"distinct_id":"u","time":1767578400000,"type":"track","event":"V","properties":{"$os":"iOS","rows":120}},{"distinct_id":"u","type":"profile_increment","properties":{"n":1e308}},{"type":"profile_append","distinct_id":"u","properties":{"l":["a",null,{}]}}]"#,
    r#"{"type":"track_signup","distinct_id":"u","original_id":"x","event":"$SignUp","time":-9.9e14,"_flush_time":9.9e14}"#,
];

/// A good call with some bytes replaced, taken out, doubled or put in.
fn broken() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), 0u8..4, any::<u8>());
    (0..GOOD.len(), vec(change, 0..6)).prop_map(|(which, changes)| {
        let mut body = GOOD[which].as_bytes().to_vec();
        for (place, way, byte) in changes {
            if body.is_empty() {
                break;
            }
            let at = place.index(body.len());
            // Half of the time something that means something in JSON.
            let byte = if byte < 128 { b"{}[]\",:0-eE.n\\ "[byte as usize % 15] } else { byte };
            match way {
                0 => body[at] = byte,
                1 => drop(body.remove(at)),
                2 => body.insert(at, byte),
                _ => body.extend_from_within(at..(at + 40).min(body.len())),
            }
        }
        body
    })
}

/// Reads it every way there is and hands over what was read: an answer, never a panic, and nothing lost on the way.
fn answered(facts: &Facts, door: &Door, body: &[u8]) {
    let (zone, arrival) = (Zone::default(), Arrival { now: now(), number: 7 });
    let kinds = [None, Some("track"), Some("identify"), Some("group"), Some("alias"), Some("page")];
    let mut calls: Vec<Call> =
        kinds.into_iter().filter_map(|kind| segment::read(kind, body, &zone, arrival).ok()).collect();
    calls.extend(sensors::read(body, &zone, arrival).ok());
    segment::write_key(body);
    let text = String::from_utf8_lossy(body).into_owned();
    for is_gzip in [false, true] {
        let _ = sensors::unwrap(&sensors::Wrapped { data: Some(text.clone()), data_list: None, is_gzip });
    }
    let _ = sensors::expand(body, 1 << 16);
    for call in calls {
        let (messages, via) = (call.len(), Via { source: SourceName::new("fuzz"), subject: Subject::Customer });
        let taken = door.take(facts, &via, call, now()).unwrap();
        assert_eq!(taken.outcomes.len(), messages, "{text}");
    }
}

#[test]
fn whatever_arrives_is_answered() {
    let dir = tempfile::tempdir().unwrap();
    let facts = Facts::open(dir.path(), Options::default()).unwrap();
    let door = Door::default();
    let asked = std::env::var("LIUKE_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let end = Stopwatch::now() + Duration::from_secs(asked.unwrap_or(0));
    let mut runner = TestRunner::deterministic();
    let bodies = prop_oneof![1 => vec(any::<u8>(), 0..400), 4 => broken()];
    let mut count = 0u64;
    while count < LEAST || Stopwatch::now() < end {
        let body = bodies.new_tree(&mut runner).unwrap().current();
        answered(&facts, &door, &body);
        count += 1;
        if count.is_multiple_of(10_000) {
            facts.drain().unwrap();
        }
    }
    println!("proof: {count} calls of the Segment and Sensors dialects answered");
}
