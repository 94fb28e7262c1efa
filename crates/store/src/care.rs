//! Who takes care of failures: a group of them, or one record. Assigned to somebody, put aside for a while, talked about.

use crate::{Error, Fingerprint, Ms, RunId};
use async_trait::async_trait;

/// Most comments on one thing.
pub const COMMENTS_MAX: usize = 200;
/// Most things that are asked about at once.
pub const CARES_MAX: usize = 1_000;

/// What is taken care of. Whatever was said about it goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    Group(Fingerprint),
    Record(RunId),
}

impl Subject {
    /// As SQL holds it: a kind, and a number among its like.
    pub fn parts(self) -> (i16, i64) {
        match self {
            Self::Group(fingerprint) => (1, fingerprint),
            Self::Record(run) => (2, run),
        }
    }

    pub fn of(kind: i16, number: i64) -> Result<Self, Error> {
        match kind {
            1 => Ok(Self::Group(number)),
            2 => Ok(Self::Record(number)),
            _ => Err(Error::Unreadable(format!("no kind {kind} of care"))),
        }
    }
}

/// Nobody wants to see it for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snooze {
    /// Since then.
    pub at: Ms,
    /// Until this time; without one, until it happens again.
    pub until: Option<Ms>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Care {
    pub subject: Subject,
    pub assignee: Option<String>,
    pub snooze: Option<Snooze>,
    pub comments: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// They are counted from 1 on.
    pub n: u32,
    pub at: Ms,
    pub who: String,
    pub body: String,
}

/// What somebody is told who says more than is kept.
pub fn too_many_comments() -> Error {
    Error::Conflict(format!("{COMMENTS_MAX} comments are kept on one thing, and these are"))
}

/// Changes tell whether their subject is there; of one that is not, nothing is kept.
#[async_trait]
pub trait Cares: Send + Sync {
    /// What is known of these, in no order; those about which nobody has said anything are left out.
    async fn cares(&self, subjects: &[Subject]) -> Result<Vec<Care>, Error>;

    /// Nobody, or another one.
    async fn assign(&self, subject: Subject, assignee: Option<&str>) -> Result<bool, Error>;

    /// Puts it aside, or takes it up again.
    async fn snooze(&self, subject: Subject, snooze: Option<Snooze>) -> Result<bool, Error>;

    /// `Conflict` where there are `COMMENTS_MAX` already.
    async fn comment(&self, subject: Subject, at: Ms, who: &str, body: &str) -> Result<bool, Error>;

    /// The oldest first.
    async fn comments(&self, subject: Subject) -> Result<Vec<Comment>, Error>;

    /// How many groups have open records and are not put aside, and how many records these are.
    async fn open_errors(&self, now: Ms) -> Result<(u64, u64), Error>;
}
