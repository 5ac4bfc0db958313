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
