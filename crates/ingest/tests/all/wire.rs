//! Events as clients send them: what becomes a fact, what is held and why, and that nothing counts twice.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use facts::{Facts, Fate, StoredFact};
use ingest::wire::{Arrival, Call, Door, Fault, Subject, Taken, Via, segment, sensors};
use vocab::{AsOf, CustomerId, Instant, SourceName, Zone};

use crate::firm::{Firm, now};

static CALLS: AtomicU64 = AtomicU64::new(0);

fn arrival() -> Arrival {
    Arrival { now: now(), number: u128::from(CALLS.fetch_add(1, Ordering::Relaxed)) }
}

fn via(subject: Subject) -> Via {
    Via { source: SourceName::new("web"), subject }
}

fn read(body: &str) -> Call {
    segment::read(None, body.as_bytes(), &Zone::default(), arrival()).unwrap()
}

fn refused(kind: Option<&'static str>, body: &str) -> (&'static str, String) {
    let Fault { code, path, .. } = segment::read(kind, body.as_bytes(), &Zone::default(), arrival()).unwrap_err();
    (code, path)
}

fn take(facts: &Facts, body: &str) -> Taken {
    Door::default().take(facts, &via(Subject::Customer), read(body), now()).unwrap()
}

fn fates(taken: &Taken) -> Vec<Fate> {
    taken.outcomes.iter().map(|outcome| outcome.fate).collect()
}

fn of(facts: &Facts, customer: &str) -> Vec<StoredFact> {
    facts.as_of(AsOf(Instant::MAX)).facts_of(&CustomerId::new(customer)).unwrap()
}

fn names(facts: &Facts, customer: &str) -> Vec<String> {
    let mut names: Vec<String> = of(facts, customer).iter().map(|stored| stored.fact.name.clone()).collect();
    names.sort();
    names
}

/// Traits of a customer, one change after the other.
fn traits(facts: &Facts, customer: &str) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    let mut changes: Vec<StoredFact> =
        of(facts, customer).into_iter().filter(|stored| stored.fact.name == "Traits Changed").collect();
    changes.sort_by_key(|stored| stored.number);
    for stored in changes {
        for (name, value) in stored.fact.properties {
            match value {
                Some(value) => known.insert(name, value),
                None => known.remove(&name),
            };
        }
    }
    known
}

