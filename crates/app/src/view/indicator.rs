//! Indicators as screens show them: the catalogue, one of them, a definition tried out, and how well they foretold.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Count, Words};

/// Every indicator, with how much is known of it and how well it foretold leaving.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorCatalog {
    /// The moment.
    pub as_of: String,
    /// The churn definition that efficacy is about.
    pub churn: String,
    /// When efficacy was last worked out; absent if never.
    pub efficacy_as_of: Option<String>,
    /// In the order of the catalogue.
    pub indicators: Vec<IndicatorCard>,
}

/// One indicator in a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorCard {
    /// Stable id.
    pub id: String,
    /// What it is called.
    pub name: Words,
    /// The question it answers.
    pub question: Words,
    /// Where lists put it.
    pub category: String,
    /// The word after its numbers; empty for money and ratios.
    pub unit: Words,
    /// What it is counted in, as definitions write it: `day`, `money`, `ratio`.
    pub unit_key: String,
    /// Which way is bad: `higher`, `lower`, `both`, `none`.
    pub worse: String,
    /// How far back it looks, as it is written.
    pub window: Option<String>,
    /// The lines of the field's census that it answers to.
    pub census: Vec<String>,
    /// Hash of what bears on its number.
    pub version: String,
    /// Customers seen of whom it is known.
    pub known: u64,
    /// Customers seen.
    pub customers: u64,
    /// How well it foretold, once worked out.
    pub efficacy: Option<EfficacySummary>,
}

/// How well an indicator foretold leaving, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EfficacySummary {
    /// `signal`, `leak`, `no_signal`, `too_little`.
    pub verdict: String,
    /// Which way went with leaving: `higher`, `lower`, `unusual`.
    pub direction: Option<String>,
    /// How often the one who left stood on the worse side of the one who stayed.
    pub auc: Option<f64>,
    /// Lower end of its 95 % interval.
    pub auc_low: Option<f64>,
    /// Upper end.
    pub auc_high: Option<f64>,
    /// The same month by month, oldest first: the sparkline.
    pub months: Vec<Option<f64>>,
    /// Share that left in the worst tenth over the share of all.
    pub lift: Option<f64>,
    /// One sentence.
    pub sentence: Words,
}

/// Everything about one indicator.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorPage {
    /// In short.
    pub card: IndicatorCard,
    /// The moment.
    pub as_of: String,
    /// The definition file that holds it, as TOML.
    pub source: String,
    /// Its own table of that file: keys to values, to begin a draft with.
    #[schema(value_type = Object)]
    pub definition: serde_json::Value,
    /// How its numbers lie among the customers seen.
    pub distribution: Distribution,
    /// Over the last year, every four weeks, oldest first.
    pub trend: Vec<TrendPoint>,
    /// By risk band, owner, segment and tier of value.
    pub groups: Vec<GroupFigure>,
    /// Among whom customers are put, where the number is a place among others.
    pub peers: Option<PeerPlan>,
    /// The ten best; by an indicator without direction, the ten lowest.
    pub best: Vec<CustomerFigure>,
    /// The ten worst; by an indicator without direction, the ten highest.
    pub worst: Vec<CustomerFigure>,
    /// How well it foretold leaving, in full.
    pub efficacy: Option<EfficacyRow>,
}

/// How numbers lie.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Distribution {
    /// Customers seen.
    pub customers: u64,
    /// Those of whom there is a number.
    pub known: u64,
    /// Why there is none, most frequent first.
    pub unknown: Vec<Count>,
    /// Mean; absent without numbers.
    pub mean: Option<f64>,
    /// The values below which 5, 25, 50, 75 and 95 in a hundred lie; empty without numbers.
    pub quantiles: Vec<f64>,
    /// At most twenty bars of equal width between the 1st and the 99th of a hundred, of whole numbers with whole edges; what
    /// lies outside counts with the outermost.
    pub bars: Vec<Bar>,
}

/// One bar of a histogram.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Bar {
    /// Begin.
    pub from: f64,
    /// End.
    pub to: f64,
    /// Customers.
    pub count: u64,
}

/// An indicator of the customers seen at one moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrendPoint {
    /// The day.
    pub on: String,
    /// Middle value; absent if nobody has one.
    pub median: Option<f64>,
    /// The value below which a quarter lies.
    pub lower: Option<f64>,
    /// The value below which three quarters lie.
    pub upper: Option<f64>,
    /// Customers of whom it is known.
    pub known: u64,
    /// Customers there were.
    pub customers: u64,
}

