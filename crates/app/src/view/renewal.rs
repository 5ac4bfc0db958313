//! Contracts that come to their end: what the facts say, what people say, what was computed; kept apart.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Count, Verdict, Words};

/// What somebody said, with who and when.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RenewalWord {
    /// An intention: `renew`, `shrink`, `unsure`, `leave`; an outcome: `renewed`, `shrunk`, `lost`.
    pub says: String,
    /// For how much a year.
    pub amount: Option<f64>,
    /// What was said with it.
    pub note: Option<String>,
    /// By whom.
    pub by: String,
    /// When.
    pub at: String,
}

/// What the facts say became of a contract.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RenewalFact {
    /// `renewed` (for as much, for more or for an unknown amount), `shrunk`, `lost`.
    pub outcome: String,
    /// When the next contract was signed, this one was cancelled, or its time of grace ended.
    pub at: String,
    /// What the next contract is worth in a year.
    pub amount: Option<f64>,
    /// Whether the customer cancelled it.
    pub cancelled: bool,
}

/// How often contracts like this one were renewed here: of those that fell due in the last twelve months, of customers
/// who were in the same band at the beginning of the month.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RenewalRate {
    /// The band; absent where the health is not known.
    pub band: Option<String>,
    /// Contracts that are settled: their time of grace is over.
    pub decided: u64,
    /// Of those, how many were renewed.
    pub renewed: u64,
    /// `renewed ÷ decided`; absent where fewer than ten are settled: no record yet.
    pub rate: Option<f64>,
}

/// One contract that comes, or came, to its end.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RenewalRow {
    /// Customer id.
    pub customer_id: String,
    /// Its name.
    pub customer_name: String,
    /// Who owns the customer now.
    pub owner: Option<String>,
    /// Number of the contract, where it has one.
    pub contract: Option<String>,
    /// Its last day.
    pub due_on: String,
    /// Days from the moment shown until its last day ends; negative when that has passed.
    pub days_left: i64,
    /// What it is worth in a year; absent where the facts carry no amount.
    pub amount: Option<f64>,
    /// Health and band now.
    pub verdict: Verdict,
    /// The strongest reason to worry, in the customer's own figures.
    pub reason: Option<Words>,
    /// Version of what people say; 0 where nobody has said anything.
    pub version: i64,
    /// How far the work is: `not_started`, `contacted`, `negotiating`, `signing`.
    pub stage: String,
    /// What comes next.
    pub next_step: Option<String>,
    /// On which day.
    pub next_on: Option<String>,
    /// What the owner judges.
    pub judgement: Option<RenewalWord>,
    /// What the customer answered.
    pub answer: Option<RenewalWord>,
    /// What was computed: the record of the customer's band here.
    pub model: RenewalRate,
    /// What the facts say became of it; absent while they are silent.
    pub fact: Option<RenewalFact>,
    /// What was said by hand to have become of it.
    pub said: Option<RenewalWord>,
    /// What counts: the facts' outcome, else what was said by hand: `renewed`, `shrunk`, `lost`.
    pub outcome: Option<String>,
    /// Whether facts and hand say different things.
    pub contradicts: bool,
    /// Why it shrank or was lost: an id of the churn reasons.
    pub churn_reason: Option<String>,
    /// Its name.
    pub churn_reason_name: Option<Words>,
}

/// A page of renewals.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RenewalList {
    /// What is due first, first.
    pub rows: Vec<RenewalRow>,
    /// How many the filter matches.
    pub total: u64,
    /// What they are worth in a year, those of known worth.
    pub amount: f64,
    /// Next page.
    pub next_cursor: Option<String>,
    /// How many are in each stage, and `decided`, whatever stage and state are asked for.
    pub stage_counts: Vec<Count>,
    /// How many the owner judges `renew`, `shrink`, `unsure`, `leave`, or has said nothing of (`none`), whatever judgement
    /// is asked for.
    pub judgement_counts: Vec<Count>,
    /// Owners that can be filtered by.
    pub owners: Vec<String>,
    /// The moment shown.
    pub as_of: String,
}

/// Some contracts: how many, and what they are worth in a year.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct RenewalTally {
    /// How many.
    pub count: u64,
    /// What those of known worth are worth.
    pub amount: f64,
    /// How many of them are of unknown worth.
    pub unpriced: u64,
}

