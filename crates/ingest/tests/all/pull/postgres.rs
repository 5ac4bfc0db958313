//! PostgreSQL, from Debian's package: with passwords and a certificate, in a folder and on a port of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ingest::{DatabaseSettings, Dialect, Tls};

use super::certificate::Certificate;
use super::door::Door;
use super::{PATIENCE, am_root, free_port, give_to, sentences};

const INSTALL: &str = "PostgreSQL is not installed: `apt-get install postgresql` (`make test` does so), or say where its \
    programs are: LIUKE_POSTGRES_BIN=/path/to/bin";

struct Server {
    child: Child,
    port: u16,
    certificate: Certificate,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start() -> Server {
        let folder = tempfile::Builder::new().prefix("liuke-pull-").tempdir().unwrap();
        let certificate = Certificate::make(folder.path());
        std::fs::write(folder.path().join("password"), "root-secret-1").unwrap();
        give_to("postgres", folder.path());
        let programs = programs().expect(INSTALL);
        let data = folder.path().join("data");
        let made = as_postgres(&programs.join("initdb"), folder.path())
            .args(["-U", "postgres", "--auth=scram-sha-256", "--pwfile=password", "--encoding=UTF8", "--locale=C"])
            .args(["--no-sync", "-D"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = free_port();
        let mut command = as_postgres(&programs.join("postgres"), folder.path());
        command.arg("-D").arg(&data).arg("-k").arg(folder.path()).args(["-p", &port.to_string()]);
        for setting in ["listen_addresses=127.0.0.1", "fsync=off", "ssl=on"] {
            command.args(["-c", setting]);
        }
        for (setting, file) in [("ssl_cert_file", "server.pem"), ("ssl_key_file", "server.key")] {
            command.arg("-c").arg(format!("{setting}={}", certificate.path(file).display()));
        }
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut server = Server { child, port, certificate, _folder: folder };
        let started = Instant::now();
        let is_ready = || {
            let mut asked = Command::new(programs.join("pg_isready"));
            asked.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
            asked.status().is_ok_and(|status| status.success())
        };
        while !is_ready() {
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none() && started.elapsed() < PATIENCE, "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn programs() -> Option<PathBuf> {
    if let Some(told) = std::env::var_os("LIUKE_POSTGRES_BIN") {
        return Some(PathBuf::from(told));
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let found =
        versions.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))));
    found.filter(|(_, bin)| bin.join("initdb").is_file()).max().map(|(_, bin)| bin)
}

/// PostgreSQL refuses root; whoever runs the tests, it ends with them.
fn as_postgres(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=KILL");
    if am_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.arg(program).current_dir(folder).env("LC_ALL", "C");
    command
}

#[test]
fn postgresql_keeps_every_sentence() {
    let server = Server::start();
    let settings = DatabaseSettings {
        host: "127.0.0.1".into(),
        port: Some(server.port),
        database: "postgres".into(),
        user: "reader".into(),
        ..DatabaseSettings::default()
    };
    let url = format!("postgres://postgres:root-secret-1@127.0.0.1:{}/postgres", server.port);
    let door = Door::new(Dialect::Postgres, url, settings, Some("the-secret-77"));
    door.run("create role reader login password 'the-secret-77'; grant pg_read_all_data to reader");
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
    for tls in [Tls::Off, Tls::Prefer, Tls::Require] {
        door.probe(&with(tls, None, "127.0.0.1")).unwrap();
    }
    assert_eq!(door.refusal(door.probe(&with(Tls::Verify, None, "localhost"))), "tls_failed", "nobody vouches for it");
    let vouched = Some(certificate.authority());
    door.probe(&with(Tls::Verify, vouched.clone(), "localhost")).unwrap();
    assert_eq!(door.refusal(door.probe(&with(Tls::Verify, vouched, "127.0.0.1"))), "tls_failed", "another name");
}
