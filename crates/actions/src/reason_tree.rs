//! Why customers leave, as a tree: causes, the signs that speak for each, the reasons that people confirm.
//!
//! What a model adds up indicator by indicator is gathered by cause ([`ReasonTree::gather`]); the same causes stand for
//! the reasons that people choose on closing a case ([`ReasonTree::of_confirmed`]), so that both can be put side by
//! side. What staff can do something about is declared here too ([`Lever`]).
//!
//! Not here: what a model says (`training`), the words that a person chooses from (`reason`).

use std::collections::BTreeMap;

use indicators::Catalog;
use indicators::definition::{Fields, Node, did_you_mean};
use vocab::{Finding, Text};

use crate::case_type_read::truth;
use crate::reason::ChurnReason;

/// Log odds from which on a cause speaks: a tenth more.
const SPEAKS: f64 = 0.1;

/// What sort of leaving a cause makes (census CT-01 to CT-07).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChurnSort {
    /// The customer says so: another offer, a broken relation.
    Voluntary,
    /// By payment or closure.
    Involuntary,
    /// It fades out without a word.
    Silent,
    /// Over the price.
    Price,
    /// Over poor service or a poor product.
    Experience,
}

impl ChurnSort {
    const WORDS: [(&'static str, ChurnSort); 5] = [
        ("voluntary", ChurnSort::Voluntary),
        ("involuntary", ChurnSort::Involuntary),
        ("silent", ChurnSort::Silent),
        ("price", ChurnSort::Price),
        ("experience", ChurnSort::Experience),
    ];

    /// `voluntary`, `involuntary`, `silent`, `price`, `experience`.
    pub fn as_str(self) -> &'static str {
        ChurnSort::WORDS.iter().find(|(_, one)| *one == self).map_or("", |(word, _)| word)
    }
}

/// A branch of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonNode {
    /// Stable code.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// What sort of leaving it makes; `None` of what is no cause: where a customer stands, not why it goes.
    pub sort: Option<ChurnSort>,
    /// How leaving looks rather than why: whatever drives a customer away, it uses less. Named first where no other cause
    /// speaks.
    pub is_symptom: bool,
    /// Reasons that people confirm and that mean it.
    pub confirmed: Vec<String>,
}

/// Something that staff can change, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lever {
    /// The indicator that moves.
    pub indicator: String,
    /// What to do, in a few words.
    pub action: Text,
}

/// What one branch adds, and which indicators it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Gathered {
    /// Place of the branch among [`ReasonTree::nodes`].
    pub node: usize,
    /// The sum.
    pub added: f64,
    /// Its parts, the largest first: place among what was gathered, and what it adds here.
    pub parts: Vec<(usize, f64)>,
}

/// The tree of causes.
#[derive(Clone, Debug)]
pub struct ReasonTree {
    nodes: Vec<ReasonNode>,
    levers: Vec<Lever>,
    /// The branch of every indicator.
    of: BTreeMap<String, usize>,
    /// Indicators that speak for several branches: by which others they are shared out.
    shared: BTreeMap<String, Vec<String>>,
}

impl ReasonTree {
    /// Reads a tree. Every indicator of the catalogue belongs to one branch: the one that names it, else the one that
    /// has its category.
    ///
    /// # Errors
    /// Every fault, each with its line and column: `duplicate_id`, `unknown_indicator`, `unknown_reason`, `no_branch`
    /// for an indicator that belongs nowhere, `twice` for what two branches claim.
    pub fn parse(
        file: &str,
        text: &str,
        catalog: &Catalog,
        reasons: &[ChurnReason],
    ) -> Result<ReasonTree, Vec<Finding>> {
        let root = Node::parse(file, text)?;
        let mut findings = Vec::new();
        let mut reading = Reading { catalog, reasons, tree: ReasonTree::empty(), categories: BTreeMap::new() };
        if let Some(fields) = root.fields(&["branch", "shared", "lever"], &mut findings) {
            let lists = ["branch", "shared", "lever"].map(|key| fields.optional(key));
            for (key, list) in ["branch", "shared", "lever"].iter().zip(lists) {
                for item in list.and_then(Node::as_list).unwrap_or_default() {
                    match *key {
                        "branch" => reading.branch(item, fields.findings),
                        "shared" => reading.share(item, fields.findings),
                        _ => reading.lever(item, fields.findings),
                    };
                }
            }
        }
        reading.rest(&root, &mut findings);
        if findings.is_empty() { Ok(reading.tree) } else { Err(findings) }
    }

    fn empty() -> ReasonTree {
        ReasonTree { nodes: Vec::new(), levers: Vec::new(), of: BTreeMap::new(), shared: BTreeMap::new() }
    }

    /// The branches, in the order of the file.
    pub fn nodes(&self) -> &[ReasonNode] {
        &self.nodes
    }

