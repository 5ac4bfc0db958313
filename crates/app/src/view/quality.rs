//! How the sources do, and what is wrong with them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Words;

/// Shares of types among the values of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TypeShares {
    /// Numbers.
    pub number: f64,
    /// Dates and times.
    pub date: f64,
    /// `true`, `false`.
    pub truth: f64,
    /// Anything else.
    pub text: f64,
}

/// A field: the four weeks before, and the last seven days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldQuality {
    /// The property; `value` and `customer` are the fact's own.
    pub field: String,
    /// Share of facts without it before.
    pub missing_before: f64,
    /// Share of facts without it lately.
    pub missing_now: f64,
    /// Types before.
    pub types_before: TypeShares,
    /// Types lately.
    pub types_now: TypeShares,
}

/// Something wrong, as it was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QualityTrouble {
    /// `silent`, `volume_low`, `volume_high`, `missing`, `type_drift`.
    pub sort: String,
    /// Since when.
    pub since: String,
    /// How many came, or how many days nothing came.
    pub actual: f64,
    /// How many usually come.
    pub usual: f64,
    /// The fields concerned.
    pub fields: Vec<String>,
}

/// One kind and name of a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NameQuality {
    /// Kind of fact.
    pub kind: String,
    /// Name of fact.
    pub name: String,
    /// Facts looked at (the last 150 days).
    pub facts: u64,
    /// Usually, per day.
    pub usual_per_day: f64,
    /// Facts of the last seven whole days.
    pub last_week: u64,
    /// What usually comes in seven such days; absent without a rhythm.
    pub usual_week: Option<f64>,
    /// Facts by day, the last 28 whole days, oldest first.
    pub days: Vec<u64>,
    /// When the latest happened.
    pub last_occurred_at: String,
    /// Facts that count for no customer (未归属), lately.
    pub unattributed: u64,
    /// Facts whose moment lay in the future and was moved, lately.
    pub future: u64,
    /// Facts known more than 400 days after they happened, lately.
    pub ancient: u64,
    /// Its fields, the one that changed most first.
    pub fields: Vec<FieldQuality>,
    /// What is wrong.
    pub troubles: Vec<QualityTrouble>,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourceQuality {
    /// Its name.
    pub source: String,
    /// Facts looked at (the last 150 days).
    pub facts: u64,
    /// Usually, per day.
    pub usual_per_day: f64,
    /// Facts of the last seven whole days.
    pub last_week: u64,
    /// Facts by day, the last 28 whole days, oldest first.
    pub days: Vec<u64>,
    /// When the latest happened.
    pub last_occurred_at: String,
    /// When the latest was written.
    pub last_recorded_at: String,
    /// Facts that count for no customer (未归属), lately.
    pub unattributed: u64,
    /// What is wrong with all of it.
    pub troubles: Vec<QualityTrouble>,
    /// Its kinds and names, the largest first.
    pub names: Vec<NameQuality>,
    /// Rows in quarantine now.
    #[serde(default)]
    pub held: u64,
    /// Of the last thousand of them, by what is wrong: `future_date`, `date_too_old`, `damaged_key`….
    #[serde(skip_deserializing)]
    pub held_because: Vec<super::Count>,
    /// Facts told again, by the imports and deliveries that are remembered.
    #[serde(default)]
    pub duplicates: u64,
    /// Facts told again with other content: the first stays.
    #[serde(default)]
    pub conflicts: u64,
    /// Deliveries without the right signature since the process started.
    #[serde(default)]
    pub refused: u64,
}

/// Something wrong with a source: not an alert about a customer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DataAlert {
    /// Stable id.
    pub id: i64,
    /// Source.
    pub source: String,
    /// Kind of fact; absent: all of the source.
    pub kind: Option<String>,
    /// Name of fact; absent: all of the source.
    pub name: Option<String>,
    /// `silent`, `volume_low`, `volume_high`, `missing`, `type_drift`.
    pub sort: String,
    /// `info`, `warning`, `urgent`.
    pub severity: String,
    /// `open`, `closed`, `dismissed`.
    pub state: String,
    /// What is wrong, in a sentence.
    pub sentence: Words,
    /// Since when, as far as the facts can tell.
    pub since: String,
    /// When it was found.
    pub opened_at: String,
    /// When it was found mended.
    pub closed_at: Option<String>,
    /// Until when it lasted.
    pub until: Option<String>,
    /// Indicators that have no number because of it.
    pub starved: Vec<StarvedIndicator>,
}

/// An indicator without its facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StarvedIndicator {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Words,
}

/// The quality page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Quality {
    /// Moment of the cycle that looked; absent before the first.
    pub as_of: Option<String>,
    /// What is wrong now, the worst first.
    pub alerts: Vec<DataAlert>,
    /// What was wrong before, newest first.
    pub past_alerts: Vec<DataAlert>,
    /// The sources, those in trouble first.
    pub sources: Vec<SourceQuality>,
}
