//! Data folders with which many tests begin: made once for each build of the tests, and copied for each test.
//!
//! Tests are processes of their own. So what is made is kept below the target folder, under a name that changes with
//! every build, and a lock lets one process make it while the others wait.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant as Stopwatch, UNIX_EPOCH};

use tempfile::TempDir;

/// How long a database that nobody uses any more may take to be closed, on the slowest machine that runs these tests.
const PATIENCE: Duration = Duration::from_secs(600);

/// A copy of the folder that `make` fills, which is called by the first who asks; whatever it opened is dropped by then.
pub(crate) async fn copied(name: &str, make: impl AsyncFnOnce(&Path)) -> TempDir {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(folder).unwrap();
    let kept = folder.join(format!("{name}-{}", build()));
    let lock = File::create(folder.join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    if !kept.is_dir() {
        for old in fs::read_dir(folder).unwrap().flatten().filter(|entry| is_of(entry, name)) {
            fs::remove_dir_all(old.path()).unwrap();
        }
        let unfinished = folder.join(format!("{name}-unfinished"));
        fs::create_dir(&unfinished).unwrap();
        make(&unfinished).await;
        until_closed(&unfinished);
        fs::rename(unfinished, &kept).unwrap();
    }
    let copy = TempDir::new().unwrap();
    copy_folder(&kept, copy.path());
    copy
}

/// What tells this build of the tests from any other.
fn build() -> String {
    let own = fs::metadata(std::env::current_exe().unwrap()).unwrap();
    let at = own.modified().unwrap().duration_since(UNIX_EPOCH).unwrap();
    format!("{:x}-{:x}", at.as_nanos(), own.len())
}

fn is_of(entry: &fs::DirEntry, name: &str) -> bool {
    let found = entry.file_name().to_string_lossy().into_owned();
    found.strip_prefix(name).is_some_and(|rest| rest.starts_with('-')) && entry.path().is_dir()
}

/// Waits until this process has no file of the folder open any more: a pool of connections closes them one by one after it
/// was let go.
fn until_closed(folder: &Path) {
    let (folder, begun) = (fs::canonicalize(folder).unwrap(), Stopwatch::now());
    let is_open = |fd: fs::DirEntry| fs::read_link(fd.path()).is_ok_and(|file| file.starts_with(&folder));
    while fs::read_dir("/proc/self/fd").unwrap().flatten().any(is_open) {
        assert!(begun.elapsed() < PATIENCE, "the folder stays open");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    for file in files(from) {
        let copy = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(&file, copy).unwrap();
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        match entry.path().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}
