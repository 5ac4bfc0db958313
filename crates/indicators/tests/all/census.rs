//! The field's census of warning signs: every line is answered by a shipped indicator, or says what is missing.

use std::path::{Path, PathBuf};

use indicators::{Catalog, Indicator};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn shipped() -> Catalog {
    let entries = std::fs::read_dir(root().join("definitions/indicators")).unwrap();
    let read = |path: PathBuf| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())
    };
    let files: Vec<(String, String)> = entries.map(|entry| read(entry.unwrap().path())).collect();
    Catalog::parse(&files).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

fn lines() -> Vec<toml::Table> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("census.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    table["line"].as_array().unwrap().iter().map(|line| line.as_table().unwrap().clone()).collect()
}

fn said<'t>(table: &'t toml::Table, key: &str, lang: &str) -> &'t str {
    table[key].as_table().unwrap()[lang].as_str().unwrap()
}

/// What an indicator is made of, as a person would read it.
fn made_of(indicator: &Indicator) -> String {
    match (indicator.measured(), indicator.formula()) {
        (Some(measured), _) => measured.of.to_string(),
        _ => "formula".to_owned(),
    }
}

fn page(catalog: &Catalog) -> String {
    let mut page = String::from(
        "# 指标目录 · Catalogue of indicators\n\n<!-- Made by `LIUKE_UPDATE=1 cargo nextest run -p indicators census`; do not edit. -->\n\n\
         Each line of the field's census of warning signs, the shipped indicators that answer to it with the facts they look\n\
         at, or what is missing. The definitions are in `definitions/indicators`; a firm may change them and add its own.\n\n\
         | census | 含义 · meaning | indicators | facts they look at |\n|---|---|---|---|\n",
    );
    for line in lines() {
        let id = line["id"].as_str().unwrap();
        let answers: Vec<&Indicator> =
            catalog.indicators().iter().filter(|one| one.census.iter().any(|census| census == id)).collect();
        let names: Vec<String> = answers.iter().map(|one| format!("`{}` {}", one.id, one.name.zh)).collect();
        let mut facts: Vec<String> = answers.iter().map(|one| made_of(one)).collect();
        facts.sort();
        facts.dedup();
        let (zh, en) = (said(&line, "name", "zh"), said(&line, "name", "en"));
        let (names, facts) = match answers.is_empty() {
            true => (
                "—".to_owned(),
                format!("{} · missing: {}", said(&line, "missing", "zh"), said(&line, "missing", "en")),
            ),
            false => (names.join("<br>"), facts.join("<br>").replace('|', "\\|")),
        };
        page.push_str(&format!("| {id} | {zh} · {en} | {names} | {facts} |\n"));
    }
    page
}

#[test]
fn every_line_of_the_census_is_answered_or_says_what_is_missing() {
    let catalog = shipped();
    let lines = lines();
    assert_eq!(lines.len(), 104);
    for line in &lines {
        let id = line["id"].as_str().unwrap();
        let answered = catalog.indicators().iter().any(|one| one.census.iter().any(|census| census == id));
        assert_ne!(answered, line.contains_key("missing"), "{id}");
    }
    for indicator in catalog.indicators() {
        for id in &indicator.census {
            assert!(lines.iter().any(|line| line["id"].as_str() == Some(id)), "{id} of {}", indicator.id);
        }
    }
}

#[test]
fn the_committed_page_is_the_one_the_definitions_give() {
    let (path, page) = (root().join("docs/indicators.md"), page(&shipped()));
    if std::env::var_os("LIUKE_UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == page, "docs/indicators.md is stale: LIUKE_UPDATE=1 cargo nextest run -p indicators census");
}
