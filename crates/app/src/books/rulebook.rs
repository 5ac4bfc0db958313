//! Rules as they are in use: what ships, with the firm's own versions in its place.
//!
//! A rule that ships speaks as it ships until the firm puts a version of its own in use; a rule of the firm's own is added.
//! Kept in memory and refreshed from the operational memory when this process changes it, and by each cycle in case
//! another process did.

use std::sync::{Arc, Mutex, PoisonError};

use alerts::{AlertPolicy, Occasion, RULE_FIELDS, Rule};
use indicators::Catalog;
use scores::SegmentBook;
use serde_json::Value;
use store::Versioned;
use training::backtest::Knowing;
use vocab::Instant;

use crate::App;
use crate::books::NOW;
use crate::books::definitions::Definitions;
use crate::books::version_steps::new_version;
use crate::books::versions::{Term, Terms};
use crate::error::{Error, from_findings};

/// Policies that are kept in memory once read: one for each template and set of versions.
const KEPT: usize = 8;

/// Which rules are in use when.
#[derive(Default)]
pub(crate) struct Rulebook {
    in_use: Mutex<Arc<Terms>>,
    read: Mutex<Vec<(String, Arc<AlertPolicy>)>>,
}

impl Rulebook {
    /// The versions of rules that are in use when.
    pub(crate) fn in_use(&self) -> Arc<Terms> {
        self.in_use.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The rule of an id in the policy that was read last of those that have it.
    fn last_read(&self, id: &str) -> Option<Rule> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.iter().rev().find_map(|(_, policy)| policy.rule(id)).cloned()
    }

    fn set(&self, terms: Terms) {
        *self.in_use.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(terms);
    }

    /// The policy under a key, made if it is not there yet.
    fn policy(&self, key: &str, make: impl FnOnce() -> AlertPolicy) -> Arc<AlertPolicy> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = read.iter().find(|(known, _)| known == key) {
            return found.clone();
        }
        let made = Arc::new(make());
        if read.len() >= KEPT {
            read.remove(0);
        }
        read.push((key.to_owned(), made.clone()));
        made
    }
}

impl App {
    /// Reads from the operational memory which rules are in use.
    pub(crate) async fn refresh_rules(&self) -> Result<(), Error> {
        let records = self.store().versions(Versioned::Rule).await?;
        let terms = self.store().version_terms(Versioned::Rule).await?;
        self.rulebook().set(Terms::of(terms, &records));
        Ok(())
    }

    /// The rules by which a firm of a template is warned now: those that are switched on, and those that could be.
    ///
    /// # Edges
    /// A version that cannot be read any more (it names an indicator that is gone) is left out and said in the log; what
    /// ships of that rule stands then.
    pub(crate) fn policy_in_use(&self, template: &str) -> Arc<AlertPolicy> {
        self.policy_at(template, NOW)
    }

    /// The rules in use at a moment.
    pub(crate) fn policy_at(&self, template: &str, at: Instant) -> Arc<AlertPolicy> {
        let definitions = self.definitions();
        let in_use = self.rulebook().in_use();
        let own = self.own_rules(&in_use, template, at);
        self.rulebook().policy(&stamp(template, &own), || {
            let shipped = definitions.policies.get(template).cloned().unwrap_or_default();
            own.iter().fold(shipped, |policy, term| match self.parse_rule(template, &term.definition) {
                Ok(rule) => policy.with(rule),
                Err(error) => {
                    tracing::warn!(rule = term.of, %error, "a rule cannot be read any more and does not speak");
                    policy
                }
            })
        })
    }

    /// What tells the rules in use from others.
    pub(crate) fn rules_stamp(&self, template: &str) -> String {
        stamp(template, &self.own_rules(&self.rulebook().in_use(), template, NOW))
    }

