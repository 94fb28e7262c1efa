//! What the store takes on its disk.

use run::doc::Ms;

wire! {
    /// What the store takes on its disk.
    pub struct Storage {
        pub used_bytes: u64,
        /// What it may take; nothing where there is no limit.
        pub budget_bytes: Option<u64>,
        pub level: StorageLevel,
        /// By kind; together they are `used_bytes`. Which kinds there are depends on the store.
        pub parts: Vec<StoragePart>,
        /// The oldest day of history, UTC, such as `2026-11-25`.
        pub oldest_day: Option<String>,
        /// The day that goes next when the budget gets tight; nothing where none would.
        pub next_to_go: Option<String>,
        /// When this was looked at, in milliseconds since 1970.
        pub measured_at: Ms,
    }

    pub struct StoragePart {
        pub kind: String,
        pub bytes: u64,
    }
}

word! {
    /// How near the end of the budget is.
    StorageLevel {
        Fine = "fine",
        /// 80 % are taken.
        Near = "near",
        /// 95 % are taken: the oldest days of history go early.
        Tight = "tight",
        /// All is taken: no new events.
        Full = "full",
    }
}
