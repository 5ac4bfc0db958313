//! Who does what by when: cases opened from alerts, and their clocks.
//!
//! [`plan`] looks at the alerts as they will stand and at the desk as it is, and returns the cases to open and to clear.
//! Pure: no clock, no chance, no file; deadlines count working time by the calendar handed in. A plan prints as a diff.
//!
//! At most one case is open per customer: whatever troubles a customer is one line of work, and an alert that opens while
//! a case is open joins it. An alert that somebody put off is nobody's work until it comes back ([`woken`]). Where the firm
//! has set a budget, cases beyond it are not opened ([`plan_within`]): their alerts wait below the line.
//!
//! What a case is made of is data: a [`CaseType`] says through which stages it goes, which moves there are and what each
//! asks, how long the clocks run and whose a new case is ([`hand_out`]). [`CaseType::step`] says what a move makes of the work.
//!
//! Who is told what about all of this is planned here too: [`occasions`] and [`spread`] for what cannot wait, [`own_list`] and
//! [`team_list`] for the mornings. What became of the clocks is counted by [`tally`].
//!
//! Days on which somebody should think of a customer ([`ReminderBook`]) and whom to greet before a festival
//! ([`Festival`]) are data too; which days they are follows from what is known of a customer ([`Known`]).
//!
//! Not here: which worries there are (`alerts`), applying the plan and what people do to a case (`store`).

mod birthday;
mod case_type;
mod case_type_read;
mod clock;
mod day;
mod festival;
mod hand_out;
mod mention;
mod notice_words;
mod notices;
mod plan;
mod reason;
mod reminder;
mod reminder_read;
mod snooze;
mod tally;
mod watch;
mod work;

pub use birthday::Birthday;
pub use case_type::{
    ACCEPTED_STAGE, Ask, By, CLOSED_STAGE, CaseBook, CaseType, FIRST_STAGE, Field, HandOut, HandTo, Hours, Limit, Move,
    Stage, USUAL_TYPE, USUAL_WARN_LEFT_PERCENT, Verb,
};
pub use clock::{Clock, Deadlines, clock};
pub use day::{DayWork, Morning, OnDesk, day_work, morning, quiet_until};
pub use festival::{
    Festival, FestivalDay, GREETING_DAYS, Line, NEAR_DAYS, Story, true_line, working_days_before, working_days_between,
};
pub use hand_out::{Hand, Handing, hand_out};
pub use mention::mentioned;
pub use notice_words::{
    At, CaseLine, LIST_ROWS, Nouns, PromiseLine, TEAM_ROWS, TeamLine, first_of, morning_key, own_list, single,
    team_list,
};
pub use notices::{MOST_SINGLES, Occasion, Quiet, Watched, occasions, spread};
pub use plan::{ActionPlan, CaseState, Desk, Limits, NewCase, OpenCase, Ration, plan, plan_within};
pub use reason::{ChurnReason, churn_reasons};
pub use reminder::{
    Answered, Due, Fix, Known, Person, ReminderBook, ReminderKind, ReminderState, Source, day_in_words,
};
pub use reminder_read::reminder_schema;
pub use snooze::{Snoozed, WORSE_BY_POINTS, Waking, Woken, woken};
pub use tally::{CaseVersion, ClockDecided, ClockTally, Tally, clocks_decided, tally};
pub use watch::{Running, warn_horizon};
pub use work::{Desks, DueFor, NotAllowed, Work};
