//! JSON read no further than needed: members borrowed from the call, numbers and ids as they were written.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// How deep nested objects are taken apart; what lies deeper stays JSON text.
const DEPTH: usize = 8;
/// How many properties one message keeps; what lies beyond is one property of JSON text.
const PROPERTIES: usize = 500;

/// The members of an object, in order; of a name that comes twice both.
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(map.size_hint().unwrap_or(8).min(64));
                while let Some((Name(name), value)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    members.push((name, value));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Each).map(Members)
    }
}

/// A member's name, borrowed where it holds no escape.
pub(crate) struct Name<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;
        impl<'de> Visitor<'de> for One {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }
        deserializer.deserialize_str(One).map(Name)
    }
}

impl<'a> Members<'a> {
    /// Reads an object; `None` if it is none.
    pub(crate) fn of(text: &'a str) -> Option<Members<'a>> {
        serde_json::from_str(text).ok()
    }

    /// A member that is there and not `null`; of several the last, as most readers have it.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        let found = self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| *value);
        found.filter(|value| value.get() != "null")
    }
}

/// What sort of value a text begins.
pub(crate) fn is_object(value: &RawValue) -> bool {
    value.get().starts_with('{')
}

/// A word or a number as text; `None` for anything else, and for a text with nothing in it.
pub(crate) fn word(value: &RawValue) -> Option<Cow<'_, str>> {
    let text = value.get();
    let word = match text.as_bytes().first()? {
        b'"' => unquoted(text)?,
        b'-' | b'0'..=b'9' => Cow::Borrowed(text),
        _ => return None,
    };
    (!word.trim().is_empty()).then_some(word)
}

/// What a JSON string says; nearly none holds an escape, and then it is there to be taken.
fn unquoted(text: &str) -> Option<Cow<'_, str>> {
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(plain) if !plain.as_bytes().contains(&b'\\') => Some(Cow::Borrowed(plain)),
        _ => serde_json::from_str::<Name<'_>>(text).ok().map(|name| name.0),
    }
}

/// A number, also one written as text.
pub(crate) fn number(value: &RawValue) -> Option<f64> {
    word(value)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// A value as a property keeps it: texts without quotes, everything else as JSON; `None` for `null`.
pub(crate) fn text_of(value: &RawValue) -> Option<String> {
    match value.get() {
        "null" => None,
        text if text.starts_with('"') => Some(unquoted(text).map_or_else(|| text.to_owned(), Cow::into_owned)),
        text => Some(text.to_owned()),
    }
}

/// The members of an object as properties, nested names dotted. `null` is `None`.
pub(crate) fn flatten(object: &RawValue, into: &mut Vec<(String, Option<String>)>) {
    if let Some(members) = Members::of(object.get()) {
        flatten_members(members, into);
    }
}

/// The same of members that are read already.
pub(crate) fn flatten_members(members: Members<'_>, into: &mut Vec<(String, Option<String>)>) {
    flatten_below(members, "", 0, into);
}

fn flatten_below(members: Members<'_>, prefix: &str, depth: usize, into: &mut Vec<(String, Option<String>)>) {
    for (name, value) in members.0 {
        let name = if prefix.is_empty() { name.into_owned() } else { format!("{prefix}.{name}") };
        if into.len() >= PROPERTIES {
            return;
        }
        if is_object(value) && depth < DEPTH && value.get() != "{}" {
            if let Some(members) = Members::of(value.get()) {
                flatten_below(members, &name, depth + 1, into);
            }
        } else {
            into.push((name, text_of(value)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(text: &str) -> Vec<(String, Option<String>)> {
        let mut into = Vec::new();
        flatten(serde_json::from_str(text).unwrap(), &mut into);
        into
    }

    #[test]
    fn nested_names_are_dotted_and_values_stay_as_they_were_written() {
        let own = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        let text = r#"{"a":{"b":{"c":12.50}},"n":null,"id":12345678901234567890123,"l":[1, {"x":2}],"t":true,"z":"中\n","e":{}}"#;
        let expected = [
            own("a.b.c", "12.50"),
            ("n".to_owned(), None),
            own("id", "12345678901234567890123"),
            own("l", r#"[1, {"x":2}]"#),
            own("t", "true"),
            own("z", "中\n"),
            own("e", "{}"),
        ];
        assert_eq!(flat(text), expected);
    }

    #[test]
    fn depth_and_number_of_properties_have_an_end() {
        let deep = format!("{}1{}", "{\"a\":".repeat(60), "}".repeat(60));
        let found = flat(&deep);
        assert_eq!((found.len(), found[0].0.matches('a').count()), (1, DEPTH + 1));
        let wide: Vec<String> = (0..2_000).map(|n| format!("\"k{n}\":{n}")).collect();
        assert_eq!(flat(&format!("{{{}}}", wide.join(","))).len(), PROPERTIES);
    }

    #[test]
    fn an_id_may_be_a_number_but_not_a_list() {
        let word_of = |text: &str| word(serde_json::from_str(text).unwrap()).map(Cow::into_owned);
        assert_eq!(word_of("\"u-7\"").as_deref(), Some("u-7"));
        assert_eq!(word_of("7007").as_deref(), Some("7007"));
        for bad in ["\"  \"", "[1]", "{}", "true", "\"\""] {
            assert_eq!(word_of(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        /// Whatever a text holds, escapes and signs of all sorts, its quick reading is the one of JSON.
        #[test]
        fn a_text_says_what_json_says(text in "\\PC{0,12}|[\"\\\\/a-c\u{1}-\u{1f}中]{0,12}") {
            let written = serde_json::to_string(&text).unwrap();
            let said = unquoted(&written).map(Cow::into_owned);
            proptest::prop_assert_eq!(said.as_ref(), Some(&text));
            let raw: &RawValue = serde_json::from_str(&written).unwrap();
            proptest::prop_assert_eq!(text_of(raw), Some(text));
        }
    }

    #[test]
    fn half_an_escaped_sign_is_no_text() {
        assert_eq!(unquoted(r#""\ud800""#), None);
        assert_eq!(unquoted(r#""\u4e2d\n""#).as_deref(), Some("中\n"));
    }
}
