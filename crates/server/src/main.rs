//! The program `liuke`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A sixth less processor time for events coming in than with the system's allocator, and less memory.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    give_back_soon();
    server::cli::main()
}

/// Has what takes in much give back soon what it frees.
///
/// The allocator keeps what is freed for a second, and ten times as long what it took in large pieces. An import and a
/// server to which events come take and free megabytes many times a second, often on another thread than the one that took
/// them: what lies freed would double what is in use. The allocator asks its environment once, when a process starts: so
/// these start again, as the same process. Where that is not to be had they go on as they are, and whoever has set one
/// of the two himself is left alone.
fn give_back_soon() {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        /// How long what is freed is kept, and how many times as long what was taken in large pieces.
        const NAMES: [&str; 2] = ["MIMALLOC_PURGE_DELAY", "MIMALLOC_ARENA_PURGE_MULT"];
        /// Commands that do, and for how many milliseconds each keeps: an import takes the same pieces again after the tenth
        /// of a second that a file needs to be on the disk, and giving them back meanwhile costs it a tenth of its work; a
        /// cycle of a million customers takes and frees half of its memory within some seconds.
        const KEPT_FOR: [(&str, &str); 3] = [("import", "100"), ("serve", "10"), ("run", "10")];
        let command = std::env::args_os().nth(1).unwrap_or_default();
        let kept_for = KEPT_FOR.iter().find(|(name, _)| command == *name).map(|(_, kept_for)| *kept_for);
        let is_said = NAMES.iter().any(|name| std::env::var_os(name).is_some());
        if let (Some(kept_for), false, Ok(own)) = (kept_for, is_said, std::env::current_exe()) {
            let mut again = std::process::Command::new(own);
            let mut words = std::env::args_os();
            again.arg0(words.next().unwrap_or_default());
            let _ = again.args(words).envs(NAMES.into_iter().zip([kept_for, "1"])).exec();
        }
    }
}
