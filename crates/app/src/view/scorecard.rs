//! Scorecards: what is on them, their versions, what another version would change; the ledger of a health.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BandFloor, Count, Distribution, Figure, ScorerProof, Words};

/// A scorecard in a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScorecardRow {
    /// Stable id.
    pub id: String,
    /// Name.
    pub name: Words,
    /// What it is for.
    pub about: Words,
    /// Hash of the version in use and of the indicators it reads.
    pub version: String,
    /// Whether customers are scored by it: the firm's own, or one that is for some of them.
    pub is_in_use: bool,
    /// Whom it is for, as a condition in words; absent = everybody.
    pub applies: Option<String>,
    /// Whether somebody is writing another version: `draft`, `review`; absent if nobody is.
    pub draft: Option<String>,
    /// Customers scored by it in the present lists, within the reader's scope.
    pub customers: u64,
    /// What is proven of the version in use.
    pub proof: ScorerProof,
}

/// One version of a scorecard.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScorecardVersion {
    /// Counted from 1.
    pub number: i64,
    /// Send it back with a change; it grows with every change of the row.
    pub version: i64,
    /// Hash of the definition.
    pub content: String,
    /// `draft`, `review`, `active`, `retired`.
    pub state: String,
    /// Who wrote it.
    pub author: String,
    /// What was changed and why.
    pub note: Option<String>,
    /// When it was last changed.
    pub changed_at: String,
    /// When it was in use, oldest first.
    pub terms: Vec<ScorecardTerm>,
}

/// When a version was in use.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScorecardTerm {
    /// From then on; absent = since ever.
    pub since: Option<String>,
    /// Until then; absent = still.
    pub until: Option<String>,
    /// Who activated it.
    pub actor: String,
}

/// Everything about one scorecard.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScorecardPage {
    /// In short.
    pub row: ScorecardRow,
    /// The definition in use, as TOML.
    pub definition: String,
    /// The draft, as TOML, if there is one.
    pub draft_definition: Option<String>,
    /// Health of a typical customer.
    pub base: f64,
    /// Where the bands change.
    pub band_floors: Vec<BandFloor>,
    /// What being in a band means, where the scorecard says so.
    pub band_words: Vec<BandMeaning>,
    /// Share of the weight that must be known, 0 to 1.
    pub min_coverage: f64,
    /// Share of the weight from which on a health is firm, 0 to 1.
    pub firm_coverage: f64,
    /// What counts, in the order of the scorecard.
    pub measures: Vec<ScorecardMeasure>,
    /// Versions, newest first.
    pub versions: Vec<ScorecardVersion>,
}

/// A version of a scorecard laid open for whoever changes it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScorecardDesign {
    /// The definition, as TOML.
    pub definition: String,
    /// Hash of it: what a replay of this version is called by.
    pub content: String,
    /// Whether it is the version that is being written.
    pub is_draft: bool,
    /// The same as values, with the keys of the file.
    #[schema(value_type = Object)]
    pub tree: serde_json::Value,
    /// Whom it is for, in words; absent = everybody.
    pub applies: Option<String>,
    /// How the number that each curve looks at lies, in the order of the scorecard.
    pub measures: Vec<MeasureSpread>,
}

/// How the number that a curve looks at lies among the customers of the present lists.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeasureSpread {
    /// The indicator's id, or that of what people say.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// What it asks; absent for what people say.
    pub question: Option<Words>,
    /// Unit of the number that the curve looks at.
    pub unit: String,
    /// Which way is worse: `higher`, `lower`, `both`, `none`.
    pub worse: String,
    /// How the numbers lie: put against the customer's own usual where the scorecard says so.
    pub distribution: Distribution,
}

/// What a firm's own past says of a customer's health.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerProof {
    /// The scorecard by which the customer is scored.
    pub scorecard: String,
    /// Its name.
    pub name: Words,
    /// The customer's band now, where there is one.
    pub band: Option<String>,
    /// What is proven of the version in use; the record of each band is in its replay.
    pub proof: ScorerProof,
    /// What the scorecard asks people about.
    pub asked: Vec<AskedOfPeople>,
}

/// Something that only people can tell of a customer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AskedOfPeople {
    /// The measure.
    pub id: String,
    /// What it is called.
    pub name: Words,
    /// The lowest number that its curve knows.
    pub least: f64,
    /// The highest.
    pub most: f64,
}

/// What being in a band means.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BandMeaning {
    /// Band.
    pub band: String,
    /// In words.
    pub means: Words,
}

/// A measure on a scorecard.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScorecardMeasure {
    /// The indicator's id, or that of what people say.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// Its outermost dimension.
    pub dimension: String,
    /// Name of the dimension.
    pub dimension_name: Words,
    /// Unit of its number.
    pub unit: String,
    /// Share of the whole weight, 0 to 1.
    pub share: f64,
    /// Whether people say it and no fact does.
    pub manual: bool,
    /// Corners of the curve, numbers rising.
    pub curve: Vec<CurveCorner>,
    /// `straight` or `steps`.
    pub shape: String,
    /// The indicator that says what is usual for the customer, where the number is put against it.
    pub usual: Option<String>,
    /// Where there is no number: `leave_out`, `poor`, `neutral`.
    pub missing: String,
    /// Days from which on the number is old.
    pub stale_after_days: Option<f64>,
}

/// A corner of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct CurveCorner {
    /// The number.
    pub at: f64,
    /// The points it earns, 0 to 100.
    pub points: f64,
}

