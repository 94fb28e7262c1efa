//! Counts of one buffer.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A depth that the broker has not told.
const UNKNOWN: u64 = u64::MAX;

#[derive(Debug)]
pub struct BufferCounts {
    confirmed: AtomicU64,
    refused: AtomicU64,
    drawn: AtomicU64,
    repeated: AtomicU64,
    buried: AtomicU64,
    waiting: AtomicU64,
    dead: AtomicU64,
    /// Whether its last call failed: what goes on is told once.
    failing: AtomicBool,
}

impl Default for BufferCounts {
    fn default() -> Self {
        let zero = || AtomicU64::new(0);
        Self {
            confirmed: zero(),
            refused: zero(),
            drawn: zero(),
            repeated: zero(),
            buried: zero(),
            waiting: AtomicU64::new(UNKNOWN),
            dead: AtomicU64::new(UNKNOWN),
            failing: AtomicBool::new(false),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BufferGauges {
    /// Events put in and confirmed, and those that were not.
    pub confirmed: u64,
    pub refused: u64,
    /// Events drawn and on disk, those among them that had come before, and what was no use.
    pub drawn: u64,
    pub repeated: u64,
    pub buried: u64,
    /// What is in it, as the broker last told.
    pub waiting: Option<u64>,
    pub dead: Option<u64>,
}

impl BufferCounts {
    pub fn confirmed(&self) {
        self.confirmed.fetch_add(1, Ordering::Relaxed);
        self.failing.store(false, Ordering::Relaxed);
    }

    pub fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub fn drawn(&self, repeated: bool) {
        self.drawn.fetch_add(1, Ordering::Relaxed);
        self.repeated.fetch_add(repeated.into(), Ordering::Relaxed);
    }

    pub fn buried(&self) {
        self.buried.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether this is news.
    pub fn fails(&self) -> bool {
        !self.failing.swap(true, Ordering::Relaxed)
    }

    /// Whether this is news.
    pub fn works(&self) -> bool {
        self.failing.swap(false, Ordering::Relaxed)
    }

    pub fn holds(&self, depth: buffer::Depth) {
        self.waiting.store(depth.waiting.unwrap_or(UNKNOWN), Ordering::Relaxed);
        self.dead.store(depth.dead.unwrap_or(UNKNOWN), Ordering::Relaxed);
    }

    pub fn read(&self) -> BufferGauges {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let told = |count: &AtomicU64| Some(read(count)).filter(|count| *count != UNKNOWN);
        BufferGauges {
            confirmed: read(&self.confirmed),
            refused: read(&self.refused),
            drawn: read(&self.drawn),
            repeated: read(&self.repeated),
            buried: read(&self.buried),
            waiting: told(&self.waiting),
            dead: told(&self.dead),
        }
    }
}
