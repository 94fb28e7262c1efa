//! The only place where the time is asked for; tests move it by hand.

use crate::sync;
use futures::future::BoxFuture;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use store::Ms;
use tokio::sync::watch;

pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since 1970, UTC.
    fn now(&self) -> Ms;

    /// Resolves when the time has jumped, so that sleepers look anew. A clock that only ticks never does; one moved by
    /// hand says so. What happened before this call does not count.
    fn jumped(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that may")]
    fn now(&self) -> Ms {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |since| Ms::try_from(since.as_millis()).unwrap_or(Ms::MAX))
    }
}

/// How often the machine's clock is compared with the one that only measures.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What is set by less is found by whoever looks at the time anyway.
const JUMP_MS: Ms = 500;

/// The machine's clock, watched: sleepers look anew when it was set, or when the machine has slept.
pub struct WatchedClock(watch::Sender<()>);

impl WatchedClock {
    /// Watches for as long as somebody has the clock.
    pub fn start() -> Arc<Self> {
        let clock = Arc::new(Self(watch::Sender::new(())));
        sync::spawn(watch_over(Arc::downgrade(&clock)));
        clock
    }
}

async fn watch_over(clock: Weak<WatchedClock>) {
    let read = || (SystemClock.now(), Instant::now());
    let mut before = read();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(clock) = clock.upgrade() else { return };
        let (now, at) = read();
        let passed = Ms::try_from((at - before.1).as_millis()).unwrap_or(Ms::MAX);
        let set_by_ms = now - before.0 - passed;
        if set_by_ms.abs() > JUMP_MS {
            tracing::warn!(set_by_ms, "the clock of this machine was set");
            clock.0.send_replace(());
        }
        before = (now, at);
    }
}

impl Clock for WatchedClock {
    fn now(&self) -> Ms {
        SystemClock.now()
    }

    fn jumped(&self) -> BoxFuture<'_, ()> {
        let mut set = self.0.subscribe();
        Box::pin(async move {
            set.changed().await.ok();
        })
    }
}
