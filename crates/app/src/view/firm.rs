//! The deployment: its words, its template, who is signed in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Words;
use crate::permission::{Permission, Reach};

/// How this firm speaks of its customers, and the choices that every sentence depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Firm {
    /// Name of the firm.
    pub name: String,
    /// Industry template: `saas`, `ecommerce`, `general`.
    pub template: String,
    /// The customer's noun: 客户, 会员, 学员… / customer, member….
    pub noun: Words,
    /// English plural of the noun.
    pub noun_plural_en: String,
    /// Measure word in Chinese: 家, 位, 名….
    pub measure_zh: String,
    /// What an owner is called: 客户经理, 导购… / account manager….
    pub owner_title: Words,
    /// IANA name of the zone, fixed before the first fact.
    pub timezone: String,
    /// ISO 4217 code of amounts.
    pub currency: String,
    /// Active churn definition.
    pub churn: String,
    /// Active scorecard.
    pub scorecard: String,
    /// The indicator that says what a customer is worth; absent = the one that the scorecard names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether this is the sample company.
    pub demo: bool,
}

/// What may be chosen at set-up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplateOption {
    /// Stable id.
    pub id: String,
    /// Name.
    pub name: Words,
    /// Whom it suits.
    pub about: Words,
    /// Default noun.
    pub noun: Words,
    /// Default English plural.
    pub noun_plural_en: String,
    /// Default measure word.
    pub measure_zh: String,
    /// Default title of an owner.
    pub owner_title: Words,
    /// Churn definitions to choose from, the default first.
    pub churn: Vec<ChurnOption>,
    /// The scorecard it starts with.
    pub scorecard: String,
}

/// One churn definition that may be chosen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChurnOption {
    /// Stable id.
    pub id: String,
    /// Name.
    pub name: Words,
    /// The definition in one sentence.
    pub sentence: Words,
}

/// Who is here, and in what state the deployment is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Session {
    /// `setup` (no staff yet), `signed_out`, `signed_in`.
    pub state: String,
    /// The person, when signed in.
    pub staff: Option<Staff>,
    /// What they may do.
    pub permissions: Vec<Permission>,
    /// How far they look now.
    pub reach: Reach,
    /// How far they may choose to look, the narrowest first.
    pub reaches: Vec<Reach>,
    /// Present unless set-up has not been done.
    pub firm: Option<Firm>,
    /// What a customer's value is measured by; absent where the scorecard in use names no measure, and until somebody is
    /// signed in.
    pub value_name: Option<Words>,
    /// Templates, while in `setup`.
    pub templates: Vec<TemplateOption>,
    /// IANA name of the zone, fixed when the data folder was made.
    pub timezone: String,
    /// The server's moment.
    pub now: String,
    /// Version of the program.
    pub version: String,
}

/// A person who works in this system.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Staff {
    /// Stable id.
    pub id: i64,
    /// Name shown.
    pub name: String,
    /// Sign-in name (e-mail).
    pub email: String,
    /// `admin`, `manager` (customers of the units they head), `owner` (own customers only), `service`, `analyst`,
    /// `readonly`: `GET /api/organisation` says what each may do.
    pub role: String,
    /// The owner key whose customers are theirs, as written in the data.
    pub owner_key: Option<String>,
    /// The unit they belong to.
    pub unit_id: Option<i64>,
    /// Whether the account is in use.
    pub active: bool,
}

/// What set-up sends: the first administrator and the deployment's words.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct SetupRequest {
    /// From the one-time link.
    pub token: String,
    /// Administrator's name.
    pub name: String,
    /// Administrator's sign-in name.
    pub email: String,
    /// At least 8 characters.
    pub password: String,
    /// The firm's words and choices; `timezone` cannot change after the first fact.
    pub firm: Firm,
}

/// What sign-in sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct SignInRequest {
    /// Sign-in name.
    pub email: String,
    /// Password.
    pub password: String,
}

/// A person to be added.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewStaff {
    /// Name shown.
    pub name: String,
    /// Sign-in name.
    pub email: String,
    /// First password, at least 8 characters.
    pub password: String,
    /// See [`Staff::role`].
    pub role: String,
    /// See [`Staff::owner_key`].
    pub owner_key: Option<String>,
    /// See [`Staff::unit_id`].
    #[serde(default)]
    pub unit_id: Option<i64>,
}

/// How far to look from now on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ReachRequest {
    /// `mine`, `team`, `all`.
    pub reach: String,
}

/// An API token as listed; its secret is shown once, when made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiToken {
    /// Stable id.
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// When made.
    pub created_at: String,
    /// When last used.
    pub last_used_at: Option<String>,
    /// Only in the answer that makes it.
    pub token: Option<String>,
}

/// A name for a new API token.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewApiToken {
    /// What it is for.
    pub name: String,
}
