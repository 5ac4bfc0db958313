//! Staff and organisation: the tree, its people, who is invited, what each role may, what a hand-over moves, and what was
//! done that must be accounted for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Words;
use crate::permission::{Permission, Reach};

/// The firm as a tree, with its people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Organisation {
    /// Every unit, by name.
    pub units: Vec<UnitRow>,
    /// Everybody who works here or did, by name.
    pub staff: Vec<StaffRow>,
    /// Who is invited and has not come yet, the newest first.
    pub invitations: Vec<InvitationRow>,
    /// What each role may do.
    pub roles: Vec<RoleRow>,
    /// Owner keys in the data that belong to nobody who works here.
    pub strangers: Vec<OwnerCount>,
    /// When the house works: what counts for units without hours of their own.
    pub house_hours: WorkHours,
}

/// Which days are worked, and from when to when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkHours {
    /// `mon` … `sun`.
    pub days: Vec<String>,
    /// In order; only the last may end on the day after.
    pub spans: Vec<HourSpan>,
    /// Whether public holidays are off and the days worked in exchange (调休) are worked.
    pub keeps_holidays: bool,
}

/// From a time of day to another; to one of the day after where that is not later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HourSpan {
    /// `09:00`.
    pub from: String,
    /// `18:00`.
    pub to: String,
}

/// A unit of the firm.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitRow {
    /// Stable id.
    pub id: i64,
    /// Hand this back with a change.
    pub version: i64,
    /// Name shown.
    pub name: String,
    /// The unit above; absent at the top.
    pub parent_id: Option<i64>,
    /// Ids of the people who head it.
    pub heads: Vec<i64>,
    /// When it works; absent where it works as the unit above it does, or the house.
    pub work_hours: Option<WorkHours>,
    /// People in use in it and below.
    pub staff_count: u64,
    /// Their customers who have not left.
    pub customer_count: u64,
    /// Of these, how many are at high or critical risk.
    pub at_risk_count: u64,
}

/// A person, with what is theirs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffRow {
    /// Stable id.
    pub id: i64,
    /// Hand this back with a change.
    pub version: i64,
    /// Name shown.
    pub name: String,
    /// Sign-in name.
    pub email: String,
    /// See [`super::Staff::role`].
    pub role: String,
    /// The owner key whose customers are theirs.
    pub owner_key: Option<String>,
    /// The unit they belong to.
    pub unit_id: Option<i64>,
    /// Whether the account is in use.
    pub active: bool,
    /// Their customers who have not left.
    pub customer_count: u64,
    /// Of these, how many are at high or critical risk.
    pub at_risk_count: u64,
}

/// Somebody invited.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvitationRow {
    /// Stable id.
    pub id: i64,
    /// Name shown.
    pub name: String,
    /// Sign-in name.
    pub email: String,
    /// What they will be allowed to do.
    pub role: String,
    /// The owner key whose customers will be theirs.
    pub owner_key: Option<String>,
    /// The unit they will belong to.
    pub unit_id: Option<i64>,
    /// Who invited them.
    pub invited_by: String,
    /// When.
    pub created_at: String,
    /// Until when the link is good.
    pub expires_at: String,
    /// Whether that is past.
    pub ended: bool,
}

/// What a role may do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoleRow {
    /// The word over the wire.
    pub id: String,
    /// How far it looks at most.
    pub reach: Reach,
    /// What it may do.
    pub permissions: Vec<Permission>,
}

/// An owner key and how many customers it has.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnerCount {
    /// The key, as written in the data.
    pub owner: String,
    /// Its customers who have not left.
    pub customer_count: u64,
}

/// What a unit is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct UnitRequest {
    /// The version that was seen; absent for a new one.
    #[serde(default)]
    pub version: Option<i64>,
    /// Name shown.
    pub name: String,
    /// The unit above; absent at the top.
    #[serde(default)]
    pub parent_id: Option<i64>,
    /// Ids of the people who head it.
    #[serde(default)]
    pub heads: Vec<i64>,
    /// When it works; absent where it works as the unit above it does, or the house.
    #[serde(default)]
    pub work_hours: Option<WorkHours>,
}

