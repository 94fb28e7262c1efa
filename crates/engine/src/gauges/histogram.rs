//! How often something fell between two values, counted without a lock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper ends in microseconds, from a tenth of a millisecond to a minute: scripts and other systems share them.
pub const TIME_ENDS_US: &[u64] = &[
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 10_000_000, 60_000_000,
];
/// Upper ends in microseconds, from a millisecond to a day: for what may wait.
pub const WAIT_ENDS_US: &[u64] = &[
    1_000,
    5_000,
    25_000,
    100_000,
    500_000,
    2_500_000,
    10_000_000,
    60_000_000,
    600_000_000,
    3_600_000_000,
    86_400_000_000,
];
/// Upper ends of how many things went together.
pub const COUNT_ENDS: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

#[derive(Debug)]
pub struct Histogram {
    ends: &'static [u64],
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

/// A histogram at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    pub sum: u64,
    /// The upper end of each bucket, none for the last, and how many fell into it alone.
    pub buckets: Vec<(Option<u64>, u64)>,
}

impl Histogram {
    pub fn new(ends: &'static [u64]) -> Self {
        let counts = (0..=ends.len()).map(|_| AtomicU64::new(0)).collect();
        Self { ends, counts, sum: AtomicU64::new(0) }
    }

    pub fn observe(&self, value: u64) {
        let bucket = self.ends.partition_point(|end| *end < value);
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    pub fn took(&self, time: Duration) {
        self.observe(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    pub fn read(&self) -> Distribution {
        let ends = self.ends.iter().copied().map(Some).chain([None]);
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed));
        Distribution { sum: self.sum.load(Ordering::Relaxed), buckets: ends.zip(counts).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_at_the_end_of_a_bucket_is_in_it() {
        let histogram = Histogram::new(&[10, 20]);
        [10, 11, 20, 21, 5_000].into_iter().for_each(|value| histogram.observe(value));
        let read = histogram.read();
        assert_eq!(read.buckets, [(Some(10), 1), (Some(20), 2), (None, 2)]);
        assert_eq!(read.sum, 5_062);
    }
}
