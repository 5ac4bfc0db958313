//! Churn definitions: what leaving means, how the window was chosen, what another definition would make of the customers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ChurnMonth, Count, ProductLines, ScorecardVersion, Words};

/// A churn definition in a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChurnDefinitionRow {
    /// Stable id.
    pub id: String,
    /// Name.
    pub name: Words,
    /// What it says, in one sentence made of its rules.
    pub says: Words,
    /// Whether the firm goes by it.
    pub is_in_use: bool,
    /// Whether it ships.
    pub is_shipped: bool,
    /// Whether a version of the firm's own is in use in the place of what ships, or without anything that ships.
    pub is_own: bool,
}

/// Everything about one churn definition.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChurnDefinitionPage {
    /// In short.
    pub row: ChurnDefinitionRow,
    /// As TOML.
    pub definition: String,
    /// Days of silence that its first rule of that sort waits for; absent where none does, or each customer has its own.
    pub window_days: Option<u32>,
    /// Its versions, newest first.
    pub versions: Vec<ScorecardVersion>,
}

/// A churn definition to be tried: one that there is, perhaps with another window, or one that is written.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ChurnText {
    /// Which definition is meant.
    pub of: String,
    /// Another window, in days.
    pub window_days: Option<u32>,
    /// The property that names product lines, to be left one by one; empty: none are.
    pub product_line: Option<String>,
    /// What it should say, as TOML.
    pub definition: Option<String>,
}

/// What is to be put in use.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct ChurnActivation {
    /// The definition with another window, in days.
    pub window_days: Option<u32>,
    /// The property that names product lines, to be left one by one; empty: none are.
    pub product_line: Option<String>,
    /// What it should say, as TOML.
    pub definition: Option<String>,
    /// What was changed and why.
    pub note: Option<String>,
}

/// Whom the question "will it leave?" is put about; the four add up to the customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChurnEligibility {
    /// Everybody with a visible fact.
    pub customers: u64,
    /// There, and old enough.
    pub eligible: u64,
    /// Too new to say.
    pub too_new: u64,
    /// Left already.
    pub gone: u64,
    /// No customers in earnest: our own, tests.
    pub internal: u64,
}

/// Customers who are there and bring much less than before.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChurnPartial {
    /// How long the two stretches are that are compared, in days.
    pub days: u32,
    /// By which share revenue fell at least, 0 to 1.
    pub share: f64,
    /// How many; absent where it cannot be told.
    pub customers: Option<u64>,
    /// Why it cannot be told.
    pub unknown_because: Option<Words>,
}

/// A property of the firm's facts that may name product lines.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChurnLineChoice {
    /// The property.
    pub property: String,
    /// How many different names it gives.
    pub lines: u64,
}

/// What the definition changes against the one in use.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChurnMoved {
    /// The one in use.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// There by the one in use, gone by this.
    pub newly_gone: u64,
    /// Gone by the one in use, there by this.
    pub no_longer_gone: u64,
}

/// A bar of the distribution of gaps.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ChurnGapBar {
    /// Days from which on.
    pub from_days: u32,
    /// Days below which; absent = no limit.
    pub to_days: Option<u32>,
    /// Gaps in it.
    pub count: u64,
}

/// Gaps that are not longer than so many days.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ChurnQuantile {
    /// Share of the gaps, 0 to 1.
    pub share: f64,
    /// Days.
    pub days: f64,
}

/// One window tried.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ChurnWindow {
    /// After so many days of silence a customer would count as gone.
    pub days: u32,
    /// Customers away longer now.
    pub gone_now: u64,
    /// Goodbyes it would have said in the last 365 days; a customer who comes back may have several.
    pub left: u64,
    /// Goodbyes of any time after which it could be watched who comes back.
    pub watched: u64,
    /// Of those, how many came back.
    pub returned: u64,
    /// `returned ÷ watched`: false goodbyes; absent where nothing was watched.
    pub return_rate: Option<f64>,
}

/// How long customers stay away, and who comes back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChurnAway {
    /// Up to here it was looked.
    pub until: String,
    /// For so many days after a window it was watched whether the customer came back.
    pub watch_days: u32,
    /// Customers with a sign of life.
    pub customers: u64,
    /// Gaps between two signs of life that are a day or longer.
    pub gaps: u64,
    /// How long most gaps are at most.
    pub quantiles: Vec<ChurnQuantile>,
    /// Their distribution.
    pub bars: Vec<ChurnGapBar>,
    /// Windows tried, the shortest first.
    pub windows: Vec<ChurnWindow>,
    /// The window proposed, in days.
    pub proposed_days: Option<u32>,
    /// Why none is.
    pub not_proposed: Option<Words>,
    /// The share of false goodbyes that a proposed window has at most, 0 to 1.
    pub most_false: f64,
    /// So many goodbyes must have been watched before a window is proposed.
    pub least_watched: u64,
}

/// How late the facts of the last year came in, in days.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ChurnLateness {
    /// 95 of 100 had come in by then.
    pub most_days: f64,
    /// 99 of 100.
    pub nearly_all_days: f64,
}

/// What a churn definition makes of the customers within the reader's scope.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChurnTrial {
    /// Id: of another window, that of the definition with this window.
    pub id: String,
    /// Name.
    pub name: Words,
    /// What it says, in one sentence made of its rules.
    pub says: Words,
    /// As TOML.
    pub definition: String,
    /// Days of silence that its first rule of that sort waits for.
    pub window_days: Option<u32>,
    /// Whether some rule waits for each customer by its own rhythm.
    pub own_rhythm: bool,
    /// The moment.
    pub as_of: String,
    /// A customer counts as gone so many days after its last sign of life, or the end of its contract, at the latest.
    pub delay_days: u32,
    /// What became of a customer counts for models only so many days later: facts come in late.
    pub late_days: u32,
    /// How late facts do come in; absent without a fact in the last year.
    pub lateness: Option<ChurnLateness>,
    /// A customer younger than so many days is too new.
    pub too_new_days: u32,
    /// Whom may be asked about.
    pub eligibility: ChurnEligibility,
    /// Who left in the last 365 days: `voluntary`, `involuntary`, `silent`.
    pub left: Vec<Count>,
    /// Who is partly gone; absent where the definition knows no such thing.
    pub partial: Option<ChurnPartial>,
    /// Who left which product line; absent where lines are not left one by one.
    pub product_lines: Option<ProductLines>,
    /// Properties that may name product lines here.
    pub line_choices: Vec<ChurnLineChoice>,
    /// What it changes; absent for the definition in use itself.
    pub moved: Option<ChurnMoved>,
    /// The churn rate of the last twelve months.
    pub months: Vec<ChurnMonth>,
    /// How long customers stay away.
    pub away: ChurnAway,
    /// Why nobody can be said to have left, if so.
    pub not_yet: Option<Words>,
}
