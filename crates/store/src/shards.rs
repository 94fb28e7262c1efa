//! Who works on what: runs are dealt out in shards, and a process holds a shard by a lease.
//!
//! Whoever holds a shard keeps its open runs in memory and is the only one that writes of them; the store refuses what
//! another one writes (`Batch::leases`). Everybody may accept an event for any shard.

use crate::{Error, Ms, OpenRun, RunId};
use async_trait::async_trait;
use bytes::Bytes;
use std::time::Duration;

/// A part of the runs. All runs of one lane are in one shard.
pub type Shard = u16;
/// Counts the times that a shard changed hands: an old holder is known by it.
pub type Epoch = i64;

/// How many there are. Fixed: a store's rows carry their shard's number.
pub const SHARDS: Shard = 64;

/// The shard of a lane's runs.
pub fn shard_of(lane: i64) -> Shard {
    Shard::try_from(lane.rem_euclid(i64::from(SHARDS))).unwrap_or_default()
}

/// All of them, for a store that one process has for itself.
pub fn all_shards() -> Vec<Shard> {
    (0..SHARDS).collect()
}

/// A shard, and the epoch in which somebody holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease {
    pub shard: Shard,
    pub epoch: Epoch,
}

/// What a process gets when it begins to work on a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// Part of the ids that it mints: no other process that lives has it.
    pub node: u16,
    /// How long its leases are good without being renewed.
    pub ttl: Duration,
}

/// What a process holds after renewing its leases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// In order of shards.
    pub leases: Vec<Lease>,
    /// How many shards it should hold, so that all processes that live have as many. Whoever holds more gives back.
    pub share: usize,
}

/// A process that works on the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerRow {
    pub node: u16,
    /// Such as host and process id, for people.
    pub name: String,
    pub version: String,
    pub joined_at: Ms,
    pub shards: usize,
}

/// Something told to whoever holds a run's shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// Minted by whoever tells it.
    pub id: i64,
    pub run: RunId,
    pub at: Ms,
    /// Encoded by the engine.
    pub body: Bytes,
}

/// What others have done since the last look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Runs that others accepted for these shards, in order of their turns. Some may have been given before.
    pub runs: Vec<OpenRun>,
    /// What was told to runs of these shards and is not answered yet, in order.
    pub controls: Vec<Control>,
    /// Changes whenever a flow, its state or a connection does.
    pub generation: i64,
    /// Where the next look begins.
    pub cursor: i64,
    /// There was more than was asked for: look again at once.
    pub more: bool,
}

/// What somebody is told who tells a run something through a store that one process has for itself.
pub fn held_by_nobody_else(run: RunId) -> Error {
    Error::Conflict(format!("nobody else holds the run {run}"))
}

#[async_trait]
pub trait Shards: Send + Sync {
    /// Registers a process that is to work on this store.
    async fn join(&self, name: &str, version: &str) -> Result<Joined, Error>;

    /// Renews what the process holds, gives back what it says, and takes what is free up to its share.
    ///
    /// Whatever the clocks of processes say, the store's own decides. Nothing is held any more by a process whose leases ran
    /// out and were given to others; it may go on with what it gets now.
    async fn renew(&self, node: u16, give_back: &[Shard]) -> Result<Held, Error>;

    /// Gives everything back.
    async fn leave(&self, node: u16) -> Result<(), Error>;

    /// Processes whose leases have not run out, by node.
    async fn workers(&self) -> Result<Vec<WorkerRow>, Error>;

    /// Open runs of these shards in order of their turns, at most `limit`, after the given turn.
    async fn runs_of(&self, shards: &[Shard], after: i64, limit: usize) -> Result<Vec<OpenRun>, Error>;

    /// What other processes did for these shards; 0 as `since` begins now. At most `limit` of each kind, and none of the
    /// controls in `heard`.
    ///
    /// Of a run and a control that came in one batch the run is given first, or with it.
    /// A run accepted by another process is given at least once to whoever first asked with `since` 0, then read
    /// `runs_of`, and asks again from the cursor on.
    async fn news(
        &self,
        node: u16,
        shards: &[Shard],
        since: i64,
        heard: &[i64],
        limit: usize,
    ) -> Result<News, Error>;

    /// Returns when it may pay to look for news before the next time is due. A hint may be lost.
    async fn hint(&self) -> Result<(), Error>;

    /// The shard of an open run; nothing where it has ended.
    async fn shard_of_run(&self, run: RunId) -> Result<Option<Shard>, Error>;

    /// Puts down what a run is to be told by its holder. Dropped where the run has ended.
    async fn tell(&self, control: Control) -> Result<(), Error>;

    /// The holder's answer; nothing where nobody waits for one. The control is not given any more.
    async fn answer(&self, control: i64, answer: Option<Bytes>) -> Result<(), Error>;

    /// Takes away those of these answers that are there.
    async fn take_answers(&self, controls: &[i64]) -> Result<Vec<(i64, Bytes)>, Error>;
}
