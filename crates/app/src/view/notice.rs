//! Notices: channels, what people chose, what they were told and what became of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Count, RunError, Words};

/// A sort of channel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeChannelKind {
    /// Stable word.
    pub id: String,
    /// In words.
    pub name: Words,
    /// Names of the secrets it may have.
    pub secrets: Vec<String>,
    /// Whether it reaches nobody without an address of theirs.
    pub needs_address: bool,
}

/// A call to a channel's service, and what came of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeAttempt {
    /// When it was made.
    pub started_at: String,
    /// When it had ended; absent while it is under way, or if it was cut off.
    pub ended_at: Option<String>,
    /// `sent`, `later`, `failed`, `unknown`.
    pub outcome: Option<String>,
    /// What went wrong.
    pub trouble: Option<RunError>,
}

/// A way by which notices leave the house.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeChannel {
    /// Stable id.
    pub id: i64,
    /// Send it back with a change.
    pub version: i64,
    /// What people call it.
    pub name: String,
    /// What sort of channel.
    pub kind: String,
    /// The same in words.
    pub kind_name: Words,
    /// Whether it is in use.
    pub is_enabled: bool,
    /// Everything else about it; no secret is ever here.
    #[schema(value_type = Object)]
    pub settings: serde_json::Value,
    /// Names of the secrets it has; they themselves are never told.
    pub secrets: Vec<String>,
    /// Until when its service asked for nothing to be sent.
    pub paused_until: Option<String>,
    /// The latest call.
    pub last: Option<NoticeAttempt>,
}

/// Every channel, and which sorts there are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeChannels {
    /// The channels, in the order they were added.
    pub channels: Vec<NoticeChannel>,
    /// What may be added.
    pub kinds: Vec<NoticeChannelKind>,
}

/// A channel to be added.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewNoticeChannel {
    /// What people call it, 1 to 80 letters.
    pub name: String,
    /// `mail`, `wecom_bot`, `wecom_app`, `dingtalk_bot`, `feishu_bot`.
    pub kind: String,
    /// Mail: `host`, `port`, `security` (`tls`, `starttls`, `none`), `user`, `from`, `per_minute`. WeCom application:
    /// `corp_id`, `agent_id`. All: `allow_private`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// Its secrets by name, kept sealed and never told again.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
}

/// What is to become of a channel; what is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NoticeChannelChange {
    /// The version that was seen.
    pub version: i64,
    /// What people call it.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether it is in use.
    #[serde(default)]
    pub is_enabled: Option<bool>,
    /// Everything else about it, whole.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub settings: Option<serde_json::Map<String, serde_json::Value>>,
    /// Secrets by name: a new one, or `null` to forget one. Those not named stay.
    #[serde(default)]
    pub secrets: BTreeMap<String, Option<String>>,
}

/// Where a test message goes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NoticeTest {
    /// An address of the channel's service; the reader's own when absent.
    pub to: Option<String>,
}

/// That a test message was taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeTested {
    /// What the other side said.
    pub answer: String,
}

/// One notice by one channel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeDelivery {
    /// Stable id.
    pub id: i64,
    /// Send it back with a decision.
    pub version: i64,
    /// By which channel.
    pub channel_id: i64,
    /// Its name; absent once it was removed.
    pub channel_name: Option<String>,
    /// `planned`, `sending`, `sent`, `failed`, `possibly_sent`.
    pub state: String,
    /// Whether somebody should decide to resend it or to leave it.
    pub is_open: bool,
    /// When it is sent, or tried again, at the earliest.
    pub next_at: String,
    /// How often it was tried.
    pub tries: i64,
    /// When it was settled.
    pub settled_at: Option<String>,
    /// Why it did not arrive.
    pub trouble: Option<RunError>,
    /// Who decided to leave it.
    pub decided_by: Option<String>,
}

/// A line of a notice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeLine {
    /// What it says.
    pub text: Words,
    /// The page that it leads to.
    pub path: Option<String>,
}

/// Something that a person was told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Notice {
    /// Stable id.
    pub id: i64,
    /// What it is about: `morning`, `team_morning`, `urgent`, `breach_soon`, `breach`, `called`,
    /// `pool_return`, `model_drift`.
    pub kind: String,
    /// Who was told.
    pub staff_id: i64,
    /// Their name.
    pub staff_name: String,
    /// One sentence that says it all.
    pub subject: Words,
    /// The rest.
    pub lines: Vec<NoticeLine>,
    /// The page that it leads to.
    pub path: Option<String>,
    /// Goes before others.
    pub is_urgent: bool,
    /// When it was planned.
    pub planned_at: String,
    /// It leaves the house no earlier than this.
    pub not_before: String,
    /// When the person read it in the product.
    pub read_at: Option<String>,
    /// What became of it on each way; none where the person has no way to the outside.
    pub deliveries: Vec<NoticeDelivery>,
}

/// A page of notices.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Notices {
    /// The newest first.
    pub rows: Vec<Notice>,
    /// How many match in all.
    pub total: u64,
    /// How many are not read yet.
    pub unread: u64,
    /// Deliveries by state.
    pub counts: Vec<Count>,
    /// Deliveries about which somebody should decide.
    pub undecided: u64,
}

/// Which notices were read.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NoticesRead {
    /// Their ids; all of the reader's when absent.
    pub ids: Option<Vec<i64>>,
}

/// A decision about a delivery.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NoticeDecision {
    /// The version that was seen.
    pub version: i64,
}

/// A way by which a person is told something.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NoticeWay {
    /// By which channel.
    pub channel_id: i64,
    /// What: kinds of notices.
    pub kinds: Vec<String>,
    /// Where that channel reaches them; for mail the sign-in name when absent.
    #[serde(default)]
    pub address: Option<String>,
}

/// A channel as those see it who choose.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeWayOption {
    /// Stable id.
    pub channel_id: i64,
    /// What people call it.
    pub name: String,
    /// What sort of channel.
    pub kind: String,
    /// The same in words.
    pub kind_name: Words,
    /// Whether it reaches nobody without an address of theirs.
    pub needs_address: bool,
}

/// What a person chose to be told, and how.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeChoice {
    /// Send it back with a change.
    pub version: i64,
    /// When nothing is to reach them: from, as `HH:MM`; absent for never.
    pub quiet_from: Option<String>,
    /// Until when, as `HH:MM`; may be the next day.
    pub quiet_to: Option<String>,
    /// Whether what is urgent may reach them all the same.
    pub urgent_breaks_quiet: bool,
    /// `zh` or `en`: the language of what reaches them.
    pub lang: String,
    /// By which ways.
    pub ways: Vec<NoticeWay>,
    /// By which ways they may choose.
    pub options: Vec<NoticeWayOption>,
    /// What they may choose: kinds of notices.
    pub kinds: Vec<String>,
}

/// What a person chooses.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NoticeChoiceChange {
    /// The version that was seen.
    pub version: i64,
    /// When nothing is to reach them: from, as `HH:MM`; absent for never.
    #[serde(default)]
    pub quiet_from: Option<String>,
    /// Until when, as `HH:MM`.
    #[serde(default)]
    pub quiet_to: Option<String>,
    /// Whether what is urgent may reach them all the same.
    pub urgent_breaks_quiet: bool,
    /// `zh` or `en`.
    pub lang: String,
    /// By which ways.
    pub ways: Vec<NoticeWay>,
}
