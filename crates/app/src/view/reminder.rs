//! Reminders, and whom to greet before a festival.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Count, Figure, Words};

/// A reminder of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReminderRow {
    /// Customer id.
    pub customer_id: String,
    /// Customer's name.
    pub customer_name: String,
    /// Owner key of the customer.
    pub owner: Option<String>,
    /// Id of its kind.
    pub kind: String,
    /// Name of its kind.
    pub kind_name: Words,
    /// Which of its kind; the same whenever it is asked for.
    pub key: String,
    /// What it says.
    pub sentence: Words,
    /// The day that it is about: a birthday, the end of a contract.
    pub on: String,
    /// The day from which it is to be done.
    pub due_on: String,
    /// `due`, `coming`, `done`, `skipped`.
    pub state: String,
    /// Whether its day has passed.
    pub is_overdue: bool,
    /// Version of its answer, 0 where there is none: sent back with the next one.
    pub version: i64,
    /// When it was last answered.
    pub answered_at: Option<String>,
    /// By whom.
    pub answered_by: Option<String>,
    /// A word with it.
    pub note: Option<String>,
}

/// A day of the calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReminderDay {
    /// The day.
    pub on: String,
    /// How many reminders are to be done from it on; what is overdue counts for today.
    pub count: u64,
}

/// A kind of reminder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReminderKindCount {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// Whether it reminds at all.
    pub is_active: bool,
    /// How many there are of it in the days asked for.
    pub count: u64,
}

/// Reminders of some days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReminderList {
    /// What is due first, first.
    pub rows: Vec<ReminderRow>,
    /// How many there are.
    pub total: u64,
    /// Next page.
    pub next_cursor: Option<String>,
    /// Today, in the firm's zone.
    pub today: String,
    /// How many are to be done today, what is overdue included, whatever days and kind are asked for.
    pub due_count: u64,
    /// How many of these are overdue.
    pub overdue_count: u64,
    /// The days asked for that have any.
    pub days: Vec<ReminderDay>,
    /// Every kind.
    pub kinds: Vec<ReminderKindCount>,
    /// The next festival before which customers are greeted.
    pub festival: Option<FestivalRow>,
    /// Owners that can be filtered by.
    pub owners: Vec<String>,
    /// The moment shown.
    pub as_of: String,
}

/// What answering a reminder sends.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct AnswerReminder {
    /// Customer id.
    pub customer_id: String,
    /// Kind of the reminder, or `greeting`.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// The version seen, 0 for none.
    pub version: i64,
    /// `done`, `put_off`, `not_this_year`; `open` takes an answer back.
    pub state: String,
    /// To which day it is put off (`YYYY-MM-DD`), from tomorrow to a year ahead.
    pub until_on: Option<String>,
    /// A word with it, at most 500 letters.
    pub note: Option<String>,
}

/// An answer as it was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReminderAnswered {
    /// Customer id.
    pub customer_id: String,
    /// Kind of the reminder, or `greeting`.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// Grows by one with every answer.
    pub version: i64,
    /// `open`, `done`, `put_off`, `not_this_year`.
    pub state: String,
    /// To which day it was put off.
    pub until_on: Option<String>,
    /// When.
    pub at: String,
    /// By whom.
    pub by: String,
}

/// A festival before which customers are greeted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FestivalRow {
    /// Its id.
    pub id: String,
    /// Its year.
    pub year: i16,
    /// Its name.
    pub name: Words,
    /// Its day.
    pub on: String,
    /// Five working days before: customers are greeted from this day on.
    pub greet_from: String,
    /// Working days from today until it, today included.
    pub working_days_left: u32,
    /// Whether it is so near that its list is shown unasked: at most 15 working days.
    pub is_near: bool,
    /// Whether customers are greeted now.
    pub is_open: bool,
    /// Why the days may be wrong: the public holidays of its year are not known.
    pub doubt: Option<Words>,
}

/// A customer on the list of a festival.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct GreetingRow {
    /// Customer id.
    pub customer_id: String,
    /// Customer's name.
    pub customer_name: String,
    /// Owner key of the customer.
    pub owner: Option<String>,
    /// Value of the customer.
    pub value: Figure,
    /// `greet`, `fix`, `greeted`.
    pub group: String,
    /// One true line about the customer; absent where nothing is known that could be said.
    pub line: Option<Words>,
    /// A greeting to copy.
    pub greeting: Words,
    /// What to put right before.
    pub fix: Vec<Words>,
    /// Version of its mark, 0 where there is none.
    pub version: i64,
    /// When it was greeted.
    pub greeted_at: Option<String>,
    /// By whom.
    pub greeted_by: Option<String>,
}

/// Whom to greet before a festival.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GreetingList {
    /// The festival.
    pub festival: FestivalRow,
    /// The next of each festival, the nearest first.
    pub festivals: Vec<FestivalRow>,
    /// The most valuable first.
    pub rows: Vec<GreetingRow>,
    /// How many there are.
    pub total: u64,
    /// Next page.
    pub next_cursor: Option<String>,
    /// How many are in each group: `greet`, `fix`, `greeted`.
    pub counts: Vec<Count>,
    /// Owners that can be filtered by.
    pub owners: Vec<String>,
    /// The moment shown.
    pub as_of: String,
}

/// What marking a customer as greeted sends.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct Greeted {
    /// Customer id.
    pub customer_id: String,
    /// Id of the festival.
    pub festival: String,
    /// Its year.
    pub year: i16,
    /// `call`, `message`, `visit`, `meeting`, `email`, `other`.
    pub channel: String,
    /// What was said, at most 2,000 letters.
    pub words: String,
    /// The version seen, 0 for none.
    pub version: i64,
}
