//! Rules as configuration: looked at, drafted, reviewed, activated, switched on and off, rolled back.
//!
//! What a rule would do before it is put in use is told by `rule_preview`; what its condition may name, by
//! `rule_vocabulary`; which rules are in use, by `rulebook`.

use std::collections::BTreeMap;

use alerts::{AlertPolicy, Rule};
use store::{AlertFilter, AlertSlice, AlertState, VersionRecord, Versioned};
use vocab::Instant;

use crate::books::NOW;
use crate::books::rulebook::{file_of, shipped_rule, table_of, value_of};
use crate::books::version_steps::{Kept, Step, check_id, check_length, new_version};
use crate::books::versions::{content, is_written, shown};
use crate::error::{Error, from_findings};
use crate::view::{RuleDraft, RulePage, RuleParameter, RuleRow, RuleSwitch, RuleText, ScorecardStep, Words};
use crate::{App, Reader};

impl App {
    /// Every rule of the firm: in use, shipped or being written; those that speak first.
    pub async fn rules(&self, reader: &Reader) -> Result<Vec<RuleRow>, Error> {
        let template = self.working_firm().await?.template;
        let kept = self.kept_versions(Versioned::Rule).await?;
        let policy = self.policy_in_use(&template);
        let mut rules: Vec<Rule> = policy.rules.clone();
        for record in kept.records.iter().filter(|record| is_written(record)) {
            if !rules.iter().any(|rule| rule.id == record.of) {
                let draft = self.parse_rule(&template, &record.definition).ok();
                rules.extend(draft.into_iter().flat_map(|policy| policy.rules).map(switched_off));
            }
        }
        let mut rows = Vec::new();
        for rule in &rules {
            rows.push(self.rule_row(reader, &template, rule, &kept).await?);
        }
        rows.sort_by(|a, b| (!a.is_active, &a.id).cmp(&(!b.is_active, &b.id)));
        Ok(rows)
    }

    async fn rule_row(&self, reader: &Reader, template: &str, rule: &Rule, kept: &Kept) -> Result<RuleRow, Error> {
        let is_its_draft = |record: &&VersionRecord| record.of == rule.id && is_written(record);
        let open =
            AlertFilter { state: Some(AlertState::Open), rules: vec![rule.id.clone()], ..AlertFilter::default() };
        let open = self.store().alerts(&reader.scope, &open, AlertSlice::first(1)).await?;
        let shipped = shipped_rule(&rule.id);
        let in_use = self.rulebook().in_use();
        let own = in_use.term(&rule.id, NOW).map(|term| term.content.as_str());
        Ok(RuleRow {
            id: rule.id.clone(),
            census: rule.census.clone(),
            name: Words::from(&rule.name),
            cause: rule.cause.clone(),
            severity: rule.severity.as_str().to_owned(),
            is_active: rule.active,
            is_own: own.is_some_and(|own| shipped.as_deref().map(content).as_deref() != Some(own)),
            is_shipped: shipped.is_some(),
            sentence: self.condition_words(template, &rule.when),
            draft: kept.records.iter().find(is_its_draft).map(|record| record.state.as_str().to_owned()),
            open_alerts: open.total,
        })
    }

    /// A condition as a person would say it.
    pub(crate) fn condition_words(&self, template: &str, condition: &indicators::Condition) -> Words {
        let segments = self.definitions().segments.get(template);
        let name = |id: &str| segments.and_then(|book| book.name(id));
        Words::from(condition.words(&self.definitions().catalog, &name))
    }

