//! Which traits are keys, and what sharing one is worth: read from `definitions/identity`.

use serde::Deserialize;
use vocab::{CustomerId, Email, Finding, KeyType, Line, Phone, Place, Text};

/// What sharing a key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// The same customer.
    Same,
    /// Perhaps the same: a person decides.
    Perhaps,
}

/// A sort of key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySort {
    /// `phone`, `landline`, `email`, `shared_email`, `wecom`.
    pub id: String,
    /// What people call it.
    pub name: Text,
    /// What sharing one says.
    pub certainty: Certainty,
    /// Names of traits that hold one.
    pub traits: Vec<String>,
}

/// All sorts of key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPolicy {
    /// More customers than this with one key: it says nothing about who they are.
    pub most_customers: usize,
    /// The sorts.
    #[serde(rename = "key")]
    pub keys: Vec<KeySort>,
}

impl KeyPolicy {
    /// Reads a definition.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Finding>> {
        toml::from_str(text).map_err(|error| {
            let message = error.message().to_owned();
            let place = Place { file: Some(file.to_owned()), ..Place::default() };
            let detail = Text::new(format!("定义有误：{message}"), message);
            vec![Finding::new("bad_definition", detail, Text::new("请按提示修改", "mend what is named")).at(place)]
        })
    }

    /// Every trait that may hold a key.
    pub fn traits(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().flat_map(|key| key.traits.iter().map(String::as_str))
    }

    /// The key that a trait's value is, in its normal form; nothing for a trait that is no key, or a value that names
    /// nobody.
    pub fn key_of(&self, name: &str, value: &str) -> Option<CustomerId> {
        let sort = self.keys.iter().find(|sort| sort.traits.iter().any(|one| one == name))?;
        let kind = match sort.id.as_str() {
            "phone" | "landline" => KeyType::Phone,
            "email" | "shared_email" => KeyType::Email,
            "wecom" => KeyType::Wecom,
            _ => return None,
        };
        kind.key(value)
    }

    /// The sort of a key; nothing for the firm's own ids and for devices, which name nobody else.
    pub fn sort_of(&self, key: &CustomerId) -> Option<&KeySort> {
        let bare = |kind: KeyType| key.as_str().strip_prefix(kind.prefix()).unwrap_or(key.as_str());
        let id = match KeyType::of(key.as_str()) {
            KeyType::Phone => match Phone::parse(bare(KeyType::Phone))?.line() {
                Line::Landline => "landline",
                Line::Mobile | Line::Foreign => "phone",
            },
            KeyType::Email if Email::parse(bare(KeyType::Email))?.is_shared() => "shared_email",
            KeyType::Email => "email",
            KeyType::Wecom => "wecom",
            KeyType::External | KeyType::Anonymous => return None,
        };
        self.keys.iter().find(|sort| sort.id == id)
    }
}
