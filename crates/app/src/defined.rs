//! Definitions: what ships, the firm's own versions of it, how they are written, tried and put in use.

pub(crate) mod archive;
pub(crate) mod bookshelf;
pub(crate) mod churn_definitions;
pub(crate) mod churnbook;
pub(crate) mod definitions;
pub(crate) mod draft_replays;
pub(crate) mod drafts;
pub(crate) mod indicator_pages;
pub(crate) mod parsed;
pub(crate) mod peer_groups;
pub(crate) mod rule_preview;
pub(crate) mod rule_vocabulary;
pub(crate) mod rulebook;
pub(crate) mod rules;
pub(crate) mod scorecard_design;
pub(crate) mod scorecards;
pub(crate) mod value;
pub(crate) mod version_steps;
pub(crate) mod versions;
