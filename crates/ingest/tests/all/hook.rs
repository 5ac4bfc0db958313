//! What other systems send: mapped to facts, once, with nothing signed ever lost.

use std::collections::HashMap;

use facts::{Fact, FactBatch, Facts, Options};
use ingest::hook::{Arrived, Delivery, Jiandaoyun, Read, Recipe, Refused, read, wecom};
use serde_json::{Value, json};
use vocab::{AsOf, CustomerId, Instant, Kind, SourceName, Zone};

fn now() -> Instant {
    Zone::default().parse("2025-06-10 12:00").unwrap()
}

pub(crate) fn arrived(delivery: Option<&str>) -> Arrived {
    Arrived { source: SourceName::new("shop"), delivery_id: delivery.map(str::to_owned), now: now() }
}

fn recipe(mapping: Value) -> Recipe {
    Recipe::parse(&mapping, &Zone::default()).unwrap()
}

/// Notes kept between deliveries, as the record keeps them.
#[derive(Default)]
struct Notes(HashMap<Vec<u8>, Vec<u8>>);

impl Notes {
    fn read(&mut self, recipe: &Recipe, body: &Value, delivery: Option<&str>) -> Read {
        let read = read(recipe, body.to_string().as_bytes(), &arrived(delivery), &mut |key| self.0.get(key).cloned());
        self.0.extend(read.notes.iter().cloned());
        read
    }
}

fn told(read: &Read) -> Vec<&Fact> {
    read.facts.iter().map(|(fact, _)| fact).collect()
}

pub(crate) fn orders() -> Recipe {
    recipe(json!({
        "rows": "$.orders[*]",
        "facts": [{
            "when": [{ "path": "body:$.event", "is": ["order.paid"] }],
            "kind": "order", "name": "Order Completed", "id": "$.no", "customer": "$.buyer.phone",
            "customer_key": "phone", "occurred_at": "$.paid_at", "value": "$.total", "minor": true, "currency": "$.cur",
            "text": "$.remark", "properties": { "order_no": "$.no", "shop": "body:$.shop", "channel": "小程序" }
        }],
        "identities": [{ "when": [{ "path": "$.buyer.id", "is_not": [""] }], "key": "$.buyer.phone", "key_type": "phone", "customer": "$.buyer.id" }]
    }))
}

#[test]
fn one_body_holds_many_rows_and_each_becomes_a_fact() {
    let body = json!({ "event": "order.paid", "shop": "一店", "orders": [
        { "no": "A1", "buyer": { "phone": "+86 139-1234-5678", "id": "C7" }, "paid_at": 1_749_500_000, "total": 12050, "cur": "cny", "remark": "加急" },
        { "no": "A2", "buyer": { "phone": "13912345679" }, "paid_at": "2025-06-09 18:00:00", "total": "99" }
    ] });
    let read = Notes::default().read(&orders(), &body, Some("d-1"));
    assert!(read.held.is_empty(), "{:?}", read.held);
    let facts = told(&read);
    assert_eq!(facts.len(), 2);
    let first = facts[0];
    assert_eq!(first.customer_id, Some(CustomerId::new("phone:13912345678")));
    assert_eq!((first.kind, first.name.as_str()), (Kind::Order, "Order Completed"));
    assert_eq!(first.value.unwrap().to_f64(), 120.5);
    assert_eq!((first.currency.as_deref(), first.text.as_deref()), (Some("CNY"), Some("加急")));
    assert_eq!(first.properties["shop"].as_deref(), Some("一店"));
    assert_eq!(first.properties["channel"].as_deref(), Some("小程序"));
    assert_eq!(facts[1].occurred_at, Zone::default().parse("2025-06-09 18:00").unwrap(), "naive times are the firm's");
    assert_eq!(read.identities.len(), 1);
    assert_eq!((read.identities[0].key.as_str(), read.identities[0].customer_id.as_str()), ("phone:13912345678", "C7"));
}

