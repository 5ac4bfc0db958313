//! `liuke serve`: the server of a firm.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use app::{App, AppOptions};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::arguments::Serve;
use super::console::Console;
use super::failure::{Done, Failure};
use super::folder;
use super::socket::Socket;
use crate::http::{PublicUrl, Site, SiteOptions};
use crate::tls::{self, TlsListener};
use crate::{clock, delivering, serving};

pub(crate) async fn serve(asked: &Serve, console: &mut Console) -> Result<Done, Failure> {
    let dir = console.path(&asked.data);
    let options = AppOptions {
        database: asked.database.clone().or_else(|| folder::variable("LIUKE_DATABASE")),
        zone: folder::zone(asked.timezone.as_deref())?,
        ..folder::options(None)
    };
    let stop = serving::stop_signal()?;
    let listener = listen(asked.listen).await?;
    let app = App::open(&dir, options).await?;
    let address = listener.local_addr()?;
    let tls = tls_files(asked, console);
    let site = Site::new(SiteOptions { demo: app.is_demo().await?, ..site_options(asked) }, clock::now);
    let link = match &asked.public_url {
        Some(url) => url.as_str().to_owned(),
        None => link(address, tls.is_some(), asked.https, asked.host.first().map(String::as_str)),
    };
    let setup = app.setup_token(clock::now()).await?.map(|token| format!("{link}/setup?token={token}"));
    site.ready(app.clone());
    let is_private = address.ip().is_loopback() || site.options().https;
    let answering = match tls {
        Some(files) => {
            let listener = TlsListener::start(listener, files).map_err(|unusable| bad_certificate(&unusable))?;
            tokio::spawn(serving::answer(site.clone(), listener, stop.clone()))
        }
        None => tokio::spawn(serving::answer(site.clone(), listener, stop.clone())),
    };
    announce(console, &link, setup.as_deref(), is_private)?;
    keep_open(&site, &app, (&dir, &link), answering, stop, console).await
}

/// How the server is reached, as the operator said.
fn site_options(asked: &Serve) -> SiteOptions {
    let mut hosts = asked.host.clone();
    hosts.extend(asked.public_url.iter().map(|url| url.host().to_owned()));
    let public = asked.public_url.as_ref().is_some_and(PublicUrl::is_https);
    SiteOptions {
        demo: false,
        hosts,
        https: asked.https || public || asked.tls_cert.is_some(),
        public_url: asked.public_url.clone(),
        proxies: asked.trusted_proxy.clone(),
    }
}

fn tls_files(asked: &Serve, console: &Console) -> Option<tls::Files> {
    let (certificate, key) = asked.tls_cert.as_ref().zip(asked.tls_key.as_ref())?;
    Some(tls::Files { certificate: console.path(certificate), key: console.path(key) })
}

fn bad_certificate(unusable: &tls::Unusable) -> Failure {
    let (file, reason) = (unusable.file.display(), &unusable.reason);
    Failure::failed(
        (format!("证书文件 {file} 无法使用：{reason}"), format!("{file} cannot be used: {reason}")),
        (
            "--tls-cert 需要 PEM 格式的证书链，--tls-key 需要与之配对的 PEM 私钥",
            "--tls-cert takes the certificate chain as PEM, --tls-key the PEM private key that belongs to it",
        ),
    )
}

/// Serves an open folder until the process is asked to stop; then finishes what is under way.
pub(super) async fn keep_open(
    site: &Arc<Site>,
    app: &App,
    (dir, link): (&Path, &str),
    answering: JoinHandle<io::Result<()>>,
    stop: watch::Receiver<bool>,
    console: &mut Console,
) -> Result<Done, Failure> {
    let socket = open_socket(dir, app, console);
    serving::start_timers(site, app, &stop);
    let delivering = delivering::start(site, app, link, stop);
    let served = answering.await.unwrap_or_else(|error| Err(io::Error::other(error)));
    console.say("正在停止…", "stopping…");
    delivering::ended(delivering).await;
    if let Some(socket) = socket {
        socket.close().await;
    }
    app.close().await?;
    served?;
    Ok(Done::All)
}

/// Without the socket the server still serves; only commands on the folder have to wait until it stops.
pub(super) fn open_socket(dir: &Path, app: &App, console: &mut Console) -> Option<Socket> {
    match Socket::listen(dir, app.clone()) {
        Ok(socket) => Some(socket),
        Err(error) => {
            console.say(
                format!("无法建立 liuke.sock（{error}）：服务运行时，命令行无法使用此目录"),
                format!("cannot make liuke.sock ({error}): commands cannot use this folder while the server runs"),
            );
            None
        }
    }
}

/// Takes the address, or says how to get another.
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::failed(
            (format!("无法监听 {address}：{error}"), format!("cannot listen on {address}: {error}")),
            (
                "地址可能已被占用：换一个端口，例如 --listen 127.0.0.1:8080",
                "it may be taken: choose another port, for example --listen 127.0.0.1:8080",
            ),
        )
    })
}

/// The address as a browser writes it.
pub(super) fn link(address: SocketAddr, tls: bool, proxied: bool, host: Option<&str>) -> String {
    let (scheme, port) = (if tls { "https" } else { "http" }, address.port());
    match host {
        Some(host) if tls => format!("https://{host}:{port}"),
        Some(host) if proxied => format!("https://{host}"),
        _ if address.ip().is_unspecified() => format!("{scheme}://localhost:{port}"),
        _ => format!("{scheme}://{address}"),
    }
}

fn announce(console: &mut Console, link: &str, setup: Option<&str>, is_private: bool) -> Result<(), Failure> {
    console.greet(|console| greeting(console, link, setup))?;
    if !is_private {
        console.say(
            "注意：同一网络的其他机器也能以未加密方式访问；请用 --tls-cert 和 --tls-key 启用 https，或放在 https 代理之后并写明 --public-url https://…",
            "note: other machines can reach this address unencrypted; give --tls-cert and --tls-key, or put it behind an https proxy and say --public-url https://…",
        );
    }
    Ok(())
}

fn greeting(console: &mut Console, link: &str, setup: Option<&str>) -> Result<(), Failure> {
    if console.json {
        console.print_json(&json!({ "address": link, "setup": setup }))?;
    } else {
        console.tell(format!("留客已启动：{link}"), format!("Liuke is running: {link}"))?;
        if let Some(setup) = setup {
            console.tell(
                format!("首次使用，请打开设置链接：{setup}"),
                format!("First start: open the set-up link {setup}"),
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_address_can_be_opened() {
        let shown = |address: &str, proxied, host| link(address.parse().unwrap(), false, proxied, host);
        assert_eq!(shown("127.0.0.1:7070", false, None), "http://127.0.0.1:7070");
        assert_eq!(shown("0.0.0.0:80", false, None), "http://localhost:80");
        assert_eq!(shown("[::1]:7070", false, None), "http://[::1]:7070");
        assert_eq!(shown("0.0.0.0:7070", true, Some("liuke.example.cn")), "https://liuke.example.cn");
        let own = link("0.0.0.0:8443".parse().unwrap(), true, false, Some("liuke.example.cn"));
        assert_eq!(own, "https://liuke.example.cn:8443");
    }
}
