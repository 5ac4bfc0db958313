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

fn am_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Gives a folder to the user as which a server runs, where we are root and it refuses to be.
fn give_to(user: &str, folder: &Path) {
    if am_root() {
        let given = Command::new("chown").args(["-R", &format!("{user}:{user}")]).arg(folder).status().unwrap();
        assert!(given.success(), "is the server of {user} installed? `scripts/setup.sh test` does so");
    }
}