#[test]
fn what_a_member_did_is_on_their_own_page_with_its_value_and_its_words() {
    let firm = Firm::new();
    let taken = take(
        &firm.facts,
        r#"{"batch":[
            {"type":"track","userId":"u-7","event":"Order Completed","messageId":"m-1","timestamp":"2025-05-01T02:00:00Z",
             "properties":{"order_id":"O-1","revenue":99.5,"currency":"CNY","products":[{"sku":"a"}],"ship":{"city":"上海"}}},
            {"type":"page","userId":"u-7","name":"Pricing","messageId":"m-2","properties":{"path":"/pricing"}},
            {"type":"screen","userId":"u-7","name":"Home","messageId":"m-3"},
            {"type":"track","userId":7007,"event":"登录","messageId":"m-4"}
        ],"sentAt":null}"#,
    );
    assert_eq!(fates(&taken), [Fate::Appended; 4]);
    let facts = of(&firm.facts, "u-7");
    let order = &facts.iter().find(|stored| stored.fact.name == "Order Completed").unwrap().fact;
    assert_eq!((order.value.unwrap().to_f64(), order.currency.as_deref()), (99.5, Some("CNY")));
    assert_eq!(order.occurred_at, Instant::parse_rfc3339("2025-05-01T02:00:00Z").unwrap());
    assert_eq!(order.properties["ship.city"].as_deref(), Some("上海"));
    assert_eq!(order.properties["products"].as_deref(), Some(r#"[{"sku":"a"}]"#));
    assert_eq!(names(&firm.facts, "u-7"), ["Order Completed", "Page Viewed", "Screen Viewed"]);
    assert_eq!(names(&firm.facts, "7007"), ["Logged In"], "an id may be a number, a name another language");
}

#[test]
fn a_message_counts_once_for_ever_and_another_under_its_id_is_a_conflict() {
    let firm = Firm::new();
    let one = r#"{"type":"track","userId":"u","event":"A","messageId":"m","sentAt":"2025-06-01T04:00:00Z","timestamp":"2025-06-01T03:59:59Z"}"#;
    let again = &one.replace("04:00:00", "04:05:00");
    let other = &one.replace("\"A\"", "\"B\"");
    assert_eq!(fates(&take(&firm.facts, one)), [Fate::Appended]);
    assert_eq!(fates(&take(&firm.facts, again)), [Fate::Duplicate], "only when it was sent has changed");
    firm.facts.drain().unwrap();
    assert_eq!(fates(&take(&firm.facts, other)), [Fate::Conflict]);
    let nameless = r#"{"type":"track","userId":"u","event":"C"}"#;
    assert_eq!(fates(&take(&firm.facts, nameless)), [Fate::Appended]);
    assert_eq!(fates(&take(&firm.facts, nameless)), [Fate::Appended], "without an id each is one of its own");
    assert_eq!(names(&firm.facts, "u"), ["A", "C", "C"]);
}

#[test]
fn a_trait_told_again_adds_nothing_and_an_old_message_does_not_come_back_over_a_new_one() {
    let firm = Firm::new();
    let identify = |id: &str, traits: &str| {
        let body = format!(r#"{{"type":"identify","userId":"u","messageId":"{id}","traits":{traits}}}"#);
        fates(&take(&firm.facts, &body))
    };
    assert_eq!(identify("1", r#"{"name":"王敏","plan":"a","phone":"+86 138 0013 8000"}"#), [Fate::Appended]);
    assert_eq!(identify("2", r#"{"name":"王敏","plan":"a"}"#), [Fate::Appended]);
    assert_eq!(of(&firm.facts, "u").len(), 1, "nothing new, no fact");
    assert_eq!(identify("3", r#"{"plan":"b","phone":null}"#), [Fate::Appended]);
    assert_eq!(identify("1", r#"{"name":"王敏","plan":"a","phone":"+86 138 0013 8000"}"#), [Fate::Duplicate]);
    assert_eq!(identify("2", r#"{"name":"王敏","plan":"a"}"#), [Fate::Duplicate]);
    let last = of(&firm.facts, "u").into_iter().max_by_key(|stored| stored.number).unwrap().fact.properties;
    assert_eq!(last, BTreeMap::from([("phone".to_owned(), None), ("plan".to_owned(), Some("b".to_owned()))]));
    let known = BTreeMap::from([("name".to_owned(), "王敏".to_owned()), ("plan".to_owned(), "b".to_owned())]);
    assert_eq!(traits(&firm.facts, "u"), known);
    take(&firm.facts, r#"{"type":"identify","userId":"v","messageId":"4","traits":{"phone":"13800138000"}}"#);
    let leads = firm.facts.as_of(AsOf(Instant::MAX)).customer_of("phone:13800138000");
    assert_eq!(leads.as_str(), "u", "whoever told a number first keeps it");
}

#[test]
fn two_identifies_at_once_lose_no_trait() {
    let firm = Firm::new();
    let door = Door::default();
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (facts, door) = (&firm.facts, &door);
            scope.spawn(move || {
                for round in 0..10 {
                    let body = format!(
                        r#"{{"type":"identify","userId":"u","messageId":"{worker}-{round}","traits":{{"t{worker}":{round}}}}}"#
                    );
                    door.take(facts, &via(Subject::Customer), read(&body), now()).unwrap();
                }
            });
        }
    });
    let expected: BTreeMap<String, String> = (0..4).map(|worker| (format!("t{worker}"), "9".to_owned())).collect();
    assert_eq!(traits(&firm.facts, "u"), expected);
}

#[test]
fn a_persons_deeds_count_for_their_company_once_it_is_known() {
    let firm = Firm::new();
    let door = Door::default();
    let persons = via(Subject::Person);
    let send = |body: &str| door.take(&firm.facts, &persons, read(body), now()).unwrap();
    send(r#"{"type":"identify","userId":"u-7","traits":{"name":"王敏","email":"Wang@Example.cn"}}"#);
    send(r#"{"type":"track","userId":"u-7","event":"Report Exported"}"#);
    assert!(names(&firm.facts, "u-7").is_empty(), "a person is no customer");
    send(r#"{"type":"group","userId":"u-7","groupId":"A-1001","traits":{"name":"示例科技","employees":320}}"#);
    send(r#"{"batch":[{"type":"track","userId":"u-8","event":"Invited"}],"context":{"groupId":"A-1001"}}"#);
    send(r#"{"type":"track","userId":"u-8","event":"Report Shared"}"#);
    assert_eq!(
        names(&firm.facts, "A-1001"),
        ["Contact Updated", "Invited", "Report Exported", "Report Shared", "Traits Changed"]
    );
    let known = traits(&firm.facts, "A-1001");
    assert_eq!(known.get("name").map(String::as_str), Some("示例科技"), "not the person's name");
}

#[test]
fn a_person_known_to_belong_to_a_customer_does_so_in_a_long_call_and_in_a_short_one() {
    let firm = Firm::new();
    let event = |n: usize| format!(r#"{{"type":"track","userId":"u-7","event":"Opened","messageId":"m-{n}"}}"#);
    let send = |numbers: std::ops::Range<usize>| {
        let events: Vec<String> = numbers.map(event).collect();
        take(&firm.facts, &format!(r#"{{"batch":[{}]}}"#, events.join(",")));
    };
    send(0..20);
    assert_eq!(names(&firm.facts, "u-7").len(), 20, "nobody belongs to anybody yet");
    take(&firm.facts, r#"{"batch":[{"type":"group","userId":"u-7","groupId":"A-1001","traits":{"name":"示例科技"}}]}"#);
    send(20..21);
    send(21..41);
    let opened = |numbers: std::ops::Range<usize>| {
        let facts = of(&firm.facts, "A-1001");
        let found = facts.iter().filter(|stored| stored.fact.name == "Opened" && stored.fact.customer_id.is_none());
        let ids: Vec<&str> = found.map(|stored| stored.fact.message_id.as_str()).collect();
        numbers.map(|n| format!("m-{n}")).filter(|id| ids.contains(&id.as_str())).count()
    };
    assert_eq!((opened(20..21), opened(21..41)), (1, 20));
}

#[test]
fn a_visitor_is_nobodys_until_they_say_who_they_are() {
    let firm = Firm::new();
    take(&firm.facts, r#"{"type":"page","anonymousId":"x","name":"Pricing"}"#);
    assert!(names(&firm.facts, "anon:x").is_empty());
    take(&firm.facts, r#"{"type":"identify","anonymousId":"x","userId":"u-9","traits":{}}"#);
    assert_eq!(names(&firm.facts, "u-9"), ["Page Viewed"]);
    take(&firm.facts, r#"{"type":"track","userId":"old-9","event":"A"}"#);
    take(&firm.facts, r#"{"type":"alias","previousId":"old-9","userId":"u-9"}"#);
    assert_eq!(names(&firm.facts, "u-9").len(), 2);
}

#[test]
fn what_cannot_be_a_fact_is_held_with_its_place_and_the_rest_is_taken() {
    let firm = Firm::new();
    let long = "x".repeat(2_000);
    let cases = [
        (r#"{"type":"track","event":"A"}"#, "missing_user", "userId"),
        (r#"{"type":"track","userId":"u"}"#, "missing_event", "event"),
        (r#"{"type":"group","userId":"u"}"#, "missing_group", "groupId"),
        (r#"{"type":"alias","userId":"u"}"#, "missing_previous", "previousId"),
        (r#"{"type":"alias","userId":"u","previousId":"u"}"#, "same_user", "previousId"),
        (r#"{"type":"alias","anonymousId":"u","previousId":"v"}"#, "missing_user", "userId"),
        (r#"{"type":"wish","userId":"u"}"#, "unknown_type", "type"),
        (r#"{"userId":"u","event":"A"}"#, "unknown_type", "type"),
        (r#"{"type":"track","userId":{"id":1},"event":"A"}"#, "bad_shape", "userId"),
        (r#"{"type":"track","userId":"u","event":"A","properties":[1]}"#, "bad_shape", "properties"),
        (r#"{"type":"track","userId":"u","event":"A","timestamp":"soon"}"#, "bad_time", "timestamp"),
        (r#"{"type":"track","userId":"u","event":"A","timestamp":"1989-01-01T00:00:00Z"}"#, "too_old", "timestamp"),
        (
            r#"{"type":"track","userId":"u","event":"A","timestamp":"2025-06-03T00:00:00Z"}"#,
            "too_far_ahead",
            "timestamp",
        ),
    ];
    let too_long = format!(r#"{{"type":"track","userId":"{long}","event":"A"}}"#);
    let bodies: Vec<&str> = cases.iter().map(|(body, ..)| *body).chain([too_long.as_str(), "7"]).collect();
    let good = r#"{"type":"track","userId":"u","event":"Good","timestamp":"2025-06-01T10:00:00Z"}"#;
    let batch = format!(r#"{{"batch":[{},{good}]}}"#, bodies.join(","));
    let taken = take(&firm.facts, &batch);
    let held = taken.count(Fate::Held);
    assert_eq!((taken.count(Fate::Appended), held as usize), (1, bodies.len()));
    for (position, (_, code, member)) in cases.iter().enumerate() {
        let place = (code.to_string(), format!("$.batch[{position}].{member}"));
        let is_there = taken.outcomes.iter().any(|outcome| {
            outcome.fault.as_ref().is_some_and(|fault| (fault.code, &fault.path) == (place.0.as_str(), &place.1))
        });
        assert!(is_there, "{place:?}");
    }
    assert_eq!(firm.facts.held_count().unwrap().values().sum::<u64>(), held);
    assert_eq!(take(&firm.facts, &batch).count(Fate::Duplicate), held, "what is held is held once");
    let ahead = &of(&firm.facts, "u")[0].fact;
    assert!(ahead.occurred_at <= now(), "six hours ahead counts as now");
    assert_eq!(ahead.properties["original_timestamp"].as_deref(), Some("2025-06-01T10:00:00Z"));
}

#[test]
fn a_call_that_is_no_call_is_refused_as_a_whole() {
    let large = format!(r#"{{"userId":"u","event":"{}"}}"#, "x".repeat(33 << 10));
    let item = format!(r#"{{"batch":[{{"type":"track"}},{large}]}}"#);
    let huge = format!(r#"{{"batch":[{}]}}"#, vec![r#"{"type":"track","userId":"u","event":"A"}"#; 13_000].join(","));
    for (kind, body, code, path) in [
        (Some("track"), "{", "not_json", "$"),
        (Some("track"), "[]", "bad_shape", "$"),
        (Some("track"), large.as_str(), "too_large", "$"),
        (None, r#"{"batch":{}}"#, "bad_shape", "$.batch"),
        (None, "{}", "bad_shape", "$.batch"),
        (None, item.as_str(), "too_large", "$.batch[1]"),
        (None, huge.as_str(), "too_large", "$"),
    ] {
        assert_eq!(refused(kind, body), (code, path.to_owned()));
    }
    assert!(segment::read(None, b"{\"batch\":[]}\xff", &Zone::default(), arrival()).is_err());
}

fn told(facts: &Facts, records: &str) -> Vec<Fate> {
    let call = sensors::read(records.as_bytes(), &Zone::default(), arrival()).unwrap();
    fates(&Door::default().take(facts, &via(Subject::Customer), call, now()).unwrap())
}

#[test]
fn a_profile_is_set_once_counted_up_appended_to_and_taken_away() {
    let firm = Firm::new();
    let profile = |kind: &str, time: u64, properties: &str| {
        let body = format!(
            r#"{{"type":"{kind}","distinct_id":"u","time":{time},"properties":{properties},"_track_id":{time}}}"#
        );
        assert_eq!(told(&firm.facts, &body), [Fate::Appended], "{kind}");
        assert_eq!(told(&firm.facts, &body), [Fate::Duplicate], "{kind} again");
    };
    profile("profile_set", 1746000000001, r#"{"$name":"王敏","level":"金卡","email":"w@x.cn"}"#);
    profile("profile_set_once", 1746000000002, r#"{"level":"银卡","first":"2024-01-01"}"#);
    profile("profile_increment", 1746000000003, r#"{"points":5}"#);
    profile("profile_increment", 1746000000004, r#"{"points":2.5}"#);
    profile("profile_append", 1746000000005, r#"{"likes":["a","b"]}"#);
    profile("profile_append", 1746000000006, r#"{"likes":["b","c"]}"#);
    profile("profile_unset", 1746000000007, r#"{"first":true}"#);
    let known = traits(&firm.facts, "u");
    let expected =
        [("name", "王敏"), ("level", "金卡"), ("points", "7.5"), ("likes", r#"["a","b","c"]"#), ("email", "w@x.cn")];
    let expected: BTreeMap<String, String> =
        expected.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    assert_eq!(known, expected);
    profile("profile_delete", 1746000000008, "{}");
    assert!(traits(&firm.facts, "u").is_empty());
}

#[test]
fn a_record_without_a_number_is_known_by_its_content() {
    let firm = Firm::new();
    let track = r#"{"type":"track","distinct_id":"u-7","event":"ViewReport","time":1746000000000,"_flush_time":1746000001000,"properties":{"rows":120,"$is_login_id":true}}"#;
    assert_eq!(told(&firm.facts, track), [Fate::Appended]);
    assert_eq!(told(&firm.facts, &track.replace("1746000001000", "1746000009000")), [Fate::Duplicate]);
    assert_eq!(told(&firm.facts, &track.replace("120", "121")), [Fate::Appended]);
    let visitor = r#"[{"type":"track","distinct_id":"x","anonymous_id":"x","event":"$pageview","time":1746000000000},
        {"type":"track_signup","distinct_id":"u-8","original_id":"x","event":"$SignUp","time":1746000002000}]"#;
    assert_eq!(told(&firm.facts, visitor), [Fate::Appended; 2]);
    assert_eq!(names(&firm.facts, "u-8"), ["$SignUp", "Page Viewed"]);
    assert_eq!(
        told(
            &firm.facts,
            r#"[{"type":"item_set"},{"type":"profile_increment","distinct_id":"u","properties":{"n":"many"}},8]"#
        ),
        [Fate::Held; 3]
    );
    let free = r#"{"type":"track","distinct_id":"u-9","event":"A","time":1577836800000,"time_free":true,"_flush_time":1546300800000}"#;
    assert_eq!(told(&firm.facts, free), [Fate::Appended]);
    assert_eq!(of(&firm.facts, "u-9")[0].fact.occurred_at.to_string(), "2020-01-01T00:00:00Z");
}

#[test]
fn a_form_is_unpacked_and_a_bomb_is_not() {
    use std::io::Write as _;
    let record = r#"{"type":"track","distinct_id":"u","event":"A"}"#;
    let plain = sensors::Wrapped { data: Some(record.to_owned()), ..Default::default() };
    assert_eq!(sensors::unwrap(&plain).unwrap(), record.as_bytes());
    let packed = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    assert_eq!(sensors::expand(&packed(record.as_bytes()), 1 << 20).unwrap(), record.as_bytes());
    let bomb = packed(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100_000 && sensors::expand(&bomb, sensors::CALL_BYTES).unwrap_err().code == "too_large");
    assert_eq!(sensors::expand(b"not compressed", 1 << 20).unwrap_err().code, "not_unpacked");
    for damaged in ["%%%", "e30", ""] {
        let wrapped = sensors::Wrapped { data: Some(damaged.to_owned()), is_gzip: true, ..Default::default() };
        assert!(sensors::unwrap(&wrapped).is_err(), "{damaged}");
    }
    assert!(sensors::unwrap(&sensors::Wrapped::default()).is_err());
}
