//! What people work on.

use super::MemoryStore;
use crate::{DraftRow, DraftSaved, Drafts, Error, SaveDraft};
use async_trait::async_trait;
use model::FlowId;

/// The last revision of a flow's drafts, and the draft where there is one.
pub(super) type Kept = (i64, Option<DraftRow>);

#[async_trait]
impl Drafts for MemoryStore {
    async fn draft(&self, flow: &FlowId) -> Result<Option<DraftRow>, Error> {
        Ok(self.state().drafts.get(flow).and_then(|(_, draft)| draft.clone()))
    }

    async fn drafts(&self) -> Result<Vec<DraftRow>, Error> {
        Ok(self.state().drafts.values().filter_map(|(_, draft)| draft.clone()).collect())
    }

    async fn save_draft(&self, save: SaveDraft) -> Result<DraftSaved, Error> {
        let mut state = self.state();
        let (last, draft) = state.drafts.entry(save.flow.clone()).or_default();
        if draft.as_ref().map_or(0, |draft| draft.revision) != save.before {
            return Ok(DraftSaved::Overtaken(draft.clone()));
        }
        *last += 1;
        let SaveDraft { flow, document, based_on, at, by, .. } = save;
        *draft = Some(DraftRow { flow, document, based_on, revision: *last, saved_at: at, saved_by: by });
        Ok(DraftSaved::As(*last))
    }

    async fn discard_draft(&self, flow: &FlowId, revision: i64) -> Result<bool, Error> {
        let mut state = self.state();
        let Some((last, draft)) = state.drafts.get_mut(flow) else { return Ok(false) };
        let gone = draft.take_if(|draft| draft.revision == revision).is_some();
        *last += i64::from(gone);
        Ok(gone)
    }
}
