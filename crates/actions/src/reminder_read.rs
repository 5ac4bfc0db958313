//! Reminders, festivals and what forbids a greeting, as they are written: read and checked, every fault with its place;
//! and the JSON Schema made of the same words.

use indicators::Catalog;
use indicators::definition::{Fields, Node, did_you_mean};
use serde_json::{Value, json};
use vocab::{Finding, Text};

use crate::case_type_read::truth;
use crate::festival::{Festival, FestivalDay};
use crate::reminder::{Fix, Person, ReminderBook, ReminderKind, Source};

const KIND: &[&str] = &[
    "id",
    "census",
    "name",
    "of",
    "say",
    "active",
    "keep_days",
    "days_before",
    "after_days",
    "again_days",
    "indicator",
    "person",
];
const PERSON: &[&str] = &["id", "name", "traits", "lunar_traits"];
const FESTIVAL: &[&str] = &["id", "name", "lunar", "solar", "greeting"];
const FIX: &[&str] = &["indicator", "at_least", "say"];
/// Longer than two years is a slip of the pen.
const MOST_DAYS: f64 = 731.0;

#[derive(Clone, Copy)]
enum Of {
    NextContact,
    Birthday,
    ContractEnd,
    Meeting,
    Silence,
}

const OF: &[(&str, Of)] = &[
    ("next_contact", Of::NextContact),
    ("birthday", Of::Birthday),
    ("contract_end", Of::ContractEnd),
    ("meeting", Of::Meeting),
    ("silence", Of::Silence),
];

pub(crate) fn read(files: &[(String, String)], catalog: &Catalog) -> Result<ReminderBook, Vec<Finding>> {
    let (mut book, mut findings) = (ReminderBook::default(), Vec::new());
    for (file, text) in files {
        match Node::parse(file, text) {
            Ok(root) => read_file(&root, catalog, &mut book, &mut findings),
            Err(faults) => findings.extend(faults),
        }
    }
    if findings.is_empty() { Ok(book) } else { Err(findings) }
}

fn read_file(root: &Node, catalog: &Catalog, book: &mut ReminderBook, findings: &mut Vec<Finding>) {
    let Some(fields) = root.fields(&["reminder", "festival", "fix"], findings) else { return };
    for node in items(&fields, "reminder") {
        if let Some(kind) = read_kind(node, catalog, fields.findings) {
            let is_known = book.kinds.iter().any(|known| known.id == kind.id);
            once(node, &kind.id, is_known, fields.findings);
            book.kinds.push(kind);
        }
    }
    for node in items(&fields, "festival") {
        if let Some(festival) = read_festival(node, fields.findings) {
            let is_known = book.festivals.iter().any(|known| known.id == festival.id);
            once(node, &festival.id, is_known, fields.findings);
            book.festivals.push(festival);
        }
    }
    for node in items(&fields, "fix") {
        book.fixes.extend(read_fix(node, catalog, fields.findings));
    }
}

/// The tables of a list; a value that is none is read as one, and complains of itself.
fn items<'n>(fields: &Fields<'n, '_>, key: &str) -> &'n [Node] {
    let node = fields.optional(key);
    node.map_or(&[], |node| node.as_list().unwrap_or(std::slice::from_ref(node)))
}

fn once(node: &Node, id: &str, is_known: bool, findings: &mut Vec<Finding>) {
    if is_known {
        let detail = Text::new(format!("编号“{id}”重复"), format!("two are called \"{id}\""));
        findings.push(node.finding("duplicate_id", detail, Text::new("每个编号只用一次", "give each its own id")));
    }
}

