//! What ships is readable, and faults are placed and explained.

use std::collections::BTreeSet;

use outcomes::{ChurnDefinition, ChurnRule};
use vocab::Lang;

use crate::told::{definition, shipped};

#[test]
fn what_ships_reads_as_it_is_called() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions/churn");
    let mut ids = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let definition = shipped(&stem);
        assert_eq!(definition.id, stem);
        assert!(!definition.name.zh.contains('%') && definition.sentence.en.len() > 40, "{stem}");
        ids.insert(stem);
    }
    let expected = [
        "cancelled",
        "inactive_60d",
        "inactive_90d",
        "no_order_180d",
        "no_order_90d",
        "own_rhythm",
        "saas_contract",
        "subscription_ended",
    ];
    assert_eq!(ids.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    assert_eq!(shipped("saas_contract").rule.to_string(), "contract end + 30d or cancellation");
    assert_eq!(shipped("saas_contract").properties(), ["contract_id", "end_on"]);
    assert_eq!(shipped("no_order_180d").rule, ChurnRule::NoOrder { days: 180 });
    assert_eq!(shipped("inactive_60d").longest_silence_days(), 60);
    let patient = definition("late_days = 3\n[[gone_when]]\nno_order = { days = 60 }");
    assert_eq!((shipped("inactive_60d").late_days, patient.late_days), (0, 3));
}

fn faults(text: &str) -> Vec<String> {
    let findings = ChurnDefinition::parse("churn.toml", text).unwrap_err();
    findings.iter().map(|finding| finding.line(Lang::En)).collect()
}

const HEAD: &str =
    "id = \"x\"\nname = { zh = \"a\", en = \"a\" }\nsentence = { zh = \"a\", en = \"a\" }\ntoo_new_days = 30\n";

#[test]
fn a_fault_says_what_was_probably_meant() {
    assert_eq!(
        faults(&format!("{HEAD}[[gone_when]]\ninactvity = {{ days = 60 }}")),
        ["churn.toml line 6, column 1: unknown key \"inactvity\" (did you mean \"inactivity\"?)"]
    );
    assert_eq!(
        faults(&format!("{HEAD}[[gone_when]]\nno_order = {{ days = 0.5 }}")),
        ["churn.toml line 6, column 21: expected a whole number of days from 1 to 3650, found a number"]
    );
    assert_eq!(
        faults(&format!("{HEAD}[[gone_when]]\nno_order = {{ days = 3 }}\ncontract_end = {{ grace_days = 3 }}")),
        [
            "churn.toml line 5, column 1: each [[gone_when]] names one case (one of: inactivity, no_order, purchase_gap, contract_end, cancellation)"
        ]
    );
    assert_eq!(faults(HEAD), ["churn.toml line 1, column 1: \"gone_when\" is missing (add gone_when = …)"]);
    assert_eq!(
        faults(&format!("{HEAD}[[gone_when]]\ninactivity = {{ days = 60, of = {{ kind = \"evnt\" }} }}")),
        ["churn.toml line 6, column 41: unknown word \"evnt\" (did you mean \"event\"?)"]
    );
}

#[test]
fn the_sentence_says_what_is_computed() {
    let text = |id: &str| shipped(id).in_words();
    assert_eq!(text("no_order_90d").zh, "客户连续 90 天没有下单（取消和退货不算下单），即为流失");
    assert_eq!(
        text("saas_contract").en,
        "A customer has left when it has not renewed within 30 days of the end of its contract, or when it cancelled or ended its contract"
    );
    assert!(text("own_rhythm").zh.contains("平时下单间隔的 3 倍"), "{}", text("own_rhythm").zh);
    assert_eq!(shipped("inactive_60d").short_name().unwrap(), shipped("inactive_60d").name);
    assert_eq!(shipped("no_order_180d").short_name().unwrap(), shipped("no_order_180d").name);
    assert_eq!(shipped("saas_contract").short_name(), None);
}

#[test]
fn what_else_a_definition_says_is_checked_too() {
    let rule = "[[gone_when]]\nno_order = { days = 3 }\n";
    assert_eq!(
        faults(&format!("{HEAD}[[gone_when]]\nno_order = {{ days = 3 }}\nleaving = \"silently\"")),
        ["churn.toml line 7, column 11: unknown word \"silently\" (did you mean \"silent\"?)"]
    );
    assert_eq!(
        faults(&format!("{HEAD}{rule}[partial]\ndays = 30\nshare = 50")),
        ["churn.toml line 9, column 9: expected a share above 0 and at most 1, found a number"]
    );
    assert_eq!(
        faults(&format!("{HEAD}{rule}[internal]\ntrait = \"internal\"\nis = []")),
        ["churn.toml line 9, column 6: expected at least one value, found a list"]
    );
    assert_eq!(
        faults(&format!("{HEAD}[[gone_when]]\npurchase_gap = {{ times = 3, least_days = 90, most_days = 30 }}")),
        ["churn.toml line 6, column 42: least_days is longer than most_days (make least_days at most most_days)"]
    );
    assert_eq!(shipped("own_rhythm").label_delay_days(), 365);
    assert_eq!(shipped("saas_contract").label_delay_days(), 30);
}
