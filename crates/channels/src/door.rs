//! The doors there are, how one is read from its settings, and sending through it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Mutex;

use reqwest::Url;
use serde_json::Value;
use vocab::{Instant, Text};

use crate::fault::{Fault, bad_setting};
use crate::http::{Clients, Service};
use crate::mail::Mail;
use crate::message::Message;
use crate::wecom::{self, App, Token};
use crate::{dingtalk, feishu};

/// What sort of door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DoorKind {
    /// A mail server.
    Mail,
    /// A bot in a WeCom group.
    WecomBot,
    /// A firm's own WeCom application, to a person.
    WecomApp,
    /// A bot in a DingTalk group.
    DingtalkBot,
    /// A bot in a Feishu group.
    FeishuBot,
}

impl DoorKind {
    /// Every one.
    pub const ALL: [DoorKind; 5] =
        [DoorKind::Mail, DoorKind::WecomBot, DoorKind::WecomApp, DoorKind::DingtalkBot, DoorKind::FeishuBot];

    /// The word in the database and over the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            DoorKind::Mail => "mail",
            DoorKind::WecomBot => "wecom_bot",
            DoorKind::WecomApp => "wecom_app",
            DoorKind::DingtalkBot => "dingtalk_bot",
            DoorKind::FeishuBot => "feishu_bot",
        }
    }

    /// What people call it.
    pub fn name(self) -> Text {
        match self {
            DoorKind::Mail => Text::new("邮件", "E-mail"),
            DoorKind::WecomBot => Text::new("企业微信群机器人", "WeCom group bot"),
            DoorKind::WecomApp => Text::new("企业微信应用消息", "WeCom app message"),
            DoorKind::DingtalkBot => Text::new("钉钉群机器人", "DingTalk group bot"),
            DoorKind::FeishuBot => Text::new("飞书群机器人", "Feishu group bot"),
        }
    }

    /// Names of the secrets it may have.
    pub fn secrets(self) -> &'static [&'static str] {
        match self {
            DoorKind::Mail => &["password"],
            DoorKind::WecomBot => &["webhook"],
            DoorKind::WecomApp => &["secret"],
            DoorKind::DingtalkBot | DoorKind::FeishuBot => &["webhook", "sign"],
        }
    }

    /// Whether it reaches nobody without an address of theirs.
    pub fn needs_address(self) -> bool {
        matches!(self, DoorKind::Mail | DoorKind::WecomApp)
    }
}

impl fmt::Display for DoorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DoorKind {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or(())
    }
}

/// What the other side said of a message that it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// In its own words, cut short.
    pub answer: String,
}

/// A way out of the house, ready to be used. Holds its secrets; none of them is ever shown.
pub struct Door(Way);

enum Way {
    Mail(Box<Mail>),
    WecomBot(Service),
    WecomApp(App),
    DingtalkBot(Service, Option<String>),
    FeishuBot(Service, Option<String>),
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Door")
    }
}

impl Door {
    /// Reads settings and secrets.
    ///
    /// Settings: `allow_private` (whether addresses of this machine and of the house's own network may be asked); for mail
    /// `host`, `port`, `security` (`tls`, `starttls`, `none`), `user`, `from`, `per_minute`; for the WeCom application
    /// `corp_id`, `agent_id` and, where the firm runs its own, `url`. Secrets: see [`DoorKind::secrets`]; `webhook` is the
    /// whole address that the service shows when the bot is made.
    ///
    /// # Errors
    /// `bad_channel`, with what is missing or wrong.
    pub fn read(kind: DoorKind, settings: &Value, secrets: &BTreeMap<String, String>) -> Result<Door, Fault> {
        let allow_private = settings.get("allow_private").and_then(Value::as_bool).unwrap_or(false);
        let sign = || secrets.get("sign").filter(|sign| !sign.is_empty()).cloned();
        let bot = || webhook(secrets, allow_private);
        Ok(Door(match kind {
            DoorKind::Mail => Way::Mail(Box::new(Mail::read(settings, secrets, allow_private)?)),
            DoorKind::WecomBot => Way::WecomBot(bot()?),
            DoorKind::WecomApp => Way::WecomApp(App::read(settings, secrets, allow_private)?),
            DoorKind::DingtalkBot => Way::DingtalkBot(bot()?, sign()),
            DoorKind::FeishuBot => Way::FeishuBot(bot()?, sign()),
        }))
    }
}

/// What doors remember between two messages: the tokens that a service gave for a while, and how it is reached.
#[derive(Default)]
pub struct Doors {
    tokens: Mutex<BTreeMap<String, Token>>,
    clients: Clients,
}

