//! Rules as they are written: read, checked against the catalogue, and nothing more.

use indicators::definition::{Node, did_you_mean};
use indicators::{Catalog, Condition, TIERS, UNITS, names};
use vocab::{Finding, Severity, Text};

use crate::policy::{HEALTH_FIGURES, indicator_named};
use crate::rule::{Days, Parameter, Rule, Schedule, Weekday};

const LONGEST_COOLDOWN_DAYS: f64 = 365.0;
/// Every month has this many days.
const LAST_DAY: f64 = 28.0;

pub(crate) const DAYS: &[(&str, Days)] =
    &[("every_day", Days::Every), ("working_days", Days::Working), ("holidays", Days::Off)];
pub(crate) const STATES: &[(&str, bool)] = &[("active", true), ("available", false)];

pub(crate) fn read_file(root: &Node, catalog: &Catalog, rules: &mut Vec<Rule>, findings: &mut Vec<Finding>) {
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

/// The fields of a rule, in the order in which they are written.
pub const FIELDS: &[&str] = &[
    "id",
    "census",
    "name",
    "cause",
    "severity",
    "severity_by_tier",
    "state",
    "parameters",
    "reading",
    "when",
    "clear",
    "cooldown_days",
    "on",
    "schedule",
    "say",
    "next_step",
];

pub(crate) fn severities() -> Vec<(&'static str, Severity)> {
    Severity::ALL.iter().map(|one| (one.as_str(), *one)).collect()
}

pub(crate) fn read_rule(node: &Node, catalog: &Catalog, findings: &mut Vec<Finding>) -> Option<Rule> {
    let mut fields = node.fields(FIELDS, findings)?;
    // Every field is read before giving up, so that every fault is told.
    let id = fields.id("id");
    let census = fields.optional_text("census");
    let name = fields.both("name");
    let cause = fields.id("cause");
    let severity = fields.one_of("severity", &severities());
    let severity_by_tier = match fields.optional("severity_by_tier") {
        Some(tiers) => read_tiers(tiers, fields.findings),
        None => Some(Vec::new()),
    };
    let active = match fields.optional("state") {
        Some(state) => state.one_of(STATES, fields.findings),
        None => Some(true),
    };
    let parameters = match fields.optional("parameters") {
        Some(table) => read_parameters(table, fields.findings),
        None => Some(Vec::new()),
    };
    let reading = fields.optional_both("reading");
    // Where the parameters themselves are at fault, nothing is said about what they stand for.
    let numbers: Vec<(&str, f64)> =
        parameters.iter().flatten().map(|parameter| (parameter.id.as_str(), parameter.value)).collect();
    let has_numbers = parameters.is_some();
    let filled = |node: &Node, findings: &mut Vec<Finding>| match has_numbers {
        true => node.with_numbers(&numbers, findings),
        false => node.with_numbers(&numbers, &mut Vec::new()),
    };
    let when = fields.required("when").map(|when| filled(when, fields.findings));
    let when = when.and_then(|when| Condition::read_over_time(&when, catalog, fields.findings));
    let clear = fields.optional("clear").map(|clear| filled(clear, fields.findings));
    let clear = clear.map(|clear| Condition::read_over_time(&clear, catalog, fields.findings));
    let cooldown = fields.required("cooldown_days").map(|node| filled(node, fields.findings));
    let cooldown_days = cooldown.and_then(|node| read_cooldown(&node, fields.findings));
    let on = fields.optional_one_of("on", DAYS).or_else(|| fields.optional("on").is_none().then_some(Days::Every));
    let schedule = match fields.optional("schedule") {
        Some(node) => read_schedule(node, fields.findings),
        None => Some(Schedule::Daily),
    };
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
        severity_by_tier: severity_by_tier?,
        active: active?,
        parameters: parameters?,
        reading,
        when: when?,
        clear: match clear {
            Some(read) => Some(read?),
            None => None,
        },
        cooldown_days: cooldown_days?,
        on: on?,
        schedule: schedule?,
        say: say?,
        next_step: next_step?,
    })
}

fn read_cooldown(node: &Node, findings: &mut Vec<Finding>) -> Option<u32> {
    match node.as_number() {
        Some(days) if days.fract() == 0.0 && (0.0..=LONGEST_COOLDOWN_DAYS).contains(&days) => Some(days as u32),
        _ => {
            findings.push(node.wrong_type(Text::new("0 到 365 之间的整数天", "a whole number of days from 0 to 365")));
            None
        }
    }
}

fn read_tiers(node: &Node, findings: &mut Vec<Finding>) -> Option<Vec<(String, Severity)>> {
    node.fields(&TIERS.map(|(word, ..)| word), findings)?;
    let severities = severities();
    let read = |(tier, severity): (&str, &Node)| Some((tier.to_owned(), severity.one_of(&severities, findings)?));
    let read: Vec<Option<(String, Severity)>> = node.keys().map(read).collect();
    read.into_iter().collect()
}

fn read_parameters(node: &Node, findings: &mut Vec<Finding>) -> Option<Vec<Parameter>> {
    if node.type_word() != "table" {
        findings.push(node.wrong_type(Text::new("表", "a table")));
        return None;
    }
    let read: Vec<Option<Parameter>> = node.keys().map(|(id, node)| read_parameter(id, node, findings)).collect();
    read.into_iter().collect()
}

fn read_parameter(id: &str, node: &Node, findings: &mut Vec<Finding>) -> Option<Parameter> {
    let units: Vec<(&str, &str)> = UNITS.iter().map(|(word, ..)| (*word, *word)).collect();
    let mut fields = node.fields(&["name", "unit", "value", "least", "most"], findings)?;
    let (name, unit) = (fields.both("name"), fields.one_of("unit", &units));
    let (value, least, most) = (fields.number("value"), fields.number("least"), fields.number("most"));
    let (value, least, most) = (value?, least?, most?);
    if !(least..=most).contains(&value) {
        fields.complain(
            "out_of_range",
            Text::new(format!("参数“{id}”超出范围：{value}"), format!("parameter \"{id}\" is out of range: {value}")),
            Text::new(format!("应在 {least} 到 {most} 之间"), format!("from {least} to {most}")),
        );
        return None;
    }
    Some(Parameter { id: id.to_owned(), name: name?, unit: unit?.to_owned(), value, least, most })
}

fn read_schedule(node: &Node, findings: &mut Vec<Finding>) -> Option<Schedule> {
    let weekdays: Vec<(&str, Weekday)> = Weekday::all().map(|weekday| (weekday.as_str(), weekday)).collect();
    let every = node.get("every").and_then(Node::as_text).unwrap_or_default().to_owned();
    let allowed: &[&str] = match every.as_str() {
        "week" => &["every", "weekday"],
        "month" => &["every", "day"],
        _ => &["every"],
    };
    let mut fields = node.fields(allowed, findings)?;
    match fields.one_of("every", &[("day", 'd'), ("week", 'w'), ("month", 'm')])? {
        'w' => fields.one_of("weekday", &weekdays).map(Schedule::Weekly),
        'm' => {
            let day = fields.required("day")?;
            match day.as_number() {
                Some(number) if number.fract() == 0.0 && (1.0..=LAST_DAY).contains(&number) => {
                    Some(Schedule::Monthly(number as u32))
                }
                _ => {
                    let asked = Text::new("1 到 28 之间的整数", "a whole number from 1 to 28");
                    fields.findings.push(day.wrong_type(asked));
                    None
                }
            }
        }
        _ => Some(Schedule::Daily),
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
