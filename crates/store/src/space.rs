//! How much a store takes, and how it takes less when that is too much.

use crate::{Error, Ms};
use async_trait::async_trait;

/// What is on the disk, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// In bytes; together they are all there is.
    pub parts: Vec<(&'static str, u64)>,
    /// Midnight, UTC, of the oldest day that has history.
    pub oldest_day: Option<Ms>,
}

impl Taken {
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|(_, bytes)| bytes).sum()
    }
}

#[async_trait]
pub trait Space: Send + Sync {
    /// Cheap enough to be asked every second: nothing is read but sizes.
    async fn taken(&self) -> Result<Taken, Error>;

    /// Takes the oldest day of history away, whatever its runs' flows say of keeping them, and tells which it was. A day that
    /// is not over stays, and with it open runs, their events, the inbox, totals and deliveries.
    ///
    /// `oldest` is the oldest day as its caller saw it. Where it has gone meanwhile nothing goes: who dropped it may have made
    /// room enough.
    async fn drop_oldest_day(&self, oldest: Ms, now: Ms) -> Result<Option<Ms>, Error>;
}
