//! A PostgreSQL server of our own, from Debian's package, for as long as the tests run.

use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const INSTALL: &str = "PostgreSQL is not installed, and the suite must run on it too.\n\
    Install Debian's package: `apt-get install postgresql` (`make test` does so), or say where its programs are: \
    LIUKE_POSTGRES_BIN=/path/to/bin";

/// Where the server's words are kept.
const SAID: &str = "said";

/// How long it may take to start on the slowest machine that runs these tests.
const PATIENCE: Duration = Duration::from_secs(600);

/// A running server in a folder of its own, reached by a socket in that folder. Stopped and removed when dropped, also
/// while a test panics; should the tests be killed, the server goes with them.
pub struct Server {
    child: Child,
    programs: PathBuf,
    folder: TempDir,
}

impl Server {
    /// Makes and starts a server.
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start; the message says what to do.
    pub fn start() -> Server {
        let programs = programs().unwrap_or_else(|| panic!("{INSTALL}"));
        let folder = tempfile::Builder::new().prefix("liuke-pg-").tempdir().expect("a temporary folder");
        if am_root() {
            let (user, group) = (id("-u"), id("-g"));
            chown(folder.path(), Some(user), Some(group)).expect("giving the folder to the user postgres");
        }
        let data = folder.path().join("data");
        let made = run_as_postgres(&programs.join("initdb"), folder.path())
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data)
            .output()
            .expect("running initdb");
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        let child = run_as_postgres(&programs.join("postgres"), folder.path())
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-c", "listen_addresses=", "-c", "max_connections=200"])
            // Nothing here outlives the server: what makes a database survive a loss of power is left out.
            .args(["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off"])
            .args(["-c", "wal_level=minimal", "-c", "max_wal_senders=0"])
            .stdout(Stdio::null())
            // What nobody reads may not fill a pipe, or the server waits for a reader for good.
            .stderr(File::create(folder.path().join(SAID)).expect("a file for what postgres says"))
            .spawn()
            .expect("running postgres");
        let mut server = Server { child, programs, folder };
        server.wait_until_ready();
        server
    }

    /// The URL of a database of this server.
    pub fn url(&self, database: &str) -> String {
        let socket = self.folder.path().to_string_lossy().replace('%', "%25").replace('/', "%2F");
        format!("postgres://postgres@localhost/{database}?host={socket}")
    }

    fn wait_until_ready(&mut self) {
        let started = Instant::now();
        loop {
            let ready = Command::new(self.programs.join("pg_isready"))
                .arg("-q")
                .arg("-h")
                .arg(self.folder.path())
                .status()
                .expect("running pg_isready");
            if ready.success() {
                return;
            }
            let ended = self.child.try_wait().expect("looking after postgres");
            if ended.is_some() || started.elapsed() > PATIENCE {
                self.child.kill().ok();
                let said = fs::read_to_string(self.folder.path().join(SAID)).unwrap_or_default();
                panic!("PostgreSQL does not start: {said}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = run_as_postgres(&self.programs.join("pg_ctl"), self.folder.path())
            .args(["stop", "-m", "immediate", "-s", "-D"])
            .arg(self.folder.path().join("data"))
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            self.child.kill().ok();
        }
        self.child.wait().ok();
    }
}

/// The folder of PostgreSQL's programs, the newest version first.
fn programs() -> Option<PathBuf> {
    if let Some(told) = std::env::var_os("LIUKE_POSTGRES_BIN") {
        return Some(PathBuf::from(told));
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok();
    let mut found: Vec<(u32, PathBuf)> = versions
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    found.sort();
    let packaged = found.into_iter().rev().map(|(_, folder)| folder);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path: Vec<PathBuf> = std::env::split_paths(&path).collect();
    packaged.chain(in_path).find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

/// A command that runs as the user postgres where we are root (PostgreSQL refuses root), and that is told to stop when
/// our process dies.
fn run_as_postgres(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=INT");
    if am_root() {
        command.args([format!("--reuid={}", id("-u")), format!("--regid={}", id("-g")), "--clear-groups".to_owned()]);
    }
    command.arg(program).current_dir(folder).env("LC_ALL", "C");
    command
}

fn am_root() -> bool {
    let user = Command::new("id").arg("-u").output().expect("running id");
    String::from_utf8_lossy(&user.stdout).trim() == "0"
}

/// The number of the user postgres (`-u`) or of its group (`-g`).
fn id(which: &str) -> u32 {
    let output = Command::new("id").args([which, "postgres"]).output().expect("running id");
    let number = String::from_utf8_lossy(&output.stdout).trim().parse();
    number.unwrap_or_else(|_| panic!("There is no user postgres. {INSTALL}"))
}
