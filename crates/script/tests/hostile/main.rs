//! Scripts that try to get away with something. Each ends as a plain error, soon, and in little memory.

#[path = "../common/mod.rs"]
mod common;
mod growing;
mod nested;
mod reaching;
mod running;
mod values;

use common::{answer, engine_with};
use expect_test::Expect;
use script::{Limits, heap};
use std::time::Duration;

#[global_allocator]
static HEAP: heap::Counting = heap::Counting(std::alloc::System);

/// Small enough that a breach is reached at once, also in a debug build.
fn limits() -> Limits {
    Limits {
        operations: 60_000,
        string_bytes: 1 << 20,
        list_items: 5_000,
        map_entries: 5_000,
        total_bytes: 6 << 20,
        wall: Duration::from_secs(60),
        ..Limits::default()
    }
}

/// Runs on a thread with the stack that workers have, so that a recursion too deep shows.
fn attack(source: &str, expected: Expect) {
    let source = source.to_owned();
    let run = move || answer(&engine_with(limits(), 1), &source);
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread starts");
    let mut said = thread.join().expect("nothing panics outside the engine");
    if said.len() > 300 {
        said =
            format!("{} … ({} characters)", said.chars().take(200).collect::<String>(), said.chars().count());
    }
    expected.assert_eq(&said);
}
