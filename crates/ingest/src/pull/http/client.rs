//! Requests outwards: to addresses that may be asked, within limits of time and size, again when asked to wait.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client as Inner, StatusCode, Url};
use serde_json::Value;
use vocab::{Text, is_public};

use super::super::trouble::{self, said};
use crate::refusal::Refusal;

const CONNECTING: Duration = Duration::from_secs(10);
const ANSWERING: Duration = Duration::from_secs(120);
/// The longest answer that is read.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;
const TRIES: u32 = 6;
/// The longest we wait because we were asked to.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// A request that is ready to be sent.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) is_post: bool,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) basic: Option<(String, String)>,
    pub(crate) body: Option<Value>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) json: Value,
    /// The `Link` header.
    pub(crate) link: Option<String>,
}

/// Sends requests.
pub(crate) struct Client {
    inner: Inner,
    allow_private: bool,
    /// What must not be repeated.
    secrets: Vec<String>,
}

impl Client {
    pub(crate) fn new(allow_private: bool, secrets: Vec<String>) -> Result<Client, Refusal> {
        let inner = Inner::builder()
            .user_agent(concat!("liuke/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECTING)
            .timeout(ANSWERING)
            // A redirect could lead inside, and would carry what signs in along.
            .redirect(reqwest::redirect::Policy::none())
            // A proxy would resolve names in our place.
            .no_proxy()
            .dns_resolver(Arc::new(Guard { allow_private }))
            .build()
            .map_err(|error| refusal("http_failed", ("无法发出请求", "no request can be made"), &error.to_string()))?;
        Ok(Client { inner, allow_private, secrets })
    }

    fn said(&self, text: &str) -> String {
        self.secrets.iter().fold(said(text, None), |text, secret| said(&text, Some(secret)))
    }

    /// Sends a request until it is answered: busy servers are asked again after the time they name, or after 1, 2, 4…
    /// seconds.
    pub(crate) async fn ask(&self, request: &Prepared) -> Result<Answer, Refusal> {
        self.may_ask(&request.url)?;
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let mut pause = Duration::from_secs(1);
        for tried in 1.. {
            let (refusal, wait) = match self.send(request).await {
                Ok(response) if response.status().is_success() => return self.read(response).await,
                Ok(response) => {
                    let status = response.status();
                    let is_busy = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
                    let asked = retry_after(&response);
                    let words = self.body(response).await.unwrap_or_default();
                    let refusal = self.refused(status, &String::from_utf8_lossy(&words));
                    if !is_busy {
                        return Err(refusal);
                    }
                    (refusal, asked)
                }
                Err(error) => match self.unreached(&host, request.url.port_or_known_default().unwrap_or(0), &error) {
                    (refusal, true) => (refusal, None),
                    (refusal, false) => return Err(refusal),
                },
            };
            if tried >= TRIES {
                return Err(refusal);
            }
            tokio::time::sleep(wait.unwrap_or(pause).min(LONGEST_WAIT)).await;
            pause *= 2;
        }
        unreachable!("the last try answers")
    }

    async fn send(&self, request: &Prepared) -> Result<reqwest::Response, reqwest::Error> {
        let builder = match request.is_post {
            true => self.inner.post(request.url.clone()),
            false => self.inner.get(request.url.clone()),
        };
        let builder = request.headers.iter().fold(builder, |builder, (name, value)| builder.header(name, value));
        let builder = match &request.basic {
            Some((user, password)) => builder.basic_auth(user, Some(password)),
            None => builder,
        };
        let builder = match &request.body {
            Some(body) => builder.header("content-type", "application/json").body(body.to_string()),
            None => builder,
        };
        builder.send().await
    }

    /// A host that is an address needs no resolver, so it is looked at here.
    fn may_ask(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refusal(
                "bad_address",
                ("只支持 http 和 https", "only http and https are spoken"),
                url.scheme(),
            ));
        }
        let host = url.host_str().unwrap_or_default();
        let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        match address {
            Some(address) if !self.allow_private && !is_public(address) => Err(private(host)),
            _ => Ok(()),
        }
    }

    async fn body(&self, mut response: reqwest::Response) -> Result<Vec<u8>, Refusal> {
        let mut body = Vec::new();
        loop {
            let chunk = response.chunk().await.map_err(|error| {
                refusal(
                    "connection_lost",
                    ("应答中断", "the answer broke off"),
                    &self.said(&error.without_url().to_string()),
                )
            })?;
            let Some(chunk) = chunk else { return Ok(body) };
            if body.len() + chunk.len() > ANSWER_BYTES {
                return Err(refusal(
                    "answer_too_long",
                    ("应答超过 64 MB", "the answer is longer than 64 MB"),
                    "ask for smaller pages",
                ));
            }
            body.extend_from_slice(&chunk);
        }
    }

