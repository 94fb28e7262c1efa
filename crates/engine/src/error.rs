//! Why the engine could not do what it was asked.

use connector::Refusal;

/// Why a request at the door is not an event, or a run was not started.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("nothing listens here")]
    NotFound,
    /// The flow is paused; the sender may come back.
    #[error("the flow is paused")]
    Paused,
    /// The flow is held, and as many of its events wait as may.
    #[error("the flow is held, and as many events wait as may")]
    HoldFull,
    /// More is waiting than may wait.
    #[error("too much is waiting")]
    Busy { retry_after_s: u32 },
    #[error("the disk is full")]
    StoreFull,
    /// The door was closed: no new events, while what is here goes on.
    #[error("no new events are taken")]
    Closed,
    /// The store cannot be reached at the moment; the sender may come back.
    #[error("the store cannot be reached")]
    StoreAway,
    /// The store failed; the process is about to end.
    #[error("the store is not available")]
    Down,
    #[error("{0}")]
    Malformed(String),
    /// The flow's events are accepted into a buffer, and its broker did not confirm; the sender may come back.
    #[error("the buffer {buffer} did not confirm")]
    NotConfirmed { buffer: String },
    #[error("the buffer {buffer} takes {limit} bytes at most, the request's headers included")]
    TooLargeForBuffer { buffer: String, limit: usize },
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The writer has stopped after a failed write.
    #[error("the store is not available")]
    Down,
    #[error("there is no such run or step")]
    NotFound,
    /// What was asked does not fit the state of things; the text says why.
    #[error("{0}")]
    NotPossible(String),
    /// The flow cannot run although it was valid when it was saved.
    #[error("the flow {flow} cannot run: {message}")]
    Flow { flow: String, message: String },
}
