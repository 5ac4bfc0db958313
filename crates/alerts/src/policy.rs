//! Rules as data: read, checked against the catalogue, and nothing more.

use std::collections::BTreeMap;

use indicators::definition::{Fields, Node, did_you_mean};
use indicators::{Catalog, Condition, Quantity, names};
use vocab::{Finding, Severity, Text};

const LONGEST_COOLDOWN_DAYS: f64 = 365.0;

/// Figures that a sentence may name besides indicators.
pub(crate) const HEALTH_FIGURES: [&str; 3] = ["health", "health_7d_ago", "health_drop_7d"];

/// The indicator that a sentence names, and the sign with which its number is said: `{-days_to_contract_end}`.
pub(crate) fn indicator_named(name: &str) -> (&str, f64) {
    name.strip_prefix('-').map_or((name, 1.0), |id| (id, -1.0))
}

/// One rule.
///
/// ```toml
/// [[rule]]
/// id            = "saas_logins_halved"
/// census        = "RULE-08"                # where the rule comes from, if it comes from somewhere
/// name          = { zh = "登录骤降", en = "Logins have fallen" }
/// cause         = "usage"                  # at most one open alert per customer and cause
/// severity      = "warning"                # info | warning | urgent
/// state         = "active"                 # or "available": shipped, but switched off
/// when          = { of = "login_ratio_30d", is = "<=", than = 0.5 }
/// clear         = { of = "login_ratio_30d", is = ">=", than = 0.8 }   # default: when no longer holds
/// cooldown_days = 14
/// say           = { zh = "近 30 天登录 {login_days_30d} 天,往常 {login_days_prev_30d} 天", en = "…" }
/// next_step     = { zh = "打电话了解近期使用情况", en = "Call and ask how they use it" }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Stable id.
    pub id: String,
    /// The item of the field's census it puts into practice.
    pub census: Option<String>,
    /// What it is called.
    pub name: Text,
    /// The worry it is about. Several rules may share one; the severest that holds speaks.
    pub cause: String,
    /// How urgent.
    pub severity: Severity,
    /// Whether it speaks at all.
    pub active: bool,
    /// When the worry opens.
    pub when: Condition,
    /// When it is over; `None`: as soon as `when` does not hold.
    pub clear: Option<Condition>,
    /// For so many days after an alert of this cause was closed, the rule opens no other.
    pub cooldown_days: u32,
    /// The worry in the customer's own figures: `近 30 天登录 {login_days_30d} 天`. Indicators by id, and `health`,
    /// `health_7d_ago`, `health_drop_7d`; a minus before an indicator says its number with the other sign.
    pub say: Text,
    /// What to do, in a few words that fit on a button.
    pub next_step: Text,
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
        let mut ids: Vec<&str> = Vec::new();
        for rule in &self.rules {
            let conditions = std::iter::once(&rule.when).chain(&rule.clear);
            ids.extend(conditions.flat_map(Condition::quantities).filter_map(|quantity| match quantity {
                Quantity::Indicator(id) => Some(id.as_str()),
                Quantity::Health | Quantity::HealthChange7d => None,
            }));
            ids.extend(names(&rule.say).into_iter().map(|name| indicator_named(name).0));
        }
        ids.retain(|id| !HEALTH_FIGURES.contains(id));
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The rule with this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

fn read_file(root: &Node, catalog: &Catalog, rules: &mut Vec<Rule>, findings: &mut Vec<Finding>) {
    let Some(mut fields) = root.fields(&["rule"], findings) else { return };
    let Some(list) = fields.required("rule") else { return };
    let Some(items) = list.as_list() else {
        findings.push(list.wrong_type(Text::new("[[rule]] 的列表", "a list of [[rule]]")));
        return;
    };
    for item in items {
        let Some(rule) = read_rule(item, catalog, findings) else { continue };
        if rules.iter().any(|known| known.id == rule.id) {
            findings.push(item.finding(
                "duplicate_id",
                Text::new(format!("规则编号“{}”重复", rule.id), format!("two rules are called \"{}\"", rule.id)),
                Text::new("每条规则一个编号", "give each rule its own id"),
            ));
        }
        rules.push(rule);
    }
}

const FIELDS: &[&str] =
    &["id", "census", "name", "cause", "severity", "state", "when", "clear", "cooldown_days", "say", "next_step"];

fn read_rule(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Rule> {
    let severities: Vec<(&str, Severity)> = Severity::ALL.iter().map(|one| (one.as_str(), *one)).collect();
    let mut fields = node.fields(FIELDS, findings)?;
    // Every field is read before giving up, so that every fault is told.
    let id = fields.id("id");
    let census = fields.optional_text("census");
    let name = fields.both("name");
    let cause = fields.id("cause");
    let severity = fields.one_of("severity", &severities);
    let active = match fields.optional("state") {
        Some(state) => state.one_of(&[("active", true), ("available", false)], fields.findings),
        None => Some(true),
    };
    let when = fields.required("when").and_then(|when| Condition::read(when, catalog, fields.findings));
    let clear = fields.optional("clear").map(|clear| Condition::read(clear, catalog, fields.findings));
    let cooldown_days = read_cooldown(&mut fields);
    let say = fields.both("say");
    if let (Some(say), Some(place)) = (&say, fields.optional("say")) {
        check_figures(say, place, catalog, fields.findings);
    }
    let next_step = fields.both("next_step");
    Some(Rule {
        id: id?,
        census,
        name: name?,
        cause: cause?,
        severity: severity?,
        active: active?,
        when: when?,
        clear: match clear {
            Some(read) => Some(read?),
            None => None,
        },
        cooldown_days: cooldown_days?,
        say: say?,
        next_step: next_step?,
    })
}

fn read_cooldown(fields: &mut Fields<'_, '_>) -> Option<u32> {
    let node = fields.required("cooldown_days")?;
    match node.as_number() {
        Some(days) if days.fract() == 0.0 && (0.0..=LONGEST_COOLDOWN_DAYS).contains(&days) => Some(days as u32),
        _ => {
            fields
                .findings
                .push(node.wrong_type(Text::new("0 到 365 之间的整数天", "a whole number of days from 0 to 365")));
            None
        }
    }
}

fn check_figures(say: &Text, node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) {
    for name in names(say) {
        if HEALTH_FIGURES.contains(&name) || catalog.get(indicator_named(name).0).is_some() {
            continue;
        }
        let known: Vec<&str> = catalog.indicators().iter().map(|one| one.id.as_str()).chain(HEALTH_FIGURES).collect();
        findings.push(node.finding(
            "unknown_reference",
            Text::new(
                format!("句子里的“{name}”不是指标"),
                format!("the sentence names \"{name}\", which is no indicator"),
            ),
            did_you_mean(name, &known),
        ));
    }
}
