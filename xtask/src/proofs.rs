//! Which proofs are older than what they cover.
//!
//! A proof (`docs/proofs/NAME.md`) names the commit it was run at and the paths it covers. It stands while no commit
//! since then has touched one of those paths. A stale proof is no breach of the house, since most changes make some
//! proof stale: `cargo xtask proofs` is asked before something is claimed.

use std::path::Path;
use std::process::Command;

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
    fn a_proof_at_a_commit_that_nobody_knows_is_unfounded() {
        let proof = read("speed", HEAD).unwrap();
        assert_eq!(standing(&crate::root(), &proof), Standing::Unfounded);
    }
}
