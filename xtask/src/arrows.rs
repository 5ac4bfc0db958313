//! Which room may know which. The plan is the table of rooms in `ARCHITECTURE.md`; the manifests must keep to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Breach, Tree};

/// Libraries that only some rooms may name, with the reason.
const LIBRARIES: [(&[&str], &[&str], &str); 8] = [
    (&["axum", "tower", "tower-http", "utoipa-axum"], &["server"], "only the outermost room speaks HTTP"),
    (&["clap", "indicatif"], &["server"], "only the outermost room speaks command line"),
    (
        &["sea-orm", "sea-orm-migration", "sqlx", "rusqlite", "postgres"],
        &["store", "ingest"],
        "operational rows live in `store`",
    ),
    (&["deltalake", "deltalake-core", "fjall"], &["facts"], "the lake and the intake log belong to `facts`"),
    (&["datafusion"], &["facts", "indicators", "ask"], "queries over facts go through `indicators`"),
    (&["reqwest", "ureq", "lettre", "hyper"], &["channels", "ingest"], "requests go out through one door"),
    (&["jiff"], &["vocab", "calendar"], "one room knows moments, one knows working time"),
    (&["chrono", "time"], &[], "there is one time library"),
];

/// The plan: every room with the rooms it may depend on.
pub type Plan = BTreeMap<String, BTreeSet<String>>;

