//! Which proofs are older than what they cover.
//!
//! A proof (`docs/proofs/NAME.md`) is written by `scripts/proofs/NAME.sh` (`make proof-NAME`); it names the commit it was
//! run at and the paths it covers. It stands while no commit since then has touched one of those paths. A stale proof is
//! no breach of the house, since most changes make some proof stale: `cargo xtask check` names it, and `cargo xtask proofs`
//! (asked before something is claimed) fails. A proof without its script, or one that covers what is not there, is a
//! breach ([`check`]).

use std::path::Path;
use std::process::Command;

use crate::{Breach, SourceFile, Tree};

/// What a proof says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// `durability`, of `docs/proofs/durability.md`.
    pub name: String,
    /// The commit it was run at.
    pub commit: String,
    /// Whether it was run on exactly that commit.
    pub is_clean: bool,
    /// Paths whose changes make it stale.
    pub covers: Vec<String>,
}

/// How a proof stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing it covers has changed since.
    Fresh,
    /// So many commits since then have touched what it covers.
    Stale(usize),
    /// It was run on changes that no commit holds, or its commit is unknown here.
    Unfounded,
}

/// Reads the head of a proof; `None` if it has none.
pub fn read(name: &str, text: &str) -> Option<Proof> {
    let field = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    let commit = field("- commit:")?;
    let (commit, rest) = commit.split_once(' ').unwrap_or((commit, ""));
    let covers: Vec<String> = field("- covers:")?.split_whitespace().map(str::to_owned).collect();
    let whole = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    (whole && !covers.is_empty()).then(|| Proof {
        name: name.to_owned(),
        commit: commit.to_owned(),
        is_clean: rest.is_empty(),
        covers,
    })
}

/// Asks the repository how a proof stands.
pub fn standing(root: &Path, proof: &Proof) -> Standing {
    let range = format!("{}..HEAD", proof.commit);
    let asked =
        Command::new("git").current_dir(root).args(["rev-list", "--count", &range, "--"]).args(&proof.covers).output();
    let count = asked
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok().and_then(|text| text.trim().parse::<usize>().ok()));
    match count {
        Some(0) if proof.is_clean => Standing::Fresh,
        Some(commits) if commits > 0 => Standing::Stale(commits),
        _ => Standing::Unfounded,
    }
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Standing::Fresh => write!(f, "stands"),
            Standing::Stale(commits) => write!(f, "stale: {commits} commits since have touched what it covers"),
            Standing::Unfounded => write!(f, "unfounded: not run on a commit of this history"),
        }
    }
}

/// Scripts that do not say what they prove or cover what is not there, and pages that no script writes.
pub fn check(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for script in tree.files().iter().filter(|file| name_of(file, "scripts/proofs/", ".sh").is_some()) {
        let head = |key: &str| script.text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().trim();
        if head("# What:").is_empty() {
            breaches.push(Breach::new(&script.path, "does not say what it proves (# What:)"));
        }
        let covers: Vec<&str> = head("# Covers:").split_whitespace().collect();
        if covers.is_empty() {
            breaches.push(Breach::new(&script.path, "does not say which paths make it stale (# Covers:)"));
        }
        let is_there = |path: &str| tree.files().iter().any(|file| is_within(&file.path, path));
        let gone = covers.into_iter().filter(|path| !is_there(path));
        breaches.extend(gone.map(|path| Breach::new(&script.path, format!("covers {path}, which is not there"))));
    }
    for page in tree.files() {
        let Some(name) = name_of(page, "docs/proofs/", ".md") else { continue };
        if tree.get(&format!("scripts/proofs/{name}.sh")).is_none() {
            breaches.push(Breach::new(&page.path, "no script writes it"));
        }
        if read(name, &page.text).is_none() {
            breaches.push(Breach::new(&page.path, "no proof: it names no commit or nothing that it covers"));
        }
    }
    breaches
}

/// The name of a file directly below a folder, if it ends like this.
fn name_of<'f>(file: &'f SourceFile, folder: &str, ending: &str) -> Option<&'f str> {
    file.path.strip_prefix(folder)?.strip_suffix(ending).filter(|name| !name.contains('/'))
}

fn is_within(file: &str, path: &str) -> bool {
    file.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Every proof with its standing, in order of names; a file that is no proof is named without one.
pub fn all(root: &Path) -> std::io::Result<Vec<(String, Option<Standing>)>> {
    let mut found = Vec::new();
    let folder = root.join("docs/proofs");
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let (Some(stem), Some("md")) = (path.file_stem(), path.extension().and_then(|ending| ending.to_str())) else {
            continue;
        };
        let name = stem.to_string_lossy().into_owned();
        let proof = read(&name, &std::fs::read_to_string(&path)?);
        found.push((name, proof.map(|proof| standing(root, &proof))));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "# Proof: speed\n\n- commit: 4ea9c8b8c6f0e8a0a7a3f7c1f9e0b1d2c3a4b5c6\n- covers: crates/facts crates/ingest\n";

    #[test]
    fn a_proof_names_its_commit_and_what_it_covers() {
        let proof = read("speed", HEAD).unwrap();
        assert_eq!((proof.is_clean, proof.covers.len()), (true, 2));
        assert!(!read("speed", &HEAD.replace("b5c6\n", "b5c6 and changes not committed\n")).unwrap().is_clean);
        assert_eq!(read("speed", "# a page\n"), None);
        assert_eq!(read("speed", &HEAD.replace("4ea9c8b8", "main")), None);
    }

    #[test]
    fn a_proof_has_a_script_that_says_what_it_proves_and_covers_what_is_there() {
        let script = |text: &str, page: &str| {
            let tree =
                [("scripts/proofs/speed.sh", text), ("docs/proofs/speed.md", page), ("crates/facts/src/a.rs", "")];
            check(&Tree::of(&tree)).into_iter().map(|breach| breach.what).collect::<Vec<_>>()
        };
        let good = "# What: speed\n# Covers: crates/facts\n";
        assert!(script(good, HEAD).is_empty());
        assert_eq!(script("# What: speed\n", HEAD).len(), 1);
        assert_eq!(script(&good.replace("facts", "fact"), HEAD), ["covers crates/fact, which is not there"]);
        assert_eq!(script(good, "# a page\n").len(), 1);
        assert_eq!(check(&Tree::of(&[("docs/proofs/luck.md", HEAD)]))[0].what, "no script writes it");
    }

    #[test]
    fn every_proof_of_this_house_is_in_order() {
        assert_eq!(check(&Tree::read(&crate::root()).unwrap()), []);
    }

    #[test]
    fn a_proof_at_a_commit_that_nobody_knows_is_unfounded() {
        let proof = read("speed", HEAD).unwrap();
        assert_eq!(standing(&crate::root(), &proof), Standing::Unfounded);
    }
}
