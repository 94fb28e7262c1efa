//! Where the stand-ins take the time from.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};

/// Answers "what time is it?"; the system's clock unless a test hands in another.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    pub fn system() -> Self {
        #[allow(
            clippy::disallowed_methods,
            reason = "the one place of this crate that looks at the wall clock"
        )]
        Self(Arc::new(Utc::now))
    }

    /// Stands still, so that everything made is the same each time.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self(Arc::new(move || at))
    }

    /// Moved by whoever holds what it looks at.
    pub fn of(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Thailand keeps one time, seven hours ahead of Greenwich, all year.
pub(crate) fn in_thailand(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    const SEVEN_HOURS: i32 = 7 * 3_600;
    match FixedOffset::east_opt(SEVEN_HOURS) {
        Some(offset) => at.with_timezone(&offset),
        None => at.fixed_offset(),
    }
}
