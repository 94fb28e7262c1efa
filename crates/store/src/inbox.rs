//! Runs that failed and wait for a person, and which run retries which.

use crate::{Error, FlowKey, Ms, RunId};
use async_trait::async_trait;
use bytes::Bytes;
use model::NodeId;

/// A hash of what a failure is about, without what differs from one to the next.
pub type Fingerprint = i64;

/// Most records that one question gives, or one change takes.
pub const RECORDS_MAX: usize = 1_000;

/// What a failed run leaves in the inbox, beside what its `Finish` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    pub fingerprint: Fingerprint,
    /// What a retry needs, encoded by the engine; empty where it is too large to be kept twice.
    pub doc: Bytes,
}

/// What became of a failed run. The numbers are what SQL holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum InboxState {
    /// It waits for a person.
    Open = 1,
    /// Another run goes on with it.
    Retried = 2,
    /// A later run of the same event succeeded, or a person said that it is mended.
    Resolved = 3,
    /// A person said that nothing is to be done.
    Ignored = 4,
}

impl InboxState {
    pub const ALL: [Self; 4] = [Self::Open, Self::Retried, Self::Resolved, Self::Ignored];

    /// Whether a record in this state is in a person's hands: what a person closed, a person may open again.
    pub fn is_a_persons(self, changed_by: &str) -> bool {
        match self {
            Self::Open | Self::Ignored => true,
            Self::Resolved => !changed_by.is_empty(),
            Self::Retried => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxRow {
    pub run: RunId,
    pub flow: FlowKey,
    pub fingerprint: Fingerprint,
    /// When the run failed.
    pub at: Ms,
    pub key: Option<String>,
    pub node: NodeId,
    pub code: String,
    pub message: String,
    pub state: InboxState,
    pub changed_at: Ms,
    /// Who changed the state last; empty where it was a run's end.
    pub changed_by: String,
    /// What a person said about it.
    pub reason: String,
}

impl InboxRow {
    pub fn is_a_persons(&self) -> bool {
        self.state.is_a_persons(&self.changed_by)
    }
}

/// Which records: in order of their runs, upwards after `after` or else downwards before `before`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxFilter {
    pub flow: Option<FlowKey>,
    pub fingerprint: Option<Fingerprint>,
    /// One of them, or all.
    pub state: Option<InboxState>,
    /// Failed at or after this time, and before that.
    pub since: Option<Ms>,
    pub until: Option<Ms>,
    /// Part of the ordering key or of the message.
    pub text: Option<String>,
    pub after: Option<RunId>,
    pub before: Option<RunId>,
    pub limit: usize,
}

/// Failures that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorGroup {
    pub fingerprint: Fingerprint,
    pub flow: FlowKey,
    pub node: NodeId,
    pub code: String,
    /// Of the latest failure.
    pub message: String,
    /// Runs that failed like this, and those of them that still wait for a person.
    pub runs: u64,
    pub open: u64,
    pub first_at: Ms,
    pub last_at: Ms,
}

/// Which groups: the latest first, before the one that ended the page before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupFilter {
    pub flow: Option<FlowKey>,
    /// This one.
    pub fingerprint: Option<Fingerprint>,
    /// Only those in which runs wait for a person.
    pub open: bool,
    /// Only those that this person takes care of.
    pub assignee: Option<String>,
    /// Only those that are put aside at a time, or only those that are not.
    pub snoozed: Option<(bool, Ms)>,
    pub before: Option<(Ms, Fingerprint)>,
    pub limit: usize,
}

/// Says that a run retries another. Written with the run's accept, and refused where another run does so already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retried {
    /// The run that is retried.
    pub run: RunId,
    pub at: Ms,
    pub who: String,
    /// What was changed for it, as JSON, written by the engine.
    pub what: String,
}

/// A run and the one that retries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryRow {
    pub retried: Retried,
    pub by_run: RunId,
}

/// Changed by commits (`Finish::dead`, `Accept::retries`) and by people.
#[async_trait]
pub trait Inbox: Send + Sync {
    async fn error_groups(&self, filter: GroupFilter) -> Result<Vec<ErrorGroup>, Error>;

    async fn inbox(&self, filter: InboxFilter) -> Result<Vec<InboxRow>, Error>;

    /// A record with its document, which is empty where it is not kept.
    async fn dead_letter(&self, run: RunId) -> Result<Option<(InboxRow, Bytes)>, Error>;

    /// Sets the state of those records that are open, or that a person closed; tells how many changed. One that a run
    /// closed stays as it is.
    async fn set_inbox_state(
        &self,
        runs: &[RunId],
        state: InboxState,
        at: Ms,
        by: &str,
        reason: &str,
    ) -> Result<usize, Error>;

    /// The rows in which one of these runs retries another, in order.
    async fn retries_by(&self, runs: &[RunId]) -> Result<Vec<RetryRow>, Error>;

    /// The rows in which another run retries one of these, in order of these.
    async fn retries_of(&self, runs: &[RunId]) -> Result<Vec<RetryRow>, Error>;

    /// The run that retries this one, if one does.
    async fn retried_by(&self, run: RunId) -> Result<Option<RetryRow>, Error>;

    /// Removes records of runs from before `run`, and what nothing refers to any more; at most `limit` records.
    async fn forget_errors(&self, before: RunId, limit: usize) -> Result<usize, Error>;
}
