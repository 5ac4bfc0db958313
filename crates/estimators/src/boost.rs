//! Gradient boosting of small trees for a yes-or-no outcome, on histograms.
//!
//! Grows trees one after the other, each on the gradients of the log loss left by those before, best leaf first. Takes
//! missing values as they are, categories as sets, directions that must never be turned, and a seed. The same rows and
//! seed give the same bytes with any number of threads: threads share out features, never a sum.
//!
//! Not here: the choice of settings and of the number of trees by folds (the caller's), prediction and storage
//! ([`trees`](crate::trees)), probabilities that can be believed ([`calibrate`](crate::calibrate)).
//!
//! # Source
//! Friedman (2001), *Annals of Statistics* 29(5), 1189–1232; second-order gains: Chen & Guestrin (2016), KDD, eq. 7;
//! histograms, growth by leaf and sorted categories: Ke et al. (2017), NIPS, and Fisher (1958) for the sorting.

mod bins;
mod grow;
mod histogram;
mod split;

pub use bins::{Binned, Direction, Input};

use crate::chance::Chance;
use crate::trees::{Forest, Tree};
use grow::Grower;

/// How trees are grown. [`Default`] suits a few thousand rows.
#[derive(Clone, Debug, PartialEq)]
pub struct BoostOptions {
    /// How many trees at most.
    pub rounds: usize,
    /// What share of each tree's answer is taken.
    pub learning_rate: f64,
    /// Leaves of a tree at most.
    pub leaves: usize,
    /// Rows that a leaf must have.
    pub min_rows: usize,
    /// Penalty on the square of a leaf's answer.
    pub l2: f64,
    /// Share of features that a tree may use, drawn anew for each.
    pub feature_share: f64,
    /// Share of rows that a tree sees, drawn anew for each.
    pub row_share: f64,
    /// Where chance comes from.
    pub seed: u64,
    /// Threads; they change no answer.
    pub threads: usize,
}

impl Default for BoostOptions {
    fn default() -> Self {
        BoostOptions {
            rounds: 300,
            learning_rate: 0.05,
            leaves: 8,
            min_rows: 20,
            l2: 5.0,
            feature_share: 0.6,
            row_share: 0.8,
            seed: 0,
            threads: 1,
        }
    }
}

/// An ensemble and how it did on rows it was not grown on.
#[derive(Clone, Debug)]
pub struct Boosted {
    /// The ensemble; margins are log odds.
    pub forest: Forest,
    /// Log loss on the watched rows after each tree, from none at all; empty when none were watched.
    pub losses: Vec<f64>,
    /// Margins of the watched rows after the last tree.
    pub watched: Vec<f64>,
}

/// Rows to be watched while growing, and for how long without getting better.
#[derive(Clone, Copy, Debug)]
pub struct Watch<'a> {
    /// The rows.
    pub rows: &'a [u32],
    /// Growing stops after so many trees without a better log loss on them.
    pub patience: usize,
}

/// Grows an ensemble on `rows` of a binned table; `positives` has an entry for each row of the table.
///
/// # Edges
/// * One class only among the rows: no trees, and a base of the log odds with half a row added to each side.
/// * With a [`Watch`] the ensemble keeps all trees grown; cut it at the best of [`Boosted::losses`] with [`grow_until`].
/// * Panics if `positives` is shorter than the table, or there is no row.
pub fn boost(
    table: &Binned,
    positives: &[bool],
    rows: &[u32],
    options: &BoostOptions,
    watch: Option<Watch<'_>>,
) -> Boosted {
    assert_eq!(positives.len(), table.row_count(), "an outcome for each row");
    assert!(!rows.is_empty(), "rows to learn from");
    let ups = rows.iter().filter(|&&row| positives[row as usize]).count() as f64;
    let downs = rows.len() as f64 - ups;
    let base = ((ups + 0.5) / (downs + 0.5)).ln();
    let mut margins = vec![base; table.row_count()];
    let mut trees: Vec<Tree> = Vec::new();
    let watched: &[u32] = watch.map_or(&[], |watch| watch.rows);
    let mut losses = Vec::new();
    if watch.is_some() {
        losses.push(loss(watched, positives, &margins));
    }
    let rounds = if ups == 0.0 || downs == 0.0 { 0 } else { options.rounds };
    let mut grower = Grower::new(table, options);
    let mut best = 0;
    for round in 0..rounds {
        let grown = grower.grow(positives, rows, &mut margins, watched, &mut Chance::of(options.seed, round as u64));
        let Some(tree) = grown else { break };
        trees.push(tree);
        if let Some(watch) = watch {
            losses.push(loss(watched, positives, &margins));
            if losses[losses.len() - 1] < losses[best] {
                best = losses.len() - 1;
            } else if losses.len() - 1 - best >= watch.patience {
                break;
            }
        }
    }
    let watched = watched.iter().map(|&row| margins[row as usize]).collect();
    Boosted { forest: forest(table.feature_count(), base, trees), losses, watched }
}

/// The ensemble of the first trees of another.
pub fn grow_until(forest: &Forest, trees: usize) -> Forest {
    self::forest(forest.features(), forest.base(), forest.trees().iter().take(trees).cloned().collect())
}

fn forest(features: usize, base: f64, trees: Vec<Tree>) -> Forest {
    match Forest::new(features, base, trees) {
        Ok(forest) => forest,
        Err(tree) => unreachable!("tree {tree} was grown unsound"),
    }
}

fn loss(rows: &[u32], positives: &[bool], margins: &[f64]) -> f64 {
    let surprise = |row: &u32| {
        let margin = margins[*row as usize];
        let signed = if positives[*row as usize] { -margin } else { margin };
        // ln(1 + e^s) without overflow.
        signed.max(0.0) + (-signed.abs()).exp().ln_1p()
    };
    rows.iter().map(surprise).sum::<f64>() / rows.len().max(1) as f64
}