    /// The firm's own versions of rules of a template at a moment, by id.
    fn own_rules<'t>(&self, in_use: &'t Terms, template: &str, at: Instant) -> Vec<&'t Term> {
        let definitions = self.definitions();
        // A version of a rule that ships with another template is that template's.
        let elsewhere = |id: &str| {
            definitions.policies.iter().any(|(other, policy)| other != template && policy.rule(id).is_some())
        };
        let mut own: Vec<&Term> = in_use.at(at).filter(|term| !elsewhere(&term.of)).collect();
        own.sort_by(|a, b| a.of.cmp(&b.of));
        own
    }

    /// A rule by its id, as it was last in use or ships, whatever the template.
    pub(crate) fn rule_named(&self, id: &str) -> Option<Rule> {
        let own = self.rulebook().last_read(id);
        own.or_else(|| self.definitions().policies.values().find_map(|policy| policy.rule(id)).cloned())
    }

    /// What a rule of a template may name.
    pub(crate) fn rule_catalog(&self, template: &str) -> Catalog {
        let definitions = self.definitions();
        let segments = definitions.segments.get(template).map(SegmentBook::ids).unwrap_or_default();
        definitions.catalog.clone().with_segments(segments)
    }

    /// Reads a file with one rule.
    pub(crate) fn parse_rule(&self, template: &str, definition: &str) -> Result<AlertPolicy, Error> {
        let files = [("rule.toml".to_owned(), definition.to_owned())];
        let policy = AlertPolicy::parse(&files, &self.rule_catalog(template))
            .map_err(|findings| from_findings("bad_definition", &findings))?;
        match policy.rules.len() {
            1 => Ok(policy),
            count => Err(Error::bad(
                "bad_definition",
                (&format!("文件里有 {count} 条规则"), &format!("the file holds {count} rules")),
                ("一次只写一条规则", "write one rule at a time"),
            )),
        }
    }

    /// The rule in use as it is written, a file with this one rule; what ships where the firm has none of its own.
    pub(crate) fn rule_source(&self, id: &str) -> Option<String> {
        let own = self.rulebook().in_use().term(id, NOW).map(|term| term.definition.clone());
        own.or_else(|| shipped_rule(id))
    }

    /// Keeps a rule that ships as the version it began with, so that one can go back to it. Does nothing once it is kept.
    pub(crate) async fn keep_rule_in_use(&self, id: &str, now: Instant) -> Result<(), Error> {
        if self.rulebook().in_use().term(id, NOW).is_some() {
            return Ok(());
        }
        let Some(definition) = shipped_rule(id) else { return Ok(()) };
        let new = new_version(Versioned::Rule, id, definition, None);
        self.store().keep_first_version(&new, "liuke", now).await?;
        self.refresh_rules().await
    }

    /// What a replay tells rules besides indicators, health and traits.
    pub(crate) fn replay_knowing(&self, template: &str) -> Knowing<'_> {
        let definitions = self.definitions();
        Knowing {
            segments: definitions.segments.get(template),
            occasion: Some(Occasion { calendar: &definitions.calendar, days: WEEK }),
        }
    }
}

fn stamp(template: &str, own: &[&Term]) -> String {
    let names: Vec<&str> = own.iter().map(|term| term.content.as_str()).collect();
    format!("{template}: {}", names.join(" "))
}

/// A replay looks once a week.
const WEEK: u32 = 7;

/// A rule that ships, as a file with this one rule.
pub(crate) fn shipped_rule(id: &str) -> Option<String> {
    let file = Definitions::source("rule", id)?;
    let table: toml::Table = file.parse().ok()?;
    let rules = table.get("rule")?.as_array()?;
    let rule = rules.iter().find(|rule| rule.get("id").and_then(toml::Value::as_str) == Some(id))?;
    Some(file_of(rule.as_table()?))
}

/// A file with one rule: a line for each field, in the order in which rules are read.
pub(crate) fn file_of(rule: &toml::Table) -> String {
    let known = RULE_FIELDS.iter().filter_map(|field| rule.get_key_value(*field));
    let others = rule.iter().filter(|(field, _)| !RULE_FIELDS.contains(&field.as_str()));
    known.chain(others).fold("[[rule]]\n".to_owned(), |text, (field, value)| text + &format!("{field} = {value}\n"))
}

/// The one rule of a file, as a table.
pub(crate) fn table_of(definition: &str) -> Option<toml::Table> {
    let file: toml::Table = definition.parse().ok()?;
    file.get("rule")?.as_array()?.first()?.as_table().cloned()
}

/// The one rule of a file, as a value that leaves the house.
pub(crate) fn value_of(definition: &str) -> Option<Value> {
    serde_json::to_value(table_of(definition)?).ok()
}
