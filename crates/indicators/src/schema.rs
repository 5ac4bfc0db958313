//! The JSON Schema of definition files, made of the words that the reader knows, so that an editor completes them and
//! the two cannot differ.

use serde_json::{Value, json};

use crate::catalog::UNITS;
use crate::condition::Comparison;
use crate::measure::{FEWEST_PEERS, REACHES};
use crate::read::{AGAINST, BASES, KEYS, MEASURES, OTHERS};
use crate::sorting::Sorting;

/// JSON Schema (draft 2020-12) of a file of indicators.
pub fn schema() -> String {
    let mut properties = serde_json::Map::new();
    for key in KEYS {
        properties.insert((*key).to_owned(), of_key(key));
    }
    let required = |keys: &[&str]| json!({ "required": keys });
    let file = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Liuke indicators",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "covered": { "const": "always", "description": "Every source counts as having delivered always." },
            "indicator": { "type": "array", "items": { "$ref": "#/$defs/indicator" } },
        },
        "$defs": {
            "indicator": {
                "type": "object",
                "additionalProperties": false,
                "properties": properties,
                "required": ["id", "name", "question", "category", "unit", "worse"],
                "oneOf": [required(&["formula"]), required(&["of", "measure", "when_absent"])],
            },
            "both": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "zh": { "type": "string" }, "en": { "type": "string" } },
                "required": ["zh", "en"],
            },
            "selector": selector(),
            "filter": filter(),
        },
    });
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

fn words<T>(words: &[(&str, T)]) -> Value {
    words.iter().map(|(word, _)| Value::from(*word)).collect()
}

fn of_key(key: &str) -> Value {
    let span = json!({ "type": "string", "pattern": "^[1-9][0-9]*(d|cd|w|mo)$" });
    match key {
        "id" => json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]*$" }),
        "name" | "question" | "reason" | "reason_zero" | "reason_negative" => json!({ "$ref": "#/$defs/both" }),
        "census" => json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] }),
        "of" | "part" => json!({ "$ref": "#/$defs/selector" }),
        "measure" => json!({ "enum": words(MEASURES) }),
        "compares" => json!({ "enum": words(BASES) }),
        "window" => json!({ "anyOf": [span, { "enum": words(REACHES) }] }),
        "offset" | "at" | "step" => span,
        "since" => json!({ "anyOf": [{ "const": "start" }, { "$ref": "#/$defs/selector" }] }),
        "days" => json!({ "enum": ["all", "working"] }),
        "compare" => json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "with": { "enum": words(OTHERS) },
                "as": { "enum": words(AGAINST) },
                "windows": { "type": "integer", "minimum": 2, "maximum": 400 },
                "align": { "enum": ["spring_festival", "solar"] },
                "by": { "type": "string" },
                "within": { "anyOf": [
                    { "const": "tier" },
                    in_common("trait", json!({ "type": "string" })),
                    in_common("segments", json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 })),
                ] },
                "least": { "type": "integer", "minimum": 2, "maximum": 1_000_000, "default": FEWEST_PEERS },
            },
            "required": ["with", "as"],
        }),
        "unit" => json!({ "enum": UNITS.iter().map(|(word, ..)| *word).collect::<Vec<_>>() }),
        "worse" => json!({ "enum": ["higher", "lower", "both", "none"] }),
        "when_absent" => json!({ "enum": ["unknown", "zero"] }),
        _ => json!({ "type": "string" }),
    }
}

/// What peers have in common, written as a table of one key.
fn in_common(key: &str, value: Value) -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": { key: value }, "required": [key] })
}

fn selector() -> Value {
    let kinds: Vec<&str> = vocab::Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let kind = json!({ "enum": kinds });
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "kind": { "anyOf": [kind, { "type": "array", "items": kind, "minItems": 1 }] },
            "name": { "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] },
            "where": { "$ref": "#/$defs/filter" },
        },
        "required": ["kind"],
    })
}

fn filter() -> Value {
    let list = json!({ "type": "array", "items": { "$ref": "#/$defs/filter" }, "minItems": 1 });
    let plain = json!({ "type": ["string", "number", "boolean"] });
    let test = |properties: Value, required: &[&str]| json!({ "type": "object", "additionalProperties": false, "properties": properties, "required": required });
    json!({
        "type": "object",
        "properties": { "all": list, "any": list, "not": { "$ref": "#/$defs/filter" } },
        "additionalProperties": { "anyOf": [
            plain,
            { "type": "array", "items": plain, "minItems": 1 },
            test(json!({ "is": { "enum": words(Comparison::WORDS) }, "than": { "type": "number" } }), &["is", "than"]),
            test(json!({ "matches": { "type": "string" } }), &["matches"]),
            test(json!({ "known": { "type": "boolean" } }), &["known"]),
        ] },
    })
}

/// JSON Schema of a condition as rules write them, to stand under `$defs/condition` of a larger one; of filters it
/// wants `$defs/filter`, given beside it.
pub fn condition_schema() -> (Value, Value) {
    let condition = json!({ "$ref": "#/$defs/condition" });
    let list = json!({ "type": "array", "items": condition, "minItems": 1 });
    let number = json!({ "anyOf": [{ "type": "number" }, { "type": "string", "pattern": "^\\$[a-z][a-z0-9_]*$" }] });
    let is = json!({ "enum": words(Comparison::WORDS) });
    let text = json!({ "type": "string" });
    let some = json!({ "anyOf": [text, { "type": "array", "items": text, "minItems": 1 }] });
    let kinds: Vec<&str> = vocab::Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let facts = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": { "kind": { "enum": kinds }, "name": text },
        "required": ["kind"],
    });
    let form = |properties: Value| {
        let required: Vec<String> = properties.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
        json!({
            "type": "object", "additionalProperties": false, "properties": properties, "required": required,
        })
    };
    let mut forms = vec![
        form(json!({ "all": list })),
        form(json!({ "any": list })),
        form(json!({ "not": condition })),
        form(json!({ "at_least": number, "among": list })),
        form(json!({ "of": text, "is": is, "than": number })),
        form(json!({ "change_of": text, "over_days": number, "is": is, "than": number })),
        form(json!({ "ratio_of": text, "over_days": number, "is": is, "than": number })),
        form(json!({ "count_of": facts, "within_days": number, "is": is, "than": number })),
        form(json!({ "holds": condition, "for_days": number })),
        form(json!({ "holds": condition, "times": number, "every_days": number })),
        form(json!({ "band": { "type": "array", "items": { "enum": bands() }, "minItems": 1 } })),
        form(json!({ "traits": { "$ref": "#/$defs/filter" } })),
    ];
    forms.extend(Sorting::ALL.map(|sorting| {
        let mut properties = serde_json::Map::new();
        properties.insert(sorting.as_str().to_owned(), some.clone());
        form(Value::Object(properties))
    }));
    (json!({ "oneOf": forms }), filter())
}

fn bands() -> Vec<&'static str> {
    vocab::Band::ALL.iter().map(|band| band.as_str()).collect()
}
