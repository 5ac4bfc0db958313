//! Who does what by when: cases opened from alerts, and their clocks.
//!
//! [`plan`] looks at the alerts as they will stand and at the desk as it is, and returns the cases to open and to clear.
//! Pure: no clock, no chance, no file; deadlines count working time by the calendar handed in. A plan prints as a diff.
//!
//! At most one case is open per customer: an alert that opens while a case is open joins it.
//!
//! Not here: which worries there are (`alerts`), applying the plan and what people do to a case (`store`).

mod clock;
mod plan;

pub use clock::{Clock, Deadlines, clock};
pub use plan::{ActionPlan, CaseState, Desk, NewCase, OpenCase, plan};
