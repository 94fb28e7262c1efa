//! Flow documents that people work on, before they are published.

use crate::{Error, Ms};
use async_trait::async_trait;
use model::FlowId;

/// A document as somebody left it: not checked, and nothing runs by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// Of a flow that is there, or of one that is still to be.
    pub flow: FlowId,
    pub document: String,
    /// The number of the version that it was begun from; 0 for a new flow.
    pub based_on: u32,
    /// Grows with everything that happens to the flow's drafts, and never comes twice.
    pub revision: i64,
    pub saved_at: Ms,
    pub saved_by: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaveDraft {
    pub flow: FlowId,
    pub document: String,
    pub based_on: u32,
    /// The revision that this one goes on from; 0 where there was no draft.
    pub before: i64,
    pub at: Ms,
    pub by: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftSaved {
    /// It is this revision now.
    As(i64),
    /// Somebody else has saved, published or discarded meanwhile; this is what there is now. Nothing was saved.
    Overtaken(Option<DraftRow>),
}

#[async_trait]
pub trait Drafts: Send + Sync {
    async fn draft(&self, flow: &FlowId) -> Result<Option<DraftRow>, Error>;
    /// All of them, by the ids of their flows.
    async fn drafts(&self) -> Result<Vec<DraftRow>, Error>;
    async fn save_draft(&self, save: SaveDraft) -> Result<DraftSaved, Error>;
    /// Takes a draft away, if it still is this revision; says whether it was.
    async fn discard_draft(&self, flow: &FlowId, revision: i64) -> Result<bool, Error>;
}
