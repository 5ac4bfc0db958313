//! Columns of very many words (towns, products, sellers): how many left where a word stands, as a number to learn from.
//!
//! A category keeps the words that stand often; what the others say is told by their own customers' leaving, drawn towards
//! the share of all by as much as words differ. Nobody's own outcome is in the number of a row that is learnt from: it is told
//! by the other folds, the very folds by which a model of these rows makes its choices.
//!
//! Not here: categories of few words, and what a model does with the number (`risk`).

use std::collections::HashMap;

use super::Table;
use crate::risk::{Frame, FrameColumn, Kind, OTHER, inner_folds};

/// Words that a category must have for the rare ones to be worth a number of their own.
const MANY: usize = 50;
/// Customers that the share of all counts for, at least and at most.
const DRAWN: (f64, f64) = (2.0, 1000.0);

/// A column of very many words.
pub(super) struct Words {
    name: String,
    /// Of each row the place of its word; none where the category says nothing.
    places: Vec<Option<u32>>,
    count: usize,
}

/// The categories of a frame of which rare words were put together, with all their words; `rows` are those of the frame.
pub(super) fn of_many_words(table: &Table, rows: &[usize], frame: &Frame) -> Vec<Words> {
    let is_wide = |column: &&FrameColumn| match &column.kind {
        Kind::Category(levels) => levels.len() > MANY && levels.last().is_some_and(|last| last == OTHER),
        _ => false,
    };
    let read = |column: &FrameColumn| {
        let source = table.columns().iter().find(|source| source.name() == column.name)?;
        let mut known: HashMap<&str, u32> = HashMap::new();
        let place = |(row, value): (&usize, &f64)| {
            let next = known.len() as u32;
            (!value.is_nan()).then(|| *known.entry(source.cell(*row).trim()).or_insert(next))
        };
        let places = rows.iter().zip(&column.values).map(place).collect();
        Some(Words { name: column.name.clone(), places, count: known.len() })
    };
    frame.columns.iter().filter(is_wide).filter_map(read).collect()
}

impl Words {
    /// The column before any rows are learnt from.
    pub(super) fn column(&self) -> FrameColumn {
        let name = format!("流失率 / share who left: {}", self.name);
        FrameColumn::new(name, Kind::Number, vec![f64::NAN; self.places.len()])
    }

    /// The log odds of leaving of each row's word, learnt from the rows in `train`: `ln((l + m·p) / (s + m·(1 − p)))` of those
    /// who left and stayed with it, with the share `p` of all counted for `m` customers.
    ///
    /// `m = p(1 − p)/τ²` with the variance `τ²` of words beyond chance by the method of moments, held between 2 and 1000.
    ///
    /// # Edges
    /// A row in `train` is told by the other folds. A word that none of them has gets the log odds of all.
    ///
    /// # Source
    /// Micci-Barreca (2001), *SIGKDD Explorations* 3(1), 27–32; the moments: Kleinman (1973), *JASA* 68, 46–54.
    pub(super) fn log_odds(&self, left: &[bool], train: &[u32], groups: &[u32], seed: u64) -> Vec<f64> {
        let (fold, folds) = inner_folds(left, train, groups, seed);
        let mut all = vec![(0.0, 0.0); self.count];
        let mut parts = vec![vec![(0.0, 0.0); self.count]; folds];
        for (&row, &fold) in train.iter().zip(&fold) {
            let Some(place) = self.places[row as usize] else { continue };
            let left = f64::from(u8::from(left[row as usize]));
            for tally in [&mut all[place as usize], &mut parts[fold][place as usize]] {
                tally.0 += left;
                tally.1 += 1.0;
            }
        }
        let share = left_share(left, train);
        let drawn = drawn(&all, share);
        let odds = |(left, count): (f64, f64)| ((left + drawn * share) / (count - left + drawn * (1.0 - share))).ln();
        let mut told: Vec<f64> =
            self.places.iter().map(|place| place.map_or(f64::NAN, |place| odds(all[place as usize]))).collect();
        for (&row, &fold) in train.iter().zip(&fold) {
            let Some(place) = self.places[row as usize] else { continue };
            let (whole, own) = (all[place as usize], parts[fold][place as usize]);
            told[row as usize] = odds((whole.0 - own.0, whole.1 - own.1));
        }
        told
    }
}

