//! Contributions against the definition (every subset of features), printed examples, and the margin they sum to.

use estimators::chance::Chance;
use estimators::shap::{Explainer, interventional};
use estimators::trees::{Forest, Leaf, Missing, Node, Test, Tree};

fn node(feature: u32, left: i32, right: i32, cover: f64) -> Node {
    Node { feature, test: Test::AtMost(0.5), missing: Missing::Right, left, right, cover }
}

fn leaf(value: f64, cover: f64) -> Leaf {
    Leaf { value, cover }
}

fn forest(features: usize, tree: Tree) -> Forest {
    Forest::new(features, 0.0, vec![tree]).expect("a tree")
}

fn near(values: &[f64], expected: &[f64], within: f64) {
    assert_eq!(values.len(), expected.len());
    for (value, expected) in values.iter().zip(expected) {
        assert!((value - expected).abs() <= within, "{values:?} is not {expected}");
    }
}

#[test]
fn the_printed_trees_have_the_printed_contributions() {
    // S1, S2: fever and cough, four equal rows.
    for (cough, base, expected) in [(0.0, 20.0, [30.0, 30.0]), (10.0, 25.0, [30.0, 35.0])] {
        let nodes = vec![node(0, 1, 2, 4.0), node(1, !0, !1, 2.0), node(1, !2, !3, 2.0)];
        let leaves = vec![leaf(0.0, 1.0), leaf(cough, 1.0), leaf(0.0, 1.0), leaf(80.0 + cough, 1.0)];
        let forest = forest(2, Tree { nodes, leaves });
        let explainer = Explainer::new(&forest);
        near(&[explainer.base()], &[base], 1e-12);
        near(&explainer.contributions(&[1.0, 1.0]), &expected, 1e-12);
        let background: [&[f64]; 4] = [&[0.0, 0.0], &[0.0, 1.0], &[1.0, 0.0], &[1.0, 1.0]];
        near(&interventional(&forest, &[1.0, 1.0], &background), &expected, 1e-12);
    }
    // S3, S4: the two variants disagree, for the third feature even in sign.
    let nodes = vec![node(0, 1, 2, 10.0), node(1, !0, !1, 4.0), node(2, !2, 3, 6.0), node(1, !3, !4, 4.0)];
    let leaves = vec![leaf(1.0, 3.0), leaf(4.0, 1.0), leaf(10.0, 2.0), leaf(6.0, 1.0), leaf(20.0, 3.0)];
    let rows = ["000", "001", "010", "100", "110", "101", "111", "111", "000", "111"];
    let rows: Vec<Vec<f64>> = rows.map(|row| row.bytes().map(|bit| f64::from(bit - b'0')).collect()).to_vec();
    let background: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    let forest = forest(3, Tree { nodes, leaves });
    let explainer = Explainer::new(&forest);
    near(&[explainer.base()], &[9.3], 1e-12);
    near(&explainer.contributions(&[1.0, 1.0, 1.0]), &[5.638_888_89, 2.822_222_22, 2.238_888_89], 5e-9);
    near(&explainer.contributions(&[1.0, 0.0, 1.0]), &[3.75, -7.266_666_67, 0.216_666_67], 5e-9);
    near(&interventional(&forest, &[1.0, 1.0, 1.0], &background), &[4.183_333_33, 4.183_333_33, 2.333_333_33], 5e-9);
    near(&interventional(&forest, &[1.0, 0.0, 1.0], &background), &[2.683_333_33, -5.516_666_67, -0.466_666_67], 5e-9);
}

/// A random tree over `features`, which may test the same feature again on a path, by border or by set, with missing values.
fn random_tree(chance: &mut Chance, features: usize, leaves: usize) -> Tree {
    let mut tree = Tree { nodes: Vec::new(), leaves: vec![leaf(chance.uniform() - 0.5, 1.0)] };
    let mut above: Vec<Option<(usize, bool)>> = vec![None];
    while tree.leaves.len() < leaves {
        let place = chance.below(tree.leaves.len());
        let (at, other) = (tree.nodes.len(), tree.leaves.len());
        let test = match chance.below(4) {
            0 => Test::OneOf(vec![chance.next() & 0b1111]),
            _ => Test::AtMost((chance.uniform() * 4.0).floor()),
        };
        let missing = if chance.below(2) == 0 { Missing::Left } else { Missing::Right };
        let feature = chance.below(features) as u32;
        tree.nodes.push(Node { feature, test, missing, left: !(place as i32), right: !(other as i32), cover: 0.0 });
        if let Some((node, is_left)) = above[place] {
            let child = if is_left { &mut tree.nodes[node].left } else { &mut tree.nodes[node].right };
            *child = at as i32;
        }
        above[place] = Some((at, true));
        above.push(Some((at, false)));
        tree.leaves[place].value = chance.uniform() - 0.5;
        tree.leaves.push(leaf(chance.uniform() - 0.5, 1.0));
    }
    for leaf in &mut tree.leaves {
        leaf.cover = 1.0 + chance.below(50) as f64;
    }
    for at in (0..tree.nodes.len()).rev() {
        let cover =
            |child: i32| if child >= 0 { tree.nodes[child as usize].cover } else { tree.leaves[!child as usize].cover };
        tree.nodes[at].cover = cover(tree.nodes[at].left) + cover(tree.nodes[at].right);
    }
    tree
}

