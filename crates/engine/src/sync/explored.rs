//! Those under which every order can happen. Each lock, each atomic and each await is a point at which another task may go on.

use futures::future::{Either, select};
pub use shuttle::future::{AbortHandle, JoinHandle};
use shuttle::rand::Rng;
pub use shuttle::sync::{Mutex, MutexGuard, RwLock, atomic};
use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;
use tokio::time::Instant;

/// Steps that others may get while somebody sleeps.
const NAP_MAX: u32 = 12;

/// As tokio's, whose result may be dropped.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    shuttle::future::spawn(future)
}

/// Sleeps for some steps of the others, whatever the clock says.
pub async fn sleep(_: Duration) {
    for _ in 0..shuttle::rand::thread_rng().gen_range(0..NAP_MAX) {
        shuttle::future::yield_now().await;
    }
}

/// Sleeps until the clock is there: a test moves it, and nothing wakes whoever waits for that.
pub async fn sleep_until(at: Instant) {
    while Instant::now() < at {
        shuttle::future::yield_now().await;
    }
}

/// The time was up.
#[derive(Debug)]
pub struct Elapsed;

thread_local! {
    /// One test is one thread.
    static HASTE: Cell<bool> = const { Cell::new(false) };
}

/// From now on what somebody waits for may take too long, at any moment. Else there is time enough for all.
pub fn set_haste(haste: bool) {
    HASTE.set(haste);
}

pub async fn timeout<F: Future>(limit: Duration, future: F) -> Result<F::Output, Elapsed> {
    if !HASTE.get() {
        return Ok(future.await);
    }
    match select(pin!(future), pin!(sleep(limit))).await {
        Either::Left((done, _)) => Ok(done),
        Either::Right(_) => Err(Elapsed),
    }
}
