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
//! Not here: which worries there are (`alerts`), applying the plan and what people do to a case (`store`).

mod case_type;
mod case_type_read;
mod clock;
mod hand_out;
mod mention;
mod plan;
mod reason;
mod snooze;
mod work;

pub use case_type::{
    ACCEPTED_STAGE, Ask, By, CLOSED_STAGE, CaseBook, CaseType, FIRST_STAGE, Field, HandOut, HandTo, Hours, Limit, Move,
    Stage, USUAL_TYPE, Verb,
};
pub use clock::{Clock, Deadlines, clock};
pub use hand_out::{Hand, Handing, hand_out};
pub use mention::mentioned;
pub use plan::{ActionPlan, CaseState, Desk, Limits, NewCase, OpenCase, Ration, plan, plan_within};
pub use reason::{ChurnReason, churn_reasons};
pub use snooze::{Snoozed, WORSE_BY_POINTS, Waking, Woken, woken};
pub use work::{Desks, DueFor, NotAllowed, Work};
