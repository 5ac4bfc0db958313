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

/// Has an import give back soon what it frees.
///
/// The allocator keeps what is freed for a second, which is right for a server. An import takes and frees megabytes many
/// times a second, so that what lies freed would grow with the file until that second is full. The allocator asks its
/// environment once, when a process starts: so the import starts again, as the same process. Where that is not to be had it
/// goes on as it is.
fn give_back_soon() {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        /// In milliseconds.
        const KEPT_FOR: (&str, &str) = ("MIMALLOC_PURGE_DELAY", "10");
        let is_import = std::env::args_os().nth(1).is_some_and(|command| command == "import");
        if let (true, None, Ok(own)) = (is_import, std::env::var_os(KEPT_FOR.0), std::env::current_exe()) {
            let mut again = std::process::Command::new(own);
            let mut words = std::env::args_os();
            again.arg0(words.next().unwrap_or_default());
            let _ = again.args(words).env(KEPT_FOR.0, KEPT_FOR.1).exec();
        }
    }
}