/// A definition handed in to be tried.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ScorecardTrial {
    /// The definition file, as TOML.
    pub definition: String,
    /// Tell the ledger of this customer too.
    pub customer: Option<String>,
}

/// What another definition would change, on the customers of the present lists that the reader sees.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScorecardPreview {
    /// Customers looked at: those who are current.
    pub customers: u64,
    /// How many change band.
    pub moved: u64,
    /// Now.
    pub before: ScoreSpread,
    /// Then.
    pub after: ScoreSpread,
    /// Who changes band, the largest change first, at most 200.
    pub movers: Vec<Mover>,
    /// The customer asked for, change by change.
    pub ledger: Option<HealthLedger>,
}

/// How healths lie.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScoreSpread {
    /// How many in each band, worst first, `unknown` last.
    pub bands: Vec<Count>,
    /// How many in each ten points of health, from 0 on; 100 is in the last.
    pub tens: Vec<u64>,
    /// Mean share of the weight that is known, 0 to 1; absent for nobody.
    pub coverage: Option<f64>,
    /// How many rest on little.
    pub thin: u64,
}

/// A customer who changes band.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Mover {
    /// Customer.
    pub id: String,
    /// Name, or the id where none is known.
    pub name: String,
    /// Health now.
    pub before: Option<f64>,
    /// Health then.
    pub after: Option<f64>,
    /// Band now.
    pub band_before: Option<String>,
    /// Band then.
    pub band_after: Option<String>,
    /// What it is worth, where known.
    pub value: Option<f64>,
    /// What moves it most, in a sentence.
    pub because: Option<Words>,
}

/// A draft as it is saved.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ScorecardDraft {
    /// The definition file, as TOML; its id is that of the scorecard.
    pub definition: String,
    /// What was changed and why.
    pub note: Option<String>,
    /// The version of the draft that was seen; absent if there was none.
    pub version: Option<i64>,
}

/// A step of a version: the row as it was seen.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ScorecardStep {
    /// Which version of the scorecard; absent = the draft, or for a roll-back the one in use before.
    pub number: Option<i64>,
    /// The row's version that was seen.
    pub version: i64,
}

/// Why a health is another than it was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HealthLedger {
    /// Health before.
    pub before: Option<f64>,
    /// Health after.
    pub after: Option<f64>,
    /// Every change, largest first; they sum to the difference exactly (no health counts as 0).
    pub changes: Vec<HealthChangeRow>,
}

/// One change of a health.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HealthChangeRow {
    /// `figure`, `known`, `lost`, `age`, `weighing`, `weight`, `curve`, `added`, `removed`, `scorecard`, `correction`,
    /// `began`, `ended`.
    pub cause: String,
    /// The measure, where it is one measure's doing.
    pub measure: Option<String>,
    /// In a sentence.
    pub sentence: Words,
    /// Points it adds or takes.
    pub points: f64,
    /// Its figure before.
    pub before: Option<Figure>,
    /// Its figure after.
    pub after: Option<Figure>,
    /// How many facts of the time between it looks at.
    pub fact_count: u64,
    /// The newest of them, at most five.
    pub facts: Vec<LedgerFact>,
}

/// A fact behind a change.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LedgerFact {
    /// The entry of the timeline.
    pub id: String,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// When it happened.
    pub occurred_at: String,
    /// When we could have known.
    pub known_at: String,
}

/// The ledger of a customer over a stretch of time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LedgerPage {
    /// From when.
    pub from: String,
    /// Until when.
    pub to: String,
    /// The whole stretch at once.
    pub whole: HealthLedger,
    /// Day by day, newest first; days on which nothing changed are left out. Their changes sum to those of the whole.
    pub days: Vec<LedgerDay>,
}

/// One day of a ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LedgerDay {
    /// From when.
    pub from: String,
    /// Until when.
    pub to: String,
    /// Version of the scorecard at its end.
    pub scorecard_version: String,
    /// What changed.
    pub ledger: HealthLedger,
}

/// What a fact bears on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FactTouch {
    /// The fact.
    pub fact: LedgerFact,
    /// The indicators that look at it.
    pub indicators: Vec<TouchedIndicator>,
}

/// An indicator that looks at a fact.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TouchedIndicator {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Words,
    /// Whether the customer's scorecard reads it.
    pub is_on_scorecard: bool,
    /// Points it adds to (or takes from) the customer's health now, where it counts.
    pub points: Option<f64>,
}

/// A person's word on a customer's health.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JudgementRow {
    /// Which.
    pub id: i64,
    /// The measure that it is a number for; absent = the health itself.
    pub measure: Option<String>,
    /// The number.
    pub value: f64,
    /// Why.
    pub reason: String,
    /// Who said it.
    pub author: String,
    /// When.
    pub said_at: String,
    /// When it ends.
    pub until: Option<String>,
    /// When it was taken back.
    pub withdrawn_at: Option<String>,
    /// By whom.
    pub withdrawn_by: Option<String>,
    /// Whether it stands now.
    pub stands: bool,
}

/// A word on a customer's health.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewJudgement {
    /// The measure that it is a number for (`pulse` on the scorecard); absent = the health itself.
    pub measure: Option<String>,
    /// The number: of the measure, or the health in points, 0 to 100.
    pub value: f64,
    /// Why, in at most 500 letters.
    pub reason: String,
    /// When it ends: a date (midnight in the firm's zone) or RFC 3339. Must be there for a health, at most a year ahead.
    pub until: Option<String>,
}
