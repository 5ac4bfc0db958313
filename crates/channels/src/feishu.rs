//! Feishu's custom bot: a post whose lines are links, signed in the body, bodies of at most 20 KB.

use serde_json::{Value, json};
use vocab::{Instant, Lang};

use crate::cut::fitting;
use crate::door::Receipt;
use crate::fault::{Fault, FaultClass};
use crate::http::{Clients, REST, Service, busy, odd_answer, refused, too_fast};
use crate::message::Message;
use crate::sign;

const BODY_BYTES: usize = 20_000;

/// Sends one message.
pub(crate) async fn send(
    clients: &Clients,
    (service, secret): (&Service, Option<&str>),
    message: &Message,
    now: Instant,
) -> Result<Receipt, Fault> {
    let signed = secret.map(|secret| {
        let seconds = now.micros().div_euclid(1_000_000);
        (seconds.to_string(), sign::feishu(secret, seconds))
    });
    let answer = service.post(clients, service.url.clone(), &body(message, signed.as_ref())).await?;
    let words = service.said(answer["msg"].as_str().or_else(|| answer["StatusMessage"].as_str()).unwrap_or_default());
    match answer["code"].as_i64().or_else(|| answer["StatusCode"].as_i64()) {
        Some(0) => Ok(Receipt { answer: words }),
        Some(11_232) => Err(too_fast(REST).saying(&words)),
        Some(19_021) => Err(security(
            "wrong_sign",
            ("飞书签名校验不通过", "Feishu's signature check failed"),
            ("请核对机器人的签名密钥，以及本机时钟是否准确", "check the bot's signing secret and this machine's clock"),
            &words,
        )),
        Some(19_022) => Err(security(
            "security_check",
            ("本机 IP 不在飞书机器人的白名单中", "this machine's address is not on the bot's list"),
            ("请在机器人的安全设置里加入本机的出口地址", "add this machine's address to the bot's security settings"),
            &words,
        )),
        Some(19_024) => Err(security(
            "security_check",
            ("消息不含飞书机器人要求的关键词", "the message does not hold the bot's keyword"),
            (
                "请把“留客”加入机器人的关键词，或改用签名校验",
                "add the keyword \"留客\" to the bot, or use a signature instead",
            ),
            &words,
        )),
        Some(19_001) => Err(security(
            "wrong_key",
            ("飞书不认识这个机器人地址", "Feishu does not know this bot"),
            (
                "请重新复制机器人的 Webhook 地址；机器人可能已被移除",
                "copy the bot's webhook again; it may have been removed",
            ),
            &words,
        )),
        Some(-1) => Err(busy().saying(&words)),
        Some(code) => Err(refused(code, &words)),
        None => Err(odd_answer(&service.said(&answer.to_string()))),
    }
}

fn security(code: &'static str, detail: (&str, &str), hint: (&str, &str), words: &str) -> Fault {
    Fault::new(FaultClass::Never, code, detail, hint).saying(words)
}

fn body(message: &Message, signed: Option<&(String, String)>) -> Value {
    fitting(message.lines.len(), |shown| shape(message, shown, signed), |body| body.to_string().len() <= BODY_BYTES)
}

fn shape(message: &Message, shown: usize, signed: Option<&(String, String)>) -> Value {
    let mut rows = vec![match &message.to.address {
        Some(id) => json!([{"tag": "at", "user_id": id}]),
        None => json!([{"tag": "text", "text": message.to.name}]),
    }];
    rows.extend(message.lines[..shown].iter().map(|line| match &line.link {
        Some(link) => json!([{"tag": "a", "text": line.text, "href": link}]),
        None => json!([{"tag": "text", "text": line.text}]),
    }));
    if shown < message.lines.len() {
        rows.push(json!([{"tag": "text", "text": message.left_out(message.lines.len() - shown)}]));
    }
    if let Some(link) = &message.link {
        rows.push(json!([{"tag": "a", "text": message.opened(), "href": link}]));
    }
    let lang = match message.lang {
        Lang::Zh => "zh_cn",
        Lang::En => "en_us",
    };
    let mut body = json!({
        "msg_type": "post",
        "content": {"post": {lang: {"title": message.subject, "content": rows}}},
    });
    if let Some((timestamp, sign)) = signed {
        body["timestamp"] = json!(timestamp);
        body["sign"] = json!(sign);
    }
    body
}
