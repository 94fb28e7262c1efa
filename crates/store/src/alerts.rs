//! What people are to be told of by themselves: rules, and how each stands.
//!
//! A rule and its state are one row with a revision. Whoever changes it says which revision they read: of two processes that
//! would tell of the same thing one is refused, and what a person acknowledges is not written over.

use crate::{Error, Ms};
use async_trait::async_trait;

/// Most rules.
pub const ALERTS_MAX: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRow {
    pub id: String,
    /// As JSON; what is in it is the reader's business, as with the state.
    pub rule: String,
    pub state: String,
    /// Another one after each change; 0 of a row that is not there yet.
    pub revision: i64,
    /// When the rule was changed, and by whom.
    pub changed_at: Ms,
    pub changed_by: String,
}

impl AlertRow {
    /// The revision of a row that is put down now. It begins with the time, so that a rule that was deleted and made anew is
    /// not taken for the one before.
    pub fn first_revision(&self) -> i64 {
        self.changed_at.max(1)
    }
}

#[async_trait]
pub trait Alerts: Send + Sync {
    /// By id.
    async fn alerts(&self) -> Result<Vec<AlertRow>, Error>;

    async fn alert(&self, id: &str) -> Result<Option<AlertRow>, Error>;

    /// Writes the row in the place of its revision, or puts it down where that is 0. False where it is another by now, or is
    /// there already: nothing is written then. `Conflict` when there are too many.
    async fn save_alert(&self, row: AlertRow) -> Result<bool, Error>;

    async fn delete_alert(&self, id: &str) -> Result<bool, Error>;
}

/// The answer when there is no room for another one.
pub fn too_many() -> Error {
    Error::Conflict(format!("there are {ALERTS_MAX} alerts already"))
}
