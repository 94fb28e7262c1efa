//! Places at which a test lets the process die. They are there in debug builds; a release has none of them.
//!
//! `KHLONG_DIE_AT=commit.after:3` ends the process the third time that it comes to this place, as suddenly as `kill -9`.

/// Every place there is, for tests to choose from.
pub const PLACES: [&str; 21] = [
    "commit.before",
    "commit.after",
    "acknowledge",
    "walk",
    "job",
    "call.before",
    "call.after",
    "retry",
    "park",
    "timer",
    "tick",
    "expire.runs",
    "expire.records",
    "expire",
    "blob.piece",
    "blob.sealed",
    "items.fed",
    "lease.renewed",
    "lease.loaded",
    "lease.left",
    "told",
];
/// Those that only events in a buffer come to.
pub const OF_BUFFERS: [&str; 2] = ["buffered", "drawn"];
/// Those that only a store on the move comes to.
pub const OF_MOVES: [&str; 4] = ["export.page", "export.whole", "import.page", "import.whole"];

#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn reach(_place: &str) {}

#[cfg(debug_assertions)]
pub fn reach(place: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicI64, Ordering};
    static ARMED: LazyLock<Option<(String, AtomicI64)>> = LazyLock::new(|| {
        let armed = std::env::var("KHLONG_DIE_AT").ok()?;
        let (place, times) = armed.split_once(':')?;
        let known = PLACES.iter().chain(&OF_BUFFERS).chain(&OF_MOVES).any(|known| *known == place);
        assert!(known, "KHLONG_DIE_AT: there is no place named {place}");
        Some((place.to_owned(), AtomicI64::new(times.parse().ok()?)))
    });
    if let Some((at, left)) = &*ARMED
        && at == place
        && left.fetch_sub(1, Ordering::Relaxed) == 1
    {
        std::process::abort();
    }
}
