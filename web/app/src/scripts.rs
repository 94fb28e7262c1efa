//! The script language in the browser: the server's own compiler with the same limits.

use script::{Clock, Engine, Limits};
use std::sync::Arc;

pub fn engine() -> Engine {
    Engine::new(Limits::default(), Arc::new(PageClock))
}

/// The browser's time of day; a script runs far too shortly to notice when somebody sets it.
struct PageClock;

impl Clock for PageClock {
    fn now_ms(&self) -> u64 {
        crate::time::now_ms().unsigned_abs()
    }
}
