//! Deliveries of any kind: every row is a fact, unchanged or held, and nothing makes a parser panic.

use std::time::{Duration, Instant as Stopwatch};

use ingest::hook::{Delivery, Jiandaoyun, read, wecom};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};
use vocab::Zone;

use crate::hook::{arrived, orders};

/// Bodies that look like what is expected, with anything in them.
fn body() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop_oneof![Just("order.paid"), Just("13912345678"), Just("2025-06-09"), Just("data_update")]
            .prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("orders".to_owned()),
        Just("event".to_owned()),
        Just("op".to_owned()),
        Just("data".to_owned()),
        Just("_id".to_owned()),
        Just("no".to_owned()),
        Just("buyer".to_owned()),
        Just("phone".to_owned()),
        Just("paid_at".to_owned()),
        Just("updateTime".to_owned()),
        "[a-z]{1,3}",
    ];
    leaf.prop_recursive(4, 48, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Every row is a fact, unchanged or held; nothing makes a parser panic.
fn survives(body: &[u8]) {
    let form = Jiandaoyun::recipe(
        &json!({ "facts": [{ "kind": "payment", "name": "$.no", "customer": "$.no", "value": "$.phone" }] }),
        &Zone::default(),
    );
    for recipe in [orders(), form.unwrap()] {
        let read = read(&recipe, body, &arrived(None), &mut |_| None);
        assert!(!read.facts.is_empty() || !read.held.is_empty() || read.unchanged > 0 || !read.identities.is_empty());
        assert!(read.facts.iter().all(|(fact, _)| fact.customer_id.is_some() && !fact.message_id.as_str().is_empty()));
    }
    let read = wecom::read(body, &arrived(None), &mut |_| Some(b"[\"wmA\"]".to_vec()));
    assert!(!read.facts.is_empty() || !read.held.is_empty());
    let door = wecom::Door {
        token: "t".into(),
        encoding_aes_key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C".into(),
        corp_id: "c".into(),
    };
    assert!(door.open(&Delivery { body: body.to_vec(), ..Delivery::default() }).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_body_is_lost_or_makes_a_parser_panic(value in body(), noise in prop::collection::vec(any::<u8>(), 0..200)) {
        survives(value.to_string().as_bytes());
        survives(&noise);
    }

    #[test]
    fn no_callback_makes_the_reader_of_xml_panic(
        parts in prop::collection::vec(
            prop_oneof![
                Just("<xml>"), Just("</xml>"), Just("<Event>change_external_chat</Event>"), Just("<ChatId>"), Just("</ChatId>"),
                Just("<![CDATA["), Just("]]>"), Just("&amp;"), Just("&#0;"), Just("&lol;"), Just("<!DOCTYPE x>"), Just("<a b='"),
                Just("<Event>change_external_contact</Event>"), Just("<CreateTime>99999999999999999999</CreateTime>"), Just("\u{0}"),
            ],
            0..24,
        )
    ) {
        survives(parts.concat().as_bytes());
    }
}

/// The long form of the same: `LIUKE_FUZZ_SECONDS=600` as a proof, nothing otherwise.
#[test]
fn long_noise_never_makes_a_parser_panic() {
    let seconds = std::env::var("LIUKE_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(0u64);
    let (begun, mut rounds) = (Stopwatch::now(), 0u64);
    let mut runner = proptest::test_runner::TestRunner::default();
    while begun.elapsed() < Duration::from_secs(seconds) {
        let value = body().new_tree(&mut runner).unwrap().current();
        let mut bytes = value.to_string().into_bytes();
        survives(&bytes);
        let at = (rounds as usize * 7919) % bytes.len().max(1);
        if let Some(byte) = bytes.get_mut(at) {
            *byte = byte.wrapping_add(rounds as u8);
        }
        survives(&bytes);
        rounds += 1;
    }
    if seconds > 0 {
        println!("proof: {} mutated deliveries in {seconds} s, no panic", rounds * 2);
    }
}
