//! The methods for analysts, on plain tables that know nothing of customers' facts.
//!
//! [`Table`] is the plain table. Reading files is not done here: the caller fills it.

mod btyd;
mod cells;
mod classify;
mod days;
mod label;
mod rules;
mod survival;
mod table;
mod totals;
mod words;

pub use estimators::btyd::{Estimate, Model};
pub use estimators::mining::{MinedRule, Tally};
pub use estimators::survival::Ties;

pub use crate::discovery::{DiscoveredRule, RuleCondition, Saying};
pub use crate::risk::{Choice, Kind, Leak};
pub use btyd::{BtydReport, BtydSpec, CustomerOutlook, Forecast, Holdout, LeftOut, ModelFit, btyd};
pub use cells::Finding;
pub use classify::{Classified, ClassifiedRow, ClassifySpec, Figures, FoldsBy, LEAST, classify};
pub(crate) use days::day_of;
pub use days::day_text;
pub use label::label_of;
pub use rules::{RulesReport, RulesSpec, rules};
pub use survival::{Coefficient, CoxReport, CurveReport, FoldPlan, SurvivalReport, SurvivalSpec, survival};
pub use table::{Column, Table};
