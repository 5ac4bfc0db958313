//! Mail: one text to one person, by a firm's own mail server.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message as Letter};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use serde_json::Value;
use vocab::{Instant, Lang};

use crate::door::{Receipt, setting};
use crate::fault::{Fault, FaultClass, bad_setting, said};
use crate::http::{addresses, busy, perhaps, unreached};
use crate::message::Message;

/// How long the server may take until it takes a letter, and then to take it.
const GREETING: Duration = Duration::from_secs(30);
const TAKING: Duration = Duration::from_secs(60);
const PARTING: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Security {
    Tls,
    StartTls,
    None,
}

/// A mail server and whose name the letters bear.
pub(crate) struct Mail {
    host: String,
    port: u16,
    security: Security,
    login: Option<(String, String)>,
    from: Mailbox,
    allow_private: bool,
}

impl Mail {
    pub(crate) fn read(
        settings: &Value,
        secrets: &BTreeMap<String, String>,
        allow_private: bool,
    ) -> Result<Mail, Fault> {
        let bad = |zh: &str, en: &str| {
            bad_setting((zh, en), ("见邮箱服务商的 SMTP 说明", "your mail provider's page about SMTP says it"))
        };
        let host = setting(settings, "host").ok_or_else(|| bad("请填写邮件服务器", "the mail server is missing"))?;
        let security = match setting(settings, "security").as_deref() {
            None | Some("tls") => Security::Tls,
            Some("starttls") => Security::StartTls,
            Some("none") => Security::None,
            Some(_) => return Err(bad("加密方式须为 tls、starttls 或 none", "security is tls, starttls or none")),
        };
        let usual = match security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::None => 25,
        };
        let port = match setting(settings, "port") {
            None => usual,
            Some(text) => text.parse().map_err(|_| bad("端口须为 1 至 65535", "a port is 1 to 65535"))?,
        };
        let from = setting(settings, "from").ok_or_else(|| bad("请填写发件人", "the from address is missing"))?;
        let from = from.parse().map_err(|_| bad("发件人不是邮箱地址", "the from address is no mail address"))?;
        let password = secrets.get("password").cloned().unwrap_or_default();
        let login = setting(settings, "user").map(|user| (user, password));
        Ok(Mail { host, port, security, login, from, allow_private })
    }

    /// Sends one letter.
    pub(crate) async fn send(&self, message: &Message, now: Instant) -> Result<Receipt, Fault> {
        let letter = self.letter(message, now)?;
        let mut connection = match tokio::time::timeout(GREETING, self.connect()).await {
            Ok(connection) => connection?,
            Err(_) => return Err(unreached("timeout")),
        };
        let sent = tokio::time::timeout(TAKING, connection.send(letter.envelope(), &letter.formatted())).await;
        let receipt = match sent {
            Ok(Ok(response)) => Ok(Receipt { answer: self.said(response.first_line().unwrap_or_default()) }),
            Ok(Err(error)) => Err(self.refused(&error)),
            Err(_) => Err(perhaps("邮件服务器没有在规定时间内确认", "the mail server did not confirm in time", "")),
        };
        // What became of the letter is known by now, however the parting goes.
        let _ = tokio::time::timeout(PARTING, connection.quit()).await;
        receipt
    }

    fn letter(&self, message: &Message, now: Instant) -> Result<Letter, Fault> {
        let bad_address = || {
            Fault::new(
                FaultClass::Never,
                "bad_address",
                ("收件人的邮箱地址不对", "the recipient's mail address is wrong"),
                ("请在“我的通知”里改正邮箱地址", "correct it under \"My notices\""),
            )
        };
        let address = message.to.address.as_deref().ok_or_else(bad_address)?;
        let to = Mailbox::new(Some(message.to.name.clone()), address.trim().parse().map_err(|_| bad_address())?);
        let moment = UNIX_EPOCH + Duration::from_micros(u64::try_from(now.micros()).unwrap_or_default());
        Letter::builder()
            .from(self.from.clone())
            .to(to)
            .subject(message.subject.clone())
            .message_id(Some(format!("<{}@{}>", message.id, self.from.email.domain())))
            .date(moment)
            .header(ContentType::TEXT_PLAIN)
            .body(text(message))
            .map_err(|_| bad_address())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Fault> {
        let open = addresses(&self.host, self.port, self.allow_private).await?;
        if self.security == Security::None && !open.iter().all(|at| at.ip().is_loopback()) {
            return Err(Fault::new(
                FaultClass::Never,
                "not_encrypted",
                ("不加密只能用于本机的邮件服务器", "without encryption only a mail server on this machine may be used"),
                ("请选择 TLS 或 STARTTLS", "choose TLS or STARTTLS"),
            ));
        }
        let name = ClientId::Domain(self.from.email.domain().to_owned());
        let tls = || TlsParameters::new(self.host.clone()).map_err(|error| self.unreached(&error));
        let at_once = match self.security {
            Security::Tls => Some(tls()?),
            Security::StartTls | Security::None => None,
        };
        let connected = AsyncSmtpConnection::connect_tokio1(&open[..], Some(GREETING), &name, at_once, None).await;
        let mut connection = connected.map_err(|error| self.unreached(&error))?;
        if self.security == Security::StartTls {
            connection.starttls(tls()?, &name).await.map_err(|error| self.unreached(&error))?;
        }
        if let Some((user, password)) = &self.login {
            let login = Credentials::new(user.clone(), password.clone());
            let known = connection.auth(&[Mechanism::Plain, Mechanism::Login], &login).await;
            known.map_err(|error| self.not_let_in(&error))?;
        }
        Ok(connection)
    }

    fn said(&self, text: &str) -> String {
        said(text, self.login.iter().map(|(_, password)| password.as_str()))
    }

    fn words(&self, error: &Error) -> String {
        let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        self.said(&format!("{error} {cause}"))
    }

    fn unreached(&self, error: &Error) -> Fault {
        if error.is_client() && self.security == Security::StartTls {
            return Fault::new(
                FaultClass::Never,
                "no_starttls",
                ("邮件服务器不支持 STARTTLS", "the mail server does not speak STARTTLS"),
                ("请改用 TLS（常用端口 465）", "use TLS instead, usually on port 465"),
            );
        }
        unreached(&self.words(error))
    }

    fn not_let_in(&self, error: &Error) -> Fault {
        if error.is_permanent() || error.is_client() {
            return Fault::new(
                FaultClass::Never,
                "wrong_password",
                ("邮件服务器登录失败：账号或密码不对", "the mail server does not accept the name or the password"),
                (
                    "多数邮箱要用“授权码”而不是登录密码，并先开启 SMTP 服务",
                    "most providers want an app password instead of your own, and SMTP switched on first",
                ),
            )
            .saying(&self.words(error));
        }
        unreached(&self.words(error))
    }

    fn refused(&self, error: &Error) -> Fault {
        if error.is_transient() {
            return busy().saying(&self.words(error));
        }
        if error.is_permanent() || error.is_client() {
            return Fault::new(
                FaultClass::Never,
                "mail_refused",
                ("邮件服务器拒收", "the mail server refuses the letter"),
                (
                    "请核对收件人地址，以及发件人是否属于登录账号",
                    "check the recipient, and that the sender belongs to the account",
                ),
            )
            .saying(&self.words(error));
        }
        perhaps("与邮件服务器的连接中断", "the connection to the mail server broke", &self.words(error))
    }
}

/// The letter's text; links are written out.
fn text(message: &Message) -> String {
    let mut text = format!("{}\n\n", message.subject);
    for line in &message.lines {
        text.push_str(&format!("· {}\n", line.text));
        if let Some(link) = &line.link {
            text.push_str(&format!("  {link}\n"));
        }
    }
    if let Some(link) = &message.link {
        let colon = match message.lang {
            Lang::Zh => "：",
            Lang::En => ": ",
        };
        text.push_str(&format!("\n{}{colon}{link}\n", message.opened()));
    }
    text
}
