//! The hot path: events in, records appended, runs finished, all through one commit.

use crate::{
    BlobUse, Control, DeadLetter, Error, EventId, FlowKey, Lease, Ms, Retried, RunId, Shard, VersionKey,
};
use async_trait::async_trait;
use bytes::Bytes;
use model::NodeId;

/// What a trigger received, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    pub id: EventId,
    pub flow: FlowKey,
    pub trigger: NodeId,
    pub received_at: Ms,
    /// Hash of the sender's delivery id; the same one again is the same event. Unique per flow and trigger.
    pub delivery: Option<[u8; 16]>,
    /// The rest of the request (`connector::Delivery::head`), as JSON.
    pub head: Bytes,
    /// The body, encoded by the engine (compressed where that pays).
    pub body: Bytes,
    /// SHA-256 of the raw body, for audits.
    pub sha256: [u8; 32],
}

/// A run that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    pub id: RunId,
    pub flow: FlowKey,
    pub version: VersionKey,
    pub event: EventId,
    /// Whoever holds it works on this run. A lane's runs are all in the lane's shard.
    pub shard: Shard,
    /// Hash of flow and ordering key; runs with the same lane go one after the other, by id.
    pub lane: Option<i64>,
    /// The ordering key as text, for people to search.
    pub key: Option<String>,
    /// The first run of this event: idempotency keys are made from it, so that a retry repeats no effect.
    pub lineage: RunId,
    /// The run that waits for this one's result, and its step (`core/call`).
    pub parent: Option<(RunId, String)>,
    pub started_at: Ms,
    pub deadline: Ms,
}

/// An event and the run it starts, on disk together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept {
    /// The run's own event. A retry has none, and its `run.event` is an earlier one; or it brings an edited one; or it
    /// brings the old one back, where the history has let go of it.
    pub event: Option<EventRow>,
    pub run: RunRow,
    /// Records that the run starts with, for a retry that keeps what was done.
    pub records: Vec<Record>,
    /// The run that this one retries. Its `run.lineage` is not its own id then.
    pub retries: Option<Retried>,
}

/// One thing that happened in a run. `body` is `run::Event`, encoded by the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub run: RunId,
    pub seq: u32,
    pub at: Ms,
    pub body: Bytes,
}

/// How a run ended. The numbers are what SQL holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum Status {
    Done = 1,
    Failed = 2,
    Cancelled = 3,
}

impl Status {
    pub const ALL: [Self; 3] = [Self::Done, Self::Failed, Self::Cancelled];
}

/// A run's end: its hot rows go, its history row comes, in one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finish {
    pub run: RunRow,
    pub status: Status,
    pub finished_at: Ms,
    pub steps: u32,
    /// A step needed more than one attempt.
    pub retried: bool,
    pub error_node: Option<NodeId>,
    pub error_code: Option<String>,
    pub error: Option<String>,
    /// What happened in the run, encoded by the engine.
    pub doc: Bytes,
    /// For a failed run that is to wait for a person.
    pub dead: Option<DeadLetter>,
}

/// A schedule's next time, moved in the same commit as the event it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleMoved {
    pub flow: FlowKey,
    pub node: NodeId,
    pub next_at: Ms,
}

/// What one commit writes: all of it or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    pub accepts: Vec<Accept>,
    pub records: Vec<Record>,
    /// Runs that leave memory until a time (or `Ms::MAX` for a callback), with everything about them in the journal.
    pub parks: Vec<(RunId, Ms)>,
    pub schedules: Vec<ScheduleMoved>,
    pub finishes: Vec<Finish>,
    /// Which blobs the batch's events and inbox records need. One of an event that turns out a duplicate is swept.
    pub blob_uses: Vec<BlobUse>,
    /// Runs that are about to be begun again, and how often they never came to rest, this time included; 0 once one has.
    pub crashes: Vec<(RunId, u32)>,
    /// What runs are told that may be another process's, such as those that this batch accepts. Dropped where the run is not
    /// open. Nothing to a store that one process has for itself.
    pub controls: Vec<Control>,
    /// What the sender holds. Where one of these leases is another's by now, no record, park, finish or crash of a run of that
    /// shard is written. Accepts are, whoever sends them.
    pub leases: Vec<Lease>,
}

impl Batch {
    pub fn is_empty(&self) -> bool {
        let Self { accepts, records, parks, schedules, finishes, blob_uses, crashes, controls, leases: _ } =
            self;
        accepts.is_empty()
            && records.is_empty()
            && parks.is_empty()
            && schedules.is_empty()
            && finishes.is_empty()
            && blob_uses.is_empty()
            && crashes.is_empty()
            && controls.is_empty()
    }
}

/// What became of an accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    New,
    /// The same delivery came before: this is its event (and so its first run's id, which is the same number).
    Duplicate {
        event: EventId,
    },
    /// Another run retries the same one; nothing was written.
    RetriedBefore {
        by: RunId,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// One answer per accept, in order. Two accepts with one delivery in one batch: the second is the duplicate.
    pub accepts: Vec<Accepted>,
    /// The new runs' turns (`OpenRun::turn`), in the same order; anything where there is none.
    pub turns: Vec<i64>,
    /// Shards among the batch's leases that are another's by now: nothing was written of their runs.
    pub lost: Vec<Shard>,
}

/// A run that was open when the process last stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRun {
    pub run: RunRow,
    /// Set while the run is parked.
    pub wake_at: Option<Ms>,
    /// Something of it is in the journal.
    pub begun: bool,
    /// How often it was begun by a process that did not live to see it come to rest.
    pub crashes: u32,
    /// Runs of one lane go in this order: a run that was accepted after another one was acknowledged has a larger one,
    /// whatever the clocks of the processes said.
    pub turn: i64,
}

/// All that is needed to go on with a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedRun {
    pub run: RunRow,
    pub trigger: NodeId,
    pub received_at: Ms,
    pub head: Bytes,
    pub body: Bytes,
    /// In order of `seq`.
    pub records: Vec<Record>,
}

#[async_trait]
pub trait Journal: Send + Sync + 'static {
    /// Writes a batch and returns when it is on disk. After `Error::Io` nothing may be committed until a restart.
    ///
    /// An event's first run has the event's id. A repeated commit of the same ids changes nothing. A run whose event
    /// is not there is a `Conflict`; a record of a run that has ended is dropped, one of a parked run wakes it.
    ///
    /// A retry takes the inbox's record of the run it retries out of a person's hands. When it is done, the records of
    /// all runs that it goes back to are resolved; when it is cancelled, they are ignored.
    async fn commit(&self, batch: Batch) -> Result<Committed, Error>;

    /// The largest id in the store, for `IdMint`.
    async fn last_id(&self) -> Result<i64, Error>;

    async fn load_run(&self, run: RunId) -> Result<Option<LoadedRun>, Error>;

    /// Removes what is older than its flow's retention; tells how many runs went. At most `limit` go one by one, but all
    /// of a day may go at once, and stay until the last of them is too old.
    async fn expire(&self, now: Ms, limit: usize) -> Result<usize, Error>;
}
