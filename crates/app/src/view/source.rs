//! Sources: the ways by which data comes in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Words;

/// A list that goes on behind a mark.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Items<T> {
    /// The rows, in the order asked for.
    pub items: Vec<T>,
    /// Hand this back to get the next rows; absent on the last.
    pub next: Option<String>,
}

/// A way by which data comes in.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Source {
    /// Stable id.
    pub id: i64,
    /// Its name: that of the source of its facts.
    pub name: String,
    /// What sort of source: `segment`, `sensors`, `webhook`, `postgres`….
    pub kind: String,
    /// The same in words.
    pub kind_name: Words,
    /// The key that senders show, in full to administrators, otherwise its last four characters; `null` for a source
    /// that is fetched.
    pub key: Option<String>,
    /// Whether a call with a fault in it is refused as a whole.
    pub is_strict: bool,
    /// Whether it is in use.
    pub is_enabled: bool,
    /// Everything else about it; no secret is ever here.
    #[schema(value_type = Object)]
    pub settings: serde_json::Value,
    /// Names of the secrets it has; they themselves are never told.
    pub secrets: Vec<String>,
    /// When it was added.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
    /// Send it back with a change.
    pub version: i64,
    /// Facts it has brought.
    pub facts: u64,
    /// When the latest of them happened.
    pub last_occurred_at: Option<String>,
    /// When the latest of them was written.
    pub last_recorded_at: Option<String>,
    /// Rows of it that are in quarantine.
    pub in_quarantine: u64,
    /// How it has done since the server started.
    pub health: super::SourceHealth,
}

/// A source to be added.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct NewSource {
    /// Its name: letters, digits, spaces and `._-`, at most 80.
    pub name: String,
    /// `segment`, `sensors`, `webhook`, `jiandaoyun`, `wecom`, `postgres`, `mysql`, `sqlite`, `sqlserver`, `http`,
    /// `folder`, `sftp`, `files`.
    pub kind: String,
    /// Whether a call with a fault in it is refused as a whole.
    #[serde(default)]
    pub is_strict: bool,
    /// Everything else about it; no secret belongs here.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub settings: Option<serde_json::Value>,
    /// Its secrets by name (`password`, `token`, `aes_key`…), kept sealed and never told again.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
}

/// What is to become of a source; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct SourceChange {
    /// The version that was seen; absent: whatever it is now.
    pub version: Option<i64>,
    /// Whether a call with a fault in it is refused as a whole.
    pub is_strict: Option<bool>,
    /// Whether it is in use.
    pub is_enabled: Option<bool>,
    /// Everything else about it, whole.
    #[schema(value_type = Option<Object>)]
    pub settings: Option<serde_json::Value>,
    /// Secrets by name: a new one, or `null` to forget one. Those not named stay.
    pub secrets: BTreeMap<String, Option<String>>,
}

/// Lines to copy into a firm's own program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Snippet {
    /// The package or tool.
    pub sdk: String,
    /// Language of the code: `javascript`, `html`, `python`, `java`, `go`, `shell`.
    pub language: String,
    /// The lines, with this source's key and this server's address.
    pub code: String,
}

/// A source and how to send to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceDetail {
    /// The source.
    pub source: Source,
    /// Lines to copy; only for administrators, because they hold the key.
    pub snippets: Vec<Snippet>,
}
