//! Rules are found where customers left for a reason, not where a column knows the outcome, and not by luck.

use std::path::Path;

use estimators::chance::Chance;
use training::discovery::{Discovery, RuleCondition, Saying, discover};
use training::lab::{RulesReport, RulesSpec, Table, rules};
use training::train::TrainSpec;
use vocab::{AsOf, Horizon, Lang};

use crate::classify::export;
use crate::efficacy::{at, catalog, churn};
use crate::real::data;
use crate::train::{AS_OF, CANCELLED, firm, read};

fn spec<'a>(label: &'a str, positive: Option<&'a str>, id: Option<&'a str>) -> RulesSpec<'a> {
    RulesSpec { label, positive, id, seed: 42 }
}

fn found(facts: &[facts::StoredFact]) -> Discovery {
    let of = ["Visit", "Exit Form", "Noise"].map(|name| format!("{{ kind = \"event\", name = \"{name}\" }}"));
    let ids = ["visit", "exit_form", "noise"];
    let counts: Vec<(&str, &str, &str)> = ids.iter().zip(&of).map(|(id, of)| (*id, of.as_str(), "none")).collect();
    let (catalog, churn, as_of) = (catalog(&counts), churn(CANCELLED), AsOf(at(AS_OF)));
    let spec =
        TrainSpec { catalog: &catalog, churn: &churn, as_of, horizon: Horizon { days: 30 }, seed: 3, threads: 1 };
    read(facts, &spec, |past, later, moments| discover(past, later, moments, &[], &spec, &|_| true).unwrap())
}

#[test]
fn in_the_past_of_a_firm_few_visits_are_found_and_the_form_of_who_leaves_is_not_asked() {
    let discovery = found(&firm(300, 160, true));
    assert!(discovery.leaks.iter().any(|leak| leak.is_certain && leak.column == "exit_form"), "{:?}", discovery.leaks);
    let rules = discovery.verdict.unwrap().rules;
    let first = rules.first().unwrap_or_else(|| panic!("no rule"));
    assert!(
        matches!(&first.conditions[..], [RuleCondition { column, says: Saying::AtMost(most) }] if column == "visit" && *most <= 4.0),
        "{first:?}"
    );
    assert!(first.figures.lift > 3.0 && first.figures.q < 1e-3, "{first:?}");
    assert!(rules.iter().all(|rule| rule.conditions.iter().all(|one| one.column != "exit_form")), "{rules:?}");
}

#[test]
fn with_few_leavers_nothing_is_found_and_it_is_said_how_many_are_missing() {
    let refusal = found(&firm(60, 15, true)).verdict.unwrap_err();
    assert_eq!(refusal.code, "too_few_leavers");
    assert!(refusal.detail.zh.contains("至少需要 40 位"), "{refusal:?}");
}

#[test]
fn a_table_of_chance_gives_no_rule_and_one_with_leaks_none_of_them() {
    let report = rules(&export(1_500, 1.0, 3), &spec("是否流失", None, Some("客户编号"))).unwrap();
    let asked: Vec<&str> =
        report.rules.iter().flat_map(|rule| rule.conditions.iter().map(|one| one.column.as_str())).collect();
    assert!(asked.contains(&"合同"), "{report:?}");
    assert!(!asked.contains(&"流失评分") && !asked.contains(&"流失原因") && !asked.contains(&"客户编号"), "{asked:?}");
    let mut chance = Chance::new(8);
    let mut table = Table::new("luck.csv", ["a", "b", "left"].map(str::to_owned));
    for _ in 0..900 {
        let left = if chance.below(5) == 0 { "yes" } else { "no" };
        let (a, b) = (chance.below(50).to_string(), ["x", "y", "z"][chance.below(3)]);
        table.push_row([a.as_str(), b, left]);
    }
    let report = rules(&table, &spec("left", None, None)).unwrap();
    assert!(report.rules.is_empty(), "{:?}", report.rules);
    let few = export(70, 1.0, 3);
    let refused = rules(&few, &spec("是否流失", None, Some("客户编号"))).map(|_| ());
    assert!(refused.is_err_and(|finding| finding.code == "too_few_leavers" && finding.line(Lang::Zh).contains("还差")));
}

fn read_table(path: &Path) -> Table {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let mut table = Table::new("mlc.csv", lines.next().unwrap().split(',').map(str::to_owned));
    lines.for_each(|line| table.push_row(line.split(',')));
    table
}

/// Whether some rule is made of these conditions, in any order, and of none besides.
fn holds(report: &RulesReport, parts: &[&dyn Fn(&RuleCondition) -> bool]) -> bool {
    report
        .rules
        .iter()
        .any(|rule| rule.conditions.len() == parts.len() && parts.iter().all(|part| rule.conditions.iter().any(part)))
}

#[test]
fn the_four_known_groups_of_the_telecom_are_found_whoever_is_in_which_half() {
    let Some(folder) = data("mlc") else { return };
    let table = read_table(&folder.join("churn_3333.csv"));
    let is = |column: &'static str, value: &'static str| {
        move |one: &RuleCondition| one.column == column && one.says == Saying::Is(value.to_owned())
    };
    let least = |column: &'static str, from: f64, to: f64| {
        move |one: &RuleCondition| {
            one.column == column && matches!(one.says, Saying::AtLeast(cut) if (from..=to).contains(&cut))
        }
    };
    let most = |column: &'static str, from: f64, to: f64| {
        move |one: &RuleCondition| {
            one.column == column && matches!(one.says, Saying::AtMost(cut) if (from..=to).contains(&cut))
        }
    };
    for seed in [42, 1] {
        let report = rules(&table, &RulesSpec { seed, ..spec("churn", Some("T"), Some("phonenumber")) }).unwrap();
        let told = format!("{:#?}", report.rules.iter().map(|rule| &rule.conditions).collect::<Vec<_>>());
        assert!(holds(&report, &[&is("intlplan", "yes"), &most("intlcalls", 2.0, 2.0)]), "abroad: {told}");
        assert!(holds(&report, &[&least("daymins", 240.0, 275.0)]), "day minutes: {told}");
        assert!(
            holds(&report, &[&least("custservcalls", 4.0, 4.0), &most("daymins", 140.0, 200.0)]),
            "service: {told}"
        );
        let voice = [
            &is("vmailplan", "no") as &dyn Fn(&RuleCondition) -> bool,
            &least("daymins", 200.0, 270.0),
            &least("evemins", 130.0, 270.0),
        ];
        assert!(holds(&report, &voice), "voice mail: {told}");
        for rule in &report.rules {
            assert!(rule.figures.q <= 0.05 && rule.figures.lift >= 1.5 && rule.conditions.len() <= 3, "{rule:?}");
        }
    }
}
