//! Databases that are asked: what they hold becomes facts once, whatever happens in between.

mod certificate;
mod door;
mod folder;
mod http;
mod kills;
mod mariadb;
mod postgres;
mod sentences;
mod sftp;
mod sqlite;
mod sqlserver;
mod tds;
mod tds_value;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How long a server may take to start on the slowest machine that runs these tests.
const PATIENCE: Duration = Duration::from_secs(600);

fn am_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0
}

/// A port that nobody listens on and that nobody is given meanwhile: below those that the system hands out, and each test
/// process counts from a place of its own.
fn free_port() -> u16 {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    loop {
        let at = std::process::id() * 16 + ASKED.fetch_add(1, Ordering::SeqCst);
        let port = 12_000 + (at % 20_000) as u16;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Gives a folder to the user as which a server runs, where we are root and it refuses to be.
fn give_to(user: &str, folder: &Path) {
    if am_root() {
        let given = Command::new("chown").args(["-R", &format!("{user}:{user}")]).arg(folder).status().unwrap();
        assert!(given.success(), "is the server of {user} installed? `scripts/setup.sh test` does so");
    }
}
