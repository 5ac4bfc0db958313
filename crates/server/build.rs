//! Notices in a release build when the screens have been built anew. A development build reads them as they are.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        // Named even while it is missing: cargo then looks again at every build.
        println!("cargo:rerun-if-changed=../../web/dist");
        if !Path::new("../../web/dist/index.html").is_file() {
            println!("cargo:warning=the screens have not been built: run `make web` first");
        }
    }
}
