//! A service that answers posts in JSON, as the test says. It keeps what it was told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Path and query.
    pub(crate) target: String,
    /// The body's length on the wire.
    pub(crate) bytes: usize,
    pub(crate) body: Value,
}

impl Call {
    /// A parameter of the query, decoded.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        Some(value.replace("%2F", "/").replace("%2B", "+").replace("%3D", "="))
    }
}

/// What a service does with a call: a status and a body, or nothing at all, after which the line is cut.
pub(crate) type Answer = Option<(u16, String)>;

/// A service behind HTTP on a free port.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    pub(crate) calls: Arc<Mutex<Vec<Call>>>,
}

impl Service {
    /// Listens; every call is kept and then answered.
    pub(crate) async fn start(answer: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, calls) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let (kept, answer) = (calls.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, answer) = (kept.clone(), answer.clone());
                tokio::spawn(async move {
                    let (mut stream, call) = read(stream).await;
                    kept.lock().unwrap().push(call.clone());
                    if let Some((status, body)) = answer(&call) {
                        let length = body.len();
                        let head =
                            format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
                        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
                        stream.shutdown().await.ok();
                    }
                });
            }
        });
        Service { address, calls }
    }

    pub(crate) fn url(&self, target: &str) -> String {
        format!("http://{}{target}", self.address)
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

async fn read(stream: TcpStream) -> (TcpStream, Call) {
    let mut reader = BufReader::new(stream);
    let (mut target, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).await.unwrap();
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if target.is_empty() {
            target = line.split(' ').nth(1).unwrap_or_default().to_owned();
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await.unwrap();
    let call = Call { target, bytes: length, body: serde_json::from_slice(&body).unwrap_or_default() };
    (reader.into_inner(), call)
}
