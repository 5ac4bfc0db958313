//! Grows one tree: always the leaf that gains most is cut next.

use super::bins::{Binned, Direction};
use super::histogram::{self, Histogram, Layout, Sums};
use super::split::{self, Bounds, Cut, Split};
use super::{BoostOptions, Chance};
use crate::trees::{Leaf, Missing, Node, Tree};

/// What stays between trees.
pub(super) struct Grower<'a> {
    table: &'a Binned,
    options: &'a BoostOptions,
    layout: Layout,
    slopes: Vec<(f32, f32)>,
    spare: Vec<Histogram>,
}

/// A leaf while the tree grows.
struct Open {
    rows: std::ops::Range<usize>,
    sums: Sums,
    histogram: Histogram,
    bounds: Bounds,
    split: Option<Split>,
    /// The node above and whether this is its left child; none for the root.
    above: Option<(usize, bool)>,
}

/// A node of a grown tree in codes, to walk rows that it was not grown on.
struct Step {
    column: usize,
    cut: Cut,
    left: i32,
    right: i32,
}

impl<'a> Grower<'a> {
    pub(super) fn new(table: &'a Binned, options: &'a BoostOptions) -> Self {
        let slopes = vec![(0.0, 0.0); table.row_count()];
        Grower { table, options, layout: Layout::of(table), slopes, spare: Vec::new() }
    }

    /// The next tree; margins of the rows and of the watched rows are moved by it. `None` when nothing can be gained.
    pub(super) fn grow(
        &mut self,
        positives: &[bool],
        rows: &[u32],
        margins: &mut [f64],
        watched: &[u32],
        chance: &mut Chance,
    ) -> Option<Tree> {
        let used = self.draw_columns(chance);
        let mut sampled: Vec<u32> = Vec::with_capacity(rows.len());
        let mut others: Vec<u32> = Vec::new();
        for &row in rows {
            let is_in = self.options.row_share >= 1.0 || chance.uniform() < self.options.row_share;
            if is_in { sampled.push(row) } else { others.push(row) }
        }
        let mut sums = Sums::default();
        for &row in &sampled {
            let p = 1.0 / (1.0 + (-margins[row as usize]).exp());
            let (slope, bend) = ((p - f64::from(u8::from(positives[row as usize]))) as f32, (p * (1.0 - p)) as f32);
            self.slopes[row as usize] = (slope, bend);
            sums = sums.plus(Sums { slope: f64::from(slope), bend: f64::from(bend), count: 1.0 });
        }
        let (steps, leaves) = self.grow_leaves(&mut sampled, sums, &used);
        if steps.is_empty() {
            return None;
        }
        let tree = self.tree(&steps, &leaves);
        for (leaf, open) in leaves.iter().enumerate() {
            let value = tree.leaves[leaf].value;
            sampled[open.rows.clone()].iter().for_each(|&row| margins[row as usize] += value);
        }
        for &row in others.iter().chain(watched) {
            margins[row as usize] += tree.leaves[self.walk(&steps, row)].value;
        }
        self.spare.extend(leaves.into_iter().map(|leaf| leaf.histogram));
        Some(tree)
    }

    fn draw_columns(&self, chance: &mut Chance) -> Vec<usize> {
        let count = self.table.feature_count();
        let wanted = ((self.options.feature_share * count as f64).round() as usize).clamp(1.min(count), count);
        let mut columns: Vec<usize> = (0..count).collect();
        if wanted < count {
            chance.shuffle(&mut columns);
            columns.truncate(wanted);
            columns.sort_unstable();
        }
        columns
    }

    fn grow_leaves(&mut self, rows: &mut [u32], sums: Sums, used: &[usize]) -> (Vec<Step>, Vec<Open>) {
        let mut root =
            Open { rows: 0..rows.len(), sums, histogram: self.room(), bounds: Bounds::NONE, split: None, above: None };
        self.fill(used, rows, &mut root);
        root.split = self.best(used, &root);
        let mut leaves = vec![root];
        let mut steps: Vec<Step> = Vec::new();
        while leaves.len() < self.options.leaves {
            // The first of those that gain most.
            let gain = |open: &Open| open.split.as_ref().map_or(0.0, |split| split.gain);
            let best = (0..leaves.len())
                .reduce(|best, next| if gain(&leaves[next]) > gain(&leaves[best]) { next } else { best });
            let Some((place, split)) = best.and_then(|place| Some((place, leaves[place].split.take()?))) else { break };
            let (left, right) = self.cut(rows, &mut leaves[place], &split, steps.len());
            steps.push(Step {
                column: split.column,
                cut: split.cut,
                left: !(place as i32),
                right: !(leaves.len() as i32),
            });
            if let Some((above, is_left)) = leaves[place].above {
                let node = (steps.len() - 1) as i32;
                if is_left { steps[above].left = node } else { steps[above].right = node }
            }
            let is_last = leaves.len() + 1 == self.options.leaves;
            let (left, right) =
                if is_last { (left, right) } else { self.ready(used, rows, &mut leaves[place], left, right) };
            leaves[place] = left;
            leaves.push(right);
        }
        (steps, leaves)
    }

