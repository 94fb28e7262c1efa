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

/// Named points of one flow; the oldest goes when there are more.
pub const POINTS_MAX: u32 = 50;

/// A document as it was when somebody kept it under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointRow {
    pub flow: FlowId,
    /// 1, 2, 3 … in each flow.
    pub number: u32,
    pub name: String,
    pub document: String,
    pub created_at: Ms,
    pub created_by: String,
}

/// The same without the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointHead {
    pub number: u32,
    pub name: String,
    pub created_at: Ms,
    pub created_by: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeepPoint {
    pub flow: FlowId,
    pub name: String,
    pub document: String,
    pub at: Ms,
    pub by: String,
}

#[async_trait]
pub trait Drafts: Send + Sync {
    async fn draft(&self, flow: &FlowId) -> Result<Option<DraftRow>, Error>;
    /// All of them, by the ids of their flows.
    async fn drafts(&self) -> Result<Vec<DraftRow>, Error>;
    async fn save_draft(&self, save: SaveDraft) -> Result<DraftSaved, Error>;
    /// Takes a draft away, if it still is this revision; says whether it was.
    async fn discard_draft(&self, flow: &FlowId, revision: i64) -> Result<bool, Error>;
    /// Keeps a document under a name, and gives its number.
    async fn keep_point(&self, keep: KeepPoint) -> Result<u32, Error>;
    /// The newest first.
    async fn points(&self, flow: &FlowId) -> Result<Vec<PointHead>, Error>;
    async fn point(&self, flow: &FlowId, number: u32) -> Result<Option<PointRow>, Error>;
    async fn forget_points(&self, flow: &FlowId) -> Result<(), Error>;
}
