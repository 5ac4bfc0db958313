//! Requests outwards: to addresses that may be asked, answered in JSON, within a bound of time and size. Never repeated
//! here: whether that is safe is what the fault's class says.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, Url};
use serde_json::Value;
use vocab::is_public;

use crate::fault::{Fault, FaultClass, said};

const CONNECTING: Duration = Duration::from_secs(10);
const ANSWERING: Duration = Duration::from_secs(20);
/// The longest answer that is read.
const ANSWER_BYTES: usize = 64 << 10;
/// How long a door rests when it is told that too much was sent, but not for how long.
pub(crate) const REST: Duration = Duration::from_secs(60);

/// How many clients are kept.
const KEPT: usize = 64;

/// Clients that go nowhere but to the addresses that were looked at, by host and addresses: each reads this machine's
/// certificates, which takes longer than a message.
#[derive(Default)]
pub(crate) struct Clients(Mutex<HashMap<(String, Vec<SocketAddr>), Client>>);

/// An address of a service, and what in it must not be repeated.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) url: Url,
    pub(crate) allow_private: bool,
    pub(crate) secrets: Vec<String>,
}

impl Service {
    /// Sends JSON and reads the JSON that comes back.
    pub(crate) async fn post(&self, clients: &Clients, url: Url, body: &Value) -> Result<Value, Fault> {
        let client = self.client(clients, &url).await?;
        let request = client.post(url).header("content-type", "application/json; charset=utf-8");
        self.ask(request.body(body.to_string())).await
    }

    /// Reads JSON.
    pub(crate) async fn get(&self, clients: &Clients, url: Url) -> Result<Value, Fault> {
        let client = self.client(clients, &url).await?;
        self.ask(client.get(url)).await
    }

    /// What the service said, without what must not be repeated.
    pub(crate) fn said(&self, text: &str) -> String {
        said(text, self.secrets.iter().map(String::as_str))
    }

