//! How often people may ask other systems while they draw: a list that is searched while typing asks often, and what it spends
//! is not left for runs.

use model::ConnectionName;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use store::Ms;

/// Questions over one connection in a minute, and over none.
pub const PER_MINUTE_MAX: u32 = 60;
const MINUTE_MS: Ms = 60_000;
/// Lookups under way at once, over all connections.
const AT_ONCE_MAX: usize = 8;

#[derive(Clone, Copy)]
struct Minute {
    began: Ms,
    asked: u32,
}

#[derive(Default)]
struct Asked {
    minutes: HashMap<ConnectionName, Minute>,
    under_way: usize,
}

#[derive(Default)]
pub struct Lookups(Mutex<Asked>);

/// Held while a lookup is under way.
pub struct Turn<'a>(&'a Lookups);

/// Come back after so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    pub seconds: u64,
}

impl Lookups {
    /// A turn to ask whoever is asked without a connection: all of them together have what one connection has.
    pub fn turn_without_connection(&self, now: Ms) -> Result<Turn<'_>, Wait> {
        // No connection has an empty name.
        self.turn(&ConnectionName::from(""), now)
    }

    /// Only connections that exist may be named, which bounds what is remembered.
    pub fn turn(&self, connection: &ConnectionName, now: Ms) -> Result<Turn<'_>, Wait> {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.under_way >= AT_ONCE_MAX {
            return Err(Wait { seconds: 1 });
        }
        asked.minutes.retain(|_, minute| now - minute.began < MINUTE_MS);
        let minute = asked.minutes.entry(connection.clone()).or_insert(Minute { began: now, asked: 0 });
        if minute.asked >= PER_MINUTE_MAX {
            let left = minute.began + MINUTE_MS - now;
            return Err(Wait { seconds: u64::try_from((left + 999) / 1_000).unwrap_or(1) });
        }
        minute.asked += 1;
        asked.under_way += 1;
        Ok(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).under_way -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_asked_so_often_in_a_minute_and_then_waits_for_the_next() {
        let (lookups, erp) = (Lookups::default(), ConnectionName::from("erp"));
        for _ in 0..PER_MINUTE_MAX {
            assert!(lookups.turn(&erp, 1_000).is_ok());
        }
        assert_eq!(lookups.turn(&erp, 21_000).err(), Some(Wait { seconds: 40 }));
        assert!(lookups.turn(&ConnectionName::from("shop"), 21_000).is_ok(), "each has its own");
        assert!(lookups.turn(&erp, 61_000).is_ok());
    }

    #[test]
    fn only_so_many_are_under_way_at_once() {
        let (lookups, erp) = (Lookups::default(), ConnectionName::from("erp"));
        let turns: Vec<_> = (0..AT_ONCE_MAX).map(|_| lookups.turn(&erp, 0)).collect();
        assert_eq!(lookups.turn(&erp, 0).err(), Some(Wait { seconds: 1 }));
        drop(turns);
        assert!(lookups.turn(&erp, 0).is_ok());
    }
}
