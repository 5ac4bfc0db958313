//! Indicators nobody has written yet: how often each event happened that a firm delivers and no definition asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use facts::FactFrame;
use indicators::Catalog;
use vocab::Kind;

/// Names taken up, the most frequent first.
const MOST: usize = 40;
/// Seldomer events tell nothing.
const LEAST_FACTS: usize = 100;
const LONGEST: usize = 60;

/// A definition file with one count over 28 days for every event of the firm that no indicator of the catalogue names;
/// `None` if there is none.
///
/// # Edges
/// Names with quotes, backslashes or control characters, and names longer than 60 characters, are left out.
pub fn candidates(frame: &FactFrame, catalog: &Catalog) -> Option<String> {
    let asked: BTreeSet<&str> = catalog
        .indicators()
        .iter()
        .filter_map(|indicator| indicator.measured())
        .flat_map(|measured| measured.selectors())
        .flat_map(|selector| selector.names.iter().map(String::as_str))
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in 0..frame.len() {
        if frame.kind(row) == Kind::Event {
            *counts.entry(frame.name(row)).or_default() += 1;
        }
    }
    let writable = |name: &str| {
        !name.is_empty()
            && name.chars().count() <= LONGEST
            && !name.chars().any(|c| c.is_control() || c == '"' || c == '\\')
    };
    let mut names: Vec<(&str, usize)> = counts
        .into_iter()
        .filter(|(name, count)| *count >= LEAST_FACTS && writable(name) && !asked.contains(name))
        .collect();
    names.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    names.truncate(MOST);
    let mut taken: BTreeSet<String> = catalog.indicators().iter().map(|one| one.id.clone()).collect();
    let mut text = String::new();
    for (name, _) in &names {
        let id = id_of(name, &mut taken);
        let _ = write!(
            text,
            "[[indicator]]\nid = \"{id}\"\nname = {{ zh = \"近 28 天“{name}”次数\", en = \"{name} in 28 days\" }}\n\
             question = {{ zh = \"这位客户近 28 天做了几次“{name}”？\", en = \"How often did this customer do {name} in 28 days?\" }}\n\
             category = \"behaviour\"\nof = {{ kind = \"event\", name = \"{name}\" }}\nmeasure = \"count\"\nwindow = \"28d\"\n\
             unit = \"count\"\nworse = \"none\"\nwhen_absent = \"zero\"\n\n"
        );
    }
    (!names.is_empty()).then_some(text)
}

/// `event_new_friend_28d`; numbered where another has it.
fn id_of(name: &str, taken: &mut BTreeSet<String>) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    let words: Vec<&str> = plain.split('_').filter(|word| !word.is_empty()).collect();
    let stem = if words.is_empty() { "event".to_owned() } else { format!("event_{}", words.join("_")) };
    let mut id = format!("{stem}_28d");
    let mut number = 2;
    while !taken.insert(id.clone()) {
        id = format!("{stem}_{number}_28d");
        number += 1;
    }
    id
}
