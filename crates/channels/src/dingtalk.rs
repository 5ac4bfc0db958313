//! DingTalk's custom robot: Markdown, signed in the query, bodies of at most about 20 KB, and ten minutes of silence for
//! whoever sends too fast.

use std::time::Duration;

use serde_json::{Value, json};
use vocab::Instant;

use crate::cut::{Marks, fitting, markdown, plain};
use crate::door::Receipt;
use crate::fault::{Fault, FaultClass};
use crate::http::{Clients, Service, busy, odd_answer, refused, too_fast};
use crate::message::Message;
use crate::sign;

const BODY_BYTES: usize = 20_000;
/// How long a robot is blocked that sent too fast.
const BLOCKED: Duration = Duration::from_secs(600);
const MARKS: Marks = Marks { subject: ("#### ", "\n"), line: ("- ", "\n") };

/// Sends one message.
pub(crate) async fn send(
    clients: &Clients,
    (service, secret): (&Service, Option<&str>),
    message: &Message,
    now: Instant,
) -> Result<Receipt, Fault> {
    let mut url = service.url.clone();
    if let Some(secret) = secret {
        let millis = now.micros().div_euclid(1000);
        url.query_pairs_mut()
            .append_pair("timestamp", &millis.to_string())
            .append_pair("sign", &sign::dingtalk(secret, millis));
    }
    let answer = service.post(clients, url, &body(message)).await?;
    let words = service.said(answer["errmsg"].as_str().unwrap_or_default());
    match answer["errcode"].as_i64() {
        Some(0) => Ok(Receipt { answer: words }),
        Some(130_101) => Err(too_fast(BLOCKED).saying(&words)),
        Some(-1) => Err(busy().saying(&words)),
        Some(310_000) => Err(Fault::new(
            FaultClass::Never,
            "security_check",
            ("钉钉安全设置不通过：加签密钥、关键词或 IP 不符", "DingTalk's security check failed: signature, keyword or IP"),
            (
                "请核对机器人的“加签”密钥；若设了关键词，请加入“留客”；若限了 IP，请加入本机出口地址",
                "check the robot's signing secret; add the keyword \"留客\" or this machine's address if these are restricted",
            ),
        )
        .saying(&words)),
        Some(300_001 | 300_005 | 400_013) => Err(wrong_token().saying(&words)),
        Some(code) => Err(refused(code, &words)),
        None => Err(odd_answer(&service.said(&answer.to_string()))),
    }
}

fn wrong_token() -> Fault {
    Fault::new(
        FaultClass::Never,
        "wrong_key",
        ("钉钉不认识这个机器人地址", "DingTalk does not know this robot"),
        (
            "请重新复制机器人的 Webhook 地址；机器人可能已被移除",
            "copy the robot's webhook again; it may have been removed",
        ),
    )
}

fn body(message: &Message) -> Value {
    let address = message.to.address.as_deref();
    // Whoever is to be called must stand in the text as well.
    let mention = address.map_or_else(|| format!(" · {}", plain(&message.to.name)), |address| format!(" @{address}"));
    let is_mobile = address.is_some_and(|address| address.chars().all(|c| c.is_ascii_digit() || c == '+'));
    let at = match address {
        None => json!({}),
        Some(address) if is_mobile => json!({"atMobiles": [address], "isAtAll": false}),
        Some(address) => json!({"atUserIds": [address], "isAtAll": false}),
    };
    let shape = |shown: usize| {
        json!({
            "msgtype": "markdown",
            "markdown": {"title": message.subject, "text": markdown(message, shown, &mention, &MARKS)},
            "at": at,
        })
    };
    fitting(message.lines.len(), shape, |body| body.to_string().len() <= BODY_BYTES)
}