/// What a person is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct StaffRequest {
    /// The version that was seen.
    pub version: i64,
    /// Name shown.
    pub name: String,
    /// Sign-in name.
    pub email: String,
    /// See [`super::Staff::role`].
    pub role: String,
    /// The owner key whose customers are theirs.
    #[serde(default)]
    pub owner_key: Option<String>,
    /// The unit they belong to.
    #[serde(default)]
    pub unit_id: Option<i64>,
    /// Whether the account is in use.
    pub active: bool,
}

/// Somebody to be invited.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct InvitationRequest {
    /// Name shown.
    pub name: String,
    /// Sign-in name.
    pub email: String,
    /// See [`super::Staff::role`].
    pub role: String,
    /// The owner key whose customers will be theirs.
    #[serde(default)]
    pub owner_key: Option<String>,
    /// The unit they will belong to.
    #[serde(default)]
    pub unit_id: Option<i64>,
}

/// An invitation just made; its secret is in this answer and nowhere else.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvitationMade {
    /// The invitation.
    pub invitation: InvitationRow,
    /// Opens it: `/join#TOKEN`.
    pub token: String,
}

/// Opens an invitation.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct InvitationToken {
    /// From the link.
    pub token: String,
}

/// What somebody invited sees before they set a password.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvitationShown {
    /// Name of the firm.
    pub firm: String,
    /// Their name.
    pub name: String,
    /// Their sign-in name.
    pub email: String,
    /// What they will be allowed to do.
    pub role: String,
    /// Until when the link is good.
    pub expires_at: String,
}

/// Takes an invitation up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct InvitationAccept {
    /// From the link.
    pub token: String,
    /// At least 8 characters.
    pub password: String,
}

/// A row of a staff sheet.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SheetRow {
    /// Name shown.
    pub name: String,
    /// Sign-in name.
    pub email: String,
    /// See [`super::Staff::role`].
    pub role: String,
    /// The owner key whose customers will be theirs.
    pub owner_key: Option<String>,
    /// The unit, its levels parted by `/`; those that are not there are made.
    pub unit: Option<String>,
    /// What is wrong with it; it is left out until that is mended.
    #[serde(default)]
    pub problems: Vec<Words>,
}

/// What a staff sheet would become: nothing is written.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffSheet {
    /// The rows, in the order of the sheet.
    pub rows: Vec<SheetRow>,
    /// How many can be invited.
    pub good_count: u64,
    /// Units that would be made.
    pub new_units: Vec<String>,
}

/// The rows of a staff sheet to invite.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct SheetRequest {
    /// As in the preview.
    pub rows: Vec<SheetRow>,
}

/// Who gets the customers of somebody who leaves.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct HandOverRequest {
    /// The person's version that was seen.
    pub version: i64,
    /// Ids of one person, or of several who share them evenly.
    pub receivers: Vec<i64>,
}

/// What a hand-over would move, or has moved.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HandOverView {
    /// Who leaves.
    pub name: String,
    /// Customers, also those who have left.
    pub customer_count: u64,
    /// Open cases.
    pub case_count: u64,
    /// What each is given.
    pub shares: Vec<HandOverShare>,
}

/// What one person is given.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HandOverShare {
    /// Who.
    pub staff_id: i64,
    /// Their name.
    pub name: String,
    /// Customers.
    pub customer_count: u64,
    /// Open cases.
    pub case_count: u64,
}

/// What was done that must be accounted for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// The newest first.
    pub rows: Vec<AuditRow>,
    /// How many match.
    pub total: u64,
    /// Next page.
    pub next_cursor: Option<String>,
    /// Everybody who is in it.
    pub actors: Vec<String>,
}

/// One deed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditRow {
    /// Grows with every deed.
    pub number: i64,
    /// `sign_in`, `export`, `unmask`, `configuration`, `hand_over`.
    pub sort: String,
    /// What was done, in a word: `signed_in`, `added`, `changed`….
    pub what: String,
    /// What sort of thing it was done to: `deed`, `staff`, `unit`, `setting`….
    pub resource: String,
    /// Which one.
    pub subject: String,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What there is to say about it, as JSON; secrets are left out.
    pub detail: String,
}

/// A number or address in full; that it was looked at is recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Unmasked {
    /// The customer.
    pub customer_id: String,
    /// What is known, by its name in the data.
    pub contacts: Vec<UnmaskedContact>,
}

/// One number or address.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnmaskedContact {
    /// Its name in the data.
    pub key: String,
    /// In full.
    pub value: String,
}