    /// Parts the rows of a leaf in place, each side in its old order.
    fn cut(&self, rows: &mut [u32], open: &mut Open, split: &Split, node: usize) -> (Open, Open) {
        let column = &self.table.columns[split.column];
        let slice = &mut rows[open.rows.clone()];
        let mut right: Vec<u32> = Vec::with_capacity(split.right.count as usize);
        let mut kept = 0;
        for at in 0..slice.len() {
            let row = slice[at];
            if split.cut.goes_left(column.codes[row as usize], column.groups) {
                slice[kept] = row;
                kept += 1;
            } else {
                right.push(row);
            }
        }
        slice[kept..].copy_from_slice(&right);
        let border = open.rows.start + kept;
        let (low, high) = self.bounds(open, split);
        let half = |rows, sums, bounds, is_left| Open {
            rows,
            sums,
            histogram: Vec::new(),
            bounds,
            split: None,
            above: Some((node, is_left)),
        };
        (half(open.rows.start..border, split.left, low, true), half(border..open.rows.end, split.right, high, false))
    }

    /// A cut along a direction keeps the two sides on their sides of the middle for good.
    fn bounds(&self, open: &Open, split: &Split) -> (Bounds, Bounds) {
        let direction = self.table.columns[split.column].direction;
        if direction == Direction::Either {
            return (open.bounds, open.bounds);
        }
        let answer = |sums| split::answer(sums, self.options.l2, open.bounds);
        let middle = (answer(split.left) + answer(split.right)) / 2.0;
        let (low, high) = (Bounds { high: middle, ..open.bounds }, Bounds { low: middle, ..open.bounds });
        if direction == Direction::Rising { (low, high) } else { (high, low) }
    }

    /// Sums of both halves: the smaller is added up, the larger is what is left of the whole.
    fn ready(
        &mut self,
        used: &[usize],
        rows: &[u32],
        whole: &mut Open,
        mut left: Open,
        mut right: Open,
    ) -> (Open, Open) {
        let left_is_smaller = left.rows.len() <= right.rows.len();
        let (small, large) = if left_is_smaller { (&mut left, &mut right) } else { (&mut right, &mut left) };
        small.histogram = self.room();
        self.fill(used, rows, small);
        large.histogram = std::mem::take(&mut whole.histogram);
        histogram::subtract(&mut large.histogram, &small.histogram);
        left.split = self.best(used, &left);
        right.split = self.best(used, &right);
        (left, right)
    }

    fn room(&mut self) -> Histogram {
        self.spare.pop().unwrap_or_default()
    }

    fn fill(&self, used: &[usize], rows: &[u32], open: &mut Open) {
        let rows = &rows[open.rows.clone()];
        histogram::fill(self.table, &self.layout, used, rows, &self.slopes, self.options.threads, &mut open.histogram);
    }

    fn best(&self, used: &[usize], open: &Open) -> Option<Split> {
        if open.sums.count < 2.0 * self.options.min_rows as f64 {
            return None;
        }
        let mut best: Option<Split> = None;
        for &place in used {
            let column = &self.table.columns[place];
            let start = self.layout.starts[place];
            let sums = &open.histogram[start..start + column.groups + 1];
            let found = split::best(place, column, sums, open.sums, open.bounds, self.options);
            if found.as_ref().is_some_and(|found| best.as_ref().is_none_or(|best| found.gain > best.gain)) {
                best = found;
            }
        }
        best
    }

    fn tree(&self, steps: &[Step], leaves: &[Open]) -> Tree {
        let rate = self.options.learning_rate;
        let leaf = |open: &Open| Leaf {
            value: rate * split::answer(open.sums, self.options.l2, open.bounds),
            cover: open.sums.count,
        };
        let leaves: Vec<Leaf> = leaves.iter().map(leaf).collect();
        let mut covers = vec![0.0; steps.len()];
        for place in (0..steps.len()).rev() {
            let cover = |child: i32| if child >= 0 { covers[child as usize] } else { leaves[!child as usize].cover };
            covers[place] = cover(steps[place].left) + cover(steps[place].right);
        }
        let node = |(step, cover): (&Step, f64)| {
            let column = &self.table.columns[step.column];
            let (test, missing) = match step.cut {
                Cut::AtMost { last, missing_left } => {
                    (column.at_most(last), if missing_left { Missing::Left } else { Missing::Right })
                }
                Cut::OneOf(set) => column.one_of(&set),
            };
            Node { feature: step.column as u32, test, missing, left: step.left, right: step.right, cover }
        };
        Tree { nodes: steps.iter().zip(covers).map(node).collect(), leaves }
    }

    fn walk(&self, steps: &[Step], row: u32) -> usize {
        let mut at = 0;
        while at >= 0 {
            let step = &steps[at as usize];
            let column = &self.table.columns[step.column];
            at = if step.cut.goes_left(column.codes[row as usize], column.groups) { step.left } else { step.right };
        }
        !at as usize
    }
}
