//! `cargo xtask arrows|absences|tidy|check|proofs`: what a machine can check about the house, checked.

use std::process::ExitCode;

use xtask::proofs::Standing;
use xtask::{Breach, Tree, absences, arrows, proofs, tidy};

fn main() -> ExitCode {
    let task = std::env::args().nth(1).unwrap_or_default();
    if task == "proofs" {
        return tell_proofs();
    }
    let tree = match Tree::read(&xtask::root()) {
        Ok(tree) => tree,
        Err(error) => {
            eprintln!("the tree cannot be read: {error}");
            return ExitCode::FAILURE;
        }
    };
    let breaches: Vec<Breach> = match task.as_str() {
        "arrows" => arrows::check(&tree),
        "absences" => absences::check(&tree),
        "tidy" => tidy::check(&tree),
        "check" => [arrows::check(&tree), absences::check(&tree), tidy::check(&tree)].concat(),
        _ => {
            eprintln!("usage: cargo xtask arrows|absences|tidy|check|proofs\n\nexample: cargo xtask check");
            return ExitCode::from(2);
        }
    };
    for breach in &breaches {
        println!("{breach}");
    }
    println!("{} files read, {} breaches", tree.files().len(), breaches.len());
    if breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Says of each proof whether it still stands; fails if one does not.
fn tell_proofs() -> ExitCode {
    let all = match proofs::all(&xtask::root()) {
        Ok(all) => all,
        Err(error) => {
            eprintln!("the proofs cannot be read: {error}");
            return ExitCode::FAILURE;
        }
    };
    for (name, standing) in &all {
        let said = match standing {
            Some(Standing::Fresh) => "stands".to_owned(),
            Some(Standing::Stale(commits)) => format!("stale: {commits} commits since have touched what it covers"),
            Some(Standing::Unfounded) => "unfounded: not run on a commit of this history".to_owned(),
            None => "no proof: it names no commit or nothing that it covers".to_owned(),
        };
        println!("{name}: {said}");
    }
    let stands = all.iter().all(|(_, standing)| *standing == Some(Standing::Fresh));
    if stands { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
