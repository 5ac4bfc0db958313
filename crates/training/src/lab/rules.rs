//! `lab rules`: short rules of any labelled table, found on one half of its customers and confirmed on the other.
//!
//! Not here: the search and the test (`estimators::mining`), words on a terminal.

use estimators::mining::Tally;
use vocab::{Finding, Text};

use super::Table;
use super::classify::{Ready, ready};
use crate::discovery::{DiscoveredRule, LEAST_LEAVERS, mined, too_few_to_find};
use crate::risk::Leak;

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub struct RulesSpec<'a> {
    /// The column of the outcome.
    pub label: &'a str,
    /// As for [`super::ClassifySpec`].
    pub positive: Option<&'a str>,
    /// The column that names customers; all rows of one are in one half.
    pub id: Option<&'a str>,
    /// Where chance comes from: who is in which half.
    pub seed: u64,
}

/// Rules of a table.
#[derive(Clone, Debug)]
pub struct RulesReport {
    /// The surest first.
    pub rules: Vec<DiscoveredRule>,
    /// Rules that were put to the test.
    pub tested: usize,
    /// The half that was searched.
    pub found: Tally,
    /// The half that confirms.
    pub confirmed: Tally,
    /// Rows with a label.
    pub rows: usize,
    /// Rows without a label.
    pub unlabelled: usize,
    /// The value of the label that was taken as left.
    pub positive: String,
    /// Columns that seem to know the outcome; the certain ones were not asked.
    pub leaks: Vec<Leak>,
}

/// Short rules by which more left than elsewhere.
///
/// # Errors
/// `unknown_column`, `no_label`, `one_class`, `positive_unclear`, `unknown_positive`, `too_few_leavers`, `too_few_stayers`,
/// `nothing_to_learn`; each says where and what to do, in both languages.
pub fn rules(table: &Table, spec: &RulesSpec<'_>) -> Result<RulesReport, Finding> {
    let Ready { label, labels, frame, leaks, groups, .. } = ready(table, spec.label, spec.positive, spec.id)?;
    let leavers = labels.left.iter().filter(|left| **left).count();
    if leavers < LEAST_LEAVERS {
        let hint = Text::new("请补充更早的数据，或放宽流失口径", "take a longer time or a wider definition of leaving");
        return Err(table.fault("too_few_leavers", label.name(), None, too_few_to_find(leavers), hint));
    }
    let rows: Vec<u32> = (0..labels.rows.len() as u32).collect();
    let found = mined(&frame, &labels.left, &groups, &rows, spec.seed);
    Ok(RulesReport {
        rules: found.rules,
        tested: found.tested,
        found: found.found,
        confirmed: found.confirmed,
        rows: rows.len(),
        unlabelled: table.row_count() - rows.len(),
        positive: labels.positive,
        leaks,
    })
}