    async fn read(&self, response: reqwest::Response) -> Result<Answer, Refusal> {
        let link = response.headers().get("link").and_then(|link| link.to_str().ok()).map(str::to_owned);
        let body = self.body(response).await?;
        let json = serde_json::from_slice(&body).map_err(|error| {
            let shown: String = String::from_utf8_lossy(&body).chars().take(120).collect();
            refusal("not_json", ("应答不是 JSON", "the answer is no JSON"), &self.said(&format!("{error}: {shown}")))
        })?;
        Ok(Answer { json, link })
    }

    fn refused(&self, status: StatusCode, body: &str) -> Refusal {
        let words = self.said(&format!("HTTP {} {}", status.as_u16(), body.chars().take(200).collect::<String>()));
        match status.as_u16() {
            401 | 403 => refusal(
                "not_authorised",
                ("对方拒绝：凭证无效或没有权限", "refused: the credentials are not accepted"),
                &words,
            ),
            404 => refusal("no_such_address", ("对方没有这个地址", "there is no such address"), &words),
            429 => refusal("source_busy", ("对方一直繁忙", "it stays busy"), &words),
            500.. => refusal("source_busy", ("对方一直出错", "it keeps failing"), &words),
            _ => refusal("http_refused", ("对方拒绝了请求", "the request was refused"), &words),
        }
    }

    /// Why nothing came back, and whether trying again may help.
    fn unreached(&self, host: &str, port: u16, error: &reqwest::Error) -> (Refusal, bool) {
        let mut causes = String::new();
        let mut cause = std::error::Error::source(error);
        while let Some(next) = cause {
            if next.is::<PrivateAddress>() {
                return (private(host), false);
            }
            if next.is::<NoSuchHost>() {
                return (trouble::host_unknown(host), false);
            }
            if let Some(io) = next.downcast_ref::<std::io::Error>()
                && io.kind() == std::io::ErrorKind::ConnectionRefused
            {
                return (trouble::connection_refused(host, port), false);
            }
            causes = format!("{causes} {next}");
            cause = next.source();
        }
        if error.is_timeout() {
            return (trouble::timed_out(host), true);
        }
        (refusal("connection_lost", ("连接失败", "no connection"), &self.said(&causes)), true)
    }
}

fn refusal(code: &'static str, what: (&str, &str), detail: &str) -> Refusal {
    Refusal::new(
        code,
        Text::new(format!("{}：{detail}", what.0), format!("{}: {detail}", what.1)),
        Text::new("检查地址、参数和密钥", "check the address, the parameters and the key"),
    )
}

fn private(host: &str) -> Refusal {
    Refusal::new(
        "private_address",
        Text::new(format!("“{host}”指向内网或本机地址，已拒绝"), format!("\"{host}\" leads to a private address")),
        Text::new("确需访问内网时，在设置中写 allow_private: true", "if that is meant, set allow_private to true"),
    )
}

/// What a busy server asks for, in seconds.
fn retry_after(response: &reqwest::Response) -> Option<Duration> {
    let seconds: u64 = response.headers().get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Resolves names to addresses that may be asked. The connection goes to what was checked here, so that a name cannot
/// lead elsewhere the moment after.
struct Guard {
    allow_private: bool,
}

#[derive(Debug)]
struct PrivateAddress;
#[derive(Debug)]
struct NoSuchHost;

impl std::fmt::Display for PrivateAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a private address")
    }
}

impl std::fmt::Display for NoSuchHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no such host")
    }
}

impl std::error::Error for PrivateAddress {}
impl std::error::Error for NoSuchHost {}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = match tokio::net::lookup_host((name.as_str(), 0)).await {
                Ok(found) => found.collect(),
                Err(_) => return Err(NoSuchHost.into()),
            };
            if found.is_empty() {
                return Err(NoSuchHost.into());
            }
            let open: Vec<SocketAddr> = found.into_iter().filter(|at| allow_private || is_public(at.ip())).collect();
            if open.is_empty() { Err(PrivateAddress.into()) } else { Ok(Box::new(open.into_iter()) as Addrs) }
        })
    }
}
