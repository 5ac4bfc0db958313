//! The house as it stands keeps its own rules.

use xtask::{Breach, Tree, absences, arrows, floors, root, tidy};

fn assert_none(breaches: &[Breach]) {
    let listed: Vec<String> = breaches.iter().map(ToString::to_string).collect();
    assert!(listed.is_empty(), "\n{}\n", listed.join("\n"));
}

fn tree() -> Tree {
    let tree = Tree::read(&root()).unwrap();
    assert!(tree.rooms().len() >= 13, "the rooms are not where they were looked for");
    tree
}

#[test]
fn every_arrow_between_rooms_is_drawn() {
    assert_none(&arrows::check(&tree()));
}

#[test]
fn no_folder_names_what_stands_above_it() {
    let tree = tree();
    assert_none(&floors::check(&tree));
    let drawn = tree.get("ARCHITECTURE.md").map_or("", |plan| plan.text.as_str());
    assert!(drawn.contains("| folder of `app` |"), "the floors are not where they were looked for");
}

#[test]
fn what_must_be_nowhere_is_nowhere() {
    assert_none(&absences::check(&tree()));
}

#[test]
fn every_file_is_tidy() {
    assert_none(&tidy::check(&tree()));
}
