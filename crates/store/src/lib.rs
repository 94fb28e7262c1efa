#![doc = include_str!("../README.md")]

pub mod accounts;
pub mod alerts;
pub mod blobs;
pub mod care;
pub mod claims;
pub mod config;
#[cfg(feature = "contract")]
#[doc(hidden)]
pub mod contract;
pub mod decode;
pub mod drafts;
pub mod gates;
pub mod ids;
pub mod inbox;
pub mod jobs;
pub mod journal;
#[cfg(feature = "contract")]
#[doc(hidden)]
pub mod memory;
pub mod moving;
pub mod outside;
pub mod queries;
pub mod search;
pub mod shards;
pub mod slots;
pub mod space;
pub mod xrefs;

pub use accounts::{Accounts, AuditEntry, Role, Session, Token, User};
pub use alerts::{ALERTS_MAX, AlertRow, Alerts};
pub use blobs::{BLOB_GRACE, BLOBS_MAX, BlobHash, BlobRow, BlobUse, Blobs, SWEPT_MAX};
pub use care::Cares;
pub use claims::{CLAIM_KEPT_MIN, CLAIMS_LISTED_MAX, ClaimRow, Claimed, Claims};
pub use config::{
    Connections, FlowRow, FlowState, Flows, SaveFlow, Schedules, SealedConnection, Settings, VersionRow,
};
pub use drafts::{DraftRow, DraftSaved, Drafts, KeepPoint, POINTS_MAX, PointHead, PointRow, SaveDraft};
pub use gates::{Drawn, GateRow, Gates, OpenBreaker};
pub use ids::{DAY_MS, EventId, FlowKey, IdMint, Ms, RunId, VersionKey};
pub use inbox::{
    DeadLetter, ErrorGroup, Fingerprint, GroupFilter, Inbox, InboxFilter, InboxRow, InboxState, RECORDS_MAX,
    Retried, RetryRow,
};
pub use jobs::{JOBS_KEPT, JOBS_OPEN_MAX, JobRow, JobState, Jobs};
pub use journal::{
    Accept, Accepted, Batch, Committed, EventRow, Finish, Journal, LoadedRun, OpenRun, Record, RunRow,
    ScheduleMoved, Status,
};
pub use moving::Moving;
pub use outside::{CONNECTORS_MAX, ConnectorRow, HealthRow, Outside};
pub use queries::{
    DayCount, FlowTotals, KeyFilter, RunDetailRow, RunFilter, RunQueries, RunSummaryRow, SUMMARIES_MAX,
    StoreSize,
};
pub use shards::{
    Control, Epoch, Held, Joined, Lease, News, SHARDS, Shard, Shards, WorkerRow, all_shards, shard_of,
};
pub use slots::{Durations, Grain, SlotCount, SlotFilter, SlotKey, Slots};
pub use space::{Space, Taken};
pub use xrefs::{XrefFilter, XrefPlace, XrefRow, Xrefs};

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk is full: nothing of the batch was written; try again when there is space.
    #[error("the disk is full")]
    Full,
    /// A write or sync failed. What is on disk is unknown until the next start: the process must stop writing.
    #[error("the store failed to write: {0}")]
    Io(String),
    /// The question took too long and was given up; nothing changed.
    #[error("the store took too long to answer")]
    Deadline,
    /// The store cannot be reached now, or is too busy. Nothing of the batch was written; it may be tried again.
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
    /// One row broke a rule of the store, such as a name that is taken.
    #[error("{0}")]
    Conflict(String),
    /// The store holds something this release cannot read.
    #[error("the store is damaged or from a newer release: {0}")]
    Unreadable(String),
}

/// Everything a store does; the engine and the server hold an `Arc<dyn Store>`.
pub trait Store:
    Journal
    + Blobs
    + Shards
    + Gates
    + Claims
    + RunQueries
    + Slots
    + Inbox
    + Cares
    + Jobs
    + Flows
    + Drafts
    + Connections
    + Schedules
    + Accounts
    + Settings
    + Xrefs
    + Outside
    + Alerts
{
}
impl<T> Store for T where
    T: Journal
        + Blobs
        + Shards
        + Gates
        + Claims
        + RunQueries
        + Slots
        + Inbox
        + Cares
        + Jobs
        + Flows
        + Drafts
        + Connections
        + Schedules
        + Accounts
        + Settings
        + Xrefs
        + Outside
        + Alerts
{
}
