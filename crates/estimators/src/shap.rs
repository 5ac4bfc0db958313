//! How much each feature adds to a margin: exact Shapley values of tree ensembles.
//!
//! [`Explainer`] is path-dependent: the value of a set of known features is the mean of the leaves that can still be
//! reached, an unknown feature going both ways in proportion to the training rows that did. [`interventional`] takes
//! unknown features from other customers instead. The two can differ, even in sign; the product shows the first.
//! In both, base and contributions sum to the margin.
//!
//! # How
//! For one leaf the path-dependent game is a product: a known feature passes on 1 or 0 (`o`, whether the row keeps to
//! the path), an unknown one its share `z` of cover. By Owen's formula the Shapley value of feature `i` is
//! `v · (o_i − z_i) · ∫₀¹ Π_{j≠i} (t·o_j + (1−t)·z_j) dt`. With `d` features on the path that is a polynomial in `t` of
//! degree `d − 1`, which Gauss–Legendre quadrature with `⌈d/2⌉` nodes integrates *exactly*. All factors are positive, so
//! nothing cancels and a factor can be divided out again: one walk down carries the products, one walk up the sums over
//! leaves, `O(leaves · depth)` for a row and tree instead of `O(leaves · depth²)`.
//!
//! Not here: words for reasons.
//!
//! # Source
//! Shapley (1953); Owen (1972), *Management Science* 18(5), 64–79; the path-dependent game: Lundberg et al. (2020),
//! *Nature Machine Intelligence* 2, 56–67.

mod legendre;

use crate::trees::{Forest, Node, Tree};

/// Rows explained by one tree before the next: its tables stay near the processor.
const BLOCK: usize = 256;
const NONE: usize = usize::MAX;

/// An ensemble made ready to explain rows, path-dependent.
#[derive(Clone, Debug)]
pub struct Explainer {
    features: usize,
    base: f64,
    trees: Vec<Prepared>,
}

impl Explainer {
    /// Prepares an ensemble. Takes time and memory of the order of its leaves times its depth.
    pub fn new(forest: &Forest) -> Explainer {
        let trees: Vec<Prepared> =
            forest.trees().iter().filter(|tree| !tree.nodes.is_empty()).map(Prepared::new).collect();
        let base = forest.base() + forest.trees().iter().map(Tree::mean).sum::<f64>();
        Explainer { features: forest.features(), base, trees }
    }

    /// The margin of a customer of whom nothing is known: what the contributions are added to.
    pub fn base(&self) -> f64 {
        self.base
    }

    /// What each feature adds to the margin of one row; they and [`Explainer::base`] sum to the margin.
    pub fn contributions(&self, row: &[f64]) -> Vec<f64> {
        self.contributions_of(row)
    }

    /// The same for many rows, one after the other in one slice; so are the answers.
    ///
    /// Panics if `rows` is no multiple of the features.
    pub fn contributions_of(&self, rows: &[f64]) -> Vec<f64> {
        assert_eq!(rows.len() % self.features.max(1), 0, "whole rows");
        let mut answers = vec![0.0; rows.len()];
        let mut room = Room::default();
        let size = BLOCK * self.features.max(1);
        for (rows, answers) in rows.chunks(size).zip(answers.chunks_mut(size)) {
            for tree in &self.trees {
                tree.explain_rows(rows, answers, self.features, &mut room);
            }
        }
        answers
    }
}

/// An edge from a node to one of its children.
#[derive(Clone, Copy, Debug)]
struct Edge {
    feature: usize,
    /// Edge into its node; `NONE` at the root.
    parent: usize,
    /// Nearest edge towards the root that tests the same feature; `NONE` if there is none.
    above: usize,
    /// Value of the leaf below it, if there is one.
    leaf: Option<f64>,
    /// Share of cover that comes by here of what came by `above`: the factor when `above` was not kept already.
    share: f64,
}

/// A tree with everything that does not depend on the row. Edge `2n` leads left from node `n`, `2n + 1` right.
#[derive(Clone, Debug)]
struct Prepared {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// Weights of the quadrature.
    weights: Vec<f64>,
    /// Factors that an edge multiplies in where the row keeps to the path so far: on this edge too, or no longer.
    kept: Vec<f64>,
    lost: Vec<f64>,
    /// What a sum over the leaves below counts for the feature, in the same two cases.
    credit_kept: Vec<f64>,
    credit_lost: Vec<f64>,
}

/// Scratch for one row and tree.
#[derive(Default)]
struct Room {
    sums: Vec<f64>,
    keeps: Vec<bool>,
}

