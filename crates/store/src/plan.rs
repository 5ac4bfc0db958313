//! Stand-ins with the fields of the plans.
#![allow(missing_docs)]
use std::collections::BTreeMap;
use vocab::{CustomerId, Instant, Severity, Text};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertPlan {
    pub open: Vec<NewAlert>,
    pub change: Vec<ChangedAlert>,
    pub resolve: Vec<ResolvedAlert>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAlert {
    pub customer: CustomerId,
    pub cause: String,
    pub rule: String,
    pub severity: Severity,
    pub sentence: Text,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedAlert {
    pub id: i64,
    pub rule: String,
    pub severity: Severity,
    pub sentence: Text,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedAlert {
    pub id: i64,
    pub customer: CustomerId,
    pub cause: String,
    pub why: Resolution,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    Cleared,
    Gone,
}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenAlerts {
    pub open: Vec<OpenAlert>,
    pub recently_closed: Vec<ClosedAlert>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenAlert {
    pub id: i64,
    pub customer: CustomerId,
    pub cause: String,
    pub rule: String,
    pub severity: Severity,
    pub sentence: Text,
    pub opened_at: Instant,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedAlert {
    pub customer: CustomerId,
    pub cause: String,
    pub closed_at: Instant,
}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionPlan {
    pub open: Vec<NewCase>,
    pub clear: Vec<i64>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCase {
    pub customer: CustomerId,
    pub owner: Option<String>,
    pub accept_by: Instant,
    pub act_by: Instant,
    pub severity: Severity,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseState {
    New,
    Accepted,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCase {
    pub id: i64,
    pub customer: CustomerId,
    pub state: CaseState,
}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desk {
    pub open_cases: Vec<OpenCase>,
    pub owners: BTreeMap<CustomerId, String>,
    pub accept_hours: u32,
    pub act_hours: u32,
}
