//! The program `liuke`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A sixth less processor time for events coming in than with the system's allocator, and less memory.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