#[test]
fn a_row_that_cannot_be_read_is_held_with_its_path_and_the_others_are_taken() {
    let row = |phone: &str, paid: &str, total: &str| json!({ "no": phone, "buyer": { "phone": phone }, "paid_at": paid, "total": total });
    let body = json!({ "event": "order.paid", "orders": [
        row("13912345678", "2025-06-09", "1"),
        row("139****5678", "2025-06-09", "1"),
        row("13912345670", "soon", "1"),
        row("13912345671", "2025-06-09", "a lot"),
        row("13912345672", "2031-01-01", "1"),
        row("13912345673", "1970-01-01", "1"),
        "not an object",
    ] });
    let read = Notes::default().read(&orders(), &body, None);
    assert_eq!(read.facts.len(), 1);
    let faults: Vec<(&str, Option<&str>)> =
        read.held.iter().map(|(_, finding, _)| (finding.code, finding.place.field.as_deref())).collect();
    let expected = [
        ("damaged_key", Some("$.buyer.phone")),
        ("bad_date", Some("$.paid_at")),
        ("bad_number", Some("$.total")),
        ("future_date", Some("$.paid_at")),
        ("date_too_old", Some("$.paid_at")),
        ("not_an_object", Some("$.orders[*]")),
    ];
    assert_eq!(faults, expected);
    let mut row: Value = serde_json::from_str(&read.held[1].2).unwrap();
    row["row"]["paid_at"] = json!("2025-06-08");
    let mended = ingest::hook::again(&orders(), &row, &arrived(None), &mut |_| None);
    assert_eq!((mended.facts.len(), mended.held.len()), (1, 0), "{:?}", mended.held);
    for body in ["", "{", "[]", "null", "{\"event\":\"order.paid\"}", "\u{0}", "{\"event\":\"other\",\"orders\":[{}]}"]
    {
        let read = ingest::hook::read(&orders(), body.as_bytes(), &arrived(None), &mut |_| None);
        assert_eq!((read.facts.len(), read.held.len()), (0, 1), "{body}");
    }
}

#[test]
fn a_delivery_sent_again_is_the_same_facts_and_equal_rows_of_one_body_are_each_taken() {
    let visits = recipe(json!({ "rows": "$.visits", "facts":
        [{ "kind": "event", "name": "$.what", "customer": "$.who", "properties": "$.more" }] }));
    let both = recipe(json!({ "rows": "$[*]", "facts":
        [{ "kind": "event", "name": "$.what", "customer": "$.who", "properties": "$.more" }] }));
    let body = json!([{ "who": "C1", "what": "登录", "more": { "from": { "page": 1 } } }, { "who": "C1", "what": "登录", "more": { "from": { "page": 1 } } }]);
    let ids = |delivery| {
        let read = Notes::default().read(&both, &body, delivery);
        read.facts.iter().map(|(fact, _)| fact.message_id.to_string()).collect::<Vec<_>>()
    };
    for delivery in [None, Some("d-1")] {
        let first = ids(delivery);
        assert_eq!(first, ids(delivery));
        assert_ne!(first[0], first[1]);
    }
    assert_ne!(ids(Some("d-1")), ids(Some("d-2")), "another delivery tells of something else");
    let read = Notes::default().read(&both, &body, None);
    assert_eq!(read.facts[0].0.name, "Logged In", "the firm's word is the definitions' word");
    assert_eq!(read.facts[0].0.properties["from.page"].as_deref(), Some("1"));
    assert!(read.facts[0].1, "a fact without a moment of its own is dated by its arrival");
    assert_eq!(Notes::default().read(&visits, &body, None).held[0].1.code, "no_rows");
}

