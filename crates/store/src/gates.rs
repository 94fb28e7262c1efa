//! What holds calls of a connection back, as all processes see it: its rate budget, a target that asked for fewer calls,
//! and its breaker.

use crate::{Error, Ms};
use async_trait::async_trait;
use model::ConnectionName;
use model::rate::{Rate, Us};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateRow {
    pub connection: ConnectionName,
    /// Until when the rate budget is spent.
    pub spent_until: Us,
    /// The target asked for no call before; 0 where it never did.
    pub held_until: Ms,
    /// What is known of an open breaker; nothing while it is closed.
    pub open: Option<OpenBreaker>,
}

/// A breaker that lets nothing through but a trial now and then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBreaker {
    pub since: Ms,
    /// Trials that failed.
    pub trials: u32,
    pub next_trial_at: Ms,
    /// How the last call failed, without secrets.
    pub error: String,
}

/// Whether calls could be taken out of a rate budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    Now,
    /// Nothing was taken. There may be as many at this time.
    Later(Us),
}

/// All times come from the callers' clocks. A clock that is ahead of the others' takes at most so much more, once.
#[async_trait]
pub trait Gates: Send + Sync {
    /// Every gate that something was ever written of, by connection. A deleted connection has none.
    async fn gates(&self) -> Result<Vec<GateRow>, Error>;

    /// Takes so many calls at once out of a connection's budget (`Rate::take`), unless the target asked to wait.
    async fn take_calls(
        &self,
        connection: &ConnectionName,
        rate: &Rate,
        calls: u32,
        now: Ms,
    ) -> Result<Drawn, Error>;

    /// Writes down until when a budget is spent, where one process keeps it in memory. Never moves it back.
    async fn keep_spent(&self, connection: &ConnectionName, spent_until: Us) -> Result<(), Error>;

    /// Nobody calls before this time. A shorter wish does not end a longer one.
    async fn hold(&self, connection: &ConnectionName, until: Ms) -> Result<(), Error>;

    /// Opens a breaker, or says of an open one that a trial failed. It stays open since it first was.
    async fn open_breaker(&self, connection: &ConnectionName, open: &OpenBreaker) -> Result<(), Error>;

    /// Whether the caller may make the trial that is due. Of several that ask one may; the next is due `until`.
    async fn begin_trial(&self, connection: &ConnectionName, now: Ms, until: Ms) -> Result<bool, Error>;

    /// Closes a breaker and lifts what the target asked for; false where there was nothing to close.
    async fn close_breaker(&self, connection: &ConnectionName) -> Result<bool, Error>;
}
