//! The description of the API, derived from the handlers and the view types.
//!
//! `crates/server/openapi.json` is its snapshot: the typed client of the screens is generated from it, and a test keeps
//! it fresh (`LIUKE_UPDATE=1 cargo nextest run -p server openapi` writes it anew).

mod wire;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::http::{ProblemBody, routes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Liuke",
        description = "Keeps customers: who is about to leave, why, and what to do. Instants are RFC 3339 in UTC, dates \
            `YYYY-MM-DD` of the firm's zone, amounts numbers in the firm's currency, texts in both languages.\n\n\
            Sign in with the session cookie, or send `Authorization: Bearer TOKEN`. Changes made with the cookie need the \
            header `X-Liuke: 1`. Refusals are `application/problem+json`, in the language of `Accept-Language`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(ProblemBody)),
    tags(
        (name = "session", description = "Who is here"),
        (name = "today", description = "The page of the day"),
        (name = "customers", description = "Customers"),
        (name = "segments", description = "Segments, value, RFM and tags"),
        (name = "alerts", description = "Alerts and cases"),
        (name = "backtests", description = "What a scorecard or rule would have seen of the past"),
        (name = "models", description = "Who will leave: models, their cards, which is in service"),
        (name = "churn", description = "Who left"),
        (name = "data", description = "What comes in"),
        (name = "intake", description = "Where it comes in: events and webhooks of other programs, by the key of a source"),
        (name = "cycle", description = "The daily computation"),
        (name = "definitions", description = "What words mean here"),
        (name = "indicators", description = "Measures of customers"),
        (name = "exports", description = "Tables as Excel workbooks"),
        (name = "firm", description = "The deployment"),
        (name = "staff", description = "Who works here, who heads whom, and what they did"),
        (name = "notices", description = "What people are told, by which channels, and what became of it"),
        (name = "operations", description = "For whoever runs the server"),
    )
)]
struct Description;

/// The document, as served at `/openapi.json`.
pub fn document() -> Value {
    let (_, described) = OpenApiRouter::with_openapi(Description::openapi()).merge(routes::all()).split_for_parts();
    let mut document = serde_json::to_value(described).unwrap_or_default();
    require_answered_fields(&mut document);
    mark_binary(&mut document);
    add_refusals(&mut document);
    wire::add(&mut document);
    add_security(&mut document);
    document
}

/// The document as text, with a line break at its end.
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    text
}

/// An answer always holds every field, `null` where there is nothing: only what is sent to us may leave fields out.
fn require_answered_fields(document: &mut Value) {
    let sent = sent_schemas(document);
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for (name, schema) in schemas {
        let Some(fields) = schema.get("properties").and_then(Value::as_object) else { continue };
        if !sent.contains(name) {
            schema["required"] = fields.keys().cloned().collect();
        }
    }
}

fn sent_schemas(document: &Value) -> BTreeSet<String> {
    let mut sent = BTreeSet::new();
    let paths = document.get("paths").and_then(Value::as_object);
    for operation in paths.into_iter().flat_map(Map::values).filter_map(Value::as_object).flat_map(Map::values) {
        let schema = operation.pointer("/requestBody/content/application~1json/schema/$ref").and_then(Value::as_str);
        sent.extend(schema.and_then(|path| path.rsplit('/').next()).map(str::to_owned));
    }
    sent
}

/// Files are bytes, not arrays of numbers.
fn mark_binary(document: &mut Value) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let mut contents: Vec<&mut Value> = Vec::new();
        let Some(operation) = operation.as_object_mut() else { continue };
        for (part, described) in operation {
            match part.as_str() {
                "requestBody" => contents.extend(described.get_mut("content")),
                "responses" => {
                    let answers = described.as_object_mut().into_iter().flat_map(Map::values_mut);
                    contents.extend(answers.filter_map(|answer| answer.get_mut("content")));
                }
                _ => {}
            }
        }
        for (sort, content) in contents.into_iter().filter_map(Value::as_object_mut).flatten() {
            if sort == "application/octet-stream" || sort.starts_with("application/vnd.") {
                content["schema"] = json!({"type": "string", "format": "binary"});
            }
        }
    }
}

fn add_refusals(document: &mut Value) {
    let refusal = json!({
        "description": "Refused: `code` says why",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
    });
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        operation["responses"]["default"] = refusal.clone();
    }
}

fn add_security(document: &mut Value) {
    document["components"]["securitySchemes"] = json!({
        "session": {"type": "apiKey", "in": "cookie", "name": "liuke_session"},
        "token": {"type": "http", "scheme": "bearer"},
        "write_key": {"type": "http", "scheme": "basic", "description": "The write key as user, no password; or `writeKey` in the body"},
    });
    document["security"] = json!([{"session": []}, {"token": []}, {}]);
}
