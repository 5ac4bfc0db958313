//! Faults in a rule file are placed and explained.

use alerts::AlertPolicy;
use vocab::Lang;

use crate::evidence::{catalog, policy};

const RULE: &str = r#"
[[rule]]
id = "few_logins"
name = { zh = "登录少", en = "Few logins" }
cause = "usage"
severity = "warning"
when = { of = "logins", is = "<", than = 5 }
cooldown_days = 7
say = { zh = "登录 {logins} 次", en = "{logins} logins" }
next_step = { zh = "打电话", en = "Call" }
"#;

fn faults(text: &str) -> Vec<String> {
    let findings = AlertPolicy::parse(&[("rules.toml".into(), text.into())], &catalog()).unwrap_err();
    findings.iter().map(|finding| finding.line(Lang::En)).collect()
}

#[test]
fn a_rule_about_an_unknown_indicator_says_which_was_meant() {
    assert_eq!(
        faults(&RULE.replace("of = \"logins\"", "of = \"login\"")),
        ["rules.toml line 7, column 15: there is no indicator \"login\" (did you mean \"logins\"?)"]
    );
    assert_eq!(
        faults(&RULE.replace("{logins} logins", "{tikets} tickets")),
        [
            "rules.toml line 9, column 7: the sentence names \"tikets\", which is no indicator (did you mean \"tickets\"?)"
        ]
    );
}

#[test]
fn every_fault_is_told_at_once() {
    let text = RULE
        .replace("\"warning\"", "\"warnin\"")
        .replace("cooldown_days = 7", "cooldwn_days = 7")
        .replace("cause", "couse");
    assert_eq!(
        faults(&text),
        [
            "rules.toml line 8, column 1: unknown key \"cooldwn_days\" (did you mean \"cooldown_days\"?)",
            "rules.toml line 5, column 1: unknown key \"couse\" (did you mean \"cause\"?)",
            "rules.toml line 2, column 1: \"cause\" is missing (add cause = …)",
            "rules.toml line 6, column 12: unknown word \"warnin\" (did you mean \"warning\"?)",
            "rules.toml line 2, column 1: \"cooldown_days\" is missing (add cooldown_days = …)",
        ]
    );
}

/// The faults of the rule with another condition, without the place of the rule itself.
fn faults_of(when: &str) -> Vec<String> {
    let text = RULE.replace("{ of = \"logins\", is = \"<\", than = 5 }", when);
    faults(&text).into_iter().map(|fault| fault.trim_start_matches("rules.toml ").to_owned()).collect()
}

#[test]
fn a_rule_that_would_look_into_the_future_is_refused() {
    let few = "{ of = \"logins\", is = \"<\", than = 5 }";
    for (when, fault) in [
        (
            "{ change_of = \"logins\", over_days = -7, is = \"<\", than = 0 }".to_owned(),
            "line 7, column 44: expected a whole number from 1 to 366, found a number",
        ),
        (
            "{ count_of = { kind = \"event\" }, within_days = -30, is = \">\", than = 0 }".to_owned(),
            "line 7, column 55: expected a whole number from 1 to 366, found a number",
        ),
        (
            format!("{{ holds = {few}, times = 3, every_days = -7 }}"),
            "line 7, column 81: expected a whole number from 1 to 366, found a number",
        ),
        (
            format!("{{ holds = {few}, for_days = -3 }}"),
            "line 7, column 68: expected a whole number from 2 to 366, found a number",
        ),
        (
            format!("{{ holds = {few}, times = 60, every_days = 30 }}"),
            "line 7, column 8: the condition looks back 1770 days (366 days at most)",
        ),
    ] {
        assert_eq!(faults_of(&when), [fault], "{when}");
    }
}

#[test]
fn a_condition_over_time_that_cannot_be_meant_is_refused() {
    let few = "{ of = \"logins\", is = \"<\", than = 5 }";
    let nested = format!("{{ holds = {{ holds = {few}, for_days = 2 }}, for_days = 3 }}");
    assert_eq!(faults_of(&nested), ["line 7, column 18: no holds inside another (put both side by side in an all)"]);
    let of_time = format!("{{ holds = {{ all = [{few}, {{ tag = \"重点\" }}] }}, for_days = 3 }}");
    assert_eq!(
        faults_of(&of_time),
        ["line 7, column 66: segments, tags, tiers and cells are of the present (put them beside the holds)"]
    );
    assert_eq!(
        faults_of("{ change_off = \"logins\", over_days = 7, is = \"<\", than = 0 }")[0],
        "line 7, column 10: unknown key \"change_off\" (did you mean \"change_of\"?)"
    );
}

#[test]
fn thresholds_are_parameters_that_stand_for_their_numbers() {
    let with = |when: &str, parameters: &str| {
        RULE.replace("{ of = \"logins\", is = \"<\", than = 5 }", when) + &format!("parameters = {{ {parameters} }}\n")
    };
    let logins =
        "logins = { value = 4, unit = \"count\", least = 1, most = 9, name = { zh = \"次数\", en = \"Times\" } }";
    let read = policy(&with("{ of = \"logins\", is = \"<\", than = \"$logins\" }", logins));
    assert_eq!(read.rules[0].when.to_string(), "logins < 4");
    assert_eq!(read.rules[0].parameters[0].value, 4.0);
    assert_eq!(
        faults(&with("{ of = \"logins\", is = \"<\", than = \"$login\" }", logins)),
        ["rules.toml line 7, column 42: there is no parameter \"login\" (did you mean \"logins\"?)"]
    );
    assert_eq!(
        faults(&with("{ of = \"logins\", is = \"<\", than = \"$logins\" }", &logins.replace("= 4", "= 40"))),
        ["rules.toml line 11, column 25: parameter \"logins\" is out of range: 40 (from 1 to 9)"]
    );
}

#[test]
fn a_rule_that_never_stood_in_a_file_names_the_path_to_its_fault() {
    let table: toml::Table = RULE.replace("than = 5", "than = \"five\"").parse().unwrap();
    let findings = AlertPolicy::parse_value(&table["rule"][0], &catalog()).unwrap_err();
    let told: Vec<String> = findings.iter().map(|finding| finding.line(Lang::En)).collect();
    assert_eq!(told, ["column \"rule.when.than\": expected a finite number, found a text"]);
}

#[test]
fn the_schema_knows_every_field_that_the_reader_knows() {
    let schema: serde_json::Value = serde_json::from_str(&alerts::schema()).unwrap();
    let properties = schema["$defs"]["rule"]["properties"].as_object().unwrap();
    let known: Vec<&str> =
        alerts::RULE_FIELDS.iter().copied().filter(|field| properties.contains_key(*field)).collect();
    assert_eq!(known, alerts::RULE_FIELDS);
    assert_eq!(properties.len(), alerts::RULE_FIELDS.len());
    assert_eq!(schema["$defs"]["condition"]["oneOf"].as_array().unwrap().len(), 16);
}

#[test]
fn two_rules_with_one_id_are_refused() {
    assert_eq!(
        faults(&format!("{RULE}{RULE}")),
        ["rules.toml line 12, column 1: two rules are called \"few_logins\" (give each rule its own id)"]
    );
}

#[test]
fn a_rule_is_active_unless_it_says_otherwise() {
    assert!(policy(RULE).rules[0].active);
    assert!(!policy(&format!("{RULE}state = \"available\"")).rules[0].active);
    assert_eq!(policy(RULE).rule("few_logins").unwrap().clear, None);
}
