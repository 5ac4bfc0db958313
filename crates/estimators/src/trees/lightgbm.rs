//! Reads the text that LightGBM saves a model as, to explain and to score a model that was trained elsewhere.
//!
//! Not here: writing that format.

use std::collections::HashMap;
use std::fmt;

use super::{Forest, Leaf, Missing, Node, Test, Tree};

/// Why a text is no model that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Place of the tree, from 0; none for the head of the file.
    pub tree: Option<usize>,
    /// The key that is missing or wrong.
    pub key: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tree {
            Some(tree) => write!(f, "tree {tree}: `{}` is missing or wrong", self.key),
            None => write!(f, "`{}` is missing or wrong", self.key),
        }
    }
}

impl std::error::Error for Unreadable {}

/// The ensemble of a LightGBM text model; its margin is LightGBM's raw score.
///
/// # Edges
/// Models of one output only; linear trees and averaged forests (`average_output`) are refused.
///
/// # Errors
/// The first key that is missing or cannot be read.
pub fn read(text: &str) -> Result<Forest, Unreadable> {
    let mut blocks = text.split("\nTree=");
    let head = blocks.next().unwrap_or_default();
    let lines = pairs(head);
    let wrong = |key: &'static str| Unreadable { tree: None, key };
    let last: usize =
        lines.get("max_feature_idx").and_then(|text| text.parse().ok()).ok_or(wrong("max_feature_idx"))?;
    let is_single = lines.get("num_tree_per_iteration").is_none_or(|count| *count == "1");
    if !is_single {
        return Err(wrong("num_tree_per_iteration"));
    }
    if head.lines().any(|line| line == "average_output") {
        return Err(wrong("average_output"));
    }
    let trees: Result<Vec<Tree>, Unreadable> = blocks
        .enumerate()
        .map(|(place, block)| tree(block).map_err(|key| Unreadable { tree: Some(place), key }))
        .collect();
    let features = last.checked_add(1).ok_or(wrong("max_feature_idx"))?;
    Forest::new(features, 0.0, trees?).map_err(|tree| Unreadable { tree: Some(tree), key: "left_child" })
}

fn pairs(block: &str) -> HashMap<&str, &str> {
    block.lines().take_while(|line| *line != "end of trees").filter_map(|line| line.split_once('=')).collect()
}

fn numbers<T: std::str::FromStr>(
    lines: &HashMap<&str, &str>,
    key: &'static str,
    count: usize,
) -> Result<Vec<T>, &'static str> {
    let text = lines.get(key).copied().unwrap_or_default();
    let values: Vec<T> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>().map_err(|_| key)?;
    if values.len() == count { Ok(values) } else { Err(key) }
}

fn tree(block: &str) -> Result<Tree, &'static str> {
    let lines = pairs(block);
    let leaves: usize = lines.get("num_leaves").and_then(|text| text.trim().parse().ok()).ok_or("num_leaves")?;
    if lines.get("is_linear").is_some_and(|is| *is == "1") {
        return Err("is_linear");
    }
    let values: Vec<f64> = numbers(&lines, "leaf_value", leaves)?;
    if leaves == 1 {
        return Ok(Tree { nodes: Vec::new(), leaves: vec![Leaf { value: values[0], cover: 1.0 }] });
    }
    let inner = leaves.checked_sub(1).ok_or("num_leaves")?;
    let covers: Vec<f64> = numbers(&lines, "leaf_count", leaves)?;
    let features: Vec<u32> = numbers(&lines, "split_feature", inner)?;
    let thresholds: Vec<f64> = numbers(&lines, "threshold", inner)?;
    let kinds: Vec<u32> = numbers(&lines, "decision_type", inner)?;
    let left: Vec<i32> = numbers(&lines, "left_child", inner)?;
    let right: Vec<i32> = numbers(&lines, "right_child", inner)?;
    let counts: Vec<f64> = numbers(&lines, "internal_count", inner)?;
    let categories: usize = lines.get("num_cat").and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    let (mut borders, mut words) = (Vec::new(), Vec::new());
    if categories > 0 {
        borders = numbers::<usize>(&lines, "cat_boundaries", categories + 1)?;
        let total = borders.last().copied().unwrap_or(0);
        words = numbers::<u32>(&lines, "cat_threshold", total)?;
    }
    let node = |place: usize| -> Result<Node, &'static str> {
        let (kind, threshold) = (kinds[place], thresholds[place]);
        let test = match kind & 1 {
            0 => Test::AtMost(threshold),
            _ => Test::OneOf(set(threshold as usize, &borders, &words).ok_or("cat_threshold")?),
        };
        let goes_left = kind & 2 != 0;
        let missing = match (kind & 1, kind >> 2 & 3, goes_left) {
            (1, ..) | (0, 2, false) => Missing::Right,
            (_, 2, true) => Missing::Left,
            (_, 1, true) => Missing::ZeroLeft,
            (_, 1, false) => Missing::ZeroRight,
            _ => Missing::IsZero,
        };
        let feature = features[place];
        Ok(Node { feature, test, missing, left: left[place], right: right[place], cover: counts[place] })
    };
    let nodes = (0..inner).map(node).collect::<Result<_, _>>()?;
    let leaves = values.into_iter().zip(covers).map(|(value, cover)| Leaf { value, cover }).collect();
    Ok(Tree { nodes, leaves })
}

/// The bits of a set of categories, two words of 32 as one of 64.
fn set(place: usize, borders: &[usize], words: &[u32]) -> Option<Vec<u64>> {
    let words = words.get(*borders.get(place)?..*borders.get(place + 1)?)?;
    Some(
        words.chunks(2).map(|pair| u64::from(pair[0]) | pair.get(1).map_or(0, |high| u64::from(*high) << 32)).collect(),
    )
}
