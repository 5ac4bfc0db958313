//! SQLite files.

use ingest::{DatabaseSettings, Dialect};

use super::door::Door;
use super::sentences;

#[test]
fn a_sqlite_file_keeps_every_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("客户 100%.db");
    std::fs::write(&path, []).unwrap();
    let url = format!("sqlite://{}", path.to_string_lossy().replace('%', "%25"));
    let settings = DatabaseSettings { path: Some(path), ..DatabaseSettings::default() };
    sentences::all(&Door::new(Dialect::Sqlite, url, settings, None));
}
