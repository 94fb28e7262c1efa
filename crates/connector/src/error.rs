//! Why a call failed, said for whoever must act on it: the engine first, then a person.

use model::Span;
use serde::{Deserialize, Serialize};

/// What can be done about a failed call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// A person must change something first.
    Never,
    /// It may work later; the engine chooses when.
    Backoff,
    /// The target said when.
    After(Span),
}

/// A failed call. Messages are for people: what happened, in the target's words where it gave any, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Error {
    /// The node's fields or the data in them do not fit the operation. Nothing was sent.
    #[error("{message}")]
    Input { message: String, advice: String },
    /// The connection is missing something or its credentials were not accepted.
    #[error("{message}")]
    Connection { message: String, advice: String },
    /// The token that the call carried has ended. A new one is got, and the call made again.
    #[error("{host} no longer accepts the token: {message}")]
    TokenEnded { host: String, message: String },
    /// Nobody is signed in over the connection any more: what wants to call waits until somebody is.
    #[error("{message}")]
    SignedOut { message: String },
    /// No connection could be made: nothing arrived.
    #[error("{host} cannot be reached: {message}")]
    Unreachable { host: String, message: String },
    /// The address may not be called (link-local, metadata, or private without permission).
    #[error("{host} may not be called: {message}")]
    Forbidden { host: String, message: String },
    /// The call went out and no whole answer came back: the work may have been done.
    #[error("{host} did not answer in full: {message}")]
    Unanswered { host: String, message: String },
    #[error("{host} asks for fewer calls")]
    RateLimited { host: String, after: Option<Span> },
    /// The target answered that it failed.
    #[error("{host} answered {status}: {message}")]
    Status { host: String, status: u16, message: String, after: Option<Span> },
    /// The target understood and refused: the same call would be refused again.
    #[error("{message}")]
    Refused { message: String, advice: String },
    /// The answer was not what the operation can read. The work may have been done.
    #[error("{host} answered something unexpected: {message}")]
    Unreadable { host: String, message: String },
    #[error("the answer of {host} is larger than {limit} bytes")]
    TooLarge { host: String, limit: u64 },
}

impl Error {
    pub fn retry(&self) -> Retry {
        match self {
            Error::RateLimited { after: Some(after), .. } | Error::Status { after: Some(after), .. } => {
                Retry::After(*after)
            }
            Error::RateLimited { .. }
            | Error::TokenEnded { .. }
            | Error::SignedOut { .. }
            | Error::Unreachable { .. }
            | Error::Unanswered { .. } => Retry::Backoff,
            Error::Status { status: 408 | 409 | 425 | 429 | 500..=599, .. } => Retry::Backoff,
            Error::Status { .. }
            | Error::Input { .. }
            | Error::Connection { .. }
            | Error::Forbidden { .. }
            | Error::Refused { .. }
            | Error::Unreadable { .. }
            | Error::TooLarge { .. } => Retry::Never,
        }
    }

    /// Whether the target may have done the work although the call failed.
    pub fn may_have_happened(&self) -> bool {
        match self {
            Error::Unanswered { .. } | Error::Unreadable { .. } | Error::TooLarge { .. } => true,
            Error::Status { status, .. } => matches!(status, 408 | 500 | 502 | 504..=599),
            _ => false,
        }
    }

    /// A stable code; each has a page in `docs/errors/`.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Input { .. } => "E0301",
            Error::Connection { .. } => "E0302",
            Error::Unreachable { .. } => "E0303",
            Error::Forbidden { .. } => "E0304",
            Error::Unanswered { .. } => "E0305",
            Error::RateLimited { .. } => "E0306",
            Error::Status { .. } => "E0307",
            Error::Refused { .. } => "E0308",
            Error::Unreadable { .. } => "E0309",
            Error::TooLarge { .. } => "E0310",
            Error::TokenEnded { .. } => "E0311",
            Error::SignedOut { .. } => "E0312",
        }
    }

    /// What a person can do about it.
    pub fn advice(&self) -> String {
        match self {
            Error::Input { advice, .. }
            | Error::Connection { advice, .. }
            | Error::Refused { advice, .. } => advice.clone(),
            Error::Unreachable { .. } => {
                "Check the address and that the system is running; the step is tried again.".into()
            }
            Error::TokenEnded { .. } => {
                "Nothing, if it happens once; else open the connection and sign in again.".into()
            }
            Error::SignedOut { .. } => {
                "Open the connection and press Sign in; what waits for it goes on by itself.".into()
            }
            Error::Forbidden { .. } => {
                "Use a public address, or let an administrator allow private addresses in the settings."
                    .into()
            }
            Error::Unanswered { .. } => {
                "Look in the target whether the work was done before sending it again.".into()
            }
            Error::RateLimited { .. } => "Nothing: the step waits as long as the target asks.".into(),
            Error::Status { .. } => {
                "Read the target's message; if it is a passing failure, retry the run.".into()
            }
            Error::Unreadable { .. } => {
                "Check that the address belongs to the system this operation is for.".into()
            }
            Error::TooLarge { .. } => "Ask for less data at once, or for a page at a time.".into(),
        }
    }
}
