//! Where the facts lie, and how they become plain columns: the part of a query in which engines differ.

use vocab::Kind;

use super::tests_of::{number_in, one_of, quoted, selector, text};
use crate::plan::{Delivery, Plan};

/// How a table tells the properties of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqlProperties {
    /// A map of texts: the lake's own files, and those that `liuke sim` writes.
    Map,
    /// A JSON object as text: what `liuke facts --out` writes.
    Json,
}

/// Where the facts lie that a query reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlSource {
    from: String,
    /// Columns it has; `None` = all of a fact's.
    columns: Option<Vec<String>>,
    properties: SqlProperties,
}

impl SqlSource {
    /// A table with every column of the lake's files, or whatever else stands after FROM in the engine's own words.
    pub fn table(from: &str) -> SqlSource {
        SqlSource { from: from.to_owned(), columns: None, properties: SqlProperties::Map }
    }

    /// A Parquet file that has these columns.
    pub fn file(path: &str, columns: Vec<String>, properties: SqlProperties) -> SqlSource {
        let numbered = columns.iter().any(|column| column == "number");
        let option = if numbered { "" } else { ", file_row_number = true" };
        SqlSource { from: format!("read_parquet({}{option})", text(path)), columns: Some(columns), properties }
    }

    fn has(&self, column: &str) -> bool {
        self.columns.as_ref().is_none_or(|columns| columns.iter().any(|one| one == column))
    }

    /// Whether facts may have a currency of their own.
    pub(super) fn has_currencies(&self) -> bool {
        self.has("currency")
    }

    /// The first of these columns that it has, as microseconds since 1970.
    fn time(&self, columns: &[&str]) -> String {
        let found = columns.iter().find(|column| self.has(column));
        format!("epoch_us({})", found.copied().unwrap_or("occurred_at"))
    }

    fn words(&self, column: &str) -> String {
        if self.has(column) { format!("CAST({column} AS VARCHAR)") } else { "CAST(NULL AS VARCHAR)".to_owned() }
    }

    /// What a fact says of a property.
    fn property(&self, key: &str) -> String {
        match (self.has("properties"), self.properties) {
            (false, _) => "CAST(NULL AS VARCHAR)".to_owned(),
            (true, SqlProperties::Map) => format!("map_extract(properties, {})[1]", text(key)),
            (true, SqlProperties::Json) => {
                format!("json_extract_string(nullif(properties, ''), {})", text(&pointer(key)))
            }
        }
    }

    /// Whether it says anything of it, that it was removed included.
    fn speaks_of(&self, key: &str) -> String {
        match (self.has("properties"), self.properties) {
            (false, _) => "FALSE".to_owned(),
            (true, SqlProperties::Map) => {
                format!("coalesce(list_contains(map_keys(properties), {}), FALSE)", text(key))
            }
            (true, SqlProperties::Json) => {
                format!("coalesce(json_exists(nullif(properties, ''), {}), FALSE)", text(&pointer(key)))
            }
        }
    }
}

/// A key as a JSON pointer.
fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The column that holds what is said of a property.
pub(super) fn said(key: &str) -> String {
    quoted(&format!("p.{key}"))
}

/// The column that holds whether a fact speaks of a property.
pub(super) fn spoken(key: &str) -> String {
    quoted(&format!("says.{key}"))
}

/// A named part of a query.
pub(super) struct Part {
    pub name: String,
    pub body: String,
    /// Whether it is worked out once, however often it is read.
    pub kept: bool,
}

impl Part {
    pub fn new(name: impl Into<String>, body: impl Into<String>) -> Part {
        Part { name: name.into(), body: body.into(), kept: false }
    }

    pub fn kept(name: impl Into<String>, body: impl Into<String>) -> Part {
        Part { kept: true, ..Part::new(name, body) }
    }
}

/// The parts that say which facts there are: as they lie, as they were known, those that stood uncorrected, and of whom.
pub(super) fn parts(plan: &Plan<'_>, source: &SqlSource, delivery: Delivery, keys: &Keys, always: bool) -> Vec<Part> {
    let t = plan.moments[0].instant().micros();
    let corrects = source.has("supersedes") || source.has("retracts");
    let mut parts = vec![Part::new("record", record(source, keys, corrects))];
    let stands = if source.has("retracts") { " AND retracts IS NULL" } else { "" };
    parts.push(Part::new("by_then", format!("SELECT * FROM record WHERE happened < {t} AND known < {t}{stands}")));
    let mut body = "SELECT * FROM by_then f WHERE customer IS NOT NULL".to_owned();
    if corrects {
        parts.push(Part::new(
            "corrections",
            format!(
                "SELECT source, target, known, number FROM record\n    WHERE known < {t} AND target IS NOT NULL AND target <> message_id"
            ),
        ));
        body.push_str(
            "\n    AND NOT EXISTS (SELECT 1 FROM corrections c WHERE c.source = f.source AND c.target = f.message_id)\
             \n    AND NOT EXISTS (SELECT 1 FROM corrections c WHERE c.source = f.source AND c.target = f.target\
             \n      AND f.target <> f.message_id AND (c.known > f.known OR (c.known = f.known AND c.number > f.number)))",
        );
    }
    parts.push(Part::kept("visible", body));
    let customers = "SELECT customer, min(happened) AS first_seen FROM visible GROUP BY customer";
    parts.push(Part::new("customers", customers));
    if !always {
        parts.push(Part::new("covered", covered(plan, delivery)));
    }
    parts
}