impl Doors {
    /// Sends one message, once.
    ///
    /// # Errors
    /// See [`crate::FaultClass`]; only `Later` and `Throttled` may be tried again by themselves.
    pub async fn send(&self, door: &Door, message: &Message, now: Instant) -> Result<Receipt, Fault> {
        let message = message.trimmed();
        match &door.0 {
            Way::Mail(mail) => mail.send(&message, now).await,
            Way::WecomBot(service) => wecom::bot(&self.clients, service, &message).await,
            Way::WecomApp(app) => app.send((&self.clients, &self.tokens), &message, now).await,
            Way::DingtalkBot(service, sign) => {
                dingtalk::send(&self.clients, (service, sign.as_deref()), &message, now).await
            }
            Way::FeishuBot(service, sign) => {
                feishu::send(&self.clients, (service, sign.as_deref()), &message, now).await
            }
        }
    }
}

/// The address of a bot. All of it is a secret: whoever has it may write into the group.
fn webhook(secrets: &BTreeMap<String, String>, allow_private: bool) -> Result<Service, Fault> {
    let text = secrets.get("webhook").map(|text| text.trim()).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| {
        bad_setting(
            ("请填写机器人的 Webhook 地址", "the bot's webhook address is missing"),
            ("在群里添加机器人后，复制它的完整地址", "add the bot to the group and copy its whole address"),
        )
    })?;
    let mut service = service(text, allow_private)?;
    service.secrets.push(text.to_owned());
    service.secrets.extend(service.url.query_pairs().map(|(_, value)| value.into_owned()));
    service.secrets.extend(service.url.path_segments().and_then(|mut parts| parts.next_back()).map(str::to_owned));
    // The last part of WeCom's and DingTalk's paths is a word of the language.
    service.secrets.retain(|secret| secret.len() > 8);
    Ok(service)
}

/// A service at an address: encrypted, or inside where that is allowed.
pub(crate) fn service(text: &str, allow_private: bool) -> Result<Service, Fault> {
    let url = Url::parse(text).ok().filter(|url| url.host_str().is_some_and(|host| !host.is_empty()));
    match url {
        Some(url) if url.scheme() == "https" || url.scheme() == "http" && allow_private => {
            Ok(Service { url, allow_private, secrets: Vec::new() })
        }
        _ => Err(bad_setting(
            ("地址须以 https:// 开头", "the address must begin with https://"),
            ("请粘贴完整的地址", "paste the whole address"),
        )),
    }
}

/// A setting that is a text with something in it.
pub(crate) fn setting(settings: &Value, name: &str) -> Option<String> {
    let text = match settings.get(name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(kind: DoorKind, settings: Value, secrets: &[(&str, &str)]) -> Result<Door, Fault> {
        let secrets = secrets.iter().map(|(name, secret)| ((*name).to_owned(), (*secret).to_owned())).collect();
        Door::read(kind, &settings, &secrets)
    }

    #[test]
    fn a_kind_is_read_back_from_its_word() {
        for kind in DoorKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let refused = |kind, settings, secrets: &[(&str, &str)]| read(kind, settings, secrets).unwrap_err().detail.en;
        assert!(refused(DoorKind::WecomBot, json!({}), &[]).contains("webhook address is missing"));
        let plain = [("webhook", "http://oapi.dingtalk.com/robot/send?access_token=abcdefghij")];
        assert!(refused(DoorKind::DingtalkBot, json!({}), &plain).contains("https://"));
        assert!(read(DoorKind::DingtalkBot, json!({"allow_private": true}), &plain).is_ok());
        assert!(refused(DoorKind::FeishuBot, json!({}), &[("webhook", "token only")]).contains("https://"));
        assert!(refused(DoorKind::WecomApp, json!({"corp_id": "ww1"}), &[("secret", "s")]).contains("agent"));
        assert!(refused(DoorKind::Mail, json!({"host": "smtp.example.cn"}), &[]).contains("from"));
    }

    #[test]
    fn the_key_of_a_bot_is_never_repeated() {
        let secrets = |url: &str| webhook(&BTreeMap::from([("webhook".to_owned(), url.to_owned())]), false).unwrap();
        let wecom = secrets("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx");
        assert_eq!(wecom.said("wrong key 693a91f6-7xxx"), "wrong key ***");
        let feishu = secrets("https://open.feishu.cn/open-apis/bot/v2/hook/0123456789abcdef");
        assert_eq!(feishu.said("no hook 0123456789abcdef"), "no hook ***");
    }
}
