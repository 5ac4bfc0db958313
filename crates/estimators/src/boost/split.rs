//! The best way to cut a leaf in two.

use super::BoostOptions;
use super::bins::{Column, Direction};
use super::histogram::Sums;

/// A way to cut a leaf.
#[derive(Clone, Debug)]
pub(super) struct Split {
    pub(super) gain: f64,
    pub(super) column: usize,
    pub(super) cut: Cut,
    pub(super) left: Sums,
    pub(super) right: Sums,
}

/// What goes left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cut {
    /// Groups up to and including this, and missing values if so said.
    AtMost { last: usize, missing_left: bool },
    /// The groups of a set; missing is the group after the last.
    OneOf([u64; 4]),
}

impl Cut {
    #[inline]
    pub(super) fn goes_left(&self, code: u8, groups: usize) -> bool {
        match self {
            Cut::AtMost { missing_left, .. } if code as usize == groups => *missing_left,
            Cut::AtMost { last, .. } => code as usize <= *last,
            Cut::OneOf(set) => set[code as usize / 64] >> (code % 64) & 1 == 1,
        }
    }
}

/// Between which answers a leaf must stay, so that no direction is turned further down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Bounds {
    pub(super) const NONE: Bounds = Bounds { low: f64::NEG_INFINITY, high: f64::INFINITY };
}

/// Further penalty on answers of sets of categories, and what each category is smoothed by.
const CATEGORY_L2: f64 = 10.0;
const CATEGORY_SMOOTHING: f64 = 20.0;
/// Rows that a set of many categories must have on each side: sorted by their outcome, few rows always look good.
const CATEGORY_ROWS: f64 = 100.0;
/// Categories up to which each is tried alone.
const ALONE: usize = 4;
/// Gains below this are noise of the last digits.
const LEAST_GAIN: f64 = 1e-7;
const LEAST_BEND: f64 = 1e-3;

pub(super) fn answer(sums: Sums, l2: f64, bounds: Bounds) -> f64 {
    (-sums.slope / (sums.bend + l2)).clamp(bounds.low, bounds.high)
}

/// What a leaf of an answer is worth: the fall of the loss to second order, doubled.
fn worth(sums: Sums, l2: f64, answer: f64) -> f64 {
    -(2.0 * sums.slope * answer + (sums.bend + l2) * answer * answer)
}

/// The best cut of a leaf along one column.
pub(super) fn best(
    place: usize,
    column: &Column,
    sums: &[Sums],
    whole: Sums,
    bounds: Bounds,
    options: &BoostOptions,
) -> Option<Split> {
    let search = Search { place, column, sums, whole, bounds, options };
    if column.is_category() { search.by_set() } else { search.by_border() }
}

struct Search<'a> {
    place: usize,
    column: &'a Column,
    sums: &'a [Sums],
    whole: Sums,
    bounds: Bounds,
    options: &'a BoostOptions,
}

impl Search<'_> {
    /// The gain of cutting into these, if both sides are large enough and keep the direction.
    fn gain(&self, left: Sums, right: Sums, l2: f64) -> Option<f64> {
        let least = self.options.min_rows as f64;
        if left.count < least || right.count < least || left.bend < LEAST_BEND || right.bend < LEAST_BEND {
            return None;
        }
        let (low, high) = (answer(left, l2, self.bounds), answer(right, l2, self.bounds));
        let keeps = match self.column.direction {
            Direction::Either => true,
            Direction::Rising => low <= high,
            Direction::Falling => low >= high,
        };
        let before = worth(self.whole, self.options.l2, answer(self.whole, self.options.l2, self.bounds));
        let gain = worth(left, l2, low) + worth(right, l2, high) - before;
        (keeps && gain > LEAST_GAIN).then_some(gain)
    }

    fn by_border(&self) -> Option<Split> {
        let missing = self.sums[self.column.groups];
        let mut best: Option<Split> = None;
        for missing_left in [false, true] {
            if missing_left && missing.count == 0.0 {
                break;
            }
            let mut left = if missing_left { missing } else { Sums::default() };
            let lasts = self.column.groups - usize::from(missing_left || missing.count == 0.0);
            for last in 0..lasts {
                left = left.plus(self.sums[last]);
                if self.sums[last].count == 0.0 {
                    continue;
                }
                let right = self.whole.less(left);
                if right.count < self.options.min_rows as f64 {
                    break;
                }
                let Some(gain) = self.gain(left, right, self.options.l2) else { continue };
                if best.as_ref().is_none_or(|best| gain > best.gain) {
                    // Values missing here for the first time later go with the larger side.
                    let missing_left = if missing.count == 0.0 { left.count > right.count } else { missing_left };
                    best = Some(self.split(gain, Cut::AtMost { last, missing_left }, left, right));
                }
            }
        }
        best
    }

    /// Categories one by one when few, else sorted by their mean gradient and cut from either end.
    fn by_set(&self) -> Option<Split> {
        let l2 = self.options.l2 + CATEGORY_L2;
        let present: Vec<usize> = (0..self.sums.len()).filter(|&group| self.sums[group].count > 0.0).collect();
        let mut best: Option<Split> = None;
        let mut offer = |groups: &[usize], left: Sums, l2: f64| {
            let right = self.whole.less(left);
            let Some(gain) = self.gain(left, right, l2) else { return };
            if best.as_ref().is_none_or(|best| gain > best.gain) {
                let mut set = [0u64; 4];
                groups.iter().for_each(|group| set[group / 64] |= 1 << (group % 64));
                best = Some(self.split(gain, Cut::OneOf(set), left, right));
            }
        };
        if present.len() <= ALONE {
            present.iter().for_each(|&group| offer(&[group], self.sums[group], self.options.l2));
            return best;
        }
        let mut order: Vec<usize> = present;
        order.retain(|&group| self.sums[group].count >= (self.options.min_rows as f64 / 4.0).max(2.0));
        let mean = |group: usize| self.sums[group].slope / (self.sums[group].bend + CATEGORY_SMOOTHING);
        order.sort_by(|&left, &right| mean(left).total_cmp(&mean(right)).then(left.cmp(&right)));
        for from_end in [false, true] {
            if from_end {
                order.reverse();
            }
            let mut left = Sums::default();
            for taken in 0..order.len().min(32) {
                left = left.plus(self.sums[order[taken]]);
                if left.count >= CATEGORY_ROWS && self.whole.count - left.count >= CATEGORY_ROWS {
                    offer(&order[..=taken], left, l2);
                }
            }
        }
        best
    }

    fn split(&self, gain: f64, cut: Cut, left: Sums, right: Sums) -> Split {
        Split { gain, column: self.place, cut, left, right }
    }
}
