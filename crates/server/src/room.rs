//! Whether there is room for events, as far as it is known without writing one.

use crate::failure::RETRY_STORE_S;
use engine::{DoorError, Received};
use std::sync::atomic::{AtomicI64, Ordering};
use store::{Ms, StoreSize};

/// With less room than this on its disk, the largest event a webhook takes may not fit.
pub const DISK_BYTES_MIN: u64 = 16 << 20;
/// How long a refusal counts. Senders that were refused come back sooner and are refused again while there is no room;
/// where nobody comes, the next event finds out.
const REFUSAL_MS: Ms = 6 * 1_000 * RETRY_STORE_S as Ms;
const NEVER: Ms = Ms::MIN;

/// Remembers whether the last event had room.
#[derive(Debug)]
pub struct Room {
    refused_at: AtomicI64,
}

impl Default for Room {
    fn default() -> Self {
        Self { refused_at: AtomicI64::new(NEVER) }
    }
}

impl Room {
    /// Learns from what became of an event.
    pub fn hear(&self, became: &Result<Received, DoorError>, now: Ms) {
        let at = match became {
            Ok(_) => NEVER,
            Err(DoorError::StoreFull) => now,
            Err(_) => return,
        };
        self.refused_at.store(at, Ordering::Relaxed);
    }

    /// Why events are refused, where they are.
    pub fn missing(&self, size: StoreSize, now: Ms) -> Option<String> {
        if size.free_disk_bytes < DISK_BYTES_MIN {
            let megabytes = DISK_BYTES_MIN >> 20;
            return Some(format!("the disk is full: less than {megabytes} MiB are free"));
        }
        let refused_at = self.refused_at.load(Ordering::Relaxed);
        let counts = refused_at != NEVER && now.saturating_sub(refused_at) < REFUSAL_MS;
        counts.then(|| "the store is full: it refused the last event".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOMY: StoreSize = StoreSize { bytes: 0, wal_bytes: 0, free_disk_bytes: DISK_BYTES_MIN };

    #[test]
    fn a_refusal_counts_until_an_event_is_taken_or_nobody_has_asked_for_a_while() {
        let room = Room::default();
        assert_eq!(room.missing(ROOMY, 0), None);
        room.hear(&Err(DoorError::StoreFull), 1_000);
        room.hear(&Err(DoorError::Paused), 2_000);
        assert!(room.missing(ROOMY, 2_000).is_some());
        assert_eq!(room.missing(ROOMY, 1_000 + REFUSAL_MS), None);
        room.hear(&Ok(Received { run: 1, duplicate: false, answer: None }), 3_000);
        assert_eq!(room.missing(ROOMY, 3_000), None);
    }

    #[test]
    fn a_disk_with_too_little_room_is_full_before_an_event_is_refused() {
        let size = StoreSize { free_disk_bytes: DISK_BYTES_MIN - 1, ..ROOMY };
        assert!(Room::default().missing(size, 0).is_some_and(|why| why.contains("16 MiB")));
    }
}