#[test]
fn a_mapping_that_is_wrong_says_where() {
    let bad = json!({ "rows": "$[", "timezone": "Mars/Base", "facts": [
        { "kind": "orders", "name": "$..[", "customer_key": "telefax", "when": [{ "path": "$.." }] }],
        "identities": [{ "key": "$.a", "customer": "$.b", "role": "boss" }] });
    let findings = Recipe::parse(&bad, &Zone::default()).unwrap_err();
    let mut places: Vec<&str> = findings.iter().map(|finding| finding.place.field.as_deref().unwrap()).collect();
    places.sort_unstable();
    let expected = [
        "facts[0].customer",
        "facts[0].customer_key",
        "facts[0].kind",
        "facts[0].name",
        "facts[0].when[0].path",
        "identities[0].role",
        "rows",
        "timezone",
    ];
    assert_eq!(places, expected);
    assert!(Recipe::parse(&json!({ "fact": [] }), &Zone::default()).is_err());
}

fn push(op: &str, data: Value) -> Value {
    json!({ "op": op, "data": data })
}

#[test]
fn a_jiandaoyun_push_is_known_by_its_signature() {
    let door = Jiandaoyun { secret: "test-secret".to_owned() };
    let at = Instant::from_micros(1_498_586_609_000_000);
    let delivery = |signature: &str, body: &str| Delivery {
        headers: [("x-jdy-signature", signature), ("x-jdy-deliverid", "d-9")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        query: [("nonce", "0f5ade"), ("timestamp", "1498586609")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        body: body.into(),
    };
    let (good, body) = ("1457e6b79d7c7fed8c46aecf197d7436b8943ebc", r#"{"op":"data_create","data":{}}"#);
    assert_eq!(door.check(&delivery(good, body), at), Ok(()));
    assert_eq!(Jiandaoyun::delivery_id(&delivery(good, body)).as_deref(), Some("d-9"));
    assert_eq!(door.check(&delivery(good, r#"{"op":"data_delete","data":{}}"#), at), Err(Refused::BadSignature));
    assert_eq!(door.check(&delivery("00", body), at), Err(Refused::BadSignature));
    assert_eq!(door.check(&delivery(good, body), at.plus_days(1)), Err(Refused::Stale));
    assert_eq!(door.check(&Delivery::default(), at), Err(Refused::Unsigned));
    let unset = Jiandaoyun { secret: String::new() };
    assert_eq!(unset.check(&delivery(good, body), at), Err(Refused::NoSecret));
}

/// A record's life at its source is a life of corrections here: each view shows what was known then.
#[test]
fn a_form_record_that_changes_and_goes_is_corrected_and_taken_back() {
    let payments = Jiandaoyun::recipe(
        &json!({ "facts": [{ "when": [{ "path": "$.entryId", "is": ["pay"] }], "kind": "payment",
            "name": "Payment Received", "customer": "$.customer_no", "value": "$.amount" }] }),
        &Zone::default(),
    )
    .unwrap();
    let record = |amount: i64, updated: &str| {
        json!({ "_id": "r1", "entryId": "pay", "customer_no": "C1", "amount": amount,
            "createTime": "2025-06-01T02:00:00.000Z", "updateTime": updated })
    };
    let deliveries = [
        ("2025-06-01 11:00", push("data_create", record(100, "2025-06-01T02:00:00.000Z"))),
        ("2025-06-02 11:00", push("data_update", record(150, "2025-06-02T02:00:00.000Z"))),
        ("2025-06-02 12:00", push("data_update", record(150, "2025-06-02T02:00:00.000Z"))),
        ("2025-06-03 11:00", push("data_delete", record(150, "2025-06-03T02:00:00.000Z"))),
        ("2025-06-04 11:00", push("data_recover", record(150, "2025-06-04T02:00:00.000Z"))),
    ];
    let dir = tempfile::TempDir::new().unwrap();
    let facts = Facts::open(dir.path(), Options::default()).unwrap();
    let mut changes = Vec::new();
    for (at, body) in &deliveries {
        let at = Zone::default().parse(at).unwrap();
        let arrived = Arrived { source: SourceName::new("jdy"), delivery_id: None, now: at };
        let read = read(&payments, body.to_string().as_bytes(), &arrived, &mut |key| facts.note(key).unwrap());
        assert!(read.held.is_empty(), "{:?}", read.held);
        changes.push((read.facts.len(), read.unchanged));
        let batch = FactBatch {
            facts: read.facts.into_iter().map(|(fact, _)| fact).collect(),
            notes: read.notes,
            ..FactBatch::default()
        };
        facts.append(batch, at).unwrap();
    }
    assert_eq!(changes, [(1, 0), (1, 0), (0, 1), (1, 0), (1, 0)]);
    let seen = |at: &str| {
        let view = facts.as_of(AsOf(Zone::default().parse(at).unwrap()));
        let facts = view.facts_of(&CustomerId::new("C1")).unwrap();
        facts.iter().map(|stored| stored.fact.value.unwrap().to_f64()).collect::<Vec<_>>()
    };
    assert_eq!(seen("2025-06-02"), [100.0]);
    assert_eq!(seen("2025-06-03"), [150.0]);
    assert_eq!(seen("2025-06-04"), [0.0; 0]);
    assert_eq!(seen("2025-06-05"), [150.0]);
}

#[test]
fn a_customer_form_says_only_what_changed_and_an_overtaken_push_changes_nothing() {
    let customers = Jiandaoyun::recipe(
        &json!({ "facts": [{ "kind": "trait", "customer": "$.no",
            "properties": { "name": "$.name", "phone": "$.phone", "owner": "$.owner.name" } }] }),
        &Zone::default(),
    )
    .unwrap();
    let record = |name: &str, phone: Value, day: u32| {
        json!({ "_id": "r1", "no": "C1", "name": name, "phone": phone, "owner": { "name": "李雷" },
            "createTime": "2025-06-01T02:00:00.000Z", "updateTime": format!("2025-06-0{day}T02:00:00.000Z") })
    };
    let mut notes = Notes::default();
    let first = notes.read(&customers, &push("data_create", record("甲", json!("139"), 1)), None);
    assert_eq!(told(&first)[0].properties.len(), 3);
    let third = notes.read(&customers, &push("data_update", record("乙", Value::Null, 3)), None);
    let changed: Vec<(&str, Option<&str>)> =
        told(&third)[0].properties.iter().map(|(key, value)| (key.as_str(), value.as_deref())).collect();
    assert_eq!(changed, [("name", Some("乙")), ("phone", None)]);
    let second = notes.read(&customers, &push("data_update", record("丙", json!("138"), 2)), None);
    assert_eq!((second.facts.len(), second.held[0].1.code), (0, "older_than_known"));
    let other = notes.read(&customers, &json!({ "op": "form_update", "data": { "_id": "x" } }), None);
    assert_eq!(other.held[0].1.code, "no_rule", "a push of another sort is kept, and is no customer");
}

fn event(change: &str, more: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[ww1]]></ToUserName><CreateTime>1749500000</CreateTime><MsgType>event</MsgType>{}{more}</xml>",
        format_args!("<Event>{change}</Event>")
    )
}

#[test]
fn a_contact_who_drops_a_colleague_is_a_fact_about_the_customer() {
    let contact = |change: &str| {
        let more = format!(
            "<ChangeType><![CDATA[{change}]]></ChangeType><UserID><![CDATA[zhangsan]]></UserID><ExternalUserID><![CDATA[wmABC]]></ExternalUserID>"
        );
        wecom::read(event("change_external_contact", &more).as_bytes(), &arrived(None), &mut |_| None)
    };
    let named = [
        ("add_external_contact", "Contact Joined"),
        ("edit_external_contact", "Contact Edited"),
        ("del_external_contact", "Contact Removed"),
        ("del_follow_user", "Contact Left"),
        ("transfer_fail", "Contact Transfer Failed"),
    ];
    for (change, name) in named {
        let read = contact(change);
        let fact = &read.facts[0].0;
        assert_eq!((fact.kind, fact.name.as_str()), (Kind::ContactChange, name));
        assert_eq!(fact.customer_id, Some(CustomerId::new("wecom:wmABC")));
        assert_eq!(fact.actor_id.as_ref().unwrap().as_str(), "zhangsan");
        assert_eq!(fact.occurred_at.to_string(), "2025-06-09T20:13:20Z");
        assert_eq!(fact.message_id, contact(change).facts[0].0.message_id, "sent again it is the same fact");
    }
    assert_eq!(contact("msg_audit_approved").held[0].1.code, "unknown_event");
    let read = wecom::read(b"<xml><Event>", &arrived(None), &mut |_| None);
    assert_eq!((read.facts.len(), read.held[0].1.code), (0, "bad_xml"));
}

#[test]
fn a_held_callback_is_taken_once_it_is_mended_and_adds_nothing_when_it_is_sent_again() {
    let more =
        "<ChangeType>del_follow_user</ChangeType><UserID>zhangsan</UserID><ExternalUserID>wmABC</ExternalUserID>";
    let good = event("change_external_contact", more);
    let broken = good.replace("<CreateTime>", "<CreateTime>about ");
    assert_ne!(good, broken);
    let read = |text: &str| wecom::read(text.as_bytes(), &arrived(None), &mut |_| None);
    let (held_as, finding, body) = read(&broken).held.remove(0);
    assert_eq!(finding.code, "bad_date");
    let mut body: Value = serde_json::from_str(&body).unwrap();
    let again = |body: &Value| wecom::again(body, &held_as, &arrived(None), &mut |_| None);
    assert_eq!(again(&body).held[0].0, held_as, "as it came it is still no good, and still the same row");
    let moment = body["CreateTime"].as_str().unwrap().replace("about ", "");
    body["CreateTime"] = json!(moment);
    let mended = again(&body);
    let fact = told(&mended)[0];
    assert_eq!(
        (fact.name.as_str(), fact.customer_id.clone().unwrap()),
        ("Contact Left", CustomerId::new("wecom:wmABC"))
    );
    assert_eq!(again(&body).facts[0].0.message_id, fact.message_id);

    let (held_as, _, body) = read("<xml><Event>").held.remove(0);
    assert!(serde_json::from_str::<Value>(&body).unwrap().is_string());
    let whole = wecom::again(&json!(good), &held_as, &arrived(None), &mut |_| None);
    assert_eq!(told(&whole)[0].name, "Contact Left", "what was cut off can be completed");
}

#[test]
fn a_dismissed_group_is_told_of_everybody_who_was_seen_to_join_it() {
    let mut notes: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    let mut chat = |more: &str| {
        let text = event("change_external_chat", &format!("<ChatId>wr1</ChatId>{more}"));
        let read = wecom::read(text.as_bytes(), &arrived(None), &mut |key| notes.get(key).cloned());
        notes.extend(read.notes.iter().cloned());
        let facts: Vec<String> =
            read.facts.iter().map(|(fact, _)| format!("{} {}", fact.name, fact.customer_id.clone().unwrap())).collect();
        (facts, read.held.first().map(|held| held.1.code))
    };
    let items = |names: &[&str]| {
        let items: String = names.iter().map(|name| format!("<Item>{name}</Item>")).collect();
        format!("<MemChangeList>{items}</MemChangeList>")
    };
    let update = |detail: &str, names: &[&str]| {
        format!(
            "<ChangeType>update</ChangeType><UpdateDetail>{detail}</UpdateDetail><QuitScene>0</QuitScene>{}",
            items(names)
        )
    };
    assert_eq!(chat("<ChangeType>dismiss</ChangeType>"), (vec![], Some("nobody_known")));
    let (joined, _) = chat(&update("add_member", &["wmA", "wmB", "zhangsan"]));
    assert_eq!(joined, ["Group Joined wecom:wmA", "Group Joined wecom:wmB"]);
    assert_eq!(chat(&update("del_member", &["wmA"])).0, ["Group Left wecom:wmA"]);
    assert_eq!(chat("<ChangeType>dismiss</ChangeType>").0, ["Group Dismissed wecom:wmB"]);
    assert_eq!(chat("<ChangeType>create</ChangeType>"), (vec![], Some("unknown_event")));
}
