//! What every file keeps to: no tabs, one screen times ten, nothing left undone, no machine's own paths, invariants
//! whose checkers exist, definitions in both languages.

use crate::{Breach, SourceFile, Tree};

/// Lines of a file of code, at most.
const LONGEST: usize = 600;
/// Longer files that hold one idea all the same, with the lines they may have.
const LONG_ALLOWED: [(&str, usize); 0] = [];
/// Files written by a program, or kept as they came.
const GENERATED: [&str; 5] = [
    "web/package-lock.json",
    "web/src/api/schema.d.ts",
    "crates/server/openapi.json",
    "LICENSE",
    "web/src/api/schema.ts",
];

/// Everything that is untidy.
pub fn check(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in tree.files().iter().filter(|file| !GENERATED.contains(&file.path.as_str())) {
        breaches.extend(lines(file));
        breaches.extend(length(file));
        if file.path.starts_with("definitions/") && file.ends(".toml") {
            breaches.extend(definition(file));
        }
    }
    breaches.extend(lock(tree));
    breaches.extend(invariants(tree));
    breaches
}

fn is_code(file: &SourceFile) -> bool {
    [".rs", ".ts", ".tsx", ".mjs", ".js", ".css", ".sh"].iter().any(|ending| file.ends(ending))
}

fn lines(file: &SourceFile) -> Vec<Breach> {
    let checks_others = file.path.starts_with("xtask/src/");
    let mut breaches = Vec::new();
    for (place, line) in file.text.lines().enumerate() {
        let mut breach = |what: &str| breaches.push(Breach::new(format!("{}:{}", file.path, place + 1), what));
        if line.contains('\t') && !file.ends("Makefile") && !file.path.contains("/tests/") {
            breach("a tab");
        }
        if line.ends_with(' ') && is_code(file) {
            breach("a space at the end of the line");
        }
        if is_code(file) && !checks_others {
            if ["TODO", "FIXME", "todo!(", "unimplemented!("].iter().any(|word| line.contains(word)) {
                breach("left undone: do it, or write an issue");
            }
            if ["#[ignore", "test.only(", "describe.only(", "it.skip(", "test.skip("]
                .iter()
                .any(|word| line.contains(word))
            {
                breach("a test that is switched off");
            }
        }
        let machine = ["/work/", "/root/", "/Users/", "C:\\\\Users"].iter().any(|path| line.contains(path));
        if machine && !checks_others {
            breach("a path of one machine");
        }
    }
    if !file.text.is_empty() && !file.text.ends_with('\n') && is_code(file) {
        breaches.push(Breach::new(&file.path, "does not end with a newline"));
    }
    breaches
}

fn length(file: &SourceFile) -> Vec<Breach> {
    let count = file.text.lines().count();
    let code = [".rs", ".ts", ".tsx"].iter().any(|ending| file.ends(ending));
    let most = LONG_ALLOWED.iter().find(|(path, _)| *path == file.path).map_or(LONGEST, |(_, most)| *most);
    if code && count > most {
        return vec![Breach::new(&file.path, format!("{count} lines, at most {most}: it holds more than one idea"))];
    }
    Vec::new()
}

/// The lock file of the web names no registry: whoever installs chooses it.
fn lock(tree: &Tree) -> Vec<Breach> {
    let Some(lock) = tree.get("web/package-lock.json") else { return Vec::new() };
    match lock.text.contains("\"resolved\": \"http") {
        true => {
            vec![Breach::new("web/package-lock.json", "names a registry: npm ci --omit-lockfile-registry-resolved")]
        }
        false => Vec::new(),
    }
}

/// Every text of a definition is there in both languages, and whatever has an id has a name.
fn definition(file: &SourceFile) -> Vec<Breach> {
    match file.text.parse::<toml::Table>() {
        Ok(table) => {
            let mut breaches = Vec::new();
            texts(&toml::Value::Table(table), "", file, &mut breaches);
            breaches
        }
        Err(error) => vec![Breach::new(&file.path, format!("cannot be read: {}", error.message()))],
    }
}

fn texts(value: &toml::Value, at: &str, file: &SourceFile, breaches: &mut Vec<Breach>) {
    if let Some(list) = value.as_array() {
        list.iter().enumerate().for_each(|(place, one)| texts(one, &format!("{at}[{place}]"), file, breaches));
    }
    let Some(table) = value.as_table() else { return };
    let spoken = |key: &str| table.get(key).and_then(toml::Value::as_str).is_some_and(|text| !text.trim().is_empty());
    let is_text = table.keys().all(|key| key == "zh" || key == "en") && !table.is_empty();
    if is_text && table.values().all(toml::Value::is_str) && !(spoken("zh") && spoken("en")) {
        breaches.push(Breach::new(&file.path, format!("{at} is not said in both languages")));
    }
    let zh = table.get("zh").and_then(toml::Value::as_str).unwrap_or_default();
    if is_text && has_half_width(zh) {
        breaches.push(Breach::new(&file.path, format!("{at} writes Chinese with half-width punctuation: {zh}")));
    }
    if table.contains_key("id") && !table.get("name").is_some_and(toml::Value::is_table) && !is_reference(at) {
        breaches.push(Breach::new(&file.path, format!("{at} has an id and no name in zh and en")));
    }
    for (key, one) in table {
        texts(one, &format!("{at}.{key}"), file, breaches);
    }
}