    /// A client that goes nowhere but to the addresses that are looked at now.
    async fn client(&self, clients: &Clients, url: &Url) -> Result<Client, Fault> {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(443);
        let mut open = addresses(host.trim_matches(['[', ']']), port, self.allow_private).await?;
        open.sort_unstable();
        let known = (host.to_owned(), open);
        let mut kept = clients.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(client) = kept.get(&known) {
            return Ok(client.clone());
        }
        let client = Client::builder()
            .user_agent(concat!("liuke/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECTING)
            .timeout(ANSWERING)
            // A line that was left open may be gone when it is used next: then nobody knows what arrived.
            .pool_max_idle_per_host(0)
            // A redirect could lead inside; a proxy would resolve names in our place.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .resolve_to_addrs(host, &known.1)
            .build()
            .map_err(|error| unreached(&self.said(&error.without_url().to_string())))?;
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(known, client.clone());
        Ok(client)
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Value, Fault> {
        let mut response = request.send().await.map_err(|error| self.broken(error))?;
        let status = response.status();
        let wait = retry_after(&response);
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_BYTES => body.extend_from_slice(&chunk),
                Ok(Some(_)) | Ok(None) => break,
                Err(_) if !status.is_success() => break,
                Err(error) => return Err(self.broken(error)),
            }
        }
        let shown = || self.said(&format!("HTTP {} {}", status.as_u16(), String::from_utf8_lossy(&body)));
        match status.as_u16() {
            200..=299 => serde_json::from_slice(&body).map_err(|_| odd_answer(&shown())),
            429 => Err(too_fast(wait.unwrap_or(REST)).saying(&shown())),
            500.. => Err(busy().saying(&shown())),
            _ => Err(Fault::new(
                FaultClass::Never,
                "http_refused",
                ("对方拒绝了请求", "the request was refused"),
                ("请检查地址是否完整、是否已停用", "check that the address is whole and still in use"),
            )
            .saying(&shown())),
        }
    }

    /// Why no answer came: before the request could be sent, or after.
    fn broken(&self, error: reqwest::Error) -> Fault {
        let (before, timed_out) = (error.is_connect() || error.is_builder(), error.is_timeout());
        let mut words = String::new();
        let mut cause = std::error::Error::source(&error);
        while let Some(next) = cause {
            words = format!("{words} {next}");
            cause = next.source();
        }
        let words = self.said(&words);
        match (before, timed_out) {
            (true, _) => unreached(&words),
            (false, true) => perhaps("在规定时间内没有应答", "it did not answer in time", ""),
            (false, false) => perhaps("应答中断", "the answer broke off", &words),
        }
    }
}

/// Where a host may be reached. A name that leads inside is refused unless the channel allows it.
pub(crate) async fn addresses(host: &str, port: u16, allow_private: bool) -> Result<Vec<SocketAddr>, Fault> {
    let found: Vec<SocketAddr> = match tokio::time::timeout(CONNECTING, tokio::net::lookup_host((host, port))).await {
        Ok(Ok(found)) => found.collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    if found.is_empty() {
        return Err(Fault::new(
            FaultClass::Later,
            "host_unknown",
            (&format!("找不到主机“{host}”"), &format!("there is no host \"{host}\"")),
            ("请检查地址与本机的 DNS", "check the address and this machine's name server"),
        ));
    }
    let open: Vec<SocketAddr> = found.into_iter().filter(|at| allow_private || is_public(at.ip())).collect();
    if open.is_empty() {
        return Err(Fault::new(
            FaultClass::Never,
            "private_address",
            (&format!("“{host}”指向内网或本机地址，已拒绝"), &format!("\"{host}\" leads to a private address")),
            (
                "确需发往内网时，请在渠道中勾选“允许内网地址”",
                "if that is meant, allow private addresses in the channel",
            ),
        ));
    }
    Ok(open)
}

/// What a busy server asks for, in seconds.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds: u64 = response.headers().get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(3600)))
}

pub(crate) fn unreached(words: &str) -> Fault {
    Fault::new(
        FaultClass::Later,
        "unreachable",
        ("连接不上", "it cannot be reached"),
        ("请检查网络、防火墙、地址和端口", "check the network, firewalls, the address and the port"),
    )
    .saying(words)
}

pub(crate) fn busy() -> Fault {
    Fault::new(
        FaultClass::Later,
        "busy",
        ("对方出错或繁忙", "the other side fails or is busy"),
        ("稍后会自动重试", "it is tried again by itself"),
    )
}

pub(crate) fn too_fast(rest: Duration) -> Fault {
    Fault::new(
        FaultClass::Throttled(rest),
        "too_fast",
        ("对方说发送太频繁", "the other side says that too much was sent"),
        (
            "稍后会自动重试；若还有别的程序共用这个机器人，请为留客单独建一个",
            "it is tried again by itself; if other programs use this bot too, make one for Liuke alone",
        ),
    )
}

pub(crate) fn perhaps(zh: &str, en: &str, words: &str) -> Fault {
    Fault::new(
        FaultClass::Perhaps,
        "unknown_outcome",
        (zh, en),
        (
            "消息可能已送达，不会自动重发；请核对后选择“重发”或“不发”",
            "it may have arrived and is not sent again by itself; look, and choose to resend or not",
        ),
    )
    .saying(words)
}

pub(crate) fn odd_answer(words: &str) -> Fault {
    perhaps("应答无法读懂", "the answer cannot be read", words)
}

/// A service's own refusal that no other attempt will change.
pub(crate) fn refused(code: i64, words: &str) -> Fault {
    Fault::new(
        FaultClass::Never,
        "refused",
        (&format!("对方拒绝，错误码 {code}"), &format!("refused with code {code}")),
        ("请按错误码在对方文档中查原因", "look the code up in the service's documentation"),
    )
    .saying(words)
}