    /// What staff can change, in the order of the file.
    pub fn levers(&self) -> &[Lever] {
        &self.levers
    }

    /// The branch that a confirmed reason means; `None` for a reason that means none ("they did not say").
    pub fn of_confirmed(&self, reason: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.confirmed.iter().any(|one| one == reason))
    }

    /// The indicators that contributions are shared out by, besides those that contribute.
    pub fn evidence(&self) -> impl Iterator<Item = &str> {
        self.shared.values().flatten().map(String::as_str)
    }

    /// Contributions gathered by branch: the causes that speak first, then the others, each the largest sum first; branches
    /// to which nothing belongs are left out.
    ///
    /// A cause speaks that adds 0.1 or more and is no symptom. A symptom is how leaving looks: it follows from every cause,
    /// so that nearly all that a model knows of leaving is in it, and by its size it would be the first cause of everybody.
    ///
    /// An indicator that speaks for several branches is shared out in proportion to the customer's own figures of those
    /// it is shared by; where all of them are 0 or unknown it counts for its own branch. So the sums of the branches
    /// add up to the sum of the contributions.
    ///
    /// # Edges
    /// An indicator that is in no catalogue the tree was read with counts for the first branch that is no cause, else
    /// the last.
    pub fn gather(&self, contributions: &[(&str, f64)], value: &dyn Fn(&str) -> Option<f64>) -> Vec<Gathered> {
        let mut sums: Vec<Gathered> =
            (0..self.nodes.len()).map(|node| Gathered { node, added: 0.0, parts: Vec::new() }).collect();
        for (place, (indicator, added)) in contributions.iter().enumerate() {
            for (node, share) in self.branches(indicator, value) {
                let Some(sum) = sums.get_mut(node) else { continue };
                sum.added += share * added;
                match sum.parts.iter_mut().find(|(one, _)| *one == place) {
                    Some(part) => part.1 += share * added,
                    None => sum.parts.push((place, share * added)),
                }
            }
        }
        sums.retain(|sum| !sum.parts.is_empty());
        for sum in &mut sums {
            sum.parts.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()).then(one.0.cmp(&other.0)));
        }
        let is_silent = |one: &Gathered| {
            let node = &self.nodes[one.node];
            node.is_symptom || node.sort.is_none() || one.added < SPEAKS
        };
        sums.sort_by(|one, other| {
            let by_size = other.added.total_cmp(&one.added).then(one.node.cmp(&other.node));
            is_silent(one).cmp(&is_silent(other)).then(by_size)
        });
        sums
    }

    /// Of what was gathered, the causes that raise the risk, in the order of [`ReasonTree::gather`].
    pub fn causes<'g>(&self, gathered: &'g [Gathered]) -> Vec<&'g Gathered> {
        let is_cause = |one: &&Gathered| one.added > 0.0 && self.nodes[one.node].sort.is_some();
        gathered.iter().filter(is_cause).collect()
    }

    /// The branches of an indicator with the share of each; the shares sum to 1.
    fn branches(&self, indicator: &str, value: &dyn Fn(&str) -> Option<f64>) -> Vec<(usize, f64)> {
        let rest = self.nodes.iter().position(|node| node.sort.is_none()).unwrap_or(self.nodes.len().saturating_sub(1));
        let own = |id: &str| self.of.get(id).copied().unwrap_or(rest);
        let by = self.shared.get(indicator).map_or(&[][..], Vec::as_slice);
        let told: Vec<(usize, f64)> =
            by.iter().filter_map(|id| Some((own(id), value(id)?))).filter(|(_, value)| *value > 0.0).collect();
        let sum: f64 = told.iter().map(|(_, value)| value).sum();
        if sum > 0.0 {
            told.into_iter().map(|(node, value)| (node, value / sum)).collect()
        } else {
            vec![(own(indicator), 1.0)]
        }
    }
}

/// A tree that is being read.
struct Reading<'a> {
    catalog: &'a Catalog,
    reasons: &'a [ChurnReason],
    tree: ReasonTree,
    categories: BTreeMap<String, usize>,
}

