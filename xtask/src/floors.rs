//! Which folder of a large room may know which. The plan is the table of its folders in `ARCHITECTURE.md`, from the ground
//! up; what a file names of its own room must stand no higher than the file itself.

use crate::{Breach, Tree};

/// The folders of a room, the ground first.
struct Floors<'a> {
    room: &'a str,
    names: Vec<&'a str>,
}

impl<'a> Floors<'a> {
    /// Reads every table whose header is ``| folder of `ROOM` | … |``; names stand in backticks.
    fn all(architecture: &'a str) -> Vec<Floors<'a>> {
        let mut all: Vec<Floors<'a>> = Vec::new();
        let mut inside = false;
        for line in architecture.lines() {
            let first = line.trim().trim_matches('|').split(" | ").next().unwrap_or_default().trim();
            let named = |text: &'a str| text.split('`').nth(1);
            if !line.starts_with('|') {
                inside = false;
            } else if let Some(room) = first.strip_prefix("folder of ").and_then(named) {
                inside = true;
                all.push(Floors { room, names: Vec::new() });
            } else if let Some(floors) = all.last_mut().filter(|_| inside) {
                floors.names.extend(named(first));
            }
        }
        all
    }

    fn of(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|one| *one == name)
    }
}

/// Every folder that nobody drew, every one that is drawn and not there, every file that names what stands above it.
pub fn check(tree: &Tree) -> Vec<Breach> {
    let Some(architecture) = tree.get("ARCHITECTURE.md") else { return Vec::new() };
    Floors::all(&architecture.text).iter().flat_map(|floors| check_room(tree, floors)).collect()
}

fn check_room(tree: &Tree, floors: &Floors<'_>) -> Vec<Breach> {
    let source = format!("crates/{}/src/", floors.room);
    let (mut breaches, mut seen) = (Vec::new(), Vec::new());
    for file in tree.files().iter().filter(|file| file.ends(".rs")) {
        let Some(inside) = file.path.strip_prefix(&source) else { continue };
        let own = inside.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        // The root names everything, and everything the root.
        if own == "lib" {
            continue;
        }
        let Some(floor) = floors.of(own) else {
            breaches.push(Breach::new(&file.path, "a folder nobody drew: it is not in the table of ARCHITECTURE.md"));
            continue;
        };
        seen.push(own);
        let code: Vec<&str> = file.code_lines().map(|(_, line)| line).collect();
        for name in named(&code.join("\n")) {
            if floors.of(&name).is_some_and(|above| above > floor) {
                breaches.push(Breach::new(&file.path, format!("names `{name}`, which stands above `{own}`")));
            }
        }
    }
    let gone = floors.names.iter().filter(|name| !seen.contains(name));
    breaches.extend(gone.map(|name| {
        Breach::new("ARCHITECTURE.md", format!("draws a folder `{name}` of `{}` that is not there", floors.room))
    }));
    breaches
}

/// The modules right below the root that a text names, in `crate::name` as in `crate::{name, …}`.
fn named(code: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|one| one.is_alphanumeric() || *one == '_').collect::<String>();
    let mut names = Vec::new();
    for after in code.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            Some(group) => {
                let mut depth = 0;
                for part in group.split_inclusive(['{', '}', ',']) {
                    if depth == 0 {
                        names.push(word(part.trim_start()));
                    }
                    depth += i32::from(part.ends_with('{')) - i32::from(part.ends_with('}'));
                    if depth < 0 {
                        break;
                    }
                }
            }
            None => names.push(word(after)),
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str =
        "| folder of `app` | what |\n|---|---|\n| `view` | rows |\n| `moment` | now |\n| `desk` | work |\n";

    fn whats(files: &[(&str, &str)]) -> Vec<String> {
        let mut all = vec![("ARCHITECTURE.md", PLAN), ("crates/app/src/lib.rs", "mod desk;\nuse crate::desk::Desk;\n")];
        all.extend(files);
        check(&Tree::of(&all)).into_iter().map(|breach| breach.what).collect()
    }

    #[test]
    fn a_folder_names_what_stands_below_it_and_nothing_above() {
        let ground = ("crates/app/src/view.rs", "use vocab::Instant;\n");
        let work = ("crates/app/src/desk/list.rs", "use crate::moment::Now;\nuse crate::{App, view};\n");
        assert_eq!(
            whats(&[ground, work, ("crates/app/src/moment.rs", "use crate::view::Row;\n")]),
            Vec::<String>::new()
        );
        let upwards =
            ("crates/app/src/moment/now.rs", "use crate::{\n    App, desk::{Desk, view},\n    blocking,\n};\n");
        assert_eq!(whats(&[ground, work, upwards]), ["names `desk`, which stands above `moment`"]);
        let in_a_line = ("crates/app/src/moment/now.rs", "fn now() -> crate::desk::Desk {}\n");
        assert_eq!(whats(&[ground, work, in_a_line]), ["names `desk`, which stands above `moment`"]);
    }

    #[test]
    fn a_test_may_look_at_the_whole_room() {
        let files = [
            ("crates/app/src/view.rs", ""),
            ("crates/app/src/desk.rs", ""),
            ("crates/app/src/moment.rs", "#[cfg(test)]\nmod tests {\n    use crate::desk::Desk;\n}\n"),
        ];
        assert_eq!(whats(&files), Vec::<String>::new());
    }

    #[test]
    fn a_folder_nobody_drew_is_a_breach_and_so_is_one_that_is_gone() {
        let found =
            whats(&[("crates/app/src/view.rs", ""), ("crates/app/src/moment.rs", ""), ("crates/app/src/attic.rs", "")]);
        assert!(found.iter().any(|what| what.contains("nobody drew")), "{found:?}");
        assert!(found.iter().any(|what| what.contains("`desk` of `app` that is not there")), "{found:?}");
    }
}
