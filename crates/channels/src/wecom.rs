//! WeCom: the bot of a group, whose key is its only secret, and a firm's own application, which writes to one person.

use std::collections::BTreeMap;
use std::sync::Mutex;

use reqwest::Url;
use serde_json::{Value, json};
use vocab::Instant;

use crate::cut::{Marks, fitting, markdown, plain};
use crate::door::{Receipt, service, setting};
use crate::fault::{Fault, FaultClass, bad_setting};
use crate::http::{Clients, REST, Service, busy, odd_answer, refused, too_fast};
use crate::message::Message;

/// Markdown of a bot, and of an application, in bytes.
const BOT_BYTES: usize = 4096;
const APP_BYTES: usize = 2048;
const HOST: &str = "https://qyapi.weixin.qq.com";
/// How long before its end a token is no longer used, in seconds.
const SPARE_SECONDS: i64 = 300;
const MARKS: Marks = Marks { subject: ("**", "**\n"), line: ("> ", "\n") };

/// Sends one message to a group.
pub(crate) async fn bot(clients: &Clients, service: &Service, message: &Message) -> Result<Receipt, Fault> {
    let mention = match &message.to.address {
        Some(id) => format!(" <@{}>", plain(id)),
        None => format!(" · {}", plain(&message.to.name)),
    };
    let body = json!({"msgtype": "markdown", "markdown": {"content": content(message, &mention, BOT_BYTES)}});
    read(service, &service.post(clients, service.url.clone(), &body).await?)
}

fn content(message: &Message, mention: &str, most: usize) -> String {
    fitting(message.lines.len(), |shown| markdown(message, shown, mention, &MARKS), |text| text.len() <= most)
}

/// What WeCom answers, whatever was asked.
fn read(service: &Service, answer: &Value) -> Result<Receipt, Fault> {
    let words = service.said(answer["errmsg"].as_str().unwrap_or_default());
    let never = |code, detail: (&str, &str), hint: (&str, &str)| {
        Err(Fault::new(FaultClass::Never, code, detail, hint).saying(&words))
    };
    match answer["errcode"].as_i64() {
        Some(0) => Ok(Receipt { answer: words }),
        Some(-1) => Err(busy().saying(&words)),
        Some(45_009 | 45_033) => Err(too_fast(REST).saying(&words)),
        Some(93_000) => never(
            "wrong_key",
            ("企业微信不认识这个机器人地址", "WeCom does not know this bot"),
            (
                "请重新复制机器人的 Webhook 地址；机器人可能已被移除",
                "copy the bot's webhook again; it may have been removed",
            ),
        ),
        Some(40_001 | 40_013 | 40_056) => never(
            "wrong_key",
            ("企业 ID 或应用 Secret 不对", "the corp id or the application's secret is wrong"),
            ("请在企业微信管理后台重新复制", "copy them again from WeCom's admin pages"),
        ),
        Some(60_020) => never(
            "security_check",
            ("本机 IP 不在应用的可信 IP 中", "this machine's address is not trusted by the application"),
            ("请在应用设置里加入本机的出口地址", "add this machine's address to the application"),
        ),
        Some(81_013 | 40_003 | 60_111) => never(
            "bad_address",
            ("企业微信里没有这个成员，或应用对其不可见", "no such member, or the application is not visible to them"),
            ("请核对成员账号（userid）与应用的可见范围", "check the member's userid and who may see the application"),
        ),
        Some(code) => Err(refused(code, &words)),
        None => Err(odd_answer(&service.said(&answer.to_string()))),
    }
}

/// A token that WeCom gave, and when it ends.
pub(crate) struct Token {
    token: String,
    until: Instant,
}

/// A firm's own application.
pub(crate) struct App {
    service: Service,
    corp_id: String,
    agent_id: i64,
    secret: String,
}

