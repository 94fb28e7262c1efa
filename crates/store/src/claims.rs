//! Claims: whether a flow writes of one of its keys, or a person does it by hand. Never both.

use crate::{DAY_MS, Error, FlowKey, Lease, Ms, RunId};
use async_trait::async_trait;

/// A claim is kept as long as its flow keeps what is kept longest of its runs, and not less than this.
pub const CLAIM_KEPT_MIN: Ms = 30 * DAY_MS;

/// Claims of people that are listed at once.
pub const CLAIMS_LISTED_MAX: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    /// Hash of flow and key, as of the key's runs.
    pub lane: i64,
    pub flow: FlowKey,
    /// The ordering key as text, for people.
    pub key: String,
    /// The run by which the flow has it; nothing where a person does.
    pub run: Option<RunId>,
    /// The person; empty where the flow has it.
    pub who: String,
    pub at: Ms,
}

impl ClaimRow {
    /// Whether both are the same one's: all runs of a flow are one, and each person is one.
    pub fn is_of_the_same(&self, other: &Self) -> bool {
        self.run.is_some() == other.run.is_some() && self.who == other.who
    }

    /// What somebody is told who asked for it, now that this is the claim that is there.
    pub fn told(self, asked: &Self) -> Claimed {
        if self.is_of_the_same(asked) { Claimed::Yours } else { Claimed::Another(self) }
    }
}

/// What became of asking for a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// Whoever asked has it, by now or from before.
    Yours,
    /// Another one came first.
    Another(ClaimRow),
    /// The lease is another's by now: nothing was written.
    Lost,
}

#[async_trait]
pub trait Claims: Send + Sync {
    /// Gives the key to whoever asks first. On disk when it returns. A flow asks under the lease of the key's shard.
    async fn claim(&self, row: ClaimRow, lease: Option<Lease>) -> Result<Claimed, Error>;

    async fn claim_of(&self, lane: i64) -> Result<Option<ClaimRow>, Error>;

    /// What people do by hand, the newest first, at most `CLAIMS_LISTED_MAX`.
    async fn claims_of_people(&self, flow: FlowKey) -> Result<Vec<ClaimRow>, Error>;

    /// Lets go of it; false where there is none. `Conflict` where the flow has it and a run of the key is open.
    async fn release_claim(&self, lane: i64) -> Result<bool, Error>;
}

/// Why a flow's claim is not let go of.
pub fn still_at_work(key: &str) -> Error {
    Error::Conflict(format!("the flow has {key}, and a run of it has not ended: cancel that first"))
}
