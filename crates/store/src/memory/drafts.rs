//! What people work on.

use super::MemoryStore;
use crate::{DraftRow, DraftSaved, Drafts, Error, KeepPoint, POINTS_MAX, PointHead, PointRow, SaveDraft};
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

    async fn keep_point(&self, keep: KeepPoint) -> Result<u32, Error> {
        let mut state = self.state();
        let KeepPoint { flow, name, document, at, by } = keep;
        let last = state.points.keys().filter(|(of, _)| *of == flow).map(|(_, number)| *number).max();
        let number = last.unwrap_or(0) + 1;
        let point = PointRow { flow: flow.clone(), number, name, document, created_at: at, created_by: by };
        state.points.retain(|(of, old), _| *of != flow || *old + POINTS_MAX > number);
        state.points.insert((flow, number), point);
        Ok(number)
    }

    async fn points(&self, flow: &FlowId) -> Result<Vec<PointHead>, Error> {
        let head = |point: &PointRow| {
            let PointRow { number, name, created_at, created_by, .. } = point.clone();
            PointHead { number, name, created_at, created_by }
        };
        Ok(self.state().points.values().filter(|point| point.flow == *flow).rev().map(head).collect())
    }

    async fn point(&self, flow: &FlowId, number: u32) -> Result<Option<PointRow>, Error> {
        Ok(self.state().points.get(&(flow.clone(), number)).cloned())
    }

    async fn forget_points(&self, flow: &FlowId) -> Result<(), Error> {
        self.state().points.retain(|(of, _), _| of != flow);
        Ok(())
    }
}