impl Prepared {
    fn new(tree: &Tree) -> Prepared {
        let cover = |child: i32| match child {
            place if place >= 0 => tree.nodes[place as usize].cover,
            leaf => tree.leaves[!leaf as usize].cover,
        };
        let mut into = vec![NONE; tree.nodes.len()];
        let mut edges: Vec<Edge> = Vec::with_capacity(2 * tree.nodes.len());
        // Share of cover that is left of a feature on the way to an edge, all its tests together, and features so far.
        let mut shares: Vec<f64> = Vec::with_capacity(edges.capacity());
        let mut features: Vec<usize> = Vec::with_capacity(edges.capacity());
        for (place, node) in tree.nodes.iter().enumerate() {
            let parent = into[place];
            let feature = node.feature as usize;
            let mut above = parent;
            while above != NONE && edges[above].feature != feature {
                above = edges[above].parent;
            }
            let both = cover(node.left) + cover(node.right);
            for child in [node.left, node.right] {
                let share = cover(child) / both;
                shares.push(share * if above == NONE { 1.0 } else { shares[above] });
                features.push(usize::from(above == NONE) + if parent == NONE { 0 } else { features[parent] });
                if child >= 0 {
                    into[child as usize] = edges.len();
                }
                let leaf = (child < 0).then(|| tree.leaves[!child as usize].value);
                edges.push(Edge { feature, parent, above, leaf, share });
            }
        }
        let (points, weights) = legendre::rule(features.iter().copied().max().unwrap_or(1).div_ceil(2));
        let mut prepared = Prepared {
            nodes: tree.nodes.clone(),
            edges,
            weights,
            kept: Vec::new(),
            lost: Vec::new(),
            credit_kept: Vec::new(),
            credit_lost: Vec::new(),
        };
        prepared.fill(&points, &shares);
        prepared
    }

    fn fill(&mut self, points: &[f64], shares: &[f64]) {
        for (edge, share) in self.edges.iter().zip(shares) {
            let above = (edge.above != NONE).then(|| shares[edge.above]);
            for t in points {
                let kept = t + (1.0 - t) * share;
                let before = above.map_or(1.0, |above| t + (1.0 - t) * above);
                let credited = above.map_or(0.0, |above| (1.0 - above) / before);
                self.kept.push(kept / before);
                self.lost.push((1.0 - t) * share / before);
                self.credit_kept.push((1.0 - share) / kept - credited);
                self.credit_lost.push(-1.0 / (1.0 - t) - credited);
            }
        }
    }

    fn explain_rows(&self, rows: &[f64], answers: &mut [f64], features: usize, room: &mut Room) {
        room.sums.clear();
        room.sums.resize(self.kept.len(), 0.0);
        room.keeps.clear();
        room.keeps.resize(self.edges.len(), true);
        for (row, answer) in rows.chunks_exact(features).zip(answers.chunks_exact_mut(features)) {
            // A width known to the compiler is worth a factor of two.
            match self.weights.len() {
                1 => self.explain::<1>(row, answer, room),
                2 => self.explain::<2>(row, answer, room),
                3 => self.explain::<3>(row, answer, room),
                4 => self.explain::<4>(row, answer, room),
                5 => self.explain::<5>(row, answer, room),
                6 => self.explain::<6>(row, answer, room),
                7 => self.explain::<7>(row, answer, room),
                8 => self.explain::<8>(row, answer, room),
                width => self.explain_wide(row, answer, room, width),
            }
        }
    }

    /// Whether the row keeps to the path at each edge, all tests of the edge's feature so far taken together.
    fn keep(&self, row: &[f64], keeps: &mut [bool]) {
        for (place, node) in self.nodes.iter().enumerate() {
            let goes_left = node.goes_left(row[node.feature as usize]);
            let above = self.edges[2 * place].above;
            let so_far = above == NONE || keeps[above];
            keeps[2 * place] = so_far && goes_left;
            keeps[2 * place + 1] = so_far && !goes_left;
        }
    }

    fn explain<const WIDTH: usize>(&self, row: &[f64], answer: &mut [f64], room: &mut Room) {
        let table = |values: &[f64], at: usize| -> [f64; WIDTH] {
            let mut slot = [0.0; WIDTH];
            slot.copy_from_slice(&values[at * WIDTH..(at + 1) * WIDTH]);
            slot
        };
        self.keep(row, &mut room.keeps);
        let (sums, keeps) = (&mut room.sums, &room.keeps);
        for (at, edge) in self.edges.iter().enumerate() {
            let mut product = if edge.parent == NONE { table(&self.weights, 0) } else { table(sums, edge.parent) };
            if edge.above == NONE || keeps[edge.above] {
                let factors = table(if keeps[at] { &self.kept } else { &self.lost }, at);
                product.iter_mut().zip(factors).for_each(|(product, factor)| *product *= factor);
            } else {
                product.iter_mut().for_each(|product| *product *= edge.share);
            }
            sums[at * WIDTH..(at + 1) * WIDTH].copy_from_slice(&product);
        }
        self.clear_inner(sums, WIDTH);
        for (at, edge) in self.edges.iter().enumerate().rev() {
            let below = table(sums, at);
            if edge.above == NONE || keeps[edge.above] {
                let credits = table(if keeps[at] { &self.credit_kept } else { &self.credit_lost }, at);
                answer[edge.feature] += below.iter().zip(credits).map(|(sum, credit)| sum * credit).sum::<f64>();
            }
            if edge.parent != NONE {
                let parent = &mut sums[edge.parent * WIDTH..(edge.parent + 1) * WIDTH];
                parent.iter_mut().zip(below).for_each(|(sum, below)| *sum += below);
            }
        }
    }

