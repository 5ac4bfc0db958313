//! Which facts a measure looks at.

use std::fmt;

use facts::FactFrame;
use vocab::{Finding, Kind, Text};

use crate::definition::Node;

/// Which facts: by kind, by name and by equality of properties.
///
/// ```toml
/// of = { kind = "event", name = ["Logged In", "App Opened"], where = { plan = "pro" } }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selector {
    /// Any of these kinds; never empty.
    pub kinds: Vec<Kind>,
    /// Any of these names; empty = every name.
    pub names: Vec<String>,
    /// All of these properties have exactly this value.
    pub filters: Vec<(String, String)>,
}

impl Selector {
    /// Every fact of a kind with one of some names (none = every name).
    pub fn new(kind: Kind, names: &[&str]) -> Self {
        Self { kinds: vec![kind], names: names.iter().map(|name| (*name).to_owned()).collect(), filters: Vec::new() }
    }

    /// Reads `{ kind, name, where }` from a definition; faults are noted.
    pub fn read(node: &Node, findings: &mut Vec<Finding>) -> Option<Selector> {
        let words: Vec<(&str, Kind)> = Kind::ALL.into_iter().map(|kind| (kind.as_str(), kind)).collect();
        let mut fields = node.fields(&["kind", "name", "where"], findings)?;
        let kind = fields.required("kind")?;
        let mut kinds = Vec::new();
        for item in one_or_many(kind) {
            kinds.push(item.one_of(&words, fields.findings)?);
        }
        let mut names = Vec::new();
        for item in fields.optional("name").map(one_or_many).unwrap_or_default() {
            names.push(text_of(item, fields.findings)?);
        }
        let mut filters = Vec::new();
        if let Some(table) = fields.optional("where") {
            for (key, value) in table.keys() {
                let plain = value.as_plain();
                if plain.is_none() {
                    fields.findings.push(value.wrong_type(Text::new("单个值", "a single value")));
                }
                filters.push((key.to_owned(), plain?));
            }
        }
        if kinds.is_empty() {
            fields.findings.push(kind.wrong_type(Text::new("至少一个类别", "at least one kind")));
            return None;
        }
        kinds.sort_unstable();
        kinds.dedup();
        Some(Selector { kinds, names, filters })
    }

    /// The properties it has to see.
    pub fn properties(&self) -> impl Iterator<Item = &str> {
        self.filters.iter().map(|(key, _)| key.as_str())
    }

    /// The selector made ready for one frame.
    pub fn on<'a>(&'a self, frame: &'a FactFrame) -> Matcher<'a> {
        Matcher { selector: self, frame, names: self.names.iter().filter_map(|name| frame.code_of(name)).collect() }
    }

    /// Whether a fact of this kind and name shows that the selector's source delivers.
    ///
    /// Within a kind other than `event`, every fact does: a firm whose payments arrive and never failed has had zero
    /// failures. Events come from many places, so only an event of a name asked for does.
    pub fn is_delivered_by(&self, kind: Kind, name: &str) -> bool {
        self.kinds.contains(&kind)
            && (kind != Kind::Event || self.names.is_empty() || self.names.iter().any(|one| one == name))
    }
}

/// A selector bound to a frame: names are codes, so a row is matched without comparing texts.
#[derive(Clone, Debug)]
pub struct Matcher<'a> {
    selector: &'a Selector,
    frame: &'a FactFrame,
    names: Vec<u32>,
}

impl Matcher<'_> {
    /// Whether the row is one of those selected. Says nothing about its being visible at some moment.
    pub fn matches(&self, row: usize) -> bool {
        self.takes(self.frame.kind(row), self.frame.name_code(row)) && self.passes_filters(row)
    }

    /// Whether kind and name are selected, whatever the properties.
    pub(crate) fn takes(&self, kind: Kind, name_code: u32) -> bool {
        self.selector.kinds.contains(&kind) && (self.selector.names.is_empty() || self.names.contains(&name_code))
    }

    pub(crate) fn has_filters(&self) -> bool {
        !self.selector.filters.is_empty()
    }

    pub(crate) fn passes_filters(&self, row: usize) -> bool {
        self.selector.filters.iter().all(|(key, value)| self.frame.property(row, key).flatten() == Some(value.as_str()))
    }
}

impl fmt::Display for Selector {
    /// `event "Logged In" where plan = "pro"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.as_str()).collect();
        f.write_str(&kinds.join("|"))?;
        if !self.names.is_empty() {
            let names: Vec<String> = self.names.iter().map(|name| format!("{name:?}")).collect();
            write!(f, " {}", names.join("|"))?;
        }
        for (at, (key, value)) in self.filters.iter().enumerate() {
            write!(f, " {} {key} = {value:?}", if at == 0 { "where" } else { "and" })?;
        }
        Ok(())
    }
}

/// A list's items, or the one thing itself.
fn one_or_many(node: &Node) -> Vec<&Node> {
    match node.as_list() {
        Some(items) => items.iter().collect(),
        None => vec![node],
    }
}

fn text_of(node: &Node, findings: &mut Vec<Finding>) -> Option<String> {
    let text = node.as_text().map(str::to_owned);
    if text.is_none() {
        findings.push(node.wrong_type(Text::new("文字", "a text")));
    }
    text
}
