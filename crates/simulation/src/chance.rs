//! The only source of chance: everything that happens by luck follows from the seed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Shared by all who throw dice.
#[derive(Clone)]
pub struct Chance(Arc<Mutex<testkit::Chance>>);

impl Chance {
    pub fn of(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(testkit::Chance(seed))))
    }

    pub fn below(&self, bound: u64) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).below(bound)
    }

    /// True so many times in a thousand.
    pub fn in_a_thousand(&self, times: u64) -> bool {
        self.below(1_000) < times
    }

    pub fn up_to(&self, longest: Duration) -> Duration {
        Duration::from_millis(self.below(u64::try_from(longest.as_millis()).unwrap_or(u64::MAX)))
    }

    pub fn one_of<'a, T>(&self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.below(things.len() as u64) as usize)
    }
}
