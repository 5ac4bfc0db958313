//! The JSON Schema of rule files, made of the words that the reader knows, so that an editor completes them and the two
//! cannot differ.

use indicators::{TIERS, UNITS, condition_schema};
use serde_json::{Value, json};

use crate::read::{DAYS, FIELDS, STATES, severities};
use crate::rule::Weekday;

/// JSON Schema (draft 2020-12) of a file of rules.
pub fn schema() -> String {
    let (condition, filter) = condition_schema();
    let mut properties = serde_json::Map::new();
    for field in FIELDS {
        properties.insert((*field).to_owned(), of_field(field));
    }
    let file = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Liuke rules",
        "type": "object",
        "additionalProperties": false,
        "properties": { "rule": { "type": "array", "items": { "$ref": "#/$defs/rule" } } },
        "required": ["rule"],
        "$defs": {
            "rule": {
                "type": "object",
                "additionalProperties": false,
                "properties": properties,
                "required": ["id", "name", "cause", "severity", "when", "cooldown_days", "say", "next_step"],
            },
            "both": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "zh": { "type": "string" }, "en": { "type": "string" } },
                "required": ["zh", "en"],
            },
            "parameter": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "name": { "$ref": "#/$defs/both" },
                    "unit": { "enum": UNITS.iter().map(|(word, ..)| *word).collect::<Vec<_>>() },
                    "value": { "type": "number" },
                    "least": { "type": "number" },
                    "most": { "type": "number" },
                },
                "required": ["name", "unit", "value", "least", "most"],
            },
            "condition": condition,
            "filter": filter,
        },
    });
    serde_json::to_string_pretty(&file).unwrap_or_default()
}

fn words<T>(words: &[(&str, T)]) -> Value {
    words.iter().map(|(word, _)| Value::from(*word)).collect()
}

fn of_field(field: &str) -> Value {
    let id = json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]*$" });
    let severity = json!({ "enum": words(&severities()) });
    match field {
        "id" | "cause" => id,
        "name" | "reading" | "say" | "next_step" => json!({ "$ref": "#/$defs/both" }),
        "severity" => severity,
        "severity_by_tier" => json!({
            "type": "object",
            "propertyNames": { "enum": TIERS.map(|(word, ..)| word) },
            "additionalProperties": severity,
        }),
        "state" => json!({ "enum": words(STATES) }),
        "parameters" => json!({ "type": "object", "additionalProperties": { "$ref": "#/$defs/parameter" } }),
        "when" | "clear" => json!({ "$ref": "#/$defs/condition" }),
        "cooldown_days" => json!({ "anyOf": [
            { "type": "integer", "minimum": 0, "maximum": 365 },
            { "type": "string", "pattern": "^\\$[a-z][a-z0-9_]*$" },
        ] }),
        "on" => json!({ "enum": words(DAYS) }),
        "schedule" => json!({ "oneOf": [
            { "type": "object", "additionalProperties": false, "properties": { "every": { "const": "day" } }, "required": ["every"] },
            {
                "type": "object",
                "additionalProperties": false,
                "properties": { "every": { "const": "week" }, "weekday": { "enum": Weekday::WORDS } },
                "required": ["every", "weekday"],
            },
            {
                "type": "object",
                "additionalProperties": false,
                "properties": { "every": { "const": "month" }, "day": { "type": "integer", "minimum": 1, "maximum": 28 } },
                "required": ["every", "day"],
            },
        ] }),
        _ => json!({ "type": "string" }),
    }
}
