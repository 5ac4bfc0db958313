//! The bots of groups, and the application that writes to one person.

use std::collections::BTreeMap;
use std::time::Duration;

use channels::{Door, DoorKind, Doors, Fault, FaultClass, Line, Message, Recipient};
use serde_json::{Value, json};
use vocab::{Instant, Lang};

use crate::receiver::{Answer, Call, Service};

fn now() -> Instant {
    Instant::from_micros(1_700_000_000_000_000)
}

fn message(lines: usize) -> Message {
    let line = |number: usize| Line {
        text: format!("示例科技有限公司 {number} 号：登录用户 12 → 3，年合同额 ¥320,000，请于今天 18:00 前联系"),
        link: Some(format!("https://liuke.example.cn/cases/{number}")),
    };
    Message {
        id: "notice-1".to_owned(),
        to: Recipient { name: "李雷".to_owned(), address: None },
        lang: Lang::Zh,
        subject: "今日清单：3 位客户需要联系".to_owned(),
        lines: (0..lines).map(line).collect(),
        link: Some("https://liuke.example.cn/today".to_owned()),
    }
}

fn door(kind: DoorKind, settings: Value, secrets: &[(&str, &str)]) -> Door {
    let mut settings = settings;
    settings["allow_private"] = json!(true);
    let secrets: BTreeMap<String, String> =
        secrets.iter().map(|(name, secret)| ((*name).to_owned(), (*secret).to_owned())).collect();
    Door::read(kind, &settings, &secrets).unwrap()
}

async fn sent(door: &Door, message: &Message) -> Result<(), Fault> {
    Doors::default().send(door, message, now()).await.map(|_| ())
}

fn said(body: Value) -> Answer {
    Some((200, body.to_string()))
}

#[tokio::test]
async fn each_bot_is_spoken_to_in_its_own_way() {
    let ok = json!({"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"});
    let service = Service::start(move |_| said(ok.clone())).await;
    let url = service.url("/hook/0123456789?key=0123456789abcdef");
    let secret = format!("SECexample{}", "0".repeat(55));
    let to = |address: &str| Message {
        to: Recipient { name: "李雷".to_owned(), address: Some(address.to_owned()) },
        ..message(2)
    };
    sent(&door(DoorKind::WecomBot, json!({}), &[("webhook", &url)]), &to("lilei")).await.unwrap();
    let signed = [("webhook", url.as_str()), ("sign", secret.as_str())];
    sent(&door(DoorKind::DingtalkBot, json!({}), &signed), &to("13800138000")).await.unwrap();
    let signed = [("webhook", url.as_str()), ("sign", "feishu-secret")];
    sent(&door(DoorKind::FeishuBot, json!({}), &signed), &message(2)).await.unwrap();

    let calls = service.calls();
    let wecom = calls[0].body["markdown"]["content"].as_str().unwrap();
    assert_eq!((&calls[0].body["msgtype"], calls[0].target.contains("sign=")), (&json!("markdown"), false));
    assert!(wecom.starts_with("**今日清单：3 位客户需要联系 <@lilei>**\n> [示例科技有限公司 0 号"), "{wecom}");
    assert!(wecom.ends_with("[在留客中打开](https://liuke.example.cn/today)"), "{wecom}");

    assert_eq!(calls[1].parameter("timestamp").as_deref(), Some("1700000000000"));
    assert_eq!(calls[1].parameter("sign").as_deref(), Some("HymifK0r91GEU51JbVt5kZDG/8mElqvhp80ZKEeAAno="));
    assert_eq!(calls[1].body["at"]["atMobiles"], json!(["13800138000"]));
    let dingtalk = calls[1].body["markdown"]["text"].as_str().unwrap();
    assert!(dingtalk.contains(" @13800138000") && dingtalk.contains("\n- [示例科技"), "{dingtalk}");

    assert_eq!(calls[2].body["timestamp"], json!("1700000000"));
    assert_eq!(calls[2].body["sign"], json!("OrBzY1Y01Gq+HgJsl+7OfWcMVwc7YocohQm5iiZwjhU="));
    let post = &calls[2].body["content"]["post"]["zh_cn"];
    assert_eq!(post["title"], json!("今日清单：3 位客户需要联系"));
    assert_eq!(post["content"][1][0]["href"], json!("https://liuke.example.cn/cases/0"));
}

