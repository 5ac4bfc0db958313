//! Short rules that set a group of rows apart: "a plan for abroad and two calls abroad at most: nearly all of them left".
//!
//! Rules are looked for on one half of the customers and confirmed on the other, which had no say in the search. A rule is
//! told only where the second half bears it out more surely than chance among so many tried, where each of its conditions
//! is needed, and where it is no copy of one told already.
//!
//! Not here: what a column means, which half a customer belongs to, rules written by people (`alerts`).
//!
//! # Source
//! Search by beam: Klösgen (1996), *Advances in Knowledge Discovery and Data Mining*, 249–271. Confirmation on held-out data
//! and conditions that are each needed: Webb (2007), *Machine Learning* 68, 1–33. Many questions:
//! [`false_discovery_rates`](crate::multiple::false_discovery_rates).

mod clause;
mod proof;
mod search;

pub use clause::{Clause, Field, Says};
pub use proof::Tally;

use crate::metrics::Share;
use crate::multiple::false_discovery_rates;
use proof::Proof;
use search::{Found, Search};

/// What counts as a rule. [`Default`] suits a few thousand customers.
#[derive(Clone, Debug, PartialEq)]
pub struct MineOptions {
    /// Conditions of a rule at most.
    pub conditions: usize,
    /// Customers that a rule must speak of, in either half.
    pub least_customers: usize,
    /// How many times as many as among all must have left, in either half.
    pub least_lift: f64,
    /// Of the rules told, at most this share may be luck.
    pub false_share: f64,
    /// Rules told at most.
    pub kept: usize,
}

impl Default for MineOptions {
    fn default() -> Self {
        MineOptions { conditions: 3, least_customers: 10, least_lift: 1.5, false_share: 0.05, kept: 12 }
    }
}

/// A rule and what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct MinedRule {
    /// All of them hold; in the order of the columns.
    pub clauses: Vec<Clause>,
    /// Rows of the half it was found on.
    pub found: Tally,
    /// Rows of the half that confirms it: these figures are the honest ones.
    pub confirmed: Tally,
    /// Share of the confirming rows that left, with its 95 % interval by customer.
    pub precision: Share,
    /// How many times the share among all confirming rows.
    pub lift: f64,
    /// Share of the confirming rows that left which it covers.
    pub recall: f64,
    /// Probability of so large a difference by chance, by customer, of this one alone.
    pub p: f64,
    /// The same among all that were tested: the least share of luck at which it would be told.
    pub q: f64,
}

/// What a search brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Mining {
    /// The surest first.
    pub rules: Vec<MinedRule>,
    /// Rules that were tested on the second half.
    pub tested: usize,
    /// All rows of the half that was searched.
    pub found: Tally,
    /// All rows of the half that confirms.
    pub confirmed: Tally,
}

/// Rules of up to three conditions under which more leave than elsewhere.
///
/// `left` and `groups` (the customer of each row) have an entry for each row of the fields; `found` are the rows searched,
/// `confirm` those that confirm. No customer should have rows in both.
///
/// 1. *Search*, rows of `found` alone. A number is cut where `z = (k − n·π) / √(n·π·(1 − π))` is greatest (`n` rows below or
///    above the cut, `k` of them left, `π` the share among all; up to 128 cuts at quantiles), a category by each value. The 48
///    best different ones are cut further, up to three conditions: best by `z`, a twentieth more for each named value, since it
///    needs no cut; alike are two of which nine tenths of what both cover is common.
/// 2. *Each condition is needed*: without any one of them the share of leavers is lower, surely (one-sided, 1 %) among the rows
///    searched and by count among those that confirm.
/// 3. *Confirmed*: the share inside is above that outside among `confirm` by a score test whose variance knows which rows are
///    of one customer; of all rules tested Benjamini–Hochberg keeps the share of luck below `false_share`; the lift is at least
///    `least_lift` in both halves.
/// 4. *No copies*: among rules of equal length, one that adds nothing to those told before it (fewer than half the least
///    customers, or `z < 3` among the rows that they leave) is dropped. A longer rule does not displace a shorter one: it is
///    told because it is surer.
///
/// # Edges
/// * Where a value is missing no condition on it holds.
/// * One class only in either half, or no row: no rule.
/// * A cut is the roundest number between the two values that it parts.
/// * Panics if slices do not fit.
pub fn mine(
    fields: &[Field<'_>],
    left: &[bool],
    groups: &[u32],
    found: &[u32],
    confirm: &[u32],
    options: &MineOptions,
) -> Mining {
    assert_eq!(left.len(), groups.len(), "a customer for each row");
    assert!(fields.iter().all(|field| field.values().len() == left.len()), "an outcome for each row");
    let proof = Proof::new(fields, left, groups, confirm);
    let searched = Proof::new(fields, left, groups, found);
    let mut mining = Mining { rules: Vec::new(), tested: 0, found: searched.all(), confirmed: proof.all() };
    if [mining.found, mining.confirmed].iter().any(|all| all.left == 0 || all.left == all.rows) {
        return mining;
    }
    let search = Search::new(fields, left, groups, found, options);
    let mut tested: Vec<(Found, MinedRule)> = Vec::new();
    for one in search.run() {
        let confirmed = proof.tally(&one.clauses);
        if let Some(weighed) = proof.weigh(&one.clauses) {
            let rule = MinedRule {
                clauses: one.clauses.clone(),
                found: one.tally,
                confirmed,
                precision: weighed.precision,
                lift: weighed.lift,
                recall: confirmed.left as f64 / mining.confirmed.left as f64,
                p: weighed.p,
                q: 1.0,
            };
            tested.push((one, rule));
        }
    }
    mining.tested = tested.len();
    let p_values: Vec<f64> = tested.iter().map(|(_, rule)| rule.p).collect();
    for ((_, rule), q) in tested.iter_mut().zip(false_discovery_rates(&p_values)) {
        rule.q = q;
    }
    tested.retain(|(_, rule)| {
        rule.q <= options.false_share
            && rule.lift >= options.least_lift
            && rule.confirmed.customers >= options.least_customers
            && proof.needs_each(&rule.clauses)
    });
    mining.rules = search.without_copies(tested);
    mining.rules.sort_by(|one, other| one.p.total_cmp(&other.p).then(other.confirmed.left.cmp(&one.confirmed.left)));
    mining.rules.truncate(options.kept);
    mining
}
