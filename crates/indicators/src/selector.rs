//! Which facts a measure looks at.

use std::fmt;

use facts::FactFrame;
use vocab::{Finding, Kind, Text};

use crate::definition::Node;
use crate::filter::Filter;

/// Which facts: by kind, by name and by what they say.
///
/// ```toml
/// of = { kind = "event", name = ["Logged In", "App Opened"], where = { plan = "pro" } }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    /// Any of these kinds.
    pub kinds: Vec<Kind>,
    /// Any of these names; empty = every name.
    pub names: Vec<String>,
    /// What they have to say; `None` = anything.
    pub filter: Option<Filter>,
}

impl Selector {
    /// Every fact of a kind with one of some names (none = every name).
    pub fn new(kind: Kind, names: &[&str]) -> Self {
        Self { kinds: vec![kind], names: names.iter().map(|name| (*name).to_owned()).collect(), filter: None }
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
        let filter = match fields.optional("where") {
            Some(table) => Some(Filter::read(table, fields.findings)?),
            None => None,
        };
        if kinds.is_empty() {
            fields.findings.push(kind.wrong_type(Text::new("至少一个类别", "at least one kind")));
            return None;
        }
        kinds.sort_unstable();
        kinds.dedup();
        Some(Selector { kinds, names, filter })
    }

    /// The properties it has to see.
    pub fn properties(&self) -> impl Iterator<Item = &str> {
        self.filter.iter().flat_map(Filter::properties)
    }

    /// Whether it looks at the words of facts.
    pub fn reads_text(&self) -> bool {
        self.filter.as_ref().is_some_and(Filter::reads_text)
    }

    /// The facts that both select.
    pub(crate) fn and(&self, other: &Selector) -> Selector {
        let kinds = self.kinds.iter().filter(|kind| other.kinds.contains(kind)).copied().collect();
        let names = match (self.names.is_empty(), other.names.is_empty()) {
            (true, _) => Some(other.names.clone()),
            (_, true) => Some(self.names.clone()),
            _ => {
                let both: Vec<String> = self.names.iter().filter(|name| other.names.contains(name)).cloned().collect();
                (!both.is_empty()).then_some(both)
            }
        };
        let filter = match (&self.filter, &other.filter) {
            (Some(one), Some(two)) if one != two => Some(Filter::All(vec![one.clone(), two.clone()])),
            (one, two) => one.clone().or_else(|| two.clone()),
        };
        // Names that have nothing in common select nothing: so does no kind.
        match names {
            Some(names) => Selector { kinds, names, filter },
            None => Selector { kinds: Vec::new(), names: Vec::new(), filter },
        }
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
        self.takes(self.frame.kind(row), self.frame.name_code(row)) && self.passes_filter(row)
    }

    /// Whether kind and name are selected, whatever the properties.
    pub(crate) fn takes(&self, kind: Kind, name_code: u32) -> bool {
        self.selector.kinds.contains(&kind) && (self.selector.names.is_empty() || self.names.contains(&name_code))
    }

    /// Whether what the row says is what is asked for.
    pub(crate) fn passes_filter(&self, row: usize) -> bool {
        self.selector.filter.as_ref().is_none_or(|filter| filter.passes_row(self.frame, row))
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
        if let Some(filter) = &self.filter {
            write!(f, " where {filter}")?;
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
