//! How sure a rule is on some rows: counts, the test by customer, and whether each of its conditions is needed.

use super::clause::{Clause, Field};
use crate::metrics::{Share, wilson};
use crate::multiple::two_sided;

/// What rows come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows.
    pub rows: usize,
    /// Those that left.
    pub left: usize,
    /// Customers.
    pub customers: usize,
    /// Customers with a row that left.
    pub leavers: usize,
}

impl Tally {
    /// The share that left; 0 of no rows.
    pub fn share(&self) -> f64 {
        self.left as f64 / self.rows.max(1) as f64
    }
}

/// Some rows to weigh rules on.
pub(super) struct Proof<'a> {
    fields: &'a [Field<'a>],
    left: &'a [bool],
    groups: &'a [u32],
    rows: &'a [u32],
    all: Tally,
}

/// How sure a rule is.
pub(super) struct Weighed {
    pub precision: Share,
    pub lift: f64,
    pub p: f64,
}

impl<'a> Proof<'a> {
    pub fn new(fields: &'a [Field<'a>], left: &'a [bool], groups: &'a [u32], rows: &'a [u32]) -> Proof<'a> {
        let mut proof = Proof { fields, left, groups, rows, all: Tally::default() };
        proof.all = proof.tally(&[]);
        proof
    }

    pub fn all(&self) -> Tally {
        self.all
    }

    fn holds(&self, clauses: &[Clause], row: u32) -> bool {
        clauses.iter().all(|clause| clause.holds(self.fields, row))
    }

    /// The rows of which all conditions hold.
    pub fn tally(&self, clauses: &[Clause]) -> Tally {
        let inside = self.rows.iter().copied().filter(|row| self.holds(clauses, *row));
        tally(inside, self.left, self.groups)
    }

    /// `None` where nobody, or everybody, is inside.
    ///
    /// With `π` the share among all and `a_i = 1/n` inside, `−1/(N − n)` outside: `z = Σ a_i y_i / √Σ_c (Σ_{i∈c} a_i (y_i − π))²`.
    pub fn weigh(&self, clauses: &[Clause]) -> Option<Weighed> {
        let inside: Vec<bool> = self.rows.iter().map(|row| self.holds(clauses, *row)).collect();
        let within = inside.iter().filter(|is| **is).count();
        let without = self.rows.len() - within;
        if within == 0 || without == 0 {
            return None;
        }
        let rate = self.all.share();
        let customers = self.groups.iter().max().map_or(0, |most| *most as usize + 1);
        let (mut pulls, mut strays, mut difference, mut hits) = (vec![0.0; customers], vec![0.0; customers], 0.0, 0.0);
        for (row, is) in self.rows.iter().zip(&inside) {
            let left = f64::from(u8::from(self.left[*row as usize]));
            let share = if *is { 1.0 / within as f64 } else { -1.0 / without as f64 };
            difference += share * left;
            pulls[self.groups[*row as usize] as usize] += share * (left - rate);
            hits += if *is { left } else { 0.0 };
        }
        let precision = hits / within as f64;
        for (row, _) in self.rows.iter().zip(&inside).filter(|(_, is)| **is) {
            let left = f64::from(u8::from(self.left[*row as usize]));
            strays[self.groups[*row as usize] as usize] += (left - precision) / within as f64;
        }
        let squares = |sums: &[f64]| sums.iter().map(|sum| sum * sum).sum::<f64>();
        let z = difference / squares(&pulls).sqrt();
        let tail = two_sided(z) / 2.0;
        let known = self.tally(clauses);
        Some(Weighed {
            precision: interval(precision, squares(&strays), known),
            lift: precision / rate,
            p: if z > 0.0 { tail } else { 1.0 - tail },
        })
    }

    /// Whether the share of leavers falls without any one of the conditions.
    pub fn needs_each(&self, clauses: &[Clause]) -> bool {
        let whole = self.tally(clauses);
        without_each(clauses).all(|fewer| fewer.is_empty() || self.tally(&fewer).share() < whole.share())
    }
}

/// Wilson's interval with as many trials as would give the variance between customers.
fn interval(precision: f64, variance: f64, known: Tally) -> Share {
    let plain = precision * (1.0 - precision);
    let trials = if variance > 0.0 { (plain / variance).min(known.rows as f64) } else { known.customers as f64 };
    let trials = (trials.round() as usize).max(1);
    let hits = ((precision * trials as f64).round() as usize).min(trials);
    let around = wilson(hits, trials).unwrap_or(Share { share: precision, low: 0.0, high: 1.0 });
    Share { share: precision, low: around.low.min(precision), high: around.high.max(precision) }
}

pub(super) fn tally(rows: impl Iterator<Item = u32>, left: &[bool], groups: &[u32]) -> Tally {
    let mut tally = Tally::default();
    let (mut customers, mut leavers) = (Vec::new(), Vec::new());
    for row in rows {
        let (is_left, group) = (left[row as usize], groups[row as usize]);
        tally.rows += 1;
        customers.push(group);
        if is_left {
            tally.left += 1;
            leavers.push(group);
        }
    }
    let different = |mut groups: Vec<u32>| {
        groups.sort_unstable();
        groups.dedup();
        groups.len()
    };
    (tally.customers, tally.leavers) = (different(customers), different(leavers));
    tally
}

/// A rule without one of its conditions, each in turn.
pub(super) fn without_each(clauses: &[Clause]) -> impl Iterator<Item = Vec<Clause>> + '_ {
    (0..clauses.len()).map(|gone| {
        let kept = clauses.iter().enumerate().filter(|(place, _)| *place != gone);
        kept.map(|(_, clause)| *clause).collect()
    })
}
