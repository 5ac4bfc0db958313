//! Rules: what each says, its thresholds, its versions, what it would have done in the last half year.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Figure, ScorecardVersion, SegmentName, SelectableName, Words};

/// A rule in a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleRow {
    /// Stable id.
    pub id: String,
    /// The item of the field's census that it puts into practice.
    pub census: Option<String>,
    /// Name.
    pub name: Words,
    /// The worry: at most one alert is open per customer and cause.
    pub cause: String,
    /// `info`, `warning`, `urgent`.
    pub severity: String,
    /// Whether it speaks.
    pub is_active: bool,
    /// Whether it ships: a template.
    pub is_shipped: bool,
    /// Whether a version of the firm's own is in use in the place of what ships, or without anything that ships.
    pub is_own: bool,
    /// When it speaks, in words.
    pub sentence: Words,
    /// Whether somebody is writing another version: `draft`, `review`; absent if nobody is.
    pub draft: Option<String>,
    /// Alerts of it that are open, within the reader's scope.
    pub open_alerts: u64,
}

/// Everything about one rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RulePage {
    /// In short.
    pub row: RuleRow,
    /// The rule in use, as TOML.
    pub definition: String,
    /// The same as a value, with the fields of the file.
    #[schema(value_type = Object)]
    pub rule: serde_json::Value,
    /// The draft, as TOML, if there is one.
    pub draft_definition: Option<String>,
    /// The same as a value.
    #[schema(value_type = Option<Object>)]
    pub draft_rule: Option<serde_json::Value>,
    /// When it is over, in words; absent = as soon as it no longer holds.
    pub clear: Option<Words>,
    /// For so many days after an alert of its cause was closed it opens no other.
    pub cooldown_days: u32,
    /// On which days it opens alerts, in words; absent = on every day.
    pub schedule: Option<Words>,
    /// How it is said to people; figures stand in braces.
    pub say: Words,
    /// What to do.
    pub next_step: Words,
    /// What was ambiguous where the rule comes from, and how it was decided.
    pub reading: Option<Words>,
    /// Its thresholds by name, in the order of their names.
    pub parameters: Vec<RuleParameter>,
    /// Versions, newest first.
    pub versions: Vec<ScorecardVersion>,
}

/// A threshold that can be changed without touching the condition.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RuleParameter {
    /// Its name in the definition.
    pub id: String,
    /// What it is called.
    pub name: Words,
    /// What it is counted in.
    pub unit: String,
    /// The number in use.
    pub value: f64,
    /// The number that ships, where the rule ships.
    pub shipped: Option<f64>,
    /// The least it may be.
    pub least: f64,
    /// The most it may be.
    pub most: f64,
}

/// A rule handed in: as a definition file or as a value with the fields of one. Exactly one of the two.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RuleText {
    /// A file with one rule, as TOML.
    pub definition: Option<String>,
    /// The rule as a value.
    #[schema(value_type = Option<Object>)]
    pub rule: Option<serde_json::Value>,
}

/// A draft as it is saved.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct RuleDraft {
    /// A file with one rule, as TOML.
    pub definition: Option<String>,
    /// The rule as a value with the fields of a file.
    #[schema(value_type = Option<Object>)]
    pub rule: Option<serde_json::Value>,
    /// What was changed and why.
    pub note: Option<String>,
    /// The version of the draft that was seen; absent if there was none.
    pub version: Option<i64>,
}

/// A rule switched on or off, with its thresholds.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct RuleSwitch {
    /// Whether it is to speak.
    pub is_active: bool,
    /// Thresholds to change, by name; the others stay as they are.
    #[serde(default)]
    pub parameters: std::collections::BTreeMap<String, f64>,
    /// What was changed and why.
    pub note: Option<String>,
}

