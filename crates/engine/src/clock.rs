//! The only place where the time is asked for; tests move it by hand.

use futures::future::BoxFuture;
use store::Ms;

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