impl Reading<'_> {
    fn branch(&mut self, item: &Node, findings: &mut Vec<Finding>) -> Option<()> {
        let keys = ["id", "name", "sort", "symptom", "confirmed", "indicators", "categories"];
        let mut fields = item.fields(&keys, findings)?;
        let (id, name) = (fields.id("id"), fields.both("name"));
        let sort = fields.optional_one_of("sort", &ChurnSort::WORDS);
        let symptom = fields.optional("symptom").and_then(|node| truth(node, fields.findings));
        let [confirmed, indicators, categories] =
            ["confirmed", "indicators", "categories"].map(|key| ids(&fields, key));
        let node = self.tree.nodes.len();
        for (at, reason) in &confirmed {
            if !self.reasons.iter().any(|one| one.id == *reason) {
                let known: Vec<&str> = self.reasons.iter().map(|one| one.id.as_str()).collect();
                fields.findings.push(unknown("unknown_reason", ("原因", "reason"), at, reason, &known));
            } else if self.tree.of_confirmed(reason).is_some() {
                fields.findings.push(twice(at, reason));
            }
        }
        for (at, indicator) in indicators {
            if self.catalog.get(&indicator).is_none() {
                fields.findings.push(self.unknown_indicator(at, &indicator));
            } else if self.tree.of.insert(indicator.clone(), node).is_some() {
                fields.findings.push(twice(at, &indicator));
            }
        }
        for (at, category) in categories {
            if self.categories.insert(category.clone(), node).is_some() {
                fields.findings.push(twice(at, &category));
            }
        }
        let (id, name) = (id?, name?);
        if self.tree.nodes.iter().any(|known| known.id == id) {
            fields.complain(
                "duplicate_id",
                Text::new(format!("分支编号“{id}”重复"), format!("two branches are called \"{id}\"")),
                Text::new("每个分支一个编号", "give each branch its own id"),
            );
        }
        let confirmed = confirmed.into_iter().map(|(_, reason)| reason).collect();
        self.tree.nodes.push(ReasonNode { id, name, sort, is_symptom: symptom == Some(true), confirmed });
        Some(())
    }

    fn share(&mut self, item: &Node, findings: &mut Vec<Finding>) -> Option<()> {
        let mut fields = item.fields(&["indicators", "by"], findings)?;
        fields.required("indicators")?;
        fields.required("by")?;
        let [indicators, by] = ["indicators", "by"].map(|key| ids(&fields, key));
        for (at, id) in indicators.iter().chain(&by) {
            if self.catalog.get(id).is_none() {
                fields.findings.push(self.unknown_indicator(at, id));
            }
        }
        let by: Vec<String> = by.into_iter().map(|(_, id)| id).collect();
        self.tree.shared.extend(indicators.into_iter().map(|(_, id)| (id, by.clone())));
        Some(())
    }

    fn lever(&mut self, item: &Node, findings: &mut Vec<Finding>) -> Option<()> {
        let mut fields = item.fields(&["indicator", "action"], findings)?;
        let (indicator, action) = (fields.id("indicator")?, fields.both("action")?);
        match self.catalog.get(&indicator).map(|one| one.worse) {
            None => fields.findings.push(self.unknown_indicator(item, &indicator)),
            Some(indicators::Worse::Higher | indicators::Worse::Lower) => {}
            Some(_) => fields.complain(
                "no_direction",
                Text::new(
                    format!("指标“{indicator}”没有好坏方向"),
                    format!("the indicator \"{indicator}\" has no worse side"),
                ),
                Text::new("选一个高或低为差的指标", "choose one of which higher or lower is worse"),
            ),
        }
        self.tree.levers.push(Lever { indicator, action });
        Some(())
    }

    /// The indicators that no branch names, by their category.
    fn rest(&mut self, root: &Node, findings: &mut Vec<Finding>) {
        for indicator in self.catalog.indicators() {
            if self.tree.of.contains_key(&indicator.id) {
                continue;
            }
            match self.categories.get(&indicator.category) {
                Some(node) => {
                    self.tree.of.insert(indicator.id.clone(), *node);
                }
                None => findings.push(root.finding(
                    "no_branch",
                    Text::new(
                        format!("指标“{}”不属于任何分支", indicator.id),
                        format!("the indicator \"{}\" belongs to no branch", indicator.id),
                    ),
                    Text::new(
                        format!("把它或分类 {} 写进一个分支", indicator.category),
                        format!("name it, or the category {}, in a branch", indicator.category),
                    ),
                )),
            }
        }
    }

    fn unknown_indicator(&self, at: &Node, id: &str) -> Finding {
        let known: Vec<&str> = self.catalog.indicators().iter().map(|one| one.id.as_str()).collect();
        unknown("unknown_indicator", ("指标", "indicator"), at, id, &known)
    }
}

/// A list of words with their places; a field that is absent has none.
fn ids<'n>(fields: &Fields<'n, '_>, key: &str) -> Vec<(&'n Node, String)> {
    let items = fields.optional(key).and_then(Node::as_list).unwrap_or_default();
    items.iter().filter_map(|item| Some((item, item.as_text()?.to_owned()))).collect()
}

fn unknown(code: &'static str, (zh, en): (&str, &str), at: &Node, word: &str, known: &[&str]) -> Finding {
    at.finding(code, Text::new(format!("没有{zh}“{word}”"), format!("no {en} \"{word}\"")), did_you_mean(word, known))
}

fn twice(at: &Node, word: &str) -> Finding {
    at.finding(
        "twice",
        Text::new(format!("“{word}”属于两个分支"), format!("two branches claim \"{word}\"")),
        Text::new("留在一个分支里", "leave it in one"),
    )
}