/// How many lines are shown, and how many are said to be left out.
fn told(text: &str) -> (usize, usize) {
    let left = text.split("还有 ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()).unwrap_or(0);
    (text.matches("/cases/").count(), left)
}

#[tokio::test]
async fn a_long_list_is_cut_at_a_line_and_says_how_many_are_left_out() {
    let ok = json!({"errcode": 0, "code": 0});
    let service = Service::start(move |_| said(ok.clone())).await;
    let url = service.url("/hook/0123456789");
    for (kind, most) in [(DoorKind::WecomBot, 4096), (DoorKind::DingtalkBot, 20_000), (DoorKind::FeishuBot, 20_000)] {
        sent(&door(kind, json!({}), &[("webhook", &url)]), &message(500)).await.unwrap();
        let call = service.calls().pop().unwrap();
        let bytes = match kind {
            DoorKind::WecomBot => call.body["markdown"]["content"].as_str().unwrap().len(),
            _ => call.bytes,
        };
        // The next line would have been too much.
        assert!(bytes <= most && bytes + 250 > most, "{kind}: {bytes}");
        let (shown, left) = told(&call.body.to_string());
        assert_eq!(shown + left, 500, "{kind}");
        assert!(shown > 10 && call.body.to_string().contains("liuke.example.cn/today"), "{kind}: {shown}");
    }
}

#[tokio::test]
async fn what_a_service_refuses_is_understood() {
    use FaultClass::{Later, Never, Throttled};
    let minute = Throttled(Duration::from_secs(60));
    let cases = [
        (DoorKind::WecomBot, json!({"errcode": 93000, "errmsg": "invalid webhook url"}), Never, "wrong_key"),
        (DoorKind::WecomBot, json!({"errcode": 45009, "errmsg": "api freq out of limit"}), minute, "too_fast"),
        (DoorKind::WecomBot, json!({"errcode": -1, "errmsg": "system busy"}), Later, "busy"),
        (DoorKind::WecomBot, json!({"errcode": 40058, "errmsg": "markdown.content exceed"}), Never, "refused"),
        (DoorKind::DingtalkBot, json!({"errcode": 130101}), Throttled(Duration::from_secs(600)), "too_fast"),
        (DoorKind::DingtalkBot, json!({"errcode": 310000, "errmsg": "sign not match"}), Never, "security_check"),
        (DoorKind::FeishuBot, json!({"code": 19021, "msg": "sign match fail"}), Never, "wrong_sign"),
        (DoorKind::FeishuBot, json!({"code": 19022}), Never, "security_check"),
        (DoorKind::FeishuBot, json!({"code": 19024}), Never, "security_check"),
        (DoorKind::FeishuBot, json!({"code": 11232}), minute, "too_fast"),
        (DoorKind::FeishuBot, json!({"code": 9499, "msg": "Bad Request"}), Never, "refused"),
    ];
    for (kind, answer, class, code) in cases {
        let told = answer.clone();
        let service = Service::start(move |_| said(told.clone())).await;
        let door = door(kind, json!({}), &[("webhook", &service.url("/hook/0123456789abcdef"))]);
        let fault = sent(&door, &message(1)).await.unwrap_err();
        assert_eq!((fault.class, fault.code), (class, code), "{kind} {answer}");
        assert!(!fault.detail.zh.is_empty() && !fault.hint.zh.is_empty() && !fault.hint.en.is_empty(), "{fault:?}");
        let words = format!("{fault:?}");
        assert!(!words.contains("0123456789abcdef"), "a secret is told: {words}");
    }
}

#[tokio::test]
async fn a_line_that_breaks_after_the_message_leaves_it_open_whether_it_arrived() {
    let webhook = |service: &Service| service.url("/hook/0123456789");
    let of = |url: String| door(DoorKind::WecomBot, json!({}), &[("webhook", &url)]);
    for (answer, class, code) in [
        (None, FaultClass::Perhaps, "unknown_outcome"),
        (Some((200, "<html>".to_owned())), FaultClass::Perhaps, "unknown_outcome"),
        (Some((503, String::new())), FaultClass::Later, "busy"),
        (Some((429, String::new())), FaultClass::Throttled(Duration::from_secs(60)), "too_fast"),
        (Some((404, "gone".to_owned())), FaultClass::Never, "http_refused"),
    ] {
        let given: Answer = answer.clone();
        let service = Service::start(move |_| given.clone()).await;
        let fault = sent(&of(webhook(&service)), &message(1)).await.unwrap_err();
        assert_eq!((fault.class, fault.code), (class, code), "{answer:?}: {fault}");
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/hook", listener.local_addr().unwrap());
    drop(listener);
    let fault = sent(&of(nobody), &message(1)).await.unwrap_err();
    assert_eq!((fault.class, fault.code), (FaultClass::Later, "unreachable"), "{fault}");
}

#[tokio::test]
async fn nobody_is_asked_inside_unless_that_is_allowed() {
    for host in ["127.0.0.1", "localhost", "10.1.2.3", "[::1]"] {
        let secrets = [("webhook".to_owned(), format!("https://{host}/hook/0123456789"))].into();
        let door = Door::read(DoorKind::FeishuBot, &json!({}), &secrets).unwrap();
        let fault = sent(&door, &message(1)).await.unwrap_err();
        assert_eq!((fault.class, fault.code), (FaultClass::Never, "private_address"), "{host}");
    }
}

/// WeCom's application: gives tokens to who has the secret, and takes messages from who has the newest token.
fn application(call: &Call, given: &std::sync::atomic::AtomicU32) -> Answer {
    use std::sync::atomic::Ordering;
    if call.target.starts_with("/cgi-bin/gettoken") {
        if call.parameter("corpsecret").as_deref() != Some("right-secret") {
            return said(json!({"errcode": 40001, "errmsg": "invalid credential right-secret"}));
        }
        let number = given.fetch_add(1, Ordering::SeqCst) + 1;
        return said(json!({"errcode": 0, "access_token": format!("token-number-{number}"), "expires_in": 7200}));
    }
    let newest = format!("token-number-{}", given.load(Ordering::SeqCst));
    if call.parameter("access_token") != Some(newest) {
        return said(json!({"errcode": 42001, "errmsg": "access_token expired"}));
    }
    let unknown = call.body["touser"] == "nobody";
    said(json!({"errcode": 0, "errmsg": "ok", "invaliduser": if unknown { "nobody" } else { "" }}))
}

#[tokio::test]
async fn an_application_keeps_its_token_for_two_hours_and_writes_to_one_person() {
    let given = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let counted = given.clone();
    let service = Service::start(move |call| application(call, &counted)).await;
    let settings = json!({"url": service.url("/"), "corp_id": "ww1", "agent_id": 1_000_002});
    let app = door(DoorKind::WecomApp, settings.clone(), &[("secret", "right-secret")]);
    let to = |address: Option<&str>| Message {
        to: Recipient { name: "李雷".to_owned(), address: address.map(str::to_owned) },
        ..message(40)
    };
    let doors = Doors::default();
    for hours in [0, 1] {
        doors.send(&app, &to(Some("lilei")), now().plus_micros(hours * 3_600_000_000)).await.unwrap();
    }
    assert_eq!(given.load(std::sync::atomic::Ordering::SeqCst), 1, "one token for both");
    doors.send(&app, &to(Some("lilei")), now().plus_micros(3 * 3_600_000_000)).await.unwrap();
    assert_eq!(given.load(std::sync::atomic::Ordering::SeqCst), 2, "another when it has ended");
    let call = service.calls().pop().unwrap();
    assert_eq!((&call.body["touser"], &call.body["agentid"]), (&json!("lilei"), &json!(1_000_002)));
    let text = call.body["markdown"]["content"].as_str().unwrap();
    let (shown, left) = told(text);
    assert!(text.len() <= 2048 && shown > 3 && shown + left == 40, "{} {shown} {left}", text.len());

    // Taken back before its time: the next attempt has another.
    given.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    let at = now().plus_micros(3 * 3_600_000_000);
    assert_eq!(doors.send(&app, &to(Some("lilei")), at).await.unwrap_err().class, FaultClass::Later);
    doors.send(&app, &to(Some("lilei")), at).await.unwrap();

    assert_eq!(sent(&app, &to(Some("nobody"))).await.unwrap_err().code, "bad_address");
    assert_eq!(sent(&app, &to(None)).await.unwrap_err().code, "no_address");
    let wrong = door(DoorKind::WecomApp, settings, &[("secret", "wrong-secret")]);
    let fault = sent(&wrong, &to(Some("lilei"))).await.unwrap_err();
    assert_eq!((fault.class, fault.code), (FaultClass::Never, "wrong_key"));
}
