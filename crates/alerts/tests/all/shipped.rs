//! The rules that ship: readable, short, and few of them active.

use std::collections::BTreeSet;

use alerts::{AlertPolicy, Rule};
use indicators::{Catalog, Quantity, names};

pub(crate) fn folder(name: &str) -> Vec<(String, String)> {
    let folder = format!("{}/../../definitions/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<(String, String)> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    files
}

pub(crate) fn policies() -> Vec<(String, AlertPolicy)> {
    let catalog = Catalog::parse(&folder("indicators")).unwrap_or_else(|findings| panic!("{findings:#?}"));
    let read = |(file, text): (String, String)| {
        let policy =
            AlertPolicy::parse(&[(file.clone(), text)], &catalog).unwrap_or_else(|findings| panic!("{findings:#?}"));
        (file, policy)
    };
    folder("rules").into_iter().map(read).collect()
}

#[test]
fn every_rule_that_ships_can_be_read() {
    let files: Vec<String> = policies().into_iter().map(|(file, _)| file).collect();
    assert_eq!(files, ["ecommerce.toml", "general.toml", "saas.toml"]);
}

#[test]
fn ids_are_unique_and_name_their_template() {
    let mut ids = BTreeSet::new();
    for (file, policy) in policies() {
        let template = file.trim_end_matches(".toml");
        for rule in &policy.rules {
            assert!(rule.id.starts_with(template), "{} in {file}", rule.id);
            assert!(ids.insert(rule.id.clone()), "{} twice", rule.id);
        }
    }
}

#[test]
fn a_handful_of_rules_is_active() {
    for (file, policy) in policies() {
        let active = policy.rules.iter().filter(|rule| rule.active).count();
        assert!((5..=11).contains(&active), "{active} active rules in {file}");
    }
}

#[test]
fn what_a_rule_says_has_a_figure_and_fits_a_line() {
    for rule in policies().into_iter().flat_map(|(_, policy)| policy.rules) {
        assert!(!names(&rule.say).is_empty(), "{}: no figure", rule.id);
        assert!(rule.say.zh.chars().count() <= 80 && rule.say.en.chars().count() <= 170, "{}: too long", rule.id);
        let step = &rule.next_step;
        assert!(
            step.zh.chars().count() <= 16 && step.en.chars().count() <= 45,
            "{}: a next step fits on a button",
            rule.id
        );
        assert!(!step.zh.ends_with('。') && !step.en.ends_with('.'), "{}", rule.id);
    }
}

/// A figure of an open alert is known when it opens: it is one that `when` asks about, or comes with one.
#[test]
fn a_sentence_names_what_its_condition_asks_about() {
    let comes_with = [
        ("login_days_30d", "login_ratio_30d"),
        ("activity_days_30d", "activity_ratio_30d"),
        ("tickets_prev_30d", "ticket_ratio_30d"),
        ("amount_90d", "amount_ratio_90d"),
        ("amount_prev_90d", "amount_ratio_90d"),
        ("login_days_prev_30d", "login_ratio_30d"),
        ("days_since_login", "login_7d"),
        ("health_7d_ago", "health_change_7d"),
        ("health", "health_change_7d"),
        ("login_7d", "login_fall"),
        ("login_usual", "login_fall"),
        ("activity_7d", "activity_fall"),
        ("activity_usual", "activity_fall"),
    ];
    for rule in policies().into_iter().flat_map(|(_, policy)| policy.rules) {
        let asked: BTreeSet<String> = rule.when.quantities().into_iter().map(Quantity::to_string).collect();
        for name in names(&rule.say) {
            let name = name.trim_start_matches('-');
            let comes = comes_with.iter().any(|(figure, with)| *figure == name && asked.contains(*with));
            let by_band = name == "health" && rule.when.to_string().contains("band");
            assert!(asked.contains(name) || comes || by_band, "{} names {name}", rule.id);
        }
    }
}

#[test]
fn the_rules_of_the_census_are_there() {
    let rules: Vec<Rule> = policies().into_iter().flat_map(|(_, policy)| policy.rules).collect();
    let census: BTreeSet<&str> = rules.iter().filter_map(|rule| rule.census.as_deref()).collect();
    let expected: Vec<String> = (1..=21).map(|number| format!("RULE-{number:02}")).collect();
    assert_eq!(census.into_iter().collect::<Vec<_>>(), expected);
    for rule in rules.iter().filter(|rule| rule.census.is_some()) {
        assert!(rule.reading.is_some(), "{}: what was ambiguous, and how it was decided", rule.id);
        assert!(!rule.parameters.is_empty(), "{}: its thresholds can be changed", rule.id);
    }
}
