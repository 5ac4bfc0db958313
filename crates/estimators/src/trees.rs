//! Ensembles of decision trees as flat arrays of 64-bit numbers: what is stored, predicted with and explained.
//!
//! Whatever grew them ([`boost`](crate::boost), LightGBM by [`lightgbm`]), prediction and reasons use only these.
//! A row is a slice of numbers, one for each feature; NaN is missing; a category is its code as a number.
//!
//! Not here: growing (`boost`), contributions (`shap`).

pub mod lightgbm;

use crate::flat;
use crate::flat::Flat;

/// How a node tells its rows apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Values up to and including the number go left.
    AtMost(f64),
    /// Codes in the set go left: bit `code % 64` of word `code / 64`.
    OneOf(Vec<u64>),
}

/// What counts as missing at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// NaN goes left.
    Left,
    /// NaN goes right.
    Right,
    /// NaN is read as 0.
    IsZero,
    /// NaN and 0 go left.
    ZeroLeft,
    /// NaN and 0 go right.
    ZeroRight,
}

/// An inner node. Children are places of nodes, or `!leaf` (negative) for leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Place of the feature in a row.
    pub feature: u32,
    /// What goes left.
    pub test: Test,
    /// Where missing values go.
    pub missing: Missing,
    /// Left child.
    pub left: i32,
    /// Right child.
    pub right: i32,
    /// How many training rows came by, by count or by weight; the same measure throughout a tree.
    pub cover: f64,
}

impl Node {
    /// Whether a value goes left.
    #[inline]
    pub fn goes_left(&self, value: f64) -> bool {
        let is_zero = value.abs() <= 1e-35;
        match self.missing {
            Missing::Left if value.is_nan() => true,
            Missing::Right if value.is_nan() => false,
            Missing::ZeroLeft if value.is_nan() || is_zero => true,
            Missing::ZeroRight if value.is_nan() || is_zero => false,
            Missing::IsZero if value.is_nan() => self.passes(0.0),
            _ => self.passes(value),
        }
    }

    #[inline]
    fn passes(&self, value: f64) -> bool {
        match &self.test {
            Test::AtMost(border) => value <= *border,
            Test::OneOf(set) => {
                let code = value as usize;
                value >= 0.0 && set.get(code / 64).is_some_and(|word| word >> (code % 64) & 1 == 1)
            }
        }
    }
}

/// A leaf: what it adds to the margin, and how many training rows ended in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leaf {
    /// Added to the margin.
    pub value: f64,
    /// As [`Node::cover`].
    pub cover: f64,
}

/// A tree; without nodes it is its single leaf. Every child stands after its parent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// Inner nodes, the root first.
    pub nodes: Vec<Node>,
    /// Leaves.
    pub leaves: Vec<Leaf>,
}

impl Tree {
    /// What the tree adds to the margin of a row.
    #[inline]
    pub fn value(&self, row: &[f64]) -> f64 {
        self.leaves[self.leaf(row)].value
    }

    /// The leaf a row ends in.
    #[inline]
    pub fn leaf(&self, row: &[f64]) -> usize {
        let mut at = if self.nodes.is_empty() { !0 } else { 0 };
        while at >= 0 {
            let node = &self.nodes[at as usize];
            at = if node.goes_left(row[node.feature as usize]) { node.left } else { node.right };
        }
        !at as usize
    }

    /// The mean of the leaves, by cover: what the tree adds to a row of which nothing is known.
    pub fn mean(&self) -> f64 {
        let cover: f64 = self.leaves.iter().map(|leaf| leaf.cover).sum();
        self.leaves.iter().map(|leaf| leaf.value * leaf.cover).sum::<f64>() / cover
    }

