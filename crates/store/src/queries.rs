//! Questions that people ask about runs. Read-only, bounded, and never in the writer's way.

use crate::{Error, EventId, EventRow, FlowKey, Ms, RunId, Status, VersionKey};
use async_trait::async_trait;
use bytes::Bytes;
use model::NodeId;
use serde::{Deserialize, Serialize};

/// Most runs that are looked up by their ids at once.
pub const SUMMARIES_MAX: usize = 500;

/// Which runs to list: newest first, by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunFilter {
    pub flow: Option<FlowKey>,
    /// Ended with one of these; `open` asks for the others.
    pub statuses: Vec<Status>,
    /// Include runs that have not ended. With neither statuses nor open set, all runs are meant.
    pub open: bool,
    /// Part of the ordering key or the error text (looked for in the newest runs only), the start of a key (in all of
    /// them), or a whole run id.
    pub text: Option<String>,
    pub key: Option<KeyFilter>,
    /// Accepted at or after this time, and before that: as the ids tell it.
    pub since: Option<Ms>,
    pub until: Option<Ms>,
    pub before: Option<RunId>,
    pub limit: usize,
}

/// Which ordering keys are meant, letter for letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyFilter {
    Is(String),
    Starts(String),
}

impl KeyFilter {
    pub fn takes(&self, key: Option<&str>) -> bool {
        match self {
            Self::Is(wanted) => key == Some(wanted),
            Self::Starts(start) => key.is_some_and(|key| key.starts_with(start.as_str())),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct RunSummaryRow {
    pub id: RunId,
    pub flow: FlowKey,
    pub version: VersionKey,
    pub event: EventId,
    pub key: Option<String>,
    /// `None` while open.
    pub status: Option<Status>,
    /// Set while parked.
    pub wake_at: Option<Ms>,
    pub started_at: Ms,
    pub finished_at: Option<Ms>,
    pub steps: u32,
    pub error_node: Option<NodeId>,
    pub error_code: Option<String>,
    pub error: Option<String>,
    pub lineage: RunId,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RunDetailRow {
    pub summary: RunSummaryRow,
    /// The finished run's doc as the engine encoded it; empty while open.
    pub doc: Bytes,
    pub event: Option<EventRow>,
}

/// How a flow has fared since it exists; kept for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlowTotals {
    pub done: u64,
    pub failed: u64,
    pub cancelled: u64,
    pub open: u64,
    /// When the newest run started.
    pub last_run_at: Option<Ms>,
    /// How the last one that ended, ended.
    pub last_status: Option<Status>,
}

/// How many runs of a flow ended on one day, UTC, with one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayCount {
    pub flow: FlowKey,
    /// Midnight.
    pub day: Ms,
    pub status: Status,
    pub runs: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreSize {
    pub bytes: u64,
    pub wal_bytes: u64,
    /// `u64::MAX` where nobody on this machine can tell.
    pub free_disk_bytes: u64,
}

#[async_trait]
pub trait RunQueries: Send + Sync {
    async fn runs(&self, filter: RunFilter) -> Result<Vec<RunSummaryRow>, Error>;
    /// These runs, open or ended, in order; those that are not there are left out. At most `SUMMARIES_MAX` are looked up.
    async fn summaries(&self, runs: &[RunId]) -> Result<Vec<RunSummaryRow>, Error>;
    async fn run_detail(&self, run: RunId) -> Result<Option<RunDetailRow>, Error>;
    /// The later runs of an event, which began with another of the same id, in order; open ones included.
    async fn retries(&self, event: EventId) -> Result<Vec<RunSummaryRow>, Error>;
    async fn flow_totals(&self) -> Result<Vec<(FlowKey, FlowTotals)>, Error>;
    /// The days from the one that holds `since`, oldest first.
    async fn days(&self, since: Ms) -> Result<Vec<DayCount>, Error>;
    async fn size(&self) -> Result<StoreSize, Error>;
    /// One cheap round trip, for the readiness check.
    async fn ping(&self) -> Result<(), Error>;
}
