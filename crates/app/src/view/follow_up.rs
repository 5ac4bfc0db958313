//! Follow-up records, the ledger of promises, and advice.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Count, Words};

/// What recording a follow-up sends.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct NewFollowUp {
    /// The sender's own name for it, 8 to 64 letters, digits and hyphens: sent twice, it is recorded once.
    pub key: String,
    /// `call`, `message`, `visit`, `meeting`, `email`, `other`.
    pub channel: String,
    /// `talked`, `left_word`, `no_answer`, `refused`.
    pub outcome: String,
    /// Which person there, at most 100 letters.
    pub contact: Option<String>,
    /// `stay` 想留, `unsure` 犹豫, `leave` 要走, `unclear` 说不清; only where they talked.
    pub mood: Option<String>,
    /// What was said, at most 2,000 letters. Where they talked, this or the mood is needed.
    pub note: Option<String>,
    /// What was promised.
    pub promise: Option<PromiseMade>,
    /// The day of the next contact (`YYYY-MM-DD`), from today to a year ahead.
    pub next_on: Option<String>,
    /// When it happened, at most 90 days ago; now when absent.
    pub at: Option<String>,
}

/// A promise to a customer.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct PromiseMade {
    /// What, in 1 to 200 letters.
    pub words: String,
    /// By the end of which day (`YYYY-MM-DD`), from today to a year ahead.
    pub due_on: String,
}

/// A follow-up record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FollowUpRow {
    /// Stable id.
    pub id: i64,
    /// Customer id.
    pub customer_id: String,
    /// The case that it was an act on.
    pub case_id: Option<i64>,
    /// When it happened.
    pub at: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// By whom.
    pub actor: String,
    /// `call`, `message`, `visit`, `meeting`, `email`, `other`.
    pub channel: String,
    /// `talked`, `left_word`, `no_answer`, `refused`.
    pub outcome: String,
    /// Which person there.
    pub contact: Option<String>,
    /// `stay`, `unsure`, `leave`, `unclear`.
    pub mood: Option<String>,
    /// What was said; numbers and addresses in it are masked.
    pub note: Option<String>,
    /// The day of the next contact.
    pub next_on: Option<String>,
}

/// What was said to a customer and promised to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FollowUps {
    /// Records, the latest first; at most 50.
    pub rows: Vec<FollowUpRow>,
    /// Promises: what is overdue first, then open ones by day, then the others, the latest first.
    pub promises: Vec<PromiseRow>,
    /// The day of the next contact, where the latest record names one.
    pub next_on: Option<String>,
}

/// A promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PromiseRow {
    /// Stable id.
    pub id: i64,
    /// Grows by one with every change.
    pub version: i64,
    /// Customer id.
    pub customer_id: String,
    /// Customer's name.
    pub customer_name: String,
    /// Owner key of the customer now.
    pub owner: Option<String>,
    /// What was promised; numbers and addresses in it are masked.
    pub words: String,
    /// By the end of which day.
    pub due_on: String,
    /// The end of that day.
    pub due_at: String,
    /// When it was made.
    pub made_at: String,
    /// By whom.
    pub made_by: String,
    /// `open`, `kept`, `broken`.
    pub state: String,
    /// Whether its day has passed and nobody has said what became of it.
    pub is_overdue: bool,
    /// When somebody said what became of it.
    pub settled_at: Option<String>,
    /// Who.
    pub settled_by: Option<String>,
    /// A word with it.
    pub note: Option<String>,
}

/// The ledger of promises.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PromiseList {
    /// What is due first, first.
    pub rows: Vec<PromiseRow>,
    /// How many the filter matches.
    pub total: u64,
    /// Next page.
    pub next_cursor: Option<String>,
    /// How many are `open`, `overdue` (open ones too), `kept`, `broken`, whatever state is asked for.
    pub counts: Vec<Count>,
    /// Owners that can be filtered by.
    pub owners: Vec<String>,
    /// The moment shown.
    pub as_of: String,
}

/// What saying what became of a promise sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct SettlePromise {
    /// The version seen.
    pub version: i64,
    /// `kept`, `broken`, or `open` to take back what was said before.
    pub state: String,
    /// A word with it, at most 500 letters.
    pub note: Option<String>,
}

/// What to do about a customer: who acts, how to begin, what not to offer, what to send.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdvicePage {
    /// Customer id.
    pub customer_id: String,
    /// Customer's name.
    pub customer_name: String,
    /// Id of the reason that the advice answers.
    pub reason: String,
    /// How often the firm has written this entry itself; 0 of the shipped one.
    pub version: i64,
    /// Its name.
    pub reason_name: Words,
    /// What the advice rests on, in the customer's own figures; absent where nothing speaks or the reason was chosen.
    pub because: Option<Words>,
    /// Tier of value: `high`, `middle`, `low`; absent where the value is unknown, and then the standard way is told.
    pub tier: Option<String>,
    /// Who should act.
    pub who: Words,
    /// What comes first.
    pub first_step: Words,
    /// Three sentences to begin with.
    pub openings: Vec<Words>,
    /// What not to offer.
    pub not_offer: Words,
    /// What to send.
    pub tutorial: Words,
    /// Promises that are overdue, broken or open: to be put right before anything else is said.
    pub promises: Vec<PromiseRow>,
    /// What following this version came to so far; absent where nobody has, and for a past moment.
    pub result: Option<AdviceResult>,
    /// Other reasons, for whoever knows better.
    pub choices: Vec<AdviceChoice>,
}

/// A reason that advice can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdviceChoice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Words,
}

/// An entry of the library of advice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdviceEntry {
    /// Its id.
    pub id: String,
    /// Name of the reason.
    pub name: Words,
    /// Causes of rules that it answers.
    pub causes: Vec<String>,
    /// Categories of indicators that it answers where no rule speaks.
    pub categories: Vec<String>,
    /// Its definition file.
    pub text: String,
    /// Whether the firm wrote it itself.
    pub is_own: bool,
    /// Whether one ships under this id, to go back to.
    pub is_shipped: bool,
    /// What following it came to, the newest version first; empty where nobody has.
    pub results: Vec<AdviceResult>,
}

/// What following a version of an entry came to: `cases` = kept + lost + other + open. Counts, no effect: whoever followed it
/// was not chosen by lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdviceResult {
    /// How often the firm had written the entry; 0 of the shipped one.
    pub version: i64,
    /// Tasks that were filled from it.
    pub taken: u64,
    /// Of those, done.
    pub done: u64,
    /// Cases with such a task.
    pub cases: u64,
    /// Ended with the customer kept.
    pub kept: u64,
    /// Ended with the customer lost.
    pub lost: u64,
    /// Ended otherwise.
    pub other: u64,
    /// Not ended.
    pub open: u64,
}

/// What writing an entry sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct AdviceText {
    /// A definition file with this one entry.
    pub text: String,
}
