//! A flood of notices through the bots of three services, each of which keeps to the limits it publishes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use app::view::{NewNoticeChannel, NoticeChoiceChange, NoticeTest, NoticeWay, SetupRequest};
use app::{Clock, NoticeQuery, Reader};
use serde_json::{Value, json};
use store::{DeliveryState, NewStaff, NoticeFilter, Role, Store};
use vocab::{Instant, Lang, Notice, NoticeKind, Text};

use crate::receiver::{Answer, Call, Service};
use crate::world::{House, empty};

const SECOND: i64 = 1_000_000;
const PEOPLE: i64 = 60;
const NOTICES: i64 = 500;
const BOTS: [&str; 3] = ["wecom_bot", "dingtalk_bot", "feishu_bot"];

/// What a service lets through: so many messages within so many microseconds, and so many bytes.
struct Limits {
    spans: &'static [(usize, i64)],
    bytes: usize,
    refusal: fn() -> Value,
}

fn limits(bot: &str) -> Limits {
    match bot {
        "wecom_bot" => Limits {
            spans: &[(20, 60 * SECOND)],
            bytes: 4096,
            refusal: || json!({"errcode": 45009, "errmsg": "api freq out of limit"}),
        },
        "dingtalk_bot" => Limits {
            spans: &[(20, 60 * SECOND)],
            bytes: 20_000,
            refusal: || json!({"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}),
        },
        _ => Limits {
            spans: &[(5, SECOND), (100, 60 * SECOND)],
            bytes: 20 << 10,
            refusal: || json!({"code": 11232, "msg": "frequency limited"}),
        },
    }
}

/// A bot of a group that keeps to its service's limits, and notes whatever went beyond them.
async fn bot(name: &'static str, clock: Clock, beyond: Arc<Mutex<Vec<String>>>) -> Service {
    let limits = limits(name);
    let arrived: Mutex<VecDeque<i64>> = Mutex::default();
    Service::start(move |call| {
        let now = clock().micros();
        let complain = |what: String| beyond.lock().unwrap().push(format!("{name}: {what}"));
        let mut arrived = arrived.lock().unwrap();
        for (most, span) in limits.spans {
            if arrived.iter().filter(|at| now - **at < *span).count() >= *most {
                complain(format!("more than {most} in {span} µs"));
                return Some((200, (limits.refusal)().to_string()));
            }
        }
        arrived.push_back(now);
        if bytes(name, call) > limits.bytes {
            complain(format!("{} bytes", bytes(name, call)));
        }
        if !signed(name, call, now) {
            complain("not signed".to_owned());
        }
        answered()
    })
    .await
}

fn answered() -> Answer {
    Some((200, json!({"errcode": 0, "code": 0}).to_string()))
}

/// What a service counts: the text, or the whole body.
fn bytes(bot: &str, call: &Call) -> usize {
    match bot {
        "wecom_bot" => call.body["markdown"]["content"].as_str().map_or(usize::MAX, str::len),
        _ => call.bytes,
    }
}

/// Whether a call bears a signature of this hour, where the service asks for one.
fn signed(bot: &str, call: &Call, now: i64) -> bool {
    let (moment, sign) = match bot {
        "wecom_bot" => return true,
        "dingtalk_bot" => {
            (call.parameter("timestamp").and_then(|text| text.parse::<i64>().ok()), call.parameter("sign"))
        }
        _ => (
            call.body["timestamp"].as_str().and_then(|text| text.parse::<i64>().ok()).map(|seconds| seconds * 1000),
            call.body["sign"].as_str().map(str::to_owned),
        ),
    };
    moment.is_some_and(|millis| (millis - now / 1000).abs() < 3_600_000) && sign.is_some_and(|sign| sign.len() == 44)
}

/// The firm's administrator.
async fn administrator(house: &House) -> Reader {
    let token = house.app.setup_token(house.now).await.unwrap().unwrap();
    let request = SetupRequest {
        token,
        name: "管理员".to_owned(),
        email: "admin@example.com".to_owned(),
        password: "correct horse".to_owned(),
        firm: house.app.template_firm("ecommerce"),
    };
    let (session, _) = house.app.setup(request, house.now).await.unwrap();
    house.app.session(Some(&session), None, house.now).await.unwrap()
}

fn channel(kind: &str, webhook: &str) -> NewNoticeChannel {
    let mut secrets = BTreeMap::from([("webhook".to_owned(), webhook.to_owned())]);
    if kind != "wecom_bot" {
        secrets.insert("sign".to_owned(), "a signing secret".to_owned());
    }
    let settings = json!({"allow_private": true}).as_object().unwrap().clone();
    NewNoticeChannel { name: kind.to_owned(), kind: kind.to_owned(), settings, secrets }
}

/// The same folder's store, for what people and planners do elsewhere.
async fn store(house: &House) -> Store {
    Store::open(&Store::url_of(&house.dir.path().join("store.sqlite"))).await.unwrap()
}

async fn people(store: &Store, count: i64, now: Instant) -> Vec<i64> {
    let mut ids = Vec::new();
    for number in 0..count {
        let new = NewStaff {
            name: format!("员工{number}"),
            email: format!("p{number}@example.com"),
            role: Role::Owner,
            owner_key: None,
            unit_id: None,
            password_hash: "x".to_owned(),
        };
        ids.push(store.add_staff(&new, "admin", now).await.unwrap().id);
    }
    ids
}

fn warning(number: i64, staff: i64, now: Instant) -> Notice {
    Notice {
        key: format!("urgent/{number}"),
        staff,
        kind: NoticeKind::Urgent,
        subject: Text::new(
            format!("第 {number} 号预警：示例科技有限公司健康分 38，7 天内下降 21 分，年合同额 ¥320,000，请联系"),
            format!("Warning {number}"),
        ),
        lines: Vec::new(),
        path: Some(format!("/cases/{number}")),
        is_urgent: number % 5 == 0,
        not_before: now,
    }
}

/// The numbers of the warnings that a message shows, and how many it says to have left out.
fn told(call: &Call) -> (Vec<i64>, i64) {
    let markdown = call.body.pointer("/markdown/text").or_else(|| call.body.pointer("/markdown/content"));
    let text = markdown.and_then(Value::as_str).map_or_else(|| call.body.to_string(), str::to_owned);
    let shown = text.split('第').skip(1).filter_map(|part| part.trim().split(' ').next()?.parse().ok());
    let left = text.split("还有 ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()).unwrap_or(0);
    (shown.collect(), left)
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_notices_at_once_pass_three_bots_that_keep_their_limits() {
    let house = empty().await;
    let admin = administrator(&house).await;
    let moment = Arc::new(AtomicI64::new(house.now.micros()));
    let ticking = moment.clone();
    let clock: Clock = Arc::new(move || Instant::from_micros(ticking.load(Ordering::SeqCst)));
    let beyond = Arc::new(Mutex::new(Vec::new()));
    let mut services = Vec::new();
    let mut ways = Vec::new();
    for name in BOTS {
        let service = bot(name, clock.clone(), beyond.clone()).await;
        let new = channel(name, &service.url("/hook/send?key=0123456789abcdef"));
        let id = house.app.add_notice_channel(&admin, new, house.now).await.unwrap().id;
        ways.push(store::NoticeWay { channel_id: id, kinds: vec![NoticeKind::Urgent], address: None });
        services.push(service);
    }
    let store = store(&house).await;
    let staff = people(&store, PEOPLE, house.now).await;
    for id in &staff {
        let choice = store::NoticeChoice { ways: Some(ways.clone()), ..store::NoticeChoice::default() };
        store.put_notice_choice(*id, &choice, "test", house.now).await.unwrap();
    }
    // The first person is told most: more than one message holds.
    let whose = |number: i64| if number < 150 { staff[0] } else { staff[usize::try_from(number % PEOPLE).unwrap()] };
    let notices: Vec<Notice> = (0..NOTICES).map(|number| warning(number, whose(number), house.now)).collect();
    let added = store.put_notices(&notices, &|notice| notice.not_before, house.now).await.unwrap();
    assert_eq!(added, NOTICES as u64);

    let all = NOTICES as u64 * 3;
    let mut virtual_seconds = 0;
    loop {
        if house.app.deliver_notices(&clock, "https://liuke.example.cn").await.unwrap() > 0 {
            continue;
        }
        if virtual_seconds % 15 == 0 {
            let page = store.notices(&NoticeFilter::default(), (0, 1)).await.unwrap();
            if page.state_counts.get(&DeliveryState::Sent) == Some(&all) {
                break;
            }
        }
        moment.fetch_add(SECOND, Ordering::SeqCst);
        virtual_seconds += 1;
        assert!(virtual_seconds < 3600, "it does not end within an hour");
    }
    assert_eq!(*beyond.lock().unwrap(), Vec::<String>::new(), "no service was sent more than it takes");
    for (name, service) in BOTS.iter().zip(&services) {
        let (mut shown, mut left) = (Vec::new(), 0);
        for call in service.calls() {
            let (numbers, rest) = told(&call);
            assert!(!numbers.is_empty(), "{name}: a message that says nothing: {}", call.body);
            shown.extend(numbers);
            left += rest;
        }
        let count = shown.len() as i64;
        shown.sort_unstable();
        shown.dedup();
        assert_eq!((shown.len() as i64, count + left), (count, NOTICES), "{name}: each once, none lost");
        assert!(left < NOTICES / 3, "{name}: {left} are only counted");
        assert_eq!(service.calls().len() as i64, PEOPLE, "{name}: one message each");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_tried_before_it_is_trusted_and_its_secrets_are_told_to_nobody() {
    let house = empty().await;
    let admin = administrator(&house).await;
    let service = Service::start(|call| {
        let right = call.parameter("key").as_deref() == Some("the-right-key");
        if right { answered() } else { Some((200, json!({"errcode": 93000, "errmsg": "invalid webhook"}).to_string())) }
    })
    .await;
    let wrong = channel("wecom_bot", &service.url("/send?key=the-wrong-key"));
    let added = house.app.add_notice_channel(&admin, wrong, house.now).await.unwrap();
    assert!(!serde_json::to_string(&added).unwrap().contains("wrong-key"));
    let at = (Lang::Zh, house.now);
    let refused = house.app.test_notice_channel(&admin, added.id, NoticeTest::default(), at).await.unwrap_err();
    assert_eq!(refused.code(), "wrong_key");
    assert!(
        refused.detail().zh.contains("不认识这个机器人") && !refused.to_string().contains("wrong-key"),
        "{refused}"
    );
    let listed = house.app.notice_channels(&admin).await.unwrap();
    let last = listed.channels[0].last.as_ref().unwrap();
    assert_eq!((last.outcome.as_deref(), last.trouble.as_ref().unwrap().code.as_str()), (Some("failed"), "wrong_key"));

    let secrets = BTreeMap::from([("webhook".to_owned(), Some(service.url("/send?key=the-right-key")))]);
    let change = json!({"version": 1, "secrets": secrets});
    let change = serde_json::from_value(change).unwrap();
    let changed = house.app.change_notice_channel(&admin, added.id, change, house.now).await.unwrap();
    assert_eq!((changed.version, changed.secrets.as_slice()), (2, ["webhook".to_owned()].as_slice()));
    house.app.test_notice_channel(&admin, added.id, NoticeTest::default(), at).await.unwrap();

    // Whoever chooses sees which ways there are, and nothing else of them.
    let choice = house.app.notice_choice(&admin).await.unwrap();
    assert_eq!((choice.version, choice.options.len(), choice.ways.len()), (0, 1, 0));
    let way = NoticeWay { channel_id: added.id, kinds: vec!["urgent".to_owned()], address: None };
    let chosen = |ways: Vec<NoticeWay>| NoticeChoiceChange {
        version: 0,
        quiet_from: Some("22:00".to_owned()),
        quiet_to: Some("07:30".to_owned()),
        urgent_breaks_quiet: true,
        lang: "en".to_owned(),
        ways,
    };
    let twice =
        house.app.put_notice_choice(&admin, chosen(vec![way.clone(), way.clone()]), house.now).await.unwrap_err();
    assert_eq!(twice.code(), "bad_choice");
    let kept = house.app.put_notice_choice(&admin, chosen(vec![way]), house.now).await.unwrap();
    assert_eq!((kept.version, kept.quiet_from.as_deref(), kept.lang.as_str()), (1, Some("22:00"), "en"));
    let none = house.app.notices(&admin, &NoticeQuery { limit: 10, ..NoticeQuery::default() }).await.unwrap();
    assert_eq!((none.total, none.unread), (0, 0));
}
