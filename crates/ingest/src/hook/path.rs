//! Where a value stands in a body: a JSON path (RFC 9535), or the value itself.

use serde_json::Value;
use serde_json_path::JsonPath;

/// An expression of a mapping.
///
/// `"$.customer.id"` looks in the row, `"body:$.shop"` in the whole body, anything else is a constant; `"=$5"` is the
/// constant `$5`.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Row(String, JsonPath),
    Body(String, JsonPath),
    Constant(String),
}

/// What an expression reads: the row, and the body it stands in.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) row: &'a Value,
    pub(super) body: &'a Value,
}

impl Expression {
    /// Reads an expression; the error is what the path parser says.
    pub(super) fn parse(written: &str) -> Result<Self, String> {
        let path = |text: &str| JsonPath::parse(text).map_err(|error| error.to_string());
        if let Some(rest) = written.strip_prefix("body:") {
            return Ok(Expression::Body(rest.to_owned(), path(rest)?));
        }
        if written.starts_with('$') {
            return Ok(Expression::Row(written.to_owned(), path(written)?));
        }
        Ok(Expression::Constant(written.strip_prefix('=').unwrap_or(written).to_owned()))
    }

    /// The path as written, for findings; nothing for a constant.
    pub(super) fn shown(&self) -> &str {
        match self {
            Expression::Row(text, _) | Expression::Body(text, _) => text,
            Expression::Constant(_) => "",
        }
    }

    /// The first node that it leads to.
    pub(super) fn node<'a>(&'a self, context: Context<'a>) -> Option<&'a Value> {
        match self {
            Expression::Row(_, path) => path.query(context.row).first(),
            Expression::Body(_, path) => path.query(context.body).first(),
            Expression::Constant(_) => None,
        }
    }

    /// The value as text: a string as it is, a number or truth value as written, a list or object as JSON. `None` where
    /// the path leads nowhere, to `null` or to an empty text.
    pub(super) fn text(&self, context: Context<'_>) -> Option<String> {
        let text = match self {
            Expression::Constant(text) => Some(text.clone()),
            _ => self.node(context).and_then(written),
        };
        text.filter(|text| !text.is_empty())
    }
}

/// A value as text; `null` is none.
pub(super) fn written(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => Some(value.to_string()),
    }
}

/// Puts what a value holds under dotted keys: objects level by level, lists as JSON.
pub(super) fn flatten(prefix: &str, value: &Value, put: &mut impl FnMut(String, &Value)) {
    match value {
        Value::Object(map) => {
            for (key, one) in map {
                let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&key, one, put);
            }
        }
        _ if prefix.is_empty() => {}
        one => put(prefix.to_owned(), one),
    }
}

/// Adds a value to a hash so that equal values give equal hashes, whatever order their keys came in.
pub(super) fn hash_into(hasher: &mut blake3::Hasher, value: &Value) {
    match value {
        Value::Object(map) => {
            hasher.update(b"{");
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            for key in keys {
                hash_text(hasher, key);
                hash_into(hasher, &map[key]);
            }
            hasher.update(b"}");
        }
        Value::Array(items) => {
            hasher.update(b"[");
            items.iter().for_each(|item| hash_into(hasher, item));
            hasher.update(b"]");
        }
        Value::String(text) => {
            hasher.update(b"s");
            hash_text(hasher, text);
        }
        other => {
            hasher.update(b"v");
            hash_text(hasher, &other.to_string());
        }
    }
}

pub(super) fn hash_text(hasher: &mut blake3::Hasher, text: &str) {
    hasher.update(&(text.len() as u64).to_le_bytes());
    hasher.update(text.as_bytes());
}

/// An id made of parts: the same for the same parts, for ever.
pub(super) fn id_of(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    parts.iter().for_each(|part| hash_text(&mut hasher, part));
    hasher.finalize().to_hex()[..32].to_owned()
}

/// A hash of a value as text.
pub(super) fn content(value: &Value) -> String {
    let mut hasher = blake3::Hasher::new();
    hash_into(&mut hasher, value);
    hasher.finalize().to_hex()[..32].to_owned()
}
