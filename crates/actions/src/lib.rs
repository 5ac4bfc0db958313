//! Who does what by when: cases opened from alerts, and their clocks.
//!
//! [`plan`] looks at the alerts as they will stand and at the desk as it is, and returns the cases to open and to clear.
//! Pure: no clock, no chance, no file; deadlines count working time by the calendar handed in. A plan prints as a diff.
//!
//! At most one case is open per customer: whatever troubles a customer is one line of work, and an alert that opens while
//! a case is open joins it. An alert that somebody put off is nobody's work until it comes back ([`woken`]). Where the firm
//! has set a budget, cases beyond it are not opened ([`plan_within`]): their alerts wait below the line.
//!
//! Not here: which worries there are (`alerts`), applying the plan and what people do to a case (`store`).

mod clock;
mod plan;
mod snooze;

pub use clock::{Clock, Deadlines, clock};
pub use plan::{ActionPlan, CaseState, Desk, Limits, NewCase, OpenCase, Ration, plan, plan_within};
pub use snooze::{Snoozed, WORSE_BY_POINTS, Waking, Woken, woken};
