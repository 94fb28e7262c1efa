//! Ids that carry their time: 41 bits of milliseconds since 2024, 10 bits of node, 12 bits of counter.

use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds since 1970, UTC.
pub type Ms = i64;
pub const DAY_MS: Ms = 86_400_000;
pub type RunId = i64;
pub type EventId = i64;
/// A flow's number in this store; its text id is permanent too, but longer.
pub type FlowKey = i64;
/// The number of one version of one flow.
pub type VersionKey = i64;

/// 2024-01-01T00:00:00Z
pub const EPOCH_MS: Ms = 1_704_067_200_000;
const NODE_BITS: u32 = 10;
const COUNTER_BITS: u32 = 12;
/// An id is its time (since `EPOCH_MS`) shifted by this, and more.
pub const TIME_SHIFT: u32 = NODE_BITS + COUNTER_BITS;

/// Makes ids that never repeat and never go back, even when the clock does.
#[derive(Debug)]
pub struct IdMint {
    last: AtomicI64,
    node: i64,
}

impl IdMint {
    /// `after` is the largest id known so far, so that a clock set back between two starts does no harm.
    pub fn new(node: u16, after: i64) -> Self {
        let node = i64::from(node) & ((1 << NODE_BITS) - 1);
        Self {
            last: AtomicI64::new(
                after >> (NODE_BITS + COUNTER_BITS) << COUNTER_BITS | ((1 << COUNTER_BITS) - 1),
            ),
            node,
        }
    }

    pub fn mint(&self, now: Ms) -> i64 {
        let floor = (now - EPOCH_MS).max(0) << COUNTER_BITS;
        let next = |last: i64| Some((last + 1).max(floor));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).unwrap_or(0);
        let ticks = (last + 1).max(floor);
        let (ms, counter) = (ticks >> COUNTER_BITS, ticks & ((1 << COUNTER_BITS) - 1));
        ms << (NODE_BITS + COUNTER_BITS) | self.node << COUNTER_BITS | counter
    }
}

/// When an id was minted.
pub fn time_of(id: i64) -> Ms {
    (id >> TIME_SHIFT) + EPOCH_MS
}

/// The smallest id that can have been minted at this time.
pub fn first_at(at: Ms) -> i64 {
    (at - EPOCH_MS).max(0) << TIME_SHIFT
}
