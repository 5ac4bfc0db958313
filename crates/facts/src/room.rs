//! How much room the disk has left: when it becomes short, what comes in is asked to wait before anything breaks.

use std::path::{Path, PathBuf};

/// The file system of a folder.
#[derive(Debug)]
pub(crate) struct Room {
    folder: PathBuf,
    reserve: u64,
}

impl Room {
    pub fn of(folder: &Path, reserve: u64) -> Room {
        Room { folder: folder.to_owned(), reserve }
    }

    /// Whether less than the reserve is free. A file system that does not say has room.
    pub fn is_short(&self) -> bool {
        match rustix::fs::statvfs(&self.folder) {
            Ok(said) => said.f_bavail.saturating_mul(said.f_frsize) < self.reserve,
            Err(_) => false,
        }
    }
}