/// Whether a comma, semicolon, question or exclamation mark of the Latin script stands beside a Chinese character.
fn has_half_width(text: &str) -> bool {
    let chinese = |letter: Option<&char>| letter.is_some_and(|letter| ('\u{4e00}'..='\u{9fff}').contains(letter));
    let letters: Vec<char> = text.chars().collect();
    let beside = |at: usize| chinese(letters.get(at + 1)) || (at > 0 && chinese(letters.get(at - 1)));
    letters.iter().enumerate().any(|(at, letter)| ",;?!".contains(*letter) && beside(at))
}

/// Places where an id names something that is defined elsewhere.
fn is_reference(at: &str) -> bool {
    at.contains(".measure") || at.contains(".of")
}

/// Each row of `docs/invariants.md` names a checker that exists: `path`, or `path::name` of a function in it.
fn invariants(tree: &Tree) -> Vec<Breach> {
    let path = "docs/invariants.md";
    let Some(page) = tree.get(path) else { return vec![Breach::new(path, "is missing")] };
    let mut breaches = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    for (place, line) in page.text.lines().enumerate() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let id = cells.first().copied().unwrap_or("");
        let is_row = line.starts_with('|') && id.starts_with(|c: char| c.is_ascii_uppercase()) && id.len() <= 4;
        if !is_row {
            continue;
        }
        let mut breach = |what: String| breaches.push(Breach::new(format!("{path}:{}", place + 1), what));
        if ids.contains(&id) {
            breach(format!("{id} stands twice"));
        }
        ids.push(id);
        let checkers: Vec<&str> = cells.last().unwrap_or(&"").split('`').skip(1).step_by(2).collect();
        if checkers.is_empty() {
            breach(format!("{id} has no checker"));
        }
        for checker in checkers {
            let (file, function) = checker.split_once("::").map_or((checker, None), |(file, name)| (file, Some(name)));
            match (tree.get(file), function) {
                (None, _) => breach(format!("{id} is checked by {file}, which is not there")),
                (Some(found), Some(name)) if !found.text.contains(&format!("fn {name}(")) => {
                    breach(format!("{id} is checked by {name}, which is not in {file}"));
                }
                _ => {}
            }
        }
    }
    if ids.is_empty() {
        breaches.push(Breach::new(path, "names no invariant"));
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVARIANTS: (&str, &str) = ("docs/invariants.md", "| F1 | all is counted | facts | `a.rs::counted` |\n");

    fn whats(path: &str, text: &str) -> Vec<String> {
        let tree = Tree::of(&[INVARIANTS, ("a.rs", "fn counted() {}\n"), (path, text)]);
        check(&tree).into_iter().map(|breach| breach.to_string()).collect()
    }

    #[test]
    fn a_tidy_file_passes() {
        assert_eq!(whats("crates/x/src/lib.rs", "//! Words.\n"), Vec::<String>::new());
    }

    #[test]
    fn what_is_left_undone_is_found() {
        assert_eq!(whats("crates/x/src/lib.rs", "fn f() { todo!() }\n").len(), 1);
        assert_eq!(whats("web/src/a.tsx", "\tconst a = 1;\n").len(), 1);
        assert_eq!(whats("README.md", "see /root/notes\n").len(), 1);
        assert_eq!(whats("crates/x/src/lib.rs", &"\n".repeat(601)).len(), 1);
    }

    #[test]
    fn a_definition_speaks_both_languages() {
        let whole = "[[indicator]]\nid = \"a\"\nname = { zh = \"甲\", en = \"A\" }\n";
        assert!(whats("definitions/indicators/a.toml", whole).is_empty());
        let half = "[[indicator]]\nid = \"a\"\nname = { zh = \"甲\", en = \"\" }\n";
        assert_eq!(whats("definitions/indicators/a.toml", half).len(), 1);
        let half_width = "[[indicator]]\nid = \"a\"\nname = { zh = \"甲,乙\", en = \"A, B\" }\n";
        assert_eq!(whats("definitions/indicators/a.toml", half_width).len(), 1);
        let nameless = "[[indicator]]\nid = \"a\"\n";
        assert_eq!(whats("definitions/indicators/a.toml", nameless).len(), 1);
    }

    #[test]
    fn an_invariant_without_its_checker_is_found() {
        let page = "| F1 | a | facts | `gone.rs` |\n| F2 | b | facts | `a.rs::renamed` |\n| F3 | c | facts | – |\n";
        let tree = Tree::of(&[("docs/invariants.md", page), ("a.rs", "fn counted() {}\n")]);
        assert_eq!(check(&tree).len(), 3);
    }
}
