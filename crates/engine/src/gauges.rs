//! Counts for whoever watches. Bounded by construction: no labels but these.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::Status;

/// Upper ends of the buckets of the time from a request to its commit, in microseconds.
pub const COMMIT_BUCKETS_US: [u64; 10] =
    [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 1_000_000];

#[derive(Debug, Default)]
pub struct Counters {
    accepted: AtomicU64,
    duplicates: AtomicU64,
    done: AtomicU64,
    failed: AtomicU64,
    cancelled: AtomicU64,
    retries: AtomicU64,
    commit_us: AtomicU64,
    commits: [AtomicU64; COMMIT_BUCKETS_US.len() + 1],
}

/// The counts at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    pub accepted: u64,
    pub duplicates: u64,
    pub done: u64,
    pub failed: u64,
    pub cancelled: u64,
    pub retries: u64,
    /// Runs in memory, waiting for their turn, and out of memory until a time.
    pub active: usize,
    pub waiting: usize,
    pub parked: usize,
    /// Sum of the times to commit, and how many fell in each bucket: (upper end in µs or none, count), not cumulated.
    pub commit_us: u64,
    pub commits: Vec<(Option<u64>, u64)>,
}

impl Counters {
    pub fn accepted(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    pub fn duplicate(&self) {
        self.duplicates.fetch_add(1, Ordering::Relaxed);
    }

    pub fn retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub fn ended(&self, status: Status) {
        let counter = match status {
            Status::Done => &self.done,
            Status::Failed => &self.failed,
            Status::Cancelled => &self.cancelled,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub fn committed(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = COMMIT_BUCKETS_US.partition_point(|end| *end < us);
        self.commits[bucket].fetch_add(1, Ordering::Relaxed);
        self.commit_us.fetch_add(us, Ordering::Relaxed);
    }

    pub fn read(&self) -> Gauges {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let ends = COMMIT_BUCKETS_US.iter().copied().map(Some).chain([None]);
        Gauges {
            accepted: read(&self.accepted),
            duplicates: read(&self.duplicates),
            done: read(&self.done),
            failed: read(&self.failed),
            cancelled: read(&self.cancelled),
            retries: read(&self.retries),
            commit_us: read(&self.commit_us),
            commits: ends.zip(self.commits.iter().map(read)).collect(),
            ..Gauges::default()
        }
    }
}