    /// Everything about one rule.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn rule(&self, reader: &Reader, id: &str) -> Result<RulePage, Error> {
        let template = self.working_firm().await?.template;
        let kept = self.kept_versions(Versioned::Rule).await?;
        let missing = || Error::not_found(("这条规则", "the rule"));
        let mut own = kept.records.iter().filter(|record| record.of == id);
        let draft = own.clone().find(|record| is_written(record)).map(|record| record.definition.clone());
        let last = own.next_back().map(|record| record.definition.clone());
        let definition = self.rule_source(id).or(last).ok_or_else(missing)?;
        let rule = match self.policy_in_use(&template).rule(id) {
            Some(rule) => rule.clone(),
            None => {
                let read = self.parse_rule(&template, &definition)?;
                read.rules.into_iter().map(switched_off).next().ok_or_else(missing)?
            }
        };
        Ok(RulePage {
            row: self.rule_row(reader, &template, &rule, &kept).await?,
            rule: value_of(&definition).unwrap_or_default(),
            draft_rule: draft.as_deref().and_then(value_of),
            definition,
            draft_definition: draft,
            clear: rule.clear.as_ref().map(|clear| self.condition_words(&template, clear)),
            cooldown_days: rule.cooldown_days,
            schedule: rule.days_in_words().map(Words::from),
            say: Words::from(&rule.say),
            next_step: Words::from(&rule.next_step),
            reading: rule.reading.as_ref().map(Words::from),
            parameters: self.parameters(&rule),
            versions: shown(id, &kept.records, &kept.terms),
        })
    }

    fn parameters(&self, rule: &Rule) -> Vec<RuleParameter> {
        let shipped = self.definitions().policies.values().find_map(|policy| policy.rule(&rule.id));
        let ships =
            |id: &str| shipped?.parameters.iter().find(|parameter| parameter.id == id).map(|parameter| parameter.value);
        let shown = rule.parameters.iter().map(|parameter| RuleParameter {
            id: parameter.id.clone(),
            name: Words::from(&parameter.name),
            unit: parameter.unit.clone(),
            value: parameter.value,
            shipped: ships(&parameter.id),
            least: parameter.least,
            most: parameter.most,
        });
        shown.collect()
    }

    /// A rule as it was handed in, read and written as a file.
    ///
    /// # Errors
    /// `bad_definition` with everything that is wrong with it.
    pub(crate) fn handed_in(&self, template: &str, text: &RuleText) -> Result<(AlertPolicy, String), Error> {
        match (&text.definition, &text.rule) {
            (Some(definition), None) => {
                check_length(definition)?;
                Ok((self.parse_rule(template, definition)?, definition.clone()))
            }
            (None, Some(rule)) => {
                let table: toml::Table = serde_json::from_value(without_nulls(rule.clone())).map_err(|error| {
                    Error::bad(
                        "bad_definition",
                        (&format!("规则不是一个对象：{error}"), &format!("the rule is no object: {error}")),
                        ("请按规则文件的字段写", "write it with the fields of a rule file"),
                    )
                })?;
                let value = toml::Value::Table(table.clone());
                let policy = AlertPolicy::parse_value(&value, &self.rule_catalog(template))
                    .map_err(|findings| from_findings("bad_definition", &findings))?;
                Ok((policy, file_of(&table)))
            }
            _ => Err(Error::bad(
                "bad_definition",
                ("请给出 definition 或 rule 中的一个", "give either definition or rule"),
                (
                    "definition 是 TOML 文件，rule 是同样字段的对象",
                    "definition is a TOML file, rule an object of its fields",
                ),
            )),
        }
    }

    /// Reads a file with the rule of this id.
    ///
    /// # Errors
    /// `bad_definition`, `other_id`.
    pub(crate) fn checked_rule(&self, template: &str, id: &str, definition: &str) -> Result<(), Error> {
        check_id(one_id(&self.parse_rule(template, definition)?), id)
    }

    /// Saves the draft of a rule. Whoever hands in a rule of a new id begins one.
    ///
    /// # Errors
    /// `bad_definition`, `other_id`; `version_conflict` if somebody else has changed the draft.
    pub async fn put_rule_draft(
        &self,
        reader: &Reader,
        id: &str,
        draft: RuleDraft,
        now: Instant,
    ) -> Result<RulePage, Error> {
        reader.may_administer()?;
        let template = self.working_firm().await?.template;
        let text = RuleText { definition: draft.definition, rule: draft.rule };
        let (policy, definition) = self.handed_in(&template, &text)?;
        check_id(one_id(&policy), id)?;
        let new = new_version(Versioned::Rule, id, definition, draft.note);
        self.store().put_version_draft(&new, draft.version, &reader.actor(), now).await?;
        self.rule(reader, id).await
    }

    /// Hands the draft in for somebody to look at.
    pub async fn review_rule(
        &self,
        reader: &Reader,
        id: &str,
        step: ScorecardStep,
        now: Instant,
    ) -> Result<RulePage, Error> {
        self.take_step(reader, Versioned::Rule, id, Step::Review, &step, now).await?;
        self.rule(reader, id).await
    }

    /// Puts a version of a rule in use from the next cycle on: the draft, or the one that is named.
    ///
    /// # Errors
    /// `not_found`, `version_conflict`, `bad_definition` if it names an indicator that is no longer there.
    pub async fn activate_rule(
        &self,
        reader: &Reader,
        id: &str,
        step: ScorecardStep,
        now: Instant,
    ) -> Result<RulePage, Error> {
        self.take_step(reader, Versioned::Rule, id, Step::Activate(None), &step, now).await?;
        self.rule(reader, id).await
    }

    /// Puts the version in use again that was in use before the present one, or an earlier one that is named.
    ///
    /// # Errors
    /// `nothing_before` where no other version ever was in use; `version_conflict`.
    pub async fn roll_back_rule(
        &self,
        reader: &Reader,
        id: &str,
        step: ScorecardStep,
        now: Instant,
    ) -> Result<RulePage, Error> {
        self.take_step(reader, Versioned::Rule, id, Step::RollBack, &step, now).await?;
        self.rule(reader, id).await
    }

    /// Switches a rule on or off, with other thresholds if they are given: one new version, in use from the next cycle on.
    ///
    /// # Errors
    /// `not_found`; `bad_parameter` for a threshold that it does not have or that is out of range.
    pub async fn switch_rule(
        &self,
        reader: &Reader,
        id: &str,
        switch: RuleSwitch,
        now: Instant,
    ) -> Result<RulePage, Error> {
        reader.may_administer()?;
        let template = self.working_firm().await?.template;
        let missing = || Error::not_found(("这条规则", "the rule"));
        let mut table = self.rule_source(id).as_deref().and_then(table_of).ok_or_else(missing)?;
        let policy = self.policy_in_use(&template);
        let rule = policy.rule(id).ok_or_else(missing)?;
        check_parameters(rule, &switch.parameters)?;
        let state = if switch.is_active { "active" } else { "available" };
        table.insert("state".to_owned(), state.into());
        set_parameters(&mut table, &switch.parameters);
        let definition = file_of(&table);
        self.checked_rule(&template, id, &definition)?;
        self.keep_rule_in_use(id, now).await?;
        let seen = self.rulebook().in_use().term(id, NOW).map(|term| term.version_id);
        let new = new_version(Versioned::Rule, id, definition, switch.note);
        let cause = if switch.is_active { "switched_on" } else { "switched_off" };
        self.store().put_version_in_use(&new, seen, cause, &reader.actor(), now).await?;
        self.rules_changed().await?;
        self.rule(reader, id).await
    }

    /// Takes up what was changed; whoever asks about other traits than before has the facts read again.
    pub(crate) async fn rules_changed(&self) -> Result<(), Error> {
        let template = self.working_firm().await?.template;
        let before = self.policy_in_use(&template);
        self.refresh_rules().await?;
        if before.traits() != self.policy_in_use(&template).traits() {
            self.0.snapshots.clear();
        }
        Ok(())
    }
}

