//! Where signatures take the time and their nonces from.

use std::fmt;
use std::sync::Arc;

/// A clock and chance, for requests that are signed. Tests hand in their own, so that a signature is the same each time.
#[derive(Clone)]
pub struct Source {
    now: Arc<dyn Fn() -> i64 + Send + Sync>,
    nonce: Arc<dyn Fn() -> [u8; 16] + Send + Sync>,
}

impl Source {
    pub fn system() -> Self {
        Self { now: Arc::new(wall), nonce: Arc::new(rand) }
    }

    /// The same time and the same nonce, always.
    pub fn fixed(now: i64, nonce: [u8; 16]) -> Self {
        Self { now: Arc::new(move || now), nonce: Arc::new(move || nonce) }
    }

    /// The given clock, with real chance.
    pub fn of_clock(now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(now), nonce: Arc::new(rand) }
    }

    /// Milliseconds since 1970.
    pub fn now(&self) -> i64 {
        (self.now)()
    }

    /// 32 hexadecimal digits that come once.
    pub fn nonce(&self) -> String {
        hex::encode((self.nonce)())
    }
}

impl Default for Source {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

fn wall() -> i64 {
    #[allow(clippy::disallowed_methods, reason = "the one place of this crate that looks at the wall clock")]
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn rand() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system gives randomness");
    bytes
}
