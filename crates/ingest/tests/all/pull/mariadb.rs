//! MariaDB, from Debian's package, for as long as a test runs: as a user of its own where we are root, in a folder and
//! on a port of its own, with a certificate made for it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ingest::{DatabaseSettings, Dialect, Tls};

use super::certificate::Certificate;
use super::door::Door;
use super::{PATIENCE, am_root, free_port, give_to, sentences};

const INSTALL: &str = "MariaDB is not installed: `apt-get install mariadb-server` (`make test` does so)";

struct Server {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
    certificate: Certificate,
}

impl Server {
    fn start() -> Server {
        let folder = tempfile::Builder::new().prefix("liuke-maria-").tempdir().unwrap();
        let certificate = Certificate::make(folder.path());
        give_to("mysql", folder.path());
        let data = folder.path().join("data");
        let made = Command::new("mariadb-install-db")
            .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", "--user=mysql"])
            .arg(format!("--datadir={}", data.display()))
            .output()
            .expect(INSTALL);
        assert!(made.status.success(), "mariadb-install-db: {}", String::from_utf8_lossy(&made.stdout));
        let port = free_port();
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig=KILL", "mariadbd", "--no-defaults", "--bind-address=127.0.0.1", "--skip-log-bin"]);
        command.args([
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=32M",
            "--performance-schema=OFF",
        ]);
        if am_root() {
            command.arg("--user=mysql");
        }
        let child = command
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--socket={}", folder.path().join("sock").display()))
            .arg(format!("--port={port}"))
            .arg(format!("--ssl-cert={}", certificate.path("server.pem").display()))
            .arg(format!("--ssl-key={}", certificate.path("server.key").display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect(INSTALL);
        let mut server = Server { child, folder, port, certificate };
        server.wait();
        server
    }

    fn wait(&mut self) {
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && started.elapsed() < PATIENCE, "MariaDB does not start: {ended:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn socket(&self) -> std::path::PathBuf {
        self.folder.path().join("sock")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn url(socket: &Path) -> String {
    format!("mysql://root@localhost/crm?socket={}", socket.display())
}

#[test]
fn mariadb_keeps_every_sentence() {
    let server = Server::start();
    let settings = DatabaseSettings {
        host: "127.0.0.1".into(),
        port: Some(server.port),
        database: "crm".into(),
        user: "reader".into(),
        ..DatabaseSettings::default()
    };
    let mut door =
        Door::new(Dialect::MySql, url(&server.socket()).replace("/crm", "/mysql"), settings, Some("the-secret-77"));
    door.run(
        "create database crm character set utf8mb4; create user reader@'%' identified by 'the-secret-77'; \
         grant select on crm.* to reader@'%'; create user reader@localhost identified by 'the-secret-77'; \
         grant select on crm.* to reader@localhost",
    );
    door.url = url(&server.socket());
    sentences::all(&door);
    encryption(&door, &server.certificate);
}

fn encryption(door: &Door, certificate: &Certificate) {
    let with = |tls: Tls, ca: Option<String>, host: &str| {
        let ingest::Place::Database { settings, .. } = door.source("payments", None, "id").place else {
            panic!("a database")
        };
        door.with(DatabaseSettings { tls, ca, host: host.to_owned(), ..*settings })
    };
    door.run("alter user reader@'%' require ssl; alter user reader@localhost require ssl");
    assert_eq!(door.refusal(door.probe(&with(Tls::Off, None, "127.0.0.1"))), "wrong_password");
    for tls in [Tls::Prefer, Tls::Require] {
        door.probe(&with(tls, None, "127.0.0.1")).unwrap();
    }
    assert_eq!(door.refusal(door.probe(&with(Tls::Verify, None, "localhost"))), "tls_failed", "nobody vouches for it");
    door.probe(&with(Tls::Verify, Some(certificate.authority()), "localhost")).unwrap();
}
