//! Has the screens embedded anew whenever they have been built anew.

use std::path::Path;

fn main() {
    let pages = Path::new("../../web/dist");
    // An empty folder can be watched, a missing one cannot: cargo would build this crate again every time. Where it
    // cannot be made the program is built without screens, as before.
    let _ = std::fs::create_dir_all(pages);
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", pages.display());
    let released = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if released && !pages.join("index.html").is_file() {
        println!("cargo:warning=the screens have not been built: run `make web` first");
    }
}