    /// Whether it is a tree: children after parents, each reached once, features within `features`, positive covers.
    fn is_sound(&self, features: usize) -> bool {
        let (nodes, leaves) = (self.nodes.len(), self.leaves.len());
        if leaves != nodes + 1 || self.leaves.iter().any(|leaf| !leaf.value.is_finite()) {
            return false;
        }
        let covers = self.nodes.iter().map(|node| node.cover).chain(self.leaves.iter().map(|leaf| leaf.cover));
        if nodes > 0 && covers.into_iter().any(|cover| !cover.is_finite() || cover <= 0.0) {
            return false;
        }
        let mut seen = vec![0u8; nodes + leaves];
        for (place, node) in self.nodes.iter().enumerate() {
            for child in [node.left, node.right] {
                let slot = if child >= 0 { child as usize } else { nodes + !child as usize };
                let is_after = child < 0 || child as usize > place;
                if !is_after || slot >= nodes + leaves || (child >= 0 && slot >= nodes) {
                    return false;
                }
                seen[slot] += 1;
            }
            if node.feature as usize >= features {
                return false;
            }
        }
        seen.iter().enumerate().all(|(slot, times)| *times == u8::from(slot != 0 || nodes == 0) || nodes == 0)
    }
}

flat!(Node { feature, test, missing, left, right, cover });
flat!(Leaf { value, cover });
flat!(Tree { nodes, leaves });

impl Flat for Test {
    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Test::AtMost(border) => {
                0u8.put(to);
                border.put(to);
            }
            Test::OneOf(set) => {
                1u8.put(to);
                set.put(to);
            }
        }
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Some(match u8::take(from)? {
            0 => Test::AtMost(Flat::take(from)?),
            1 => Test::OneOf(Flat::take(from)?),
            _ => return None,
        })
    }
}

impl Missing {
    const ALL: [Missing; 5] = [Missing::Left, Missing::Right, Missing::IsZero, Missing::ZeroLeft, Missing::ZeroRight];
}

impl Flat for Missing {
    fn put(&self, to: &mut Vec<u8>) {
        Missing::ALL.iter().position(|one| one == self).unwrap_or_default().put(to);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Missing::ALL.get(usize::take(from)?).copied()
    }
}

/// A sum of trees: `margin = base + Σ tree(row)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest {
    features: usize,
    base: f64,
    trees: Vec<Tree>,
}

impl Forest {
    /// An ensemble over rows of `features` numbers.
    ///
    /// # Errors
    /// The place of the first tree that is none (a child before its parent, a feature beyond the row, a cover that is not
    /// positive).
    pub fn new(features: usize, base: f64, trees: Vec<Tree>) -> Result<Forest, usize> {
        match trees.iter().position(|tree| !tree.is_sound(features)) {
            Some(place) => Err(place),
            None => Ok(Forest { features, base, trees }),
        }
    }

    /// How many numbers a row has.
    pub fn features(&self) -> usize {
        self.features
    }

    /// The margin before any tree.
    pub fn base(&self) -> f64 {
        self.base
    }

    /// The trees.
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// The margin of a row. Panics if the row is shorter than the features.
    pub fn margin(&self, row: &[f64]) -> f64 {
        self.base + self.trees.iter().map(|tree| tree.value(row)).sum::<f64>()
    }

    /// The same ensemble with every answer multiplied: a member of a weighted sum.
    pub fn scaled(&self, factor: f64) -> Forest {
        let mut forest = self.clone();
        forest.base *= factor;
        forest.trees.iter_mut().flat_map(|tree| &mut tree.leaves).for_each(|leaf| leaf.value *= factor);
        forest
    }

    /// The sum of ensembles over the same features.
    ///
    /// # Edges
    /// `None` without any, or when their rows differ in length.
    pub fn sum(forests: impl IntoIterator<Item = Forest>) -> Option<Forest> {
        let mut forests = forests.into_iter();
        let mut all = forests.next()?;
        for forest in forests {
            if forest.features != all.features {
                return None;
            }
            all.base += forest.base;
            all.trees.extend(forest.trees);
        }
        Some(all)
    }
}

impl Flat for Forest {
    fn put(&self, to: &mut Vec<u8>) {
        self.features.put(to);
        self.base.put(to);
        self.trees.put(to);
    }

    fn take(from: &mut &[u8]) -> Option<Self> {
        Forest::new(Flat::take(from)?, Flat::take(from)?, Flat::take(from)?).ok()
    }
}
