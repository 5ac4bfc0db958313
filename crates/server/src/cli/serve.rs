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
use crate::http::{Site, SiteOptions};
use crate::{clock, serving};

pub(crate) async fn serve(asked: &Serve, console: &mut Console) -> Result<Done, Failure> {
    let dir = console.path(&asked.data);
    let options = AppOptions {
        database: asked.database.clone().or_else(|| folder::options(None).database),
        zone: folder::zone(asked.timezone.as_deref())?,
    };
    let stop = serving::stop_signal()?;
    let listener = listen(asked.listen).await?;
    let app = App::open(&dir, options).await?;
    let address = listener.local_addr()?;
    let site = Site::new(
        SiteOptions { demo: app.is_demo().await?, hosts: asked.host.clone(), https: asked.https },
        clock::now,
    );
    let link = link(address, asked.https, asked.host.first().map(String::as_str));
    let setup = app.setup_token(clock::now()).await?.map(|token| format!("{link}/setup?token={token}"));
    site.ready(app.clone());
    let answering = tokio::spawn(serving::answer(site.clone(), listener, stop.clone()));
    announce(console, &link, setup.as_deref(), address)?;
    keep_open(&site, &app, &dir, answering, stop, console).await
}

/// Serves an open folder until the process is asked to stop; then finishes what is under way.
pub(super) async fn keep_open(
    site: &Arc<Site>,
    app: &App,
    dir: &Path,
    answering: JoinHandle<io::Result<()>>,
    stop: watch::Receiver<bool>,
    console: &mut Console,
) -> Result<Done, Failure> {
    let socket = open_socket(dir, app, console);
    serving::start_timers(site, app, &stop);
    let served = answering.await.unwrap_or_else(|error| Err(io::Error::other(error)));
    console.say("正在停止…", "stopping…");
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
                format!("无法建立 liuke.sock({error}):服务运行时,命令行无法使用此目录"),
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
            (format!("无法监听 {address}:{error}"), format!("cannot listen on {address}: {error}")),
            (
                "地址可能已被占用:换一个端口,例如 --listen 127.0.0.1:8080",
                "it may be taken: choose another port, for example --listen 127.0.0.1:8080",
            ),
        )
    })
}

/// The address as a browser writes it.
pub(super) fn link(address: SocketAddr, https: bool, host: Option<&str>) -> String {
    match host {
        Some(host) if https => format!("https://{host}"),
        _ if address.ip().is_unspecified() => format!("http://localhost:{}", address.port()),
        _ => format!("http://{address}"),
    }
}

fn announce(console: &mut Console, link: &str, setup: Option<&str>, address: SocketAddr) -> Result<(), Failure> {
    if console.json {
        console.print_json(&json!({ "address": link, "setup": setup }))?;
    } else {
        console.tell(format!("留客已启动:{link}"), format!("Liuke is running: {link}"))?;
        if let Some(setup) = setup {
            console.tell(
                format!("首次使用,请打开设置链接:{setup}"),
                format!("First start: open the set-up link {setup}"),
            )?;
        }
    }
    if !address.ip().is_loopback() {
        console.say(
            "注意:同一网络的其他机器也能访问;请放在 https 代理之后,并加上 --https",
            "note: other machines can reach this address; put it behind an https proxy and add --https",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_address_can_be_opened() {
        let shown = |address: &str, https, host| link(address.parse().unwrap(), https, host);
        assert_eq!(shown("127.0.0.1:7070", false, None), "http://127.0.0.1:7070");
        assert_eq!(shown("0.0.0.0:80", false, None), "http://localhost:80");
        assert_eq!(shown("[::1]:7070", false, None), "http://[::1]:7070");
        assert_eq!(shown("0.0.0.0:7070", true, Some("liuke.example.cn")), "https://liuke.example.cn");
    }
}