fn read_kind(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<ReminderKind> {
    let mut fields = node.fields(KIND, findings)?;
    let (id, name, say) = (fields.id("id"), fields.both("name"), fields.both("say"));
    let census = texts(&mut fields, "census");
    let active = match fields.optional("active") {
        Some(node) => truth(node, fields.findings),
        None => Some(true),
    };
    let keep_days = days(&mut fields, "keep_days");
    let of = fields.one_of("of", OF);
    let source = of.and_then(|of| read_source(of, &mut fields, catalog));
    Some(ReminderKind {
        id: id?,
        census: census?,
        name: name?,
        say: say?,
        active: active?,
        keep_days: keep_days?,
        source: source?,
    })
}

fn read_source(of: Of, fields: &mut Fields<'_, '_>, catalog: &Catalog) -> Option<Source> {
    match of {
        Of::NextContact => Some(Source::NextContact),
        Of::Birthday => {
            let days_before = days(fields, "days_before");
            let people: Vec<Option<Person>> = match fields.required("person") {
                Some(_) => items(fields, "person").iter().map(|node| read_person(node, fields.findings)).collect(),
                None => vec![None],
            };
            Some(Source::Birthday { days_before: days_before?, people: people.into_iter().collect::<Option<_>>()? })
        }
        Of::ContractEnd => {
            let list = fields.required("days_before")?;
            let numbers = list.as_list().unwrap_or(std::slice::from_ref(list));
            let read: Option<Vec<i64>> = numbers.iter().map(|node| whole(node, fields.findings)).collect();
            let mut days_before = read?;
            days_before.sort_unstable_by(|a, b| b.cmp(a));
            days_before.dedup();
            Some(Source::ContractEnd { days_before })
        }
        Of::Meeting => {
            let (after, again) = (days(fields, "after_days"), days(fields, "again_days"));
            Some(Source::Meeting { after_days: after?, again_days: again? })
        }
        Of::Silence => {
            let (after, again) = (days(fields, "after_days"), days(fields, "again_days"));
            let indicator = indicator(fields, catalog);
            Some(Source::Silence { indicator: indicator?, after_days: after?, again_days: again? })
        }
    }
}

fn read_person(node: &Node, findings: &mut Vec<Finding>) -> Option<Person> {
    let mut fields = node.fields(PERSON, findings)?;
    let (id, whose) = (fields.id("id"), fields.both("name"));
    let (traits, lunar_traits) = (texts(&mut fields, "traits"), texts(&mut fields, "lunar_traits"));
    Some(Person { id: id?, whose: whose?, traits: traits?, lunar_traits: lunar_traits? })
}

fn read_festival(node: &Node, findings: &mut Vec<Finding>) -> Option<Festival> {
    let mut fields = node.fields(FESTIVAL, findings)?;
    let (id, name, greeting) = (fields.id("id"), fields.both("name"), fields.both("greeting"));
    let day = match (fields.optional("lunar"), fields.optional("solar")) {
        (Some(node), None) => {
            month_and_day(node, 30, fields.findings).map(|(month, day)| FestivalDay::Lunar(month, day))
        }
        (None, Some(node)) => {
            let read = month_and_day(node, 31, fields.findings);
            read.map(|(month, day)| FestivalDay::Solar(month as i8, day as i8))
        }
        _ => {
            fields.complain(
                "missing_key",
                Text::new("要写 lunar 或 solar 之一", "either lunar or solar is needed"),
                Text::new("例如 lunar = [8, 15]", "for example lunar = [8, 15]"),
            );
            None
        }
    };
    Some(Festival { id: id?, name: name?, day: day?, greeting: greeting? })
}

fn read_fix(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Fix> {
    let mut fields = node.fields(FIX, findings)?;
    let (say, at_least, indicator) = (fields.both("say"), fields.number("at_least"), indicator(&mut fields, catalog));
    Some(Fix { indicator: indicator?, at_least: at_least?, say: say? })
}

fn indicator(fields: &mut Fields<'_, '_>, catalog: &Catalog) -> Option<String> {
    let node = fields.required("indicator")?;
    let id = fields.text("indicator")?;
    if catalog.get(&id).is_some() {
        return Some(id);
    }
    let known: Vec<&str> = catalog.indicators().iter().map(|one| one.id.as_str()).collect();
    let detail = Text::new(format!("没有指标“{id}”"), format!("there is no indicator \"{id}\""));
    fields.findings.push(node.finding("unknown_indicator", detail, did_you_mean(&id, &known)));
    None
}

/// A list of texts, empty where it is not there.
fn texts(fields: &mut Fields<'_, '_>, key: &str) -> Option<Vec<String>> {
    let Some(node) = fields.optional(key) else { return Some(Vec::new()) };
    let read = node.as_list().and_then(|items| items.iter().map(|item| item.as_text().map(str::to_owned)).collect());
    if read.is_none() {
        fields.findings.push(node.wrong_type(Text::new("文字的列表", "a list of texts")));
    }
    read
}

fn days(fields: &mut Fields<'_, '_>, key: &str) -> Option<i64> {
    let node = fields.required(key)?;
    whole(node, fields.findings)
}

fn whole(node: &Node, findings: &mut Vec<Finding>) -> Option<i64> {
    match node.as_number() {
        Some(days) if days.fract() == 0.0 && (0.0..=MOST_DAYS).contains(&days) => Some(days as i64),
        _ => {
            findings.push(node.wrong_type(Text::new("0 到 731 之间的整数天", "a whole number of days from 0 to 731")));
            None
        }
    }
}

fn month_and_day(node: &Node, last: u8, findings: &mut Vec<Finding>) -> Option<(u8, u8)> {
    let number = |node: &Node| node.as_number().filter(|number| number.fract() == 0.0).map(|number| number as u8);
    let read = match node.as_list() {
        Some([month, day]) => number(month).zip(number(day)),
        _ => None,
    };
    let read = read.filter(|(month, day)| (1..=12).contains(month) && (1..=last).contains(day));
    if read.is_none() {
        findings.push(node.wrong_type(Text::new("月和日", "a month and a day")));
    }
    read
}

/// JSON Schema (draft 2020-12) of a file of reminders, made of the words that the reader knows, so that an editor
/// completes them and the two cannot differ.
pub fn reminder_schema() -> String {
    let table = |fields: &[&str], required: &[&str]| {
        let properties: serde_json::Map<String, Value> =
            fields.iter().map(|field| ((*field).to_owned(), of_field(field))).collect();
        json!({ "type": "object", "additionalProperties": false, "properties": properties, "required": required })
    };
    let list = |name: &str| json!({ "type": "array", "items": { "$ref": format!("#/$defs/{name}") } });
    let file = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Liuke reminders",
        "type": "object",
        "additionalProperties": false,
        "properties": { "reminder": list("reminder"), "festival": list("festival"), "fix": list("fix") },
        "$defs": {
            "reminder": table(KIND, &["id", "name", "of", "say", "keep_days"]),
            "person": table(PERSON, &["id", "name"]),
            "festival": table(FESTIVAL, &["id", "name", "greeting"]),
            "fix": table(FIX, FIX),
            "both": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "zh": { "type": "string" }, "en": { "type": "string" } },
                "required": ["zh", "en"],
            },
            "days": { "type": "integer", "minimum": 0, "maximum": MOST_DAYS as i64 },
        },
    });
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

fn of_field(field: &str) -> Value {
    match field {
        "id" => json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]*$" }),
        "name" | "say" | "greeting" => json!({ "$ref": "#/$defs/both" }),
        "of" => json!({ "enum": OF.iter().map(|(word, _)| *word).collect::<Vec<_>>() }),
        "active" => json!({ "type": "boolean" }),
        "keep_days" | "after_days" | "again_days" => json!({ "$ref": "#/$defs/days" }),
        "days_before" => json!({ "anyOf": [
            { "$ref": "#/$defs/days" },
            { "type": "array", "items": { "$ref": "#/$defs/days" } },
        ] }),
        "person" => json!({ "type": "array", "items": { "$ref": "#/$defs/person" } }),
        "lunar" | "solar" => json!({ "type": "array", "items": { "type": "integer" }, "minItems": 2, "maxItems": 2 }),
        "at_least" => json!({ "type": "number" }),
        "indicator" => json!({ "type": "string" }),
        _ => json!({ "type": "array", "items": { "type": "string" } }),
    }
}
