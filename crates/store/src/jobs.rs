//! What people ask to be done with many runs at once, and how far it is.
//!
//! A job is one row. Whoever holds shard 0 carries it out in small pieces and writes down how far it is, so that another
//! process, or the next start, goes on where it was left.

use crate::{Error, Lease, Ms};
use async_trait::async_trait;

/// Most jobs at work at once.
pub const JOBS_OPEN_MAX: usize = 20;
/// So many of those that have ended are kept, the newest.
pub const JOBS_KEPT: usize = 200;

/// How a job stands. The numbers are what SQL holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i16)]
pub enum JobState {
    Working = 1,
    Done = 2,
    /// Somebody ended it before it was through. What it had done stays done.
    Cancelled = 3,
    /// It cannot be carried out at all; its progress says why.
    Failed = 4,
}

impl JobState {
    pub const ALL: [Self; 4] = [Self::Working, Self::Done, Self::Cancelled, Self::Failed];
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    pub id: i64,
    pub at: Ms,
    pub who: String,
    /// Which runs, and what is to be done with them: JSON, written by the engine.
    pub what: String,
    pub state: JobState,
    /// How far it is: JSON, written by the engine.
    pub progress: String,
    pub changed_at: Ms,
    /// Who ended it, where somebody did.
    pub changed_by: String,
}

/// What somebody is told who puts one more down than may be at work.
pub fn too_many() -> Error {
    Error::Conflict(format!("{JOBS_OPEN_MAX} jobs are at work already: wait for one of them, or cancel it"))
}

#[async_trait]
pub trait Jobs: Send + Sync {
    /// Puts a job down; the same again changes nothing. `Conflict` where `JOBS_OPEN_MAX` are at work.
    async fn add_job(&self, job: JobRow) -> Result<(), Error>;

    /// The newest first, at most `limit`, before the given one.
    async fn jobs(&self, before: Option<i64>, limit: usize) -> Result<Vec<JobRow>, Error>;

    async fn job(&self, id: i64) -> Result<Option<JobRow>, Error>;

    /// Those at work, the oldest first.
    async fn open_jobs(&self) -> Result<Vec<JobRow>, Error>;

    /// How far a job is, said by whoever carries it out under this lease. False where it is not at work any more, or the
    /// lease is another's: nothing is written then.
    async fn save_job(
        &self,
        lease: Lease,
        id: i64,
        progress: &str,
        state: JobState,
        at: Ms,
    ) -> Result<bool, Error>;

    /// Ends a job that is at work; false where it is not.
    async fn cancel_job(&self, id: i64, at: Ms, by: &str) -> Result<bool, Error>;
}
