//! Who is who: keys of a customer, its contacts, what a person must decide.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Words;

/// A key by which a customer is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeyRow {
    /// The key.
    pub key: String,
    /// `external`, `wecom`, `phone`, `email`, `anonymous`.
    pub sort: String,
    /// Who said so: a source, `identity` for a rule, `people` for a person.
    pub source: Option<String>,
    /// Since when; absent for the customer's own key.
    pub since: Option<String>,
    /// Whether facts under this key count for the customer (a merge); otherwise it is only known of it.
    pub is_merged: bool,
}

/// A person at the customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactRow {
    /// The source's own id of the person.
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// What they do there.
    pub role: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Since when they are known.
    pub since: Option<String>,
    /// When they left.
    pub left_at: Option<String>,
    /// Who said so.
    pub source: String,
}

/// Something that was said about a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeyEvent {
    /// The key.
    pub key: String,
    /// The customer it led to.
    pub customer_id: String,
    /// `same_as`, `member_of`.
    pub role: String,
    /// Whether it ended that.
    pub ended: bool,
    /// When.
    pub at: String,
    /// Who said so.
    pub source: String,
}

/// Who a customer is, as of a moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerIdentity {
    /// The customer that the key asked for stands for at the moment.
    pub customer_id: String,
    /// The moment.
    pub as_of: Option<String>,
    /// Its keys, its own first.
    pub keys: Vec<KeyRow>,
    /// Its people, present ones first.
    pub contacts: Vec<ContactRow>,
    /// What was said about its keys, newest first.
    pub history: Vec<KeyEvent>,
    /// What a person must decide about it.
    pub conflicts: Vec<IdentityConflict>,
}

/// A customer of a conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConflictCustomer {
    /// Id.
    pub id: String,
    /// Name, or the id where none is known.
    pub name: String,
    /// Owner key.
    pub owner: Option<String>,
}

/// Customers that share a key and are not merged by rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct IdentityConflict {
    /// Stable id.
    pub id: i64,
    /// Send it back with a decision.
    pub version: i64,
    /// The key they share.
    pub key: String,
    /// `same_key`, `perhaps_same`, `shared_by_many`.
    pub sort: String,
    /// What it means, in a sentence.
    pub sentence: Words,
    /// Who; at most twenty.
    pub customers: Vec<ConflictCustomer>,
    /// How many in all.
    pub customer_count: u64,
    /// `open`, `merged`, `apart`, `gone`.
    pub state: String,
    /// When it was found.
    pub found_at: String,
    /// When it ended.
    pub decided_at: Option<String>,
    /// Who ended it; `liuke` where the facts did.
    pub decided_by: Option<String>,
    /// Why.
    pub note: Option<String>,
}

/// Conflicts with the number still open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityConflicts {
    /// The conflicts, newest first.
    pub items: Vec<IdentityConflict>,
    /// How many are open in the reader's scope.
    pub open_count: u64,
}

/// A person's word on a conflict.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ConflictDecision {
    /// `merge`: they are one customer; `apart`: they are not.
    pub action: String,
    /// Version seen.
    pub version: i64,
    /// With `merge`: the customer that stays.
    pub into: Option<String>,
    /// Why.
    pub note: Option<String>,
}

/// Two keys that are one customer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct MergeRequest {
    /// The key that becomes another name.
    pub customer: String,
    /// The customer that stays.
    pub into: String,
}

/// A key that is a customer of its own again.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct UnmergeRequest {
    /// The key.
    pub key: String,
}
