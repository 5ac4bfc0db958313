//! What must be nowhere, or in one place only, as far as text can show it.

use crate::{Breach, SourceFile, Tree};

/// Rooms whose functions are pure: no clock, no chance, no files.
const PURE: [&str; 4] = ["alerts", "actions", "estimators", "vocab"];
/// Rooms that may know the future of a moment.
const FUTURE: [&str; 3] = ["facts", "outcomes", "training"];
/// Files that read the clock for something that is not a moment, with the reason.
const CLOCK_ALLOWED: [(&str, &str); 1] =
    [("crates/facts/src/open.rs", "a folder's name must differ from every other's")];
/// Names of rooms and modules that say nothing about what is in them.
const DRAWERS: [&str; 12] = [
    "utils", "util", "common", "helpers", "helper", "shared", "core", "manager", "managers", "service", "services",
    "misc",
];
/// Methods of `App` that read nothing of any customer, or are how a reader comes to have a scope.
const WITHOUT_SCOPE: &[&str] = &[
    // The process: open, close, timers, what the front door does with files given on the command line.
    "open",
    "close",
    "drain",
    "is_drain_due",
    "tidy",
    "feel",
    "keep_standing",
    "standing_size",
    "zone",
    "sequence",
    "moment",
    "last_midnight",
    "next_cycle_at",
    "import_file",
    "load_facts",
    "import_facts",
    "set_firm_defaults",
    "new_upload",
    "run_cycle",
    "run_due_sources",
    "deliver_notices",
    "give_up_lost_notices",
    "plan_notices",
    "return_to_pool",
    "keep_models",
    "make_ready",
    "run_cycles",
    "cycle_status",
    // Command line, run by the owner of the folder.
    "facts_table",
    "table_catalog",
    "indicators_table",
    "write_indicators",
    "score_table",
    "doctor",
    // Signing in: there is no reader yet.
    "session",
    "session_view",
    "recover",
    "setup_token",
    "setup",
    "demo_sign_in",
    "sign_in",
    "sign_out",
    "look_at_invitation",
    "accept_invitation",
    // The firm and its definitions: nobody's in particular.
    "firm",
    "is_demo",
    "set_up_demo",
    "employ_sample_staff",
    "answer_sample_reminders",
    "confirm_sample_losses",
    "put_sample_model_in_service",
    "templates",
    "template_firm",
    "definitions",
    "definition_archive",
    "definition_rows",
    "definition_source",
    "indicator_vocabulary",
    "case_types",
    "churn_definitions",
    "churn_definition_page",
    "lang",
    // The front door: senders have a key, not a reader.
    "source_with_key",
    "take_hook",
    "hook_echo",
    "reread_hook",
    "take_call",
    "refuse_call",
];

/// Every absence that is broken.
pub fn check(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in tree.files() {
        breaches.extend(drawer(file));
        if file.room().is_some() && file.ends(".rs") {
            breaches.extend(future(file));
            breaches.extend(clock(file));
            breaches.extend(purity(file));
        }
    }
    breaches.extend(scope(tree));
    breaches
}

fn words(file: &SourceFile, forbidden: &[&str], why: &str) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (number, line) in file.code_lines() {
        for word in forbidden.iter().filter(|word| line.contains(**word)) {
            breaches.push(Breach::new(format!("{}:{number}", file.path), format!("`{word}`: {why}")));
        }
    }
    breaches
}

fn drawer(file: &SourceFile) -> Vec<Breach> {
    let code = [".rs", ".ts", ".tsx"].iter().any(|ending| file.ends(ending));
    let named = file.path.split('/').find(|part| {
        let stem = part.split('.').next().unwrap_or(part);
        DRAWERS.contains(&stem)
    });
    match named {
        Some(part) if code => vec![Breach::new(&file.path, format!("`{part}` is a drawer: name what is in it"))],
        _ => Vec::new(),
    }
}

fn future(file: &SourceFile) -> Vec<Breach> {
    if file.room().is_some_and(|room| FUTURE.contains(&room)) {
        return Vec::new();
    }
    words(file, &["Hindsight"], "the future has one window, and this room is not to look through it")
}