/// Properties that a query looks at.
pub(super) struct Keys {
    /// Of which the value counts.
    pub said: Vec<String>,
    /// Of which it counts whether they are spoken of.
    pub spoken: Vec<String>,
    /// Whether the words of facts count.
    pub text: bool,
}

fn record(source: &SqlSource, keys: &Keys, corrects: bool) -> String {
    let number = if source.has("number") { "number" } else { "file_row_number + 1" };
    let value = if source.has("value") { "CAST(value AS DECIMAL(19,6))" } else { "CAST(NULL AS DECIMAL(19,6))" };
    let mut columns = vec![
        format!("{} AS customer", source.words("customer_id")),
        format!("{} AS kind", source.words("kind")),
        format!("{} AS name", source.words("name")),
        format!("{} AS happened", source.time(&["occurred_at"])),
        format!("{} AS known", source.time(&["known_at", "occurred_at"])),
        format!("{number} AS number"),
        format!("{value} AS value"),
    ];
    if source.has_currencies() {
        columns.push(format!("coalesce({}, '') AS currency", source.words("currency")));
    }
    if keys.text {
        columns.push(format!("{} AS text", source.words("text")));
    }
    columns.extend(keys.said.iter().map(|key| format!("{} AS {}", source.property(key), said(key))));
    columns.extend(keys.spoken.iter().map(|key| format!("{} AS {}", source.speaks_of(key), spoken(key))));
    if corrects {
        let (supersedes, retracts) = (source.words("supersedes"), source.words("retracts"));
        columns.push(format!("{} AS source", source.words("source")));
        columns.push(format!("{} AS message_id", source.words("message_id")));
        columns.push(format!("coalesce({supersedes}, {retracts}) AS target"));
        columns.push(format!("{retracts} AS retracts"));
    }
    format!("SELECT\n    {}\n  FROM {}", columns.join(",\n    "), source.from)
}

/// Since when each source delivered: one row, a column for each selector, or one for all.
fn covered(plan: &Plan<'_>, delivery: Delivery) -> String {
    if delivery == Delivery::FromFirstFact {
        return "SELECT min(happened) AS since FROM by_then".to_owned();
    }
    let mut columns: Vec<String> = Vec::new();
    for task in &plan.tasks {
        let of = plan.groups[task.group].selector();
        let column = since(delivery, task.group);
        let names = |kind: &Kind| match kind {
            // Within a kind other than `event` every fact shows that the source delivers.
            Kind::Event if !of.names.is_empty() => {
                format!("(kind = 'event' AND {})", one_of("name", of.names.iter().map(String::as_str)))
            }
            kind => format!("kind = {}", text(kind.as_str())),
        };
        let shows: Vec<String> = of.kinds.iter().map(names).collect();
        let line = format!("min(happened) FILTER (WHERE {}) AS {column}", shows.join(" OR "));
        if !columns.contains(&line) {
            columns.push(line);
        }
    }
    match columns.is_empty() {
        true => "SELECT min(happened) AS since FROM by_then".to_owned(),
        false => format!("SELECT\n    {}\n  FROM by_then", columns.join(",\n    ")),
    }
}

/// The column that says since when the source of a group delivered.
pub(super) fn since(delivery: Delivery, group: usize) -> String {
    match delivery {
        Delivery::FromFirstFact => "since".to_owned(),
        Delivery::Observed => format!("since_{}", group + 1),
    }
}

/// The facts that a group takes, one part for each: with the number that a property says in the place of the value where
/// the group asks for it, and with the moment of the fact before where somebody looks at gaps.
pub(super) fn facts_of(plan: &Plan<'_>, group: usize, gaps: bool) -> Part {
    let of = &plan.groups[group];
    let mut columns = vec!["*".to_owned()];
    if let Some(key) = of.number {
        columns.push(format!("TRY_CAST({} AS DECIMAL(19,6)) AS amount", number_in(&said(key))));
    }
    if gaps {
        columns.push("lag(happened) OVER (PARTITION BY customer ORDER BY happened, number) AS previous".to_owned());
    }
    let columns = columns.join(", ");
    Part::new(facts_name(group), format!("SELECT {columns} FROM visible\n    WHERE {}", selector(of.selector())))
}

/// The name of the part with the facts of a group.
pub(super) fn facts_name(group: usize) -> String {
    format!("facts_{}", group + 1)
}