/// One month: what falls due in it, and what became of that.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RenewalMonth {
    /// `YYYY-MM`.
    pub month: String,
    /// Whether it ended before the moment shown.
    pub is_past: bool,
    /// Everything due in it.
    pub due: RenewalTally,
    /// Renewed for as much or more, by the facts.
    pub renewed: RenewalTally,
    /// Renewed for less, by the facts.
    pub shrunk: RenewalTally,
    /// Lost, by the facts.
    pub lost: RenewalTally,
    /// Of which the facts say nothing yet.
    pub open: RenewalTally,
    /// How many of these were decided by hand.
    pub by_hand_count: u64,
    /// What the contracts that followed are worth in a year.
    pub after_amount: f64,
    /// Gross retention of the due amount, growth left out, 0 to 1, over contracts whose time of grace is over; absent where there is none of
    /// known worth.
    pub gross: Option<f64>,
    /// Net retention of the due amount, growth included.
    pub net: Option<f64>,
    /// What the owners promise of the open ones: those they judge will be renewed, for the amount they say.
    pub promised: RenewalTally,
    /// Open ones of which the owner has said nothing, or that it is not sure.
    pub unpromised: RenewalTally,
    /// What was computed of the open ones: `Σ rate × amount` over those whose band has a record and whose worth is known.
    pub computed: RenewalTally,
    /// Open ones without one of the two.
    pub uncomputed: RenewalTally,
}

/// What falls due of one owner's customers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RenewalOwner {
    /// Owner key; absent for customers whom nobody owns.
    pub owner: Option<String>,
    /// One for each month from the present one on, in order.
    pub due: Vec<RenewalTally>,
}

/// The calendar of renewals.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RenewalMonths {
    /// Twelve months back, the present one, and eleven ahead; oldest first.
    pub months: Vec<RenewalMonth>,
    /// The present month.
    pub this_month: String,
    /// Owners with anything due from the present month on.
    pub owners: Vec<RenewalOwner>,
    /// The record of each band, critical first, unknown last.
    pub rates: Vec<RenewalRate>,
    /// Contracts that end after the last month.
    pub later: RenewalTally,
    /// Contracts in scope of the months shown that run for less than 45 days: they renew by themselves and are not listed.
    pub short_count: u64,
    /// Contracts in scope on record, ended ones included.
    pub contract_count: u64,
    /// The day of the last contract fact: what was signed after it may not have arrived yet.
    pub told_until: Option<String>,
    /// The moment shown.
    pub as_of: String,
}

/// One thing that was said of a renewal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RenewalStep {
    /// Last day of the contract it was said of.
    pub due_on: String,
    /// Its number.
    pub contract: Option<String>,
    /// `judgement`, `answer`, `stage`, `next`, `outcome`, `reason`.
    pub what: String,
    /// The word; absent where what was said before was taken back.
    pub says: Option<String>,
    /// For how much a year.
    pub amount: Option<f64>,
    /// What was said with it: a note, the next step.
    pub note: Option<String>,
    /// Why it shrank or was lost, where that was said.
    pub reason_name: Option<Words>,
    /// On which day the next step is.
    pub on: Option<String>,
    /// By whom.
    pub by: String,
    /// When.
    pub at: String,
}

/// The contracts of one customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerRenewals {
    /// What is due last, first; contracts that renew by themselves are left out.
    pub rows: Vec<RenewalRow>,
    /// What was said, the latest first.
    pub steps: Vec<RenewalStep>,
    /// The next one due: the earliest that is not decided.
    pub next: Option<RenewalRow>,
}

/// What saying one thing of a renewal sends.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SayRenewal {
    /// Number of the contract, where it has one.
    pub contract: Option<String>,
    /// The version seen; 0 where nobody has said anything yet.
    pub version: i64,
    /// `judgement`, `answer`, `stage`, `next`, `outcome`, `reason`.
    pub what: String,
    /// The word: an intention, a stage, an outcome, the id of a reason; absent takes back what was said before.
    pub says: Option<String>,
    /// For how much a year: with a judgement `shrink` and an outcome `shrunk`, and if it differs with `renew`, `renewed`.
    pub amount: Option<f64>,
    /// With a judgement or an answer: a word, at most 500 letters; with `next`: the step.
    pub note: Option<String>,
    /// With `next`: its day.
    pub on: Option<String>,
    /// With an outcome `lost` (needed) or `shrunk`: an id of the churn reasons.
    pub churn_reason: Option<String>,
}
