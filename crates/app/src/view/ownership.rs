//! Whose customers are whose: the pool, who had a customer when.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Figure;

/// What a firm lets people do with customers whom nobody owns. The default lets nobody do anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnershipRules {
    /// Whether people see the pool and may take customers from it.
    pub pool_open: bool,
    /// How many one person may take in a day, 1 to 100.
    pub claims_per_day: u32,
    /// With how many customers in all one may take no more, 1 to 100,000; absent: with any number.
    pub most_customers: Option<u32>,
    /// After how many days without a record a customer goes back to the pool, 7 to 3,650; absent: never.
    #[serde(default)]
    pub return_after_days: Option<u32>,
    /// How many days before its owner is warned, 1 to 60 and fewer than those.
    #[serde(default = "usual_warn_days")]
    pub return_warn_days: u32,
}

/// How many days before an owner is warned where a firm says nothing.
pub(crate) fn usual_warn_days() -> u32 {
    7
}

/// The rules, and what they leave to the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ownership {
    /// The rules.
    pub rules: OwnershipRules,
    /// Whether the reader may take customers: the pool is open, and they have an owner key.
    pub may_claim: bool,
    /// How many they have taken today.
    pub claimed_today: u64,
    /// How many they may still take today.
    pub left_today: u64,
    /// How many customers they have.
    pub customer_count: u64,
}

/// Customers whom nobody owns, the most valuable first.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PoolList {
    /// A page of them.
    pub rows: Vec<PoolRow>,
    /// How many match in all.
    pub total: u64,
    /// Hand this back to get the next page; absent on the last.
    pub next_cursor: Option<String>,
    /// What the rules leave to the reader.
    pub ownership: Ownership,
}

/// A customer whom nobody owns, as far as whoever may take it is told.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PoolRow {
    /// Stable id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Band of risk; absent where it is not known.
    pub band: Option<String>,
    /// Value.
    pub value: Figure,
    /// Tier of value.
    pub tier: Option<String>,
    /// Last activity.
    pub last_seen_at: Option<String>,
    /// Since when nobody owns it, where that is known.
    pub since: Option<String>,
    /// Whose it was before, where that is known.
    pub was: Option<String>,
}

/// What will go back to the pool, and what went back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PoolReturns {
    /// After how many days without a record a customer goes back; absent where none does.
    pub after_days: Option<u32>,
    /// How many days before its owner is warned.
    pub warn_days: u32,
    /// The reader's customers that will go back, the first of them first: a page.
    pub coming: Vec<ComingReturn>,
    /// How many there are in all.
    pub coming_total: u64,
    /// Hand this back to get the next page; absent on the last.
    pub next_cursor: Option<String>,
    /// What went back in the last thirty days, the latest first, fifty at most.
    pub returned: Vec<ReturnedCustomer>,
    /// How many in all in these days.
    pub returned_total: u64,
}

/// A customer that will go back to the pool unless somebody is in touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComingReturn {
    /// Stable id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whose it is.
    pub owner: String,
    /// The day since which nobody has been in touch.
    pub quiet_since: String,
    /// The day on which it goes back.
    pub returns_on: String,
}

/// A customer that went back to the pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReturnedCustomer {
    /// Stable id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whose it was.
    pub was: Option<String>,
    /// When.
    pub at: String,
    /// Whether it is still there.
    pub is_in_pool: bool,
}

/// A time in which a customer was somebody's, or nobody's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnerTerm {
    /// Whose; absent for the pool.
    pub owner: Option<String>,
    /// From when.
    pub from: String,
    /// Until when; absent of the present one.
    pub until: Option<String>,
    /// How it came to be: `sheet`, `sheet_undone`, `claimed`, `returned`, `hand_over`, else the source of the data that said so.
    pub how: String,
    /// By whom, where a person did it here.
    pub by: Option<String>,
}
