//! A customer that was lost, looked back upon.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BacktestCounts, BandFloor, Figure, LedgerFact, Words};

/// How a customer was lost, and what could have been seen of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PostMortem {
    /// Id.
    pub customer: String,
    /// Name, or the id.
    pub name: String,
    /// Owner.
    pub owner: Option<String>,
    /// What it was worth, as last known.
    pub value: Figure,
    /// When it counts as gone.
    pub left_at: String,
    /// Its last sign of life before.
    pub last_seen_at: Option<String>,
    /// Health week by week over the half year before it left, by the scorecard of today.
    pub health: Vec<PostMortemPoint>,
    /// Where the bands change.
    pub band_floors: Vec<BandFloor>,
    /// What could have been seen: for each rule, and for the bands of health, the week from which on it held; rules that
    /// are switched on first, the earliest first.
    pub signs: Vec<PostMortemSign>,
    /// What came of it in a sentence: the first sign by what is switched on, else by what is not, else that there was none.
    pub sentence: Words,
    /// Alerts that were really opened in that half year, oldest first, and what became of them.
    pub alerts: Vec<PostMortemAlert>,
    /// What was done about them in a sentence.
    pub alerts_sentence: Words,
    /// A warning must come so many days ahead to be of use.
    pub lead_days: u32,
    /// A change of the rules that would have warned in time; how far the work on it is.
    pub proposal: ProposalRun,
}

/// A week of a life.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PostMortemPoint {
    /// The moment.
    pub at: String,
    /// Health then; absent where too little was known.
    pub health: Option<f64>,
    /// Band then.
    pub band: Option<String>,
}

/// Something that could have been seen.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PostMortemSign {
    /// The first weekly moment from which on it held until shortly before the end.
    pub at: String,
    /// Whether it held already when the half year begins.
    pub is_before: bool,
    /// Days from then to the leaving.
    pub lead_days: f64,
    /// Whether that is early enough to do something.
    pub is_in_time: bool,
    /// The rule; absent = the bands of health.
    pub rule: Option<String>,
    /// Its name.
    pub name: Words,
    /// Whether it is switched on.
    pub is_active: bool,
    /// What it would have said.
    pub sentence: Words,
    /// The newest fact behind it at that moment.
    pub fact: Option<LedgerFact>,
}

/// An alert that was opened, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PostMortemAlert {
    /// Its id.
    pub id: i64,
    /// Name of its rule.
    pub rule_name: Words,
    /// What it said.
    pub sentence: Words,
    /// When it was opened.
    pub opened_at: String,
    /// Days from then to the leaving.
    pub lead_days: f64,
    /// `worked` (somebody accepted its case before the customer left), `ignored` (nobody did), `late` (nobody did, and it
    /// came too late to).
    pub fate: String,
    /// Who accepted it.
    pub accepted_by: Option<String>,
    /// How its case ended.
    pub outcome: Option<String>,
    /// What that is called.
    pub outcome_name: Option<Words>,
}

/// How far the work on a proposal is, and what came of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ProposalRun {
    /// `none` (nobody has asked), `running`, `done`, `failed`.
    pub state: String,
    /// Part done, 0 to 1, while it runs.
    pub progress: Option<f64>,
    /// Why it failed.
    pub failure: Option<Words>,
    /// What was found; absent while it runs, and where nothing would have been seen.
    pub proposal: Option<RuleProposal>,
    /// Why there is nothing to propose.
    pub because: Option<Words>,
}

impl ProposalRun {
    /// Nobody has asked.
    pub(crate) fn none() -> Self {
        Self { state: "none".to_owned(), progress: None, failure: None, proposal: None, because: None }
    }
}

/// A change of the rules, replayed on the firm's past.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RuleProposal {
    /// `threshold` (a rule there is, spoken earlier), `indicator` (one that moved first).
    pub sort: String,
    /// The rule whose threshold moves.
    pub rule: Option<String>,
    /// The indicator it asks.
    pub indicator: String,
    /// What it is in a sentence, with the figures.
    pub sentence: Words,
    /// The rule as TOML.
    pub definition: String,
    /// The threshold today.
    pub from: Option<f64>,
    /// The threshold proposed.
    pub to: f64,
    /// Unit of both.
    pub unit: String,
    /// When it would have warned of this customer.
    pub warned_at: Option<String>,
    /// Days ahead.
    pub lead_days: Option<f64>,
    /// The first moment of the replay.
    pub replayed_from: String,
    /// Its end.
    pub replayed_to: String,
    /// Whether leavers are too few for any share.
    pub is_few: bool,
    /// What it would have given on the firm's own past.
    pub counts: BacktestCounts,
    /// What the rules in force would have given with as many alerts in each week.
    pub present: Option<BacktestCounts>,
    /// The replay in a sentence.
    pub headline: Words,
    /// What else was tried.
    pub tried: Vec<TriedRule>,
}

/// Another change that was tried.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TriedRule {
    /// What it is.
    pub sentence: Words,
    /// Leavers warned of in time.
    pub caught: u64,
    /// Warnings given.
    pub alerts: u64,
    /// Warnings for nothing.
    pub false_alarms: u64,
}
