//! What became of the customers: who is still there, who is too new to say, who has left and when.
//!
//! Leaving is what the firm says it is: a [`ChurnDefinition`] (流失口径) is data, shipped in `definitions/churn/` and
//! chosen at set-up. Everything here follows from it and from the facts visible at a moment: states today, spells of
//! absence, the churn rate of past months with the names behind it, and what happened after a moment ([`observe`]).
//!
//! Every customer with a visible fact is in exactly one state, so current + too new + gone = customers, always.
//!
//! Not here: names, values and owners of customers (`app` joins them), how worried to be about those who stay
//! (`scores`), any prediction.

mod contracts;
mod definition;
mod departures;
mod eligibility;
mod gaps;
mod lateness;
mod lifetimes;
mod months;
mod observed;
mod presence;
mod product_lines;
mod readiness;
mod renewals;
mod wording;

pub use contracts::{Became, Contract, Contracts, Retained, contracts, contracts_due, contracts_want};
pub use definition::{ChurnDefinition, ChurnRule, Internal, Leaving, OWN_GAPS, RevenueDrop};
pub use departures::{Departure, Departures, departures};
pub use eligibility::{Eligibility, EligibilityCounts, Eligible, PartLeaver, eligibility, partly_gone};
pub use gaps::{Away, GapBar, LEAST_WATCHED, MOST_FALSE, QUANTILES, Tried, WINDOWS, away};
pub use lateness::{Lateness, lateness};
pub use lifetimes::{Life, Lifetimes, Spell, State, StateCounts, StateFrame, states};
pub use months::{Leaver, Month, months};
pub use observed::{Outcome, OutcomeFrame, observe, observe_horizons, outcomes_within};
pub use presence::{Presence, Standing, presence, presence_by_list};
pub use product_lines::{LineCounts, LineNames, MOST_LINES, ProductLine, ProductLines, line_names, product_lines};
pub use readiness::not_yet;
pub use renewals::{Renewal, Renewals, renewals};
