//! By https with the firm's own certificate.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, Stream};

use crate::house::{liuke, run, said, shop};

/// A certificate for `localhost`, in two files, and the client that trusts it alone.
fn certificate(cwd: &Path) -> Arc<ClientConfig> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(cwd.join("cert.pem"), cert.pem()).unwrap();
    std::fs::write(cwd.join("key.pem"), signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap();
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
}

struct Server {
    child: Child,
    port: u16,
    link: String,
}

impl Server {
    fn start(cwd: &Path) -> Server {
        let arguments = ["serve", "--data", "d", "--listen", "127.0.0.1:0", "--lang", "en"];
        let tls = ["--tls-cert", "cert.pem", "--tls-key", "key.pem"];
        let mut command = liuke();
        command.current_dir(cwd).args(arguments).args(tls).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        // Only the first line is read: the output is closed while the server may still be speaking.
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let link = line.split_whitespace().last().unwrap_or_default().to_owned();
        let port = link.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_else(|| panic!("{line:?}"));
        Server { child, port, link }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_operators_certificate_is_answered_with_and_a_silent_visitor_keeps_nobody_waiting() {
    let (_dir, cwd) = shop();
    let trusting = certificate(&cwd);
    let server = Server::start(&cwd);
    assert_eq!(server.link, format!("https://127.0.0.1:{}", server.port));
    let silent: Vec<TcpStream> = (0..20).map(|_| server.connect()).collect();

    let name = ServerName::try_from("localhost").unwrap();
    let mut connection = ClientConnection::new(trusting, name).unwrap();
    let mut socket = server.connect();
    let mut stream = Stream::new(&mut connection, &mut socket);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    // A server may close without saying goodbye; what it said before counts.
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("strict-transport-security"), "{answer}");
    drop(silent);

    let mut plain = server.connect();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("200"), "nothing is told in the open");
}

#[test]
fn a_certificate_that_cannot_be_used_is_named() {
    let (_dir, cwd) = shop();
    let _ = certificate(&cwd);
    let serve = |cert: &str, key: &str| {
        let arguments = ["serve", "--data", "d", "--listen", "127.0.0.1:0", "--lang", "en"];
        let arguments = [&arguments[..], &["--tls-cert", cert, "--tls-key", key]].concat();
        let output = run(&cwd, &arguments);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        said(&output)
    };
    assert!(serve("absent.pem", "key.pem").contains("absent.pem cannot be used"));
    assert!(serve("orders.csv", "key.pem").contains("orders.csv cannot be used"));
    std::fs::create_dir(cwd.join("other")).unwrap();
    let _ = certificate(&cwd.join("other"));
    assert!(serve("cert.pem", "other/key.pem").contains("key.pem cannot be used"), "a key of another certificate");
    let alone = run(&cwd, &["serve", "--data", "d", "--tls-cert", "cert.pem"]);
    assert_eq!(alone.status.code(), Some(2), "{}", said(&alone));
}
