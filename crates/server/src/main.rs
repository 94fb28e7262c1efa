//! The program `khlong`: everything is in the library, so that tests can use it.

use std::process::ExitCode;

/// Counts the memory of a script, so that it can be bounded. What is below is mimalloc: a run is many small values that
/// one thread makes and another drops, and glibc's allocator took a quarter of all time under load.
#[global_allocator]
static HEAP: script::heap::Counting<mimalloc::MiMalloc> = script::heap::Counting(mimalloc::MiMalloc);

fn main() -> ExitCode {
    server::cli::main()
}
