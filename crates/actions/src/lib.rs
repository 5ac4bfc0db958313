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
//! Whose customer goes back to the pool for want of a record is planned by [`plan_returns`]; when who works, and how a clock
//! goes on when a case moves between teams, is said by [`WorkTimes`].
//!
//! Why customers leave is a tree ([`ReasonTree`]): what a model adds up indicator by indicator is gathered by cause, beside the
//! reasons that people confirm.
//!
//! Days on which somebody should think of a customer ([`ReminderBook`]) and whom to greet before a festival
//! ([`Festival`]) are data too; which days they are follows from what is known of a customer ([`Known`]).
//!
//! Not here: which worries there are (`alerts`), applying the plan and what people do to a case (`store`).

mod birthday;
mod case_outcome_read;
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
mod pool_return;
mod reason;
mod reason_tree;
mod reminder;
mod reminder_read;
mod snooze;
mod tally;
mod watch;
mod work;
mod work_times;

pub use birthday::Birthday;
pub use case_type::{
    ACCEPTED_STAGE, Ask, By, CLOSED_STAGE, CaseBook, CaseType, FIRST_STAGE, Field, HandOut, HandTo, Hours, Limit,
    Means, Move, Outcome, Stage, USUAL_TYPE, USUAL_WARN_LEFT_PERCENT, Verb, usual_outcomes,
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
pub use notices::{Call, CallFor, MOST_SINGLES, Occasion, Quiet, Watched, called, occasions, spread};
pub use plan::{ActionPlan, CaseState, Desk, Limits, NewCase, OpenCase, Ration, plan, plan_within};
pub use pool_return::{Held, ReturnLine, ReturnPlan, ReturnRule, ReturnWarning, plan_returns, return_notice};
pub use reason::{ChurnReason, churn_reasons};
pub use reason_tree::{ChurnSort, Gathered, Lever, ReasonNode, ReasonTree};
pub use reminder::{
    Answered, Due, Fix, Known, Person, ReminderBook, ReminderKind, ReminderState, Source, day_in_words,
};
pub use reminder_read::reminder_schema;
pub use snooze::{Snoozed, WORSE_BY_POINTS, Waking, Woken, woken};
pub use tally::{CaseVersion, ClockDecided, ClockTally, Tally, clocks_decided, tally};
pub use watch::{Running, warn_horizon};
pub use work::{Desks, DueFor, NotAllowed, Work};
pub use work_times::{Course, Stay, WorkTimes};