impl App {
    pub(crate) fn read(
        settings: &Value,
        secrets: &BTreeMap<String, String>,
        allow_private: bool,
    ) -> Result<App, Fault> {
        let missing = |zh: &str, en: &str| {
            bad_setting(
                (&format!("请填写{zh}"), &format!("{en} is missing")),
                (
                    "见企业微信管理后台的“我的企业”与应用详情",
                    "WeCom's admin pages show it with the firm and the application",
                ),
            )
        };
        let url = setting(settings, "url").unwrap_or_else(|| HOST.to_owned());
        let corp_id = setting(settings, "corp_id").ok_or_else(|| missing("企业 ID", "the corp id"))?;
        let agent_id = setting(settings, "agent_id").and_then(|id| id.parse().ok());
        let secret = secrets.get("secret").filter(|secret| !secret.is_empty()).cloned();
        let secret = secret.ok_or_else(|| missing("应用 Secret", "the application's secret"))?;
        let mut service = service(&url, allow_private)?;
        service.secrets.push(secret.clone());
        let agent_id = agent_id.ok_or_else(|| missing("应用 AgentId（数字）", "the agent id, a number,"))?;
        Ok(App { service, corp_id, agent_id, secret })
    }

    /// Sends one message to one person.
    pub(crate) async fn send(
        &self,
        (clients, tokens): (&Clients, &Mutex<BTreeMap<String, Token>>),
        message: &Message,
        now: Instant,
    ) -> Result<Receipt, Fault> {
        let Some(to) = &message.to.address else {
            return Err(Fault::new(
                FaultClass::Never,
                "no_address",
                ("没有填写企业微信账号", "no WeCom userid is given"),
                ("请在“我的通知”里填写企业微信账号（userid）", "fill the userid in under \"My notices\""),
            ));
        };
        let body = json!({
            "touser": to,
            "msgtype": "markdown",
            "agentid": self.agent_id,
            "markdown": {"content": content(message, "", APP_BYTES)},
        });
        let token = self.token(clients, tokens, now).await?;
        let mut url = self.page("cgi-bin/message/send")?;
        url.query_pairs_mut().append_pair("access_token", &token);
        let mut service = self.service.clone();
        service.secrets.push(token);
        let answer = service.post(clients, url, &body).await?;
        if matches!(answer["errcode"].as_i64(), Some(40_014 | 42_001)) {
            // The token was taken back before its time; the next attempt asks for another.
            kept(tokens).remove(&self.key());
            return Err(busy().saying(&service.said(answer["errmsg"].as_str().unwrap_or_default())));
        }
        let receipt = read(&service, &answer)?;
        match answer["invaliduser"].as_str().unwrap_or_default() {
            "" => Ok(receipt),
            _ => read(&service, &json!({"errcode": 81_013, "errmsg": answer["errmsg"]})),
        }
    }

    async fn token(
        &self,
        clients: &Clients,
        tokens: &Mutex<BTreeMap<String, Token>>,
        now: Instant,
    ) -> Result<String, Fault> {
        if let Some(known) = kept(tokens).get(&self.key()).filter(|known| known.until > now) {
            return Ok(known.token.clone());
        }
        let mut url = self.page("cgi-bin/gettoken")?;
        url.query_pairs_mut().append_pair("corpid", &self.corp_id).append_pair("corpsecret", &self.secret);
        // Nothing was said to anybody yet, so whatever went wrong may be tried again.
        let answer = self.service.get(clients, url).await.map_err(|fault| match fault.class {
            FaultClass::Perhaps => Fault { class: FaultClass::Later, ..fault },
            _ => fault,
        })?;
        read(&self.service, &answer)?;
        let token = answer["access_token"].as_str().unwrap_or_default().to_owned();
        let seconds = answer["expires_in"].as_i64().unwrap_or(0) - SPARE_SECONDS;
        kept(tokens)
            .insert(self.key(), Token { token: token.clone(), until: now.plus_micros(seconds.max(0) * 1_000_000) });
        Ok(token)
    }

    fn key(&self) -> String {
        format!("{} {} {} {}", self.service.url, self.corp_id, self.agent_id, self.secret)
    }

    fn page(&self, path: &str) -> Result<Url, Fault> {
        self.service.url.join(path).map_err(|error| odd_answer(&error.to_string()))
    }
}

fn kept(tokens: &Mutex<BTreeMap<String, Token>>) -> std::sync::MutexGuard<'_, BTreeMap<String, Token>> {
    tokens.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