fn left_share(left: &[bool], rows: &[u32]) -> f64 {
    let ups = rows.iter().filter(|&&row| left[row as usize]).count() as f64;
    (ups + 0.5) / (rows.len() as f64 + 1.0)
}

/// For how many customers the share of all counts: few where words differ much, many where they differ as chance would have it.
fn drawn(tallies: &[(f64, f64)], share: f64) -> f64 {
    let known = || tallies.iter().filter(|tally| tally.1 > 0.0);
    let (words, rows) = (known().count() as f64, known().map(|tally| tally.1).sum::<f64>());
    let spread: f64 = known().map(|(left, count)| count * (left / count - share).powi(2)).sum();
    let by_chance = (words - 1.0) * share * (1.0 - share);
    let weight = rows - known().map(|tally| tally.1 * tally.1).sum::<f64>() / rows.max(1.0);
    let beyond = (spread - by_chance) / weight.max(1.0);
    if beyond > 0.0 { (share * (1.0 - share) / beyond).clamp(DRAWN.0, DRAWN.1) } else { DRAWN.1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::understand;
    use estimators::chance::Chance;

    /// 6,000 customers of 400 towns; in every third town two of three leave, elsewhere one of ten, or everywhere the same.
    fn towns(differ: bool) -> (Table, Vec<bool>) {
        let mut table = Table::new("towns.csv", ["town", "x"].map(str::to_owned));
        let mut chance = Chance::new(3);
        let left = (0..6_000).map(|row| {
            let town = chance.below(400);
            table.push_row([format!("town {town}").as_str(), if row % 40 == 0 { "" } else { "1" }]);
            chance.uniform() < if differ && town.is_multiple_of(3) { 0.66 } else { 0.1 }
        });
        let left = left.collect();
        (table, left)
    }

    fn told(differ: bool) -> (Vec<bool>, Vec<u32>, Vec<f64>) {
        let (table, left) = towns(differ);
        let rows: Vec<usize> = (0..left.len()).collect();
        let understood = understand(&table, &rows, &[]);
        let words = of_many_words(&table, &rows, &understood.frame);
        assert_eq!(words.len(), 1);
        assert_eq!((words[0].count, words[0].column().name.as_str()), (400, "流失率 / share who left: town"));
        let train: Vec<u32> = (0..left.len() as u32).filter(|row| row % 4 != 0).collect();
        let groups: Vec<u32> = (0..left.len() as u32).collect();
        let told = words[0].log_odds(&left, &train, &groups, 1);
        (left, train, told)
    }

    fn auc_of(rows: &[u32], left: &[bool], told: &[f64]) -> f64 {
        let scores: Vec<f64> = rows.iter().map(|&row| told[row as usize]).collect();
        let outcomes: Vec<bool> = rows.iter().map(|&row| left[row as usize]).collect();
        estimators::metrics::auc(&scores, &outcomes).unwrap_or(0.5)
    }

    #[test]
    fn towns_that_differ_are_told_apart_on_rows_that_were_not_seen() {
        let (left, train, told) = told(true);
        let held: Vec<u32> = (0..left.len() as u32).filter(|row| row % 4 == 0).collect();
        // The truth itself ranks with .79.
        assert!(auc_of(&held, &left, &told) > 0.74, "{}", auc_of(&held, &left, &told));
        // What is learnt from promises no more than what is found elsewhere.
        assert!((auc_of(&train, &left, &told) - auc_of(&held, &left, &told)).abs() < 0.04);
    }

    #[test]
    fn towns_that_do_not_differ_say_nothing_even_of_the_rows_learnt_from() {
        let (left, train, told) = told(false);
        let share = left_share(&left, &train);
        let furthest = told.iter().map(|odds| (odds - (share / (1.0 - share)).ln()).abs()).fold(0.0, f64::max);
        assert!(furthest < 0.5, "{furthest}");
        assert!(auc_of(&train, &left, &told) < 0.55, "{}", auc_of(&train, &left, &told));
    }
}