    /// The same for any width.
    fn explain_wide(&self, row: &[f64], answer: &mut [f64], room: &mut Room, width: usize) {
        self.keep(row, &mut room.keeps);
        let (sums, keeps) = (&mut room.sums, &room.keeps);
        for (at, edge) in self.edges.iter().enumerate() {
            let counts = edge.above == NONE || keeps[edge.above];
            for point in 0..width {
                let before = if edge.parent == NONE { self.weights[point] } else { sums[edge.parent * width + point] };
                let factor = match (counts, keeps[at]) {
                    (false, _) => edge.share,
                    (true, true) => self.kept[at * width + point],
                    (true, false) => self.lost[at * width + point],
                };
                sums[at * width + point] = before * factor;
            }
        }
        self.clear_inner(sums, width);
        for (at, edge) in self.edges.iter().enumerate().rev() {
            let counts = edge.above == NONE || keeps[edge.above];
            let credits = if keeps[at] { &self.credit_kept } else { &self.credit_lost };
            for point in 0..width {
                let below = sums[at * width + point];
                if counts {
                    answer[edge.feature] += below * credits[at * width + point];
                }
                if edge.parent != NONE {
                    sums[edge.parent * width + point] += below;
                }
            }
        }
    }

    /// Products become sums over leaves: at leaves times the value, elsewhere nothing yet.
    fn clear_inner(&self, sums: &mut [f64], width: usize) {
        for (edge, sums) in self.edges.iter().zip(sums.chunks_exact_mut(width)) {
            let value = edge.leaf.unwrap_or(0.0);
            sums.iter_mut().for_each(|sum| *sum *= value);
        }
    }
}

/// What each feature adds to the margin of a row when unknown features are taken from other rows: the interventional
/// variant, exactly, as the mean over the background.
///
/// For a leaf, with `A` the features by which the row keeps to its path and the background row does not, and `B` the
/// reverse, each of `A` is credited `v (|A|−1)! |B|! / (|A|+|B|)!` and each of `B` is debited `v |A|! (|B|−1)! / (|A|+|B|)!`.
///
/// # Edges
/// Contributions and the mean margin of the background sum to the margin of the row. Panics without any background row.
pub fn interventional(forest: &Forest, row: &[f64], background: &[&[f64]]) -> Vec<f64> {
    assert!(!background.is_empty(), "somebody to compare with");
    let mut answer = vec![0.0; forest.features()];
    for other in background {
        for tree in forest.trees() {
            let start = if tree.nodes.is_empty() { !0 } else { 0 };
            differ(tree, start, row, other, &mut Vec::new(), &mut answer);
        }
    }
    answer.iter_mut().for_each(|answer| *answer /= background.len() as f64);
    answer
}

/// Walks to every leaf that a mixture of the two rows can reach; `known` says of which row a feature must be.
fn differ(tree: &Tree, at: i32, row: &[f64], other: &[f64], known: &mut Vec<(usize, bool)>, answer: &mut [f64]) {
    if at < 0 {
        let own = known.iter().filter(|(_, own)| *own).count();
        let (own, all) = (own as i32, known.len() as i32);
        let factorial = |n: i32| (1..=n).map(f64::from).product::<f64>();
        let value = tree.leaves[!at as usize].value / factorial(all);
        for (feature, is_own) in known.iter() {
            answer[*feature] += match is_own {
                true => value * factorial(own - 1) * factorial(all - own),
                false => -value * factorial(own) * factorial(all - own - 1),
            };
        }
        return;
    }
    let node = &tree.nodes[at as usize];
    let feature = node.feature as usize;
    let child = |goes_left: bool| if goes_left { node.left } else { node.right };
    let (mine, theirs) = (child(node.goes_left(row[feature])), child(node.goes_left(other[feature])));
    match known.iter().find(|(known, _)| *known == feature).map(|(_, own)| *own) {
        _ if mine == theirs => differ(tree, mine, row, other, known, answer),
        Some(true) => differ(tree, mine, row, other, known, answer),
        Some(false) => differ(tree, theirs, row, other, known, answer),
        None => {
            for (next, own) in [(mine, true), (theirs, false)] {
                known.push((feature, own));
                differ(tree, next, row, other, known, answer);
                known.pop();
            }
        }
    }
}
