//! `cargo xtask arrows|absences|tidy|check`: what a machine can check about the house, checked.

use std::process::ExitCode;

use xtask::{Breach, Tree, absences, arrows, tidy};

fn main() -> ExitCode {
    let task = std::env::args().nth(1).unwrap_or_default();
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
            eprintln!("usage: cargo xtask arrows|absences|tidy|check\n\nexample: cargo xtask check");
            return ExitCode::from(2);
        }
    };
    for breach in &breaches {
        println!("{breach}");
    }
    println!("{} files read, {} breaches", tree.files().len(), breaches.len());
    if breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