/// Reads the plan from the table whose header is `| crate | … | may depend on |`; names stand in backticks.
pub fn plan(architecture: &str) -> Plan {
    let mut plan = Plan::new();
    let mut inside = false;
    for line in architecture.lines() {
        let cells: Vec<&str> = line.trim().trim_matches('|').split(" | ").map(str::trim).collect();
        if !line.starts_with('|') {
            inside = false;
        } else if cells.first() == Some(&"crate") && cells.last() == Some(&"may depend on") {
            inside = true;
        } else if inside && !line.starts_with("|---") {
            let names =
                |cell: &str| -> BTreeSet<String> { cell.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
            let room = cells.first().map(|cell| names(cell)).unwrap_or_default();
            let arrows = cells.last().map(|cell| names(cell)).unwrap_or_default();
            plan.extend(room.into_iter().map(|room| (room, arrows.clone())));
        }
    }
    plan
}

/// Every arrow and room that nobody drew, every library in a room that must not name it.
pub fn check(tree: &Tree) -> Vec<Breach> {
    let Some(architecture) = tree.get("ARCHITECTURE.md") else {
        return vec![Breach::new("ARCHITECTURE.md", "the plan of the house is missing")];
    };
    let plan = plan(&architecture.text);
    let rooms = tree.rooms();
    let mut breaches = Vec::new();
    for room in plan.keys().filter(|room| !rooms.contains(&room.as_str())) {
        breaches.push(Breach::new("ARCHITECTURE.md", format!("draws a room `{room}` that is not there")));
    }
    for room in &rooms {
        let path = format!("crates/{room}/Cargo.toml");
        let Some(allowed) = plan.get(*room) else {
            breaches.push(Breach::new(path, "a room nobody drew: it is not in the table of ARCHITECTURE.md"));
            continue;
        };
        let text = tree.get(&path).map_or("", |manifest| manifest.text.as_str());
        breaches.extend(check_manifest(room, &path, text, allowed, &rooms));
    }
    if let Some(cycle) = cycle(&plan) {
        breaches.push(Breach::new("ARCHITECTURE.md", format!("the arrows run in a circle: {}", cycle.join(" → "))));
    }
    breaches
}

fn check_manifest(room: &str, path: &str, text: &str, allowed: &BTreeSet<String>, rooms: &[&str]) -> Vec<Breach> {
    let manifest: toml::Table = match text.parse() {
        Ok(manifest) => manifest,
        Err(error) => return vec![Breach::new(path, format!("cannot be read: {error}"))],
    };
    let mut breaches = Vec::new();
    for name in dependencies(&manifest) {
        if rooms.contains(&name.as_str()) && !allowed.contains(&name) {
            breaches.push(Breach::new(path, format!("an arrow nobody drew: `{room}` → `{name}`")));
        }
        for (libraries, homes, why) in LIBRARIES {
            if libraries.contains(&name.as_str()) && !homes.contains(&room) {
                breaches.push(Breach::new(path, format!("`{room}` must not name `{name}`: {why}")));
            }
        }
    }
    // Tests may look at more of the house; but the ground floor is tested without the floors above.
    let dev = manifest.get("dev-dependencies").and_then(toml::Value::as_table);
    for name in dev.into_iter().flat_map(|table| table.keys()) {
        if matches!(room, "vocab" | "facts") && rooms.contains(&name.as_str()) && !allowed.contains(name) {
            breaches.push(Breach::new(path, format!("`{room}` is tested with `{name}`, which stands on it")));
        }
    }
    let lints = manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
    if lints != Some(true) {
        breaches.push(Breach::new(path, "does not keep the lints of the workspace"));
    }
    breaches
}

fn dependencies(manifest: &toml::Table) -> BTreeSet<String> {
    let tables = |table: &toml::Table| -> Vec<String> {
        ["dependencies", "build-dependencies"]
            .iter()
            .filter_map(|key| table.get(*key)?.as_table())
            .flat_map(|table| table.keys().cloned())
            .collect()
    };
    let mut names: BTreeSet<String> = tables(manifest).into_iter().collect();
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    for target in targets.into_iter().flat_map(|targets| targets.values()).filter_map(toml::Value::as_table) {
        names.extend(tables(target));
    }
    names
}

/// A way from a room back to itself along drawn arrows.
fn cycle(plan: &Plan) -> Option<Vec<String>> {
    fn walk(plan: &Plan, way: &mut Vec<String>) -> bool {
        let Some(arrows) = way.last().and_then(|room| plan.get(room)) else { return false };
        for next in arrows {
            let seen = way.contains(next);
            way.push(next.clone());
            if seen || walk(plan, way) {
                return true;
            }
            way.pop();
        }
        false
    }
    plan.keys().find_map(|room| {
        let mut way = vec![room.clone()];
        walk(plan, &mut way).then_some(way)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "\
| crate | what | may depend on |
|---|---|---|
| `words` | types | – |
| `record` | what happened | `words` |
";

    fn check_with(manifest: &str) -> Vec<String> {
        let tree = Tree::of(&[
            ("ARCHITECTURE.md", PLAN),
            ("crates/words/Cargo.toml", "[lints]\nworkspace = true\n"),
            ("crates/record/Cargo.toml", manifest),
        ]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_drawn_arrow_is_allowed() {
        let manifest = "[dependencies]\nwords = { workspace = true }\nserde = \"1\"\n[lints]\nworkspace = true\n";
        assert_eq!(check_with(manifest), Vec::<String>::new());
    }

    #[test]
    fn an_arrow_nobody_drew_is_a_breach() {
        let tree = Tree::of(&[
            ("ARCHITECTURE.md", PLAN),
            (
                "crates/words/Cargo.toml",
                "[target.'cfg(unix)'.dependencies]\nrecord = \"1\"\n[lints]\nworkspace = true\n",
            ),
            ("crates/record/Cargo.toml", "[lints]\nworkspace = true\n"),
        ]);
        let breaches = check(&tree);
        assert_eq!(breaches.len(), 1);
        assert!(breaches[0].what.contains("`words` → `record`"), "{}", breaches[0]);
    }

    #[test]
    fn a_room_nobody_drew_is_a_breach_and_so_is_one_that_is_gone() {
        let tree = Tree::of(&[
            ("ARCHITECTURE.md", PLAN),
            ("crates/words/Cargo.toml", "[lints]\nworkspace = true\n"),
            ("crates/drawer/Cargo.toml", "[lints]\nworkspace = true\n"),
        ]);
        let whats: Vec<_> = check(&tree).into_iter().map(|breach| breach.what).collect();
        assert!(whats.iter().any(|what| what.contains("nobody drew")), "{whats:?}");
        assert!(whats.iter().any(|what| what.contains("`record` that is not there")), "{whats:?}");
    }

    #[test]
    fn a_library_in_the_wrong_room_is_a_breach() {
        let found = check_with("[dependencies]\naxum = \"0.8\"\nchrono = \"0.4\"\n[lints]\nworkspace = true\n");
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn a_circle_is_found() {
        let plan = plan("| crate | may depend on |\n|---|---|\n| `a` | `b` |\n| `b` | `a` |\n");
        assert_eq!(cycle(&plan).map(|way| way.join(" ")), Some("a b a".to_owned()));
    }
}
