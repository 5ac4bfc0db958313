//! Texts with `{words}` in them, paths into JSON, and rows made flat.

use std::collections::BTreeMap;

use serde_json::Value;

/// What stands for the words of a template.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values(BTreeMap<String, Value>);

impl Values {
    pub(crate) fn set(&mut self, word: &str, value: impl Into<Value>) {
        self.0.insert(word.to_owned(), value.into());
    }

    pub(crate) fn get(&self, word: &str) -> Option<&Value> {
        self.0.get(word)
    }

    /// The text with its words put in; `None` while one of them has no value.
    pub(crate) fn fill(&self, template: &str) -> Option<String> {
        self.fill_with(template, |value| value)
    }

    /// The same for an address: what is put in is escaped, unless it is itself the beginning of an address.
    pub(crate) fn fill_address(&self, template: &str) -> Option<String> {
        self.fill_with(template, |value| {
            if value.starts_with("http") { value.trim_end_matches('/').to_owned() } else { escaped(&value) }
        })
    }

    fn fill_with(&self, template: &str, write: impl Fn(String) -> String) -> Option<String> {
        let mut out = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (word, more) = after.split_once('}')?;
            out.push_str(before);
            out.push_str(&write(text(self.get(word)?)));
            rest = more;
        }
        out.push_str(rest);
        Some(out)
    }

    /// JSON with its words put in. What has no value is left out; `"{word}"` alone keeps the sort of its value, and
    /// `"{word[]}"` is a list of what commas set apart.
    pub(crate) fn fill_json(&self, template: &Value) -> Option<Value> {
        match template {
            Value::String(template) => {
                let word = template.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                match word {
                    Some(word) if word.ends_with("[]") => {
                        let parts = text(self.get(word.trim_end_matches("[]"))?);
                        Some(parts.split([',', '，']).map(|part| Value::from(part.trim())).collect())
                    }
                    Some(word) if !word.contains(['{', '"', ' ']) => self.get(word).cloned(),
                    _ if template.contains('{') => self.fill(template).map(Value::from),
                    _ => Some(Value::from(template.as_str())),
                }
            }
            Value::Array(items) => Some(items.iter().filter_map(|item| self.fill_json(item)).collect()),
            Value::Object(fields) => {
                let filled = fields.iter().filter_map(|(key, value)| Some((key.clone(), self.fill_json(value)?)));
                Some(Value::Object(filled.collect()))
            }
            other => Some(other.clone()),
        }
    }
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// One JSON value laid over another: objects are merged, everything else is replaced.
pub(crate) fn overlay(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                overlay(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

/// The value at `a.b[0].c`; the whole for an empty path.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let path = path.strip_prefix('$').unwrap_or(path).trim_start_matches('.');
    let parts = path.split(['.', '[', ']']).filter(|part| !part.is_empty());
    parts.into_iter().try_fold(value, |value, part| match value {
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        Value::Object(fields) => fields.get(part),
        _ => None,
    })
}

/// A value as the text of a cell; `null` is empty.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A row as columns: what is nested is dotted, a list stays JSON.
pub(crate) fn flat(row: &Value) -> Vec<(String, &Value)> {
    fn put<'a>(prefix: &str, value: &'a Value, out: &mut Vec<(String, &'a Value)>) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                    put(&name, value, out);
                }
            }
            value => out.push((prefix.to_owned(), value)),
        }
    }
    let mut out = Vec::new();
    put("", row, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_are_put_in_and_what_has_no_value_is_left_out() {
        let mut values = Values::default();
        values.set("app", "a/b \"c\"");
        values.set("size", 100);
        values.set("users", "li, wang");
        let body = json!({"app": "{app}", "limit": "{size}", "text": "x {app}", "ids": "{users[]}", "cursor": "{cursor}", "n": [1, "{cursor}"]});
        assert_eq!(
            values.fill_json(&body).unwrap(),
            json!({"app": "a/b \"c\"", "limit": 100, "text": "x a/b \"c\"", "ids": ["li", "wang"], "n": [1]})
        );
        assert_eq!(values.fill_address("https://x/{app}?n={size}").unwrap(), "https://x/a%2Fb%20%22c%22?n=100");
        assert_eq!(values.fill("{cursor}"), None);
    }

    #[test]
    fn a_path_finds_its_value() {
        let answer = json!({"data": {"list": [{"id": 7, "who": {"name": "甲"}, "tags": [1]}]}});
        assert_eq!(at(&answer, "$.data.list[0].who.name"), Some(&json!("甲")));
        assert_eq!(at(&answer, "data.none"), None);
        assert_eq!(at(&answer, ""), Some(&answer));
        let columns: Vec<String> = flat(&answer["data"]["list"][0]).into_iter().map(|(name, _)| name).collect();
        assert_eq!(columns, ["id", "tags", "who.name"]);
    }
}