/// The mean of the leaves that can be reached when the features of a set are known.
fn known_mean(tree: &Tree, at: i32, row: &[f64], known: usize) -> f64 {
    if at < 0 {
        return tree.leaves[!at as usize].value;
    }
    let node = &tree.nodes[at as usize];
    if known >> node.feature & 1 == 1 {
        let next = if node.goes_left(row[node.feature as usize]) { node.left } else { node.right };
        return known_mean(tree, next, row, known);
    }
    let cover =
        |child: i32| if child >= 0 { tree.nodes[child as usize].cover } else { tree.leaves[!child as usize].cover };
    let (left, right) = (cover(node.left), cover(node.right));
    (left * known_mean(tree, node.left, row, known) + right * known_mean(tree, node.right, row, known)) / (left + right)
}

fn shapley(features: usize, value: impl Fn(usize) -> f64) -> Vec<f64> {
    let values: Vec<f64> = (0..1usize << features).map(value).collect();
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    (0..features)
        .map(|feature| {
            let without = (0..1usize << features).filter(|set| set >> feature & 1 == 0);
            let gain = |set: usize| {
                let size = set.count_ones() as usize;
                let weight = factorial(size) * factorial(features - size - 1) / factorial(features);
                weight * (values[set | 1 << feature] - values[set])
            };
            without.map(gain).sum()
        })
        .collect()
}

#[test]
fn trying_every_subset_gives_the_same_in_both_variants() {
    let mut chance = Chance::new(11);
    for round in 0..120 {
        let features = 1 + chance.below(8);
        let leaves = 2 + chance.below(24);
        let trees: Vec<Tree> = (0..3).map(|_| random_tree(&mut chance, features, leaves)).collect();
        let forest = Forest::new(features, 0.25, trees).expect("trees");
        let mut draw = || -> Vec<f64> {
            (0..features).map(|_| if chance.below(6) == 0 { f64::NAN } else { chance.below(5) as f64 }).collect()
        };
        let row = draw();
        let background: Vec<Vec<f64>> = (0..4).map(|_| draw()).collect();
        let explainer = Explainer::new(&forest);
        let contributions = explainer.contributions(&row);
        let path = shapley(features, |set| {
            forest
                .trees()
                .iter()
                .map(|tree| known_mean(tree, if tree.nodes.is_empty() { !0 } else { 0 }, &row, set))
                .sum()
        });
        near(&contributions, &path, 1e-9);
        let sum = explainer.base() + contributions.iter().sum::<f64>();
        assert!((sum - forest.margin(&row)).abs() < 1e-9, "round {round}: {sum} is not the margin");
        let mixed = shapley(features, |set| {
            let mean = |other: &Vec<f64>| {
                let mixed: Vec<f64> =
                    (0..features).map(|f| if set >> f & 1 == 1 { row[f] } else { other[f] }).collect();
                forest.margin(&mixed)
            };
            background.iter().map(mean).sum::<f64>() / background.len() as f64
        });
        let others: Vec<&[f64]> = background.iter().map(Vec::as_slice).collect();
        near(&interventional(&forest, &row, &others), &mixed, 1e-9);
    }
}

#[test]
fn a_path_through_forty_features_still_sums_to_the_margin() {
    let mut chance = Chance::new(5);
    // A chain: every node cuts one leaf off, each by another feature.
    let nodes: Vec<Node> = (0..40)
        .map(|at| node(at, !(at as i32), if at == 39 { !40 } else { at as i32 + 1 }, f64::from(41 - at)))
        .collect();
    let leaves = (0..41).map(|_| leaf(chance.uniform(), 1.0)).collect();
    let forest = forest(40, Tree { nodes, leaves });
    let row: Vec<f64> = (0..40).map(|_| chance.below(2) as f64).collect();
    let explainer = Explainer::new(&forest);
    let sum = explainer.base() + explainer.contributions(&row).iter().sum::<f64>();
    assert!((sum - forest.margin(&row)).abs() < 1e-9);
}
