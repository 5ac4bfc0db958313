//! A folder behind Debian's OpenSSH server, on a port of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ingest::{Place, PullReport, PullSource, Refusal, SftpAccess, SftpSettings};
use vocab::Zone;

use super::{PATIENCE, am_root, free_port};
use crate::firm::Firm;

const INSTALL: &str = "OpenSSH's server is not installed: `apt-get install openssh-server` (`make test` does so)";
const ORDERS: &str = "订单号,客户编号,下单时间,订单金额\nA1,C1,2025-05-01,10\nA2,C2,2025-05-02,20\n";

struct Server {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Server {
    /// A server that lets in who holds the key `own`.
    fn start() -> Server {
        let folder = tempfile::tempdir().unwrap();
        for name in ["host", "own", "other"] {
            keygen(&folder.path().join(name));
        }
        fs::copy(folder.path().join("own.pub"), folder.path().join("authorized")).unwrap();
        let port = free_port();
        let child = spawn(folder.path(), port, "host");
        let mut server = Server { child, port, folder };
        server.wait();
        server
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "sshd does not start: {ended:?}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// The same address with another key.
    fn replace_key(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = spawn(self.folder.path(), self.port, "other");
        self.wait();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn keygen(path: &Path) {
    let made =
        Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(path).status().expect(INSTALL);
    assert!(made.success());
}

fn spawn(folder: &Path, port: u16, key: &str) -> Child {
    if am_root() {
        // Where root's server keeps itself apart; Debian makes it when the service starts.
        fs::create_dir_all("/run/sshd").ok();
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig=KILL", "/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", "-p", &port.to_string()]);
    for option in [
        "ListenAddress=127.0.0.1".to_owned(),
        format!("HostKey={}", folder.join(key).display()),
        format!("AuthorizedKeysFile={}", folder.join("authorized").display()),
        "PidFile=none".into(),
        "StrictModes=no".into(),
        "UsePAM=no".into(),
        "PermitRootLogin=yes".into(),
        "Subsystem=sftp internal-sftp".into(),
    ] {
        command.args(["-o", &option]);
    }
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect(INSTALL)
}

struct House {
    firm: Firm,
    server: Server,
    remote: PathBuf,
    runtime: tokio::runtime::Runtime,
}

impl House {
    fn new() -> House {
        let (firm, server) = (Firm::new(), Server::start());
        let remote = server.path("exports 1");
        fs::create_dir(&remote).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        House { firm, server, remote, runtime }
    }

    fn source(&self, key: &str) -> PullSource {
        let user = Command::new("id").arg("-un").output().unwrap();
        let settings = SftpSettings {
            host: "127.0.0.1".into(),
            port: Some(self.server.port),
            user: String::from_utf8(user.stdout).unwrap().trim().to_owned(),
            path: self.remote.display().to_string(),
            patterns: vec!["*.csv".into()],
            ..SftpSettings::default()
        };
        let access = SftpAccess {
            password: None,
            private_key: Some(fs::read_to_string(self.server.path(key)).unwrap()),
            known_hosts: self.firm.path("known/hosts"),
        };
        let place = Place::Sftp { settings: Box::new(settings), access: Box::new(access) };
        PullSource { name: "exports".into(), place, zone: Zone::default(), saved: Vec::new() }
    }

    fn take(&self, key: &str) -> Result<PullReport, Refusal> {
        ingest::pull(&self.source(key), &self.firm.facts, self.firm.now, &mut |_| true)
    }
}

#[test]
fn a_remote_file_is_taken_at_the_second_look_that_finds_it_unchanged() {
    let mut house = House::new();
    fs::write(house.remote.join("orders 1.csv"), ORDERS).unwrap();
    fs::write(house.remote.join("noise.csv"), "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\u{e}\u{f}").unwrap();
    fs::write(house.remote.join("notes.txt"), "not wanted").unwrap();
    let told = house.runtime.block_on(ingest::probe(&house.source("own"))).unwrap();
    assert!(told.contains("127.0.0.1: 2 (") && told.contains("SHA256:"), "the pinned key is shown: {told}");
    assert_eq!(house.take("own").unwrap().facts, 0, "it may still be growing");
    let report = house.take("own").unwrap();
    assert_eq!((report.rows.accepted, report.facts), (2, 2));
    let files = |folder: &str| {
        let entries = fs::read_dir(house.remote.join(folder)).unwrap().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(files("done"), ["orders 1.csv", "orders 1.csv.report.json"]);
    assert_eq!(files("failed"), ["noise.csv", "noise.csv.report.json"]);
    assert_eq!(files(""), ["done", "failed", "notes.txt"]);
    assert_eq!(house.take("own").unwrap().rows.received, 0);

    assert_eq!(house.take("other").unwrap_err().code(), "wrong_password", "a key that nobody knows");
    house.server.replace_key();
    assert_eq!(house.take("own").unwrap_err().code(), "host_key_changed");
    let mode = fs::metadata(house.firm.path("known/hosts")).unwrap().permissions().mode();
    assert_eq!(mode & 0o022, 0, "others cannot pin");
}

#[test]
fn a_password_signs_in_where_the_machine_has_a_user_with_one() {
    let house = House::new();
    let mut source = house.source("own");
    let Place::Sftp { access, .. } = &mut source.place else { panic!("sftp") };
    **access = SftpAccess {
        password: Some("wrong-secret-5".into()),
        private_key: None,
        known_hosts: house.firm.path("hosts"),
    };
    let refusal = house.runtime.block_on(ingest::probe(&source)).unwrap_err();
    assert!(!format!("{refusal:?}").contains("wrong-secret-5"));
    assert_eq!(refusal.code(), "wrong_password");
    let Some(user) = Throwaway::make() else {
        eprintln!("skipped: only root can make a user with a password");
        return;
    };
    fs::set_permissions(house.server.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&house.remote, fs::Permissions::from_mode(0o777)).unwrap();
    let Place::Sftp { settings, access } = &mut source.place else { panic!("sftp") };
    settings.user = user.name.clone();
    access.password = Some(user.password.clone());
    let told = house.runtime.block_on(ingest::probe(&source)).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert!(told.contains("127.0.0.1: 0"), "{told}");
}

/// A user of this machine for as long as the test lasts.
struct Throwaway {
    name: String,
    password: String,
}

impl Throwaway {
    fn make() -> Option<Throwaway> {
        if !am_root() {
            return None;
        }
        let (name, password) = (format!("liuke{}", std::process::id()), "right secret 'x' 6".to_owned());
        let hashed = Command::new("openssl").args(["passwd", "-6", &password]).output().ok()?;
        let hash = String::from_utf8(hashed.stdout).ok()?;
        let made =
            Command::new("useradd").args(["-M", "-N", "-s", "/bin/sh", "-p", hash.trim(), &name]).status().ok()?;
        made.success().then_some(Throwaway { name, password })
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        Command::new("userdel").arg(&self.name).stderr(Stdio::null()).status().ok();
    }
}
