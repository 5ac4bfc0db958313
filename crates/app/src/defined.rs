//! Definitions written, tried and put in use by people.

pub(crate) mod archive;
pub(crate) mod churn_definitions;
pub(crate) mod draft_replays;
pub(crate) mod drafts;
pub(crate) mod indicator_pages;
pub(crate) mod rule_preview;
pub(crate) mod rule_vocabulary;
pub(crate) mod rules;
pub(crate) mod scorecard_design;
pub(crate) mod scorecards;
pub(crate) mod value;
