//! What a script may cost, and the clock that measures one part of it.

use std::time::Duration;

/// A monotonic clock, handed in because this crate calls none: `Instant` on the server, `performance.now()` in a browser.
pub trait Clock: Send + Sync {
    /// Milliseconds since any fixed moment. It must never go back.
    fn now_ms(&self) -> u64;
}

/// The bounds of one run of one script.
///
/// Sizes are counted over one whole value, with everything in it: a list of ten texts of 1 MB is 10 MB of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Steps of the interpreter. A simple transform of an order takes some hundred.
    pub operations: u64,
    /// Functions and closures calling each other.
    pub call_depth: usize,
    /// How deeply expressions and blocks may be nested in the source.
    pub expression_depth: usize,
    /// Length of the source text, in bytes.
    pub source_bytes: usize,
    /// Functions a script may define.
    pub functions: usize,
    /// Variables alive in one function.
    pub variables: usize,
    /// Text in one value, in bytes.
    pub string_bytes: usize,
    /// List items in one value.
    pub list_items: usize,
    /// Map entries in one value.
    pub map_entries: usize,
    /// How deeply lists and maps may be nested, coming in, inside, and going out.
    pub nesting: usize,
    /// Memory a run may take on top of what was there, in bytes: exact where [`crate::heap::Counting`] is the allocator;
    /// elsewhere only the result is measured.
    pub total_bytes: usize,
    /// Time on the clock.
    pub wall: Duration,
}

impl Default for Limits {
    /// Generous for a transform of ten thousand order lines, and still small beside a server's memory.
    fn default() -> Self {
        Self {
            operations: 5_000_000,
            call_depth: 32,
            expression_depth: 64,
            source_bytes: 64 << 10,
            functions: 64,
            variables: 128,
            string_bytes: 16 << 20,
            list_items: 200_000,
            map_entries: 1_000_000,
            nesting: 64,
            total_bytes: 256 << 20,
            wall: Duration::from_secs(2),
        }
    }
}

/// Compiled scripts kept for the next run: at most this many …
pub(crate) const CACHE_SCRIPTS_MAX: usize = 512;
/// … and at most this many bytes of source together. A compiled script takes about twenty times its source.
pub(crate) const CACHE_SOURCE_BYTES_MAX: usize = 2 << 20;
