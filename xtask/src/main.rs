//! `cargo xtask arrows|floors|absences|tidy|check|proofs`: what a machine can check about the house, checked.

use std::process::ExitCode;

use xtask::proofs::Standing;
use xtask::{Breach, Tree, absences, arrows, floors, proofs, tidy};

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
        "floors" => floors::check(&tree),
        "absences" => absences::check(&tree),
        "tidy" => tidy::check(&tree),
        "check" => {
            warn_of_proofs();
            let drawn = [arrows::check(&tree), floors::check(&tree)].concat();
            [drawn, absences::check(&tree), tidy::check(&tree), proofs::check(&tree)].concat()
        }
        _ => {
            eprintln!("usage: cargo xtask arrows|floors|absences|tidy|check|proofs\n\nexample: cargo xtask check");
            return ExitCode::from(2);
        }
    };
    for breach in &breaches {
        println!("{breach}");
    }
    println!("{} files read, {} breaches", tree.files().len(), breaches.len());
    if breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Names the proofs that do not stand any more: whoever claims what they say runs them again.
fn warn_of_proofs() {
    let fallen = proofs::all(&xtask::root()).unwrap_or_default().into_iter();
    for (name, standing) in fallen.filter_map(|(name, standing)| Some((name, standing?))) {
        if standing != Standing::Fresh {
            println!("proof {name} is {standing}: make proof-{name}");
        }
    }
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
            Some(standing) => standing.to_string(),
            None => "no proof: it names no commit or nothing that it covers".to_owned(),
        };
        println!("{name}: {said}");
    }
    let stands = all.iter().all(|(_, standing)| *standing == Some(Standing::Fresh));
    if stands { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