/// An indicator of a part of the customers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupFigure {
    /// `band`, `owner`, `segment` or `tier`.
    pub sort: String,
    /// Band, owner, segment or tier; `-` is nobody or unknown.
    pub key: String,
    /// What a segment or a tier is called.
    pub name: Option<Words>,
    /// Customers with a number.
    pub known: u64,
    /// Middle value.
    pub median: Option<f64>,
}

/// Among whom customers are put by an indicator.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PeerPlan {
    /// What peers have in common: `trait`, `segments`, `tier`; absent where everybody is put among everybody.
    pub within: Option<String>,
    /// The property of the trait.
    pub property: Option<String>,
    /// Fewest of a group with a number for there to be a comparison.
    pub least: u32,
    /// The largest groups of the moment, at most twelve.
    pub groups: Vec<PeerGroup>,
    /// How many groups there are.
    pub group_count: u64,
}

/// A group of peers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PeerGroup {
    /// What they have in common; absent where that is everybody, or everybody of whom the trait is not told.
    pub name: Option<Words>,
    /// Customers with a number.
    pub count: u64,
    /// Whether they are enough to be compared.
    pub is_enough: bool,
}

/// Among whom one customer was put.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Peers {
    /// What they have in common; absent where that is everybody, or everybody of whom the trait is not told.
    pub name: Option<Words>,
    /// How many others with a number there are.
    pub others: u64,
}

/// A customer's number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerFigure {
    /// Customer.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The number.
    pub value: f64,
}

/// A definition to try out.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct PreviewRequest {
    /// A definition file as TOML. Its formulas may name shipped indicators.
    pub text: String,
    /// A customer whose facts are to be shown.
    pub customer: Option<String>,
}

/// What a definition gives.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorPreview {
    /// The moment.
    pub as_of: String,
    /// One per indicator of the text.
    pub indicators: Vec<Previewed>,
}

/// One indicator tried out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Previewed {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: Words,
    /// Hash of what bears on its number.
    pub version: String,
    /// Numbers of the customers seen.
    pub distribution: Distribution,
    /// Over the last year, every four weeks, oldest first.
    pub trend: Vec<TrendPoint>,
    /// Twenty customers, highest first.
    pub examples: Vec<CustomerFigure>,
    /// The customer asked about.
    pub customer: Option<CustomerTest>,
    /// Among whom customers are put, where the number is a place among others.
    pub peers: Option<PeerPlan>,
}

/// An indicator of one customer with the facts behind it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerTest {
    /// The number, or why there is none.
    pub figure: super::Figure,
    /// Among whom the customer was put, where the number is a place among others.
    pub peers: Option<Peers>,
    /// The latest facts of the customer, newest first, at most 200.
    pub facts: Vec<TestedFact>,
}

/// A fact and whether it counted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TestedFact {
    /// When it happened.
    pub occurred_at: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Option<f64>,
    /// Whether the indicator took it.
    pub counted: bool,
}

/// Two definitions to put side by side.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CompareRequest {
    /// A definition as TOML with one indicator, or the id of a shipped one.
    pub left: String,
    /// The other.
    pub right: String,
}

/// Two definitions side by side.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorComparison {
    /// The moment.
    pub as_of: String,
    /// The first.
    pub left: Previewed,
    /// The second.
    pub right: Previewed,
    /// Customers of whom both are known.
    pub both_known: u64,
    /// Customers with the same number, or unknown for the same reason.
    pub equal: u64,
    /// Customers whom only the first knows.
    pub left_only: u64,
    /// Customers whom only the second knows.
    pub right_only: u64,
    /// Rank correlation where both are known; absent with fewer than three, or if one never varies.
    pub rank_correlation: Option<f64>,
    /// The twenty customers whose numbers lie farthest apart.
    pub farthest: Vec<FigurePair>,
    /// Customers of whom both are known, an even choice of at most 500, in the order of the customers.
    pub points: Vec<FigurePair>,
}

/// One customer's number by two definitions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FigurePair {
    /// Customer.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// By the first.
    pub left: f64,
    /// By the second.
    pub right: f64,
}

/// What definitions can ask for here: what the sources deliver.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorVocabulary {
    /// Kinds and names that came in lately, by kind, the most frequent first.
    pub names: Vec<SelectableName>,
}

/// A kind and name of fact.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SelectableName {
    /// Kind of fact.
    pub kind: String,
    /// Name of fact.
    pub name: String,
    /// Facts of the last 150 days.
    pub facts: u64,
    /// Usually, per day.
    pub usual_per_day: f64,
    /// What they say, by name.
    pub properties: Vec<SelectableProperty>,
}

/// A property of facts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SelectableProperty {
    /// Its name.
    pub name: String,
    /// What most of its values are: `number`, `date`, `truth`, `text`.
    pub sort: String,
}

