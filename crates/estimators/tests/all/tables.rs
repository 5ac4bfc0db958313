//! Real data, where there are any.

use std::path::PathBuf;

/// A file of the test data, or nothing where there are none.
pub fn data(name: &str) -> Option<String> {
    let root = std::env::var_os("LIUKE_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let text = std::fs::read_to_string(root.join(name)).ok();
    if text.is_none() {
        eprintln!("skipped: there is no {name} below LIUKE_DATA");
    }
    text
}

/// A column of a plain CSV without quotes, by name.
pub fn column(text: &str, name: &str) -> Vec<String> {
    let mut lines = text.lines();
    let at = lines.next().and_then(|header| header.split(',').position(|other| other == name)).expect("a column");
    lines.map(|line| line.split(',').nth(at).unwrap_or_default().to_owned()).collect()
}

/// The same as numbers.
pub fn numbers(text: &str, name: &str) -> Vec<f64> {
    column(text, name).iter().map(|cell| cell.parse().expect("a number")).collect()
}

/// Within so much of what it should be.
#[track_caller]
pub fn near(got: f64, expected: f64, within: f64) {
    assert!((got - expected).abs() <= within, "{got} is not {expected} within {within}");
}
