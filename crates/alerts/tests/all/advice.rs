//! The library of advice: what ships answers every worry, and whoever writes an entry is told what is wrong with it.

use std::collections::BTreeSet;

use alerts::{AdviceBook, GENERAL};
use indicators::{Catalog, TIERS};
use vocab::Lang;

use crate::shipped::{folder, policies};

fn shipped() -> AdviceBook {
    AdviceBook::parse(&folder("advice")).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

const ENTRY: &str = r#"
[[advice]]
id = "usage"
name = { zh = "用得少", en = "Used less" }
causes = ["usage"]
openings = [{ zh = "一", en = "one" }, { zh = "二", en = "two" }, { zh = "三", en = "three" }]
not_offer = { zh = "不谈折扣", en = "No discount" }
tutorial = { zh = "视频", en = "A video" }
high = { who = { zh = "负责人", en = "The owner" }, first_step = { zh = "打电话", en = "Call" } }
middle = { who = { zh = "负责人", en = "The owner" }, first_step = { zh = "发消息", en = "Write" } }
low = { who = { zh = "客服", en = "Service" }, first_step = { zh = "发教程", en = "Send it" }, not_offer = { zh = "不上门", en = "No visit" } }
"#;

fn faults(text: &str) -> Vec<String> {
    let findings = AdviceBook::parse(&[("advice.toml".into(), text.into())]).unwrap_err();
    findings.iter().map(|finding| finding.line(Lang::En)).collect()
}

#[test]
fn every_cause_of_a_shipped_rule_and_every_category_of_indicator_is_answered() {
    let book = shipped();
    for (file, policy) in policies() {
        for rule in &policy.rules {
            assert!(book.for_cause(&rule.cause).is_some(), "{} of {file}: {}", rule.id, rule.cause);
        }
    }
    let catalog = Catalog::parse(&folder("indicators")).unwrap();
    let categories: BTreeSet<&str> = catalog.indicators().iter().map(|one| one.category.as_str()).collect();
    for category in categories {
        assert!(book.for_category(category).is_some(), "{category}");
    }
    assert!(book.entry(GENERAL).is_some(), "somebody must answer the rest");
}

#[test]
fn what_is_done_differs_by_value_and_names_where_it_comes_from() {
    for entry in shipped().entries() {
        assert!(entry.census.is_some(), "{}", entry.id);
        let steps: BTreeSet<&str> =
            TIERS.iter().map(|(tier, ..)| entry.act(Some(tier)).first_step.zh.as_str()).collect();
        assert_eq!(steps.len(), 3, "{}", entry.id);
        assert_eq!(entry.act(None), entry.act(Some("middle")), "{}: an unknown value is the standard way", entry.id);
        assert_eq!(entry.openings.iter().map(|one| &one.zh).collect::<BTreeSet<_>>().len(), 3, "{}", entry.id);
    }
}

#[test]
fn a_tier_may_say_for_itself_what_not_to_offer() {
    let book = AdviceBook::parse(&[("advice.toml".into(), ENTRY.into())]).unwrap();
    let entry = book.for_cause("usage").unwrap();
    assert_eq!(entry.not_offer(Some("low")).en, "No visit");
    assert_eq!(entry.not_offer(Some("high")).en, "No discount");
    assert_eq!(entry.act(Some("low")).who.en, "Service");
}

#[test]
fn a_firms_own_entry_takes_the_place_of_the_shipped_one() {
    let own = AdviceBook::parse(&[("own.toml".into(), ENTRY.into())]).unwrap();
    let shipped = shipped();
    let both = shipped.with_own(own);
    assert_eq!(both.entries().len(), shipped.entries().len());
    assert_eq!(both.entry("usage").unwrap().name.en, "Used less");
    assert_eq!(both.for_cause("payment"), shipped.for_cause("payment"));
}

#[test]
fn faults_are_told_with_their_place_and_all_at_once() {
    let text = ENTRY.replace("tutorial", "tutrial").replace(", { zh = \"三\", en = \"three\" }", "");
    assert_eq!(
        faults(&text),
        [
            "advice.toml line 8, column 1: unknown key \"tutrial\" (did you mean \"tutorial\"?)",
            "advice.toml line 6, column 12: 3 opening sentences are needed (write each as { zh = \"…\", en = \"…\" })",
            "advice.toml line 2, column 1: \"tutorial\" is missing (add tutorial = …)",
        ]
    );
    let half = ENTRY.replace("{ zh = \"视频\", en = \"A video\" }", "{ zh = \"视频\" }");
    assert_eq!(faults(&half), ["advice.toml line 8, column 12: \"en\" is missing (add en = …)"]);
    let twice = format!("{ENTRY}{ENTRY}");
    let told = faults(&twice);
    assert!(told[0].contains("two entries are called \"usage\""), "{told:?}");
    assert!(told[1].contains("two entries answer \"usage\""), "{told:?}");
}