/// A definition whose past is to be looked at.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct DraftEfficacyRequest {
    /// A definition file as TOML.
    pub text: String,
    /// Churn definition; the firm's when absent.
    pub churn: Option<String>,
}

/// Which churn definition efficacy is asked for.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct EfficacyRequest {
    /// Churn definition; the firm's when absent.
    pub churn: Option<String>,
}

/// How far the work on efficacy is, and its last answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EfficacyRun {
    /// Churn definition.
    pub churn: String,
    /// `none`, `running`, `done`, `failed`.
    pub state: String,
    /// Part done, 0 to 1, while running.
    pub progress: Option<f64>,
    /// What went wrong.
    pub failure: Option<Words>,
    /// The last answer.
    pub report: Option<EfficacyReport>,
}

/// How well each indicator foretold leaving.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EfficacyReport {
    /// Churn definition.
    pub churn: String,
    /// The moment up to which history was known.
    pub as_of: String,
    /// `moments`: everybody every four weeks; `renewals`: every contract before it was due.
    pub design: String,
    /// How far ahead leaving was looked for, by `moments`.
    pub horizon_days: Option<u32>,
    /// The first moment looked at.
    pub first_at: Option<String>,
    /// The last moment looked at.
    pub last_at: Option<String>,
    /// Rows: a customer at a moment.
    pub rows: u64,
    /// Different customers among them.
    pub customers: u64,
    /// Rows that left.
    pub leavers: u64,
    /// Rows of which it cannot be told what became.
    pub cut_off: u64,
    /// What must be known beside the figures.
    pub notes: Vec<EfficacyNote>,
    /// The answer in one sentence.
    pub headline: Words,
    /// Signals first, strongest first; then leaks, then what says nothing, then what cannot be told.
    pub indicators: Vec<EfficacyRow>,
}

/// What stands between the data and an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EfficacyNote {
    /// Stable code.
    pub code: String,
    /// What it says.
    pub text: Words,
}

/// One indicator on history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EfficacyRow {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: Words,
    /// Where lists put it.
    pub category: String,
    /// `signal`, `leak`, `no_signal`, `too_little`.
    pub verdict: String,
    /// Share of the rows that have a number.
    pub coverage: f64,
    /// One sentence.
    pub sentence: Words,
    /// The figures, where they can be worked out.
    pub figures: Option<EfficacyFigures>,
}

/// The figures of one indicator on history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EfficacyFigures {
    /// Rows with a number.
    pub rows: u64,
    /// Those that left.
    pub leavers: u64,
    /// How often the one who left stood on the worse side of the one who stayed, by the direction found.
    pub auc: f64,
    /// Lower end of its 95 % interval.
    pub auc_low: f64,
    /// Upper end.
    pub auc_high: f64,
    /// Share of luck among all signals up to this one.
    pub false_discovery_rate: f64,
    /// Which way went with leaving: `higher`, `lower`, `unusual`.
    pub direction: String,
    /// Information value over ten groups.
    pub information_value: f64,
    /// Share that left over the share of all, by tenths, the worst first.
    pub lift: Vec<f64>,
    /// Share that left in the worst tenth.
    pub worst_rate: f64,
    /// Median days from the first warning to leaving.
    pub lead_days: Option<f64>,
    /// Share of those who left that were warned of.
    pub caught: f64,
    /// Month by month, oldest first.
    pub months: Vec<EfficacyMonth>,
    /// The month whose distribution differs most.
    pub drift: Option<EfficacyDrift>,
    /// The indicator that says nearly the same.
    pub closest: Option<Likeness>,
    /// What it says with the other signals held fixed.
    pub partial: Option<PartialEffect>,
}

/// One month of an indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EfficacyMonth {
    /// `YYYY-MM`.
    pub month: String,
    /// Rows with a number.
    pub rows: u64,
    /// Those that left.
    pub leavers: u64,
    /// How well it ranked; absent with fewer than five who left.
    pub auc: Option<f64>,
    /// Population stability index against the other months; absent with few rows.
    pub stability: Option<f64>,
}

/// How far the distribution of an indicator has moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EfficacyDrift {
    /// `YYYY-MM`.
    pub month: String,
    /// Population stability index.
    pub stability: f64,
    /// What luck alone exceeds once in twenty times.
    pub bound: f64,
}

/// Another indicator and how alike it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Likeness {
    /// Its id.
    pub id: String,
    /// Rank correlation.
    pub correlation: f64,
}

/// What an indicator says beside the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PartialEffect {
    /// Which way goes with leaving: `higher`, `lower`.
    pub direction: String,
    /// Change of the log odds of leaving per standard deviation.
    pub coefficient: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The indicators held fixed that it goes with most.
    pub beside: Vec<Likeness>,
}
