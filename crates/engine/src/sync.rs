//! What threads share is made of these: locks, atomics and tasks, all from one place.
//!
//! Here they are the usual ones. `crates/interleave` builds the same sources with others in their place, under which a test
//! decides who goes next at every step. Channels and `Notify` are tokio's in both: they work under any executor. What waits
//! for the time is here only where a test must be able to let it pass.

#[cfg(khlong_interleave)]
mod explored;

#[cfg(khlong_interleave)]
pub use explored::{
    AbortHandle, Mutex, MutexGuard, RwLock, atomic, set_haste, sleep, sleep_until, spawn, timeout,
};
#[cfg(not(khlong_interleave))]
pub use std::sync::{Mutex, MutexGuard, RwLock, atomic};
#[cfg(not(khlong_interleave))]
pub use tokio::{
    spawn,
    task::AbortHandle,
    time::{sleep, sleep_until, timeout},
};
