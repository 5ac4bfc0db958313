//! Columns cut into at most 255 groups, once, so that growing looks at bytes.

use crate::trees::{Missing, Test};

/// What is known of the effect of a number on the outcome beforehand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Nothing.
    #[default]
    Either,
    /// More never lowers the margin.
    Rising,
    /// More never raises it.
    Falling,
}

/// A column to learn from.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// Numbers; NaN is missing.
    Number {
        /// One for each row.
        values: &'a [f64],
        /// What is known beforehand.
        direction: Direction,
    },
    /// Codes of categories, whole numbers below `levels` (at most 254); anything else is missing.
    Category {
        /// One for each row.
        codes: &'a [f64],
        /// How many categories.
        levels: u32,
    },
}

/// Groups of numbers at most, missing apart.
const MOST: usize = 254;

/// A column in groups: the code of each row, `groups` for missing.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) codes: Vec<u8>,
    /// Groups, missing not counted; its code is this.
    pub(super) groups: usize,
    pub(super) direction: Direction,
    /// Upper borders of the groups of a number, one fewer than groups; none for categories.
    borders: Option<Vec<f64>>,
}

/// A table cut into groups. Borders are learnt from some of its rows, and all rows are coded.
#[derive(Clone, Debug)]
pub struct Binned {
    rows: usize,
    pub(super) columns: Vec<Column>,
}

impl Binned {
    /// Cuts columns so that each group holds about equally many of `rows`; at most `groups` (2 to 254) of them.
    ///
    /// # Edges
    /// A number of few distinct values has a group for each. Panics if columns differ in length.
    pub fn new(inputs: &[Input<'_>], row_count: usize, rows: &[u32], groups: usize) -> Binned {
        let groups = groups.clamp(2, MOST);
        let columns = inputs.iter().map(|input| match *input {
            Input::Number { values, direction } => {
                assert_eq!(values.len(), row_count, "columns of equal length");
                number(values, direction, rows, groups)
            }
            Input::Category { codes, levels } => {
                assert_eq!(codes.len(), row_count, "columns of equal length");
                let groups = (levels as usize).clamp(1, MOST);
                let code = |code: &f64| if *code >= 0.0 && *code < groups as f64 { *code as u8 } else { groups as u8 };
                let codes = codes.iter().map(code).collect();
                Column { codes, groups, direction: Direction::Either, borders: None }
            }
        });
        Binned { rows: row_count, columns: columns.collect() }
    }

    /// How many rows it has.
    pub fn row_count(&self) -> usize {
        self.rows
    }

    /// How many columns it has.
    pub fn feature_count(&self) -> usize {
        self.columns.len()
    }
}

impl Column {
    pub(super) fn is_category(&self) -> bool {
        self.borders.is_none()
    }

    /// The test that sends groups up to and including `last` left.
    pub(super) fn at_most(&self, last: usize) -> Test {
        let borders = self.borders.as_deref().unwrap_or_default();
        Test::AtMost(borders.get(last).copied().unwrap_or(f64::INFINITY))
    }

    /// The test that sends a set of groups left, and what becomes of missing values.
    pub(super) fn one_of(&self, set: &[u64; 4]) -> (Test, Missing) {
        let is_left = set[self.groups / 64] >> (self.groups % 64) & 1 == 1;
        let mut words = set.to_vec();
        words[self.groups / 64] &= !(1 << (self.groups % 64));
        (Test::OneOf(words), if is_left { Missing::Left } else { Missing::Right })
    }
}

fn number(values: &[f64], direction: Direction, rows: &[u32], groups: usize) -> Column {
    let mut known: Vec<f64> = rows.iter().map(|&row| values[row as usize]).filter(|value| !value.is_nan()).collect();
    known.sort_unstable_by(f64::total_cmp);
    let borders = borders(&known, groups);
    let groups = borders.len() + 1;
    let code = |value: &f64| match value.is_nan() {
        true => groups as u8,
        false => borders.partition_point(|border| border < value) as u8,
    };
    let codes = values.iter().map(code).collect();
    Column { codes, groups, direction, borders: Some(borders) }
}

/// Borders between groups of about equal size, half-way between neighbouring values.
fn borders(sorted: &[f64], groups: usize) -> Vec<f64> {
    let mut distinct: Vec<(f64, usize)> = Vec::new();
    for value in sorted {
        match distinct.last_mut() {
            Some((last, count)) if last == value => *count += 1,
            _ => distinct.push((*value, 1)),
        }
    }
    let between = |left: f64, right: f64| {
        let middle = left + (right - left) / 2.0;
        if middle >= left && middle < right { middle } else { left }
    };
    if distinct.len() <= groups {
        return distinct.windows(2).map(|pair| between(pair[0].0, pair[1].0)).collect();
    }
    let mut borders = Vec::with_capacity(groups - 1);
    let (mut left, mut wanted) = (sorted.len(), groups);
    let mut size = 0;
    for pair in distinct.windows(2) {
        size += pair[0].1;
        let target = left as f64 / wanted as f64;
        // Stop before a frequent value rather than swallow it.
        let overshoots =
            size as f64 + pair[1].1 as f64 - target > target - size as f64 && pair[1].1 as f64 > target / 2.0;
        if (size as f64 >= target || overshoots) && wanted > 1 {
            borders.push(between(pair[0].0, pair[1].0));
            left -= size;
            size = 0;
            wanted -= 1;
        }
    }
    borders
}