/// What a rule would do and would have done, among the customers that the reader sees.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RulePreview {
    /// The moment of the lists.
    pub as_of: String,
    /// When it speaks, in words.
    pub sentence: Words,
    /// When it is over, in words.
    pub clear: Option<Words>,
    /// On which days, in words.
    pub schedule: Option<Words>,
    /// Customers asked: those who are current.
    pub customers: u64,
    /// How many it catches now, cooldown and schedule left aside.
    pub caught: u64,
    /// Of how many it cannot be told, because a figure is unknown.
    pub unknown: u64,
    /// Some of those caught, the most valuable first, at most 20.
    pub examples: Vec<RuleExample>,
    /// Each of the last 26 weeks, oldest first.
    pub weeks: Vec<RuleWeek>,
    /// Alerts it would have opened in these weeks.
    pub opened: u64,
    /// Customers of whom it would have opened one.
    pub opened_customers: u64,
    /// How many of them have left since.
    pub left: u64,
    /// How many of the customers asked have left in these weeks, warned of or not.
    pub left_in_all: u64,
    /// What cannot be looked up in the past, in words: the part of the rule that the weeks leave out.
    pub left_out: Option<Words>,
    /// How many of so many customers the weeks were tried on; absent = on all of them. Counts of weeks are scaled up.
    pub sample: Option<u64>,
}

/// A customer that a rule catches.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleExample {
    /// Customer.
    pub id: String,
    /// Name, or the id where none is known.
    pub name: String,
    /// What the alert would say.
    pub sentence: Words,
    /// Health.
    pub health: Option<f64>,
    /// Band.
    pub band: Option<String>,
    /// Value of the customer.
    pub value: Figure,
    /// The numbers that the condition asks for.
    pub figures: Vec<RuleFigure>,
}

/// A number that a condition asks for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleFigure {
    /// The indicator's id, `health`, or a change.
    pub of: String,
    /// Its name.
    pub name: Words,
    /// Its number as people read it.
    pub shown: Words,
    /// The number.
    pub value: Figure,
}

/// What a rule would have done in a week.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RuleWeek {
    /// The day on which the week ends.
    pub on: String,
    /// Alerts opened.
    pub opened: u64,
    /// Of these customers so many have left since.
    pub left: u64,
}

/// What conditions may name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleVocabulary {
    /// Numbers: indicators, then `health` and `health_change_7d`.
    pub quantities: Vec<RuleQuantity>,
    /// Bands, worst first.
    pub bands: Vec<RuleWord>,
    /// Traits with values that were seen.
    pub traits: Vec<RuleTrait>,
    /// Segments.
    pub segments: Vec<SegmentName>,
    /// Tags in use.
    pub tags: Vec<String>,
    /// Tiers of value.
    pub tiers: Vec<RuleWord>,
    /// Cells of recency, frequency and monetary value.
    pub rfm: Vec<RuleWord>,
    /// Facts that may be counted: kinds with the names that were seen.
    pub events: Vec<SelectableName>,
    /// Causes in use.
    pub causes: Vec<String>,
    /// Severities, most urgent first.
    pub severities: Vec<RuleWord>,
    /// Days a condition may last or look back at most.
    pub most_days: u32,
}

/// A number that a condition may ask for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleQuantity {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Words,
    /// The question it answers.
    pub question: Words,
    /// Category; `health` for health.
    pub category: String,
    /// Unit.
    pub unit: String,
    /// The unit in words.
    pub unit_word: Words,
    /// Which side is worse: `higher`, `lower`, `both`, `none`.
    pub worse: String,
    /// Of how many customers it is known now.
    pub known: u64,
    /// The quartiles of those numbers, least to most: five numbers; empty where nobody has one.
    pub quartiles: Vec<f64>,
}

/// A word with what people call it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleWord {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Words,
}

/// A trait with values that were seen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleTrait {
    /// Key.
    pub key: String,
    /// Name.
    pub name: Words,
    /// Values, most frequent first, at most 50.
    pub values: Vec<String>,
    /// Customers of whom something was said.
    pub known: u64,
}
