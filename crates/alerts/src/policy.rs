//! The rules of a firm, as data.
//!
//! How they are written is said in `read`; when they speak, in `plan`.

use std::collections::{BTreeMap, BTreeSet};

use indicators::definition::Node;
use indicators::{Catalog, Condition, Quantity, Sorting, names};
use vocab::Finding;

use crate::read::{read_file, read_rule};
use crate::rule::Rule;

/// Figures that a sentence may name besides indicators.
pub(crate) const HEALTH_FIGURES: [&str; 3] = ["health", "health_7d_ago", "health_drop_7d"];

/// The indicator that a sentence names, and the sign with which its number is said: `{-days_to_contract_end}`.
pub(crate) fn indicator_named(name: &str) -> (&str, f64) {
    name.strip_prefix('-').map_or((name, 1.0), |id| (id, -1.0))
}

/// The rules of a firm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlertPolicy {
    /// Every rule, active or not, file by file in the order in which each file lists them.
    pub rules: Vec<Rule>,
    /// What the indicators that sentences name are counted in.
    pub(crate) units: BTreeMap<String, String>,
}

impl AlertPolicy {
    /// Reads rule files, given as `(file name, text)`.
    ///
    /// # Errors
    /// Everything that is wrong with them, each with file, line, column and hint: two rules with one id, an indicator
    /// that is not in the catalogue, a sentence that names one.
    pub fn parse(files: &[(String, String)], catalog: &Catalog) -> Result<AlertPolicy, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut rules: Vec<Rule> = Vec::new();
        let mut sorted: Vec<&(String, String)> = files.iter().collect();
        sorted.sort();
        for (file, text) in sorted {
            match Node::parse(file, text) {
                Ok(root) => read_file(&root, catalog, &mut rules, &mut findings),
                Err(faults) => findings.extend(faults),
            }
        }
        AlertPolicy::checked(rules, findings, catalog)
    }

    /// Reads one rule that never stood in a file: a table with the fields of one.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with the path to the fault: `rule.when.all[1].than`.
    pub fn parse_value(rule: &toml::Value, catalog: &Catalog) -> Result<AlertPolicy, Vec<Finding>> {
        let mut findings = Vec::new();
        let rule = read_rule(&Node::from_value_named(rule, "rule"), catalog, &mut findings);
        AlertPolicy::checked(rule.into_iter().collect(), findings, catalog)
    }

    fn checked(rules: Vec<Rule>, findings: Vec<Finding>, catalog: &Catalog) -> Result<AlertPolicy, Vec<Finding>> {
        if !findings.is_empty() {
            return Err(findings);
        }
        let named =
            rules.iter().flat_map(|rule| names(&rule.say)).filter_map(|name| catalog.get(indicator_named(name).0));
        let units = named.map(|indicator| (indicator.id.clone(), indicator.unit.clone())).collect();
        Ok(AlertPolicy { rules, units })
    }

    /// The indicators that its rules ask for or name in a sentence, each once.
    pub fn indicators(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.rules.iter().flat_map(Rule::indicators).collect();
        ids.retain(|id| !HEALTH_FIGURES.contains(id));
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The traits that its rules ask about, each once.
    pub fn traits(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.conditions().flat_map(Condition::traits).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Whether any rule asks about traits, segments, tags, tiers of value or cells of RFM: what [`crate::Belonging`]
    /// tells of.
    pub fn asks_belonging(&self) -> bool {
        let asks = |condition: &Condition| !condition.names().is_empty() || !condition.traits().is_empty();
        self.conditions().any(asks) || self.rules.iter().any(|rule| !rule.severity_by_tier.is_empty())
    }

    /// Whether any rule asks about one of these: segments, tags, tiers, cells.
    pub fn asks(&self, sorting: Sorting) -> bool {
        self.conditions().flat_map(Condition::names).any(|(asked, _)| asked == sorting)
            || (sorting == Sorting::Tier && self.rules.iter().any(|rule| !rule.severity_by_tier.is_empty()))
    }

    /// The facts that its rules count.
    pub fn counts(&self) -> BTreeSet<&Quantity> {
        self.conditions().flat_map(Condition::counts).collect()
    }

    /// Its rules that the present moment alone does not answer.
    pub fn asking_more(&self) -> AlertPolicy {
        let rules = self.rules.iter().filter(|rule| rule.asks_more()).cloned().collect();
        AlertPolicy { rules, units: self.units.clone() }
    }

    /// How many days before the present moment its rules ask about, each once.
    pub fn days_back(&self) -> BTreeSet<u32> {
        self.conditions().flat_map(Condition::days_back).collect()
    }

    /// Whether its rules ask about health or bands, tiers or cells of earlier moments.
    pub fn asks_scores_back(&self) -> bool {
        self.conditions().any(Condition::asks_scores_back)
    }

    fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.rules.iter().flat_map(Rule::conditions)
    }

    /// The policy with other rules in the place of those of the same id; those it has none of come last.
    #[must_use]
    pub fn with(mut self, others: AlertPolicy) -> AlertPolicy {
        for rule in others.rules {
            match self.rules.iter_mut().find(|known| known.id == rule.id) {
                Some(known) => *known = rule,
                None => self.rules.push(rule),
            }
        }
        self.units.extend(others.units);
        self
    }

    /// The policy with these rules only, switched on whether they were or not; ids it does not have are ignored.
    pub fn only(&self, ids: &[&str]) -> AlertPolicy {
        let kept = self.rules.iter().filter(|rule| ids.contains(&rule.id.as_str()));
        let rules = kept.map(|rule| Rule { active: true, ..rule.clone() }).collect();
        AlertPolicy { rules, units: self.units.clone() }
    }

    /// The policy with the rules that speak.
    pub fn active(&self) -> AlertPolicy {
        let rules = self.rules.iter().filter(|rule| rule.active).cloned().collect();
        AlertPolicy { rules, units: self.units.clone() }
    }

    /// The rule with this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}
