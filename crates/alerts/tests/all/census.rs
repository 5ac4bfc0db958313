//! The numeric rules of the field's census: every line is answered by a rule that ships, or says what stands for it.

use std::path::{Path, PathBuf};

use alerts::Rule;
use indicators::Catalog;

use crate::shipped::{folder, policies};

fn lines() -> Vec<toml::Table> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("census.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    table["line"].as_array().unwrap().iter().map(|line| line.as_table().unwrap().clone()).collect()
}

fn said<'t>(table: &'t toml::Table, key: &str, lang: &str) -> &'t str {
    table[key].as_table().unwrap()[lang].as_str().unwrap()
}

/// The threshold as it is written, with its bounds.
fn thresholds(rule: &Rule) -> String {
    let told = rule.parameters.iter().map(|parameter| {
        format!("{} {}（{}–{}）", parameter.name.zh, parameter.value, parameter.least, parameter.most)
    });
    told.collect::<Vec<_>>().join("<br>")
}

fn page() -> String {
    let catalog = Catalog::parse(&folder("indicators")).unwrap();
    let rules: Vec<Rule> = policies().into_iter().flat_map(|(_, policy)| policy.rules).collect();
    let mut page = String::from(
        "# 规则模板 · Rules that ship\n\n<!-- Made by `LIUKE_UPDATE=1 cargo nextest run -p alerts census`; do not edit. -->\n\n\
         Each numeric rule of the field's census, the rules that ship for it, how what was ambiguous was decided, and the\n\
         thresholds that a firm changes without touching the condition. The definitions are in `definitions/rules`.\n\n\
         | census | 原规则 · rule | template | 条件 · condition | 解读 · reading | 阈值 · thresholds |\n|---|---|---|---|---|---|\n",
    );
    for line in lines() {
        let id = line["id"].as_str().unwrap();
        let (zh, en) = (said(&line, "name", "zh"), said(&line, "name", "en"));
        let answers: Vec<&Rule> = rules.iter().filter(|rule| rule.census.as_deref() == Some(id)).collect();
        if answers.is_empty() {
            let (zh_why, en_why) = (said(&line, "missing", "zh"), said(&line, "missing", "en"));
            page.push_str(&format!("| {id} | {zh} · {en} | — | — | {zh_why} · {en_why} | — |\n"));
        }
        for rule in answers {
            let state = if rule.active { "启用 · on" } else { "关闭 · off" };
            let when = rule.when.words(&catalog, &|_| None);
            let reading = rule.reading.clone().unwrap_or_default();
            page.push_str(&format!(
                "| {id} | {zh} · {en} | `{}` {}（{state}） | {} · {} | {} · {} | {} |\n",
                rule.id,
                rule.name.zh,
                when.zh,
                when.en,
                reading.zh,
                reading.en,
                thresholds(rule),
            ));
        }
    }
    page
}

#[test]
fn every_rule_of_the_census_ships_or_says_what_stands_for_it() {
    let rules: Vec<Rule> = policies().into_iter().flat_map(|(_, policy)| policy.rules).collect();
    let lines = lines();
    assert_eq!(lines.len(), 22);
    for line in &lines {
        let id = line["id"].as_str().unwrap();
        let answered = rules.iter().any(|rule| rule.census.as_deref() == Some(id));
        assert_ne!(answered, line.contains_key("missing"), "{id}");
    }
}

#[test]
fn the_committed_page_is_the_one_the_definitions_give() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules.md");
    let page = page();
    if std::env::var_os("LIUKE_UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == page, "docs/rules.md is stale: LIUKE_UPDATE=1 cargo nextest run -p alerts census");
}