/// Only `server` owns a clock; everyone else is handed `now`. Tests may measure.
fn clock(file: &SourceFile) -> Vec<Breach> {
    let allowed = CLOCK_ALLOWED.iter().any(|(path, _)| *path == file.path);
    if file.room() == Some("server") || file.is_test() || allowed {
        return Vec::new();
    }
    let clocks = ["SystemTime::now", "Instant::now()", "Timestamp::now", "Zoned::now", "Utc::now", "Local::now"];
    words(file, &clocks, "only `server` owns a clock; take `now` as an argument")
}

fn purity(file: &SourceFile) -> Vec<Breach> {
    if file.is_test() || !file.room().is_some_and(|room| PURE.contains(&room)) {
        return Vec::new();
    }
    let impure = ["SystemTime", "Instant::now", "rand::", "std::fs", "std::io", "std::net", "std::env", "tokio::"];
    words(file, &impure, "this room is pure: it is handed what it needs")
}

/// Public reading methods of `App` take the reader or its scope.
fn scope(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in tree.code_of("app") {
        for (number, name, signature) in app_methods(file) {
            let scoped = signature.contains("Scope") || signature.contains("Reader");
            if signature.contains("&self") && !scoped && !WITHOUT_SCOPE.contains(&name.as_str()) {
                let what = format!(
                    "`App::{name}` reads without `Scope`: add it, or the name to the list of those that read nobody"
                );
                breaches.push(Breach::new(format!("{}:{number}", file.path), what));
            }
        }
    }
    breaches
}

/// Public functions in blocks `impl App`: line, name, signature up to the opening brace.
fn app_methods(file: &SourceFile) -> Vec<(usize, String, String)> {
    let mut methods = Vec::new();
    let mut inside = false;
    let lines: Vec<(usize, &str)> = file.code_lines().collect();
    for (place, (number, line)) in lines.iter().enumerate() {
        if line.starts_with("impl ") {
            inside = line.starts_with("impl App {");
        } else if line.starts_with('}') {
            inside = false;
        }
        let rest = line.strip_prefix("    pub async fn ").or_else(|| line.strip_prefix("    pub fn "));
        if let Some(rest) = rest.filter(|_| inside) {
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let mut signature = String::new();
            for (_, line) in &lines[place..] {
                signature.push_str(line);
                if line.trim_end().ends_with('{') {
                    break;
                }
            }
            methods.push((*number, name, signature));
        }
    }
    methods
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)])).into_iter().map(|breach| breach.to_string()).collect()
    }

    #[test]
    fn whoever_scores_may_not_see_the_future() {
        assert_eq!(whats("crates/scores/src/lib.rs", "use facts::Hindsight;\n").len(), 1);
        assert!(whats("crates/outcomes/src/lib.rs", "use facts::Hindsight;\n").is_empty());
        assert!(whats("crates/scores/src/lib.rs", "// never Hindsight\n").is_empty());
    }

    #[test]
    fn a_plan_is_made_without_a_clock() {
        assert_eq!(whats("crates/alerts/src/plan.rs", "let now = std::time::SystemTime::now();\n").len(), 2);
        assert_eq!(whats("crates/store/src/lib.rs", "let now = SystemTime::now();\n").len(), 1);
        assert!(whats("crates/server/src/main.rs", "let now = SystemTime::now();\n").is_empty());
    }

    #[test]
    fn a_drawer_is_found_by_its_name() {
        assert_eq!(whats("crates/app/src/utils.rs", "").len(), 1);
        assert_eq!(whats("web/src/helpers/date.ts", "").len(), 1);
        assert!(whats("docs/shared/page.md", "").is_empty());
    }

    #[test]
    fn a_list_of_customers_needs_a_scope() {
        let open = "impl App {\n    pub async fn customers(&self, now: Instant) -> Page {\n    }\n}\n";
        assert_eq!(whats("crates/app/src/lib.rs", open).len(), 1);
        let scoped = "impl App {\n    pub async fn customers(\n        &self,\n        scope: &Scope,\n    ) -> Page {\n    }\n}\n";
        assert!(whats("crates/app/src/lib.rs", scoped).is_empty());
        let listed = "impl App {\n    pub fn zone(&self) -> &Zone {\n    }\n}\n";
        assert!(whats("crates/app/src/lib.rs", listed).is_empty());
    }
}
