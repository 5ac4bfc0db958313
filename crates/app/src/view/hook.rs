//! Webhooks in: what became of a delivery, and what a mapping would make of one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::FindingRow;

/// What became of a delivery: `received = accepted + duplicates + held`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HookTaken {
    /// Facts that it told of.
    pub received: u64,
    /// Of these: new.
    pub accepted: u64,
    /// Of these: told before.
    pub duplicates: u64,
    /// Of these: in quarantine.
    pub held: u64,
}

/// What came to a source's door since the process started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HookCounts {
    /// Deliveries that proved themselves.
    pub deliveries: u64,
    /// Facts that were new.
    pub accepted: u64,
    /// Facts told before.
    pub duplicates: u64,
    /// Rows in quarantine.
    pub held: u64,
    /// Deliveries without the right signature: nothing of them is kept.
    pub refused: u64,
    /// When the last of them came.
    pub last_refused_at: Option<String>,
    /// `unsigned`, `bad_signature`, `stale_signature`, `no_secret`, `not_for_us`.
    pub last_refused_because: Option<String>,
}

/// A mapping to try on a body.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct HookPreviewRequest {
    /// `webhook`, `jiandaoyun`.
    pub kind: String,
    /// The mapping.
    pub mapping: serde_json::Value,
    /// A body as the other side sends it.
    pub body: serde_json::Value,
}

/// What a mapping makes of a body.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HookPreview {
    /// Facts.
    pub facts: Vec<HookFact>,
    /// Keys and whom they lead to.
    pub identities: Vec<HookKey>,
    /// What would be held, and why.
    pub findings: Vec<FindingRow>,
}

/// A fact before it is one.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HookFact {
    /// Customer.
    pub customer_id: Option<String>,
    /// Person.
    pub actor_id: Option<String>,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Happened at.
    pub occurred_at: String,
    /// Number.
    pub value: Option<f64>,
    /// Currency.
    pub currency: Option<String>,
    /// Words.
    pub text: Option<String>,
    /// Everything else; `null` = removed.
    pub properties: BTreeMap<String, Option<String>>,
}

/// A key and the customer it leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HookKey {
    /// Key.
    pub key: String,
    /// Customer.
    pub customer_id: String,
    /// `same_as`, `member_of`.
    pub role: String,
}