/// A rule of which only a draft is there does not speak, whatever the draft says.
fn switched_off(rule: Rule) -> Rule {
    Rule { active: false, ..rule }
}

/// Id of the rule of a policy that holds one.
fn one_id(policy: &AlertPolicy) -> &str {
    policy.rules.first().map_or("", |rule| rule.id.as_str())
}

fn check_parameters(rule: &Rule, asked: &BTreeMap<String, f64>) -> Result<(), Error> {
    for (id, value) in asked {
        let known = rule.parameters.iter().find(|parameter| parameter.id == *id);
        let refused = |detail: (&str, &str), hint: (&str, &str)| Err(Error::bad("bad_parameter", detail, hint));
        match known {
            Some(parameter) if (parameter.least..=parameter.most).contains(value) => {}
            Some(parameter) => {
                let (least, most) = (parameter.least, parameter.most);
                return refused(
                    (
                        &format!("“{}”超出范围：{value}", parameter.name.zh),
                        &format!("\"{}\" is out of range: {value}", parameter.name.en),
                    ),
                    (&format!("应在 {least} 到 {most} 之间"), &format!("from {least} to {most}")),
                );
            }
            None => {
                let names: Vec<&str> = rule.parameters.iter().map(|parameter| parameter.id.as_str()).collect();
                let names = names.join(", ");
                return refused(
                    (&format!("规则没有参数“{id}”"), &format!("the rule has no parameter \"{id}\"")),
                    (&format!("可用：{names}"), &format!("one of: {names}")),
                );
            }
        }
    }
    Ok(())
}

/// Puts thresholds into a rule as it is written.
fn set_parameters(rule: &mut toml::Table, asked: &BTreeMap<String, f64>) {
    let Some(parameters) = rule.get_mut("parameters").and_then(toml::Value::as_table_mut) else { return };
    for (id, value) in asked {
        if let Some(parameter) = parameters.get_mut(id).and_then(toml::Value::as_table_mut) {
            let is_whole = value.fract() == 0.0 && value.abs() < 1e15;
            let written = if is_whole { toml::Value::Integer(*value as i64) } else { toml::Value::Float(*value) };
            parameter.insert("value".to_owned(), written);
        }
    }
}

/// What is not there is left out: TOML has no word for it.
fn without_nulls(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| !value.is_null());
            serde_json::Value::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        serde_json::Value::Array(items) => serde_json::Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}
