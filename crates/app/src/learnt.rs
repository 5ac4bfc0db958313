//! What the firm's own past says: scorers replayed, indicators weighed, the budget, losses looked back upon, proposals.

pub(crate) mod backtest_shown;
pub(crate) mod backtests;
pub(crate) mod budget;
pub(crate) mod candidates;
pub(crate) mod efficacy;
pub(crate) mod lookback;
pub(crate) mod outside_tables;
pub(crate) mod past_read;
pub(crate) mod post_mortem;
pub(crate) mod proof;
pub(crate) mod proposals;
pub(crate) mod rule_finds;
pub(crate) mod study;
pub(crate) mod trained;
pub(crate) mod weights;
