//! Wakes all who wait, in the order in which they came: whoever wakes them in an order of its own choice, as
//! `tokio::sync::watch` does, makes another story of the same seed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

pub struct Bell<T> {
    state: Mutex<T>,
    rung: Notify,
}

impl<T: Copy> Bell<T> {
    pub fn new(state: T) -> Self {
        Self { state: Mutex::new(state), rung: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, T> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn get(&self) -> T {
        *self.state()
    }

    /// Tells everybody that the state is another one.
    pub fn ring(&self, next: impl FnOnce(T) -> T) {
        {
            let mut state = self.state();
            *state = next(*state);
        }
        self.rung.notify_waiters();
    }

    pub async fn until(&self, wanted: impl Fn(T) -> bool) {
        loop {
            let rung = self.rung.notified();
            if wanted(self.get()) {
                return;
            }
            rung.await;
        }
    }

    /// The next ring after this call.
    pub fn next(&self) -> impl Future<Output = ()> + Send + '_
    where
        T: Send,
    {
        self.rung.notified()
    }
}
