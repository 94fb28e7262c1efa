//! The program `khlong`: everything is in the library, so that tests can use it.

use std::process::ExitCode;

/// Lets the memory of a script be counted, and so bounded.
#[global_allocator]
static HEAP: script::heap::Counting = script::heap::Counting;

fn main() -> ExitCode {
    server::cli::main()
}
