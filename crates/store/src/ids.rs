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
const NODE_MAX: i64 = (1 << NODE_BITS) - 1;
const COUNTER_MAX: i64 = (1 << COUNTER_BITS) - 1;
/// An id is its time (since `EPOCH_MS`) shifted by this, and more.
pub const TIME_SHIFT: u32 = NODE_BITS + COUNTER_BITS;

/// Makes ids that never repeat and never go back, even when the clock does.
#[derive(Debug)]
pub struct IdMint {
    /// Time and counter of the last one: an id without its node.
    last: AtomicI64,
    node: i64,
}

impl IdMint {
    /// `after` is the largest id known so far, so that a clock set back between two starts does no harm.
    pub fn new(node: u16, after: i64) -> Self {
        // Whatever its counter was, its whole millisecond is taken.
        let last = ((after >> TIME_SHIFT) << COUNTER_BITS) | COUNTER_MAX;
        Self { last: AtomicI64::new(last), node: i64::from(node) & NODE_MAX }
    }

    /// The next one: of this time, or of a later one where those of this time are used up or the clock went back.
    pub fn mint(&self, now: Ms) -> i64 {
        let floor = (now - EPOCH_MS).max(0) << COUNTER_BITS;
        let next = |last: i64| (last + 1).max(floor);
        let minted = next(self.last.update(Ordering::Relaxed, Ordering::Relaxed, next));
        let (ms, counter) = (minted >> COUNTER_BITS, minted & COUNTER_MAX);
        (ms << TIME_SHIFT) | (self.node << COUNTER_BITS) | counter
    }
}

/// When an id was minted.
pub fn time_of(id: i64) -> Ms {
    (id >> TIME_SHIFT) + EPOCH_MS
}

/// The smallest id that can have been minted at this time; any number may be asked for.
pub fn first_at(at: Ms) -> i64 {
    at.saturating_sub(EPOCH_MS).clamp(0, i64::MAX >> TIME_SHIFT) << TIME_SHIFT
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Ms = EPOCH_MS + 1_000_000_000;

    #[test]
    fn ids_grow_and_tell_their_time_and_node() {
        let mint = IdMint::new(5, 0);
        let ids = [NOW, NOW, NOW + 1].map(|now| mint.mint(now));
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        assert_eq!(ids.map(time_of), [NOW, NOW, NOW + 1]);
        assert_eq!(ids.map(|id| (id >> COUNTER_BITS) & NODE_MAX), [5, 5, 5]);
        assert_eq!(ids[0], first_at(NOW) | (5 << COUNTER_BITS), "the first of its millisecond counts from 0");
    }

    #[test]
    fn a_time_before_or_after_all_ids_is_before_or_after_them() {
        assert_eq!([Ms::MIN, 0, EPOCH_MS].map(first_at), [0; 3]);
        assert!(first_at(Ms::MAX) > first_at(NOW) && first_at(Ms::MAX) >= first_at(Ms::MAX - 1));
    }

    #[test]
    fn a_clock_that_goes_back_gives_no_id_a_second_time() {
        let mint = IdMint::new(0, 0);
        let before = mint.mint(NOW);
        assert!(mint.mint(NOW - 1_000) > before);
        // The next process knows only the largest id there is.
        assert!(IdMint::new(0, before).mint(NOW - 1_000) > before);
    }

    #[test]
    fn a_full_millisecond_goes_on_in_the_next() {
        let mint = IdMint::new(0, 0);
        let ids: Vec<i64> = (0..=COUNTER_MAX + 1).map(|_| mint.mint(NOW)).collect();
        assert_eq!(ids.last().copied().map(time_of), Some(NOW + 1));
    }
}
