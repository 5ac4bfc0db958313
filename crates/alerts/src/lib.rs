//! Which worries deserve attention now.
//!
//! A rule ([`Rule`]) says when a worry about a customer opens, when it is over, how it is said and what to do next;
//! [`plan`] compares the rules with the evidence and with what is open already, and returns what to open, change and
//! resolve. Pure: no clock, no chance, no file. A plan prints as a diff; that text is the preview on the screen, the
//! audit record and the test.
//!
//! At most one alert is open per customer and cause. What is unknown neither opens nor resolves anything, and a
//! customer outside the evidence is left alone.
//!
//! Not here: who does what by when (`actions`), applying the plan (`store`), how worried to be (`scores`).

mod advice;
mod budget;
mod carried;
mod given;
mod plan;
mod policy;
mod print;
mod read;
mod rule;
mod schema;
mod walk;

pub use advice::{Act, Advice, AdviceBook, GENERAL};
pub use budget::{Budget, Candidate, Drawn, Line, Worry, Worth, draw, replay, typical, worth, worth_by_risk};
pub use given::{Belonging, Earlier, Given, Occasion};
pub use plan::{
    AlertPlan, ChangedAlert, ClosedAlert, Evidence, NewAlert, OpenAlert, OpenAlerts, Resolution, ResolvedAlert,
    figures, judged, plan, plan_given, plan_knowing, undecided,
};
pub use policy::AlertPolicy;
pub use read::FIELDS as RULE_FIELDS;
pub use rule::{Days, Parameter, Rule, Schedule, Weekday};
pub use schema::schema;
